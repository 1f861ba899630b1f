"""From findings to violations: pointers for all of them, and places where there is a text."""

from __future__ import annotations

from heapq import nsmallest
from typing import TYPE_CHECKING, Any, TypeVar

from .findings import Target
from .places.locate import Span
from .pointer import DocumentOrder, existing, to_pointer
from .report import Range, Related, Severity, Violation

if TYPE_CHECKING:
    from .documents import Document, SyntaxFinding
    from .findings import Draft, Finding
    from .places.lines import LineIndex
    from .pointer import Path

Found = TypeVar("Found", bound="Finding | Draft")


def foremost(findings: list[Found], most: int | None, root: Any) -> list[Found]:
    """Return the findings that are kept where there are more than `most`: the first ones, errors before others."""
    if most is None or len(findings) <= most:
        return findings
    order = DocumentOrder(root)
    return nsmallest(
        most,
        findings,
        key=lambda finding: (
            severity_of(finding) is not Severity.ERROR,
            (*order.key(finding.path), _points_at_value(finding)),
        ),
    )


def in_value(findings: list[Finding], root: Any) -> list[Violation]:
    """Turn findings in a Python object into violations, in the order in which their values stand in it."""
    return [
        _violation(finding, None, tuple(Related(to_pointer(path), message) for path, message in finding.related))
        for finding in _in_order([_settled(finding, root) for finding in findings], root)
    ]


def in_text(findings: list[Finding], document: Document, lines: LineIndex) -> list[Violation]:
    """Turn findings in a text into violations with their places, in the order of the text.

    Findings that begin at the same place keep the order of `in_value`. Where an alias of YAML makes one place of the
    text count as several, it is reported once.
    """
    if not findings:
        return []
    findings = _in_order([_settled(finding, document.value) for finding in findings], document.value)
    places = {(finding.path, finding.target) for finding in findings}
    places |= {(path, Target.VALUE) for finding in findings for path, _ in finding.related}
    spans = _spans(document, {path for path, _ in places})
    stretches = {(path, target): _stretch(spans[path], target) for path, target in places}
    offsets = sorted({offset for stretch in stretches.values() for offset in stretch})
    positions = {offset: lines.position(offset) for offset in offsets}
    ranges = {place: Range(*positions[start], *positions[end]) for place, (start, end) in stretches.items()}
    violations = [
        _violation(
            finding,
            ranges[finding.path, finding.target],
            tuple(Related(to_pointer(path), message, ranges[path, Target.VALUE]) for path, message in finding.related),
        )
        for finding in sorted(findings, key=lambda finding: stretches[finding.path, finding.target][0])
    ]
    if document.finder is None:
        return violations
    once: dict[object, Violation] = {}
    for violation in violations:
        once.setdefault((violation.rule, violation.range, violation.message), violation)
    return list(once.values())


def of_syntax(finding: SyntaxFinding, severity: Severity, lines: LineIndex) -> Violation:
    """Turn a finding of syntax into a violation at its place."""
    fault = finding.fault
    return Violation(
        rule=finding.rule.id,
        severity=severity,
        pointer="",
        message=fault.message,
        help=fault.help,
        range=Range(*lines.position(fault.start), *lines.position(fault.end)),
    )


def severity_of(finding: Finding | Draft) -> Severity:
    """Return how much a finding matters."""
    return finding.severity or finding.rule.severity


def _violation(finding: Finding, place: Range | None, related: tuple[Related, ...]) -> Violation:
    return Violation(
        rule=finding.rule.id,
        severity=severity_of(finding),
        pointer=to_pointer(finding.path),
        message=finding.message,
        help=finding.help,
        range=place,
        related=related,
        api_message=finding.api_message,
        missing=finding.missing,
        fix=finding.fix,
    )


def _in_order(findings: list[Found], root: Any) -> list[Found]:
    """Sort findings by where their values stand; at a key come those that point at it before those at its value."""
    order = DocumentOrder(root)
    return sorted(findings, key=lambda finding: (*order.key(finding.path), _points_at_value(finding)))


def _points_at_value(finding: Finding | Draft) -> int:
    """Return 1 for a finding at the value of a property, else 0: the other places begin where the value's key does."""
    return int(finding.target is Target.VALUE and bool(finding.path) and isinstance(finding.path[-1], str))


def _settled(finding: Finding, root: Any) -> Finding:
    """Move a finding, and what it is related to, from a place that is absent to the value that lacks it.

    Only the key of a property may be absent: a Python object can have one that JSON cannot.
    """
    path, related = finding.path, finding.related
    there = existing(path, root)
    if finding.target is Target.KEY and len(there) == len(path) - 1:
        there = path
    if related:
        related = tuple((existing(each, root), words) for each, words in related)
    if there == path and related == finding.related:
        return finding
    return finding._replace(path=there, target=finding.target if there == path else Target.HOLDER, related=related)


def _spans(document: Document, paths: set[Path]) -> dict[Path, Span]:
    """Return the span of each path; where one leads nowhere, that of the nearest value around it."""
    spans = document.locate(paths)
    lost = [path for path in paths if path not in spans]
    if lost:
        around = document.locate({path[:length] for path in lost for length in range(len(path) + 1)})
        whole = Span(0, len(document.data))
        for path in lost:
            starts = (path[:length] for length in range(len(path), -1, -1))
            spans[path] = next((around[start] for start in starts if start in around), whole)
    return spans


def _stretch(span: Span, target: Target) -> tuple[int, int]:
    """Return the bytes to point at."""
    if target is not Target.VALUE and span.key is not None:
        return span.key
    if target is Target.HOLDER:
        return span.start, span.start + 1
    return span.start, span.end

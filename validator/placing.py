"""From findings to violations: pointers for all of them, and places where there is a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .findings import Finding, Target
from .places.locate import Span
from .pointer import DocumentOrder, shown_pointer
from .redaction import HIDDEN, names_secret, without_lines_of_secrets, without_secrets
from .report import Range, Related, Severity, Violation
from .words import shown

if TYPE_CHECKING:
    from .documents import Document, SyntaxFinding
    from .places.lines import LineIndex
    from .pointer import Path


def foremost(findings: list[Finding], most: int | None, root: Any) -> list[Finding]:
    """Return the findings that are kept where there are more than `most`: the first ones, errors before others."""
    if most is None or len(findings) <= most:
        return findings
    order = DocumentOrder(root)
    in_order = sorted(findings, key=lambda finding: order.key(finding.path))
    return sorted(in_order, key=lambda finding: _severity(finding) is not Severity.ERROR)[:most]


def in_value(findings: list[Finding], root: Any) -> list[Violation]:
    """Turn findings in a Python object into violations, in the order in which their values stand in it."""
    if not findings:
        return []
    order = DocumentOrder(root)
    return [
        _violation(
            finding, None, tuple(Related(shown_pointer(path), message) for path, message in finding.related), root
        )
        for finding in sorted(findings, key=lambda finding: order.key(finding.path))
    ]


def in_text(findings: list[Finding], document: Document, lines: LineIndex) -> list[Violation]:
    """Turn findings in a text into violations with their places, in the order of the text.

    What stands in one place and counts in several, by an alias of YAML, is told once.
    """
    if not findings:
        return []
    paths = {finding.path for finding in findings} | {path for finding in findings for path, _ in finding.related}
    spans = document.locate(paths)
    stretches = {(finding.path, finding.target): _stretch(spans, finding.path, finding.target) for finding in findings}
    stretches |= {
        (path, Target.VALUE): _stretch(spans, path, Target.VALUE) for finding in findings for path, _ in finding.related
    }
    offsets = sorted({offset for stretch in stretches.values() for offset in stretch})
    positions = {offset: lines.position(offset) for offset in offsets}
    ranges = {place: Range(*positions[start], *positions[end]) for place, (start, end) in stretches.items()}
    violations = [
        _violation(
            finding,
            ranges[finding.path, finding.target],
            tuple(
                Related(shown_pointer(path), message, ranges[path, Target.VALUE]) for path, message in finding.related
            ),
            document.value,
        )
        for finding in sorted(findings, key=lambda finding: stretches[finding.path, finding.target])
    ]
    if document.finder is None:
        return violations
    once: dict[object, Violation] = {}
    for violation in violations:
        once.setdefault((violation.rule, violation.range, violation.message), violation)
    return list(once.values())


def of_syntax(finding: SyntaxFinding, severity: Severity, lines: LineIndex, data: bytes) -> Violation:
    """Turn a finding of syntax in a text into a violation at its place."""
    fault = finding.fault
    return without_secrets(
        Violation(
            rule=finding.rule.id,
            severity=severity,
            pointer="",
            message=without_lines_of_secrets(fault.message, data),
            help=without_lines_of_secrets(fault.help, data),
            range=Range(*lines.position(fault.start), *lines.position(fault.end)),
        )
    )


def _severity(finding: Finding) -> Severity:
    return finding.severity or finding.rule.severity


def _violation(finding: Finding, place: Range | None, related: tuple[Related, ...], root: Any) -> Violation:
    """Make a violation of a finding, in which nothing that is read by people or programs holds a secret."""
    violation = Violation(
        rule=finding.rule.id,
        severity=_severity(finding),
        pointer=shown_pointer(finding.path),
        message=finding.message,
        help=finding.help,
        range=place,
        related=related,
        api_message=finding.api_message,
        missing=finding.missing,
        fix=finding.fix,
    )
    return without_secrets(_without_named_secret(violation, finding.path, root))


def _without_named_secret(violation: Violation, path: Path, root: Any) -> Violation:
    """Hide a value that is a secret by the name of its property, whatever its form."""
    if not path or not isinstance(path[-1], str) or not names_secret(path[-1]):
        return violation
    value = root
    for step in path:
        value = value.get(step) if isinstance(value, dict) and isinstance(step, str) else _item(value, step)
    if not isinstance(value, str) or not value:
        return violation
    spelled = (shown(value), f"'{value}'")

    def hide(text: str) -> str:
        for spelling in spelled:
            text = text.replace(spelling, f'"{HIDDEN}"')
        return text

    return violation._replace(
        message=hide(violation.message),
        help=violation.help and hide(violation.help),
        api_message=violation.api_message and hide(violation.api_message),
    )


def _item(value: Any, step: str | int) -> Any:
    return value[step] if isinstance(value, list) and isinstance(step, int) and step < len(value) else None


def _stretch(spans: dict[Path, Span], path: Path, target: Target) -> tuple[int, int]:
    """Return the bytes to point at; where a path leads nowhere, those of the nearest value around it."""
    while path not in spans:
        path = path[:-1]
    span = spans[path]
    if target is not Target.VALUE and span.key is not None:
        return span.key
    if target is Target.HOLDER:
        return span.start, span.start + 1
    return span.start, span.end

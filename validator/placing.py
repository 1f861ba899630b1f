"""From findings to violations: pointers for all of them, and places where there is a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

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


_KNOWN_HOLDERS: Final = {"messages", "content", "tools", "system", "requests", "params"}
"""What needs no `type` to be known for what it is."""
_OF_ORDER: Final = {"messages", "pairing"}
"""The areas of the rules that look at messages beside others."""
_NEAR: Final = 2
"""Messages between two that such a rule may look at together."""


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


def without_doubtful(findings: list[Finding], document: Document) -> list[Finding]:
    """Leave out the findings that point at, or rest on, bytes of a repaired text that may not be what was meant."""
    paths = {finding.path for finding in findings} | {path for finding in findings for path, _ in finding.related}
    spans = document.locate(paths)

    unknown = _of_unknown_kind(document)
    has_model = _has_certain_model(document)

    def is_certain(path: Path, target: Target) -> bool:
        start, end = _stretch(spans, path, target)
        is_known = not unknown or not any(path[:length] in unknown for length in range(1, len(path)))
        return is_known and _is_apart(document, start, end)

    return [
        finding
        for finding in findings
        if (has_model or not finding.rule.on)
        and not _has_broken_neighbour(finding, document)
        and is_certain(finding.path, finding.target)
        and all(is_certain(path, Target.VALUE) for path, _ in finding.related)
    ]


def _is_apart(document: Document, start: int, end: int) -> bool:
    return not any(first <= end and start <= last for first, last in document.doubtful)


def _of_unknown_kind(document: Document) -> set[Path]:
    """Return the objects of a repaired text whose `type` or `role`, by which they are judged, is not certain."""
    holes = [path for path in document.holes if path and path[-1] not in _KNOWN_HOLDERS]
    kinds = document.locate([(*path, _kind_of(path)) for path in holes])
    certain = {path[:-1] for path, span in kinds.items() if _is_apart(document, span.start, span.end)}
    return {path for path in holes if path[-2:-1] != ("requests",)} - certain


def _kind_of(path: Path) -> str:
    return "role" if path[-2:-1] == ("messages",) else "type"


def _has_broken_neighbour(finding: Finding, document: Document) -> bool:
    """Whether a finding about the order of messages stands near a message that is broken, or may be missing."""
    if finding.rule.area not in _OF_ORDER or "messages" not in finding.path:
        return False
    start = finding.path.index("messages") + 1
    own = finding.path[start] if len(finding.path) > start else None
    for path in document.holes:
        if path[:start] == finding.path[:start]:
            index = path[start] if len(path) > start else None
            if not (isinstance(index, int) and isinstance(own, int)) or abs(index - own) <= _NEAR:
                return True
    return False


def _has_certain_model(document: Document) -> bool:
    """Whether the model of a repaired request is the one that was meant; without it rules take it for any model."""
    place = document.locate([("model",)]).get(("model",))
    return () not in document.holes if place is None else _is_apart(document, place.start, place.end)


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

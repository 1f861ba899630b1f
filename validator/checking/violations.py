"""Turn findings into violations, with pointers, and with lines and columns if there is a text."""

from __future__ import annotations

from heapq import nsmallest
from typing import TYPE_CHECKING, Any, Final, TypeVar

from ..common.pointer import DocumentOrder, existing, shown_pointer
from ..common.redaction import HIDDEN, names_secret, without_lines_of_secrets
from ..common.wording import shown
from ..places.locate import Span
from ..report import Range, Related, Severity, Target, Violation
from ..report.redaction import without_secrets

if TYPE_CHECKING:
    from ..common.pointer import Path
    from ..documents import Document, SyntaxFinding
    from ..engine.finding import Draft, Finding
    from ..places.lines import LineIndex

Found = TypeVar("Found", bound="Finding | Draft")

_KNOWN_HOLDERS: Final = {"messages", "content", "tools", "system", "requests", "params"}
"""The properties whose value is known for what it is without a `type`."""
_OF_ORDER: Final = {"messages", "pairing"}
"""The areas whose rules compare a message with its neighbours."""
_NEAR: Final = 2
"""How many messages away a message may be that such a rule compares with."""


def foremost(findings: list[Found], most: int | None, root: Any) -> list[Found]:
    """Return the first `most` findings in the order of the document, errors before others; all if `most` is None."""
    if most is None or len(findings) <= most:
        return findings
    order = DocumentOrder(root)
    return nsmallest(
        most,
        findings,
        key=lambda finding: (
            severity_of(finding) is not Severity.ERROR,
            _place_key(finding, order),
        ),
    )


def in_value(findings: list[Finding], root: Any) -> list[Violation]:
    """Turn findings in a Python object into violations, in the order of their values."""
    return [
        _violation(
            finding, None, tuple(Related(shown_pointer(path), message) for path, message in finding.related), root
        )
        for finding in _in_order([_settled(finding, root) for finding in findings], root)
    ]


def in_text(findings: list[Finding], document: Document, lines: LineIndex) -> list[Violation]:
    """Turn findings in a text into violations with their places, in the order of the text.

    Findings that begin at the same place keep the order of `in_value`. A violation that a YAML alias repeats at one
    place of the text is reported once.
    """
    if not findings:
        return []
    if len(findings) == 1 and not findings[0].related and document.finder is None:
        return [_only(findings[0], document, lines)]
    findings = _in_order([_settled(finding, document.value) for finding in findings], document.value)
    related = [path for finding in findings for path, _ in finding.related]
    spans = _spans(document, {*(finding.path for finding in findings), *related})
    stretches = [stretch(spans[finding.path], finding.target, document) for finding in findings]
    call = _first_line_of_call(document)
    marked = (*stretches, *(spans[path][:2] for path in related), call or ())
    positions = {offset: lines.position(offset) for offset in sorted({offset for pair in marked for offset in pair})}
    violations = [
        _violation(
            finding,
            Range(*positions[start], *positions[end]),
            (
                *(
                    Related(
                        shown_pointer(path), text, Range(*positions[spans[path].start], *positions[spans[path].end])
                    )
                    for path, text in finding.related
                ),
                *_sent_from(call, document, (start, end), positions),
            ),
            document.value,
        )
        for (start, end), finding in sorted(zip(stretches, findings, strict=True), key=lambda pair: pair[0][0])
    ]
    if document.finder is None:
        return violations
    once: dict[object, Violation] = {}
    for violation in violations:
        once.setdefault((violation.rule, violation.range, violation.message), violation)
    return list(once.values())


def _only(finding: Finding, document: Document, lines: LineIndex) -> Violation:
    """Turn the only finding in a JSON text into a violation."""
    finding = _settled(finding, document.value)
    span = _spans(document, {finding.path})[finding.path]
    start, end = stretch(span, finding.target, document)
    return _violation(finding, Range(*lines.position(start), *lines.position(end)), (), document.value)


def _first_line_of_call(document: Document) -> tuple[int, int] | None:
    """Return the byte range of the first line of a call in source code; None for other documents."""
    if document.call is None:
        return None
    start, end = document.call
    breaks = [place for sign in (b"\n", b"\r") if (place := document.data.find(sign, start, end)) >= 0]
    line_end = min(breaks, default=end)
    return start, line_end


def _sent_from(
    call: tuple[int, int] | None,
    document: Document,
    stretch: tuple[int, int],
    positions: dict[int, tuple[int, int]],
) -> tuple[Related, ...]:
    """Return the call as a related place of a value that is written elsewhere, such as a constant."""
    if call is None or document.call is None or document.call[0] <= stretch[0] < document.call[1]:
        return ()
    return (Related("", "it is sent by this call", Range(*positions[call[0]], *positions[call[1]])),)


def without_doubtful(findings: list[Finding], document: Document) -> list[Finding]:
    """Drop the findings at bytes of a repaired text that may have been repaired wrongly."""
    paths = {finding.path for finding in findings} | {path for finding in findings for path, _ in finding.related}
    spans = _spans(document, paths)
    unknown = _of_unknown_kind(document)
    has_model = _has_certain_model(document)

    def is_certain(path: Path, target: Target) -> bool:
        start, end = stretch(spans[path], target, document)
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
    """Return the objects of a repaired text whose `type` or `role`, which decides what they are, is uncertain."""
    holes = [path for path in document.holes if path and path[-1] not in _KNOWN_HOLDERS]
    kinds = document.locate([(*path, _kind_of(path)) for path in holes])
    certain = {path[:-1] for path, span in kinds.items() if _is_apart(document, span.start, span.end)}
    return {path for path in holes if path[-2:-1] != ("requests",)} - certain


def _kind_of(path: Path) -> str:
    return "role" if path[-2:-1] == ("messages",) else "type"


def _has_broken_neighbour(finding: Finding, document: Document) -> bool:
    """Whether a finding about the order of messages is near a message that is incomplete, or may be missing."""
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
    """Whether the model of a repaired request is certain; rules need it."""
    place = document.locate([("model",)]).get(("model",))
    return () not in document.holes if place is None else _is_apart(document, place.start, place.end)


def of_syntax(finding: SyntaxFinding, severity: Severity, lines: LineIndex, data: bytes) -> Violation:
    """Turn a finding of syntax into a violation."""
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


def severity_of(finding: Finding | Draft) -> Severity:
    """Return the severity of a finding: its own, or else its rule's."""
    return finding.severity or finding.rule.severity


def _violation(finding: Finding, place: Range | None, related: tuple[Related, ...], root: Any) -> Violation:
    """Make a violation of a finding, with every secret in it redacted."""
    violation = Violation(
        rule=finding.rule.id,
        severity=severity_of(finding),
        pointer=shown_pointer(finding.path),
        message=finding.message,
        help=finding.help,
        range=place,
        related=related,
        api_message=finding.api_message,
        missing=finding.missing,
        fix=finding.fix,
        target=finding.target,
    )
    return without_secrets(_without_named_secret(violation, finding.path, root))


def _without_named_secret(violation: Violation, path: Path, root: Any) -> Violation:
    """Redact a value whose property name says that it is a secret, whatever its form."""
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


def _in_order(findings: list[Found], root: Any) -> list[Found]:
    """Sort findings by the order of their values; findings at a key come before findings at its value."""
    if len(findings) == 1:
        return findings
    order = DocumentOrder(root)
    return sorted(findings, key=lambda finding: _place_key(finding, order))


def _place_key(finding: Finding | Draft, order: DocumentOrder) -> tuple[tuple[int, ...], bool]:
    """Return the sort key of a finding: its path, and for a property whether it is at the value, after the key."""
    at_value = finding.target is Target.VALUE and bool(finding.path) and isinstance(finding.path[-1], str)
    return order.key(finding.path), at_value


def _settled(finding: Finding, root: Any) -> Finding:
    """Move a finding and its related places from an absent value to the value that lacks it.

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
    """Return the span of each path; for one without a value, the span of the innermost value that exists."""
    spans = document.locate(paths)
    lost = [path for path in paths if path not in spans]
    if lost:
        holders = document.locate({path[:length] for path in lost for length in range(len(path) + 1)})
        whole = Span(0, len(document.data))
        for path in lost:
            starts = (path[:length] for length in range(len(path), -1, -1))
            spans[path] = next((holders[start] for start in starts if start in holders), whole)
    return spans


def stretch(span: Span, target: Target, document: Document) -> tuple[int, int]:
    """Return the range of bytes that a target points at.

    In source code, what lacks a property is shown by its own first character, as the call is that has no key.
    """
    at_key = target is Target.KEY or (target is Target.HOLDER and document.written is None)
    if at_key and span.key is not None:
        return span.key
    if target is Target.HOLDER:
        return span.start, span.start + 1
    return span.start, span.end

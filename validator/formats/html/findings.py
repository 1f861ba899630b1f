"""The mark-up of a violation. Text from requests is escaped, and only put between tags, never into an attribute."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from ...common.wording import count, printable
from ...report import Severity
from ...report.file_result import Means
from ..excerpt import WIDTH, cut, excerpt
from ..places import shown_place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...report import Range, Related, Violation
    from ...report.file_result import Suppressed

_SUPPRESSED_BY: Final = {
    Means.COMMENT: "suppressed by a comment",
    Means.CONFIGURATION: "suppressed by the configuration",
    Means.BASELINE: "in the baseline",
}
_NO_PLACE: Final = "no line"


def reported(violation: Violation, number: int, lines: dict[int, str]) -> str:
    """Mark up a violation, with an excerpt for each of its places."""
    name = f"f{number}"
    parts = [_head(violation, f' id="{name}"', f'<a class="place" href="#{name}">{_line(violation)}</a>')]
    parts.append(_excerpt(violation.range, lines))
    for related in violation.related:
        place = f'<span class="place">{_line(related)}</span> {_pointer(related.pointer)}'
        parts.append(f'<p class="note">note: {words(related.message)} <span class="where">{place}</span></p>\n')
        parts.append(_excerpt(related.range, lines))
    parts.append(_advice(violation))
    return f"{''.join(parts)}</article>\n"


def suppressed(each: Suppressed) -> str:
    """Mark up a suppressed violation, with how it is suppressed and why."""
    place = f'<span class="place">{_line(each.violation)}</span>'
    reason = f": {words(each.reason)}" if each.reason is not None else ""
    means = f'<p class="means">{_SUPPRESSED_BY[each.means]}{reason}</p>\n'
    return f"{_head(each.violation, '', place)}{means}</article>\n"


def counted(found: Mapping[Severity, int]) -> str:
    """Mark up the number of violations of each severity, in its colour; severities without any are omitted."""
    return " ".join(
        f'<span class="number {severity}">{count(found[severity], severity.value)}</span>'
        for severity in Severity
        if found.get(severity)
    )


def text(raw: str) -> str:
    """Escape text; invisible characters, some of which HTML cannot contain, are shown as escapes."""
    if not raw.isprintable():
        raw = "".join(char if char in "\n\t" else printable(char) for char in raw)
    return _escaped(raw)


def words(raw: str) -> str:
    """Escape text, and mark up what is in backticks as code."""
    pieces = raw.split("`")
    if len(pieces) % 2 == 0:  # an unclosed backtick
        pieces[-2:] = ["`".join(pieces[-2:])]
    return "".join(f"<code>{text(piece)}</code>" if index % 2 else text(piece) for index, piece in enumerate(pieces))


def _head(violation: Violation, name: str, place: str) -> str:
    """Open the mark-up of a violation: its message, place and rule."""
    severity = violation.severity
    where = f"{place} {_pointer(violation.pointer)} " if violation.pointer else f"{place} "
    return (
        f'<article{name} class="finding {severity}">\n'
        f'<h3><span class="severity">{severity}</span> {words(violation.message)}</h3>\n'
        f'<p class="where">{where}<code class="rule">{text(violation.rule)}</code></p>\n'
    )


def _advice(violation: Violation) -> str:
    items = []
    if violation.help is not None:
        items.append(f"<dt>help</dt> <dd>{words(violation.help)}</dd>\n")
    if violation.fix is not None:
        how = violation.fix.applicability
        items.append(f'<dt>fix</dt> <dd>{words(violation.fix.title)} <span class="label {how}">{how}</span></dd>\n')
    if violation.api_message is not None:
        items.append(f"<dt>API</dt> <dd><samp>{text(violation.api_message)}</samp></dd>\n")
    return f"<dl>\n{''.join(items)}</dl>\n" if items else ""


def _line(found: Violation | Related) -> str:
    return shown_place(found.range, found.cell) if found.range else _NO_PLACE


def _pointer(pointer: str) -> str:
    return f'<span class="pointer">{text(cut(printable(pointer), WIDTH))}</span>'


def _excerpt(place: Range | None, lines: dict[int, str]) -> str:
    if place is None or place.line not in lines:
        return ""
    line = lines[place.line]
    before, marked, after = map(_escaped, excerpt(line, place))
    number = f'<span class="line">{place.line}</span>'
    return f"<pre>{number} <code>{before}<mark>{marked}</mark>{after}</code></pre>\n"


def _escaped(raw: str) -> str:
    return escape(raw).encode("ascii", "xmlcharrefreplace").decode()

"""The format `full`: the message and the rule, the line with carets under the exact place, and the help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..common.wording import printable
from .excerpt import WIDTH, columns, cut, excerpt
from .places import shown_line, shown_place, shown_row
from .rest import said_of_rest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..files import FileResult
    from ..report import Related, Violation
    from .style import Style


def render(results: Iterable[FileResult], style: Style) -> Iterator[str]:
    """Yield one paragraph per violation."""
    for result in results:
        for violation in result.violations:
            yield "".join(f"{line}\n" for line in _paragraph(result, violation, style))
        rest = said_of_rest(result)
        if rest is not None:
            yield f"{style.strong(result.name)}: {rest}\n\n"


def _paragraph(result: FileResult, violation: Violation, style: Style) -> Iterator[str]:
    severity = style.severity(violation.severity, f"{violation.severity}[{violation.rule}]")
    yield f"{severity}: {style.strong(printable(violation.message))}"
    places: list[Violation | Related] = [violation, *violation.related]
    gutter = " " * max(len(str(shown_line(each.range, each.cell))) if each.range else 1 for each in places)
    yield from _frame(result, violation, gutter, style, mark="^")
    for related in violation.related:
        yield f"{gutter} {style.frame('=')} {style.strong('note')}: {printable(related.message)}"
        yield from _frame(result, related, gutter, style, mark="-")
    if violation.help is not None:
        yield f"{gutter} {style.frame('=')} {style.helpful('help')}: {printable(violation.help)}"
    yield ""


def _frame(result: FileResult, found: Violation | Related, gutter: str, style: Style, *, mark: str) -> Iterator[str]:
    """Yield the place and, if the text is known, its line with carets below."""
    place = found.range
    where = f"{result.name}:{shown_place(place, found.cell)}" if place else result.name
    row = result.rows.get(place.line) if place else None
    in_table = f" ({shown_row(row)})" if row else ""
    at = in_table + (f" at {cut(printable(found.pointer), WIDTH)}" if found.pointer else "")
    yield f"{gutter}{style.frame('-->')} {where}{style.faint(at)}"
    if place is None or place.line not in result.lines:
        return
    before, marked, after = excerpt(result.lines[place.line], place, style.encoding)
    bar = style.frame("|")
    yield f"{gutter} {bar}"
    yield f"{style.frame(str(shown_line(place, found.cell)).rjust(len(gutter)))} {bar} {before}{marked}{after}".rstrip()
    yield f"{gutter} {bar} {' ' * columns(before)}{style.frame(mark * max(1, columns(marked)))}"
    yield f"{gutter} {bar}"

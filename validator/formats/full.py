"""The format for people: the line with a caret run under the exact place, the message, the help and the rule."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ..rules.request import secret
from ..words import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..files import FileResult
    from ..report import Range, Violation
    from .style import Style

_WIDTH: Final = 100
"""Columns of an excerpt; a longer line is cut around the place."""
_LEAD: Final = 40
"""Columns of a cut line that are shown before the place."""
_ELLIPSIS: Final = "…"
_TAB: Final = "    "


def render(results: Iterable[FileResult], style: Style) -> Iterator[str]:
    """Yield a paragraph for each violation."""
    for result in results:
        for violation in result.violations:
            yield "".join(f"{line}\n" for line in _paragraph(result, violation, style))


def _paragraph(result: FileResult, violation: Violation, style: Style) -> Iterator[str]:
    if violation.rule == secret.id:
        result = replace(result, lines={})  # what is printed ends up in logs
    severity = style.severity(violation.severity, f"{violation.severity}[{violation.rule}]")
    yield f"{severity}: {style.strong(violation.message)}"
    places = [violation.range] + [related.range for related in violation.related]
    gutter = " " * max(len(str(place.line)) if place else 1 for place in places)
    yield from _frame(result, violation.range, violation.pointer, gutter, style, mark="^")
    for related in violation.related:
        yield f"{gutter} {style.frame('=')} {style.strong('note')}: {related.message}"
        yield from _frame(result, related.range, related.pointer, gutter, style, mark="-")
    if violation.help is not None:
        yield f"{gutter} {style.frame('=')} {style.helpful('help')}: {violation.help}"
    yield ""


def _frame(
    result: FileResult, place: Range | None, pointer: str, gutter: str, style: Style, *, mark: str
) -> Iterator[str]:
    """Yield the place and, where there is a text, its line with carets below."""
    where = f"{result.name}:{place.line}:{place.column}" if place else result.name
    at = f" at {_cut(printable(pointer), _WIDTH)}" if pointer else ""
    yield f"{gutter}{style.frame('-->')} {where}{style.faint(at)}"
    if place is None or place.line not in result.lines:
        return
    text, before, marked = _excerpt(result.lines[place.line], place)
    bar = style.frame("|")
    yield f"{gutter} {bar}"
    yield f"{style.frame(str(place.line).rjust(len(gutter)))} {bar} {text}".rstrip()
    yield f"{gutter} {bar} {' ' * before}{style.frame(mark * marked)}"
    yield f"{gutter} {bar}"


def _excerpt(line: str, place: Range) -> tuple[str, int, int]:
    """Return what to show of a line, how many columns stand before the place, and how many the place takes.

    Of a place that goes on over more lines only its first character is marked.
    """
    start = place.column - 1
    end = place.end_column - 1 if place.end_line == place.line else start + 1
    first = max(0, start - _LEAD) if len(line) > _WIDTH or _columns(line) > _WIDTH else 0
    head = _ELLIPSIS if first else ""
    before = head + _shown(line[first:start])
    marked = _cut(_shown(line[start : min(end, start + _WIDTH + 1)]), max(1, _WIDTH - _columns(before)))
    text = before + marked
    if not marked.endswith(_ELLIPSIS):
        after = _shown(line[end : end + _WIDTH]) + (_ELLIPSIS if end + _WIDTH < len(line) else "")
        text += _cut(after, max(1, _WIDTH - _columns(text)))
    return text, _columns(before), max(1, _columns(marked))


def _cut(text: str, columns: int) -> str:
    if _columns(text) <= columns:
        return text
    while text and _columns(text) > max(0, columns - 1):
        text = text[: -max(1, (_columns(text) - columns) // 2)]
    return text + _ELLIPSIS


def _shown(text: str) -> str:
    """Make text safe for a terminal without changing its number of columns more than it has to."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        _TAB if char == "\t" else char if char.isprintable() or char in "\u200d\u3000\u00a0" else "\ufffd"
        for char in text
    )


def _columns(text: str) -> int:
    """Count the columns of a terminal that text takes, where an emoji or an ideograph takes two."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth  # only text that is not ASCII needs its tables

    width = wcswidth(text)
    return width if width >= 0 else len(text)

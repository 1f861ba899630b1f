"""What is shown of a line around a place: cut where it is long, and safe to print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from ..common.wording import written_in

if TYPE_CHECKING:
    from ..report import Range

WIDTH: Final = 100
"""Columns of an excerpt; a longer line is cut around the place."""
_LEAD: Final = 40
"""Characters of a cut line that are shown before the place."""
_MOST_LEAD: Final = 2 * _LEAD
"""Columns that these may take where they are wide, or escaped."""
_ELLIPSIS: Final = "…"
_DOTS: Final = "..."
"""What stands for an ellipsis where the output cannot have one."""
_TAB: Final = "    "


class Excerpt(NamedTuple):
    """What to show of a line, in three parts."""

    before: str
    marked: str
    """The place; empty where it is at the end of the line."""
    after: str


def excerpt(line: str, place: Range, encoding: str = "utf-8") -> Excerpt:
    """Cut a line around a place that begins in it.

    Of a place that goes on over more lines only its first character is marked. What the encoding of the output does
    not have is escaped, so that the columns are those of what is read.
    """
    start = place.column - 1
    end = place.end_column - 1 if place.end_line == place.line else start + 1
    first = 0
    if len(line) > WIDTH or columns(written_in(line, encoding)) > WIDTH:
        first = max(0, start - _LEAD)
        while columns(_shown(line[first:start], encoding)) > _MOST_LEAD:
            first += 1
    dots = _ELLIPSIS if written_in(_ELLIPSIS, encoding) == _ELLIPSIS else _DOTS
    before = (dots if first else "") + _shown(line[first:start], encoding)
    whole = _shown(line[start : min(end, start + WIDTH + 1)], encoding)
    marked = cut(whole, max(1, WIDTH - columns(before)), dots)
    if marked != whole:
        return Excerpt(before, marked, "")
    after = _shown(line[end : end + WIDTH], encoding) + (dots if end + WIDTH < len(line) else "")
    return Excerpt(before, marked, cut(after, max(1, WIDTH - columns(before + marked)), dots))


def cut(text: str, most: int, dots: str = _ELLIPSIS) -> str:
    """Cut text to a number of columns."""
    if columns(text) <= most:
        return text
    while text and columns(text) > max(0, most - len(dots)):
        text = text[: -max(1, (columns(text) - most) // 2)]
    return text + dots


def columns(text: str) -> int:
    """Count the columns of a terminal that text takes, where an emoji or an ideograph takes two."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth  # only text that is not ASCII needs its tables

    width = wcswidth(text)
    return width if width >= 0 else len(text)


def _shown(text: str, encoding: str) -> str:
    """Make text safe for a terminal without changing its number of columns more than it has to."""
    if text.isascii() and text.isprintable():
        return text
    shown = "".join(
        _TAB if char == "\t" else char if char.isprintable() or char in "\u200d\u3000\u00a0" else "\ufffd"
        for char in text
    )
    return written_in(shown, encoding)

"""Cut a line to an excerpt around a place, and make it safe to print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..common.records import NamedTuple
from ..common.wording import written_in

if TYPE_CHECKING:
    from ..report import Range

WIDTH: Final = 100
"""The most columns of an excerpt; a longer line is cut around the place."""
_LEAD: Final = 40
"""Characters of a cut line shown before the place."""
_MOST_LEAD: Final = 2 * _LEAD
"""The most columns that these may take if they are wide or escaped."""
_ELLIPSIS: Final = "…"
_DOTS: Final = "..."
"""Replaces the ellipsis if the encoding of the output does not have it."""
_TAB: Final = "    "


class Excerpt(NamedTuple):
    """An excerpt of a line, in three parts."""

    before: str
    marked: str
    """The place; empty at the end of the line."""
    after: str


def excerpt(line: str, place: Range, encoding: str = "utf-8") -> Excerpt:
    """Cut a line around a place that begins in it.

    A place that spans several lines is marked at its first character only. Characters that the encoding of the output
    does not have are escaped before columns are counted, so that the carets stay aligned.
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
    """Cut text to at most `most` columns."""
    if columns(text) <= most:
        return text
    while text and columns(text) > max(0, most - len(dots)):
        text = text[: -max(1, (columns(text) - most) // 2)]
    return text + dots


def columns(text: str) -> int:
    """Count the terminal columns of a text; emoji and ideographs take two."""
    if text.isascii() or text.replace(_ELLIPSIS, "").isascii():
        return len(text)
    from wcwidth import wcswidth  # imported here because only other text needs its large tables

    width = wcswidth(text)
    return width if width >= 0 else len(text)


def _shown(text: str, encoding: str) -> str:
    """Make text safe for a terminal, keeping its number of columns if possible."""
    if text.isascii() and text.isprintable():
        return text
    shown = "".join(
        _TAB if char == "\t" else char if char.isprintable() or char in "\u200d\u3000\u00a0" else "\ufffd"
        for char in text
    )
    return written_in(shown, encoding)

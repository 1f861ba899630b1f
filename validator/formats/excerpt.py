"""What is shown of a line around a place: cut where it is long, and safe to print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from ..report import Range

WIDTH: Final = 100
"""Columns of an excerpt; a longer line is cut around the place."""
_LEAD: Final = 40
"""Columns of a cut line that are shown before the place."""
_ELLIPSIS: Final = "…"
_TAB: Final = "    "


class Excerpt(NamedTuple):
    """What to show of a line, in three parts."""

    before: str
    marked: str
    """The place; empty where it is at the end of the line."""
    after: str


def excerpt(line: str, place: Range) -> Excerpt:
    """Cut a line around a place that begins in it.

    Of a place that goes on over more lines only its first character is marked.
    """
    start = place.column - 1
    end = place.end_column - 1 if place.end_line == place.line else start + 1
    first = max(0, start - _LEAD) if len(line) > WIDTH or columns(line) > WIDTH else 0
    head = _ELLIPSIS if first else ""
    before = head + _shown(line[first:start])
    marked = cut(_shown(line[start : min(end, start + WIDTH + 1)]), max(1, WIDTH - columns(before)))
    if marked.endswith(_ELLIPSIS):
        return Excerpt(before, marked, "")
    after = _shown(line[end : end + WIDTH]) + (_ELLIPSIS if end + WIDTH < len(line) else "")
    return Excerpt(before, marked, cut(after, max(1, WIDTH - columns(before + marked))))


def cut(text: str, most: int) -> str:
    """Cut text to a number of columns."""
    if columns(text) <= most:
        return text
    while text and columns(text) > max(0, most - 1):
        text = text[: -max(1, (columns(text) - most) // 2)]
    return text + _ELLIPSIS


def columns(text: str) -> int:
    """Count the columns of a terminal that text takes, where an emoji or an ideograph takes two."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth  # only text that is not ASCII needs its tables

    width = wcswidth(text)
    return width if width >= 0 else len(text)


def _shown(text: str) -> str:
    """Make text safe for a terminal without changing its number of columns more than it has to."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        _TAB if char == "\t" else char if char.isprintable() or char in "\u200d\u3000\u00a0" else "\ufffd"
        for char in text
    )

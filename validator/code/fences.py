"""Find the fenced code blocks of Markdown and MDX, with the places of their lines.

Fences are found wherever pages have them: in lists, block quotes, tabs and components, at any indentation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ..common.lazy_regex import regex
from ..rules.syntax import BOM
from .mapped import Mapped

if TYPE_CHECKING:
    from collections.abc import Iterable

_FENCE: Final = regex(rb"(`{3,})([^`]*)$|(~{3,})(.*)$", re.DOTALL)
_LIST_MARKER: Final = regex(rb"(?:[-*+]|[0-9]{1,9}[.)])[ \t]+(?=[`~]{3})")
_QUOTE: Final = regex(rb"[ \t]*>")
_CLOSING: Final = regex(rb"(`{3,}|~{3,})[ \t\r]*$")
_COMMENT_ENDS: Final = {b"<!--": b"-->", b"{/*": b"*/}"}
"""The comments of HTML and of MDX."""
_COMMENT: Final = regex(rb"<!--|\{/\*")
_DEEPER: Final = 3
"""A closing fence may be indented by this many columns more than the opening one."""
_TAB: Final = 4
_LANGUAGE: Final = regex(r"\s*\{?\s*\.?([A-Za-z][\w+#-]*)\}?\s*([A-Za-z][\w+#-]*)?")
_DIRECTIVES: Final = frozenset({"code-block", "code-cell", "code", "sourcecode"})


@dataclass(slots=True)
class Fence:
    """A fenced code block."""

    start: int
    """Where its opening line begins."""
    info: str
    end: int = 0
    """Where its closing line ends."""
    lines: list[tuple[int, int]] = field(default_factory=list)
    """The byte ranges of its lines, with their line ends, without indentation and quote marks."""
    is_closed: bool = False

    @property
    def language(self) -> str:
        """The language of its info string in lower case, or nothing."""
        match = _LANGUAGE.match(self.info)
        if match is None:
            return ""
        language = match[1].lower()
        return (match[2] or "").lower() if language in _DIRECTIVES else language

    def has(self, data: bytes, word: bytes) -> bool:
        """Whether a word occurs between its opening and its closing line."""
        return bool(self.lines) and data.find(word, self.lines[0][0], self.lines[-1][1]) >= 0

    def text(self, data: bytes) -> Mapped:
        """Return its text."""
        return joined(data, self.lines)


@dataclass(slots=True)
class Page:
    """The fences of a page, and its comments of HTML and MDX."""

    fences: list[Fence] = field(default_factory=list)
    comments: list[tuple[int, int]] = field(default_factory=list)


def joined(data: bytes, ranges: Iterable[tuple[int, int]]) -> Mapped:
    """Return the text of ranges of a file; ranges that touch are joined first."""
    mapped = Mapped()
    first, last = 0, 0
    for start, end in ranges:
        if start != last:
            mapped.add(data[first:last], first)
            first = start
        last = end
    mapped.add(data[first:last], first)
    return mapped


def read_page(data: bytes) -> Page:
    """Find the fences of a page, and its comments outside of them."""
    return _Scanner(data).read()


@dataclass(slots=True)
class _Open:
    """A fence that has not ended."""

    fence: Fence
    mark: bytes
    quotes: int
    """The quote marks before it."""
    column: int
    """Its indentation behind them."""


class _Scanner:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._page = Page()
        self._open: _Open | None = None
        self._last_ends = {mark: data.rfind(closing) for mark, closing in _COMMENT_ENDS.items()}
        self._last_pre_end = data.rfind(b"</pre>")

    def read(self) -> Page:
        data = self._data
        position = len(BOM) if data.startswith(BOM) else 0
        while position < len(data):
            end = data.find(b"\n", position) + 1 or len(data)
            position = self._inside(position, end) if self._open is not None else self._outside(position, end)
        if self._open is not None:
            self._open.fence.end = len(data)
        return self._page

    def _inside(self, start: int, end: int) -> int:
        """Read a line inside a fence; return where to continue."""
        opened = self._open
        if opened is None:
            return end
        data = self._data
        at = start
        for _ in range(opened.quotes):
            match = _QUOTE.match(data, at, end)
            if match is None:
                # The block quote has ended, and the fence with it.
                self._close(start)
                return start
            at = match.end()
        if opened.quotes and data[at : at + 1] == b" ":
            at += 1
        column = 0
        behind = at
        while behind < end and data[behind] in b" \t" and column < opened.column:
            column += 1 if data[behind] == ord(" ") else _TAB - column % _TAB
            behind += 1
        line = data[behind:end].rstrip(b"\r\n")
        mark = line.lstrip(b" \t") if len(line) < len(opened.mark) + 2000 else b""
        indentation = len(line) - len(mark)
        closing = _CLOSING.match(mark) if mark[:1] == opened.mark[:1] and indentation <= _DEEPER else None
        if closing and len(closing[1]) >= len(opened.mark):
            self._close(end)
        else:
            opened.fence.lines.append((behind, end))
        return end

    def _close(self, end: int) -> None:
        if self._open is not None:
            self._open.fence.end = end
            self._open.fence.is_closed = True
        self._open = None

    def _outside(self, start: int, end: int) -> int:
        """Read a line outside of fences; return where to continue."""
        data = self._data
        line = data[start:end].rstrip(b"\r\n")
        rest = line.lstrip(b" \t>")
        if rest[:4].lower() == b"<pre" and start < self._last_pre_end:
            return max(end, data.find(b"</pre>", start) + 1)
        marker = _LIST_MARKER.match(rest) if rest[:1] not in (b"`", b"~") else None
        at = len(line) - len(rest) + (marker.end() if marker else 0)
        fence = _FENCE.match(line, at)
        if fence is not None:
            self._begin(start, end, line, at, fence[1] or fence[3], fence[2] or fence[4] or b"")
            return end
        return self._comments(start, end)

    def _begin(self, start: int, end: int, line: bytes, at: int, mark: bytes, info: bytes) -> None:  # noqa: PLR0917
        quotes = line.count(b">", 0, at)
        inner = line.rfind(b">", 0, at) + 1
        if quotes and line[inner : inner + 1] == b" ":
            inner += 1
        column = 0
        for byte in line[inner:at]:
            column += _TAB - column % _TAB if byte == ord("\t") else 1
        fence = Fence(start, info.decode(errors="replace").strip(), end)
        self._page.fences.append(fence)
        self._open = _Open(fence, mark, quotes, column)

    def _comments(self, start: int, end: int) -> int:
        """Skip the comments that begin in a line; return where to continue."""
        data = self._data
        at = start
        while True:
            match = _COMMENT.search(data, at, end)
            if match is None:
                return end
            place, mark = match.start(), match[0]
            closing = _COMMENT_ENDS[mark]
            is_code = at == start and data.count(b"`", start, place) % 2
            if is_code or place > self._last_ends[mark]:
                at = place + len(mark)
                continue
            at = data.find(closing, place + len(mark)) + len(closing)
            if at < place:
                return end
            # The braces of MDX are not a part of the comment.
            inset = int(mark.startswith(b"{"))
            self._page.comments.append((place + inset, at - inset))
            if at > end:
                end = data.find(b"\n", at) + 1 or len(data)

"""Convert offsets in characters and bytes to the client's lines and columns, and back.

Lines end with LF, CR LF or CR, as the protocol defines it, and not with U+2028, U+0085 or a form feed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from functools import cached_property
from itertools import accumulate
from typing import Final

from lsprotocol import types

_LINE_END: Final = re.compile(r"\r\n|\n|\r")
_BLOCK: Final = 4096
_CONTINUATION: Final = bytes(range(0x80, 0xC0))


class Text:
    """A text and its lines, for a client that counts columns in units of UTF-8, UTF-16 or UTF-32."""

    def __init__(self, text: str, encoding: types.PositionEncodingKind | str = "utf-16") -> None:
        self.text = text
        self.encoding = str(getattr(encoding, "value", encoding))
        self.is_ascii = text.isascii()

    @cached_property
    def data(self) -> bytes:
        """The text in UTF-8."""
        return _utf_8(self.text)

    @cached_property
    def starts(self) -> list[int]:
        """The offsets of lines, in characters."""
        return _starts_of(self.text)

    def changed(self, change: types.TextDocumentContentChangeEvent) -> Text:
        """Return the text after a change."""
        if isinstance(change, types.TextDocumentContentChangePartial):
            start = self.offset(change.range.start)
            return self.replaced(start, max(start, self.offset(change.range.end)), change.text)
        return Text(change.text, self.encoding)

    def replaced(self, start: int, end: int, replacement: str) -> Text:
        """Return the text with a character range replaced; the known line starts are reused."""
        text = Text(f"{self.text[:start]}{replacement}{self.text[end:]}", self.encoding)
        if "starts" in vars(self):
            growth = len(text.text) - len(self.text)
            # A line end before the range may become half of CR LF, so the scan starts one line earlier.
            first = max(0, bisect_right(self.starts, start) - 2)
            rest = self.starts[bisect_right(self.starts, end) :]
            begin = self.starts[first]
            again = _starts_of(text.text[begin : rest[0] + growth] if rest else text.text[begin:])
            again = again[:-1] if rest else again
            text.starts = [*self.starts[:first], *map(begin.__add__, again), *map(growth.__add__, rest)]
        return text

    @property
    def lines(self) -> int:
        """The number of lines."""
        return len(self.starts)

    @property
    def newline(self) -> str:
        """The line end of the first line, or LF."""
        end = _LINE_END.search(self.text)
        return end[0] if end is not None else "\n"

    def line(self, number: int) -> str:
        """Return a line, counted from 0, without its line end."""
        return self.text[self.starts[number] : self._end_of_line(number)]

    def position(self, offset: int) -> types.Position:
        """Return the position of a character."""
        line = bisect_right(self.starts, offset) - 1
        return types.Position(line, self._units(self.starts[line], offset))

    def offset(self, position: types.Position) -> int:
        """Return the character at a position; past the end of a line, or of the text, it is that end."""
        if position.line >= len(self.starts):
            return len(self.text)
        start, end = self.starts[position.line], self._end_of_line(position.line)
        if self._is_plain:
            return min(start + position.character, end)
        if end - start <= _BLOCK:
            return start + self._within(self.text[start:end], position.character)
        wanted = self._total(start) + position.character
        block = bisect_right(self._totals, wanted) - 1
        first = block * _BLOCK
        found = first + self._within(self.text[first : first + _BLOCK], wanted - self._totals[block])
        return min(max(found, start), end)

    def range_of(self, start: int, end: int) -> types.Range:
        """Convert a character range."""
        return types.Range(self.position(start), self.position(end))

    def range_of_bytes(self, start: int, end: int) -> types.Range:
        """Convert a byte range."""
        return self.range_of(self.character(start), self.character(end))

    def character(self, byte: int) -> int:
        """Return the offset of the character that starts at a byte."""
        if self.is_ascii:
            return byte
        block = bisect_right(self._bytes, byte) - 1
        return block * _BLOCK + _characters_in(self.data[self._bytes[block] : byte])

    def byte(self, character: int) -> int:
        """Return the byte offset of a character."""
        if self.is_ascii:
            return character
        block = character // _BLOCK
        return self._bytes[block] + len(_utf_8(self.text[block * _BLOCK : character]))

    def _end_of_line(self, line: int) -> int:
        if line + 1 == len(self.starts):
            return len(self.text)
        end = self.starts[line + 1] - 1
        return end - (self.text[end - 1 : end + 1] == "\r\n")

    @property
    def _is_plain(self) -> bool:
        """Whether every character counts as one unit."""
        return self.is_ascii or self.encoding == "utf-32"

    @cached_property
    def _totals(self) -> list[int]:
        """The units before each block of characters; with them a lookup counts one block, not the whole text."""
        return self._bytes if self.encoding == "utf-8" else self._before_blocks(self._count)

    @cached_property
    def _bytes(self) -> list[int]:
        """The bytes before each block of characters."""
        return self._before_blocks(lambda text: len(_utf_8(text)))

    def _before_blocks(self, size: Callable[[str], int]) -> list[int]:
        starts = range(0, len(self.text) + 1, _BLOCK)
        return list(accumulate((size(self.text[start : start + _BLOCK]) for start in starts), initial=0))[:-1]

    def _total(self, offset: int) -> int:
        block = offset // _BLOCK
        return self._totals[block] + self._count(self.text[block * _BLOCK : offset])

    def _units(self, start: int, end: int) -> int:
        if self._is_plain:
            return end - start
        if end - start <= _BLOCK:
            return self._count(self.text[start:end])
        return self._total(end) - self._total(start)

    def _count(self, text: str) -> int:
        return len(_utf_8(text)) if self.encoding == "utf-8" else len(_utf_16(text)) // 2

    def _within(self, text: str, units: int) -> int:
        """Return how many whole characters of a text fit into a number of units."""
        if self.encoding == "utf-8":
            characters = _characters_in(_utf_8(text)[:units])
        else:
            characters = len(_utf_16(text)[: 2 * units].decode("utf-16-le", "surrogatepass"))
        return characters - (self._count(text[:characters]) > units)


def _starts_of(text: str) -> list[int]:
    if "\r" in text:
        text = text.replace("\r\n", " \n").replace("\r", "\n")
    lines = text.split("\n")
    return list(accumulate(map((1).__add__, map(len, lines[:-1])), initial=0))


def _utf_8(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


def _utf_16(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def _characters_in(data: bytes) -> int:
    """Count the characters that start in a piece of UTF-8."""
    return len(data.translate(None, _CONTINUATION))


def alike(one: str | bytes, other: str | bytes) -> int:
    """Return the length of the common prefix of two texts."""
    # A binary search over slices: their comparison is a `memcmp`, while a loop over characters takes Python's time.
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def alike_at_end(one: str | bytes, other: str | bytes, most: int) -> int:
    """Return the length of the common suffix of two texts, at most `most`."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if one[len(one) - middle : len(one) - low] == other[len(other) - middle : len(other) - low]:
            low = middle
        else:
            high = middle - 1
    return low

"""Positions in a text: from characters and bytes to the lines and columns that the client counts, and back.

Lines end with LF, CR LF or CR, as the protocol has it, and with nothing else: not with U+2028, U+0085 or a form feed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from itertools import accumulate
from typing import Final

from lsprotocol import types

_LINE_END: Final = re.compile(r"\r\n|\n|\r")
_BMP: Final = 0xFFFF
_BLOCK: Final = 4096
_CONTINUED: Final = 0x80
_CONTINUATION: Final = bytes(range(0x80, 0xC0))


class Text:
    """A text and its lines, for a client that counts columns in one of three encodings."""

    def __init__(self, text: str, encoding: types.PositionEncodingKind | str = "utf-16") -> None:
        self.text = text
        self.encoding = str(getattr(encoding, "value", encoding))
        self.is_ascii = text.isascii()

    @cached_property
    def data(self) -> bytes:
        """The text in UTF-8."""
        return self.text.encode(errors="surrogatepass")

    @cached_property
    def starts(self) -> list[int]:
        """The characters at which lines begin."""
        return [0, *(found.end() for found in _LINE_END.finditer(self.text))]

    @property
    def lines(self) -> int:
        """How many lines there are."""
        return len(self.starts)

    @property
    def newline(self) -> str:
        """How the text ends its lines: as the first one ends."""
        end = _LINE_END.search(self.text)
        return end[0] if end is not None else "\n"

    def line(self, number: int) -> str:
        """Return a line, counted from 0, without its end."""
        return self.text[self.starts[number] : self._end_of_line(number)]

    def position(self, offset: int) -> types.Position:
        """Return the client's position of a character."""
        line = bisect_right(self.starts, offset) - 1
        return types.Position(line, self._units(self.starts[line], offset))

    def offset(self, position: types.Position) -> int:
        """Return the character at a position; behind the end of a line it is the end, behind the last line the last."""
        if position.line >= len(self.starts):
            return len(self.text)
        start, end = self.starts[position.line], self._end_of_line(position.line)
        if self._is_plain:
            return min(start + position.character, end)
        wanted = self._total(start) + position.character
        if wanted >= self._total(end):
            return end
        block = max(bisect_right(self._totals, wanted) - 1, 0)
        offset, units = block * _BLOCK, self._totals[block]
        while True:
            units += self._width(self.text[offset])
            if units > wanted:
                return max(offset, start)
            offset += 1

    def range_of(self, start: int, end: int) -> types.Range:
        """Return the client's range of a stretch of characters."""
        return types.Range(self.position(start), self.position(end))

    def range_of_bytes(self, start: int, end: int) -> types.Range:
        """Return the client's range of a stretch of bytes."""
        return self.range_of(self.character(start), self.character(end))

    def character(self, byte: int) -> int:
        """Return the character that begins at a byte."""
        if self.is_ascii:
            return byte
        block = byte // _BLOCK
        return self._characters[block] + _characters_in(self.data[block * _BLOCK : byte])

    def byte(self, character: int) -> int:
        """Return the byte at which a character begins."""
        if self.is_ascii:
            return character
        block = bisect_right(self._characters, character) - 1
        text = self.data[block * _BLOCK :]
        left = character - self._characters[block]
        return block * _BLOCK + _bytes_of(text, left)

    def _end_of_line(self, line: int) -> int:
        if line + 1 == len(self.starts):
            return len(self.text)
        end = self.starts[line + 1] - 1
        return end - (self.text[end - 1 : end + 1] == "\r\n")

    @property
    def _is_plain(self) -> bool:
        """Whether every character is one unit."""
        return self.is_ascii or self.encoding == "utf-32"

    @cached_property
    def _totals(self) -> list[int]:
        """The units before each block of characters, so that no question costs more than a block."""
        blocks = range(0, len(self.text) + 1, _BLOCK)
        return list(accumulate((self._count(self.text[start : start + _BLOCK]) for start in blocks), initial=0))[:-1]

    @cached_property
    def _characters(self) -> list[int]:
        """The characters before each block of bytes."""
        blocks = range(0, len(self.data) + 1, _BLOCK)
        return list(accumulate((_characters_in(self.data[start : start + _BLOCK]) for start in blocks), initial=0))[:-1]

    def _total(self, offset: int) -> int:
        block = offset // _BLOCK
        return self._totals[block] + self._count(self.text[block * _BLOCK : offset])

    def _units(self, start: int, end: int) -> int:
        return end - start if self._is_plain else self._total(end) - self._total(start)

    def _count(self, text: str) -> int:
        if self.encoding == "utf-8":
            return len(text.encode(errors="surrogatepass"))
        return len(text) + sum(ord(char) > _BMP for char in text)

    def _width(self, char: str) -> int:
        if self.encoding == "utf-8":
            return len(char.encode(errors="surrogatepass"))
        return 2 if ord(char) > _BMP else 1


def _characters_in(data: bytes) -> int:
    """Count the characters that begin in some bytes of UTF-8."""
    return len(data.translate(None, _CONTINUATION))


def _bytes_of(data: bytes, characters: int) -> int:
    """Return where a character begins, counted from the first one that begins in some bytes."""
    position = _skip_continued(data, 0)
    for _ in range(characters):
        position = _skip_continued(data, position + 1)
    return position


def _skip_continued(data: bytes, position: int) -> int:
    while position < len(data) and data[position] & 0xC0 == _CONTINUED:
        position += 1
    return position

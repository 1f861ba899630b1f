"""Convert offsets in characters to offsets in bytes."""

from __future__ import annotations

from itertools import accumulate
from typing import Final

_STEP: Final = 1024


class ByteOffsets:
    """The byte offsets of the characters of a text in UTF-8; every look-up takes the same time."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._is_ascii = text.isascii()
        steps = () if self._is_ascii else range(0, len(text), _STEP)
        self._marks = [0, *accumulate(len(text[start : start + _STEP].encode()) for start in steps)]

    def of(self, character: int) -> int:
        """Return the byte offset of a character; the end of the text for the index after the last one."""
        if self._is_ascii:
            return character
        mark = character // _STEP
        return self._marks[mark] + len(self._text[mark * _STEP : character].encode())

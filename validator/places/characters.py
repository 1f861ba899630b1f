"""From positions that count characters to positions that count bytes."""

from __future__ import annotations

from itertools import accumulate
from typing import Final

_STEP: Final = 1024


class ByteOffsets:
    """Answers where the characters of a text begin when it is written as UTF-8; no question costs more than another."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._is_ascii = text.isascii()
        steps = () if self._is_ascii else range(0, len(text), _STEP)
        self._marks = [0, *accumulate(len(text[start : start + _STEP].encode()) for start in steps)]

    def of(self, character: int) -> int:
        """Return where the character with that number begins; the end of the text for the number behind the last."""
        if self._is_ascii:
            return character
        mark = character // _STEP
        return self._marks[mark] + len(self._text[mark * _STEP : character].encode())

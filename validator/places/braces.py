"""Jump through long arrays of objects by counting braces in the text and in the value."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

import orjson

_FAR: Final = 200
"""Distances below this many items are walked item by item."""
_STRETCH: Final = 1 << 16
_NEAR: Final = 1 << 8


# Why not walk: skipping an item of JSON text costs a regular expression and a Python call for each string and bracket
# in it. orjson writes the skipped items again, and `bytes.count` finds the same number of braces in the text.
class Braces:
    """The opening braces of a text: as many as in its value written by orjson, so counting them finds an item."""

    def __init__(self, data: bytes, value: Any) -> None:
        """Take a text and its value; without the value, `jump` never jumps."""
        self.value = value
        self._data = data

    def jump(self, array: list[Any], index: int, wanted: int, position: int) -> tuple[int, int]:
        """Jump from an item of an array, which begins at `position`, to the item `wanted`, if that is far behind it.

        Returns the position and the index of that item; those of the first item where no jump is possible.
        """
        if wanted - index < _FAR or wanted >= len(array) or type(array[wanted]) is not dict or not self._are_equal:
            return position, index
        return self._nth(orjson.dumps(array[index:wanted]).count(b"{"), position), wanted

    @cached_property
    def _are_equal(self) -> bool:
        """Whether text and value have the same braces: no key occurs twice, and no character is escaped as a code."""
        try:
            written = orjson.dumps(self.value)
        except (TypeError, ValueError, RecursionError):
            return False
        return b"\\u00" not in self._data and self._data.count(b":") == written.count(b":")

    def _nth(self, number: int, start: int) -> int:
        """Return the position of the brace with `number` others between `start` and itself."""
        data, stretch = self._data, _STRETCH
        while stretch > _NEAR:
            passed = data.count(b"{", start, start + stretch)
            if passed <= number and start < len(data):
                number -= passed
                start += stretch
            else:
                stretch //= 2
        start = data.index(b"{", start)
        for _ in range(number):
            start = data.index(b"{", start + 1)
        return start

"""Ways through long arrays of objects: their braces are counted in the text and in the value, at the speed of C."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

import orjson

_FAR: Final = 200
"""Items that are skipped one by one rather than counted."""
_STRETCH: Final = 1 << 16
_NEAR: Final = 1 << 8


class Braces:
    """The opening braces of a text, which are as many as those of its value as it would be written anew."""

    def __init__(self, data: bytes, value: Any) -> None:
        """Take a text and its value; without the value there are no jumps."""
        self.value = value
        self._data = data

    def jump(self, array: list[Any], index: int, wanted: int, position: int) -> tuple[int, int]:
        """Go on from an item of an array, which begins at a position, to one that is far behind it.

        Returns where that item begins and its index; those of the first where the way is short or not known.
        """
        if wanted - index < _FAR or wanted >= len(array) or type(array[wanted]) is not dict or not self._tell:
            return position, index
        return self._nth(orjson.dumps(array[index:wanted]).count(b"{"), position), wanted

    @cached_property
    def _tell(self) -> bool:
        """Whether no key is there twice and no sign is spelt as an escape, so that the text has what the value has."""
        try:
            written = orjson.dumps(self.value)
        except (TypeError, ValueError, RecursionError):
            return False
        return b"\\u00" not in self._data and self._data.count(b":") == written.count(b":")

    def _nth(self, number: int, start: int) -> int:
        """Return where the brace stands that has so many others between itself and `start`."""
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

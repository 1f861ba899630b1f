"""Base64 data, decoded piece by piece: the first bytes of an image are enough to tell its format and size."""

from __future__ import annotations

from binascii import Error, a2b_base64
from typing import Final

UNREAD_FILE: Final = "bXNnbGludDogYSBmaWxlIHRoYXQgd2FzIG5vdCByZWFk"
"""A placeholder in a request for a file or stream that the SDK would read: its content is not checked."""

_QUAD: Final = 4
_BYTES_IN_QUAD: Final = 3


class Base64Data:
    """The bytes of a base64 string; invalid base64 reads as no bytes."""

    __slots__ = ("_text", "size")

    def __init__(self, text: str) -> None:
        if "\n" in text or "\r" in text:
            text = text.replace("\n", "").replace("\r", "")
        self._text = text
        padding = text.endswith("=") + text.endswith("==")
        self.size: Final = (len(text) - padding) * _BYTES_IN_QUAD // _QUAD

    @property
    def fingerprint(self) -> tuple[int, int]:
        """A cache key of the data."""
        return len(self._text), hash(self._text)

    def read(self, start: int, length: int) -> bytes:
        """Return `length` bytes beginning at `start`, or fewer at the end of the data."""
        first, skipped = divmod(max(start, 0), _BYTES_IN_QUAD)
        last = -(-(skipped + length) // _BYTES_IN_QUAD) + first
        return _decoded(self._text[first * _QUAD : last * _QUAD])[skipped : skipped + length]

    def read_all(self) -> bytes:
        """Return all bytes."""
        return _decoded(self._text)


def _decoded(text: str) -> bytes:
    try:
        return a2b_base64(text + "=" * (-len(text) % _QUAD))
    except (Error, ValueError):
        return b""

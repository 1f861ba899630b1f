"""Base64 data, decoded piece by piece: a picture says what it is in its first bytes, however large it is."""

from __future__ import annotations

from binascii import Error, a2b_base64
from typing import Final

UNREAD_FILE: Final = "bXNnbGludDogYSBmaWxlIHRoYXQgd2FzIG5vdCByZWFk"
"""What stands in a request for a file or stream that the SDK would read: nothing is said of its content."""

_QUAD: Final = 4
_BYTES_IN_QUAD: Final = 3


class Base64Data:
    """The bytes behind a base64 string; whatever is not base64 reads as nothing."""

    __slots__ = ("_text", "size")

    def __init__(self, text: str) -> None:
        if "\n" in text or "\r" in text:
            text = text.replace("\n", "").replace("\r", "")
        self._text = text
        padding = text.endswith("=") + text.endswith("==")
        self.size: Final = (len(text) - padding) * _BYTES_IN_QUAD // _QUAD

    @property
    def fingerprint(self) -> tuple[int, int]:
        """What tells these data from others."""
        return len(self._text), hash(self._text)

    def read(self, start: int, length: int) -> bytes:
        """Return `length` bytes from `start` on, fewer where the data end before."""
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

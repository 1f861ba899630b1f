"""The body of a request as text: decompressed, within a limit."""

from __future__ import annotations

import zlib
from typing import Any, Final

_GZIP: Final = zlib.MAX_WBITS | 16
_ZLIB: Final = zlib.MAX_WBITS
_RAW: Final = -zlib.MAX_WBITS
_WINDOWS: Final = {"gzip": (_GZIP,), "x-gzip": (_GZIP,), "deflate": (_ZLIB, _RAW)}
"""The formats of each encoding; some programs send `deflate` without the header of zlib."""
_MOST_LAYERS: Final = 3
_MOST_INFLATED: Final = 2**28
"""The most bytes that a compressed body may have, whatever the limit on others."""


class UnreadableBodyError(ValueError):
    """Raised for a body that cannot be judged; the text says why."""


def text_of(body: Any, encodings: tuple[str, ...], most: int | None) -> bytes | str:
    """Return the text of a body.

    Raises:
        UnreadableBodyError: for an unknown encoding, broken data, or more than `most` bytes.
    """
    if body is None:
        return b""
    data = body if isinstance(body, (str, bytes)) else bytes(memoryview(body))
    _refuse_large(len(data), most)
    if not encodings:
        return data
    if len(encodings) > _MOST_LAYERS or not _WINDOWS.keys() >= set(encodings):
        msg = "its encoding is not read"
        raise UnreadableBodyError(msg)
    data = data.encode("latin-1", "replace") if isinstance(data, str) else data
    most = _MOST_INFLATED if most is None else min(most, _MOST_INFLATED)
    for name in reversed(encodings):
        data = _inflated(data, _WINDOWS[name], most)
    return data


def _inflated(data: bytes, windows: tuple[int, ...], most: int) -> bytes:
    for window in windows:
        try:
            return _inflated_in(window, data, most)
        except zlib.error:  # noqa: PERF203 - there are two formats at most
            continue
    msg = "its compressed data is broken"
    raise UnreadableBodyError(msg)


def _inflated_in(window: int, data: bytes, most: int) -> bytes:
    """Decompress data, which may be several streams in a row."""
    whole = bytearray()
    while data:
        stream = zlib.decompressobj(window)
        whole += stream.decompress(data, most - len(whole) + 1)
        _refuse_large(len(whole), most)
        if not stream.eof:
            msg = "incomplete"
            raise zlib.error(msg)
        data = stream.unused_data if window == _GZIP else b""
    return bytes(whole)


def _refuse_large(size: int, most: int | None) -> None:
    if most is not None and size > most:
        msg = f"it is larger than {most:,} bytes"
        raise UnreadableBodyError(msg)

"""Decode source files to UTF-8."""

from __future__ import annotations

import codecs
from contextlib import suppress
from typing import Final

from ..common.lazy_regex import regex

_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks with their encodings; that of UTF-32 begins like that of UTF-16."""
_COOKIE: Final = regex(rb"\A(?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))?[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)")
"""The encoding that a comment in the first two lines of a Python file names."""
_QUADRATIC: Final = frozenset({"idna", "punycode"})
"""Encodings of host names, which take too long for a file."""
_OTHERWISE: Final = "latin-1"
"""Reads any bytes, one character each, so that columns stay those of the editor."""


def utf_8(data: bytes) -> bytes | None:
    """Return the text of a source file in UTF-8, without a byte order mark; None for binary data."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(encoding, errors="replace").encode(errors="replace")
            return None if b"\0" in text else text
    data = data.removeprefix(codecs.BOM_UTF8)
    if b"\0" in data:
        return None
    try:
        data.decode()
    except UnicodeDecodeError:
        return _recoded(data)
    return data


def _recoded(data: bytes) -> bytes:
    """Convert a text that is not UTF-8 from the encoding that it names, or else from Latin-1."""
    cookie = _COOKIE.match(data)
    name = "" if cookie is None else cookie[1].decode("ascii", "replace").lower()
    if name and name not in _QUADRATIC:
        with suppress(LookupError, ValueError):  # unknown, not an encoding of texts, or wrong
            return data.decode(name).encode()
    return data.decode(_OTHERWISE).encode()

"""Steps through JSON text without reading it: over strings and from bracket to bracket.

No step needs more memory for a longer text: what repeats in the regular expressions is bounded, and strings with
escapes are followed from quote to quote.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..common.lazy_regex import regex

OPENING: Final = b"{["
_QUOTE: Final = ord('"')
_BACKSLASH: Final = ord("\\")
_TO_MARK: Final = regex(rb'[^"\[\]{}]*(?:"[^"\\]*"[^"\[\]{}]*){0,200}')


def end_of_string(data: bytes, start: int) -> int:
    """Return where the string that begins at `start` ends, behind its quote; -1 when it does not end."""
    quote = data.find(b'"', start + 1)
    while quote >= 0:
        first = quote
        while data[first - 1] == _BACKSLASH:
            first -= 1
        if (quote - first) % 2 == 0:
            return quote + 1
        quote = data.find(b'"', quote + 1)
    return -1


def brackets(data: bytes, start: int = 0) -> Iterator[int]:
    """Yield the offset of every bracket outside of strings; last, the offset of a string that does not end."""
    size = len(data)
    while True:
        match = _TO_MARK.match(data, start)
        start = match.end() if match else size
        if start >= size:
            return
        if data[start] != _QUOTE:
            yield start
            start += 1
            continue
        end = end_of_string(data, start)
        if end < 0:
            yield start
            return
        start = end

"""Step through JSON text without parsing it: over strings, and from bracket to bracket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..common.lazy_regex import regex

OPENING: Final = b"{["
_QUOTE: Final = ord('"')
_BACKSLASH: Final = ord("\\")
# Bounded to 200 strings, and strings with escapes are left to `end_of_string`: Python's engine keeps a mark for each
# repetition of a group, so an unbounded one needs memory in proportion to the text.
_TO_MARK: Final = regex(rb'[^"\[\]{}]*(?:"[^"\\]*"[^"\[\]{}]*){0,200}')


def end_of_string(data: bytes, start: int) -> int:
    """Return the position after the closing quote of the string at `start`; -1 if it is not closed."""
    # From quote to quote with `find`, not with a regular expression over the characters: a string may be megabytes of
    # base64, and a quote ends it unless an odd number of backslashes is before it.
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
    """Yield the offset of every bracket outside strings; at the end, that of a string that is not closed."""
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

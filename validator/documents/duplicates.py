"""Keys that an object of a JSON text has more than once.

A reader of JSON keeps the last value without a word. Whether one was dropped shows in the number of quotes: the value,
written again, has fewer than its text.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import orjson

from ..patterns import regex
from ..places.tokens import end_of_string

if TYPE_CHECKING:
    from ..pointer import Path

_MARK: Final = regex(rb'[^"{}\[\],]*')
_COLON: Final = regex(rb"[ \t\r\n]*:")
_MESSAGES: Final = b'"messages":'
_ESCAPED_QUOTE: Final = b"\\u0022"
_QUOTE: Final = ord('"')
_OPENING: Final = b"{["


def repeated_keys(text: bytes, value: Any, around: bytes = b"") -> list[Path]:
    """Return the paths of the keys that an object has more than once.

    Args:
        text: A JSON text.
        value: What a reader makes of it.
        around: For an object with `messages`: all but these as JSON, up to where they would begin as its last
            property. It is only there to save time.
    """
    return _found(text) if _may_repeat(text, value, around) else []


def _may_repeat(text: bytes, value: Any, around: bytes) -> bool:
    """Whether a text may have a key twice; nearly always exact, as few texts escape a quote by its number."""
    try:
        rest = orjson.dumps(value["messages"] if around else value)
    except (TypeError, ValueError, RecursionError):  # nested deeper than the writer goes
        return True
    if around and _is_written_so(text, around, rest):
        return False
    is_escaped = b"\\" in text and _ESCAPED_QUOTE in text
    return is_escaped or text.count(b'"') != around.count(b'"') + rest.count(b'"')


def _is_written_so(text: bytes, around: bytes, messages: bytes) -> bool:
    """Whether a text is an object as the writer would write it, its messages anywhere among the properties.

    A comparison costs less than counting.
    """
    start = text.find(_MESSAGES)
    first = start + len(_MESSAGES)
    last = first + len(messages)
    if start < 0 or text[first:last] != messages:
        return False
    before, behind = text[:start], text[last:]
    if behind[:1] == b",":
        return before + behind[1:-1] + b',"messages":' == around and behind[-1:] == b"}"
    return before + _MESSAGES == around and behind == b"}"


class _Holder:
    """A container on the way to a place in the text."""

    __slots__ = ("is_object", "keys", "step")

    def __init__(self, *, is_object: bool) -> None:
        self.is_object = is_object
        self.keys: set[str] = set()
        self.step: str | int = "" if is_object else 0


def _found(text: bytes) -> list[Path]:
    """Go through a text from mark to mark, and note the keys that come again."""
    found: dict[Path, None] = {}
    holders: list[_Holder] = []
    position = 0
    while True:
        match = _MARK.match(text, position)
        position = match.end() if match else len(text)
        if position >= len(text):
            return list(found)
        mark = text[position]
        if mark == _QUOTE:
            end = end_of_string(text, position)
            holder = holders[-1] if holders else None
            if holder is not None and holder.is_object and _COLON.match(text, end):
                key = json.loads(text[position:end])
                holder.step = key
                if key in holder.keys:
                    found[tuple(each.step for each in holders)] = None
                holder.keys.add(key)
            position = end
            continue
        if mark in _OPENING:
            holders.append(_Holder(is_object=mark == _OPENING[0]))
        elif mark == ord(","):
            if not holders[-1].is_object:
                holders[-1].step = int(holders[-1].step) + 1
        else:
            holders.pop()
        position += 1

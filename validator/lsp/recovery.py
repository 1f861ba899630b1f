"""Recovery: JSON made of a text that is none, so that what can be said of the rest is said.

What cannot be read is blanked or replaced in its place, byte for byte, so that all other places stay what they are;
only what closes open brackets comes behind the end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import orjson

from ..documents.strict import byte_offset
from ..places.locate import skip_space
from .outline import Outline, end_of_string

if TYPE_CHECKING:
    from ..pointer import Path

_MOST_REPAIRS: Final = 12
_SPACE: Final = b" \t\r\n"
_OPENING: Final = {ord("{"): b"}", ord("["): b"]"}
_CLOSING: Final = b"}]"
_BLANK: Final = bytes(byte if byte in b"\r\n" else ord(" ") for byte in range(256))
_QUOTE: Final = ord('"')
_WORD: Final = re.compile(rb"[A-Za-z_$][\w$-]*")
_SINGLE: Final = re.compile(rb"'[^'\"\\\r\n]*'")
_NEXT_MEMBER: Final = re.compile(rb'[ \t]*(?:"(?:[^"\\\r\n]|\\.)*"[ \t]*:|[\]}])')
_WORDS: Final = {
    b"True": b"true",
    b"False": b"false",
    b"None": b"null",
    b"undefined": b"null",
    b"NaN": b"0",
    b"Infinity": b"0",
}


@dataclass(frozen=True, slots=True)
class Recovered:
    """JSON that was made of a text."""

    text: bytes
    """The text with repairs; it may be longer."""
    value: Any
    holes: frozenset[Path]
    """The containers that may hold more than the value has."""


def recovered(outline: Outline) -> Recovered | None:
    """Make JSON of a text, in which comments are blanked already; None where too much of it is broken."""
    repair = _Repair(outline)
    for _ in range(_MOST_REPAIRS):
        try:
            value = orjson.loads(repair.text)
        except orjson.JSONDecodeError as error:  # noqa: PERF203 - there are few repairs
            repair.mend(byte_offset(bytes(repair.text), error.pos), error.msg)
        else:
            return Recovered(bytes(repair.text), value, repair.holes())
    return None


@dataclass
class _Repair:
    outline: Outline
    """The outline of the text as it was before the last repair."""
    text: bytearray = field(init=False)
    touched: list[int] = field(default_factory=list)
    """Where something was blanked, or is missing."""
    is_cut: bool = False
    """Whether the text ends in the middle of something."""

    def __post_init__(self) -> None:
        self.text = bytearray(self.outline.data)

    def _outlined(self) -> Outline:
        text = bytes(self.text)
        if text != self.outline.data:
            self.outline = Outline(text, self.outline)
        return self.outline

    def holes(self) -> frozenset[Path]:
        """Return the paths of the containers that something was taken out of."""
        outline = self._outlined()
        return frozenset(
            outline.path_to(around[:length])
            for around in map(outline.around, self.touched)
            for length in (range(1, len(around) + 1) if self.is_cut else [len(around)])
            if around
        )

    def mend(self, place: int, reason: str) -> None:
        """Take away what keeps the text from being read at a place, or put in what is missing."""
        outline = self._outlined()
        text = outline.data
        around = outline.around(place)
        if not text.strip():
            self.text += b"null"
        elif "control character" in reason and text[place] in b"\r\n":
            self.text[place] = _QUOTE
            self.touched.append(place)
        elif place >= len(text.rstrip(_SPACE)):
            self._close(outline, len(text), around or outline.around(len(text)))
        elif not around:
            self._blank(place, len(text))
        else:
            self._mend_inside(place, outline, around)

    def _mend_inside(self, place: int, outline: Outline, around: list[int]) -> None:
        text, start = outline.data, around[-1]
        if self._replaces_word(text, place) or self._puts_comma(text, place):
            return
        first, last = self._last_comma(outline, start, place), place
        if text[place : place + 1] == b":":
            quote = text.rfind(b'"', first, _rstrip(text, place) - 1)
            if quote > first:
                self._blank(skip_space(text, first), quote)
                return
        if text[place] in _CLOSING and text[place : place + 1] != _OPENING[text[start]]:
            closes_outer = len(around) > 1 and text[place : place + 1] == _OPENING[text[around[-2]]]
            if closes_outer and text[place - 1] in _SPACE:
                self.text[place - 1 : place] = _OPENING[text[start]]
                self.touched.append(place - 1)
            else:
                self._blank(place, place + 1)
            return
        last = self._end_of_member(outline, place)
        comma = first - 1
        if text[comma : comma + 1] == b",":
            self._blank(comma, last)
        elif text[last : last + 1] == b",":
            self._blank(first, last + 1)
        else:
            self._blank(first, max(last, place + (text[place] not in _CLOSING)))

    def _replaces_word(self, text: bytes, place: int) -> bool:
        """Write a word of another language, or a string in single quotes, as JSON has it."""
        single = _SINGLE.match(text, place)
        if single:
            self.text[place] = self.text[single.end() - 1] = _QUOTE
            return True
        start = place
        while start and _WORD.fullmatch(text, start - 1, start):
            start -= 1
        word = _WORD.match(text, start)
        replacement = _WORDS.get(word[0]) if word else None
        if word is None or replacement is None:
            return False
        self.text[start : word.end()] = replacement.ljust(len(word[0]))
        return True

    def _puts_comma(self, text: bytes, place: int) -> bool:
        """Put a comma between two members, where there is room for it."""
        end = _rstrip(text, place)
        if end == place or text[place] not in b'"{[-0123456789tfn' or text[end - 1] in b",:{[":
            return False
        self.text[place - 1] = ord(",")
        self.touched.append(place - 1)
        return True

    def _last_comma(self, outline: Outline, start: int, place: int) -> int:
        """Return the position behind the last comma of a container before a place, or behind its bracket."""
        text, position, found = outline.data, start + 1, start + 1
        while position < place:
            mark = text[position]
            if mark == ord(","):
                found = position + 1
            if mark == _QUOTE:
                position = end_of_string(text, position)
            elif mark in _OPENING and outline.end_of(position) <= place:
                position = outline.end_of(position)
            else:
                position += 1
        return found

    def _end_of_member(self, outline: Outline, place: int) -> int:
        """Return where a broken member ends: at a comma, a bracket, or the line before one that begins anew."""
        text, position = outline.data, place
        while position < len(text):
            mark = text[position]
            if mark in b",}]":
                return position
            if mark in b"\r\n" and _NEXT_MEMBER.match(text, position + 1):
                return position
            if mark == _QUOTE:
                position = max(position + 1, end_of_string(text, position))
            elif mark in _OPENING:
                position = outline.end_of(position)
            else:
                position += 1
        return position

    def _close(self, outline: Outline, end: int, around: list[int]) -> None:
        """Close what is open at the end, without a member that is only half there."""
        text = outline.data
        self.is_cut = True
        if around:
            first = self._last_comma(outline, around[-1], end)
            if not _is_member(text[first:end], is_object=text[around[-1]] == ord("{")):
                comma = first - 1 if text[first - 1 : first] == b"," else first
                self._blank(comma, end)
            self.touched.append(around[-1] + 1)
        self.text += b"".join(_OPENING[text[start]] for start in reversed(around))
        if not around:
            self._blank(0, end)
            self.text += b"null"

    def _blank(self, start: int, end: int) -> None:
        self.text[start:end] = self.text[start:end].translate(_BLANK)
        self.touched.append(start)


def _is_member(text: bytes, *, is_object: bool) -> bool:
    """Whether a text is a whole property or a whole item."""
    try:
        orjson.loads(b"{" + text + b"}" if is_object else b"[" + text + b"]")
    except orjson.JSONDecodeError:
        return False
    return bool(text.strip())


def _rstrip(text: bytes, end: int) -> int:
    while end and text[end - 1] in _SPACE:
        end -= 1
    return end

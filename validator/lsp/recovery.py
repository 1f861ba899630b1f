"""Recovery: repair broken JSON, so that the rest of a text can be checked while it is being typed.

Unreadable parts are overwritten in place, byte for byte, so that all other offsets stay the same; only brackets
that are missing at the end are appended.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import orjson

from ..documents.strict import byte_offset
from ..places.locate import skip_space
from .brackets import Brackets, end_of_string

if TYPE_CHECKING:
    from ..common.pointer import Path

_MOST_REPAIRS: Final = 12
_SPACE: Final = b" \t\r\n"
_OPENING: Final = {ord("{"): b"}", ord("["): b"]"}
_CLOSING: Final = b"}]"
_BLANK: Final = bytes(byte if byte in b"\r\n" else ord(" ") for byte in range(256))
_NULL: Final = b"null"
_QUOTE: Final = ord('"')
_UNESCAPED_QUOTE: Final = re.compile(rb'(?<!\\)(?:\\\\)*"')
_LINE_END: Final = re.compile(rb"[\r\n]")
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
    """A repaired text."""

    text: bytes
    """The JSON; it may be longer than the original text."""
    value: Any
    holes: frozenset[Path]
    """The paths of containers whose content may be incomplete."""
    doubtful: tuple[tuple[int, int], ...] = ()
    """The byte ranges that may not be what was meant: those near a repair, or everything after it."""


def recovered(brackets: Brackets) -> Recovered | None:
    """Repair a text, in which comments are already overwritten with spaces; None if too much of it is broken."""
    repair = _Repair(brackets)
    for _ in range(_MOST_REPAIRS):
        try:
            value = orjson.loads(repair.text)
        except orjson.JSONDecodeError as error:  # noqa: PERF203 - there are few repairs
            repair.repair(byte_offset(bytes(repair.text), error.pos), error.msg)
        else:
            return Recovered(bytes(repair.text), value, repair.holes(), tuple(repair.doubtful))
    return None


@dataclass
class _Repair:
    brackets: Brackets
    """The brackets of the text before the last repair."""
    text: bytearray = field(init=False)
    touched: list[int] = field(default_factory=list)
    """The offsets at which something was overwritten or is missing."""
    doubtful: list[tuple[int, int]] = field(default_factory=list)
    """The byte ranges whose value or place in the request is uncertain."""
    is_open: bool = False
    """Whether there are too few or too many brackets; then any container around a repair may be incomplete."""

    def __post_init__(self) -> None:
        self.text = bytearray(self.brackets.data)

    def _current_brackets(self) -> Brackets:
        text = bytes(self.text)
        if text != self.brackets.data:
            self.brackets = Brackets(text, self.brackets)
        return self.brackets

    def holes(self) -> frozenset[Path]:
        """Return the paths of the containers that something was removed from."""
        brackets = self._current_brackets()
        found = {
            brackets.path_to(around[:length])
            for around in map(brackets.around, self.touched)
            for length in (range(1, len(around) + 1) if self.is_open else [len(around)])
            if around
        }
        return frozenset({*found, ()} if self.is_open else found)

    def repair(self, place: int, reason: str) -> None:
        """Overwrite what the parser stumbled over at a place, or insert what is missing."""
        brackets = self._current_brackets()
        text = brackets.data
        around = brackets.around(place)
        if not text.strip():
            self.text += b"null"
            return
        self._doubt(place, brackets, around)
        if "control character" in reason and text[place] in b"\r\n":
            self._end_string(place)
        elif place >= len(text.rstrip(_SPACE)):
            self._close(brackets, len(text), around or brackets.around(len(text)))
        elif not around:
            self._blank(place, len(text))
        else:
            self._repair_inside(place, brackets, around)

    def _doubt(self, place: int, brackets: Brackets, around: list[int]) -> None:
        """Record which parts of the text are uncertain, given the place at which the parser stopped.

        The mistake may be in the current member or in the one before, which then ended too early or too late. If the
        brackets do not match, everything after the place is uncertain; if the number of quotation marks on the line is
        odd, the rest of the line is.
        """
        text = brackets.data
        is_end = place >= len(text.rstrip(_SPACE))
        if not around:  # an extra bracket closed the root early, so its members may belong to a nested object
            self.is_open = True
            self.doubtful.append((self._first_object(brackets), len(text)))
            return
        holder = around[-1]
        start, line_end = _line(text, place)
        is_odd = len(_UNESCAPED_QUOTE.findall(text, start, line_end)) % 2 == 1
        self.is_open = self.is_open or not brackets.is_balanced or (is_odd and around[0] >= start)
        if is_end and (len(around) > 1 or text.rstrip(_SPACE)[-1] not in _CLOSING):  # still being typed
            first = self._last_comma(brackets, holder, place)
            is_whole = _is_member(text[first:], is_object=text[holder] == ord("{"))
            self.doubtful.append((len(text) if is_whole else first, len(text)))
            return
        first = self._last_comma(brackets, holder, self._last_comma(brackets, holder, place) - 1)
        last = max(self._end_of_member(brackets, place), place, line_end if is_odd else 0)
        self.doubtful.append((first, last if brackets.is_balanced else len(text)))

    def _first_object(self, brackets: Brackets) -> int:
        """Return the start of the first property whose value is an object."""
        text, first = brackets.data, brackets.first
        members = brackets.holder(first).members if first < len(text) else ()
        objects = [each for each in members if each.value is not None and text[each.value[0]] == ord("{")]
        return min((each.key[0] for each in objects if each.key is not None), default=len(text))

    def _end_string(self, place: int) -> None:
        """Close a string that extends to the end of its line, before a final comma."""
        text = bytes(self.text)
        last, following = _rstrip(text, place) - 1, skip_space(text, place)
        closes = text[following : following + 1] in (b"}", b"]", b"")
        if self.text[last] == ord(",") and not closes:
            self.text[last], self.text[place] = _QUOTE, ord(",")
        else:
            self.text[place] = _QUOTE
        self.touched.append(place)

    def _repair_inside(self, place: int, brackets: Brackets, around: list[int]) -> None:
        # In the order of how much is kept: replace a word, insert a comma, remove a stray quotation mark or bracket,
        # and only then drop the whole member.
        text, start = brackets.data, around[-1]
        if self._replaces_word(text, place) or self._puts_comma(text, place):
            return
        first, last = self._last_comma(brackets, start, place), place
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
        last = self._end_of_member(brackets, place)
        comma = first - 1
        is_item = text[start] == ord("[") and text[last : last + 1] == b"," and bool(text[first:last].strip())
        if is_item and last - first >= len(_NULL):
            # An item becomes null instead of vanishing, so that the indices of later items stay the same.
            self._blank(first, last)
            self.text[first : first + len(_NULL)] = _NULL
        elif text[comma : comma + 1] == b",":
            self._blank(comma, last)
        elif text[last : last + 1] == b",":
            self._blank(first, last + 1)
        else:
            self._blank(first, max(last, place + (text[place] not in _CLOSING)))

    def _replaces_word(self, text: bytes, place: int) -> bool:
        """Replace a word of another language, or single quotation marks, by their JSON equivalent."""
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
        """Insert a comma between two members by overwriting a space."""
        end = _rstrip(text, place)
        if end == place or text[place] not in b'"{[-0123456789tfn' or text[end - 1] in b",:{[":
            return False
        self.text[place - 1] = ord(",")
        self.touched.append(place - 1)
        return True

    def _last_comma(self, brackets: Brackets, start: int, place: int) -> int:
        """Return the offset after the last comma of a container before a place, or after its opening bracket."""
        text, position, found = brackets.data, start + 1, start + 1
        while position < place:
            mark = text[position]
            if mark == ord(","):
                found = position + 1
            if mark == _QUOTE:
                position = end_of_string(text, position)
            elif mark in _OPENING and brackets.end_of(position) <= place:
                position = brackets.end_of(position)
            else:
                position += 1
        return found

    def _end_of_member(self, brackets: Brackets, place: int) -> int:
        """Return the end of a broken member: a comma, a bracket, or the end of a line before a new member."""
        text, position = brackets.data, place
        while position < len(text):
            mark = text[position]
            if mark in b",}]":
                return position
            if mark in b"\r\n" and _NEXT_MEMBER.match(text, position + 1):
                return position
            if mark == _QUOTE:
                position = max(position + 1, end_of_string(text, position))
            elif mark in _OPENING:
                position = brackets.end_of(position)
            else:
                position += 1
        return position

    def _close(self, brackets: Brackets, end: int, around: list[int]) -> None:
        """Close the brackets that are open at the end, dropping an incomplete last member."""
        text = brackets.data
        self.is_open = True
        if around:
            first = self._last_comma(brackets, around[-1], end)
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
    """Whether a text is a complete property or item."""
    try:
        orjson.loads(b"{" + text + b"}" if is_object else b"[" + text + b"]")
    except orjson.JSONDecodeError:
        return False
    return bool(text.strip())


def _line(text: bytes, place: int) -> tuple[int, int]:
    """Return the start and end of the line of a place."""
    end = _LINE_END.search(text, place)
    return max(text.rfind(b"\n", 0, place), text.rfind(b"\r", 0, place)) + 1, end.start() if end else len(text)


def _rstrip(text: bytes, end: int) -> int:
    while end and text[end - 1] in _SPACE:
        end -= 1
    return end

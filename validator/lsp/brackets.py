"""The brackets of a JSON text, complete or not: what each pair holds, and where the cursor is in them.

The text need not be valid JSON. A string ends at its closing quotation mark or at the end of its line, and an unclosed
bracket extends to the end of the text.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from ..places import tokens
from ..places.locate import skip_space
from .text import alike, alike_at_end

if TYPE_CHECKING:
    from ..common.pointer import Path

_OPENING: Final = b"{["
_CLOSED_BY: Final = {ord("{"): ord("}"), ord("["): ord("]")}
_QUOTE: Final = ord('"')
_NONE: Final = -1
"""Stands for the number of a bracket that does not exist."""
_OBJECT: Final = ord("{")
_TO_MARK: Final = re.compile(rb'[^"\[\]{}]*(?:"[^"\\\r\n]*"[^"\[\]{}]*){0,200}')
_SCALAR: Final = re.compile(rb"[^\s,:\[\]{}\"]+")
_LINE_END: Final = re.compile(rb"[\r\n]")
_TO_NEXT: Final = re.compile(rb'[^,"\[\]{}]*')


@dataclass(frozen=True, slots=True)
class Member:
    """A property or an item, possibly incomplete."""

    step: str | int
    key: tuple[int, int] | None
    """The byte range of its key, with the quotation marks; None for an item."""
    value: tuple[int, int] | None
    """The byte range of its value; None if it is missing."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A container around the cursor."""

    start: int
    end: int
    """The offset after its closing bracket, or the end of the text."""
    is_object: bool
    members: tuple[Member, ...]

    def scalar(self, data: bytes, name: str) -> Any:
        """Return the scalar value of a property of the object; None if there is none."""
        for member in self.members:
            if member.step == name and member.value is not None:
                return _scalar(data[slice(*member.value)])
        return None


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place of the cursor."""

    path: Path
    """The path of the value, or of the object if a key is being typed."""
    holders: tuple[Holder, ...]
    """The containers around it, the outermost first."""
    is_key: bool
    """Whether it is at a key, or where a key may be typed."""
    token: tuple[int, int]
    """The byte range of the string, number or word at it; empty if there is none."""
    follows: bool
    """Whether another member follows without a comma between."""


@dataclass(frozen=True, slots=True)
class _Nesting:
    """How brackets nest, by their numbers; the same for all texts with the same sequence of brackets."""

    brackets: bytes
    """The sequence of brackets."""
    inside: list[int]
    """For each bracket, the opening bracket of the innermost container open after it."""
    around: list[int]
    """For each opening bracket, that of the container around it."""
    closing: list[int]
    """For each opening bracket, the one that closes it."""


def _nesting_of(brackets: bytes) -> _Nesting:
    around, closing = [_NONE] * len(brackets), [_NONE] * len(brackets)
    inside: list[int] = []
    stack = [_NONE]
    for number, bracket in enumerate(brackets):
        if bracket in _OPENING:
            around[number] = stack[-1]
            stack.append(number)
        elif len(stack) > 1:
            closing[stack.pop()] = number
        inside.append(stack[-1])
    return _Nesting(brackets, inside, around, closing)


class Brackets:
    """The brackets of a text and what they hold."""

    def __init__(self, data: bytes, before: Brackets | None = None) -> None:
        """Find the brackets of `data`, in which comments are overwritten with spaces.

        Args:
            data: The text.
            before: The brackets of an earlier version; only lines that differ from it are scanned.
        """
        self.data = data
        self._marks = list(_brackets(data, 0, len(data))) if before is None else before.marks_in(data)
        brackets = bytes(map(data.__getitem__, self._marks))
        self._nesting: _Nesting = _nesting_of(brackets) if before is None else before.nesting_for(brackets)

    def marks_in(self, data: bytes) -> list[int]:
        """Return the brackets of another version of the text."""
        # Strings end with their line at the latest, so unchanged lines have the same brackets as before. To scan all
        # lines at every key takes twelve times as long (0.2 s for 5 MB).
        same = alike(self.data, data)
        tail = alike_at_end(self.data, data, min(len(self.data), len(data)) - same)
        first = max(data.rfind(b"\n", 0, same), data.rfind(b"\r", 0, same)) + 1
        line_end = _LINE_END.search(data, len(data) - tail)
        last = line_end.start() if line_end else len(data)
        shift = len(data) - len(self.data)
        before = self._marks[: bisect_left(self._marks, first)]
        behind = self._marks[bisect_left(self._marks, last - shift) :]
        return [*before, *_brackets(data, first, last), *((mark + shift for mark in behind) if shift else behind)]

    def nesting_for(self, brackets: bytes) -> _Nesting:
        """Return the nesting of a sequence of brackets; usually it is unchanged, and reused."""
        return self._nesting if self._nesting.brackets == brackets else _nesting_of(brackets)

    def cursor(self, offset: int) -> Cursor:
        """Return the cursor at a byte."""
        starts = self.around(offset)
        holders = [self.holder(start) for start in starts]
        path = [
            self._step_to(holder.start, holder.members, inner)
            for holder, inner in zip(holders, starts[1:], strict=False)
        ]
        if not holders:
            return Cursor((), (), is_key=False, token=self._token(offset), follows=False)
        return self._in_holder(offset, holders, path)

    def around(self, offset: int) -> list[int]:
        """Return the offsets of the containers around a byte, the outermost first."""
        nesting = self._nesting
        index = bisect_left(self._marks, offset) - 1
        number = nesting.inside[index] if index >= 0 else _NONE
        found: list[int] = []
        while number != _NONE:
            found.append(self._marks[number])
            number = nesting.around[number]
        return found[::-1]

    @cached_property
    def is_balanced(self) -> bool:
        """Whether every bracket is closed by one of its kind."""
        waiting: list[int] = []
        for mark in self._marks:
            if self.data[mark] in _OPENING:
                waiting.append(self.data[mark])
            elif not waiting or _CLOSED_BY[waiting.pop()] != self.data[mark]:
                return False
        return not waiting

    @property
    def first(self) -> int:
        """The offset of the first bracket, or the end of a text without any."""
        return self._marks[0] if self._marks else len(self.data)

    def path_to(self, starts: list[int]) -> Path:
        """Return the path of the last of several nested containers, given by their offsets."""
        path: list[str | int] = []
        for start, inner in pairwise(starts):
            path.append(self._step_to(start, self._members(start), inner))
        return tuple(path)

    def _step_to(self, start: int, members: Iterable[Member], inner: int) -> str | int:
        """Return the step from a container to the nested one that starts at `inner`."""
        number = 0
        for member in members:
            if member.value is not None and member.value[0] == inner:
                return member.step
            number += 1
        return "" if self.data[start] == _OBJECT else number

    def end_of(self, start: int) -> int:
        """Return the end of the container that starts at `start`."""
        closing = self._closing(start)
        return len(self.data) if closing is None else closing + 1

    def _closing(self, start: int) -> int | None:
        """Return the offset of the bracket that closes the one at `start`; None if it is not closed."""
        number = bisect_left(self._marks, start)
        is_mark = number < len(self._marks) and self._marks[number] == start
        closing = self._nesting.closing[number] if is_mark else _NONE
        return None if closing == _NONE else self._marks[closing]

    def holder(self, start: int) -> Holder:
        """Return the container that starts at `start`."""
        return Holder(start, self.end_of(start), self.data[start] == _OBJECT, tuple(self._members(start)))

    def _members(self, start: int) -> Iterator[Member]:
        return self._properties(start) if self.data[start] == _OBJECT else self._items(start)

    def _properties(self, start: int) -> Iterator[Member]:
        data, end = self.data, self._inner_end(start)
        position = start + 1
        while (position := self._next_mark(position, end)) < end:
            if data[position] != _QUOTE:
                position = self._end_of_value(position, end)
                continue
            key = position, end_of_string(data, position)
            colon = skip_space(data, key[1])
            if data[colon : colon + 1] != b":":
                yield Member(_name(data[slice(*key)]), key, None)
                position = key[1]
                continue
            value = skip_space(data, colon + 1)
            if value >= end or data[value : value + 1] in (b",", b"}", b"]"):
                yield Member(_name(data[slice(*key)]), key, None)
                position = value
                continue
            position = self._end_of_value(value, end)
            yield Member(_name(data[slice(*key)]), key, (value, position))

    def _items(self, start: int) -> Iterator[Member]:
        data, end = self.data, self._inner_end(start)
        position, index = skip_space(data, start + 1), 0
        while position < end:
            if data[position] == ord(","):
                index += 1
                position = skip_space(data, position + 1)
                continue
            stop = self._end_of_value(position, end)
            yield Member(index, None, (position, stop))
            position = skip_space(data, max(stop, position + 1))

    def _inner_end(self, start: int) -> int:
        closing = self._closing(start)
        return len(self.data) if closing is None else closing

    def _next_mark(self, position: int, end: int) -> int:
        """Return the start of the next string or container, or `end`."""
        while position < end:
            position = _match_end(_TO_NEXT, self.data, position)
            if position >= end:
                return end
            if self.data[position] in b'"{[':
                return position
            position += 1
        return end

    def _end_of_value(self, start: int, end: int) -> int:
        data = self.data
        if data[start] in _OPENING:
            return min(self.end_of(start), end)
        if data[start] == _QUOTE:
            return end_of_string(data, start)
        return max(_match_end(_SCALAR, data, start), start + 1)

    def _in_holder(self, offset: int, holders: list[Holder], path: list[str | int]) -> Cursor:
        holder = holders[-1]
        token = self._token(offset)
        if not holder.is_object:
            index = sum(1 for member in holder.members if member.value and member.value[1] < token[0])
            at = next((member.step for member in holder.members if member.value and member.value[0] == token[0]), index)
            return Cursor((*path, at), tuple(holders), is_key=False, token=token, follows=self._follows(token[1]))
        for member in holder.members:
            if member.key is not None and member.key[0] <= offset <= member.key[1]:
                follows = member.value is None and self._follows(member.key[1])
                return Cursor(tuple(path), tuple(holders), is_key=True, token=member.key, follows=follows)
        before = [member for member in holder.members if member.key is not None and member.key[1] <= offset]
        last = before[-1] if before else None
        if last is not None and self._is_value_of(last, offset):
            place = last.value if last.value is not None and last.value[0] <= offset else token
            return Cursor(
                (*path, last.step), tuple(holders), is_key=False, token=place, follows=self._follows(place[1])
            )
        return Cursor(tuple(path), tuple(holders), is_key=True, token=token, follows=self._follows(token[1]))

    def _is_value_of(self, member: Member, offset: int) -> bool:
        """Whether a byte after a key is in its value, or where the value will be typed."""
        colon = skip_space(self.data, member.key[1] if member.key else 0)
        if self.data[colon : colon + 1] != b":" or offset <= colon:
            return False
        return member.value is None or offset <= member.value[1]

    def _follows(self, position: int) -> bool:
        return self.data[skip_space(self.data, position) :][:1] in (b'"', b"{", b"[")

    def _token(self, offset: int) -> tuple[int, int]:
        """Return the range of the string, number or word at a byte; a string that starts before it is preferred."""
        data = self.data
        first = max(data.rfind(b"\n", 0, offset), data.rfind(b"\r", 0, offset)) + 1
        quote = data.find(b'"', first, offset)
        while 0 <= quote < offset:
            end = end_of_string(data, quote)
            if end >= offset and quote < offset:
                return quote, end
            quote = data.find(b'"', end, offset)
        if data[offset : offset + 1] == b'"':
            return offset, end_of_string(data, offset)
        start = offset
        while start > first and _SCALAR.fullmatch(data, start - 1, start):
            start -= 1
        return start, max(offset, _match_end(_SCALAR, data, start))


def _brackets(data: bytes, position: int, end: int) -> Iterator[int]:
    """Yield the offset of every bracket outside of strings; the range must consist of whole lines."""
    while True:
        found = _TO_MARK.match(data, position, end)
        position = found.end() if found else end
        if position >= end:
            return
        if data[position] == _QUOTE:
            position = end_of_string(data, position)
        else:
            yield position
            position += 1


def end_of_string(data: bytes, start: int) -> int:
    """Return where a string ends: after its closing quotation mark, or at the end of its line."""
    closed = tokens.end_of_string(data, start)
    end = closed if closed >= 0 else len(data)
    line_end = _LINE_END.search(data, start, end)
    return line_end.start() if line_end else end


def _match_end(pattern: re.Pattern[bytes], data: bytes, position: int) -> int:
    found = pattern.match(data, position)
    return found.end() if found else position


def _name(quoted: bytes) -> str:
    text = quoted.decode(errors="replace")
    try:
        return str(json.loads(text))
    except ValueError:
        return text.strip('"')


def _scalar(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return None

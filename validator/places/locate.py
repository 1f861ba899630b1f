"""Find the byte spans of keys and values in the text of a JSON document, by their paths.

The text is known to be JSON, so nothing is checked. Each container on the way is decoded to the raw bytes of its
members. Where that does not tell the places, a scanner reads on: regular expressions skip every value that no path
leads through, and only the keys of the objects on the way are read.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import orjson

from ..common.lazy_regex import regex
from ..common.records import NamedTuple
from .members import can_decode, members_of_array, members_of_object
from .tokens import OPENING, brackets, end_of_string

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..common.pointer import Path

_SPACE: Final = regex(rb"[ \t\r\n]*")
_SCALAR: Final = regex(rb"[^,\]}\s]*")

_OBJECT: Final = ord("{")
_ARRAY: Final = ord("[")
_QUOTE: Final = ord('"')
_COMMA: Final = ord(",")
_SMALL: Final = 1 << 16
"""Bytes of texts of which the whole value is encoded for a place in them; of a larger text it is cheaper to decode."""
_MOST_DECODED: Final = 8
"""How often the bytes of a text are decoded: once for each level of containers; what is deeper is scanned."""


class Span(NamedTuple):
    """The range of a value in bytes, and that of its key, if it is a property."""

    start: int
    end: int
    key: tuple[int, int] | None = None


class _Want:
    """A tree of the paths that are wanted."""

    __slots__ = ("children", "path")

    def __init__(self) -> None:
        self.path: Path | None = None
        """The wanted path that ends here, if any."""
        self.children: dict[str | int, _Want] = {}


def locate(data: bytes, paths: Iterable[Path]) -> dict[Path, Span]:
    """Return the spans of the values at `paths`, without those paths that have no value.

    Of a key that an object has twice the last one counts, as for JSON parsers.
    """
    root = _Want()
    for path in paths:
        node = root
        for step in path:
            node = node.children.setdefault(step, _Want())
        node.path = path
    spans: dict[Path, Span] = {}
    start = skip_space(data, 0)
    if can_decode(data):
        _descend(data, start, root, spans)
    else:
        _Scanner(data, spans).run(start, root, None)
    return spans


def locate_in_compact(data: bytes, value: Any, paths: Iterable[Path]) -> dict[Path, Span] | None:
    """Return the same for a small text that is the very encoding of its value, as most clients send; None for others.

    There the length of what comes before a member, when it is encoded, is the place of that member.
    """
    try:
        if len(data) > _SMALL or not data.startswith(orjson.dumps(value)):
            return None
    except (TypeError, ValueError, RecursionError):
        return None
    starts: dict[Path, tuple[int, tuple[int, int] | None]] = {}
    spans: dict[Path, Span] = {}
    for path in paths:
        start, key, node = 0, None, value
        for depth, step in enumerate(path, 1):
            if not (step in node if isinstance(node, dict) else isinstance(node, list) and step in range(len(node))):
                break
            known = starts.get(path[:depth])
            if known is not None:
                start, key = known
            elif isinstance(node, dict):
                before = dict(islice(node.items(), list(node).index(step)))
                start += len(orjson.dumps(before)) if before else 1
                key = (start, start + len(orjson.dumps(step)))
                start = key[1] + 1
            else:
                start, key = start + (len(orjson.dumps(node[:step])) if step else 1), None
            starts[path[:depth]] = start, key
            node = node[step]
        else:
            spans[path] = Span(start, start + len(orjson.dumps(node)), key)
    return spans


def _descend(data: bytes, start: int, root: _Want, spans: dict[Path, Span]) -> None:
    """Find what is wanted from container to container."""
    left = _MOST_DECODED * len(data)
    waiting: list[tuple[int, Any, _Want, tuple[int, int] | None]] = [(start, data.strip(b" \t\r\n"), root, None)]
    while waiting:
        start, raw, want, key = waiting.pop()
        first = data[start] if want.children and raw else None
        if first in (_OBJECT, _ARRAY):
            left -= len(raw)
            members_of = members_of_object if first == _OBJECT else members_of_array
            members = members_of(data, start, raw, want.children) if left >= 0 else None
            if members is None:
                _Scanner(data, spans).run(start, want, key)
                continue
            waiting += [(inner, value, want.children[step], of) for step, inner, value, of in members]
        if want.path is not None:
            spans[want.path] = Span(start, start + len(raw), key)


_Request = tuple[int, _Want, "tuple[int, int] | None"]
"""A value to be scanned: its start, the paths that are wanted in it, and the span of its key."""
_Scan = Generator[_Request, int, int]
"""Scans a value: yields the inner values to be scanned, and returns the end."""


# Generators driven by a loop, not recursive calls: msglint accepts JSON nested deeper than Python's stack allows.
class _Scanner:
    """Scans values without recursion."""

    def __init__(self, data: bytes, spans: dict[Path, Span]) -> None:
        self._data = data
        self._spans = spans

    def run(self, start: int, want: _Want, key: tuple[int, int] | None) -> None:
        """Scan a value."""
        above: list[_Scan] = []
        scan = self._value(start, want, key)
        end: int | None = None
        while True:
            try:
                request = next(scan) if end is None else scan.send(end)
            except StopIteration as done:  # noqa: PERF203 - this is how a generator returns
                if not above:
                    return
                scan, end = above.pop(), done.value
            else:
                above.append(scan)
                scan, end = self._value(*request), None

    def _value(self, start: int, want: _Want, key: tuple[int, int] | None) -> _Scan:
        """Scan the value that begins at `start`, and record its span if it is wanted."""
        data = self._data
        if not want.children or start >= len(data) or data[start] not in b"{[":
            end = end_of_value(data, start)
        elif data[start] == _OBJECT:
            end = yield from self._object(start + 1, want)
        else:
            end = yield from self._array(start + 1, want)
        if want.path is not None:
            self._spans[want.path] = Span(start, end, key)
        return end

    def _object(self, position: int, want: _Want) -> _Scan:
        data = self._data
        again: dict[str | int, tuple[int, tuple[int, int]]] = {}
        seen: set[str | int] = set()
        position = skip_space(data, position)
        while position < len(data) and data[position] == _QUOTE:
            key_end = _end_of_string(data, position)
            name = _key(data[position:key_end])
            child = want.children.get(name)
            start = skip_space(data, skip_space(data, key_end) + 1)
            if child is None:
                end = end_of_value(data, start)
            elif name in seen:
                # The last of equal keys counts. It is scanned after the object, once: forgetting what was found under
                # each of thousands of equal keys would cost a walk over the wanted paths each time.
                again[name] = start, (position, key_end)
                end = end_of_value(data, start)
            else:
                seen.add(name)
                end = yield start, child, (position, key_end)
            position = skip_space(data, end)
            if position < len(data) and data[position] == _COMMA:
                position = skip_space(data, position + 1)
        for repeated, (start, key) in again.items():
            self._forget(want.children[repeated])
            yield start, want.children[repeated], key
        return position + 1

    def _array(self, position: int, want: _Want) -> _Scan:
        data = self._data
        position = skip_space(data, position)
        last = max((index for index in want.children if isinstance(index, int)), default=-1)
        index = 0
        while index <= last:
            if position >= len(data) or data[position] == ord("]"):
                return position + 1
            child = want.children.get(index)
            end = end_of_value(data, position) if child is None else (yield position, child, None)
            position = skip_space(data, end)
            if position < len(data) and data[position] == _COMMA:
                position = skip_space(data, position + 1)
            index += 1
        return _skip_to_close(data, position)

    def _forget(self, want: _Want) -> None:
        """Drop the spans that were found under an earlier key of the same name."""
        waiting = [want]
        while waiting:
            dropped = waiting.pop()
            if dropped.path is not None:
                self._spans.pop(dropped.path, None)
            waiting += dropped.children.values()


def _key(quoted: bytes) -> str:
    return json.loads(quoted) if b"\\" in quoted else quoted[1:-1].decode()


def skip_space(data: bytes, position: int) -> int:
    """Return the end of the white space at a position."""
    match = _SPACE.match(data, position)
    return match.end() if match else position


def _end_of_string(data: bytes, position: int) -> int:
    end = end_of_string(data, position)
    return end if end >= 0 else len(data)


def end_of_value(data: bytes, position: int) -> int:
    """Return the end of the value at a position."""
    if position >= len(data):
        return position
    first = data[position]
    if first == _QUOTE:
        return _end_of_string(data, position)
    if first in (_OBJECT, _ARRAY):
        return _skip_to_close(data, position + 1)
    match = _SCALAR.match(data, position)
    return match.end() if match else position


def _skip_to_close(data: bytes, position: int) -> int:
    """Return the end of the container around a position."""
    depth = 1
    for bracket in brackets(data, position):
        depth += 1 if data[bracket] in OPENING else -1
        if not depth:
            return bracket + 1
    return len(data)

"""Find the byte spans of keys and values in the text of a JSON document, by their paths.

The text is known to be JSON, so the scanner checks nothing: regular expressions skip every value that no path leads
through, and only the keys of the objects on the way are read.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..common.lazy_regex import regex
from .braces import Braces
from .tokens import OPENING, brackets, end_of_string

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..common.pointer import Path

_SPACE: Final = regex(rb"[ \t\r\n]*")
_SCALAR: Final = regex(rb"[^,\]}\s]*")
_PLAIN_KEY: Final = regex(rb'"[\w-]*"')
"""A key that has one other spelling only: with a code for a character."""

_OBJECT: Final = ord("{")
_ARRAY: Final = ord("[")
_QUOTE: Final = ord('"')
_COMMA: Final = ord(",")


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


def locate(data: bytes, paths: Iterable[Path], value: Any = None) -> dict[Path, Span]:
    """Return the spans of the values at `paths`, without those paths that have no value.

    Of a key that an object has twice the last one counts, as for JSON parsers. If the value of the text is given as
    well, long arrays are jumped through and not walked.
    """
    root = _Want()
    for path in paths:
        node = root
        for step in path:
            node = node.children.setdefault(step, _Want())
        node.path = path
    spans: dict[Path, Span] = {}
    _Scanner(data, spans, Braces(data, value)).run(root)
    return spans


_Keys = tuple[bytes, ...]
_Request = tuple[int, _Want, "tuple[int, int] | None", Any, "_Keys | None"]
"""A value to be scanned: its start, the paths that are wanted in it, the span of its key, and the value itself; and for
the last value that is wanted, the keys on the way to it, of which the text might have a later one that counts."""
_Scan = Generator[_Request, int, int]
"""Scans a value: yields the inner values to be scanned, and returns the end."""


# Generators driven by a loop, not recursive calls: msglint accepts JSON nested deeper than Python's stack allows.
class _FoundAllError(Exception):
    """Ends a scan: every wanted value is found, and nothing later can take the place of one."""


class _Scanner:
    """Scans values without recursion."""

    def __init__(self, data: bytes, spans: dict[Path, Span], braces: Braces) -> None:
        self._data = data
        self._spans = spans
        self._braces = braces

    def run(self, root: _Want) -> None:
        """Scan the whole text."""
        above: list[_Scan] = []
        scan = self._value(skip_space(self._data, 0), root, None, self._braces.value, ())
        end: int | None = None
        while True:
            try:
                request = next(scan) if end is None else scan.send(end)
            except _FoundAllError:  # noqa: PERF203 - as below
                return
            except StopIteration as done:  # this is how a generator returns
                if not above:
                    return
                scan, end = above.pop(), done.value
            else:
                above.append(scan)
                scan, end = self._value(*request), None

    def _value(self, start: int, want: _Want, key: tuple[int, int] | None, value: Any, keys: _Keys | None) -> _Scan:
        """Scan the value that begins at `start`, and record its span if it is wanted."""
        data = self._data
        inner_keys = None if want.path is not None else keys
        if not want.children or start >= len(data) or data[start] not in b"{[":
            end = end_of_value(data, start)
        elif data[start] == _OBJECT:
            end = yield from self._object(start + 1, want, value if isinstance(value, dict) else {}, inner_keys)
        else:
            end = yield from self._array(start + 1, want, value if isinstance(value, list) else [], inner_keys)
        if want.path is not None:
            self._spans[want.path] = Span(start, end, key)
        if keys is not None and not self._may_come_later(keys, end):
            raise _FoundAllError
        return end

    def _may_come_later(self, keys: _Keys, position: int) -> bool:
        """Whether the text may have one of some keys after a position, perhaps spelled with escapes."""
        find = self._data.find
        return find(b"\\u", position) >= 0 or any(find(key, position) >= 0 for key in keys)

    def _object(self, position: int, want: _Want, value: dict[str, Any], keys: _Keys | None) -> _Scan:
        data = self._data
        own_keys: list[bytes] = []
        may_stop = keys is not None
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
                own_keys.append(data[position:key_end])
                may_stop = may_stop and _PLAIN_KEY.fullmatch(own_keys[-1]) is not None
                is_last = may_stop and len(seen) == len(want.children) and not again
                known = (*keys, *own_keys) if keys is not None and is_last else None
                end = yield start, child, (position, key_end), value.get(name), known
            position = skip_space(data, end)
            if position < len(data) and data[position] == _COMMA:
                position = skip_space(data, position + 1)
        for repeated, (start, key) in again.items():
            self._forget(want.children[repeated])
            yield start, want.children[repeated], key, None, None
        return position + 1

    def _array(self, position: int, want: _Want, value: list[Any], keys: _Keys | None) -> _Scan:
        data = self._data
        position = skip_space(data, position)
        index = 0
        indices = sorted(index for index in want.children if isinstance(index, int))
        for wanted in indices:
            position, index = self._braces.jump(value, index, wanted, position)
            while index <= wanted:
                if position >= len(data) or data[position] == ord("]"):
                    return position + 1
                if index == wanted:
                    item = value[index] if index < len(value) else None
                    known = keys if wanted == indices[-1] else None
                    end = yield position, want.children[index], None, item, known
                else:
                    end = end_of_value(data, position)
                position = skip_space(data, end)
                if position < len(data) and data[position] == _COMMA:
                    position = skip_space(data, position + 1)
                index += 1
        position, _ = self._braces.jump(value, index, len(value) - 1, position)
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

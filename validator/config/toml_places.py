"""Find the line and column of values in a TOML text; the scan of a text is cached."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from ..common.lazy_regex import regex

if TYPE_CHECKING:
    from types import ModuleType

    from ..common.kinds import KeyPath

DEEPEST: Final = 100
"""The most levels of nested arrays and inline tables."""

_BLANK: Final = regex(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE: Final = regex(r"[ \t]*")
_STRING: Final = regex(
    r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}|\'\'\'(?:[^\']|\'(?!\'\'))*\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL
)
_BARE: Final = regex(r"[\w-]+")
_SCALAR: Final = regex(r"[^,\]}#\n]*")
_LINE_END: Final = regex("\n")


class TooDeepError(ValueError):
    """Raised for arrays and tables that are nested too deeply, with the place of the first bracket too many."""

    def __init__(self, line: int, column: int) -> None:
        """Take the place of the bracket."""
        super().__init__(f"{line}:{column}")
        self.line = line
        self.column = column


def place_of(text: str, path: KeyPath) -> tuple[int, int]:
    """Return the line and column, from 1, of a key or an array item in a TOML text; 1 and 1 if it is not found.

    The place of a table is that of its first key.
    """
    try:
        return _scanned(text).place(path)
    except (LookupError, ValueError):
        return 1, 1


def too_deep(text: str) -> tuple[int, int]:
    """Return the line and column of the first bracket that is nested too deeply; 1 and 1 if there is none."""
    try:
        _scanned(text)
    except TooDeepError as error:
        return error.line, error.column
    except (LookupError, ValueError):
        pass
    return 1, 1


@lru_cache(maxsize=2)
def _scanned(text: str) -> _Scan:
    return _Scan(text)


class _Scan:
    """Scans a valid TOML text for the offsets of its values."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(found.end() for found in _LINE_END.finditer(text))]
        self._at = 0
        self._leaves: dict[KeyPath, tuple[int, bool]] = {}
        """For each value, the offset of its first scalar (itself or nested), and whether that one has a key."""
        self._headers: dict[KeyPath, int] = {}
        self._counts: dict[KeyPath, int] = {}
        """The index of the current table of each array of tables."""
        self._document()

    def place(self, path: KeyPath) -> tuple[int, int]:
        """Return the line and column of a value."""
        offset, has_key = self._leaves[path] if path in self._leaves else (self._headers[path], True)
        line, column = self._position(offset)
        if has_key or isinstance(path[-1], str):
            start = self._starts[line - 1]
            before = self._text[start:offset]
            column = len(before) - len(before.lstrip()) + 1
        return line, column

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def _document(self) -> None:
        table: KeyPath = ()
        self._skip(_BLANK)
        while self._at < len(self._text):
            start = self._at
            if self._text.startswith("[[", start):
                self._at += 2
                path = self._resolved(self._keys(), is_array=True)
                self._counts[path] = self._counts.get(path, -1) + 1
                table = (*path, self._counts[path])
                self._expect("]]")
            elif self._text[start] == "[":
                self._at += 1
                table = self._resolved(self._keys())
                self._expect("]")
            else:
                self._pair(table, 0)
            for length in range(1, len(table) + 1):
                self._headers.setdefault(table[:length], start)
            self._skip(_BLANK)

    def _pair(self, table: KeyPath, depth: int) -> None:
        path = (*table, *self._keys())
        self._expect("=")
        self._skip(_SPACE)
        self._value(path, depth)

    def _value(self, path: KeyPath, depth: int) -> None:
        start, first = self._at, self._text[self._at]
        if first not in "[{":
            self._skip(_STRING if first in "\"'" else _SCALAR)
            self._note(path, start)
            return
        if depth == DEEPEST:
            raise TooDeepError(*self._position(start))
        self._at += 1
        index = 0
        last = "]" if first == "[" else "}"
        self._skip(_BLANK)
        while self._text[self._at] != last:
            if first == "[":
                self._value((*path, index), depth + 1)
            else:
                self._pair(path, depth + 1)
            index += 1
            self._skip(_BLANK)
            if self._text[self._at] == ",":
                self._at += 1
                self._skip(_BLANK)
        self._at += 1
        if not index:
            self._note(path, start)

    def _note(self, path: KeyPath, offset: int) -> None:
        """Record a scalar for itself and for the containers around it that have no earlier one."""
        has_key = isinstance(path[-1], str)
        for length in range(len(path), 0, -1):
            if path[:length] in self._leaves:
                return
            self._leaves[path[:length]] = (offset, has_key)

    def _resolved(self, keys: KeyPath, *, is_array: bool = False) -> KeyPath:
        """Return the path of a table from its header, which omits the indices of arrays of tables."""
        path: KeyPath = ()
        for number, key in enumerate(keys, start=1):
            path = (*path, key)
            if path in self._counts and not (is_array and number == len(keys)):
                path = (*path, self._counts[path])
        return path

    def _keys(self) -> KeyPath:
        keys: list[str | int] = []
        while True:
            self._skip(_SPACE)
            start = self._at
            if self._text[start] in "\"'":
                self._skip(_STRING)
                keys.append(_string(self._text[start : self._at]))
            else:
                self._skip(_BARE)
                keys.append(self._text[start : self._at])
            self._skip(_SPACE)
            if self._text[self._at] != ".":
                return tuple(keys)
            self._at += 1

    def _skip(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise LookupError(self._at)
        self._at = found.end()

    def _expect(self, sign: str) -> None:
        if not self._text.startswith(sign, self._at):
            raise LookupError(self._at)
        self._at += len(sign)


def _string(token: str) -> str:
    """Return the value of a quoted key."""
    if "\\" not in token or token[0] == "'":
        return token[1:-1]

    read: Any = toml().loads(f"key = {token}")["key"]
    return str(read)


def toml() -> ModuleType:
    """Return the TOML parser of this Python version."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    return tomllib

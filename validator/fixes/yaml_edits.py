"""From operations to edits of a YAML text: scalars and keys, and what has lines of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from ..documents.yaml_values import resolve
from .edits import Edit, UneditableError

if TYPE_CHECKING:
    from ..documents import Document
    from ..places.locate import Span
    from ..pointer import Path
    from .fix import Operation

_NEWLINE: Final = re.compile(rb"\r\n|\n|\r")
_PLAIN: Final = re.compile(r"[A-Za-z_][\w./-]*", re.ASCII)
_DASH: Final = re.compile(rb"[ \t]*-[ \t]+")
_BLOCK: Final = re.compile(rb"([|>])\+?(?=[ \t]*[\r\n])")
_BLANK: Final = re.compile(rb"[ \t]*(?:#[^\r\n]*)?")
_LONG: Final = "messages"


class YamlEditor:
    """Makes edits of a document of YAML."""

    def __init__(self, document: Document, operations: Iterable[Operation]) -> None:
        """Look up the places that `operations` need, which are all that edits may be asked for."""
        self._data = document.data
        self._value = document.value
        paths = {operation.source or operation.path for operation in operations}
        self._spans = document.locate(paths | {(*path[:-1], _LONG) for path in paths})

    def edits(self, operations: Iterable[Operation]) -> list[Edit]:
        """Return the edits that do operations to the text.

        Raises:
            UneditableError: for an operation that cannot be done to this text.
        """
        return [self._edit(operation) for operation in operations]

    def _edit(self, operation: Operation) -> Edit:
        path = operation.path
        if operation.op == "move":
            key = self._span(operation.source or ()).key
            if key is None:
                raise UneditableError(path)
            return Edit(*key, spelled(path[-1], self._data[key[0] : key[1]]))
        if operation.op == "replace":
            return self._replacement(path, operation.value)
        return self._removal(path) if operation.op == "remove" else self._addition(path, operation.value)

    def _span(self, path: Path) -> Span:
        span = self._spans.get(path)
        if span is None:
            raise UneditableError(path)
        return span

    def _at(self, path: Path) -> Any:
        value = self._value
        try:
            for step in path:
                value = value[step]
        except (LookupError, TypeError) as error:
            raise UneditableError(path) from error
        return value

    def _line(self, place: int) -> tuple[int, bytes]:
        """Return where the line of a place begins, and what stands on it before the place."""
        first = max(self._data.rfind(b"\n", 0, place), self._data.rfind(b"\r", 0, place)) + 1
        return first, self._data[first:place]

    def _replacement(self, path: Path, value: Any) -> Edit:
        span, old = self._span(path), self._at(path)
        if isinstance(value, (dict, list)) or isinstance(old, (dict, list)):
            raise UneditableError(path)
        text = self._data[span.start : span.end]
        if text[:1] in (b"|", b">"):
            return _stripped_block(span, text, old, value)
        if text[:1] in (b"&", b"*", b"!"):
            raise UneditableError(path)
        return Edit(span.start, span.end, spelled(value, text))

    def _removal(self, path: Path) -> Edit:
        """Take out the lines of a property or an item that has lines of its own."""
        span, holder = self._span(path), self._at(path[:-1])
        first, before = self._line(span.start if span.key is None else span.key[0])
        is_alone = _DASH.fullmatch(before) if isinstance(holder, list) else not before.strip()
        if len(holder) == 1 or not is_alone:
            raise UneditableError(path)
        newline = _NEWLINE.search(self._data, span.end)
        line_end, end = (newline.start(), newline.end()) if newline else (len(self._data), len(self._data))
        if not _BLANK.fullmatch(self._data, span.end, line_end):
            raise UneditableError(path)
        return Edit(first, end, b"")

    def _addition(self, path: Path, value: Any) -> Edit:
        """Add a property on a line of its own before the messages, or an item on one before another."""
        if isinstance(self._at(path[:-1]), dict):
            span = self._span((*path[:-1], _LONG))
            first, indentation = self._line(span.key[0] if span.key is not None else span.start)
            is_whole, line = not indentation.strip(), spelled(path[-1]) + b": " + _spelled(value)
        else:
            first, indentation = self._line(self._span(path).start)
            is_whole, line = indentation.strip() == b"-", _spelled(value)
        if not is_whole:
            raise UneditableError(path)
        newline = _NEWLINE.search(self._data)
        return Edit(first, first, indentation + line + (newline[0] if newline else b"\n"))


def spelled(value: Any, old: bytes = b"") -> bytes:
    """Spell a scalar, without quotes where the old one has none and the new one needs none."""
    if isinstance(value, str):
        if old[:1] not in (b'"', b"'") and _PLAIN.fullmatch(value):
            plain = resolve(value, None, None, is_plain=True)
            if plain.value == value and plain.otherwise is None:
                return value.encode()
        if old[:1] == b"'" and value.isprintable():
            return f"'{value.replace(chr(39), chr(39) * 2)}'".encode()
    return _spelled(value)


def _spelled(value: Any) -> bytes:
    """Spell a value as JSON, which is YAML too where characters that YAML forbids are escaped in its own way."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in text).encode()


def _stripped_block(span: Span, text: bytes, old: Any, new: Any) -> Edit:
    """Take the line breaks off the end of a block of text, by the sign that YAML has for it."""
    header = _BLOCK.match(text)
    if header is None or not isinstance(new, str) or old.rstrip("\n") != new:
        raise UneditableError(old)
    return Edit(span.start, span.start + header.end(), header[1] + b"-")

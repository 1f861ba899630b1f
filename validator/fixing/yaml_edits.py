"""Turn operations into edits of a YAML text: of scalars, of keys, and of values on lines of their own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from ..documents.yaml_values import resolve
from .json_edits import LONG, NEWLINE, Edit, Editor, UneditableError, moves_content

if TYPE_CHECKING:
    from ..common.pointer import Path
    from ..fixes.fix import Operation

_PLAIN: Final = re.compile(r"[A-Za-z_][\w./-]*", re.ASCII)
_DASH: Final = re.compile(rb"[ \t]*-[ \t]+")
_BLOCK: Final = re.compile(rb"([|>])\+?(?=[ \t]*[\r\n])")
_BLANK: Final = re.compile(rb"[ \t]*(?:#[^\r\n]*)?")
_IN_FLOW: Final = re.compile(rb"\"[^\r\n]*|'[^\r\n]*|\*.*|[\w./][^,:?\[\]{}\r\n]*")
"""Scalars that mean the same between brackets."""
_PLAIN_FLOW: Final = re.compile(rb"[\[{][^#&*!|>%@`]*[\]}]")
"""A container in brackets without comments, anchors and aliases."""
_ANCHOR: Final = re.compile(rb"&[^\s,\[\]{}]+[ \t]+(?=[^\s#|>])")
"""An anchor before a value on the same line."""
_COMMENT: Final = re.compile(rb"(?:^|\s)#")
_INNER_LINE: Final = re.compile(rb"(?<=[\r\n])(?=[^\r\n])")


class YamlEditor(Editor):
    """Makes edits of a YAML document."""

    def _needed(self, operation: Operation) -> Iterable[Path]:
        path = operation.source or operation.path
        if operation.op not in {"add", "remove"}:
            return path, (*path[:-1], LONG)
        try:
            return path, path[:-1], *((*path[:-1], name) for name in _names(self.value_at(path[:-1])))
        except UneditableError:
            return path, path[:-1]

    def edits(self, operations: Iterable[Operation]) -> list[Edit]:
        """Return the edits that do operations to the text.

        Raises:
            UneditableError: for an operation that cannot be done to this text.
        """
        operations = list(operations)
        edits = [self._edit(operation) for operation in operations]
        for operation, edit in zip(operations, edits, strict=True):
            if operation.op == "remove" and moves_content(operations) and self._has_comment(operation.path, edit):
                raise UneditableError(operation.path)
        return edits

    def _has_comment(self, path: Path, edit: Edit) -> bool:
        """Whether a removal would take a comment with it: a `#` outside the values."""
        text = bytearray(self._data[edit.start : edit.end])
        for span in self._locate(_leaves(path, self.value_at(path))).values():
            header = _BLOCK.match(self._data, span.start, span.end)
            line = NEWLINE.search(self._data, span.start, span.end) if header else None
            start = line.start() if line else span.start
            text[start - edit.start : span.end - edit.start] = b" " * (span.end - start)
        return _COMMENT.search(text) is not None

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

    def _line(self, place: int) -> tuple[int, bytes]:
        """Return where the line of a position begins, and the text on it before the position."""
        first = max(self._data.rfind(b"\n", 0, place), self._data.rfind(b"\r", 0, place)) + 1
        return first, self._data[first:place]

    def _replacement(self, path: Path, value: Any) -> Edit:
        span, old = self._span(path), self.value_at(path)
        start = span.start
        anchor = _ANCHOR.match(self._data, start, span.end)
        if anchor is not None and value != [old]:
            start = anchor.end()
        text = self._data[start : span.end]
        if value == [old]:
            return Edit(span.start, span.end, self._as_item(path, text))
        if text[:1] in (b"&", b"*", b"!") or (isinstance(old, (dict, list)) and not _PLAIN_FLOW.fullmatch(text)):
            raise UneditableError(path)
        if text[:1] in (b"|", b">"):
            return self._stripped_block(path, value)
        return Edit(start, span.end, spelled(value, text))

    def _as_item(self, path: Path, text: bytes) -> bytes:
        """Spell a sequence of one value: with a dash if it is on lines of its own, else in brackets."""
        old = self.value_at(path)
        if text[:1] in (b"&", b"!", b"|", b">"):
            raise UneditableError(path)
        if isinstance(old, (dict, list)) and text[:1] not in (b"{", b"[", b"*"):
            if self._line(self._span(path).start)[1].strip(b" -"):
                raise UneditableError(path)
            return b"- " + _INNER_LINE.sub(b"  ", text)
        is_kept = isinstance(old, (dict, list)) or _IN_FLOW.fullmatch(text)
        return b"[" + (text if is_kept else _spelled(old)) + b"]"

    def _stripped_block(self, path: Path, new: Any) -> Edit:
        """Strip the line breaks at the end of a block scalar with its chomping indicator, `-`."""
        span = self._span(path)
        header = _BLOCK.match(self._data, span.start, span.end)
        if header is None or not isinstance(new, str) or self.value_at(path).rstrip("\n") != new:
            raise UneditableError(path)
        return Edit(*header.span(), header[1] + b"-")

    def _removal(self, path: Path) -> Edit:
        """Remove a property or an item that is on lines of its own."""
        span, holder = self._span(path), self.value_at(path[:-1])
        if isinstance(holder, dict) and self._is_flow(path[:-1]):
            return self._removal_in_flow(path)
        first, before = self._line(span.start if span.key is None else span.key[0])
        is_alone = _DASH.fullmatch(before) if isinstance(holder, list) else not before.strip()
        if len(holder) == 1 or not is_alone:
            raise UneditableError(path)
        newline = NEWLINE.search(self._data, span.end)
        line_end, end = (newline.start(), newline.end()) if newline else (len(self._data), len(self._data))
        if not _BLANK.fullmatch(self._data, span.end, line_end):
            raise UneditableError(path)
        return Edit(first, end, b"")

    def _addition(self, path: Path, value: Any) -> Edit:
        """Add a property on a line before the messages or another property, or an item on a line before another."""
        if isinstance(self.value_at(path[:-1]), dict):
            if self._is_flow(path[:-1]):
                return self._addition_in_flow(path, value)
            first, indentation = self._line_of_property(path[:-1])
            is_whole, line = True, spelled(path[-1]) + b": " + _spelled(value)
        else:
            first, indentation = self._line(self._span(path).start)
            is_whole, line = indentation.strip() == b"-", _spelled(value)
        if not is_whole:
            raise UneditableError(path)
        newline = NEWLINE.search(self._data)
        return Edit(first, first, indentation + line + (newline[0] if newline else b"\n"))

    def _is_flow(self, path: Path) -> bool:
        """Whether an object is written in braces."""
        span = self._span(path)
        anchor = _ANCHOR.match(self._data, span.start, span.end)
        return self._data[anchor.end() if anchor is not None else span.start :][:1] == b"{"

    def _key_in_flow(self, path: Path) -> int:
        """Return where the key of a property between braces begins.

        Raises:
            UneditableError: if it follows anything but a brace or a comma.
        """
        span, holder = self._spans.get(path), self._span(path[:-1])
        if span is None or span.key is None or not holder.start < span.key[0] < holder.end:
            raise UneditableError(path)
        if self._data[holder.start : span.key[0]].rstrip()[-1:] not in (b"{", b","):
            raise UneditableError(path)
        return span.key[0]

    def _removal_in_flow(self, path: Path) -> Edit:
        """Remove a property between braces with a comma beside it."""
        names = _names(self.value_at(path[:-1]))
        start, end, index = self._key_in_flow(path), self._span(path).end, names.index(path[-1])
        if index + 1 < len(names):
            following = self._key_in_flow((*path[:-1], names[index + 1]))
            if self._data[end:following].strip() == b",":
                return Edit(start, following, b"")
        elif index:
            before = self._span((*path[:-1], names[index - 1])).end
            if self._data[before:start].strip() == b",":
                return Edit(before, end, b"")
        raise UneditableError(path)

    def _addition_in_flow(self, path: Path, value: Any) -> Edit:
        """Add a property between braces before the messages or the first property."""
        names = _names(self.value_at(path[:-1]))
        if not names:
            raise UneditableError(path)
        start = self._key_in_flow((*path[:-1], LONG if LONG in names else names[0]))
        key = spelled(path[-1], self._data[start : start + 1])
        return Edit(start, start, key + b": " + _spelled(value) + b", ")

    def _line_of_property(self, path: Path) -> tuple[int, bytes]:
        """Return the start and the indentation of the line of an object's property before which others can be added.

        Raises:
            UneditableError: if no property has a line of its own.
        """
        holder = self._span(path)
        for name in sorted(_names(self.value_at(path)), key=lambda name: name != LONG):
            span = self._spans.get((*path, name))
            if span is None or span.key is None or not holder.start <= span.key[0] < holder.end:
                continue  # a merged property stands elsewhere
            first, indentation = self._line(span.key[0])
            if not indentation.strip():
                return first, indentation
        raise UneditableError(path)


def _names(holder: Any) -> list[Any]:
    return list(holder) if isinstance(holder, dict) else []


def _leaves(path: Path, value: Any) -> Iterator[Path]:
    """Yield the paths of all scalars inside a value."""
    waiting: list[tuple[Path, Any]] = [(path, value)]
    while waiting:
        place, inner = waiting.pop()
        if isinstance(inner, (dict, list)):
            items = inner.items() if isinstance(inner, dict) else enumerate(inner)
            waiting += [((*place, step), item) for step, item in items]
        else:
            yield place


def spelled(value: Any, old: bytes = b"") -> bytes:
    """Spell a scalar; without quotes if the old one has none and the new one needs none."""
    if isinstance(value, str):
        if old[:1] not in (b'"', b"'") and _PLAIN.fullmatch(value):
            plain = resolve(value, None, None, is_plain=True)
            if plain.value == value and plain.otherwise is None:
                return value.encode()
        if old[:1] == b"'" and value.isprintable():
            return f"'{value.replace(chr(39), chr(39) * 2)}'".encode()
    return _spelled(value)


def _spelled(value: Any) -> bytes:
    """Spell a value as JSON, which is valid YAML once the characters that YAML forbids are escaped its way."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in text).encode()

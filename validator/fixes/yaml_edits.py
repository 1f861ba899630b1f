"""From operations to edits of a YAML text: scalars and keys, and what has lines of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
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


def yaml_edits_of(document: Document, operations: Sequence[Operation]) -> list[Edit]:
    """Return the edits that do operations to a document of YAML.

    Raises:
        UneditableError: for an operation that cannot be done to this text.
    """
    found: list[Edit] = []
    for operation in operations:
        path = operation.path
        if operation.op == "move":
            key = _span(document, operation.source or ()).key
            if key is None:
                raise UneditableError(path)
            found.append(Edit(*key, _scalar(path[-1], document.data[key[0] : key[1]])))
        elif operation.op == "replace":
            span = _span(document, path)
            if isinstance(operation.value, (dict, list)) or _is_container(document, path):
                raise UneditableError(path)
            old = document.data[span.start : span.end]
            if old[:1] in (b"|", b">"):
                found.append(_stripped_block(span, old, _at(document, path), operation.value))
            elif old[:1] in (b"&", b"*", b"!"):
                raise UneditableError(path)
            else:
                found.append(Edit(span.start, span.end, _scalar(operation.value, old)))
        elif operation.op == "remove":
            found.append(_removal(document, path))
        else:
            found.append(_addition(document, path, operation.value))
    return found


def _span(document: Document, path: Path) -> Span:
    span = document.locate([path]).get(path)
    if span is None:
        raise UneditableError(path)
    return span


def _at(document: Document, path: Path) -> Any:
    value = document.value
    for step in path:
        value = value[step]
    return value


def _is_container(document: Document, path: Path) -> bool:
    return isinstance(_at(document, path), (dict, list))


def _scalar(value: Any, old: bytes) -> bytes:
    """Spell a scalar, without quotes where the old one has none and the new one needs none."""
    if isinstance(value, str):
        if old[:1] not in (b'"', b"'") and _PLAIN.fullmatch(value):
            plain = resolve(value, None, None, is_plain=True)
            if plain.value == value and plain.otherwise is None:
                return value.encode()
        if old[:1] == b"'" and value.isprintable():
            return f"'{value.replace(chr(39), chr(39) * 2)}'".encode()
    return json.dumps(value, ensure_ascii=False).encode()


def _stripped_block(span: Span, text: bytes, old: Any, new: Any) -> Edit:
    """Take the line breaks off the end of a block of text, by the sign that YAML has for it."""
    header = _BLOCK.match(text)
    if header is None or not isinstance(new, str) or old.rstrip("\n") != new:
        raise UneditableError(old)
    return Edit(span.start, span.start + header.end(), header[1] + b"-")


def _removal(document: Document, path: Path) -> Edit:
    """Take out the lines of a property or an item that has lines of its own."""
    data, span = document.data, _span(document, path)
    holder = _at(document, path[:-1])
    start = span.start if span.key is None else span.key[0]
    first = max(data.rfind(b"\n", 0, start), data.rfind(b"\r", 0, start)) + 1
    before = data[first:start]
    is_item = isinstance(holder, list)
    if len(holder) == 1 or not (_DASH.fullmatch(before) if is_item else not before.strip()):
        raise UneditableError(path)
    newline = _NEWLINE.search(data, span.end)
    end = newline.end() if newline else len(data)
    if not _BLANK.fullmatch(data, span.end, newline.start() if newline else end):
        raise UneditableError(path)
    return Edit(first, end, b"")


def _addition(document: Document, path: Path, value: Any) -> Edit:
    """Add a property on a line of its own, before the messages."""
    holder = _at(document, path[:-1])
    if not isinstance(holder, dict) or _LONG not in holder:
        raise UneditableError(path)
    data, span = document.data, _span(document, (*path[:-1], _LONG))
    start = span.start if span.key is None else span.key[0]
    first = max(data.rfind(b"\n", 0, start), data.rfind(b"\r", 0, start)) + 1
    indentation = data[first:start]
    if indentation.strip():
        raise UneditableError(path)
    newline = _NEWLINE.search(data)
    line = f"{path[-1]}: {json.dumps(value, ensure_ascii=False)}".encode()
    return Edit(first, first, indentation + line + (newline[0] if newline else b"\n"))

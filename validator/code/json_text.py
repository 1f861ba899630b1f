"""JSON texts inside source code: bodies given as strings, some of whose bytes are not spelled out.

The text may have holes, byte ranges in which the source puts something in: a shell variable, the value of a template.
In documentation it may also have elisions, placeholders, comments and trailing commas. Whatever cannot be read with
certainty is not read at all.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import orjson

from ..common.lazy_regex import regex
from ..documents.written import MOST_VALUES, Property, Written
from .placeholders import has_placeholder, is_placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HOLE: Final = 0
"""The byte put over holes; JSON never contains it."""
_SPACE: Final = re.compile(rb"[ \t\r\n]*")
_TEXT: Final = re.compile(rb'[^"\\\x01-\x1f]*')
"""Text of a string up to its end, its next escape or a control character; holes are part of it."""
_ESCAPE: Final = re.compile(rb'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
_NUMBER: Final = re.compile(rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_BARE: Final = re.compile(rb"[^\s\"\\,:{}\[\]]+")
"""A value or key without quotes."""
_ELISION: Final = re.compile(rb"\.{3}|\xe2\x80\xa6")
_STAND_IN: Final = re.compile(
    rb"\{\{[^{}\n]{0,200}\}\}|<[^<>\n\"]{1,200}>|\$\{[^{}\n]{1,200}\}|\$[A-Za-z_]\w*|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"
)
"""A placeholder without quotes where a value belongs."""
_COMMENT: Final = re.compile(rb"(?://|#)[^\r\n]*")
_LEAVES_OUT: Final = regex(
    r"\.\.\.|\u2026|\b(?:rest|others?|more|remaining|remainder|existing|same|omitted|etc|here|continue[sd]?|your|previous|add)\b",
    re.IGNORECASE,
)
"""Words of a comment that stands for more of the same."""
_LITERALS: Final[dict[bytes, bool | None]] = {b"true": True, b"false": False, b"null": None}
_ENDS: Final = {ord("}"): True, ord("]"): False}


def value_of(data: bytes, holes: Sequence[tuple[int, int]] = (), *, is_fragment: bool = False) -> Written | None:
    """Read a JSON text; return None if it is not certain what it says.

    Args:
        data: The text in UTF-8, at most one value with whitespace around it.
        holes: The byte ranges that are unknown, in order, none of them empty.
        is_fragment: Whether it stands in documentation, where elisions, placeholders and comments are expected.

    Returns:
        The value with byte offsets in `data`. The last one of duplicate keys counts, as for the API.
    """
    if 0 in data:
        return None
    text = _with_holes(data, holes)
    if text is None:
        return None
    try:
        return _Reader(data, text, is_fragment=is_fragment).read()
    except _UnreadableError:
        return None


def _with_holes(data: bytes, holes: Sequence[tuple[int, int]]) -> bytes | None:
    """Overwrite the holes of a text; None if they are out of order or empty."""
    if not holes:
        return data
    pieces = []
    position = 0
    for start, end in holes:
        if not position <= start < end <= len(data):
            return None
        pieces += [data[position:start], bytes(end - start)]
        position = end
    pieces.append(data[position:])
    return b"".join(pieces)


class _UnreadableError(Exception):
    """The text is not certain to be JSON."""


@dataclass(slots=True)
class _Container:
    """An array or object that has not ended."""

    written: Written
    name: str | None = None
    """The key of the next value of an object."""
    key: tuple[int, int] | None = None
    """The range of that key; None where a key belongs. `name` is None if the key is unknown."""
    needs_comma: bool = False
    """Whether a value has ended and no comma has followed."""
    has_comma: bool = False
    """Whether the last token was a comma."""
    elisions: int = 0
    """The elisions of an array after its last item."""
    comments: list[tuple[int, int]] = field(default_factory=list)

    @property
    def is_object(self) -> bool:
        return self.written.properties is not None


class _Reader:
    """Reads one text from its start to its end."""

    def __init__(self, data: bytes, text: bytes, *, is_fragment: bool) -> None:
        self._data = data
        self._text = text
        self._is_fragment = is_fragment
        self._at = 3 if text.startswith(b"\xef\xbb\xbf") else 0
        self._open: list[_Container] = []
        self._root: Written | None = None
        self._values = 0

    def read(self) -> Written:
        """Return the value; raises `_UnreadableError`."""
        for byte in self._tokens():
            if self._open:
                self._inside(self._open[-1], byte)
            elif self._root is None:
                self._value(byte)
            else:
                raise _UnreadableError
        if self._root is None or self._open:
            raise _UnreadableError
        return self._root

    def _tokens(self) -> Iterator[int]:
        """Yield the first byte of each token, behind whitespace and comments."""
        text = self._text
        while True:
            self._at = _end(_SPACE, text, self._at)
            if self._at == len(text):
                return
            byte = text[self._at]
            if self._is_fragment and byte in b"/#":
                self._comment()
                continue
            start = self._at
            yield byte
            if self._at == start:
                raise _UnreadableError

    def _comment(self) -> None:
        start = self._at
        if self._text.startswith(b"/*", start):
            end = self._text.find(b"*/", start + 2) + 2
        else:
            end = _end(_COMMENT, self._text, start)
        if end <= start + 1:
            raise _UnreadableError
        if self._open:
            self._open[-1].comments.append((start, end))
        self._at = end

    def _inside(self, container: _Container, byte: int) -> None:
        if container.is_object and container.key is not None and not container.needs_comma:
            self._value(byte)
        elif byte in _ENDS:
            self._close(container, is_object=_ENDS[byte])
        elif byte == ord(","):
            self._comma(container)
        elif self._elided(container):
            pass
        elif byte == _HOLE and (container.is_object or container.needs_comma):
            self._splice(container)
        elif container.needs_comma:
            raise _UnreadableError
        elif container.is_object:
            self._key(container, byte)
        else:
            self._value(byte)

    def _comma(self, container: _Container) -> None:
        if not container.needs_comma:
            # `{…, "a": 1}` after an elision or a splice, which need no comma of their own
            if not container.written.is_open or container.has_comma:
                raise _UnreadableError
        elif container.is_object:
            container.key = None
        container.needs_comma = False
        container.has_comma = True
        self._at += 1

    def _elided(self, container: _Container) -> bool:
        """Skip an elision where an item or a property belongs, or behind one."""
        match = _ELISION.match(self._text, self._at) if self._is_fragment else None
        if match is None:
            return False
        self._at = match.end()
        self._opened(container)
        container.elisions += 1
        return True

    def _splice(self, container: _Container) -> None:
        """Skip a hole that stands for properties, for items, or for nothing."""
        start = self._at
        self._at = self._end_of_bare()
        end = self._at
        colon = _end(_SPACE, self._text, end)
        if container.is_object and not container.needs_comma and self._text[colon : colon + 1] == b":":
            container.name, container.key = None, (start, end)
            self._at = colon + 1
        elif not container.is_object:
            _items(container).append(Written(start, end, unknown="any", is_editable=False))
        self._opened(container)

    def _opened(self, container: _Container) -> None:
        """Note that there may be more; a comma behind it is optional."""
        container.written.is_open = True
        container.has_comma = False
        if container.needs_comma:
            container.needs_comma = False
            if container.is_object:
                container.key = None

    def _key(self, container: _Container, byte: int) -> None:
        if byte != ord('"'):
            raise _UnreadableError
        start = self._at
        name, has_hole = self._string()
        key = (start, self._at)
        self._at = _end(_SPACE, self._text, self._at)
        if self._text[self._at : self._at + 1] != b":":
            if self._is_fragment and name in ("...", "\u2026"):
                self._opened(container)
                return
            raise _UnreadableError
        self._at += 1
        is_unknown = has_hole or (self._is_fragment and is_placeholder(name, is_fragment=True))
        if is_unknown:
            container.written.is_open = True
        container.name, container.key = (None if is_unknown else name), key

    def _value(self, byte: int) -> None:
        start = self._at
        if byte == ord("{") and not self._text.startswith(b"{{", start):
            self._begin(Written(start, start, properties={}))
        elif byte == ord("["):
            self._begin(Written(start, start, items=[]))
        elif byte == ord('"'):
            text, has_hole = self._string()
            self._add(self._text_value(start, text, has_hole=has_hole))
        else:
            self._add(self._scalar(start))

    def _begin(self, written: Written) -> None:
        self._at += 1
        self._add(written)
        self._open.append(_Container(written))

    def _close(self, container: _Container, *, is_object: bool) -> None:
        is_trailing = container.has_comma and not self._is_fragment and not container.written.is_open
        if container.is_object is not is_object or is_trailing:
            raise _UnreadableError
        written = container.written
        if self._is_fragment and container.comments:
            is_empty = not written.items and not written.properties
            words = (self._text[start:end].decode(errors="replace") for start, end in container.comments)
            written.is_open = written.is_open or is_empty or any(_LEAVES_OUT.search(word) for word in words)
        self._at += 1
        written.end = self._at
        self._open.pop()

    def _add(self, written: Written) -> None:
        """Put a value where one is expected."""
        self._values += 1
        if self._values > MOST_VALUES:
            raise _UnreadableError
        if not self._open:
            self._root = written
            return
        container = self._open[-1]
        container.needs_comma, container.has_comma = True, False
        if not container.is_object:
            items = _items(container)
            if container.elisions:
                # Items of unknown number stand before this one.
                items.append(Written(written.start, written.start, unknown="any", is_editable=False))
                container.elisions = 0
            items.append(written)
        elif container.key is not None and container.name is not None and container.written.properties is not None:
            properties = container.written.properties
            properties.pop(container.name, None)
            properties[container.name] = Property(container.key, written)

    def _string(self) -> tuple[str, bool]:
        """Read a string; return its text and whether it has a hole."""
        text = self._text
        start = self._at
        at = start + 1
        has_escapes = False
        while True:
            at = _end(_TEXT, text, at)
            byte = text[at : at + 1]
            if byte == b'"':
                break
            escape = _ESCAPE.match(text, at)
            if escape is None:
                raise _UnreadableError
            has_escapes = True
            at = escape.end()
        self._at = at + 1
        literal = self._data[start : at + 1]
        if 0 in text[start:at]:
            return "", True
        try:
            return _unescaped(literal) if has_escapes else literal[1:-1].decode(), False
        except (UnicodeDecodeError, ValueError):
            raise _UnreadableError from None

    def _text_value(self, start: int, text: str, *, has_hole: bool) -> Written:
        if has_hole:
            return Written(start, self._at, unknown="text", is_editable=False)
        if is_placeholder(text, is_fragment=self._is_fragment):
            # Quotes around a placeholder say nothing of the type: `"max_tokens": "<number>"`.
            return Written(start, self._at, unknown="any", is_editable=False)
        if self._is_fragment and has_placeholder(text):
            return Written(start, self._at, unknown="text", is_editable=False)
        return Written(start, self._at, text)

    def _scalar(self, start: int) -> Written:
        text = self._text
        if self._is_fragment:
            match = _STAND_IN.match(text, start) or _ELISION.match(text, start)
            if match:
                self._at = match.end()
                return Written(start, self._at, unknown="any", is_editable=False)
        self._at = end = self._end_of_bare()
        if end == start:
            raise _UnreadableError
        bare = text[start:end]
        if 0 in bare:
            if self._open and not self._open[-1].is_object:
                self._open[-1].written.is_open = True
            elif self._open and bare.strip(b"\0"):
                # `1024$MORE`: perhaps digits, perhaps a comma and another property.
                self._open[-1].written.is_open = True
            return Written(start, end, unknown="any", is_editable=False)
        if bare in _LITERALS:
            return Written(start, end, _LITERALS[bare])
        if not _NUMBER.fullmatch(bare):
            raise _UnreadableError
        try:
            return Written(start, end, orjson.loads(bare))
        except orjson.JSONDecodeError:
            raise _UnreadableError from None

    def _end_of_bare(self) -> int:
        match = _BARE.match(self._text, self._at)
        return match.end() if match else self._at


def _items(container: _Container) -> list[Written]:
    return container.written.items if container.written.items is not None else []


def _end(pattern: re.Pattern[bytes], text: bytes, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _unescaped(literal: bytes) -> str:
    """Return the value of a string with escapes, with the lone surrogates that the fast parser refuses."""
    try:
        value = orjson.loads(literal)
    except orjson.JSONDecodeError:
        value = json.loads(literal.decode())
    return str(value)

"""Texts, numbers and other values as Python, JavaScript and JSON spell them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from .json_edits import Edit, UneditableError

if TYPE_CHECKING:
    from ..documents.written import Syntax

PLAIN: Final = re.compile(r"[\w. -]*", re.ASCII)
"""Texts that need no escape in any language."""
_PLAIN_LITERAL: Final = re.compile(rb"(\\*[\"'])([A-Za-z0-9_. -]*)(\\*[\"'])")
_PYTHON: Final = re.compile(rb"[uU]?(\"\"\"|'''|\"|')")
_JAVASCRIPT: Final = re.compile(rb"([\"'`])")
_CHARACTER: Final = rb"|\r\n|[\x00-\x7f]|[\xc0-\xff][\x80-\xbf]*"
_PYTHON_CHARACTER: Final = re.compile(
    rb"\\(?:\r\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|[\x00-\x7f])" + _CHARACTER,
    re.DOTALL,
)
_JAVASCRIPT_CHARACTER: Final = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|\\(?:\r\n|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]+\}|[\x00-\x7f])" + _CHARACTER,
    re.DOTALL,
)
_SIMPLE: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v"}
_SIMPLE_IN_PYTHON: Final = {**_SIMPLE, "a": "\a", "\\": "\\", "'": "'", '"': '"', "\r": "", "\n": ""}
_IDENTIFIER: Final = re.compile(r"[A-Za-z_$][\w$]*", re.ASCII)
_LARGEST_UNIT: Final = 0xFFFF
_LARGEST_BYTE: Final = 0xFF


class Character(NamedTuple):
    """A character of a literal, or an escape in it, with its byte range."""

    start: int
    end: int
    text: str


def plain_parts(text: bytes) -> tuple[bytes, str] | None:
    """Return the quote and the content of a literal that is the same behind any number of escapes; None for others."""
    found = _PLAIN_LITERAL.fullmatch(text)
    if found is None or found[1] != found[3]:
        return None
    return found[1], found[2].decode()


def text_edit(data: bytes, span: tuple[int, int], old: str, new: str, syntax: Syntax) -> Edit:
    """Edit only the characters of a literal that differ: the others keep their own way of escaping.

    Raises:
        UneditableError: if the range does not hold one literal with the text `old`, or a raw one.
    """
    start, end = span
    opening = (_PYTHON if syntax == "python" else _JAVASCRIPT).match(data, start, end)
    quote = opening[1] if opening else b""
    if opening is None or end - len(quote) < opening.end() or not data.endswith(quote, start, end):
        raise UneditableError(old)
    characters = _characters(data, opening.end(), end - len(quote), syntax, quote)
    if "".join(each.text for each in characters) != old:
        raise UneditableError(old)
    first, done = 0, 0
    while first < len(characters) and new.startswith(characters[first].text, done):
        done += len(characters[first].text)
        first += 1
    last, rest = len(characters), len(new)
    while last > first and _ends_with(new, characters[last - 1].text, done, rest):
        rest -= len(characters[last - 1].text)
        last -= 1
    place = characters[first].start if first < len(characters) else end - len(quote)
    return Edit(place, characters[last - 1].end if last > first else place, escaped(new[done:rest], syntax, quote))


def _ends_with(text: str, ending: str, start: int, end: int) -> bool:
    return end - len(ending) >= start and text.endswith(ending, start, end)


def _characters(data: bytes, start: int, end: int, syntax: Syntax, quote: bytes) -> list[Character]:
    pattern = _PYTHON_CHARACTER if syntax == "python" else _JAVASCRIPT_CHARACTER
    read: Callable[[str], str] = _of_python if syntax == "python" else _of_javascript
    is_long = len(quote) > 1 or quote == b"`"
    found: list[Character] = []
    position = start
    while position < end:
        match = pattern.match(data, position, end)
        if match is None or (quote == b"`" and data.startswith(b"${", position)) or data.startswith(quote, position):
            raise UneditableError(position)
        piece = match[0].decode(errors="surrogatepass")
        if piece == "\\":
            raise UneditableError(position)
        if piece[0] == "\\":
            piece = read(piece)
        elif piece in {"\r", "\r\n", "\n"}:
            if not is_long:
                raise UneditableError(position)
            piece = "\n"
        found.append(Character(*match.span(), piece))
        position = match.end()
    return found


def _of_python(escape: str) -> str:
    kind = escape[1]
    if kind in "01234567":
        return _character(escape[1:], 8)
    if kind in "xuU":
        return _character(escape[2:], 16)
    if kind == "N":
        return _named(escape[3:-1])
    return _SIMPLE_IN_PYTHON.get(kind, escape)


def _of_javascript(escape: str) -> str:
    kind = escape[1]
    if kind in "\r\n":
        return ""
    if kind in "xu":
        if escape.count("\\") > 1:
            return str(json.loads(f'"{escape}"'))
        return _character(escape[2:].strip("{}"), 16)
    if kind.isdigit():
        raise UneditableError(escape)  # one, two or three digits, or an error
    return _SIMPLE.get(kind, kind)


def _named(name: str) -> str:
    import unicodedata

    try:
        return unicodedata.lookup(name)
    except KeyError:
        raise UneditableError(name) from None


def _character(digits: str, base: int) -> str:
    try:
        return chr(int(digits, base))
    except (ValueError, OverflowError):
        raise UneditableError(digits) from None


def escaped(text: str, syntax: Syntax, quote: bytes) -> bytes:
    """Spell a text between quotes."""
    special = {"\\", quote[:1].decode()}
    if quote == b"`":
        special.add("$")
    pieces: list[str] = []
    for char in text:
        if char in special:
            pieces.append(f"\\{char}")
        elif char in "\n\r\t":
            pieces.append({"\n": "\\n", "\r": "\\r", "\t": "\\t"}[char])
        elif char.isprintable():
            pieces.append(char)
        else:
            pieces.append(_escape(ord(char), syntax))
    return "".join(pieces).encode()


def _escape(code: int, syntax: Syntax) -> str:
    if code <= _LARGEST_BYTE:
        return f"\\x{code:02x}"
    if code <= _LARGEST_UNIT:
        return f"\\u{code:04x}"
    return f"\\U{code:08x}" if syntax == "python" else f"\\u{{{code:x}}}"


def is_name(text: str, syntax: Syntax) -> bool:
    """Whether a text can be a keyword of a call, or a key without quotes."""
    import keyword

    return _IDENTIFIER.fullmatch(text) is not None and not (
        syntax == "python" and ("$" in text or keyword.iskeyword(text))
    )


class Manner(NamedTuple):
    """How new values are spelled."""

    syntax: Syntax
    quote: bytes
    """The quotes of texts, with the escapes of what is around them."""
    is_nested: bool
    """Whether texts have to be the same behind any escapes."""

    def text(self, text: str) -> bytes:
        """Spell a text with its quotes.

        Raises:
            UneditableError: for a text that would need an escape and must have none.
        """
        if self.is_nested:
            if not PLAIN.fullmatch(text):
                raise UneditableError(text)
            return self.quote + text.encode() + self.quote
        return self.quote + escaped(text, self.syntax, self.quote) + self.quote

    def spelled(self, value: Any) -> bytes:
        """Spell a value on one line.

        Raises:
            UneditableError: as `text`.
        """
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return b"{" + b", ".join(self.member(key, self.spelled(item)) for key, item in value.items()) + b"}"
        if isinstance(value, list):
            return b"[" + b", ".join(map(self.spelled, value)) + b"]"
        if self.syntax == "python" and (value is None or isinstance(value, bool)):
            return repr(value).encode()
        return json.dumps(value).encode()

    def member(self, key: str, value: bytes, *, is_bare: bool | None = None) -> bytes:
        """Spell a property; in JavaScript its key has no quotes unless it needs some."""
        if is_bare is None:
            is_bare = self.syntax == "javascript"
        name = key.encode() if is_bare and is_name(key, self.syntax) else self.text(key)
        return name + b": " + value

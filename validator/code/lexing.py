"""Tokens of source code: brackets, commas, texts, comments and ends of lines; nothing else is told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, Literal, NamedTuple

Language = Literal["python", "javascript", "json", "shell"]
Kind = Literal["open", "close", "comma", "semicolon", "text", "comment", "newline", "word", "other"]


class Token(NamedTuple):
    """A token, and its byte range."""

    kind: Kind
    start: int
    end: int


_NEWLINE: Final = rb"(?P<newline>\r\n|\n|\r)"
_BRACKETS: Final = rb"(?P<open>[\[({])|(?P<close>[\])}])|(?P<comma>,)|(?P<semicolon>;)"
_WORD: Final = rb"(?P<word>[\w$\x80-\xff]+)"
_REST: Final = rb"(?P<other>\\(?:\r\n|.)|[^\s])"
_QUOTED: Final = rb"\"(?:[^\"\\\r\n]|\\(?:\r\n|.))*\"|'(?:[^'\\\r\n]|\\(?:\r\n|.))*'"


def _compiled(*parts: bytes) -> re.Pattern[bytes]:
    return re.compile(b"|".join(parts), re.DOTALL)


_PATTERNS: Final[dict[Language, re.Pattern[bytes]]] = {
    "python": _compiled(
        rb"(?P<comment>#[^\r\n]*)",
        rb"(?P<text>[rRbBuUfFtT]{0,2}(?:\"\"\"(?:[^\"\\]|\\.|\"(?!\"\"))*\"\"\""
        rb"|'''(?:[^'\\]|\\.|'(?!''))*'''|" + _QUOTED + rb"))",
        _NEWLINE,
        _BRACKETS,
        _WORD,
        _REST,
    ),
    "javascript": _compiled(
        rb"(?P<comment>//[^\r\n]*|/\*.*?\*/)",
        rb"(?P<text>" + _QUOTED + rb")",
        _NEWLINE,
        _BRACKETS,
        _WORD,
        _REST,
    ),
    "json": _compiled(rb"(?P<text>\"(?:[^\"\\]|\\.)*\")", _NEWLINE, _BRACKETS, _WORD, _REST),
    "shell": _compiled(
        rb"(?P<comment>(?:(?<=[\s;])|\A|(?<![\s\S]))#[^\r\n]*)",
        rb"(?P<text>\$'(?:[^'\\]|\\.)*'|'[^']*'|\"(?:[^\"\\]|\\.)*\")",
        _NEWLINE,
        _BRACKETS,
        _WORD,
        _REST,
    ),
}
_TEMPLATE: Final = re.compile(rb"(?:[^`\\$]|\\.|\$(?!\{))*(?:`|\$\{)?", re.DOTALL)
_REGEX: Final = re.compile(rb"/(?:[^/\\\[\r\n]|\\.|\[(?:[^\]\\\r\n]|\\.)*\])+/\w*")
_VALUES: Final = frozenset({"close", "text", "word"})
_BEFORE_REGEX: Final = frozenset({b"return", b"typeof", b"case", b"in", b"of", b"await", b"yield", b"void"})


def tokens(data: bytes, language: Language, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """Yield the tokens of a range of a text; blanks are left out."""
    end = len(data) if end is None else end
    pattern = _PATTERNS[language]
    is_javascript = language == "javascript"
    braces: list[bool] = []
    """Whether each open bracket is that of a template's `${`."""
    last = Token("newline", start, start)
    position = start
    while found := pattern.search(data, position, end):
        token = Token(found.lastgroup, *found.span())  # type: ignore[arg-type] # the name of a group is a kind
        if is_javascript:
            char = data[token.start : token.start + 1]
            if char == b"`":
                token = Token("text", token.start, _end_of_chunk(data, token.end, end))
                yield from _opened(data, token, braces)
                last, position = token, token.end
                continue
            if token.kind == "close" and braces and braces.pop():
                yield token
                token = Token("text", token.end, _end_of_chunk(data, token.end, end))
                yield from _opened(data, token, braces)
                last, position = token, token.end
                continue
            if token.kind == "open":
                braces.append(False)
            elif char == b"/" and token.kind == "other" and _may_begin_regex(data, last):
                literal = _REGEX.match(data, token.start, end)
                token = Token("text", *literal.span()) if literal else token
        yield token
        if token.kind not in {"newline", "comment"}:
            last = token
        position = token.end


def _may_begin_regex(data: bytes, last: Token) -> bool:
    return last.kind not in _VALUES or data[last.start : last.end] in _BEFORE_REGEX


def _end_of_chunk(data: bytes, start: int, end: int) -> int:
    found = _TEMPLATE.match(data, start, end)
    return found.end() if found else start


def _opened(data: bytes, chunk: Token, braces: list[bool]) -> Iterator[Token]:
    """Yield a part of a template, and the bracket of the hole after it."""
    if data.endswith(b"${", chunk.start, chunk.end):
        braces.append(True)
        yield chunk._replace(end=chunk.end - 1)
        yield Token("open", chunk.end - 1, chunk.end)
    else:
        yield chunk


_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_ESCAPE: Final = re.compile(rb"\\(?:u[0-9a-fA-F]{4}|.)", re.DOTALL)
_UNPRINTED: Final = re.compile(rb"[^\r\n]")
_ESCAPED: Final = {b"n": b"\n", b"r": b" ", b"t": b"\t", b'"': b'"', b"\\": b"\\", b"/": b"/"}


@lru_cache(maxsize=2)
def flattened(notebook: bytes) -> bytes:
    """Return the texts of a notebook at their places, without what JSON needs around and in them.

    Every byte keeps its offset: an escape is filled up with blanks, and the source between two texts becomes blank.
    The only ends of lines are those of the texts, and one wherever more than a comma stands between two.
    """
    pieces: list[bytes] = []
    position = 0
    for found in _STRING.finditer(notebook):
        pieces += [_gap(notebook[position : found.start()]), b" ", _ESCAPE.sub(_unescaped, found[0][1:-1]), b" "]
        position = found.end()
    return b"".join([*pieces, _gap(notebook[position:])])


def _gap(text: bytes) -> bytes:
    return (b"\n" if text.strip(b" \t\r\n,") else b"").ljust(len(text))


def _unescaped(found: re.Match[bytes]) -> bytes:
    return _ESCAPED.get(found[0][1:2], b"x").rjust(len(found[0]))

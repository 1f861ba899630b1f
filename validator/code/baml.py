"""BAML: the parameters that its clients send to the Messages API."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from ..common.lazy_regex import regex
from ..documents.written import Property, Sent, Written
from ..facts.api import OWN_PLATFORM
from ..schema.store import SHAPES, files
from .call import Call, Source
from .http import betas_of
from .sdk import BETAS_HEADER

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLIENT: Final = regex(rb"\bclient[ \t]*<[ \t]*llm[ \t]*>[ \t]+([A-Za-z_]\w*)[ \t\r\n]*\{")
_COMMENT: Final = regex(rb"//[^\r\n]*|\{#")
_TOKEN: Final = regex(
    rb"""
      (?P<space>[ \t\r\n,]+ | //[^\r\n]* | \{\#(?:[^#]|\#(?!\}))*\#\})
    | (?P<text>"(?:[^"\\]|\\.)*")
    | \#(?P<raw>"(?:[^"]|"(?!\#))*")\#
    | (?P<number>-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\w.-])
    | (?P<sign>[{}\[\]:])
    | (?P<word>[^\s{}\[\]",:]+)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = regex(rb"\\(.)", re.DOTALL)
_ESCAPES: Final = {b"n": b"\n", b"t": b"\t", b"r": b"\r"}
_WORDS: Final[dict[bytes, bool | None]] = {b"true": True, b"false": False, b"null": None}
_NOT_SENT: Final = frozenset({"messages", "betas"})
_DEEPEST: Final = 50
_LONGEST: Final = 20_000
"""Bytes of the longest client."""
_MOST_UNREADABLE: Final = 20
"""How many clients may be unreadable before the rest of a text is taken for something else."""
_ANTHROPIC: Final = "anthropic"


class _UnreadableError(Exception):
    """Raised for what is not BAML."""


@dataclass(slots=True)
class _Token:
    kind: str
    text: bytes
    start: int
    end: int


def read(data: bytes, *, is_fragment: bool = False) -> Source:  # noqa: ARG001 - every reader is called alike
    """Return a call for each client of Anthropic's."""
    calls = []
    end = 0
    unreadable = 0
    comments = _comments(data)
    for match in _CLIENT.finditer(data):
        if match.start() < end or _is_inside(match.start(), comments):
            continue
        reader = _Reader(data, match.end() - 1)
        try:
            block = reader.value(0)
        except _UnreadableError:
            unreadable += 1
            if unreadable > _MOST_UNREADABLE:
                break
            continue
        end = block.end
        call = _call(block, match.start())
        if call is not None:
            calls.append(call)
    return Source(calls)


def _comments(data: bytes) -> list[tuple[int, int]]:
    """Return the ranges of comments, in order."""
    found = []
    last = data.rfind(b"#}")
    at = 0
    while match := _COMMENT.search(data, at):
        start, at = match.span()
        if match[0] == b"{#":
            if start + 2 > last:
                continue
            at = data.find(b"#}", start + 2) + 2
        found.append((start, at))
    return found


def _is_inside(offset: int, ranges: list[tuple[int, int]]) -> bool:
    number = bisect_right(ranges, (offset, offset)) - 1
    return number >= 0 and offset < ranges[number][1]


def _call(block: Written, start: int) -> Call | None:
    """Return the call of a client; None for one of another vendor."""
    properties = block.properties or {}
    provider = properties.get("provider")
    if provider is None or provider.value.value != _ANTHROPIC:
        return None
    options = properties.get("options")
    found = {} if options is None else options.value.properties or {}
    place = block if options is None else options.value
    known = {name: member for name, member in found.items() if name in _parameters()}
    body = Written(place.start, place.end, properties=known, is_open=True)
    return Call(start, block.end, body, Sent("messages", OWN_PLATFORM, _betas(found)))


def _betas(options: dict[str, Property]) -> frozenset[str] | None:
    """Return the betas in the headers of a client; None if it names none, as BAML may send some by itself."""
    headers = options["headers"].value.properties if "headers" in options else None
    member = None if headers is None else headers.get(BETAS_HEADER)
    return betas_of(member.value.value) if member is not None and isinstance(member.value.value, str) else None


class _Reader:
    """Reads a value."""

    def __init__(self, data: bytes, offset: int) -> None:
        self._tokens = _tokens(data, offset)
        self._next = next(self._tokens, None)

    def _take(self) -> _Token:
        token = self._next
        if token is None:
            raise _UnreadableError
        self._next = next(self._tokens, None)
        return token

    def _is_sign(self, sign: bytes) -> bool:
        return self._next is not None and self._next.kind == "sign" and self._next.text == sign

    def value(self, depth: int) -> Written:
        """Read the value that comes next."""
        if depth > _DEEPEST:
            raise _UnreadableError
        token = self._take()
        if token.kind == "sign" and token.text == b"{":
            return self._map(token, depth)
        if token.kind == "sign" and token.text == b"[":
            items = []
            while not self._is_sign(b"]"):
                items.append(self.value(depth + 1))
            return Written(token.start, self._take().end, items=items)
        if token.kind == "sign":
            raise _UnreadableError
        return _scalar(token)

    def _map(self, opening: _Token, depth: int) -> Written:
        properties: dict[str, Property] = {}
        while not self._is_sign(b"}"):
            key = self._take()
            if key.kind == "sign":
                raise _UnreadableError
            if self._is_sign(b":"):
                self._take()
            name = key.text if key.kind != "text" else _unescaped(key.text[1:-1])
            properties[name.decode(errors="replace")] = Property((key.start, key.end), self.value(depth + 1))
        return Written(opening.start, self._take().end, properties=properties)


def _tokens(data: bytes, offset: int) -> Iterator[_Token]:
    end = min(len(data), offset + _LONGEST)
    while offset < end:
        match = _TOKEN.match(data, offset, end)
        if match is None or match.lastgroup is None:
            raise _UnreadableError
        offset = match.end()
        if match.lastgroup != "space":
            yield _Token(match.lastgroup, match[match.lastgroup], match.start(), match.end())


def _scalar(token: _Token) -> Written:
    written = Written(token.start, token.end)
    if token.kind == "number":
        text = token.text.decode()
        written.value = int(text) if text.lstrip("-").isdecimal() and len(text) < 20 else float(text)  # noqa: PLR2004
    elif token.kind == "word" and token.text in _WORDS:
        written.value = _WORDS[token.text]
    elif token.kind == "word" and token.text.startswith((b"env.", b"$")):
        written.unknown = "any"
    else:
        quoted = token.text[1:-1]
        text = {"word": token.text, "raw": quoted, "text": _unescaped(quoted)}[token.kind].decode(errors="replace")
        is_template = "{{" in text or "{%" in text
        written.value = None if is_template else text
        written.unknown = "text" if is_template else None
        written.is_editable = token.kind == "text"
    return written


def _unescaped(text: bytes) -> bytes:
    return _ESCAPE.sub(lambda match: _ESCAPES.get(match[1], match[1]), text)


@lru_cache(maxsize=1)
def _parameters() -> frozenset[str]:
    return frozenset(files()[SHAPES["messages"]]["properties"]) - _NOT_SENT

"""JSON with comments: they, and commas behind a last item, are blanked, so that what is left is JSON in its place."""

from __future__ import annotations

import re
from typing import Final

from ..places.locate import end_of_value, skip_space
from ..places.tokens import end_of_string
from ..rules import syntax
from . import strict
from .comments import is_ours, words_of
from .document import Comment, Document, SyntaxFinding

_TO_MARK: Final = re.compile(rb'[^"/]*(?:(?:"[^"\\\r\n]*"|/(?![/*]))[^"/]*){0,200}')
"""What is no comment; strings with escapes are followed from quote to quote."""
_QUOTE: Final = ord('"')
_BLANKED: Final = re.compile(rb"[^\r\n]")
_LINE_END: Final = re.compile(rb"[\r\n]")
_SPACE: Final = b" \t\r\n"
_SURPLUS: Final = re.compile(rb",[ \t\r\n]*[\]}]")
_SURPLUS_OR_QUOTE: Final = re.compile(rb'"|,[ \t\r\n]*[\]}]')
_COMMA_BEHIND: Final = re.compile(rb"(?:[ \t\r\n]|//[^\r\n]*[\r\n]|/\*(?:[^*]|\*(?!/))*\*/)*,")
_BETWEEN: Final = re.compile(rb"[ \t\r\n,:]*")

Place = tuple[int, int]


def blanked(data: bytes) -> bytes:
    """Blank the comments and surplus commas of a text; one that does not end is left."""
    places, _ = _comments(data)
    return _without_commas(_blanked(data, places))


def read(text: bytes) -> Document:
    """Read `text` as JSON that may have comments (`//`, `/* */`) and a comma behind the last item of a container."""
    data, _ = strict.without_mark(text)
    places, unfinished = _comments(data)
    if unfinished is not None:
        return Document(data, None, readable=False, findings=(_does_not_end(unfinished),))
    plain = _without_commas(_blanked(data, places))
    document = strict.read(plain)._replace(data=data, blanked=plain)
    if not document.readable:  # what its comments silence is not known
        return document
    neighbours = _Neighbours(plain)
    ours = [(start, end) for start, end in places if is_ours(data[start:end])]
    comments = [Comment(start, end, words_of(data[start:end]), neighbours.behind(start, end)) for start, end in ours]
    return document._replace(comments=tuple(comments))


def _comments(data: bytes) -> tuple[list[Place], int | None]:
    """Return the places of all comments, and where one begins that does not end, if one does."""
    places: list[Place] = []
    position = 0
    while match := _TO_MARK.match(data, position):
        start = match.end()
        if start == len(data):
            break
        if data[start] == _QUOTE:
            position = end_of_string(data, start)
            if position < 0 or _LINE_END.search(data, start, position):
                break  # a string that is not closed; the reader of JSON says so
            continue
        second = data[start + 1 : start + 2]
        if second == b"/":
            line_end = _LINE_END.search(data, start)
            position = line_end.start() if line_end else len(data)
        elif second == b"*":
            end = data.find(b"*/", start + 2)
            if end < 0:
                return places, start
            position = end + 2
        else:
            position = start + 1
            continue
        places.append((start, position))
    return places, None


def _blanked(data: bytes, places: list[Place]) -> bytes:
    if not places:
        return data
    text = bytearray(data)
    for start, end in places:
        text[start:end] = _BLANKED.sub(b" ", data[start:end])
    return bytes(text)


def _without_commas(data: bytes) -> bytes:
    """Blank the commas behind last items; one that no item stands before is left, as it is a mistake."""
    if not _SURPLUS.search(data):  # as nearly always, and it need not be known which commas are in strings
        return data
    text = bytearray(data)
    position = 0
    while match := _SURPLUS_OR_QUOTE.search(data, position):
        if match[0] == b'"':
            position = end_of_string(data, match.start())
            if position < 0:
                break
            continue
        if _ends_a_value(data, match.start()):
            text[match.start()] = ord(" ")
        position = match.end() - 1
    return bytes(text)


def comma_behind(data: bytes, end: int) -> int | None:
    """Return where the comma that follows a value stands, with nothing but space and comments before it."""
    match = _COMMA_BEHIND.match(data, end)
    return match.end() - 1 if match else None


def _ends_a_value(data: bytes, end: int) -> bool:
    """Whether a value, and nothing else, stands before a position."""
    while end and data[end - 1] in _SPACE:
        end -= 1
    return end > 0 and data[end - 1] not in b"[{,:"


class _Neighbours:
    """Finds what comes behind comments, which are asked for in the order of the text, so that it is read once."""

    def __init__(self, plain: bytes) -> None:
        """Take the text without its comments."""
        self._plain = plain
        self._seen = 0
        self._is_blank = True
        """Whether the line of the position that was seen last is blank up to there."""
        self._next = -1
        """Where what comes next begins."""
        self._member: Place | None = None

    def behind(self, start: int, end: int) -> Place | None:
        """Return the property or the item that comes behind a comment; None where the comment shares its line."""
        newline = max(self._plain.rfind(sign, self._seen, start) for sign in (b"\n", b"\r"))
        line = self._plain[max(self._seen, newline + 1) : start]
        self._is_blank = (self._is_blank or newline >= 0) and not line.strip()
        self._seen = start
        if not self._is_blank:
            return None
        if self._next < end:
            between = _BETWEEN.match(self._plain, end)
            self._next = between.end() if between else end
            self._member = self._member_at(self._next)
        return self._member

    def _member_at(self, start: int) -> Place | None:
        plain = self._plain
        if plain[start : start + 1] in (b"", b"]", b"}"):
            return None
        end = end_of_value(plain, start)
        colon = skip_space(plain, end)
        if plain[colon : colon + 1] == b":":
            end = end_of_value(plain, skip_space(plain, colon + 1))
        return start, end


def _does_not_end(start: int) -> SyntaxFinding:
    fault = syntax.Fault(start, start + 2, "the comment that begins here does not end", "end it with `*/`")
    return SyntaxFinding(syntax.invalid_json, fault)

"""JSON with comments: overwrite comments and trailing commas with spaces, which leaves JSON with the same offsets."""

from __future__ import annotations

import re
from typing import Final

from ..places.locate import end_of_value, skip_space
from ..places.tokens import end_of_string
from ..rules import syntax
from . import strict
from .comments import is_ours, words_of
from .document import Comment, Document, SyntaxFinding

# Not `*`: `re` keeps a backtracking state for each repetition, which took 550 MB for 11 MB of short strings.
_TO_MARK: Final = re.compile(rb'[^"/]*(?:(?:"[^"\\\r\n]*"|/(?![/*]))[^"/]*){0,200}')
"""Text up to the next comment or string with escapes; such a string is skipped by `end_of_string`."""
_QUOTE: Final = ord('"')
_BLANKED: Final = re.compile(rb"[^\r\n]")
_LINE_END: Final = re.compile(rb"[\r\n]")
_SPACE: Final = b" \t\r\n"
_SURPLUS: Final = re.compile(rb",[ \t\r\n]*[\]}]")
_SURPLUS_OR_QUOTE: Final = re.compile(rb'"|,[ \t\r\n]*[\]}]')
_COMMA_BEHIND: Final = re.compile(rb"(?:[ \t\r\n]|//[^\r\n]*[\r\n]|/\*(?:[^*]|\*(?!/))*\*/)*,")
_BETWEEN: Final = re.compile(rb"[ \t\r\n,:]*")

ByteRange = tuple[int, int]


def blanked(data: bytes) -> bytes:
    """Overwrite the comments and trailing commas of a text with spaces; an unterminated comment stays."""
    places, _ = _comments(data)
    return _without_commas(_blanked(data, places))


def read(text: bytes) -> Document:
    """Parse `text` as JSON that may have comments (`//`, `/* */`) and a comma after the last item of a container."""
    data, _ = strict.without_mark(text)
    places, unfinished = _comments(data)
    if unfinished is not None:
        return Document(data, None, readable=False, findings=(_does_not_end(unfinished),))
    plain = _without_commas(_blanked(data, places))
    document = strict.read(plain)._replace(data=data, blanked=plain)
    if not document.readable:  # its comments cover values, which are unknown
        return document
    neighbours = _Neighbours(plain)
    ours = [(start, end) for start, end in places if is_ours(data[start:end])]
    comments = [Comment(start, end, words_of(data[start:end]), neighbours.behind(start, end)) for start, end in ours]
    return document._replace(comments=tuple(comments))


def _comments(data: bytes) -> tuple[list[ByteRange], int | None]:
    """Return the ranges of all comments, and the start of an unterminated one, if any."""
    places: list[ByteRange] = []
    position = 0
    while match := _TO_MARK.match(data, position):
        start = match.end()
        if start == len(data):
            break
        if data[start] == _QUOTE:
            position = end_of_string(data, start)
            if position < 0 or _LINE_END.search(data, start, position):
                break  # an unterminated string, which the JSON parser reports
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


def _blanked(data: bytes, places: list[ByteRange]) -> bytes:
    if not places:
        return data
    text = bytearray(data)
    for start, end in places:
        text[start:end] = _BLANKED.sub(b" ", data[start:end])
    return bytes(text)


def _without_commas(data: bytes) -> bytes:
    """Overwrite trailing commas with spaces; a comma without an item before it stays, because it is a mistake."""
    # Nearly always there is no candidate, which spares the search for strings that contain one.
    if not _SURPLUS.search(data):
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
    """Return the offset of the comma that follows a value, with only whitespace and comments between; None without."""
    match = _COMMA_BEHIND.match(data, end)
    return match.end() - 1 if match else None


def _ends_a_value(data: bytes, end: int) -> bool:
    """Whether a value ends before a position, ignoring whitespace."""
    while end and data[end - 1] in _SPACE:
        end -= 1
    return end > 0 and data[end - 1] not in b"[{,:"


class _Neighbours:
    """Finds the property or item after each comment; comments must be given in text order, which makes it linear."""

    def __init__(self, plain: bytes) -> None:
        """Take the text with its comments overwritten."""
        self._plain = plain
        self._seen = 0
        self._is_blank = True
        """Whether the line of the last position is blank up to there."""
        self._next = -1
        """The start of the next property or item."""
        self._member: ByteRange | None = None

    def behind(self, start: int, end: int) -> ByteRange | None:
        """Return the range of the property or item after a comment; None if the comment shares its line."""
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

    def _member_at(self, start: int) -> ByteRange | None:
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

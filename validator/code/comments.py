"""Comments for msglint in source code, and what they cover."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Final, NamedTuple

from ..documents import Comment
from ..documents.comments import is_ours, words_of
from .lexing import Language, Token, flattened, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..documents.written import Written
    from .call import Call, Source

_Range = tuple[int, int]

_BREAK: Final = re.compile(rb"\r\n|\n|\r")
_FENCE: Final = re.compile(
    rb"\}?(?:\s|<!--.*?-->|\{/\*.*?\*/\})*?(?:^|(?<=[\r\n]))"
    rb"(?P<indent>[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?)(?P<fence>`{3,}|~{3,})",
    re.DOTALL,
)
"""The opening of a fenced block behind a comment, and behind other comments."""
_HTML: Final = b"<!--"
_GOES_ON: Final = frozenset(b"=(,+&|?:.<>!*-%^~[{")
"""The last characters of a line of JavaScript whose statement goes on."""
_GOES_ON_WITH: Final = frozenset(b".?:=+&|),]}*-%^`<>(")
"""The first characters of a line of JavaScript that goes on with the statement before it."""
_WANTS_MORE: Final = frozenset(
    {
        b"await",
        b"return",
        b"new",
        b"const",
        b"let",
        b"var",
        b"export",
        b"default",
        b"async",
        b"throw",
        b"void",
        b"yield",
    }
)
_BEFORE_BLOCK: Final = frozenset({b"else", b"try", b"finally", b"do"})


def comments_of(source: Source, data: bytes) -> tuple[Comment, ...]:
    """Return the comments for msglint in a source text.

    A comment on a line of its own covers the keyword, property or item after it; above a statement, what the statement
    holds of a request; in Markdown, above a fenced block, the block. Any other one covers what begins on its line.
    """
    ours = sorted(place for place in set(source.comments) if is_ours(data[slice(*place)]))
    if not ours:
        return ()
    is_notebook = any(call.cell is not None for call in source.calls)
    places = _Places(flattened(data) if is_notebook else data, source.calls, is_notebook=is_notebook)
    return tuple(places.comments(ours))


class _Around(NamedTuple):
    """What is around a comment."""

    enclosing: _Range | None
    """The smallest part of a request that it stands in."""
    number: int
    """The number of the first part of a request after it."""


class _Places:
    """Finds what comments cover."""

    def __init__(self, text: bytes, calls: list[Call], *, is_notebook: bool) -> None:
        self._text = text
        self._is_notebook = is_notebook
        self._calls = sorted(calls, key=lambda call: call.end)
        self._ends = [call.end for call in self._calls]
        self._members = _members(calls)
        self._known: dict[int, _Range | None] = {}
        """What comments above a statement cover, by their starts."""

    def comments(self, ours: list[_Range]) -> list[Comment]:
        """Return the comments at the given ranges, which are sorted."""
        around = self._around(ours)
        # From the last to the first: of several above one statement, each covers what the next one covers.
        found = [
            Comment(
                start, end, words_of(self._text[start:end]), self._covered(start, end, about) or self._line(start, end)
            )
            for (start, end), about in zip(reversed(ours), reversed(around), strict=True)
        ]
        return found[::-1]

    def _around(self, ours: list[_Range]) -> list[_Around]:
        found: list[_Around] = []
        opened: list[_Range] = []
        number = 0
        for start, end in ours:
            while number < len(self._members) and self._members[number][0] <= start:
                opened.append(self._members[number])
                number += 1
            while opened and opened[-1][1] < end:
                opened.pop()
            found.append(_Around(opened[-1] if opened else None, number))
        return found

    def _covered(self, start: int, end: int, around: _Around) -> _Range | None:
        before = self._text[self._line_start(start) : start].strip()
        if before == b"{" and self._text.startswith(b"}", end):
            return self._block_behind(end)  # a comment of MDX
        if before:
            return None
        if self._text.startswith(_HTML, start):
            return self._block_behind(end)
        if around.enclosing is not None:
            following = self._members[around.number] if around.number < len(self._members) else None
            return following if following is not None and following[0] < around.enclosing[1] else None
        self._known[start] = self._in_statement(start, end, around.number)
        return self._known[start]

    def _line_start(self, place: int) -> int:
        return max(self._text.rfind(b"\n", 0, place), self._text.rfind(b"\r", 0, place)) + 1

    def _line(self, start: int, end: int) -> _Range | None:
        """Return the range of a comment's line, which in a notebook is a part of one of the file."""
        if not self._is_notebook:
            return None
        newline = _BREAK.search(self._text, end)
        return self._line_start(start), newline.start() if newline else len(self._text)

    def _in_statement(self, start: int, end: int, number: int) -> _Range | None:
        """Return the range of what the statement after a comment holds of requests."""
        if number == len(self._members):
            return None
        statement = _Statement(self._text, self._language(start))
        for token in tokens(self._text, statement.language, end):
            if token.start in self._known:
                return self._known[token.start]
            if statement.ends_at(token):
                break
        else:
            statement.end = len(self._text)
        members = self._members[number : bisect_left(self._members, (statement.end, 0))]
        return (members[0][0], max(member[1] for member in members)) if members else None

    def _language(self, start: int) -> Language:
        if not self._text.startswith(b"#", start):
            return "javascript"
        number = bisect_left(self._ends, start)
        is_shell = number < len(self._calls) and self._calls[number].syntax == "json"
        return "shell" if is_shell else "python"

    def _block_behind(self, end: int) -> _Range | None:
        """Return the range of a fenced block of Markdown directly after a comment."""
        opening = _FENCE.match(self._text, end)
        if opening is None:
            return None
        start = opening.start("indent")
        closing = re.compile(rb"^[ \t>]*" + opening["fence"] + rb"+[ \t]*\r?$", re.MULTILINE)
        found = closing.search(self._text, opening.end())
        return start, found.end() if found else len(self._text)


class _Statement:
    """Tells where a statement ends; an approximation that rather ends too early than too late."""

    def __init__(self, text: bytes, language: Language) -> None:
        self.language: Final = language
        self.end = 0
        self._text = text
        self._last: Token | None = None
        self._depth = 0
        self._has_newline = False

    def ends_at(self, token: Token) -> bool:
        """Take the next token; whether the statement ends before it, or with it."""
        self.end = token.start
        if token.kind == "comment" or (token.kind == "newline" and self._last is None):
            return False
        if token.kind == "newline":
            self._has_newline = True
            return self._depth == 0 and self.language != "javascript"
        if self.language == "javascript" and self._ends_javascript(token):
            return True
        if token.kind in {"open", "close"} and (self.language != "shell" or self._text[token.start] in b"()"):
            self._depth += 1 if token.kind == "open" else -1
            if self._depth < 0:
                return True
        self._last, self._has_newline = token, False
        return False

    def _ends_javascript(self, token: Token) -> bool:
        last = self._last
        if last is None:
            return False
        word = self._text[last.start : last.end]
        if token.kind == "open" and self._text[token.start] in b"{":
            is_hole = token.start and self._text[token.start - 1] in b"$" and last.kind == "text"
            is_arrow = word == b">" and self._text[last.start - 1 : last.start] == b"="
            if not is_hole and (word == b")" or is_arrow or word in _BEFORE_BLOCK):
                return True
        if self._depth:
            return False
        if token.kind == "semicolon":
            return True
        goes_on = word in _WANTS_MORE or self._text[last.end - 1] in _GOES_ON
        return self._has_newline and not goes_on and self._text[token.start] not in _GOES_ON_WITH


def _members(calls: Iterable[Call]) -> list[_Range]:
    """Return the ranges of calls, keywords, properties, items and values; of those with one start the widest first."""
    found: set[_Range] = set()
    seen: set[int] = set()
    for call in calls:
        body = call.body
        found.add((call.start, call.end))
        waiting: list[tuple[Written, _Range]] = [(body, (call.start, call.end))]
        while waiting:
            written, outer = waiting.pop()
            if id(written) in seen:
                continue
            seen.add(id(written))
            if written.start < written.end:
                found.add((written.start, written.end))
            inside = outer if written is body and written.start == call.start else (written.start, written.end)
            for member in (written.properties or {}).values():
                start, key_end = member.key
                is_here = key_end <= member.value.start and member.value.end <= inside[1]
                found.add((start, member.value.end if is_here else key_end))
            waiting += [(inner, inside) for inner in written.inner()]
    return sorted(found, key=lambda place: (place[0], -place[1]))

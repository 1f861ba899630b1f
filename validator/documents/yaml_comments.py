"""Find the comments for msglint in a YAML text; libyaml does not report comments, so the text is searched for them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final

from .comments import words_of
from .document import Comment

if TYPE_CHECKING:
    from ..places.characters import ByteOffsets
    from .yaml_nodes import Builder, Root

_COMMENT: Final = re.compile(r"(?:(?<=\s)|^)#+[ \t]*msglint[ \t]*:[^\r\n]*", re.IGNORECASE | re.MULTILINE)
_PROPERTIES: Final = re.compile(r"(?:[&!]\S*\s*(?:#[^\r\n]*\s*)*)*")
"""The start of a scalar's range: an anchor and a tag, and comments after them."""
_HEADER: Final = re.compile(r"[|>][^\r\n]*")
"""The first line of a block scalar, which may end with a comment."""

CharacterRange = tuple[int, int]


class YamlComments:
    """The comments of a text, by document."""

    def __init__(self, text: str, builder: Builder, offsets: ByteOffsets) -> None:
        self._text = text
        self._closings = builder.closings
        self._offsets = offsets
        self._places = [found.span() for found in _COMMENT.finditer(text)]
        if self._places:
            # A match inside a scalar is text, not a comment.
            inside = [(_text_of(text, *scalar), scalar[1]) for scalar in builder.scalars]
            starts = [start for start, _ in inside]
            self._places = [
                place
                for place in self._places
                if not (number := bisect_right(starts, place[0])) or inside[number - 1][1] <= place[0]
            ]

    def of(self, root: Root) -> tuple[Comment, ...]:
        """Return the comments of a document."""
        first, last = (bisect_left(self._places, (end, 0)) for end in (root.start, root.end))
        if first == last:
            return ()
        members = _members(root)
        return tuple(self._comment(place, members) for place in self._places[first:last])

    def _comment(self, place: CharacterRange, members: list[CharacterRange]) -> Comment:
        start, end = place
        newline = self._text.rfind("\n", 0, start) + 1
        line_start = max(newline, self._text.rfind("\r", newline, start) + 1)
        following = None
        if not self._text[line_start:start].strip():
            following = self._following(end, members)
        byte = self._offsets.of
        after = None if following is None else (byte(following[0]), byte(following[1]))
        return Comment(byte(start), byte(end), words_of(self._text[start:end].encode()), after)

    def _following(self, position: int, members: list[CharacterRange]) -> CharacterRange | None:
        """Return the range of the next property or item in the container around a position."""
        number = bisect_left(members, (position, 0))
        if number == len(members):
            return None
        closing = bisect_right(self._closings, position)
        is_closed = closing < len(self._closings) and self._closings[closing] <= members[number][0]
        return None if is_closed else members[number]


def _text_of(text: str, start: int, end: int) -> int:
    """Return where a scalar's own text begins, after the parts that may contain a comment."""
    properties = _PROPERTIES.match(text, start, end)
    start = properties.end() if properties else start
    header = _HEADER.match(text, start, end)
    return header.end() if header else start


def _members(root: Root) -> list[CharacterRange]:
    """List the ranges of all properties and items in text order; of those with the same start, the outermost first.

    The root value is included if it starts before its first property or item, as in flow style.
    """
    places = set() if root.is_block else {(root.node.start, root.node.end)}
    seen = {id(root.node)}
    waiting = [root.node]
    while waiting:
        for member in waiting.pop().members.values():
            places.add((member.start if member.key is None else member.key[0], member.end))
            if id(member.node) not in seen:
                seen.add(id(member.node))
                waiting.append(member.node)
    return sorted(places, key=lambda place: (place[0], -place[1]))

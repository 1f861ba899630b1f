"""Turn operations into edits of source code, where a literal stands in the call itself and the edit is certain.

What a name refers to, what is outside of the call and what has parts that are not spelled out is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..code.lexing import Token, flattened, tokens
from .code_literals import Manner, is_name, plain_parts, text_edit
from .json_edits import Edit, Editor, UneditableError, moves_content

if TYPE_CHECKING:
    from ..common.pointer import Path
    from ..documents import Document
    from ..documents.written import Property, Written
    from ..fixes.fix import Operation

_NAME: Final = re.compile(rb"[A-Za-z_$\x80-\xff][\w$\x80-\xff]*")
_SPACE: Final = re.compile(rb"\s*")
_BLANKS: Final = re.compile(rb"[ \t]*")
_NEWLINE: Final = re.compile(rb"\r\n|\n|\r")
_BARE_QUOTE: Final = re.compile(rb"(?<!\\)\"|[\r\n]")
_NUMBER: Final = re.compile(rb"[-+]?[0-9][\w.+-]*|[-+]?\.[0-9][\w+-]*")
_WORDS: Final = {
    "python": {True: b"True", False: b"False", None: b"None"},
    "javascript": {True: b"true", False: b"false", None: b"null"},
    "json": {True: b"true", False: b"false", None: b"null"},
}
_BETWEEN: Final = frozenset({"newline", "comment"})
_UNCERTAIN: Final = {"python": re.compile(rb"\blambda\b"), "javascript": re.compile(rb"<"), "json": None}
"""What may hold a comma that ends no member."""


class _Member(NamedTuple):
    """A keyword, a property or an item in the text."""

    start: int
    end: int
    comma: int | None
    """Where the comma after it is."""
    has_comment: bool


class _Members(NamedTuple):
    """The members between a pair of brackets."""

    opening: int
    closing: int
    all: list[_Member]


class CodeEditor(Editor):
    """Makes edits of a call in source code."""

    def __init__(self, document: Document, operations: Iterable[Operation]) -> None:
        super().__init__(document, operations)
        self._root = document.written
        self._call = document.call or (0, 0)
        self._syntax = document.syntax
        self._unknown = document.unknown.values if document.unknown is not None else {}
        self._is_notebook = document.cell is not None
        self._text = flattened(document.data) if self._is_notebook else document.data
        self._members: dict[int, _Members] = {}
        if self._root is not None and self._is_in_text(self._root):
            self._syntax = "json"

    def _is_in_text(self, root: Written) -> bool:
        """Whether a body is JSON in a text of the language."""
        if self._syntax is None or self._syntax == "json":
            return False
        before = tokens(self._text, self._syntax, self._call[0], self._call[1])
        texts = (token for token in before if token.kind == "text" and token.end > root.start)
        token = next(texts, None)
        return token is not None and token.start < root.start

    def _needed(self, _operation: Operation) -> Iterable[Path]:
        return ()

    def edits(self, operations: Iterable[Operation]) -> list[Edit]:
        """Return the edits that do operations to the text.

        Raises:
            UneditableError: for an operation that cannot be done to this text, or not with certainty.
        """
        operations = list(operations)
        if self._root is None or self._syntax is None:
            raise UneditableError
        moves = moves_content(operations)
        found: list[Edit] = []
        for operation in operations:
            if operation.op == "move":
                found += self._renaming(operation.source or (), str(operation.path[-1]))
            elif operation.op == "replace":
                found += self._replacement(operation.path, operation.value)
            elif operation.op == "remove":
                if moves and self._has_unknown(operation.path):
                    raise UneditableError(operation.path)
                found += self._removal(operation.path)
            else:
                found += self._addition(operation.path, operation.value)
        found.sort()
        if any(one.end > other.start for one, other in pairwise(found)) or not all(map(self._is_sound, found)):
            raise UneditableError
        return found

    def _is_sound(self, edit: Edit) -> bool:
        """Whether an edit stays within one text of a notebook."""
        if not self._is_notebook:
            return True
        if self._is_in_escape(edit.start) or self._is_in_escape(edit.end):
            return False
        return not _BARE_QUOTE.search(self._data[edit.start : edit.end]) and not _BARE_QUOTE.search(edit.text)

    def _is_in_escape(self, place: int) -> bool:
        """Whether a position is between a backslash of a notebook's JSON and what it escapes, or in a longer escape."""
        before = self._data[max(0, place - 5) : place]
        if before[-1:] == b"\\":
            return self._text[place - 1 : place] == b" "
        return b"\\u" in before and self._text[place - 1 : place] == b" "

    def _manner(self) -> Manner:
        """Return how the call spells its texts."""
        start, end = self._call
        if self._syntax == "json" and self._root is not None and self._root.properties:
            first = next(iter(self._root.properties.values())).key
            parts = plain_parts(self._data[slice(*first)])
            if parts is None:
                raise UneditableError(first)
            return Manner("json", parts[0], is_nested=True)
        double = b'\\"' if self._is_notebook else b'"'
        is_double = self._data.count(double, start, end) >= self._data.count(b"'", start, end)
        return Manner(self._syntax or "json", double if is_double else b"'", is_nested=self._is_nested)

    @property
    def _is_nested(self) -> bool:
        return self._is_notebook or self._syntax == "json"

    def _property(self, path: Path) -> tuple[Written, Property]:
        """Return a property, and the object that has it."""
        holder = self._written(path[:-1])
        member = (holder.properties or {}).get(str(path[-1])) if path else None
        if member is None or not self._is_inside(holder, *member.key):
            raise UneditableError(path)
        return holder, member

    def _written(self, path: Path) -> Written:
        written = self._root
        for step in path:
            if written is None:
                break
            if written.items is not None and isinstance(step, int):
                written = written.items[step] if 0 <= step < len(written.items) else None
            else:
                member = (written.properties or {}).get(str(step))
                written = None if member is None else member.value
        if written is None:
            raise UneditableError(path)
        return written

    def _is_inside(self, holder: Written, start: int, end: int) -> bool:
        """Whether a range is in the call, and in the object or array that has it."""
        if holder is not self._root and not holder.start < start < end < holder.end:
            return False
        return self._call[0] <= start and end <= self._call[1]

    def _literal(self, path: Path) -> Written:
        """Return a value that stands where it is used.

        Raises:
            UneditableError: for one that stands elsewhere, or is not spelled out.
        """
        written = self._written(path)
        holder = self._written(path[:-1]) if path else None
        if holder is None or written.unknown is not None or not self._is_inside(holder, written.start, written.end):
            raise UneditableError(path)
        if holder.properties is not None and written.start < holder.properties[str(path[-1])].key[1]:
            raise UneditableError(path)
        return written

    def _has_unknown(self, path: Path) -> bool:
        """Whether a value has parts that are not spelled out where it stands."""
        if any(place[: len(path)] == path for place in self._unknown):
            return True
        root = self._written(path)
        waiting = [root]
        while waiting:
            written = waiting.pop()
            if written.is_open or not root.start <= written.start <= written.end <= root.end:
                return True
            waiting.extend(written.inner())
        return False

    def _renaming(self, path: Path, name: str) -> list[Edit]:
        holder, member = self._property(path)
        if holder.is_open or name in (holder.properties or {}):
            raise UneditableError(path)
        start, end = member.key
        key, old = self._data[start:end], str(path[-1])
        parts = plain_parts(key)
        if parts is not None and parts[1] == old:
            return [self._inside_quotes(start, end, parts[0], name)]
        if key.decode(errors="replace") != old:
            if self._is_nested or self._syntax is None:
                raise UneditableError(path)
            return [text_edit(self._data, (start, end), old, name, self._syntax)]
        sign = self._sign_behind(end)
        if self._syntax == "python" and sign == b"=" and is_name(name, "python"):
            return [Edit(start, end, name.encode())]
        if self._syntax == "javascript" and sign in (b":", b",", b"}"):
            new = name.encode() if is_name(name, "javascript") else self._manner().text(name)
            return [Edit(start, end, new) if sign == b":" else Edit(start, start, new + b": ")]
        raise UneditableError(path)

    def _sign_behind(self, end: int) -> bytes:
        """Return the character that follows a key, behind blanks and comments."""
        for token in tokens(self._text, self._syntax or "json", end, min(len(self._text), end + 1000)):
            if token.kind not in _BETWEEN:
                return self._text[token.start : token.end]
        return b""

    def _inside_quotes(self, start: int, end: int, quote: bytes, text: str) -> Edit:
        """Replace a plain text between quotes by another one, which has to be plain if escapes are around it."""
        manner = Manner(self._syntax or "json", quote, is_nested=self._is_nested)
        return Edit(start + len(quote), end - len(quote), manner.text(text)[len(quote) : -len(quote)])

    def _replacement(self, path: Path, value: Any) -> list[Edit]:
        written = self._literal(path)
        start, end = written.start, written.end
        old = self.value_at(path)
        if value == [old] and not isinstance(old, str):
            self._brackets_at(written, path)
            return [Edit(start, start, b"["), Edit(end, end, b"]")]
        if isinstance(old, str):
            return self._replaced_text(written, old, value)
        if isinstance(old, (dict, list)):
            members = self._brackets_at(written, path)
            if self._has_unknown(path) or self._has_comment(members.opening, members.closing):
                raise UneditableError(path)
        else:
            text = self._data[start:end]
            is_number = not isinstance(old, bool) and old is not None
            word = None if is_number else _WORDS[self._syntax or "json"][old]
            if not written.is_editable or not (_NUMBER.fullmatch(text) if is_number else text == word):
                raise UneditableError(path)
        return [Edit(start, end, self._manner().spelled(value))]

    def _replaced_text(self, written: Written, old: str, value: Any) -> list[Edit]:
        start, end = written.start, written.end
        text = self._data[start:end]
        parts = plain_parts(text)
        is_plain = parts is not None and parts[1] == old
        if not is_plain and self._is_nested:
            raise UneditableError(value)
        if value == [old]:
            return [Edit(start, start, b"["), Edit(end, end, b"]")]
        if isinstance(value, str):
            if parts is not None and is_plain:
                return [self._inside_quotes(start, end, parts[0], value)]
            return [text_edit(self._data, (start, end), old, value, self._syntax or "json")]
        if not is_plain:
            text_edit(self._data, (start, end), old, old, self._syntax or "json")  # it has to be one literal
        return [Edit(start, end, self._manner().spelled(value))]

    def _brackets_at(self, written: Written, path: Path) -> _Members:
        """Return the members of an object or array that is a literal in brackets."""
        if self._text[written.start : written.start + 1] not in (b"{", b"["):
            raise UneditableError(path)
        return self._members_of(written, path)

    def _has_comment(self, start: int, end: int) -> bool:
        return any(token.kind == "comment" for token in tokens(self._text, self._syntax or "json", start, end))

    def _members_of(self, holder: Written, path: Path) -> _Members:
        """Return the members of an object or array, or of a call with keywords."""
        if id(holder) not in self._members:
            start, end = holder.start, holder.end
            is_call = self._text[start : start + 1] not in (b"{", b"[")
            if is_call and (self._syntax != "python" or holder.properties is None):
                raise UneditableError(path)
            if is_call and holder is self._root:
                start, end = self._call
            if self._syntax == "json" and b"\\" in self._data[start:end]:
                raise UneditableError(path)
            found = list(tokens(self._text, self._syntax or "json", start, end))
            if self._syntax == "json" and any(self._is_strange(token) for token in found):
                raise UneditableError(path)
            members = _split(found, path)
            if self._is_notebook:
                # An escape is filled up with blanks before the character.
                moved = [each._replace(start=each.start - self._is_in_escape(each.start)) for each in members.all]
                members = members._replace(all=moved)
            self._members[id(holder)] = members
        return self._members[id(holder)]

    def _is_strange(self, token: Token) -> bool:
        """Whether a token does not belong to JSON: it begins a comment, or stands for something else."""
        return token.kind == "other" and self._text[token.start] not in b":-+."

    def _place(self, path: Path) -> tuple[_Members, int]:
        """Return the members that a property or an item is one of, and its number among them."""
        holder = self._written(path[:-1])
        if holder.properties is not None:
            start = self._property(path)[1].key[0]
            members = self._members_of(holder, path)
            found = [number for number, member in enumerate(members.all) if member.start == start]
        else:
            item = self._literal(path)
            members = self._members_of(holder, path)
            # What is not the item alone may be a comprehension.
            own = (item.start, item.end)
            found = [number for number, member in enumerate(members.all) if (member.start, member.end) == own]
        if len(found) != 1:
            raise UneditableError(path)
        pattern = _UNCERTAIN[self._syntax or "json"]
        around = members.all[max(0, found[0] - 1) : found[0] + 1]
        if pattern is not None and any(pattern.search(self._text, each.start, each.end) for each in around):
            raise UneditableError(path)
        return members, found[0]

    def _removal(self, path: Path) -> list[Edit]:
        members, number = self._place(path)
        member = members.all[number]
        if member.has_comment:
            raise UneditableError(path)
        behind = member.end if member.comma is None else member.comma + 1
        before = members.all[number - 1].comma if number else None
        is_last = number == len(members.all) - 1
        following = members.closing if is_last else members.all[number + 1].start
        start, end = self._range_alone(member.start, behind, following)
        if before is None or not is_last:
            return [Edit(start, end, b"")]
        is_apart = self._text[end - 1] in b"\r\n" or self._begins_comment(end)
        if not (is_apart and self._is_first_on_line(member.start)) and self._is_blank(before + 1, member.start):
            return [Edit(before, member.end, b"")]
        surplus = [Edit(before, before + 1, b"")] if member.comma is None else []
        return [Edit(start, end, b""), *surplus]

    def _range_alone(self, start: int, behind: int, following: int) -> tuple[int, int]:
        """Return the range of a member, its comma, and the blanks or the lines that it takes up alone."""
        end = min(self._end_of_blanks(behind), following)
        newline = _NEWLINE.match(self._text, end)
        if newline and self._is_first_on_line(start):
            return self._line_start(start), newline.end()
        if end == following or self._is_first_on_line(start):
            return start, end
        return self._blanks_before(start), behind

    def _is_blank(self, start: int, end: int) -> bool:
        return not self._text[start:end].strip()

    def _begins_comment(self, place: int) -> bool:
        token = next(tokens(self._text, self._syntax or "json", place, min(len(self._text), place + 1000)), None)
        return token is not None and token.kind == "comment" and token.start == place

    def _line_start(self, place: int) -> int:
        return max(self._text.rfind(b"\n", 0, place), self._text.rfind(b"\r", 0, place)) + 1

    def _is_first_on_line(self, place: int) -> bool:
        return not self._text[self._line_start(place) : place].strip(b" \t")

    def _blanks_before(self, place: int) -> int:
        start = place
        while start and self._text[start - 1] in b" \t":
            start -= 1
        return place if start and self._text[start - 1] in b"\r\n" else start

    def _end_of_blanks(self, place: int) -> int:
        found = _BLANKS.match(self._text, place)
        return found.end() if found else place

    def _addition(self, path: Path, value: Any) -> list[Edit]:
        holder = self._written(path[:-1])
        if path[:-1]:
            self._literal(path[:-1])
        if holder.is_open or holder.unknown is not None or (_has_none(value) and self._unknown):
            raise UneditableError(path)
        members = self._members_of(holder, path)
        manner = self._manner()
        text = manner.spelled(value)
        if holder.properties is not None:
            if path[-1] in holder.properties:
                raise UneditableError(path)
            text = self._new_member(holder, members, str(path[-1]), text, manner)
        elif holder.items is None or len(members.all) != len(holder.items):
            raise UneditableError(path)
        elif isinstance(path[-1], int) and path[-1] < len(members.all):
            return [self._insertion(members.all[path[-1]].start, text)]
        if not members.all:
            return [Edit(members.opening + 1, members.opening + 1, text)]
        keys = [member.key for member in (holder.properties or {}).values()]
        starts = {key[0] for key in keys} or {item.start for item in holder.items or ()}
        if members.all[-1].start not in starts:
            # The last argument is not a part of the body, such as a timeout.
            first = next((member for member in members.all if member.start in starts), None)
            if first is not None and holder.properties is not None and self._syntax in {"python", "javascript"}:
                return [self._insertion(first.start, text)]
            raise UneditableError(path)  # something unknown, or the sign of a quotation before it
        return self._appended(members, text)

    def _new_member(self, holder: Written, members: _Members, name: str, text: bytes, manner: Manner) -> bytes:
        if self._text[members.opening : members.opening + 1] == b"(":
            if not is_name(name, "python"):
                raise UneditableError(name)
            return name.encode() + b"=" + text
        keys = [self._data[slice(*member.key)] for member in (holder.properties or {}).values()]
        is_bare = self._syntax == "javascript" and (not keys or _NAME.fullmatch(keys[-1]) is not None)
        parts = plain_parts(keys[-1]) if keys else None
        return (manner if parts is None else manner._replace(quote=parts[0])).member(name, text, is_bare=is_bare)

    def _insertion(self, start: int, text: bytes) -> Edit:
        return Edit(start, start, text + b"," + (self._line_break(start) or b" "))

    def _line_break(self, place: int) -> bytes:
        """Return the end of the line before a position and its indentation, if nothing else stands before it."""
        first = self._line_start(place)
        if not first or not self._is_first_on_line(place):
            return b""
        newline = b"\r\n" if self._text.endswith(b"\r\n", 0, first) else self._text[first - 1 : first]
        return newline + self._text[first:place]

    def _appended(self, members: _Members, text: bytes) -> list[Edit]:
        """Add a member after the last one, on a line of its own if that has one."""
        last = members.all[-1]
        behind = last.end if last.comma is None else last.comma + 1
        comma = b"," if last.comma is None else b""
        line_break = self._line_break(last.start)
        trailing = b"," if last.comma is not None else b""
        newline = _NEWLINE.search(self._text, behind, members.closing) if line_break else None
        if not newline:
            if self._text[last.end : members.closing].strip(b", \t\r\n"):
                raise UneditableError(text)  # a comment
            separator = line_break or b" "
            return [Edit(last.end, last.end, b"," + separator + text)]
        if newline.start() == behind:
            return [Edit(behind, behind, comma + line_break + text + trailing)]
        found = [Edit(newline.start(), newline.start(), line_break + text + trailing)]
        return [Edit(behind, behind, b","), *found] if comma else found


def _split(found: list[Token], path: Path) -> _Members:
    """Split the last pair of brackets of a text into its members."""
    first = _opening(found, path)
    depth = 0
    members: list[_Member] = []
    own: list[Token] = []
    for token in found[first + 1 : -1]:
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0 and token.kind == "comma":
            members.append(_member(own, token.start, path))
            own = []
        elif own or token.kind not in _BETWEEN:
            own.append(token)
    while own and own[-1].kind in _BETWEEN:
        own.pop()
    if own:
        members.append(_member(own, None, path))
    return _Members(found[first].start, found[-1].start, members)


def _opening(found: list[Token], path: Path) -> int:
    """Return the number of the bracket that the last token closes."""
    opened: list[int] = []
    first = None
    for number, token in enumerate(found):
        first = None
        if token.kind == "open":
            opened.append(number)
        elif token.kind == "close":
            if not opened:
                raise UneditableError(path)
            first = opened.pop()
    if first is None or opened:
        raise UneditableError(path)
    return first


def _member(own: list[Token], comma: int | None, path: Path) -> _Member:
    written = [token for token in own if token.kind not in _BETWEEN]
    if not written:
        raise UneditableError(path)
    return _Member(written[0].start, written[-1].end, comma, any(token.kind == "comment" for token in own))


def _has_none(value: Any) -> bool:
    """Whether a value has a None, which may stand for something that is not spelled out."""
    waiting = [value]
    while waiting:
        inner = waiting.pop()
        if inner is None:
            return True
        if isinstance(inner, (dict, list)):
            waiting += inner.values() if isinstance(inner, dict) else inner
    return False

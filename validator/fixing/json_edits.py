"""Turn operations into edits of a JSON text that leave every other byte alone.

Also the base class of the edits of YAML.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..documents.jsonc import comma_behind
from ..places.locate import skip_space

if TYPE_CHECKING:
    from ..common.pointer import Path
    from ..documents import Document
    from ..fixes.fix import Operation
    from ..places.locate import Span

NEWLINE: Final = re.compile(rb"\r\n|\n|\r")
_NEWLINE_OR_COMMENT: Final = re.compile(rb"\r\n|\n|\r|//[^\r\n]*|/\*.*?\*/", re.DOTALL)
_CHARACTER: Final = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[\x00-\x7f]|[\xc0-\xff][\x80-\xbf]*",
    re.DOTALL,
)
LONG: Final = "messages"
"""The property of a request before which new ones are added, because it goes on for pages."""


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """A range of bytes and the text that replaces it."""

    start: int
    end: int
    text: bytes


class UneditableError(Exception):
    """Raised where an operation is impossible in the way that a text is written."""


@dataclass(frozen=True, slots=True)
class Manner:
    """The style in which a text writes its JSON."""

    is_spaced: bool
    """Whether a space follows colons and commas."""
    is_ascii: bool
    """Whether characters beyond ASCII are escaped."""

    def spelled(self, value: Any) -> bytes:
        """Spell a value in this style, on one line."""
        separators = (", ", ": ") if self.is_spaced else (",", ":")
        return json.dumps(value, ensure_ascii=self.is_ascii, separators=separators).encode()


def manner_of(data: bytes) -> Manner:
    """Return the style in which a text writes its JSON."""
    return Manner(is_spaced=b'":' not in data or b'": ' in data, is_ascii=data.isascii() and b"\\u" in data)


def edited(data: bytes, edits: Iterable[Edit], start: int = 0) -> bytes:
    """Apply edits to a text. Their offsets count from `start`, and they must not overlap."""
    pieces: list[bytes] = []
    position = 0
    for edit in sorted(edits):
        pieces += [data[position : start + edit.start], edit.text]
        position = start + edit.end
    return b"".join([*pieces, data[position:]])


def moves_content(operations: Iterable[Operation]) -> bool:
    """Whether a fix moves what it removes: comments inside it would be lost without notice."""
    return any(operation.op in {"add", "replace"} for operation in operations)


class Editor(ABC):
    """Makes edits of a text, in any format."""

    def __init__(self, document: Document, operations: Iterable[Operation]) -> None:
        """Look up the places that `operations` need; `edits` accepts no others."""
        self._data = document.data
        self._value = document.value
        self._locate = document.locate
        self._spans = document.locate({path for operation in operations for path in self._needed(operation)})

    @abstractmethod
    def _needed(self, operation: Operation) -> Iterable[Path]:
        """Return the paths whose places are asked for."""

    @abstractmethod
    def edits(self, operations: Iterable[Operation]) -> list[Edit]:
        """Return the edits that do operations to the text.

        Raises:
            UneditableError: for an operation that cannot be done to this text.
        """

    def value_at(self, path: Path) -> Any:
        """Return the value at a path.

        Raises:
            UneditableError: if there is none.
        """
        value = self._value
        try:
            for step in path:
                value = value[step]
        except (LookupError, TypeError) as error:
            raise UneditableError(path) from error
        return value

    def _span(self, path: Path) -> Span:
        span = self._spans.get(path)
        if span is None:
            raise UneditableError(path)
        return span


class JsonEditor(Editor):
    """Makes edits of a JSON text, with or without comments."""

    def __init__(self, document: Document, operations: Iterable[Operation]) -> None:
        super().__init__(document, operations)
        self._plain = document.text
        self._manner = manner_of(document.data)

    def edits(self, operations: Iterable[Operation]) -> list[Edit]:
        """Return the edits that do operations to the text.

        Raises:
            UneditableError: for an operation that cannot be done to this text.
        """
        found: list[Edit] = []
        operations = list(operations)
        for operation in operations:
            path = operation.path
            if operation.op == "move":
                key = self._span(operation.source or ()).key
                if key is None:
                    raise UneditableError(path)
                found.append(Edit(*key, self._manner.spelled(path[-1])))
            elif operation.op == "replace":
                found.append(self._replacement(path, operation.value))
            elif operation.op == "remove":
                removed = self._removal(path)
                if moves_content(operations) and any(self._has_comment(edit.start, edit.end) for edit in removed):
                    raise UneditableError(path)
                found += removed
            else:
                found.append(self._addition(path, operation.value))
        return found

    def _has_comment(self, start: int, end: int) -> bool:
        return self._data[start:end] != self._plain[start:end]

    def _needed(self, operation: Operation) -> Iterator[Path]:
        """Yield the paths whose places an operation needs: its own, its neighbours' and its container's."""
        path = operation.path if operation.source is None else operation.source
        yield path
        yield path[:-1]
        if operation.op in {"add", "remove"}:
            try:
                steps = _steps(self.value_at(path[:-1]))
            except UneditableError:
                return
            if operation.op == "add":
                yield from ((*path[:-1], step) for step in steps if step in (LONG, path[-1], steps[-1]))
            elif path[-1] in steps:
                index = steps.index(path[-1])
                yield from ((*path[:-1], step) for step in steps[max(0, index - 1) : index + 2])

    def _member(self, path: Path) -> tuple[int, int]:
        """Return the span of an item, or of a property with its key."""
        span = self._span(path)
        return (span.start if span.key is None else span.key[0]), span.end

    def _replacement(self, path: Path, value: Any) -> Edit:
        span, old = self._span(path), self.value_at(path)
        if isinstance(old, str) and isinstance(value, str):
            return self._string_edit(span, old, value)
        if value == [old]:
            return Edit(span.start, span.end, b"[" + self._data[span.start : span.end] + b"]")
        if self._has_comment(span.start, span.end):
            raise UneditableError(path)
        return Edit(span.start, span.end, self._manner.spelled(value))

    def _string_edit(self, span: Span, old: str, new: str) -> Edit:
        """Edit only the characters of a string that differ: the others keep their own way of escaping."""
        shortest = min(len(old), len(new))
        same = next((index for index in range(shortest) if old[index] != new[index]), shortest)
        tail = next((index for index in range(shortest - same) if old[-1 - index] != new[-1 - index]), shortest - same)
        ends = [span.start + 1]
        ends += [match.end() for match in _CHARACTER.finditer(self._plain, span.start + 1, span.end - 1)]
        if len(ends) != len(old) + 1:
            return Edit(span.start, span.end, self._manner.spelled(new))
        middle = self._manner.spelled(new[same : len(new) - tail])[1:-1]
        return Edit(ends[same], ends[len(old) - tail], middle)

    def _removal(self, path: Path) -> list[Edit]:
        steps = _steps(self.value_at(path[:-1]))
        if path[-1] not in steps:
            raise UneditableError(path)
        index = steps.index(path[-1])
        if index < len(steps) - 1:
            before = self._member((*path[:-1], steps[index - 1]))[1] if index else self._span(path[:-1]).start + 1
            return self._removal_before(path, before, (*path[:-1], steps[index + 1]))
        return self._removal_behind(path, (*path[:-1], steps[index - 1])) if index else self._removal_alone(path)

    def _removal_alone(self, path: Path) -> list[Edit]:
        holder = self._span(path[:-1])
        inside = slice(holder.start + 1, holder.end - 1)
        if self._plain[inside] == self._data[inside]:
            return [Edit(inside.start, inside.stop, b"")]
        start, end = self._member(path)
        behind = self._behind(end)
        return [Edit(start, end, b"")] + [Edit(behind - 1, behind, b"")] * (behind > end)

    def _removal_before(self, path: Path, before: int, neighbour: Path) -> list[Edit]:
        """Remove a member that another follows, and keep the comments of that one."""
        start, end = self._member(path)
        following, _ = self._member(neighbour)
        behind = self._comma_between(end, following, path) + 1
        line = self._whole_lines(before, start, behind, following)
        if line is None:
            breaks = self._line_breaks(behind, following)
            gap = self._data[before:start]
            if (
                breaks
                and gap.strip() == b","
                and not NEWLINE.search(gap)
                and not self._data[behind : breaks[0][0]].strip()
            ):
                line = before + gap.index(b",") + 1, behind  # it ends a line that others share: the next line stays one
            else:
                line = start, skip_space(self._data, breaks[0][1] if breaks else behind)
        return [Edit(*line, b"")]

    def _removal_behind(self, path: Path, neighbour: Path) -> list[Edit]:
        """Remove the last member, and keep the comments of the one before it."""
        start, end = self._member(path)
        _, before = self._member(neighbour)
        comma = self._comma_between(before, start, path)
        behind = self._behind(end)
        line = self._whole_lines(before, start, behind, self._span(path[:-1]).end - 1)
        if line is not None:
            return [Edit(*line, b"")] if behind > end else [Edit(comma, comma + 1, b""), Edit(*line, b"")]
        breaks = self._line_breaks(comma + 1, start)
        own = breaks[-1][1] if breaks else comma + 1
        if self._data[comma + 1 : own].strip():
            return [Edit(comma, comma + 1, b""), Edit(own, end, b"")]
        return [Edit(comma, end, b"")]

    def _comma_between(self, end: int, start: int, path: Path) -> int:
        """Return the position of the comma between neighbours.

        Raises:
            UneditableError: if they are not neighbours, because one is a property that the object has twice.
        """
        between = self._plain[end:start]
        if between.strip() != b",":
            raise UneditableError(path)
        return end + between.index(b",")

    def _behind(self, end: int) -> int:
        """Return the position after the comma that follows a member, or after the member if none does."""
        comma = skip_space(self._plain, end)
        if self._plain[comma : comma + 1] == b",":
            return comma + 1
        surplus = comma_behind(self._data, end)  # of JSON with comments, which is blanked in the plain text
        return end if surplus is None else surplus + 1

    def _whole_lines(self, before: int, start: int, behind: int, following: int) -> tuple[int, int] | None:
        """Return the span of the lines that hold only a member, its comma and comments; None if others share them.

        Args:
            before: Where the previous token ends.
            start: Where the member begins.
            behind: Where its comma ends.
            following: Where the next token begins.
        """
        above, below = self._line_breaks(before, start), self._line_breaks(behind, following)
        if not above or not below or self._plain[above[-1][1] : start].strip():
            return None
        return above[-1][1], below[0][1]

    def _line_breaks(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the line breaks between members, without those inside comments."""
        found = _NEWLINE_OR_COMMENT.finditer(self._data, start, end)
        return [match.span() for match in found if not match[0].startswith(b"/")]

    def _addition(self, path: Path, value: Any) -> Edit:
        holder = self.value_at(path[:-1])
        steps = _steps(holder)
        text = self._manner.spelled(value)
        if isinstance(holder, dict):
            text = self._manner.spelled({path[-1]: value})[1:-1]
        if not steps:
            inside = self._span(path[:-1]).start + 1
            return Edit(inside, inside, text)
        behind = LONG if isinstance(holder, dict) else path[-1]
        if behind in steps:
            start, _ = self._member((*path[:-1], behind))
            return Edit(start, start, text + b"," + self._separator(start))
        start, end = self._member((*path[:-1], steps[-1]))
        return Edit(end, end, b"," + self._separator(start) + text)

    def _separator(self, start: int) -> bytes:
        """Return the white space before a member: a line break with its indentation, a space, or nothing."""
        first = start
        while first and self._data[first - 1] in b" \t":
            first -= 1
        indentation = self._data[first:start]
        before = self._data[max(0, first - 2) : first]
        if before.endswith(b"\r\n"):
            return b"\r\n" + indentation
        if before[-1:] in (b"\n", b"\r"):
            return before[-1:] + indentation
        return b" " if self._manner.is_spaced else b""


def _steps(holder: Any) -> list[Any]:
    if isinstance(holder, dict):
        return list(holder)
    if isinstance(holder, list):
        return list(range(len(holder)))
    raise UneditableError(holder)

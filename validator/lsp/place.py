"""A place in a request: the cursor, and what the schemas allow there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal

from ..common.pointer import Path
from .brackets import Brackets, Cursor, Holder
from .shapes import Property, Shape, Shapes

if TYPE_CHECKING:
    from .text import Text


@dataclass(frozen=True, slots=True)
class Spelling:
    """How the source around a place writes properties and values, if it is neither JSON nor YAML."""

    is_code: bool = False
    language: Literal["json", "python", "javascript", "shell"] = "json"
    quote: str = '"'
    is_keyword: bool = False
    """Whether properties are keywords of a call."""
    has_bare_keys: bool = False
    """Whether keys are written without quotation marks."""
    is_quoted: bool = False
    """Whether there is a quotation mark already."""
    has_value: bool = False
    """Whether the key that is typed has its colon or sign of equality already."""
    follows: bool = False
    """Whether another member follows without a comma between."""
    is_long: bool = False
    """Whether the members around stand on lines of their own."""


JSON: Final = Spelling()


@dataclass(frozen=True)
class Place:
    """The cursor in a document, and what the schemas allow there."""

    text: Text
    brackets: Brackets
    shapes: Shapes
    value: Any
    """The value of the document; recovered if it is broken."""
    offset: int
    """The byte offset of the cursor in the whole text."""
    start: int = 0
    """The byte offset of the document in the text, which is not 0 for most lines of JSON Lines."""
    written: tuple[int, int] | None = None
    """The byte range in the text of the token at the cursor, if `brackets` are those of another text (YAML, code)."""
    is_yaml: bool = False
    indentation: str = ""
    """In YAML, the indentation of another property of the object, in addition to that of the line."""
    has_colon: bool = False
    """In YAML, whether the key that is being typed has its colon already."""
    spelling: Spelling = JSON
    """How the source spells it, if it is code."""

    @cached_property
    def cursor(self) -> Cursor:
        """The cursor, with offsets relative to the document."""
        return self.brackets.cursor(self.offset - self.start)

    @property
    def token(self) -> tuple[int, int]:
        """The byte range in the text of the token at the cursor."""
        if self.written is not None:
            return self.written
        first, last = self.cursor.token
        return self.start + first, self.start + last

    @property
    def has_value(self) -> bool:
        """Whether the key at the cursor has its colon already."""
        if self.is_yaml:
            return self.has_colon
        if self.spelling.is_code:
            return self.spelling.has_value
        first, last = self.cursor.token
        return first < last and self.brackets.data[last:].lstrip()[:1] == b":"

    @property
    def follows(self) -> bool:
        """Whether a comma is missing before the next member."""
        return self.spelling.follows if self.spelling.is_code else self.cursor.follows and not self.is_yaml

    @property
    def path(self) -> Path:
        """The path of the value at the cursor, or of the object whose key it is at."""
        return self.cursor.path

    @cached_property
    def object_shapes(self) -> list[Shape]:
        """The possible shapes of the innermost container around the cursor, given its other properties."""
        return self._shapes_at(self.path if self.cursor.is_key else self.path[:-1], len(self.cursor.holders))

    @cached_property
    def every_object_shape(self) -> list[Shape]:
        """The possible shapes of the innermost container, whatever its `type` is."""
        path = self.path if self.cursor.is_key else self.path[:-1]
        return self._shapes_at(path, len(self.cursor.holders) - 1)

    @cached_property
    def value_shapes(self) -> list[Shape]:
        """The possible shapes of the value at the cursor."""
        return self._shapes_at(self.path, len(self.cursor.holders))

    @cached_property
    def properties(self) -> list[Property]:
        """The properties that the innermost object may have."""
        return self.shapes.properties(self.object_shapes)

    def property_named(self, name: str) -> Property | None:
        """Return the property of that name."""
        return next((each for each in self.properties if each.name == name), None)

    @property
    def present(self) -> frozenset[str]:
        """The names of the properties of the innermost object, without the one at the cursor."""
        return self._names(self.cursor.holders[-1]) if self.cursor.holders else frozenset()

    def _shapes_at(self, path: Path, depth: int) -> list[Shape]:
        """Return the possible shapes at a path, given the properties of the outermost `depth` containers."""
        holders = self.cursor.holders[:depth]
        return self.shapes.at(path, [self._known(each) for each in holders], [self._names(each) for each in holders])

    def _known(self, holder: Holder) -> Callable[[str], Any]:
        return lambda name: holder.scalar(self.brackets.data, name)

    def _names(self, holder: Holder) -> frozenset[str]:
        if not holder.is_object:
            return frozenset()
        return frozenset(
            str(member.step)
            for member in holder.members
            if member.key is not None and (member.key != self.cursor.token or not self.cursor.is_key)
        )

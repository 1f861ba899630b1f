"""A place in a request: the cursor, and what may stand there by the schemas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..common.pointer import Path
from .brackets import Brackets, Cursor, Holder
from .shapes import Property, Shape, Shapes

if TYPE_CHECKING:
    from .text import Text


@dataclass(frozen=True)
class Place:
    """The cursor in a document, and what the schemas say of it."""

    text: Text
    brackets: Brackets
    shapes: Shapes
    value: Any
    """What the document holds; where it is broken, what could be made of it."""
    offset: int
    """The byte of the whole text at which the cursor stands."""
    start: int = 0
    """Where the document begins in the text, in bytes: not at 0 in a line of many."""
    written: tuple[int, int] | None = None
    """The bytes of the text that the cursor stands in, where the brackets is that of another text."""
    is_yaml: bool = False
    indentation: str = ""
    """In YAML, what stands before another property of the object, beside the indentation of the line."""
    has_colon: bool = False
    """In YAML, whether what is being typed is a key that has a colon already."""

    @cached_property
    def cursor(self) -> Cursor:
        """Where the cursor stands; its bytes count from the beginning of the document."""
        return self.brackets.cursor(self.offset - self.start)

    @property
    def token(self) -> tuple[int, int]:
        """The bytes of the text that the cursor stands in."""
        if self.written is not None:
            return self.written
        first, last = self.cursor.token
        return self.start + first, self.start + last

    @property
    def has_value(self) -> bool:
        """Whether a key that the cursor stands in has its colon already."""
        if self.is_yaml:
            return self.has_colon
        first, last = self.cursor.token
        return first < last and self.brackets.data[last:].lstrip()[:1] == b":"

    @property
    def path(self) -> Path:
        """The path of the value that the cursor stands in, or of the object whose property it names."""
        return self.cursor.path

    @cached_property
    def object_shapes(self) -> list[Shape]:
        """What the innermost container around the cursor may be, by what else is in it."""
        return self._shapes_at(self.path if self.cursor.is_key else self.path[:-1], len(self.cursor.holders))

    @cached_property
    def every_object_shape(self) -> list[Shape]:
        """What the innermost container may be whatever its `type` is."""
        path = self.path if self.cursor.is_key else self.path[:-1]
        return self._shapes_at(path, len(self.cursor.holders) - 1)

    @cached_property
    def value_shapes(self) -> list[Shape]:
        """What may stand where the cursor is, if that is the place of a value."""
        return self._shapes_at(self.path, len(self.cursor.holders))

    @cached_property
    def properties(self) -> list[Property]:
        """The properties that the innermost object may have."""
        return self.shapes.properties(self.object_shapes)

    def property_named(self, name: str) -> Property | None:
        """Return one of them."""
        return next((each for each in self.properties if each.name == name), None)

    @property
    def present(self) -> frozenset[str]:
        """The properties that the innermost object has, without the one at the cursor."""
        return self._names(self.cursor.holders[-1]) if self.cursor.holders else frozenset()

    def _shapes_at(self, path: Path, depth: int) -> list[Shape]:
        """Return what may stand at the end of a path, by what the first containers around the cursor hold."""
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

"""Find what the schemas allow at a place of a request, complete or not."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final

from ..schema.store import bundle, definition_named

if TYPE_CHECKING:
    from ..common.pointer import Path
    from ..schema.projection import Schema, View

_NOTES: Final = ("description", "deprecated", "x-instead", "x-aliases")
"""Annotations beside a `$ref`, which take precedence over those of the definition."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One of the values that a place may have."""

    schema: Schema
    """Its schema, with a `$ref` at the top resolved."""
    name: str = ""
    """The name of its definition."""
    tag: str | None = None
    """For a member of a union, the value of the discriminating property."""


@dataclass(frozen=True, slots=True)
class Property:
    """A property that an object may have."""

    name: str
    shapes: tuple[Shape, ...]
    description: str
    is_required: bool
    owner: Shape
    """The shape that has the property; the first of several."""
    is_tag: bool = False
    """Whether its value discriminates the members of a union."""


Lookup = Callable[[str], Any]
"""Returns the scalar value of an object's property; None if there is none."""


class Shapes:
    """Looks up places in the schema of a request."""

    def __init__(self, shape: str, view: View) -> None:
        self._root: Schema = bundle(shape, view)
        self._definitions: dict[str, Schema] = self._root["$defs"]

    def at(self, path: Path, known: Sequence[Lookup], names: Sequence[frozenset[str]]) -> list[Shape]:
        """Return the shapes that the value at a path may have; a union gives one shape per member.

        Args:
            path: The path.
            known: For each container on the way, the outermost first, a lookup of its scalars.
            names: For each of them, the names of its properties.
        """
        shapes = list(self._spread(self._root, "", _nothing, frozenset()))
        for depth, step in enumerate(path):
            there = names[depth] if depth < len(names) else frozenset()
            inner = known[depth + 1] if depth + 1 < len(known) else _nothing
            inner_names = names[depth + 1] if depth + 1 < len(names) else frozenset()
            held = [schema for shape in _meant(shapes, there) for schema in _below(shape.schema, step)]
            shapes = [shape for schema in held for shape in self._spread(schema, "", inner, inner_names)]
        return _unique(shapes)

    def properties(self, shapes: Sequence[Shape], names: Container[str] | None = None) -> list[Property]:
        """Return the properties that an object of one of several shapes may have, required ones first.

        Args:
            shapes: The shapes.
            names: The names of the properties to return; None for all.
        """
        objects = [shape for shape in shapes if "properties" in shape.schema]
        found: dict[str, list[tuple[Shape, Schema]]] = {}
        for shape in objects:
            for name, schema in shape.schema["properties"].items():
                if names is None or name in names:
                    found.setdefault(name, []).append((shape, schema))
        properties = []
        for name, sources in found.items():
            inner = [each for _, schema in sources for each in self._spread(schema, "", _nothing, frozenset())]
            required = [name in shape.schema.get("required", ()) for shape, _ in sources]
            description = self.description(sources[0][1])
            is_tag = name in self._tag_names and all(shape.tag is not None for shape, _ in sources)
            is_required = all(required) and len(sources) == len(objects)
            properties.append(Property(name, tuple(_unique(inner)), description, is_required, sources[0][0], is_tag))
        return sorted(properties, key=lambda each: not each.is_required)

    def description(self, schema: Schema) -> str:
        """Return the description of a schema, or else that of the definition it refers to."""
        while "description" not in schema and "$ref" in schema:
            schema = self._definitions[definition_named(schema["$ref"])]
        return str(schema.get("description", ""))

    def member(self, shapes: Sequence[Shape], tag: str) -> Shape | None:
        """Return the member of a union with a tag."""
        return next((shape for shape in shapes if shape.tag == tag), None)

    @cached_property
    def _tag_names(self) -> frozenset[str]:
        """The names of all discriminating properties."""
        unions = (schema["discriminator"] for schema in self._definitions.values() if "discriminator" in schema)
        return frozenset(union["propertyName"] for union in unions)

    def _spread(self, schema: Schema, name: str, known: Lookup, names: frozenset[str]) -> Iterator[Shape]:
        """Yield the shapes that a schema allows; for a union, only the members that match what the object has."""
        notes = _notes(schema)
        while "$ref" in schema:
            name = definition_named(schema["$ref"])
            schema = self._definitions[name]
            notes = _notes(schema) | notes
        if "anyOf" not in schema:
            yield Shape({**schema, **notes}, name, None)
            return
        tag_name = schema.get("discriminator", {}).get("propertyName")
        branches = [
            Shape(each.schema, each.name, each.tag or _tag(each.schema, tag_name))
            for branch in schema["anyOf"]
            for each in self._spread(branch, name, known, names)
        ]
        yield from self._chosen(branches, tag_name, known, names)

    def _chosen(
        self, branches: list[Shape], tag_name: str | None, known: Lookup, names: frozenset[str]
    ) -> Sequence[Shape]:
        tag = known(tag_name) if tag_name is not None else None
        if tag_name is None:
            return branches
        if isinstance(tag, str):
            meant = [shape for shape in branches if tag in _tags(shape.schema, tag_name)]
            if meant:
                return [Shape(shape.schema, shape.name, tag) for shape in meant]
        fitting = [shape for shape in branches if names - {tag_name} <= shape.schema.get("properties", {}).keys()]
        return fitting or branches


@lru_cache(maxsize=16)
def shapes_of(shape: str, view: View) -> Shapes:
    """Return the `Shapes` of a request and view; cached."""
    return Shapes(shape, view)


def _meant(shapes: list[Shape], names: frozenset[str]) -> list[Shape]:
    """Keep the shapes that allow the properties present, or all if none does."""
    return [shape for shape in shapes if names <= shape.schema.get("properties", {}).keys()] or shapes


def _below(schema: Schema, step: str | int) -> Iterator[Schema]:
    if isinstance(step, int):
        items = schema.get("items")
        if isinstance(items, dict):
            yield items
        return
    inner = schema.get("properties", {}).get(step, schema.get("additionalProperties"))
    if isinstance(inner, dict):
        yield inner


def _notes(schema: Schema) -> Schema:
    return {note: schema[note] for note in _NOTES if note in schema}


def _tag(schema: Schema, tag_name: str | None) -> str | None:
    tags = _tags(schema, tag_name) if tag_name is not None else []
    return tags[0] if tags else None


def _tags(schema: Schema, tag_name: str) -> list[str]:
    """Return the values of an object's discriminating property."""
    tag = schema.get("properties", {}).get(tag_name, {})
    return [tag["const"]] if "const" in tag else [value for value in tag.get("enum", ()) if isinstance(value, str)]


def _unique(shapes: Sequence[Shape]) -> list[Shape]:
    found: list[Shape] = []
    for shape in shapes:
        if shape not in found:
            found.append(shape)
    return found


def _nothing(name: str) -> None:  # noqa: ARG001 - it knows nothing of any name
    return None

"""The gate: whether the schema accepts a request, yes or no, at the speed of `jsonschema-rs`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache
from operator import is_not
from typing import Any, Final

import jsonschema_rs
import orjson

from ..common.prepared import PACKAGE, prepared
from .formats import FORMATS
from .projection import Schema, View
from .store import bundle, definition_named, folder, tags_of

Verdict = Callable[[Any], bool]

_MESSAGES: Final = "messages"
_PARAMS: Final = "params"
_ANNOTATIONS: Final = frozenset({"description", "title", "default", "examples", "deprecated", "discriminator"})
"""The keywords of our schemas that refuse nothing, beside `x-…`."""
_NAMED: Final = frozenset({"properties", "$defs"})
"""The keywords whose values are schemas by name."""
_PLAIN: Final = frozenset({"const", "enum", "required", "type"})
"""The keywords whose values are not schemas."""
INT64_MAX: Final = 2**63 - 1
INT64_MIN: Final = -(2**63)
_SLICE: Final = 128
"""Items of an array that are validated in one call: a call costs about as much as a few items."""


class Gate:
    """The compiled validators of one shape of request in one view; safe to share between threads."""

    def __init__(self, shape: str, view: View) -> None:
        """Join the schema of `shape`; `KeyError` for an unknown shape or view."""
        usual = _usual() if (shape, view) == USUAL else None
        self.schema: Final[Schema] = joined(shape, view) if usual is None else usual["schema"]
        self._assertions: str | None = None if usual is None else usual["parts"]
        self._definitions: dict[str, Verdict] = {}
        self._arrays: dict[str, jsonschema_rs.Draft202012Validator] = {}
        self._referred: dict[str, frozenset[str]] = {}
        """The definitions that each definition refers to itself."""

    @cached_property
    def accepts(self) -> Verdict:
        """Whether the schema accepts a value of plain JSON types; compiled on first use."""
        return self._verdict(self.schema)

    def accepts_setup(self, setup: dict[str, Any]) -> bool:
        """Whether the schema accepts the body of a request that is given without its messages."""
        return self._accepts_part({"setup": setup})

    def accepts_messages(self, messages: Any) -> bool:
        """Whether the schema accepts the messages of a request."""
        return self._accepts_part_with_data({_MESSAGES: messages})

    def accepts_messages_without_data(self, messages: Any) -> bool:
        """Whether the schema accepts messages without base64 data of images and documents."""
        return self._accepts_part({_MESSAGES: messages})

    def accepts_record(self, record: dict[str, Any]) -> bool:
        """Whether the schema accepts a request of a batch that is given without its `params`."""
        return self._accepts_part({"record": record})

    @cached_property
    def _accepts_part(self) -> Verdict:
        # Without formats: only the data in messages has one, and an engine that may call Python for a format takes a
        # third longer for everything else.
        if self._assertions is None:
            return self._verdict({"properties": self._parts()}, with_formats=False)
        verdict: Verdict = _compiled(self._assertions, with_formats=False).is_valid
        return verdict

    @cached_property
    def _accepts_part_with_data(self) -> Verdict:
        return self._verdict({"properties": self._parts()})

    def _parts(self) -> Schema:
        """Return the schemas of the parts that are validated separately; one schema, because they share definitions."""
        body = self._body
        parts = {"setup": _without(body, _MESSAGES), _MESSAGES: body["properties"][_MESSAGES]}
        return parts if body is self.schema else {**parts, "record": _without(self.schema, _PARAMS)}

    @property
    def _body(self) -> Schema:
        """The schema of the body of one request."""
        params = self.schema["properties"].get(_PARAMS)
        body: Schema = self.schema if params is None else self.schema["$defs"][definition_named(params["$ref"])]
        return body

    @cached_property
    def tool_types(self) -> frozenset[str]:
        """The types of tools."""
        return self.union_tags("Tool")

    @cached_property
    def block_types(self) -> frozenset[str]:
        """The types of content blocks, and of those in results."""
        return self.union_tags("ContentBlock") | self.union_tags("ToolResultContentBlock")

    def union_tags(self, definition: str) -> frozenset[str]:
        """Return the tags of a tagged union; an empty set where the edition has no such definition."""
        definitions = self.schema["$defs"]
        if definition not in definitions:
            return frozenset()
        union = definitions[definition]
        members = (definitions[definition_named(branch["$ref"])] for branch in union["anyOf"])
        return frozenset(tag for member in members for tag in tags_of(member, union["discriminator"]["propertyName"]))

    def accepts_as(self, definition: str, value: Any) -> bool:
        """Whether one definition of the schema accepts `value`."""
        return self._accepts_definition(definition)(value)

    def _accepts_definition(self, definition: str) -> Verdict:
        verdict = self._definitions.get(definition)
        if verdict is None:
            verdict = self._definitions[definition] = self._verdict({"$ref": f"#/$defs/{definition}"})
        return verdict

    def refused_items(self, definition: str, array: list[Any]) -> Iterator[tuple[int, Any]]:
        """Yield the items that a definition refuses, with their indices."""
        # In slices: each call into the engine has a cost, and in a long array most items are valid. Not the whole
        # array at once, because then one bad item would cost a call for each of the others.
        accepts = self._accepts_definition(definition)
        if len(array) <= _SLICE:
            for index, item in enumerate(array):
                if not accepts(item):
                    yield index, item
            return
        validator = self._arrays.get(definition)
        if validator is None:
            validator = self._arrays[definition] = self._compiled({"items": {"$ref": f"#/$defs/{definition}"}})
        for start in range(0, len(array), _SLICE):
            part = array[start : start + _SLICE]
            if not validator.is_valid(part):
                for index, item in enumerate(part, start):
                    if not accepts(item):
                        yield index, item

    def _verdict(self, schema: Schema, *, with_formats: bool = True) -> Verdict:
        verdict: Verdict = self._compiled(schema, with_formats=with_formats).is_valid
        return verdict

    def _compiled(self, schema: Schema, *, with_formats: bool = True) -> jsonschema_rs.Draft202012Validator:
        return _compiled({**schema, "$defs": self._needed_by(schema)}, with_formats=with_formats)

    def _needed_by(self, schema: Schema) -> dict[str, Schema]:
        """Return the definitions that a schema refers to, directly or not: the engine reads all that it is given."""
        definitions: dict[str, Schema] = self.schema["$defs"]
        needed: dict[str, Schema] = {}
        pending = list(_references(schema))
        while pending:
            name = pending.pop()
            if name not in needed:
                needed[name] = definitions[name]
                if name not in self._referred:
                    self._referred[name] = frozenset(_references(definitions[name]))
                pending += self._referred[name]
        return needed


def _references(schema: Any) -> Iterator[str]:
    """Yield the names of the definitions that a schema refers to itself."""
    if isinstance(schema, dict):
        reference = schema.get("$ref")
        if isinstance(reference, str):
            yield definition_named(reference)
        for value in schema.values():
            if isinstance(value, (dict, list)):
                yield from _references(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from _references(item)


@lru_cache(maxsize=256)
def gate_for(shape: str, view: View) -> Gate:
    """Return the gate of a shape and view, compiled once in a process."""
    return Gate(shape, view)


def joined(shape: str, view: View) -> Schema:
    """Return the schema of a shape and view as the gate compiles it."""
    return _with_bounded_integers(bundle(shape, view))  # type: ignore[no-any-return]


USUAL: Final = (_MESSAGES, View())
"""The shape and the view of most requests, for which a build prepares the schema."""
PREPARED: Final = "schema"
"""The name of what it prepares."""


def folders() -> dict[str, str]:
    """Return the folders of what it is made of."""
    return {"package": PACKAGE, "schemas": str(folder())}


@lru_cache(maxsize=1)
def _usual() -> dict[str, Any] | None:
    """Return the usual schema, and the text that is compiled of it; None if they are not prepared."""
    usual: dict[str, Any] | None = prepared(PREPARED, folders())
    return usual


def to_prepare() -> dict[str, Any]:
    """Return what a build prepares: the usual schema, and the text of its parts without what refuses nothing."""
    gate = Gate(*USUAL)
    parts = {"properties": gate._parts(), "$defs": gate.schema["$defs"]}  # noqa: SLF001 - of this module
    return {"schema": gate.schema, "parts": orjson.dumps(_assertions_of(parts)).decode()}


def _assertions_of(schema: Any) -> Any:
    """Copy a schema without annotations."""
    if isinstance(schema, list):
        return [_assertions_of(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        keyword: {name: _assertions_of(each) for name, each in value.items()}
        if keyword in _NAMED
        else value
        if keyword in _PLAIN
        else _assertions_of(value)
        for keyword, value in schema.items()
        if keyword not in _ANNOTATIONS and not keyword.startswith("x-")
    }


def _compiled(schema: Schema | str, *, with_formats: bool = True) -> jsonschema_rs.Draft202012Validator:
    formats = FORMATS if with_formats else None
    return jsonschema_rs.Draft202012Validator(schema, formats=formats, validate_formats=with_formats, offline=True)


def _without(schema: Schema, name: str) -> Schema:
    """Return the schema of an object without one of its properties, to be put into another document."""
    return {
        **{key: value for key, value in schema.items() if key not in {"$schema", "$id", "$defs"}},
        "properties": {key: value for key, value in schema["properties"].items() if key != name},
        "required": [key for key in schema["required"] if key != name],
    }


def _with_bounded_integers(schema: Any) -> Any:
    """Bound every integer to 64 bits: beyond them the API's own JSON reader turns an integer into a float.

    Parts without an integer are not copied.
    """
    if isinstance(schema, list):
        items = [_with_bounded_integers(value) if isinstance(value, dict) else value for value in schema]
        return items if any(map(is_not, items, schema)) else schema
    copy = schema
    for key, value in schema.items():
        if isinstance(value, (dict, list)):
            bounded = _with_bounded_integers(value)
            if bounded is not value:
                copy = schema.copy() if copy is schema else copy
                copy[key] = bounded
    if "type" in schema and "integer" in _type_names(schema):
        copy = {"maximum": INT64_MAX, "minimum": INT64_MIN, **copy}
    return copy


def _type_names(schema: Schema) -> list[str]:
    names = schema.get("type", [])
    return [names] if isinstance(names, str) else names if isinstance(names, list) else []

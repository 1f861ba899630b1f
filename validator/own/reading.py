"""What a schema reads of a value: to ask about a value that is known in part, and to ask about a part of a request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from ..common.unknown import NotKnownError, PartialArray, PartialObject, is_partial, is_unknown

_SAME_VALUE: Final = frozenset({"allOf", "anyOf", "oneOf", "not", "if", "then", "else"})
_OF_SCALARS: Final = frozenset(
    {
        "exclusiveMaximum",
        "exclusiveMinimum",
        "format",
        "maxLength",
        "maximum",
        "minLength",
        "minimum",
        "multipleOf",
        "pattern",
        "type",
    }
)
"""The keywords that look at no part of an object or array."""
_OF_LENGTH: Final = frozenset({"maxItems", "minItems"})
_SILENT: Final = frozenset(
    {
        "$comment",
        "$defs",
        "$schema",
        "default",
        "definitions",
        "deprecated",
        "description",
        "examples",
        "readOnly",
        "title",
        "writeOnly",
    }
)


@dataclass(slots=True)
class Reads:
    """The parts of a value that are read; empty if it only matters that the value exists."""

    everything: bool = False
    kind: bool = False
    """Whether its JSON type is read, and the value itself where it is not an object or array."""
    length: bool = False
    """Whether it is read how many items it has, where it is an array."""
    names: dict[str, Reads] = field(default_factory=dict)
    """What is read of its properties, where it is an object."""

    def of(self, schema: Any) -> Reads:
        """Add what a schema reads, and return it."""
        if not isinstance(schema, dict):
            return self
        for keyword, value in schema.items():
            if keyword in _SAME_VALUE:
                for each in value if isinstance(value, (list, tuple)) else [value]:
                    self.of(each)
            elif keyword in {"required", "properties"}:
                self.kind = True
                for name in value:
                    self.names.setdefault(name, Reads()).of(value[name] if keyword == "properties" else None)
            elif keyword in _OF_SCALARS:
                self.kind = True
            elif keyword in _OF_LENGTH:
                self.kind = self.length = True
            elif not _is_silent(keyword, value):
                self.everything = True
        return self

    def property_names(self) -> frozenset[str] | None:
        """Return the names of the properties that are read; None if all are."""
        return None if self.everything else frozenset(self.names)


def _is_silent(keyword: str, value: Any) -> bool:
    """Whether a keyword accepts every value."""
    is_open = keyword in {"additionalProperties", "items"} and value is True
    return is_open or keyword in _SILENT or keyword.startswith("x-")


def known(value: Any, reads: Reads) -> Any:
    """Return a plain value that has what is read of a value.

    Raises:
        NotKnownError: if some of that is unknown.
    """
    if is_unknown(value):
        # A value of any type may not be sent at all, so not even its existence is known.
        if reads.everything or reads.kind or value.kind == "any":
            raise NotKnownError
        return None
    if type(value) is PartialObject:
        if reads.everything:
            return _whole(value, dict(dict.items(value)), dict.values(value))
        return {
            name: known(value.peek(name), inner)
            for name, inner in reads.names.items()
            if not value.lacks(name) and _is_there(value, name)
        }
    if type(value) is PartialArray:
        if reads.everything:
            return _whole(value, [*value.peek()], value.peek())
        return [None] * len(value) if reads.length else []
    return value


def _whole(holder: PartialObject | PartialArray, plain: Any, members: Iterable[Any]) -> Any:
    """Return an object or array of which everything is known.

    Raises:
        NotKnownError: if something is unknown.
    """
    if holder.is_open or any(is_unknown(member) or is_partial(member) for member in members):
        raise NotKnownError
    return plain


def _is_there(holder: PartialObject, name: str) -> bool:
    """Whether an object certainly has a property.

    Raises:
        NotKnownError: if that is not known.
    """
    if dict.__contains__(holder, name):
        return True
    raise NotKnownError

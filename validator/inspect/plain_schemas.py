"""Judge the schemas that nearly every tool has, and values under them, without the engine.

A plain schema has the common keywords alone, each with a value of the right kind. To read it in Python costs a tenth of
compiling it, which pays only for a schema that comes again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from .json_schemas import TYPES

_NAMES_OF_TYPES: Final = frozenset(TYPES)
_TEXTS: Final = frozenset({"$schema", "description", "format", "pattern", "title"})
_COUNTS: Final = frozenset({"maxItems", "maxLength", "minItems", "minLength"})
_NUMBERS: Final = frozenset({"exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum"})
_SAFE_INTEGER: Final = 2**53
"""Integers up to this are the same number in every engine."""
_DEEPEST: Final = 16
"""How deep a plain schema may be nested."""

_LENGTHS: Final = {str: ("minLength", "maxLength"), list: ("minItems", "maxItems")}
_DIRECT: Final = frozenset(
    {
        "additionalProperties",
        "default",
        "description",
        "enum",
        "examples",
        "format",
        "items",
        "maximum",
        "minimum",
        "properties",
        "required",
        "title",
        "type",
        *_COUNTS,
    }
)
"""The keywords under which a value is judged without the engine; formats are not validated."""
_OF_ANY_TEXT: Final = frozenset({"default", "description", "examples", "format", "title", "type"})
"""Those of them under which a string is valid if `type` is."""
_CLASSES: Final[dict[str, frozenset[type]]] = {
    "string": frozenset({str}),
    "integer": frozenset({int}),
    "number": frozenset({int, float}),
    "boolean": frozenset({bool}),
    "object": frozenset({dict}),
    "array": frozenset({list}),
    "null": frozenset({type(None)}),
}
_NONE: Final[dict[str, Any]] = {}


def is_plain(schema: Any, depth: int = _DEEPEST) -> bool:
    """Whether a schema is plain: then it is valid, and without a misspelt keyword or an unknown required name."""
    if schema.__class__ is not dict or not depth:
        return False
    for key, value in schema.items():
        if value.__class__ is str:
            if key not in _TEXTS and (key != "type" or value not in _NAMES_OF_TYPES) and key != "default":
                return False
        elif key not in _CHECKS or not _CHECKS[key](value, schema, depth):
            return False
    return True


def _is_type(value: Any, *_: object) -> bool:
    """Whether a value that is not a string is a list of different names of types."""
    if value.__class__ is not list or not all(name.__class__ is str and name in _NAMES_OF_TYPES for name in value):
        return False
    return 0 < len(value) == len(set(value))


def _are_properties(value: Any, _: object, depth: int) -> bool:
    if value.__class__ is not dict:
        return False
    return all(is_plain(each, depth - 1) for each in value.values())


def _are_required(value: Any, schema: dict[str, Any], _: object) -> bool:
    """Whether a value is a list of different names of properties."""
    if value.__class__ is not list:
        return False
    if not value:
        return True
    properties = schema.get("properties")
    try:
        names = set(value)
    except TypeError:
        return False
    return properties.__class__ is dict and len(value) == len(names) and properties.keys() >= names


def _is_list(value: Any, *_: object) -> bool:
    return value.__class__ is list


def _is_count(value: Any, *_: object) -> bool:
    return value.__class__ is int and value >= 0


def _is_number(value: Any, *_: object) -> bool:
    return value.__class__ is int or value.__class__ is float


_CHECKS: Final[dict[str, Callable[[Any, dict[str, Any], int], bool]]] = {
    "type": _is_type,
    "properties": _are_properties,
    "required": _are_required,
    "additionalProperties": lambda value, _, depth: value.__class__ is bool or is_plain(value, depth - 1),
    "items": lambda value, _, depth: is_plain(value, depth - 1),
    "enum": _is_list,
    "examples": _is_list,
    "default": lambda *_: True,
    **dict.fromkeys(_COUNTS, _is_count),
    **dict.fromkeys(_NUMBERS, _is_number),
}
"""Whether a value of a keyword that is not a string is of the right kind, given its schema and how deep that may still
be nested."""


def fits(schema: dict[str, Any], value: Any) -> bool | None:
    """Whether a plain schema accepts a plain value; None where only the engine can tell."""
    if not schema.keys() <= _DIRECT:
        return None
    kind = value.__class__
    fit = _fits_itself(schema, value, kind)
    if not fit:
        return fit
    if kind is dict:
        return _fits_object(schema, value)
    if kind is list:
        return _fits_items(schema, value)
    return _fits_number(schema, value) if kind is int or kind is float else True


def _fits_itself(schema: dict[str, Any], value: Any, kind: type) -> bool | None:
    """Whether the keywords on a value itself accept it, leaving its items and properties aside."""
    if "type" in schema:
        types = schema["type"]
        names = (types,) if types.__class__ is str else types
        for name in names:
            if kind in _CLASSES[name]:
                break
        else:
            return None if kind is float else False  # 1.0 is an integer
    if "enum" in schema and (kind is not str or value not in schema["enum"]):
        return False if kind is str else None
    if kind in _LENGTHS and not _COUNTS.isdisjoint(schema):
        least, most = _LENGTHS[kind]
        return bool(schema.get(least, 0) <= len(value) <= schema.get(most, len(value)))
    return True


def _fits_object(schema: dict[str, Any], value: dict[str, Any]) -> bool | None:
    for name in schema.get("required", ()):
        if name not in value:
            return False
    properties, others = schema.get("properties", _NONE), schema.get("additionalProperties", True)
    for name, item in value.items():
        of_name = properties.get(name, others)
        if of_name.__class__ is bool:
            if not of_name:
                return False
        elif not (
            item.__class__ is str
            and of_name.get("type") == "string"
            and (len(of_name) == 1 or of_name.keys() <= _OF_ANY_TEXT)
        ):
            fit = fits(of_name, item)
            if not fit:
                return fit
    return True


def _fits_items(schema: dict[str, Any], value: list[Any]) -> bool | None:
    items = schema.get("items")
    if items is not None:
        for item in value:
            fit = fits(items, item)
            if not fit:
                return fit
    return True


def _fits_number(schema: dict[str, Any], value: float) -> bool | None:
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is None and most is None:
        return True
    if any(each.__class__ is not int or abs(each) > _SAFE_INTEGER for each in (value, least, most) if each is not None):
        return None
    return (least is None or value >= least) and (most is None or value <= most)

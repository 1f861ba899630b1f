"""Judge the schemas that nearly every tool has, and values under them, without compiling them.

A plain schema has the common keywords alone, each with a value of the right kind. To judge a value under it in Python
costs a tenth of compiling it, which pays only for a schema that comes again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import jsonschema_rs

from .json_schemas import TYPES

_NUMBERS: Final = ("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum")
_SAFE_INTEGER: Final = 2**53
"""Integers up to this are the same number in every engine."""

_MOST_TO_COMPARE: Final = 256
"""Most values that each text is compared with; the engine looks it up among more."""

_TYPE: Final = {"enum": TYPES}
_REFERENCE: Final = {"$ref": "#/$defs/plain"}
_PLAIN: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        **{key: {"type": "string"} for key in ("$schema", "description", "format", "pattern", "title")},
        **{key: {"type": "integer", "minimum": 0} for key in ("maxItems", "maxLength", "minItems", "minLength")},
        **{key: {"type": "number"} for key in _NUMBERS},
        "type": {"anyOf": [_TYPE, {"type": "array", "items": _TYPE, "minItems": 1, "uniqueItems": True}]},
        "properties": {"type": "object", "additionalProperties": _REFERENCE},
        "required": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        "additionalProperties": {"anyOf": [{"type": "boolean"}, _REFERENCE]},
        "items": _REFERENCE,
        "enum": {"type": "array"},
        "examples": {"type": "array"},
        "default": True,
    },
}
"""What a plain schema is, but for the names in `required`, which `_requires_known` looks at."""
_TOOLS: Final = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "type": {"const": "custom"},
            "name": {"type": "string"},
            "description": {"type": "string", "minLength": 1},
            "input_schema": {
                **_REFERENCE,
                "properties": {"properties": {"propertyNames": {"pattern": "^[a-zA-Z0-9_.-]{1,64}$"}}},
            },
        },
        "required": ["name", "description", "input_schema"],
    },
}
_CLASSES: Final[dict[str, frozenset[type]]] = {
    "string": frozenset({str}),
    "integer": frozenset({int}),
    "number": frozenset({int, float}),
    "boolean": frozenset({bool}),
    "object": frozenset({dict}),
    "array": frozenset({list}),
    "null": frozenset({type(None)}),
}
_NAMES: Final = {kind: name for name, kinds in _CLASSES.items() for kind in kinds if name != "number"}
_NONE: Final[dict[str, Any]] = {}


def is_plain(schema: Any) -> bool:
    """Whether a schema is plain: then it is valid, and without a misspelt keyword or an unknown required name."""
    return _accepts("plain", schema) and _requires_known(schema)


def are_usual(tools: Any, text: bytes) -> bool:
    """Whether tools are an array of custom ones with plain schemas, in which no rule on tools alone finds anything.

    `text` is their compact JSON. They have names, which may be the same.
    """
    if not _accepts("tools", tools):
        return False
    at_roots = 0
    for tool in tools:
        schema = tool["input_schema"]
        if "required" in schema:
            at_roots += 1
            properties = schema.get("properties", _NONE)
            for name in schema["required"]:
                if name not in properties:
                    return False
    return text.count(b'"required":') == at_roots or all(_requires_known(tool["input_schema"]) for tool in tools)


@lru_cache(maxsize=2)
def _verdict(what: str) -> Callable[[Any], bool]:
    schema = {"$ref": f"#/$defs/{what}", "$defs": {"plain": _PLAIN, "tools": _TOOLS}}
    verdict: Callable[[Any], bool] = jsonschema_rs.Draft202012Validator(schema).is_valid
    return verdict


def _accepts(what: str, value: Any) -> bool:
    try:
        return _verdict(what)(value)
    except (ValueError, OverflowError, RecursionError):  # a value beyond the engine
        return False


def _requires_known(schema: dict[str, Any]) -> bool:
    """Whether all that a schema, and each inside of it, requires are its properties."""
    pending = [schema]
    for each in pending:
        if not each.get("properties", _NONE).keys() >= {*each.get("required", ())}:
            return False
        inner = [*each.get("properties", _NONE).values(), each.get("items"), each.get("additionalProperties")]
        pending += [holder for holder in inner if holder.__class__ is dict]
    return True


def fits(schema: dict[str, Any], value: Any) -> bool | None:
    """Whether a plain schema accepts a plain value; None where only the engine can tell."""
    kind = value.__class__
    types = schema.get("type")
    if types is not None and _NAMES.get(kind) != types:
        fit = kind in _CLASSES[types] if types.__class__ is str else any(kind in _CLASSES[name] for name in types)
        if not fit:
            return None if kind is float else False  # 1.0 is an integer
    if "enum" in schema:
        if kind is not str or len(schema["enum"]) > _MOST_TO_COMPARE:
            return None
        if value not in schema["enum"]:
            return False
    return _WITHIN[kind](schema, value)


def _fits_object(schema: dict[str, Any], value: dict[str, Any]) -> bool | None:
    for name in schema.get("required", ()):
        if name not in value:
            return False
    properties, others = schema.get("properties", _NONE), schema.get("additionalProperties", True)
    for name, item in value.items():
        of_name = properties.get(name, others)
        if of_name.__class__ is bool:
            fit: bool | None = of_name
        elif (
            item.__class__ is str and of_name.get("type") == "string" and len(of_name) == 1 + ("description" in of_name)
        ):
            continue  # as `fits` finds out, without a call of it for most arguments
        else:
            fit = fits(of_name, item)
        if not fit:
            return fit
    return True


def _fits_array(schema: dict[str, Any], value: list[Any]) -> bool | None:
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        return False
    if "items" in schema:
        for item in value:
            fit = fits(schema["items"], item)
            if not fit:
                return fit
    return True


def _fits_text(schema: dict[str, Any], value: str) -> bool | None:
    if "minLength" in schema and len(value) < schema["minLength"]:
        return False
    if "maxLength" in schema and len(value) > schema["maxLength"]:
        return False
    return None if "pattern" in schema else True


def _fits_number(schema: dict[str, Any], value: float) -> bool | None:
    if "exclusiveMaximum" in schema or "exclusiveMinimum" in schema:
        return None
    least, most = schema.get("minimum", value), schema.get("maximum", value)
    if least is value is most:
        return True
    if not (least.__class__ is value.__class__ is most.__class__ is int):
        return None
    if -_SAFE_INTEGER <= least <= value <= most <= _SAFE_INTEGER:
        return True
    return False if max(abs(least), abs(value), abs(most)) <= _SAFE_INTEGER else None


_WITHIN: Final[dict[type, Callable[[dict[str, Any], Any], bool | None]]] = {
    dict: _fits_object,
    list: _fits_array,
    str: _fits_text,
    int: _fits_number,
    float: _fits_number,
    bool: lambda *_: True,
    type(None): lambda *_: True,
}
"""Whether a value of a kind is within the other keywords of a plain schema; formats are not validated."""

"""Check that a schema inside a request is valid JSON Schema of draft 2020-12.

A compiled meta-schema answers yes or no in a microsecond or two. The mistakes of a schema that it refuses are found by
a walk of our own, which knows the habits of older drafts and other languages.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import jsonschema_rs

from ..common.lazy_regex import regex
from ..common.records import NamedTuple
from ..common.redaction import start_of
from ..common.unknown import see_known
from ..common.wording import any_of, code, count, json_type, nearest, shown

if TYPE_CHECKING:
    from ..common.pointer import Path

TYPES: Final = ("string", "integer", "number", "boolean", "object", "array", "null")
"""The names that `type` takes."""

SUBSCHEMA: Final = frozenset(
    {
        "additionalProperties",
        "contains",
        "contentSchema",
        "else",
        "if",
        "items",
        "not",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
    }
)
"""The keywords that take a schema."""
SUBSCHEMA_LIST: Final = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
"""The keywords that take an array of schemas."""
SUBSCHEMA_MAP: Final = frozenset(
    {"$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"}
)
"""The keywords that take schemas by names."""

_DIALECT: Final = {"$ref": "https://json-schema.org/draft/2020-12/schema"}
_NAMES_ELSEWHERE: Final = {
    "bool": "boolean",
    "date": "string",
    "datetime": "string",
    "dict": "object",
    "double": "number",
    "enum": "string",
    "file": "string",
    "float": "number",
    "int": "integer",
    "list": "array",
    "long": "integer",
    "map": "object",
    "none": "null",
    "set": "array",
    "str": "string",
    "text": "string",
    "tuple": "array",
}
"""The JSON type for names of types in other languages."""
_ANYTHING: Final = frozenset({"any", "mixed", "unknown"})
_NUMBERS: Final = frozenset({"maximum", "minimum"})
_LIMITS: Final = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
_COUNTS: Final = frozenset(
    {
        "maxContains",
        "maxItems",
        "maxLength",
        "maxProperties",
        "minContains",
        "minItems",
        "minLength",
        "minProperties",
    }
)
_FLAGS: Final = frozenset({"deprecated", "readOnly", "uniqueItems", "writeOnly"})
_STRINGS: Final = frozenset(
    {
        "$comment",
        "$dynamicRef",
        "$ref",
        "$schema",
        "contentEncoding",
        "contentMediaType",
        "description",
        "format",
        "pattern",
        "title",
    }
)
_ARRAYS: Final = frozenset({"enum", "examples"})
_LIKE_PROPERTIES: Final = frozenset({"contains", "else", "if", "items", "not", "then"})
"""Keywords that are plausible names of properties as well."""
_SHORT: Final = 40
_NUMERAL: Final = regex(r"-?\d{1,20}(\.\d{1,20})?")


class Mistake(NamedTuple):
    """A part of a schema that draft 2020-12 does not allow."""

    path: Path
    """From the schema."""
    keyword: str
    """The keyword with the wrong value; empty if the schema itself is wrong."""
    message: str
    help: str


@lru_cache(maxsize=1)
def _meta_schema() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(_DIALECT, offline=True)


class _Keyword(NamedTuple):
    """A keyword of a schema with its value."""

    path: Path
    name: str
    value: Any
    schema: dict[str, Any]


def is_schema(value: Any) -> bool:
    """Whether a plain value is a schema of draft 2020-12; unknown keywords and patterns are allowed."""
    see_known(value)
    try:
        return _meta_schema().is_valid(value)
    except (ValueError, OverflowError):  # the engine cannot read it, which is not a mistake of this kind
        return True


def mistakes(schema: Any) -> list[Mistake]:
    """Return the mistakes in a schema, in the order of the document; an empty list for a valid one.

    In the root, `properties` and `required` may be null, as the API allows for tools.
    """
    if is_schema(schema):
        return []
    found: list[Mistake] = []
    for path, subschema in walk(schema):
        if isinstance(subschema, dict):
            for key, value in subschema.items():
                found += _keyword_mistakes(path, key, value, subschema)
        elif not isinstance(subschema, bool):
            found.append(_no_schema(path, subschema))
    if found or _only_null_at_root(schema):
        return found
    message = "is not JSON Schema of draft 2020-12"
    return [Mistake((), "", message, "compare it with https://json-schema.org/draft/2020-12/schema")]


def walk(schema: Any) -> Iterator[tuple[Path, Any]]:
    """Yield a schema and every schema inside it with its path, in the order of the document.

    Whatever is in the place of a schema is yielded, even if it is not one. Other values (`enum`, `const`, `default`,
    `examples`) are not entered, and references are not followed.
    """
    waiting: list[tuple[Path, Any]] = [((), schema)]
    while waiting:
        path, node = waiting.pop()
        yield path, node
        if isinstance(node, dict):
            waiting += reversed(list(_inside(path, node)))


def _inside(path: Path, node: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    for key, value in node.items():
        if key in SUBSCHEMA:
            if key != "items" or not isinstance(value, list):
                yield (*path, key), value
        elif key in SUBSCHEMA_LIST and isinstance(value, list):
            for index, item in enumerate(value):
                yield (*path, key, index), item
        elif key in SUBSCHEMA_MAP and isinstance(value, dict):
            for name, item in value.items():
                if key != "dependencies" or not isinstance(item, list):
                    yield (*path, key, name), item


def _only_null_at_root(schema: Any) -> bool:
    if not isinstance(schema, dict):
        return False
    kept = {key: value for key, value in schema.items() if value is not None or key not in {"properties", "required"}}
    return len(kept) < len(schema) and is_schema(kept)


def _keyword_mistakes(path: Path, key: str, value: Any, schema: dict[str, Any]) -> list[Mistake]:
    check = _CHECKS.get(key)
    if check is None or (value is None and not path and key in {"properties", "required"}):
        return []
    return list(check(_Keyword((*path, key), key, value, schema)))


def _wrong(path: Path, key: str, value: Any, allowed: str, advice: str) -> Mistake:
    return Mistake(path, key, f"{code(key)} is {shown(value)}, but must be {allowed}", advice)


def _no_schema(path: Path, value: Any) -> Mistake:
    """Word the mistake of a value in the place of a schema."""
    last = path[-1] if path else "the schema"
    name = f"item {last} of {code(str(path[-2]))}" if isinstance(last, int) else code(last) if path else last
    key = str(last)
    if isinstance(value, str) and _type_meant(value) is not None:
        advice = f'write {{"type": "{_type_meant(value)}"}} for it'
    elif last in _LIKE_PROPERTIES:
        advice = f"the property names of an object stand in `properties`, outside of which {code(key)} is a keyword"
    else:
        advice = "write an object with keywords such as `type`, or true where any value will do"
    return Mistake(path, "", f"{name} is {shown(value)}, but must be a schema (an object or a boolean)", advice)


def _check_type(keyword: _Keyword) -> Iterator[Mistake]:
    path, key, value = keyword.path, keyword.name, keyword.value
    if isinstance(value, str):
        if value not in TYPES:
            yield _wrong(path, key, value, any_of(TYPES), _about_type(value))
    elif not isinstance(value, list):
        yield _wrong(path, key, value, f"{any_of(TYPES)}, or an array of these", _about_type(value))
    elif not value:
        yield _wrong(path, key, value, f"{any_of(TYPES)}, or an array of these", "leave `type` out to allow every type")
    else:
        seen: set[str] = set()
        for index, item in enumerate(value):
            if not isinstance(item, str) or item not in TYPES:
                message = f"item {index} of `type` is {shown(item)}, but must be {any_of(TYPES)}"
                yield Mistake((*path, index), key, message, _about_type(item))
            elif item in seen:
                yield _twice((*path, index), key, item)
            else:
                seen.add(item)


def _type_meant(name: Any) -> str | None:
    if not isinstance(name, str):
        return "null" if name is None else None
    return _NAMES_ELSEWHERE.get(name.lower()) or nearest(name, TYPES)


def _about_type(name: Any) -> str:
    meant = _type_meant(name)
    if meant is not None:
        return f'did you mean "{meant}"?'
    if isinstance(name, str) and name.lower() in _ANYTHING:
        return "leave `type` out to allow every type"
    if isinstance(name, dict):
        return "a property with the name `type` belongs into `properties`"
    return "name the type of JSON that the value has"


def _twice(path: Path, key: str, item: Any) -> Mistake:
    message = f"{shown(item)} stands in {code(key)} a second time, but its items must be unique"
    return Mistake(path, key, message, "remove one of the two")


def _check_required(keyword: _Keyword) -> Iterator[Mistake]:
    path, key, value = keyword.path, keyword.name, keyword.value
    if isinstance(value, bool):
        yield _wrong(path, key, value, "an array of property names", _about_required_flag(path, flag=value))
    elif not isinstance(value, list):
        advice = (
            f'write ["{value}"]' if isinstance(value, str) and len(value) < _SHORT else "list the names in an array"
        )
        yield _wrong(path, key, value, "an array of property names", advice)
    else:
        yield from _check_names(path, key, value)


def _about_required_flag(path: Path, *, flag: bool) -> str:
    if len(path) < 3 or path[-3] != "properties":  # noqa: PLR2004 - `properties`, the name, `required`
        return "list the names of the properties that must be there"
    name = str(path[-2])
    if not flag:
        return f"remove it; {code(name)} is optional unless `required` of the object around it lists it"
    spelled = json.dumps(start_of(name, _SHORT), ensure_ascii=False)
    return f"remove it, and list {spelled} in `required` of the object around it"


def _check_names(path: Path, key: str, value: list[Any]) -> Iterator[Mistake]:
    seen: set[str] = set()
    for index, item in enumerate(value):
        if not isinstance(item, str):
            message = f"item {index} of {code(key)} is {shown(item)}, but must be the name of a property"
            yield Mistake((*path, index), key, message, "write the name as a string")
        elif item in seen:
            yield _twice((*path, index), key, item)
        else:
            seen.add(item)


def _check_limit(keyword: _Keyword) -> Iterator[Mistake]:
    path, key, value = keyword.path, keyword.name, keyword.value
    if not _is_number(value):
        plain = _LIMITS.get(key)
        if plain is None or not isinstance(value, bool):
            advice = _as_number(value)
        elif not value:
            advice = f"remove it; {code(plain)} alone includes the limit"
        elif _is_number(keyword.schema.get(plain)):
            limit = keyword.schema[plain]
            advice = f"since draft 6 it is the limit itself: write {code(key)}: {limit} in place of {code(plain)}"
        else:
            advice = f"since draft 6 it is the limit itself, in place of {code(plain)}"
        yield _wrong(path, key, value, "a number", advice)
    elif key == "multipleOf" and value <= 0:
        yield _wrong(path, key, value, "a number above 0", "give a number above 0, or leave it out")


def _check_count(keyword: _Keyword) -> Iterator[Mistake]:
    path, key, value = keyword.path, keyword.name, keyword.value
    if json_type(value) != "integer" or value < 0:
        yield _wrong(path, key, value, "an integer that is 0 or more", _as_number(value))


def _check_flag(keyword: _Keyword) -> Iterator[Mistake]:
    path, key, value = keyword.path, keyword.name, keyword.value
    if not isinstance(value, bool):
        yield _wrong(path, key, value, "true or false", "write true or false, without quotes")


def _check_string(keyword: _Keyword) -> Iterator[Mistake]:
    path, key, value = keyword.path, keyword.name, keyword.value
    if not isinstance(value, str):
        advice = "write it as a string, or leave it out"
        if isinstance(value, dict):
            advice = f"a property with the name {code(key)} belongs into `properties`"
        yield _wrong(path, key, value, "a string", advice)


def _check_identity(keyword: _Keyword) -> Iterator[Mistake]:
    """Check `$id` and `$anchor`, whose form is a pattern of the meta-schema."""
    path, key, value = keyword.path, keyword.name, keyword.value
    if not is_schema({key: value}):
        allowed = {"$id": "a URI without a fragment", "$vocabulary": "an object with a boolean for each URI"}
        yield _wrong(path, key, value, allowed.get(key, "a name of letters, digits, `_`, `-` and `.`"), "leave it out")


def _check_array(keyword: _Keyword) -> Iterator[Mistake]:
    path, key, value = keyword.path, keyword.name, keyword.value
    if not isinstance(value, list):
        advice = "list the values in an array"
        if key == "enum" and isinstance(value, dict):
            advice = "list the values in an array, without names for them"
        yield _wrong(path, key, value, "an array", advice)


def _check_one(keyword: _Keyword) -> Iterator[Mistake]:
    """Check that a keyword that takes a schema has no list of schemas; the walk checks everything else."""
    path, key, value = keyword.path, keyword.name, keyword.value
    if key == "items" and isinstance(value, list):
        advice = (
            "draft 2020-12 writes a schema for each place as `prefixItems`; `items` is the schema of every other item"
        )
        yield Mistake(
            path, key, f"`items` is an array of {count(len(value), 'schema')}, but must be one schema", advice
        )


def _check_list(keyword: _Keyword) -> Iterator[Mistake]:
    path, key, value = keyword.path, keyword.name, keyword.value
    if not isinstance(value, list):
        yield _wrong(path, key, value, "an array of schemas", "put the schemas into an array")
    elif not value:
        yield _wrong(path, key, value, "an array of one schema or more", f"leave {code(key)} out")


def _check_map(keyword: _Keyword) -> Iterator[Mistake]:
    path, key, value = keyword.path, keyword.name, keyword.value
    if not isinstance(value, dict):
        advice = "write an object that has a schema for each name"
        yield _wrong(path, key, value, "an object with a schema for each name", advice)
    elif key == "dependencies":
        for name, item in value.items():
            if isinstance(item, list):
                yield from _check_names((*path, name), name, item)


def _check_dependent(keyword: _Keyword) -> Iterator[Mistake]:
    path, key, value = keyword.path, keyword.name, keyword.value
    if not isinstance(value, dict):
        yield _wrong(path, key, value, "an object with an array of names for each property", "leave it out")
        return
    for name, item in value.items():
        if isinstance(item, list):
            yield from _check_names((*path, name), name, item)
        else:
            yield _wrong((*path, name), name, item, "an array of property names", "list the names in an array")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _as_number(value: Any) -> str:
    if isinstance(value, str) and _NUMERAL.fullmatch(value):
        return f"write {value} without quotes"
    if isinstance(value, dict):
        return "a property of this name belongs into `properties`"
    return "give the number, or leave it out"


_Check = Callable[[_Keyword], Iterator[Mistake]]

_CHECKS: Final[dict[str, _Check]] = {
    "type": _check_type,
    "required": _check_required,
    "dependentRequired": _check_dependent,
    **dict.fromkeys((*_NUMBERS, *_LIMITS, "multipleOf"), _check_limit),
    **dict.fromkeys(_COUNTS, _check_count),
    **dict.fromkeys(_FLAGS, _check_flag),
    **dict.fromkeys(_STRINGS, _check_string),
    **dict.fromkeys(_ARRAYS, _check_array),
    **dict.fromkeys(
        ("$anchor", "$dynamicAnchor", "$id", "$recursiveAnchor", "$recursiveRef", "$vocabulary"), _check_identity
    ),
    **dict.fromkeys(SUBSCHEMA, _check_one),
    **dict.fromkeys(SUBSCHEMA_LIST, _check_list),
    **dict.fromkeys(SUBSCHEMA_MAP, _check_map),
}

"""Check the subset of JSON Schema that structured outputs support: strict tools and output formats."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from ..common.lazy_regex import regex
from ..common.numbers import whole
from ..common.pointer import from_pointer, path_in
from ..common.redaction import start_of
from ..common.wording import Names, code, json_type, names, nearest, printable, shown
from ..report import Target
from .json_schemas import SUBSCHEMA_MAP, mistakes, walk

if TYPE_CHECKING:
    from ..common.pointer import Path

Kind = Literal[
    "additional-properties",
    "array",
    "empty",
    "enum",
    "format",
    "keyword",
    "numeric",
    "one-of",
    "recursive",
    "ref",
    "regex",
    "string",
    "union",
]

FORMATS: Final = ("date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid")
"""The values of `format` that are supported."""

_NUMERIC: Final = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_STRING: Final = ("minLength", "maxLength")
_ARRAY: Final = ("maxItems", "uniqueItems", "contains", "prefixItems")
_OBJECT: Final = (
    "minProperties",
    "maxProperties",
    "propertyNames",
    "dependentRequired",
    "unevaluatedProperties",
    "if",
    "items",
    "minItems",
    "name",
    "strict",
    "nullable",
    "patternProperties",
    "dependentSchemas",
)
"""Keywords that the API refuses on objects: those that were seen, and those that are like them."""
_UNCERTAIN: Final = frozenset({*_STRING, "patternProperties", "dependentSchemas"})
"""Keywords that are documented as unsupported, but were seen to be accepted at times, or never seen refused."""
_BESIDE_UNION: Final = ("type", "properties", "required", "additionalProperties", "discriminator", "$ref", "$defs")
_ANNOTATIONS: Final = frozenset({"title", "description"})
_SAYS_TYPE: Final = frozenset({"$ref", "allOf", "anyOf", "const", "enum", "not", "oneOf", "type"})
"""Keywords of which every schema needs one; `not` is refused for itself."""
_WRAPPER: Final = frozenset({"name", "schema"})
"""The properties of the object in which another API wraps a schema."""
_DEFINITIONS: Final = frozenset({"$defs", "definitions"})
_TYPE_OF: Final = (("properties", "object"), ("items", "array"), ("pattern", "string"), ("minimum", "number"))
"""Keywords that make sense for one type only, with that type."""
_NEVER_TAKEN: Final = frozenset(
    {
        "additionalProperties",
        "contains",
        "dependentSchemas",
        "else",
        "if",
        "not",
        "patternProperties",
        "prefixItems",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
    }
)
"""Keywords that are refused together with the schemas in them."""
_LONGEST: Final = 150
_LONGEST_CIRCLE: Final = 200
"""Most definitions of a circle that are named."""

_REGEX_PARTS: Final = regex(r"\\(?P<escaped>.)|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])|\((?P<look>\?<?[=!])", re.DOTALL)


class Refusal(NamedTuple):
    """A part of a schema that structured outputs do not support."""

    kind: Kind
    path: Path
    """From the schema."""
    message: str
    help: str
    said: str | None = None
    """The API's own error message, without the place before it."""
    target: Target = Target.VALUE
    certain: bool = True
    """Whether the API was seen to refuse it, or is documented to; if not, the sources differ or are silent."""


class Size(NamedTuple):
    """The numbers that count towards the limits of a request."""

    optional: int
    """Properties that `required` does not list."""
    unions: int
    """Properties with `anyOf` or several types."""


def refusals(schema: Any) -> list[Refusal]:
    """Return what structured outputs refuse in a schema, without places that are invalid JSON Schema anyway."""
    spoilt = {mistake.path for mistake in mistakes(schema)}
    found = [refusal for path, node in _strict_walk(schema) for refusal in _of_node(path, node)]
    found += _of_references(schema)
    unions = {refusal.path for refusal in found if refusal.kind == "union"}
    found = [refusal for refusal in found if refusal.kind != "empty" or not _is_part_of(refusal.path, unions)]
    if not spoilt:
        return found
    return [
        refusal
        for refusal in found
        if not any(refusal.path[:length] in spoilt for length in range(len(refusal.path) + 1))
    ]


def size(schema: Any) -> Size:
    """Count the optional and the union-typed properties of a schema; each definition in use counts once."""
    used = {target[1] for _, target in _references(schema) if len(target) > 1}
    optional = unions = 0
    for path, node in walk(schema):
        unused = len(path) > 1 and path[0] in _DEFINITIONS and path[1] not in used
        properties = node.get("properties") if isinstance(node, dict) else None
        if unused or not isinstance(properties, dict):
            continue
        required = node.get("required")
        listed = {name for name in required if isinstance(name, str)} if isinstance(required, list) else set()
        optional += len(properties.keys() - listed)
        unions += sum(_is_union(item) for item in properties.values())
    return Size(optional, unions)


def circles(schema: Any) -> list[tuple[Path, str]]:
    """Return the references that make a schema recursive, each with the definitions of the circle."""
    return list({place: " -> ".join(names) for place, names in _cycles(_references(schema))}.items())


def _is_union(schema: Any) -> bool:
    if not isinstance(schema, dict):
        return False
    types = schema.get("type")
    return isinstance(schema.get("anyOf"), list) or (isinstance(types, list) and len(types) > 1)


def _strict_walk(schema: Any) -> Iterator[tuple[Path, Any]]:
    """Walk a schema without the parts that are refused as a whole: nothing inside them is refused again."""
    left: Path | None = None
    for path, node in walk(schema):
        if left is not None and path[: len(left)] == left:
            continue
        left = path if _is_refused_whole(path) else None
        if left is None:
            yield path, node


def _is_refused_whole(path: Path) -> bool:
    """Whether a schema is the value of an unsupported keyword, and not a property with such a name."""
    if not path:
        return False
    keyword = path[-2] if isinstance(path[-1], int) or _is_name(path) else path[-1]
    return keyword in _NEVER_TAKEN


def _is_name(path: Path) -> bool:
    """Whether the last step of a path is a name that the author chose, not a keyword."""
    is_name = names_follow = False
    for step in path:
        is_name = names_follow
        names_follow = not is_name and step in SUBSCHEMA_MAP
    return is_name


def _of_node(path: Path, node: Any) -> Iterator[Refusal]:
    if not isinstance(node, dict):
        if node is True and path:
            yield _empty(path, "true")
        return
    if node.keys() <= _ANNOTATIONS:
        yield _empty(path, "an empty schema" if not node else "a schema without a type")
        return
    if _SAYS_TYPE.isdisjoint(node):
        yield _typeless(path, node)
        return
    if "oneOf" in node:
        message = "`oneOf` is not supported in structured outputs, but `anyOf` is"
        advice = "write `anyOf` in place of `oneOf`"
        said = "Schema type 'oneOf' is not supported"
        yield Refusal("one-of", (*path, "oneOf"), message, advice, said, Target.KEY)
    if "not" in node:
        yield _keyword(path, "not", "keyword", "Schema keyword 'not' is not supported")
    union = next((key for key in ("anyOf", "allOf") if isinstance(node.get(key), list)), None)
    if union is not None:
        yield from _of_union(path, node, union)
        return
    yield from _of_types(path, node)
    yield from _of_enum(path, node)


def _of_types(path: Path, node: dict[str, Any]) -> Iterator[Refusal]:
    types = node.get("type")
    declared = [types] if isinstance(types, str) else types if isinstance(types, list) else []
    if "object" in declared:
        yield from _of_object(path, node)
    if "string" in declared:
        yield from _of_string(path, node)
    if "array" in declared:
        yield from _of_array(path, node, mixed="object" in declared)
    if "number" in declared or "integer" in declared:
        yield from _keywords(path, node, "number" if "number" in declared else "integer", "numeric", _NUMERIC)


def _keyword(path: Path, key: str, kind: Kind, said: str) -> Refusal:
    message = f"{code(key)} is not supported in structured outputs"
    return Refusal(kind, (*path, key), message, _instead(key), said, Target.KEY, certain=key not in _UNCERTAIN)


def _keywords(path: Path, node: dict[str, Any], type_name: str, kind: Kind, keywords: tuple[str, ...]) -> list[Refusal]:
    """Return the keywords that are not supported for a type, which the API lists in one message."""
    present = sorted(key for key in keywords if key in node and node[key] is not False)
    what = f"property '{present[0]}' is" if len(present) == 1 else f"properties {', '.join(present)} are"
    said = f"For '{type_name}' type, {what} not supported"
    return [_keyword(path, key, kind, said) for key in present]


def _instead(key: str) -> str:
    if key == "nullable":
        return 'remove it; `"type": ["object", "null"]` or `anyOf` allows null'
    if key in {"name", "strict"}:
        return f"remove {code(key)}; it is no keyword of JSON Schema"
    return f"remove {code(key)}, and say in `description` what it was for"


def _empty(path: Path, what: str) -> Refusal:
    message = f"{what} accepts any value, which structured outputs do not support"
    said = None if what == "true" else "Empty schema ({}) that accepts any JSON value is not supported"
    return Refusal("empty", path, message, "give it a `type`, `enum` or `anyOf`", said)


def _is_part_of(path: Path, unions: set[Path]) -> bool:
    """Whether a schema is part of an `allOf`, where another part may have the type, or of a refused union."""
    return path[:-1] in unions or (len(path) > 1 and isinstance(path[-1], int) and path[-2] == "allOf")


def _typeless(path: Path, node: dict[str, Any]) -> Refusal:
    said = "Invalid schema: Schema type is missing for schema: {…}"
    if not path and node.keys() >= _WRAPPER and isinstance(node["schema"], dict):
        message = "the schema is wrapped in an object with `name` and `schema`, as another API has it"
        return Refusal("empty", path, message, "unwrap it: put the value of `schema` here, without the rest", said)
    message = "missing `type`, which every schema must have in structured outputs"
    advice = "give it a `type`, `enum` or `anyOf`"
    likely = next((kind for key, kind in _TYPE_OF if key in node), None)
    if likely is not None:
        closes = likely == "object" and "additionalProperties" not in node
        advice = f'add `"type": "{likely}"`' + (' and `"additionalProperties": false`' if closes else "")
    return Refusal("empty", path, message, advice, said, Target.HOLDER)


def _of_union(path: Path, node: dict[str, Any], union: str) -> Iterator[Refusal]:
    beside = sorted(key for key in _BESIDE_UNION if key in node)
    if beside:
        message = f"{code(union)} has {names(beside)} beside it, which structured outputs do not support"
        advice = f"move {names(beside)} into each schema of {code(union)}"
        if "$defs" in beside or "discriminator" in beside:
            advice = f"leave out {names(beside)}, or put {code(union)} into a property of an object"
        said = f"For 'anyOf', '{', '.join(beside)}' is not supported"
        yield Refusal("union", (*path, union), message, advice, said, Target.KEY)
    if union == "allOf":
        for index, item in enumerate(node["allOf"]):
            if isinstance(item, dict) and isinstance(item.get("$ref"), str):
                message = "`$ref` inside of `allOf` is not supported in structured outputs"
                advice = "write the schema that it refers to here, or leave `allOf` out"
                yield Refusal("ref", (*path, "allOf", index, "$ref"), message, advice)


def _of_object(path: Path, node: dict[str, Any]) -> Iterator[Refusal]:
    others = node.get("additionalProperties")
    place = (*path, "additionalProperties")
    if "additionalProperties" not in node:
        message = "missing `additionalProperties`, which must be false on every object in structured outputs"
        said = "For 'object' type, 'additionalProperties' must be explicitly set to false"
        advice = 'add `"additionalProperties": false`'
        yield Refusal("additional-properties", path, message, advice, said, Target.HOLDER)
    elif others is not False:
        message = f"`additionalProperties` is {shown(others)}, but must be false in structured outputs"
        said = None
        if others is True or isinstance(others, dict):
            given = "true" if others is True else "object"
            said = (
                f"For 'object' type, 'additionalProperties: {given}' is not supported."
                " Please set 'additionalProperties' to false"
            )
        advice = "set it to false, and name every property in `properties`"
        if isinstance(others, dict):
            advice = "set it to false; for a map of any names, take an array of objects with a name and a value each"
        yield Refusal("additional-properties", place, message, advice, said)
    yield from _keywords(path, node, "object", "keyword", _OBJECT)


def _of_string(path: Path, node: dict[str, Any]) -> Iterator[Refusal]:
    yield from _keywords(path, node, "string", "string", _STRING)
    form = node.get("format")
    if isinstance(form, str) and form not in FORMATS:
        meant = nearest(form, FORMATS)
        advice = f'did you mean "{meant}"?' if meant else "remove it, and say in `description` what form is meant"
        said = f"For 'string' type, format '{form}' is not supported"
        message = f"`format` is {shown(form)}, but must be one of those that structured outputs support"
        supported = f"supported are {', '.join(FORMATS)}"
        yield Refusal("format", (*path, "format"), message, f"{advice}; {supported}", said)
    pattern = node.get("pattern")
    unsupported = _unsupported_in(pattern) if isinstance(pattern, str) else None
    if unsupported:
        message = f"`pattern` has {unsupported}, which structured outputs do not support"
        advice = "write the pattern without it: sets, groups and simple quantifiers are supported"
        yield Refusal("regex", (*path, "pattern"), message, advice)


def _unsupported_in(pattern: str) -> str | None:
    """Name the first part of a regular expression that is documented as unsupported."""
    for part in _REGEX_PARTS.finditer(pattern):
        if part["look"]:
            return "a lookbehind" if "<" in part["look"] else "a lookahead"
        if part["escaped"] in {"b", "B"}:
            return f"a word boundary (`\\{part['escaped']}`)"
        if part["escaped"] and part["escaped"] in "123456789":
            return f"a back-reference (`\\{part['escaped']}`)"
    return None


def _of_array(path: Path, node: dict[str, Any], *, mixed: bool) -> Iterator[Refusal]:
    yield from _keywords(path, node, "array", "array", _ARRAY)
    least = whole(node.get("minItems"))
    if not mixed and least is not None and least > 1:
        message = f"`minItems` is {least}, but must be 0 or 1 in structured outputs"
        advice = f"set it to 1, and say in `description` that {least} items are wanted"
        most = node.get("maxItems")
        ends = "∞" if most is None else most
        said = f"For 'array' type, 'minItems' values other than 0 or 1 are not supported (got: [{least}, {ends}])"
        yield Refusal("array", (*path, "minItems"), message, advice, said)


def _of_enum(path: Path, node: dict[str, Any]) -> Iterator[Refusal]:
    values, types = node.get("enum"), node.get("type")
    if not isinstance(values, list) or not values:
        return
    if isinstance(types, list) and len(types) > 1 and all(isinstance(name, str) for name in types):
        message = "`type` is an array beside `enum`, which structured outputs do not support"
        advice = (
            'write `anyOf` with a schema for each type, such as {"type": "string", "enum": […]} and {"type": "null"}'
        )
        said = f"Invalid schema: Enum value {_as_python(values[0])} does not match declared type '{types!r}'"
        yield Refusal("enum", (*path, "type"), message, advice, said)
        return
    for index, value in enumerate(values):
        kind = json_type(value)
        if kind in {"object", "array"}:
            message = f"item {index} of `enum` is {shown(value)}, but must be a string, a number, a boolean or null"
            yield Refusal("enum", (*path, "enum", index), message, "structured outputs support no others in `enum`")
        elif (
            isinstance(types, str) and types not in {kind, "object", "array"} and (kind, types) != ("integer", "number")
        ):
            message = f"item {index} of `enum` is {shown(value)}, but must be of the type {code(types)} beside it"
            said = f"Invalid schema: Enum value {_as_python(value)} does not match declared type '{types}'"
            advice = "change the value or the `type`"
            if value is None:
                advice = f'to allow null, write `anyOf` with {{"type": "{types}", "enum": […]}} and {{"type": "null"}}'
            yield Refusal("enum", (*path, "enum", index), message, advice, said)


def _as_python(value: Any) -> str:
    return f"'{value}'" if isinstance(value, str) else repr(value)


Reference = tuple["Path", "Path"]
"""The path of a `$ref`, and that of its target."""


def _references(schema: Any) -> list[Reference]:
    """Return the references of a schema that point into it."""
    found: list[Reference] = []
    for path, node in walk(schema):
        reference = node.get("$ref") if isinstance(node, dict) else None
        if isinstance(reference, str) and (reference == "#" or reference.startswith("#/")):
            target = _steps_to(reference, schema)
            if target is not None:
                found.append(((*path, "$ref"), target))
    return found


def _steps_to(reference: str, schema: Any) -> Path | None:
    """Return the path of a reference such as `#/$defs/a`; None if there is no such place."""
    from urllib.parse import unquote

    pointer = unquote(reference).removeprefix("#")
    path = path_in(schema, pointer)
    return path if len(path) == len(from_pointer(pointer)) else None


def _of_references(schema: Any) -> Iterator[Refusal]:
    own = schema.get("$id") if isinstance(schema, dict) else None
    definitions = cache(lambda: _definitions_of(schema))
    for path, node in _strict_walk(schema):
        reference = node.get("$ref") if isinstance(node, dict) else None
        place = (*path, "$ref")
        if not isinstance(reference, str) or (isinstance(own, str) and reference.startswith(own)):
            continue
        if not reference.startswith("#"):
            message = f"`$ref` is {shown(reference)}, but must lead to a place inside of the schema (`#/$defs/…`)"
            advice = "put the schema into `$defs`, and refer to it there"
            yield Refusal("ref", place, message, advice)
        elif reference.startswith("#/") and _steps_to(reference, schema) is None:
            message = f"`$ref` is {shown(reference)}, which is not there"
            said = f"Invalid schema: Reference to non-existent definition: {reference}"
            yield Refusal("ref", place, message, _near_definition(reference, definitions()), said)
    for place, chain in circles(schema):
        shortened = printable(start_of(chain, _LONGEST))
        message = f"`$ref` makes the schema recursive ({shortened}), which structured outputs do not support"
        said = (
            f"Circular reference detected in schema definitions: {chain}."
            " Self-referencing or mutually-referencing definitions are not supported."
        )
        advice = (
            "write the nested schemas out to the depth that is needed, or take a flat list that refers to its items"
        )
        yield Refusal("recursive", place, message, advice, said)


def _definitions_of(schema: dict[str, Any]) -> Names:
    """Index the possible references to the definitions of a schema."""
    return Names(
        f"#/{key}/{name}" for key in sorted(_DEFINITIONS) if isinstance(schema.get(key), dict) for name in schema[key]
    )


def _near_definition(reference: str, definitions: Names) -> str:
    meant = definitions.nearest(reference)
    if meant is not None:
        return f"did you mean {code(meant)}?"
    return f"define {code(reference.rpartition('/')[2])} in `$defs` of the root, or correct the reference"


def _cycles(references: list[Reference]) -> Iterator[tuple[Path, list[str]]]:
    """Yield the references that close a circle, each with the names on it; only the first of a long one.

    The graph: a reference leads from each target that contains it to its own target. A depth-first search closes a
    circle where it reaches a target that is still open.
    """
    leads: dict[Path, list[Reference]] = {target: [] for _, target in references}
    for place, target in references:
        for length in range(len(place)):
            if place[:length] in leads:
                leads[place[:length]].append((place, target))
    done: set[Path] = set()
    for start, first in leads.items():
        way = [] if start in done else [(start, iter(first))]
        depths = {start: 0}
        while way:
            current, following = way[-1]
            reference = next(following, None)
            if reference is None:
                done.add(current)
                way.pop()
                del depths[current]
                continue
            place, target = reference
            if target in depths:
                circle = [each for each, _ in way[depths[target] : depths[target] + _LONGEST_CIRCLE]]
                yield place, [str(step[-1]) if step else "#" for step in (*circle, target)]
            elif target not in done:
                depths[target] = len(way)
                way.append((target, iter(leads[target])))

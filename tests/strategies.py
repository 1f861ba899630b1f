"""Hypothesis strategies: requests made from the schemas, and the same with something changed somewhere."""

from __future__ import annotations

import copy
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from validator.common.rust_regex import matches
from validator.schema.projection import Schema, View
from validator.schema.store import bundle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import DrawFn, SearchStrategy

    from validator.common.pointer import Path

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
NUMBERS = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | st.integers(-5, 2000) | NUMBERS | TEXT
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=6
)
TELLING = st.sampled_from(
    ["text", "image", "tool_use", "type", "", "a b", "srvtoolu_1", "srvtoolu_-", "all", "5m", "custom", "base64"]
)


@lru_cache
def requests(shape: str, edition: str) -> SearchStrategy[Any]:
    """Make values that keep to the schema of a shape, most of them small."""
    whole = bundle(shape, View(edition))
    return _values(whole, whole["$defs"])


@st.composite
def changed(draw: DrawFn, originals: SearchStrategy[Any]) -> Any:
    """Make a value and change it in up to three places: replace, remove, rename or add something."""
    value = copy.deepcopy(draw(originals))
    for _ in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from(sorted(paths(value), key=repr)))
        junk = draw(JSON | TELLING)
        if not path:
            if draw(st.integers(0, 9)) == 0:
                value = junk
            elif isinstance(value, dict):
                value[draw(TEXT)] = junk
            continue
        holder = value
        for step in path[:-1]:
            holder = holder[step]
        match draw(st.sampled_from(["replace", "remove", "rename"])):
            case "replace":
                holder[path[-1]] = junk
            case "remove":
                del holder[path[-1]]
            case "rename" if isinstance(holder, dict):
                holder[draw(TEXT | TELLING)] = holder.pop(path[-1])
    return value


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """List the paths to everything in a value."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from paths(item, (*path, key))


def _values(schema: Schema, definitions: dict[str, Schema]) -> SearchStrategy[Any]:
    if "$ref" in schema:
        return _definition(schema["$ref"].rpartition("/")[2], definitions)
    if "anyOf" in schema:
        return st.one_of([_values(branch, definitions) for branch in schema["anyOf"]])
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "type" not in schema:
        return JSON
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return st.one_of([_of_kind(kind, schema, definitions) for kind in kinds])


_CACHE: dict[tuple[int, str], SearchStrategy[Any]] = {}


def _definition(name: str, definitions: dict[str, Schema]) -> SearchStrategy[Any]:
    key = id(definitions), name
    if key not in _CACHE:
        _CACHE[key] = st.deferred(lambda: _values(definitions[name], definitions))
    return _CACHE[key]


def _of_kind(kind: str, schema: Schema, definitions: dict[str, Schema]) -> SearchStrategy[Any]:
    if kind == "string":
        return _strings(schema)
    if kind == "integer":
        return st.integers(schema.get("minimum", schema.get("exclusiveMinimum", -4) + 1), 2**40)
    if kind == "number":
        return st.floats(schema.get("minimum", -9), schema.get("maximum", 9))
    if kind == "array":
        least = schema.get("minItems", 0)
        return st.lists(_values(schema["items"], definitions), min_size=least, max_size=least + 1)
    if kind == "object":
        return _objects(schema, definitions)
    return {"boolean": st.booleans(), "null": st.none()}[kind]


def _strings(schema: Schema) -> SearchStrategy[str]:
    if "pattern" in schema:
        return st.sampled_from([text for text in ("srvtoolu_1", "srvtoolu_aB_9") if matches(schema["pattern"], text)])
    if "format" in schema:
        return st.sampled_from(["", "aGVsbG8=", "AA=="])
    least = schema.get("minLength", 0)
    return st.text("aé😀 ", min_size=least, max_size=min(schema.get("maxLength", 9), least + 4))


def _objects(schema: Schema, definitions: dict[str, Schema]) -> SearchStrategy[dict[str, Any]]:
    if "properties" not in schema:
        values = schema.get("additionalProperties")
        return st.dictionaries(TEXT, _values(values, definitions) if isinstance(values, dict) else JSON, max_size=2)
    required = set(schema["required"])
    made = {name: _values(subschema, definitions) for name, subschema in schema["properties"].items()}
    return st.fixed_dictionaries(
        {name: values for name, values in made.items() if name in required},
        optional={name: values for name, values in made.items() if name not in required},
    )

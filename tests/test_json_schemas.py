from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.material import hello
from validator import validate
from validator.common.pointer import Path
from validator.inspect.instances import compiled
from validator.inspect.json_schemas import SUBSCHEMA, SUBSCHEMA_LIST, SUBSCHEMA_MAP, TYPES, is_schema, mistakes, walk
from validator.inspect.strict_schemas import FORMATS, circles, refusals, size

OTHER_KEYWORDS = (
    *("type", "required", "enum", "const", "default", "minimum", "exclusiveMinimum", "multipleOf", "minLength"),
    *("maxItems", "uniqueItems", "pattern", "format", "title", "description", "$ref", "$id", "$anchor", "$schema"),
    *("dependentRequired", "examples", "$comment", "$vocabulary", "deprecated", "nullable", "x-order"),
)
KEYWORDS = sorted({*OTHER_KEYWORDS, *SUBSCHEMA, *SUBSCHEMA_LIST, *SUBSCHEMA_MAP})

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from([0.5, -1.5, 2.0, 1e300])
    | st.sampled_from(
        [*TYPES, "str", "", "#", "#/$defs/a", "#/properties/a", "http://a.test/b", "^(?=a)b", "((", "a#b"]
    )
    | st.text(max_size=3)
)


def maps(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.dictionaries(st.sampled_from(KEYWORDS) | st.sampled_from(["a", "b"]), inner, max_size=4)


values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | maps(inner), max_leaves=12)
NAMES = ["a", "b", "type", "minimum", "oneOf", "not", "items", "$ref", "enum", "max results"]


def strict_schemas() -> st.SearchStrategy[Any]:
    """Make schemas that keep to what is documented as supported."""
    leaves = st.sampled_from(
        [
            {"type": "string"},
            {"type": "string", "format": "date", "description": "A day."},
            {"type": "string", "pattern": "^[a-z]{2}(?:x|y)$"},
            {"type": "integer", "default": 3},
            {"type": ["number", "null"]},
            {"type": "boolean", "title": "Yes or no"},
            {"enum": ["a", 1, None, True]},
            {"const": {"minimum": 3}},
            {"type": "string", "enum": ["a", "b"], "examples": [{"oneOf": []}]},
        ]
    )
    return st.recursive(leaves, _around)


def _around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lists = st.builds(
        lambda item, least: {"type": "array", "items": item, **least}, inner, st.sampled_from([{}, {"minItems": 1}])
    )
    unions = st.builds(
        lambda branches: {"anyOf": branches, "description": "One."}, st.lists(inner, min_size=1, max_size=3)
    )
    return lists | unions | objects(inner)


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(
        lambda properties: {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        },
        st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    )


def value_at(root: Any, path: Path) -> Any:
    for step in path:
        root = root[step]
    return root


@given(values, values)
def test_nothing_that_is_given_for_a_schema_makes_it_fail(schema: Any, value: Any) -> None:
    before = copy.deepcopy(schema)
    for found in mistakes(schema):
        value_at(schema, found.path)
    for refusal in refusals(schema):
        value_at(schema, refusal.path)
    size(schema)
    circles(schema)
    shape = compiled(schema, "the schema")
    if shape is not None:
        shape.misfit(value)
    assert schema == before


@given(maps(values))
def test_mistakes_are_found_just_where_the_meta_schema_finds_some(schema: dict[str, Any]) -> None:
    # null at the root is taken as absent, as the API does
    tidy = {key: value for key, value in schema.items() if value is not None or key not in {"properties", "required"}}
    found = mistakes(schema)
    assert bool(found) == (not Draft202012Validator(Draft202012Validator.META_SCHEMA).is_valid(tidy))
    assert all(mistake.path for mistake in found), "every mistake has its own place"
    places = [mistake.path for mistake in found]
    assert len(places) == len(set(places))


@given(maps(values), maps(values))
def test_a_misfit_is_found_just_where_the_schema_refuses_a_value(schema: dict[str, Any], value: Any) -> None:
    shape = compiled(schema, "the schema")
    if shape is not None and "$ref" not in str(schema) and "^(?=" not in str(schema):
        misfit = shape.misfit(value)
        assert (misfit is None) == Draft202012Validator(schema).is_valid(value)


@given(strict_schemas() | objects(strict_schemas()))
def test_what_is_documented_as_supported_gets_nothing(schema: dict[str, Any]) -> None:
    assert mistakes(schema) == []
    assert refusals(schema) == []


UNSUPPORTED: dict[str, list[dict[str, Any]]] = {
    "object": [{"minProperties": 1}, {"propertyNames": {}}, {"if": {}}, {"not": {}}, {"oneOf": [{"type": "null"}]}],
    "array": [{"maxItems": 2}, {"uniqueItems": True}, {"contains": {}}, {"minItems": 2}, {"prefixItems": [{}]}],
    "string": [{"minLength": 1}, {"maxLength": 1}, {"format": "phone"}, {"pattern": r"\bx"}],
    "integer": [{"minimum": 1}, {"multipleOf": 2}, {"exclusiveMaximum": 2}],
    "number": [{"maximum": 1}],
}


@given(st.data(), objects(strict_schemas()))
def test_a_keyword_that_is_not_supported_is_found_at_its_place(data: st.DataObject, schema: dict[str, Any]) -> None:
    places = [
        (path, node["type"])
        for path, node in walk(schema)
        if isinstance(node, dict) and isinstance(node.get("type"), str) and node["type"] in UNSUPPORTED
    ]
    path, kind = data.draw(st.sampled_from(places))
    added = data.draw(st.sampled_from(UNSUPPORTED[kind]))
    broken = json.loads(json.dumps(schema))
    value_at(broken, path).update(added)
    assert [refusal.path for refusal in refusals(broken)] == [(*path, next(iter(added)))]


@given(st.data(), objects(strict_schemas()))
def test_an_object_that_is_open_is_found_at_its_place(data: st.DataObject, schema: dict[str, Any]) -> None:
    places = [path for path, node in walk(schema) if isinstance(node, dict) and node.get("type") == "object"]
    path = data.draw(st.sampled_from(places))
    broken = json.loads(json.dumps(schema))
    del value_at(broken, path)["additionalProperties"]
    assert [refusal.path for refusal in refusals(broken)] == [path]
    value_at(broken, path)["additionalProperties"] = True
    assert [refusal.path for refusal in refusals(broken)] == [(*path, "additionalProperties")]


def test_every_supported_format_gets_nothing() -> None:
    assert refusals({"anyOf": [{"type": "string", "format": form} for form in FORMATS]}) == []


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}},
        {"$defs": {"a": {"properties": {"a": {"$ref": "#/$defs/a"}, "b": {"$ref": "#/$defs/a"}}}}},
        {"properties": {"a": {"$ref": "#/properties/a"}}},
    ],
)
def test_a_schema_that_leads_back_to_itself_neither_hangs_nor_escapes(schema: dict[str, Any]) -> None:
    assert circles(schema)
    shape = compiled(schema, "the schema")
    assert shape is None or shape.misfit({}) is None


def test_many_references_to_one_definition_are_no_circle() -> None:
    shared = {name: {"$ref": "#/$defs/a"} for name in "abcdefgh"}
    assert circles({"properties": shared, "$defs": {"a": {"properties": {"x": {"$ref": "#/$defs/b"}}}, "b": {}}}) == []


def test_a_deep_schema_is_walked_without_the_stack() -> None:
    schema: dict[str, Any] = {"type": "object"}
    for _ in range(1000):
        schema = {"type": "object", "properties": {"a": schema}}
    assert len(refusals(schema)) == 1001
    assert size(schema).optional == 1000
    schema["required"] = True
    assert [mistake.path for mistake in mistakes(schema)] == [("required",)]
    shape = compiled(schema, "the schema")
    assert shape is None or shape.misfit({}) is None


@pytest.mark.parametrize("pattern", ["(?<=a)b", r"\p{Han}+", "(?i)x", "(?R)", "(((", r"^\d++$"])
def test_a_pattern_that_an_engine_may_not_know_is_no_mistake(pattern: str) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string", "pattern": pattern}}}
    assert is_schema(schema)
    request = hello(
        tools=[{"name": "t", "description": "A tool.", "input_schema": schema, "input_examples": [{"a": "x"}]}]
    )
    assert all(violation.rule == "tools/input-examples-invalid" for violation in validate(request).violations)


def test_nothing_is_fetched() -> None:
    assert compiled({"$ref": "https://example.com/schema.json"}, "the schema") is None
    assert (
        compiled({"$schema": "https://example.com/dialect", "$id": "https://example.com/x"}, "the schema") is not None
    )


def test_text_that_is_no_unicode_is_borne() -> None:
    schema = {"type": "object", "properties": {"a\ud800": {"type": "string", "description": "\udc00"}}}
    assert mistakes(schema) == []
    shape = compiled(schema, "the schema")
    assert shape is None or shape.misfit({"a\ud800": "\ud800"}) is None


def test_a_schema_of_the_former_output_format_is_looked_into() -> None:
    request = hello(output_format={"type": "json_schema", "schema": {"type": "object"}})
    report = validate(request, betas=["structured-outputs-2025-11-13"], select=["output"])
    found = [v for v in report.violations if v.rule.startswith("output/schema")]
    assert [(v.rule, v.pointer) for v in found] == [("output/schema-additional-properties", "/output_format/schema")]
    assert (
        found[0].api_message
        == "output_format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false"
    )


def test_a_keyword_that_is_invalid_is_not_also_unsupported() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "integer", "exclusiveMinimum": True}},
        "required": ["a"],
        "additionalProperties": False,
    }
    report = validate(hello(tools=[{"name": "t", "description": "A tool.", "input_schema": schema, "strict": True}]))
    assert [violation.rule for violation in report.violations] == ["tools/input-schema-invalid"]


def test_in_a_batch_the_api_speaks_of_the_place_in_the_request() -> None:
    params = hello(tools=[{"name": "t", "description": "A tool.", "input_schema": {"type": "object", "anyOf": [{}]}}])
    report = validate({"requests": [{"custom_id": "a", "params": params}]}, endpoint="batches")
    (violation,) = report.violations
    assert violation.pointer == "/requests/0/params/tools/0/input_schema/anyOf"
    assert violation.api_message is not None
    assert violation.api_message.startswith("tools.0.custom.input_schema: input_schema does not support")

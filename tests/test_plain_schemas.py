from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import JSON
from tests.test_json_schemas import KEYWORDS, maps, objects, strict_schemas, values
from validator.inspect.instances import BEYOND, compiled
from validator.inspect.json_schemas import TYPES, is_schema
from validator.inspect.plain_schemas import are_usual, fits, is_plain
from validator.inspect.slips import slips

_NAMES = st.sampled_from(["a", "b", "c"])
_ITEMS: st.SearchStrategy[Any] = st.sampled_from(
    ["a", "b", "", 0, 1, 2, 1.0, 1.5, True, False, None, 2**60, -(2**60), 2.0**60, [], {}]
)
_ANNOTATIONS = st.fixed_dictionaries(
    {},
    optional={
        "$schema": st.sampled_from(
            ["http://json-schema.org/draft-07/schema#", "http://json-schema.org/draft-04/schema#"]
        ),
        "title": st.just("A title"),
        "description": st.text(max_size=3),
        "default": _ITEMS,
        "examples": st.lists(_ITEMS, max_size=1),
        "format": st.just("date"),
        "enum": st.lists(_ITEMS, min_size=1, max_size=4),
        "minimum": st.sampled_from([0, 1, 1.5, 2**60, 2.0**60]),
        "maximum": st.sampled_from([1, 2, 0.5, 2**60]),
        "minLength": st.integers(0, 2),
        "maxLength": st.integers(0, 2),
        "minItems": st.integers(0, 2),
        "maxItems": st.integers(0, 2),
        "type": st.sampled_from(TYPES) | st.lists(st.sampled_from(TYPES), min_size=1, max_size=2, unique=True),
        "pattern": st.sampled_from(["^a", "(?=a)"]),
        "exclusiveMinimum": st.sampled_from([0, 1.5]),
    },
)


def _around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    holders = st.fixed_dictionaries(
        {"properties": st.dictionaries(_NAMES, inner, max_size=3)},
        optional={
            "type": st.just("object"),
            "required": st.lists(_NAMES, max_size=2, unique=True),
            "additionalProperties": st.booleans() | inner,
        },
    )
    return holders | st.fixed_dictionaries({"items": inner}, optional={"type": st.just("array")})


LIKELY_PLAIN = st.recursive(_ANNOTATIONS, _around, max_leaves=5)
LIKELY_FITTING = st.recursive(
    _ITEMS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3), max_leaves=6
)


@given(LIKELY_PLAIN | maps(values) | strict_schemas() | objects(strict_schemas()) | JSON)
def test_a_plain_schema_is_valid_and_has_no_slip(schema: Any) -> None:
    if is_plain(schema):
        assert is_schema(schema)
        assert list(slips(schema)) == []
        assert schema.keys().isdisjoint({"anyOf", "oneOf", "allOf"})


@given(LIKELY_PLAIN | objects(strict_schemas()) | maps(values), LIKELY_FITTING | maps(values) | JSON)
def test_a_value_fits_a_plain_schema_just_where_the_engine_accepts_it(schema: Any, value: Any) -> None:
    if is_plain(schema):
        fit = fits(schema, value)
        if fit is not None:
            shape = compiled(schema, "")
            assert shape is not None
            try:
                assert shape.accepts(value) is fit
            except BEYOND:  # then nothing is reported of the value, whether it fits or not
                return


@pytest.mark.parametrize("keyword", KEYWORDS)
@pytest.mark.parametrize("value", [None, True, 1, 1.0, -1, "a", "string", [], ["a"], ["a", "a"], {}, {"a": {}}, [{}]])
def test_a_plain_schema_has_no_keyword_with_a_value_of_the_wrong_kind(keyword: str, value: Any) -> None:
    schema = {"properties": {"a": {}}, keyword: value}
    assert not is_plain(schema) or (is_schema(schema) and list(slips(schema)) == [])


TOOL: dict[str, Any] = {
    "type": "object",
    "title": "Search",
    "properties": {
        "query": {"type": "string", "description": "Words.", "minLength": 1},
        "order": {"type": "string", "enum": ["price", "date"], "default": "date"},
        "limit": {"type": "integer", "minimum": 1, "maximum": 50},
        "tags": {"type": "array", "items": {"type": "string"}},
        "within": {"type": ["object", "null"], "properties": {"from": {"type": "string"}}, "required": ["from"]},
    },
    "required": ["query"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("value", "fit"),
    [
        ({"query": "shoes"}, True),
        ({"query": "shoes", "order": "date", "limit": 5, "tags": ["a"], "within": {"from": "b"}}, True),
        ({"query": "shoes", "within": None}, True),
        ({"query": ""}, False),
        ({}, False),
        ("shoes", False),
        ({"query": 5}, False),
        ({"query": "shoes", "order": "size"}, False),
        ({"query": "shoes", "limit": 0}, False),
        ({"query": "shoes", "limit": "5"}, False),
        ({"query": "shoes", "limit": True}, False),
        ({"query": "shoes", "tags": ["a", 1]}, False),
        ({"query": "shoes", "within": {}}, False),
        ({"query": "shoes", "qeury": "shoes"}, False),
        ({"query": "shoes", "limit": 5.0}, None),
    ],
)
def test_the_input_of_a_usual_tool_is_judged_without_the_engine(value: Any, fit: Any) -> None:
    assert is_plain(TOOL)
    assert fits(TOOL, value) is fit


def test_a_long_list_of_values_is_left_to_the_engine() -> None:
    # It looks a text up, and does not compare it with each: a request has many of both.
    assert fits({"enum": [str(number) for number in range(1000)]}, "999") is None


def _search(schema: Any, **changes: Any) -> dict[str, Any]:
    return {"name": "search", "description": "Searches.", "input_schema": schema, **changes}


_NEEDS_NAME: dict[str, Any] = {"properties": {"name": {}}, "required": ["name"]}
_NEEDS_NOTHING: dict[str, Any] = {"properties": {"required": {"type": "string"}}}
_NEEDS_UNKNOWN: dict[str, Any] = {"properties": {"name": {}}, "required": ["nom"]}


@pytest.mark.parametrize(
    ("tool", "is_usual"),
    [
        (_search(TOOL), True),
        (_search({}, type="custom", cache_control={"type": "ephemeral"}), True),
        (_search(_NEEDS_NOTHING), True),
        (_search({"properties": {"a": _NEEDS_NAME}}), True),
        (_search({"properties": {"a": {"items": _NEEDS_NAME}}}), True),
        (_search(_NEEDS_UNKNOWN), False),
        (_search({"properties": {"a": _NEEDS_UNKNOWN}}), False),
        (_search({"properties": {"a": {"items": _NEEDS_UNKNOWN}}}), False),
        (_search({"additionalProperties": {"additionalProperties": _NEEDS_UNKNOWN}}), False),
        (_search({"required": []}), True),
        (_search({"properties": {"a b": {}}}), False),
        (_search({"properties": {"a\n": {}}}), False),
        (_search({"properties": {"a": {"properties": {"a b": {}}}}}), True),
        (_search({"anyOf": []}), False),
        (_search({}, type="web_search_20250305"), False),
        (_search({}, description=""), False),
        ({"name": "search", "input_schema": {}}, False),
        ({"description": "Searches.", "input_schema": {}}, False),
        ({"name": "search", "description": "Searches."}, False),
        ("search", False),
    ],
)
def test_tools_are_usual_without_anything_to_report_on_one_of_them(tool: Any, is_usual: bool) -> None:  # noqa: FBT001
    tools = [_search(_NEEDS_NAME), tool]
    assert are_usual(tools, orjson.dumps(tools)) is is_usual

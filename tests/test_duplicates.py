"""Keys that a JSON object has more than once."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.material import hello
from validator import Linter, validate_json
from validator.common.pointer import existing
from validator.documents.duplicates import repeated_keys
from validator.documents.strict import read

KEYS = st.sampled_from(["a", "b", "messages", 'q"', "\\", "é", '":', "x:"])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**20),
    st.sampled_from([1e5, 1.5, -0.0, 1e-7]),
    st.text(max_size=4),
    KEYS,
)


class Pairs(list[tuple[str, Any]]):
    """The members of an object, in which a key may come twice."""


VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.lists(st.tuples(KEYS, inner), max_size=3).map(Pairs)
)
SPACES = st.sampled_from(["", "", " ", "\n  ", "\t"])


def written(value: Any, data: st.DataObject) -> str:
    """Write a value with white space and escapes as they may come."""
    space = data.draw(SPACES)
    if isinstance(value, Pairs):
        members = [f"{space}{written(key, data)}{space}:{space}{written(item, data)}" for key, item in value]
        return "{" + ",".join(members) + space + "}"
    if isinstance(value, list):
        return "[" + ",".join(space + written(item, data) for item in value) + space + "]"
    is_ascii = data.draw(st.booleans())
    if isinstance(value, str) and data.draw(st.booleans()):
        parts = [json.dumps(part, ensure_ascii=is_ascii)[1:-1] for part in value.split('"')]
        return '"' + "\\u0022".join(parts) + '"'
    return json.dumps(value, ensure_ascii=is_ascii)


def twice(value: Any, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """Return the paths of the keys that come twice."""
    found: set[tuple[str | int, ...]] = set()
    steps: list[tuple[str | int, Any]] = []
    if isinstance(value, list):
        steps = [*value] if isinstance(value, Pairs) else [*enumerate(value)]
    seen: set[str | int] = set()
    for step, item in steps:
        if step in seen:
            found.add((*path, step))
        seen.add(step)
        found |= twice(item, (*path, step))
    return found


@settings(max_examples=300)
@given(VALUES, st.data())
def test_exactly_the_keys_that_come_twice_are_found(value: Any, data: st.DataObject) -> None:
    text = written(value, data).encode()
    assert set(repeated_keys(text, orjson.loads(text))) == twice(value)


@settings(max_examples=300)
@given(
    st.lists(st.tuples(KEYS, VALUES), max_size=4),
    VALUES,
    st.integers(0, 4),
    st.sampled_from(["compact", "any"]),
    st.data(),
)
def test_the_same_are_found_around_messages_and_in_them(
    members: list[tuple[str, Any]],
    messages: Any,
    place: int,
    layout: str,
    data: st.DataObject,
) -> None:
    value = Pairs([*members[:place], ("messages", messages), *members[place:]])
    text = _compact(value) if layout == "compact" else written(value, data).encode()
    document = read(text)
    found = {each.pointer for each in Linter(select=["syntax"]).lint_document(document).violations}
    assert found == {_pointer(path) for path in twice(value) if existing(path, document.value) == path}


def _compact(value: Any) -> bytes:
    if isinstance(value, Pairs):
        return b"{" + b",".join(orjson.dumps(key) + b":" + _compact(item) for key, item in value) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(_compact, value)) + b"]"
    return json.dumps(value, ensure_ascii=False).encode()


def _pointer(path: tuple[str | int, ...]) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_a_key_that_comes_twice_is_reported_where_it_counts(separators: tuple[str, str]) -> None:
    text = json.dumps(hello(), separators=separators).replace("{", '{"max_tokens":"many",', 1)
    (violation,) = validate_json(text).violations
    assert (violation.rule, violation.severity, violation.pointer) == ("syntax/duplicate-key", "warning", "/max_tokens")
    assert violation.range is not None
    assert violation.range.column == text.rindex('"max_tokens"') + 1


def test_a_number_that_is_spelled_shorter_than_the_writer_spells_it_hides_nothing() -> None:
    assert repeated_keys(b'{"a":1,"a":1e5}', {"a": 1e5}) == [("a",)]


def test_the_value_that_counts_is_the_one_that_is_checked() -> None:
    text = json.dumps(hello()).removesuffix("}") + ', "max_tokens": "many"}'
    assert [(each.rule, each.pointer) for each in validate_json(text).violations] == [
        ("syntax/duplicate-key", "/max_tokens"),
        ("schema/type", "/max_tokens"),
    ]


def test_it_is_found_deep_inside_and_can_be_ignored() -> None:
    deep = "[" * 500 + '{"a": 1, "a": 2}' + "]" * 500
    text = json.dumps(hello()).replace('"Hello"', f'[{{"type": "tool_use", "id": "a", "name": "b", "input": {deep}}}]')
    rules = {each.rule for each in validate_json(text).violations}
    assert "syntax/duplicate-key" in rules
    assert rules - {each.rule for each in validate_json(text, ignore=["syntax"]).violations} == {"syntax/duplicate-key"}

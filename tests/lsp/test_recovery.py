"""Recovery: what is made of a text that is none."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.layouts import VALUES
from tests.lsp.marks import opened
from tests.material import hello
from validator.documents.jsonc import blanked
from validator.lsp.brackets import Brackets
from validator.lsp.recovery import Recovered, recovered
from validator.places.locate import locate

CONTAINERS = st.dictionaries(st.sampled_from("abc") | st.text(max_size=3), VALUES, max_size=4) | st.lists(VALUES)
INSERTED = st.text(st.sampled_from('{}[]",:\\ \n1aé😀\u2028'), min_size=1, max_size=3)


def recover(text: str | bytes) -> Recovered | None:
    return recovered(Brackets(blanked(text.encode() if isinstance(text, str) else text)))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("{", {}),
        ('{"a"', {}),
        ('{"a": ', {}),
        ('{"a": "b', {}),
        ('{"a": 1', {"a": 1}),
        ('{"a": 1,', {"a": 1}),
        ('{"a": [1, 2', {"a": [1, 2]}),
        ('{"a": [1, {"b": 2, "c', {"a": [1, {"b": 2}]}),
        ('{"a": 1, "b": }', {"a": 1}),
        ('{"a": 1, "b" }', {"a": 1}),
        ('{"a": 1, b }', {"a": 1}),
        ('{"a": , "b": 2}', {"b": 2}),
        ('{"a": 1\n"b": 2}', {"a": 1, "b": 2}),
        ('{"a": 1 "b": 2}', {"a": 1, "b": 2}),
        ('{"a": 1,, "b": 2}', {"a": 1, "b": 2}),
        ('{"a": 1,}', {"a": 1}),
        ("[1, 2,]", [1, 2]),
        ("[1 2]", [1, 2]),
        ('{"a": True, "b": None}', {"a": True, "b": None}),
        ("{'a': 'b'}", {"a": "b"}),
        ('{"a": "b\n  "c": 1}', {"a": "b", "c": 1}),
        ('{"a": "b\n}', {"a": "b"}),
        ('{"a": {"b": [1 }, "c": 2}', {"a": {"b": [1]}, "c": 2}),
        ('{"a": [1, // one\n 2], "b', {"a": [1, 2]}),
        ('{"a": 1} x', {"a": 1}),
        ('{"a": 1}}', {"a": 1}),
        ('{"a": "é😀\u2028", "b', {"a": "é😀\u2028"}),
    ],
)
def test_what_is_whole_is_kept(text: str, value: Any) -> None:
    made = recover(text)
    assert made is not None
    assert made.value == value


@given(value=CONTAINERS, indent=st.sampled_from([None, 2]))
def test_a_text_that_is_json_stays_as_it_is(value: Any, indent: int | None) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False).encode()
    made = recover(text)
    assert made == Recovered(text, orjson.loads(text), frozenset())


@given(value=CONTAINERS, indent=st.sampled_from([None, 2]), data=st.data())
def test_what_was_whole_before_the_text_was_cut_is_kept_in_its_place(
    value: Any, indent: int | None, data: st.DataObject
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    cut = text[: data.draw(st.integers(1, len(text)))].encode()
    made = recover(cut)
    assert made is not None
    whole, after = text.encode(), made.text
    assert len(after) >= len(cut)
    kept = paths_of(made.value)
    spans, spans_after = locate(whole, kept), locate(after, kept)
    for path in kept:
        inside = value_at(made.value, path)
        if not isinstance(inside, (dict, list)):
            assert inside == value_at(json.loads(text), path) or spans[path].end > len(cut)
        assert spans_after[path].start == spans[path].start
    ended = {path for path, span in locate(whole, paths_of(value)).items() if span.end < len(cut)}
    assert ended <= set(kept)


@given(value=CONTAINERS, indent=st.sampled_from([None, 2]), data=st.data())
def test_a_text_that_was_meddled_with_keeps_all_that_is_outside_of_the_repairs_in_its_place(
    value: Any, indent: int | None, data: st.DataObject
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        if data.draw(st.booleans()):
            text = text[:at] + data.draw(INSERTED) + text[at:]
        else:
            text = text[:at] + text[at + data.draw(st.integers(1, 4)) :]
    broken = text.encode()
    made = recover(broken)
    if made is None:
        return
    assert orjson.loads(made.text) == made.value
    assert len(made.text) >= len(broken)
    lines = [[place for place, byte in enumerate(each) if byte in b"\r\n"] for each in (broken, made.text)]
    assert set(lines[1]) <= set(lines[0])


@given(data=st.binary(max_size=60))
def test_bytes_of_any_kind_do_no_harm(data: bytes) -> None:
    made = recover(data)
    assert made is None or orjson.loads(made.text) == made.value


def missing(text: str) -> set[tuple[str, str]]:
    """Return where something is said to be missing in a text that is known to be a request, and what."""
    document = opened(text)
    document.was_request = True
    return {(each.pointer, each.missing) for each in document.violations if each.missing is not None}


@given(data=st.data())
def test_nothing_is_said_to_be_missing_in_what_is_still_being_typed(data: st.DataObject) -> None:
    block = {"type": "tool_use", "id": "toolu_1", "name": "clock", "input": {"zone": "Z"}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": "é😀"}]}
    value = hello(
        messages=[
            {"role": "user", "content": "What time is it?"},
            {"role": "assistant", "content": [block]},
            {"role": "user", "content": [result]},
        ]
    )
    text = json.dumps(value, indent=data.draw(st.sampled_from([None, 2])), ensure_ascii=False)
    assert missing(text[: data.draw(st.integers(1, len(text)))]) == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"model": "claude-opus-4-6", "messages": [{"role": "user"}, {"con', {("/messages/0", "content")}),
        ('{"model": "claude-opus-4-6", "messages": [{"role": "user"}, {"con}]}', {("/messages/0", "content")}),
        ('{"model": "claude-opus-4-6", "messages": [{"role": "user", "con}]}', set()),
    ],
)
def test_what_is_missing_elsewhere_is_still_said(text: str, expected: set[tuple[str, str]]) -> None:
    assert missing(text) - {("", "max_tokens")} == expected


def paths_of(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for step, item in items for found in paths_of(item, (*path, step)))]


def value_at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value

"""The index knows what a request uses, whatever is where, and when its calls and results need no closer look."""

from __future__ import annotations

from typing import Any

import pytest

from validator import validate
from validator.engine.context import Context
from validator.engine.index import Index
from validator.engine.rule import body
from validator.engine.setup import Setup
from validator.engine.vocabulary import ANSWERED, BLANK, EMBEDDED, EMPTY, UNTIDY, Lacks

USER: dict[str, Any] = {"role": "user", "content": "Will it rain?"}
TEXT: dict[str, Any] = {"type": "text", "text": "Let me see."}
MARK: dict[str, Any] = {"cache_control": {"type": "ephemeral"}}
LONG_MARK: dict[str, Any] = {"cache_control": {"type": "ephemeral", "ttl": "1h"}}


def call(number: int) -> dict[str, Any]:
    return {"type": "tool_use", "id": f"toolu_{number}", "name": "search", "input": {}}


def result(number: int, content: Any = "Rain.") -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": f"toolu_{number}", "content": content}


def said(*contents: Any) -> list[dict[str, Any]]:
    """Return messages that begin with the assistant's."""
    return [{"role": ("assistant", "user")[number % 2], "content": each} for number, each in enumerate(contents)]


def index_of(*messages: Any) -> Index:
    request = body(messages=list(messages))
    return Index(request, Context(), Setup(request))


@pytest.mark.parametrize(
    "contents",
    [
        [[call(1)], [result(1)]],
        [[TEXT, call(1), call(2)], [result(1), result(2)]],
        [[TEXT, call(1)], [result(1), TEXT]],
        [[call(1)], [result(1)], [call(2)], [result(2)], "Rain."],
        ["Rain.", "Thanks"],
    ],
)
def test_calls_that_are_answered_in_the_next_message_are_tidy(contents: list[Any]) -> None:
    assert UNTIDY not in index_of(USER, *said(*contents)).names


@pytest.mark.parametrize(
    "contents",
    [
        pytest.param([[call(1)]], id="no answer"),
        pytest.param([[call(1)], "Well?"], id="a text in place of the answer"),
        pytest.param([[call(1)], [TEXT]], id="a block in place of the answer"),
        pytest.param([[call(1)], [TEXT, result(1)]], id="a text before the answer"),
        pytest.param([[call(1), call(2)], [result(1), TEXT, result(2)]], id="a text between answers"),
        pytest.param([[call(1), call(2)], [result(1)]], id="one answer of two"),
        pytest.param([[call(1)], [result(1), result(2)]], id="an answer too many"),
        pytest.param([[call(1)], [result(2)]], id="an answer to another call"),
        pytest.param([[call(1), call(1)], [result(1), result(1)]], id="two calls of one id"),
        pytest.param(["Rain.", [result(1)]], id="an answer without a call"),
        pytest.param([[result(1)], [call(1)]], id="an answer before its call"),
        pytest.param(["Hm.", [call(1)], [result(1)]], id="roles that are swapped"),
        pytest.param([[call(1)], "Well?", "Wait.", [result(1)]], id="an answer that is late"),
        pytest.param([[call(1) | {"id": []}, call(1) | {"id": []}], [result(1), result(1)]], id="ids of another type"),
        pytest.param([[call(1) | {"caller": {"type": "code_execution"}}], [result(1)]], id="a call by code"),
    ],
)
def test_calls_in_disorder_are_looked_at_by_the_rules(contents: list[Any]) -> None:
    assert UNTIDY in index_of(USER, *said(*contents)).names


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("Hello", set()),
        ("", {BLANK, EMPTY}),
        (" \n", {BLANK, EMPTY}),
        ([], {BLANK, EMPTY}),
        ([TEXT], set()),
        ([TEXT | {"text": " "}], {BLANK}),
        ([{"type": "thinking", "thinking": "Hm.", "signature": ""}], {EMPTY}),
        ([{"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}], set()),
        ([{"type": "text"}], set()),
        ([TEXT | {"text": 7}], set()),
        (7, {BLANK, EMPTY}),
    ],
)
def test_what_is_blank_or_empty_is_noticed(content: Any, names: set[str]) -> None:
    assert index_of(USER, {"role": "assistant", "content": content}, USER).names & {BLANK, EMPTY} == names


@pytest.mark.parametrize("text", [{"type": "text"}, TEXT | {"text": 7}])
def test_a_text_block_without_a_text_hides_no_call(text: dict[str, Any]) -> None:
    index = index_of(*said([call(1)], [result(1)], [text, call(2)], [result(2)]))
    assert UNTIDY not in index.names
    assert set(index.unusual) == {2}


@pytest.mark.parametrize(
    ("content", "is_embedded"),
    [
        ([{"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}], False),
        ([{"type": "image", "source": 7}], False),
        ([{"type": "image", "source": {"type": "base64", "data": ""}}], True),
        ([result(1, [{"type": "image", "source": {"type": "base64"}}])], True),
        ([{"type": "document", "source": {"content": [{"type": "image", "source": {"type": "base64"}}]}}], True),
        ([7], True),
    ],
)
def test_data_in_base64_are_noticed_at_any_depth(*, content: list[Any], is_embedded: bool) -> None:
    index = index_of({"role": "user", "content": content})
    assert (EMBEDDED in index.names) == index.may_hold_data == is_embedded


@pytest.mark.parametrize(("messages", "is_empty"), [((), True), ((USER,), False)])
def test_no_message_is_noticed(*, messages: tuple[Any, ...], is_empty: bool) -> None:
    assert (EMPTY in index_of(*messages).names) == is_empty


def test_an_answer_at_the_end_is_noticed() -> None:
    assert ANSWERED in index_of(USER, *said("Rain.")).names
    assert ANSWERED not in index_of(USER, *said("Rain.", "Thanks")).names


@pytest.mark.parametrize(
    ("block", "names"),
    [
        (TEXT | MARK, {"cache_control"}),
        (result(1, [TEXT | MARK]), {"cache_control", "tool_result"}),
        (result(1, [TEXT]) | MARK, {"cache_control", "tool_result"}),
        (result(1, [{"type": "image", "source": {}}]), {"image", "source"}),
        (result(1, [TEXT, 7, {"type": "document", "source": {"content": [{"type": "image"}]}}]), {"document", "image"}),
        ({"type": "search_result", "content": [TEXT | MARK]}, {"cache_control"}),
        ({"type": "document", "source": {"content": [{"type": "image", "colour": 1}]}}, {"image", "colour"}),
        (call(1) | {"colour": 1}, {"colour", "tool_use"}),
        ({"type": "tool_use", "id": "toolu_1", "name": "search", "colour": 1}, {"colour", "tool_use"}),
        ({"type": "thinking", "signature": "c2ln", "colour": 1}, {"colour", "thinking"}),
        ({"type": "unheard_of", "colour": 1}, {"colour", "unheard_of"}),
    ],
)
@pytest.mark.parametrize("is_odd", [False, True])
def test_every_name_is_found_at_any_depth(*, block: Any, names: set[str], is_odd: bool) -> None:
    content = [TEXT, block, *([None] if is_odd else [])]
    assert names <= index_of(USER, {"role": "assistant", "content": content}).names


def test_marks_for_the_cache_are_listed_and_nested_ones_once_more() -> None:
    index = index_of(USER, {"role": "user", "content": [TEXT | MARK, result(1, [TEXT | MARK, TEXT])]})
    assert index.cache_marks == [TEXT | MARK] * 2
    assert index.cache_marks_inside == [TEXT | MARK]


@pytest.mark.parametrize(
    "odd",
    [
        {"role": "user", "content": [{"text": "No type."}, TEXT | LONG_MARK]},
        {"rol": "user", "content": [TEXT | LONG_MARK]},
        {"role": ["user"], "content": [TEXT | LONG_MARK]},
    ],
)
def test_the_order_of_marks_is_seen_beside_a_malformed_message(odd: dict[str, Any]) -> None:
    report = validate(body(messages=[{"role": "user", "content": [TEXT | MARK]}, odd]))
    assert "caching/ttl-order" in {violation.rule for violation in report.violations}


def test_a_text_block_without_a_text_hides_no_mark() -> None:
    block = {"type": "text", **MARK}
    assert index_of({"role": "user", "content": [block]}).cache_marks == [block]


@pytest.mark.parametrize(
    ("message", "lacks"),
    [
        ({"role": "user", "content": [{"type": "text", "text": "Hi"}]}, Lacks(system_messages=True, marks=True)),
        ({"role": "system", "content": "Hi"}, Lacks(system_messages=False, marks=True)),
        (
            {"role": "user", "content": [{"type": "text", "text": "Hi", "cache_control": None}]},
            Lacks(system_messages=True, marks=False),
        ),
        ({"role": "user", "content": [result(1)]}, Lacks(system_messages=True, marks=False)),
        ({"role": "user", "content": [None]}, Lacks(system_messages=True, marks=False)),
        (None, Lacks(system_messages=True, marks=False)),
    ],
)
def test_what_messages_lack_is_known_only_where_nothing_can_hide_it(message: Any, lacks: Lacks) -> None:
    assert index_of(message).lacks == lacks


def test_types_are_listed_by_role_and_calls_by_themselves() -> None:
    index = index_of(USER, *said([TEXT, call(1)], [result(1)]))
    assert index.said == {"user": {"text", "tool_result"}, "assistant": {"text", "tool_use"}}
    assert index.calls == [call(1)]
    assert {"user/", "assistant/"} <= index.names
    assert "system/" not in index.names
    odd = index_of(USER, {"role": "assistant", "content": [None, call(1), TEXT]})
    assert odd.calls == [call(1)]


@pytest.mark.parametrize("role", ["aaa", "zzz"])
@pytest.mark.parametrize("is_odd", [False, True])
def test_a_role_that_nobody_knows_is_itself(*, role: str, is_odd: bool) -> None:
    content = [*([None] if is_odd else []), TEXT, call(1)]
    index = index_of(USER, {"role": role, "content": content}, {"role": "assistant", "content": [TEXT]})
    assert index.said[role] == {"text", "tool_use"}
    assert f"{role}/" in index.names
    assert index.said["assistant"] == {"text"}


def test_the_messages_that_may_be_blank_are_named() -> None:
    blank = {"type": "text", "text": " "}
    index = index_of(USER, {"role": "assistant", "content": [TEXT, blank]}, {"role": "user", "content": " "}, USER, 7)
    assert set(index.blank) == {1, 2, 4}

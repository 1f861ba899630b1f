"""What has to hold for the rules of conversations, whatever the conversation."""

from __future__ import annotations

import sys
from collections import Counter
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conversations import TOOLS, conversations, mistaken, renamed, requests_to_models, split, turned_over
from tests.material import TODAY, hello
from tests.strategies import changed, requests
from validator import Linter, Report
from validator.facts.api import LATEST_EDITION

LINTER = Linter(today=TODAY)


def errors(report: Report) -> list[tuple[str, str]]:
    return sorted((found.rule, found.pointer) for found in report.violations if found.severity == "error")


def verdict(request: Any) -> Counter[str]:
    return Counter(rule for rule, _ in errors(LINTER.validate(request)))


@given(requests_to_models())
def test_conversations_that_the_api_takes_have_no_errors(request_body: dict[str, Any]) -> None:
    assert errors(LINTER.validate(request_body)) == []


@given(mistaken() | changed(requests("messages", LATEST_EDITION)))
def test_the_order_of_keys_changes_nothing(request_body: Any) -> None:
    assert errors(LINTER.validate(turned_over(request_body))) == errors(LINTER.validate(request_body))


@given(requests_to_models() | mistaken(), st.data())
def test_splitting_a_turn_into_messages_of_the_same_role_changes_nothing(
    request_body: dict[str, Any], data: st.DataObject
) -> None:
    parts = split(request_body, lambda length: data.draw(st.integers(0, length)))
    assert verdict(parts) == verdict(request_body)


@given(conversations(), conversations())
def test_a_valid_turn_after_a_valid_request_keeps_it_valid(
    first: list[dict[str, Any]], second: list[dict[str, Any]]
) -> None:
    more = renamed({"messages": second}, lambda name: f"2-{name}")["messages"]
    assert errors(LINTER.validate(hello(tools=TOOLS, messages=first + more))) == []


@given(requests_to_models() | mistaken())
def test_renaming_the_ids_of_all_calls_changes_nothing(request_body: dict[str, Any]) -> None:
    other = renamed(request_body, lambda name: f"toolu_{name}")
    assert errors(LINTER.validate(other)) == errors(LINTER.validate(request_body))


def _exchange(number: int) -> list[dict[str, Any]]:
    call = {"type": "tool_use", "id": f"toolu_{number}", "name": "list_files", "input": {}}
    result = {"type": "tool_result", "tool_use_id": f"toolu_{number}", "content": "a.txt"}
    return [{"role": "assistant", "content": [call]}, {"role": "user", "content": [result]}]


def _unanswered(exchange: list[dict[str, Any]]) -> None:
    exchange[1]["content"] = "Go on"


def _orphaned(exchange: list[dict[str, Any]]) -> None:
    exchange[0]["content"] = "Here you are"


def _doubled(exchange: list[dict[str, Any]]) -> None:
    exchange[1]["content"] *= 2


def _emptied(exchange: list[dict[str, Any]]) -> None:
    exchange[0]["content"] = "Yes?"
    exchange[1]["content"] = []


MISTAKES = (_unanswered, _orphaned, _doubled, _emptied)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.__name__.strip("_"))
@pytest.mark.parametrize("number", [1, 2, 7])
def test_one_mistake_in_each_of_n_places_gives_n_violations(mistake: Any, number: int) -> None:
    messages = [{"role": "user", "content": "Look"}]
    for index in range(number):
        broken, fine = _exchange(2 * index), _exchange(2 * index + 1)
        mistake(broken)
        messages += [*broken, *fine]
    found = errors(LINTER.validate(hello(tools=TOOLS, messages=messages)))
    assert len(found) == number
    assert len({rule for rule, _ in found}) == 1


def _steps(request_body: Any) -> int:
    """Count the lines of Python that a check runs."""
    count = 0

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    linter = Linter(today=TODAY)
    linter.validate(request_body)
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        linter.validate(request_body)
    finally:
        sys.settrace(before)
    return count


def _conversation_of(number: int, mistake: Any = None) -> dict[str, Any]:
    system = [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}]
    messages: list[dict[str, Any]] = [{"role": "user", "content": "Look"}]
    for index in range(number):
        exchange = _exchange(index)
        exchange[1]["content"].append({"type": "text", "text": "And now?"})
        if mistake is not None:
            mistake(exchange)
        messages += exchange
    return hello(system=system, tools=TOOLS, messages=messages)


@pytest.mark.parametrize("mistake", [None, *MISTAKES], ids=lambda made: made.__name__.strip("_") if made else "valid")
def test_twice_the_messages_take_twice_the_steps(mistake: Any) -> None:
    once, twice = (_steps(_conversation_of(number, mistake)) for number in (100, 200))
    assert twice < 2.1 * once

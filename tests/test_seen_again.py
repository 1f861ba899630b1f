"""What is kept with a setup, from the second request on, changes no report."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson
import pytest
from hypothesis import given

from tests.material import hello
from tests.strategies import changed, requests
from validator import Linter, Report
from validator.facts.api import LATEST_EDITION
from validator.rules.shared import toolbox

BODIES = changed(requests("messages", LATEST_EDITION))
DAY = date(2026, 11, 22)
HELLO: list[dict[str, Any]] = [{"role": "user", "content": "Hello"}]


def reports(linter: Linter, bodies: list[Any]) -> list[Report]:
    return [report for body in bodies for report in (linter.validate_json(orjson.dumps(body)), linter.validate(body))]


def fresh(bodies: list[Any]) -> list[Report]:
    return [report for body in bodies for report in reports(Linter(today=DAY), [body])]


def with_messages(body: Any, messages: Any) -> Any:
    return {**body, "messages": messages} if isinstance(body, dict) else body


def assert_same_again(bodies: list[Any]) -> None:
    linter, expected = Linter(today=DAY), fresh(bodies)
    for _ in range(2):
        assert reports(linter, bodies) == expected


@given(BODIES, BODIES)
def test_a_setup_that_is_seen_again_is_refused_in_the_same_words(body: Any, other: Any) -> None:
    messages = other.get("messages") if isinstance(other, dict) else None
    assert_same_again([body, with_messages(body, HELLO), with_messages(body, messages)])


WRONG: dict[str, Any] = {
    "unknown property": {"max_token": 5},
    "property of another name": {"message": [], "stop": ["a"]},
    "near to the messages": {"mesages": []},
    "unknown type": {"tool_choice": {"type": "maybe"}},
    "two": {"max_token": 5, "tool_choice": {"type": "maybe"}},
    "missing": {"max_tokens": None},
    "wrong type": {"temperature": "1", "system": 5},
    "in tools": {"tools": [{"name": "a b", "input_schema": {"type": "object"}, "descripton": "Searches."}]},
    "many": {f"unknown_{number}": number for number in range(20)},
    "with what a rule finds": {"model": "claude-3-opus-20240229", "max_token": 5, "thinking": {"type": "on"}},
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize(
    "messages",
    [
        HELLO,
        [*HELLO, {"role": "assistant", "content": " "}],
        [*HELLO, {"role": "user", "content": [{"type": "txt"}]}],
        [],
        None,
        "Hello",
    ],
)
def test_what_is_refused_around_messages_does_not_depend_on_them(name: str, messages: Any) -> None:
    body = hello(**WRONG[name])
    assert_same_again([body, {**body, "messages": messages}])


def test_what_is_kept_of_a_refusal_shares_nothing_with_the_request() -> None:
    linter = Linter(today=DAY)
    body = hello(tool_choice={"type": "Auto", "disable_parallel_tool_use": True}, stop_sequence=["a"])
    expected = fresh([body])
    for _ in range(3):
        assert reports(linter, [body]) == expected
    body["stop_sequence"].append("b")
    body["tool_choice"]["type"] = "auto"
    assert reports(linter, [body]) == fresh([body])


def test_what_is_kept_of_a_refusal_shares_nothing_with_a_report() -> None:
    linter = Linter(today=DAY)
    body = hello(tool_choice="auto")
    expected = fresh([body])
    for _ in range(4):
        made = reports(linter, [body])
        assert made == expected
        for report in made:
            fix = report.violations[0].fix
            assert fix is not None
            fix.operations[0].value["type"] = "any"


def tool_of(description: str) -> dict[str, Any]:
    return {"name": "weather", "description": description, "input_schema": {"type": "object"}}


def test_tools_are_analysed_once_for_requests_with_other_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    analysed: list[bytes] = []
    analyse = toolbox._analysed

    def noted(value: Any, text: bytes) -> Any:
        analysed.append(text)
        return analyse(value, text)

    monkeypatch.setattr(toolbox, "_analysed", noted)
    monkeypatch.setattr(toolbox, "_LATEST", {})
    linter = Linter(today=DAY)
    for number in range(5):
        linter.validate(hello(tools=[tool_of("Tells the weather.")], system=f"Day {number}"))
    assert len(analysed) == 1
    assert linter.validate(hello(tools=[tool_of(""), tool_of("")])).violations


def test_many_tools_are_not_kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolbox, "_LATEST", {})
    linter = Linter(today=DAY)
    for number in range(3 * toolbox._MOST_TOOLS):
        linter.validate(hello(tools=[tool_of("b" * number)]))
    linter.validate(hello(tools=[tool_of("b" * toolbox._LONGEST_KEPT)]))
    assert 0 < len(toolbox._LATEST) <= toolbox._MOST_TOOLS
    assert all(length <= toolbox._LONGEST_KEPT for length in toolbox._LATEST)


@pytest.mark.parametrize("size", [1, toolbox._LONGEST_KEPT])
def test_a_schema_is_compiled_once_for_all_calls_of_a_request(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    times = 0
    compiled = toolbox._compiled

    def counted(text: bytes) -> Any:
        nonlocal times
        times += 1
        return compiled(text)

    monkeypatch.setattr(toolbox, "_compiled", counted)
    monkeypatch.setattr(toolbox, "_KEPT", {**toolbox._KEPT, counted: counted})
    schema = {"type": "object", "title": "a" * size, "properties": {"city": {"type": "string", "pattern": "^O"}}}
    tool = {"name": "weather", "description": "Tells the weather.", "input_schema": schema}
    messages: list[dict[str, Any]] = [*HELLO]
    for number in range(5):
        call = {"type": "tool_use", "id": f"toolu_{number}", "name": "weather", "input": {"city": f"Oslo {number}"}}
        messages.append({"role": "assistant", "content": [call]})
        messages.append({"role": "user", "content": [{"type": "tool_result", "tool_use_id": f"toolu_{number}"}]})
    assert Linter().validate(hello(tools=[tool], messages=messages)).ok
    assert times == 1

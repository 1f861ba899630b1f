"""The analyses that several rules share: each on its own, without the rules."""

from __future__ import annotations

from typing import Any

import pytest

from tests.material import hello
from validator.common.pointer import to_pointer
from validator.engine.context import Context
from validator.engine.request import Request
from validator.engine.rule import Rule
from validator.rules import RULES
from validator.rules.shared.breakpoints import breakpoints, longest_prefix, mark_at_the_end
from validator.rules.shared.embedded_files import is_recognised, picture_of, within
from validator.rules.shared.exchanges import ResultPlaces, exchanges
from validator.rules.shared.present_time import may_have_time, present_time
from validator.rules.shared.server_calls import server_calls
from validator.rules.shared.structured_outputs import strict_sizes, strict_tools
from validator.rules.shared.tool_shapes import tool_shapes

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
MARK = {"type": "ephemeral"}
TOOL = {
    "name": "search",
    "input_schema": {"type": "object", "properties": {"limit": {"type": "integer"}}},
    "strict": True,
}


def request(*messages: dict[str, Any], **changes: Any) -> Request:
    return Request(hello(**({"messages": list(messages)} if messages else {}), **changes), Context())


def user(*blocks: Any) -> dict[str, Any]:
    return {"role": "user", "content": list(blocks)}


def assistant(*blocks: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": list(blocks)}


def text(**changes: Any) -> dict[str, Any]:
    return {"type": "text", "text": "Here.", **changes}


def call(use_id: str, kind: str = "tool_use") -> dict[str, Any]:
    return {"type": kind, "id": use_id, "name": "web_search", "input": {}}


def result(use_id: str, kind: str = "tool_result") -> dict[str, Any]:
    return {"type": kind, "tool_use_id": use_id, "content": []}


def test_exchanges_pair_calls_with_the_results_of_the_next_turn() -> None:
    first, last = request(user(text()), assistant(call("a"), call("b")), user(result("a"), text(), result("b"))).cached(
        exchanges
    )
    assert first.calls == []
    assert [each.id for each in last.calls] == ["a", "b"]
    assert not last.unanswered
    assert not last.orphans
    assert [each.id for each in last.too_deep] == ["b"]


def test_exchanges_join_a_mistyped_id_to_the_call_that_it_is_meant_for() -> None:
    exchange = request(user(text()), assistant(call("toolu_1")), user(result("toolu_l"))).cached(exchanges)[-1]
    assert [(orphan.id, meant.id if meant else None) for orphan, meant in exchange.orphans] == [("toolu_l", "toolu_1")]
    assert exchange.unanswered == []


def test_exchanges_name_the_call_whose_result_comes_late() -> None:
    found = request(user(text()), assistant(call("a")), user(text()), assistant(text()), user(result("a"))).cached(
        exchanges
    )
    assert [[each.id for each in exchange.unanswered] for exchange in found] == [[], ["a"], []]
    assert list(found[1].late) == ["a"]
    assert found[2].orphans == []


def test_a_missing_result_goes_behind_those_that_are_there() -> None:
    places = request(user(text()), assistant(call("a"), call("b")), user(result("a"), text())).cached(ResultPlaces)
    assert (places.after(1), places.after(2), places.behind_results(2)) == (2, None, 1)


def test_server_calls_are_orphans_unanswered_or_waiting() -> None:
    searched = "web_search_tool_result"
    found = request(
        user(text()),
        assistant(call("srvtoolu_1", "server_tool_use"), result("srvtoolu_x", searched), text()),
        user(text()),
        assistant(call("srvtoolu_2", "server_tool_use")),
        user(text()),
        assistant(call("srvtoolu_3", "server_tool_use")),
    ).cached(server_calls)
    assert [(orphan.text("tool_use_id"), meant.text("id")) for orphan, meant in found.orphans if meant] == [
        ("srvtoolu_x", "srvtoolu_1")
    ]
    assert [each.text("id") for each in found.unanswered] == ["srvtoolu_2"]
    assert [each.text("id") for each in found.waiting] == ["srvtoolu_3"]


def test_breakpoints_come_in_the_order_of_the_api() -> None:
    inside = {
        "type": "tool_result",
        "tool_use_id": "a",
        "content": [text(cache_control=MARK), text(cache_control=MARK)],
    }
    asked = request(user(inside), system=[text(cache_control=MARK)], tools=[{**TOOL, "cache_control": MARK}])
    found = asked.cached(breakpoints)
    assert [to_pointer(each.path) for each in found.valid] == [
        "/tools/0/cache_control",
        "/system/0/cache_control",
        "/messages/0/content/0/content/1/cache_control",
    ]
    assert [to_pointer(each.path) for each in found.misplaced] == ["/messages/0/content/0/content/0/cache_control"]
    assert mark_at_the_end(asked) == found.valid[-1]
    tools, system = (longest_prefix(asked, each) for each in found.valid[:2])
    assert tools is not None
    assert system is not None
    assert tools < system


@pytest.mark.parametrize(
    ("prompt", "time"),
    [
        ("Current time: 2026-11-22T15:30:12Z", "2026-11-22T15:30"),
        ("Write the current time like 2026-11-22T15:30:12Z", None),
        ("The meeting is at 15:30", None),
    ],
)
def test_the_present_time_is_told_from_other_times(prompt: str, time: str | None) -> None:
    assert may_have_time(prompt)
    assert present_time(prompt) == time


def test_an_embedded_picture_has_a_format_and_a_size() -> None:
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": DOT}}
    node = request(user(image)).root.at("messages", 0, "content", 0)
    assert picture_of(node) == ("image/png", (1, 1))
    assert is_recognised(node)
    assert within((8000, 2), 2000) == (2000, 1)


def test_a_tool_shape_is_that_of_the_only_tool_with_the_name() -> None:
    shapes = request(tools=[TOOL, {**TOOL, "name": "twice"}, {**TOOL, "name": "twice"}]).cached(tool_shapes)
    tool = shapes.tool("search")
    assert tool is not None
    shape = shapes.of(tool)
    assert shape is not None
    assert shape.misfit({"limit": 1}) is None
    assert shape.misfit({"limit": "1"}) is not None
    assert shapes.tool("twice") is shapes.tool("missing") is None


def test_the_sizes_of_strict_tools_and_of_the_answer_count_together() -> None:
    asked = request(
        tools=[TOOL, {**TOOL, "strict": False}],
        output_config={"format": {"type": "json_schema", "schema": TOOL["input_schema"]}},
    )
    assert len(asked.cached(strict_tools)) == 1
    assert [(name, size.optional) for _, name, size in asked.cached(strict_sizes)] == [
        ("`search`", 1),
        ("`output_config.format`", 1),
    ]


PAIRS = [
    (RULES[f"tools/strict-{name}"], RULES[f"output/schema-{name.removesuffix('-schema')}"])
    for name in (
        "additional-properties",
        "recursive",
        "ref",
        "enum",
        "union",
        "empty-schema",
        "optional-params",
        "union-params",
    )
]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[0].id)
def test_a_pair_of_rules_differs_in_what_it_is_about_alone(pair: tuple[Rule, Rule]) -> None:
    strict, answer = pair
    assert (strict.why, strict.source) == (answer.why, answer.source)
    assert strict.summary != answer.summary
    assert "{" not in strict.summary + answer.summary
    assert "answer" not in strict.summary
    assert "strict" not in answer.summary

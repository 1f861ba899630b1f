from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from tests.material import hello
from tests.strategies import JSON, changed, requests
from validator.rules import RULES, Rule
from validator.rules.engine import Engine
from validator.rules.node import Known, Node, Request
from validator.rules.rule import rule
from validator.schema.explain import explainer_for
from validator.schema.projection import LATEST_EDITION, View

TOOL_TYPES = explainer_for("messages", View()).union_tags("Tool")
BLOCK_TYPES = explainer_for("messages", View()).union_tags("ContentBlock")


def engine(*rules: Rule) -> Engine:
    return Engine(rules, tool_types=TOOL_TYPES, block_types=BLOCK_TYPES)


def recording(on: str, types: tuple[str, ...] = ()) -> Rule:
    """Make a rule that reports every node it is handed."""

    @rule("test/recording", on=on, types=types, bad=(), good=())
    def seen(node: Node, request: Request) -> None:  # noqa: ARG001 - every check is called alike
        """See a node."""
        node.report("seen", help="nothing")

    return seen


def visited(on: str, body: Any, types: tuple[str, ...] = ()) -> list[tuple[str | int, ...]]:
    return [finding.path for finding in engine(recording(on, types)).run(body)]


CONVERSATION = hello(
    messages=[
        {"role": "user", "content": "a string has no blocks"},
        {"role": "assistant", "content": [{"type": "text", "text": "a"}, {"type": "tool_use", "id": "t"}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t"}, {"type": "text", "text": "b"}]},
    ],
    tools=[
        {"name": "own"},
        {"type": "custom"},
        {"type": "web_search_20250305"},
        {"type": "bash_20250124"},
        {"type": None},
    ],
)


@pytest.mark.parametrize(
    ("on", "types", "paths"),
    [
        ("", (), [()]),
        ("/max_tokens", (), [("max_tokens",)]),
        ("/thinking", (), []),
        ("/tools/*", (), [("tools", n) for n in range(5)]),
        ("/tools/*", ("web_*",), [("tools", 2)]),
        ("/tools/*", ("custom", "bash_*"), [("tools", n) for n in (0, 1, 3, 4)]),
        ("/messages/*", (), [("messages", n) for n in range(3)]),
        ("/messages/*/content/*", ("tool_*",), [("messages", 1, "content", 1), ("messages", 2, "content", 0)]),
    ],
)
def test_a_rule_is_handed_the_places_it_wants(on: str, types: tuple[str, ...], paths: list[Any]) -> None:
    assert visited(on, CONVERSATION, types) == paths


@pytest.mark.parametrize("on", ["tools", "/tools/*/name", "/messages/0", "/a/b"])
def test_a_place_that_the_walk_does_not_visit_is_refused(on: str) -> None:
    with pytest.raises(ValueError, match="does not visit"):
        engine(recording(on))


@given(JSON | changed(requests("messages", LATEST_EDITION)))
def test_rules_never_fail_whatever_the_request_looks_like(body: Any) -> None:
    everything = [recording(on) for on in ("", "/tools", "/tools/*", "/messages/*", "/messages/*/content/*")]
    findings = engine(*RULES.values(), *everything).run(body)
    assert all(finding.message and finding.help for finding in findings)


@given(JSON)
def test_rules_never_fail_whatever_stands_where_they_look(value: Any) -> None:
    every_rule = engine(*RULES.values())
    for name in ("tools", "tool_choice", "thinking", "messages", "max_tokens", "betas"):
        every_rule.run(hello(**{name: value}))
    every_rule.run(hello(tools=[value, value], tool_choice={"type": "tool", "name": value}))
    every_rule.run(hello(thinking={"type": value, "budget_tokens": value}, max_tokens=value))
    every_rule.run(hello(tools=[{"type": "web_search_20250305", "allowed_domains": value, "blocked_domains": value}]))


def test_a_node_follows_paths_and_answers_none_where_they_lead_nowhere() -> None:
    request = Request({"a": [{"b": 1, "c": "text", "d": True}]}, Known())
    root = request.root
    assert root.integer("a", 0, "b") == 1
    assert root.integer("a", 0, "d") is None
    assert root.text("a", 0, "c") == "text"
    assert root.text("a", 0, "b") is None
    assert root.at("a", 1, "b").value is None
    assert root.at("a", "x", 0).value is None
    assert root.at("a", 0).path == ("a", 0)
    assert [item.path for item in root.items("a")] == [("a", 0)]
    assert root.items("a", 0) == []


def test_a_node_reports_only_while_a_rule_runs() -> None:
    with pytest.raises(RuntimeError, match="while its rule runs"):
        Request({}, Known()).root.report("late", help="none")

from __future__ import annotations

import copy
import dataclasses
from datetime import date
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.material import TODAY, hello
from tests.odd_values import FEW_ODD, ODD, assert_leads_somewhere, small_requests, with_odd_values
from tests.strategies import JSON, changed, requests
from validator import Linter
from validator.engine.context import Context
from validator.engine.encoding import text_of_plain
from validator.engine.engine import Engine
from validator.engine.request import Node, Request
from validator.engine.rule import rule
from validator.engine.setup import Setup, SetupCache
from validator.facts.api import FIRST_API_VERSION, LATEST_EDITION
from validator.rules import RULES, Rule
from validator.schema.gate import gate_for
from validator.schema.projection import View

TOOL_TYPES = gate_for("messages", View()).union_tags("Tool")
BLOCK_TYPES = gate_for("messages", View()).union_tags("ContentBlock")


def engine(*rules: Rule) -> Engine:
    return Engine(rules, tool_types=TOOL_TYPES, block_types=BLOCK_TYPES)


def recording(on: str, types: tuple[str, ...] = ()) -> Rule:
    """Make a rule that reports every node it is handed."""

    @rule("test/recording", on=on, types=types, bad=(), good=())
    def seen(node: Node, request: Request) -> None:
        """See a node."""
        node.report("seen", help="nothing")

    return seen


def visited(on: str, body: Any, types: tuple[str, ...] = ()) -> list[tuple[str | int, ...]]:
    return [finding.path for finding in engine(recording(on, types)).run(body)]


_TEXT = {"type": "text", "text": "inside"}
_RESULT = [_TEXT, {"type": "document", "source": {"type": "content", "content": [_TEXT]}}]
CONVERSATION = hello(
    messages=[
        {"role": "user", "content": "a string has no blocks"},
        {"role": "assistant", "content": [{"type": "text", "text": "a"}, {"type": "tool_use", "id": "t"}]},
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "t", "content": _RESULT},
                {"type": "text", "text": "b"},
            ],
        },
    ],
    system=[{"type": "text", "text": "c"}],
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
        ("/system/*", (), [("system", 0)]),
        (
            "/messages/*/content/**",
            ("text",),
            [
                ("messages", 1, "content", 0),
                ("messages", 2, "content", 0, "content", 0),
                ("messages", 2, "content", 0, "content", 1, "source", "content", 0),
                ("messages", 2, "content", 1),
            ],
        ),
    ],
)
def test_a_rule_is_handed_the_places_it_wants(on: str, types: tuple[str, ...], paths: list[Any]) -> None:
    assert visited(on, CONVERSATION, types) == paths


@given(
    changed(requests("messages", LATEST_EDITION)),
    st.sampled_from(["/messages/*/content/*", "/messages/*/content/**"]),
    st.lists(st.sampled_from(sorted(BLOCK_TYPES - {"text"})), min_size=1, max_size=3, unique=True),
)
def test_a_rule_that_wants_rare_blocks_is_handed_all_of_them(body: Any, on: str, types: list[str]) -> None:
    def type_at(path: tuple[Any, ...]) -> str:
        value = body
        for step in path:
            value = value[step]
        return str(value["type"])

    everywhere = visited(on, body, (*types, "text"))  # for texts, every message has to be looked into
    assert visited(on, body, tuple(types)) == [path for path in everywhere if type_at(path) != "text"]


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


@pytest.mark.parametrize("rule_", [rule for rule in RULES.values() if rule.on], ids=lambda rule: rule.id)
def test_a_rule_bears_odd_values_at_every_place_of_its_examples(rule_: Rule) -> None:
    alone = engine(rule_)
    for example in (*rule_.bad, *rule_.good):
        known = Context(
            example.endpoint,
            betas=None if example.betas is None else frozenset(example.betas),
            platform=example.platform or rule_.platforms[0],
            size=10**9,
        )
        for request in small_requests(example):
            for odd in with_odd_values(request, ODD):
                alone.run(odd, known)


@pytest.mark.parametrize("rule_", [rule for rule in RULES.values() if rule.bad], ids=lambda rule: rule.id)
def test_what_is_reported_of_odd_values_points_to_what_is_there(rule_: Rule) -> None:
    example = rule_.bad[0]
    linter = Linter(**example.options())
    for request in small_requests(example):
        for odd in with_odd_values(request, FEW_ODD):
            for violation in linter.validate(odd).violations:
                for pointer in (violation.pointer, *(related.pointer for related in violation.related)):
                    assert_leads_somewhere(pointer, odd)


def test_a_node_follows_paths_and_answers_none_where_they_lead_nowhere() -> None:
    request = Request({"a": [{"b": 1, "c": "text", "d": True}]}, Context())
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
        Request({}, Context()).root.report("late", help="none")


def test_a_rule_sees_only_the_values_that_it_asks_for_at_a_glance() -> None:
    @rule("test/empty", on="/messages/*", if_value=lambda message: message["content"] == "", bad=(), good=())
    def empty(node: Node, request: Request) -> None:
        """See an empty message."""
        node.report("seen", help="nothing")

    body = hello(messages=[{"role": "user", "content": "a"}, {"role": "user", "content": ""}])
    assert [finding.path for finding in engine(empty).run(body)] == [("messages", 1)]


def limited(**limits: Any) -> Rule:
    @rule("test/limited", on="", bad=(), good=(), **limits)
    def seen(node: Node, request: Request) -> None:
        """See a request."""
        node.report("seen", help="nothing")

    return seen


def test_a_rule_is_left_out_for_endpoints_it_is_not_for() -> None:
    limited_engine = engine(limited(endpoints=("count_tokens",)))
    assert limited_engine.run(hello(), Context("messages")) == []
    assert limited_engine.run(hello(), Context("count_tokens"))


def test_a_rule_about_models_is_silent_on_those_it_does_not_know() -> None:
    no_prefill = engine(limited(models=lambda model: model.fact("prefill") is False))
    assert no_prefill.run(hello(model="claude-opus-4-8"))
    assert no_prefill.run(hello(model="claude-haiku-4-5")) == []
    assert no_prefill.run(hello(model="claude-2.1")) == []
    assert no_prefill.run(hello(model="my-gateways-own")) == []
    assert no_prefill.run(hello(model=None)) == []


def test_a_rule_is_silent_in_editions_before_the_refusal_and_on_other_platforms() -> None:
    assert "sampling/removed-parameter" in RULES
    late = limited(since="2026-02", platforms=("anthropic",))
    assert not late.concerns("anthropic", "2025-10", FIRST_API_VERSION)
    assert late.concerns("anthropic", "2026-11", FIRST_API_VERSION)
    assert not late.concerns("bedrock", "2026-11", FIRST_API_VERSION)


def test_what_the_api_says_is_filled_in_where_all_of_it_is_known() -> None:
    @rule("test/said", on="/model", bad=(), good=(), api_messages=("{place}: {name} is not good",))
    def said(node: Node, request: Request) -> None:
        """See a model."""
        node.report("seen", help="nothing")
        node.report("seen", help="nothing", api={"name": "m"})

    found = engine(said).run(hello(), path=("requests", 0, "params"))
    assert [finding.api_message for finding in found] == [None, "model: m is not good"]


def test_several_rules_share_what_was_found_once() -> None:
    asked: list[int] = []

    def number_of_messages(request: Request) -> int:
        asked.append(1)
        return len(request.conversation.messages)

    request = Request(hello(), Context())
    assert request.cached(number_of_messages) == request.cached(number_of_messages) == 1
    assert asked == [1]


def test_messages_of_one_role_are_one_turn_with_the_places_they_have() -> None:
    roles = ["user", "user", "assistant", "system", "developer", None, "user"]
    body = hello(messages=[{"role": role, "content": [{"type": "text", "text": "a"}]} for role in roles])
    conversation = Request(body, Context()).conversation
    assert [turn.role for turn in conversation.turns] == ["user", "assistant", "system", None, "user"]
    first, second, *_, last = conversation.turns
    assert [block.path for block in first.blocks("text")] == [
        ("messages", 0, "content", 0),
        ("messages", 1, "content", 0),
    ]
    assert list(first.blocks("image")) == []
    assert first.previous is None
    assert first.next is second
    assert second.previous is first
    assert last.next is None
    assert last.is_last
    assert conversation.last is last
    assert conversation.turn_of(second.messages[0].at("content", 0)) is second


OF_ANTHROPIC = [rule for rule in RULES.values() if "anthropic" in rule.platforms]
RULES_ASKED_ANYWAY = engine(
    *(dataclasses.replace(rule, mentions=(), skip_if=None, skip_if_setup=None) for rule in OF_ANTHROPIC)
)
RULES_ASKED_IF_NEEDED = engine(*OF_ANTHROPIC)


def told(rules: Engine, body: Any, known: Context) -> list[tuple[Any, ...]]:
    return [(finding.rule.id, finding.path, finding.message) for finding in rules.run(body, known)]


@given(JSON | changed(requests("messages", LATEST_EDITION)), st.sampled_from(["messages", "count_tokens", "batches"]))
def test_what_keeps_a_rule_from_a_request_keeps_no_finding_from_it(body: Any, endpoint: str) -> None:
    known = Context(endpoint, size=100)
    assert told(RULES_ASKED_IF_NEEDED, body, known) == told(RULES_ASKED_ANYWAY, body, known)


def test_what_keeps_a_rule_from_a_request_keeps_no_finding_from_an_example() -> None:
    for rule_ in RULES.values():
        for example in (*rule_.bad, *rule_.good):
            if isinstance(example.request, dict):
                betas = None if example.betas is None else frozenset(example.betas)
                known = Context(example.endpoint, betas=betas, api_version=example.api_version or "2023-06-01")
                for body in (example.request, example.request.get("params")):
                    assert told(RULES_ASKED_IF_NEEDED, body, known) == told(RULES_ASKED_ANYWAY, body, known), rule_.id


def test_a_rule_that_can_be_skipped_is_not_run_when_a_setup_comes_again_either() -> None:
    runs: list[Node] = []

    @rule("test/skipped", on="", skip_if=lambda _: True, bad=(), good=())
    def skipped(node: Node, request: Request) -> None:
        """See a request."""
        runs.append(node)

    tried = engine(skipped)
    for _ in range(4):
        assert tried.run(hello()) == []
    assert runs == []


def test_linters_with_the_same_rules_share_no_more_than_what_the_rules_say() -> None:
    body = hello(model="claude-3-opus-20240229")
    options: list[dict[str, Any]] = [
        {},
        {"severities": {"models": "info"}},
        {"today": date(2024, 1, 1)},
        {"model": "claude-haiku-4-5"},
        {"endpoint": "count_tokens"},
        {"betas": ["mcp-client-2025-11-20"]},
        {"max_violations": 1},
    ]
    linters = [Linter(**{"today": TODAY, **each}) for each in options]
    several = [[linter.validate(body) for linter in linters] for _ in range(4)]
    alone = [Linter(**{"today": TODAY, **each}).validate(body) for each in reversed(options)]
    assert several == [alone[::-1]] * 4
    assert len({str(report) for report in alone}) > len(options) // 2


def test_what_is_known_of_some_settings_does_not_count_for_others() -> None:
    @rule("test/zero", on="/max_tokens", if_value=lambda value: value == 0, bad=(), good=())
    def zero(node: Node, request: Request) -> None:
        """See a zero."""
        node.report("seen", help="nothing")

    of_zero = engine(zero)
    found = [of_zero.run(hello(max_tokens=number)) for number in (1, 0, 1, 0, 0.0)]
    assert [len(findings) for findings in found] == [0, 1, 0, 1, 1]


def test_a_request_that_changes_between_two_checks_is_seen_as_it_is_now() -> None:
    linter = Linter()
    request = hello(
        system=[{"type": "text", "text": "Be brief."}],
        tools=[{"name": "search", "description": "Searches.", "input_schema": {"type": "object"}}],
        metadata={"user_id": "13803d75-b4b5-4c3e-b2a2-6f21399b021b"},
    )
    changes: list[tuple[Any, str, Any, str]] = [
        (request["system"][0], "text", "  ", "text/system-whitespace"),
        (request["tools"][0], "description", "", "tools/no-description"),
        (request["metadata"], "user_id", "someone@example.com", "request/metadata-user-id-pii"),
    ]
    for holder, key, value, rule_id in changes:
        assert linter.validate(request).violations == ()
        before, holder[key] = holder[key], value
        assert [violation.rule for violation in linter.validate(request).violations] == [rule_id]
        holder[key] = before
    assert linter.validate(request).violations == ()


@given(JSON | changed(requests("messages", LATEST_EDITION)))
def test_what_stands_around_messages_is_found_again_with_its_text(body: Any) -> None:
    if isinstance(body, dict) and "messages" in body:
        setups = SetupCache(Setup)
        setup, messages = setups.of_object(body), text_of_plain(body["messages"])
        assert setup is not None
        assert messages is not None
        assert setups.of_object(copy.deepcopy(body)) is setup
        text = setup.opening + messages + b"}"
        assert orjson.loads(text) == body
        assert len(text) == len(orjson.dumps(body))


@pytest.mark.parametrize("odd", [("a",), {"a": float("nan")}, b"a", object(), {1: 2}])
def test_what_stands_around_messages_and_is_not_plain_has_no_frame(odd: Any) -> None:
    setups = SetupCache(Setup)
    assert setups.of_object(hello(metadata={"user_id": ["a"]})) is not None
    assert setups.of_object(hello(metadata={"user_id": odd})) is None

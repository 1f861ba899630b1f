"""One mistake in a conversation is one violation, also where the API would name it in two ways."""

from __future__ import annotations

from typing import Any

import pytest

from tests.material import hello
from validator import Linter, validate
from validator.engine import index as outline

ASK: dict[str, Any] = {"role": "user", "content": "What time is it?"}
TEXT = {"type": "text", "text": "Here it is."}
LINTER = Linter()


def call(use_id: Any = "toolu_1", **changes: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": use_id, "name": "now", "input": {}, **changes}


def result(use_id: Any = "toolu_1", **changes: Any) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": use_id, "content": "noon", **changes}


def user(*blocks: Any) -> dict[str, Any]:
    return {"role": "user", "content": list(blocks)}


def assistant(*blocks: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": list(blocks)}


def system(content: Any) -> dict[str, Any]:
    return {"role": "system", "content": content}


def found(messages: list[Any], model: str = "claude-opus-5", **changes: Any) -> list[tuple[str, str]]:
    report = LINTER.validate(hello(model=model, messages=messages, **changes))
    return [(violation.rule, violation.pointer) for violation in report.violations]


ONE_MISTAKE = {
    "a result without an id": (
        [ASK, assistant(call()), user({"type": "tool_result", "content": "noon"})],
        ("schema/required", "/messages/2/content/0"),
    ),
    "a result of a mistyped type": (
        [ASK, assistant(call()), user(result(type="tool_resutl"))],
        ("schema/unknown-type", "/messages/2/content/0/type"),
    ),
    "a call of a mistyped type": (
        [ASK, assistant(call(type="tool_usee")), user(result())],
        ("schema/unknown-type", "/messages/1/content/0/type"),
    ),
    "a call with an id that no call may have": (
        [ASK, assistant(call("call 1")), user(result("call_1"))],
        ("schema/pattern", "/messages/1/content/0/id"),
    ),
    "a role that there is not": (
        [ASK, assistant(call()), {"role": "tool", "content": [result()]}],
        ("schema/enum", "/messages/2/role"),
    ),
    "a result in place of a list of blocks": (
        [ASK, assistant(call()), {"role": "user", "content": result()}],
        ("schema/type", "/messages/2/content"),
    ),
    "a mistyped id": (
        [ASK, assistant(call("toolu_01Ab"), call("toolu_02Cd")), user(result("toolu_01Ab"), result("toolu_02Cb"))],
        ("pairing/orphan-result", "/messages/2/content/1/tool_use_id"),
    ),
    "the id of the call before": (
        [ASK, assistant(call()), user(result()), assistant(call("toolu_2")), user(result())],
        ("pairing/orphan-result", "/messages/4/content/0/tool_use_id"),
    ),
    "a result that comes before its call": (
        [user(result()), assistant(call()), ASK],
        ("pairing/orphan-result", "/messages/0/content/0/tool_use_id"),
    ),
    "a result twice without its call": (
        [user(result(), result())],
        ("pairing/orphan-result", "/messages/0/content/0/tool_use_id"),
    ),
    "an id given to two calls and to two results": (
        [ASK, assistant(call(), call()), user(result(), result())],
        ("pairing/duplicate-tool-use-id", "/messages/1/content/1/id"),
    ),
    "a call that the user makes": (
        [ASK, user(call()), user(result())],
        ("pairing/tool-use-in-user", "/messages/1/content/0"),
    ),
    "a system message between a call and its result": (
        [ASK, assistant(call()), system("Be brief."), user(result())],
        ("messages/system-after-assistant", "/messages/2"),
    ),
    "a system message among the results": (
        [ASK, assistant(call(), call("toolu_2")), user(result()), system("Be brief."), user(result("toolu_2"))],
        ("messages/system-before-user", "/messages/3"),
    ),
    "an empty system message in a wrong place": (
        [ASK, assistant(TEXT), system([]), ASK],
        ("messages/system-content-empty", "/messages/2/content"),
    ),
    "a call with text after it, last": (
        [ASK, assistant(call(), TEXT)],
        ("pairing/tool-use-without-result", "/messages/1/content/0"),
    ),
    "blank text, last": (
        [ASK, {"role": "assistant", "content": " "}],
        ("text/whitespace-only", "/messages/1/content"),
    ),
    "an empty text": ([user({"type": "text", "text": ""})], ("schema/min-length", "/messages/0/content/0/text")),
}


@pytest.mark.parametrize(("messages", "violation"), ONE_MISTAKE.values(), ids=ONE_MISTAKE)
def test_one_mistake_is_one_violation(messages: list[Any], violation: tuple[str, str]) -> None:
    assert found(messages) == [violation]


def test_a_late_result_is_shown_beside_its_call() -> None:
    messages = [ASK, assistant(call()), ASK, assistant(TEXT), user(result())]
    (violation,) = LINTER.validate(hello(messages=messages)).violations
    assert (violation.rule, violation.pointer) == ("pairing/tool-use-without-result", "/messages/1/content/0")
    assert [note.pointer for note in violation.related] == ["/messages/4/content/0"]


def test_what_the_api_says_names_all_calls_without_results() -> None:
    report = LINTER.validate(hello(messages=[ASK, assistant(call(), call("toolu_2")), ASK]))
    assert [violation.pointer for violation in report.violations] == ["/messages/1/content/0", "/messages/1/content/1"]
    for violation in report.violations:
        assert (violation.api_message or "").startswith("messages.1: `tool_use` ids were found without")
        assert "immediately after: toolu_1, toolu_2. Each" in (violation.api_message or "")


def test_what_lies_before_a_compaction_is_not_looked_at() -> None:
    summary = assistant({"type": "compaction", "content": "They asked for the time."}, call("toolu_2"))
    messages = [ASK, assistant(call()), ASK, summary, user(result("toolu_2"), result())]
    compacted = {"edits": [{"type": "compact_20260112"}]}
    assert found(messages, model="claude-opus-5", context_management=compacted) == []


def test_a_model_that_takes_no_system_messages_is_told_so_once() -> None:
    messages = [system("a"), ASK, system("b"), assistant(TEXT), system("c"), ASK]
    assert found(messages, model="claude-haiku-4-5") == [
        ("messages/system-first", "/messages/0"),
        ("messages/system-role-unsupported", "/messages/2/role"),
    ]


@pytest.mark.parametrize(
    ("message", "place", "advice"),
    [
        (assistant(TEXT) | {"tool_calls": [{}]}, "/messages/1/tool_calls", "`tool_use` block"),
        (assistant(TEXT) | {"clear_at": "never"}, "/messages/1/clear_at", "only a system message"),
        (ASK | {"tool_call_id": "call_1"}, "/messages/1/tool_call_id", "`tool_result` block"),
    ],
)
def test_what_a_message_has_elsewhere_is_said_where_it_goes(message: Any, place: str, advice: str) -> None:
    (violation,) = validate({"model": "claude-opus-4-6", "max_tokens": 5, "messages": [ASK, message, ASK]}).violations
    assert (violation.rule, violation.pointer, violation.fix) == ("schema/unknown-property", place, None)
    assert advice in (violation.help or "")


@pytest.mark.parametrize("messages", [messages for messages, _ in ONE_MISTAKE.values()], ids=ONE_MISTAKE)
def test_the_short_cut_for_tidy_conversations_changes_nothing(monkeypatch: Any, messages: list[Any]) -> None:
    """The quick look may leave out only what has no violation in it."""
    tidy = [ASK, assistant(call(), call("toolu_2")), user(result(), result("toolu_2"), TEXT), assistant(TEXT), ASK]
    quick = [found(messages), found(tidy)]
    monkeypatch.setattr(outline, "_differ", lambda _: False)
    assert [found(messages), found(tidy)] == quick


IMAGE = {"type": "url", "url": "https://images.example.com/bee.png"}


@pytest.mark.parametrize(
    ("changes", "pointer", "meant"),
    [
        ({"messages": [{"rol": "user", "content": "Hello"}]}, "/messages/0/rol", "role"),
        ({"messages": [ASK, {"Role": "assistant", "content": [TEXT]}, ASK]}, "/messages/1/Role", "role"),
        ({"messages": [user({"typ": "text", "text": "Hello"})]}, "/messages/0/content/0/typ", "type"),
        ({"messages": [user({"typ": "image", "source": IMAGE})]}, "/messages/0/content/0/typ", "type"),
        (
            {"messages": [user({"type": "image", "source": {"tpye": "url", "url": IMAGE["url"]}})]},
            "/messages/0/content/0/source/tpye",
            "type",
        ),
        ({"tools": [{"typ": "web_search_20250305", "name": "web_search"}]}, "/tools/0/typ", "type"),
        ({"thinking": {"Type": "adaptive"}}, "/thinking/Type", "type"),
    ],
)
def test_a_misspelt_name_of_what_tells_kinds_apart_is_reported_alone(
    changes: dict[str, Any], pointer: str, meant: str
) -> None:
    (violation,) = LINTER.validate(hello(model="claude-opus-5", **changes)).violations
    assert (violation.rule, violation.pointer) == ("schema/unknown-property", pointer)
    assert violation.fix is not None
    assert violation.fix.title == f"Rename `{pointer.rpartition('/')[2]}` to `{meant}`"


def test_what_else_is_wrong_beside_a_misspelt_type_is_reported() -> None:
    block = {"typ": "text", "text": 5, "colour": "red"}
    assert found([user(block)]) == [
        ("schema/unknown-property", "/messages/0/content/0/typ"),
        ("schema/type", "/messages/0/content/0/text"),
        ("schema/unknown-property", "/messages/0/content/0/colour"),
    ]


def test_a_message_in_the_form_of_sharegpt_is_one_violation() -> None:
    assert found([{"from": "human", "value": "Hello"}]) == [("schema/required", "/messages/0")]


@pytest.mark.parametrize(
    ("block", "key", "meant"),
    [
        ({"type": "image", "source": {"type": "file", "id": "file_1"}}, "source/id", "file_id"),
        ({"type": "image", "source": {"type": "url", "uri": IMAGE["url"]}}, "source/uri", "url"),
        ({"type": "image", "src": IMAGE}, "src", "source"),
        ({"type": "container_upload", "id": "file_1"}, "id", "file_id"),
        ({"type": "tool_result", "id": "toolu_1", "content": "noon"}, "id", "tool_use_id"),
        ({"type": "search_result", "url": "a", "title": "b", "content": [TEXT]}, "url", "source"),
    ],
)
def test_a_property_under_another_usual_name_is_reported_alone(block: dict[str, Any], key: str, meant: str) -> None:
    tools = [{"type": "code_execution_20260120", "name": "code_execution"}]
    before = [ASK, assistant(call())] if block["type"] == "tool_result" else []
    report = LINTER.validate(hello(model="claude-opus-5", tools=tools, messages=[*before, user(block)]))
    (violation,) = report.violations
    assert violation.pointer == f"/messages/{len(before)}/content/0/{key}"
    assert violation.help == f"rename `{key.rpartition('/')[2]}` to `{meant}`, which is missing"


SUMMARISE = {"compaction": {"type": "summarize"}}
SUMMARY = {"type": "compaction", "content": "All was said.", "signature": "RXFRQg=="}
ADDITION = {"type": "tool_addition", "tool": {"type": "tool_reference", "name": "now"}}
FAILED = {"type": "tool_result", "tool_use_id": "toolu_1", "contnet": "No clock.", "is_error": True}
CONTINUES = {"type": "continue", "previous_message_id": "msg_01"}


@pytest.mark.parametrize(
    ("changes", "violation"),
    [
        (
            {
                "messages": [{"role": "assistant", "content": [SUMMARY]}, {"role": "user", "contetn": "Go on."}],
                **SUMMARISE,
            },
            ("schema/unknown-property", "/messages/1/contetn"),
        ),
        (
            {"messages": [ASK, assistant(call()), user(FAILED)]},
            ("schema/unknown-property", "/messages/2/content/0/contnet"),
        ),
        (
            {"messages": [ASK, system([ADDITION])], "threda": CONTINUES},
            ("schema/unknown-property", "/threda"),
        ),
    ],
)
def test_what_rests_on_a_misspelt_property_is_not_reported(changes: dict[str, Any], violation: tuple[str, str]) -> None:
    messages = changes.pop("messages")
    assert found(messages, model="claude-opus-5", **changes) == [violation]

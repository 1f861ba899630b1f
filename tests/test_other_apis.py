"""What people write who come from another API: one finding for each thing, which says where that goes here."""

from __future__ import annotations

from typing import Any

import pytest

from tests.material import TODAY, hello
from validator import Linter, validate
from validator.fixing.values import patched
from validator.report import Violation

LINTER = Linter(today=TODAY)
ASK: dict[str, Any] = {"role": "user", "content": "Do you have hoses?"}
TOOL: dict[str, Any] = {
    "name": "stock",
    "description": "How many of an article there are.",
    "input_schema": {"type": "object", "properties": {"article": {"type": "string"}}},
}
FUNCTION = {"name": "stock", "description": TOOL["description"], "parameters": TOOL["input_schema"]}
CALL = {"id": "call_1", "type": "function", "function": {"name": "stock", "arguments": '{"article": "hose"}'}}
USE = {"type": "tool_use", "id": "call_1", "name": "stock", "input": {"article": "hose"}}
TEXT = {"type": "text", "text": "I look."}
RESULT = {"type": "tool_result", "tool_use_id": "call_1", "content": "12"}
ANSWER = {"role": "tool", "tool_call_id": "call_1", "content": "12"}
BROKEN = CALL | {"function": {"name": "stock", "arguments": "{"}}
GIF = "R0lGODlhAQABAAAAACw="
SCHEMA = {"type": "object", "properties": {"open": {"type": "string"}}, "additionalProperties": False}
NAMED = {"name": "hours", "schema": SCHEMA}


def the_one(request: dict[str, Any], **options: Any) -> Violation:
    linter = Linter(today=TODAY, **options) if options else LINTER
    (violation,) = linter.validate(request).violations
    return violation


def asked(*blocks: Any) -> dict[str, Any]:
    return hello(messages=[{"role": "user", "content": list(blocks)}])


@pytest.mark.parametrize(
    ("name", "value", "place"),
    [
        ("user", "u-1", "`metadata`"),
        ("parallel_tool_calls", False, "disable_parallel_tool_use"),
        ("extra_headers", {}, "argument of the SDK's call"),
        ("extra_body", {}, "argument of the SDK's call"),
        ("extra_query", {}, "argument of the SDK's call"),
        ("timeout", 30, "argument of the SDK's call"),
        ("max_retries", 2, "argument of the SDK's client"),
        ("api_key", "x", "argument of the SDK's client"),
        ("base_url", "https://example.com", "argument of the SDK's client"),
        ("response_format", {"type": "json_object"}, '"output_config": {"format"'),
        ("stop", "END", "`stop_sequences`"),
        ("max_completion_tokens", 5, "`max_tokens` is already there"),
        ("functions", [FUNCTION], "`tools`"),
        ("function_call", "auto", '"tool_choice"'),
        ("reasoning_effort", "low", '"output_config": {"effort"'),
        ("reasoning", {"effort": "low"}, '"output_config": {"effort"'),
        ("instructions", "Be brief.", "`system`"),
        ("inferenceConfig", {"maxTokens": 5}, "at the top level"),
        ("toolConfig", {"tools": []}, "`tools`"),
        ("additionalModelRequestFields", {}, "at the top level"),
        ("guardrailConfig", {}, "remove it"),
        ("generationConfig", {}, "at the top level"),
        ("systemInstruction", "Be brief.", "`system`"),
        *((name, 1, "remove it") for name in ("seed", "n", "logprobs", "top_logprobs", "presence_penalty", "store")),
        *((name, 1, "remove it") for name in ("frequency_penalty", "logit_bias", "echo", "suffix", "best_of", "top_n")),
        *((name, 1, "remove it") for name in ("min_p", "repetition_penalty", "stream_options")),
    ],
)
def test_a_property_of_another_api_is_said_where_it_goes(name: str, value: Any, place: str) -> None:
    violation = the_one(hello(**{name: value}))
    assert (violation.rule, violation.pointer) == ("schema/unknown-property", f"/{name}")
    assert place in (violation.help or "")


@pytest.mark.parametrize("name", ["seed", "n", "top_n", "min_p", "user", "echo", "timeout", "store"])
@pytest.mark.parametrize("endpoint", ["messages", "count_tokens"])
def test_a_name_of_another_api_is_never_taken_for_one_that_is_spelt_nearly_so(name: str, endpoint: Any) -> None:
    request = hello(**{name: None})
    if endpoint == "count_tokens":
        del request["max_tokens"]
    violation = the_one(request, endpoint=endpoint)
    assert violation.fix is None or violation.fix.operations[0].op != "move"


def test_what_a_message_has_in_other_places_is_said_where_it_goes() -> None:
    marked = the_one(hello(messages=[ASK | {"cache_control": {"type": "ephemeral"}}]))
    assert "last block of `content`" in (marked.help or "")
    server = {"type": "url", "name": "docs", "url": "https://docs.example.com", "headers": {"Authorization": "x"}}
    violation = the_one(hello(mcp_servers=[server]))
    assert (violation.pointer, "`authorization_token`" in (violation.help or "")) == ("/mcp_servers/0/headers", True)


CONVERSIONS = {
    "a wrapped tool": (
        hello(tools=[{"type": "function", "function": FUNCTION}]),
        "/tools/0/type",
        hello(tools=[TOOL]),
    ),
    "a wrapped tool without a type": (
        hello(tools=[{"function": FUNCTION}]),
        "/tools/0/function",
        hello(tools=[TOOL]),
    ),
    "a tool of the Responses API": (
        hello(tools=[{"type": "function", **FUNCTION}]),
        "/tools/0/type",
        hello(tools=[TOOL]),
    ),
    "a choice of a tool": (
        hello(tools=[TOOL], tool_choice={"type": "function", "function": {"name": "stock"}}),
        "/tool_choice/type",
        hello(tools=[TOOL], tool_choice={"type": "tool", "name": "stock"}),
    ),
    "a picture at an address": (
        asked({"type": "image_url", "image_url": {"url": "https://example.com/bee.gif", "detail": "low"}}),
        "/messages/0/content/0/type",
        asked({"type": "image", "source": {"type": "url", "url": "https://example.com/bee.gif"}}),
    ),
    "a picture in a data URL": (
        asked({"type": "input_image", "image_url": f"data:image/gif;base64,{GIF}"}),
        "/messages/0/content/0/type",
        asked({"type": "image", "source": {"type": "base64", "media_type": "image/gif", "data": GIF}}),
    ),
    "a text that was answered": (
        asked({"type": "output_text", "text": "A bee.", "annotations": []}),
        "/messages/0/content/0/type",
        asked({"type": "text", "text": "A bee."}),
    ),
    "calls of tools": (
        hello(tools=[TOOL], messages=[ASK, {"role": "assistant", "content": None, "tool_calls": [CALL]}]),
        "/messages/1/tool_calls",
        hello(tools=[TOOL], messages=[ASK, {"role": "assistant", "content": [USE]}]),
    ),
    "calls of tools behind a text": (
        hello(tools=[TOOL], messages=[ASK, {"role": "assistant", "content": "I look.", "tool_calls": [CALL]}]),
        "/messages/1/tool_calls",
        hello(
            tools=[TOOL], messages=[ASK, {"role": "assistant", "content": [{"type": "text", "text": "I look."}, USE]}]
        ),
    ),
    "the answer of a tool": (
        hello(
            tools=[TOOL],
            messages=[
                ASK,
                {"role": "assistant", "content": [USE]},
                {"role": "tool", "tool_call_id": "call_1", "content": "12"},
            ],
        ),
        "/messages/2/role",
        hello(
            tools=[TOOL],
            messages=[
                ASK,
                {"role": "assistant", "content": [USE]},
                {"role": "user", "content": [RESULT]},
            ],
        ),
    ),
    "a format": (
        hello(
            model="claude-opus-5",
            response_format={"type": "json_schema", "json_schema": {"name": "hours", "schema": SCHEMA}},
        ),
        "/response_format",
        hello(model="claude-opus-5", output_config={"format": {"type": "json_schema", "schema": SCHEMA}}),
    ),
    "a user": (hello(user="u-1"), "/user", hello(metadata={"user_id": "u-1"})),
    "an effort": (
        hello(model="claude-opus-5", reasoning_effort="low"),
        "/reasoning_effort",
        hello(model="claude-opus-5", output_config={"effort": "low"}),
    ),
}


@pytest.mark.parametrize(("request_body", "place", "right"), CONVERSIONS.values(), ids=CONVERSIONS)
def test_a_shape_of_another_api_is_one_finding_whose_fix_writes_ours(
    request_body: dict[str, Any], place: str, right: dict[str, Any]
) -> None:
    violation = the_one(request_body)
    assert violation.pointer == place
    assert violation.fix is not None
    assert violation.fix.applicability.value == "unsafe"
    assert patched(request_body, violation.fix.operations) == right


@pytest.mark.parametrize(
    "request_body",
    [
        hello(tools=[{"type": "function", "function": FUNCTION | {"examples": ["hose"]}}]),
        hello(user="u-1", metadata={"user_id": "u-2"}),
        asked({"type": "output_text", "text": "A bee.", "annotations": [{"type": "url_citation"}]}),
        hello(
            messages=[
                ASK,
                {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [BROKEN],
                },
            ]
        ),
        hello(messages=[ASK, ANSWER | {"status": "ok"}]),
    ],
)
def test_no_fix_is_offered_where_something_would_be_lost(request_body: dict[str, Any]) -> None:
    violations = LINTER.validate(request_body).violations
    assert violations
    assert [violation.fix for violation in violations] == [None]


def test_a_line_of_an_openai_batch_is_one_finding() -> None:
    line = {"custom_id": "a", "method": "POST", "url": "/v1/chat/completions", "body": hello()}
    violation = the_one(line, endpoint="batches")
    assert (violation.rule, violation.pointer) == ("schema/unknown-property", "/body")
    assert "a line of an OpenAI batch" in (violation.help or "")
    assert violation.fix is not None
    assert patched(line, violation.fix.operations) == {"custom_id": "a", "params": hello()}


def test_a_message_of_a_tool_is_one_finding_whatever_else_it_has() -> None:
    others: list[dict[str, Any]] = [
        {},
        {"tool_call_id": "call_1"},
        {"name": "stock", "content": None},
        {"tool_calls": []},
    ]
    for more in others:
        violation = the_one(hello(messages=[ASK, {"role": "tool", **more}]))
        assert violation.pointer == "/messages/1/role"
        assert '`{"role": "user"' in (violation.help or "")


def test_what_is_wrong_inside_a_mistyped_property_is_reported_where_it_stands() -> None:
    request = hello(input=[ASK, {"role": "asistant", "content": [{"type": "input_text", "text": "Yes."}]}])
    del request["messages"]
    found = {violation.pointer for violation in LINTER.validate(request).violations}
    assert found == {"/input", "/input/1/content/0/type", "/input/1/role"}


def test_a_required_property_is_missed_where_its_misspelling_is_not_reported() -> None:
    request = hello(max_token=5)
    del request["max_tokens"]
    assert [v.pointer for v in LINTER.validate(request).violations] == ["/max_token"]
    ignoring = Linter(today=TODAY, ignore=["schema/unknown-property"])
    assert [v.rule for v in ignoring.validate(request).violations] == ["schema/required"]


@pytest.mark.parametrize(
    ("changes", "rule", "place"),
    [
        (
            {"model": "claude-opus-5-5", "thinking": {"type": "enabled", "budget_tokens": 10}},
            "thinking/enabled-unsupported",
            "/thinking/type",
        ),
        ({"thinking": {"type": "adaptive", "budget_tokens": 2048}}, "thinking/adaptive-unsupported", "/thinking/type"),
        (
            {"model": "claude-opus-5-5", "thinking": {"type": "enabled"}},
            "thinking/enabled-unsupported",
            "/thinking/type",
        ),
        ({"model": "claude-opus-5-5", "temperature": 1.5}, "sampling/unsupported-model", "/temperature"),
        ({"model": "claude-opus-5-5", "temperature": "0.5"}, "sampling/unsupported-model", "/temperature"),
        ({"temperature": 0.5, "top_p": 2}, "sampling/temperature-top-p-both", "/top_p"),
    ],
)
def test_what_is_to_be_removed_is_not_corrected_as_well(changes: dict[str, Any], rule: str, place: str) -> None:
    violation = the_one(hello(**changes))
    assert (violation.rule, violation.pointer) == (rule, place)


def test_what_a_dropped_finding_would_do_away_with_is_still_reported() -> None:
    found = LINTER.validate(hello(temperature=2, top_p=2)).violations
    assert [(v.rule, v.pointer) for v in found] == [("schema/maximum", "/temperature"), ("schema/maximum", "/top_p")]


def test_a_model_that_is_nearly_a_retired_one_is_given_with_its_successor() -> None:
    violation = the_one(hello(model="claude-3-opuss-20240229"))
    assert (
        violation.help == "did you mean `claude-3-opus-20240229`? It was retired on 2026-01-05: use `claude-opus-4-8`"
    )
    assert violation.fix is not None
    assert violation.fix.operations[0].value == "claude-opus-4-8"


@pytest.mark.parametrize(
    ("changes", "pointer", "advice"),
    [
        ({"tools": [{"googleSearch": {}}]}, "/tools/0/googleSearch", "in its place list the web search tool: "),
        ({"tools": [{"urlContext": {}}]}, "/tools/0/urlContext", "in its place list the web fetch tool: "),
        (
            {"system": [{"type": "text", "text": "Be brief."}, {"cachePoint": {"type": "default"}}]},
            "/system/1/cachePoint",
            "remove the block, and set `cache_control` on the one before it",
        ),
        ({"keep_alive": "5m"}, "/keep_alive", "remove it: only local servers have it"),
        ({"preamble": "Be brief."}, "/preamble", "did you mean `system`?"),
    ],
)
def test_what_another_api_has_in_place_of_ours_is_one_violation(changes: Any, pointer: str, advice: str) -> None:
    (violation,) = validate(hello(model="claude-opus-5", **changes)).violations
    assert violation.pointer == pointer
    assert (violation.help or "").startswith(advice)

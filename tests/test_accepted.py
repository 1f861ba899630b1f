"""Requests that the API accepts although an older reading of its documentation refuses them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.material import TODAY, hello
from validator import Report, validate

SAFEGUARDS = [{"type": "dangerous_tool_use", "classifier_context": {"v": 1, "permission_mode": "auto"}}]
SAFEGUARDS_BETA = "dangerous-tool-use-2026-09-03"
SCOPED = [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral", "scope": "global"}}]
SCOPE_BETA = "prompt-caching-scope-2026-01-05"
LOWERED = [
    {"role": "user", "content": "Hello"},
    {"role": "system", "content": "Be quick.", "output_config": {"effort": "low"}},
]


def found(request: Any, **options: Any) -> list[tuple[str, str, str]]:
    report: Report = validate(request, **{"today": TODAY, **options})
    return [(violation.rule, violation.pointer, violation.severity.value) for violation in report.violations]


def on_platform(platform: str, **changes: Any) -> dict[str, Any]:
    """Return a body for another platform than Anthropic's own."""
    body = hello(**changes)
    del body["model"]
    version = {"bedrock": "bedrock-2023-05-31", "google": "vertex-2023-10-16"}[platform]
    return {"anthropic_version": version, **body}


@pytest.mark.parametrize("value", [SAFEGUARDS, [{"type": "dangerous_tool_use"}], [], None])
@pytest.mark.parametrize("betas", [None, [SAFEGUARDS_BETA]])
def test_safeguards_are_accepted_where_their_beta_may_go_with_the_request(value: Any, betas: Any) -> None:
    assert found(hello(model="claude-opus-5-5", safeguards=value), betas=betas) == []


def test_safeguards_need_their_beta() -> None:
    request = hello(model="claude-opus-5-5", safeguards=SAFEGUARDS)
    assert found(request, betas=()) == [("betas/missing", "/safeguards", "error")]


@pytest.mark.parametrize("platform", ["bedrock", "google"])
def test_safeguards_are_accepted_on_other_platforms(platform: str) -> None:
    assert found(on_platform(platform, safeguards=SAFEGUARDS), platform=platform) == []


def test_bedrock_says_the_beta_of_safeguards_in_the_body() -> None:
    body = on_platform("bedrock", safeguards=SAFEGUARDS, anthropic_beta=[SAFEGUARDS_BETA])
    assert found(body, platform="bedrock") == []
    body["anthropic_beta"] = []
    assert found(body, platform="bedrock") == [("betas/missing", "/safeguards", "error")]


def test_what_is_not_known_of_safeguards_is_a_warning() -> None:
    request = hello(safeguards=[{"type": "another_kind"}])
    assert found(request) == [("schema/enum", "/safeguards/0/type", "warning")]
    request = hello(safeguards=[{"type": "dangerous_tool_use", "more": 1}])
    assert found(request) == [("schema/unknown-property", "/safeguards/0/more", "warning")]


def test_safeguards_of_a_batch_and_of_a_count_are_not_refused() -> None:
    batch = {"requests": [{"custom_id": "a", "params": hello(safeguards=SAFEGUARDS)}]}
    assert found(batch, endpoint="batches") == []
    count = hello(safeguards=SAFEGUARDS)
    del count["max_tokens"]
    assert found(count, endpoint="count_tokens") == []


def test_safeguards_came_with_edition_2026_11() -> None:
    assert ("schema/unknown-property", "/safeguards", "error") in found(hello(safeguards=SAFEGUARDS), edition="2025-10")


@pytest.mark.parametrize("betas", [None, [SCOPE_BETA]])
def test_the_scope_of_a_cache_breakpoint_is_accepted_where_its_beta_may_go_with_the_request(betas: Any) -> None:
    assert found(hello(system=SCOPED), betas=betas, ignore=["caching/prefix-too-short"]) == []


def test_the_scope_of_a_cache_breakpoint_needs_its_beta() -> None:
    assert ("betas/missing", "/system/0/cache_control/scope", "error") in found(hello(system=SCOPED), betas=())


def test_bedrock_has_no_scope_as_it_refuses_its_beta() -> None:
    body = on_platform("bedrock", system=SCOPED)
    assert ("schema/unknown-property", "/system/0/cache_control/scope", "error") in found(body, platform="bedrock")


@pytest.mark.parametrize(
    "beta",
    [
        "mid-conversation-output-config-2026-07-01",
        "per-turn-control-2026-07-01",
        "mid-conversation-effort-2026-08-01",
        "per-message-effort-2026-07-01",
    ],
)
def test_each_of_its_betas_unlocks_the_settings_of_a_message(beta: str) -> None:
    assert found(hello(model="claude-opus-5-5", messages=LOWERED, betas=[beta])) == []


def test_the_settings_of_a_message_need_one_of_their_betas() -> None:
    request = hello(model="claude-opus-5-5", messages=LOWERED, betas=[SAFEGUARDS_BETA])
    assert found(request) == [("betas/missing", "/messages/1/output_config", "error")]


@pytest.mark.parametrize(
    "beta",
    [
        "afk-mode-2026-01-31",
        "efs-2026-10-01",
        "google-managed-data-controls-2026-09-01",
        "mcp-servers-2025-12-04",
        "per-turn-control-2026-07-01",
        "timing-2026-09-09",
        "token-efficient-tools-2026-03-28",
    ],
)
def test_a_beta_that_clients_send_is_known(beta: str) -> None:
    assert found(hello(betas=[beta])) == []
    assert found(hello(), betas=[beta]) == []


@pytest.mark.parametrize("name", ["top_p", "top_k"])
@pytest.mark.parametrize("edition", ["2025-10", "2026-11"])
def test_minus_one_for_a_sampling_parameter_is_a_warning_on_models_that_sample(name: str, edition: str) -> None:
    assert found(hello(**{name: -1}), edition=edition) == [("schema/minimum", f"/{name}", "warning")]


@pytest.mark.parametrize("name", ["top_p", "top_k"])
def test_minus_one_for_a_sampling_parameter_is_refused_by_models_that_do_not_take_it(name: str) -> None:
    request = hello(model="claude-opus-5-5", **{name: -1})
    assert found(request) == [("sampling/unsupported-model", f"/{name}", "error")]
    removed = found(hello(**{name: -1}), api_version="2026-10-21")
    assert removed == [("sampling/removed-parameter", f"/{name}", "error")]


def test_minus_one_counts_as_a_parameter_that_is_not_set() -> None:
    warned = [("schema/minimum", "/top_p", "warning")]
    assert found(hello(temperature=0.5, top_p=-1)) == warned
    thinking = {"type": "enabled", "budget_tokens": 1024}
    assert found(hello(max_tokens=4096, thinking=thinking, top_p=-1)) == warned


@pytest.mark.parametrize("name", ["top_p", "top_k"])
def test_what_is_to_be_done_about_minus_one_is_to_remove_it(name: str) -> None:
    (violation,) = validate(hello(**{name: -1}), today=TODAY).violations
    assert violation.help is not None
    assert violation.help.startswith("remove it")


def test_another_negative_number_is_refused() -> None:
    assert found(hello(top_p=-0.5)) == [("schema/minimum", "/top_p", "error")]
    assert found(hello(temperature=-1)) == [("schema/minimum", "/temperature", "error")]


def _tool(*callers: str) -> dict[str, Any]:
    schema = {"type": "object", "properties": {}}
    return {"name": "lookup", "description": "Looks it up.", "input_schema": schema, "allowed_callers": [*callers]}


@pytest.mark.parametrize("caller", ["code_execution_20260120", "code_execution_20260521"])
def test_a_tool_for_code_brings_the_code_execution_tool(caller: str) -> None:
    assert found(hello(model="claude-opus-4-8", tools=[_tool(caller)])) == []
    second = {**_tool("code_execution_20250825"), "name": "other"}
    assert found(hello(model="claude-opus-4-8", tools=[_tool(caller), second])) == []


def test_a_tool_for_code_of_2025_needs_the_code_execution_tool() -> None:
    request = hello(model="claude-opus-4-8", tools=[_tool("code_execution_20250825")])
    assert found(request) == [("tools/no-code-execution", "/tools/0/allowed_callers", "warning")]


def _call(use_id: str = "toolu_1", **more: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": use_id, "name": "lookup", "input": {}, **more}


def _result(use_id: str = "toolu_1", **more: Any) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": use_id, "content": "Done", **more}


def _exchanges(*exchanges: tuple[list[Any], list[Any]]) -> list[Any]:
    messages: list[Any] = [{"role": "user", "content": "Go on"}]
    for calls, results in exchanges:
        messages += [{"role": "assistant", "content": calls}, {"role": "user", "content": results}]
    return messages


def test_the_id_of_a_call_may_come_again_in_a_later_turn() -> None:
    assert found(hello(messages=_exchanges(([_call()], [_result()]), ([_call()], [_result()])))) == []
    both = ([_call("a"), _call("b")], [_result("a"), _result("b")])
    assert found(hello(messages=_exchanges(both, both, both))) == []


def test_a_call_whose_id_came_before_still_needs_its_result() -> None:
    messages = _exchanges(([_call()], [_result()]), ([_call()], [{"type": "text", "text": "Well?"}]))
    assert found(hello(messages=messages)) == [("pairing/tool-use-without-result", "/messages/3/content/0", "error")]


def test_a_result_belongs_to_the_call_before_it_when_an_id_comes_again() -> None:
    opened = (
        [_call(toolset_name="browser") | {"name": "navigate", "input": {"url": "https://example.com"}}],
        [_result(toolset_name="browser")],
    )
    plain = ([_call()], [_result()])
    tools = [{"type": "browser_toolset_20260801"}, {**_tool("direct")}]
    for exchanges in ([opened, plain], [plain, opened]):
        assert found(hello(model="claude-opus-5", tools=tools, messages=_exchanges(*exchanges))) == []


EMPTY = {"type": "text", "text": ""}


@pytest.mark.parametrize("blocks", [[EMPTY], [EMPTY, _call()], [{"type": "text", "text": "So"}, EMPTY]])
def test_an_empty_text_of_the_assistant_in_mid_conversation_is_a_warning(blocks: list[Any]) -> None:
    answer = [_result()] if _call() in blocks else "Go on"
    index = blocks.index(EMPTY)
    request = hello(messages=[*hello()["messages"], {"role": "assistant", "content": blocks}, _user(answer)])
    assert found(request) == [("schema/min-length", f"/messages/1/content/{index}/text", "warning")]
    batch = {"requests": [{"custom_id": "a", "params": request}]}
    place = f"/requests/0/params/messages/1/content/{index}/text"
    assert found(batch, endpoint="batches") == [("schema/min-length", place, "warning")]


def _user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


@pytest.mark.parametrize(
    ("messages", "place"),
    [
        ([_user([EMPTY])], "/messages/0/content/0/text"),
        ([_user([EMPTY]), {"role": "assistant", "content": "Yes"}, _user("Go on")], "/messages/0/content/0/text"),
        ([_user("Hello"), {"role": "assistant", "content": [EMPTY]}], "/messages/1/content/0/text"),
        (
            [_user("Hello"), {"role": "assistant", "content": [EMPTY]}, {"role": "assistant", "content": "Yes"}],
            "/messages/1/content/0/text",
        ),
    ],
)
def test_an_empty_text_of_the_user_or_of_the_last_turn_is_an_error(messages: list[Any], place: str) -> None:
    assert ("schema/min-length", place, "error") in found(hello(messages=messages))


def test_an_empty_text_of_the_system_prompt_is_an_error() -> None:
    assert found(hello(system=[EMPTY])) == [("schema/min-length", "/system/0/text", "error")]


def test_a_warning_told_to_be_an_error_is_one() -> None:
    told = found(hello(top_p=-1), severities={"schema/minimum": "error"})
    assert told == [("schema/minimum", "/top_p", "error")]


@pytest.mark.parametrize("result", [{}, {"is_error": False}])
def test_empty_text_of_a_tool_that_did_not_fail_is_only_a_warning(result: Any) -> None:
    assert found(returning([{"type": "text", "text": ""}], result)) == [
        ("schema/min-length", "/messages/2/content/0/content/0/text", "warning")
    ]


def test_empty_text_of_a_tool_that_failed_is_an_error() -> None:
    assert found(returning([{"type": "text", "text": ""}], {"is_error": True})) == [
        ("schema/min-length", "/messages/2/content/0/content/0/text", "error")
    ]


def returning(content: Any, result: dict[str, Any]) -> dict[str, Any]:
    """Return a request whose tool has returned something."""
    call = {"type": "tool_use", "id": "toolu_1", "name": "list_orders", "input": {}}
    return hello(
        messages=[
            {"role": "user", "content": "Which orders are open?"},
            {"role": "assistant", "content": [call]},
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": content, **result}],
            },
        ],
    )


@pytest.mark.parametrize("beta", ["structured-outputs-2025-09-17", "adaptive-thinking-2026-01-28"])
def test_headers_that_clients_have_sent_are_known(beta: str) -> None:
    rules = {rule for rule, _, _ in found(hello(), betas=[beta])}
    assert rules <= {"betas/deprecated"}

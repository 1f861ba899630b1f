"""What a violation says of the API's own words, compared with answers that were seen."""

from __future__ import annotations

from typing import Any

import pytest

from tests.material import hello
from validator import validate

TOOL = {"name": "search", "description": "Searches.", "input_schema": {"type": "object"}}


def block(**changes: Any) -> dict[str, Any]:
    return hello(messages=[{"role": "user", "content": [{"type": "text", "text": "Hello", **changes}]}])


def turns(assistant: dict[str, Any], user: dict[str, Any]) -> dict[str, Any]:
    return hello(
        messages=[
            {"role": "user", "content": "Hello"},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "n", "input": {}, **assistant}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", **user}]},
        ]
    )


IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/jpg", "data": "AAAA"}}


@pytest.mark.parametrize(
    ("request_body", "said"),
    [
        (hello(zzz_unknown=1), "zzz_unknown: Extra inputs are not permitted"),
        (block(cache_control={"type": "ephemeral", "ttl": "10m"}), "'5m' or '1h'"),
        (
            block(cache_control={"type": "ephemeral", "ttl": "10m"}),
            "messages.0.content.0.text.cache_control.ephemeral.ttl: Input should be '5m' or '1h'",
        ),
        (
            hello(system=[{"type": "text", "text": "a", "cache_control": {"type": "ephemeral", "region": "eu"}}]),
            "system.0.cache_control.ephemeral.region: Extra inputs are not permitted",
        ),
        (hello(tools=[{"input_schema": {"type": "object"}}]), "tools.0.custom.name: Field required"),
        (hello(tools=[TOOL | {"input_schema": {}}]), "tools.0.custom.input_schema.type: Field required"),
        (
            hello(tools=[TOOL | {"name": "a b"}]),
            "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
        ),
        (hello(max_tokens="1"), "max_tokens: Input should be a valid integer"),
        (hello(max_tokens=-1), "max_tokens: must be greater than or equal to 0"),
        (hello(temperature=2), "temperature: range: 0..1"),
        (hello(messages=None), "messages: Input should be a valid array"),
        (hello(messages=[{"role": "user", "content": None}]), "messages.0.content: Input should be a valid array"),
        (hello(messages=[{"role": "user", "content": ["a"]}]), "messages.0.content.0: Input should be an object"),
        (hello(messages=[{"role": "user"}]), "messages.0.content: Field required"),
        (hello(messages=[{"role": "user", "content": [{"text": "a"}]}]), "messages.0.content.0.type: Field required"),
        (
            hello(messages=[{"role": "developer", "content": "a"}]),
            'messages: Unexpected role "developer". Allowed roles are "user" or "assistant"',
        ),
        (block(text=""), "messages: text content blocks must be non-empty"),
        (hello(system=[{"type": "text", "text": ""}]), "system: text content blocks must be non-empty"),
        (hello(service_tier="fast"), "service_tier: Input should be 'auto' or 'standard_only'"),
        (hello(tool_choice="auto"), "tool_choice: Input should be an object"),
        (hello(tool_choice={"type": "tool"}), "tool_choice.tool.name: Field required"),
        (
            hello(thinking={"type": "enabled", "budget_tokens": 1}),
            "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
        ),
        (
            hello(model="claude-opus-5", thinking={"type": "adaptive", "budget_tokens": 2048}),
            "thinking.adaptive.budget_tokens: Extra inputs are not permitted",
        ),
        (
            turns({"id": "functions.get:0"}, {"tool_use_id": "functions.get:0"}),
            "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
        ),
        (turns({"input": "{}"}, {}), "messages.1.content.0.tool_use.input: Input should be an object"),
        (
            turns({}, {"content": [IMAGE]}),
            (
                "messages.2.content.0.tool_result.content.0.image.source.base64.media_type: "
                "Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'"
            ),
        ),
        (hello(tools=[{"type": "function"}]), "tools.0: Input tag 'function' found using 'type' does not match any of"),
    ],
)
def test_a_violation_of_structure_carries_the_words_of_the_api(request_body: Any, said: str) -> None:
    assert any(said in (violation.api_message or "") for violation in validate(request_body).violations)


@pytest.mark.parametrize(
    ("request_body", "said"),
    [
        ({"requests": []}, "requests: List should have at least 1 item after validation, not 0"),
        (
            {"requests": [{"custom_id": "a b", "params": hello()}]},
            "requests.0.custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'",
        ),
        (
            {"requests": [{"custom_id": "a", "params": hello(metadata={"user": "a"})}]},
            "metadata.user: Extra inputs are not permitted",
        ),
        ({"custom_id": "a", "params": {**hello(), "model": 1}}, "model: Input should be a valid string"),
    ],
)
def test_in_a_batch_the_place_begins_where_the_api_begins_it(request_body: Any, said: str) -> None:
    (violation,) = validate(request_body, endpoint="batches").violations
    assert violation.api_message == said


def test_a_feature_without_its_header_is_to_the_api_an_unknown_property_or_tag() -> None:
    (violation,) = validate(hello(context_management={"edits": []}), betas=()).violations
    assert violation.api_message == "context_management: Extra inputs are not permitted"


def test_a_long_value_does_not_make_a_long_report() -> None:
    for request_body in (hello(messages=[{"role": "x" * 9_999, "content": "a"}]), hello(tools=[{"type": "x" * 9_999}])):
        for violation in validate(request_body).violations:
            assert len(violation.api_message or "") < 600

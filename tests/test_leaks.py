from __future__ import annotations

from typing import Any

import pytest

from tests.material import hello
from validator import Linter, validate
from validator.files import check_text
from validator.formats import full
from validator.formats.style import Style

RANDOM = "q8Zr2LxV7nTb4KcY1mWd9EsH3fJu6PgA5oRiQ0tN"
"""Joined to a prefix only here, so that no scanner takes this file for a leak."""
TOKEN = "gh" + "p_" + RANDOM[:36]
SECRETS = {
    "an Anthropic API key": "sk-" + "ant-api03-" + RANDOM,
    "an OpenAI API key": "sk-" + "proj-" + RANDOM,
    "an AWS access key id": "AK" + "IAQ7ZLW3RTN5XKPH4E",
    "a GitHub token": TOKEN,
    "a Slack token": "xo" + "xb-2048193847-" + RANDOM[:24],
    "a Google API key": "AI" + "za" + RANDOM[:35],
    "a Stripe key": "sk" + "_live_" + RANDOM[:24],
    "a private key": "-----BEGIN RSA PRIV" + f"ATE KEY-----\n{RANDOM}\n{RANDOM}",
}


def pointers(request: Any) -> list[str]:
    return [violation.pointer for violation in validate(request).violations if violation.rule == "request/secret"]


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_named_by_its_kind_and_never_shown(kind: str) -> None:
    (violation,) = validate(hello(system=f"Use {SECRETS[kind]} for it")).violations
    assert (violation.rule, violation.pointer) == ("request/secret", "/system")
    assert kind in violation.message
    assert RANDOM[:10] not in f"{violation}"


def test_secrets_are_found_wherever_text_stands() -> None:
    look = {"name": "look", "description": f"Looks with {TOKEN}", "input_schema": {"type": "object"}}
    call = {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {"headers": [{"x": TOKEN}]}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": f"\n{TOKEN}\n"}]}
    request = hello(
        tools=[look], messages=[{"role": "assistant", "content": [call]}, {"role": "user", "content": [result]}]
    )
    assert pointers(request) == [
        "/messages/0/content/0/input/headers/0/x",
        "/messages/1/content/0/content/0/text",
        "/tools/0/description",
    ]


@pytest.mark.parametrize(
    "request_body",
    [
        hello(mcp_servers=[{"type": "url", "name": "a", "url": "https://a.example", "authorization_token": TOKEN}]),
        hello(messages=[{"role": "user", "content": f"abc{TOKEN}"}]),
        hello(messages=[{"role": "user", "content": TOKEN[:-1]}]),
        hello(
            messages=[
                {
                    "role": "user",
                    "content": [
                        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": TOKEN}}
                    ],
                }
            ]
        ),
    ],
    ids=["authorization token", "part of a word", "too short", "base64"],
)
def test_what_is_no_secret_in_a_text_is_passed_over(request_body: Any) -> None:
    assert pointers(request_body) == []


def test_numbers_that_json_text_cannot_hold_do_not_hide_a_secret() -> None:
    request = hello(max_tokens=2**70, messages=[{"role": "user", "content": f"see {TOKEN}"}])
    assert pointers(request) == ["/messages/0/content"]


def test_the_line_of_a_secret_is_not_printed() -> None:
    text = f'{{"model": "claude-haiku-4-5", "max_tokens": 9, "messages": [{{"role": "user", "content": "{TOKEN}"}}]}}'
    result = check_text("in.json", text.encode(), Linter())
    printed = "".join(full.render([result], Style()))
    assert "request/secret" in printed
    assert "in.json:1:89" in printed
    assert TOKEN not in printed

"""Requests without the SDK: whose they are, and what their headers say."""

from __future__ import annotations

import pytest

from validator.code.http import HOLE, betas_of, endpoint_of_url, sent_to
from validator.code.placeholders import is_placeholder
from validator.documents.written import Sent


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("https://api.anthropic.com/v1/messages", "messages"),
        ("https://api.anthropic.com/v1/messages/", "messages"),
        ("http://api.anthropic.com/v1/messages", "messages"),
        ("api.anthropic.com/v1/messages", "messages"),
        ("https://API.Anthropic.com:443/v1/messages", "messages"),
        ("https://api.anthropic.com/v1/messages?beta=true", "messages"),
        (f"https://api.anthropic.com/v1/messages?beta={HOLE}", "messages"),
        ("https://api.anthropic.com/v1/messages#top", "messages"),
        ("https://api.anthropic.com/v1/messages/count_tokens", "count_tokens"),
        ("https://api.anthropic.com/v1/messages/batches", "batches"),
        ("https://api.anthropic.com/v1/messages/batches/msgbatch_1", None),
        ("https://api.anthropic.com/v1/complete", None),
        ("https://api.anthropic.com", None),
        ("https://api.anthropic.com.example.org/v1/messages", None),
        ("https://example.org/v1/messages", None),
        ("https://example.org/?to=https://api.anthropic.com/v1/messages", None),
        ("https://user@api.anthropic.com/v1/messages", None),
        (f"{HOLE}/v1/messages", None),
        (f"https://{HOLE}/v1/messages", None),
        (f"https://api.anthropic.com/v1/{HOLE}", None),
        ("", None),
    ],
)
def test_a_url_is_ours_if_it_spells_out_host_and_path(url: str, endpoint: str | None) -> None:
    assert endpoint_of_url(url) == endpoint


def test_headers_say_the_betas_and_the_version() -> None:
    headers = [("Anthropic-Version", "2023-06-01"), ("anthropic-beta", "a-1, b-2"), ("ANTHROPIC-BETA", "c-3")]
    assert sent_to("messages", headers, are_all_known=True) == Sent(
        "messages", "anthropic", frozenset({"a-1", "b-2", "c-3"}), "2023-06-01"
    )


def test_no_beta_is_sent_if_all_headers_are_known_and_none_names_one() -> None:
    assert sent_to("messages", [("x-api-key", None)], are_all_known=True).betas == frozenset()


@pytest.mark.parametrize("beta", [None, "a-1"])
def test_the_betas_are_unknown_if_a_header_may_be_missing_or_has_an_unknown_value(beta: str | None) -> None:
    assert sent_to("messages", [("anthropic-beta", beta)], are_all_known=beta is None).betas is None


@pytest.mark.parametrize("version", [None, "2019-01-01"])
def test_a_version_that_is_unknown_is_not_said(version: str | None) -> None:
    assert sent_to("messages", [("anthropic-version", version)], are_all_known=True).api_version is None


def test_betas_are_split_at_commas() -> None:
    assert betas_of(" a-1,, b-2 ,") == {"a-1", "b-2"}


@pytest.mark.parametrize(
    "text",
    [
        "<MODEL>",
        "<your question>",
        "{{x}}",
        "{{ .model }}",
        "${MODEL}",
        "$MODEL",
        "YOUR_MODEL",
        "YOUR MODEL HERE",
        "your-model",
        "{model}",
        "[MODEL]",
        "__MODEL__",
        "%(model)s",
        "...",
        "\u2026",
        "XXXX",
        " <MODEL> ",
    ],
)
def test_a_placeholder_is_seen_everywhere(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize("text", ["iVBORw0KGgo...", "BASE64_DATA", "base64_image_data", "[your question]"])
def test_what_is_cut_short_or_described_is_a_placeholder_in_documentation_alone(text: str) -> None:
    assert is_placeholder(text, is_fragment=True)
    assert not is_placeholder(text)


@pytest.mark.parametrize(
    "text",
    [
        "claude-haiku-4-5",
        "Hello",
        "user",
        "",
        "Is 1 < 2 and 3 > 2?",
        "<a>text</a>",
        "</answer>",
        "yours",
        "image/jpg",
        "$5",
        "a" * 9999,
    ],
)
def test_other_texts_are_no_placeholders(text: str) -> None:
    assert not is_placeholder(text, is_fragment=True)

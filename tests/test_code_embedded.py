"""Configurations of promptfoo, clients of BAML and recordings: what is a request in them, and where."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from validator import Linter, Violation
from validator.code import baml
from validator.code.embedded import calls_in
from validator.code.trees import text_at
from validator.documents import Format, read
from validator.files import check_text
from validator.files.checking import judge
from validator.files.glance import RECORDING

LINTER = Linter(endpoint="auto")
WRONG = {"model": "claude-haiku-4-5", "max_tokens": 64, "messages": [{"role": "tool", "content": 'It\'s\n\t"é😀" \\'}]}
ADDRESS = "https://api.anthropic.com/v1/messages"


def check(name: str, text: str, *, recordings: bool = False) -> tuple[int, list[Violation]]:
    """Return the number of requests, and the violations, each of which has no fix."""
    result = check_text(name, text.encode(), LINTER, recordings=recordings)
    assert all(violation.fix is None for violation in result.violations) or name.endswith(".baml")
    return result.requests, list(result.violations)


def marked(text: str, violation: Violation) -> str:
    """Return the text of the line at which a violation is."""
    assert violation.range is not None
    line, column, end_line, end = violation.range
    assert line == end_line
    return text.split("\n")[line - 1][column - 1 : end - 1]


def promptfoo(*providers: Any, **more: Any) -> str:
    return yaml.safe_dump({"prompts": ["{{question}}"], "providers": list(providers), **more})


def test_only_the_parameters_of_a_provider_are_known_so_nothing_is_missing() -> None:
    text = promptfoo({"id": "anthropic:messages:claude-haiku-4-5", "config": {"temperature": 1.4}})
    requests, (found,) = check("promptfooconfig.yaml", text)
    assert (requests, found.rule, found.pointer, marked(text, found)) == (1, "schema/maximum", "/temperature", "1.4")


@pytest.mark.parametrize(
    "provider",
    [
        {"anthropic:messages:claude-haiku-4-5": {"config": {"temperature": 1.4}}},
        {"id": "anthropic:messages", "config": {"model": "claude-haiku-4-5", "temperature": 1.4}},
        {"id": "anthropic:claude-haiku-4-5", "config": {"temperature": 1.4}},
        {"id": "anthropic:messages:{{ env.MODEL }}", "config": {"temperature": 1.4}},
        {
            "id": "anthropic:messages:claude-haiku-4-5",
            "config": {"temperature": 0.1, "extra_body": {"temperature": 1.4}},
        },
    ],
)
def test_a_provider_is_written_in_several_ways(provider: Any) -> None:
    for text in (promptfoo(provider), json.dumps({"prompts": [], "targets": [provider]}, indent=1)):
        requests, (found,) = check("evals.yaml" if text.startswith("p") else "evals.json", text)
        assert (requests, found.rule, marked(text, found)) == (1, "schema/maximum", "1.4")


def test_the_model_of_a_provider_is_reported_where_its_id_is_written() -> None:
    text = promptfoo("anthropic:messages:claude-3-opus")
    _, (found,) = check("promptfooconfig.yaml", text)
    assert (found.rule, found.pointer, marked(text, found)) == ("models/no-such-model", "/model", "claude-3-opus")


@pytest.mark.parametrize(
    "config",
    [
        {"apiKey": "x", "apiBaseUrl": "x", "cost": 1, "headers": {}, "showThinking": True, "metadata": {"a": 1}},
        {"tools": "file://tools.json", "temperature": "{{ temperature }}"},
    ],
)
def test_what_is_not_sent_or_not_known_is_not_judged(config: Any) -> None:
    assert check("p.yaml", promptfoo({"id": "anthropic:messages:claude-haiku-4-5", "config": config})) == (1, [])


def test_other_providers_and_graders_are_no_requests() -> None:
    grader = {"assert": [{"type": "llm-rubric", "provider": "anthropic:messages:claude-haiku-4-5"}]}
    others = ["openai:gpt-5", "bedrock:anthropic.claude-x", "vertex:claude-x", "anthropic:claude-agent-sdk"]
    text = promptfoo(*others, "anthropic:messages:claude-haiku-4-5", tests=[grader])
    assert check("promptfooconfig.yaml", text) == (1, [])
    verdict, documents = judge("promptfooconfig.yaml", promptfoo(*others).encode())
    assert not verdict.is_request
    assert all(document.call is None for document in documents)


BAML = """\
// client<llm> Old { provider anthropic options { temperature 3 } }
{# client<llm> Older { provider anthropic options { temperature 3 } } #}
client<llm> Main {
  provider "anthropic"
  retry_policy Twice
  options {
    model "claude-haiku-4-5"  // not "claude-3"
    api_key env.ANTHROPIC_API_KEY
    base_url "https://api.anthropic.com"
    max_tokens 1000
    temperature 1.4
    stop_sequences ["a", #"b"#]
    headers { "anthropic-beta" "x" }
    allowed_roles ["user"]
  }
}
client<llm> Other { provider openai options { temperature 3 } }
function Ask(question: string) -> string { client Main prompt #"client<llm> { {{ question }}"# }
"""


def test_the_clients_of_baml_are_requests_of_which_only_parameters_are_known() -> None:
    requests, (found,) = check("clients.baml", BAML)
    assert (requests, found.rule, found.pointer, marked(BAML, found)) == (1, "schema/maximum", "/temperature", "1.4")
    (call,) = baml.read(BAML.encode()).calls
    assert call.sent.betas == frozenset({"x"})
    assert call.body.is_open
    assert list(call.body.properties or {}) == ["model", "max_tokens", "temperature", "stop_sequences"]


@given(st.lists(st.sampled_from([*'{}[]"#:\\, \n', "client<llm> A {", "provider anthropic ", "options {", "1e5 "])))
def test_no_baml_makes_the_reader_raise(parts: list[str]) -> None:
    baml.read("".join(parts).encode())


def test_long_and_deep_baml_takes_little_time() -> None:
    start = time.monotonic()
    unclosed = 'client<llm> A { options { model #"'
    for text in (
        "client<llm> A {" * 50_000,
        "client<llm> A " + "{a " * 100_000,
        "// x\n" * 100_000 + BAML,
        unclosed * 50_000,
        "{#" * 500_000,
    ):
        baml.read(text.encode())
    assert time.monotonic() - start < 10


def vcr(body: Any, address: str = ADDRESS, **request: Any) -> dict[str, Any]:
    return {
        "request": {"uri": address, "method": "POST", "body": body, **request},
        "response": {"status": {"code": 200}},
    }


BODY = json.dumps(WRONG)
RECORDINGS: dict[str, Any] = {
    "vcrpy.yaml": {"interactions": [vcr(BODY)], "version": 1},
    "go-vcr.yaml": {"version": 2, "interactions": [{"request": {"url": f"{ADDRESS}?beta=true", "body": BODY}}]},
    "ruby.yml": {"http_interactions": [vcr({"encoding": "UTF-8", "string": BODY}, method="post")]},
    "parsed.yaml": {"interactions": [vcr(None, parsed_body=WRONG)]},
    "object.json": {"interactions": [vcr(WRONG)]},
    "nock.json": [{"scope": "https://api.anthropic.com:443", "method": "POST", "path": "/v1/messages", "body": WRONG}],
    "text.json": [{"scope": "https://api.anthropic.com:443", "method": "POST", "path": "/v1/messages", "body": BODY}],
    "a.har": {"log": {"entries": [{"request": {"method": "POST", "url": ADDRESS, "postData": {"text": BODY}}}]}},
    "one.json": {"request": {"url": ADDRESS, "body": BODY}, "response": {}},
}


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_recorded_request_is_checked_only_if_that_is_asked_for(name: str) -> None:
    text = json.dumps(RECORDINGS[name]) if name.endswith(("json", "har")) else yaml.dump(RECORDINGS[name], width=60)
    requests, (found,) = check(name, text, recordings=True)
    assert (requests, found.rule, found.pointer) == (1, "schema/enum", "/messages/0/role")
    assert "tool" in marked(text, found)
    assert len(marked(text, found)) < 12  # with its quotes, which may be escaped
    assert check(name, text) == (1, [])


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_walk_checks_recordings_only_if_that_is_asked_for(name: str) -> None:
    text = json.dumps(RECORDINGS[name]) if name.endswith(("json", "har")) else yaml.dump(RECORDINGS[name])
    assert judge(name, text.encode())[0] == (False, RECORDING, False)
    assert judge(name, text.encode(), recordings=True)[0].is_request


@pytest.mark.parametrize(
    "exchange",
    [
        vcr(BODY, "https://example.com/v1/messages"),
        vcr(BODY, "https://api.anthropic.com/v1/models"),
        vcr(BODY, "https://api.anthropic.com.example.com/v1/messages"),
        vcr("", method="GET"),
        {"request": "GET /"},
        "text",
    ],
)
def test_other_recorded_calls_are_no_requests(exchange: Any) -> None:
    text = yaml.dump({"interactions": [exchange, vcr(json.dumps({**WRONG, "messages": []}))]})
    assert check("a.yaml", text, recordings=True)[0] == 1


@pytest.mark.parametrize("body", [None, "", "{", "[DONE]", "a=b", 5, ["x"], b"\x89PNG"])
def test_a_recorded_body_that_is_no_json_counts_and_says_nothing(body: Any) -> None:
    assert check("a.yaml", yaml.dump({"interactions": [vcr(body)]}), recordings=True) == (1, [])


def test_headers_say_how_it_was_sent() -> None:
    headers = {"Anthropic-Beta": ["a,b", "c"], "anthropic-version": ["2023-06-01"]}
    (document,) = read(yaml.dump({"interactions": [vcr(BODY, headers=headers)]}).encode(), Format.YAML)
    (call,) = calls_in(document, recordings=True) or []
    assert call.sent is not None
    assert (call.sent.endpoint, call.sent.betas, call.sent.is_run) == ("messages", frozenset("abc"), False)
    (document,) = read(yaml.dump({"interactions": [vcr(BODY, headers={})]}).encode(), Format.YAML)
    (call,) = calls_in(document, recordings=True) or []
    assert call.sent is not None
    assert call.sent.betas is None


@settings(max_examples=300)
@given(
    st.text(alphabet=" ab\n\té😀'\"\\:#-{}\x85\u2028", max_size=60),
    st.sampled_from(["'", '"', "|", ">", None]),
    st.integers(10, 60),
    st.booleans(),
)
def test_the_text_of_a_scalar_is_found_in_the_file(
    text: str,
    style: str | None,
    width: int,
    is_json: bool,  # noqa: FBT001
) -> None:
    value = {"a": {"b": text}}
    written = json.dumps(value) if is_json else yaml.dump(value, width=width, default_style=style, allow_unicode=True)
    (document, *_) = read(written.encode(), Format.JSON if is_json else Format.YAML)
    if not document.readable or not isinstance(document.value.get("a"), dict):
        return
    found = document.value["a"]["b"]
    if not isinstance(found, str):
        return
    mapped = text_at(document, found, document.locate([("a", "b")])[("a", "b")])
    if mapped is None:
        assert style in {">", "|"} or "\x85" in text or "\u2028" in text
        return
    assert mapped.data.rstrip() == found.encode().rstrip()
    for offset, byte in enumerate(mapped.data):
        if byte in b"ab":
            assert document.data[mapped.start_of(offset)] == byte
            assert mapped.end_of(offset + 1) == mapped.start_of(offset) + 1


def test_many_recorded_calls_take_little_time() -> None:
    exchanges = [vcr(BODY) for _ in range(2000)]
    start = time.monotonic()
    assert check("a.json", json.dumps({"interactions": exchanges}), recordings=True)[0] == 2000
    assert time.monotonic() - start < 30

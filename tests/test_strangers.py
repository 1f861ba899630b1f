"""A file that was named and is plainly not a request gets one finding that says so, and no fix."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.material import FIXTURES, fixtures, hello
from tests.strategies import JSON
from tests.test_command import run
from tests.test_refusals import REFUSALS
from validator import Linter, validate, validate_file, validate_json
from validator.files import check_text
from validator.files.checking import NAMELESS
from validator.schema.store import files

LINTER = Linter(endpoint="auto")
RULE = "syntax/not-a-request"
MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-haiku-4-5",
    "content": [{"type": "text", "text": "Hello"}],
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 1, "output_tokens": 1},
}

STRANGERS: list[tuple[str, Any, str]] = [
    ("notebook.json", {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, "a Jupyter notebook"),
    ("a.yaml", "interactions:\n- request: {uri: /v1/messages}\n  response: {}\nversion: 1\n", "a recording of HTTP"),
    ("b.yml", "http_interactions: []\nrecorded_with: VCR 6.0.0\n", "a recording of HTTP calls"),
    ("a.har.json", {"log": {"version": "1.2", "entries": []}}, "a recording of HTTP calls"),
    ("nock.json", [{"scope": "https://api.anthropic.com", "method": "POST", "path": "/v1"}], "a recording of HTTP"),
    ("promptfooconfig.yaml", "prompts: [a]\nproviders: [b]\ntests: []\n", "a promptfoo configuration"),
    ("package.json", {"name": "a", "version": "1.0.0", "dependencies": {"b": "^1"}}, "a `package.json`"),
    ("package-lock.json", {"name": "a", "lockfileVersion": 3, "packages": {}}, "a lock file"),
    ("tsconfig.json", {"compilerOptions": {"strict": True}}, "a TypeScript configuration"),
    ("openapi.yaml", "openapi: 3.1.0\ninfo: {title: a}\npaths: {}\n", "an OpenAPI document"),
    ("schema.json", {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}, "a JSON Schema"),
    ("response.json", MESSAGE, "a response of the API"),
    ("error.json", {"type": "error", "error": {"type": "overloaded_error"}}, "a response of the API"),
    ("responses.json", [MESSAGE, MESSAGE], "a list whose first item is a response of the API"),
    ("responses.jsonl", f"\n{json.dumps(MESSAGE)}\n{json.dumps(MESSAGE)}\n", "a response of the API"),
    ("results.jsonl", {"custom_id": "a", "result": {"type": "succeeded"}}, "a line of a batch's results"),
    ("chat.json", {"id": "a", "object": "chat.completion", "choices": []}, "a response of another vendor's API"),
    (".mcp.json", {"mcpServers": {"docs": {"command": "docs"}}}, "a configuration of MCP servers"),
    ("pod.yaml", "apiVersion: v1\nkind: Pod\nspec: {}\n", "a Kubernetes manifest"),
    ("ci.yaml", "on: push\njobs: {test: {}}\n", "a GitHub workflow"),
    ("notes.rst", "Notes\n=====\n", "reStructuredText"),
    ("agent.pyi", "import anthropic  # {\n", "Python code"),
    ("agent.zsh", "echo {\n", "a shell script"),
    ("poetry.lock", "[[package]]\n", "a lock file"),
    ("image.png", b"\x89PNG\r\n\x1a\n\0\0", "an image"),
    ("prompt.txt", "You are a helpful assistant.\n", ": its text is not JSON"),
    ("dataset.jsonl", {"prompt": "Hello", "completion": "Hi"}, ": it has none of"),
    ("evals.jsonl", {"input": [{"role": "user", "content": "Hello"}], "ideal": "Hi"}, ": it has none of"),
    ("fetch.json", {"request": {"url": "/v1/messages"}, "response": {"status": 200}}, "a recording of HTTP calls"),
    ("settings.json", {"theme": "dark"}, ": it has none of `model`, `messages` and `max_tokens`"),
    ("prompt.json", {"system": "Be brief.", "name": "a"}, ": it has none of `model`, `messages` and `max_tokens`"),
    (
        "run.json",
        {"model": "claude-a", "messages": [], "harness": 1, "sandbox": 1, "sessionId": 1},
        ": it has no `max_tokens`, and requests do not have 3 of its 5 properties",
    ),
    ("log.jsonl", '{"level": "info", "at": 1}\n' * 1000, ": it has none of"),
]

REQUESTS: list[tuple[str, Any]] = [
    ("a.json", {}),
    ("b.json", {"system": "Be brief.", "temperature": 0}),
    ("c.json", {"sytem": "Be brief.", "mesages": []}),
    ("d.json", {"prompt": "Hello", "max_tokens_to_sample": 5}),
    ("e.json", {"model": "gpt-4o", "messages": [], "n": 1, "seed": 1, "user": "a", "logprobs": True, "store": True}),
    ("f.json", {"max_tokens": 5, "a": 1, "b": 1, "c": 1}),
    ("g.json", {"$schema": "messages.schema.json", "a": 1}),
    ("h.json", {"custom_id": "a", "method": "POST", "url": "/v1", "body": {}}),
    ("s.json", {"model": "claude-a", "prompt": "Hello", "max_tokens_to_sample": 5}),
    ("t.json", {"messages": [], "modelId": "anthropic.claude-a", "inferenceConfig": {}, "toolConfig": {}}),
    ("u.json", {"model": "gpt-5", "input": "Hello", "reasoning": {}, "store": True, "truncation": "auto"}),
    ("v.json", {"requests": {"row-1": {"model": "claude-a", "messages": []}}}),
    ("i.json", {"requests": [{"cpu": 1}], "a": 1}),
    ("j.json", {"params": {"model": "claude-a"}, "id": "a"}),
    ("k.json", [hello()]),
    ("l.json", "5"),
    ("m.rst", json.dumps(hello())),
    ("n.txt", json.dumps(hello())[:-1] + ",}"),
    ("o.txt", ""),
    ("p.json", "Hello"),
    ("q.json", "{'model': 'claude-a'}"),
    ("r.yaml", "a: b: c"),
]


def text_of(content: Any) -> bytes:
    return (
        content
        if isinstance(content, bytes)
        else (content if isinstance(content, str) else json.dumps(content)).encode()
    )


def rules_of(name: str, content: Any, linter: Linter = LINTER) -> list[str]:
    return [found.rule for found in check_text(name, text_of(content), linter).violations]


@pytest.mark.parametrize(("name", "content", "kind"), STRANGERS, ids=lambda each: each if isinstance(each, str) else "")
def test_what_is_plainly_no_request_is_told_in_one_finding_without_a_fix(name: str, content: Any, kind: str) -> None:
    result = check_text(name, text_of(content), LINTER)
    assert result.requests == 0
    (found,) = result.violations
    assert (found.rule, found.severity.value, found.pointer, found.fix) == (RULE, "error", "", None)
    assert found.message.startswith(f"this is {kind}" if kind[0] != ":" else f"this is not a request{kind}")
    assert found.range is not None
    assert found.help is not None
    for ending in (".json", ".jsonc", ".jsonl", ".ndjson", ".yaml", ".yml"):
        assert f"`{ending}`" in found.help


@pytest.mark.parametrize(("name", "content"), REQUESTS, ids=[name for name, _ in REQUESTS])
def test_what_may_be_meant_as_a_request_is_judged_as_one(name: str, content: Any) -> None:
    assert RULE not in rules_of(name, content)


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case["name"])
def test_no_request_that_was_refused_is_taken_for_something_else(case: Any) -> None:
    try:
        assert RULE not in rules_of("a.json", case["request"])
    except UnicodeEncodeError:
        pytest.skip("it cannot be written")


@pytest.mark.parametrize("path", [*fixtures("good"), *fixtures("bad")], ids=lambda path: path.name)
def test_no_fixture_is_taken_for_something_else(path: Path) -> None:
    if path.suffix != ".gz":
        assert RULE not in rules_of(path.name, path.read_bytes())


def test_every_way_of_checking_a_file_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "package.json"
    path.write_text('{"name": "a", "scripts": {}, "zzz": "a text that nobody may remove"}')
    before = path.read_bytes()
    assert [found.rule for found in validate_file(path).violations] == [RULE]
    done = run("check", path, "--fix", "--unsafe-fixes", "--format", "concise")
    assert done.out == f"{path}:1:1: error[{RULE}] this is a `package.json`, not a request\n"
    assert done.err == "checked 0 requests in 1 file: 1 error\n"
    assert (done.returncode, path.read_bytes()) == (1, before)
    named = run("check", "-", "--stdin-filename", "package.json", "--format", "concise", stdin=before)
    assert f"error[{RULE}]" in named.out
    assert run("check", tmp_path).out == ""


def test_who_says_that_it_is_a_request_has_it_judged_as_one(tmp_path: Path) -> None:
    text = '{"name": "a", "scripts": {}}'
    expected = [found.rule for found in validate(json.loads(text)).violations]
    assert RULE not in expected
    assert [found.rule for found in validate_json(text).violations] == expected
    assert rules_of("package.json", text, Linter()) == rules_of(NAMELESS, text) == expected
    path = tmp_path / "package.json"
    path.write_text(text)
    assert [found.rule for found in validate_file(path, endpoint="messages").violations] == expected
    assert RULE not in run("check", "-", stdin=text.encode()).out
    (tmp_path / "msglint.toml").write_text('endpoint = "messages"\n')
    report = json.loads(run("check", path, "--format", "json").out)
    assert [found["rule"] for found in report["violations"]] == expected


def test_a_text_that_is_not_json_is_no_request_whatever_its_endpoint() -> None:
    assert rules_of("notes.rst", "# Notes", Linter()) == [RULE]


def test_of_several_documents_the_strangers_are_told_once_each() -> None:
    request = json.dumps(hello(temprature=1))
    assert rules_of("a.yaml", f"kind: a\n---\n{request}\n---\nkind: b\n") == [RULE, "schema/unknown-property", RULE]
    assert rules_of("a.yaml", "kind: a\n---\nkind: b\n") == [RULE]
    assert rules_of("a.jsonl", f'{request}\n{{"kind": 1}}\n') == ["schema/unknown-property", RULE]
    assert rules_of("a.jsonl", '{"kind": 1}\n' * 5 + request) == [*[RULE] * 5, "schema/unknown-property"]


def test_a_long_file_of_lines_is_told_once_in_any_number_of_processes(tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_text('{"level": "info", "text": "%s"}\n' % ("x" * 100) * 30_000)
    for jobs in ("1", "2"):
        report = json.loads(run("check", tmp_path / "log.jsonl", "--format", "json", "--jobs", jobs).out)
        assert [(found["rule"], found["line"]) for found in report["violations"]] == [(RULE, 1)]


def test_an_object_with_many_names_is_judged_as_fast_as_it_is_read() -> None:
    assert rules_of("a.json", {f"name_{number}": 1 for number in range(100_000)}) == [RULE]


PROPERTIES = sorted(files()["endpoints/messages.json"]["properties"])


@given(st.dictionaries(st.sampled_from(PROPERTIES), JSON))
def test_an_object_with_properties_of_requests_alone_is_always_judged(value: dict[str, Any]) -> None:
    assert RULE not in rules_of("a.json", value)


@given(st.dictionaries(st.from_regex(re.compile("[a-z]{1,4}[0-9]{4}"), fullmatch=True), JSON, min_size=1))
def test_an_object_without_any_property_of_requests_is_never_judged(value: dict[str, Any]) -> None:
    assert rules_of("a.json", value) == [RULE]


def test_the_look_alikes_that_are_named_are_judged_where_they_are_bodies_for_other_vendors() -> None:
    for name in ("another-vendors-chat.json", "another-vendors-batch.jsonl", "bedrock-converse.json"):
        assert RULE not in rules_of(name, (FIXTURES / "look-alikes" / name).read_bytes())

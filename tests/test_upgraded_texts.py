"""Moving the requests in files to newer models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.material import TODAY, fixtures, name_of
from validator.checking.linter import Linter
from validator.code.readers import read
from validator.documents import Format, format_of
from validator.files.checking import read_record
from validator.upgrades.moving import Choice
from validator.upgrades.survey import by_folder, summed, surveyed
from validator.upgrades.texts import UpgradedText, upgrade_text

LINTER = Linter(endpoint="auto", today=TODAY)
PLAIN = [path for path in fixtures("good") if not path.name.endswith(".gz")]
TARGETS = ("claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-sonnet-4-6")


def upgraded(name: str, text: str | bytes, to: str | None = "claude-sonnet-5-5", **options: Any) -> UpgradedText:
    data = text.encode() if isinstance(text, str) else text
    return upgrade_text(name, data, LINTER, Choice.of(to, today=TODAY, **options))


def after(name: str, text: str, to: str | None = "claude-sonnet-5-5", **options: Any) -> str:
    made = upgraded(name, text, to, **options)
    assert all(request.is_editable for request in made.requests)
    return made.changed.decode()


def values(name: str, data: bytes) -> list[Any]:
    if format_of(name) is Format.LINES:
        return [read_record(line).value for line in data.split(b"\n") if line.strip()]
    return [document.value for document in read(data, format_of(name), name)]


@pytest.mark.parametrize("to", TARGETS)
@pytest.mark.parametrize("path", PLAIN, ids=name_of)
def test_a_fixture_is_edited_as_its_requests_are_moved_and_only_once(path: Path, to: str) -> None:
    data = path.read_bytes()
    made = upgraded(path.name, data, to, pins=True, unsafe=True)
    expected = iter(request.upgrade.request for request in made.requests if request.is_editable)
    assert made.requests
    assert all(request.is_editable for request in made.requests)
    for value in values(path.name, made.changed):
        if isinstance(value, dict):
            assert {name: item for name, item in value.items() if name != "$schema"} == next(expected)
    again = upgraded(path.name, made.changed, to, pins=True, unsafe=True)
    assert again.changed == made.changed
    for line in data.split(b"\n"):
        if line.strip().startswith((b"//", b"#")):
            assert line in made.changed


def test_json_with_comments_keeps_its_form() -> None:
    text = """{
  // the model
  "model": "claude-opus-4-5", // dear
  "max_tokens": 2000,
  "temperature": 1,
  "top_p": 0.99,
  "messages": [{"role": "user", "content": "Hi"}],
}
"""
    assert (
        after("a.jsonc", text, "claude-opus-5-5", pins=True)
        == """{
  // the model
  "model": "claude-opus-5-5", // dear
  "max_tokens": 2000,
  "output_config": {"effort": "high"},
  "messages": [{"role": "user", "content": "Hi"}],
}
"""
    )


SHARED = """\
requests:
  - custom_id: a
    params:
      model: &model claude-sonnet-4-5  # shared
      max_tokens: 4000
      messages: [{role: user, content: Hi}]
  - custom_id: b
    params:
      model: *model
      max_tokens: 4000
      temperature: 1
      messages: [{role: user, content: Hi}]
"""


def test_an_anchor_that_requests_share_is_edited_once() -> None:
    expected = SHARED.replace("sonnet-4-5", "sonnet-5-5").replace("      temperature: 1\n", "")
    assert after("a.yaml", SHARED) == expected


def test_a_shared_value_that_one_request_keeps_is_left_alone() -> None:
    text = """\
requests:
  - custom_id: a
    params:
      model: claude-sonnet-4-5
      max_tokens: 4000
      temperature: &one 1
      messages: [{role: user, content: Hi}]
  - custom_id: b
    params:
      model: claude-sonnet-4-6
      max_tokens: 4000
      temperature: *one
      messages: [{role: user, content: Hi}]
"""
    made = upgraded("a.yaml", text, only=("claude-sonnet-4-5",))
    assert not made.requests[0].is_editable
    assert made.changed.decode() == text
    assert not made.is_done


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("thinking: {type: enabled, budget_tokens: 9000}", "thinking: {type: adaptive}"),
        ("thinking:\n  type: enabled\n  budget_tokens: 9000", "thinking:\n  type: adaptive"),
        ("thinking:  # hard\n  type: enabled\n  budget_tokens: 9000", "thinking:  # hard\n  type: adaptive"),
    ],
)
def test_thinking_in_yaml_is_rewritten_in_its_own_form(old: str, new: str) -> None:
    head, tail = "model: claude-opus-4-6\nmax_tokens: 20000\n", "messages:\n- {role: user, content: Hi}\n"
    effort = 'output_config: {"effort": "high"}\n'
    made = after("a.yaml", f"{head}{old}\n{tail}", "claude-opus-4-8", unsafe=True)
    assert made == f"{head.replace('4-6', '4-8')}{new}\n{effort}{tail}"


def test_lines_are_moved_one_by_one() -> None:
    body = {"max_tokens": 10, "messages": [{"role": "user", "content": "Hi"}]}
    lines = [json.dumps({"model": model, **body}) for model in ("claude-opus-4-1", "claude-opus-5", "x")]
    text = "\ufeff" + "\r\n".join([*lines, ""])
    assert after("a.jsonl", text, None) == text.replace("claude-opus-4-1", "claude-opus-4-8")


PYTHON = """\
import anthropic

MODEL = "claude-sonnet-4-6"  # shared
client = anthropic.Anthropic()

first = client.messages.create(
    model=MODEL,
    max_tokens=4000,
    temperature=1,
    messages=[{"role": "user", "content": question}],
)
second = client.messages.create(model=MODEL, max_tokens=1000, messages=messages, timeout=5)
"""


def test_a_constant_that_calls_share_is_edited_once() -> None:
    made = after("a.py", PYTHON)
    assert made == PYTHON.replace("sonnet-4-6", "sonnet-5-5").replace("    temperature=1,\n", "")


def test_defaults_are_written_into_calls() -> None:
    made = after("a.py", PYTHON, pins=True)
    assert made.count('thinking={"type": "between_tools"}') == 2
    assert "timeout=5)" in made
    compile(made, "a.py", "exec")


def test_what_cannot_be_edited_is_left_and_the_safe_changes_are_made() -> None:
    call = "client.messages.create(model=MODEL, max_tokens=9000, messages=m, thinking=HARD)"
    text = PYTHON.replace("MODEL =", 'HARD = {"type": "enabled", "budget_tokens": 2000}\nMODEL =') + f"third = {call}\n"
    made = upgraded("a.py", text, unsafe=True)
    assert [request.is_editable for request in made.requests] == [True, True, True]
    assert [change.step for change in made.requests[2].by_hand] == ["adaptive-thinking"]
    assert not made.is_done
    assert made.changed.decode() == text.replace("sonnet-4-6", "sonnet-5-5").replace("    temperature=1,\n", "")


def test_a_constant_stays_if_one_of_its_calls_cannot_be_edited() -> None:
    third = "third = client.messages.create(model=MODEL, messages=messages, **DEFAULTS)\n"
    fourth = 'fourth = client.messages.create(model="claude-opus-4-8", max_tokens=9, messages=messages)\n'
    text = PYTHON.replace("MODEL =", 'DEFAULTS = {"max_tokens": 9, "temperature": 1}\nMODEL =') + third + fourth
    made = upgraded("a.py", text)
    assert [request.is_editable for request in made.requests] == [False, False, False, True]
    assert made.changed.decode() == text.replace("opus-4-8", "sonnet-5-5")
    assert not made.is_done


def test_nothing_rests_on_what_is_not_known() -> None:
    text = PYTHON.replace("temperature=1,", "**settings,").replace("max_tokens=1000", "max_tokens=9, temperature=warm")
    made = upgraded("a.py", text, pins=True)
    assert [change.step for change in made.requests[0].upgrade.changes] == ["model"]
    assert {change.step for change in made.requests[1].upgrade.changes} == {"model", "pin-no-thinking"}
    assert made.requests[1].upgrade.left == ()


def test_typescript_is_moved() -> None:
    text = """\
import Anthropic from "@anthropic-ai/sdk";
const client = new Anthropic();
await client.messages.create({
  model: 'claude-sonnet-5',
  max_tokens: 2000,
  thinking: { type: 'disabled' },
  messages: [{ role: "user", content: text }],
});
"""
    assert after("a.ts", text) == text.replace("sonnet-5'", "sonnet-5-5'").replace("'disabled'", "'between_tools'")


def test_places_are_those_of_today() -> None:
    made = upgraded("a.py", PYTHON.replace("temperature=1", "temperature=0.5"))
    (left,) = made.requests[0].upgrade.left
    assert made.requests[0].place(left.path) == (9, 5)
    assert made.requests[0].place(made.requests[0].upgrade.changes[0].path) == (7, 5)


def uses(name: str, text: str) -> list[tuple[str, str, int]]:
    return [(use.name, use.role, use.place.line) for use in surveyed(name, text.encode(), LINTER).uses]


def test_every_model_that_a_request_names_is_listed() -> None:
    text = """\
model: claude-opus-5
max_tokens: 10
fallbacks:
  - model: claude-opus-4-8
tools:
  - {type: advisor_20260301, name: advisor, model: claude-opus-5}
messages: [{role: user, content: Hi}]
"""
    assert uses("a.yaml", text) == [
        ("claude-opus-5", "model", 1),
        ("claude-opus-4-8", "fallback", 4),
        ("claude-opus-5", "advisor", 6),
    ]
    assert uses("a.py", PYTHON) == [("claude-sonnet-4-6", "model", 3)] * 2


def test_uses_are_summed_by_model_and_folder() -> None:
    body = '{"model": "%s", "max_tokens": 10, "messages": [{"role": "user", "content": "Hi"}]}'
    files = {
        "one/a.json": "claude-opus-4-1",
        "one/b.json": "claude-opus-4-1-20250805",
        "two/c.json": "us.anthropic.claude-opus-4-1-20250805-v1:0",
        "two/d.json": "our-own",
        "two/e.json": "claude-opus-5",
    }
    found = [
        (file, use) for file, model in files.items() for use in surveyed(file, (body % model).encode(), LINTER).uses
    ]
    used = summed(found, TODAY)
    assert [(each.name, each.platform, each.state.value, len(each.places)) for each in used] == [
        ("claude-opus-4-1-20250805", "anthropic", "retired", 2),
        ("anthropic.claude-opus-4-1-20250805-v1:0", "bedrock", "deprecated", 1),
        ("our-own", "anthropic", "unknown", 1),
        ("claude-opus-5", "anthropic", "current", 1),
    ]
    assert [each.successor for each in used] == [
        "claude-opus-4-8",
        "anthropic.claude-opus-4-8",
        None,
        "claude-opus-5-5",
    ]
    assert {folder: states.total() for folder, states in by_folder(used).items()} == {"one": 2, "two": 3}


def test_the_model_of_a_notebook_is_edited_where_it_is_written() -> None:
    source = ["import anthropic\n", 'MODEL = "claude-opus-4-1"\n', "client = anthropic.Anthropic()\n"]
    call = ["client.messages.create(model=MODEL, max_tokens=9, messages=messages)"]
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": lines}
        for lines in (source, call)
    ]
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)
    assert after("a.ipynb", text, None) == text.replace("opus-4-1", "opus-4-8")


def test_the_model_in_an_id_of_promptfoo_is_edited() -> None:
    text = """\
prompts: [Hello]
providers:
  - id: anthropic:messages:claude-opus-4-1
    config:
      max_tokens: 100
"""
    assert after("promptfooconfig.yaml", text, None) == text.replace("opus-4-1", "opus-4-8")


PROVIDERS = """\
prompts: [Hello]
x-options: &options
  max_tokens: 100
  temperature: 1  # as ever
providers:
  - id: anthropic:messages:claude-opus-4-1
    config: *options
  - id: anthropic:messages:claude-sonnet-4-5  # small
    config:
      <<: *options
      max_tokens: 300
  - id: anthropic:messages:claude-opus-4-5
    config:
      temperature: 1.0
      max_tokens: 50
"""


def test_parameters_of_providers_are_removed_where_they_are_written() -> None:
    expected = PROVIDERS.replace("  temperature: 1  # as ever\n", "").replace("      temperature: 1.0\n", "")
    for old in ("opus-4-1", "sonnet-4-5", "opus-4-5"):
        expected = expected.replace(f"claude-{old}", "claude-opus-5-5")
    assert after("promptfooconfig.yaml", PROVIDERS, "claude-opus-5-5") == expected


_OWN = """\
providers:
  - id: anthropic:messages:claude-opus-4-1
    config: *options
"""
_OPTIONS = "&options\n    max_tokens: 100\n    temperature: 1\n"


@pytest.mark.parametrize(
    "text",
    [
        f"prompts: [a]\nx-options: {_OPTIONS}{_OWN}  - {{id: 'openai:gpt', config: *options}}\n",
        f"prompts: [a]\nx-options: {_OPTIONS}{_OWN}defaultTest: {{options: {{provider: {{config: *options}}}}}}\n",
        f"prompts: [a]\ntargets:\n- id: openai:gpt\n  config: {_OPTIONS}{_OWN}",
        f"prompts: [a]\nproviders:\n  - id: openai:gpt\n    config: {_OPTIONS}{_OWN.partition(chr(10))[2]}".replace(
            "\n    max_tokens: 100\n    ", "\n      max_tokens: 100\n      "
        ),
    ],
    ids=["provider", "grader", "target", "first provider"],
)
def test_parameters_that_others_share_are_left_alone(text: str) -> None:
    made = upgraded("promptfooconfig.yaml", text, "claude-opus-5-5")
    assert [request.is_editable for request in made.requests] == [False]
    assert made.changed.decode() == text


def test_a_line_whose_last_member_goes_stays_one() -> None:
    head = '{\n  "model": "claude-opus-4-1",\n  "max_tokens": 9, "temperature": 1,\n'
    text = head + '  "messages": [{"role": "user", "content": "a"}]\n}'
    expected = text.replace("opus-4-1", "opus-5-5").replace(' "temperature": 1,', "")
    assert after("a.json", text, "claude-opus-5-5") == expected

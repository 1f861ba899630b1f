"""The glance at YAML: it never decides otherwise than reading the text does."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.material import hello
from validator.documents import Format, read
from validator.files.checking import judge, judge_documents
from validator.files.glance import RECORDING, why_no_request

BODY = json.dumps(hello())
LINES = st.sampled_from(
    [
        "messages: []",
        "messages : []",
        '"messages": []',
        "'messages': []",
        "? messages\n: []",
        '"mess\\x61ges": []',
        "  messages: []",
        "--- messages",
        "--- {messages: [], model: claude-haiku-4-5}",
        "model: claude-haiku-4-5",
        "  model: claude-haiku-4-5",
        "{model: claude-haiku-4-5, messages: []}",
        "requests:",
        "custom_id: a",
        "params: {}",
        "$schema: messages.schema.json",
        "base: &base",
        "<<: *base",
        "<<: {messages: []}",
        "*base : 1",
        "- model: claude-haiku-4-5",
        "  - role: user",
        "    content: messages",
        "- 1",
        "-",
        "---",
        "...",
        "--- # one",
        "# messages: []",
        "",
        "text: |",
        'text: "one',
        'two"',
        "key: value",
        "a b: c",
        "\tx: 1",
        "é: 1",
        "%YAML 1.2",
        "!tag",
        "version: 1\rmessages: []",
        "version: 1\u2028messages: []",
        f"body: '{BODY}'",
        "role: user",
        "content: a: b",
    ]
)


def read_whole(data: bytes) -> tuple[bool, str, bool]:
    documents = read(data, Format.YAML)
    verdict = judge_documents(documents)
    return verdict.is_request, verdict.reason, all(document.readable for document in documents)


@settings(max_examples=1000)
@given(st.lists(LINES, max_size=7))
def test_a_glance_decides_as_reading_does(lines: list[str]) -> None:
    data = ("\n".join(lines) + "\n").encode()
    reason = why_no_request(data)
    if reason is not None:
        is_request, said, is_readable = read_whole(data)
        assert not is_request
        assert reason == said or not is_readable or len(read(data, Format.YAML)) > 1


@given(
    st.recursive(
        st.sampled_from(["messages", "model", "claude-haiku-4-5", "a: b", "x\ny", BODY, ""]) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["messages", "model", "version", "a", "requests", "$schema"]), inner)
        ),
        max_leaves=8,
    ),
    st.sampled_from([True, False, None]),
    st.booleans(),
)
def test_what_pyyaml_writes_is_judged_as_it_reads(value: Any, flow: bool | None, explicit: bool) -> None:  # noqa: FBT001
    text = yaml.dump(value, Dumper=yaml.CSafeDumper, default_flow_style=flow, explicit_start=explicit, width=60)
    reason = why_no_request(text.encode())
    assert reason is None or read_whole(text.encode())[:2] == (False, reason)


@pytest.mark.parametrize("start", ["", "---\n", "# a recording\n---\n"])
def test_a_recording_is_not_read(start: str) -> None:
    calls = [{"request": {"body": BODY, "method": "POST"}, "response": {"status": {"code": 200}}}] * 3
    recording = start + yaml.dump({"interactions": json.loads(json.dumps(calls)), "version": 1})
    assert why_no_request(recording.encode()) == RECORDING
    verdict, documents = judge("a.yaml", recording.encode())
    assert (verdict.is_request, verdict.reason, documents) == (False, RECORDING, [])
    assert why_no_request(recording.encode(), recordings=True) is None
    assert why_no_request((start + yaml.dump(calls)).encode()) == "it holds no object"


@pytest.mark.parametrize(
    "text",
    [
        "model: claude-haiku-4-5\nmessages: []\n",
        "model: claude-a\nmessages:\n- role: user\n  content: a: b\n",
        "a: 1\n---\nmodel: claude-a\nmessages: []\n",
        "a: 1\n---\n  model: claude-a\n  messages: []\n",
        "base: &base {messages: [], model: claude-a}\n<<: *base\n",
    ],
)
def test_a_request_is_read(text: str) -> None:
    assert judge("a.yaml", text.encode())[0].is_request
    assert why_no_request(text.encode()) is None

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.material import FIXTURES, hello
from tests.strategies import JSON, TEXT
from tests.test_command import run
from validator import Linter, validate_file
from validator.facts import model_ids
from validator.facts.api import Platform
from validator.files.checking import judge

USER = {"role": "user", "content": "Hello"}
RECORD = {"custom_id": "a", "params": hello()}
LINE = json.dumps(RECORD)


def chat(**body: Any) -> dict[str, Any]:
    """Return a body with messages, and nothing else but what is given."""
    return {"messages": [USER], **body}


REQUESTS: list[tuple[str, Any, str]] = [
    ("a.json", hello(), "it has `messages` and the model `claude-haiku-4-5`"),
    ("b.json", hello(messages="Hello"), "it has `messages` and the model `claude-haiku-4-5`"),
    ("c.json", chat(model="claude-some-day-9"), "it has `messages` and the model `claude-some-day-9`"),
    (
        "d.json",
        chat(model="cluade-haiku-4-5"),
        "it has `messages` and the model `cluade-haiku-4-5`, which is nearly one of Anthropic's",
    ),
    ("e.json", chat(max_tokens=1, system="a"), "it has `messages`, `max_tokens` and `system`"),
    ("f.json", chat(max_tokens=1, thinking={}, model="${MODEL}"), "it has `messages`, `max_tokens` and `thinking`"),
    ("g.json", {"requests": [RECORD]}, "it is the body of a batch"),
    ("h.json", {"requests": [{"custom_id": 5, "params": {}}]}, "it is the body of a batch"),
    ("i.json", {"$schema": "messages.schema.json"}, 'its `$schema` is "messages.schema.json"'),
    ("j.jsonl", LINE, "it has `custom_id` and `params`, as a batch has"),
    ("k.jsonl", '\n\n{"custom_id": "a", "params": 5}', "it has `custom_id` and `params`, as a batch has"),
    ("l.jsonl", LINE[:-1] + "\n" + LINE, "it has `custom_id` and `params`, as a batch has"),
    ("m.ndjson", json.dumps(hello()) + "\r\n\r\n5", "it has `messages` and the model `claude-haiku-4-5`"),
    ("n.jsonl.gz", gzip.compress(LINE.encode()), "it has `custom_id` and `params`, as a batch has"),
    ("o.json.gz", gzip.compress(json.dumps(hello()).encode()), "it has `messages` and the model `claude-haiku-4-5`"),
    ("p.yaml", "model: claude-haiku-4-5\nmessages: []\n", "it has `messages` and the model `claude-haiku-4-5`"),
    ("q.yml", "a: 1\n---\nmodel: claude-a\nmessages: []\n", "it has `messages` and the model `claude-a`"),
    ("r.jsonc", '{// a\n"messages": [], "model": "claude-a",}', "it has `messages` and the model `claude-a`"),
    (
        "s.json",
        json.dumps(hello())[:-1],
        "it cannot be read, but speaks of `messages` and the model `claude-haiku-4-5`",
    ),
    ("t.json", json.dumps(chat())[:-2], "it cannot be read, but speaks of a conversation"),
    (
        "u.yaml",
        "model: claude-a\nmessages:\n- role: user\n  content: a: b\n",
        "it cannot be read, but speaks of `messages` and the model `claude-a`",
    ),
    (
        "v.json",
        json.dumps(hello()).encode("utf-16"),
        "it cannot be read, but speaks of `messages` and the model `claude-haiku-4-5`",
    ),
    (
        "w.json",
        hello(messages=[USER, {"role": "tool", "content": "a"}], n=1),
        "it has `messages` and the model `claude-haiku-4-5`",
    ),
    ("x.json", hello(messages=[{"role": "developer", "content": "a"}]), "it has `messages` and the model"),
    ("y.json", hello(messages=[{"role": "assistant", "tool_calls": []}]), "it has `messages` and the model"),
    ("z.json", chat(model="claude-a", max_completion_tokens=5, functions=[], seed=1, user="a"), "it has `messages`"),
    ("aa.json", hello(response_format={}, anthropic_version="bedrock-2023-05-31"), "it has `messages` and the model"),
    ("ab.json", chat(anthropic_version="bedrock-2023-05-31"), "it has `messages` and says that it is for Amazon"),
    (
        "ac2.json",
        chat(anthropic_version="bedrock-2023-05-31", tool_calls=[], n=1),
        "it has `messages` and says that it is for Amazon Bedrock",
    ),
    ("ac.json", chat(anthropic_version="vertex-2023-10-16"), "it has `messages` and says that it is for Google Cloud"),
    (
        "ad.json",
        chat(model="anthropic/claude-haiku-4.5", max_tokens=5, system="a"),
        "it has `messages` and the model `anthropic/claude-haiku-4.5`, and `system`, which only bodies for this API",
    ),
    (
        "ae.json",
        {"max_tokens": 5, "messages": [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a"}]}]},
        "it has `messages`, `max_tokens` and `tool_result`",
    ),
    ("af.json", chat(max_tokens=5, tools=[{"name": "a", "input_schema": {}}]), "it has `messages`, `max_tokens` and"),
    ("ag.json", '{"model": "claude-a", "messages": [{"role": "tool", "content": ', "it cannot be read, but speaks of"),
    ("ah.json", chat(model="claude-a", betas=[], max_token=1, a=1, b=1, c=1, d=1), "it has `messages` and the model"),
]

LOOK_ALIKES: list[tuple[str, Any, str]] = [
    ("a.json", chat(model="gpt-5"), "its model is `gpt-5`, which is not one of Anthropic's"),
    (
        "b.json",
        chat(model="gemini-3-pro", max_tokens=5),
        "its model is `gemini-3-pro`, which is not one of Anthropic's",
    ),
    ("c.json", chat(model="anthropic/claude-haiku-4.5"), "its model is `anthropic/claude-haiku-4.5`, as another host"),
    ("d.json", chat(model="bedrock/claude-a", max_tokens=5), "its model is `bedrock/claude-a`, as another host"),
    ("e.json", chat(max_tokens=5, system="a", n=1), "it has `n`, as bodies for other APIs have"),
    (
        "f.json",
        {"max_tokens": 5, "system": "a", "messages": [USER, {"role": "tool", "content": "a"}]},
        'it has a message of the role "tool"',
    ),
    (
        "g.json",
        {"max_tokens": 5, "system": "a", "messages": [{"role": "assistant", "tool_calls": []}]},
        "one of its messages has `tool_calls`",
    ),
    (
        "h.json",
        chat(model="claude-a", harness=1, sandbox=1, sessionId="a", cwd="/", outcome="passed"),
        "it has no `max_tokens`, and requests do not have 5 of its 7 properties",
    ),
    (
        "i2.json",
        chat(model="anthropic/claude-a", max_tokens=5, system="a", response_format={}),
        "its model is `anthropic/claude-a`, as another host names it",
    ),
    (
        "i3.json",
        chat(max_tokens=5, system="a", a=1, b=1, c=1),
        "it has no model, and requests do not have 3 of its 6 properties",
    ),
    (
        "i.json",
        chat(modelId="anthropic.claude-a", inferenceConfig={}),
        "it has `modelId`, as bodies for other APIs have",
    ),
    (
        "j.jsonl",
        {"custom_id": "a", "method": "POST", "url": "/v1", "body": {}},
        "it is a line of another vendor's batch",
    ),
    ("k.jsonl", {"custom_id": "a", "result": {}}, "it has `custom_id`, but no `params`"),
    ("l.jsonl", {"custom_id": "a", "params": chat(model="gpt-5")}, "its model is `gpt-5`"),
    ("m.json", {"requests": [{"custom_id": "a", "params": chat(model="gpt-5")}]}, "its model is `gpt-5`"),
    ("n.json", {"requests": [{"cpu": 1}]}, "its `requests` have no `params`"),
    ("o.json", {"requests": []}, "its `requests` are empty"),
    ("p.json", {"requests": {"cpu": 1}}, "it has no `messages`"),
    ("q.json", chat(), "it has `messages`, but no model of Anthropic's"),
    ("r.json", chat(max_tokens=5), "it has `messages`, but no model of Anthropic's"),
    ("s.json", chat(system="a"), "it has `messages`, but no model of Anthropic's"),
    ("t.json", {"messages": {"hello": "Hello"}}, "its `messages` are not a conversation"),
    ("u.json", {"messages": ["Hello"], "max_tokens": 5, "system": "a"}, "its `messages` are not a conversation"),
    ("v.json", [hello()], "it holds no object"),
    ("w.json", {"name": "a"}, "it has no `messages`"),
    ("x.json", {"$schema": "https://example.com/messages.schema.json"}, "it has no `messages`"),
    ("aa.json", f"{json.dumps(chat())}\n{json.dumps(chat())}", "it has `messages`, but no model of Anthropic's"),
    ("ab.json", json.dumps(chat(model="gpt-5"))[:-1], "its model is `gpt-5`"),
    ("ac.json", '{"messages": [{"role": "tool", "content": ', "it cannot be read, and speaks of what other vendors'"),
    ("ad.json", '{"messages"', "it cannot be read, and does not speak of a conversation"),
    (
        "ae.yaml",
        "model: {{ m }}\nmessages:\n- role: user\n  content: {{ p }}\n",
        "it cannot be read, and names no model",
    ),
    ("af.yaml", "messages: [\nrole: a\ncontent: b\n", "it cannot be read, and names no model"),
    ("ag.yaml", "model: gpt-5\nmessages:\n- role: user\n  content: a: b\n", "its model is `gpt-5`"),
    ("ah.yaml", "resources: {requests: {cpu: 1}}\n", "it has no `messages`"),
    ("ai.jsonl", '{"a": 1}\n' + LINE, "it has no `messages`"),
    ("aj.jsonl", "", "it cannot be read, and does not speak of a conversation"),
    ("ak.json", chat(messages=[{"role": ["tool"]}], model="gpt-5"), "its model is `gpt-5`"),
]


def test_files_of_a_folder_are_told_apart_by_a_stated_rule(tmp_path: Path) -> None:
    for folder, cases in (("requests", REQUESTS), ("look-alikes", LOOK_ALIKES)):
        (tmp_path / folder).mkdir()
        for name, content, _ in cases:
            text = content if isinstance(content, (str, bytes)) else json.dumps(content)
            (tmp_path / folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    done = run("check", "--show-files", cwd=tmp_path)
    assert done.returncode == 0
    said = dict(line.split(": ", 1) for line in done.out.splitlines())
    assert len(said) == len(REQUESTS) + len(LOOK_ALIKES)
    for name, _, reason in REQUESTS:
        assert said[f"+ requests/{name}"].startswith(reason)
    for name, _, reason in LOOK_ALIKES:
        assert said[f"- look-alikes/{name}"].startswith(reason)
    report = json.loads(run("check", "--format", "json", cwd=tmp_path).out)
    assert report["files"] == len(REQUESTS)
    done = run("check", "look-alikes", cwd=tmp_path)
    assert done.returncode == 0
    assert "no request was found in look-alikes (21 look-alikes not checked); `--show-files` shows" in done.err


def test_look_alikes_are_checked_where_they_are_named() -> None:
    done = run("check", FIXTURES / "look-alikes" / "another-vendors-chat.json", "--format", "json")
    assert json.loads(done.out)["files"] == 1


def test_a_body_for_another_platform_counts_unless_one_is_checked_for_that_it_is_not_for(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(chat(anthropic_version="bedrock-2023-05-31", max_tokens=5)))
    for platform in ((), ("--platform", "bedrock")):
        assert run("check", tmp_path, *platform).err == "checked 1 request in 1 file: no violations\n"
    for other in ("google", "anthropic"):
        done = run("check", "--show-files", tmp_path, "--platform", other)
        assert "it is for Amazon Bedrock; `--platform bedrock` checks it" in done.out


def test_every_model_of_anthropics_is_recognised() -> None:
    for model in model_ids():
        verdict, _ = judge("a.json", json.dumps(chat(model=model)).encode())
        assert verdict.is_request, model


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "model": st.sampled_from(["claude-a", "gpt-5", "{m}", "anthropic/claude-a"]) | JSON,
            "messages": st.lists(st.dictionaries(st.sampled_from(["role", "content", "tool_calls"]), JSON) | JSON)
            | JSON,
            "requests": st.lists(st.dictionaries(st.sampled_from(["custom_id", "params"]), JSON) | JSON, max_size=3)
            | JSON,
            "custom_id": JSON,
            "max_tokens": JSON,
            "tools": JSON,
            "params": st.fixed_dictionaries({"messages": JSON}) | JSON,
            "anthropic_version": JSON,
            "$schema": st.sampled_from(["messages.schema.json", "https://msglint.invalid/schemas/a/b/c"]) | TEXT,
        },
    )
    | JSON,
    st.sampled_from(["a.json", "a.jsonc", "a.jsonl", "a.yaml"]),
    st.integers(0, 3),
)
def test_anything_can_be_judged_whole_or_cut_off(value: Any, name: str, cut: int) -> None:
    text = json.dumps(value, ensure_ascii=False)
    verdict, _ = judge(name, text[: len(text) - cut].encode(errors="replace"))
    assert verdict.reason


def test_look_alikes_that_are_left_alone_are_counted_whoever_finds_them(tmp_path: Path) -> None:
    (tmp_path / "request.json").write_text(json.dumps(hello()))
    for number, model in enumerate(("gpt-5", "gemini-3-pro", "anthropic/claude-a")):
        (tmp_path / f"{number}.json").write_text(json.dumps(chat(model=model)))
    (tmp_path / "lines.jsonl").write_text('{"custom_id": "a", "method": "POST", "url": "/", "body": {}}\n')
    (tmp_path / "translations.json").write_text('{"messages": {"hello": "Hello"}}')
    (tmp_path / "package.json").write_text('{"name": "a"}')
    for jobs in ("1", "2"):
        done = run("check", tmp_path, "--jobs", jobs)
        assert done.err == "checked 1 request in 1 file: no violations; 4 look-alikes not checked\n"
    report = json.loads(run("check", tmp_path, "--format", "json").out)
    assert (report["files"], report["requests"], report["violations"]) == (1, 1, [])


@pytest.mark.parametrize(("platform", "version"), [("bedrock", "bedrock-2023-05-31"), ("google", "vertex-2023-10-16")])
def test_a_body_is_checked_for_the_platform_that_it_names(tmp_path: Path, platform: Platform, version: str) -> None:
    body = chat(anthropic_version=version, max_tokens=5, model="claude-haiku-4-5")
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps({key: item for key, item in body.items() if key != "model"}))
    bad.write_text(json.dumps(body))
    assert validate_file(good).ok
    assert [found.pointer for found in validate_file(bad).violations] == ["/model"]
    assert [found.pointer for found in validate_file(good, platform="anthropic").violations] == [
        "",
        "/anthropic_version",
    ]
    assert validate_file(bad, platform=platform) == validate_file(bad)
    assert not Linter().validate(json.loads(good.read_text())).ok

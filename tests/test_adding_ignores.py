"""`msglint check --add-ignores`: comments that suppress what is found, written by msglint itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.material import FIXTURES, TODAY, expected, fixtures, hello
from tests.test_command import run
from validator.documents import Format, jsonc, read
from validator.project import Project
from validator.suppressions.writing import with_ignores

MISTAKES = hello(
    temperature=2,
    max_token=5,
    system=[{"type": "text", "text": "Be brief.\nPlease."}, {"type": "txt", "text": "x"}],
    messages=[
        {"role": "asistant", "content": "Hi"},
        {"role": "user", "content": [{"type": "text", "txt": "x"}, {"type": "image"}]},
        {"role": "user", "content": "a line\nanother  # no comment\n"},
    ],
)


def texts() -> list[Any]:
    """Return broken requests as YAML and JSON with comments, in block and flow style, and with each line end."""
    made = {
        "block.yaml": yaml.safe_dump(MISTAKES, sort_keys=False),
        "flow.yaml": yaml.safe_dump(MISTAKES, default_flow_style=True, width=60),
        "narrow.yaml": yaml.safe_dump(MISTAKES, sort_keys=False, width=20),
        "two.yaml": yaml.safe_dump_all([MISTAKES, hello(temperature=3)], sort_keys=False),
        "one-line.jsonc": json.dumps(MISTAKES),
        "indented.jsonc": json.dumps(MISTAKES, indent=2),
        "no-messages.jsonc": json.dumps({"model": "claude-haiku-4-5"}, indent=2),
    }
    pairs = [(name, text.encode()) for name, text in made.items()]
    pairs += [(f"crlf-{name}", data.replace(b"\n", b"\r\n")) for name, data in pairs]
    pairs += [
        (f"{path.stem}.jsonc", path.read_bytes())
        for path in fixtures("bad")
        if path.suffix == ".json" and not any(found["rule"].startswith("syntax/") for found in expected(path))
    ]
    return [pytest.param(name, data, id=name) for name, data in pairs]


@pytest.mark.parametrize(("name", "data"), texts())
def test_comments_suppress_what_is_found_and_change_no_value(name: str, data: bytes) -> None:
    project = Project({"today": TODAY}, uses_baselines=False)

    def check(text: bytes) -> Any:
        return project.check_text(f"/nowhere/{name}", text)

    before = check(data)
    added = with_ignores(name, data, before, check, "as it was sent")
    text_format = Format.YAML if name.endswith(".yaml") else Format.JSONC
    assert [each.value for each in read(added.data, text_format)] == [each.value for each in read(data, text_format)]
    assert added.result.violations == ()
    assert added.number == len(before.violations)
    assert {each.reason for each in added.result.suppressed} <= {"as it was sent"}
    again = with_ignores(name, added.data, added.result, check, None)
    assert again.data == added.data


def test_the_command_adds_comments_once_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(MISTAKES, sort_keys=False))
    (tmp_path / "b.json").write_text(json.dumps(hello(temperature=2)))
    done = run("check", "--add-ignores", "--reason", "known\nfor long", "--format", "concise", cwd=tmp_path)
    assert done.returncode == 1
    assert [line.partition(":")[0] for line in done.out.splitlines()] == ["b.json"]
    assert "msglint: b.json: the format has no comments" in done.err
    assert "added comments for " in done.err
    assert "  # msglint: ignore[schema/maximum] known for long\n" in (tmp_path / "a.yaml").read_text()
    text = (tmp_path / "a.yaml").read_bytes()
    assert run("check", "--add-ignores", "a.yaml", cwd=tmp_path).returncode == 0
    assert (tmp_path / "a.yaml").read_bytes() == text


def test_what_cannot_be_read_and_comments_that_are_wrong_stay_reported(tmp_path: Path) -> None:
    path = tmp_path / "vain.jsonc"
    path.write_bytes((FIXTURES / "bad" / "silenced-in-vain.jsonc").read_bytes())
    done = run("check", "--add-ignores", path, "--format", "json")
    rules = {violation["rule"] for violation in json.loads(done.out)["violations"]}
    assert {rule.partition("/")[0] for rule in rules} == {"suppressions"}
    broken = tmp_path / "broken.yaml"
    broken.write_text("model: claude-haiku-4-5\nsystem: {{ x }}\nmessages: []\n")
    before = broken.read_bytes()
    assert run("check", "--add-ignores", broken).returncode == 1
    assert broken.read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [["--reason", "x"], ["--add-ignores", "--fix"], ["--add-ignores", "--write-baseline"], ["--add-ignores", "-"]],
)
def test_options_that_do_not_go_with_it_are_refused(arguments: list[str]) -> None:
    assert run("check", *arguments).returncode == 2


def test_a_comment_within_a_text_of_several_lines_is_never_added() -> None:
    text = (
        b'// x\n{"model": "claude-haiku-4-5", "max_tokens": -1, "messages": [\n{"role": "user", "content": "a // b"}]}'
    )
    (document,) = [jsonc.read(text)]
    project = Project({"today": TODAY}, uses_baselines=False)
    result = project.check_text("/nowhere/a.jsonc", text)
    added = with_ignores("a.jsonc", text, result, lambda data: project.check_text("/nowhere/a.jsonc", data), None)
    assert jsonc.read(added.data).value == document.value
    assert added.result.violations == ()

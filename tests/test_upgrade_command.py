"""`msglint upgrade` and `msglint models`, run as a user runs them."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.material import hello
from tests.test_command import run

DAY = ("--today", "2026-11-30")
TEXT = """{
  "model": "claude-sonnet-4-5",
  "max_tokens": 4000,
  "temperature": 1,
  "messages": [{"role": "user", "content": "Hi"}]
}
"""
DONE = TEXT.replace("4-5", "5-5").replace('  "temperature": 1,\n', "")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.json"
    path.write_text(TEXT)
    return path


def upgrade(*arguments: str | Path) -> Any:
    return run("upgrade", *arguments, *DAY)


def test_nothing_is_written_unless_it_is_asked_for(file: Path) -> None:
    done = upgrade(file)
    assert done.returncode == 0
    assert "claude-sonnet-4-5 -> claude-sonnet-5-5" in done.out
    assert "4:3: Remove `temperature`" in done.out
    assert done.err == "would move 1 request in 1 file\n"
    assert file.read_text() == TEXT


def test_files_are_written_once(file: Path) -> None:
    file.chmod(0o640)
    assert upgrade(file, "--write").returncode == 0
    assert file.read_text() == DONE
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    again = upgrade(file, "--write")
    assert again.returncode == 0
    assert again.err == "moved 0 requests in 0 files\n"
    assert file.read_text() == DONE


def test_the_difference_is_that_of_writing(file: Path) -> None:
    done = run("upgrade", file.name, "--diff", *DAY, cwd=file.parent)
    assert done.out == (
        f"--- {file.name}\n+++ {file.name}\n@@ -1,6 +1,5 @@\n {{\n"
        '-  "model": "claude-sonnet-4-5",\n+  "model": "claude-sonnet-5-5",\n   "max_tokens": 4000,\n'
        '-  "temperature": 1,\n   "messages": [{"role": "user", "content": "Hi"}]\n }\n'
    )
    assert file.read_text() == TEXT


def test_what_is_left_is_listed_last_and_fails_the_run(file: Path) -> None:
    file.write_text(TEXT.replace('"temperature": 1', '"temperature": 0.2'))
    for _ in range(2):
        done = upgrade(file, "--write", "--to", "claude-sonnet-5-5")
        assert done.returncode == 1
        left = done.out.rpartition("Left to do by hand:\n")[2]
        assert f"{file}:4:3: `temperature` is 0.2" in left
        assert "help:" in left


def test_a_default_is_pinned_on_demand(file: Path) -> None:
    assert "(with --pin)" in upgrade(file).out
    upgrade(file, "--write", "--pin")
    assert json.loads(file.read_text())["thinking"] == {"type": "between_tools"}


def test_a_near_change_is_made_on_demand(file: Path) -> None:
    file.write_text(TEXT.replace('"temperature": 1', '"thinking": {"type": "enabled", "budget_tokens": 2000}'))
    done = upgrade(file)
    assert done.returncode == 1
    assert "(with --unsafe-fixes)" in done.out
    done = upgrade(file, "--write", "--unsafe-fixes")
    assert done.returncode == 0
    assert json.loads(file.read_text())["output_config"] == {"effort": "low"}


def test_only_some_models_are_moved(tmp_path: Path) -> None:
    for name, model in (("a", "claude-opus-4-6"), ("b", "claude-sonnet-4-6"), ("c", "us.anthropic.claude-opus-4-6-v1")):
        (tmp_path / f"{name}.json").write_text(json.dumps(hello(model=model)))
    upgrade(tmp_path, "--to", "claude-opus-5-5", "--from", "claude-opus-*", "--write")
    models = [json.loads((tmp_path / f"{name}.json").read_text())["model"] for name in "abc"]
    assert models == ["claude-opus-5-5", "claude-sonnet-4-6", "us.anthropic.claude-opus-5-5"]


def test_an_unknown_model_is_refused_with_a_suggestion(file: Path) -> None:
    done = upgrade(file, "--to", "claude-sonet-5-5")
    assert done.returncode == 2
    assert "did you mean `claude-sonnet-5-5`" in done.err


def test_options_that_contradict_each_other_are_refused(file: Path) -> None:
    assert upgrade(file, "--write", "--diff").returncode == 2
    assert upgrade(file, "--isolated", "--config", file).returncode == 2


def test_a_file_that_cannot_be_read_is_said_and_the_others_are_moved(file: Path) -> None:
    done = upgrade(file, file.parent / "missing.json", "--write")
    assert done.returncode == 2
    assert "missing.json: cannot be read" in done.err
    assert file.read_text() == DONE


def test_a_file_that_cannot_be_parsed_is_left(file: Path) -> None:
    file.write_text(TEXT.replace('"max_tokens": 4000', '"max_tokens": '))
    done = upgrade(file, "--write")
    assert done.returncode == 1
    assert "Left to do by hand:" in done.out
    assert "cannot be parsed" in done.out


def test_mistakes_of_requests_that_are_not_to_be_moved_are_not_listed(file: Path) -> None:
    file.write_text(TEXT.replace("4000", "0.5"))
    assert upgrade(file).returncode == 1
    assert upgrade(file, "--from", "claude-opus-*").returncode == 0


def test_calls_in_source_code_are_moved(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    text = (
        "import anthropic\n\nMODEL = 'claude-sonnet-4-5'\n"
        "anthropic.Anthropic().messages.create(model=MODEL, max_tokens=9, temperature=1, messages=messages)\n"
    )
    path.write_text(text)
    assert upgrade(tmp_path, "--write").returncode == 0
    assert path.read_text() == text.replace("4-5", "5-5").replace("temperature=1, ", "")


def test_excluded_files_are_left_alone(file: Path) -> None:
    (file.parent / "msglint.toml").write_text('exclude = ["a.json"]\n')
    assert upgrade(file.parent, "--write").err == "moved 0 requests in 0 files\n"
    assert upgrade(file.parent, "--write", "--isolated").err == "moved 1 request in 1 file\n"


def test_a_file_with_more_than_one_name_is_not_written(file: Path) -> None:
    (file.parent / "b.json").hardlink_to(file)
    done = upgrade(file, "--write")
    assert done.returncode == 2
    assert "not written, as it has 2 names" in done.err
    assert done.err.endswith("moved 0 requests in 0 files\n")
    assert "  changed " not in done.out
    assert file.read_text() == TEXT


def test_json_has_the_places_and_sources_of_everything(file: Path) -> None:
    report = json.loads(upgrade(file, "--format", "json").out)
    (found,) = report["files"]
    (request,) = found["requests"]
    assert report["version"] == 1
    assert found["changes"] is True
    assert request["models"] == [
        {"pointer": "", "line": 1, "column": 1, "before": "claude-sonnet-4-5", "after": "claude-sonnet-5-5"}
    ]
    assert request["patch"] == [
        {"op": "remove", "path": "/temperature"},
        {"op": "replace", "path": "/model", "value": "claude-sonnet-5-5"},
    ]
    for kind in ("changes", "suggestions", "notes"):
        assert all(each["source"] and each["line"] and each["column"] for each in request[kind])
    assert {each["kind"] for each in request["suggestions"]} == {"pin"}
    assert request["left"] == []


def test_markdown_is_for_a_pull_request(file: Path) -> None:
    file.write_text(TEXT.replace('"temperature": 1', '"temperature": 0.2'))
    out = upgrade(file, "--format", "markdown").out
    assert "- `claude-sonnet-4-5` → `claude-sonnet-5-5`" in out
    assert "### Left to do by hand\n\n- [ ] `" in out


def test_colour_is_for_terminals(file: Path) -> None:
    assert "\x1b" not in upgrade(file).out
    assert "\x1b[" in upgrade(file, "--color", "always").out
    assert "\x1b[" in run("models", file, "--color", "always").out


def test_secrets_are_not_printed(file: Path) -> None:
    secret = "sk-ant-api03-" + "aB3" * 31 + "AA"
    file.write_text(
        json.dumps(hello(model="claude-sonnet-4-5", output_format={"type": "json_schema", "schema": secret}))
    )
    for arguments in ([], ["--format", "json"], ["--format", "markdown"], ["--diff"]):
        done = upgrade(file, *arguments)
        assert secret not in done.out + done.err


def test_models_are_listed_with_their_state(tmp_path: Path) -> None:
    for name, model in (("a/a", "claude-opus-4-1"), ("a/b", "claude-opus-4-1-20250805"), ("b/c", "claude-opus-5")):
        path = tmp_path / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(hello(model=model)))
    done = run("models", ".", *DAY, cwd=tmp_path)
    assert done.returncode == 0
    rows = [line.split() for line in done.out.splitlines() if line.startswith("claude-")]
    assert rows == [
        ["claude-opus-4-1-20250805", "retired", "2026-08-05", "claude-opus-4-8", "2", "2"],
        ["claude-opus-5", "current", "not", "before", "2027-07-24", "claude-opus-5-5", "1", "1"],
    ]
    assert "    a/a.json:1:11\n" in done.out
    assert "  a: 2 retired\n  b: 1 current\n" in done.out


@pytest.mark.parametrize(
    ("day", "fail_on", "code"),
    [
        ("2026-11-22", "retired", 0),
        ("2026-11-22", "deprecated", 0),
        ("2026-11-23", "retired", 0),
        ("2026-11-23", "deprecated", 1),
        ("2027-01-22", "retired", 1),
    ],
)
def test_a_state_can_fail_the_run(tmp_path: Path, day: str, fail_on: str, code: int) -> None:
    (tmp_path / "a.json").write_text(json.dumps(hello(model="claude-opus-4-5")))
    assert run("models", tmp_path, "--today", day, "--fail-on", fail_on).returncode == code


def test_models_as_json_and_markdown(file: Path) -> None:
    (model,) = json.loads(run("models", file, *DAY, "--format", "json").out)["models"]
    assert model["state"] == "retired"
    assert model["retires"] == "2026-11-30"
    assert model["names"] == {"claude-sonnet-4-5": 1}
    assert model["places"] == [{"path": str(file), "line": 2, "column": 12, "role": "model"}]
    out = run("models", file, *DAY, "--format", "markdown").out
    assert "| `claude-sonnet-4-5-20250929` | retired | 2026-11-30 | claude-sonnet-5-5 | 1 | 1 |" in out
    assert f"| `{file.parent}` | 1 retired |" in out


def test_a_file_that_cannot_be_parsed_is_not_passed_over_in_the_list_of_models(file: Path) -> None:
    lines = file.with_name("a.jsonl")
    lines.write_text(json.dumps(json.loads(TEXT)) + "\n{" + TEXT.split("\n")[1])
    done = run("models", lines, *DAY)
    assert done.returncode == 2
    assert "a.jsonl: cannot be parsed as a whole" in done.err
    assert "claude-sonnet-4-5-20250929" in done.out


def test_no_model_is_said_to_be_none(tmp_path: Path) -> None:
    assert run("models", tmp_path).out == "No request names a model.\n"


def test_the_platform_decides_about_the_state(file: Path) -> None:
    assert "retired" in run("models", file, *DAY).out
    out = run("models", file, *DAY, "--platform", "bedrock").out
    assert "deprecated" in out
    assert "2027-04-08" in out


def test_shells_complete_the_ids_of_models() -> None:
    environment = {
        "_MSGLINT_COMPLETE": "bash_complete",
        "COMP_WORDS": "msglint upgrade --to claude-opus-5",
        "COMP_CWORD": "3",
    }
    out = run(environment=environment).out
    assert "plain,claude-opus-5-5" in out


def test_a_file_that_several_paths_lead_to_counts_once(file: Path) -> None:
    (file.parent / "link.json").symlink_to(file)
    paths = (file, file.parent, f"{file.parent}/../{file.parent.name}/a.json")
    (model,) = json.loads(run("models", *paths, "--format", "json", *DAY).out)["models"]
    assert (model["uses"], len(model["places"])) == (1, 1)
    done = upgrade(*paths, "--write")
    assert (done.returncode, done.err) == (0, "moved 1 request in 1 file\n")
    assert file.read_text() == DONE


@pytest.mark.parametrize("command", ["upgrade", "models"])
def test_standard_input_is_said_not_to_be_read(command: str) -> None:
    done = run(command, "-")
    assert done.returncode == 2
    assert "does not read standard input" in done.err


def test_a_request_that_cannot_be_edited_is_not_said_to_have_moved(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        'import anthropic\nD = {"max_tokens": 9, "temperature": 1}\n'
        'anthropic.Anthropic().messages.create(model="claude-opus-4-1", messages=[], **D)\n'
    )
    done = upgrade(tmp_path, "--to", "claude-opus-5-5", "--write")
    assert done.returncode == 1
    assert done.err.startswith("moved 0 requests in 0 files; ")


def test_what_is_left_has_the_place_that_a_check_shows(tmp_path: Path) -> None:
    text = (
        '{"model": "claude-sonnet-5-5", "max_tokens": "9", "temperature": 0.2,\n'
        ' "messages": [{"role": "user", "content": [{"type": "image", "source": {"type": "url"}}]}], "stop": 1}\n'
    )
    file = tmp_path / "a.json"
    file.write_text(text)
    shown = {
        (each["rule"], each["line"], each["column"])
        for each in json.loads(run("check", "--isolated", str(file), "--format", "json").out)["violations"]
        if each["severity"] == "error"
    }
    [found] = json.loads(upgrade(file, "--to", "claude-sonnet-5-5", "--format", "json").out)["files"]
    left = {(each["rule"], each["line"], each["column"]) for request in found["requests"] for each in request["left"]}
    assert left == shown
    assert len(left) > 3

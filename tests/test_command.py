"""The installed command, run as a user runs it; `MSGLINT` names another one to test, such as that of a built wheel."""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from tests.material import FIXTURES, ROOT, TODAY, fixtures, hello
from validator import facts
from validator.config import load
from validator.config.keys import CONFIGURATION
from validator.facts.api import EDITIONS
from validator.rules import RULES

COMMAND = os.environ.get("MSGLINT", str(Path(sysconfig.get_path("scripts"), "msglint")))
BAD = FIXTURES / "bad"
GOOD = FIXTURES / "good"
ESCAPE = "\x1b["


def run(
    *arguments: str | Path, stdin: bytes = b"", cwd: Path | None = None, environment: dict[str, str] | None = None
) -> Any:
    """Run msglint and decode what it prints; a traceback never belongs there."""
    env = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR"}}
    done = subprocess.run(
        [COMMAND, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        check=False,
        cwd=cwd,
        env=env | (environment or {}),
    )
    done.out, done.err = done.stdout.decode(), done.stderr.decode()  # type: ignore[attr-defined]
    assert "Traceback" not in done.err  # type: ignore[attr-defined]
    assert done.returncode in {0, 1, 2}
    return done


@pytest.fixture
def write(tmp_path: Path) -> Any:
    """Write a file into the test's own folder: bytes, text, or a value as JSON."""

    def write_file(name: str, content: Any) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, (str, bytes)) else json.dumps(content)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write_file


def test_a_clean_file_prints_nothing_but_the_summary_and_exits_0() -> None:
    done = run("check", GOOD / "hello.json")
    assert (done.returncode, done.out) == (0, "")
    assert done.err == "checked 1 request in 1 file: no violations\n"


def test_a_broken_file_is_shown_with_its_line_and_exits_1() -> None:
    done = run("check", "five-mistakes.json", cwd=BAD)
    assert done.returncode == 1
    assert done.out == (BAD / "five-mistakes.out").read_text("utf-8").replace("bad/five-mistakes", "five-mistakes")
    assert done.err == "checked 1 request in 1 file: 5 errors\ncan be fixed: 4 with `--fix`\n"


def test_a_checkout_runs_without_being_installed() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), "check", str(BAD / "five-mistakes.json"), "--format", "concise"],
        capture_output=True,
        check=False,
        cwd="/",
    )
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 5
    assert b"Traceback" not in done.stderr


def test_the_module_runs_like_the_command() -> None:
    done = subprocess.run([sys.executable, "-m", "validator", "--version"], capture_output=True, check=True, cwd=ROOT)
    assert done.stdout.decode() == run("--version").out


def test_warnings_alone_exit_0(write: Any) -> None:
    tool = {"name": "t", "description": "Tells the time.", "input_schema": {"type": "object"}}
    path = write("a.json", hello(max_tokens=2048, thinking={"type": "enabled", "budget_tokens": 4096}, tools=[tool]))
    done = run("check", path, "--format", "concise")
    assert done.returncode == 0
    assert "warning[thinking/budget-not-below-max-tokens]" in done.out
    assert done.err.splitlines()[0] == "checked 1 request in 1 file: 1 warning"


def test_concise_is_one_line_a_violation() -> None:
    done = run("check", BAD / "five-mistakes.json", "--format", "concise")
    lines = done.out.splitlines()
    assert len(lines) == 5
    told = "error[schema/unknown-property] `max_token` is not a property of the request"
    assert lines[0] == f"{BAD / 'five-mistakes.json'}:3:3: {told}"


def test_json_is_one_object_of_version_1(write: Any) -> None:
    path = write(
        "a.json",
        '{"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "a"}],\n'
        '"stream": false, "temprature": 1}',
    )
    done = run("check", path, GOOD / "hello.json", "--format", "json")
    assert done.returncode == 1
    assert json.loads(done.out) == {
        "version": 1,
        "files": 2,
        "requests": 2,
        "violations": [
            {
                "path": str(path),
                "line": 2,
                "column": 18,
                "end_line": 2,
                "end_column": 30,
                "pointer": "/temprature",
                "rule": "schema/unknown-property",
                "severity": "error",
                "message": "`temprature` is not a property of the request",
                "help": "did you mean `temperature`?",
                "api_message": "temprature: Extra inputs are not permitted",
                "related": [],
                "fix": {"title": "Rename `temprature` to `temperature`", "applicability": "safe"},
            }
        ],
        "suppressed": {"comment": 0, "configuration": 0, "baseline": 0},
        "errors": [],
    }
    assert done.err == ""


def test_json_has_the_second_place_of_a_violation() -> None:
    done = run("check", BAD / "budget-above-max-tokens.json", "--format", "json")
    (violation,) = json.loads(done.out)["violations"]
    assert violation["related"] == [
        {
            "line": 3,
            "column": 17,
            "end_line": 3,
            "end_column": 21,
            "pointer": "/max_tokens",
            "message": "`max_tokens` is set here",
        }
    ]


def test_json_lines_are_checked_record_by_record_from_their_own_root() -> None:
    done = run("check", BAD / "broken-line.jsonl", "--format", "json")
    report = json.loads(done.out)
    assert report["requests"] > len(report["violations"]) > 0
    assert all(not violation["pointer"].startswith("/requests") for violation in report["violations"])


def test_standard_input_is_read_and_named() -> None:
    body = json.dumps(hello(max_tokens=-1)).encode()
    assert run("check", "-", "--format", "concise", stdin=body).out.startswith("<stdin>:1:45: error[schema/minimum]")
    done = run("check", "-", "--stdin-filename", "a/b.json", "--format", "concise", stdin=body)
    assert done.out.startswith("a/b.json:1:45: ")
    lines = b"\n".join([json.dumps(hello()).encode(), b"", body])
    assert run("check", "-", "--format", "concise", stdin=lines).out.startswith("<stdin>:3:45: ")
    done = run("check", "-", "--stdin-filename", "b.jsonl", "--format", "concise", stdin=body)
    assert done.out.startswith("b.jsonl:1:45: ")


def test_a_folder_is_searched_for_what_looks_like_a_request(write: Any, tmp_path: Path) -> None:
    write("package.json", {"name": "messages"})
    write("i18n.json", {"messages": ["Hello", "Goodbye"]})
    write("another-vendors.json", {"model": "gpt-5", "messages": [{"role": "user", "content": "Hello"}]})
    write("another-vendors.jsonl", {"messages": [{"role": "user", "content": "Hello"}]})
    write("notes.txt", "not looked at")
    write("list.json", [1, 2])
    write("broken-settings.json", "{")
    write("deep/request.json", hello(max_tokens=-1))
    write("deep/broken-request.json", '{"messages": [{"role": "user", "content": "Hello"')
    write("deep/batch.jsonl", json.dumps({"custom_id": "a b", "params": hello()}))
    write("deep/numbers.jsonl", '{"a": 1}\n{"messages": []}\n')
    write("node_modules/x/request.json", hello(max_tokens=-1))
    write(".cache/request.json", hello(max_tokens=-1))
    for arguments in ((tmp_path,), ()):
        done = run("check", *arguments, "--format", "concise", cwd=tmp_path)
        found = [Path(line.partition(":")[0]).name for line in done.out.splitlines()]
        assert found == ["batch.jsonl", "broken-request.json", "request.json"]
        assert done.err.startswith("checked 3 requests in 3 files: 3 errors")


def test_all_fixtures_at_once_are_what_they_are_one_by_one() -> None:
    done = run("check", GOOD / "images.json", GOOD / "batches", "--format", "json")
    assert done.returncode == 0
    names = [path.name for path in fixtures("bad") if path.parent == BAD]
    together = json.loads(run("check", *names, "--format", "json", cwd=BAD).out)
    assert together["files"] == len(names)
    for name in names[::7]:
        alone = json.loads(run("check", name, "--format", "json", cwd=BAD).out)["violations"]
        assert [violation for violation in together["violations"] if violation["path"] == name] == alone


def test_rules_betas_editions_and_endpoints_are_chosen_by_options() -> None:
    path = BAD / "five-mistakes.json"
    chosen = ["--select", "schema/enum", "--select", "schema/maximum,tools"]
    assert len(run("check", path, "--format", "concise", *chosen).out.splitlines()) == 3
    assert run("check", path, "--ignore", "schema").returncode == 0
    count = GOOD / "count_tokens" / "hello.json"
    assert run("check", count, "--isolated").returncode == 1
    assert run("check", count, "--endpoint", "count_tokens", "--edition", "2025-10").returncode == 0


def test_interleaved_thinking_lifts_the_bound_of_the_budget(write: Any) -> None:
    tool = {"name": "t", "description": "Tells the time.", "input_schema": {"type": "object"}}
    path = write("a.json", hello(max_tokens=2048, thinking={"type": "enabled", "budget_tokens": 4096}, tools=[tool]))
    done = run("check", path, "--beta", "interleaved-thinking-2025-05-14,files-api-2025-04-14")
    assert (done.returncode, done.out) == (0, "")
    assert run("check", path, "--beta", "files-api-2025-04-14").returncode == 1


def test_output_goes_into_a_file_and_only_the_summary_to_the_screen(tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    done = run("check", BAD / "five-mistakes.json", "--format", "json", "--output-file", target)
    assert (done.returncode, done.out) == (1, "")
    assert len(json.loads(target.read_bytes())["violations"]) == 5


def test_quiet_prints_no_summary() -> None:
    assert run("check", GOOD / "hello.json", "-q").err == ""


@pytest.mark.parametrize(
    ("arguments", "environment", "coloured"),
    [
        ((), {}, False),
        (("--color", "always"), {}, True),
        (("--color", "never"), {"FORCE_COLOR": "1"}, False),
        ((), {"FORCE_COLOR": "1"}, True),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
    ],
)
def test_colour_is_for_terminals_unless_told_otherwise(
    arguments: tuple[str, ...], environment: dict[str, str], *, coloured: bool
) -> None:
    for command in (["check", BAD / "five-mistakes.json"], ["explain", "schema/enum"], ["rules"]):
        assert (ESCAPE in run(*command, *arguments, environment=environment).out) == coloured


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["chek"], "there is no command 'chek'; did you mean 'check'?"),
        (["check", "--fromat", "json"], "Did you mean '--format'?"),
        (["check", "--format", "jsn"], "there is no format 'jsn'; did you mean 'json'?"),
        (["check", "--endpoint", "count-tokens"], "did you mean 'count_tokens'?"),
        (["check", "--edition", "2026-1"], "did you mean '2026-11'?"),
        (["check", "--select", "schema/requird"], "did you mean `schema/required`?"),
        (["check", "--ignore", "zzz"], "`msglint rules` lists them all"),
        (["check", "--output-file", "no/such/folder/f"], "cannot be written: No such file or directory"),
        (["check", "--today", "22.11.2026"], "'22.11.2026' is not a day; write it as YYYY-MM-DD, such as 2026-11-22"),
        (["zzz"], "choose from check, upgrade, models, explain"),
        (["explain", "thinking/budget"], "there is no rule or area"),
        (["explain", "thinking/budget-not-below-max-token"], "did you mean `thinking/budget-not-below-max-tokens`?"),
        (["rules", "thinkng"], "there is no area 'thinkng'; did you mean 'thinking'?"),
        (["rules", "--severity", "warnign"], "there is no severity 'warnign'; did you mean 'warning'?"),
        (["rules", "--endpoint", "batch"], "there is no endpoint 'batch'; did you mean 'batches'?"),
        (
            ["rules", "--model", "claude-opus-4.5"],
            "there is no model `claude-opus-4.5`; did you mean `claude-opus-4-5`?",
        ),
        (["rules", "--model", "gpt"], "there is no model `gpt`; known are `claude-"),
        (["schema", "message"], "there is no endpoint 'message'; did you mean 'messages'?"),
    ],
)
def test_wrong_usage_exits_2_and_helps(arguments: list[str], words: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.out) == (2, "")
    assert words in " ".join(done.err.split())


def test_what_cannot_be_read_does_not_keep_the_rest_from_being_checked(tmp_path: Path, write: Any) -> None:
    broken = write("a.json", hello(max_tokens=-1))
    done = run("check", tmp_path / "missing.json", broken, "--format", "concise")
    assert done.returncode == 2
    assert done.out.startswith(f"{broken}:1:")
    assert f"msglint: {tmp_path / 'missing.json'}: cannot be read: No such file or directory" in done.err
    assert "1 file could not be checked" in done.err
    done = run("check", tmp_path / "missing.json", broken, "--format", "json")
    report = json.loads(done.out)
    assert [error["path"] for error in report["errors"]] == [str(tmp_path / "missing.json")]
    assert len(report["violations"]) == 1


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_named_and_the_rest_is_checked(write: Any) -> None:
    path, broken = write("a.json", hello()), write("b.json", hello(max_tokens=-1))
    path.chmod(0)
    done = run("check", path, broken, "--format", "concise")
    assert done.returncode == 2
    assert done.out.startswith(f"{broken}:1:")
    assert f"msglint: {path}: cannot be read: Permission denied" in done.err


def test_a_folder_without_requests_is_said_to_be_one(tmp_path: Path, write: Any) -> None:
    write("package.json", {"name": "nothing"})
    done = run("check", tmp_path)
    assert done.returncode == 0
    assert done.err == f"msglint: no request was found in {tmp_path}; `--show-files` shows why files were skipped\n"
    assert json.loads(run("check", tmp_path, "--format", "json").out)["requests"] == 0
    assert run("check", tmp_path, "--quiet").err == ""
    strict = run("check", tmp_path, "--quiet", "--fail-on-empty")
    assert strict.returncode == 2
    assert f"no request was found in {tmp_path}" in strict.err


@pytest.mark.parametrize("good", ["good", "good/batches", "good/count_tokens"])
def test_the_good_fixtures_are_clean_as_a_newcomer_checks_them(good: str) -> None:
    done = run("check", f"fixtures/{good}", "--today", TODAY.isoformat(), cwd=ROOT)
    assert (done.returncode, done.out) == (0, "")


def test_a_misspelt_option_gets_the_one_that_is_meant() -> None:
    for wrong, meant in (("--selct", "--select"), ("--fail-n", "--fail-on"), ("--jbos", "--jobs")):
        done = run("check", wrong, "x")
        assert done.returncode == 2
        assert f"No such option '{wrong}'. Did you mean '{meant}'?" in done.err
    assert "Did you mean" not in run("check", "--zzzzzzzz").err


def test_excluded_globs_count_from_the_current_folder_and_add_up(tmp_path: Path, write: Any) -> None:
    for name in ("a/x.json", "b/x.json", "b/drafts/y.json", "c.json"):
        write(name, hello())
    write("msglint.toml", 'exclude = ["a/"]')
    assert "2 files" in run("check", "--exclude", "drafts/", cwd=tmp_path).err
    assert "1 file:" in run("check", "--exclude", "drafts/,/c.json", cwd=tmp_path).err
    assert "1 file:" in run("check", "--exclude", "drafts/", "--exclude", "/c.json", cwd=tmp_path).err
    assert "1 file:" in run("check", "c.json", "--exclude", "*.json", cwd=tmp_path).err
    assert "no request" in run("check", ".", "--exclude", "*.json", cwd=tmp_path).err
    shown = run("check", "--show-files", "--exclude", "b", cwd=tmp_path).out
    assert "- b/: `--exclude` names it" in shown.splitlines()


def test_selected_rules_are_extended_and_ignored_ones_add_up(tmp_path: Path, write: Any) -> None:
    write("a.json", hello(temperature=2, zz=1, top_k="x"))
    write("msglint.toml", 'select = ["schema/maximum"]\nignore = ["schema/type"]')

    def rules(*arguments: str) -> set[str]:
        done = run("check", "a.json", "--format", "json", *arguments, cwd=tmp_path)
        return {violation["rule"] for violation in json.loads(done.out)["violations"]}

    assert rules() == {"schema/maximum"}
    assert rules("--extend-select", "schema/unknown-property") == {"schema/maximum", "schema/unknown-property"}
    assert rules("--select", "schema") == {"schema/maximum", "schema/unknown-property"}
    assert rules("--select", "schema", "--ignore", "schema/maximum") == {"schema/unknown-property"}
    assert rules("--select", "schema/enum", "--extend-select", "schema/maximum") == {"schema/maximum"}
    assert rules("--isolated", "--ignore", "schema/maximum") == {"schema/type", "schema/unknown-property"}


def test_variables_set_options_before_the_configuration_and_behind_the_command_line(write: Any) -> None:
    path = write("a.json", hello(temperature=2, zz=1))
    write("msglint.toml", 'ignore = ["schema/maximum"]')
    other = write("other.toml", 'ignore = ["schema/unknown-property"]')

    def done(*arguments: str, **variables: str) -> Any:
        return run("check", path, *arguments, environment={f"MSGLINT_{name}": v for name, v in variables.items()})

    assert [line.split(": ")[1] for line in done(FORMAT="concise").out.splitlines()] == [
        "error[schema/unknown-property] `zz` is not a property of the request"
    ]
    assert json.loads(done("--format", "json", FORMAT="concise").out)["requests"] == 1
    assert "schema/maximum" in done(CONFIG=str(other)).out
    assert done("--isolated", CONFIG=str(other)).out.count("error[") == 2
    assert done(SELECT="schema/enum thinking").out == ""
    assert done(IGNORE="schema/unknown-property").returncode == 0
    assert done(FAIL_ON="wrong").returncode == 2
    assert "MSGLINT_FAIL_ON" in done(FAIL_ON="wrong").err


def test_a_run_that_fixed_something_can_fail_for_it(tmp_path: Path, write: Any) -> None:
    broken = hello(stopsequences=["END"])
    write("a.json", broken)
    assert run("check", "--fix", cwd=tmp_path).returncode == 0
    write("a.json", broken)
    assert run("check", "--fix", "--exit-non-zero-on-fix", cwd=tmp_path).returncode == 1
    assert run("check", "--fix", "--exit-non-zero-on-fix", cwd=tmp_path).returncode == 0


def test_the_configuration_to_start_from_is_read_and_explains_every_key(tmp_path: Path) -> None:
    done = run("init", cwd=tmp_path)
    assert done.returncode == 0
    assert "msglint.toml" in done.out
    text = (tmp_path / "msglint.toml").read_text("utf-8")
    assert run("config", cwd=tmp_path).returncode == 0
    for key in CONFIGURATION.keys:
        assert len(re.findall(rf"^# {key.name} = ", text, re.MULTILINE)) == 1
    again = run("init", cwd=tmp_path)
    assert again.returncode == 2
    assert "`--force` replaces it" in again.err
    assert run("init", "--force", cwd=tmp_path).returncode == 0
    assert run("init", "--print", cwd=tmp_path).out == text
    assert run("init", tmp_path / "nowhere").returncode == 2


def test_every_key_of_the_configuration_to_start_from_can_be_switched_on(tmp_path: Path, write: Any) -> None:
    text = run("init", "--print").out
    (tmp_path / "inner").mkdir()
    write("msglint.toml", "")
    write("msglint-baseline.json", "")
    inner = tmp_path / "inner"
    for key in CONFIGURATION.keys:
        (inner / "msglint.toml").write_text(re.sub(rf"^# ({key.name} = )", r"\1", text, flags=re.MULTILINE))
        assert load(inner / "msglint.toml").values.keys() - {"ignore"} <= {key.name}, key.name


def test_the_version_is_printed_for_people_and_for_programs() -> None:
    assert run("version").out == run("--version").out
    facts = json.loads(run("version", "--format", "json").out)
    assert f"msglint {facts['version']}\n" == run("--version").out
    assert facts["editions"] == list(EDITIONS)
    assert set(facts["packages"]) >= {"orjson", "jsonschema-rs"}


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "syntax/empty"),
        ("{}".encode("utf-16"), "syntax/encoding"),
        (b'{"a": "\xff"}', "syntax/encoding"),
        (b'{"model": "m"', "syntax/truncated"),
        (b'{"temperature": NaN}', "syntax/nan-or-infinity"),
        (b'{"temperature": 1e999}', "syntax/number-too-large"),
        (b"[" * 100_000 + b"]" * 100_000, "syntax/nesting-too-deep"),
        (rb'{"model": "\ud83d"}', "syntax/lone-surrogate"),
        (b"[]", "schema/type"),
        (b"null", "schema/type"),
        (json.dumps(hello(max_tokens=10**30)).encode(), "syntax/integer-beyond-64-bits"),
        (gzip.compress(b"{}", mtime=0), "syntax/encoding"),
    ],
)
@pytest.mark.parametrize("format_name", ["full", "concise", "json"])
def test_bad_input_is_a_violation_like_any_other(write: Any, content: bytes, rule: str, format_name: str) -> None:
    done = run("check", write("a.json", content), GOOD / "hello.json", "--format", format_name)
    assert done.returncode == 1
    assert rule in done.out
    assert len(done.out) < 3000
    if format_name != "json":
        assert done.err == "checked 2 requests in 2 files: 1 error\n"


def test_a_broken_line_amid_good_ones_is_one_violation_on_its_line(write: Any) -> None:
    good = json.dumps(hello())
    path = write("a.jsonl", "\n".join([good, good[:-5], "", good, json.dumps(hello(max_tokens=-1))]))
    done = run("check", path, "--format", "concise")
    assert [line.split(" ")[:2] for line in done.out.splitlines()] == [
        [f"{path}:2:{len(good) - 4}:", "error[syntax/truncated]"],
        [f"{path}:5:45:", "error[schema/minimum]"],
    ]
    assert done.err == "checked 4 requests in 1 file: 2 errors\n"


def test_file_names_cannot_disturb_the_output(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/new\nline \x1b[31m \xff %.json"
    Path(os.fsdecode(name)).write_text(json.dumps(hello(max_tokens=-1)))
    for format_name in ("full", "concise", "json"):
        done = run("check", tmp_path, "--format", format_name)
        assert done.returncode == 1
        assert ESCAPE not in done.out
        assert r"new\nline \x1b[31m \xff %.json" in done.out.replace("\\\\", "\\")
    assert len(run("check", tmp_path, "--format", "concise").out.splitlines()) == 1


def test_values_cannot_disturb_the_terminal(write: Any) -> None:
    body = hello(messages=[{"role": "\x9b31m\u202e\x7f", "content": "Hello"}])
    path = write("a.json", json.dumps(body, ensure_ascii=False))
    done = run("check", path)
    assert not re.search("[\x7f\x9b\u202e]", done.out)


def test_a_terminal_that_is_not_utf_8_gets_escapes(write: Any) -> None:
    path = write("a.json", json.dumps(hello(zé=1), ensure_ascii=False))
    done = run("check", path, "--format", "concise", environment={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert r"`z\xe9` is not a property" in done.out


def test_explain_shows_reason_source_and_examples_with_what_is_said_of_them() -> None:
    done = run("explain", "tools/duplicate-name")
    assert done.returncode == 0
    for words in (
        "tools/duplicate-name (error)",
        "Why: ",
        "Source: ",
        "tools: Tool names must be unique.",
        "Bad:",
        '"name": "search"',
        "help: rename one of the two tools",
        "Good:",
    ):
        assert words in done.out


def test_every_rule_can_be_explained() -> None:
    done = run("explain", *RULES, "--all")
    assert done.returncode == 0
    assert max(map(len, done.out.splitlines())) < 250
    starts = [done.out.index(f"\n{rule.id} ({rule.severity})\n") for rule in list(RULES.values())[1:]]
    for rule, start, end in zip(RULES.values(), [0, *starts], [*starts, None], strict=True):
        page = done.out[start:end]
        assert page.strip().startswith(rule.id)
        assert page.count("\nBad") == len(rule.bad)
        assert page.count("\nGood") == len(rule.good)


def test_explain_says_what_a_rule_is_for_and_with_which_options_an_example_goes() -> None:
    done = run("explain", "batches/max-tokens-zero")
    assert "\nEndpoints: the requests of batches\n" in done.out
    assert "\nBad, with --endpoint batches:\n" in done.out
    assert '\nBad, with --beta "":\n' in run("explain", "betas/missing").out


def test_explain_shows_one_example_of_each_kind_unless_told_otherwise() -> None:
    done = run("explain", "schema/required")
    assert done.out.count("\nBad") == done.out.count("\nGood") == 1
    assert "More examples: 2 bad; --all shows them." in done.out


def test_explain_takes_several_rules() -> None:
    done = run("explain", "syntax/empty", "tools/duplicate-name")
    assert [line for line in done.out.splitlines() if line.endswith(" (error)")] == [
        "syntax/empty (error)",
        "tools/duplicate-name (error)",
    ]


def test_json_is_coloured_by_what_it_is() -> None:
    done = run("explain", "tools/duplicate-name", "--color", "always")
    assert '\x1b[34m"max_tokens"\x1b[0m: \x1b[35m1024\x1b[0m' in done.out
    assert '\x1b[34m"name"\x1b[0m: \x1b[32m"search"\x1b[0m' in done.out
    plain = re.sub("\x1b\\[[0-9;]*m", "", done.out)
    assert plain == run("explain", "tools/duplicate-name").out


@pytest.mark.parametrize(
    ("message", "rule"),
    [
        ("max_tokens: Field required", "schema/required"),
        ("tools: Tool names must be unique.", "tools/duplicate-name"),
        ("must be greater than `thinking.budget_tokens`", "thinking/budget-not-below-max-tokens"),
    ],
)
def test_explain_finds_the_rule_of_what_the_api_answered(message: str, rule: str) -> None:
    answer = json.dumps({"type": "error", "error": {"type": "invalid_request_error", "message": message}})
    for arguments, stdin in (
        ([message], ""),
        (message.split(), ""),
        ([answer], ""),
        (["-"], f"2026-11-01 ERROR 400 {answer}\n"),
    ):
        done = run("explain", *arguments, stdin=stdin.encode())
        assert (done.returncode, done.out.partition(" ")[0]) == (0, rule)


def test_explain_lists_the_rules_where_there_are_several_with_the_message() -> None:
    done = run("explain", "foo: Extra inputs are not permitted")
    assert done.returncode == 0
    assert re.match(r"\d rules with an API message like this, best match first:\n\n", done.out)
    assert "\nschema/unknown-property " in done.out
    assert "\nbetas/missing " in done.out
    many = run("explain", "the").out.splitlines()
    assert len(many) < 30


@pytest.mark.parametrize(
    ("argument", "stdin", "words"),
    [
        ("", b"", "give a rule id or an error message of the API"),
        ("-", b" \n", "give a rule id or an error message of the API"),
        (
            "purple elephants sing",
            b"",
            'no rule has an API message like "purple elephants sing"; `msglint rules` lists',
        ),
        ("a\x1b[31m\n\x9b b", b"", r'like "a\u001b[31m\n\x9b b"'),
        ("-", b"\xff\x00" * 2_000_000, "(4,000,000 characters)"),
        ("x" * 100_000, b"", "there is no rule or area `xxxx"),
        ("tools", b"", "`tools` is an area; `msglint rules tools` lists its rules"),
    ],
)
def test_explain_answers_any_text(argument: str, stdin: bytes, words: str) -> None:
    done = run("explain", argument, stdin=stdin)
    assert (done.returncode, done.out) == (2, "")
    assert words in " ".join(done.err.split())
    assert len(done.err) < 600
    assert ESCAPE not in done.err


def test_rules_are_listed_for_people_and_for_programs() -> None:
    table = run("rules").out.splitlines()
    listed = json.loads(run("rules", "--format", "json").out)
    assert [line.split()[0] for line in table] == [rule["id"] for rule in listed] == list(RULES)
    assert all(rule["summary"] and rule["why"] and rule["source"] for rule in listed)
    assert {line.split("/")[0] for line in run("rules", "tools", "thinking").out.splitlines()} == {"tools", "thinking"}


def test_a_listed_rule_has_everything_there_is_to_say_about_it() -> None:
    listed = {rule["id"]: rule for rule in json.loads(run("rules", "--format", "json").out)}
    for rule in RULES.values():
        found = listed[rule.id]
        assert (found["area"], found["severity"], found["since"]) == (rule.area, rule.severity, rule.since)
        assert (found["endpoints"], found["platforms"]) == ([*rule.endpoints], [*rule.platforms])
        assert (found["models"] is None) == (rule.models is None)
        assert not rule.api_messages or found["api_messages"]


def test_a_listed_rule_says_where_it_is_written() -> None:
    for listed in json.loads(run("rules", "--format", "json").out):
        lines = (ROOT / listed["file"]).read_text("utf-8").splitlines()
        assert listed["file"].startswith("validator/rules/")
        assert re.match(r"@\w*rule\(|\w+ = \w+\(", lines[listed["line"] - 1]), listed["id"]
        assert f'"{listed["id"]}"' in " ".join(lines[listed["line"] - 1 : listed["line"] + 2]), listed["id"]


def ids(*arguments: str) -> list[str]:
    return [line.split()[0] for line in run("rules", *arguments).out.splitlines()]


def test_rules_are_filtered_by_what_they_are_for() -> None:
    warnings = ids("--severity", "warning")
    assert warnings
    assert warnings == [rule.id for rule in RULES.values() if rule.severity == "warning"]
    assert ids("--severity", "warning", "--severity", "error", "--severity", "info") == list(RULES)
    assert ids("batches", "--endpoint", "messages") == [
        rule.id for rule in RULES.values() if rule.area == "batches" and "messages" in rule.endpoints
    ]
    assert "batches/max-tokens-zero" in ids("--endpoint", "batches")
    own, bedrock = ids("--model", "claude-haiku-4-5"), ids("--model", "us.anthropic.claude-haiku-4-5-20251001-v1:0")
    assert own == ids("--model", "claude-haiku-4-5-20251001")
    assert set(own) > set(bedrock)
    assert {"thinking/adaptive-unsupported"} <= set(bedrock)
    assert not {"request/inference-geo-unsupported", "mcp/duplicate-server-name"} & set(bedrock)
    model = facts.model_named("claude-haiku-4-5")
    assert model is not None
    assert ids("--model", "claude-haiku-4-5") == [
        rule.id for rule in RULES.values() if rule.models is None or rule.models(model)
    ]


def test_a_filter_that_no_rule_passes_is_told() -> None:
    done = run("rules", "pairing", "--severity", "info")
    assert (done.returncode, done.out, done.err) == (0, "", "msglint: no rule matches\n")
    assert json.loads(run("rules", "pairing", "--severity", "info", "--format", "json").out) == []


@pytest.mark.parametrize("shape", ["messages", "count_tokens", "batches", "batch_request"])
def test_schema_is_one_document_that_other_tools_can_use(shape: str, tmp_path: Path) -> None:
    import jsonschema

    schema = json.loads(run("schema", shape, "--edition", "2025-10").out)
    assert "x-withheld" not in json.dumps(schema)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert not list(re.findall(r'"\$ref": ?"(?!#/)', json.dumps(schema)))
    target = tmp_path / "schema.json"
    assert run("schema", shape, "--edition", "2025-10", "--output-file", target).out == ""
    assert json.loads(target.read_bytes()) == schema
    body = hello() if shape == "messages" else {"model": "m", "messages": []}
    if shape in {"messages", "count_tokens"}:
        jsonschema.validate(body, schema)


@pytest.mark.parametrize("command", [(), ("check",), ("explain",), ("rules",), ("schema",)])
def test_help_is_there_with_examples(command: tuple[str, ...]) -> None:
    done = run(*command, "--help")
    assert done.returncode == 0
    assert "Usage: msglint" in done.out
    assert not command or "Examples:" in done.out
    assert all(len(line) <= 100 for line in done.out.splitlines())


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("explain tools/dup", "tools/duplicate-name"),
        ("rules thin", "thinking"),
        ("rules --severity w", "warning"),
        ("rules --endpoint count", "count_tokens"),
        ("rules --model claude-haiku-4", "claude-haiku-4-5"),
        ("check --select tools/dup", "tools/duplicate-name"),
    ],
)
def test_values_can_be_completed(words: str, completed: str) -> None:
    number = str(len(words.split()))
    environment = {"_MSGLINT_COMPLETE": "bash_complete", "COMP_WORDS": f"msglint {words}", "COMP_CWORD": number}
    assert f"plain,{completed}" in run(environment=environment).out.splitlines()


@pytest.mark.parametrize(("shell", "mark"), [("bash", "complete"), ("zsh", "compdef"), ("fish", "complete")])
def test_shells_can_complete(shell: str, mark: str) -> None:
    assert mark in run(environment={"_MSGLINT_COMPLETE": f"{shell}_source"}).out


def test_checking_a_small_file_imports_only_what_it_uses() -> None:
    code = f"""
import sys
sys.argv = ["msglint", "check", {str(GOOD / "hello.json")!r}]
from validator.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code
for name in ("jsonschema", "referencing", "rpds", "attrs", "yaml", "wcwidth", "pygls", "concurrent.futures", "asyncio"):
    assert name not in sys.modules, name
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True)


def test_showing_the_version_imports_nothing_of_the_linter() -> None:
    code = """
import sys
sys.argv = ["msglint", "--version"]
from validator.cli import main
try:
    main()
except SystemExit:
    pass
assert "jsonschema_rs" not in sys.modules and "orjson" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True)


def test_a_pipe_in_a_folder_is_not_waited_for(tmp_path: Path, write: Any) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    write("request.json", hello())
    assert run("check", tmp_path).err == "checked 1 request in 1 file: no violations\n"


@pytest.mark.parametrize("paths", [["a.json"], ["."], ["b.json"], ["-"]])
@pytest.mark.parametrize("output", [["--output-file", "a.json"], ["--output", "json=a.json"]])
def test_an_output_that_is_among_the_inputs_is_refused(
    write: Any, tmp_path: Path, paths: list[str], output: list[str]
) -> None:
    path = write("a.json", hello(max_tokens=-1))
    (tmp_path / "b.json").symlink_to("a.json")
    before = path.read_bytes()
    with path.open() as text:
        done: Any = subprocess.run(
            [COMMAND, "check", *paths, *output], cwd=tmp_path, stdin=text, capture_output=True, check=False
        )
    assert done.returncode == 2
    assert b"'a.json' cannot be an output: it is one of the files to check" in done.stderr
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["msglint.toml", "pyproject.toml", ".gitignore", "msglint-baseline.json"])
def test_an_output_with_the_name_of_settings_is_refused(write: Any, tmp_path: Path, name: str) -> None:
    write("a.json", hello())
    done = run("check", "--output-file", name, cwd=tmp_path)
    assert done.returncode == 2
    assert f"{name!r} cannot be an output: it has the name of a settings file" in done.err
    assert not (tmp_path / name).exists()


def test_a_report_of_an_earlier_run_is_replaced(write: Any, tmp_path: Path) -> None:
    write("a.json", hello(max_tokens=-1))
    for _ in range(2):
        assert run("check", ".", "--output-file", "report.json", "--format", "json", cwd=tmp_path).returncode == 1
    assert json.loads((tmp_path / "report.json").read_bytes())["files"] == 1


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="there is no such device")
def test_an_output_may_be_a_device(write: Any) -> None:
    path = write("a.json", hello(max_tokens=-1))
    done = run("check", path, "--output-file", "/dev/null", "--output", "json=/dev/full")
    assert "'/dev/full' cannot be written: No space left on device" in done.err
    assert run("check", path, "--output-file", "/dev/null").returncode == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@pytest.mark.parametrize("command", [("check", str(BAD / "five-mistakes.json")), ("rules",), ("schema",)])
def test_output_that_cannot_be_written_exits_2(command: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([COMMAND, *command], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert b"msglint: the output cannot be written: No space left on device" in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("check", str(BAD), "--quiet"), 1),
        (("check", str(GOOD / "hello.json"), "--quiet", "--format", "json"), 0),
        (("rules",), 0),
        (("--help",), 0),
    ],
)
def test_a_closed_pipe_changes_neither_the_exit_code_nor_what_is_said(arguments: tuple[str, ...], code: int) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([COMMAND, *arguments], stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (code, b"")


def test_all_files_are_mended_though_nobody_reads_what_is_left(write: Any) -> None:
    files = [write(f"{number}.json", hello(stream="true", **{"x" * 9000: 1})) for number in range(5)]
    reader, writer = os.pipe()
    os.close(reader)
    subprocess.run([COMMAND, "check", "--fix", *map(str, files)], stdout=writer, stderr=writer, check=False)
    os.close(writer)
    assert [file for file in files if '"true"' in file.read_text()] == []


def test_a_missing_current_folder_is_not_called_an_output_that_cannot_be_written(tmp_path: Path) -> None:
    script = f'cd "{tmp_path}" && mkdir gone && cd gone && rmdir ../gone && {COMMAND} check {GOOD / "hello.json"}'
    done = subprocess.run(["sh", "-c", script], capture_output=True, check=False)  # noqa: S607 - any shell will do
    assert done.returncode == 2
    assert done.stderr.startswith(b"msglint: the current folder cannot be used: No such file or directory;")


def test_streams_that_are_closed_are_no_traceback() -> None:
    for closed, code in (("<&-", 1), (">&-", 1), ("2>&-", 1)):
        done = subprocess.run(
            ["sh", "-c", f"{COMMAND} check {BAD / 'five-mistakes.json'} {closed}"],  # noqa: S607 - any shell will do
            capture_output=True,
            check=False,
        )
        assert done.returncode == code, closed
        assert b"Traceback" not in done.stderr


def heed_interrupts() -> None:
    """Let a process be interrupted or hung up, which it may be told to ignore where the tests run in the background."""
    for number in (signal.SIGINT, getattr(signal, "SIGHUP", signal.SIGINT)):
        signal.signal(number, signal.SIG_DFL)


def test_an_interrupt_exits_130(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    command = [COMMAND, "check", str(pipe)]
    with (
        subprocess.Popen(command, stderr=subprocess.PIPE, preexec_fn=heed_interrupts) as process,  # noqa: PLW1509 - a signal
        pipe.open("wb"),  # opened once msglint waits for it
    ):
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"Traceback" not in error


def test_keys_cannot_disturb_the_terminal(write: Any) -> None:
    path = write("a.json", hello(**{"\x1b[31mred\n" + "x" * 1000: 1}))
    done = run("check", path)
    assert ESCAPE not in done.out
    assert max(map(len, done.out.splitlines())) < 300


def test_no_betas_at_all_can_be_said(write: Any) -> None:
    path = write("a.json", hello(context_management={"edits": []}))
    assert run("check", path).returncode == 0
    assert "error[betas/missing]" in run("check", path, "--beta", "").out
    assert run("check", path, "--beta", "context-management-2025-06-27").returncode == 0
    done = run("check", path, "--beta", "context-management-2025-06-72")
    assert "did you mean `context-management-2025-06-27`?" in done.err


def test_models_are_compared_with_the_day_that_is_given(write: Any) -> None:
    path = write("a.json", hello(model="claude-3-opus-20240229"))
    done = run("check", path, "--today", "2026-11-22", "--format", "concise")
    assert "warning[models/retired] `claude-3-opus-20240229` was retired on 2026-01-05" in done.out
    assert run("check", path, "--today", "2024-03-01").out == ""
    assert run("check", path, "--today", "soon").returncode == 2


def test_bodies_for_other_platforms_are_checked_as_such_unless_another_one_is_named(write: Any) -> None:
    path = write(
        "a.json", {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 5, "messages": hello()["messages"]}
    )
    for platform in ((), ("--platform", "bedrock")):
        assert run("check", path, *platform).err == "checked 1 request in 1 file: no violations\n"
    assert run("check", path, "--platform", "anthropic").returncode == 1


def test_api_versions_refuse_what_they_took_away(write: Any) -> None:
    path = write("a.json", hello(temperature=1))
    assert run("check", path).returncode == 0
    assert "error[sampling/removed-parameter]" in run("check", path, "--api-version", "2026-10-21").out


def test_ids_are_compared_over_the_lines_of_a_file(write: Any) -> None:
    line = json.dumps({"custom_id": "a", "params": hello()})
    path = write("batch.jsonl", f"{line}\n{line}\n{json.dumps({**json.loads(line), 'custom_id': 'b'})}\n{line}\n")
    found = json.loads(run("check", path, "--format", "json").out)["violations"]
    assert [(each["rule"], each["line"]) for each in found] == [
        ("batches/duplicate-custom-id", line) for line in (2, 4)
    ]
    assert all("line 1 " in each["message"] for each in found)
    assert run("check", path, "--ignore", "batches/duplicate-custom-id").out == ""
    assert run("check", write("other.jsonl", line), path).out.count("error[") == len(found)

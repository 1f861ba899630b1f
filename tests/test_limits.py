"""Violations beyond the limit of a file: counted, not kept, and said in every format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.test_command import run
from validator.formats import FORMATS
from validator.project import Project
from validator.suppressions import baseline

MANY = 12
KEPT = 5


def broken(**changes: Any) -> dict[str, Any]:
    return {"model": "claude-haiku-4-5", "max_tokens": "1", "messages": [{"role": "user", "content": "x"}], **changes}


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "many.jsonl"
    path.write_bytes(b"".join(orjson.dumps(broken(), option=orjson.OPT_APPEND_NEWLINE) for _ in range(MANY)))
    return path


def check(file: Path, *options: str) -> Any:
    return run("check", file.name, f"--max-per-file={KEPT}", *options)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_that_there_are_more(file: Path, name: str) -> None:
    written = check(file, "--format", name).out
    rest = str(MANY - KEPT)
    if name == "github":
        assert f"{MANY} errors; only {KEPT} of these {MANY} are annotations" in written
    elif name == "html":
        assert f'<p class="notice">{rest} findings counted and not listed.</p>' in written
    elif name == "markdown":
        assert f"{rest} more violations not listed" in written
    elif name == "json":
        (record,) = json.loads(written)["omitted"]
        assert record == {"path": "many.jsonl", "rule": "schema/type", "severity": "error", "count": MANY - KEPT}
    elif name == "jsonl":
        last = json.loads(written.splitlines()[-1])
        assert (last["kind"], last["rule"], last["count"]) == ("omitted", "schema/type", MANY - KEPT)
    else:
        assert f"and {rest} more: {rest} errors" in written


def test_the_first_violations_are_listed_and_all_are_counted(file: Path) -> None:
    done = check(file, "--format", "concise")
    assert [line.split(":")[1] for line in done.out.splitlines()[:KEPT]] == ["1", "2", "3", "4", "5"]
    assert len(done.out.splitlines()) == KEPT + 1
    assert f"{MANY} errors" in done.err
    assert f"can be fixed: {MANY} with `--fix`" in done.err
    assert done.returncode == 1


def test_a_thousand_are_listed_unless_told_otherwise(file: Path) -> None:
    file.write_bytes(file.read_bytes() * 84)
    assert len(run("check", file.name, "--format", "concise").out.splitlines()) == 1001
    assert len(run("check", file.name, "--format", "concise", "--max-per-file", "0").out.splitlines()) == 84 * MANY


def test_the_exit_code_goes_by_all_violations(file: Path) -> None:
    assert check(file, f"--max-violations={MANY}").returncode == 0
    assert check(file, f"--max-violations={MANY - 1}").returncode == 1


def test_statistics_count_all(file: Path) -> None:
    (record,) = json.loads(check(file, "--statistics", "--format", "json").out)
    assert (record["rule"], record["count"], record["fixable"]) == ("schema/type", MANY, MANY)


def test_fixing_mends_all(file: Path) -> None:
    assert check(file, "--fix").returncode == 0
    assert all(json.loads(line)["max_tokens"] == 1 for line in file.read_text("utf-8").splitlines())


def test_a_baseline_knows_all_and_silences_all(file: Path) -> None:
    check(file, "--write-baseline")
    entries = baseline.read(file.parent / baseline.FILE_NAME).entries
    assert entries["many.jsonl"].total() == MANY
    done = check(file)
    assert done.returncode == 0
    assert f"{MANY} in the baseline" in done.err
    file.write_bytes(file.read_bytes() + orjson.dumps(broken(max_tokens=2, temperature="1")))
    done = check(file, "--format", "concise")
    assert [line.partition(" ")[0] for line in done.out.splitlines()] == [f"many.jsonl:{MANY + 1}:101:"]


def test_what_is_suppressed_beyond_the_limit_is_counted_too(file: Path) -> None:
    (file.parent / "msglint.toml").write_text('[[overrides]]\nfiles = ["*.jsonl#/max_tokens"]\nignore = ["schema"]\n')
    project = Project(most_kept=KEPT)
    (candidate,) = project.find([file.name])
    result = project.check(candidate)
    assert result is not None
    assert (len(result.suppressed), result.means().total()) == (KEPT, MANY)
    assert not result.violations

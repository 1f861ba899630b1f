"""When a check fails, and what it prints in place of every violation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.material import FIXTURES, hello
from tests.test_command import run

WARNING = hello(betas=["prompt-caching-2024-07-31"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "errors.json").write_text(json.dumps(hello(temperature=2, top_p=3)))
    (tmp_path / "warning.json").write_text(json.dumps(WARNING))
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["warning.json"], 0),
        (["warning.json", "--fail-on", "warning"], 1),
        (["warning.json", "--fail-on", "info"], 1),
        (["errors.json", "--fail-on", "warning"], 1),
        (["errors.json", "--exit-zero"], 0),
        (["errors.json", "--max-violations", "1"], 1),
        (["errors.json", "--max-violations", "2"], 0),
        (["errors.json", "warning.json", "--max-violations", "2"], 0),
        (["errors.json", "warning.json", "--max-violations", "2", "--fail-on", "warning"], 1),
        (["nowhere.json", "--exit-zero"], 2),
        (["nowhere.json", "--max-violations", "9"], 2),
    ],
)
def test_the_exit_code_says_whether_too_much_was_found(folder: Path, arguments: list[str], code: int) -> None:
    assert run("check", *arguments, cwd=folder).returncode == code


def test_an_option_goes_before_the_configuration(folder: Path) -> None:
    (folder / "msglint.toml").write_text('fail-on = "warning"')
    assert run("check", "warning.json", cwd=folder).returncode == 1
    assert run("check", "warning.json", "--fail-on", "error", cwd=folder).returncode == 0


def test_statistics_count_each_rule_the_commonest_first(folder: Path) -> None:
    done = run("check", "--statistics", cwd=folder)
    assert done.returncode == 1
    assert done.out.splitlines() == [
        "2  schema/maximum    A number is larger than allowed",
        "1  betas/deprecated  1 fixable  An entry of `betas` is deprecated",
    ]
    assert done.err.startswith("checked 2 requests in 2 files: 2 errors, 1 warning\n")
    found: list[dict[str, Any]] = json.loads(run("check", "--statistics", "--format", "json", cwd=folder).out)
    assert [(each["rule"], each["count"], each["fixable"]) for each in found] == [
        ("schema/maximum", 2, 0),
        ("betas/deprecated", 1, 1),
    ]
    done = run("check", "--statistics", "--output", "json=all.json", cwd=folder)
    assert len(json.loads((folder / "all.json").read_bytes())["violations"]) == 3
    assert run("check", FIXTURES / "good" / "hello.json", "--statistics").out == ""

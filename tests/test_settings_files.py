"""Configurations, baselines and lists of ignored files that cannot be used, as a user runs into them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.material import hello
from tests.test_command import run
from validator.config import ConfigError, load
from validator.config.toml_places import DEEPEST, place_of
from validator.filesystem.gitignore import GitIgnore
from validator.filesystem.globs import FileGlobs
from validator.project import Project
from validator.project import project as project_module
from validator.project.parallel import check_all

SETTINGS = ("msglint.toml", ".msglint.toml", "pyproject.toml", ".gitignore", "msglint-baseline.json")
UNIX = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes and devices")


@pytest.fixture
def project(tmp_path: Path) -> Any:
    """Write files, beside a request in the folder and one in `sub`."""

    def write(files: dict[str, str | bytes]) -> Path:
        requests = dict.fromkeys(("a.json", "sub/b.json"), json.dumps(hello()))
        for name, content in {**requests, **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return write


def make(path: Path, kind: str) -> None:
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        with path.open("wb") as file:
            file.truncate(2**36)


ZERO = '"a\\u0000b", but a file name cannot contain a zero byte'
REASONS = {
    "pipe": "it is a pipe, not a regular file",
    "folder": "Is a directory",
    "device": "it is a device, not a regular file",
    "huge": "it is larger than",
}


@UNIX
@pytest.mark.parametrize("kind", REASONS)
@pytest.mark.parametrize("name", SETTINGS)
def test_settings_that_are_no_plain_file_are_told_and_other_files_are_checked(
    project: Any, name: str, kind: str
) -> None:
    top = project({})
    make(top / "sub" / name, kind)
    done = run("check", cwd=top)
    (said,) = [line for line in done.err.splitlines() if "cannot be read" in line]
    assert f"sub/{name}: cannot be read: {REASONS[kind]}" in said
    checked = "2 requests in 2 files" if name == ".gitignore" else "1 request in 1 file"
    assert f"checked {checked}: no violations; 1 settings file could not be used" in done.err
    assert done.returncode == 2


@UNIX
@pytest.mark.parametrize("kind", ["pipe", "device", "huge"])
@pytest.mark.parametrize("option", ["--config", "--baseline"])
def test_settings_that_are_named_and_no_plain_file_are_refused(project: Any, option: str, kind: str) -> None:
    top = project({})
    make(top / "settings", kind)
    done = run("check", option, "settings", cwd=top)
    assert f"settings: cannot be read: {REASONS[kind]}" in done.err
    assert done.returncode == 2


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("msglint.toml", 'baseline = "a\\u0000b"', f"1:1: `baseline` is {ZERO}"),
        ("msglint.toml", '\nextend = "a\\u0000b"', f"2:1: `extend` is {ZERO}"),
        ("msglint.toml", 'extend = "/dev/zero"', '1:1: `extend` is "/dev/zero", which is a device'),
        ("msglint.toml", 'extend = "sub"', '1:1: `extend` is "sub", which is a folder'),
        ("msglint.toml", 'extend = "no"', '1:1: `extend` is "no", but there is no such file'),
        ("msglint.toml", "\na = " + "[" * 5000 + "]" * 5000, f"2:{5 + DEEPEST}: is nested too deeply"),
        ("msglint.toml", "a" + ".a" * 5000 + " = 1", "1:1: there is no key `a`"),
        ("msglint.toml", "a = 1" + "0" * 5000, "1:1: is not TOML: a number in it is too long"),
        ("msglint.toml", "ignore = 0x1" + "0" * 5000, "1:1: `ignore` is a very large integer, but must be an array"),
        ("pyproject.toml", b'[tool.msglint]\nx = "\xe9"', "2:1: is not UTF-8"),
        ("pyproject.toml", "[tool.msglint]".encode("utf-16"), "1:1: is not UTF-8"),
        ("pyproject.toml", 'tool = "ruff"', '1:1: `tool` is "ruff", but must be a table'),
        ("pyproject.toml", 'tool = "msglint"', '1:1: `tool` is "msglint", but must be a table'),
        ("pyproject.toml", "[[tool]]\nmsglint = 1", "2:1: `tool` is an array of 1 item, but must be a table"),
        ("pyproject.toml", "[tool]\nmsglint = 1", "2:1: `msglint` is 1, but must be a table"),
    ],
)  # fmt: skip
def test_a_configuration_that_cannot_be_used_is_told_at_its_place(
    project: Any, name: str, text: str | bytes, said: str
) -> None:
    done = run("check", cwd=project({name: text}))
    assert f"msglint: {name}:{said}" in done.err
    assert "Traceback" not in done.err
    assert done.returncode == 2


def test_a_configuration_with_very_many_mistakes_lists_some(project: Any) -> None:
    done = run("check", cwd=project({"msglint.toml": "".join(f"key_{number} = 1\n" for number in range(5000))}))
    lines = done.err.splitlines()
    assert lines[49].startswith("msglint: msglint.toml:50:1: there is no key `key_49`")
    assert lines[50] == "msglint: msglint.toml: there are more mistakes than these 50"


def test_a_long_chain_of_configurations_is_read(project: Any) -> None:
    chain: dict[str, str | bytes] = {f"{number}.toml": f'extend = "{number + 1}.toml"\n' for number in range(60)}
    last: dict[str, str | bytes] = {"60.toml": 'ignore = ["text"]', "msglint.toml": 'extend = "0.toml"'}
    assert load(project(chain | last) / "msglint.toml").values == {"ignore": ["text"]}


def test_a_chain_of_configurations_without_an_end_is_refused(project: Any) -> None:
    chain: dict[str, str | bytes] = {f"{number}.toml": f'extend = "{number + 1}.toml"\n' for number in range(1500)}
    with pytest.raises(ConfigError, match="more than 64 configurations are extended"):
        load(project(chain) / "0.toml")


def test_a_circle_of_configurations_is_told_where_it_closes(project: Any) -> None:
    top = project({"a.toml": '\nextend = "./sub/../b.toml"', "b.toml": 'extend = "link/a.toml"'})
    (top / "link").symlink_to(".")
    with pytest.raises(ConfigError, match=r'b\.toml:1:1: `extend` is "link/a\.toml", but .* cannot extend'):
        load(top / "a.toml")


def test_a_baseline_with_a_name_that_no_file_has_is_pruned(project: Any) -> None:
    entry = {"rule": "schema/type", "at": "/a", "value": "x"}
    top = project({"msglint-baseline.json": json.dumps({"version": 1, "findings": {"a\0b": [entry]}})})
    assert "1 violation that no longer occurs" in run("check", cwd=top).err


@pytest.mark.skipif(shutil.which("rm") is None, reason="Python cannot remove folders so far down")
def test_a_folder_far_down_is_walked(tmp_path: Path) -> None:
    here = Path.cwd()
    try:
        os.chdir(tmp_path)
        for _ in range(1100):
            Path("d").mkdir()
            os.chdir("d")
        Path("a.json").write_text(json.dumps(hello()))
    finally:
        os.chdir(here)
    (tmp_path / "msglint.toml").write_text('exclude = ["x/**"]\n[[overrides]]\nfiles = ["b*"]\nignore = ["text"]')
    done = run("check", cwd=tmp_path)
    subprocess.run(["rm", "-r", tmp_path / "d"], check=True)  # noqa: S607 - any will do
    assert done.err == "checked 1 request in 1 file: no violations\n"


def test_places_in_toml_are_found_in_every_way_to_write_it() -> None:
    text = (
        'a = 1\n  b.c = "x"\nd = [\n  "e", # ] "\n  """f\n]""", 3\n]\ng = { h = 1, i = [ 2, { j = 3 } ] }\n'
        "[k.'l.m']\n\"n\\u006f\" = 1979-05-27 07:32:00\n[[overrides]]\nfiles = []\n[overrides.severity]\np = 'q'\n"
        "[[ overrides ]]\nfiles = ['r']\n[empty]\n"
    )
    places: dict[tuple[str | int, ...], tuple[int, int]] = {
        ("a",): (1, 1),
        ("b", "c"): (2, 3),
        ("d", 0): (4, 3),
        ("d", 1): (5, 3),
        ("d", 2): (6, 7),
        ("g", "i", 0): (8, 20),
        ("k", "l.m", "no"): (10, 1),
        ("overrides", 0, "files"): (12, 1),
        ("overrides", 0, "severity", "p"): (14, 1),
        ("overrides", 1, "files", 0): (16, 10),
        ("empty",): (17, 1),
        ("nowhere",): (1, 1),
    }
    assert {path: place_of(text, path) for path in places} == places


def test_settings_are_looked_up_once_a_folder_however_many_files_are_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: Counter[str] = Counter()

    def counting(owner: Any, name: str) -> None:
        original = getattr(owner, name)

        def counted(*arguments: Any) -> Any:
            looked_up[name] += 1
            return original(*arguments)

        monkeypatch.setattr(owner, name, counted)

    overrides = '[[overrides]]\nfiles = ["1*.json", "a/2.json#/model"]\nignore = ["models"]\n'
    (tmp_path / "msglint.toml").write_text(f'exclude = ["3.json"]\n{overrides}')
    (tmp_path / ".gitignore").write_text("4.json\n")
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        for number in range(30):
            (tmp_path / folder / f"{number}.json").write_text(json.dumps(hello()))
    counting(project_module, "config_in")
    counting(project_module, "nearest_baseline")
    counting(FileGlobs, "_of")
    counting(GitIgnore, "_in")
    project = Project()
    checked = list(check_all(project, project.find([str(tmp_path)]), 1))
    assert len(checked) == 2 * 28
    folders, lists_of_globs, ways = 3, 4, 2  # below the folder itself, and as a folder that may be excluded
    assert looked_up["nearest_baseline"] <= folders
    assert looked_up["config_in"] <= 2 * folders  # the run's, and that of the process that checks
    assert looked_up["_of"] <= 2 * folders * lists_of_globs * ways
    assert looked_up["_in"] <= folders * ways

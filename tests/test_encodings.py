"""What is printed and written: free of controls, in UTF-8 for machines, and readable in any locale for people."""

from __future__ import annotations

import json
import os
import subprocess
import xml.dom.minidom
from pathlib import Path
from typing import Any

import pytest

from tests.material import hello
from tests.test_command import COMMAND
from validator.formats import FOR_PEOPLE, FORMATS

DISTURBING = "\x1b\x7f\x80\x85\x9b\xad\u061c\u200b\u200e\u2028\u2029\u202e\u2066\ufeff\ufff9"
MACHINES = sorted(set(FORMATS) - FOR_PEOPLE)
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def run(*args: str, cwd: Path, **environment: str) -> Any:
    return subprocess.run(
        [COMMAND, *args], cwd=cwd, capture_output=True, check=False, env={**os.environ, **environment}, input=b"{}"
    )


def written(folder: Path, name: str, body: dict[str, Any]) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")


def parsed(format_name: str, data: bytes) -> Any:
    text = data.decode()
    if format_name == "junit":
        return xml.dom.minidom.parseString(text)  # noqa: S318 - our own
    if format_name == "jsonl":
        return [json.loads(line) for line in text.split("\n")[:-1]]
    return json.loads(text) if format_name in {"json", "sarif", "gitlab", "rdjson"} else text


@pytest.mark.parametrize("format_name", FORMATS)
def test_no_format_has_controls_or_direction_marks(tmp_path: Path, format_name: str) -> None:
    changes: dict[str, Any] = {DISTURBING: 1, "temperature": DISTURBING, "tool_choice": {"type": DISTURBING}}
    name = f"a{DISTURBING}.json"
    written(tmp_path, name, hello(stop_sequences=[DISTURBING, 1], **changes))
    (tmp_path / "b.json").write_text('{"model": "\\ud800", "max_tokens": 1, "\\udc00": 2, "messages": []}')
    (tmp_path / "msglint.toml").write_text(
        f'[[overrides]]\nfiles = ["*#/temperature"]\nignore = ["schema"]\nreason = "{DISTURBING[3:]}"\n', "utf-8"
    )
    done = run("check", "--format", format_name, name, "b.json", f"gone{DISTURBING}.json", cwd=tmp_path)
    assert done.returncode == 2
    parsed(format_name, done.stdout)
    assert not set(DISTURBING).intersection((done.stdout + done.stderr).decode())


def test_what_json_says_is_not_changed_by_escapes(tmp_path: Path) -> None:
    written(tmp_path, "a.json", hello(**{DISTURBING: 1, "é": 1}))
    done = run("check", "--format", "json", "a.json", cwd=tmp_path)
    assert [each["pointer"] for each in json.loads(done.stdout)["violations"]] == [f"/{DISTURBING}", "/é"]
    assert "é" in done.stdout.decode()


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp932"])
@pytest.mark.parametrize("format_name", MACHINES)
def test_formats_for_machines_are_utf_8_whatever_the_locale(tmp_path: Path, format_name: str, encoding: str) -> None:
    written(tmp_path, "dé😀/ü.json", hello(temperature="é日", zürich=1))
    plain = run("check", "--format", format_name, "dé😀", cwd=tmp_path)
    done = run("check", "--format", format_name, "dé😀", cwd=tmp_path, PYTHONIOENCODING=encoding)
    assert done.stdout == plain.stdout
    parsed(format_name, done.stdout)


def test_a_diff_is_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    written(tmp_path, "a.json", hello(temprature=1, system="é日😀"))
    done = run("check", "--diff", "a.json", cwd=tmp_path, PYTHONIOENCODING="cp1252")
    assert "é日😀" in done.stdout.decode()


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_carets_stand_below_their_place_whatever_the_locale(tmp_path: Path, encoding: str) -> None:
    written(tmp_path, "a.json", {"system": "日é😀", "temperature": "warm", **hello()})
    written(tmp_path, "b.json", {"system": "日é😀" * 30, "temperature": "warm", **hello(system="é" * 200)})
    for name in ("a.json", "b.json"):
        done = run("check", name, cwd=tmp_path, PYTHONIOENCODING=encoding)
        line, carets = done.stdout.decode(encoding).split("\n")[3:5]
        wide = sum(char in "日😀" for char in line.partition('"warm"')[0])
        assert carets.index("^") == line.index('"warm"') + wide
        assert carets.count("^") == len('"warm"')


def test_names_that_are_not_ascii_work_in_an_ascii_locale(tmp_path: Path) -> None:
    for name in ("dé/ä.json", "dé/ü.json", "dé/ö.json"):
        written(tmp_path, name, hello(max_tokens=-1, temprature=1))
    (tmp_path / "é.toml").write_text('exclude = ["ü.json"]\nbaseline = "bé.json"\n')
    (tmp_path / "bé.json").write_text('{"version": 1, "findings": {}}')
    (tmp_path / "msglint.toml").write_text(
        'extend = "é.toml"\n[[overrides]]\nfiles = ["dé/ä.json#/max_tokens"]\nignore = ["schema"]\n'
    )
    done = run("check", "--format", "json", ".", cwd=tmp_path, **ASCII)
    found = [(each["path"], each["pointer"]) for each in json.loads(done.stdout)["violations"]]
    assert found == [("dé/ä.json", "/temprature"), ("dé/ö.json", "/max_tokens"), ("dé/ö.json", "/temprature")]
    assert (
        b"b\xc3\xa9.json lists 0 violations"
        in run("config", "dé/ä.json", cwd=tmp_path, PYTHONIOENCODING="utf-8", **ASCII).stdout
    )
    assert run("check", "--fix", "dé/ä.json", "--output", "json=é.json", cwd=tmp_path, **ASCII).returncode == 0
    assert "temperature" in (tmp_path / "dé/ä.json").read_text()
    assert run("check", "--write-baseline", "--config", "é.toml", "dé", cwd=tmp_path, **ASCII).returncode == 0
    assert set(json.loads((tmp_path / "bé.json").read_text())["findings"]) == {"dé/ä.json", "dé/ö.json"}
    for command in (["check", "--stdin-filename", "ü.json", "-"], ["check", "nö.json"], ["check", "--show-files"]):
        assert b"Traceback" not in run(*command, cwd=tmp_path, **ASCII).stderr


@pytest.mark.parametrize(
    ("environment", "is_coloured"),
    [
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, True),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_colour_is_as_the_environment_asks(tmp_path: Path, environment: dict[str, str], *, is_coloured: bool) -> None:
    written(tmp_path, "a.json", hello(max_tokens=-1))
    assert (b"\x1b[" in run("check", "a.json", cwd=tmp_path, **environment).stdout) is is_coloured

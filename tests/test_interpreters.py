"""Flags of the interpreter, the locale, and an import from a zip file: what is found and said stays the same."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.material import FIXTURES, ROOT

CODE = """
import sys, validator
from validator.cli import main
sys.argv[0] = "msglint"
print(validator.__file__, file=sys.stderr)
main()
"""
FILES = [
    str(FIXTURES / "bad" / name)
    for name in ("five-mistakes.json", "after-emoji.json", "wrong-for-every-reader.yaml", "whole-floats.jsonl")
]
COMMANDS = {
    "check": ["check", "--isolated", "--format", "json", *FILES],
    "sarif": ["check", "--isolated", "--format", "sarif", *FILES],
    "html": ["check", "--isolated", "--format", "html", *FILES],
    "rules": ["rules"],
    "explain": ["explain", "thinking/budget-not-below-max-tokens"],
    "help": ["check", "--help"],
    "commands": ["--help"],
}
ASCII = {"LC_ALL": "C", "LANG": "C", "PYTHONCOERCECLOCALE": "0"}


def run(command: str, *flags: str, folder: Path, **environment: str) -> tuple[int, bytes, str]:
    done = subprocess.run(
        [sys.executable, *flags, "-c", CODE, *COMMANDS[command]],
        capture_output=True,
        cwd=folder,
        env={**os.environ, **environment},
        check=False,
    )
    return done.returncode, done.stdout, done.stderr.decode(errors="replace")


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, bytes]]:
    folder = tmp_path_factory.mktemp("usual")
    return {command: run(command, folder=folder)[:2] for command in COMMANDS}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pack the package as it is installed, with its schemas inside, into a zip file."""
    path = tmp_path_factory.mktemp("zip") / "msglint.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for folder, name in ((ROOT / "validator", "validator"), (ROOT / "schemas", "validator/_schemas")):
            for file in folder.rglob("*"):
                if file.is_file() and "__pycache__" not in file.parts:
                    packed.write(file, f"{name}/{file.relative_to(folder).as_posix()}")
    return path


@pytest.mark.parametrize("command", COMMANDS)
def test_without_docstrings_all_texts_are_there(
    command: str, usual: dict[str, tuple[int, bytes]], tmp_path: Path
) -> None:
    code, output, errors = run(command, "-OO", folder=tmp_path)
    assert (code, output) == usual[command], errors


@pytest.mark.parametrize("flags", [(), ("-OO",)], ids=str)
@pytest.mark.parametrize("command", ["check", "html", "explain"])
def test_imported_from_a_zip_file_it_says_the_same(
    command: str, flags: tuple[str, ...], archive: Path, usual: dict[str, tuple[int, bytes]], tmp_path: Path
) -> None:
    code, output, errors = run(command, *flags, folder=tmp_path, PYTHONPATH=str(archive))
    assert str(archive) in errors
    assert (code, output) == usual[command], errors


@pytest.mark.parametrize(
    ("flags", "environment"),
    [
        pytest.param(("-W", "error"), {}, id="warnings are errors"),
        pytest.param(("-X", "utf8=0"), {**ASCII, "PYTHONIOENCODING": "utf-8"}, id="an ASCII locale"),
        pytest.param(("-I",), {}, id="isolated"),
        pytest.param(("-b", "-b"), {}, id="bytes are no strings"),
        pytest.param((), {"PYTHONHASHSEED": "1"}, id="a hash seed"),
        pytest.param((), {"PYTHONHASHSEED": "2"}, id="another one"),
        pytest.param((), {"TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8"}, id="another place"),
    ],
)
def test_flags_and_locales_change_nothing(
    flags: tuple[str, ...], environment: dict[str, str], usual: dict[str, tuple[int, bytes]], tmp_path: Path
) -> None:
    code, output, errors = run("check", *flags, folder=tmp_path, **environment)
    assert (code, output) == usual["check"], errors

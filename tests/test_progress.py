"""The bar that shows progress, seen as a terminal sees it."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.test_parallel import record
from validator.cli import progress
from validator.files.discovery import Candidate

ERASE = "\r\x1b[K"


@pytest.fixture
def bar(monkeypatch: pytest.MonkeyPatch) -> progress.Bar:
    """Return a bar for whom a second passes between any two looks at the clock."""
    seconds = iter(range(1000))
    monkeypatch.setattr(progress, "monotonic", lambda: float(next(seconds)))
    monkeypatch.setenv("COLUMNS", "80")
    return progress.Bar(io.StringIO())


def written(bar: progress.Bar) -> str:
    assert isinstance(bar.stream, io.StringIO)
    return bar.stream.getvalue()


def test_the_bar_shows_files_and_bytes(bar: progress.Bar, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 1500)
    (tmp_path / "b").write_bytes(b"x" * 500)
    found = [Candidate(str(tmp_path / name), is_named=True) for name in ("a", "b", "gone")]
    assert list(bar.counted(found)) == found
    bar.advance(1, 1500)
    assert written(bar) == f"{ERASE}[##################------]  75%  1 of 3 files, 1.5 kB of 2.0 kB"


def test_the_bar_waits_for_a_second(bar: progress.Bar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "monotonic", lambda: 0.9)
    bar.advance(1, 1)
    assert written(bar) == ""
    monkeypatch.setattr(progress, "monotonic", lambda: 1.1)
    bar.advance(1, 1)
    bar.advance(1, 1)
    assert written(bar).count(ERASE) == 1


def test_the_bar_goes_before_anything_else_is_written(bar: progress.Bar) -> None:
    results = bar.beside(iter("ab"))
    bar.advance(0, 0)
    next(results)
    assert written(bar).endswith(ERASE)
    bar.advance(0, 0)
    assert not written(bar).endswith(ERASE)
    assert next(results) == "b"
    assert written(bar).endswith(ERASE)
    length = len(written(bar))
    assert not list(results)
    assert len(written(bar)) == length


def test_the_bar_is_no_wider_than_the_terminal(bar: progress.Bar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    bar.advance(1, 1)
    assert len(written(bar)) == len(ERASE) + 19


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "lines.jsonl"
    path.write_bytes(b"".join(map(record, range(20))) + b"{")
    return path


IMPATIENT = "from validator.cli import main, progress; progress._PATIENCE = 0; main()"
"""Runs the command with a bar that does not wait for a second."""


def on_a_terminal(*arguments: str, stderr_too: bool = True) -> str:
    """Run msglint with a terminal of its own, and return what that gets to see."""
    ours, theirs = pty.openpty()
    seen = b""
    environment: dict[str, Any] = {**os.environ, "TERM": "xterm", "COLUMNS": "100", "NO_COLOR": "1"}
    error = theirs if stderr_too else subprocess.DEVNULL
    with subprocess.Popen(
        [sys.executable, "-c", IMPATIENT, *arguments], stdout=theirs, stderr=error, env=environment
    ) as process:
        os.close(theirs)
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # how Linux says that nobody has the terminal any more
                break
            if not piece:
                break
            seen += piece
    os.close(ours)
    assert process.returncode == 1
    return seen.decode()


def test_on_a_terminal_the_findings_are_as_without_a_bar(file: Path) -> None:
    seen = on_a_terminal("check", file.name, "--format", "concise", "--jobs", "1")
    assert f"{ERASE}[{'#' * 24}] 100%  1 of 1 file, " in seen
    finding, summary = [line.rpartition(ERASE)[2].strip() for line in seen.strip().split("\n")]
    assert finding.startswith("lines.jsonl:21:")
    assert summary == "checked 21 requests in 1 file: 1 error"


@pytest.mark.parametrize(("option", "stderr_too"), [("--quiet", True), ("--jobs=1", False)])
def test_there_is_no_bar_where_nobody_wants_one(file: Path, option: str, *, stderr_too: bool) -> None:
    seen = on_a_terminal("check", file.name, option, stderr_too=stderr_too)
    assert "error[" in seen
    assert ERASE not in seen

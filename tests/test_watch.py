"""`msglint check --watch`: the real command beside files that really change."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.material import hello
from tests.test_command import COMMAND, heed_interrupts, run

SECONDS = 20
Lines = Callable[[str], list[str]]


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Lines]:
    """Watch the folder, and wait for lines of the output."""
    pytest.importorskip("watchfiles")
    (tmp_path / "a.json").write_text(json.dumps(hello()))
    (tmp_path / "b.json").write_text(json.dumps(hello(temperature=2)))
    lines: queue.Queue[str] = queue.Queue()
    with subprocess.Popen(
        [COMMAND, "check", "--watch", "--format", "concise"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        preexec_fn=heed_interrupts,  # noqa: PLW1509 - a signal
    ) as process:

        def read() -> None:
            for line in process.stdout or ():
                lines.put(line.rstrip("\n"))

        threading.Thread(target=read, daemon=True).start()

        def until(words: str) -> list[str]:
            seen = []
            deadline = time.monotonic() + SECONDS
            while time.monotonic() < deadline:
                try:
                    seen.append(lines.get(timeout=0.2))
                except queue.Empty:
                    continue
                if words in seen[-1]:
                    return seen
            raise AssertionError((words, seen))

        try:
            yield until
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=SECONDS) == 130
        finally:
            process.kill()
        assert not [line for line in lines.queue if "Traceback" in line]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
def test_what_changes_is_checked_again_and_nothing_else(watching: Lines, tmp_path: Path) -> None:
    first = watching("watching for changes")
    assert [line.split(":")[0] for line in first if "error[" in line] == ["b.json"]
    (tmp_path / "a.json").write_text(json.dumps(hello(max_tokens=-1)))
    again = watching("checked 1 request in 1 file: 1 error")
    assert [line.split(":")[0] for line in again if "error[" in line] == ["a.json"]
    (tmp_path / "notes.txt").write_text("no request")
    (tmp_path / "c.json").write_text('{"name": "no request"}')
    (tmp_path / "msglint.toml").write_text('ignore = ["schema"]')
    watching("checked 2 requests in 2 files: no violations")
    (tmp_path / "msglint.toml").write_text("ignore = 5")
    watching("`ignore` is 5, but must be an array")
    (tmp_path / "msglint.toml").unlink()
    watching("checked 2 requests in 2 files: 2 errors")
    (tmp_path / "b.json").unlink()
    (tmp_path / "a.json").write_text(json.dumps(hello()))
    watching("checked 1 request in 1 file: no violations")


def test_a_file_to_watch_that_is_not_there_is_named(tmp_path: Path) -> None:
    pytest.importorskip("watchfiles")
    done = run("check", ".", "nope.json", "--watch", cwd=tmp_path)
    assert done.returncode == 2
    assert "--watch requires paths that exist, and 'nope.json' does not" in done.err


def test_watching_needs_a_package_and_says_which(tmp_path: Path) -> None:
    (tmp_path / "watchfiles.py").write_text("raise ImportError")
    done = run("check", "--watch", cwd=tmp_path, environment={"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 2
    assert "install `msglint[watch]`" in done.err

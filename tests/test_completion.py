"""`msglint completion`, in the shells themselves."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_command import COMMAND, run
from validator.formats import FORMATS
from validator.rules import RULES

SHELLS = ("bash", "zsh", "fish")
ENDS_OF_WORDS = [
    ("msglint che", {"check"}),
    ("msglint explain thinking/b", {rule for rule in RULES if rule.startswith("thinking/b")}),
    ("msglint check --format s", {name for name in FORMATS if name.startswith("s")}),
    ("msglint check --format full --max-v", {"--max-violations"}),
]
ONE_END = [
    ("msglint che", "check"),
    ("msglint explain thinking/budget-not-b", "thinking/budget-not-below-max-tokens"),
    ("msglint check --format s", "sarif"),
]


def environment(tmp_path: Path) -> dict[str, str]:
    """Return variables with which a shell finds msglint, and nothing of the one who runs the tests."""
    path = f"{Path(COMMAND).parent}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "HOME": str(tmp_path), "TERM": "dumb", "LC_ALL": "C.UTF-8"}


def shell(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def answer(arguments: list[str], tmp_path: Path) -> list[str]:
    done = subprocess.run(
        arguments, capture_output=True, check=True, cwd=tmp_path, env=environment(tmp_path), text=True, timeout=60
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize(("line", "completed"), ENDS_OF_WORDS)
def test_bash_completes(line: str, completed: set[str], tmp_path: Path) -> None:
    script = f"""
        source <(msglint completion bash)
        COMP_WORDS=({line}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); COMPREPLY=()
        $(complete -p msglint | sed 's/.* -F \\([^ ]*\\) .*/\\1/') msglint
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    assert set(answer([shell("bash"), "--norc", "-c", script], tmp_path)) == completed


@pytest.mark.parametrize(("line", "completed"), ENDS_OF_WORDS)
def test_fish_completes(line: str, completed: set[str], tmp_path: Path) -> None:
    script = f"msglint completion fish | source; complete -C '{line}'"
    assert {text.partition("\t")[0] for text in answer([shell("fish"), "-N", "-c", script], tmp_path)} == completed


@pytest.mark.parametrize(("line", "completed"), ONE_END)
def test_zsh_completes(line: str, completed: str, terminal: Terminal, tmp_path: Path) -> None:
    functions = tmp_path / "functions"
    functions.mkdir()
    (functions / "_msglint").write_bytes(run("completion", "zsh").stdout)
    terminal.start([shell("zsh"), "-f", "-i"], environment(tmp_path))
    terminal.send(f"fpath+={functions}; autoload -U compinit; compinit -u -D; print READY''\n")
    terminal.wait_for("READY\r\n")
    terminal.send(f"{line}\t")
    terminal.wait_for(f"{line.rpartition(' ')[0]} {completed} ")


class Terminal:
    """A terminal: sends keys to a program, and waits for what appears."""

    def __init__(self) -> None:
        self._mine, self._theirs = pty.openpty()
        os.set_blocking(self._mine, False)
        self._processes: list[subprocess.Popen[bytes]] = []
        self._seen = ""

    def start(self, arguments: list[str], variables: dict[str, str]) -> None:
        end = self._theirs
        self._processes.append(
            subprocess.Popen(arguments, stdin=end, stdout=end, stderr=end, env=variables, start_new_session=True)
        )

    def close(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait()
        os.close(self._mine)
        os.close(self._theirs)

    def send(self, keys: str) -> None:
        self._seen = ""
        os.write(self._mine, keys.encode())

    def wait_for(self, text: str) -> None:
        end = time.monotonic() + 60
        while text not in self._seen:
            assert time.monotonic() < end, self._seen
            try:
                self._seen += os.read(self._mine, 65536).decode(errors="replace")
            except BlockingIOError:
                time.sleep(0.01)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal()
    yield made
    made.close()


@pytest.mark.parametrize("name", SHELLS)
def test_the_script_is_one_that_the_shell_can_read(name: str, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_bytes(run("completion", name).stdout)
    assert answer([shell(name), "-n", str(script)], tmp_path) == []


def test_a_shell_that_is_not_known_is_told() -> None:
    done = run("completion", "fsh")
    assert (done.returncode, done.out) == (2, "")
    assert "there is no shell 'fsh'; did you mean 'fish'?" in " ".join(done.err.split())


def test_help_tells_where_to_put_the_script_of_each_shell() -> None:
    text = run("completion", "--help").out
    for place in (".local/share/bash-completion/completions/msglint", ".zfunc/_msglint", ".config/fish/completions"):
        assert place in text

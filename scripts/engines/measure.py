"""Run a program, and measure what it and all processes below it take. For Linux."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

_PROC: Final = Path("/proc")
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_SUBREAPER: Final = 36
"""`PR_SET_CHILD_SUBREAPER`: orphans become children of this process, so that they are still found below it."""
_EVERY: Final = 0.25
_PARENT, _USER, _SYSTEM = 1, 11, 12
"""Fields of `/proc/PID/stat` after the name."""


class Run(NamedTuple):
    """What a run took."""

    code: int
    output: str
    seconds: float
    cpu: float
    """CPU seconds of all its processes."""
    halves: tuple[float, float]
    """The most memory of all its processes together, in MB, in the first half of the time and in the second."""

    @property
    def memory(self) -> float:
        """The most memory, in MB; what processes share is counted once."""
        return max(self.halves)


def run(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    log: Path,
    timeout: float,
    watch: Callable[[set[int]], object] = lambda _: None,
) -> Run:
    """Run a program to its end.

    Args:
        command: The program and its arguments.
        folder: Where it runs.
        environment: Its environment.
        log: The file for what it prints.
        timeout: After how many seconds it is ended.
        watch: Called with the ids of its processes, again and again.
    """
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    others = _below(os.getpid())
    cpu: dict[int, float] = {}
    memory: list[tuple[float, float]] = []
    started = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - ours
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        while process.poll() is None and time.monotonic() - started < timeout:
            mine = _below(os.getpid()) - others
            cpu |= {pid: used for pid in mine if (used := _cpu(pid)) is not None}
            memory.append((time.monotonic() - started, sum(map(_memory, mine))))
            watch(mine)
            time.sleep(_EVERY)
    seconds = time.monotonic() - started
    _end(process, others)
    half = seconds / 2
    halves = [max((mb for at, mb in memory if (at < half) == first), default=0) for first in (True, False)]
    code = process.wait()
    return Run(code, log.read_text("utf-8", "replace"), seconds, sum(cpu.values()), (halves[0], halves[1]))


def command_of(pid: int) -> str:
    """Return the command line of a process; nothing if it has ended."""
    try:
        return (_PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""


def _end(process: subprocess.Popen[bytes], others: set[int]) -> None:
    """End the program if it still runs, and what it has left running."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            process.poll()
            left = _below(os.getpid()) - others
            if not left:
                return
            for pid in left:
                _signal(pid, number)
                _reap(pid, process)
            time.sleep(_EVERY)


def _signal(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _reap(pid: int, process: subprocess.Popen[bytes]) -> None:
    if pid != process.pid:
        with suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


def _below(root: int) -> set[int]:
    """Return the ids of the processes below one."""
    children: dict[int, list[int]] = {}
    for pid in [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdecimal()]:
        if fields := _stat(pid):
            children.setdefault(int(fields[_PARENT]), []).append(pid)
    found: set[int] = set()
    waiting = list(children.get(root, ()))
    while waiting:
        pid = waiting.pop()
        found.add(pid)
        waiting += children.get(pid, ())
    return found


def _stat(pid: int) -> list[str]:
    try:
        return (_PROC / str(pid) / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return []


def _cpu(pid: int) -> float | None:
    fields = _stat(pid)
    return (int(fields[_USER]) + int(fields[_SYSTEM])) / _TICKS if fields else None


def _memory(pid: int) -> float:
    try:
        rollup = (_PROC / str(pid) / "smaps_rollup").read_text("utf-8")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0) / 1024

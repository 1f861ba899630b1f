"""Measuring side by side: contenders take turns, so that what else the machine does slows all of them alike.

Every figure is a ratio of CPU times, of this process and of those that it starts, to the first contender within one
round; milliseconds are given only for their size.
"""

from __future__ import annotations

import gc
import os
import platform
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Final

Call = Callable[[], object]

ROUNDS: Final = 15
SECONDS_A_TURN: Final = 0.02
_COLD_CALLS: Final = 4
_COLD_SECONDS: Final = 0.2
"""How many calls are made before any is measured, and after how much time no more of them are."""
_STARTER: Final = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print(os.wait4(process.pid, 0)[2].ru_maxrss)
"""


@dataclass(frozen=True)
class Row:
    """A contender and how it came off."""

    name: str
    seconds: float
    """The median CPU time of one call."""
    ratio: float
    """The median over the rounds of its time by that of the first contender."""
    low: float
    """The lower quartile of these ratios."""
    high: float
    """The upper quartile of these ratios."""
    elapsed: float = 0.0
    """The median time of one call by the clock, which is shorter where several processes work."""


@dataclass(frozen=True)
class Table:
    """The answer to one question."""

    question: str
    rows: Sequence[Row]
    note: str = ""
    """What a reader has to know to take the figures as they are meant."""

    def markdown(self) -> str:
        """Spell it as Markdown, with a heading."""
        lines = [f"### {self.question}", "", "| | CPU time | ratio | quartiles |", "|---|--:|--:|--:|"]
        for row in self.rows:
            quartiles = f"{digits(row.low)} to {digits(row.high)}"
            lines.append(f"| {row.name} | {duration(row.seconds)} | {digits(row.ratio)} | {quartiles} |")
        return "\n".join([*lines, *(["", self.note] if self.note else []), ""])


def compare(contenders: Mapping[str, Call], *, rounds: int = ROUNDS, seconds: float = SECONDS_A_TURN) -> list[Row]:
    """Time contenders in turns; the first one is what the others are compared with.

    Args:
        contenders: What to call, by name.
        rounds: How often each of them has its turn; at least two.
        seconds: How long a turn takes at least; one call may take longer.
    """
    calls = {name: _calls_in(seconds, call) for name, call in contenders.items()}
    times: dict[str, list[float]] = {name: [] for name in contenders}
    elapsed: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, call in contenders.items():
            gc.collect()  # what one contender leaves must not slow the next
            start = perf_counter()
            times[name].append(_time(call, calls[name]) / calls[name])
            elapsed[name].append((perf_counter() - start) / calls[name])
    yardstick = next(iter(times.values()))
    return [_row(name, taken, yardstick, median(elapsed[name])) for name, taken in times.items()]


def without_collector(call: Call) -> Call:
    """Return a call that is made while the garbage collector rests."""

    def resting() -> None:
        was_enabled = gc.isenabled()
        gc.disable()
        try:
            call()
        finally:
            if was_enabled:
                gc.enable()

    return resting


def command(*arguments: str, codes: Iterable[int] = (0,), cwd: str | None = None) -> Call:
    """Return a call that runs a whole process and sees that it ends with one of the exit codes."""
    expected = frozenset(codes)

    def run() -> None:
        done = subprocess.run(  # noqa: S603 - what is measured
            arguments, capture_output=True, check=False, cwd=cwd, env=_environment()
        )
        if done.returncode not in expected:
            msg = f"{arguments[0]} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-500:]}"
            raise RuntimeError(msg)

    return run


def peak_memory(*arguments: str, cwd: str | None = None) -> int:
    """Run a process and return the most bytes of memory that it, or the largest that it started, held at a time.

    A small process starts it, as one begins with the memory of the process that it is forked from.
    """
    done = subprocess.run(  # noqa: S603 - what is measured
        [sys.executable, "-c", _STARTER, *arguments], capture_output=True, check=True, cwd=cwd, env=_environment()
    )
    return int(done.stdout) * (1 if platform.system() == "Darwin" else 1024)


def version_of(distribution: str) -> str | None:
    """Return the version of an installed package; None where it is not installed."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def labelled(distribution: str) -> str:
    """Return a package's name with its version."""
    return f"{distribution} {version_of(distribution)}"


def show(tables: Iterable[Table]) -> None:
    """Print tables as they come."""
    for table in tables:
        sys.stdout.write(f"{table.markdown()}\n")
        sys.stdout.flush()


def duration(seconds: float) -> str:
    """Spell a duration with three digits and its unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{digits(seconds / size)} {unit}"
    return f"{digits(seconds / 1e-9)} ns"


def _environment() -> dict[str, str]:
    """Return the environment without what keeps Python from storing compiled modules, as it does for its users."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _row(name: str, times: Sequence[float], yardstick: Sequence[float], elapsed: float) -> Row:
    ratios = [time / other for time, other in zip(times, yardstick, strict=True)]
    low, middle, high = quantiles(ratios, n=4)
    return Row(name, median(times), middle, low, high, elapsed)


def _calls_in(seconds: float, call: Call) -> int:
    """Return how many calls fill a turn; the calls that find it out warm up what there is to warm up."""
    # The first calls import modules and compile schemas, which tells nothing of those that are measured.
    cold = 0.0
    for _ in range(_COLD_CALLS):
        if cold < _COLD_SECONDS:
            cold += _time(call, 1)
    calls = 1
    while (taken := _time(call, calls)) < seconds:
        calls = max(calls + 1, min(calls * 10, int(calls * seconds / max(taken, 1e-9)) + 1))
    return calls


def _time(call: Call, calls: int) -> float:
    start = cpu_seconds()
    for _ in range(calls):
        call()
    return cpu_seconds() - start


def cpu_seconds() -> float:
    """Return the CPU time of this process, and of those that it started and that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process_time() + children.ru_utime + children.ru_stime


def digits(number: float) -> str:
    """Spell a number with about three digits."""
    if number >= 100:  # noqa: PLR2004 - three digits before the point
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 10 else f"{number:.2f}"  # noqa: PLR2004 - two digits before the point

"""How the work grows with each thing that a request or a configuration can have many of.

Each is doubled twice, and the CPU time of a check must not grow by more than 2.6 a doubling, on an average of both.

Usage: python benchmarks/growth.py [WORD …], for those with one of the words in their names
"""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import process_time
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the checkout, whether it is installed or not

import orjson  # noqa: E402
from growing import CONFIGURATIONS, REQUESTS, TEXTS, body  # noqa: E402

from validator import Linter  # noqa: E402
from validator.files.discovery import Candidate  # noqa: E402
from validator.project import Project, forget  # noqa: E402
from validator.report import MOST_KEPT  # noqa: E402

LIMIT: Final = 2.6
"""What the time of a check may be multiplied by when there is twice as much."""
_LEAST: Final = 0.005
"""Seconds that the smallest check takes at least, so that the clock tells something."""
_LONGEST: Final = 30.0
"""Seconds above which a check is not repeated."""
_FIRST: Final = 250
_MOST: Final = 8_000
"""How many there are at first, and at most, where that takes no time."""
_RUNS: Final = 3
_TRIES: Final = 3
"""How often something that grows too fast is measured again: the machine may have been busy."""

Prepare = Callable[[int], Callable[[], object]]
"""Makes the input of some size, and returns what checks it."""


class Growth(NamedTuple):
    """What was measured of one dimension."""

    name: str
    size: int
    seconds: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """By how much the time grows in one doubling."""
        return float((self.seconds[-1] / self.seconds[0]) ** (1 / (len(self.seconds) - 1)))


def measured(name: str, prepare: Prepare) -> Growth:
    """Double the size of something twice, from one whose check takes long enough to be measured."""
    size = _FIRST
    first = _least_time(prepare(size))
    while first < _LEAST and size < _MOST:
        size *= 2
        first = _least_time(prepare(size))
    growth = Growth(name, size, ())
    for _ in range(_TRIES):
        growth = Growth(name, size, tuple(_least_time(prepare(size * factor)) for factor in (1, 2, 4)))
        if growth.ratio <= LIMIT or max(growth.seconds) > _LONGEST:
            break
        size *= 2  # a step at one size is not growth, and does not come again
    return growth


def dimensions() -> Iterator[tuple[str, Prepare]]:
    """List what is doubled, with what makes it."""
    for name, make in REQUESTS.items():
        yield name, partial(_request, make)
    for name, (file, write) in TEXTS.items():
        yield name, partial(_text, file, write)
    for name, lay in CONFIGURATIONS.items():
        yield name, partial(_folder, lay)


def _request(make: Callable[[int], object], size: int) -> Callable[[], object]:
    return partial(_LINTER.validate_json, orjson.dumps(make(size)))


def _text(file: str, write: Callable[[int], str], size: int) -> Callable[[], object]:
    return partial(Project(most_kept=MOST_KEPT).check_text, file, write(size).encode())


def _folder(lay: Callable[[int], dict[str, str]], size: int) -> Callable[[], object]:
    folder = Path(tempfile.mkdtemp(dir=_FOLDERS.name))
    for name, content in lay(size).items():
        (folder / name).write_text(content)

    def check() -> None:
        forget()
        with _inside(folder):
            project = Project(most_kept=MOST_KEPT)
            result = project.check(Candidate("a.json", is_named=True))
            assert result is not None  # noqa: S101 - the file is named, so it is checked
            list(project.complaints())

    return check


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _least_time(check: Callable[[], object]) -> float:
    check()
    times: list[float] = []
    while len(times) < _RUNS and sum(times) < _LONGEST:
        gc.collect()
        gc.disable()  # when it collects is a matter of what was there before
        start = process_time()
        check()
        times.append(process_time() - start)
        gc.enable()
    return min(times)


_LINTER: Final = Linter(endpoint="auto")
_FOLDERS: Final = tempfile.TemporaryDirectory()


def main() -> int:
    """Measure what is asked for, and return the exit code: 1 if something grows too fast, or fails."""
    words = sys.argv[1:]
    os.environ.pop("MSGLINT_RAISE", None)
    _LINTER.validate(body())
    wrong = 0
    sys.stdout.write("| | from | time | twice | four times | growth |\n|---|--:|--:|--:|--:|--:|\n")
    for name, prepare in dimensions():
        if words and not any(word in name for word in words):
            continue
        try:
            growth = measured(name, prepare)
        except Exception as error:  # noqa: BLE001 - one that cannot be checked is as wrong as one that takes long
            sys.stdout.write(f"| {name} | | | | | **{type(error).__name__}: {str(error)[-120:]}** |\n")
            wrong += 1
            continue
        is_wrong = growth.ratio > LIMIT
        wrong += is_wrong
        times = " | ".join(f"{seconds * 1000:,.0f} ms" for seconds in growth.seconds)
        ratio = f"**{growth.ratio:.2f}**" if is_wrong else f"{growth.ratio:.2f}"
        sys.stdout.write(f"| {name} | {growth.size:,} | {times} | {ratio} |\n")
        sys.stdout.flush()
    sys.stdout.write(f"\n{wrong} grow by more than {LIMIT} a doubling, or fail.\n")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())

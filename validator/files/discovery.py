"""Find files: those that are named, and those in folders whose names are those of requests."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from ..common.lazy_regex import regex
from ..common.wording import printable
from ..documents import CODE, format_of
from ..filesystem.lookups import exists, is_file, is_folder
from .parquet import is_parquet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_VENDORED: Final = frozenset(
    {"__pycache__", "bower_components", "build", "dist", "node_modules", "site-packages", "vendor", "venv"}
)
"""Folders of third-party code and of build output."""
_TESTS: Final = frozenset({"__tests__", "e2e", "spec", "specs", "test", "testing", "tests"})
"""Folders of tests."""
_TEST: Final = regex(r"test_.*|.*_test\.[^.]+|conftest\.py|.*\.(?:test|spec)\.[^.]+", re.DOTALL)
"""Names of the files of tests."""
_NO_COLUMN: Final = "it is a table; `--column` or `column = …` names what to read of it"
_OF_TESTS: Final = "it is a test; `--tests` or `tests = true` checks it"


class Candidate(NamedTuple):
    """A file that may be checked."""

    path: str
    is_named: bool
    """Whether it is checked whatever its content: it was named, or a configuration includes it."""
    left_out: str | None = None
    """Why it is skipped without being read, if so."""
    folder: str | None = None
    """The folder in which it was found; None for a file that was named."""


class Filter(Protocol):
    """Decides which files and folders are skipped."""

    def includes(self, file: str) -> bool:
        """Whether a file is checked whatever its content."""

    def leaves_out(self, path: str, *, is_folder: bool) -> str | None:
        """Return why a file or folder is skipped; None if it is not."""

    def checks_tests(self, folder: str) -> bool:
        """Whether source code of tests in a folder is checked."""

    def reads_tables(self, folder: str) -> bool:
        """Whether the tables in a folder are checked: it is known which column to read."""


def find(
    paths: Iterable[str], filter_of: Callable[[str], Filter], *, force_exclude: bool = False
) -> Iterator[Candidate]:
    """List the files that `paths` name, and those in the folders that `paths` name.

    Folders are walked in alphabetical order, skipping hidden and vendored ones and links to folders; a skipped folder
    is listed with its reason and a slash at its end. An unreadable folder, a dangling link and a file that vanishes are
    listed like files: reading them raises the error to report.

    Args:
        paths: Files and folders.
        filter_of: Returns the filter for everything below one of the paths.
        force_exclude: Whether named files are filtered like those found in a folder.
    """
    for path in dict.fromkeys(paths):
        if path and is_folder(path):
            yield from _walk(path, filter_of(path))
        elif force_exclude:
            yield as_if_found(path, filter_of(path))
        else:
            yield Candidate(path, is_named=True)


def _walk(folder: str, rules: Filter) -> Iterator[Candidate]:
    unreadable: list[str] = []
    are_tests_meant = _is_in_tests(folder)
    waiting = [(str(Path(folder)), False)]
    while waiting:
        place, is_in_tests = waiting.pop()
        try:
            with os.scandir(place) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:
            unreadable.append(place)
            continue
        skips_tests = not are_tests_meant and not rules.checks_tests(place)
        start = "" if place == os.curdir else os.path.join(place, "")  # noqa: PTH118 - with a separator at its end
        entered = []
        for entry in (each for each in entries if _is_folder(each)):
            path = start + entry.name
            why = _why_not_entered(entry.name) or rules.leaves_out(path, is_folder=True)
            if why is None and entry.is_symlink():
                why = "links to folders are not followed"
            if why is None:
                entered.append((path, is_in_tests or entry.name in _TESTS))
            else:
                yield Candidate(f"{path}{os.sep}", is_named=False, left_out=why)
        for entry in (each for each in entries if not _is_folder(each)):
            path = start + entry.name
            text_format = format_of(entry.name)
            is_table = text_format is None and is_parquet(path) and rules.reads_tables(place)
            if (text_format is not None or is_table or rules.includes(path)) and _may_be_read(path):
                candidate = _found(path, rules)._replace(folder=folder)
                if skips_tests and text_format in CODE and (is_in_tests or _TEST.fullmatch(entry.name)):
                    candidate = _without_test(candidate)
                yield candidate
        waiting += reversed(entered)
    yield from (Candidate(name, is_named=True) for name in unreadable)


def _is_in_tests(folder: str) -> bool:
    """Whether a path names a folder of tests, or one in it; the folders around the current one do not count."""
    path = Path(os.path.abspath(folder))  # noqa: PTH100 - `Path.absolute` leaves `..` as it is
    here = Path.cwd()
    steps = path.relative_to(here).parts if path.is_relative_to(here) else path.parts[-1:]
    return not _TESTS.isdisjoint(steps)


def _without_test(found: Candidate) -> Candidate:
    """Skip a file of tests, unless a configuration includes it."""
    return found if found.is_named or found.left_out is not None else found._replace(left_out=_OF_TESTS)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a folder or a link to one."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _found(path: str, rules: Filter) -> Candidate:
    included = rules.includes(path)
    left_out = rules.leaves_out(path, is_folder=False)
    if left_out is None and not included and os.path.basename(path).startswith("."):  # noqa: PTH119 - for any name
        left_out = "it is hidden"
    return Candidate(path, is_named=included, left_out=left_out)


def as_if_found(path: str, rules: Filter) -> Candidate:
    """Filter a named file as a walk from the current folder would; the folders of a file elsewhere are ignored."""
    here = Path.cwd()
    file = Path(os.path.abspath(path))  # noqa: PTH100 - `Path.absolute` leaves `..` as it is
    folders = file.relative_to(here).parts[:-1] if file.is_relative_to(here) else ()
    for name in folders:
        why = _why_not_entered(name)
        if why is not None:
            return Candidate(path, is_named=False, left_out=f"it is in `{printable(name)}`: {why}")
    found = _found(path, rules)._replace(folder=str(here) if file.is_relative_to(here) else None)
    if format_of(path) in CODE and not rules.checks_tests(os.path.dirname(path)):  # noqa: PTH120 - for any name
        is_test = not _TESTS.isdisjoint(folders) or _TEST.fullmatch(file.name) is not None
        found = _without_test(found) if is_test else found
    if found.left_out is None and not found.is_named and format_of(path) is None:
        if is_parquet(path):
            is_read = rules.reads_tables(os.path.dirname(path))  # noqa: PTH120 - for any name
            return found if is_read else Candidate(path, is_named=False, left_out=_NO_COLUMN)
        return Candidate(path, is_named=False, left_out="its extension is not that of a request")
    return found


def _why_not_entered(folder: str) -> str | None:
    """Return why a walk skips a folder, judged by its name; None if it does not."""
    if folder.startswith("."):
        return "it is hidden"
    return "it holds third-party code or build output" if folder in _VENDORED else None


def _may_be_read(path: str) -> bool:
    """Whether a path is that of a file, or of one that has vanished since; not of a pipe or a device."""
    return is_file(path) or not exists(path)

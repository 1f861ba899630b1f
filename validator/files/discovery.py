"""Find files: those that are named, and those in folders whose names are those of requests."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from ..common.lazy_regex import regex
from ..common.records import NamedTuple
from ..common.wording import printable
from ..documents import CODE, Format, format_of, is_parquet
from ..filesystem.lookups import exists, is_folder

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


class FilterInFolder(Protocol):
    """Decides which files of one folder are skipped."""

    def includes(self, name: str) -> bool:
        """Whether a file is checked whatever its content."""

    def leaves_out(self, name: str) -> str | None:
        """Return why a file is skipped; None if it is not."""

    def checks_tests(self) -> bool:
        """Whether source code of tests is checked."""

    def reads_tables(self) -> bool:
        """Whether tables are checked: it is known which column to read."""


class Filter(Protocol):
    """Decides which files and folders are skipped."""

    def leaves_out(self, folder: str) -> str | None:
        """Return why a folder is skipped; None if it is not."""

    def in_folder(self, folder: str) -> FilterInFolder:
        """Return what decides about the files of a folder."""


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
        filter_in_folder = rules.in_folder(place)
        skips_tests = not are_tests_meant and not filter_in_folder.checks_tests()
        start = "" if place == os.curdir else os.path.join(place, "")  # noqa: PTH118 - with a separator at its end
        entered = []
        files = []
        for entry in entries:
            if not _is_folder(entry):
                files.append(entry)
                continue
            path = start + entry.name
            why = _why_not_entered(entry.name) or rules.leaves_out(path)
            if why is None and entry.is_symlink():
                why = "links to folders are not followed"
            if why is None:
                entered.append((path, is_in_tests or entry.name in _TESTS))
            else:
                yield Candidate(f"{path}{os.sep}", is_named=False, left_out=why)
        for entry in files:
            name = entry.name
            text_format = format_of(name)
            included = filter_in_folder.includes(name)
            unread = None if included else _why_not_read(name, text_format, filter_in_folder)
            if unread in {None, _NO_COLUMN} and _may_be_read(entry):
                why = _why_left_out(name, filter_in_folder, included=included) or unread
                is_code = why is None and not included and skips_tests and text_format in CODE
                if is_code and (is_in_tests or _TEST.fullmatch(name)):
                    why = _OF_TESTS
                yield Candidate(start + name, included, why, folder)
        waiting += reversed(entered)
    yield from (Candidate(name, is_named=True) for name in unreadable)


def _is_in_tests(folder: str) -> bool:
    """Whether a path names a folder of tests, or one in it; the folders around the current one do not count."""
    path = Path(os.path.abspath(folder))  # noqa: PTH100 - `Path.absolute` leaves `..` as it is
    here = Path.cwd()
    steps = path.relative_to(here).parts if path.is_relative_to(here) else path.parts[-1:]
    return not _TESTS.isdisjoint(steps)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a folder or a link to one."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _why_left_out(name: str, rules: FilterInFolder, *, included: bool) -> str | None:
    """Return why a file is skipped; None if it is not."""
    left_out = rules.leaves_out(name)
    return "it is hidden" if left_out is None and not included and name.startswith(".") else left_out


def as_if_found(path: str, rules: Filter) -> Candidate:
    """Filter a named file as a walk from the current folder would; the folders of a file elsewhere are ignored."""
    here = Path.cwd()
    file = Path(os.path.abspath(path))  # noqa: PTH100 - `Path.absolute` leaves `..` as it is
    folders = file.relative_to(here).parts[:-1] if file.is_relative_to(here) else ()
    for name in folders:
        why = _why_not_entered(name)
        if why is not None:
            return Candidate(path, is_named=False, left_out=f"it is in `{printable(name)}`: {why}")
    folder, name = os.path.split(path)
    filter_in_folder = rules.in_folder(folder)
    included = filter_in_folder.includes(name)
    why = _why_left_out(name, filter_in_folder, included=included)
    if why is None and not included:
        text_format = format_of(path)
        unread = _why_not_read(name, text_format, filter_in_folder)
        if unread is not None:
            return Candidate(path, is_named=False, left_out=unread)
        is_test = not _TESTS.isdisjoint(folders) or _TEST.fullmatch(file.name) is not None
        if is_test and text_format in CODE and not filter_in_folder.checks_tests():
            why = _OF_TESTS
    return Candidate(path, included, why, str(here) if file.is_relative_to(here) else None)


def _why_not_read(name: str, text_format: Format | None, rules: FilterInFolder) -> str | None:
    """Return why a file is skipped that no configuration includes, judged by its extension; None if it is not."""
    if text_format is not None:
        return None
    if not is_parquet(name):
        return "its extension is not that of a request"
    return None if rules.reads_tables() else _NO_COLUMN


def _why_not_entered(folder: str) -> str | None:
    """Return why a walk skips a folder, judged by its name; None if it does not."""
    if folder.startswith("."):
        return "it is hidden"
    return "it holds third-party code or build output" if folder in _VENDORED else None


def _may_be_read(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a file, or has vanished since; not a pipe or a device."""
    try:
        return entry.is_file() or not exists(entry.path)
    except OSError:
        return not exists(entry.path)

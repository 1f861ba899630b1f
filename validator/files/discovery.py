"""Finding files: those that are named, and those in folders that may be requests by their names."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from ..documents import format_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_VENDORED: Final = frozenset(
    {"__pycache__", "bower_components", "build", "dist", "node_modules", "site-packages", "vendor", "venv"}
)
"""Folders of what others wrote, and of what is made."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may be checked."""

    path: str
    is_named: bool
    """Whether it is to be checked whatever it holds: it was named itself, or a configuration includes it."""
    left_out: str | None = None
    """Why it is not even looked at; None where it is."""


class Filter(Protocol):
    """Says which files and folders are left out."""

    def includes(self, file: Path) -> bool:
        """Whether a file is a request whatever it holds."""

    def leaves_out(self, path: Path, *, is_folder: bool) -> str | None:
        """Return why a file or a folder is left out; None where it is not."""


def find(
    paths: Iterable[str], filter_of: Callable[[str], Filter], *, force_exclude: bool = False
) -> Iterator[Candidate]:
    """List the files that `paths` name, and those in the folders that they name.

    Folders are walked in alphabetical order, without hidden and vendored ones, and without following links to folders.
    A folder that cannot be read is listed as if it were a file, so that reading it says why.

    Args:
        paths: Files and folders.
        filter_of: Returns the filter for what is below one of the paths.
        force_exclude: Whether files that are named are looked at as if they were found in a folder.
    """
    for path in dict.fromkeys(paths):
        if path and _holds(Path.is_dir, path):
            yield from _walk(path, filter_of(path))
        elif force_exclude:
            yield _as_if_found(path, filter_of(path))
        else:
            yield Candidate(path, is_named=True)


def _walk(folder: str, rules: Filter) -> Iterator[Candidate]:
    unreadable: list[str] = []
    for place, subfolders, names in os.walk(folder, onerror=lambda error: unreadable.append(str(error.filename))):
        subfolders[:] = sorted(
            name
            for name in subfolders
            if not _is_skipped(name) and rules.leaves_out(Path(place, name), is_folder=True) is None
        )
        for name in sorted(names):
            path = Path(place, name)
            if (_may_be_request(name) or rules.includes(path)) and _holds(Path.is_file, path):
                yield _found(str(path), rules)
    yield from (Candidate(name, is_named=True) for name in unreadable)


def _found(path: str, rules: Filter) -> Candidate:
    file = Path(path)
    return Candidate(path, is_named=rules.includes(file), left_out=rules.leaves_out(file, is_folder=False))


def _as_if_found(path: str, rules: Filter) -> Candidate:
    """Look at a file that is named as a walk from the current folder, or from the root, would."""
    file = Path(path).absolute()
    folders = file.relative_to(Path.cwd()).parts[:-1] if file.is_relative_to(Path.cwd()) else ()
    skipped = next((name for name in folders if _is_skipped(name)), None)
    return _found(path, rules) if skipped is None else Candidate(path, is_named=False, left_out=f"it is in `{skipped}`")


def _may_be_request(name: str) -> bool:
    return format_of(name) is not None and not name.startswith(".")


def _is_skipped(folder: str) -> bool:
    return folder.startswith(".") or folder in _VENDORED


def _holds(question: Callable[[Path], bool], path: str | Path) -> bool:
    try:
        return question(Path(path))
    except OSError:
        return False

"""Finding files: those that are named, and those in folders that may be requests by their names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from ..disk import exists, is_file, is_folder, is_link
from ..documents import format_of
from ..words import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_VENDORED: Final = frozenset(
    {"__pycache__", "bower_components", "build", "dist", "node_modules", "site-packages", "vendor", "venv"}
)
"""Folders of what others wrote, and of what is made."""


class Candidate(NamedTuple):
    """A file that may be checked."""

    path: str
    is_named: bool
    """Whether it is to be checked whatever it holds: it was named itself, or a configuration includes it."""
    left_out: str | None = None
    """Why it is not even looked at; None where it is."""
    folder: str | None = None
    """The folder in which it was found; None for a file that was named itself."""


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

    Folders are walked in alphabetical order, without hidden and vendored ones, and without following links to folders;
    a folder that is left out is listed with its reason, and a slash at its end. A folder that cannot be read, a link
    that leads nowhere and a file that vanishes are listed as files are, so that reading them says why.

    Args:
        paths: Files and folders.
        filter_of: Returns the filter for what is below one of the paths.
        force_exclude: Whether files that are named are looked at as if they were found in a folder.
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
    for place, subfolders, names in os.walk(folder, onerror=lambda error: unreadable.append(str(error.filename))):
        entered = []
        for name in sorted(subfolders):
            path = Path(place, name)
            why = _why_not_entered(name) or rules.leaves_out(path, is_folder=True)
            if why is None and is_link(path):
                why = "links to folders are not followed"
            if why is None:
                entered.append(name)
            else:
                yield Candidate(f"{path}{os.sep}", is_named=False, left_out=why)
        subfolders[:] = entered
        for name in sorted(names):
            path = Path(place, name)
            if (format_of(name) is not None or rules.includes(path)) and _may_be_read(path):
                yield _found(str(path), rules)._replace(folder=folder)
    yield from (Candidate(name, is_named=True) for name in unreadable)


def _found(path: str, rules: Filter) -> Candidate:
    file = Path(path)
    included = rules.includes(file)
    left_out = rules.leaves_out(file, is_folder=False)
    if left_out is None and file.name.startswith(".") and not included:
        left_out = "it is hidden"
    return Candidate(path, is_named=included, left_out=left_out)


def as_if_found(path: str, rules: Filter) -> Candidate:
    """Look at a file that is named as a walk from the current folder would; one elsewhere is taken by itself."""
    here = Path.cwd()
    file = Path(os.path.abspath(path))  # noqa: PTH100 - `Path.absolute` leaves `..` as it is
    folders = file.relative_to(here).parts[:-1] if file.is_relative_to(here) else ()
    for name in folders:
        why = _why_not_entered(name)
        if why is not None:
            return Candidate(path, is_named=False, left_out=f"it is in `{printable(name)}`: {why}")
    found = _found(path, rules)._replace(folder=str(here) if file.is_relative_to(here) else None)
    if found.left_out is None and not found.is_named and format_of(path) is None:
        return Candidate(path, is_named=False, left_out="its ending is none of a request")
    return found


def _why_not_entered(folder: str) -> str | None:
    """Say why a folder is not looked into, by its name."""
    if folder.startswith("."):
        return "it is hidden"
    return "it holds what others wrote, or what is made" if folder in _VENDORED else None


def _may_be_read(path: Path) -> bool:
    """Whether a name in a folder is that of a file, or of one that is gone by now; pipes and the like are neither."""
    return is_file(path) or not exists(path)

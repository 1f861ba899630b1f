"""Decide which files git ignores, by the `.gitignore` files of a repository and its `.git/info/exclude`."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..common.errors import SettingsError
from ..common.records import NamedTuple
from .lookups import exists, is_folder, path_bytes, read_regular, shown_path
from .wildmatch import Patterns, patterns

FILE_NAME: Final = ".gitignore"
_REPOSITORY: Final = ".git"
_MOST_BYTES: Final = 2**22
"""Most bytes of a file of patterns."""
_NOTHING: Final = Patterns(())

if TYPE_CHECKING:
    from collections.abc import Callable

Steps = tuple[str, ...]


class GitIgnoreError(SettingsError):
    """Raised, or passed on, for a file of patterns that cannot be read."""


# Why not a library: of 2,400 verdicts compared with those of git itself, none of ours was wrong, but 58 of those of
# `pathspec`. Running git for every file is slow, and git may not be installed.
class GitIgnore:
    """Decides for the files and folders of a repository; patterns count from the folder of their file."""

    def __init__(self, place: Path, complain: Callable[[GitIgnoreError], object] = lambda _error: None) -> None:
        """Take the repository around a file or a folder.

        Without a repository, only `.gitignore` files at or below the folder count; for a file, those at or below the
        current folder if the file is in it, or else those in the file's folder.

        Args:
            place: The file or folder.
            complain: Called with the error for a file of patterns that cannot be read; such a file ignores nothing.
        """
        self._complain = complain
        inside = _absolute(place)
        folders = (inside, *inside.parents)
        self._top = next((folder for folder in folders if exists(folder / _REPOSITORY)), None) or _top_of(inside)
        self._exclude: Final = self._top / _REPOSITORY / "info" / "exclude"
        self._folders: dict[Steps, IgnoredInFolder] = {}
        """A cache: what is ignored in each folder."""

    def ignores(self, path: str | Path, *, is_folder: bool = False) -> bool:
        """Whether git ignores a file or a folder, itself or because of an ignored folder above it."""
        steps = self._steps_to(path)
        return self._in(steps[:-1]).ignores(steps[-1], is_folder=is_folder) if steps else False

    def in_folder(self, folder: str | Path) -> IgnoredInFolder:
        """Return what git ignores in a folder."""
        steps = self._steps_to(folder)
        return NOTHING_IGNORED if steps is None else self._in(steps)

    def _steps_to(self, path: str | Path) -> Steps | None:
        """Return the steps from the top to a file or a folder; None for one that is not below it."""
        place = os.path.abspath(path)  # noqa: PTH100 - a text is made sooner than a path
        top = os.path.join(self._top, "")  # noqa: PTH118 - a `Path` has no separator at its end
        if os.path.join(place, "") == top:  # noqa: PTH118
            return ()
        return tuple(place[len(top) :].split(os.sep)) if place.startswith(top) else None  # noqa: PTH206 - as above

    def _in(self, steps: Steps) -> IgnoredInFolder:
        known = next((depth for depth in range(len(steps), -1, -1) if steps[:depth] in self._folders), -1)
        for depth in range(known + 1, len(steps) + 1):
            self._folders[steps[:depth]] = self._inside(steps[:depth])
        return self._folders[steps]

    def _inside(self, steps: Steps) -> IgnoredInFolder:
        """Return what is ignored in a folder; that of the folder above it is known."""
        if not steps:
            above = [(b"", found)] if (found := self._read(self._exclude)) else []
        else:
            around = self._folders[steps[:-1]]
            if around.ignores(steps[-1], is_folder=True):
                return _EVERYTHING_IGNORED
            above = [(start + path_bytes(steps[-1]) + b"/", found) for start, found in around.patterns]
        own = self._read(self._top.joinpath(*steps, FILE_NAME))
        return IgnoredInFolder([(b"", own), *above] if own else above)

    def _read(self, file: Path) -> Patterns:
        found = _patterns(file)
        if isinstance(found, GitIgnoreError):
            self._complain(found)
            return _NOTHING
        return found


class IgnoredInFolder(NamedTuple):
    """What git ignores in one folder."""

    patterns: list[tuple[bytes, Patterns]]
    """The patterns of the folder and of those above it, closest first, each with the way from there to the folder."""
    is_ignored: bool = False
    """Whether the folder is ignored, and all in it."""

    def ignores(self, name: str, *, is_folder: bool = False) -> bool:
        """Whether git ignores a file or a folder in the folder; of several files with a match, the closest decides."""
        for start, found in self.patterns:
            last = found.last(start + path_bytes(name), is_folder=is_folder)
            if last is not None:
                return not last.is_negated
        return self.is_ignored


NOTHING_IGNORED: Final = IgnoredInFolder([])
_EVERYTHING_IGNORED: Final = IgnoredInFolder([], is_ignored=True)


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - `Path.absolute` leaves `..` as it is


def _top_of(place: Path) -> Path:
    """Return the folder from which patterns count without a repository."""
    if is_folder(place):
        return place
    here = Path.cwd()
    return here if place.is_relative_to(here) else place.parent


@lru_cache(maxsize=4096)
def _patterns(file: Path) -> Patterns | GitIgnoreError:
    """Read a file of patterns, or return why it cannot be read."""
    if not exists(file):
        return _NOTHING
    try:
        return Patterns(patterns(read_regular(file, _MOST_BYTES)))
    except OSError as error:
        return GitIgnoreError(file, f"{shown_path(file)}: cannot be read: {error.strerror or error}")


def forget() -> None:
    """Clear the cache of files, which may have changed."""
    _patterns.cache_clear()

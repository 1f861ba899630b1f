"""Decide which files git ignores, by the `.gitignore` files of a repository and its `.git/info/exclude`."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..common.errors import SettingsError
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
        self._ignored: dict[Steps, bool] = {(): False}
        """A cache: whether a folder is ignored."""
        self._files: dict[Steps, tuple[tuple[int, Patterns], ...]] = {}
        """A cache: the patterns of a folder and of the folders above it."""

    def ignores(self, path: str | Path, *, is_folder: bool = False) -> bool:
        """Whether git ignores a file or a folder, itself or because of an ignored folder above it."""
        place = os.path.abspath(path)  # noqa: PTH100 - a text is made sooner than a path
        top = os.path.join(self._top, "")  # noqa: PTH118 - a `Path` has no separator at its end
        if not place.startswith(top):
            return False
        steps = tuple(place[len(top) :].split(os.sep))  # noqa: PTH206 - as above
        return self._is_in_ignored(steps[:-1]) or self._is_ignored(steps, is_folder=is_folder)

    def _is_in_ignored(self, steps: Steps) -> bool:
        """Whether a folder, or one above it, is ignored."""
        known = next(depth for depth in range(len(steps), -1, -1) if steps[:depth] in self._ignored)
        for depth in range(known, len(steps)):
            inner = steps[: depth + 1]
            self._ignored[inner] = self._ignored[steps[:depth]] or self._is_ignored(inner, is_folder=True)
        return self._ignored[steps]

    def _is_ignored(self, steps: Steps, *, is_folder: bool) -> bool:
        """Whether the last step of a path is ignored itself; of several files with a match, the closest decides."""
        for depth, found in reversed(self._patterns_above(steps[:-1])):
            verdict = _verdict(found, steps[depth:], is_folder=is_folder)
            if verdict is not None:
                return verdict
        return bool(_verdict(self._read(self._exclude), steps, is_folder=is_folder))

    def _patterns_above(self, steps: Steps) -> tuple[tuple[int, Patterns], ...]:
        """Return the patterns of a folder and of those above it, each with its depth, if they have any."""
        known = next((depth for depth in range(len(steps), -1, -1) if steps[:depth] in self._files), -1)
        found = self._files[steps[:known]] if known >= 0 else ()
        for depth in range(known + 1, len(steps) + 1):
            own = self._read(self._top.joinpath(*steps[:depth], FILE_NAME))
            found = (*found, (depth, own)) if own else found
            self._files[steps[:depth]] = found
        return found

    def _read(self, file: Path) -> Patterns:
        found = _patterns(file)
        if isinstance(found, GitIgnoreError):
            self._complain(found)
            return _NOTHING
        return found


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - `Path.absolute` leaves `..` as it is


def _top_of(place: Path) -> Path:
    """Return the folder from which patterns count without a repository."""
    if is_folder(place):
        return place
    here = Path.cwd()
    return here if place.is_relative_to(here) else place.parent


def _verdict(found: Patterns, steps: Steps, *, is_folder: bool) -> bool | None:
    """Whether patterns ignore a path: the last match decides; None without a match."""
    if not found:
        return None
    last = found.last(path_bytes("/".join(steps)), is_folder=is_folder)
    return None if last is None else not last.is_negated


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

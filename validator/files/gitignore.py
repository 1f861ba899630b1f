"""What git ignores: the `.gitignore` files of a repository, nested ones too, and its `.git/info/exclude`."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Final

from ..disk import exists, is_folder
from ..wildmatch import Pattern, patterns

FILE_NAME: Final = ".gitignore"
_REPOSITORY: Final = ".git"

Steps = tuple[str, ...]


class GitIgnore:
    """Answers for files and folders of a repository; patterns count from the folder of their file."""

    def __init__(self, place: Path) -> None:
        """Take the repository around a file or a folder.

        Where there is none, only what is below the folder counts, or below the current one for a file in it.
        """
        inside = _absolute(place)
        folders = (inside, *inside.parents)
        self._top = next((folder for folder in folders if exists(folder / _REPOSITORY)), None) or _top_of(inside)
        self._ignored: dict[Steps, bool] = {(): False}
        """Which folders are ignored, as far as they were asked for."""
        self._files: dict[Steps, tuple[Pattern, ...]] = {}
        """What the `.gitignore` of each folder says."""

    def ignores(self, path: Path, *, is_folder: bool = False) -> bool:
        """Whether git ignores a file or a folder; a folder that is ignored takes all in it with it."""
        try:
            steps = _absolute(path).relative_to(self._top).parts
        except ValueError:
            return False
        return self._is_in_ignored(steps[:-1]) or self._is_ignored(steps, is_folder=is_folder)

    def _is_in_ignored(self, steps: Steps) -> bool:
        """Whether a folder, or one around it, is ignored."""
        if steps not in self._ignored:
            self._ignored[steps] = self._is_in_ignored(steps[:-1]) or self._is_ignored(steps, is_folder=True)
        return self._ignored[steps]

    def _is_ignored(self, steps: Steps, *, is_folder: bool) -> bool:
        """Whether the last step of a path is ignored itself; of the files that speak of it the closest decides."""
        for depth in range(len(steps) - 1, -1, -1):
            said = _said(self._patterns_in(steps[:depth]), steps[depth:], is_folder=is_folder)
            if said is not None:
                return said
        return bool(_said(_patterns(self._top / _REPOSITORY / "info" / "exclude"), steps, is_folder=is_folder))

    def _patterns_in(self, steps: Steps) -> tuple[Pattern, ...]:
        if steps not in self._files:
            self._files[steps] = _patterns(self._top.joinpath(*steps, FILE_NAME))
        return self._files[steps]


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - `Path.absolute` leaves `..` as it is


def _top_of(place: Path) -> Path:
    """Return the folder from which patterns count where there is no repository."""
    if is_folder(place):
        return place
    here = Path.cwd()
    return here if place.is_relative_to(here) else place.parent


def _said(found: tuple[Pattern, ...], steps: Steps, *, is_folder: bool) -> bool | None:
    """Return what patterns say of a path, of which the last that matches counts; None for nothing."""
    if not found:
        return None
    path = os.fsencode("/".join(steps))
    matching = (pattern for pattern in reversed(found) if pattern.matches(path, is_folder=is_folder))
    last = next(matching, None)
    return None if last is None else not last.is_negated


@lru_cache(maxsize=4096)
def _patterns(file: Path) -> tuple[Pattern, ...]:
    """Read a file of patterns; one that cannot be read says nothing, as for git."""
    try:
        return patterns(file.read_bytes())
    except OSError:
        return ()


def forget() -> None:
    """Forget what was read, as it may have changed."""
    _patterns.cache_clear()

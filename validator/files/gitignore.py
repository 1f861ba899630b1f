"""What git ignores: the `.gitignore` files of a repository, nested ones too, and its `.git/info/exclude`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

import pathspec

_FILE: Final = ".gitignore"
_REPOSITORY: Final = ".git"


class GitIgnore:
    """Answers for files and folders at or below a place; patterns count from the folder of their file."""

    def __init__(self, place: Path) -> None:
        """Take the repository around a folder; where there is none, only what is below the folder counts."""
        top = place.absolute()
        self._top = next((folder for folder in (top, *top.parents) if (folder / _REPOSITORY).exists()), top)

    def ignores(self, path: Path, *, is_folder: bool = False) -> bool:
        """Whether git ignores a file or a folder; a folder that is ignored takes all in it with it."""
        path = path.absolute()
        try:
            steps = path.relative_to(self._top).parts
        except ValueError:
            return False
        return any(
            self._is_ignored(steps[:length], is_folder=is_folder or length < len(steps))
            for length in range(1, len(steps) + 1)
        )

    def _is_ignored(self, steps: tuple[str, ...], *, is_folder: bool) -> bool:
        """Whether the last step of a path is ignored itself; of the files that speak of it the closest decides."""
        for depth in range(len(steps) - 1, -1, -1):
            found = _patterns(self._top.joinpath(*steps[:depth], _FILE))
            said = None if found is None else _said(found, steps[depth:], is_folder=is_folder)
            if said is not None:
                return said
        exclude = _patterns(self._top / _REPOSITORY / "info" / "exclude")
        return exclude is not None and bool(_said(exclude, steps, is_folder=is_folder))


def _said(patterns: pathspec.GitIgnoreSpec, steps: tuple[str, ...], *, is_folder: bool) -> bool | None:
    return patterns.check_file("/".join(steps) + ("/" if is_folder else "")).include


@lru_cache(maxsize=4096)
def _patterns(file: Path) -> pathspec.GitIgnoreSpec | None:
    """Read a file of patterns; one that cannot be read says nothing, as for git."""
    try:
        lines = file.read_bytes().decode(errors="surrogateescape").splitlines()
    except OSError:
        return None
    return pathspec.GitIgnoreSpec.from_lines(lines)


def forget() -> None:
    """Forget what was read, as it may have changed."""
    _patterns.cache_clear()

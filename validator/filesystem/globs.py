"""Globs of files and of JSON Pointers. Matching takes at most the length of the glob times that of the name."""

from __future__ import annotations

import os
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..common.records import NamedTuple
from .lookups import native, path_bytes
from .wildmatch import Patterns, patterns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_WILD: Final = frozenset("*?[\\")
_NONE: Final[frozenset[int]] = frozenset()
_ANY_NUMBER: Final = "**"


def parted(glob: str) -> tuple[str, str | None]:
    """Split `files#pointers` into the glob of files and that of JSON Pointers; None without the latter.

    The first `#` counts that is neither escaped by a backslash nor in brackets.
    """
    position = 0
    while position < len(glob):
        sign = glob[position]
        if sign == "#":
            return glob[:position], glob[position + 1 :]
        if sign == "[":
            position = _end_of_set(glob, position)
        position += 2 if sign == "\\" else 1
    return glob, None


def _end_of_set(glob: str, start: int) -> int:
    """Return the position of the bracket that closes a set; `start` if none does."""
    first = start + 1
    first += glob[first : first + 1] in ("!", "^")
    end = glob.find("]", first + 1)
    return start if end < 0 else end


class FileGlobs:
    """Globs of files, each relative to a folder, as in `.gitignore`: one that matches a folder matches all below it."""

    def __init__(self, globs: Iterable[tuple[Path, str]]) -> None:
        """Take the globs with their folders; those that begin with `!` match nothing."""
        by_folder: dict[str, list[tuple[int, str]]] = {}
        for number, (folder, glob) in enumerate(globs):
            by_folder.setdefault(os.path.join(folder, ""), []).append((number, glob))  # noqa: PTH118 - with a slash
        self._groups = [(folder, *_compiled(found)) for folder, found in by_folder.items()]
        self._folders: dict[str, GlobsInFolder] = {}
        """A cache: the globs as they apply to the files of each folder."""

    def matching(self, file: str | Path) -> frozenset[int]:
        """Return the numbers of the globs that match a file, or a folder above it."""
        if not self._groups:
            return _NONE
        folder, name = os.path.split(_absolute(file))
        return self._of(folder).matching(name)

    def in_folder(self, folder: str | Path) -> GlobsInFolder:
        """Return the globs as they apply to the files of a folder."""
        return self._of(os.path.dirname(_absolute(os.path.join(folder, "_")))) if self._groups else _NO_GLOBS  # noqa: PTH118, PTH120

    def _of(self, folder: str) -> GlobsInFolder:
        asked: list[str] = []
        while folder not in self._folders:
            asked.append(folder)
            parent = os.path.dirname(folder)  # noqa: PTH120
            if parent == folder:
                self._folders[asked.pop()] = self._applied(folder, _NONE)
            else:
                folder = parent
        found = self._folders[folder]
        for each in reversed(asked):
            matched = found.matching(os.path.basename(each), is_folder=True)  # noqa: PTH119
            found = self._folders[each] = self._applied(each, matched)
        return found

    def _applied(self, folder: str, matched: frozenset[int]) -> GlobsInFolder:
        start = os.path.join(folder, "")  # noqa: PTH118
        groups = [
            (path_bytes(start[len(own) :].replace(os.sep, "/")), globs, numbers)
            for own, globs, numbers in self._groups
            if start.startswith(own)
        ]
        return GlobsInFolder(matched, groups)


class GlobsInFolder(NamedTuple):
    """The globs as they apply to the files of one folder."""

    all_files: frozenset[int]
    """The numbers of those that match the folder, or one above it."""
    groups: list[tuple[bytes, Patterns, list[int]]]
    """The way to the folder from the one that the globs are relative to, the globs, and their numbers."""

    def matching(self, name: str, *, is_folder: bool = False) -> frozenset[int]:
        """Return the numbers of the globs that match a file of the folder, or a folder above it."""
        found = self.all_files
        for start, globs, numbers in self.groups:
            path = start + path_bytes(name)
            matched = globs.matching(path, is_folder=is_folder) if path else ()
            if matched:
                found |= {numbers[each] for each in matched}
        return found


_NO_GLOBS: Final = GlobsInFolder(_NONE, [])


def _absolute(file: str | Path) -> str:
    """Return the absolute path of a file; steps up are kept."""
    path = os.path.join(os.getcwd(), file)  # noqa: PTH109, PTH118 - a text is made sooner than a path
    return str(Path(path)) if "/." in path or "//" in path else path


def _compiled(globs: list[tuple[int, str]]) -> tuple[Patterns, list[int]]:
    """Return the patterns of globs, and the number of the glob for each."""
    found = [
        (pattern, number) for number, glob in globs for pattern in patterns(path_bytes(glob)) if not pattern.is_negated
    ]
    return Patterns(pattern for pattern, _ in found), [number for _, number in found]


def fixed_part(folder: Path, glob: str) -> Path:
    """Return the longest path without wildcards that a glob begins with: all matches are at or below it."""
    steps = glob.strip("/").split("/")
    if len(steps) == 1 and not glob.startswith("/"):
        return folder  # a name alone matches at any depth
    fixed = list(takewhile(lambda step: not _WILD.intersection(step), steps))
    return folder.joinpath(*map(native, fixed))


def matches_pointer(glob: str, pointer: str) -> bool:
    """Whether a glob matches a JSON Pointer, or one of a value around it: `*` is one step, `**` any number."""
    first, *others = _runs(glob)
    steps = pointer.split("/")[1:]
    if not _begins(first, steps, 0):
        return False
    position = len(first)
    for run in others:  # as early as possible, which leaves most steps to the runs after it; so no backtracking
        last = len(steps) - len(run)
        position = next((start for start in range(position, last + 1) if _begins(run, steps, start)), -1)
        if position < 0:
            return False
        position += len(run)
    return True


def is_literal(glob: str) -> bool:
    """Whether a glob of JSON Pointers has no wildcard."""
    return "*" not in glob


def _begins(run: Sequence[tuple[str, ...]], steps: Sequence[str], start: int) -> bool:
    return start + len(run) <= len(steps) and all(
        matches_step(parts, steps[start + index]) for index, parts in enumerate(run)
    )


def matches_step(parts: tuple[str, ...], step: str) -> bool:
    """Whether a step matches a step of a glob, which is split at its stars."""
    first, *middle = parts
    if not middle:
        return step == first
    last = middle.pop()
    end = len(step) - len(last)
    if end < len(first) or not step.startswith(first) or not step.endswith(last):
        return False
    position = len(first)
    for part in middle:
        position = step.find(part, position, end)
        if position < 0:
            return False
        position += len(part)
    return True


@lru_cache(maxsize=4096)
def _runs(glob: str) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Split a glob at each `**` into runs of steps, and each step at its stars."""
    runs: list[list[tuple[str, ...]]] = [[]]
    for step in glob.strip("/").split("/"):
        if step == _ANY_NUMBER:
            runs.append([])
        elif step:
            runs[-1].append(tuple(step.split("*")))
    return tuple(map(tuple, runs))

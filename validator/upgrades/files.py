"""Find the files with requests, and move the requests in them or list the models that they name."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from ..code.call import MissingParserError
from ..config import SettingsError
from ..files.parquet import is_parquet
from ..files.reading import UnreadableError, opened, read_whole
from ..report.file_result import shown_name

if TYPE_CHECKING:
    from ..checking.linter import Linter
    from ..files.discovery import Candidate
    from ..project import Project

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class OfFile(Generic[_Found]):
    """What was made of a file."""

    candidate: Candidate
    name: str
    """Its name, to be shown."""
    data: bytes = b""
    found: _Found | None = None
    error: str | None = None
    """Why the file could not be read."""
    is_regular: bool = True
    is_written: bool = False
    """Whether it has been written, or did not have to be."""


def each_file(
    project: Project, paths: Iterable[str], look: Callable[[str, bytes, Linter], _Found]
) -> Iterator[OfFile[_Found]]:
    """Yield what `look` makes of the text of each file with requests, under its configuration.

    A file that several paths or links lead to counts once.
    """
    seen: set[str] = set()
    for path in paths:
        for candidate in project.find([path]):
            if candidate.left_out is None and project.verdict(candidate).is_request:
                real = os.path.realpath(candidate.path)
                if real not in seen:
                    seen.add(real)
                    yield _of_file(project, candidate, look)


def _of_file(project: Project, candidate: Candidate, look: Callable[[str, bytes, Linter], _Found]) -> OfFile[_Found]:
    name = shown_name(candidate.path)
    try:
        if is_parquet(candidate.path):
            return OfFile(candidate, name, error="cannot be read: Parquet is only read by `msglint check`")
        with opened(candidate.path) as file:
            data, is_regular = read_whole(file), file.is_regular and not file.is_packed
        found = look(candidate.path, data, project.linter_for(candidate.path))
    except (UnreadableError, SettingsError, MissingParserError) as error:
        return OfFile(candidate, name, error=str(error))
    return OfFile(candidate, name, data, found, is_regular=is_regular)

"""Globs of files and of JSON Pointers."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from typing import Final

from ..wildmatch import Pattern, patterns

_WILD: Final = frozenset("*?[\\")


def matches_file(folder: Path, glob: str, file: Path) -> bool:
    """Whether a glob that counts from a folder matches a file, as in `.gitignore`: a folder matches all below it."""
    try:
        below = file.absolute().relative_to(folder)
    except ValueError:
        return False
    steps = below.parts
    return any(
        pattern.matches(os.fsencode("/".join(steps[:depth])), is_folder=depth < len(steps))
        for pattern in _patterns(glob)
        for depth in range(1, len(steps) + 1)
    )


def fixed_part(folder: Path, glob: str) -> Path:
    """Return the file or the folder that all matches of a glob are, or are in."""
    steps = glob.strip("/").split("/")
    if len(steps) == 1 and not glob.startswith("/"):
        return folder  # a name alone matches at any depth
    fixed = list(takewhile(lambda step: not _WILD.intersection(step), steps))
    return folder.joinpath(*fixed)


@lru_cache(maxsize=1024)
def _patterns(glob: str) -> tuple[Pattern, ...]:
    return tuple(pattern for pattern in patterns(os.fsencode(glob)) if not pattern.is_negated)


def matches_pointer(glob: str, pointer: str) -> bool:
    """Whether a glob of JSON Pointers matches a pointer or a value around it: `*` is one step, `**` any number."""
    return _pointer_pattern(glob).match(pointer) is not None


@lru_cache(maxsize=1024)
def _pointer_pattern(glob: str) -> re.Pattern[str]:
    pattern = ""
    for step in glob.strip("/").split("/"):
        if step == "**":
            pattern += "(?:/[^/]*)*"
        elif step:
            pattern += "/" + "".join("[^/]*" if char == "*" else re.escape(char) for char in step)
    return re.compile(f"{pattern}(?:/|$)")

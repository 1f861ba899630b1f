"""Questions about what is on the disk that are answered for any name: where it may not be looked, nothing is."""

from __future__ import annotations

import os.path


def is_file(path: str | os.PathLike[str]) -> bool:
    """Whether there is a file, or a link to one."""
    return os.path.isfile(path)  # noqa: PTH113 - `Path.is_file` raises where it may not look, as do those below


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Whether there is a folder, or a link to one."""
    return os.path.isdir(path)  # noqa: PTH112


def is_link(path: str | os.PathLike[str]) -> bool:
    """Whether there is a link."""
    return os.path.islink(path)  # noqa: PTH114


def exists(path: str | os.PathLike[str]) -> bool:
    """Whether there is anything, at the end of a link too."""
    return os.path.exists(path)  # noqa: PTH110

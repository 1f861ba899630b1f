"""The data files of the package, which may be in a folder or in a zip file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.abc import Traversable


def folder_of(package: str) -> Traversable:
    """Return the folder of an imported package."""
    folder = Path(str(sys.modules[package].__file__)).parent
    if folder.is_dir():
        return cast("Traversable", folder)
    from importlib.resources import files  # takes longer to import than most commands need

    return files(package)


def files_below(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    """Yield every file below a folder, with its path from there in forward slashes."""
    for item in folder.iterdir():
        if item.is_dir():
            yield from files_below(item, f"{prefix}{item.name}/")
        else:
            yield f"{prefix}{item.name}", item

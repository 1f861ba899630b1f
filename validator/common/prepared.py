"""What a build works out beforehand, so that a start does not have to.

Each file of the folder `_prepared` lists what it was made of, with a checksum of that. If anything of it is changed, or
cannot be read, as in a zip file, the file is not used, and everything is worked out as without it. A standalone program
has both from one wheel, and no sources that could be changed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

from . import kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PACKAGE: Final = str(Path(__file__).parents[1])
_MOST: Final = 2**16
"""The bytes that are read at once; nearly every file is smaller."""
FOLDER: Final = os.path.join(PACKAGE, "_prepared")  # noqa: PTH118 - read at every start


def prepared(name: str, folders: Mapping[str, str]) -> Any:
    """Return what was prepared under a name; None if there is nothing, or if it was made of something else.

    `folders` has the folders of what it was made of, by the names that they have in the list.
    """
    import orjson

    try:
        file = os.path.join(FOLDER, f"{name}.json")  # noqa: PTH118 - as above
        found = orjson.loads(_read(file))
        paths = [f"{folders[folder]}/{path}" for folder, path in found["of"]]
        is_frozen = hasattr(sys, "frozen")
        is_current = is_frozen or kept.is_current(name, [file, *paths], lambda: found["checksum"] == checksum(paths))
        return found["value"] if is_current else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(name: str, value: Any, folders: Mapping[str, str], of: Iterable[tuple[str, str]]) -> None:
    """Write what was prepared of some files, each a name of a folder and a path in it."""
    import orjson

    parts = sorted(of)
    total = checksum([f"{folders[folder]}/{path}" for folder, path in parts])
    Path(FOLDER).mkdir(exist_ok=True)
    Path(FOLDER, f"{name}.json").write_bytes(orjson.dumps({"checksum": total, "of": parts, "value": value}))


def checksum(paths: Iterable[str]) -> list[int]:
    """Return the size and the CRC of the contents of some files, one after the other."""
    size, total = 0, 0
    for path in paths:
        data = _read(path)
        size += len(data)
        total = crc32(data, crc32(b"%d" % len(data), total))
    return [size, total]


def _read(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        data = os.read(descriptor, _MOST)
        while len(data) % _MOST == 0 and (more := os.read(descriptor, _MOST)):
            data += more
        return data
    finally:
        os.close(descriptor)

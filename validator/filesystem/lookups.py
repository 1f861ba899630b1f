"""Look-ups on the disk that never raise: a path that may not be read counts as missing."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from ..common.redaction import redacted
from ..common.wording import printable

_MOST_SETTINGS: Final = 2**26
"""Most bytes of a configuration, a baseline or a file of ignore patterns."""
_KINDS: Final = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def is_file(path: str | os.PathLike[str]) -> bool:
    """Whether a path is a file, or a link to one."""
    return os.path.isfile(path)  # noqa: PTH113 - `Path.is_file` raises where it may not look, as do those below


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Whether a path is a folder, or a link to one."""
    return os.path.isdir(path)  # noqa: PTH112


def is_link(path: str | os.PathLike[str]) -> bool:
    """Whether a path is a link."""
    return os.path.islink(path)  # noqa: PTH114


def exists(path: str | os.PathLike[str]) -> bool:
    """Whether a path exists; for a link, its target."""
    return os.path.exists(path)  # noqa: PTH110


def kind_of(found: os.stat_result) -> str | None:
    """Name the kind of something that is not a regular file, such as `a pipe`; None for a regular file."""
    return next((name for is_kind, name in _KINDS if is_kind(found.st_mode)), None)


def read_regular(path: str | os.PathLike[str], most: int = _MOST_SETTINGS) -> bytes:
    """Read a file of settings; never wait for a pipe, or read a device without an end.

    Raises:
        OSError: for a file that cannot be read, is not a regular file, or has more than `most` bytes.
    """
    # Without O_NONBLOCK, opening a pipe waits for somebody to write to it.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(path, flags)
    except ValueError as error:  # a zero byte in the name
        raise OSError(errno.EINVAL, str(error)) from error
    with open(descriptor, "rb") as file:  # noqa: PTH123 - `Path` cannot open a descriptor
        found = os.fstat(descriptor)
        kind = kind_of(found)
        if kind is not None:
            raise OSError(errno.EINVAL, f"it is {kind}, not a regular file")
        data = file.read(most + 1) if found.st_size <= most else b""
        if found.st_size > most or len(data) > most:
            raise OSError(errno.EFBIG, f"it is larger than {most // 2**20} MB")
        return data


def path_bytes(path: str) -> bytes:
    """Return the bytes of a path in UTF-8, whatever the locale; bytes that are not UTF-8 are kept."""
    return path.encode("utf-8", "surrogateescape" if os.name == "posix" else "surrogatepass")


def native(path: str) -> str:
    """Return a path from a configuration or an editor, which is UTF-8, in the encoding of the locale."""
    if path.isascii() or os.name != "posix":
        return path
    try:
        return os.fsdecode(path_bytes(path))
    except UnicodeEncodeError:  # a lone surrogate
        return path


def shown_path(file: Path) -> str:
    """Spell a file's path, relative to the current folder if it is below it, safe to print."""
    with suppress(ValueError):
        file = file.relative_to(Path.cwd())
    return printable(redacted(path_bytes(str(file)).decode(errors="backslashreplace")))

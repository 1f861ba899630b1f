"""Reading files: whole or line by line, unpacked where they are compressed, and only if they stay as they are."""

from __future__ import annotations

import gzip
import os
import zlib
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Final, cast

from ..documents import is_compressed

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_UNPACKED: Final = 2**31
"""Bytes of a compressed file, or of one line of it, that are unpacked; real ones are far smaller."""


class UnreadableError(OSError):
    """Raised for a file that cannot be read, with the reason."""


@contextmanager
def opened(path: str) -> Iterator[IO[bytes]]:
    """Open a file to read its text as bytes.

    Raises:
        UnreadableError: when it cannot be read, and at the end when it was changed in the meantime.
    """
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - `Path` would make the current folder of an empty name
            before = os.fstat(file.fileno())
            if is_compressed(path):
                with gzip.open(file) as unpacked:
                    yield cast("IO[bytes]", unpacked)
            else:
                yield file
            after = os.fstat(file.fileno())
    except UnreadableError:
        raise
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        msg = f"cannot be unpacked: {str(error)[:1].lower()}{str(error)[1:].rstrip('.')}"
        raise UnreadableError(msg) from error
    except OSError as error:
        msg = f"cannot be read: {error.strerror or error}"
        raise UnreadableError(msg) from error
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
        msg = "was changed while it was read"
        raise UnreadableError(msg)


def read_whole(file: IO[bytes]) -> bytes:
    """Read all of an opened file.

    Raises:
        UnreadableError: for a compressed one that unpacks to more than two gigabytes.
    """
    return _bounded(file.read(_MOST_UNPACKED + 1)) if _is_unpacked(file) else file.read()


def read_lines(file: IO[bytes]) -> Iterator[bytes]:
    """Read an opened file line by line.

    Raises:
        UnreadableError: for a line of a compressed one that unpacks to more than two gigabytes.
    """
    if not _is_unpacked(file):
        for line in file:  # `yield from` would close the file with the iterator
            yield line
        return
    while line := file.readline(_MOST_UNPACKED + 1):
        yield _bounded(line)


def _is_unpacked(file: object) -> bool:
    return isinstance(file, gzip.GzipFile)


def _bounded(data: bytes) -> bytes:
    if len(data) > _MOST_UNPACKED:
        msg = "unpacks to more than 2 GB"
        raise UnreadableError(msg)
    return data

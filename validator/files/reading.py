"""Reading files: whole or line by line, unpacked where they are compressed, and only if they stay as they are."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Final, NamedTuple, cast

from ..documents import is_compressed

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_UNPACKED: Final = 2**29
"""Bytes that a compressed file may unpack to: twice what the API takes of a batch, its largest body."""
_MOST_LINES: Final = 5_000_000
"""Lines that a compressed file may unpack to: fifty times what the API takes of the requests of a batch."""
_PIECE: Final = 2**20


class UnreadableError(OSError):
    """Raised for a file that cannot be read, with the reason."""


class Source(NamedTuple):
    """A file that is read."""

    file: IO[bytes]
    """Its text, unpacked."""
    packed: IO[bytes]
    """What stands on the disk, which is the same where it is not compressed."""
    before: os.stat_result
    """What the system said of the file before it was read."""

    @property
    def is_packed(self) -> bool:
        """Whether the text is unpacked on the way."""
        return self.file is not self.packed

    def rewind(self) -> None:
        """Go back to the beginning."""
        self.file.seek(0)


@contextmanager
def opened(path: str) -> Iterator[Source]:
    """Open a file to read its text as bytes.

    Raises:
        UnreadableError: when it cannot be opened, or read.
    """
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - `Path` would make the current folder of an empty name
            before = os.fstat(file.fileno())
            if not is_compressed(path):
                yield Source(file, file, before)
                return
            with _unpacked(file) as text:
                yield Source(text, file, before)
    except UnreadableError:
        raise
    except OSError as error:
        msg = f"cannot be read: {error.strerror or error}"
        raise UnreadableError(msg) from error
    except ValueError as error:  # a zero byte in the name
        msg = f"cannot be read: {error}"
        raise UnreadableError(msg) from error


@contextmanager
def _unpacked(file: IO[bytes]) -> Iterator[IO[bytes]]:
    import gzip
    import io
    import zlib

    try:
        with gzip.open(file) as unpacked, io.BufferedReader(cast("io.RawIOBase", unpacked), _PIECE) as text:
            yield text
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        msg = f"cannot be unpacked: {_damage(error)}"
        raise UnreadableError(msg) from error


def read_whole(source: Source) -> bytes:
    """Read all of a file.

    Raises:
        UnreadableError: for one that was changed meanwhile, or that unpacks to too much.
    """
    data = b"".join(_pieces(source)) if source.is_packed else source.file.read()
    _see_unchanged(source)
    return data


def read_lines(source: Source) -> Iterator[bytes]:
    """Read a file line by line.

    Raises:
        UnreadableError: for one that was changed until its end was read, or that unpacks to too much.
    """
    if source.is_packed:
        left = _MOST_UNPACKED
        for _ in range(_MOST_LINES):
            line = source.file.readline(left + 1)
            if not line:
                break
            left = _bounded(left - len(line))
            yield line
        else:
            msg = f"unpacks to more than {_MOST_LINES:,} lines"
            raise UnreadableError(msg)
    else:
        for line in source.file:  # `yield from` would close the file with the iterator
            yield line
    _see_unchanged(source)


def _pieces(source: Source) -> Iterator[bytes]:
    left = _MOST_UNPACKED
    while piece := source.file.read(_PIECE):
        left = _bounded(left - len(piece))
        yield piece


def _bounded(left: int) -> int:
    if left < 0:
        msg = f"unpacks to more than {_MOST_UNPACKED // 2**20} MB"
        raise UnreadableError(msg)
    return left


def _see_unchanged(source: Source) -> None:
    """See that a file is still what it was when it was opened; a pipe always changes."""
    before, after = source.before, os.fstat(source.packed.fileno())
    is_same = (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size)
    if not is_same and stat.S_ISREG(after.st_mode):
        msg = "was changed while it was read"
        raise UnreadableError(msg)


def _damage(error: Exception) -> str:
    if isinstance(error, EOFError):
        return "it ends too early"
    if str(error).startswith("Not a gzipped file"):
        return "it is not compressed with gzip"
    return f"it is damaged ({str(error).rstrip('.')})"

"""Read files, whole or line by line, decompressing them if needed; a file that changes meanwhile is an error."""

from __future__ import annotations

import io
import os
import stat
import sys
import time
from contextlib import contextmanager
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any, Final, cast

from ..common.records import NamedTuple
from ..documents import ZSTD, is_compressed
from ..filesystem.lookups import exists

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_BYTES: Final = 2**29
"""The most bytes of a file, decompressed: twice the API's limit for a batch, its largest body."""
_LONGEST_LINE: Final = 2**28
"""The most bytes of a line of JSON Lines: the API's limit for its largest body."""
_MOST_LINES: Final = 5_000_000
"""The most lines of a compressed file or a pipe: fifty times the API's limit for the requests of a batch."""
_PIECE: Final = 2**20
_PATIENCE: Final = 2.0
"""Seconds to wait for somebody to write to a named pipe."""
_PAUSE: Final = 0.02
_WITHOUT_WAITING: Final = getattr(os, "O_NONBLOCK", 0)
_FLAGS: Final = os.O_RDONLY | _WITHOUT_WAITING | getattr(os, "O_BINARY", 0)


class UnreadableError(OSError):
    """Raised for a file that cannot be read, with the reason."""


class Columns(NamedTuple):
    """The columns of a table to read."""

    body: str | None = None
    """The one with the requests; None for `body`."""
    id: str | None = None
    """The one that identifies them in reports, if any."""


USUAL_COLUMNS: Final = Columns()
"""The columns that are read if none is named."""


class OpenFile(NamedTuple):
    """An open file."""

    file: IO[bytes]
    """Its text, decompressed."""
    packed: IO[bytes]
    """Its content on disk; the same stream if it is not compressed."""
    before: os.stat_result
    """Its status before it was read."""

    @property
    def is_packed(self) -> bool:
        """Whether the file is compressed."""
        return self.file is not self.packed

    @property
    def is_regular(self) -> bool:
        """Whether it is a regular file, not a pipe or a device."""
        return stat.S_ISREG(self.before.st_mode)

    def rewind(self) -> None:
        """Go back to the start."""
        self.file.seek(0)


@contextmanager
def opened(path: str) -> Iterator[OpenFile]:
    """Open a file to read its text as bytes.

    Raises:
        UnreadableError: if it cannot be opened or read.
    """
    try:
        # Without O_NONBLOCK, opening a pipe blocks until another process opens it for writing.
        with open(path, "rb", opener=_without_waiting) as file:
            before = os.fstat(file.fileno())
            text = _pipe(file, path) if stat.S_ISFIFO(before.st_mode) else file
            _wait_for_data(file)
            if not is_compressed(path):
                yield OpenFile(text, text, before)
                return
            _see_bounded(before)
            with (_unzstd if path.lower().endswith(ZSTD) else _ungzip)(text) as unpacked:
                yield OpenFile(unpacked, text, before)
    except UnreadableError:
        raise
    except OSError as error:
        msg = f"cannot be read: {error.strerror or error}"
        raise UnreadableError(msg) from error
    except ValueError as error:  # a zero byte in the name
        msg = f"cannot be read: {error}"
        raise UnreadableError(msg) from error


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | _WITHOUT_WAITING, 0o666)


def _wait_for_data(file: IO[bytes]) -> None:
    """Make reads block again, as reads from a pipe or a terminal have to."""
    if hasattr(os, "O_NONBLOCK"):
        os.set_blocking(file.fileno(), True)


def _pipe(file: IO[bytes], path: str) -> IO[bytes]:
    """Return a pipe as soon as another process has written to it.

    Raises:
        UnreadableError: for a named pipe that no process writes to.
    """
    raw = cast("io.RawIOBase", cast("io.BufferedReader", file).raw)
    if not exists(os.path.realpath(path)):  # the unnamed pipe of a shell's `<(…)`, which always has a writer
        return file
    deadline = time.monotonic() + _PATIENCE
    while (start := raw.read(_PIECE)) == b"":  # no writer yet; None means that a writer has written nothing yet
        if time.monotonic() > deadline:
            msg = "cannot be read: it is a pipe that nobody writes to"
            raise UnreadableError(msg)
        time.sleep(_PAUSE)
    return io.BufferedReader(_Begun(start or b"", raw))


class _Begun(io.RawIOBase):
    """A stream with bytes that were already read put back in front."""

    def __init__(self, start: bytes, rest: io.RawIOBase) -> None:
        super().__init__()
        self._start = start
        self._rest = rest

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._rest.fileno()

    def readinto(self, buffer: Any) -> int | None:
        if not self._start:
            return cast("io.FileIO", self._rest).readinto(buffer)
        size = min(len(buffer), len(self._start))
        buffer[:size], self._start = self._start[:size], self._start[size:]
        return size


@contextmanager
def _ungzip(file: IO[bytes]) -> Iterator[IO[bytes]]:
    import gzip
    import zlib

    try:
        with gzip.open(file) as unpacked, io.BufferedReader(cast("io.RawIOBase", unpacked), _PIECE) as text:
            yield text
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        msg = f"cannot be unpacked: {_damage(error)}"
        raise UnreadableError(msg) from error


@contextmanager
def _unzstd(file: IO[bytes]) -> Iterator[IO[bytes]]:
    try:
        zstd = import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
    except ImportError as error:
        msg = "cannot be unpacked: it needs a library, `pip install 'msglint[zstd]'` brings it"
        raise UnreadableError(msg) from error
    try:
        with zstd.open(file) as unpacked, io.BufferedReader(unpacked, _PIECE) as text:
            yield text
    except (EOFError, zstd.ZstdError) as error:
        msg = f"cannot be unpacked: {_damage(error)}"
        raise UnreadableError(msg) from error


def read_file(path: str) -> bytes:
    """Read all of a file that is named.

    Raises:
        UnreadableError: as `opened` and `read_whole`.
    """
    data = None if is_compressed(path) else _read_at_once(path)
    if data is None:
        with opened(path) as source:
            return read_whole(source)
    return data


def _read_at_once(path: str) -> bytes | None:
    """Read a small regular file without a stream; None for anything else, and for one that cannot be read.

    Raises:
        UnreadableError: if it changed meanwhile.
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except (OSError, ValueError):
        return None
    try:
        before = os.fstat(descriptor)
        size = before.st_size
        if size > _PIECE or not stat.S_ISREG(before.st_mode):
            return None
        data = os.read(descriptor, size + 1)
        _see_same(before, os.fstat(descriptor))
    except UnreadableError:
        raise
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return data if len(data) == size else None  # system files have a size of 0


def read_whole(source: OpenFile) -> bytes:
    """Read all of a file.

    Raises:
        UnreadableError: if it changed meanwhile, or is too large, decompressed or not.
    """
    if not source.is_packed:
        _see_bounded(source.before)
    data = read_bounded(source.file, _verb(source))
    see_unchanged(source)
    return data


def read_bounded(file: IO[bytes], verb: str = "has") -> bytes:
    """Read a stream to its end.

    Raises:
        UnreadableError: if it is too large; `verb` is the verb of the message, "has" or "unpacks to".
    """
    data = io.BytesIO()
    left = _MOST_BYTES
    while piece := file.read(_PIECE):
        left = _bounded(left - len(piece), verb)
        data.write(piece)
    return data.getvalue()


def read_lines(source: OpenFile) -> Iterator[bytes]:
    """Read a file line by line; only pipes and compressed files have a limit for their whole size.

    Raises:
        UnreadableError: if it changed before its end was reached, or it or a line is too large.
    """
    is_bounded = source.is_packed or not source.is_regular
    left, number = _MOST_BYTES, 0
    while line := source.file.readline(_LONGEST_LINE + 1):
        number += 1
        see_line_bounded(line, number)
        if is_bounded:
            left = _bounded(left - len(line), _verb(source))
            if number > _MOST_LINES:
                msg = f"{_verb(source)} more than {_MOST_LINES:,} lines"
                raise UnreadableError(msg)
        yield line
    see_unchanged(source)


def read_rest_of_line(file: IO[bytes], before: int, number: int) -> bytes:
    """Read the rest of line `number`, of which `before` bytes were already read.

    Raises:
        UnreadableError: if the line is too long.
    """
    line = file.readline(max(1, _LONGEST_LINE + 1 - before))
    if before + len(line) > _LONGEST_LINE:
        raise _too_long(number)
    return line


def see_line_bounded(line: bytes, number: int, noun: str = "line") -> None:
    """Check the length of line `number`, or of what `noun` names.

    Raises:
        UnreadableError: if the line is too long.
    """
    if len(line) > _LONGEST_LINE:
        raise _too_long(number, noun)


def _too_long(number: int, noun: str = "line") -> UnreadableError:
    return UnreadableError(f"cannot be read: {noun} {number} is longer than {_LONGEST_LINE // 2**20} MB")


def _verb(source: OpenFile) -> str:
    return "unpacks to" if source.is_packed else "has"


def _bounded(left: int, verb: str) -> int:
    if left < 0:
        msg = f"{verb} more than {_MOST_BYTES // 2**20} MB"
        raise UnreadableError(msg)
    return left


def _see_bounded(found: os.stat_result) -> None:
    """Check the size of a file before it is read.

    Raises:
        UnreadableError: if it is too large.
    """
    if stat.S_ISREG(found.st_mode):
        _bounded(_MOST_BYTES - found.st_size, "has")


def see_unchanged(source: OpenFile) -> None:
    """Check that a regular file has not changed since it was opened."""
    _see_same(source.before, os.fstat(source.packed.fileno()))


def _see_same(before: os.stat_result, after: os.stat_result) -> None:
    is_same = before.st_mtime_ns == after.st_mtime_ns and before.st_size == after.st_size
    if not is_same and stat.S_ISREG(after.st_mode):
        msg = "was changed while it was read"
        raise UnreadableError(msg)


def _damage(error: Exception) -> str:
    if isinstance(error, EOFError):
        return "it ends too early"
    if str(error).startswith("Not a gzipped file"):
        return "it is not compressed with gzip"
    if str(error).endswith("Unknown frame descriptor"):
        return "it is not compressed with Zstandard, or something follows that is not"
    return f"it is damaged ({str(error).rstrip('.')})"

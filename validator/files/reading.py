"""Reading files: whole or line by line, unpacked where they are compressed, and only if they stay as they are."""

from __future__ import annotations

import io
import os
import stat
import time
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple, cast

from ..documents import is_compressed
from ..filesystem.lookups import exists

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_BYTES: Final = 2**29
"""Bytes that a file may have, or unpack to: twice what the API takes of a batch, its largest body."""
_LONGEST_LINE: Final = 2**28
"""Bytes that a line of JSON Lines may have: what the API takes of its largest body."""
_MOST_LINES: Final = 5_000_000
"""Lines that a compressed file, or a pipe, may have: fifty times what the API takes of the requests of a batch."""
_PIECE: Final = 2**20
_PATIENCE: Final = 2.0
"""Seconds to wait for somebody to write to a named pipe."""
_PAUSE: Final = 0.02


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

    @property
    def is_regular(self) -> bool:
        """Whether it is a regular file, and not a pipe or a device."""
        return stat.S_ISREG(self.before.st_mode)

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
        # Without O_NONBLOCK, opening a pipe waits for somebody to write to it.
        with open(path, "rb", opener=_without_waiting) as file:
            before = os.fstat(file.fileno())
            text = _pipe(file, path) if stat.S_ISFIFO(before.st_mode) else file
            _wait_for_data(file)
            if not is_compressed(path):
                yield Source(text, text, before)
                return
            _see_bounded(before)
            with _unpacked(text) as unpacked:
                yield Source(unpacked, text, before)
    except UnreadableError:
        raise
    except OSError as error:
        msg = f"cannot be read: {error.strerror or error}"
        raise UnreadableError(msg) from error
    except ValueError as error:  # a zero byte in the name
        msg = f"cannot be read: {error}"
        raise UnreadableError(msg) from error


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0), 0o666)


def _wait_for_data(file: IO[bytes]) -> None:
    """Let reads wait for data again, as those of a pipe or a terminal are to."""
    if hasattr(os, "O_NONBLOCK"):
        os.set_blocking(file.fileno(), True)


def _pipe(file: IO[bytes], path: str) -> IO[bytes]:
    """Return a pipe as soon as somebody has begun to write to it.

    Raises:
        UnreadableError: for a named pipe that nobody writes to.
    """
    raw = cast("io.RawIOBase", cast("io.BufferedReader", file).raw)
    if not exists(os.path.realpath(path)):  # that of a shell's `<(…)` has no name, and somebody at its other end
        return file
    deadline = time.monotonic() + _PATIENCE
    while (start := raw.read(_PIECE)) == b"":  # its end, as nobody has opened it; None where nothing is written yet
        if time.monotonic() > deadline:
            msg = "cannot be read: it is a pipe that nobody writes to"
            raise UnreadableError(msg)
        time.sleep(_PAUSE)
    return io.BufferedReader(_Begun(start or b"", raw))


class _Begun(io.RawIOBase):
    """A stream of which something was read already."""

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
def _unpacked(file: IO[bytes]) -> Iterator[IO[bytes]]:
    import gzip
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
        UnreadableError: for one that was changed meanwhile, or that has, or unpacks to, too much.
    """
    if not source.is_packed:
        _see_bounded(source.before)
    data = read_bounded(source.file, _verb(source))
    _see_unchanged(source)
    return data


def read_bounded(file: IO[bytes], verb: str = "has") -> bytes:
    """Read a stream to its end.

    Raises:
        UnreadableError: when it has too much, in the words of `verb`: it has, or it unpacks to.
    """
    data = io.BytesIO()
    left = _MOST_BYTES
    while piece := file.read(_PIECE):
        left = _bounded(left - len(piece), verb)
        data.write(piece)
    return data.getvalue()


def read_lines(source: Source) -> Iterator[bytes]:
    """Read a file line by line; the whole may be of any length, but for a pipe or what is unpacked.

    Raises:
        UnreadableError: for one that was changed until its end was read, or that has, or unpacks to, too much.
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
    _see_unchanged(source)


def read_rest_of_line(file: IO[bytes], before: int, number: int) -> bytes:
    """Read up to the end of a line, of which some bytes were read already.

    Raises:
        UnreadableError: for a line that is too long, of which it tells the number.
    """
    line = file.readline(max(1, _LONGEST_LINE + 1 - before))
    if before + len(line) > _LONGEST_LINE:
        raise _too_long(number)
    return line


def see_line_bounded(line: bytes, number: int) -> None:
    """See that a line is not too long.

    Raises:
        UnreadableError: for one that is, of which it tells the number.
    """
    if len(line) > _LONGEST_LINE:
        raise _too_long(number)


def _too_long(number: int) -> UnreadableError:
    return UnreadableError(f"cannot be read: line {number} is longer than {_LONGEST_LINE // 2**20} MB")


def _verb(source: Source) -> str:
    return "unpacks to" if source.is_packed else "has"


def _bounded(left: int, verb: str) -> int:
    if left < 0:
        msg = f"{verb} more than {_MOST_BYTES // 2**20} MB"
        raise UnreadableError(msg)
    return left


def _see_bounded(found: os.stat_result) -> None:
    """See by its size that a file can be read, before any of it is.

    Raises:
        UnreadableError: for one that is too large, or is a folder.
    """
    if stat.S_ISREG(found.st_mode):
        _bounded(_MOST_BYTES - found.st_size, "has")


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

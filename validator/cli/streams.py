"""Make the standard streams robust: always open, able to write any character, and silent on a closed pipe."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from io import BufferedWriter, FileIO, TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from typing_extensions import Buffer


class UnwritableError(OSError):
    """Raised when standard output or standard error cannot be written."""


class _Sink(FileIO):
    """The raw file below a standard stream."""

    def write(self, data: Buffer, /) -> int:
        """Write data; once the reader has closed the pipe, discard it and let the run finish.

        Raises:
            UnwritableError: if the data cannot be written.
        """
        try:
            return super().write(data)
        except BrokenPipeError:
            _discard(self.fileno())
            return super().write(data)
        except OSError as error:
            raise UnwritableError(error.errno, error.strerror) from error


def prepare() -> None:
    """Open the standard streams the process was started without, and make the others raise `UnwritableError`."""
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - open as long as the process
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - as above
        elif isinstance(stream, TextIOWrapper):
            setattr(sys, name, _prepared(stream))


def _prepared(stream: TextIOWrapper) -> TextIO:
    stream.reconfigure(errors="backslashreplace")
    raw = getattr(stream.buffer, "raw", stream.buffer)
    if not isinstance(raw, FileIO):  # the console of Windows
        return stream
    sink = _Sink(stream.fileno(), "wb", closefd=False)
    return TextIOWrapper(
        sink if raw is stream.buffer else BufferedWriter(sink),  # as it was: unbuffered, or not
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def as_utf8(stream: TextIO) -> None:
    """Write UTF-8 whatever the locale, for output that programs read."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def discard_output() -> None:
    """Discard unwritten output, which Python would otherwise try to flush when it exits, and fail."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            _discard(stream.fileno())


def _discard(descriptor: int) -> None:
    """Redirect a descriptor to the null device."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)

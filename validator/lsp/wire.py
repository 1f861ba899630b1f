"""The input of the server, with the length of each message checked before it is read."""

from __future__ import annotations

import re
import sys
from typing import BinaryIO, Final

MOST_BYTES: Final = 2**29
"""The most bytes of a message."""
_LONGEST_LINE: Final = 2**16
"""The most bytes of a header line."""
_NAME: Final = b"content-length:"
_GOOD: Final = re.compile(rb"\d{1,12}")


class Input:
    """A stream of messages that drops headers with an impossible length.

    Everything after such a header is skipped up to the next valid one, because the true length is unknown.
    """

    def __init__(self, stream: BinaryIO) -> None:
        """Wrap a stream."""
        self._stream = stream
        self._is_lost = False
        """Whether the last length was invalid, so that the next header has to be searched for."""

    def readline(self) -> bytes:
        """Read a header line; a length in it is valid, and written in the standard form."""
        while line := self._stream.readline(_LONGEST_LINE):
            start = line.lower().rfind(_NAME)
            if start < 0:
                if self._is_lost or len(line) == _LONGEST_LINE:
                    continue
                return line
            said = line[start + len(_NAME) :].strip()
            if _GOOD.fullmatch(said) and 0 < int(said) <= MOST_BYTES:
                self._is_lost = False
                return b"Content-Length: %d\r\n" % int(said)
            self._is_lost = True
            shown = said[:40].decode("ascii", "backslashreplace")
            sys.stderr.write(f"msglint: skipped a message of {shown!r} bytes; the limit is 1 to {MOST_BYTES}\n")
        return b""

    def read(self, size: int) -> bytes:
        """Read bytes of a message."""
        return self._stream.read(size)

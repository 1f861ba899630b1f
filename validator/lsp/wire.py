"""What a client writes, with the lengths of its messages checked before they are believed."""

from __future__ import annotations

import re
import sys
from typing import BinaryIO, Final

MOST_BYTES: Final = 2**29
"""Bytes of a message."""
_LONGEST_LINE: Final = 2**16
"""Bytes of a line of a header."""
_NAME: Final = b"content-length:"
_GOOD: Final = re.compile(rb"\d{1,12}")


class Input:
    """A stream of messages that leaves out headers with a length that no message has.

    What follows such a header is skipped up to the next one that can be believed, as nobody knows how long it is.
    """

    def __init__(self, stream: BinaryIO) -> None:
        """Take the stream."""
        self._stream = stream
        self._is_lost = False
        """Whether a length was not to be believed, so that the next message has to be looked for."""

    def readline(self) -> bytes:
        """Read a line of a header; a length in it can be believed, and is spelled as the protocol has it."""
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
            sys.stderr.write(f"msglint: left out a message of {shown!r} bytes; there can be 1 to {MOST_BYTES}\n")
        return b""

    def read(self, size: int) -> bytes:
        """Read a message."""
        return self._stream.read(size)

"""Read what pyarrow does not tell of a Parquet file: how large its pages are unpacked, and whether it is encrypted.

Both are in structures of Thrift's compact protocol: https://parquet.apache.org/docs/file-format/metadata/.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import IO, Final, NamedTuple

_HEADER: Final = 2**10
"""The bytes in which a header ends, unless it has statistics of long values."""
_LONGEST_HEADER: Final = 2**24
_DICTIONARY: Final = 2
"""The type of a page with a dictionary."""
_TYPE, _UNPACKED, _PACKED = 1, 2, 3
"""The fields of a header that are read."""
_DEEPEST: Final = 16
_CREATOR, _ENCRYPTION = 6, 8
"""The fields of the footer that are read."""
_TAIL: Final = 2**20
_END: Final = 8
"""The bytes behind the footer: its length, and the mark of the format."""
_BOOLEANS: Final = (1, 2)
_FIXED: Final = {3: 1, 7: 8}
_INTEGERS: Final = (4, 5, 6)
_BINARY: Final = 8
_LISTS: Final = (9, 10)
_STRUCT: Final = 12
_LONG: Final = 15


class Page(NamedTuple):
    """What the header of a page says."""

    is_dictionary: bool
    size: int
    """Its bytes, unpacked."""


def pages(file: IO[bytes], start: int, end: int) -> Iterator[Page]:
    """Yield the pages between two offsets, up to the first whose header cannot be read, as an encrypted one."""
    while start < end:
        found = _header(file, start)
        if found is None:
            return
        fields, size = found
        yield Page(fields.get(_TYPE) == _DICTIONARY, fields.get(_UNPACKED, 0))
        start += size + max(0, fields.get(_PACKED, 0))


def is_encrypted(file: IO[bytes], creator: str | None) -> bool:
    """Whether columns of a file whose footer can be read are encrypted.

    pyarrow ends the process when it is asked for the metadata of such a column.

    Args:
        file: The file.
        creator: What the footer says of the program that wrote it: almost all of the footer stands before it.
    """
    end = file.seek(-_END, os.SEEK_END)
    length = int.from_bytes(file.read(4), "little")
    start = max(0, end - length)
    name = (creator or "").encode()
    file.seek(max(start, end - _TAIL))
    data = file.read(end - file.tell())
    place = data.rfind(name) if name else -1
    if place < 0:
        file.seek(start)
        data = file.read(end - start)
    try:
        reader = _Reader(data, place + len(name) if place >= 0 else 0)
        return _ENCRYPTION in reader.struct(_DEEPEST, _CREATOR if place >= 0 else 0)
    except (IndexError, ValueError):
        return False


def _header(file: IO[bytes], start: int) -> tuple[dict[int, int], int] | None:
    """Return the integers of the header at an offset, and its length; None if there is none."""
    length = _HEADER
    while length <= _LONGEST_HEADER:
        file.seek(start)
        data = file.read(length)
        try:
            reader = _Reader(data)
            return reader.struct(_DEEPEST), reader.at
        except IndexError:
            if len(data) < length:
                return None
            length *= 16
        except ValueError:
            return None
    return None


class _Reader:
    def __init__(self, data: bytes, at: int = 0) -> None:
        self._data = data
        self.at = at

    def struct(self, depth: int, number: int = 0) -> dict[int, int]:
        """Read a structure, and return its integers by the numbers of their fields; a structure counts as 0.

        `number` is that of the last field before.

        Raises:
            IndexError: if the data ends before it.
            ValueError: if it is none.
        """
        if not depth:
            msg = "too deep"
            raise ValueError(msg)
        fields: dict[int, int] = {}
        while (head := self._byte()) != 0:
            number = number + (head >> 4) if head >> 4 else self._integer()
            value = self._value(head & 15, depth)
            if value is not None:
                fields[number] = value
        return fields

    def _value(self, kind: int, depth: int) -> int | None:
        if kind in _BOOLEANS:
            return None
        if kind in _INTEGERS:
            return self._integer()
        if kind in _FIXED:
            self._skip(_FIXED[kind])
        elif kind == _BINARY:
            self._skip(self._varint())
        elif kind in _LISTS:
            head = self._byte()
            for _ in range(self._varint() if head >> 4 == _LONG else head >> 4):
                self._skip(1) if head & 15 in _BOOLEANS else self._value(head & 15, depth)
        elif kind == _STRUCT:
            self.struct(depth - 1)
            return 0
        else:
            msg = "no kind that a header has"
            raise ValueError(msg)
        return None

    def _byte(self) -> int:
        self.at += 1
        return self._data[self.at - 1]

    def _skip(self, number: int) -> None:
        self.at += number
        if self.at > len(self._data):
            raise IndexError

    def _varint(self) -> int:
        value = shift = 0
        while (byte := self._byte()) & 128:
            value |= (byte & 127) << shift
            shift += 7
        return value | byte << shift

    def _integer(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)

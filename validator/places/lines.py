"""Lines and columns of byte offsets."""

from __future__ import annotations


class LineIndex:
    """Turns byte offsets of UTF-8 text into lines and columns, which count from 1.

    Lines end with LF, CR LF or CR, as in editors. Columns count characters (Unicode code points). Each look-up goes on
    from the last offset, N rising offsets therefore cost one pass over the text; a smaller offset starts again.
    """

    def __init__(self, data: bytes, first_line: int = 1, *, one_line: bool = False) -> None:
        """Take a text; its first line gets the number `first_line`, and with `one_line` it has no other."""
        self._data = data
        self._offset = 0
        self._line = first_line
        self._column = 1
        self._first_line = first_line
        self._one_line = one_line
        self._is_ascii: bool | None = None

    def position(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of the character that begins at `offset`."""
        if offset < self._offset:
            self._offset, self._line, self._column = 0, self._first_line, 1
        start = self._offset
        if not self._one_line and (breaks := self._breaks(start, offset)):
            self._line += breaks
            self._column = 1
            start = self._start_of_line(start, offset)
        if self._is_ascii is None:
            self._is_ascii = self._data.isascii()
        self._column += (
            min(offset, len(self._data)) - start
            if self._is_ascii
            else len(self._data[start:offset].decode(errors="replace"))
        )
        self._offset = offset
        return self._line, self._column

    def _breaks(self, start: int, offset: int) -> int:
        """Count the line breaks that end after `start`, and not after `offset`."""
        data = self._data
        breaks = data.count(b"\n", start, offset)
        if data.find(b"\r", start, offset) >= 0:
            breaks += data.count(b"\r", start, offset) - data.count(b"\r\n", start, offset + 1)
        return breaks

    def _start_of_line(self, start: int, offset: int) -> int:
        data = self._data
        carriage_return = data.rfind(b"\r", start, offset)
        if carriage_return == offset - 1 and data[offset : offset + 1] == b"\n":
            carriage_return = data.rfind(b"\r", start, carriage_return)
        return max(data.rfind(b"\n", start, offset), carriage_return) + 1

"""Lines and columns of byte offsets."""

from __future__ import annotations


class LineIndex:
    """Turns byte offsets of UTF-8 text into lines and columns, which count from 1.

    Lines end with LF, CR LF or CR, as editors have it. Columns count characters (Unicode code points). Offsets that
    rise are answered by going on from the last one, so that many of them cost one pass.
    """

    def __init__(self, data: bytes, first_line: int = 1) -> None:
        """Index `data`, whose first line is counted as `first_line`."""
        self._data = data
        self._offset = 0
        self._line = first_line
        self._column = 1
        self._first_line = first_line

    def position(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of the character that begins at `offset`."""
        if offset < self._offset:
            self._offset, self._line, self._column = 0, self._first_line, 1
        data, start = self._data, self._offset
        breaks = data.count(b"\n", start, offset)
        if data.find(b"\r", start, offset) >= 0:
            breaks += data.count(b"\r", start, offset) - data.count(b"\r\n", start, offset)
            if data[offset - 1 : offset + 1] == b"\r\n":
                breaks -= 1
            if start and data[start - 1 : start + 1] == b"\r\n":
                breaks -= 1
        if breaks:
            self._line += breaks
            self._column = 1
            start = max(data.rfind(b"\n", start, offset), data.rfind(b"\r", start, offset)) + 1
        self._column += len(data[start:offset].decode(errors="replace"))
        self._offset = offset
        return self._line, self._column

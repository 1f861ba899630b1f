"""Texts that are taken out of a file, unescaped and joined, with the places of their bytes in it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from .call import Source, relocated


@dataclass(slots=True)
class Mapped:
    """A text made of pieces of another one.

    Build it with `add`; then `data` is the text, and a reader's `Source` of it is put back with `restored`.
    """

    # Not `bytes`: they are copied whole whenever a piece grows, which is quadratic.
    _pieces: list[bytearray] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)
    """The offset in the text at which each piece starts."""
    _origins: list[tuple[int, int]] = field(default_factory=list)
    """The byte range of each piece in the file."""
    _length: int = 0

    def add(self, piece: bytes, start: int, end: int | None = None) -> None:
        """Append a piece that stands at a byte range of the file, as it is or, if the lengths differ, in other words.

        Without `end`, it stands there as it is. An escape is a piece of its own, and so is a text put in its place.
        """
        if not piece:
            return
        end = start + len(piece) if end is None else end
        if self._origins and len(piece) == end - start:
            first, last = self._origins[-1]
            if last == start and last - first == len(self._pieces[-1]):
                self._pieces[-1] += piece
                self._origins[-1] = (first, end)
                self._length += len(piece)
                return
        self._starts.append(self._length)
        self._pieces.append(bytearray(piece))
        self._origins.append((start, end))
        self._length += len(piece)

    def append_to(self, other: Mapped, distance: int) -> None:
        """Append the pieces to another text, which is taken out of one where they stand farther back."""
        for piece, (start, end) in zip(self._pieces, self._origins, strict=True):
            other.add(bytes(piece), start + distance, end + distance)

    @property
    def data(self) -> bytes:
        """The text."""
        return b"".join(self._pieces)

    def start_of(self, offset: int) -> int:
        """Return where a byte of the text stands in the file; for its end, where the last piece ends."""
        if not self._starts:
            return 0
        if offset >= self._length:
            return self._origins[-1][1]
        number = bisect_right(self._starts, offset) - 1
        start, end = self._origins[number]
        inside = offset - self._starts[number]
        return start + inside if end - start == len(self._pieces[number]) else start

    def end_of(self, offset: int) -> int:
        """Return where the text before an offset ends in the file."""
        if offset <= 0 or not self._starts:
            return self.start_of(0)
        number = bisect_right(self._starts, min(offset, self._length) - 1) - 1
        start, end = self._origins[number]
        inside = min(offset, self._length) - self._starts[number]
        return start + inside if end - start == len(self._pieces[number]) else end

    def is_plain(self, start: int, end: int) -> bool:
        """Whether a range of the text stands in the file byte for byte, in one piece."""
        if not self._starts or end > self._length or start > end:
            return False
        number = bisect_right(self._starts, start) - 1
        first, last = self._origins[number]
        piece = self._pieces[number]
        return last - first == len(piece) and end <= self._starts[number] + len(piece)

    def restored(self, source: Source) -> Source:
        """Return what was read from the text with its places in the file."""
        return relocated(source, self.start_of, self.end_of, self.is_plain)

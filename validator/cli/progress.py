"""A progress bar for runs at a terminal that take longer than a moment."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Final, TextIO, TypeVar

from ..common.wording import count
from ..project.parallel import size_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..files.discovery import Candidate

Result = TypeVar("Result")

_PATIENCE: Final = 1.0
"""Seconds before the bar is shown."""
_PAUSE: Final = 0.1
"""Seconds between two updates of the bar."""
_CELLS: Final = 24
_ERASE: Final = "\r\x1b[K"
_UNITS: Final = (("GB", 1e9), ("MB", 1e6), ("kB", 1e3))


@dataclass
class Bar:
    """Shows the number of finished files and bytes in the last line of a terminal.

    The bar is erased before anything else is written, and redrawn at the next progress.
    """

    stream: TextIO
    files: int = 0
    bytes: int = 0
    files_done: int = 0
    bytes_done: int = 0
    _next: float = field(default_factory=lambda: monotonic() + _PATIENCE)
    _is_shown: bool = False

    def counted(self, candidates: Iterable[Candidate]) -> Iterator[Candidate]:
        """Find all files before the first is checked, to know the total."""
        found = list(candidates)
        self.files += len(found)
        self.bytes += sum(map(size_of, found))
        yield from found

    def advance(self, files: int, size: int) -> None:
        """Count files and bytes as finished, and update the bar."""
        self.files_done += files
        self.bytes_done += size
        now = monotonic()
        if now >= self._next:
            self._next = now + _PAUSE
            self._show()

    def beside(self, results: Iterable[Result]) -> Iterator[Result]:
        """Pass results on, with the bar erased while they are written."""
        try:
            for result in results:
                self._hide()
                yield result
        finally:
            self._hide()

    def _hide(self) -> None:
        """Erase the bar."""
        if self._is_shown:
            self.stream.write(_ERASE)
            self.stream.flush()
            self._is_shown = False

    def _show(self) -> None:
        share = min(1.0, self.bytes_done / self.bytes) if self.bytes else 0.0
        filled = int(share * _CELLS)
        text = (
            f"[{'#' * filled}{'-' * (_CELLS - filled)}] {share:4.0%}  "
            f"{self.files_done:,} of {count(self.files, 'file')}, {_spelt(self.bytes_done)} of {_spelt(self.bytes)}"
        )
        width = shutil.get_terminal_size().columns - 1
        self.stream.write(f"{_ERASE}{text[:width]}")
        self.stream.flush()
        self._is_shown = True


def _spelt(size: int) -> str:
    unit, one = next(((unit, one) for unit, one in _UNITS if size >= one), ("B", 1))
    return f"{size / one:.1f} {unit}" if one > 1 else f"{size} B"

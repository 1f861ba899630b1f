"""Say of violations in a notebook in which cell they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..common.lazy_regex import regex
from ..report import CellPlace

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..report import Range, Violation
    from ..suppressions import Fingerprinted

_LINE_END: Final = regex(rb"\r\n|\n|\r")


def in_cells(found: list[Fingerprinted], data: bytes) -> list[Fingerprinted]:
    """Return violations in a notebook with their places in its cells; `data` is its text."""
    if not found:
        return found
    from ..code.notebook import cell_places

    places = cell_places(data)
    starts = [0, *(end.end() for end in _LINE_END.finditer(data))]

    def cell_of(place: Range | None) -> CellPlace | None:
        if place is None or place.line > len(starts):
            return None
        line = data[starts[place.line - 1] : starts[place.line] if place.line < len(starts) else len(data)]
        in_cell = places.place(starts[place.line - 1] + _bytes_before(line, place.column))
        return None if in_cell is None else CellPlace(in_cell.cell, in_cell.line, in_cell.column)

    return [(_placed(violation, cell_of), mark) for violation, mark in found]


def _bytes_before(line: bytes, column: int) -> int:
    """Return the number of bytes before a column of a line."""
    return len(line.decode(errors="replace")[: column - 1].encode())


def _placed(violation: Violation, cell_of: Callable[[Range | None], CellPlace | None]) -> Violation:
    related = tuple(each._replace(cell=cell_of(each.range)) for each in violation.related)
    return violation._replace(cell=cell_of(violation.range), related=related)

"""Spell the places of violations for people: in a notebook those in its cells, not those in its JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..report import CellPlace, Range
    from ..report.file_result import RowPlace


def shown_place(place: Range, cell: CellPlace | None) -> str:
    """Return the line and the column at which a range begins: `12:5`, or `cell 3:5:11` in a notebook."""
    return f"{place.line}:{place.column}" if cell is None else f"cell {cell.cell}:{cell.line}:{cell.column}"


def shown_row(row: RowPlace) -> str:
    """Return the place of a row in a table: `row group 2, row 531`, and its id if there is one."""
    return f"row group {row.group}, row {row.row}" + ("" if row.id is None else f", id {row.id}")


def shown_line(place: Range, cell: CellPlace | None) -> int:
    """Return the number of the line at which a range begins, in a notebook that in the cell."""
    return place.line if cell is None else cell.line

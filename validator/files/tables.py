"""Check the rows of tables: each has one request, like a line of JSON Lines, and its number is that of the line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ..common.wording import cut_short, printable
from ..report.file_result import RowPlace, shown_name
from .checking import (
    LINES_LOOKED_AT,
    Sliced,
    _Lines,
    check_line,
    check_lines,
    hold_no_requests,
    judge_lines,
    left_alone,
)
from .parquet import NoColumnError, ParquetRows
from .recognition import Verdict

if TYPE_CHECKING:
    from ..checking.linter import Linter
    from ..report.file_result import FileResult
    from .parquet import Piece, Row
    from .reading import Columns

_NO_BREAKS: Final = str.maketrans("\r\n", "  ")
"""Shows a text of several lines in one, with the same columns."""
_LONGEST_ID: Final = 200
_LINES: Final = ".jsonl"
"""The ending by which the texts of rows are judged: a row holds what a line of JSON Lines does, not a table."""


def check_table(path: str, linter: Linter, columns: Columns, *, is_named: bool = True) -> Iterator[FileResult]:
    """Check a table, and yield its result in parts of some rows each.

    One that was not named and has no requests yields nothing, or a result that is only counted.

    Raises:
        UnreadableError: if the file cannot be read.
    """
    name = shown_name(path)
    if not is_named:
        verdict = judge_table(path, columns, linter.told_platform)
        if not verdict.is_request:
            yield from left_alone(name, verdict)
            return
    with ParquetRows(path, columns) as table:
        if not table.number_of_rows:
            yield _Rows(name, linter, {}).result()
            return
        first = table.first_texts(LINES_LOOKED_AT)
        if hold_no_requests(name + _LINES, first, linter):
            yield check_lines(name + _LINES, first, linter)._replace(name=name)
            return
        ids: dict[str, int] = {}
        for piece in table.pieces():
            part = _Rows(name, linter, ids)
            for row in table.rows(piece):
                part.add(row)
            yield part.result()


def name_of_rows(path: str) -> str:
    """Return the name by which the texts of the rows of a table are judged."""
    return shown_name(path) + _LINES


def judge_table(path: str, columns: Columns, platform: str | None = None) -> Verdict:
    """Decide whether the rows of a table hold requests, by the first ones.

    Raises:
        UnreadableError: if the file cannot be read.
    """
    try:
        with ParquetRows(path, columns) as table:
            return judge_lines(table.first_texts(LINES_LOOKED_AT), platform)
    except NoColumnError as error:
        return Verdict(is_request=False, reason=f"it {error}")


def check_piece(name: str, table: ParquetRows, piece: Piece, linter: Linter) -> Sliced:
    """Check a piece of a table.

    Duplicate `custom_id`s are not reported: the ids are returned, to be compared with those of other pieces.

    Raises:
        UnreadableError: if the piece cannot be read.
    """
    part = _Rows(name, linter, {})
    ids: list[tuple[str, int]] = []
    for row in table.rows(piece):
        part.lines.ids = {}
        part.add(row)
        ids += part.lines.ids.items()
    return Sliced(part.result(), ids)


def check_rows_again(
    name: str, table: ParquetRows, piece: Piece, repeated: dict[int, int], linter: Linter
) -> list[FileResult]:
    """Check the rows of a piece whose ids occur earlier; `repeated` has the number of the earlier row for each.

    Raises:
        UnreadableError: if the piece cannot be read.
    """
    return [
        _for_reports(_checked_again(name, row, repeated[row.number], linter), {row.number: row.place})
        for row in table.rows(piece)
        if row.number in repeated
    ]


def _checked_again(name: str, row: Row, earlier: int, linter: Linter) -> FileResult:
    return check_line(name + _LINES, row.text, row.number, linter, first=earlier)._replace(name=name)


class _Rows:
    """Collects the results of rows."""

    def __init__(self, name: str, linter: Linter, ids: dict[str, int]) -> None:
        self.lines = _Lines(name + _LINES, ids)
        self._name = name
        self._linter = linter
        self._places: dict[int, RowPlace] = {}

    def add(self, row: Row) -> None:
        """Check a row."""
        self.lines.take(row.text, row.number, self._linter)
        if row.number in self.lines.texts:
            self._places[row.number] = row.place

    def result(self) -> FileResult:
        """Return the result of the rows added so far."""
        return _for_reports(self.lines.result(self._name), self._places)


def _for_reports(result: FileResult, places: dict[int, RowPlace]) -> FileResult:
    """Add the places of rows to a result, and make their texts and ids safe to print."""
    return result._replace(
        lines={number: text.translate(_NO_BREAKS) for number, text in result.lines.items()},
        rows={number: place._replace(id=_shown_id(place.id)) for number, place in places.items()},
    )


def _shown_id(name: int | str | None) -> int | str | None:
    return printable(cut_short(name, _LONGEST_ID)) if isinstance(name, str) else name

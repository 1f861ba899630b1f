"""Read the rows of a Parquet file piece by piece: only a few MB of a column are in memory, whatever the row groups."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..common.standalone import IS_STANDALONE
from ..common.wording import quotation
from ..report.file_result import RowPlace
from .parquet_pages import is_encrypted, pages
from .reading import UnreadableError, opened, see_line_bounded, see_unchanged

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from .reading import Columns

BODY: Final = "body"
"""The column that is read if none is named."""

_NO_ARROW: Final = (
    "the standalone program reads no Parquet; `pip install 'msglint[arrow]'` brings an msglint that does"
    if IS_STANDALONE
    else "Parquet needs pyarrow, `pip install 'msglint[arrow]'` brings it"
)
_BATCH: Final = 2**22
"""The bytes of text that are read at once, about."""
_MOST_ROWS: Final = 4096
"""The most rows that are read at once."""
_DECODED: Final = 2**28
"""The most bytes that these may take if each were the whole dictionary of its column."""
_BATCHES: Final = 4
"""The most batches of a piece: a process that reads the next piece but one unpacks what it skips."""
_LARGEST_PAGE: Final = 2**29
"""The most bytes of a page, decompressed: as many as of a file that is not read line by line."""
_MUCH: Final = 2**26
"""The bytes of texts after which no more rows are looked at to judge a file."""
_BUFFER: Final = 2**20


class NoColumnError(UnreadableError):
    """Raised for a file without a column that was named."""


class Piece(NamedTuple):
    """Some rows of a row group."""

    group: int
    """The index of the row group."""
    start: int
    """The index of its first row in the group."""
    rows: int
    first: int
    """The number of its first row in the file, from 1."""


class Row(NamedTuple):
    """A row."""

    number: int
    """Its number in the file, from 1."""
    text: bytes
    """The text of its request; empty for null."""
    group: int
    """The index of its row group."""
    offset: int
    """Its index in the group."""
    id: Any
    """Its id as a scalar of Arrow; None if no column has ids."""

    @property
    def place(self) -> RowPlace:
        """Its place for reports."""
        value = None if self.id is None else self.id.as_py()
        return RowPlace(self.group + 1, self.offset + 1, value if isinstance(value, int | None) else str(value))


class ParquetRows:
    """The rows of an open Parquet file; pieces in their order are read in one pass."""

    def __init__(self, path: str, columns: Columns) -> None:
        """Open a file.

        Raises:
            UnreadableError: if it cannot be read, or a column cannot hold what it is to hold.
        """
        try:
            import pyarrow as pa
            import pyarrow.parquet as pq

            from ..arrow.bodies import ColumnError, column_named, text_reader
        except ImportError as error:
            msg = f"cannot be read: {_NO_ARROW}"
            raise UnreadableError(msg) from error
        self._errors: Final = (pa.ArrowException, ArithmeticError, MemoryError, OSError, ValueError)
        self._body: Final = BODY if columns.body is None else columns.body
        self._names: Final = list(dict.fromkeys(filter(None, (self._body, columns.id))))
        self._id: Final = columns.id
        self._stack: Final = ExitStack()
        self._stream: Iterator[Any] = iter(())
        self._rest: Any = None
        self._sizes: dict[int, int] = {}
        self._at = (-1, 0)
        """The row group that is read, and the index of its next row."""
        with ExitStack() as stack, self._readable():
            self._source = stack.enter_context(opened(path))
            if not self._source.is_regular:
                msg = "cannot be read: Parquet is only read from regular files"
                raise UnreadableError(msg)
            self._file = pq.ParquetFile(
                pa.PythonFile(self._source.file, mode="r"), buffer_size=_BUFFER, pre_buffer=False
            )
            if is_encrypted(self._source.file, self._file.metadata.created_by):
                msg = "cannot be read: it is encrypted"
                raise UnreadableError(msg)
            schema = self._file.schema_arrow
            hint = "" if columns.body is not None else "; `--column` names the column with the requests"
            try:
                self._text_of = text_reader(schema.field(column_named(self._body, schema)))
                hint = ""
                if columns.id is not None:
                    column_named(columns.id, schema)
            except ColumnError as error:
                msg = f"cannot be read: {error}{hint}"
                is_missing = not {*self._names} <= {*schema.names}
                raise (NoColumnError if is_missing else UnreadableError)(msg) from error
            self._stack.push(stack.pop_all())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._stream = iter(())
        self._rest = None
        self._stack.close()

    @property
    def number_of_rows(self) -> int:
        """The number of its rows."""
        return int(self._file.metadata.num_rows)

    def pieces(self) -> Iterator[Piece]:
        """Yield all rows in pieces.

        Raises:
            UnreadableError: if the file is damaged, or a page of it is too large.
        """
        first = 1
        for group in range(self._file.metadata.num_row_groups):
            with self._readable():
                rows = self._file.metadata.row_group(group).num_rows
                most = _BATCHES * self._rows_of_batch(group) if rows else 1
            for start in range(0, rows, most):
                yield Piece(group, start, min(most, rows - start), first + start)
            first += rows

    def rows(self, piece: Piece) -> Iterator[Row]:
        """Yield the rows of a piece.

        Raises:
            UnreadableError: if the file is damaged or changed, or a row is too long.
        """
        number, index = piece.first, piece.start
        for batch in self._batches(piece):
            ids = None if self._id is None else batch.column(self._id)
            for place, scalar in enumerate(batch.column(self._body)):
                with self._readable():
                    text = self._text_of(scalar) or b""
                see_line_bounded(text, number, "row")
                yield Row(number, text, piece.group, index, None if ids is None else ids[place])
                number, index = number + 1, index + 1
        see_unchanged(self._source)

    def first_texts(self, most: int) -> list[bytes]:
        """Return the texts of the first rows, at most `most`, and fewer if they are very long."""
        texts: list[bytes] = []
        for piece in self.pieces():
            if sum(map(len, texts)) > _MUCH:
                break
            texts += [row.text for row in self.rows(piece._replace(rows=min(piece.rows, most - len(texts))))]
            if len(texts) >= most:
                break
        return texts

    def _batches(self, piece: Piece) -> Iterator[Any]:
        """Yield the batches of a piece, from where the last one ended if that is possible."""
        end = piece.start + piece.rows
        group, row = self._at
        if group != piece.group or row > piece.start:
            row, self._rest = 0, None
            with self._readable():
                self._stream = self._file.iter_batches(
                    self._rows_of_batch(piece.group), row_groups=[piece.group], columns=self._names, use_threads=False
                )
        while row < end:
            batch, self._rest = self._rest, None
            if batch is None:
                with self._readable():
                    batch = next(self._stream, None)
            if batch is None:
                msg = f"cannot be read: row group {piece.group + 1} ends too early"
                raise UnreadableError(msg)
            skipped = min(batch.num_rows, max(0, piece.start - row))
            wanted = batch.slice(skipped, end - row - skipped)
            row += skipped + wanted.num_rows
            if skipped + wanted.num_rows < batch.num_rows:
                self._rest = batch.slice(skipped + wanted.num_rows)
            self._at = piece.group, row
            if wanted.num_rows:
                yield wanted

    def _rows_of_batch(self, group: int) -> int:
        """Return how many rows of a row group are read at once, so that they do not fill the memory; cached."""
        if group not in self._sizes:
            found = self._file.metadata.row_group(group)
            chunks = [found.column(index) for index in range(found.num_columns)]
            chunks = [chunk for chunk in chunks if chunk.path_in_schema.partition(".")[0] in self._names]
            size = sum(chunk.total_uncompressed_size for chunk in chunks)
            dictionary = sum(map(self._dictionary_of, chunks))
            most = min(_MOST_ROWS, _BATCH * found.num_rows // max(1, size), _DECODED // max(1, dictionary))
            self._sizes[group] = max(1, most)
        return self._sizes[group]

    def _dictionary_of(self, chunk: Any) -> int:
        """Return the size of the dictionary of a column chunk, and see that no page of it is too large."""
        first = chunk.dictionary_page_offset or chunk.data_page_offset  # 0 is what old programs write for none
        dictionary = 0
        for page in pages(self._source.file, first, first + chunk.total_compressed_size):
            if page.size > _LARGEST_PAGE:
                msg = f"cannot be read: a page unpacks to more than {_LARGEST_PAGE // 2**20} MB"
                raise UnreadableError(msg)
            if page.is_dictionary:
                dictionary = page.size
        return dictionary

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Turn the errors of a damaged file into one that says so.

        Raises:
            UnreadableError: in their place.
        """
        try:
            yield
        except UnreadableError:
            raise
        except self._errors as error:
            said = str(error).strip().partition("\n")[0] or type(error).__name__
            msg = f"cannot be read: {quotation(said)}"
            raise UnreadableError(msg) from error

"""Check a batch of requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pyarrow as pa
from pyarrow import types

from ..checking.linter import shared_linter
from ..common.wording import code, either, nearest
from ..engine.failures import raise_in_tests
from ..report import Report, Violation
from ..report.redaction import without_secrets
from ..rules.internal import not_checked, place_of
from .bodies import LISTS, STRINGS, ColumnError, column_named, is_any, text_reader
from .results import Counts, Findings

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..checking.linter import Linter
    from ..checking.options import Options
    from .bodies import TextOf

OPTIONS: Final = ("endpoint", "betas", "api_version", "platform", "model")
"""The options that a column may set for each request."""


def check_batch(
    batch: Any,
    *,
    body: str = "body",
    id: str | None = "id",  # noqa: A002 - the name of the column in the result
    columns: Mapping[str, str] | None = None,
    clean: bool = False,
    **options: Unpack[Options],
) -> pa.RecordBatch:
    """Check the requests of a batch, and return a row for each violation, in the order of the requests.

    The result has the columns of `SCHEMA`: `id` as it is in the batch, and the `rule`, `severity`, `pointer`, `message`
    and `help` of the violation. A body that is not JSON is a violation too (`syntax/…`), and so is one that is null
    (`syntax/empty`): no body makes the function raise.

    Args:
        batch: A record batch, or anything with the Arrow interface of a table or a stream: a `pyarrow.Table`, a
            `RecordBatchReader`, a data frame of Polars or pandas, a relation of DuckDB.
        body: The column with the requests: JSON as text or bytes, structs, maps, or `arrow.json`. A null field of a
            struct is an absent property, since an Arrow struct has all of its fields.
        id: The column that is copied into the result; None for the index of the row in the batch, from 0.
        columns: Options that differ by request, each with the column that has its values: `{"betas": "beta_header"}`.
            These are `endpoint`, `betas` (a header's value, or a list), `api_version`, `platform` and `model`. Where
            the column is null, the option of the call counts.
        clean: Whether a request without a violation has a row too, with nulls in all columns but `id`, so that one
            pass shows what was read as well.
        options: The options of `Linter`.

    Raises:
        ColumnError: for a column that does not exist, or whose type cannot hold what it is to hold.
        ValueError: for an option that `Linter` refuses.
        TypeError: likewise, or for a batch that is not Arrow data.
    """
    findings = []
    for ids, rows in _checked(batch, body, id, columns, options):
        found = Findings(keeps_clean=clean)
        for row in rows:
            found.add(row.number, row.report)
        findings.append(found.batch(ids))
    return _joined(findings)


def summarise(
    batch: Any,
    *,
    body: str = "body",
    columns: Mapping[str, str] | None = None,
    **options: Unpack[Options],
) -> pa.RecordBatch:
    """Check the requests of a batch, and count them: a summary with the columns of `SUMMARY`.

    The rows whose `what` is `requests`, `unread`, `clean` and `refused` are always there, so that nothing found can be
    told from nothing read; each other row counts a rule and a severity. `requests` is the number of requests, and
    `violations` that of their violations. Summaries of several batches are added up by `what` and `severity`: with
    `total`, or by the engine.

    `unread` are the rows without a body, and those whose options cannot be used; `refused` those with an error.

    The arguments, and what it raises, are those of `check_batch`.
    """
    counts = Counts()
    for _, rows in _checked(batch, body, None, columns, options):
        for row in rows:
            counts.add(row.report, was_read=row.was_read)
    return counts.batch()


def check_and_summarise(
    batch: Any,
    *,
    body: str = "body",
    id: str | None = "id",  # noqa: A002 - as above
    columns: Mapping[str, str] | None = None,
    clean: bool = False,
    **options: Unpack[Options],
) -> tuple[pa.RecordBatch, pa.RecordBatch]:
    """Check the requests of a batch once, and return what `check_batch` and `summarise` return."""
    counts, findings = Counts(), []
    for ids, rows in _checked(batch, body, id, columns, options):
        found = Findings(keeps_clean=clean)
        for row in rows:
            found.add(row.number, row.report)
            counts.add(row.report, was_read=row.was_read)
        findings.append(found.batch(ids))
    return _joined(findings), counts.batch()


class _Row(NamedTuple):
    number: int
    """Its index in its batch."""
    report: Report
    was_read: bool = True


def _checked(
    data: Any, body: str, name_of_ids: str | None, columns: Mapping[str, str] | None, options: Options
) -> Iterator[tuple[pa.Array, Iterator[_Row]]]:
    """Yield the ids of each batch, and the checked rows."""
    linter = shared_linter(options)
    if not isinstance(columns, Mapping | None):
        msg = f"columns must be a dict from options to names of columns, not {type(columns).__name__}"
        raise TypeError(msg)
    schema, batches = _batches(data)
    text_of = text_reader(schema.field(column_named(body, schema)))
    ids = None if name_of_ids is None else column_named(name_of_ids, schema)
    places = {option: _option_column(option, name, schema) for option, name in (columns or {}).items()}
    first = 0
    for batch in batches:
        numbers = pa.array(range(first, first + batch.num_rows), pa.int64()) if ids is None else batch.column(ids)
        linters = _Linters(linter, {option: batch.column(place) for option, place in places.items()})
        yield numbers, _rows(batch.column(column_named(body, schema)), text_of, linters)
        first += batch.num_rows


def _batches(data: Any) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """Return the schema and the batches of any Arrow data; at least one batch.

    Raises:
        TypeError: if it is none.
    """
    if isinstance(data, pa.RecordBatch):
        return data.schema, iter([data])
    if hasattr(data, "__arrow_c_stream__"):
        reader = pa.RecordBatchReader.from_stream(data)
        return reader.schema, _or_an_empty_one(reader)
    if hasattr(data, "__arrow_c_array__"):
        batch = pa.record_batch(data)
        return batch.schema, iter([batch])
    msg = f"batch must be a pyarrow.RecordBatch, or have the Arrow interface of a table, not {type(data).__name__}"
    raise TypeError(msg)


def _or_an_empty_one(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    is_empty = True
    for batch in reader:
        is_empty = False
        yield batch
    if is_empty:
        # A table without rows has no batches.
        yield pa.RecordBatch.from_arrays([pa.array([], field.type) for field in reader.schema], schema=reader.schema)


def _option_column(option: str, name: str, schema: pa.Schema) -> int:
    """Return the index of the column of an option.

    Raises:
        ColumnError: if no such option can be set by a column, or the column does not exist, or has another type.
    """
    if option not in OPTIONS:
        meant = nearest(option, OPTIONS)
        hint = f", did you mean {meant!r}?" if meant else f"; these can be: {either(OPTIONS)}"
        msg = f"no column can set {option!r}{hint}"
        raise ColumnError(msg)
    index = column_named(name, schema)
    of = schema.field(index).type
    if option == "betas" and is_any(LISTS, of):
        of = of.value_type
    if types.is_dictionary(of):
        of = of.value_type
    if not (is_any(STRINGS, of) or types.is_null(of)):
        kind = "text, or lists of text," if option == "betas" else "text"
        msg = f"the column {code(name)} is of type {code(str(of))}, but must be {kind} for {option!r}"
        raise ColumnError(msg)
    return index


class _Linters:
    """The linters of the rows of a batch."""

    def __init__(self, linter: Linter, columns: dict[str, pa.Array]) -> None:
        self._linter = linter
        self._columns = columns
        self._known: dict[tuple[Any, ...], Linter | str] = {}
        """By the values of the columns: the linter, or why there is none."""

    def of(self, row: int) -> Linter | str:
        """Return the linter of a row, or why its options cannot be used."""
        if not self._columns:
            return self._linter
        values = tuple(_value(column[row].as_py()) for column in self._columns.values())
        found = self._known.get(values)
        if found is None:
            found = self._known[values] = self._made(values)
        return found

    def _made(self, values: tuple[Any, ...]) -> Linter | str:
        changes = {option: value for option, value in zip(self._columns, values, strict=True) if value is not None}
        if isinstance(changes.get("betas"), str):
            changes["betas"] = (changes["betas"],)
        try:
            return self._linter.with_options(changes) if changes else self._linter
        except ValueError as error:
            return str(error)


def _value(value: Any) -> Any:
    return tuple(each for each in value if each is not None) if isinstance(value, list) else value


def _rows(bodies: pa.Array, text_of: TextOf, linters: _Linters) -> Iterator[_Row]:
    for number, scalar in enumerate(bodies):
        yield _guarded(number, scalar, text_of, linters)


def _guarded(number: int, scalar: Any, text_of: TextOf, linters: _Linters) -> _Row:
    """Check a row; an error of msglint becomes a violation, since one row must not take a whole task with it."""
    try:
        linter = linters.of(number)
        if isinstance(linter, str):
            return _Row(number, _not_checked(linter, "correct the value, or leave it null"), was_read=False)
        try:
            text = text_of(scalar)
        except UnicodeDecodeError:  # of structs and maps; a text that is not UTF-8 has a rule
            return _Row(number, _not_checked("a text in it is not UTF-8", "write its texts in UTF-8"), was_read=False)
        return _Row(number, linter.validate_json(text or b""), was_read=text is not None)
    except Exception as error:  # noqa: BLE001 - as said above
        raise_in_tests(error)
        why = f"msglint failed with {code(type(error).__name__)}{place_of(error)}"
        return _Row(number, _not_checked(why, "this is a bug in msglint: please report it"), was_read=False)


def _not_checked(why: str, advice: str) -> Report:
    message, said = not_checked.check(why, advice)
    return Report((without_secrets(Violation(not_checked.id, not_checked.severity, "", message, said)),))


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    return batches[0] if len(batches) == 1 else pa.concat_batches(batches)

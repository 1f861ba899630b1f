"""What a check of a batch returns: the violations, and how many requests had which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from ..report import Severity

if TYPE_CHECKING:
    from ..report import Report, Violation

SCHEMA: Final = pa.schema(
    [
        pa.field("id", pa.string()),
        pa.field("rule", pa.string()),
        pa.field("severity", pa.string()),
        pa.field("pointer", pa.string()),
        pa.field("message", pa.string()),
        pa.field("help", pa.string()),
    ]
)
"""The schema of the violations, where ids are strings; in a result `id` has the type of the column of ids."""
SUMMARY: Final = pa.schema(
    [
        pa.field("what", pa.string()),
        pa.field("severity", pa.string()),
        pa.field("requests", pa.int64()),
        pa.field("violations", pa.int64()),
    ]
)
"""The schema of a summary."""
_SPARK: Final = {pa.string(): "string", pa.int64(): "bigint"}
DDL: Final = ", ".join(f"{field.name} {_SPARK[field.type]}" for field in SCHEMA)
"""`SCHEMA` as Spark spells it; with ids of another type, replace `id string`."""
SUMMARY_DDL: Final = ", ".join(f"{field.name} {_SPARK[field.type]}" for field in SUMMARY)
"""`SUMMARY` as Spark spells it."""

REQUESTS: Final = "requests"
"""What every row counts as."""
UNREAD: Final = "unread"
"""The rows that were not checked: their body is null, or an option in a column of theirs cannot be used."""
CLEAN: Final = "clean"
"""The requests without a violation."""
REFUSED: Final = "refused"
"""The requests with an error: the API would refuse them."""
_KINDS_OF_CLEAN: Final = ((REQUESTS, None), (CLEAN, None))


class Findings:
    """Collects the violations of rows."""

    def __init__(self, *, keeps_clean: bool) -> None:
        self._keeps_clean = keeps_clean
        self._rows: list[int] = []
        self._found: list[Violation | None] = []

    def add(self, row: int, report: Report) -> None:
        """Add the report of a row."""
        for violation in report.violations:
            self._rows.append(row)
            self._found.append(violation)
        if self._keeps_clean and not report.violations:
            self._rows.append(row)
            self._found.append(None)

    def batch(self, ids: pa.Array) -> pa.RecordBatch:
        """Return them with the ids of their rows."""
        found = self._found
        columns = [
            _texts([None if each is None else each.rule for each in found]),
            _texts([None if each is None else each.severity.value for each in found]),
            _texts([None if each is None else each.pointer for each in found]),
            _texts([None if each is None else each.message for each in found]),
            _texts([None if each is None else each.help for each in found]),
        ]
        of_rows = _taken(ids, self._rows)
        return pa.RecordBatch.from_arrays([of_rows, *columns], schema=SCHEMA.set(0, pa.field("id", of_rows.type)))


class Counts:
    """Counts requests and violations."""

    def __init__(self) -> None:
        self._requests: Counter[tuple[str, str | None]] = Counter()
        self._violations: Counter[tuple[str, str | None]] = Counter()

    def add(self, report: Report, *, was_read: bool = True) -> None:
        """Count the report of a row."""
        if was_read and not report.violations:
            self._requests.update(_KINDS_OF_CLEAN)
            return
        found = Counter((each.rule, each.severity.value) for each in report.violations)
        self._requests.update(found.keys())
        self._violations.update(found)
        number = len(report.violations) + report.omitted
        kinds = [REQUESTS]
        if not was_read:
            kinds.append(UNREAD)
        elif not report.ok:
            kinds.append(REFUSED)
        for kind in kinds:
            self._requests[kind, None] += 1
            self._violations[kind, None] += number

    def add_summary(self, summary: Any) -> None:
        """Add the counts of a summary."""
        for row in summary.to_pylist():
            key = row["what"], row["severity"]
            self._requests[key] += row["requests"]
            self._violations[key] += row["violations"]

    def batch(self) -> pa.RecordBatch:
        """Return the counts: the four of all requests, even where they are 0, and those of each rule."""
        totals: list[tuple[str, str | None]] = [(name, None) for name in (REQUESTS, UNREAD, CLEAN, REFUSED)]
        order = [severity.value for severity in Severity]
        rules = sorted(
            (key for key in self._requests if key[1] is not None), key=lambda key: (key[0], order.index(str(key[1])))
        )
        keys = [*totals, *rules]
        return pa.RecordBatch.from_arrays(
            [
                pa.array([what for what, _ in keys], pa.string()),
                pa.array([severity for _, severity in keys], pa.string()),
                pa.array([self._requests[key] for key in keys], pa.int64()),
                pa.array([self._violations[key] for key in keys], pa.int64()),
            ],
            schema=SUMMARY,
        )


def _taken(ids: pa.Array, rows: list[int]) -> pa.Array:
    """Return the ids of rows; pyarrow cannot take from an array of every type, such as views of strings."""
    try:
        return ids.take(pa.array(rows, pa.int64()))
    except pa.ArrowNotImplementedError:
        return pa.array([ids[row].as_py() for row in rows], ids.type)


def _texts(values: Sequence[str | None]) -> pa.Array:
    """Return a column of texts; half of a surrogate pair, which Arrow cannot hold, is escaped."""
    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:
        escaped = [None if text is None else text.encode(errors="backslashreplace").decode() for text in values]
        return pa.array(escaped, pa.string())


def total(summaries: Iterable[Any]) -> pa.RecordBatch:
    """Add up the summaries of several batches."""
    counts = Counts()
    for summary in summaries:
        counts.add_summary(summary)
    return counts.batch()

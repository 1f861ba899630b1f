"""Check many files, or slices of a long JSON Lines file, in several processes; the results are the same as in one.

The worker processes only lint. Configurations and baselines are applied here, in the order of files and lines: an entry
of a baseline suppresses a limited number of violations, so which ones depends on the order.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from math import inf
from time import process_time
from typing import IO, TYPE_CHECKING, Any, Final, TypeVar

from ..common.records import NamedTuple
from ..config import SettingsError
from ..documents import Format, format_of, is_compressed, is_parquet
from ..files.checking import (
    LINES_LOOKED_AT,
    Sliced,
    check_line,
    check_nothing,
    check_slice,
    hold_no_requests,
    judge_lines,
)
from ..files.reading import UnreadableError, opened, read_lines, read_rest_of_line
from ..report.file_result import FileResult, shown_name
from . import InternalError, Project, checked_in_parts, failed

if TYPE_CHECKING:
    from ..checking.linter import Linter
    from ..files.discovery import Candidate
    from ..files.parquet import ParquetRows, Piece
    from ..report import Violation
    from .filtering import ResultFilter

_Item = TypeVar("_Item")

_PATIENCE: Final = 0.15
"""The seconds of CPU time for which this process checks alone, as two workers cost about 0.04.

They are only started if at least as many files, or pieces of one, are left. As forks they begin with all that the
first files brought in.
"""
_LOOKED_AT: Final = 20
_MUCH: Final = 2**23
"""If several files, the first of all, have more bytes than this, workers are started before any is checked."""
_PACKED: Final = 16
"""How many times as many bytes as on disk a table counts for, since it is compressed."""
_BATCH: Final = 32
"""The most files in one task."""
_BATCH_BYTES: Final = 2**18
_SLICE: Final = 2**21
"""The bytes of a JSON Lines file in one task; smaller files are not sliced."""

Advance = Callable[[int, int], None]
"""Called with the number of files and bytes finished since the last call."""


def check_all(
    project: Project, candidates: Iterable[Candidate], jobs: int, advance: Advance | None = None
) -> Iterator[tuple[Candidate, FileResult]]:
    """Check files in `jobs` processes, and yield those that are requests with their results, in the given order.

    Args:
        project: Supplies the linters, and records the results.
        candidates: The files.
        jobs: The number of worker processes; with 1, and for small jobs, this process checks.
        advance: Called with the progress.

    Raises:
        WorkerDiedError: if a worker process dies.
    """
    return _Run(project, iter(candidates), advance).results(jobs)


def cores() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _ahead(items: Iterator[_Item], number: int) -> tuple[list[_Item], Iterator[_Item]]:
    """Return the next items, and an iterator that still has them."""
    ahead = list(islice(items, number))
    return ahead, chain(ahead, items)


def size_of(candidate: Candidate) -> int:
    """Return the size of a file to check; 0 if it is skipped, missing or has no size."""
    if candidate.left_out is not None:
        return 0
    try:
        return os.stat(candidate.path).st_size  # noqa: PTH116 - for any name
    except (OSError, ValueError):
        return 0


def _work_of(candidate: Candidate) -> int:
    """Return about how many bytes of text a file has."""
    return size_of(candidate) * (_PACKED if is_parquet(candidate.path) else 1)


def _is_cut(candidate: Candidate) -> bool:
    """Whether a file is checked in pieces."""
    path = candidate.path
    if is_parquet(path):
        return True
    return format_of(path) is Format.LINES and not is_compressed(path) and size_of(candidate) > _SLICE


class _Files(NamedTuple):
    """A task: files to check."""

    candidates: tuple[Candidate, ...]
    most: tuple[int | None, ...]
    """For each file, how many violations of a document need a message; None for all."""


class _Slice(NamedTuple):
    """A task: lines of a JSON Lines file to check."""

    path: str
    start: int
    """The offset of its first byte."""
    size: int
    first: int
    """The number of its first line."""


class _Rows(NamedTuple):
    """A task: rows of a table to check."""

    path: str
    piece: Piece


class _OpenTable:
    """Keeps the table open that was read last: its next rows, which are likely to be asked for next, cost one pass."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._opened: tuple[str, ParquetRows] | None = None

    def at(self, path: str) -> ParquetRows:
        """Return the table at a path.

        Raises:
            UnreadableError: if it cannot be read.
        """
        if self._opened is None or self._opened[0] != path:
            from ..files.parquet import ParquetRows  # only tables need it

            self.close()
            self._opened = path, ParquetRows(path, self._project.way_of(path).columns)
        return self._opened[1]

    def close(self) -> None:
        """Close the table that is open."""
        if self._opened is not None:
            self._opened[1].close()
            self._opened = None


class _Checker:
    """Does the tasks, in a worker process with a project of its own."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._table = _OpenTable(project)

    def close(self) -> None:
        """Close the table that is open."""
        self._table.close()

    def __call__(self, task: _Files | _Slice | _Rows) -> list[list[FileResult] | Exception] | Sliced | Exception:
        """Return for each file the parts of its result, or the error; for a slice, its result or the error."""
        if isinstance(task, _Files):
            return [self._checked(*each) for each in zip(task.candidates, task.most, strict=True)]
        try:
            linter = self._project.linter_for(task.path)
            if isinstance(task, _Rows):
                from ..files.tables import check_piece  # only tables need it

                return check_piece(shown_name(task.path), self._table.at(task.path), task.piece, linter)
            return check_slice(shown_name(task.path), _read(task), task.first, linter)
        except Exception as error:  # noqa: BLE001 - reported as the result of the file
            return _without_cause(error)

    def _checked(self, candidate: Candidate, most: int | None) -> list[FileResult] | Exception:
        try:
            return list(checked_in_parts(candidate, self._project.way_of(candidate.path), most))
        except Exception as error:  # noqa: BLE001 - as above
            return _without_cause(error)


def _without_cause(error: Exception) -> Exception:
    """Convert an error to one that can be pickled, whatever its arguments and its cause."""
    if isinstance(error, UnreadableError):
        return UnreadableError(str(error))
    return InternalError(f"{type(error).__name__}: {error}")


def _read(task: _Slice) -> bytes:
    with opened(task.path) as source:
        source.file.seek(task.start)
        data = source.file.read(task.size)
    if len(data) < task.size:
        msg = "was changed while it was read"
        raise UnreadableError(msg)
    return data


class _Cut:
    """A file that is checked in slices."""

    def __init__(self, candidate: Candidate, result_filter: ResultFilter, before: tuple[int, int]) -> None:
        self.candidate = candidate
        self.result_filter = result_filter
        self.before = before
        """Its modification time and size before it was read."""
        self.ids: dict[str, int] = {}
        """The first line of each `custom_id`."""
        self.error: Exception | None = None


class _Turn(NamedTuple):
    """What to do with the outcome of a task; the outcomes come in the order of the tasks."""

    files: tuple[tuple[Candidate, ResultFilter], ...] = ()
    cut: _Cut | None = None
    task: _Slice | _Rows | None = None
    is_last: bool = False
    size: int = 0


class _Run:
    """Creates the tasks, and combines their outcomes into results."""

    def __init__(self, project: Project, candidates: Iterator[Candidate], advance: Advance | None) -> None:
        self._project = project
        self._candidates = candidates
        self._advance = advance or (lambda _files, _bytes: None)
        self._counts = advance is not None
        """Whether the bytes of a file are asked for."""
        self._until = inf
        """The CPU time of this process when it is decided whether workers pay."""
        self._workers_pay = False
        self._turns: deque[_Turn] = deque()
        self._table = _OpenTable(project)
        """The table of which rows are checked again."""

    def results(self, jobs: int) -> Iterator[tuple[Candidate, FileResult]]:
        try:
            yield from self._here(jobs)
            if jobs > 1:
                yield from self._combined(self._outcomes(jobs))
        finally:
            self._table.close()

    def _here(self, jobs: int) -> Iterator[tuple[Candidate, FileResult]]:
        """Check files one by one in this process: all, or those before the first that is cut or left to workers."""
        self._until = inf if jobs == 1 else process_time() + _PATIENCE
        self._workers_pay = jobs > 1 and self._begins_with_much()
        done = 0
        while not self._workers_pay and (candidate := next(self._candidates, None)) is not None:
            if jobs > 1 and _is_cut(candidate):
                self._candidates = chain([candidate], self._candidates)
                return
            result = self._checked(candidate)
            if result is not None:
                yield candidate, result
            done += 1
            self._candidates = self._decided(self._candidates, done, _is_cut)

    def _decided(self, items: Iterator[_Item], done: int, is_much: Callable[[_Item], bool]) -> Iterator[_Item]:
        """Decide about workers when the time is up, once only, and return the items that are left.

        Workers pay if as many items are left as were done, or one of the next ones is much by itself.
        """
        if process_time() < self._until:
            return items
        ahead, items = _ahead(items, done)
        self._workers_pay = len(ahead) == done or any(map(is_much, ahead))
        self._until = inf
        return items

    def _begins_with_much(self) -> bool:
        """Whether the first files alone are work for several processes."""
        first, self._candidates = _ahead(self._candidates, _LOOKED_AT)
        return sum(map(_work_of, first)) > _MUCH and len(first) > 1

    def _outcomes(self, jobs: int) -> Iterator[Any]:
        """Do tasks in this process until workers pay, and the others in workers."""
        tasks: Iterator[_Files | _Slice | _Rows] = self._tasks(self._candidates)
        work = _Checker(self._project)
        done = 0
        while not self._workers_pay and (task := next(tasks, None)) is not None:
            yield work(task)
            done += 1
            tasks = self._decided(tasks, done, lambda _: False)
        work.close()
        if self._workers_pay:
            from .workers import in_order  # imports multiprocessing, which takes time

            project = self._project
            alike = Project(project.given, project.config, columns=project.columns, recordings=project.recordings)
            yield from in_order(_Checker(alike), tasks, jobs)

    def _checked(self, candidate: Candidate) -> FileResult | None:
        """Check a file in this process; None for one that is skipped, or whose configuration or baseline is invalid."""
        result = None
        if candidate.left_out is None and _is_cut(candidate):
            work = _Checker(self._project)
            for _, found in self._combined(map(work, self._tasks([candidate]))):
                result = found
            work.close()
            return result
        try:
            result = self._project.check(candidate)
        except SettingsError as error:
            self._project.note(error)
        self._advance(1, size_of(candidate) if self._counts else 0)
        return result

    def _combined(self, outcomes: Iterator[Any]) -> Iterator[tuple[Candidate, FileResult]]:
        for outcome in outcomes:
            turn = self._turns.popleft()
            if turn.cut is None:
                for (candidate, result_filter), parts in zip(turn.files, outcome, strict=True):
                    yield from self._of_file(candidate, result_filter, parts)
                self._advance(len(turn.files), turn.size)
            else:
                self._add(turn, outcome)
                self._advance(int(turn.is_last), turn.size)
                if turn.is_last and (result := self._of_cut(turn.cut)) is not None:
                    yield turn.cut.candidate, result

    def _tasks(self, candidates: Iterable[Candidate]) -> Iterator[_Files | _Slice | _Rows]:
        few: list[tuple[Candidate, ResultFilter]] = []
        total = 0
        for candidate in candidates:
            result_filter = self._filter_for(candidate)
            if result_filter is None:
                self._advance(1, 0)
                continue
            size = size_of(candidate)
            is_cut = _is_cut(candidate)
            if few and (is_cut or len(few) == _BATCH or total + size > _BATCH_BYTES):
                yield self._files(few, total)
                few, total = [], 0
            if is_cut:
                cut = self._pieces if is_parquet(candidate.path) else self._slices
                yield from cut(candidate, result_filter, size)
            else:
                few.append((candidate, result_filter))
                total += size
        if few:
            yield self._files(few, total)

    def _filter_for(self, candidate: Candidate) -> ResultFilter | None:
        """Return the filter of a file; None to skip it, because its configuration or baseline is invalid."""
        if candidate.left_out is not None:
            return None
        try:
            return self._project.filter_for(candidate.path)
        except SettingsError as error:
            self._project.note(error)
            return None

    def _files(self, batch: list[tuple[Candidate, ResultFilter]], size: int) -> _Files:
        self._turns.append(_Turn(tuple(batch), size=size))
        return _Files(
            tuple(candidate for candidate, _ in batch), tuple(result_filter.most_worded for _, result_filter in batch)
        )

    def _slices(self, candidate: Candidate, result_filter: ResultFilter, size: int) -> Iterator[_Files | _Slice]:
        """Slice a file at line ends; one that cannot be opened becomes a task of its own, which reports why."""
        try:
            with opened(candidate.path) as source:
                lines, name = read_lines(source), shown_name(candidate.path)
                if _is_told_by_first_lines(name, lines, candidate, result_filter.way.linter):
                    yield self._files([(candidate, result_filter)], size)
                    return
                source.rewind()
                cut = _Cut(candidate, result_filter, (source.before.st_mtime_ns, source.before.st_size))
                yield from self._cut(cut, source.file)
        except UnreadableError:
            yield self._files([(candidate, result_filter)], size)

    def _pieces(self, candidate: Candidate, result_filter: ResultFilter, size: int) -> Iterator[_Files | _Rows]:
        """Cut a table into pieces; one that cannot be read, or whose first rows decide, becomes a task of its own."""
        from ..files.parquet import ParquetRows  # only tables need it
        from ..files.tables import name_of_rows

        path = candidate.path
        before = _state(path)
        try:
            with ParquetRows(path, result_filter.way.columns) as table:
                first = table.first_texts(LINES_LOOKED_AT)
                is_told = _is_told_by_first_lines(name_of_rows(path), first, candidate, result_filter.way.linter)
                pieces = [] if is_told else list(table.pieces())
                rows = table.number_of_rows
        except UnreadableError:
            pieces, rows = [], 0
        if not pieces or before is None:
            yield self._files([(candidate, result_filter)], size)
            return
        cut = _Cut(candidate, result_filter, before)
        for piece in pieces:
            task = _Rows(path, piece)
            share = size * (piece.first + piece.rows - 1) // rows - size * (piece.first - 1) // rows
            self._turns.append(_Turn(cut=cut, task=task, is_last=piece is pieces[-1], size=share))
            yield task

    def _cut(self, cut: _Cut, file: IO[bytes]) -> Iterator[_Slice]:
        start, first, data = 0, 1, file.read(_SLICE)
        while data:
            ends = data.count(b"\n")  # once: to count them takes longer than to read them
            rest = read_rest_of_line(file, len(data) - data.rfind(b"\n") - 1, first + ends)
            data += rest
            following = file.read(_SLICE)
            task = _Slice(cut.candidate.path, start, len(data), first)
            self._turns.append(_Turn(cut=cut, task=task, is_last=not following, size=len(data)))
            yield task
            start, first, data = start + len(data), first + ends + rest.count(b"\n"), following

    def _of_file(
        self, candidate: Candidate, result_filter: ResultFilter, parts: list[FileResult] | Exception
    ) -> Iterator[tuple[Candidate, FileResult]]:
        if isinstance(parts, Exception):
            yield candidate, failed(candidate.path, parts)
            return
        for part in parts:
            if part.is_only_counted:
                self._project.count_skipped(part)
                return
            result_filter.add(part)
        result = self._project.settled(result_filter)
        if result is not None:
            yield candidate, result

    def _add(self, turn: _Turn, outcome: Sliced | Exception) -> None:
        """Add the result of a slice, with violations for ids that earlier lines have."""
        # A worker sees its own slice alone, so duplicate ids across slices are found here, and their lines are checked
        # once more with the earlier line known. Duplicates are rare; sharing ids between processes is not cheap.
        cut, task = turn.cut, turn.task
        assert cut is not None  # noqa: S101 - a turn of a slice has both
        assert task is not None  # noqa: S101
        if isinstance(outcome, Exception):
            cut.error = cut.error or outcome
            return
        repeated = {}
        for name, number in outcome.ids:
            earlier = cut.ids.setdefault(name, number)
            if earlier != number:
                repeated[number] = earlier
        if repeated and cut.error is None:
            try:
                again = self._again(outcome.result.name, task, repeated, cut.result_filter.way.linter)
                outcome = outcome._replace(result=_with_repeated(outcome.result, again, repeated))
            except UnreadableError as error:
                cut.error = error
                return
        cut.result_filter.add(outcome.result)

    def _again(self, name: str, task: _Slice | _Rows, repeated: dict[int, int], linter: Linter) -> list[FileResult]:
        """Check lines again whose ids occur earlier; `repeated` has the number of the earlier line for each."""
        if isinstance(task, _Rows):
            from ..files.tables import check_rows_again  # only tables need it

            return check_rows_again(name, self._table.at(task.path), task.piece, repeated, linter)
        lines = _read(task).split(b"\n")
        return [
            check_line(name, lines[number - task.first], number, linter, first=earlier)
            for number, earlier in repeated.items()
        ]

    def _of_cut(self, cut: _Cut) -> FileResult | None:
        path = cut.candidate.path
        if cut.error is None and _state(path) != cut.before:
            cut.error = UnreadableError("was changed while it was read")
        if cut.error is not None:
            return failed(path, cut.error)
        result = cut.result_filter.result
        if result is None or not result.requests:
            cut.result_filter.add(check_nothing(shown_name(path), cut.result_filter.way.linter))
        return self._project.settled(cut.result_filter)


def _is_told_by_first_lines(name: str, lines: Iterable[bytes], candidate: Candidate, linter: Linter) -> bool:
    """Whether the first lines of a file, or rows of a table, show that it does not hold requests."""
    if candidate.is_named:
        return hold_no_requests(name, islice(lines, LINES_LOOKED_AT), linter)
    return not judge_lines(lines, linter.told_platform).is_request


def _with_repeated(result: FileResult, again: list[FileResult], repeated: dict[int, int]) -> FileResult:
    """Replace the results of the lines that were checked again, because their ids occur earlier."""
    found = [
        each
        for part in (result, *again)
        for each in zip(part.violations, part.fingerprints, strict=True)
        if part is not result or _line_of(each[0]) not in repeated
    ]
    found.sort(key=lambda each: _line_of(each[0]))
    return result._replace(
        violations=tuple(violation for violation, _ in found),
        fingerprints=tuple(fingerprint for _, fingerprint in found),
        lines={number: text for part in (result, *again) for number, text in part.lines.items()},
        rows={number: row for part in (result, *again) for number, row in part.rows.items()},
    )


def _line_of(violation: Violation) -> int:
    return violation.range.line if violation.range is not None else 0


def _state(path: str) -> tuple[int, int] | None:
    """Return the modification time and size of a file; None if it is missing."""
    try:
        found = os.stat(path)  # noqa: PTH116 - for any name
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size

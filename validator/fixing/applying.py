"""Apply the fixes of a text repeatedly, and take back those that make it worse."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from ..code.readers import read_code
from ..documents import CODE, Document, Format, format_of, read, strict
from ..fixes.fix import Applicability
from ..report import Severity
from .json_edits import Edit, JsonEditor, UneditableError, edited
from .values import patched

if TYPE_CHECKING:
    from ..documents.written import Unknown
    from ..fixes.fix import Fix, Operation
    from ..report import Range, Violation
    from ..report.file_result import FileResult
    from .json_edits import Editor

Check = Callable[[bytes], "FileResult"]
"""Checks an edited text."""

_MOST_TAKEN_BACK: Final = 50
"""Most fixes that are taken back, each after several checks, before the others are left untried."""


@dataclass(slots=True)
class Fixed:
    """A text with its fixes applied."""

    data: bytes
    result: FileResult
    """The result of checking it."""
    applied: list[Violation] = field(default_factory=list)
    """The violations that were fixed, with their places in the text at that time."""
    taken_back: list[Violation] = field(default_factory=list)
    """The violations whose fix would make the text worse."""
    uneditable: list[Violation] = field(default_factory=list)
    """The violations whose fix is impossible in the way that the text is written."""
    untried: list[Violation] = field(default_factory=list)
    """The violations whose fix was not tried, because too many were taken back before."""


def fixable(result: FileResult, *, unsafe: bool) -> list[Violation]:
    """Return the violations that have a fix; those with an unsafe fix only if `unsafe`."""
    return [
        violation
        for violation in result.violations
        if violation.fix is not None and (unsafe or violation.fix.applicability is Applicability.SAFE)
    ]


def edits_of(document: Document, fix: Fix) -> list[Edit]:
    """Return the edits that apply a fix to a document's text; an empty list if that is impossible."""
    try:
        edits = _editor(document, list(fix.operations)).edits(fix.operations)
    except UneditableError:
        return []
    return edits if all(edit.end <= len(document.data) for edit in edits) else []


def edits_of_each(document: Document, operations: list[Operation]) -> list[list[Edit]]:
    """Return the edits of each operation on its own; an empty list for one that is impossible.

    A removed object or array may be moved by one of the others, so it is not removed together with a comment in it.
    """
    try:
        editor = _editor(document, operations)
    except UneditableError:
        return [[] for _ in operations]
    mover = next((operation for operation in operations if operation.op == "add"), None)
    return [_edits_of_one(editor, operation, mover) for operation in operations]


def _edits_of_one(editor: Editor, operation: Operation, mover: Operation | None) -> list[Edit]:
    try:
        if operation.op == "remove" and mover is not None and isinstance(editor.value_at(operation.path), (dict, list)):
            editor.edits((operation, mover))  # raises where a comment would be lost
        return editor.edits((operation,))
    except UneditableError:
        return []


def without_impossible(document: Document, violations: Sequence[Violation]) -> list[Violation]:
    """Return the violations of a call in source code, without the fixes that cannot be made where it is written."""
    operations = [operation for each in violations if each.fix is not None for operation in each.fix.operations]
    if not operations:
        return list(violations)
    editor = _editor(document, operations)
    return [each if each.fix is None or _edits_by(editor, each.fix) else each._replace(fix=None) for each in violations]


def fix_text(name: str, data: bytes, check: Check, *, unsafe: bool = False) -> Fixed:
    """Apply the fixes of a text until none is left that improves it.

    Every step must leave fewer errors, or as many errors and fewer warnings, by at least one for each fix; otherwise it
    is taken back. So fixing a fixed text again changes nothing.

    Args:
        name: The name of the file, which decides about the format.
        data: The text.
        check: Checks a text.
        unsafe: Whether to apply unsafe fixes too.
    """
    state = Fixed(data, check(data))
    while _advance(state, name, check, unsafe=unsafe):
        pass
    return state


def _advance(state: Fixed, name: str, check: Check, *, unsafe: bool) -> bool:
    """Apply fixes, and record those that fail; return whether to try these again because the text has changed."""
    # All at once, then half as many until some apply or a single one is known to fail, then twice as many again: each
    # step costs a check of the whole text, and a few bad fixes among thousands cost a few steps each.
    before = state.data
    refused: set[_Key] = set()
    state.taken_back, state.uneditable, state.untried = [], [], []
    size = len(state.result.violations)
    while wanted := [each for each in fixable(state.result, unsafe=unsafe) if _key(each) not in refused]:
        if len(state.taken_back) == _MOST_TAKEN_BACK:
            state.untried = wanted
            break
        size = min(size, len(wanted))
        chosen, uneditable = _chosen(name, state.data, wanted[:size])
        outcome = _try(state, name, chosen, check) if chosen else _Outcome.UNEDITABLE
        if outcome is _Outcome.APPLIED:
            size *= 2
        elif len(chosen) > 1:
            size = (size + 1) // 2
        else:
            single = [each.violation for each in chosen]
            (state.taken_back if outcome is _Outcome.WORSE else uneditable).extend(single)
            refused.update(map(_key, single))
        state.uneditable += uneditable
        refused.update(map(_key, uneditable))
    return bool(refused) and state.data != before


class _Outcome(Enum):
    """The outcome of trying fixes."""

    APPLIED = auto()
    WORSE = auto()
    """They fix no more than they break."""
    UNEDITABLE = auto()
    """The edits do not have the effect of the fixes."""


_Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A fix to be applied, as edits of the whole text."""

    violation: Violation
    part: int
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """One document of a text, and the offset at which it begins."""

    start: int
    text: bytes
    read: Callable[[], Document]
    """Reads the document on demand: most lines of JSON Lines have no fix."""


def _key(violation: Violation) -> _Key:
    return violation.rule, violation.pointer, violation.range.line if violation.range is not None else 0


def _try(state: Fixed, name: str, chosen: Sequence[_Chosen], check: Check) -> _Outcome:
    """Apply fixes if that fixes more than it breaks."""
    mark = len(state.data) - len(strict.without_mark(state.data)[0])
    changed = edited(state.data, (edit for each in chosen for edit in each.edits), mark)
    if not _holds_what_it_should(name, state.data, changed, chosen):
        return _Outcome.UNEDITABLE
    result = check(changed)
    if result.error is not None or not _is_better(result, state.result, chosen):
        return _Outcome.WORSE
    state.data, state.result = changed, result
    state.applied += [each.violation for each in chosen]
    return _Outcome.APPLIED


def _is_better(after: FileResult, before: FileResult, chosen: Sequence[_Chosen]) -> bool:
    """Whether each fix leaves one violation fewer of the worst severity it is for, and none worse."""
    fixed = _severities(each.violation for each in chosen)
    for old, new, fewer in zip(_severities(before.violations), _severities(after.violations), fixed, strict=True):
        if new > old - fewer:
            return False
        if new < old:
            return True
    return False


def _severities(violations: Iterable[Violation]) -> tuple[int, ...]:
    """Count violations by severity, the worst first."""
    severities = [violation.severity for violation in violations]
    return tuple(severities.count(severity) for severity in Severity)


def _chosen(name: str, data: bytes, violations: Iterable[Violation]) -> tuple[list[_Chosen], list[Violation]]:
    """Turn fixes into edits, and choose those that do not touch an earlier one.

    Returns:
        The chosen fixes, and the violations whose fix has no edits.
    """
    text = strict.without_mark(data)[0]
    parts = _parts(name, text)
    number_of = _part_finder(name, text, parts)
    wanted: dict[int, list[Violation]] = {}
    uneditable: list[Violation] = []
    for violation in violations:
        number = None if violation.range is None else number_of(violation.range)
        if number is None:
            uneditable.append(violation)
        else:
            wanted.setdefault(number, []).append(violation)
    taken: list[Edit] = []
    chosen: list[_Chosen] = []
    for number, of_part in wanted.items():
        for violation, edits in _edits_of_part(parts[number], of_part):
            if edits is None:
                uneditable.append(violation)
            elif not any(_touches(edit, taken) for edit in edits):
                for edit in edits:
                    insort(taken, edit)
                chosen.append(_Chosen(violation, number, tuple(edits)))
    return chosen, uneditable


def _edits_of_part(part: _Part, violations: list[Violation]) -> Iterator[tuple[Violation, list[Edit] | None]]:
    """Yield the violations of one document with the edits of their fix in the whole text; None if there are none."""
    document = part.read()
    operations = [operation for each in violations if each.fix is not None for operation in each.fix.operations]
    editor = _editor(document, operations) if document.readable else None
    shift = 0 if document.finder is not None else part.start
    for violation in violations:
        edits = _edits_by(editor, violation.fix) if editor is not None and violation.fix is not None else []
        yield violation, [Edit(edit.start + shift, edit.end + shift, edit.text) for edit in edits] or None


def _edits_by(editor: Editor, fix: Fix) -> list[Edit]:
    try:
        return editor.edits(fix.operations)
    except UneditableError:
        return []


def _editor(document: Document, operations: list[Operation]) -> Editor:
    if document.call is not None:
        from .code_edits import CodeEditor

        return CodeEditor(document, operations)
    if document.finder is None:
        return JsonEditor(document, operations)
    from .yaml_edits import YamlEditor

    return YamlEditor(document, operations)


def _touches(edit: Edit, taken: list[Edit]) -> bool:
    """Whether an edit overlaps or adjoins one in `taken`, which is sorted."""
    place = bisect_left(taken, edit)
    return any(
        other.start == edit.start
        or (other.start < edit.end and edit.start < other.end)
        or other.end == edit.start == edit.end
        or edit.end == other.start == other.end
        for other in taken[max(0, place - 1) : place + 1]
    )


def _parts(name: str, text: bytes) -> list[_Part]:
    """Split a text into its documents: the lines of JSON Lines, the documents of YAML, or the calls in source code."""
    text_format = format_of(name)
    if text_format in CODE:
        return [
            _Part(start, document.data[start:end], partial(_same, document))
            for document in read_code(text, text_format, name)
            for start, end in [document.call or (0, len(document.data))]
        ]
    if text_format is Format.LINES:
        lines = text.split(b"\n")
        starts = accumulate((len(line) + 1 for line in lines), initial=0)
        return [
            _Part(start, line, partial(strict.read, line.rstrip(b"\r"), record=True))
            for start, line in zip(starts, lines, strict=False)
        ]
    documents = read(text, text_format)
    if len(documents) == 1:
        return [_Part(0, text, lambda: documents[0])]
    starts_of_values = [document.locate([()])[()].start for document in documents]
    return [
        _Part(start, text[start:end], partial(_same, document))
        for document, start, end in zip(documents, starts_of_values, [*starts_of_values[1:], len(text)], strict=True)
    ]


def _part_finder(name: str, text: bytes, parts: list[_Part]) -> Callable[[Range], int | None]:
    """Return a function from the place of a violation to the number of the part that it is in."""
    lines = _line_starts(name, text)
    starts = [part.start for part in parts]
    if format_of(name) not in CODE:
        return lambda place: max(0, bisect_right(starts, lines[place.line - 1]) - 1)

    offset_of = _OffsetFinder(text, lines)

    def number_of(place: Range) -> int | None:
        offset = offset_of.find(place.line, place.column)
        # Of calls inside of each other, the inner one.
        last = bisect_right(starts, offset) - 1
        inside = (number for number in range(last, -1, -1) if offset <= starts[number] + len(parts[number].text))
        return next(inside, None)

    return number_of


class _OffsetFinder:
    """Finds the offsets of characters; each look-up on one line goes on from the last one, as lines may be long."""

    def __init__(self, text: bytes, lines: list[int]) -> None:
        self._text = text
        self._lines = lines
        self._line, self._column, self._offset = 1, 1, 0

    def find(self, line: int, column: int) -> int:
        """Return the byte offset of a line and column."""
        if line != self._line or column < self._column:
            self._line, self._column, self._offset = line, 1, self._lines[line - 1]
        number = column - self._column
        ahead = self._text[self._offset : self._offset + 4 * number].decode(errors="ignore")
        self._offset += len(ahead[:number].encode())
        self._column = column
        return self._offset


def _same(document: Document) -> Document:
    return document


def _line_starts(name: str, text: bytes) -> list[int]:
    lines = text.split(b"\n") if format_of(name) is Format.LINES else None
    if lines is not None:
        return list(accumulate((len(line) + 1 for line in lines), initial=0))
    return list(accumulate(map(len, text.splitlines(keepends=True)), initial=0))


def _holds_what_it_should(name: str, before: bytes, after: bytes, chosen: Iterable[_Chosen]) -> bool:
    """Whether an edited text reads as the operations applied to the old value, and nothing else has changed."""
    old, new = (_parts(name, strict.without_mark(data)[0]) for data in (before, after))
    operations: dict[int, list[Operation]] = {}
    for each in chosen:
        if each.violation.fix is not None:
            operations.setdefault(each.part, []).extend(each.violation.fix.operations)
    try:
        return len(old) == len(new) and all(
            _is_patched(one, other, operations.get(number, ()))
            for number, (one, other) in enumerate(zip(old, new, strict=True))
        )
    except (LookupError, TypeError):
        return False


def _is_patched(old: _Part, new: _Part, operations: Sequence[Operation]) -> bool:
    if not operations and old.text == new.text and old.read().call is None:
        return True
    before, found = old.read(), new.read()
    is_known = _are_alike(before.unknown, found.unknown, is_changed=bool(operations))
    return found.readable and is_known and bool(found.value == patched(before.value, operations))


def _are_alike(before: Unknown | None, after: Unknown | None, *, is_changed: bool) -> bool:
    """Whether what is not spelled out has stayed, or at most lost something to an operation."""
    if before is None or after is None or not is_changed:
        return before == after
    return Counter(after.values.values()) <= Counter(before.values.values()) and len(after.open) <= len(before.open)

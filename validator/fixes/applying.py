"""Applying fixes: all that a text has, again and again until none is left, and never so that the text gets worse."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from ..documents import Document, Format, format_of, read, strict
from ..report import Severity
from .edits import Edit, JsonEditor, UneditableError, edited
from .fix import Applicability
from .values import patched

if TYPE_CHECKING:
    from ..files import FileResult
    from ..report import Violation
    from .fix import Fix, Operation
    from .yaml_edits import YamlEditor

Check = Callable[[bytes], "FileResult"]
"""Checks a text in the place of the one that is fixed."""

_MOST_SINGLY: Final = 50
"""Fixes that are tried one by one where all of them together make a text worse."""


@dataclass(slots=True)
class Fixed:
    """A text with its fixes."""

    data: bytes
    result: FileResult
    """What is found in it now."""
    applied: list[Violation] = field(default_factory=list)
    """What was mended, with the places of the text as it was at the time."""
    taken_back: list[Violation] = field(default_factory=list)
    """What has a fix that would make the text worse."""


def fixable(result: FileResult, *, unsafe: bool) -> list[Violation]:
    """Return the violations that have a fix, without those whose fix is unsafe unless these are wanted too."""
    return [
        violation
        for violation in result.violations
        if violation.fix is not None and (unsafe or violation.fix.applicability is Applicability.SAFE)
    ]


def edits_of(document: Document, fix: Fix) -> list[Edit]:
    """Return the edits that apply a fix to a document, by bytes of its text; none where they cannot be made."""
    try:
        edits = _editor(document, list(fix.operations)).edits(fix.operations)
    except UneditableError:
        return []
    return edits if all(edit.end <= len(document.data) for edit in edits) else []


def fix_text(name: str, data: bytes, check: Check, *, unsafe: bool = False) -> Fixed:
    """Apply the fixes of a text until none is left.

    Every step leaves fewer errors, or as many and fewer warnings, than there were: one that does not is taken back. So
    a text that was fixed stays as it is when it is fixed again.

    Args:
        name: The name of the file, which says how its text is to be read.
        data: The text.
        check: Checks a text.
        unsafe: Whether to apply unsafe fixes too.
    """
    state = Fixed(data, check(data))
    while wanted := fixable(state.result, unsafe=unsafe):
        if not _advance(state, name, _chosen(name, state.data, wanted), check):
            _advance_singly(state, name, check, unsafe=unsafe)
            break
    return state


def _advance_singly(state: Fixed, name: str, check: Check, *, unsafe: bool) -> None:
    """Apply fixes one by one, where not all can be applied, and remember those that cannot."""
    refused: set[_Key] = set()
    for _ in range(_MOST_SINGLY):
        wanted = [violation for violation in fixable(state.result, unsafe=unsafe) if _key(violation) not in refused]
        if not wanted:
            return
        if not _advance(state, name, _chosen(name, state.data, wanted[:1]), check):
            refused.add(_key(wanted[0]))
            state.taken_back.append(wanted[0])


_Key = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A fix that is to be applied, as edits of the whole text."""

    violation: Violation
    part: int
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """One document of a text, and where its own text begins in that of the file."""

    start: int
    text: bytes
    read: Callable[[], Document]
    """Reads the document, which most lines of a file of many are never asked for."""


def _key(violation: Violation) -> _Key:
    return violation.rule, violation.pointer, violation.range.line if violation.range is not None else 0


def _advance(state: Fixed, name: str, chosen: Sequence[_Chosen], check: Check) -> bool:
    """Apply fixes if that mends more than it breaks; say whether it did."""
    if not chosen:
        return False
    mark = len(state.data) - len(strict.without_mark(state.data)[0])
    changed = edited(state.data, (edit for each in chosen for edit in each.edits), mark)
    if not _holds_what_it_should(name, state.data, changed, chosen):
        return False
    result = check(changed)
    if result.error is not None or _weight(result) >= _weight(state.result):
        return False
    state.data, state.result = changed, result
    state.applied += [each.violation for each in chosen]
    return True


def _weight(result: FileResult) -> tuple[int, ...]:
    severities = [violation.severity for violation in result.violations]
    return tuple(severities.count(severity) for severity in Severity)


def _chosen(name: str, data: bytes, violations: Iterable[Violation]) -> list[_Chosen]:
    """Turn fixes into edits, and choose as many as do not touch each other, the first ones first."""
    text = strict.without_mark(data)[0]
    parts = _parts(name, text)
    lines = _line_starts(name, text)
    starts = [part.start for part in parts]
    wanted: dict[int, list[Violation]] = {}
    for violation in violations:
        if violation.fix is not None and violation.range is not None:
            number = max(0, bisect_right(starts, lines[violation.range.line - 1]) - 1)
            wanted.setdefault(number, []).append(violation)
    taken: list[Edit] = []
    return [
        chosen for number, of_part in wanted.items() for chosen in _chosen_of(parts[number], number, of_part, taken)
    ]


def _chosen_of(part: _Part, number: int, violations: list[Violation], taken: list[Edit]) -> Iterator[_Chosen]:
    """Yield those fixes of one document that touch none that is taken before, and add their edits to these."""
    document = part.read()
    if not document.readable:
        return
    editor = _editor(document, [operation for each in violations if each.fix for operation in each.fix.operations])
    shift = 0 if document.finder is not None else part.start
    for violation in violations:
        try:
            edits = editor.edits(violation.fix.operations if violation.fix is not None else ())
        except UneditableError:
            continue
        edits = [Edit(edit.start + shift, edit.end + shift, edit.text) for edit in edits]
        if not any(_touches(edit, taken) for edit in edits):
            for edit in edits:
                insort(taken, edit)
            yield _Chosen(violation, number, tuple(edits))


def _editor(document: Document, operations: list[Operation]) -> JsonEditor | YamlEditor:
    if document.finder is None:
        return JsonEditor(document, operations)
    from .yaml_edits import YamlEditor

    return YamlEditor(document, operations)


def _touches(edit: Edit, taken: list[Edit]) -> bool:
    """Whether an edit overlaps one that is taken, or puts something where that one ends; `taken` is in order."""
    place = bisect_left(taken, edit)
    return any(
        other.start == edit.start
        or (other.start < edit.end and edit.start < other.end)
        or other.end == edit.start == edit.end
        or edit.end == other.start == other.end
        for other in taken[max(0, place - 1) : place + 1]
    )


def _parts(name: str, text: bytes) -> list[_Part]:
    """Part a text into its documents: each line of JSON Lines is one, of YAML each begins where its value does."""
    text_format = format_of(name)
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


def _same(document: Document) -> Document:
    return document


def _line_starts(name: str, text: bytes) -> list[int]:
    lines = text.split(b"\n") if format_of(name) is Format.LINES else None
    if lines is not None:
        return list(accumulate((len(line) + 1 for line in lines), initial=0))
    return list(accumulate(map(len, text.splitlines(keepends=True)), initial=0))


def _holds_what_it_should(name: str, before: bytes, after: bytes, chosen: Iterable[_Chosen]) -> bool:
    """Whether a text that was edited holds what the operations say, and nothing else has changed."""
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
    if not operations and old.text == new.text:
        return True
    expected, found = patched(old.read().value, operations), new.read()
    return found.readable and bool(found.value == expected)

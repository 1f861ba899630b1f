"""Move the requests in the text of a file to another model, and leave every other byte of it alone."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from ..common.pointer import existing
from ..documents import Document, Format, format_of, read, strict
from ..documents.written import Unknown
from ..files.checking import linter_of, read_record
from ..files.recognition import SCHEMA_KEY, declared_shape, stranger
from ..fixes import Applicability, Fix, replace
from ..fixing.applying import edits_of, edits_of_each
from ..fixing.differences import operations_between
from ..fixing.json_edits import Edit, edited
from ..places.lines import LineIndex
from .moving import Choice, Upgrade, upgraded

if TYPE_CHECKING:
    from ..checking.linter import Linter
    from ..common.pointer import Path
    from ..facts.api import Endpoint
    from ..fixes import Operation

_MOST_ROUNDS: Final = 100
"""The most rounds of edits: each makes at most one change of its members to an object or array."""


class Place(NamedTuple):
    """Where something stands in a file. Lines and columns count from 1, columns in characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Request:
    """One document of a file: a request, a line of a batch, or a whole batch."""

    upgrade: Upgrade
    places: dict[Path, Place]
    """The places of all that is said of it."""

    def place(self, path: Path) -> Place:
        """Return where a value stands; for one that is not there yet, its container."""
        return self.places[path]


@dataclass(slots=True)
class UpgradedText:
    """The text of a file with its requests moved."""

    data: bytes
    """The text of today."""
    changed: bytes
    """The text with the changes made; that of today if it cannot be edited."""
    requests: list[Request] = field(default_factory=list)
    uneditable: str | None = None
    """Why no change could be made to the text, though there are some."""

    @property
    def is_done(self) -> bool:
        """Whether nothing is left for a person."""
        return self.uneditable is None and all(request.upgrade.ok for request in self.requests)


def upgrade_text(name: str, data: bytes, linter: Linter, choice: Choice) -> UpgradedText:
    """Move the requests in a text to another model.

    A text that cannot be edited by a program stays as it is: all of its changes are made, or none. So a model or
    another value that several requests share is changed only if it is for all of them.

    Args:
        name: The name of the file, which decides about the format.
        data: The text.
        linter: Says what the API refuses.
        choice: What the user wants.
    """
    mark = data[: len(data) - len(strict.without_mark(data)[0])]
    text = data[len(mark) :]
    if format_of(name) is Format.LINES:
        return _upgraded_lines(name, mark, text, linter, choice)
    documents = _read(name, text)
    result = UpgradedText(data, data)
    targets: list[Any] = []
    lines = LineIndex(documents[0].data) if documents else None
    for document in documents:
        request = _upgraded_document(name, document, lines, linter, choice)
        targets.append(document.value if request is None else _with_schema(document, request.upgrade.request))
        if request is not None:
            result.requests.append(request)
    changed = rewritten(partial(_read, name), text, targets)
    if changed is None:
        result.uneditable = _WHY_UNEDITABLE
    else:
        result.changed = mark + changed
    return result


def documents_in(name: str, data: bytes) -> Iterator[tuple[Document, LineIndex]]:
    """Yield the documents of a text, each with the index of the lines that its places are in."""
    text = strict.without_mark(data)[0]
    if format_of(name) is Format.LINES:
        for number, line in enumerate(text.split(b"\n"), start=1):
            if line.strip():
                document = read_record(line)
                yield document, LineIndex(document.data, number, one_line=True)
        return
    lines = LineIndex(text)
    for document in _read(name, text):
        yield document, lines


_WHY_UNEDITABLE: Final = (
    "the text cannot be edited by a program there: a value is shared with a request that keeps it, or is written in an "
    "unusual way"
)


def _read(name: str, data: bytes) -> list[Document]:
    return read(data, format_of(name))


def _upgraded_lines(name: str, mark: bytes, text: bytes, linter: Linter, choice: Choice) -> UpgradedText:
    """Move the requests of JSON Lines, each line on its own."""
    result = UpgradedText(mark + text, mark + text)
    changed: list[bytes] = []
    for number, line in enumerate(text.split(b"\n"), start=1):
        changed.append(line)
        if not line.strip():
            continue
        document = read_record(line)
        lines = LineIndex(document.data, number, one_line=True)
        request = _upgraded_document(name, document, lines, linter, choice)
        if request is None:
            continue
        result.requests.append(request)
        later = rewritten(_read_line, line, [_with_schema(document, request.upgrade.request)])
        if later is None:
            result.uneditable = _WHY_UNEDITABLE
        else:
            changed[-1] = later
    if result.uneditable is None:
        result.changed = mark + b"\n".join(changed)
    return result


def _read_line(line: bytes) -> list[Document]:
    return [read_record(line)]


def is_request(name: str, document: Document) -> bool:
    """Whether a document is one that the command would check as a request."""
    return document.readable and isinstance(document.value, dict) and stranger(name, document) is None


def _upgraded_document(
    name: str, document: Document, lines: LineIndex | None, linter: Linter, choice: Choice
) -> Request | None:
    """Move the requests of a document; None if it has none."""
    if not is_request(name, document) or lines is None:
        return None
    shape = declared_shape(document.value)
    endpoint = "batches" if shape == "batch_request" else shape
    mine = linter_of(document.value, linter).unlimited(cast("Endpoint | None", endpoint))
    value = document.value
    if shape is not None:
        value = {key: item for key, item in value.items() if key != SCHEMA_KEY}

    def judge(value: Any, unknown: Unknown) -> Any:
        if document.unknown is None:
            return mine.validate(value)
        return mine.lint_document(document._replace(value=value, unknown=unknown), lines)

    made = upgraded(value, mine, choice, judge, document.unknown or Unknown({}, frozenset()))
    paths = {existing(path, value) for path in _paths(made)}
    spans = document.locate(paths)
    spans |= {path: document.locate([()])[()] for path in paths if path not in spans}
    places = {}
    for path in _paths(made):
        span = spans[existing(path, value)]
        places[path] = Place(*lines.position(span.key[0] if span.key is not None and path else span.start))
    return Request(made, places)


def _paths(made: Upgrade) -> Iterator[Path]:
    yield ()
    groups: tuple[tuple[Any, ...], ...] = (made.moved, made.changes, made.suggestions, made.notes, made.left)
    for group in groups:
        for each in group:
            yield each.path


def _with_schema(document: Document, value: Any) -> Any:
    """Return an upgraded value with the `$schema` that is for editors, in its place."""
    if declared_shape(document.value) is None:
        return value
    return {SCHEMA_KEY: document.value[SCHEMA_KEY], **value}


def rewritten(reader: Callable[[bytes], list[Document]], data: bytes, targets: list[Any]) -> bytes | None:
    """Edit a text until its documents have the values of `targets`; None if that is impossible.

    The edits are made in rounds, because one may depend on another: removing two neighbours, or a value that several
    requests share.
    """
    for _ in range(_MOST_ROUNDS):
        documents = reader(data)
        if len(documents) != len(targets):
            return None
        wanted = [
            operations_between(document.value, target) for document, target in zip(documents, targets, strict=True)
        ]
        if not any(wanted):
            return data
        edits = _round(documents, wanted, targets)
        if not edits:
            return None
        data = edited(data, edits)
    return None


def _round(documents: list[Document], wanted: list[list[Operation]], targets: list[Any]) -> list[Edit]:
    """Return the edits of as many operations as do not depend on each other, and are possible.

    One that is impossible may be done by then: at an alias, by the edit of its anchor.
    """
    taken: list[Edit] = []
    for document, operations, target in zip(documents, wanted, targets, strict=True):
        editable = _independent(operations)
        for operation, edits in zip(editable, edits_of_each(document, editable), strict=True):
            holder = operation.path[:-1]
            # Where a member cannot be edited, the object or array around it can perhaps be written as a whole.
            _take(taken, edits or (edits_of(document, _whole_again(holder, target)) if holder else []))
    return taken


def _take(taken: list[Edit], edits: list[Edit]) -> None:
    """Add edits to sorted ones, unless they meet one of them; those of an anchor are made once for all who share it."""
    for edit in edits:
        place = bisect_left(taken, edit)
        around = taken[max(0, place - 1) : place + 1]
        if edit not in around and any(_meets(edit, other) for other in around):
            return
    for edit in edits:
        if edit not in taken[bisect_left(taken, edit) :][:1]:
            insort(taken, edit)


def _whole_again(path: Path, target: Any) -> Fix:
    """Return the fix that writes an object or array anew."""
    for step in path:
        target = target[step]
    return Fix("", Applicability.SAFE, (replace(path, target),))


def _independent(operations: list[Operation]) -> list[Operation]:
    """Return the operations that can be done at once: one that adds or removes a member for each container."""
    changed: set[Path] = set()
    found: list[Operation] = []
    # What is added comes first: an object that loses its only property before it gains one is hard to edit.
    for operation in sorted(operations, key=lambda operation: operation.op != "add"):
        if operation.op != "replace":
            if operation.path[:-1] in changed:
                continue
            changed.add(operation.path[:-1])
        found.append(operation)
    return found


def _meets(edit: Edit, other: Edit) -> bool:
    return edit.start <= other.end and other.start <= edit.end

"""Move the requests in the text of a file to another model, and leave every other byte of it alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from ..checking.violations import stretch
from ..code.readers import read
from ..common.pointer import existing
from ..documents import CODE, Document, Format, format_of, strict
from ..documents import read as read_data
from ..documents.written import Unknown
from ..files.checking import linter_of_document, read_record
from ..files.recognition import SCHEMA_KEY, declared_shape, stranger
from ..places.lines import LineIndex
from .moving import Choice, Upgrade, upgraded
from .rewriting import rewritten

if TYPE_CHECKING:
    from ..checking.linter import Linter
    from ..common.pointer import Path
    from ..facts.api import Endpoint
    from ..report import Target
    from .moving import Left
    from .step import Change


class Place(NamedTuple):
    """Where something stands in a file. Lines and columns count from 1, columns in characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Request:
    """One document of a file: a request, a line of a batch, a whole batch, or a call in source code."""

    upgrade: Upgrade
    places: dict[Path, Place]
    """The places of all that is said of it: those of the keys, for values that have one."""
    left: dict[tuple[Path, Target], Place]
    """The places of what is left, which are those that a check shows."""
    is_editable: bool = True
    """Whether its changes can be made to the text; otherwise none of them is."""
    by_hand: tuple[Change, ...] = ()
    """Changes that were wanted, though they are not safe, and that cannot be made to the text."""

    def place(self, path: Path) -> Place:
        """Return where a value stands; for one that is not there yet, its container."""
        return self.places[path]

    def place_of_left(self, left: Left) -> Place:
        """Return where something that is left stands."""
        return self.left[left.path, left.target]

    @property
    def is_done(self) -> bool:
        """Whether nothing is left for a person."""
        return self.is_editable and not self.by_hand and self.upgrade.ok


@dataclass(slots=True)
class UpgradedText:
    """The text of a file with its requests moved."""

    data: bytes
    """The text of today."""
    changed: bytes
    """The text with the changes made."""
    requests: list[Request] = field(default_factory=list)
    unparsed: int = 0
    """The number of documents that cannot be parsed."""

    @property
    def is_done(self) -> bool:
        """Whether nothing is left for a person."""
        return not self.unparsed and all(request.is_done for request in self.requests)


UNEDITABLE: Final = (
    "the text there cannot be edited by a program: it is written in an unusual way, or shares a value with a request "
    "that keeps it"
)


def upgrade_text(name: str, data: bytes, linter: Linter, choice: Choice) -> UpgradedText:
    """Move the requests in a text to another model.

    Of each request all changes are made to the text, or none. So a model that several requests share, through a
    constant or an anchor, is changed only if it is for all of them.

    Args:
        name: The name of the file, which decides about the format.
        data: The text.
        linter: Says what the API refuses.
        choice: What the user wants.

    Raises:
        MissingParserError: if the parser for source code in that format is not installed.
    """
    text = strict.without_mark(data)[0]
    mark = data[: len(data) - len(text)]
    if format_of(name) is Format.LINES:
        return _upgraded_lines(name, mark, text, linter, choice)
    documents = _read(name, text)
    lines = LineIndex(text)
    found = [_upgraded_document(name, document, lines, linter, choice) for document in documents]
    changed, left_alone = _rewritten(name, text, documents, found)
    if left_alone and (choice.pins or choice.unsafe):
        for number in left_alone:
            found[number] = _reduced(name, documents[number], lines, linter, choice)
        changed, left_alone = _rewritten(name, text, documents, found)
    requests = [
        replace(request, is_editable=number not in left_alone)
        for number, request in enumerate(found)
        if request is not None
    ]
    unparsed = sum(not document.readable for document in documents)
    return UpgradedText(data, mark + changed, requests, unparsed)


def _rewritten(
    name: str, text: bytes, documents: list[Document], found: list[Request | None]
) -> tuple[bytes, set[int]]:
    """Make the changes of requests to a text; return it, and the numbers of the documents that cannot be edited."""
    targets = [
        document.value if request is None else _with_schema(document, request.upgrade.request)
        for document, request in zip(documents, found, strict=True)
    ]
    text_format = format_of(name)
    whole = None if text_format in CODE else partial(read_data, text_format=text_format)
    return rewritten(partial(_read, name), text, targets, whole)


def _reduced(name: str, document: Document, lines: LineIndex, linter: Linter, choice: Choice) -> Request | None:
    """Move the requests of a document with the safe changes alone, since the others cannot be made to the text."""
    request = _upgraded_document(name, document, lines, linter, replace(choice, pins=False, unsafe=False))
    if request is None:
        return None
    wanted = choice.kinds()
    return replace(request, by_hand=tuple(each for each in request.upgrade.suggestions if each.kind in wanted))


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


def _read(name: str, data: bytes) -> list[Document]:
    return read(data, format_of(name), name)


def _upgraded_lines(name: str, mark: bytes, text: bytes, linter: Linter, choice: Choice) -> UpgradedText:
    """Move the requests of JSON Lines, each line on its own."""
    requests: list[Request] = []
    changed: list[bytes] = []
    unparsed = 0
    for number, line in enumerate(text.split(b"\n"), start=1):
        changed.append(line)
        if not line.strip():
            continue
        document = read_record(line)
        unparsed += not document.readable
        lines = LineIndex(document.data, number, one_line=True)
        request = _upgraded_document(name, document, lines, linter, choice)
        if request is not None:
            target = _with_schema(document, request.upgrade.request)
            changed[-1], left_alone = rewritten(_read_line, line, [target])
            requests.append(replace(request, is_editable=not left_alone))
    return UpgradedText(mark + text, mark + b"\n".join(changed), requests, unparsed)


def _read_line(line: bytes) -> list[Document]:
    return [read_record(line)]


def is_request(name: str, document: Document) -> bool:
    """Whether a document is one that the command would check as a request."""
    if not document.readable or not isinstance(document.value, dict):
        return False
    return document.call is not None or stranger(name, document) is None


def _upgraded_document(
    name: str, document: Document, lines: LineIndex, linter: Linter, choice: Choice
) -> Request | None:
    """Move the requests of a document; None if it has none."""
    if not is_request(name, document):
        return None
    shape = declared_shape(document.value) if document.call is None else None
    endpoint = "batches" if shape == "batch_request" else shape
    mine = linter_of_document(document, linter).unlimited(cast("Endpoint | None", endpoint))
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
    starts: dict[Path, int] = {}
    for path in _paths(made):
        span = spans[existing(path, value)]
        starts[path] = span.key[0] if span.key is not None and path else span.start
    left = {
        (each.path, each.target): stretch(spans[existing(each.path, value)], each.target, document)[0]
        for each in made.left
    }
    # In the order of the text: a smaller offset would be counted from its beginning again.
    offsets = sorted({*starts.values(), *left.values()})
    positions = {offset: Place(*lines.position(offset)) for offset in offsets}
    return Request(
        made,
        {path: positions[offset] for path, offset in starts.items()},
        {place: positions[offset] for place, offset in left.items()},
    )


def _paths(made: Upgrade) -> Iterator[Path]:
    yield ()
    groups: tuple[tuple[Any, ...], ...] = (made.moved, made.changes, made.suggestions, made.notes, made.left)
    for group in groups:
        for each in group:
            yield each.path


def _with_schema(document: Document, value: Any) -> Any:
    """Return an upgraded value with the `$schema` that is for editors, in its place."""
    if document.call is not None or declared_shape(document.value) is None:
        return value
    return {SCHEMA_KEY: document.value[SCHEMA_KEY], **value}

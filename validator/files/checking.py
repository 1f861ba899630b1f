"""Check the text of a file: every document in it, under its suppression comments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

from ..checking.judge import Line
from ..code.holders import is_recording, may_hold_calls
from ..code.readers import read, read_code, with_calls
from ..common.errors import MissingParserError
from ..common.lazy_regex import regex
from ..common.records import NamedTuple
from ..common.redaction import masked, masked_data
from ..common.wording import Sparing, count
from ..documents import CODE, Document, Format, SyntaxFinding, format_of, strict
from ..documents import read as read_data
from ..places.lines import LineIndex
from ..report.file_result import NOTHING_COUNTED, FileResult, Kind, joined, shown_name
from ..report.fingerprint import fingerprint
from ..rules import RULES
from .cells import in_cells
from .glance import RECORDING, is_recording_start, why_no_request
from .known_lines import pattern_of
from .reading import UnreadableError, opened, read_file, read_lines, read_whole
from .recognition import (
    SCHEMA_KEY,
    Verdict,
    declared_shape,
    host_of,
    is_plain_request,
    may_be_request,
    recognised,
    stranger,
)

if TYPE_CHECKING:
    from ..checking.linter import Linter
    from ..checking.short.frames import Known
    from ..documents import Comment
    from ..report import Report, Severity, Violation
    from ..report.file_result import Suppressed
    from ..report.fingerprint import Fingerprint
    from ..suppressions import Fingerprinted

_LINE_END: Final = regex(rb"\r\n|\n|\r")
_SPACE: Final = b" \t\r\n"
_RECORDS_LOOKED_AT: Final = 3
_GLANCE: Final = 4096
"""The bytes at the beginning of a YAML file that show whether it is a recording."""
LINES_LOOKED_AT: Final = 50
"""If none of this many first lines of a JSON Lines file is a request, the rest is not checked."""
_RETIRED: Final = "models/retired"
NAMELESS: Final = "<stdin>"
"""The name of a text that came without one."""
_MUCH: Final = 200
"""The number of violations of a JSON Lines file after which they are passed on as a part of the result."""

Reader = Callable[[bytes], Document]


def check_file(path: str, linter: Linter, *, is_named: bool = True) -> FileResult | None:
    """Check a file; None for a file that was not named and is not a request.

    Raises:
        UnreadableError: if the file cannot be read.
    """
    parts = list(check_in_parts(path, linter, is_named=is_named))
    return joined(parts) if parts and not parts[0].is_only_counted else None


def check_in_parts(
    path: str, linter: Linter, *, is_named: bool = True, most: int | None = None, recordings: bool = False
) -> Iterable[FileResult]:
    """Check a file, and return its result: JSON Lines in parts of some lines each, other formats in one piece.

    A file that was not named and is not a request has no result, or one that is only counted.

    Args:
        path: The file.
        linter: Its linter.
        is_named: Whether it is checked whatever its content.
        most: As in `check_documents`.
        recordings: Whether the requests in recordings of HTTP calls are checked.

    Raises:
        UnreadableError: if the file cannot be read.
    """
    name, text_format = shown_name(path), format_of(path)
    if text_format is Format.LINES:
        return _check_file_of_lines(path, name, linter, is_named=is_named)
    is_glanced_at = text_format is Format.YAML and not is_named and not recordings
    data = _read_unless_recording(path) if is_glanced_at else read_file(path)
    if data is None:
        return ()
    if _is_known_request(data, text_format, linter, is_named=is_named):
        return (FileResult(name, 1),)
    if is_named:
        return (check_text(name, data, linter, most=most, recordings=recordings),)
    try:
        verdict, documents = judge(path, data, linter.told_platform, recordings=recordings)
    except MissingParserError:
        return (FileResult(name, lacks_parser=True),)
    return (check_documents(name, documents, linter, most=most),) if verdict.is_request else left_alone(name, verdict)


def _check_file_of_lines(path: str, name: str, linter: Linter, *, is_named: bool) -> Iterator[FileResult]:
    with opened(path) as source:
        if not is_named:
            verdict = judge_lines(read_lines(source), linter.told_platform)
            if not verdict.is_request:
                yield from left_alone(name, verdict)
                return
            source.rewind()
        yield from check_lines_in_parts(name, read_lines(source), linter)


def _is_known_request(data: bytes, text_format: Format | None, linter: Linter, *, is_named: bool) -> bool:
    """Whether it is known of a text, without parsing it, that it is a request with nothing wrong in it."""
    known = linter.known(data) if text_format is Format.JSON else None
    if known is None or known.findings or known.custom_id is not None:
        return False
    # All of this but the verdict looks at the properties around the messages alone. The verdict on a request with plain
    # messages is never worse than on one with none.
    body = known.frame.value
    return (
        is_plain_request(body)
        and linter_of(body, linter) is linter
        and not may_hold_calls(body)
        and declared_shape(body) is None
        and (is_named or recognised(known.frame.document, linter.told_platform).is_request)
    )


def _read_unless_recording(path: str) -> bytes | None:
    """Read a YAML file; None for a recording of HTTP calls, which its beginning shows."""
    with opened(path) as source:
        if is_recording_start(source.file.read(_GLANCE)):
            return None
        source.rewind()
        return read_whole(source)


def left_alone(name: str, verdict: Verdict) -> tuple[FileResult, ...]:
    """Return a result for a skipped file that looks like a request; nothing for other skipped files."""
    return (FileResult(name, is_look_alike=True),) if verdict.is_alike else ()


def check_text(
    name: str, data: bytes, linter: Linter, *, most: int | None = None, recordings: bool = False
) -> FileResult:
    """Check the text of a file in the format that its name implies, by default JSON; the name must be printable.

    Raises:
        UnreadableError: if the parser for source code in that format is not installed.
    """
    text_format = format_of(name)
    if text_format is Format.LINES:
        return check_lines(name, data.split(b"\n"), linter)
    try:
        documents = read(data, text_format, name, recordings=recordings)
    except MissingParserError as error:
        msg = f"cannot be read: {error}"
        raise UnreadableError(msg) from error
    return check_documents(name, documents, linter, most=most)


def check_stream(
    name: str, data: bytes, linter: Linter, *, most: int | None = None, recordings: bool = False
) -> FileResult:
    """Check a text without a file; a name without a known extension means JSON, or JSON Lines if it looks like that.

    Raises:
        UnreadableError: as `check_text`.
    """
    if format_of(name) is None and _has_records(data):
        return check_lines(name, data.split(b"\n"), linter)
    return check_text(name, data, linter, most=most, recordings=recordings)


def check_documents(name: str, documents: list[Document], linter: Linter, *, most: int | None = None) -> FileResult:
    """Check the documents of one text; source code without a call has none.

    At most `most` violations of each document are kept, and the rest counted; all are kept if the text has comments,
    because those may suppress some.
    """
    if not documents:
        return FileResult(name)
    data = documents[0].data
    lines = LineIndex(data)
    found: list[Fingerprinted] = []
    unreadable: list[Fingerprinted] = []
    documents = _without_strangers(name, documents, linter)
    comments = [comment for document in documents for comment in document.comments]
    rest: Counter[tuple[str, Severity]] = Counter()
    retired = 0
    for document in documents:
        if _is_wholly_unknown(document):
            continue
        checked = _without_schema(document)
        mine = linter_of_document(document, linter)
        report = mine.lint_document(
            checked, lines, shape=_shape_of(document), most=None if comments else most, rest=rest
        )
        if not report.violations:
            continue
        retired += _names_retired_model(document, report)
        (found if document.readable else unreadable).extend(_marked(document, report.violations, checked.value))
    if found and any(document.call is not None for document in documents):
        found = _of_calls(name, found)
        if format_of(name) is Format.NOTEBOOK:
            found = in_cells(found, data)
    requests = sum(map(_count_requests, documents))
    if not (found or unreadable or comments):
        return FileResult(name, requests, retired=retired, omitted=_by_kind(rest) if rest else NOTHING_COUNTED)
    suppressed: list[Suppressed] = []
    if comments:
        found, suppressed = _under(comments, found, lines, linter, is_whole=not unreadable)
    if unreadable:
        found = sorted(found + unreadable, key=lambda each: _place(each[0]))
    return FileResult(
        name,
        requests,
        tuple(violation for violation, _ in found),
        _pick_lines(data, _lines_of([violation for violation, _ in found])),
        fingerprints=tuple(mark for _, mark in found),
        suppressed=tuple(suppressed),
        retired=retired,
        omitted=_by_kind(rest) if rest else NOTHING_COUNTED,
    )


def _marked(document: Document, violations: Sequence[Violation], value: Any) -> list[Fingerprinted]:
    """Return the violations of a document with their fingerprints, and without fixes that its source cannot have."""
    if document.written is not None:
        from ..fixing.applying import without_impossible

        violations = without_impossible(document, violations)
    return [(violation, fingerprint(violation, value)) for violation in violations]


def _under(
    comments: list[Comment], found: list[Fingerprinted], lines: LineIndex, linter: Linter, *, is_whole: bool
) -> tuple[list[Fingerprinted], list[Suppressed]]:
    """Return what is left under the comments of a text, with what is wrong with them, and what they suppress."""
    from ..suppressions.comments import complaints, directives, suppressed_by

    said = directives(comments, lines)
    found, suppressed = suppressed_by(said, found)
    with Sparing():
        about = [(each, fingerprint(each, None)) for each in complaints(said, linter, is_whole=is_whole)]
    return sorted(found + about, key=lambda each: _place(each[0])), suppressed


def _by_kind(rest: Counter[tuple[str, Severity]]) -> Counter[Kind]:
    return Counter({Kind(rule, severity, None): number for (rule, severity), number in rest.items() if number})


def read_record(line: bytes) -> Document:
    """Parse a line of JSON Lines."""
    return strict.read(line.rstrip(b"\r\n"), record=True)


def check_lines(name: str, lines: Iterable[bytes], linter: Linter, reader: Reader = read_record) -> FileResult:
    """Check a text with a JSON document on each line; `reader` parses a line."""
    return joined(check_lines_in_parts(name, lines, linter, reader))


def check_lines_in_parts(
    name: str, lines: Iterable[bytes], linter: Linter, reader: Reader = read_record
) -> Iterator[FileResult]:
    """Check a text with a JSON document on each line, and yield its result in parts of limited size."""
    part = _Lines(name)
    rest = iter(lines)
    first = list(islice(rest, LINES_LOOKED_AT))
    if hold_no_requests(name, first, linter, reader):
        first, rest = _up_to_written(first), iter(())
    is_empty = True
    for number, line in enumerate(chain(first, rest), start=1):
        if line.strip(_SPACE):
            part.take(line, number, linter, reader)
            is_empty = False
        if len(part.violations) >= _MUCH:
            yield part.result(name)
            part = _Lines(name, ids=part.ids)
    if part.lines:
        yield part.result(name)
    elif is_empty:
        yield check_nothing(name, linter)


def hold_no_requests(name: str, lines: Iterable[bytes], linter: Linter, reader: Reader = read_record) -> bool:
    """Whether the first lines of a text are all certainly not requests, which is reported only once."""
    written = [line for line in lines if line.strip(_SPACE)]
    return bool(written) and all(_is_refused_as_stranger(_judged(name, reader(line), linter)) for line in written)


def _up_to_written(lines: list[bytes]) -> list[bytes]:
    """Return the lines up to the first one that is not blank."""
    number = next((number for number, line in enumerate(lines, start=1) if line.strip(_SPACE)), 0)
    return lines[:number]


def check_slice(name: str, data: bytes, first: int, linter: Linter) -> Sliced:
    """Check some lines of a JSON Lines text; `first` is the number of the first one in the whole text.

    Duplicate `custom_id`s are not reported: the ids are returned, to be compared with those of other slices.
    """
    part = _Lines(name)
    ids: list[tuple[str, int]] = []
    for number, line in enumerate(data.split(b"\n"), start=first):
        if line.strip(_SPACE):
            part.ids = {}
            part.take(line, number, linter)
            ids += part.ids.items()
    return Sliced(part.result(name), ids)


def check_line(name: str, line: bytes, number: int, linter: Linter, *, first: int) -> FileResult:
    """Check a line of JSON Lines whose request has the same id as the one on the line `first`."""
    part = _Lines(name, ids=_Taken(first))
    part.add(read_record(line), number, linter)
    return part.result(name)


def check_nothing(name: str, linter: Linter) -> FileResult:
    """Return the result of an empty text."""
    return check_documents(name, [strict.read(b"")], linter)


class Sliced(NamedTuple):
    """The result of a slice of a JSON Lines text."""

    result: FileResult
    ids: list[tuple[str, int]]
    """The `custom_id`s of its requests, with their line numbers."""


class _Taken(dict[str, int]):
    """Pretends that every id was seen before, on one line."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def setdefault(self, _name: str, _number: int, /) -> int:
        return self._number


class _Lines:
    """Collects the results of lines."""

    def __init__(self, name: str, ids: dict[str, int] | None = None) -> None:
        self.name = name
        self.lines = 0
        self.requests = 0
        self.violations: list[Violation] = []
        self.fingerprints: list[Fingerprint] = []
        self.texts: dict[int, str] = {}
        self.ids: dict[str, int] = {} if ids is None else ids

    def take(self, line: bytes, number: int, linter: Linter, reader: Reader = read_record) -> None:
        """Check a line; `reader` parses it, unless all is known of it."""
        text = line.rstrip(b"\r\n")
        known = linter.known(text) if reader is read_record else None
        if known is None or not self._is_usual(known, number, linter):
            self.add(reader(line), number, linter)
        elif not known.findings:
            self.lines += 1
            self.requests += 1
        else:
            self._add_known(text, known, number, linter)

    def _is_usual(self, known: Known, number: int, linter: Linter) -> bool:
        """Whether a line is a request for the linter's platform, with an id that no earlier line has."""
        if known.custom_id is not None:
            return self.ids.setdefault(known.custom_id, number) == number
        body = known.frame.value
        is_request = self.name == NAMELESS or linter.endpoint != "auto" or is_plain_request(body)
        return is_request and linter_of(body, linter) is linter

    def _add_known(self, line: bytes, known: Known, number: int, linter: Linter) -> None:
        """Add a line in which the same is found as in others with its setup."""
        patterns, found = known.frame.lines, known.findings
        if id(found) not in patterns:
            before = len(self.violations)
            self.add(read_record(line), number, linter)
            pattern = pattern_of(line, known, self.violations[before:], self.fingerprints[before:])
            patterns[id(found)] = pattern, found
            return
        pattern, _ = patterns[id(found)]
        if pattern is None:
            self.add(read_record(line), number, linter)
            return
        self.lines += 1
        self.requests += 1
        if pattern.violations:
            self.violations += pattern.on(number, line, known)
            self.fingerprints += pattern.fingerprints
            self.texts[number] = masked(_text(line))

    def add(self, document: Document, number: int, linter: Linter) -> None:
        """Check a line that was parsed."""
        document = _judged(self.name, document, linter)
        shape = declared_shape(document.value)
        checked = document if shape is None else _without_schema(document)
        self.lines += 1
        self.requests += not _is_refused_as_stranger(document)
        report = linter_of(document.value, linter).lint_document(
            checked,
            LineIndex(document.data, number, one_line=True),
            shape=shape,
            line=Line(number, self.ids),
        )
        if report.violations:
            self.violations += report.violations
            self.fingerprints += [fingerprint(violation, checked.value) for violation in report.violations]
            self.texts[number] = masked(_text(document.data))

    def result(self, name: str) -> FileResult:
        """Return the result of the lines added so far."""
        found, marks = tuple(self.violations), tuple(self.fingerprints)
        return FileResult(name, self.requests, found, self.texts, fingerprints=marks)


def judge(
    name: str, data: bytes, platform: str | None = None, *, recordings: bool = False
) -> tuple[Verdict, list[Document]]:
    """Decide whether the text of a file is a request, and return its documents, if it was parsed.

    JSON Lines have no documents. One of several documents has to be a request.

    Args:
        name: The name of the file.
        data: The text.
        platform: The platform chosen by the user, if any.
        recordings: Whether the requests in recordings of HTTP calls are checked.

    Raises:
        MissingParserError: if the parser for source code in that format is not installed.
    """
    text_format = format_of(name)
    if text_format in CODE:
        documents = read_code(data, text_format, name)
        return judge_calls(documents), documents
    if not may_be_request(data):
        return Verdict(is_request=False, reason="it has no `messages`"), []
    if text_format is Format.LINES:
        return judge_lines(data.split(b"\n", _RECORDS_LOOKED_AT * 2), platform), []
    reason = why_no_request(data, recordings=recordings) if text_format is Format.YAML else None
    if reason is not None:
        return Verdict(is_request=False, reason=reason), []
    return judge_data(read_data(data, text_format), platform, recordings=recordings)


def judge_data(
    documents: list[Document], platform: str | None = None, *, recordings: bool = False
) -> tuple[Verdict, list[Document]]:
    """Decide whether one of the documents of JSON or YAML is a request, or holds some, and return those to check."""
    if any(may_hold_calls(document.value) for document in documents):
        if not recordings and any(is_recording(document.value) for document in documents):
            return Verdict(is_request=False, reason=RECORDING), []
        found = with_calls(documents, recordings=recordings)
        if found != documents:
            return judge_calls(found), found
    return judge_documents(documents, platform), documents


def judge_calls(documents: list[Document]) -> Verdict:
    """Decide whether there is something to check in a file with calls, by the documents of the calls."""
    calls = sum(document.call is not None for document in documents)
    if calls:
        return Verdict(is_request=True, reason=f"it has {count(calls, 'call')} of the Messages API")
    if any(document.comments for document in documents):
        return Verdict(is_request=True, reason="it has comments for msglint, but no call of the Messages API")
    if documents:
        return Verdict(is_request=True, reason="it cannot be parsed, but calls the Messages API")
    return Verdict(is_request=False, reason="it has no call of the Messages API")


def judge_documents(documents: list[Document], platform: str | None = None) -> Verdict:
    """Decide whether one of the documents of a text is a request; `platform` is the one chosen by the user."""
    verdicts = [recognised(document, platform) for document in documents]
    return next((verdict for verdict in verdicts if verdict.is_request), verdicts[0])


def judge_lines(lines: Iterable[bytes], platform: str | None = None, reader: Reader = read_record) -> Verdict:
    """Decide whether lines hold requests, by the first one that can be parsed, or else by the first one."""
    written = (line for line in lines if line.strip(_SPACE))
    documents = [reader(line) for line in islice(written, _RECORDS_LOOKED_AT)]
    first = next((document for document in documents if document.readable), None)
    return recognised(first or (documents[0] if documents else strict.read(b"")), platform)


def _without_schema(document: Document) -> Document:
    """Remove a `$schema` of ours, which is for editors and not for the API."""
    if _shape_of(document) is None:
        return document
    return document._replace(value={key: item for key, item in document.value.items() if key != SCHEMA_KEY})


def _place(violation: Violation) -> tuple[int, int]:
    return (violation.range.line, violation.range.column) if violation.range is not None else (0, 0)


def _lines_of(violations: list[Violation]) -> set[int]:
    places = [violation.range for violation in violations]
    places += [related.range for violation in violations for related in violation.related]
    return {place.line for place in places if place is not None}


def _pick_lines(data: bytes, wanted: set[int]) -> dict[int, str]:
    """Return lines of a text for display; secrets are masked in the whole text, because some span several lines."""
    if not wanted:
        return {}
    data = masked_data(data)
    start, last = 0, max(wanted)
    if b"\r" not in data:
        found = data.split(b"\n", last)
        return {number: _text(found[number - 1]) for number in sorted(wanted) if number <= len(found)}
    lines: dict[int, str] = {}
    for number, end in enumerate(_LINE_END.finditer(data), start=1):
        if number in wanted:
            lines[number] = _text(data[start : end.start()])
        start = end.end()
        if number == last:
            return lines
    lines[last] = _text(data[start:])
    return lines


def _text(line: bytes) -> str:
    return line.decode(errors="replace")


def _count_requests(document: Document) -> int:
    if _is_refused_as_stranger(document) or _is_unparsed(document):
        return 0
    if document.call is None and _is_wholly_unknown(document):
        return 0  # a text with comments alone
    if document.call is not None:
        return _count_of_call(document)
    requests = document.value.get("requests") if isinstance(document.value, dict) else None
    return len(requests) if isinstance(requests, list) else 1


def _count_of_call(document: Document) -> int:
    """Count the requests that a call sends: one, or as many as the items of a batch that is spelled out."""
    requests = document.value.get("requests") if isinstance(document.value, dict) else None
    is_batch = document.sent is not None and document.sent.endpoint == "batches" and isinstance(requests, list)
    return max(1, len(requests)) if is_batch and requests is not None else 1


def _is_wholly_unknown(document: Document) -> bool:
    """Whether nothing is known of a call's body, it is not to be checked, or there is no call but only comments."""
    return document.unknown is not None and () in document.unknown.values


def _names_retired_model(document: Document, report: Report) -> bool:
    """Whether a request in code that is run names a retired model."""
    is_run = document.sent is not None and document.sent.is_run
    return is_run and any(violation.rule == _RETIRED for violation in report.violations)


def _of_calls(name: str, found: list[Fingerprinted]) -> list[Fingerprinted]:
    """Return what was found in calls in the order of the file; what several calls share is reported once."""
    once: dict[object, Fingerprinted] = {}
    for each in found:
        violation = each[0]
        once.setdefault((violation.rule, violation.range, violation.message), each)
    kept = sorted(once.values(), key=lambda each: _place(each[0]))
    if format_of(name) in CODE:
        return kept
    # The calls in JSON and YAML are texts in texts, or put together from several places: there is no way to edit them.
    return [(violation._replace(fix=None), mark) for violation, mark in kept]


def linter_of_document(document: Document, linter: Linter) -> Linter:
    """Return the linter for a document; what source code says about how a call is sent comes first."""
    return linter_of(document.value, linter) if document.sent is None else linter.for_call(document.sent)


def _shape_of(document: Document) -> str | None:
    """Return the shape that a document names itself; a call in source code names none."""
    return declared_shape(document.value) if document.call is None else None


def linter_of(value: Any, linter: Linter) -> Linter:
    """Return the linter for a document: that of the platform the document names, unless the user chose one."""
    host = host_of(value) if linter.told_platform is None else None
    return linter if host is None else linter.on(host)


def _without_strangers(name: str, documents: list[Document], linter: Linter) -> list[Document]:
    """Replace documents that are certainly not requests by the finding about that; only one if all are."""
    judged = [_judged(name, document, linter) for document in documents]
    if all(map(_is_refused_as_stranger, judged)):
        return judged[:1]
    return judged


def _judged(name: str, document: Document, linter: Linter) -> Document:
    """Return a document, or a replacement with one finding if it is certainly not a request.

    A text without a name is always meant as a request, and so is a readable one if the user named the endpoint.
    """
    if name == NAMELESS or document.call is not None or (document.readable and linter.endpoint != "auto"):
        return document
    if _is_wholly_unknown(document):
        return document
    found = stranger(name, document)
    if found is None:
        return document
    rule = RULES["syntax/not-a-request"]
    finding = SyntaxFinding(rule, rule.check(found))
    return Document(document.data, None, readable=False, findings=(finding,), finder=document.finder)


def _is_unparsed(document: Document) -> bool:
    return bool(document.findings) and any(
        finding.rule is RULES["syntax/unparsed-source"] for finding in document.findings
    )


def _is_refused_as_stranger(document: Document) -> bool:
    found = document.findings
    return bool(found) and any(finding.rule is RULES["syntax/not-a-request"] for finding in found)


def _has_records(data: bytes) -> bool:
    """Whether a text is not JSON, but one of its first lines is a JSON object."""
    lines = [line for line in data.split(b"\n", _RECORDS_LOOKED_AT + 1) if line.strip(_SPACE)]
    if len(lines) == 1 or not any(isinstance(strict.read(line).value, dict) for line in lines[:_RECORDS_LOOKED_AT]):
        return False
    return not strict.read(data).readable

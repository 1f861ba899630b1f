"""Files: which ones are checked, and how one is read and checked without keeping others from it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from .decode import Decoded, decode
from .fingerprint import Fingerprint, fingerprint
from .words import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from .linter import Linter
    from .report import Report, Violation

_LINES_SUFFIXES: Final = frozenset({".jsonl", ".ndjson"})
SUFFIXES: Final = _LINES_SUFFIXES | {".json"}
"""The endings of the files that are looked at in a folder."""

_SKIPPED_FOLDERS: Final = frozenset({"__pycache__", "build", "dist", "node_modules", "site-packages", "venv"})
_LINE_END: Final = re.compile(rb"\r\n|\n|\r")
_SPACE: Final = b" \t\r\n"
_REQUEST_MARKS: Final = (b'"role"', b'"content"')
_REQUEST_KEYS: Final = frozenset({"max_tokens", "system", "thinking", "anthropic_version"})
"""Properties that tell a request that lacks its `model` from other vendors' lists of messages."""
_RECORDS_LOOKED_AT: Final = 3


@dataclass(frozen=True, slots=True)
class FileResult:
    """What checking one file came to."""

    name: str
    """The file's name as it was given, safe to print."""
    requests: int = 0
    """The number of requests in it; each request of a batch counts."""
    violations: tuple[Violation, ...] = ()
    lines: dict[int, str] = field(default_factory=dict)
    """The text of the lines that violations speak of, by number."""
    error: str | None = None
    """Why the file could not be checked."""
    fingerprints: tuple[Fingerprint, ...] = ()
    """What tells each violation from others wherever its line is, in their order."""
    path: str | None = None
    """The file as the system knows it; None where it is not one."""


def find(paths: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """List the files that `paths` name, and for each whether it was named itself rather than found in a folder.

    Folders are walked in alphabetical order, without hidden and vendored ones, for the files that end like JSON. A
    folder that cannot be read is listed as if it were a file, so that reading it says why.
    """
    for path in dict.fromkeys(paths):
        if path and _holds(Path.is_dir, path):
            yield from _walk(path)
        else:
            yield path, True


def _walk(folder: str) -> Iterator[tuple[str, bool]]:
    unreadable: list[str] = []
    for place, subfolders, names in os.walk(folder, onerror=lambda error: unreadable.append(str(error.filename))):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith(".") and name not in _SKIPPED_FOLDERS)
        for name in sorted(names):
            found = Path(place, name)
            if found.suffix.lower() in SUFFIXES and not name.startswith(".") and _holds(Path.is_file, found):
                yield str(found), False
    yield from ((name, True) for name in unreadable)


def _holds(question: Callable[[Path], bool], path: str | Path) -> bool:
    try:
        return question(Path(path))
    except OSError:
        return False


def check_file(path: str, linter: Linter, *, named: bool = True) -> FileResult | None:
    """Check the file at `path`, or return None for one that was not named and does not look like a request."""
    name = shown_name(path)
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - `Path` would make the current folder of an empty name
            if Path(path).suffix.lower() in _LINES_SUFFIXES:
                return _check_lines(name, file, linter, named=named)
            data = file.read()
    except OSError as error:
        return FileResult(name, error=f"cannot be read: {error.strerror or error}")
    return _check_document(name, data, linter, named=named)


def check_text(name: str, data: bytes, linter: Linter) -> FileResult:
    """Check one JSON document."""
    return _check_document(name, data, linter, named=True) or FileResult(name)


def check_stream(name: str, data: bytes, linter: Linter) -> FileResult:
    """Check a text that came without a file: JSON, or JSON Lines if its ending or its first lines say so."""
    suffix = Path(name).suffix.lower()
    if suffix in _LINES_SUFFIXES or (suffix not in SUFFIXES and _has_records(data)):
        return _check_lines(name, data.split(b"\n"), linter, named=True) or FileResult(name)
    return check_text(name, data, linter)


def shown_name(path: str) -> str:
    """Make a file's name fit to be written anywhere: bytes that are not UTF-8 and controls are escaped."""
    return printable(os.fsencode(path).decode(errors="backslashreplace"))


def _check_document(name: str, data: bytes, linter: Linter, *, named: bool) -> FileResult | None:
    decoded = decode(data)
    if not named and not _looks_like_request(decoded):
        return None
    report = linter.lint_decoded(decoded)
    wanted = _lines_of(report)
    lines = _pick_lines(decoded.data, wanted) if wanted else {}
    prints = tuple(fingerprint(violation, decoded.value) for violation in report.violations)
    return FileResult(name, _count_requests(decoded.value), report.violations, lines, fingerprints=prints)


def _check_lines(name: str, lines: Iterable[bytes], linter: Linter, *, named: bool) -> FileResult | None:
    """Check a file with a JSON document on each line, one line at a time."""
    requests = 0
    violations: list[Violation] = []
    prints: list[Fingerprint] = []
    texts: dict[int, str] = {}
    ids: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip(_SPACE):
            continue
        decoded = decode(line.rstrip(b"\r\n"), record=True)
        if not requests and not named and not _looks_like_request(decoded):
            return None
        requests += 1
        report = linter.lint_line(decoded, number, ids)
        if report.violations:
            violations += report.violations
            prints += [fingerprint(violation, decoded.value) for violation in report.violations]
            texts[number] = _text(decoded.data)
    if not requests:
        return check_text(name, b"", linter) if named else None
    return FileResult(name, requests, tuple(violations), texts, fingerprints=tuple(prints))


def _lines_of(report: Report) -> set[int]:
    places = [violation.range for violation in report.violations]
    places += [related.range for violation in report.violations for related in violation.related]
    return {place.line for place in places if place is not None}


def _pick_lines(data: bytes, wanted: set[int]) -> dict[int, str]:
    lines: dict[int, str] = {}
    start, last = 0, max(wanted)
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


def _count_requests(value: Any) -> int:
    requests = value.get("requests") if isinstance(value, dict) else None
    return len(requests) if isinstance(requests, list) else 1


def _has_records(data: bytes) -> bool:
    """Whether a text is no JSON, but one of its first lines is a JSON object."""
    lines = [line for line in data.split(b"\n", _RECORDS_LOOKED_AT + 1) if line.strip(_SPACE)]
    if len(lines) == 1 or not any(isinstance(decode(line).value, dict) for line in lines[:_RECORDS_LOOKED_AT]):
        return False
    return not decode(data).readable


def _looks_like_request(decoded: Decoded) -> bool:
    """Whether a file found in a folder is one of ours: a request, a batch, or a broken text that speaks of one."""
    value = decoded.value
    if not decoded.readable:
        return all(mark in decoded.data for mark in _REQUEST_MARKS)
    if not isinstance(value, dict):
        return False
    requests = value.get("requests")
    if isinstance(requests, list):
        return not requests or any(isinstance(request, dict) and "params" in request for request in requests)
    return {"custom_id", "params"} <= value.keys() or _looks_like_body(value)


def _looks_like_body(value: dict[str, Any]) -> bool:
    """Whether an object is a body for Claude: it has messages, and a Claude model or another property of ours."""
    messages, model = value.get("messages"), value.get("model")
    if not isinstance(messages, list) or any(not isinstance(message, dict) for message in messages[:1]):
        return False
    return "claude" in model.lower() if isinstance(model, str) else not _REQUEST_KEYS.isdisjoint(value)

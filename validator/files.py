"""Files: which ones are checked, and how one is read and checked without keeping others from it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .linter import Linter
    from .report import Report, Violation

_LINES_SUFFIXES: Final = frozenset({".jsonl", ".ndjson"})
SUFFIXES: Final = _LINES_SUFFIXES | {".json"}
"""The endings of the files that are looked at in a folder."""

_SKIPPED_FOLDERS: Final = frozenset({"__pycache__", "build", "dist", "node_modules", "site-packages", "venv"})
_LINE_END: Final = re.compile(rb"\r\n|\n|\r")
_SPACE: Final = b" \t\r\n"
_REQUEST_MARKS: Final = (b'"messages"', b'"custom_id"', b'"requests"')
_ROOT_MARKS: Final = ("messages", "requests")


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


def find(paths: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """List the files that `paths` name, and for each whether it was named itself rather than found in a folder.

    Folders are walked in alphabetical order, without hidden and vendored ones, for the files that end like JSON.
    """
    for path in paths:
        if Path(path).is_dir():
            for folder, subfolders, names in os.walk(path):
                subfolders[:] = sorted(
                    name for name in subfolders if not name.startswith(".") and name not in _SKIPPED_FOLDERS
                )
                for name in sorted(names):
                    if Path(name).suffix.lower() in SUFFIXES and not name.startswith("."):
                        yield str(Path(folder, name)), False
        else:
            yield path, True


def check_file(path: str, linter: Linter, *, named: bool = True) -> FileResult | None:
    """Check the file at `path`, or return None for one that was not named and does not look like a request."""
    name = shown_name(path)
    try:
        with Path(path).open("rb") as file:
            if Path(path).suffix.lower() in _LINES_SUFFIXES:
                return _check_lines(name, file, linter, named=named)
            data = file.read()
    except OSError as error:
        return FileResult(name, error=f"cannot be read: {error.strerror or error}")
    return check_text(name, data, linter) if named or _looks_like_request(data) else None


def check_text(name: str, data: bytes, linter: Linter) -> FileResult:
    """Check one JSON document."""
    report = linter.lint_text(data)
    wanted = _lines_of(report)
    return FileResult(name, _count_requests(data), report.violations, _pick_lines(data, wanted) if wanted else {})


def check_stream(name: str, data: bytes, linter: Linter) -> FileResult:
    """Check a text that came without a file: JSON, or JSON Lines if its ending or its first line says so."""
    suffix = Path(name).suffix.lower()
    if suffix in _LINES_SUFFIXES or (suffix not in SUFFIXES and _begins_with_record(data)):
        lines = iter(data.splitlines(keepends=True))
        result = _check_lines(name, lines, linter, named=True)
        return result or FileResult(name)
    return check_text(name, data, linter)


def shown_name(path: str) -> str:
    """Make a file's name fit to be written anywhere: bytes that are not UTF-8 and controls are escaped."""
    name = os.fsencode(path).decode(errors="backslashreplace")
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in name)


def _check_lines(name: str, lines: BinaryIO | Iterator[bytes], linter: Linter, *, named: bool) -> FileResult | None:
    """Check a file with a JSON document on each line, one line at a time."""
    requests = 0
    violations: list[Violation] = []
    texts: dict[int, str] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip(_SPACE):
            continue
        if not requests and not named and not _looks_like_request(line):
            return None
        requests += 1
        report = linter.lint_text(line.rstrip(b"\r\n"), first_line=number)
        if report.violations:
            violations += report.violations
            texts[number] = _text(line.rstrip(b"\r\n"))
    return FileResult(name, requests, tuple(violations), texts)


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
    return line.decode(errors="replace").removeprefix("\ufeff")


def _count_requests(data: bytes) -> int:
    if b'"requests"' not in data:
        return 1
    requests = _read(data, "requests")
    return len(requests) if isinstance(requests, list) else 1


def _read(data: bytes, key: str) -> Any:
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return None
    return value.get(key) if isinstance(value, dict) else None


def _begins_with_record(data: bytes) -> bool:
    """Whether the first line is a JSON object and more text follows it."""
    first, _, rest = data.strip(_SPACE).partition(b"\n")
    try:
        return bool(rest) and isinstance(orjson.loads(first), dict)
    except orjson.JSONDecodeError:
        return False


def _looks_like_request(data: bytes) -> bool:
    """Whether a file found in a folder is one of ours: a request, a batch, or a broken text that speaks of one."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return any(mark in data for mark in _REQUEST_MARKS)
    if not isinstance(value, dict):
        return False
    return any(isinstance(value.get(mark), list) for mark in _ROOT_MARKS) or {"custom_id", "params"} <= value.keys()

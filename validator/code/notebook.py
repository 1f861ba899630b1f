"""Read the calls of the Messages API in Jupyter notebooks: Python over all cells, and shell cells."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from ..common.lazy_regex import regex
from ..places.locate import Span, locate
from . import python, shell
from .call import Call, Source, Unread
from .mapped import Mapped
from .python_source import PythonText, parse, without_magics

_PIECE: Final = regex(
    rb'[^"\\]+|(?:\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.)', 16
)
_CELL_MAGIC: Final = regex(rb"\s*%%(\w+)[ \t]*([^\r\n]*)(?:\r\n|\n|\r|$)")
_SHELLS: Final = frozenset({"bash", "sh", "shell", "zsh", "shellscript"})
_PYTHON_MAGICS: Final = frozenset({"time", "timeit", "capture", "prun", "memit", "python", "python3", "ipytest"})
"""Magics of cells whose other lines are Python."""
_REFUSED: Final = ("invalid_request_error", "BadRequestError")
"""What the output of a cell shows if the API has refused its request."""


class _Cell(NamedTuple):
    """A cell with code."""

    number: int
    """From 1; all cells count."""
    strings: list[Span]
    """The ranges of the JSON strings of its source."""
    is_refused: bool
    """Whether its output shows that the API has refused the request."""
    language: str


class CellPlace(NamedTuple):
    """A place in a notebook, as its readers count: all from 1."""

    cell: int
    line: int
    column: int
    """In characters."""


def read(data: bytes, *, is_fragment: bool = False) -> Source:  # noqa: ARG001 - all readers are called alike
    """Read the calls in a notebook in UTF-8; each has the number of its cell."""
    if not python.may_hold_calls(data):
        return Source()
    cells = _cells(data)
    if isinstance(cells, Unread):
        return Source(unread=cells)
    found = _Notebook()
    for cell in cells:
        text = Mapped()
        for span in cell.strings:
            _add_unescaped(text, data, span)
        found.add(cell, text)
    return found.source()


def read_cells(data: bytes, cells: Iterable[tuple[int, int, str]]) -> Source:
    """Read the calls in the cells of an open notebook, whose texts stand one after the other in `data`.

    Args:
        data: The texts, UTF-8.
        cells: The byte range of each cell with code, and its language in lower case.
    """
    if not python.may_hold_calls(data):
        return Source()
    found = _Notebook()
    for number, (start, end, language) in enumerate(cells, start=1):
        text = Mapped()
        text.add(data[start:end], start)
        found.add(_Cell(number, [Span(start, end, None)], is_refused=False, language=language), text)
    source = found.source()
    return replace(source, calls=[replace(call, cell=None) for call in source.calls])


@dataclass(slots=True)
class _Notebook:
    _text: Mapped = field(default_factory=Mapped)
    """The source of the Python cells, unescaped."""
    _length: int = 0
    _code: Mapped = field(default_factory=Mapped)
    """The same without magics."""
    _starts: list[int] = field(default_factory=list)
    _cells: list[_Cell] = field(default_factory=list)
    _calls: list[Call] = field(default_factory=list)
    _comments: list[tuple[int, int]] = field(default_factory=list)

    def add(self, cell: _Cell, text: Mapped) -> None:
        """Add a cell and its source."""
        data = text.data
        magic = _CELL_MAGIC.match(data)
        name, language = "", cell.language
        if magic is not None:
            name = magic[1].decode()
            language = magic[2].split()[0].decode(errors="replace") if name == "script" and magic[2].split() else name
            language = "python" if name in _PYTHON_MAGICS else language
        start = magic.end() if magic is not None else 0
        if language in _SHELLS:
            self._add_shell(cell, text, start)
        elif language == "python":
            self._add_python(cell, text, start)

    def _add_shell(self, cell: _Cell, text: Mapped, start: int) -> None:
        body = Mapped()
        body.add(text.data[start:], start)
        source = text.restored(body.restored(shell.read(body.data)))
        self._calls += [_in_cell(call, cell) for call in source.calls]
        self._comments += source.comments

    def _add_python(self, cell: _Cell, text: Mapped, start: int) -> None:
        data = text.data
        body = Mapped()
        body.add(data[start:], start)
        code = body
        if not isinstance(parse(body.data), PythonText):
            code = Mapped()
            without_magics(code, data, start)
            if not isinstance(parse(code.data), PythonText):
                return
        self._starts.append(self._length)
        self._cells.append(cell)
        text.append_to(self._text, 0)
        self._text.add(b"\n", *[cell.strings[-1].end if cell.strings else 0] * 2)
        code.append_to(self._code, self._length)
        self._length += len(data) + 1
        self._code.add(b"\n", self._length - 1)

    def source(self) -> Source:
        parsed = parse(self._code.data)
        if isinstance(parsed, PythonText):
            source = self._code.restored(python.source_of(parsed))
            cells = [self._cells[bisect_right(self._starts, call.start) - 1] for call in source.calls]
            source = self._text.restored(source)
            self._calls += [_in_cell(call, cell) for call, cell in zip(source.calls, cells, strict=True)]
            self._comments += source.comments
        self._calls.sort(key=lambda call: (call.start, -call.end))
        return Source(self._calls, sorted(self._comments))


def _in_cell(call: Call, cell: _Cell) -> Call:
    return replace(call, cell=cell.number, is_refused_on_purpose=call.is_refused_on_purpose or cell.is_refused)


def _add_unescaped(mapped: Mapped, data: bytes, span: Span) -> None:
    """Add the text of a JSON string."""
    for match in _PIECE.finditer(data, span.start + 1, span.end - 1):
        piece = match[0]
        mapped.add(_decoded(piece) if piece[:1] == b"\\" else piece, match.start(), match.end())


def _decoded(escape: bytes) -> bytes:
    text: str = json.loads(b'"' + escape + b'"')
    return (
        text.encode(errors="replace")
        if text.isascii()
        else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
    )


def _cells(data: bytes) -> list[_Cell] | Unread:
    """Return the cells with code of a notebook."""
    try:
        notebook = json.loads(data)
    except RecursionError:
        return Unread("it is nested too deeply")
    except ValueError as error:
        return Unread(f"it is not a notebook: {error}")
    listed = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(listed, list):
        return []
    language = _language(notebook)
    paths = [path for number, cell in enumerate(listed) for path in _paths(number, cell)]
    spans = locate(data, paths)
    found: list[_Cell] = []
    for number, cell in enumerate(listed):
        strings = [spans[path] for path in _paths(number, cell) if path in spans]
        if strings:
            own = _member(cell, "metadata", "vscode", "languageId")
            spoken = own.lower() if isinstance(own, str) else language
            found.append(_Cell(number + 1, strings, _is_refused(cell), spoken))
    return found


def _paths(number: int, cell: Any) -> list[tuple[str | int, ...]]:
    """Return the paths of the strings of a cell's source; none for a cell without code."""
    if not isinstance(cell, dict) or cell.get("cell_type") != "code":
        return []
    source = cell.get("source")
    if isinstance(source, str):
        return [("cells", number, "source")]
    if not isinstance(source, list):
        return []
    return [("cells", number, "source", line) for line, text in enumerate(source) if isinstance(text, str)]


def _member(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _language(notebook: dict[str, Any]) -> str:
    """Return the language of a notebook's kernel; Python if it does not say."""
    for names in (("metadata", "kernelspec", "language"), ("metadata", "language_info", "name")):
        language = _member(notebook, *names)
        if isinstance(language, str) and language:
            language = language.lower()
            return "python" if language.startswith(("python", "ipython", "pyodide")) else language
    return "python"


def _is_refused(cell: dict[str, Any]) -> bool:
    tags = _member(cell, "metadata", "tags")
    if isinstance(tags, list) and "raises-exception" in tags:
        return True
    waiting = [cell.get("outputs")]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            if any(word in value for word in _REFUSED):
                return True
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
    return False


@dataclass(slots=True)
class _Lines:
    """The characters of a cell: where each piece of its text stands in the file, and where its lines start."""

    files: list[int]
    """The offset in the file at which each piece starts."""
    characters: list[int]
    """The number of characters before each piece."""
    starts: list[int]
    """The number of characters before each line."""


@dataclass(slots=True)
class CellPlaces:
    """Tells where in which cell a byte of a notebook stands."""

    _data: bytes
    _cells: list[_Cell]
    _starts: list[int] = field(default_factory=list)
    _lines: dict[int, _Lines] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._cells = sorted((cell for cell in self._cells), key=lambda cell: cell.strings[0].start)
        self._starts = [cell.strings[0].start for cell in self._cells]

    def place(self, offset: int) -> CellPlace | None:
        """Return the place of a byte of the file; None if it is in no cell with code."""
        number = bisect_right(self._starts, offset) - 1
        if number < 0 or offset > self._cells[number].strings[-1].end:
            return None
        lines = self._lines.get(number)
        if lines is None:
            lines = self._lines[number] = _lines_of(self._data, self._cells[number])
        piece = max(bisect_right(lines.files, offset) - 1, 0)
        text = self._data[lines.files[piece] : offset]
        inside = 0 if text[:1] == b"\\" else len(text.rstrip(b'"').decode(errors="replace"))
        character = lines.characters[piece] + inside
        line = bisect_right(lines.starts, character)
        return CellPlace(self._cells[number].number, line, character - lines.starts[line - 1] + 1)


def cell_places(data: bytes) -> CellPlaces:
    """Return the places of a notebook's cells; never raises, whatever the data is."""
    cells = _cells(data)
    return CellPlaces(data, [] if isinstance(cells, Unread) else cells)


def _lines_of(data: bytes, cell: _Cell) -> _Lines:
    lines = _Lines([], [], [0])
    number = 0
    is_return = False
    for span in cell.strings:
        for match in _PIECE.finditer(data, span.start + 1, span.end - 1):
            piece = match[0]
            text = (_decoded(piece) if piece[:1] == b"\\" else piece).decode(errors="replace")
            lines.files.append(match.start())
            lines.characters.append(number)
            number += len(text)
            if text == "\n" and is_return:
                lines.starts[-1] = number
            elif text in {"\n", "\r"}:
                lines.starts.append(number)
            is_return = text == "\r"
    if not lines.files:
        lines.files.append(cell.strings[0].start + 1)
        lines.characters.append(0)
    return lines

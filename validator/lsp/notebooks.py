"""Open notebooks: their cells are read as one text, and what is found is reported for each cell by itself."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from lsprotocol import types

from ..code.notebook import read_cells
from ..code.reading import documents_of
from ..documents import Format
from .open_document import OpenDocument
from .text import Text, alike, alike_at_end

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..documents import Document
    from ..project import Project

LANGUAGES: Final = ("python", "shellscript")
"""The languages of cells that are read, by their names in the protocol."""
SYNC: Final = types.NotebookDocumentSyncOptions(
    [
        types.NotebookDocumentFilterWithNotebook(
            "jupyter-notebook", [types.NotebookCellLanguage(language) for language in LANGUAGES]
        )
    ],
    save=True,
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with code."""

    uri: str
    language: str
    text: Text
    is_code: bool = True

    @property
    def is_read(self) -> bool:
        """Whether calls are read in it."""
        return self.is_code and self.language in LANGUAGES


@dataclass(eq=False)
class Notebook(OpenDocument):
    """One version of a notebook; its text is that of all cells, each with a line end behind it."""

    cells: tuple[Cell, ...] = ()

    @cached_property
    def format(self) -> Format:
        """The language of most of its text."""
        return Format.PYTHON

    @property
    def is_fixable(self) -> bool:
        """Whether all fixes can be applied at once; in a notebook, they are applied one by one."""
        return False

    @property
    def uris(self) -> list[str]:
        """The addresses of its cells."""
        return [cell.uri for cell in self.cells]

    def with_cells(self, cells: Iterable[Cell], version: int | None, project: Project) -> Notebook:
        """Return the next version, with other cells."""
        cells = tuple(cells)
        after = self.now(_joined(cells, self.text.encoding), version, project)
        return replace(after, cells=cells)

    def first_line(self, uri: str) -> int:
        """Return the line of its text at which a cell begins."""
        number = self.uris.index(uri)
        return self.text.position(self._starts[number]).line

    def location(self, place: types.Range) -> types.Location:
        """Return the place of a range of its text in the cell in which it begins."""
        number = max(0, bisect_right(self._starts, self.text.offset(place.start)) - 1)
        if not self.cells:
            return types.Location(self.uri, place)
        return types.Location(self.cells[number].uri, moved(place, -self.text.position(self._starts[number]).line))

    @cached_property
    def _starts(self) -> list[int]:
        """The character at which each cell begins."""
        return list(accumulate((len(cell.text.text) + 1 for cell in self.cells), initial=0))[: len(self.cells)]

    @cached_property
    def _ranges(self) -> list[tuple[int, int, str]]:
        """The byte range of each cell, and its language."""
        starts = accumulate((len(cell.text.data) + 1 for cell in self.cells), initial=0)
        return [
            (start, start + len(cell.text.data), cell.language)
            for start, cell in zip(starts, self.cells, strict=False)
            if cell.is_read
        ]

    def _read(self, data: bytes) -> list[Document]:
        """Return the calls of its text, or of one that differs from it within one cell."""
        before = self.text.data
        same = alike(before, data)
        last = len(before) - alike_at_end(before, data, min(len(before), len(data)) - same)
        growth = len(data) - len(before)
        ranges = [
            (start + growth * (start >= last and start > same), end + growth * (end >= last), language)
            for start, end, language in self._ranges
        ]
        return documents_of(read_cells(data, ranges), data)


def _joined(cells: Iterable[Cell], encoding: str) -> Text:
    return Text("".join(f"{cell.text.text}\n" for cell in cells), encoding)


def opened(
    document: types.NotebookDocument,
    texts: Iterable[types.TextDocumentItem],
    path: str,
    project: Project,
    encoding: str,
    *,
    is_file: bool,
) -> Notebook:
    """Return a notebook that a client opens."""
    cells = _cells(
        document.cells, {item.uri: Cell(item.uri, item.language_id, Text(item.text, encoding)) for item in texts}
    )
    return Notebook(
        document.uri,
        path,
        "python",
        document.version,
        _joined(cells, encoding),
        project,
        is_file=is_file,
        cells=cells,
    )


def _cells(listed: Iterable[types.NotebookCell], known: dict[str, Cell]) -> tuple[Cell, ...]:
    found = []
    for each in listed:
        cell = known.get(each.document)
        if cell is not None:
            found.append(replace(cell, is_code=each.kind is types.NotebookCellKind.Code))
    return tuple(found)


def changed(notebook: Notebook, event: types.NotebookDocumentChangeEvent, version: int, project: Project) -> Notebook:
    """Return the next version of a notebook after a change of its cells."""
    changes = event.cells
    if changes is None:
        return notebook
    encoding = notebook.text.encoding
    listed = list(notebook.cells)
    known = {cell.uri: cell for cell in listed}
    if changes.structure is not None:
        for item in changes.structure.did_open or ():
            known[item.uri] = Cell(item.uri, item.language_id, Text(item.text, encoding))
        array = changes.structure.array
        listed[array.start : array.start + array.delete_count] = _cells(array.cells or (), known)
    for content in changes.text_content or ():
        for number, cell in enumerate(listed):
            if cell.uri == content.document.uri:
                listed[number] = replace(cell, text=reduce(Text.changed, content.changes, cell.text))
    for each in changes.data or ():
        for number, cell in enumerate(listed):
            if cell.uri == each.document:
                listed[number] = replace(cell, is_code=each.kind is types.NotebookCellKind.Code)
    return notebook.with_cells(listed, version, project)


def moved(place: types.Range, lines: int) -> types.Range:
    """Return a range some lines farther down."""
    return types.Range(
        types.Position(max(0, place.start.line + lines), place.start.character),
        types.Position(max(0, place.end.line + lines), place.end.character),
    )

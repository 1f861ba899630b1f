"""Documents from texts in which a mark (`‸`) says where the cursor stands, or two of them what is chosen."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from tests.material import fixtures
from validator.lsp.open_document import OpenDocument
from validator.lsp.text import Text
from validator.project import Project

MARK = "‸"


def is_text(path: Path) -> bool:
    """Whether an editor can show a file as what it is."""
    try:
        path.read_bytes().decode()
    except UnicodeDecodeError:
        return False
    return True


FILES = [path for kind in ("good", "bad") for path in fixtures(kind) if is_text(path)]
"""The fixtures that an editor can open."""


def opened(
    text: str, name: str = "request.json", *, folder: Path | None = None, encoding: str = "utf-16", version: int = 1
) -> OpenDocument:
    """Open a text as a client does: as the file of a folder, or else as one that is not saved yet."""
    path = f"untitled:{name}" if folder is None else str(folder / name)
    uri = path if folder is None else Path(path).as_uri()
    return OpenDocument(uri, path, "", version, Text(text, encoding), Project(), is_file=folder is not None)


def at_mark(marked: str, name: str = "request.json") -> tuple[OpenDocument, int]:
    """Open a text with one mark, and say at which character that is."""
    before, after = marked.split(MARK)
    return opened(before + after, name), len(before)


def between_marks(
    marked: str, name: str = "request.json", folder: Path | None = None
) -> tuple[OpenDocument, types.Range]:
    """Open a text with two marks, and return the range between them."""
    before, chosen, after = marked.split(MARK)
    document = opened(before + chosen + after, name, folder=folder)
    return document, document.text.range_of(len(before), len(before) + len(chosen))


def with_marks(document: OpenDocument, place: types.Range) -> str:
    """Return the text of a document with marks around a range."""
    text, start, end = document.text.text, document.text.offset(place.start), document.text.offset(place.end)
    return text[:start] + MARK + text[start:end] + MARK + text[end:]


def edited(document: OpenDocument, edits: list[types.TextEdit]) -> str:
    """Return the text of a document with edits, which must not overlap."""
    text = document.text.text
    places = [(document.text.offset(e.range.start), document.text.offset(e.range.end), e.new_text) for e in edits]
    assert all(one[1] <= other[0] for one, other in zip(sorted(places), sorted(places)[1:], strict=False))
    for start, end, new in sorted(places, reverse=True):
        text = text[:start] + new + text[end:]
    return text

"""Images and PDFs embedded in a request as base64, and what their data say of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ...inspect.base64_data import UNREAD_FILE, Base64Data
from ...inspect.images import FORMATS, Size, content_type, size_of
from ...inspect.pdf import Pdf, looks_like_pdf, read_pdf

if TYPE_CHECKING:
    from ...common.pointer import Path
    from ...engine.request import Node, Request


def data_of(block: Any) -> str | None:
    """Return the base64 of an embedded image or document; None if it is not embedded."""
    source = block.get("source") if isinstance(block, dict) else None
    if not isinstance(source, dict) or source.get("type") != "base64":
        return None
    data = source.get("data")
    return data if isinstance(data, str) else None


def has_data(block: Any) -> bool:
    """Whether an image or a document is embedded and its data are known."""
    data = data_of(block)
    return bool(data) and data != UNREAD_FILE


def is_empty(block: Any) -> bool:
    """Whether an image or a document is embedded without any data."""
    return data_of(block) == ""


def data_in(block: Node) -> Base64Data:
    """Return the data of an embedded image or document, to be decoded as far as needed."""
    return Base64Data(block.value["source"]["data"])


class Picture(NamedTuple):
    """The format and the size of an image, read from its data; None if unknown."""

    content_type: str | None
    size: Size | None


def picture_of(image: Node) -> Picture:
    """Read the format and the size of an image that has data; cached, because several rules ask."""
    looked_at = image.request.cached(_pictures)
    picture = looked_at.get(image.path)
    if picture is None:
        data = data_in(image)
        found = content_type(data)
        picture = looked_at[image.path] = Picture(found, size_of(data, found) if found else None)
    return picture


def _pictures(request: Request) -> dict[Path, Picture]:
    return {}


def pdf_of(document: Node) -> Pdf:
    """Read an embedded PDF, as far as that is possible."""
    return read_pdf(data_in(document))


def is_recognised(block: Node) -> bool:
    """Whether the data are those of an image or a PDF: otherwise another rule reports them."""
    return picture_of(block).content_type in FORMATS if block.type == "image" else looks_like_pdf(data_in(block))


def within(size: Size, longest: int) -> Size:
    """Scale a size to have `longest` as its longer side."""
    width, height = (max(side * longest // max(size), 1) for side in size)
    return width, height

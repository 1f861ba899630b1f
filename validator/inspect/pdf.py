"""Read PDFs: recognise them, and find out whether they are encrypted and how many pages they have."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from functools import lru_cache
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..common.lazy_regex import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base64_data import Base64Data

_HEADER_WITHIN: Final = 1024
_TAIL: Final = 2048
_DICTIONARY: Final = 4096
_LARGEST: Final = 32 * 1024 * 1024
"""Most bytes of a PDF that is read: the API refuses any request with a larger one."""
_SMALLEST: Final = b"%PDF-1.4\n%%EOF\n"
"""The start and end of a PDF with nothing between."""

_START: Final = regex(rb"startxref\s+(\d{1,10})\s")
_OBJECT: Final = regex(rb"\s*\d+\s+\d+\s+obj\b")
_ENCRYPT: Final = regex(rb"/Encrypt\s*(?:<<|\d+\s+\d+\s+R\b)")


class Pdf(NamedTuple):
    """The properties of a PDF; None for unknown ones."""

    encrypted: bool = False
    needs_password: bool | None = None
    """Whether reading it needs a password; some encrypted PDFs only forbid printing."""
    pages: int | None = None


def looks_like_pdf(data: Base64Data) -> bool:
    """Whether data have the header of a PDF where readers look for it."""
    return b"%PDF-" in data.read(0, _HEADER_WITHIN)


_MOST_KEPT: Final = 256
_kept: dict[tuple[int, int], Pdf] = {}
"""A cache: a conversation is sent again and again with the same documents."""
_pypdf_lock: Final = Lock()


def read_pdf(data: Base64Data) -> Pdf:
    """Return the properties of a PDF: with pypdf if it is installed, else from its trailer."""
    found = _kept.get(data.fingerprint)
    if found is None:
        found = _with_pypdf(data) or Pdf(encrypted=_encrypt_in_trailer(data))
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[data.fingerprint] = found
    return found


def _encrypt_in_trailer(data: Base64Data) -> bool:
    """Whether the trailer, whose offset is at the end of the file, has an entry for encryption."""
    starts = _START.findall(data.read(data.size - _TAIL, _TAIL + 2))
    if not starts:
        return False
    text = data.read(int(starts[-1]), _DICTIONARY)
    if text.startswith(b"xref"):
        if b"trailer" not in text:  # the table of a large file is longer, and ends before `startxref`
            text = data.read(data.size - _TAIL, _TAIL + 2)
        text = text.rpartition(b"trailer")[2].partition(b"startxref")[0]
    elif _OBJECT.match(text):
        text = text.partition(b"stream")[0]
    else:
        return False
    return _ENCRYPT.search(text) is not None


def warm() -> None:
    """Import pypdf, if it is installed; it imports some of its modules when it reads the first file."""
    reader_class = _pypdf_reader()
    if reader_class is not None:
        with _silence(), suppress(Exception):
            reader_class(BytesIO(_SMALLEST))


@lru_cache(maxsize=1)
def _pypdf_reader() -> Any:
    """Return the `PdfReader` of pypdf; None if pypdf is not installed or does not work."""
    try:
        from pypdf import PdfReader
    except Exception:  # noqa: BLE001 - what it imports in turn may be broken in any way
        return None
    return PdfReader


def _with_pypdf(data: Base64Data) -> Pdf | None:
    reader_class = _pypdf_reader()
    if reader_class is None or data.size > _LARGEST:
        return None
    with _silence():
        try:
            return _read_with(reader_class, data)
        except Exception:  # noqa: BLE001 - a file may be broken in any way, and so pypdf may fail in any way
            return None


@contextmanager
def _silence() -> Iterator[None]:
    """Keep pypdf from logging."""
    import logging

    logger = logging.getLogger("pypdf")
    with _pypdf_lock:
        level = logger.level
        logger.setLevel(logging.CRITICAL + 1)
        try:
            yield
        finally:
            logger.setLevel(level)


def _read_with(reader_class: Any, data: Base64Data) -> Pdf:
    reader = reader_class(BytesIO(data.read_all()))
    encrypted = bool(reader.is_encrypted)
    if encrypted and not reader.decrypt(""):
        return Pdf(encrypted=True, needs_password=True)
    pages = reader.trailer["/Root"]["/Pages"]["/Count"]
    return Pdf(
        encrypted=encrypted,
        needs_password=False if encrypted else None,
        pages=int(pages) if isinstance(pages, int) else None,
    )

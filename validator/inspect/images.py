"""Read the format and dimensions of images from their headers, without decoding them."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from .base64_data import Base64Data

Size = tuple[int, int]
"""Width and height in pixels."""

PATCH: Final = 28
"""The side, in pixels, of the square that costs one token."""

_HEAD: Final = 48
_TEXT_HEAD: Final = 512

_SIGNATURES: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"\0\0\0\x0cJXL \r\n\x87\n", "image/jxl"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "image/jp2"),
    (b"PK\x03\x04", "application/zip"),
    (b"version https://git-lfs.github.com/spec/", "git-lfs"),
)
_BASE64_OF_PICTURES: Final = (b"iVBORw0KGgo", b"/9j/", b"R0lGODdh", b"R0lGODlh", b"UklGR", b"data:image/")
_BRANDS: Final = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), "image/heic"),
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
    **dict.fromkeys((b"isom", b"iso2", b"mp41", b"mp42", b"qt  ", b"M4V "), "video/mp4"),
}
_BMP_HEADERS: Final = frozenset({12, 40, 52, 56, 64, 108, 124})


def content_type(data: Base64Data) -> str | None:
    """Return the type of data by their first bytes: a media type, `git-lfs` or `base64`; None if unknown."""
    head = data.read(0, _HEAD)
    for signature, found in _SIGNATURES:
        if head.startswith(signature):
            return found
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12])
    if head[:2] == b"BM" and _little(head[14:18]) in _BMP_HEADERS:
        return "image/bmp"
    if head.startswith(_BASE64_OF_PICTURES):
        return "base64"
    return _text_type(data.read(0, _TEXT_HEAD))


def _text_type(head: bytes) -> str | None:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"<!doctype html", b"<html")):
        return "text/html"
    if text.startswith(b"<svg") or (text.startswith((b"<?xml", b"<!--", b"<!doctype svg")) and b"<svg" in text):
        return "image/svg+xml"
    if text.startswith((b'{"', b"{\n")):
        return "application/json"
    return None


def size_of(data: Base64Data, media_type: str) -> Size | None:
    """Return the dimensions of an image in one of the four formats; None if its header is broken."""
    measure = _MEASURES.get(media_type)
    size = measure(data) if measure else None
    return size if size and min(size) > 0 else None


def _png(data: Base64Data) -> Size | None:
    head = data.read(0, 24)
    if len(head) < 24 or head[12:16] != b"IHDR":  # noqa: PLR2004 - the places of the format, here and below
        return None
    return _big(head[16:20]), _big(head[20:24])


def _gif(data: Base64Data) -> Size | None:
    head = data.read(0, 10)
    return (_little(head[6:8]), _little(head[8:10])) if len(head) == 10 else None  # noqa: PLR2004


def _webp(data: Base64Data) -> Size | None:
    head = data.read(0, 30)
    chunk = head[12:16]
    if chunk == b"VP8L" and head[20:21] == b"\x2f" and len(head) >= 25:  # noqa: PLR2004
        bits = _little(head[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if len(head) < 30:  # noqa: PLR2004
        return None
    if chunk == b"VP8X":
        return _little(head[24:27]) + 1, _little(head[27:30]) + 1
    if chunk == b"VP8 " and head[23:26] == b"\x9d\x01\x2a":
        return _little(head[26:28]) & 0x3FFF, _little(head[28:30]) & 0x3FFF
    return None


_MOST_SEGMENTS: Final = 2000
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""The markers of the segment with the dimensions, one for each kind of JPEG."""
_WITHOUT_LENGTH: Final = frozenset({0x01, *range(0xD0, 0xD9)})
_SCAN: Final = 0xDA


def _jpeg(data: Base64Data) -> Size | None:
    """Walk the segments: a thumbnail or a colour profile of some 64 kB may come before the frame."""
    place = 2
    for _ in range(_MOST_SEGMENTS):
        head = data.read(place, 9)
        if head[:1] != b"\xff" or len(head) < 9:  # noqa: PLR2004
            return None
        marker = head[1]
        if marker in _FRAMES:
            return _big(head[7:9]), _big(head[5:7])
        if marker == _SCAN:
            return None
        if marker == 0xFF:  # noqa: PLR2004 - padding
            place += 1
        elif marker in _WITHOUT_LENGTH:
            place += 2
        else:
            place += 2 + max(_big(head[2:4]), 2)
    return None


_MEASURES: Final[dict[str, Callable[[Base64Data], Size | None]]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/gif": _gif,
    "image/webp": _webp,
}
FORMATS: Final = frozenset(_MEASURES)
"""The media types of images that the API accepts."""


def _little(value: bytes) -> int:
    return int.from_bytes(value, "little")


def _big(value: bytes) -> int:
    return int.from_bytes(value, "big")


def fits(size: Size, edge: int, tokens: int) -> bool:
    """Whether a model sees an image unscaled: no side is above `edge`, and it has at most `tokens` patches."""
    across, down = (ceil(side / PATCH) for side in size)
    return max(across, down) * PATCH <= edge and across * down <= tokens


def scaled(size: Size, edge: int, tokens: int) -> Size:
    """Return the largest size of the same proportions that fits, as the API computes it.

    Source: the documentation's page on coordinates in images, which gives the search and its rounding.
    """
    if fits(size, edge, tokens):
        return size
    long, proportion = max(size), max(size) / min(size)
    low, high = 1, long
    while high - low > 1:
        middle = (low + high) // 2
        if fits((middle, max(round(middle / proportion), 1)), edge, tokens):
            low = middle
        else:
            high = middle
    other = max(round(low / proportion), 1)
    return (low, other) if size[0] >= size[1] else (other, low)

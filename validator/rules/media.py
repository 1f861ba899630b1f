"""Images and documents."""

from __future__ import annotations

import re
from binascii import b2a_base64
from typing import Any, Final

from ..common.lazy_regex import regex
from ..common.pointer import dotted
from ..common.wording import code, count, shown
from ..engine.index import Index
from ..engine.request import Node, Request
from ..engine.rule import Example, body, rule
from ..engine.vocabulary import EMBEDDED
from ..fixes import replace
from ..inspect.images import FORMATS, Size, content_type, fits, scaled
from ..inspect.pdf import looks_like_pdf
from ..report import Severity
from .shared.embedded_files import data_in, data_of, has_data, is_empty, is_recognised, pdf_of, picture_of, within
from .shared.examples import asking
from .shared.fixes import safe

_VERSION = "2026-10-21"
_ANYWHERE: Final = "/messages/*/content/**"
_RUN: Final = ("messages", "batches")
"""Where the model is asked: counting tokens does not look into images and documents."""
_MEGABYTE: Final = 1024 * 1024

_DOCUMENT = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "The sky is blue."}}
_TEXT = {"type": "text", "text": "Here it is."}
_CONVERSATION = body(
    messages=[
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": [_TEXT, _DOCUMENT]},
        {"role": "user", "content": "Go on"},
    ]
)

_DOT: Final = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
"""A PNG of one pixel, which many examples on the web have."""
_GIF: Final = "R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw=="
_PNG_8000: Final = (
    "iVBORw0KGgoAAAANSUhEUgAAH0AAAAABAQAAAAB7GKW3AAAAEUlEQVR42mNgGAWjYBQMewAAA+kAAQgrTBsAAAAASUVORK5CYII="
)
_PNG_8001: Final = (
    "iVBORw0KGgoAAAANSUhEUgAAH0EAAAABAQAAAACU2s6JAAAAEUlEQVR42mNgGAWjYBQMfwAAA+oAAf4i1lEAAAAASUVORK5CYII="
)
_PNG_2001: Final = "iVBORw0KGgoAAAANSUhEUgAAB9EAAAABAQAAAABBRGPuAAAADElEQVR42mNgGLkAAAD8AAEy0wUiAAAAAElFTkSuQmCC"


def _made_pdf(pages: int = 1, entries: str = "") -> str:
    """Write a PDF in its shortest form, with further entries in its trailer."""
    text = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    table = f"xref\n0 3\n0000000000 65535 f \n{text.index('1 0 obj'):010} 00000 n \n{len(text):010} 00000 n \n"
    text += f"2 0 obj<</Type/Pages/Kids[]/Count {pages}>>endobj\n"
    text += f"{table}trailer<</Size 3/Root 1 0 R{entries}>>\nstartxref\n{len(text)}\n%%EOF\n"
    return b2a_base64(text.encode(), newline=False).decode()


_PDF: Final = _made_pdf()
_ENCRYPTED: Final = _made_pdf(
    entries=f"/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O({'o' * 32})/U({'u' * 32})>>"
)


def _image(data: str = _DOT, media_type: str = "image/png", **more: Any) -> dict[str, Any]:
    return {"type": "image", "source": {"type": "base64", "media_type": media_type, "data": data}, **more}


def _pdf(data: str = _PDF) -> dict[str, Any]:
    return {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": data}}


def _counting(block: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in asking(block).items() if name != "max_tokens"}


def _asking_elsewhere(version: str, *blocks: dict[str, Any]) -> dict[str, Any]:
    asked = {name: value for name, value in asking(*blocks).items() if name != "model"}
    return {"anthropic_version": version, **asked}


def _with_result(*blocks: dict[str, Any], name: str = "look", toolset: str | None = None, **more: Any) -> Any:
    call = {"type": "tool_use", "id": "toolu_1", "name": name, "input": {}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": list(blocks)}
    if toolset is not None:
        call["toolset_name"] = result["toolset_name"] = toolset
    return body(
        messages=[
            {"role": "user", "content": "Have a look"},
            {"role": "assistant", "content": [call]},
            {"role": "user", "content": [result]},
        ],
        **more,
    )


def _has_documents_of_the_user(index: Index) -> bool:
    return "document" not in index.said.get("assistant", ())


@rule(
    "media/document-in-assistant",
    on="/messages/*",
    types=("assistant",),
    skip_if=_has_documents_of_the_user,
    api_version=_VERSION,
    bad=(
        Example(
            _CONVERSATION,
            at="/messages/1/content/1",
            api_version=_VERSION,
        ),
    ),
    good=(
        Example(body(messages=[{"role": "user", "content": [_DOCUMENT]}]), api_version=_VERSION),
        Example(_CONVERSATION),
    ),
)
def document_in_assistant(message: Node, request: Request) -> None:
    """A `document` block stands directly in an assistant message, under API version 2026-10-21 or later.

    Why: That version takes documents from the user alone. Inside a block of the assistant's, such as the result of a
    web fetch, they stay allowed.

    Source: The documentation's page on migrating to API version 2026-10-21.
    """
    for block in message.items("content"):
        if block.text("type") == "document":
            block.report(
                "a `document` block stands in an assistant message, but must stand in a user message "
                f"since API version {_VERSION}",
                help="move it into a user message",
            )


def _as_the_api_names(block: Node, name: str) -> dict[str, Any] | None:
    """Spell the place of a block as the API does; None unless it is in a message or in a tool result there."""
    path = block.steps
    steps = list(path)
    match path:
        case ("messages", int(), "content", int()):
            return {"block": dotted((*steps, name))}
        case ("messages", int() as message, "content", int() as outer, "content", int()):
            if block.request.root.at("messages", message, "content", outer).type == "tool_result":
                return {"block": dotted((*steps[:4], "tool_result", *steps[4:], name))}
    return None


_NAMES: Final = {"image/png": "a PNG", "image/jpeg": "a JPEG", "image/gif": "a GIF", "image/webp": "a WebP"}


_MISMATCH: Final = (
    "{block}.source.base64: The image was specified using the {declared} media type, "
    "but the image appears to be a {found} image"
)


@rule(
    "media/image-type-mismatch",
    on=_ANYWHERE,
    types=("image",),
    mentions=(EMBEDDED,),
    if_value=has_data,
    endpoints=_RUN,
    bad=(
        Example(asking(_image(_GIF)), at="/messages/0/content/0/source/media_type"),
        Example(
            _with_result(_TEXT, _image(_GIF, "image/jpeg")), at="/messages/2/content/0/content/1/source/media_type"
        ),
        Example(asking(_image(_DOT, "image/jpeg")), at="/messages/0/content/0/source/media_type"),
    ),
    good=(
        Example(asking(_image(), _image(_GIF, "image/gif"))),
        Example(_counting(_image(_GIF)), endpoint="count_tokens"),
    ),
    api_messages=(
        _MISMATCH,
        "messages.0.content.0.image.source.base64.data: Image does not match the provided media type image/jpeg",
    ),
)
def image_type_mismatch(image: Node, request: Request) -> None:
    """The `media_type` of an image is not that of its data.

    Why: The API reads the format from the first bytes, whatever the file's name was. It was once seen to accept the
    well-known PNG of one pixel as `image/jpeg`, so that one is a warning. Counting tokens does not check it.

    Source: The API's refusal, seen many times; its words changed about 2026-01.
    """
    declared, found = image.text("source", "media_type"), picture_of(image).content_type
    if declared not in FORMATS or found not in FORMATS or declared == found:
        return
    place = _as_the_api_names(image, "image")
    image.at("source", "media_type").report(
        f"`media_type` is {shown(declared)}, but the data are those of {_NAMES[found]}",
        help=f"write {shown(found)}",
        related=[(image.at("source", "data"), f"the data begin as {_NAMES[found]} does")],
        severity=Severity.WARNING if image.text("source", "data") == _DOT else None,
        api={**place, "declared": declared, "found": found} if place else None,
    )


_CONVERT: Final = "convert it to PNG, JPEG, GIF or WebP"
_OTHERS: Final = {
    "application/pdf": ("a PDF", "send it in a `document` block"),
    "image/bmp": ("a BMP picture", _CONVERT),
    "image/tiff": ("a TIFF picture", _CONVERT),
    "image/heic": ("a HEIC picture", _CONVERT),
    "image/avif": ("an AVIF picture", _CONVERT),
    "image/jxl": ("a JPEG XL picture", _CONVERT),
    "image/jp2": ("a JPEG 2000 picture", _CONVERT),
    "image/svg+xml": ("an SVG drawing", "draw it as a PNG, or send its source as text"),
    "image/vnd.adobe.photoshop": ("a Photoshop file", _CONVERT),
    "video/mp4": ("a video", "send single frames of it as images"),
    "text/html": ("an HTML page", "check the download that the data come from: it answered with a page"),
    "application/json": ("a JSON text", "check the download that the data come from: it answered with JSON"),
    "application/zip": ("a ZIP archive or an Office file", "send what is in it: images, or text"),
    "git-lfs": ("a Git LFS pointer in place of the file", "fetch the file itself with `git lfs pull`"),
    "base64": ("base64 of base64", "encode the bytes of the file once"),
}


@rule(
    "media/unsupported-image",
    on=_ANYWHERE,
    types=("image",),
    mentions=(EMBEDDED,),
    if_value=has_data,
    endpoints=_RUN,
    bad=(
        Example(asking(_image(_PDF)), at="/messages/0/content/0/source/data"),
        Example(
            asking(_image("PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=")),
            at="/messages/0/content/0/source/data",
        ),
        Example(asking(_image("aVZCT1J3MEtHZ29BQUFBTlNVaEVVZ0FBQUFFQUFBQUI=")), at="/messages/0/content/0/source/data"),
        Example(asking(_image("cGljdHVyZQ==")), at="/messages/0/content/0/source/data"),
    ),
    good=(
        Example(asking(_image())),
        Example(_counting(_image("cGljdHVyZQ==")), endpoint="count_tokens"),
    ),
    api_messages=("Could not process image",),
)
def unsupported_image(image: Node, request: Request) -> None:
    """The image data is not PNG, JPEG, GIF or WebP.

    Why: The API takes only these four, and cannot read anything else: a PDF, a drawing, the error page of a download,
    data that was encoded twice. Data of an unknown format is a warning.

    Source: The documentation's page on vision; the API's refusal, seen many times.
    """
    found = picture_of(image).content_type
    if found in FORMATS:
        return
    what, advice = _OTHERS.get(found or "", ("", "check where the data come from"))
    image.at("source", "data").report(
        f"the data are {what}, but must be a PNG, JPEG, GIF or WebP"
        if what
        else "the data do not begin like a PNG, JPEG, GIF or WebP, the images that the API takes",
        help=advice,
        related=[(image.at("source", "media_type"), "`media_type` is set here")],
        severity=None if what else Severity.WARNING,
    )


@rule(
    "media/empty-data",
    on=_ANYWHERE,
    types=("image", "document"),
    mentions=(EMBEDDED,),
    if_value=is_empty,
    endpoints=_RUN,
    bad=(
        Example(asking(_image("")), at="/messages/0/content/0/source/data"),
        Example(asking(_pdf("")), at="/messages/0/content/0/source/data"),
    ),
    good=(
        Example(asking(_image(), _pdf())),
        Example(_counting(_image("")), endpoint="count_tokens"),
    ),
    api_messages=("{kind} cannot be empty",),
)
def empty_data(block: Node, request: Request) -> None:
    """An image or a PDF has no data.

    Why: There is nothing to see; often the file could not be read.

    Source: The API's refusal, seen in 2026 for a PDF, and known to clients for an image.
    """
    kind = "image" if block.type == "image" else "PDF"
    block.at("source", "data").report(
        f"the {kind} has no data", help="put the file in as base64, or leave the block out", api={"kind": kind}
    )


_DATA_URL: Final = regex(r"data:([\w.+-]+/[\w.+-]+);base64,([A-Za-z0-9+/=]+)", re.ASCII)


def _is_not_https(block: Any) -> bool:
    source = block.get("source") if isinstance(block, dict) else None
    url = source.get("url") if isinstance(source, dict) else None
    return isinstance(url, str) and not url[:20].lstrip().lower().startswith("https://")


def _linked(url: str, kind: str = "image") -> dict[str, Any]:
    return {"type": kind, "source": {"type": "url", "url": url}}


@rule(
    "media/url-not-https",
    on=_ANYWHERE,
    types=("image", "document"),
    mentions=("source",),
    if_value=_is_not_https,
    platforms=("anthropic",),
    endpoints=_RUN,
    bad=(
        Example(asking(_linked("http://example.com/cat.png")), at="/messages/0/content/0/source/url"),
        Example(asking(_linked("/files/cat.png")), at="/messages/0/content/0/source/url"),
        Example(asking(_linked(f"data:image/png;base64,{_DOT}")), at="/messages/0/content/0/source/url"),
        Example(asking(_linked("s3://bucket/report.pdf", "document")), at="/messages/0/content/0/source/url"),
    ),
    good=(
        Example(asking(_linked("https://example.com/cat.png"))),
        Example(asking(_linked("HTTPS://example.com/report.pdf", "document"))),
    ),
    api_messages=("Only HTTPS URLs are supported.",),
)
def url_not_https(block: Node, request: Request) -> None:
    """The address of an image or a document does not begin with `https://`.

    Why: The API loads the file itself, over HTTPS only. Data URLs, paths and addresses of other kinds lead nowhere.

    Fix: Makes a base64 source of a data URL; safe.

    Source: The API's refusal, seen in 2026-01.
    """
    url = block.text("source", "url")
    if url is None or block.text("source", "type") != "url":
        return
    place = block.at("source", "url")
    data = _DATA_URL.fullmatch(url) if url[:5].lower() == "data:" else None
    if data is not None and data[1] in _EMBEDDED[block.type or "image"]:
        source = {"type": "base64", "media_type": data[1], "data": data[2]}
        place.report(
            f"`url` is {shown(url)}, but must begin with `https://`",
            help='give the data in a source of type "base64", with `media_type` and `data`',
            api={},
            fix=safe("Make it a base64 source", replace(block.at("source").path, source)),
        )
        return
    place.report(
        f"`url` is {shown(url)}, but must begin with `https://`",
        help=f"use {shown(f'https://{url[7:]}')} if the file can be loaded there"
        if url.lower().startswith("http://")
        else f"give an address that the API can load, or {_IN_PLACE_OF_URL[block.type or 'image']}",
        api={},
    )


_EMBEDDED: Final = {"image": FORMATS, "document": ("application/pdf",)}
"""What a base64 source may hold, by the type of the block."""

_IN_PLACE_OF_URL: Final = {
    "image": "a JPEG, PNG, GIF or WebP picture as base64",
    "document": 'a PDF as base64, or the text itself in a source of type "text"',
}

_SHORTEST_HEADERS: Final = {"image/png": 33, "image/jpeg": 20, "image/webp": 20, "image/gif": 10}
"""How many bytes a picture has at the least before any of its pixels, by its format."""


@rule(
    "media/image-cut-off",
    on=_ANYWHERE,
    types=("image",),
    mentions=(EMBEDDED,),
    if_value=lambda block: has_data(block) and len(data_of(block) or "") < 2 * max(_SHORTEST_HEADERS.values()),
    endpoints=_RUN,
    bad=(
        Example(asking(_image("iVBORw0KGgo=")), at="/messages/0/content/0/source/data"),
        Example(asking(_image("/9j/4AAQSkZJRg==", "image/jpeg")), at="/messages/0/content/0/source/data"),
    ),
    good=(Example(asking(_image("R0lGODlhAQABAAAAACw=", "image/gif"))),),
    api_messages=("Could not process image",),
)
def image_cut_off(image: Node, request: Request) -> None:
    """An image ends in its header.

    Why: There is not a single pixel behind it, so the API cannot make a picture of it. It is often a string that was
    shortened for a log.

    Source: The API's refusal of data that it cannot decode, seen in many places.
    """
    found = picture_of(image).content_type
    size = data_in(image).size
    if found in _SHORTEST_HEADERS and size < _SHORTEST_HEADERS[found]:
        image.at("source", "data").report(
            f"the image has only {count(size, 'byte')}, which is less than its header",
            help="put the whole file in as base64",
        )


@rule(
    "media/base64-padding",
    on=_ANYWHERE,
    types=("image", "document"),
    mentions=(EMBEDDED,),
    if_value=lambda block: has_data(block) and len((data_of(block) or "").replace("\n", "").replace("\r", "")) % 4 != 0,
    severity=Severity.WARNING,
    endpoints=_RUN,
    bad=(
        Example(asking(_image("R0lGODlhAQABAAAAACw", "image/gif")), at="/messages/0/content/0/source/data"),
        Example(asking(_image(_DOT[:-1])), at="/messages/0/content/0/source/data"),
    ),
    good=(Example(asking(_image("R0lGODlhAQABAAAAACw=", "image/gif"))),),
)
def base64_padding(block: Node, request: Request) -> None:
    """The number of characters of base64 data is not a multiple of four.

    Why: Characters are missing at the end, be it only the `=` that fills up the last four; common decoders refuse
    that. It is a warning because the API's refusal was only seen in tests of its clients.

    Source: RFC 4648; the answer `invalid base64 data` in three tests of client libraries.
    """
    if not is_recognised(block):
        return
    named = _as_the_api_names(block, block.type or "")
    block.at("source", "data").report(
        f"`data` has {count(len(block.value['source']['data']), 'character')}, but base64 comes in fours",
        help='fill it up with "=", and check that nothing was cut off',
        api={"source": f"{named['block']}.source.base64"} if named else None,
    )


_LARGEST_IMAGE: Final = {"anthropic": 10, "bedrock": 5, "google": 5}
"""In megabytes of base64, by platform."""


@rule(
    "media/image-too-large",
    on=_ANYWHERE,
    types=("image",),
    mentions=(EMBEDDED,),
    if_value=lambda block: len(data_of(block) or "") > min(_LARGEST_IMAGE.values()) * _MEGABYTE,
    endpoints=_RUN,
    bad=(
        Example(lambda: asking(_image(_DOT[:92] + "A" * 10 * _MEGABYTE)), at="/messages/0/content/0/source/data"),
        Example(
            lambda: _asking_elsewhere("bedrock-2023-05-31", _image(_DOT[:92] + "A" * 5 * _MEGABYTE)),
            at="/messages/0/content/0/source/data",
            platform="bedrock",
        ),
    ),
    good=(Example(lambda: asking(_image(_DOT[:92] + "A" * (10 * _MEGABYTE - 92)))),),
    api_messages=(
        "{block}.source.base64: image exceeds {limit} MB maximum: {size} bytes > {bytes} bytes",
        "messages.0.content.1.image.source.base64: image exceeds 5 MB maximum: 6418576 bytes > 5242880 bytes",
    ),
)
def image_too_large(image: Node, request: Request) -> None:
    """The base64 data of an image are larger than the API takes: 10 MB, or 5 MB on Amazon Bedrock and Google Cloud.

    Why: It is the length of the base64 string that counts, a third more than the size of the file. On Anthropic's own
    API it was 5 MB until 2026-06-17.

    Source: The documentation's page on vision; the API's refusals, seen from 2024-08 on.
    """
    limit, size = _LARGEST_IMAGE[request.platform], len(image.value["source"]["data"])
    if size <= limit * _MEGABYTE:
        return
    place = _as_the_api_names(image, "image")
    image.at("source", "data").report(
        f"the data of the image are {count(size, 'byte')} of base64, but may be at most "
        f"{count(limit * _MEGABYTE, 'byte')} ({limit} MB)",
        help=f"scale the picture down or compress it more: its file may have {limit * 3 / 4:g} MB",
        api={**place, "limit": limit, "size": size, "bytes": limit * _MEGABYTE} if place else None,
    )


_LONGEST_SIDE: Final = 8000
_LONGEST_SIDE_OF_MANY: Final = 2000
_MANY: Final = 20


@rule(
    "media/image-dimensions",
    on=_ANYWHERE,
    types=("image",),
    mentions=(EMBEDDED,),
    if_value=has_data,
    endpoints=_RUN,
    bad=(Example(asking(_image(_PNG_8001)), at="/messages/0/content/0/source/data"),),
    good=(
        Example(asking(_image(_PNG_8000))),
        Example(_counting(_image(_PNG_8001)), endpoint="count_tokens"),
    ),
    api_messages=(
        "{block}.source.base64.data: At least one of the image dimensions exceed max allowed size: 8000 pixels",
    ),
)
def image_dimensions(image: Node, request: Request) -> None:
    """A side of an image is longer than 8000 pixels.

    Why: The API refuses it, whatever the size of the file; 8000 by 6000 pixels are taken.

    Source: The documentation's page on vision; the API's refusal, seen in 2026-09.
    """
    size = picture_of(image).size
    if size is None or max(size) <= _LONGEST_SIDE:
        return
    width, height = within(size, _LONGEST_SIDE)
    image.at("source", "data").report(
        f"the picture has {_spelled(size)} pixels, but each side may have at most {_LONGEST_SIDE}",
        help=f"scale it down, for example to {_spelled((width, height))}",
        api=_as_the_api_names(image, "image"),
    )


class _Gathered:
    """The images found so far in the walk over the blocks."""

    __slots__ = ("images", "large")

    def __init__(self) -> None:
        self.images: int = 0
        self.large: list[Node] = []


def _gathered_for_dimensions(request: Request) -> _Gathered:
    return _Gathered()


_TOO_LONG_FOR_MANY: Final = (
    "{block}.source.base64.data: At least one of the image dimensions exceed max allowed size "
    "for many-image requests: 2000 pixels"
)


@rule(
    "media/image-dimensions-many",
    on=_ANYWHERE,
    types=("image", "document"),
    mentions=(EMBEDDED,),
    endpoints=_RUN,
    bad=(
        Example(lambda: asking(_image(_PNG_2001), *[_image()] * 20), at="/messages/0/content/0/source/data"),
        Example(lambda: asking(*[_image()] * 20, _image(_PNG_2001)), at="/messages/0/content/20/source/data"),
        Example(
            lambda: _asking_elsewhere("vertex-2023-10-16", _image(_PNG_2001), *[_pdf()] * 20),
            at="/messages/0/content/0/source/data",
            platform="google",
        ),
    ),
    good=(
        Example(lambda: asking(_image(_PNG_2001), *[_image()] * 19)),
        Example(lambda: asking(_image(_PNG_2001), *[_pdf()] * 20)),
        Example(lambda: asking(*[_image()] * 21)),
    ),
    api_messages=(_TOO_LONG_FOR_MANY,),
)
def image_dimensions_many(block: Node, request: Request) -> None:
    """A side of an image is longer than 2000 pixels, in a request with more than 20 images.

    Why: Above that number the API is stricter with each image. All images of the request count, those in tool
    results and in earlier turns too; on Amazon Bedrock and Google Cloud PDFs count as well.

    Source: The documentation's page on vision; the API's refusal, seen several times from 2024 on.
    """
    is_image = block.type == "image"
    if not is_image and (request.platform == "anthropic" or block.text("source", "type") not in {"base64", "url"}):
        return
    gathered = request.cached(_gathered_for_dimensions)
    gathered.images += 1
    if is_image and has_data(block.value):
        size = picture_of(block).size
        if size is not None and _LONGEST_SIDE_OF_MANY < max(size) <= _LONGEST_SIDE:
            gathered.large.append(block)
    if gathered.images <= _MANY:
        return
    for image in gathered.large:
        size = picture_of(image).size or (0, 0)
        image.at("source", "data").report(
            f"the picture has {_spelled(size)} pixels, but each side may have at most {_LONGEST_SIDE_OF_MANY} "
            f"in a request with more than {_MANY} images",
            help=f"scale it down, for example to {_spelled(within(size, _LONGEST_SIDE_OF_MANY))}, "
            f"or send at most {_MANY} images",
            api=_as_the_api_names(image, "image"),
        )
    gathered.large.clear()


def _spelled(size: Size) -> str:
    return f"{size[0]}x{size[1]}"


def _gathered_for_count(request: Request) -> _Gathered:
    return _Gathered()


@rule(
    "media/image-count",
    on=_ANYWHERE,
    types=("image",),
    endpoints=_RUN,
    models=lambda model: model.fact("images") is not None,
    bad=(
        Example(lambda: asking(*[_image()] * 101), at="/messages/0/content/100"),
        Example(lambda: asking(*[_image()] * 602, model="claude-sonnet-4-6"), at="/messages/0/content/600"),
    ),
    good=(
        Example(lambda: asking(*[_image()] * 100)),
        Example(lambda: asking(*[_image()] * 600, model="claude-sonnet-4-6")),
        Example(lambda: asking(*[_image()] * 101, model="claude-next")),
        Example(lambda: asking(_pdf(), *[_image()] * 100)),
    ),
    api_messages=("too many images and documents: … + … > …",),
)
def image_count(image: Node, request: Request) -> None:
    """A request has more images than its model takes.

    Why: Models with a context window of 200,000 tokens take 100 in a request, others 600; those in tool results and in
    earlier turns count. Until 2026-03-13 it was 100 for every model.

    Source: The documentation's page on vision; the refusal, seen several times.
    """
    gathered, limit = request.cached(_gathered_for_count), request.fact("images")
    gathered.images += 1
    if gathered.images == limit + 1:
        image.report(
            f"this is image {gathered.images} of the request, but {_model_name(request)} takes at most {limit}",
            help=f"leave images out, so that at most {limit} remain",
        )


def _model_name(request: Request) -> str:
    return code(request.model_name)


def _native_size(request: Request) -> tuple[int, int] | None:
    """Return the longest side and the most tokens of a picture that the model sees without scaling."""
    limits = request.fact("image_size")
    return (limits["edge"], limits["tokens"]) if limits else None


def _marked(block: Any) -> bool:
    transformations = block.get("transformations") if isinstance(block, dict) else None
    return isinstance(transformations, dict) and transformations.get("oversized_image") == "error" and has_data(block)


_MARK: Final[dict[str, Any]] = {"transformations": {"oversized_image": "error"}}


_OVERSIZED: Final = (
    "{place}: image dimensions {size} exceed the maximum image size of a model named on this request and would be "
    "downsized to {fitting}; scale the image to at most {fitting} or set the image's oversized_image setting to "
    '"downsize"'
)


@rule(
    "media/oversized-image-error",
    on=_ANYWHERE,
    types=("image",),
    if_value=_marked,
    endpoints=("messages", "count_tokens"),
    models=lambda model: model.fact("image_size") is not None,
    bad=(
        Example(asking(_image(_PNG_2001, **_MARK)), at="/messages/0/content/0/source/data"),
        Example(_counting(_image(_PNG_2001, **_MARK)), at="/messages/0/content/0/source/data", endpoint="count_tokens"),
    ),
    good=(
        Example(asking(_image(_PNG_2001, **_MARK), model="claude-opus-4-8")),
        Example(asking(_image(_PNG_2001, transformations={"oversized_image": "downsize"}))),
        Example(asking(_image(**_MARK))),
    ),
    api_messages=(_OVERSIZED,),
)
def oversized_image_error(image: Node, request: Request) -> None:
    """An image that must not be scaled down is larger than its model sees it.

    Why: With `"oversized_image": "error"` the API refuses what it would otherwise scale down: a picture with a side
    above 1568 pixels or more than 1568 squares of 28 pixels, for Claude 4.7 and later above 2576 or more than 4784.

    Source: The documentation's pages on vision and on coordinates in images; the API's refusal, seen in 2026-09.
    """
    size, limits = picture_of(image).size, _native_size(request)
    if size is None or limits is None or fits(size, *limits) or max(size) > _LONGEST_SIDE:
        return
    fitting = scaled(size, *limits)
    named = _as_the_api_names(image, "") if not request.root.items("fallbacks") else None
    image.at("source", "data").report(
        f"the picture has {_spelled(size)} pixels, more than {_model_name(request)} sees without scaling it down, "
        'which `oversized_image` "error" does not allow',
        help=f'scale it to at most {_spelled(fitting)}, or set `oversized_image` to "downsize"',
        related=[(image.at("transformations", "oversized_image"), "`oversized_image` is set here")],
        api={
            "place": named["block"].rstrip("."),
            "size": _spelled(size),
            "fitting": _spelled(fitting),
        }
        if named
        else None,
    )


_TOOLSET: Final = {"type": "computer_toolset_20260801"}


@rule(
    "media/screenshot-too-large",
    on="/messages/*/content/*",
    types=("tool_result",),
    mentions=("toolset_name",),
    if_value=lambda block: block.get("toolset_name") in ("browser", "computer"),
    endpoints=_RUN,
    models=lambda model: model.fact("image_size") is not None,
    bad=(
        Example(
            _with_result(
                _image(_PNG_8000), name="screenshot", toolset="computer", tools=[_TOOLSET], model="claude-opus-5"
            ),
            at="/messages/2/content/0/content/0/source/data",
        ),
    ),
    good=(
        Example(
            _with_result(
                _image(_PNG_2001), name="screenshot", toolset="computer", tools=[_TOOLSET], model="claude-opus-5"
            )
        ),
        Example(_with_result(_image(_PNG_8000), model="claude-opus-5")),
    ),
)
def screenshot_too_large(result: Node, request: Request) -> None:
    """A picture that answers a browser or computer toolset is larger than the model sees it.

    Why: The model points at pixels of the picture, so the API refuses one that it would have to scale down: above 2576
    pixels on a side or more than 4784 squares of 28 pixels.

    Source: The documentation's pages on vision and on coordinates in images.
    """
    limits = _native_size(request)
    for image in result.items("content"):
        if image.type != "image" or not has_data(image.value) or limits is None:
            continue
        size = picture_of(image).size
        if size is None or fits(size, *limits) or max(size) > _LONGEST_SIDE or _marked(image.value):
            continue
        image.at("source", "data").report(
            f"the picture has {_spelled(size)} pixels, more than {_model_name(request)} sees without scaling it down, "
            f"which is not done for the results of the `{result.text('toolset_name')}` toolset",
            help=f"scale it to at most {_spelled(scaled(size, *limits))} before you send it, "
            "and the places that the model answers with up again",
        )


def _pdf_as_the_api_names(document: Node) -> dict[str, Any] | None:
    path = document.steps
    return {"pdf": dotted((*path, "pdf"))} if len(path) == len(("messages", 0, "content", 0)) else None


@rule(
    "media/pdf-invalid",
    on=_ANYWHERE,
    types=("document",),
    mentions=(EMBEDDED,),
    if_value=has_data,
    endpoints=_RUN,
    bad=(
        Example(asking(_pdf("PGh0bWw+PC9odG1sPg==")), at="/messages/0/content/0/source/data"),
        Example(_with_result(_pdf(_DOT)), at="/messages/2/content/0/content/0/source/data"),
    ),
    good=(
        Example(asking(_pdf())),
        Example(_counting(_pdf("PGh0bWw+PC9odG1sPg==")), endpoint="count_tokens"),
    ),
    api_messages=("{pdf}.source.base64.data: The PDF specified was not valid.",),
)
def pdf_invalid(document: Node, request: Request) -> None:
    """The data of a document is not a PDF.

    Why: A PDF has the mark `%PDF-` in its first kilobyte. The API cannot read other files that were renamed to
    `.pdf`, such as an HTML page or a text.

    Source: The API's refusal, seen several times from 2025 on.
    """
    data = data_in(document)
    if looks_like_pdf(data):
        return
    found = content_type(data)
    what, advice = _NOT_PDF.get(found or "", ("", ""))
    document.at("source", "data").report(
        f"the data are no PDF but {what}" if what else "the data are no PDF: they do not begin with `%PDF-`",
        help=advice or 'give a PDF; plain text goes into a source of `"type": "text"`',
        related=[(document.at("source", "media_type"), "`media_type` is set here")],
        api=_pdf_as_the_api_names(document),
    )


_NOT_PDF: Final = {
    **{name: (what, advice) for name, (what, advice) in _OTHERS.items() if "image/" not in name},
    **{name: (f"{what} picture", "send it in an `image` block") for name, what in _NAMES.items()},
    "application/zip": ("a ZIP archive or an Office file", "save it as a PDF, or send its text"),
}


@rule(
    "media/pdf-password",
    on=_ANYWHERE,
    types=("document",),
    mentions=(EMBEDDED,),
    if_value=has_data,
    endpoints=_RUN,
    bad=(Example(asking(_pdf(_ENCRYPTED)), at="/messages/0/content/0/source/data"),),
    good=(
        Example(asking(_pdf())),
        Example(_counting(_pdf(_ENCRYPTED)), endpoint="count_tokens"),
    ),
    api_messages=("The PDF specified is password protected.",),
)
def pdf_password(document: Node, request: Request) -> None:
    """A PDF is encrypted.

    Why: The API has no password to read it with. Some PDFs are encrypted only to forbid printing or copying and open
    without a password; whether the API takes those was not seen, so they are a warning, as is one of which msglint
    cannot tell: for that it needs `pip install msglint[pdf]`.

    Source: The documentation's page on PDFs, which asks for those without passwords or encryption; the API's refusal,
    seen many times.
    """
    pdf = pdf_of(document)
    if not pdf.encrypted:
        return
    document.at("source", "data").report(
        "the PDF cannot be read without a password" if pdf.needs_password else "the PDF is encrypted",
        help="save it without a password and without restrictions",
        severity=None if pdf.needs_password else Severity.WARNING,
    )


class _Pages:
    """The number of PDF pages found so far in the walk over the blocks."""

    __slots__ = ("number",)

    def __init__(self) -> None:
        self.number: int = 0


def _pages_so_far(request: Request) -> _Pages:
    return _Pages()


@rule(
    "media/pdf-pages",
    on=_ANYWHERE,
    types=("document",),
    mentions=(EMBEDDED,),
    if_value=has_data,
    endpoints=_RUN,
    models=lambda model: model.fact("pdf_pages") is not None,
    bad=(
        Example(asking(_pdf(_made_pdf(101))), at="/messages/0/content/0/source/data"),
        Example(asking(_pdf(_made_pdf(60)), _pdf(_made_pdf(60))), at="/messages/0/content/1/source/data"),
        Example(asking(_pdf(_made_pdf(601)), model="claude-opus-5"), at="/messages/0/content/0/source/data"),
    ),
    good=(
        Example(asking(_pdf(_made_pdf(60)), _pdf(_made_pdf(40)))),
        Example(asking(_pdf(_made_pdf(600)), model="claude-opus-5")),
        Example(asking(_pdf(_made_pdf(101)), model="claude-next")),
    ),
    api_messages=("{pdf}.source.base64.data: A maximum of {limit} PDF pages may be provided.",),
)
def pdf_pages(document: Node, request: Request) -> None:
    """The PDFs of a request have more pages than its model takes.

    Why: Models with a context window of 200,000 tokens take 100 pages in a request, others 600; until 2026-03-13 it
    was 100 for every model. PDFs of earlier turns and of web fetches count. The pages are counted where pypdf is
    installed (`pip install msglint[pdf]`).

    Source: The documentation's page on PDFs; the API's refusal, seen several times.
    """
    pages, limit = pdf_of(document).pages, request.fact("pdf_pages")
    if pages is None or pages <= 0:
        return
    before = request.cached(_pages_so_far)
    earlier, before.number = before.number, before.number + pages
    if earlier > limit or before.number <= limit:
        return
    document.at("source", "data").report(
        f"the PDF has {count(pages, 'page')}"
        + (f", {before.number:,} with the PDFs before it" if earlier else "")
        + f", but {_model_name(request)} takes at most {limit} in a request",
        help=f"split it, and send at most {limit - earlier if earlier < limit else limit} of its pages",
        api={**place, "limit": limit} if (place := _pdf_as_the_api_names(document)) else None,
    )

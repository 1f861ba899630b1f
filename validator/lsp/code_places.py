"""Find places in source code: the path of what is written at a byte, or of what is being typed there.

What is written has its places in the document. What is being typed is found by a placeholder: it is put into the text,
which is read again, and the path is where the placeholder turns up in the body of a call. If that text cannot be read,
the call alone is, up to the placeholder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

from ..code.readers import read_code
from ..documents import Format
from ..places.locate import locate
from .code_spots import Spot, spot_at
from .place import Spelling
from .shadow import as_json, place_in_shadow

if TYPE_CHECKING:
    from ..code.lexing import Language
    from ..common.pointer import Path
    from ..documents import Document
    from ..documents.written import Written
    from .place import Place
    from .shapes import Shapes
    from .text import Text

    ShapesOf = Callable[[Document], Shapes]
    Read = Callable[[bytes], list[Document]]

TYPED: Final = "typed__claude__here"
"""The placeholder; a model of this name is one of Claude."""
_TYPED_TOKEN: Final = f'"{TYPED}"'.encode()
_REST: Final = "typed__rest"
_FIRST: Final = "max_tokens"
"""A property that shows a call to be one of the Messages API."""
_NOTHING: Final[dict[Language, str]] = {"python": "None", "javascript": "null", "json": "null", "shell": "null"}
_MOST_TYPED: Final = 2_000_000
"""The bytes of a text above which nothing is completed: it would take too long at every key."""
_ALONE: Final[dict[Language, Format]] = {"python": Format.PYTHON, "javascript": Format.TYPESCRIPT}
_CALL: Final = b"anthropic.messages.create"


def written_place(documents: Iterable[Document], text: Text, shapes_of: ShapesOf, byte: int) -> Place | None:
    """Return the place of the key or the literal at a byte of calls; None if there is none."""
    mark = _mark_before(documents, text)
    for document in documents:
        if document.written is None:
            continue
        found = _path_at(document.written, byte - mark)
        if found is None:
            continue
        path, (start, end), is_key = found
        data = as_json(document.value)
        span = locate(data, [path]).get(path)
        if span is None:
            return None
        at = span.key[0] if is_key and span.key is not None else span.start
        written = start + mark, end + mark
        shapes = shapes_of(document)
        return place_in_shadow(text, shapes, document.value, data, at, written=written, spelling=Spelling(is_code=True))
    return None


def _mark_before(documents: Iterable[Document], text: Text) -> int:
    """Return the length of a byte order mark, which documents do without."""
    first = next(iter(documents), None)
    return len(text.data) - len(first.data) if first is not None and text.data.endswith(first.data) else 0


def _path_at(root: Written, byte: int) -> tuple[Path, tuple[int, int], bool] | None:
    """Return the path of the key or scalar at a byte, its byte range, and whether it is a key."""
    waiting: list[tuple[Written, Path]] = [(root, ())]
    while waiting:
        written, path = waiting.pop()
        if written.items is not None:
            waiting += [(item, (*path, index)) for index, item in enumerate(written.items)]
        elif written.properties is not None:
            for name, member in written.properties.items():
                if member.key[0] <= byte <= member.key[1]:
                    return (*path, name), member.key, True
                waiting.append((member.value, (*path, name)))
        elif written.unknown is None and written.start <= byte <= written.end and path:
            return path, (written.start, written.end), False
    return None


def typed_place(text: Text, text_format: Format, shapes_of: ShapesOf, character: int, read: Read) -> Place | None:
    """Return the place of what is being typed at a character; None if it is not in a call.

    Args:
        text: The text.
        text_format: Its format.
        shapes_of: Returns the shapes that a call is checked against.
        character: The character.
        read: Reads the calls of a changed text.
    """
    data = text.data
    if len(data) > _MOST_TYPED:
        return None
    spot = spot_at(data, text_format, text.byte(character))
    if spot is None:
        return None
    for document in _documents(data, spot, read):
        value = document.value
        if isinstance(value, dict) and _is_first(spot, data):
            value = {name: inner for name, inner in value.items() if name != _FIRST}
        encoded = as_json(value)
        at = encoded.find(_TYPED_TOKEN)
        if at < 0 and document.sent is not None and TYPED in (document.sent.betas or ()):
            value = {"betas": [TYPED]}
            encoded = as_json(value)
            at = encoded.find(_TYPED_TOKEN)
        if at >= 0:
            written, spelling = (spot.start, spot.end), _spelling(data, spot)
            return place_in_shadow(text, shapes_of(document), value, encoded, at, written=written, spelling=spelling)
    return None


def _documents(data: bytes, spot: Spot, read: Read) -> Iterable[Document]:
    """Yield the calls that may hold the placeholder."""
    patch = _patch(spot, data)
    yield from read(data[: spot.start] + patch + data[spot.end :])
    bracket, alone = spot.call_in(data), _ALONE.get(spot.language)
    if bracket is not None and alone is not None:
        text = b"%b%b%b%b" % (_CALL, data[bracket : spot.start], patch, spot.closing(data, bracket))
        yield from read_code(text, alone, "x.tsx" if alone is Format.TYPESCRIPT else "")


def _patch(spot: Spot, data: bytes) -> bytes:
    """Return what is put in place of what is being typed."""
    quote = spot.quote or '"'
    patch = f"{quote}{TYPED}{quote}"
    nothing = _NOTHING[spot.language]
    first = f"{_FIRST}{'=' if spot.kind == 'keyword' else ': '}{_REST}, " if _is_first(spot, data) else ""
    if spot.kind == "keyword":
        patch = TYPED if spot.has_value else f"{TYPED}={nothing}"
    elif spot.kind == "key" and not spot.has_value:
        patch += f": {nothing}"
    return f"{first}{patch}{',' if spot.follows else ''}".encode()


def _is_first(spot: Spot, data: bytes) -> bool:
    """Whether a spot is all there is of a call's body, which is not a request then."""
    if not spot.is_alone:
        return False
    if spot.kind == "keyword":
        return True
    return spot.kind == "key" and spot.language == "javascript" and spot.call_in(data) == spot.brackets[-2:][0]


def _spelling(data: bytes, spot: Spot) -> Spelling:
    """Return how the source around a spot writes properties and values."""
    if spot.language in {"json", "shell"}:
        return Spelling(is_code=True, is_quoted=spot.quote is not None, has_value=spot.has_value, follows=spot.follows)
    around = data[spot.brackets[0] : spot.end]
    quote = spot.quote or ("'" if around.count(b"'") > around.count(b'"') else '"')
    return Spelling(
        is_code=True,
        language=spot.language,
        quote=quote,
        is_keyword=spot.kind == "keyword",
        has_bare_keys=spot.language == "javascript" and (spot.kind == "value" or spot.quote is None),
        is_quoted=spot.quote is not None,
        has_value=spot.has_value,
        follows=spot.follows,
        is_long=b"\n" in data[spot.brackets[-1] : spot.start],
    )

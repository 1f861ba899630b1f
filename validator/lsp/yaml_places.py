"""Find places in YAML by converting it to JSON.

The place is looked up in that JSON. To get some while a line is half typed, a placeholder replaces the text that is
being typed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from ..documents import Format, read
from ..places.locate import locate
from .shadow import as_json, place_in_shadow

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..common.pointer import Path
    from ..documents import Document
    from .place import Place
    from .shapes import Shapes
    from .text import Text

    ShapesOf = Callable[[Any], Shapes]
_TYPED: Final = "msglint__typed"
"""The placeholder for the text that is being typed."""
_TYPED_TOKEN: Final = f'"{_TYPED}"'.encode()
_WORD: Final = r"""(?:"[^"\n]*"?|'[^'\n]*'?|[^\s:"'{}\[\],#&*!|>-][^:#{}\[\],\n]*|)"""
_LINE: Final = re.compile(rf"(?P<lead>\s*(?:- +)*)(?:(?P<key>[\w$-]+|\"[^\"\n]*\")(?P<colon> *: +))?(?P<word>{_WORD})")


def written_place(document: Document, text: Text, shapes_of: ShapesOf, byte: int) -> Place | None:
    """Return the place of the key or value at a byte of a readable document; None if there is none."""
    if not document.readable:
        return None
    mark = len(text.data) - len(document.data)
    path, token, is_key = _path_at(document, byte - mark)
    data = as_json(document.value)
    span = locate(data, [path]).get(path)
    if span is None or token is None:
        return None
    at = span.key[0] if is_key and span.key is not None else span.start
    written = token[0] + mark, token[1] + mark
    return _in_json(text, shapes_of, document.value, data, at, written=written)


def typed_place(text: Text, shapes_of: ShapesOf, character: int) -> Place | None:
    """Return the place of the text being typed at a character; None if it cannot be determined."""
    start = text.text.rfind("\n", 0, character) + 1
    end = text.text.find("\n", character)
    line = text.text[start : end if end >= 0 else len(text.text)]
    typed = _LINE.match(line)
    if typed is not None and typed.start("key") <= character - start <= typed.end("key"):
        return _place(text, shapes_of, start, typed, ": null", part="key")
    if typed is None or not typed.start("word") <= character - start <= typed.end("word"):
        return None
    if typed["key"] is not None:
        return _place(text, shapes_of, start, typed, "")
    item = _place(text, shapes_of, start, typed, "") if typed["lead"].strip() else None
    if item is not None and not any("properties" in shape.schema for shape in item.value_shapes):
        return item
    return _place(text, shapes_of, start, typed, ": null")


def _place(
    text: Text, shapes_of: ShapesOf, start: int, typed: re.Match[str], value: str, *, part: str = "word"
) -> Place | None:
    """Return the place of a placeholder, with a value if it is a key, put into a line in place of the typed text."""
    line = typed.string
    first, last = typed.start(part), typed.start(part) + len(typed[part].rstrip())
    whole = f"{text.text[:start]}{line[:first]}{_TYPED}{value}{text.text[start + len(line) :]}"
    for document in read(whole.encode(errors="surrogatepass"), Format.YAML):
        data = as_json(document.value) if document.readable else b""
        at = data.find(_TYPED_TOKEN)
        if at >= 0:
            byte = text.byte(start + first)
            return _in_json(
                text,
                shapes_of,
                document.value,
                data,
                at,
                written=(byte, text.byte(start + last)),
                indentation=" " * len(typed["lead"].lstrip(" ")),
                has_colon=line[last:].lstrip().startswith(":"),
            )
    return None


def _in_json(
    text: Text, shapes_of: ShapesOf, value: Any, data: bytes, at: int, *, written: tuple[int, int], **more: Any
) -> Place:
    return place_in_shadow(text, shapes_of(value), value, data, at, written=written, is_yaml=True, **more)


def _path_at(document: Document, byte: int) -> tuple[Path, tuple[int, int] | None, bool]:
    """Return the path of the innermost key or value at a byte, its byte range, and whether it is a key."""
    path: Path = ()
    value: Any = document.value
    while isinstance(value, (dict, list)):
        steps = list(value) if isinstance(value, dict) else range(len(value))
        spans = document.locate([(*path, step) for step in steps])
        for step in steps:
            span = spans.get((*path, step))
            if span is None:
                continue
            if span.key is not None and span.key[0] <= byte <= span.key[1]:
                return (*path, step), span.key, True
            if span.start <= byte <= span.end:
                path, value, token = (*path, step), value[step], (span.start, span.end)
                break
        else:
            return path, None, False
        if not isinstance(value, (dict, list)):
            return path, token, False
    return path, None, False

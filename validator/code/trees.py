"""Values of JSON and YAML documents as written values, and the texts that their strings hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..common.lazy_regex import regex
from ..documents.written import Property, Written
from .mapped import Mapped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..common.pointer import Path
    from ..documents import Document
    from ..places.locate import Span

MOST_VALUES: Final = 10_000
"""The most values of one configuration or one exchange that are looked at."""

_BEFORE: Final = regex(rb"(?:[&!]\S*[ \t\r\n]+)*")
"""The tag and the anchor of a YAML scalar."""
_BREAK: Final = rb"(?<![ \t])[ \t]*(?:(?:\r\n|\r|\n)[ \t]*)+"
"""Line breaks in a scalar with the white space around them, which YAML folds."""
_DOUBLE: Final = regex(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}"
    rb"|(?:\r\n|\r|\n)[ \t]*|.)|%b" % _BREAK
)
_SINGLE: Final = regex(rb"''|%b" % _BREAK)
_PLAIN: Final = regex(_BREAK)
_LINE: Final = regex(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_ESCAPES: Final = {
    b"n": b"\n",
    b"t": b"\t",
    b"\t": b"\t",
    b"r": b"\r",
    b"b": b"\b",
    b"f": b"\f",
    b"0": b"\0",
    b"a": b"\a",
    b"v": b"\v",
    b"e": b"\x1b",
    b"N": "\x85".encode(),
    b"_": "\xa0".encode(),
    b"L": "\u2028".encode(),
    b"P": "\u2029".encode(),
}
_INDENTATIONS: Final = b" "


def written_at(document: Document, path: Path, is_unknown: Callable[[str], bool] = lambda _: False) -> Written:
    """Return the value at a path of a document as a written value, whose places are those in the document.

    Args:
        document: The document, of JSON or YAML.
        path: The path of an existing value.
        is_unknown: Whether a text stands for another value.
    """
    value = document.value
    for step in path:
        value = value[step]
    paths = list(_paths(value, path))
    if len(paths) > MOST_VALUES:
        span = document.locate([path])[path]
        return Written(span.start, span.end, unknown="any")
    spans = document.locate(paths)
    made: dict[Path, Written] = {}
    # Inner values come after the outer ones, so the reversed list has them first.
    for each in reversed(paths):
        made[each] = _written(_at(document.value, each), each, spans, made, is_unknown)
    return made[path]


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _paths(value: Any, path: Path) -> Iterator[Path]:
    waiting = [(value, path)]
    number = 0
    while waiting and number <= MOST_VALUES:
        each, place = waiting.pop()
        number += 1
        yield place
        if isinstance(each, dict):
            waiting += [(item, (*place, key)) for key, item in each.items()]
        elif isinstance(each, list):
            waiting += [(item, (*place, index)) for index, item in enumerate(each)]


def _written(
    value: Any, path: Path, spans: dict[Path, Span], made: dict[Path, Written], is_unknown: Callable[[str], bool]
) -> Written:
    span = spans.get(path) or next(
        spans[path[:length]] for length in range(len(path), -1, -1) if path[:length] in spans
    )
    written = Written(span.start, span.end, is_editable=False)
    if isinstance(value, dict):
        written.properties = {}
        for key in value:
            inner = (*path, key)
            written.properties[key] = Property(_key_of(spans.get(inner), span), made[inner])
    elif isinstance(value, list):
        inner_paths: list[Path] = [(*path, index) for index in range(len(value))]
        written.items = [made[inner] for inner in inner_paths]
    elif isinstance(value, str) and is_unknown(value):
        written.unknown = "any"
    else:
        written.value = value
    return written


def _key_of(span: Span | None, around: Span) -> tuple[int, int]:
    return span.key if span is not None and span.key is not None else (around.start, around.start)


def text_at(document: Document, value: str, span: Span) -> Mapped | None:
    """Return a string of a document, given by its value and its place, mapped to the document; None if that fails."""
    data, end = document.data, span.end
    start = _BEFORE.match(data, span.start, end).end()  # type: ignore[union-attr]
    first = data[start : start + 1]
    if first == b'"':
        mapped = _flow(data, start + 1, end - 1, _DOUBLE)
    elif first == b"'":
        mapped = _flow(data, start + 1, end - 1, _SINGLE)
    elif first in {b"|", b">"}:
        mapped = _block(data, start, end, is_folded=first == b">")
    else:
        mapped = _flow(data, start, end, _PLAIN)
    try:
        expected = value.encode()
    except UnicodeEncodeError:
        return None
    return mapped if mapped.data.rstrip() == expected.rstrip() else None


def _flow(data: bytes, start: int, end: int, marks: Any) -> Mapped:
    """Map a plain or quoted scalar, whose marks are escapes and folded line breaks."""
    mapped = Mapped()
    for mark in marks.finditer(data, start, end):
        mapped.add(data[start : mark.start()], start)
        mapped.add(_meant(mark[0]), mark.start(), mark.end())
        start = mark.end()
    mapped.add(data[start:end], start)
    return mapped


def _meant(mark: bytes) -> bytes:
    """Return what an escape or a folded line break stands for."""
    if mark == b"''":
        return b"'"
    if not mark.startswith(b"\\"):
        breaks = mark.count(b"\n") + mark.count(b"\r") - mark.count(b"\r\n")
        return b" " if breaks == 1 else b"\n" * (breaks - 1)
    letter = mark[1:2]
    if letter in {b"\r", b"\n"}:
        return b""
    if letter in {b"u", b"x", b"U"} and len(mark) > len(b"\\u"):
        points = [int(digits, 16) for digits in mark[2:].replace(b"\\", b"").split(b"u")]
        return "".join(map(_character, points)).encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
    return _ESCAPES.get(letter, mark[1:])


def _character(point: int) -> str:
    return chr(point) if point <= 0x10FFFF else "\ufffd"  # noqa: PLR2004 - the last character there is


def _block(data: bytes, start: int, end: int, *, is_folded: bool) -> Mapped:
    """Map a literal or folded block scalar; folding of lines that are indented further is left out."""
    mapped = Mapped()
    lines = [line.span() for line in _LINE.finditer(data, start, end) if line.end() > line.start()][1:]
    written = [data[first:last].rstrip(b"\r\n") for first, last in lines]
    indent = next((len(line) - len(line.lstrip(_INDENTATIONS)) for line in written if line.strip()), 0)
    blanks = 0
    before: int | None = None
    for (first, _), line in zip(lines, written, strict=True):
        content = line[indent:]
        if not content:
            blanks += 1
            continue
        if before is not None or blanks:
            folded = b" " if not blanks else b"\n" * blanks
            mapped.add(folded if is_folded else b"\n" * (blanks + (before is not None)), before or first, first)
        start = first + min(indent, len(line))
        mapped.add(content, start)
        before, blanks = start + len(content), 0
    return mapped

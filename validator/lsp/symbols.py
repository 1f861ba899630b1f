"""Document symbols, which an editor shows as the outline of a request, and folding ranges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from lsprotocol import types

from ..common.redaction import redacted, start_of
from ..common.wording import count

if TYPE_CHECKING:
    from ..common.pointer import Path
    from ..documents import Document
    from ..places.locate import Span
    from .text import Text

_LONGEST_TITLE: Final = 60
_LONG_DATA: Final = 200
"""Base64 of at least this many characters is folded."""


@dataclass(frozen=True, slots=True)
class _Symbol:
    path: Path
    name: str
    kind: types.SymbolKind
    detail: str = ""
    children: tuple[_Symbol, ...] = field(default=())


def symbols(document: Document, text: Text, start: int = 0) -> list[types.DocumentSymbol]:
    """Return the symbols of a request: its model, system prompt, tools and messages with their blocks."""
    found = list(_of_root(document.value))
    paths = {symbol.path for symbol in _all(found)}
    spans = document.locate(paths)
    return [made for symbol in found for made in _made(symbol, spans, text, start)]


def folds(document: Document, text: Text, start: int = 0) -> list[types.FoldingRange]:
    """Return a folding range for each object with long base64, which collapses to its kind and size."""
    sources = list(_sources(document.value))
    spans = document.locate([path for path, _ in sources])
    return [
        fold
        for path, words in sources
        if path in spans and (fold := _fold(spans[path], words, text, start)) is not None
    ]


def _of_root(value: Any) -> Iterator[_Symbol]:
    if not isinstance(value, dict):
        return
    if "params" in value and "custom_id" in value:
        yield _of_record(value, ())
        return
    requests = value.get("requests")
    if isinstance(requests, list):
        for index, record in enumerate(requests):
            if isinstance(record, dict):
                yield _of_record(record, ("requests", index))
        return
    yield from _of_body(value, ())


def _of_record(record: dict[str, Any], path: Path) -> _Symbol:
    body = record.get("params")
    inner = tuple(_of_body(body, (*path, "params"))) if isinstance(body, dict) else ()
    return _Symbol(path, _title(record.get("custom_id")) or "request", types.SymbolKind.Module, "request", inner)


def _of_body(body: dict[str, Any], path: Path) -> Iterator[_Symbol]:
    for key, value in body.items():
        place = (*path, key)
        if key == "model" and isinstance(value, str):
            yield _Symbol(place, redacted(value), types.SymbolKind.Constant, "model")
        elif key == "system":
            yield _Symbol(place, "system", types.SymbolKind.String, _title(_words(value)), tuple(_blocks(value, place)))
        elif key == "tools" and isinstance(value, list):
            yield _Symbol(
                place, "tools", types.SymbolKind.Array, count(len(value), "tool"), tuple(_tools(value, place))
            )
        elif key == "messages" and isinstance(value, list):
            detail = count(len(value), "message")
            yield _Symbol(place, "messages", types.SymbolKind.Array, detail, tuple(_messages(value, place)))


def _tools(tools: list[Any], path: Path) -> Iterator[_Symbol]:
    for index, tool in enumerate(tools):
        if isinstance(tool, dict):
            name = _title(tool.get("name") or tool.get("mcp_server_name")) or f"tool {index}"
            yield _Symbol((*path, index), name, types.SymbolKind.Function, _title(tool.get("type")))


def _messages(messages: list[Any], path: Path) -> Iterator[_Symbol]:
    for index, message in enumerate(messages):
        if isinstance(message, dict):
            role, content = _title(message.get("role")) or "message", message.get("content")
            blocks = tuple(_blocks(content, (*path, index, "content")))
            yield _Symbol((*path, index), role, types.SymbolKind.Object, _title(_words(content)), blocks)


def _blocks(content: Any, path: Path) -> Iterator[_Symbol]:
    for index, block in enumerate(content) if isinstance(content, list) else ():
        if isinstance(block, dict):
            kind = _title(block.get("type")) or "block"
            detail = _title(block.get("name") or block.get("title") or block.get("text") or block.get("tool_use_id"))
            yield _Symbol((*path, index), kind, types.SymbolKind.Struct, detail)


def _words(content: Any) -> str:
    """Return the first text of a content."""
    if isinstance(content, str):
        return content
    for block in content if isinstance(content, list) else ():
        if isinstance(block, dict) and isinstance(block.get("text"), str):
            return str(block["text"])
    return ""


def _title(value: Any) -> str:
    """Shorten a text to one line."""
    if not isinstance(value, str):
        return ""
    line = " ".join(start_of(value, 2 * _LONGEST_TITLE).split())
    return line if len(line) <= _LONGEST_TITLE else f"{line[:_LONGEST_TITLE]}…"


def _all(found: Iterable[_Symbol]) -> Iterator[_Symbol]:
    for symbol in found:
        yield symbol
        yield from _all(symbol.children)


def _made(symbol: _Symbol, spans: dict[Path, Span], text: Text, start: int) -> Iterator[types.DocumentSymbol]:
    span = spans.get(symbol.path)
    if span is None:
        return
    key = span.key or (span.start, min(span.start + 1, span.end))
    first = key[0] if span.key is not None else span.start
    yield types.DocumentSymbol(
        name=symbol.name,
        detail=symbol.detail or None,
        kind=symbol.kind,
        range=text.range_of_bytes(start + first, start + span.end),
        selection_range=text.range_of_bytes(start + key[0], start + key[1]),
        children=[made for child in symbol.children for made in _made(child, spans, text, start)],
    )


def _sources(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield the path of each object with long base64, with its kind and size."""
    waiting: list[tuple[Any, Path]] = [(value, path)]
    while waiting:
        item, at = waiting.pop()
        if isinstance(item, dict):
            data = item.get("data")
            if item.get("type") == "base64" and isinstance(data, str) and len(data) >= _LONG_DATA:
                yield at, f"{_title(item.get('media_type')) or 'base64'}, {len(data) * 3 // 4:,} bytes"
            else:
                waiting += [(inner, (*at, key)) for key, inner in item.items() if isinstance(inner, (dict, list))]
        elif isinstance(item, list):
            waiting += [(inner, (*at, index)) for index, inner in enumerate(item) if isinstance(inner, (dict, list))]


def _fold(span: Span, words: str, text: Text, start: int) -> types.FoldingRange | None:
    place = text.range_of_bytes(start + span.start, start + span.end)
    return types.FoldingRange(
        start_line=place.start.line,
        end_line=place.end.line,
        start_character=place.start.character + 1,
        end_character=max(place.end.character - 1, 0),
        kind=types.FoldingRangeKind.Region,
        collapsed_text=words,
    )

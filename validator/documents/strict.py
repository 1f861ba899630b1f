"""JSON: what the API takes. A text that is not JSON becomes one finding at its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson

from ..rules import syntax
from .document import Document, SyntaxFinding

if TYPE_CHECKING:
    from ..engine.rule import Rule

_RECOGNISERS: Final = (
    syntax.empty,
    syntax.encoding,
    syntax.lone_surrogate,
    syntax.nesting_too_deep,
    syntax.nan_or_infinity,
    syntax.number_too_large,
    syntax.truncated,
    syntax.invalid_json,
)


def read(text: bytes, *, record: bool = False) -> Document:
    """Read `text`, and say in one finding why it is not JSON if it is not; a `record` is one line of a file of many."""
    data, findings = without_mark(text)
    try:
        return Document(data, orjson.loads(data), readable=True, findings=findings)
    except orjson.JSONDecodeError as error:
        refused = syntax.Refused(data, byte_offset(data, error.pos), error.msg.partition(": line ")[0], record)
        return Document(data, None, readable=False, findings=findings + _recognised(refused, _RECOGNISERS))


def without_mark(text: bytes) -> tuple[bytes, tuple[SyntaxFinding, ...]]:
    """Take a byte order mark off a text, and say so."""
    if not text.startswith(syntax.BOM):
        return text, ()
    return text[len(syntax.BOM) :], _recognised(syntax.Refused(text, 0, ""), (syntax.byte_order_mark,))


def _recognised(refused: syntax.Refused, rules: tuple[Rule, ...]) -> tuple[SyntaxFinding, ...]:
    for rule in rules:
        fault = rule.check(refused)
        if fault is not None:
            return (SyntaxFinding(rule, fault),)
    return ()


def byte_offset(data: bytes, characters: int) -> int:
    """Turn the reader's position, which counts characters, into one that counts bytes."""
    if data.isascii():
        return min(characters, len(data))
    try:
        return len(data.decode()[:characters].encode())
    except UnicodeDecodeError:
        return 0

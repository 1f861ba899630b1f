"""Parse JSON as the API accepts it; a syntax error becomes one finding at its place."""

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
    """Parse `text`; if it is not JSON, one finding explains why. A `record` is a line of JSON Lines."""
    data, findings = without_mark(text)
    try:
        return Document(data, orjson.loads(data), readable=True, findings=findings)
    except orjson.JSONDecodeError as error:
        refused = syntax.Refused(data, byte_offset(data, error.pos), error.msg.partition(": line ")[0], record)
        return Document(data, None, readable=False, findings=findings + _recognised(refused, _RECOGNISERS))


def without_mark(text: bytes) -> tuple[bytes, tuple[SyntaxFinding, ...]]:
    """Return a text without its byte order mark, and a finding if there was one."""
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
    """Convert the parser's position, counted in characters, into a byte offset."""
    if data.isascii():
        return min(characters, len(data))
    try:
        return len(data.decode()[:characters].encode())
    except UnicodeDecodeError:
        return 0

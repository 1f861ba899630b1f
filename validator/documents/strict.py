"""Parse JSON as the API accepts it; a syntax error becomes one finding at its place."""

from __future__ import annotations

from codecs import BOM_UTF8
from typing import TYPE_CHECKING

import orjson

from .document import Document, SyntaxFinding

if TYPE_CHECKING:
    from ..engine.rule import Rule
    from ..rules.syntax import Refused


def read(text: bytes, *, record: bool = False) -> Document:
    """Parse `text`; if it is not JSON, one finding explains why. A `record` is a line of JSON Lines."""
    data, findings = without_mark(text)
    try:
        return Document(data, orjson.loads(data), readable=True, findings=findings)
    except orjson.JSONDecodeError as error:
        from ..rules import syntax  # most texts are JSON

        refused = syntax.Refused(data, byte_offset(data, error.pos), error.msg.partition(": line ")[0], record)
        recognisers = (
            syntax.empty,
            syntax.encoding,
            syntax.lone_surrogate,
            syntax.nesting_too_deep,
            syntax.nan_or_infinity,
            syntax.number_too_large,
            syntax.truncated,
            syntax.invalid_json,
        )
        return Document(data, None, readable=False, findings=findings + _recognised(refused, recognisers))


def without_mark(text: bytes) -> tuple[bytes, tuple[SyntaxFinding, ...]]:
    """Return a text without its byte order mark, and a finding if there was one."""
    if not text.startswith(BOM_UTF8):
        return text, ()
    from ..rules import syntax

    return text[len(BOM_UTF8) :], _recognised(syntax.Refused(text, 0, ""), (syntax.byte_order_mark,))


def _recognised(refused: Refused, rules: tuple[Rule, ...]) -> tuple[SyntaxFinding, ...]:
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

"""From text to value: what is JSON is read, what is not becomes one finding at its place in the text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson

from .rules import syntax

if TYPE_CHECKING:
    from .rules.rule import Rule

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


@dataclass(frozen=True, slots=True)
class SyntaxFinding:
    """One of the rules of syntax, and the stretch of bytes it speaks of."""

    rule: Rule
    fault: syntax.Fault


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a text holds."""

    data: bytes
    """The text without its byte order mark."""
    value: Any
    readable: bool
    """Whether the text is JSON, so that `value` means something."""
    findings: tuple[SyntaxFinding, ...]


def decode(text: bytes, *, record: bool = False) -> Decoded:
    """Read `text`, and say in one finding why it is not JSON if it is not; a `record` is one line of a file of many."""
    findings: tuple[SyntaxFinding, ...] = ()
    data = text
    if text.startswith(syntax.BOM):
        data = text[len(syntax.BOM) :]
        findings = _recognised(syntax.Refused(text, 0, ""), (syntax.byte_order_mark,))
    try:
        return Decoded(data, orjson.loads(data), readable=True, findings=findings)
    except orjson.JSONDecodeError as error:
        refused = syntax.Refused(data, _byte_offset(data, error.pos), error.msg.partition(": line ")[0], record)
        return Decoded(data, None, readable=False, findings=findings + _recognised(refused, _RECOGNISERS))


def _recognised(refused: syntax.Refused, rules: tuple[Rule, ...]) -> tuple[SyntaxFinding, ...]:
    for rule in rules:
        fault = rule.check(refused)
        if fault is not None:
            return (SyntaxFinding(rule, fault),)
    return ()


def _byte_offset(data: bytes, characters: int) -> int:
    """Turn the reader's position, which counts characters, into one that counts bytes."""
    if data.isascii():
        return min(characters, len(data))
    try:
        return len(data.decode()[:characters].encode())
    except UnicodeDecodeError:
        return 0

"""How values, lists and suggestions are put into messages: JSON spelling, without secrets, cut short, safe to print."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Any

from .patterns import regex
from .redaction import HIDDEN, deeply_redacted, redacted, start_of

_LONGEST_VALUE = 60
_LONGEST_LIST = 8
_LONGEST_QUOTATION = 500

_DIGITS = regex(r"\d")

_KINDS = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "a boolean",
    "object": "an object",
    "array": "an array",
    "null": "null",
}


def json_type(value: Any) -> str:
    """Name the JSON type of a plain value; an integer is `integer`, any other number `number`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "integer" if value.is_integer() else "number"
    return "object" if isinstance(value, dict) else "array"


def kinds(types: Iterable[str]) -> str:
    """Say which kinds of value are meant: `a string or an array`."""
    return joined([_KINDS[name] for name in types], "or")


def shown(value: Any) -> str:
    """Spell a value as JSON, cut to about 60 characters; containers are named by what they are."""
    if isinstance(value, str):
        return _shown_string(value)
    if isinstance(value, dict):
        return f"an object of type {_shown_string(tag)}" if isinstance(tag := value.get("type"), str) else "an object"
    if isinstance(value, (list, tuple)):
        return f"an array of {count(len(value), 'item')}" if value else "an empty array"
    try:
        text = json.dumps(value)
    except ValueError:  # more digits than Python writes
        return "a very large integer"
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def quotation(text: str) -> str:
    """Cut what somebody else says to a length that a report can bear."""
    return cut_short(text, _LONGEST_QUOTATION)


def count(number: int, noun: str) -> str:
    """Count things: `1 item`, `5,000 items`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def code(name: str) -> str:
    """Set a name in backticks, cut short and with unprintable characters escaped."""
    return f"`{printable(cut_short(name, _LONGEST_VALUE))}`"


def cut_short(text: str, length: int) -> str:
    """Cut text to a length, with the secrets in it redacted; a secret is never cut before it is known to be one."""
    return redacted(text) if len(text) <= length else f"{start_of(text, length).removesuffix(HIDDEN)}…"


def any_of(values: Sequence[Any]) -> str:
    """List allowed values: `"a", "b" or "c"`; above eight, the first seven and how many more."""
    return _listed([printable(json.dumps(deeply_redacted(value), ensure_ascii=False)) for value in values], "or")


def names(values: Sequence[str]) -> str:
    """List names in backticks, cut like `any_of`."""
    return _listed([code(value) for value in values], "and")


def either(values: Sequence[str]) -> str:
    """List names in backticks of which any one will do."""
    return _listed([code(value) for value in values], "or")


def nearest(word: str, candidates: Collection[str]) -> str | None:
    """Find the one candidate that `word` was probably meant to be, or None when nothing is near."""
    return _nearest(word[:_LONGEST_VALUE], tuple(candidates))


@lru_cache(maxsize=256)
def _nearest(word: str, candidates: tuple[str, ...]) -> str | None:
    """Find it once for a mistake that is made again and again, and asked about by several rules."""
    by_fold = {_fold(candidate): candidate for candidate in candidates}
    folded = _fold(word)
    if folded in by_fold:
        return by_fold[folded]
    import difflib

    near = difflib.get_close_matches(folded, by_fold, n=1, cutoff=0.75)
    return by_fold[near[0]] if near else None


def is_slip(word: str, meant: str) -> bool:
    """Whether a word is another one but for its case, `-` and `_`, or one letter wrong, missing, surplus or swapped."""
    if _fold(word) == _fold(meant):
        return True
    if _DIGITS.findall(word) != _DIGITS.findall(meant):
        return False  # another version is another thing
    start = 0
    while word[start : start + 1] == meant[start : start + 1] != "":
        start += 1
    rest, other = word[start:], meant[start:]
    return (
        rest[1:] == other[1:]
        or rest[1:] == other
        or rest == other[1:]
        or (rest[:2] == other[1::-1] and rest[2:] == other[2:])
    )


def _fold(word: str) -> str:
    return word.lower().replace("-", "_").replace("_", "")


def _shown_string(text: str) -> str:
    if len(text) <= _LONGEST_VALUE:
        return printable(json.dumps(redacted(text), ensure_ascii=False))
    return printable(json.dumps(cut_short(text, _LONGEST_VALUE // 2), ensure_ascii=False)) + (
        f" ({len(text):,} characters)"
    )


def printable(text: str) -> str:
    """Escape what could disturb a terminal: controls, line separators, direction marks, lone surrogates."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def written_in(text: str, encoding: str) -> str:
    """Escape what an encoding does not have, as a stream in it would, so that the length is that of what is read."""
    return text if text.isascii() else text.encode(encoding, "backslashreplace").decode(encoding, "replace")


def _listed(items: Sequence[str], last: str) -> str:
    if len(items) <= _LONGEST_LIST:
        return joined(items, last)
    shown_items = items[: _LONGEST_LIST - 1]
    return f"{', '.join(shown_items)} and {len(items) - len(shown_items)} more"


def joined(items: Sequence[str], last: str) -> str:
    """Join words with commas, and the last two with a word: `a, b and c`."""
    if not items:
        return ""
    *first, final = items
    return f"{', '.join(first)} {last} {final}" if first else final

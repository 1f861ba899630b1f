"""How values, lists and suggestions are put into messages: JSON spelling, without secrets, cut short, safe to print."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Sequence
from contextvars import ContextVar, Token
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any

from .lazy_regex import regex
from .redaction import HIDDEN, deeply_redacted, redacted, start_of

_LONGEST_VALUE = 60
_LONGEST_LIST = 8
_LONGEST_QUOTATION = 500

_MANY_NAMES = 500
"""Names above which a word is compared with its neighbours alone."""
_NEIGHBOURS = 32
"""Names that begin, and names that end, as a word does, which it is compared with among many."""
_LIKENESS = 0.75
_MOST_LIKES = 256
_LONGEST_NAME = 200
_COMPARISONS = 20_000
"""Comparisons of two words that the did-you-means of one document may take: some tenths of a second."""

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


def any_of(values: Collection[Any], *, brief: Callable[[Any], Any] = lambda value: value) -> str:
    """List allowed values: `"a", "b" or "c"`; above eight, the first seven and how many more.

    `brief` shortens the values that are listed, and no others.
    """
    return _listed(values, lambda value: printable(json.dumps(deeply_redacted(brief(value)), ensure_ascii=False)), "or")


def names(values: Collection[str]) -> str:
    """List names in backticks, cut like `any_of`."""
    return _listed(values, code, "and")


def either(values: Collection[str]) -> str:
    """List names in backticks of which any one will do."""
    return _listed(values, code, "or")


class Names:
    """Names that a word may be meant to be, indexed once for any number of did-you-means."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_fold = {_fold(name[:_LONGEST_NAME]): name for name in names}
        self._likes: dict[str, str | None] = {}
        """What was found to be most like the last words, as the same slip is often made again."""

    @cached_property
    def _in_order(self) -> tuple[list[str], list[str]]:
        """The folded names, and those written backwards, each sorted."""
        return sorted(self._by_fold), sorted(name[::-1] for name in self._by_fold)

    def nearest(self, word: str) -> str | None:
        """Find the one name that `word` was probably meant to be, or None when nothing is near."""
        folded = _fold(word[:_LONGEST_VALUE])
        if folded in self._by_fold:
            return self._by_fold[folded]
        return _budget().nearest(self, folded)

    def among(self, folded: str) -> list[str]:
        """Return the folded names that are worth comparing a folded word with."""
        names: Iterable[str] = self._by_fold
        if len(self._by_fold) > _MANY_NAMES:
            forwards, backwards = self._in_order
            ends = [name[::-1] for name in _beside(folded[::-1], backwards)]
            names = dict.fromkeys([*_beside(folded, forwards), *ends])
        size = len(folded)
        return [name for name in names if 2 * min(size, len(name)) >= _LIKENESS * (size + len(name))]

    def like(self, folded: str, among: list[str]) -> str | None:
        """Return the name that is most like a folded word, if one of some is like it at all."""
        like = self._likes.get(folded, "")
        if like == "":
            import difflib

            near = difflib.get_close_matches(folded, among, n=1, cutoff=_LIKENESS)
            like = self._by_fold[near[0]] if near else None
            if len(self._likes) >= _MOST_LIKES:
                self._likes.clear()
            self._likes[folded] = like
        return like


def _beside(word: str, names: list[str]) -> list[str]:
    """Return the names around the place that a word would have among sorted ones."""
    place = bisect_left(names, word)
    return names[max(0, place - _NEIGHBOURS // 2) : place + _NEIGHBOURS // 2]


class Budget:
    """Bounds what the did-you-means of one document may cost: so many comparisons of two words.

    Each word counts once. When the budget is spent, only names that differ in case, `-` and `_` are found. What it
    finds depends on the document alone, never on what was asked before.
    """

    def __init__(self, comparisons: int) -> None:
        self._left = comparisons
        self._found: dict[tuple[int, str], str | None] = {}
        self._indexes: dict[tuple[str, ...], Names] = {}
        self._seen: list[Names] = []
        """What was asked, held so that the id of each stays its own."""

    def index(self, candidates: tuple[str, ...]) -> Names:
        """Return the index of some names, the same one for the same names."""
        return self._indexes.get(candidates) or self._indexes.setdefault(candidates, _indexed(candidates))

    def nearest(self, names: Names, folded: str) -> str | None:
        """Find the name that a folded word is most like."""
        key = (id(names), folded)
        if key not in self._found:
            among = names.among(folded)
            self._left -= len(among)
            if self._left < 0:
                return None
            self._seen.append(names)
            self._found[key] = names.like(folded, among)
        return self._found[key]


class _Unbounded(Budget):
    """For what is asked outside of documents: of a command's options, or of a configuration."""

    def __init__(self) -> None:
        super().__init__(0)

    def index(self, candidates: tuple[str, ...]) -> Names:
        return _indexed(candidates)

    def nearest(self, names: Names, folded: str) -> str | None:
        return names.like(folded, names.among(folded))


_UNBOUNDED = _Unbounded()
_SPARING: ContextVar[Sparing | None] = ContextVar("sparing", default=None)


class Sparing:
    """A context in which did-you-means share one budget; one inside of another changes nothing."""

    __slots__ = ("_budget", "_token")

    def __enter__(self) -> None:
        self._budget: Budget | None = None
        self._token: Token[Sparing | None] | None = _SPARING.set(self) if _SPARING.get() is None else None

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            _SPARING.reset(self._token)

    @property
    def budget(self) -> Budget:
        """The budget, which most documents have no use for: it is made when it is first needed."""
        if self._budget is None:
            self._budget = Budget(_COMPARISONS)
        return self._budget


def _budget() -> Budget:
    sparing = _SPARING.get()
    return _UNBOUNDED if sparing is None else sparing.budget


def nearest(word: str, candidates: Collection[str] | Names) -> str | None:
    """Find the one candidate that `word` was probably meant to be, or None when nothing is near.

    Of candidates whose number grows with the request make `Names` once, and give these.
    """
    names = candidates if isinstance(candidates, Names) else _budget().index(tuple(candidates))
    return names.nearest(word)


@lru_cache(maxsize=256)
def _indexed(candidates: tuple[str, ...]) -> Names:
    return Names(candidates)


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


def _listed(values: Collection[Any], spelled: Callable[[Any], str], last: str) -> str:
    if len(values) <= _LONGEST_LIST:
        return joined([spelled(value) for value in values], last)
    items = [spelled(value) for value in islice(values, _LONGEST_LIST - 1)]
    return f"{', '.join(items)} and {len(values) - len(items)} more"


def joined(items: Sequence[str], last: str) -> str:
    """Join words with commas, and the last two with a word: `a, b and c`."""
    if not items:
        return ""
    *first, final = items
    return f"{', '.join(first)} {last} {final}" if first else final

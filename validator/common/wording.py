"""Word values, lists and suggestions for messages: in JSON spelling, redacted, shortened, safe to print."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Sequence
from contextvars import ContextVar, Token
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any, Final

from .lazy_regex import regex
from .redaction import HIDDEN, deeply_redacted, redacted, start_of

_LONGEST_VALUE = 60
_LONGEST_LIST = 8
_LONGEST_QUOTATION = 500

_MANY_NAMES = 500
"""With more names than this, a word is compared only with its neighbours in sorted order."""
_NEIGHBOURS = 32
"""The number of neighbours by beginning, and by end, that a word is compared with among many names."""
_LIKENESS = 0.75
_MOST_LIKES = 256
_LONGEST_NAME = 200
# Why a budget: a document may have thousands of unknown names with hundreds of candidates each, and `difflib` is slow.
# 20,000 comparisons take some tenths of a second.
_COMPARISONS = 20_000
"""Most comparisons of two words for the did-you-means of one document."""

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


_KIND_OF: Final[dict[type, str]] = {
    str: "string",
    dict: "object",
    list: "array",
    int: "integer",
    bool: "boolean",
    type(None): "null",
}


def json_type(value: Any) -> str:
    """Return the JSON type of a plain value: `integer` for whole numbers, `number` for all others."""
    kind = _KIND_OF.get(value.__class__)
    if kind is not None:
        return kind
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
    """Word a choice of JSON types: `a string or an array`."""
    return joined([_KINDS[name] for name in types], "or")


def shown(value: Any) -> str:
    """Spell a value as JSON, cut to about 60 characters; objects and arrays are only described."""
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
    """Shorten a foreign text, such as an error message, to fit into a report."""
    return cut_short(text, _LONGEST_QUOTATION)


def count(number: int, noun: str) -> str:
    """Count things: `1 item`, `5,000 items`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def code(name: str) -> str:
    """Put a name into backticks, shortened and with unprintable characters escaped."""
    return _short_code(name) if len(name) <= _LONGEST_VALUE else f"`{printable(cut_short(name, _LONGEST_VALUE))}`"


@lru_cache(maxsize=1024)
def _short_code(name: str) -> str:
    return f"`{printable(cut_short(name, _LONGEST_VALUE))}`"


def cut_short(text: str, length: int) -> str:
    """Shorten and redact a text; it is redacted first, because half a secret may not be recognised."""
    return redacted(text) if len(text) <= length else f"{start_of(text, length).removesuffix(HIDDEN)}…"


def any_of(values: Collection[Any], *, brief: Callable[[Any], Any] = lambda value: value) -> str:
    """List allowed values: `"a", "b" or "c"`; above eight, the first seven and how many more.

    `brief` shortens the values that are listed, and no others.
    """
    return _listed(values, lambda value: printable(json.dumps(deeply_redacted(brief(value)), ensure_ascii=False)), "or")


def names(values: Collection[str]) -> str:
    """List names in backticks, shortened like `any_of`."""
    return _listed(values, code, "and")


def either(values: Collection[str]) -> str:
    """List alternative names in backticks: a, b or c."""
    return _listed(values, code, "or")


class Names:
    """Candidates of did-you-means, indexed once for any number of words."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_fold = {_fold(name[:_LONGEST_NAME]): name for name in names}
        self._of_size: dict[int, list[str]] = {}
        """The folded names that are worth comparing with a word, by its length."""
        self._likes: dict[str, str | None] = {}
        """What was found to be most like the last words, as the same slip is often made again."""

    @cached_property
    def _in_order(self) -> tuple[list[str], list[str]]:
        """The folded names, and the reversed folded names, each sorted."""
        return sorted(self._by_fold), sorted(name[::-1] for name in self._by_fold)

    def nearest(self, word: str) -> str | None:
        """Return the name that `word` was probably meant to be; None if none is near."""
        folded = _fold(word[:_LONGEST_VALUE])
        if folded in self._by_fold:
            return self._by_fold[folded]
        return _budget().nearest(self, folded)

    def among(self, folded: str) -> list[str]:
        """Return the folded names that are worth comparing a folded word with."""
        # Among very many names only those that share a beginning or an end: a misspelling seldom changes both. A name
        # whose length alone keeps the likeness below the limit is not compared at all.
        size = len(folded)
        if len(self._by_fold) <= _MANY_NAMES:
            if size not in self._of_size:
                self._of_size[size] = _of_similar_size(self._by_fold, size)
            return self._of_size[size]
        forwards, backwards = self._in_order
        ends = [name[::-1] for name in _beside(folded[::-1], backwards)]
        return _of_similar_size(dict.fromkeys([*_beside(folded, forwards), *ends]), size)

    def like(self, folded: str, among: list[str]) -> str | None:
        """Return the name most like a folded word among some; None if none is like it."""
        like = self._likes.get(folded, "")
        if like == "":
            import difflib

            near = difflib.get_close_matches(folded, among, n=1, cutoff=_LIKENESS)
            like = self._by_fold[near[0]] if near else None
            if len(self._likes) >= _MOST_LIKES:
                self._likes.clear()
            self._likes[folded] = like
        return like


def _of_similar_size(names: Iterable[str], size: int) -> list[str]:
    return [name for name in names if 2 * min(size, len(name)) >= _LIKENESS * (size + len(name))]


def _beside(word: str, names: list[str]) -> list[str]:
    """Return the names next to the place that a word would have among sorted names."""
    place = bisect_left(names, word)
    return names[max(0, place - _NEIGHBOURS // 2) : place + _NEIGHBOURS // 2]


class Budget:
    """Bounds the cost of the did-you-means of one document, in comparisons of two words.

    Each word counts once. When the budget is spent, only names that differ in case, `-` and `_` are found. The result
    depends on the document alone, not on documents before it.
    """

    def __init__(self, comparisons: int) -> None:
        self._left = comparisons
        self._found: dict[tuple[int, str], str | None] = {}
        self._indexes: dict[tuple[str, ...], Names] = {}
        self._seen: list[Names] = []
        """Every index that was asked, kept alive so that its `id` is not reused."""

    def index(self, candidates: tuple[str, ...]) -> Names:
        """Return the index of some names, cached."""
        return self._indexes.get(candidates) or self._indexes.setdefault(candidates, _indexed(candidates))

    def nearest(self, names: Names, folded: str) -> str | None:
        """Return the name most like a folded word; None if none is, or if the budget is spent."""
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
    """The budget outside documents, for options of a command or keys of a configuration: there is no limit."""

    def __init__(self) -> None:
        super().__init__(0)

    def index(self, candidates: tuple[str, ...]) -> Names:
        return _indexed(candidates)

    def nearest(self, names: Names, folded: str) -> str | None:
        return names.like(folded, names.among(folded))


_UNBOUNDED = _Unbounded()
_SPARING: ContextVar[Sparing | None] = ContextVar("sparing", default=None)


class Sparing:
    """A context in which all did-you-means share one budget; a nested one shares the outer budget."""

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
    """Return the candidate that `word` was probably meant to be; None if none is near.

    For candidates whose number grows with the request, make `Names` once and pass them.
    """
    names = candidates if isinstance(candidates, Names) else _budget().index(tuple(candidates))
    return names.nearest(word)


@lru_cache(maxsize=256)
def _indexed(candidates: tuple[str, ...]) -> Names:
    return Names(candidates)


def is_slip(word: str, meant: str) -> bool:
    """Whether two words differ only in case, `-` and `_`, or by one wrong, missing, extra or swapped letter."""
    if _fold(word) == _fold(meant):
        return True
    if _DIGITS.findall(word) != _DIGITS.findall(meant):
        return False  # another version is another name, not a misspelling
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
    """Escape characters that could disturb a terminal: controls, line separators, direction marks, surrogates."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def written_in(text: str, encoding: str) -> str:
    """Escape the characters that an encoding lacks, as a stream in it does, so the length is as displayed."""
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

"""Find a rule by an error message of the API, or a part of one, as found in a log."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log
from typing import TYPE_CHECKING, Final

from ..common.lazy_regex import regex
from ..rules import RULES
from .pages import wordings

if TYPE_CHECKING:
    from ..engine.rule import Rule

_LONGEST_TEXT: Final = 200_000
"""The most characters of a text that are searched."""
_MOST_OF_A_MESSAGE: Final = 0.85
"""A text contains a message if it has this share of the message's runs, by weight."""
_MOST_OF_A_TEXT: Final = 0.75
"""A text is a part of a message if the message has this share of the text's runs, by weight."""
_RUN: Final = 4
"""The number of consecutive words that a truncated text amid other text must share with a message."""
_SHORTEST_PART: Final = 3
_LONGEST_PART: Final = 200
"""The longest text that may begin and end within words."""

_ESCAPE: Final = regex(r"\\+(?:u[0-9a-f]{4}|[nrt])?")
_PLACE: Final = regex(r"^(?:\{\w+\}|[\w.]+): ")
_INDEX: Final = regex(r"(?<!^tools)\.\d|\{")
_QUOTED: Final = regex(r"'([^'\s]*)'")
_VARIES: Final = regex(r"\{\w+\}|…|'[^'\s]*'")
_WORD: Final = regex(r"[^\W\d]\w*|\d+")
_HOLE: Final = "0"
"""Replaces the variable parts of a message; numbers are always variable."""

_Run = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule with an API message that matches a text."""

    rule: Rule
    message: str
    """The message that matches, as the rule has it."""


@dataclass(frozen=True, slots=True)
class _Wording:
    """An API message, indexed by its words and pairs of consecutive words (runs)."""

    rule: Rule
    message: str
    words: tuple[str, ...]
    runs: frozenset[_Run]
    clues: frozenset[_Run]
    """The runs of the leading place, if it has no indices, and of quoted names. A text may have others, but equal ones
    distinguish rules with the same message."""
    bare: re.Pattern[str] | None
    """For a message whose only words are those of the leading place: a pattern that the text must match."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A message that matches a text."""

    wording: _Wording
    weight: float = 0
    shared: frozenset[_Run] = frozenset()
    complete: bool = False
    """Whether the text has the whole message, not only a part of it."""

    def beats(self, other: _Found) -> bool:
        """Whether it accounts for all words of the text that the other one accounts for, and more."""
        if self.complete and other.wording.bare and not self.wording.bare:
            return True
        return self.shared > other.shared or (self.complete > other.complete and self.shared >= other.shared)


def search(text: str) -> list[Hit]:
    """Find the rules with an API message that `text` contains or is a part of; best match first.

    The text may be a log line around the message, JSON with escapes, or truncated. Places, names, numbers, quotes and
    case may differ.
    """
    words = _words(_ESCAPE.sub(" ", text[:_LONGEST_TEXT].lower()))
    runs = _runs(words)
    wordings_, weights = _index()
    strange = log(1 + len(wordings_)) * sum((word,) not in weights for word in set(words) if word.isalpha())
    whole_text = strange + sum(weights.get(run, 0) for run in runs)
    found: list[_Found] = []
    for wording in wordings_:
        shared = wording.runs & runs
        if not shared or (wording.bare and not wording.bare.search(text[:_LONGEST_TEXT])):
            continue
        weight = sum(map(weights.__getitem__, shared))
        total = weight + sum(map(weights.__getitem__, wording.clues & runs))
        complete = weight / sum(map(weights.__getitem__, wording.runs)) >= _MOST_OF_A_MESSAGE
        if complete or total / whole_text >= _MOST_OF_A_TEXT:
            found.append(_Found(wording, total, shared, complete=complete))
    if not found:
        found = _parts_of_words(text, wordings_) or _cut_off(words, wordings_)
    found.sort(key=lambda hit: -hit.weight)
    best: dict[str, Hit] = {}
    for hit in found:
        if not any(other.beats(hit) for other in found):
            best.setdefault(hit.wording.rule.id, Hit(hit.wording.rule, hit.wording.message))
    return list(best.values())


def _parts_of_words(text: str, wordings_: tuple[_Wording, ...]) -> list[_Found]:
    """Find the messages that contain a short text literally, even if it begins or ends within a word."""
    if not _SHORTEST_PART <= len(text) <= _LONGEST_PART:
        return []
    return [_Found(wording) for wording in wordings_ if text.lower() in wording.message.lower()]


def _cut_off(words: list[str], wordings_: tuple[_Wording, ...]) -> list[_Found]:
    """Find the messages that share the longest sequence of words with the text, if it is long enough."""
    longest = 0
    found: list[_Wording] = []
    rows = {length: _rows(words, length) for length in range(_RUN, 4 * _RUN)}
    for wording in wordings_:
        length = max(
            (length for length, all_rows in rows.items() if all_rows & _rows(wording.words, length)), default=0
        )
        if length > longest:
            longest, found = length, []
        if length and length == longest:
            found.append(wording)
    return [_Found(wording) for wording in found]


@lru_cache(maxsize=1)
def _index() -> tuple[tuple[_Wording, ...], dict[_Run, float]]:
    """Return all messages of all rules, and the weight of each run: the rarer, the heavier."""
    found = []
    for rule in RULES.values():
        for message in wordings(rule):
            place = _PLACE.match(message)
            rest = message[place.end() :] if place else message
            words = _words(_VARIES.sub(f" {_HOLE} ", rest).lower())
            clues = " ".join(_QUOTED.findall(rest) + ([place[0]] if place and not _INDEX.search(place[0]) else []))
            bare = None
            if place and not _runs(words):
                words, bare = _words(place[0].lower()), re.compile(rf"(?<![\w.]){re.escape(place[0])}\S", re.IGNORECASE)
            found.append(_Wording(rule, message, tuple(words), _runs(words), _runs(_words(clues.lower())), bare))
    times = Counter(run for wording in found for run in wording.runs | wording.clues)
    return tuple(found), {run: log(1 + len(found) / number) for run, number in times.items()}


def _words(text: str) -> list[str]:
    return [_HOLE if word.isdigit() else word for word in _WORD.findall(text)]


def _runs(words: list[str]) -> frozenset[_Run]:
    """Return the words and pairs of consecutive words, without those that have a variable part."""
    return frozenset(run for run in (*((word,) for word in words), *pairwise(words)) if _HOLE not in run)


def _rows(words: list[str] | tuple[str, ...], length: int) -> frozenset[_Run]:
    rows = zip(*(words[start:] for start in range(length)), strict=False)
    return frozenset(row for row in rows if _HOLE not in row)

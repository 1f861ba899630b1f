"""Comments that suppress violations: `msglint: ignore[rule, area] reason` and `msglint: ignore-file[…] reason`.

A comment on a line of its own covers the property or item after it, with everything nested in it. A comment at the end
of a line covers the values that begin on that line. `ignore-file` covers the whole file. Syntax errors cannot be
suppressed.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

from ..common.redaction import redacted
from ..report import Range, Violation
from ..report.file_result import Means, Suppressed
from ..report.redaction import without_secrets
from ..rules import suppressions as rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..checking.linter import Linter
    from ..documents import Comment
    from ..places.lines import LineIndex
    from ..rules import Rule
    from . import Fingerprinted

_FOR_FILE: Final = "ignore-file"
_VERBS: Final = ("ignore", _FOR_FILE)
_DIRECTIVE: Final = re.compile(
    r"msglint\s*:\s*(?P<verb>[\w-]*)\s*(?:\[(?P<names>[^\]]*)\])?[\s:—-]*(?P<reason>.*)", re.IGNORECASE | re.DOTALL
)
_EVERYWHERE: Final = Range(1, 1, 2**31, 1)

_Start = tuple[int, int]


@dataclass(slots=True)
class Directive:
    """A comment for msglint, parsed."""

    verb: str
    names: list[str]
    reason: str | None
    place: Range
    """The place of the comment."""
    covered: Range
    """The range whose violations it suppresses."""
    used: set[str] = field(default_factory=set)
    """Those of `names` that suppressed a violation."""


def directives(comments: Iterable[Comment], lines: LineIndex) -> list[Directive]:
    """Parse the comments of a text."""
    comments = list(comments)
    offsets = {offset for comment in comments for offset in (comment.start, comment.end, *(comment.following or ()))}
    positions = {offset: lines.position(offset) for offset in sorted(offsets)}
    return [_directive(comment, positions) for comment in comments]


def suppressed_by(
    said: list[Directive], found: Iterable[Fingerprinted]
) -> tuple[list[Fingerprinted], list[Suppressed]]:
    """Split the violations of a text into those left and those that its comments suppress.

    If several comments suppress a violation, the reason is that of the last one.
    """
    found = list(found)
    last = _last_words(said, found)
    kept: list[Fingerprinted] = []
    suppressed: list[Suppressed] = []
    for number, (violation, fingerprint) in enumerate(found):
        if number in last:
            suppressed.append(Suppressed(violation, fingerprint, Means.COMMENT, said[last[number]].reason))
        else:
            kept.append((violation, fingerprint))
    return kept, suppressed


def _last_words(said: list[Directive], found: list[Fingerprinted]) -> dict[int, int]:
    """Return, by the index of each suppressed violation, the index of the last comment that suppresses it."""
    places: dict[str, list[tuple[_Start, int]]] = {}
    for number, (violation, _) in enumerate(found):
        if violation.range is not None:
            for name in (violation.rule, violation.rule.partition("/")[0]):
                places.setdefault(name, []).append((_start(violation.range), number))
    by_name: dict[str, list[tuple[int, Directive]]] = {}
    for index, directive in enumerate(said):
        for name in directive.names if directive.verb in _VERBS else ():
            by_name.setdefault(name, []).append((index, directive))
    last: dict[int, int] = {}
    for name in places.keys() & by_name.keys():
        for number, index in _last_over(sorted(places[name]), name, by_name[name]):
            last[number] = max(index, last.get(number, index))
    return last


def _last_over(
    places: list[tuple[_Start, int]], name: str, said: list[tuple[int, Directive]]
) -> Iterator[tuple[int, int]]:
    """Yield the index of each covered violation with that of the last comment that covers it; marks used names.

    A single sweep in text order, with the open comments in a heap: comparing each violation with each comment would be
    quadratic.
    """
    for _, directive in said:
        first = bisect_left(places, (_start(directive.covered), -1))
        if first < len(places) and places[first][0] < _end(directive.covered):
            directive.used.add(name)
    opening = sorted((_start(directive.covered), index, _end(directive.covered)) for index, directive in said)
    waiting = iter(opening)
    following = next(waiting, None)
    heap: list[tuple[int, _Start]] = []
    for place, number in places:
        while following is not None and following[0] <= place:
            heappush(heap, (-following[1], following[2]))
            following = next(waiting, None)
        while heap and heap[0][1] <= place:
            heappop(heap)
        if heap:
            yield number, -heap[0][0]


def complaints(said: list[Directive], linter: Linter, *, is_whole: bool) -> Iterator[Violation]:
    """Yield a violation for each mistake in the comments of a text; call after `suppressed_by`, which marks used names.

    Args:
        said: The comments.
        linter: The linter whose violations they suppress.
        is_whole: Whether all of the text was checked; otherwise a comment for the whole file is not called unused.
    """
    known = (*linter.rules.rules, *linter.rules.areas)
    for directive in said:
        place = directive.place
        if directive.verb not in _VERBS:
            yield from _worded(rules.unknown_directive, linter, place, directive.verb, _VERBS)
            continue
        if not directive.names:
            yield from _worded(rules.no_rule_named, linter, place, directive.verb, directive.reason or "", known)
        for name in directive.names:
            if name not in linter.rules:
                yield from _worded(rules.unknown_rule, linter, place, name, known)
        unused = [name for name in directive.names if _is_unused(name, directive, linter)]
        if unused and (is_whole or directive.verb != _FOR_FILE):
            yield from _worded(rules.unused, linter, place, unused, "here")


def _is_unused(name: str, directive: Directive, linter: Linter) -> bool:
    return name not in directive.used and name in linter.rules and linter.judge.chooses(name)


def _worded(rule: Rule, linter: Linter, place: Range, *what: object) -> Iterator[Violation]:
    if linter.judge.chooses(rule.id):
        message, advice = rule.check(*what)
        yield without_secrets(Violation(rule.id, linter.judge.severity_of(rule.id), "", message, advice, place))


def _directive(comment: Comment, positions: dict[int, tuple[int, int]]) -> Directive:
    words = _DIRECTIVE.match(comment.text)
    verb, names, reason = (words["verb"].lower(), words["names"] or "", words["reason"]) if words else ("", "", "")
    place = Range(*positions[comment.start], *positions[comment.end])
    covered = Range(place.line, 1, place.end_line + 1, 1)
    if verb == _FOR_FILE:
        covered = _EVERYWHERE
    elif comment.following is not None:
        covered = Range(*positions[comment.following[0]], *positions[comment.following[1]])
    listed = dict.fromkeys(name.strip() for name in names.split(",") if name.strip())
    return Directive(verb, list(listed), redacted(" ".join(reason.split())) or None, place, covered)


def _start(place: Range) -> tuple[int, int]:
    return place.line, place.column


def _end(place: Range) -> tuple[int, int]:
    return place.end_line, place.end_column

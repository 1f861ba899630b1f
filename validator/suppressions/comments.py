"""Comments that silence: `msglint: ignore[rule, area] reason` and `msglint: ignore-file[…] reason`.

On a line of its own, such a comment is for the property or item that comes next and all in it; behind something, for
what begins on its line; `ignore-file` is for the whole file. Text that cannot be read is told whatever comments say.
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
from ..rules import AREAS, RULES
from ..rules import suppressions as rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..checking.linter import Linter
    from ..documents import Comment
    from ..places.lines import LineIndex
    from ..report.fingerprint import Fingerprint
    from ..rules import Rule

_FOR_FILE: Final = "ignore-file"
_KNOWN: Final = (*RULES, *AREAS)
_VERBS: Final = ("ignore", _FOR_FILE)
_DIRECTIVE: Final = re.compile(
    r"msglint\s*:\s*(?P<verb>[\w-]*)\s*(?:\[(?P<names>[^\]]*)\])?[\s:—-]*(?P<reason>.*)", re.IGNORECASE | re.DOTALL
)
_EVERYWHERE: Final = Range(1, 1, 2**31, 1)

Found = tuple["Violation", "Fingerprint"]
_Start = tuple[int, int]


@dataclass(slots=True)
class Directive:
    """What a comment asks for."""

    verb: str
    names: list[str]
    reason: str | None
    place: Range
    """Where the comment stands."""
    covered: Range
    """The stretch whose findings it silences."""
    used: set[str] = field(default_factory=set)
    """The names among `names` that silenced something."""


def directives(comments: Iterable[Comment], lines: LineIndex) -> list[Directive]:
    """Read the comments of a text."""
    comments = list(comments)
    offsets = {offset for comment in comments for offset in (comment.start, comment.end, *(comment.following or ()))}
    positions = {offset: lines.position(offset) for offset in sorted(offsets)}
    return [_directive(comment, positions) for comment in comments]


def silenced_by(said: list[Directive], found: Iterable[Found]) -> tuple[list[Found], list[Suppressed]]:
    """Part what is found in a text into what is left of it and what its comments silence.

    Of several comments that suppress a violation the last one gives the reason.
    """
    found = list(found)
    last = _last_words(said, found)
    kept: list[Found] = []
    silenced: list[Suppressed] = []
    for number, (violation, fingerprint) in enumerate(found):
        if number in last:
            silenced.append(Suppressed(violation, fingerprint, Means.COMMENT, said[last[number]].reason))
        else:
            kept.append((violation, fingerprint))
    return kept, silenced


def _last_words(said: list[Directive], found: list[Found]) -> dict[int, int]:
    """Return the indices of the violations that are suppressed, with that of the last comment which does so."""
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
    """Yield the numbers of violations, each with the index of the last comment over it; notes what each is used for.

    Both are gone through once, in the order of the text, with the comments that are open kept in a heap.
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
    """Yield what is wrong with the comments of a text; they have to be asked what they silence before.

    Args:
        said: The comments.
        linter: The linter whose findings they were asked to silence.
        is_whole: Whether all of the text was read, so that one for the whole file can have been in vain.
    """
    for directive in said:
        place = directive.place
        if directive.verb not in _VERBS:
            yield from _worded(rules.unknown_directive, linter, place, directive.verb, _VERBS)
            continue
        if not directive.names:
            yield from _worded(rules.no_rule_named, linter, place, directive.verb, directive.reason or "", _KNOWN)
        for name in directive.names:
            if name not in RULES and name not in AREAS:
                yield from _worded(rules.unknown_rule, linter, place, name, _KNOWN)
        unused = [name for name in directive.names if _is_unused(name, directive, linter)]
        if unused and (is_whole or directive.verb != _FOR_FILE):
            yield from _worded(rules.unused, linter, place, unused, "here")


def _is_unused(name: str, directive: Directive, linter: Linter) -> bool:
    return name not in directive.used and (name in RULES or name in AREAS) and linter.chooses(name)


def _worded(rule: Rule, linter: Linter, place: Range, *what: object) -> Iterator[Violation]:
    if linter.chooses(rule.id):
        message, advice = rule.check(*what)
        yield without_secrets(Violation(rule.id, linter.severity_of(rule.id), "", message, advice, place))


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

"""Comments that silence: `msglint: ignore[rule, area] reason` and `msglint: ignore-file[…] reason`.

On a line of its own, such a comment is for the property or item that comes next and all in it; behind something, for
what begins on its line; `ignore-file` is for the whole file. Text that cannot be read is told whatever comments say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from ..redaction import redacted, without_secrets
from ..report import Range, Violation
from ..rules import AREAS, RULES
from ..rules import suppressions as rules
from . import Means, Suppressed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..documents import Comment
    from ..fingerprint import Fingerprint
    from ..linter import Linter
    from ..places.lines import LineIndex
    from ..rules import Rule

_FOR_FILE: Final = "ignore-file"
_VERBS: Final = ("ignore", _FOR_FILE)
_DIRECTIVE: Final = re.compile(
    r"msglint\s*:\s*(?P<verb>[\w-]*)\s*(?:\[(?P<names>[^\]]*)\])?[\s:—-]*(?P<reason>.*)", re.IGNORECASE | re.DOTALL
)
_EVERYWHERE: Final = Range(1, 1, 2**31, 1)

Found = tuple["Violation", "Fingerprint"]


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

    def silences(self, violation: Violation) -> bool:
        """Whether a violation is silenced; remembers by what."""
        at = violation.range
        if self.verb not in _VERBS or at is None or not _start(self.covered) <= _start(at) < _end(self.covered):
            return False
        names = {name for name in self.names if name in {violation.rule, violation.rule.partition("/")[0]}}
        self.used |= names
        return bool(names)


def directives(comments: Iterable[Comment], lines: LineIndex) -> list[Directive]:
    """Read the comments of a text."""
    return [_directive(comment, lines) for comment in comments]


def silenced_by(said: list[Directive], found: Iterable[Found]) -> tuple[list[Found], list[Suppressed]]:
    """Part what is found in a text into what is left of it and what its comments silence."""
    kept: list[Found] = []
    silenced: list[Suppressed] = []
    for violation, fingerprint in found:
        by = [directive for directive in said if directive.silences(violation)]
        if by:
            silenced.append(Suppressed(violation, fingerprint, Means.COMMENT, by[-1].reason))
        else:
            kept.append((violation, fingerprint))
    return kept, silenced


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
            yield from _worded(rules.no_rule_named, linter, place, directive.verb, directive.reason or "")
        for name in directive.names:
            if name not in RULES and name not in AREAS:
                yield from _worded(rules.unknown_rule, linter, place, name)
        unused = [name for name in directive.names if _is_unused(name, directive, linter)]
        if unused and (is_whole or directive.verb != _FOR_FILE):
            yield from _worded(rules.unused, linter, place, unused, "here")


def _is_unused(name: str, directive: Directive, linter: Linter) -> bool:
    return name not in directive.used and (name in RULES or name in AREAS) and linter.chooses(name)


def _worded(rule: Rule, linter: Linter, place: Range, *what: object) -> Iterator[Violation]:
    if linter.chooses(rule.id):
        message, advice = rule.check(*what)
        yield without_secrets(Violation(rule.id, linter.severity_of(rule.id), "", message, advice, place))


def _directive(comment: Comment, lines: LineIndex) -> Directive:
    words = _DIRECTIVE.match(comment.text)
    verb, names, reason = (words["verb"].lower(), words["names"] or "", words["reason"]) if words else ("", "", "")
    place = Range(*lines.position(comment.start), *lines.position(comment.end))
    covered = Range(place.line, 1, place.end_line + 1, 1)
    if verb == _FOR_FILE:
        covered = _EVERYWHERE
    elif comment.following is not None:
        covered = Range(*lines.position(comment.following[0]), *lines.position(comment.following[1]))
    listed = dict.fromkeys(name.strip() for name in names.split(",") if name.strip())
    return Directive(verb, list(listed), redacted(" ".join(reason.split())) or None, place, covered)


def _start(place: Range) -> tuple[int, int]:
    return place.line, place.column


def _end(place: Range) -> tuple[int, int]:
    return place.end_line, place.end_column

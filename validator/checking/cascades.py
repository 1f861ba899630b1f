"""Cascades: drop the findings that only follow from a value that the schemas have refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from ..common.pointer import Path
from ..report import Severity, Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from ..engine.finding import Draft, Finding
    from ..schema.explain import Problem

AnyFinding = TypeVar("AnyFinding", "Finding", "Draft")

_INDICES: Final = frozenset({"*", ".", "~"})
_NEAR: Final = 2
"""How many messages away a mistake can make another message look wrong: a turn and its neighbours."""
_MOST_NAMES: Final = 400
"""Most unknown names for which a near match is looked for here: the report's did-you-means share the budget."""


def causes_among(
    problems: list[Problem], *, report_misspelt: bool, report_missing: bool = False
) -> tuple[list[Problem], set[Path]]:
    """Return the problems to report, and the places where nothing else can be reported because of them.

    With `report_misspelt`, a property is not reported as missing where a misspelling of it is, unless `report_missing`.
    """
    from ..rules.schema import is_echo, meant_by, place_of, within_mistyped

    names_looked_at: set[str] = set()

    def meant_of(problem: Problem) -> list[str]:
        if problem.keyword == "additionalProperties" and problem.name not in names_looked_at:
            if len(names_looked_at) >= _MOST_NAMES:
                return []
            names_looked_at.add(problem.name)
        return meant_by(problem)

    meant = list(map(meant_of, problems))
    places = {(*problem.path[:-1], name) for problem, names in zip(problems, meant, strict=True) for name in names}
    causes: list[Problem] = []
    for problem, names in zip(problems, meant, strict=True):
        is_told = report_misspelt and not (report_missing and problem.keyword == "required")
        if not (is_told and is_echo(problem, places)):
            causes += (problem, *within_mistyped(problem, names))
    return causes, places.union(map(place_of, problems))


def unsettled(problems: list[Problem], findings: list[Finding]) -> list[Problem]:
    """Drop the problems of values that the help of a rule's finding removes."""
    unknown = {problem.path for problem in problems if problem.keyword == "additionalProperties"}
    settling = [each for each in findings if each.rule.settles is not None and each.path not in unknown]
    if not settling:
        return problems
    from ..rules.schema import place_of

    others = {place_of(problem) for problem in _outside(problems, settling)}
    return _outside(problems, beside(others, settling))


def _outside(problems: list[Problem], settling: list[Finding]) -> list[Problem]:
    """Drop the problems of values that some findings settle, and of what is inside them."""
    from ..rules.schema import place_of

    settled = {
        (*finding.path[:-1], name) for finding in settling for name in (finding.path[-1], *(finding.rule.settles or ()))
    }
    return [problem for problem in problems if not any(place in settled for place in _starts(place_of(problem)))]


def _starts(path: Path) -> Iterator[Path]:
    return (path[:length] for length in range(1, len(path) + 1))


def beside(spoilt: AbstractSet[Path], findings: list[Finding], holes: AbstractSet[Path] = frozenset()) -> list[Finding]:
    """Drop the findings that are at, or rest on, a value that has been refused.

    `spoilt` are the places of refused values. `holes` are places that are known only in part: findings there are kept,
    but not findings elsewhere that rest on them.
    """
    if not (spoilt or holes) or not findings:
        return findings
    kinds = _by_kind(spoilt | holes)

    def sound(path: Path) -> bool:
        starts = [path[:length] for length in range(len(path) + 1)]
        return not any(start in spoilt or (*start, "type") in spoilt for start in starts)

    return [
        finding
        for finding in findings
        if sound(finding.path)
        and (finding.missing is None or sound((*finding.path, finding.missing)))
        and all(sound(path) for path, _ in finding.related)
        and not any(_is_among(kinds, needed, finding.path) for needed in finding.rule.rests_on_steps)
    ]


def without_refused(structural: list[AnyFinding], found: list[Finding]) -> list[AnyFinding]:
    """Drop the schema's warnings at places where a rule reports an error."""
    refused = {finding.path for finding in found if (finding.severity or finding.rule.severity) is Severity.ERROR}
    return [each for each in structural if each.severity is not Severity.WARNING or each.path not in refused]


def beside_refused(
    refused: Sequence[Finding], findings: list[Finding], paths: AbstractSet[Path] = frozenset()
) -> list[Finding]:
    """Drop the findings that depend on values that JSON cannot hold, which are unknown to the rules.

    An unknown property is reported whatever its value. `paths` are places of further such values, without a finding.
    """
    if not refused:
        return findings
    at_keys = {finding.path for finding in refused if finding.target is Target.KEY}
    spoilt = {finding.path for finding in refused} | paths
    known = [
        finding
        for finding in findings
        if finding.target is Target.KEY and finding.path in spoilt and finding.path not in at_keys
    ]
    sound = [
        finding for finding in known if not any(finding.path[:length] in spoilt for length in range(len(finding.path)))
    ]
    return sound + beside(spoilt, findings)


_Kinds = dict[tuple[Path, tuple[str, ...]], dict[int, list[tuple[int, ...]]]]
"""The indices in spoilt paths, by their request and their steps with `*` for each index, then by the first index."""


# Grouped, because a request may have thousands of findings and of spoilt places: comparing each with each would grow
# with the square of the request.
def _by_kind(spoilt: AbstractSet[Path]) -> _Kinds:
    from ..rules.shared.schema_api_messages import length_of_envelope

    kinds: _Kinds = {}
    for path in spoilt:
        start = length_of_envelope(path)
        indices = tuple(step for step in path[start:] if isinstance(step, int))
        kind = tuple(step if isinstance(step, str) else "*" for step in path[start:])
        kinds.setdefault((path[:start], kind), {}).setdefault(indices[0] if indices else 0, []).append(indices)
    return kinds


def _is_among(kinds: _Kinds, needed: tuple[str, ...], own: Path) -> bool:
    """Whether a place that the finding at `own` rests on is spoilt, or inside a spoilt value."""
    from ..rules.shared.schema_api_messages import length_of_envelope

    start = length_of_envelope(own)
    kind = tuple("*" if step in _INDICES else step for step in needed)
    wanted = [
        (step, own[start + number : start + number + 1]) for number, step in enumerate(needed) if step in _INDICES
    ]
    for length in range(1, len(needed) + 1):
        by_first = kinds.get((own[:start], kind[:length]))
        if by_first is None:
            continue
        firsts = _allowed(*wanted[0]) if wanted and "*" in kind[:length] else None
        for first in by_first if firsts is None else firsts & by_first.keys():
            for indices in by_first[first]:
                if all(_fits(index, *each) for index, each in zip(indices, wanted, strict=False)):
                    return True
    return False


def _fits(index: int, step: str, mine: Path) -> bool:
    allowed = _allowed(step, mine)
    return allowed is None or index in allowed


def _allowed(step: str, mine: Path) -> set[int] | None:
    """Return the indices that a step of `rests_on` means, given the finding's own; None for any."""
    if step == "*" or not mine or not isinstance(mine[0], int):
        return None
    reach = _NEAR if step == "~" else 0
    return set(range(mine[0] - reach, mine[0] + reach + 1))

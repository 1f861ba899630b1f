"""Echoes: findings that only repeat, in other words, what the schemas refuse already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .pointer import Path
from .rules.api_words import length_of_envelope
from .rules.schema import meant_by

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from .findings import Finding
    from .schema.explain import Problem

_INDICES: Final = frozenset({"*", ".", "~"})
_NEAR: Final = 2
"""How many messages away a mistake may be that makes another message look wrong: a turn and its neighbours."""
_MOST_NAMES: Final = 400
"""Unknown names of which it is asked what they may mean; the did-you-means of the report need the same budget."""


def spoilt_by(problems: Iterable[Problem]) -> set[Path]:
    """Return the places of which nothing can be said as the schemas refuse what is there, or miss it."""
    spoilt: set[Path] = set()
    names: set[str] = set()
    for problem in problems:
        if problem.keyword == "required":
            spoilt.add((*problem.path, problem.name))
            continue
        spoilt.add(problem.path)
        if problem.keyword == "additionalProperties" and (problem.name in names or len(names) < _MOST_NAMES):
            names.add(problem.name)
            meant = meant_by(problem)
            if meant is not None:
                spoilt.add((*problem.path[:-1], meant))
    return spoilt


def beside(spoilt: AbstractSet[Path], findings: list[Finding], holes: AbstractSet[Path] = frozenset()) -> list[Finding]:
    """Keep the findings that neither speak of a place in which something is wrong already, nor rest on one.

    `holes` are places of which not all is known: what stands there can be spoken of, but nothing that rests on them.
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
        and all(sound(path) for path, _ in finding.related)
        and not any(_is_among(kinds, needed, finding.path) for needed in finding.rule.needed)
    ]


_Kinds = dict[tuple[Path, tuple[str, ...]], dict[int, list[tuple[int, ...]]]]
"""The indices in spoilt paths: by the request they are in and their steps with `*` for any index; by the first one."""


def _by_kind(spoilt: AbstractSet[Path]) -> _Kinds:
    kinds: _Kinds = {}
    for path in spoilt:
        start = length_of_envelope(path)
        indices = tuple(step for step in path[start:] if isinstance(step, int))
        kind = tuple(step if isinstance(step, str) else "*" for step in path[start:])
        kinds.setdefault((path[:start], kind), {}).setdefault(indices[0] if indices else 0, []).append(indices)
    return kinds


def _is_among(kinds: _Kinds, needed: tuple[str, ...], own: Path) -> bool:
    """Whether a place that the finding at `own` needs to be sound is spoilt, or stands in something that is."""
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
    """Return the indices that are meant beside the finding's own; None for any."""
    if step == "*" or not mine or not isinstance(mine[0], int):
        return None
    around = _NEAR if step == "~" else 0
    return set(range(mine[0] - around, mine[0] + around + 1))

"""Steps: what a program can do to a request that moves to another model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..common.docstrings import docstring_of

if TYPE_CHECKING:
    from ..common.pointer import Path
    from ..fixes import Operation
    from .subject import Subject


class Kind(str, Enum):
    """What a change does to the meaning of a request."""

    SAFE = "safe"
    """The request means the same afterwards."""
    PIN = "pin"
    """It writes out an old default, so that it does not change silently."""
    NEAR = "near"
    """The result is close to what the request meant, but not the same."""

    def __str__(self) -> str:
        return self.value


class Change(NamedTuple):
    """A change of a request."""

    step: str
    """The id of the step that makes it."""
    kind: Kind
    path: Path
    """The place that changes, in the request that the step was given."""
    title: str
    """What it does, as an imperative."""
    why: str
    source: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change as a step function yields it."""

    path: Path
    title: str
    why: str
    operations: tuple[Operation, ...]
    facts: tuple[str, ...] = ()
    """The facts about the new model that it rests on: they say the source."""
    kind: Kind | None = None
    """In place of the kind of the step."""


class Example(NamedTuple):
    """An example of a step: the properties of a request before and after it."""

    model: str
    to: str
    before: dict[str, Any]
    after: dict[str, Any] | None
    """None: the step does nothing."""


Check = Callable[["Subject"], "Iterator[Proposal]"]


@dataclass(frozen=True, slots=True)
class Step:
    """A step, with its examples."""

    id: str
    kind: Kind
    source: str
    check: Check
    examples: tuple[Example, ...]

    @property
    def summary(self) -> str:
        """The first line of its documentation."""
        return (docstring_of(self.check) or "").partition("\n")[0]


_OWN_PLACES: Final = frozenset({"messages", "system", "tools"})
"""The properties that thinking blocks are signed together with."""


def step(
    id: str,  # noqa: A002 - as of rules
    *,
    kind: Kind,
    source: str,
    examples: tuple[Example, ...],
) -> Callable[[Check], Step]:
    """Return a decorator that makes a step of a function."""
    return lambda check: Step(id, kind, source, check, examples)


def changes_of(step: Step, subject: Subject) -> list[Change]:
    """Return what a step would change; nothing that rests on an unknown value."""
    from ..common.unknown import NotKnownError

    found: list[Change] = []
    try:
        for proposal in step.check(subject):
            kind = proposal.kind or step.kind
            if kind is Kind.SAFE and _edits_what_is_signed(proposal) and subject.may_be_signed:
                kind = Kind.NEAR
            sources = [subject.source(name) for name in proposal.facts]
            source = "; ".join(dict.fromkeys([step.source, *sources] if step.source else sources))
            found.append(
                Change(step.id, kind, proposal.path, proposal.title, proposal.why, source, proposal.operations)
            )
    except NotKnownError:
        pass
    return found


def _edits_what_is_signed(proposal: Proposal) -> bool:
    return any(operation.path[0] in _OWN_PLACES for operation in proposal.operations)

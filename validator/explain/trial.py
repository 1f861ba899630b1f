"""Run the examples of rules: a bad one has to break its rule, a good one must not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from ..checking.linter import Linter
from ..common.wording import code, count, joined, shown
from ..files import check_text
from ..own.rules import OwnRule

if TYPE_CHECKING:
    from ..report import Violation
    from ..rules import Example, Rule

_MOST_NAMED: Final = 5


class Trial(NamedTuple):
    """An example that was run."""

    rule: Rule
    kind: str
    """`bad` or `good`."""
    number: int
    """Its number among those of its kind, from 1."""
    failure: str | None
    """What was expected and what was found instead; None where both are the same."""

    @property
    def name(self) -> str:
        """The name of the example."""
        return f"{self.rule.id}, {self.kind} example {self.number}"


def trials(rules: Iterable[Rule]) -> Iterator[Trial]:
    """Run the examples of rules."""
    for rule in rules:
        for number, example in enumerate(rule.bad, start=1):
            yield Trial(rule, "bad", number, _unbroken(rule, example))
        for number, example in enumerate(rule.good, start=1):
            yield Trial(rule, "good", number, _broken(rule, example))


def violations_of(example: Example) -> tuple[Violation, ...]:
    """Check an example as its options say."""
    linter, request = Linter(**example.options()), example.made()
    if isinstance(request, bytes):
        return check_text(example.file, request, linter).violations
    return linter.validate(request).violations


def _unbroken(rule: Rule, example: Example) -> str | None:
    """Return what is wrong with a bad example; None if the rule finds it."""
    found = violations_of(example)
    mine = [each for each in found if each.rule == rule.id]
    if not mine:
        return f"expected a violation of {code(rule.id)}, but found {_said(found)}"
    if isinstance(rule.origin, OwnRule) or example.at in {None, *(each.pointer for each in mine)}:
        return None
    return f"expected it at {shown(example.at)}, but it is at {shown(mine[0].pointer)}"


def _broken(rule: Rule, example: Example) -> str | None:
    """Return what is wrong with a good example; None if the rule finds nothing in it."""
    mine = [each for each in violations_of(example) if each.rule == rule.id]
    return f"expected no violation of {code(rule.id)}, but found {_said(mine)}" if mine else None


def _said(found: Iterable[Violation]) -> str:
    every = list(found)
    if not every:
        return "nothing"
    named = [f"{code(each.rule)} at {shown(each.pointer)}: {each.message}" for each in every[:_MOST_NAMED]]
    rest = [count(len(every) - _MOST_NAMED, "other")] if len(every) > _MOST_NAMED else []
    return joined([*named, *rest], "and")

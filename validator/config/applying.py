"""What a configuration silences: findings at places that it names, with what they would have been."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..report import Severity
from .keys import OFF

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..report import Violation
    from .settings import Silence


@dataclass(frozen=True, slots=True)
class Weighed:
    """A violation as a configuration has it."""

    violation: Violation
    by: Silence | None = None
    """What changed it, if something did."""
    is_silenced: bool = False


def weighed(violations: Iterable[Violation], silences: list[Silence]) -> list[Weighed]:
    """Apply what a configuration says of places in a file; of several that match, the last one counts."""
    return [_weighed(violation, silences) for violation in violations]


def _weighed(violation: Violation, silences: list[Silence]) -> Weighed:
    for silence in reversed(silences):
        level = silence.severity_of(violation.rule, violation.pointer)
        if level == OFF:
            return Weighed(violation, silence, is_silenced=True)
        if level is not None:
            return Weighed(replace(violation, severity=Severity(level)), silence)
    return Weighed(violation)

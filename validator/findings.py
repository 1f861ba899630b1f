"""Findings: violations before their places in a text are known."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .fixes import Fix
    from .pointer import Path
    from .report import Severity
    from .rules.rule import Rule
    from .schema.explain import Problem


class Target(Enum):
    """Which part of the text a finding points at."""

    VALUE = "value"
    """The value itself."""
    KEY = "key"
    """The key of the property: for a property that should not be there."""
    HOLDER = "holder"
    """The key that holds the object, or its opening brace: for a property that is missing."""


class Draft(NamedTuple):
    """A refusal of the schema before it is put into words, which costs more than all that comes before it."""

    rule: Rule
    path: Path
    target: Target
    severity: Severity | None
    problem: Problem
    is_disputed: bool = False
    """Whether the API was seen to accept it, too."""


class Finding(NamedTuple):
    """One mistake, by its path in the request."""

    rule: Rule
    path: Path
    message: str
    help: str | None = None
    target: Target = Target.VALUE
    related: tuple[tuple[Path, str], ...] = ()
    severity: Severity | None = None
    """Set where a case is milder than its rule usually is."""
    api_message: str | None = None
    """What the API itself answers, where its wording is known."""
    missing: str | None = None
    """The property that the object at the path lacks, where that is the mistake."""
    fix: Fix | None = None
    """How to mend it."""

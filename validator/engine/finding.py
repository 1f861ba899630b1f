"""Findings: violations by their path, before their lines and columns are known."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Final, TypeVar

from ..common.records import NamedTuple
from ..report import Target

if TYPE_CHECKING:
    from ..common.pointer import Path
    from ..fixes import Fix
    from ..report import Severity, Violation
    from ..schema.explain import Problem
    from .rule import Rule

WithFix = TypeVar("WithFix", "Finding", "Violation")

_UNCHANGING: Final = (str, int, float, type(None))
"""The types of the values of most fixes."""


class Draft(NamedTuple):
    """A refusal of the schema without its message: wording costs more than finding, and most drafts are not kept."""

    rule: Rule
    path: Path
    target: Target
    severity: Severity | None
    problem: Problem
    is_disputed: bool = False
    """Whether the API was seen to accept it as well."""


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
    """The API's own error message, where its wording is known."""
    missing: str | None = None
    """The property that the object at the path lacks, where that is the mistake."""
    fix: Fix | None = None
    """How to fix it."""


def apart(found: WithFix) -> WithFix:
    """Return a finding or violation that shares nothing with another one, or with the request, that may change."""
    fix = found.fix
    if fix is None or all(isinstance(each.value, _UNCHANGING) for each in fix.operations):
        return found
    operations = tuple(each._replace(value=deepcopy(each.value)) for each in fix.operations)
    return found._replace(fix=fix._replace(operations=operations))

"""Summarise the violations of a file that were counted but not kept."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from ..common.wording import count
from ..report import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..files import FileResult

LEFT_OUT: Final = "msglint/left-out"
"""Replaces the rule id for violations that are not listed."""


def said_of_rest(result: FileResult) -> str | None:
    """Return the line that counts the violations not listed; None if all are listed."""
    if not result.omitted:
        return None
    counts = _by_severity(result)
    found = ", ".join(count(counts[severity], severity.value) for severity in Severity if counts[severity])
    return f"and {result.omitted.total():,} more: {found}"


def worst_of_rest(result: FileResult) -> Severity:
    """Return the worst severity among the violations not listed, of which there must be some."""
    counts = _by_severity(result)
    return next(severity for severity in Severity if counts[severity])


def records_of_rest(result: FileResult) -> Iterator[dict[str, Any]]:
    """Yield an object with the number of violations not listed, for each rule and severity."""
    counts: Counter[tuple[str, str]] = Counter()
    for kind, number in result.omitted.items():
        counts[kind.rule, kind.severity.value] += number
    for (rule, severity), number in sorted(counts.items()):
        yield {"path": result.name, "rule": rule, "severity": severity, "count": number}


def _by_severity(result: FileResult) -> Counter[Severity]:
    counts: Counter[Severity] = Counter()
    for kind, number in result.omitted.items():
        counts[kind.severity] += number
    return counts

"""What is said of the violations of a file that were counted and not kept."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from ..common.wording import count
from ..report import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..files import FileResult

LEFT_OUT: Final = "msglint/left-out"
"""In place of a rule, for violations that are not listed."""


def said_of_rest(result: FileResult) -> str | None:
    """Say how many violations of a file are not listed; None where all are."""
    if not result.omitted:
        return None
    counts = _by_severity(result)
    found = ", ".join(count(counts[severity], severity.value) for severity in Severity if counts[severity])
    return f"and {result.omitted.total():,} more: {found}"


def worst_of_rest(result: FileResult) -> Severity:
    """Return the gravest severity among the violations of a file that are not listed; there are some."""
    counts = _by_severity(result)
    return next(severity for severity in Severity if counts[severity])


def records_of_rest(result: FileResult) -> Iterator[dict[str, Any]]:
    """Yield an object for each rule and severity of which violations are not listed, with their number."""
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

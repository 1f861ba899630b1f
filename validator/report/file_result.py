"""What checking a file comes to."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from ..common.redaction import redacted
from ..common.wording import printable

if TYPE_CHECKING:
    from ..fixes import Applicability
    from . import Severity, Violation
    from .fingerprint import Fingerprint


class WorkerDiedError(RuntimeError):
    """Raised when a process that checks files ends before it is done."""


class Kind(NamedTuple):
    """What is known of violations that are counted, and not kept."""

    rule: str
    severity: Severity
    fix: Applicability | None
    """Whether the fix that each has is safe; None where they have none, or were counted before any was made."""


@dataclass(frozen=True, repr=False)
class FileResult:
    """What checking one file came to."""

    name: str
    """The file's name as it was given, safe to print."""
    requests: int = 0
    """The number of requests in it; each request of a batch counts."""
    violations: tuple[Violation, ...] = ()
    lines: dict[int, str] = field(default_factory=dict)
    """The text of the lines that violations speak of, by number."""
    error: str | None = None
    """Why the file could not be checked."""
    fingerprints: tuple[Fingerprint, ...] = ()
    """What tells each violation from others wherever its line is, in their order."""
    path: str | None = None
    """The file as the system knows it; None where it is not one."""
    suppressed: tuple[Suppressed, ...] = ()
    """What was found and is not to be reported."""
    is_configuration: bool = False
    """Whether the file is no request but a configuration that something is said about."""
    is_look_alike: bool = False
    """Whether the file is left alone though it looks like a request: it is counted, and nothing else."""
    omitted: Counter[Kind] = field(default_factory=Counter)
    """How many more violations there are than those kept."""
    omitted_suppressed: Counter[Means] = field(default_factory=Counter)
    """How many more there are that are not to be reported."""

    def severities(self) -> Counter[Severity]:
        """Count all violations by severity, kept or not."""
        counts = Counter(violation.severity for violation in self.violations)
        for kind, number in self.omitted.items():
            counts[kind.severity] += number
        return counts

    def means(self) -> Counter[Means]:
        """Count all that is not to be reported by what suppresses it, kept or not."""
        return Counter(each.means for each in self.suppressed) + self.omitted_suppressed

    def lines_spoken_of(self) -> set[int]:
        """Return the numbers of the lines that hold what the kept violations speak of, suppressed ones too."""
        found = [*self.violations, *(each.violation for each in self.suppressed)]
        places = [violation.range for violation in found]
        places += [related.range for violation in found for related in violation.related]
        return {place.line for place in places if place is not None}


def joined(parts: Iterable[FileResult]) -> FileResult:
    """Join the parts of one file; there is at least one.

    Raises:
        ValueError: for none.
    """
    first, *rest = parts
    if not rest:
        return first
    every = [first, *rest]
    return replace(
        first,
        requests=sum(part.requests for part in every),
        violations=tuple(violation for part in every for violation in part.violations),
        lines={number: text for part in every for number, text in part.lines.items()},
        fingerprints=tuple(mark for part in every for mark in part.fingerprints),
        suppressed=tuple(each for part in every for each in part.suppressed),
        omitted=sum((part.omitted for part in every), Counter()),
    )


def shown_name(path: str) -> str:
    """Make a file's name fit to be written anywhere: without secrets, bytes that are not UTF-8 and controls escaped."""
    return printable(redacted(os.fsencode(path).decode(errors="backslashreplace")))


class Means(str, Enum):
    """What suppresses a finding."""

    COMMENT = "comment"
    CONFIGURATION = "configuration"
    BASELINE = "baseline"


class Suppressed(NamedTuple):
    """A violation that is not reported."""

    violation: Violation
    fingerprint: Fingerprint
    means: Means
    reason: str | None = None
    """Why, where somebody said so."""

"""The result of checking one file."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Protocol

from ..common.records import NamedTuple
from ..common.redaction import redacted
from ..common.wording import printable

if TYPE_CHECKING:
    from ..fixes import Applicability
    from . import Severity, Violation
    from .fingerprint import Fingerprint


class DescribedRule(Protocol):
    """A rule as reports describe it."""

    @property
    def id(self) -> str:
        """Its id, `area/name`."""

    @property
    def area(self) -> str:
        """The first half of its id."""

    @property
    def severity(self) -> Severity:
        """How severe its findings are by default."""

    @property
    def summary(self) -> str:
        """The mistake that it reports."""

    @property
    def why(self) -> str:
        """The reason for it."""

    @property
    def source(self) -> str:
        """Where it comes from."""

    @property
    def api_messages(self) -> tuple[str, ...]:
        """The API's own messages for it."""


class WorkerDiedError(RuntimeError):
    """Raised when a worker process ends before it is done."""


class RowPlace(NamedTuple):
    """A row of a table that is in a file of row groups, both counted from 1."""

    group: int
    row: int
    """Its number in the row group."""
    id: int | str | None
    """Its id, if a column with ids was named."""


class Kind(NamedTuple):
    """A kind of violation, for those that are only counted and not kept."""

    rule: str
    severity: Severity
    fix: Applicability | None
    """The applicability of their fixes; None where they have none, or were counted before any was made."""


_NO_LINES: Final[dict[int, str]] = {}
_NO_ROWS: Final[dict[int, RowPlace]] = {}
NOTHING_COUNTED: Final[Counter[Any]] = Counter()
_NO_RULES: Final[dict[str, DescribedRule]] = {}


class FileResult(NamedTuple):
    """The result of checking one file; what it holds is never changed in place."""

    name: str
    """The file's name as it was given, safe to print."""
    requests: int = 0
    """The number of requests in it; each request of a batch counts."""
    violations: tuple[Violation, ...] = ()
    lines: dict[int, str] = _NO_LINES
    """The text of the lines with violations, by number."""
    rows: dict[int, RowPlace] = _NO_ROWS
    """In a table, the places of the rows whose texts are in `lines`, by the same numbers."""
    error: str | None = None
    """Why the file could not be checked."""
    fingerprints: tuple[Fingerprint, ...] = ()
    """The fingerprint of each violation, in the same order."""
    path: str | None = None
    """The path of the file; None for standard input and other texts without one."""
    suppressed: tuple[Suppressed, ...] = ()
    """The violations that are suppressed."""
    is_configuration: bool = False
    """Whether the file is not a request but a configuration, with violations of its own."""
    is_look_alike: bool = False
    """Whether the file was skipped although it resembles a request: it is only counted."""
    lacks_parser: bool = False
    """Whether the file was skipped because the parser of its language is not installed: it is only counted."""
    retired: int = 0
    """The number of requests in code that is run that name a retired model."""
    omitted: Counter[Kind] = NOTHING_COUNTED
    """The number of violations that are not kept, by kind."""
    omitted_suppressed: Counter[Means] = NOTHING_COUNTED
    """The number of suppressed violations that are not kept."""
    rules: Mapping[str, DescribedRule] = _NO_RULES
    """The rules beside msglint's own that it was checked with, by id."""

    @property
    def is_only_counted(self) -> bool:
        """Whether the file was skipped, and only the summary mentions it."""
        return self.is_look_alike or self.lacks_parser

    def severities(self) -> Counter[Severity]:
        """Count all violations by severity, kept or not."""
        if not self.violations and not self.omitted:
            return NOTHING_COUNTED
        counts = Counter(violation.severity for violation in self.violations)
        for kind, number in self.omitted.items():
            counts[kind.severity] += number
        return counts

    def means(self) -> Counter[Means]:
        """Count all suppressed violations by what suppresses them, kept or not."""
        if not self.suppressed:
            return self.omitted_suppressed
        return Counter(each.means for each in self.suppressed) + self.omitted_suppressed

    def lines_spoken_of(self) -> set[int]:
        """Return the numbers of the lines of kept violations and their related places, suppressed ones too."""
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
    return first._replace(
        requests=sum(part.requests for part in every),
        retired=sum(part.retired for part in every),
        violations=tuple(violation for part in every for violation in part.violations),
        lines={number: text for part in every for number, text in part.lines.items()},
        rows={number: row for part in every for number, row in part.rows.items()},
        fingerprints=tuple(mark for part in every for mark in part.fingerprints),
        suppressed=tuple(each for part in every for each in part.suppressed),
        omitted=sum((part.omitted for part in every), Counter()),
    )


def shown_name(path: str) -> str:
    """Make a file's name safe to print: redact secrets, escape controls and bytes that are not UTF-8."""
    return printable(redacted(os.fsencode(path).decode(errors="backslashreplace")))


class Means(str, Enum):
    """The means by which a finding is suppressed."""

    COMMENT = "comment"
    CONFIGURATION = "configuration"
    BASELINE = "baseline"


class Suppressed(NamedTuple):
    """A suppressed violation."""

    violation: Violation
    fingerprint: Fingerprint
    means: Means
    reason: str | None = None
    """The reason that was given, if any."""

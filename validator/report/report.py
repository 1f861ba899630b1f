"""What a check answers: violations with their places, gathered in a report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from ..common.redaction import redacted
from ..common.wording import printable

if TYPE_CHECKING:
    from ..fixes import Fix


SeverityName = Literal["error", "warning", "info"]
"""A severity by its name."""


class Severity(str, Enum):
    """How much a violation matters; compares equal to its lower-case name."""

    ERROR = "error"
    """The API refuses the request."""
    WARNING = "warning"
    """The API accepts it, but it is almost surely not what is meant, or deprecated."""
    INFO = "info"
    """Worth knowing."""

    def __str__(self) -> str:
        return self.value


SEVERITIES: Final = tuple(severity.value for severity in Severity)
"""The names of the severities, the gravest first."""

MOST_KEPT: Final = 1000
"""How many violations of a text or a request are kept by default; the others are counted."""


class Range(NamedTuple):
    """A stretch of text; lines and columns count from 1, columns in characters, the end is just past the last one."""

    line: int
    column: int
    end_line: int
    end_column: int


class Related(NamedTuple):
    """A second place that a violation speaks of."""

    pointer: str
    message: str
    range: Range | None = None


class Violation(NamedTuple):
    """One mistake at its own place."""

    rule: str
    """The rule's id, `area/name`."""
    severity: Severity
    pointer: str
    """JSON Pointer (RFC 6901) from the request's root."""
    message: str
    """What is wrong, and what is allowed."""
    help: str | None = None
    """What to do about it."""
    range: Range | None = None
    """Where it stands in the text; None when a Python object was checked."""
    related: tuple[Related, ...] = ()
    api_message: str | None = None
    """What the API itself answers, where its wording is known: to be recognised in a log."""
    missing: str | None = None
    """The property that the object at `pointer` lacks, where that is what is wrong."""
    fix: Fix | None = None
    """How to mend it, where that can be done by machine."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything found in one request, sorted by place."""

    violations: tuple[Violation, ...] = ()
    omitted: int = 0
    """How many more there are than the linter was told to keep; errors are kept before anything milder."""

    @property
    def ok(self) -> bool:
        """Whether the API would take the request: no violation is an error."""
        return all(violation.severity is not Severity.ERROR for violation in self.violations)

    def __bool__(self) -> bool:
        """Be true where `ok` is, so that `if report:` asks what it seems to ask."""
        return self.ok


def shortened(violations: tuple[Violation, ...], most: int | None) -> Report:
    """Make a report of violations in their order, of which at most so many are kept; None for all."""
    if most is None or len(violations) <= most:
        return Report(violations)
    errors_first = sorted(range(len(violations)), key=lambda index: violations[index].severity is not Severity.ERROR)
    return Report(tuple(violations[index] for index in sorted(errors_first[:most])), len(violations) - most)


class RequestError(ValueError):
    """Raised by `check` for a request that the API would refuse; `report` holds every violation."""

    def __init__(self, report: Report) -> None:
        self.report = report
        errors = [violation for violation in report.violations if violation.severity is Severity.ERROR]
        lines = [f"{_place(error)}: {error.message} [{error.rule}]" for error in errors[:_SHOWN_ERRORS]]
        if len(errors) > _SHOWN_ERRORS:
            lines.append(f"and {len(errors) - _SHOWN_ERRORS} more")
        super().__init__(redacted("\n".join(lines)))

    def __reduce__(self) -> tuple[type[RequestError], tuple[Report]]:
        """Pickle by the report, so that the error crosses the border of a process."""
        return RequestError, (self.report,)


def _place(violation: Violation) -> str:
    pointer = printable(violation.pointer[:_LONGEST_POINTER]) or "the root"
    return pointer if len(violation.pointer) <= _LONGEST_POINTER else f"{pointer}…"


_LONGEST_POINTER = 200


_SHOWN_ERRORS = 5


class Target(Enum):
    """Which part of the text a finding points at."""

    VALUE = "value"
    """The value itself."""
    KEY = "key"
    """The key of the property: for a property that should not be there."""
    HOLDER = "holder"
    """The key that holds the object, or its opening brace: for a property that is missing."""

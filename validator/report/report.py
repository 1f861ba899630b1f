"""Violations with their places, and the report that collects them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Literal

from ..common.records import NamedTuple
from ..common.redaction import redacted
from ..common.wording import printable

if TYPE_CHECKING:
    from ..fixes import Fix


SeverityName = Literal["error", "warning", "info"]
"""A severity by its name."""


class Severity(str, Enum):
    """The severity of a violation; compares equal to its lower-case name."""

    ERROR = "error"
    """The API refuses the request."""
    WARNING = "warning"
    """The API accepts it, but it is deprecated, or almost certainly not what is meant."""
    INFO = "info"
    """Worth knowing."""

    def __str__(self) -> str:
        return self.value


SEVERITIES: Final = tuple(severity.value for severity in Severity)
"""The names of the severities, the most severe first."""

MOST_KEPT: Final = 1000
"""How many violations of a text or a request are kept by default; the others are counted."""


class Target(Enum):
    """The part of the text that a finding points at."""

    VALUE = "value"
    """The value itself."""
    KEY = "key"
    """The key of the property: for a property that should not be there."""
    HOLDER = "holder"
    """The key that holds the object, or its opening brace: for a property that is missing."""


class Range(NamedTuple):
    """A range of text. Lines and columns count from 1, columns count characters, and the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class CellPlace(NamedTuple):
    """A place in a cell of a notebook, all counted from 1."""

    cell: int
    """The number of the cell among all cells."""
    line: int
    """The line in the cell."""
    column: int
    """The column in that line, in characters."""


class Related(NamedTuple):
    """A second place that is part of a violation."""

    pointer: str
    message: str
    range: Range | None = None
    cell: CellPlace | None = None
    """In a notebook, where its range begins."""


class Violation(NamedTuple):
    """One mistake at one place."""

    rule: str
    """The rule's id, `area/name`."""
    severity: Severity
    pointer: str
    """JSON Pointer (RFC 6901) from the request's root."""
    message: str
    """The mistake, and what is allowed instead."""
    help: str | None = None
    """What to do about it, with the names and numbers of the request."""
    range: Range | None = None
    """The range in the text; None when a Python object was checked."""
    related: tuple[Related, ...] = ()
    api_message: str | None = None
    """The API's own error message, where its wording is known: to recognise it in a log."""
    missing: str | None = None
    """The property that the object at `pointer` lacks, where that is the mistake."""
    fix: Fix | None = None
    """The fix, if there is one."""
    cell: CellPlace | None = None
    """In a notebook, where its range begins."""
    target: Target = Target.VALUE
    """The part of the text that it points at."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything found in one request, sorted by place."""

    violations: tuple[Violation, ...] = ()
    omitted: int = 0
    """The number of violations beyond `max_violations`; errors are kept before anything milder."""

    @property
    def ok(self) -> bool:
        """Whether the API would accept the request: no violation is an error."""
        return all(violation.severity is not Severity.ERROR for violation in self.violations)

    def __bool__(self) -> bool:
        """Be true where `ok` is, so `if report:` means what it seems to mean."""
        return self.ok


def shortened(violations: tuple[Violation, ...], most: int | None) -> Report:
    """Make a report of violations in their order, keeping at most `most` of them; None for all."""
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

    def __reduce__(self) -> tuple[type[RequestError], tuple[Any, ...]]:
        """Pickle by the report, so that the error can be sent to another process."""
        return RequestError, (self.report,)


def _place(violation: Violation) -> str:
    pointer = printable(violation.pointer[:_LONGEST_POINTER]) or "the root"
    return pointer if len(violation.pointer) <= _LONGEST_POINTER else f"{pointer}…"


_LONGEST_POINTER = 200


_SHOWN_ERRORS = 5

"""The format `json`, version 1: one object for all results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..report.file_result import Means
from .identity import json_text
from .rest import records_of_rest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..files import FileResult
    from ..fixes import Fix
    from ..report import CellPlace, Range, Related, Violation
    from .style import Style

VERSION = 1


def render(results: Iterable[FileResult], style: Style) -> Iterator[str]:  # noqa: ARG001 - every format is called alike
    """Yield one object with counts, violations, the number of omitted ones, and errors of files not checked."""
    files = requests = 0
    suppressed = dict.fromkeys((means.value for means in Means), 0)
    violations: list[dict[str, Any]] = []
    omitted: list[dict[str, Any]] = []
    errors: list[dict[str, str]] = []
    for result in results:
        if result.error is not None:
            errors.append({"path": result.name, "message": result.error})
            continue
        files += not result.is_configuration
        requests += result.requests
        for means, number in result.means().items():
            suppressed[means.value] += number
        violations += [
            {**violation_object(result.name, violation), **row_of(result, violation)} for violation in result.violations
        ]
        omitted += records_of_rest(result)
    document = {
        "version": VERSION,
        "files": files,
        "requests": requests,
        "violations": violations,
        **({"omitted": omitted} if omitted else {}),
        "suppressed": suppressed,
        "errors": errors,
    }
    yield json_text(document)


def violation_object(path: str, violation: Violation) -> dict[str, Any]:
    """Return a violation as an object with all its details."""
    return {
        "path": path,
        **_place(violation.range),
        **_cell(violation.cell),
        "pointer": violation.pointer,
        "rule": violation.rule,
        "severity": violation.severity.value,
        "message": violation.message,
        "help": violation.help,
        "api_message": violation.api_message,
        "related": [_related(related) for related in violation.related],
        "fix": _fix(violation.fix),
    }


def row_of(result: FileResult, violation: Violation) -> dict[str, int | str | None]:
    """Return the place of a violation in a table, which other files do not have."""
    row = None if violation.range is None else result.rows.get(violation.range.line)
    return {} if row is None else {"row_group": row.group, "row": row.row, "id": row.id}


def _fix(fix: Fix | None) -> dict[str, str] | None:
    return None if fix is None else {"title": fix.title, "applicability": fix.applicability.value}


def _related(related: Related) -> dict[str, Any]:
    return {**_place(related.range), **_cell(related.cell), "pointer": related.pointer, "message": related.message}


def _cell(place: CellPlace | None) -> dict[str, int]:
    """Return the place in a cell of a notebook, which other files do not have."""
    return {} if place is None else {"cell": place.cell, "cell_line": place.line, "cell_column": place.column}


def _place(place: Range | None) -> dict[str, int | None]:
    return {
        "line": place.line if place else None,
        "column": place.column if place else None,
        "end_line": place.end_line if place else None,
        "end_column": place.end_column if place else None,
    }

"""The format `rdjson`: the Reviewdog Diagnostic Format, from which reviewdog comments on many services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .identity import NOT_CHECKED, json_text, local_path, readable
from .rest import LEFT_OUT, said_of_rest, worst_of_rest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..files import FileResult
    from ..report import Range, Violation
    from .style import Style

_SOURCE: Final = {"name": "msglint"}


def render(results: Iterable[FileResult], style: Style) -> Iterator[str]:  # noqa: ARG001 - every format is called alike
    """Yield one object with a diagnostic for each violation, and one for each file not checked."""
    diagnostics: list[dict[str, Any]] = []
    for result in results:
        path = readable(local_path(result))
        if result.error is not None:
            diagnostics.append(
                {
                    "message": f"not checked: {result.error}",
                    "location": {"path": path},
                    "severity": "ERROR",
                    "code": {"value": NOT_CHECKED},
                }
            )
        diagnostics += [_diagnostic(path, result, violation) for violation in result.violations]
        rest = said_of_rest(result)
        if rest is not None:
            diagnostics.append(
                {
                    "message": rest,
                    "location": {"path": path},
                    "severity": worst_of_rest(result).value.upper(),
                    "code": {"value": LEFT_OUT},
                }
            )
    document = {"source": _SOURCE, "diagnostics": diagnostics}
    yield json_text(document)


def _diagnostic(path: str, result: FileResult, violation: Violation) -> dict[str, Any]:
    return {
        "message": f"{violation.message}\nhelp: {violation.help}" if violation.help else violation.message,
        "location": _location(path, result, violation.range),
        "severity": violation.severity.value.upper(),
        "code": {"value": violation.rule},
        "related_locations": [
            {"message": related.message, "location": _location(path, result, related.range)}
            for related in violation.related
        ],
    }


def _location(path: str, result: FileResult, place: Range | None) -> dict[str, Any]:
    if place is None:
        return {"path": path}
    start = _position(result, place.line, place.column)
    return {"path": path, "range": {"start": start, "end": _position(result, place.end_line, place.end_column)}}


def _position(result: FileResult, line: int, column: int) -> dict[str, int]:
    """Return a position with its column in UTF-8 bytes, or without a column if the line's text is unknown."""
    text = result.lines.get(line)
    if text is None:
        return {"line": line}
    before = text[: column - 1]
    return {"line": line, "column": len(before.encode(errors="replace")) + column - len(before)}

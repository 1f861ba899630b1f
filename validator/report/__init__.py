"""The results of a check: violations, the report of one request, and the result of a file."""

from .report import (
    MOST_KEPT,
    SEVERITIES,
    CellPlace,
    Range,
    Related,
    Report,
    RequestError,
    Severity,
    SeverityName,
    Target,
    Violation,
    shortened,
)

__all__ = [
    "MOST_KEPT",
    "SEVERITIES",
    "CellPlace",
    "Range",
    "Related",
    "Report",
    "RequestError",
    "Severity",
    "SeverityName",
    "Target",
    "Violation",
    "shortened",
]

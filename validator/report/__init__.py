"""What a check answers: violations, the report of one request, and what is found in a file."""

from .report import (
    MOST_KEPT,
    SEVERITIES,
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

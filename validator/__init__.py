"""msglint: an offline validator and linter for request bodies of the Claude Messages API.

import validator

report = validator.validate({"model": "claude-sonnet-4-5", "max_tokens": 1024, "messages": []})
for violation in report.violations:
    print(violation.pointer, violation.message)
"""

from ._version import __version__
from .linter import Linter, check, validate, validate_json
from .report import Range, Related, Report, RequestError, Severity, Violation

__all__ = [
    "Linter",
    "Range",
    "Related",
    "Report",
    "RequestError",
    "Severity",
    "Violation",
    "__version__",
    "check",
    "validate",
    "validate_json",
]

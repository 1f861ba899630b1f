"""The format `gitlab`: a Code Quality report, which GitLab shows in a merge request."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import orjson

from ..report import Range, Severity
from ..report.fingerprint import Fingerprint
from .identity import NOT_CHECKED, Digests, json_text, project_path, readable
from .rest import LEFT_OUT, said_of_rest, worst_of_rest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..files import FileResult
    from .style import Style

_SEVERITIES: Final = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}
_START: Final = Range(1, 1, 1, 1)
"""The place of issues without one, because GitLab requires it."""


def render(results: Iterable[FileResult], style: Style) -> Iterator[str]:  # noqa: ARG001 - every format is called alike
    """Yield one list of issues; the description repeats the rule, because GitLab does not show `check_name`."""
    issues: list[dict[str, Any]] = []
    digests = Digests()
    for result in results:
        path = readable(project_path(result))
        if result.error is not None:
            digest, times = digests.of_one(path, Fingerprint(NOT_CHECKED, "", result.error))
            issues.append(_issue(path, NOT_CHECKED, "blocker", result.error, f"{digest}:{times}"))
        for violation, digest, times in digests.of(path, result):
            severity = _SEVERITIES[violation.severity]
            place = violation.range or _START
            issues.append(_issue(path, violation.rule, severity, violation.message, f"{digest}:{times}", place=place))
        rest = said_of_rest(result)
        if rest is not None:
            issues.append(_issue(path, LEFT_OUT, _SEVERITIES[worst_of_rest(result)], rest, LEFT_OUT))
    yield json_text(issues)


def _issue(path: str, rule: str, severity: str, message: str, mark: str, *, place: Range = _START) -> dict[str, Any]:
    return {
        "type": "issue",
        "check_name": rule,
        "description": f"{rule}: {message}",
        "categories": ["Bug Risk"],
        "severity": severity,
        "fingerprint": sha256(orjson.dumps([path, rule, mark])).hexdigest(),
        "location": {
            "path": path,
            "positions": {
                "begin": {"line": place.line, "column": place.column},
                "end": {"line": place.end_line, "column": place.end_column},
            },
        },
    }

"""The format `github`: workflow commands, which GitHub shows as annotations in the diff of a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..common.wording import count, printable
from ..report import Severity
from .identity import project_path, readable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..files import FileResult
    from ..report import Range, Violation
    from .style import Style

_MOST_OF_A_KIND: Final = 10
"""The most annotations of a kind that GitHub shows per step; it silently drops the others."""
_KINDS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(results: Iterable[FileResult], style: Style) -> Iterator[str]:  # noqa: ARG001 - every format is called alike
    """Yield the first annotations of each kind, errors first, and a line with the total numbers."""
    shown: dict[str, list[str]] = {kind: [] for kind in _KINDS.values()}
    numbers = dict.fromkeys(_KINDS.values(), 0)
    unchecked: list[str] = []
    failures = 0
    for result in results:
        if result.error is not None:
            failures += 1
            if failures <= _MOST_OF_A_KIND:
                unchecked.append(_command("error", result, None, "msglint", f"not checked: {result.error}"))
        for severity, number in result.severities().items():
            numbers[_KINDS[severity]] += number
        for violation in result.violations:
            kind = _KINDS[violation.severity]
            if len(shown[kind]) < _MOST_OF_A_KIND:
                shown[kind].append(_command(kind, result, violation.range, violation.rule, _said(violation)))
    shown["error"] = (unchecked + shown["error"])[:_MOST_OF_A_KIND]
    for commands in shown.values():
        yield from commands
    yield _summary(numbers, failures, sum(map(len, shown.values())))


def _summary(numbers: dict[str, int], failures: int, shown: int) -> str:
    found = ", ".join(count(number, kind) for kind, number in numbers.items() if number) or "no violations"
    unread = f", and {count(failures, 'file')} could not be checked" if failures else ""
    all_of_them = sum(numbers.values()) + failures
    rest = f"; only {shown:,} of these {all_of_them:,} are annotations" if shown < all_of_them else ""
    return f"msglint: {found}{unread}{rest}\n"


def _said(violation: Violation) -> str:
    return f"{violation.message}\nhelp: {violation.help}" if violation.help else violation.message


def _command(kind: str, result: FileResult, place: Range | None, title: str, text: str) -> str:
    properties = {"file": readable(project_path(result))}
    if place is not None:
        properties["line"] = str(place.line)
        properties["endLine"] = str(place.end_line)
        if place.line == place.end_line:  # GitHub ignores the place if it has columns and spans several lines
            properties["col"] = str(place.column)
            properties["endColumn"] = str(place.end_column)
    properties["title"] = title
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{kind} {listed}::{_data(text)}\n"


def _data(text: str) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return printable(escaped)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

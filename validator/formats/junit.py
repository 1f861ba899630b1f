"""The format `junit`: XML that every CI service reads, with one suite per file and one case per violation."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Final

from ..common.wording import printable
from ..report import Severity
from .identity import project_path, readable
from .places import shown_place
from .rest import said_of_rest, worst_of_rest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..files import FileResult
    from ..report import Violation
    from .style import Style

_NOT_PLAIN: Final = re.compile("[^\t\n\r\x20-\x7e]")


def render(results: Iterable[FileResult], style: Style) -> Iterator[str]:  # noqa: ARG001 - every format is called alike
    """Yield one document that is valid by Jenkins's schema, in which only a suite can name its file.

    Errors are failures; warnings and infos are skipped cases with a message, so that services and the exit code agree.
    A file that could not be checked is an error, and a file without violations is a passing case.
    """
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="msglint">\n'
    for result in results:
        yield _suite(result)
    yield "</testsuites>\n"


def _suite(result: FileResult) -> str:
    failures = sum(violation.severity is Severity.ERROR for violation in result.violations)
    skipped = len(result.violations) - failures
    errors = int(result.error is not None)
    cases = [_case(result, violation) for violation in result.violations]
    rest = said_of_rest(result)
    if rest is not None:
        is_failure = worst_of_rest(result) is Severity.ERROR
        failures, skipped = failures + is_failure, skipped + (not is_failure)
        outcome = (
            f'<failure type="error" message={_quoted(rest)}/>' if is_failure else f"<skipped message={_quoted(rest)}/>"
        )
        cases.append(f"    <testcase{_named(result, 'not listed')}>{outcome}</testcase>\n")
    if result.error is not None:
        outcome = f'<error type="not-checked" message={_quoted(result.error)}/>'
        cases.append(f"    <testcase{_named(result, 'not checked')}>{outcome}</testcase>\n")
    if not cases:
        cases.append(f"    <testcase{_named(result, 'no violations')}/>\n")
    numbers = f'tests="{len(cases)}" failures="{failures}" errors="{errors}" skipped="{skipped}" time="0"'
    file = _quoted(readable(project_path(result)))
    return f"  <testsuite name={_quoted(result.name)} file={file} {numbers}>\n{''.join(cases)}  </testsuite>\n"


def _case(result: FileResult, violation: Violation) -> str:
    place = violation.range
    where = f"{result.name}:{shown_place(place, violation.cell)}" if place else result.name
    title = f"{violation.rule} at {place.line}:{place.column}" if place else violation.rule
    pointed = f" at {violation.pointer}" if violation.pointer else ""
    advice = f"\nhelp: {violation.help}" if violation.help is not None else ""
    message, text = _quoted(violation.message), _text(f"--> {where}{pointed}{advice}")
    if violation.severity is Severity.ERROR:
        outcome = f'<failure type="{violation.severity}" message={message}>{text}</failure>'
    else:
        outcome = f"<skipped message={message}>{text}</skipped>"
    return f"    <testcase{_named(result, title)}>{outcome}</testcase>\n"


def _named(result: FileResult, title: str) -> str:
    return f' name={_quoted(title)} classname={_quoted(result.name)} time="0"'


def _text(text: str) -> str:
    spelled = _NOT_PLAIN.sub(lambda found: printable(found[0]), text)  # XML 1.0 cannot even escape most of these
    return escape(spelled).replace("\r", "&#13;")


def _quoted(text: str) -> str:
    """Return a quoted attribute value; line ends and tabs are escaped because parsers turn them into spaces."""
    return f'"{_text(text)}"'.replace("\n", "&#10;").replace("\t", "&#9;")

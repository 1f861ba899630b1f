"""Failures of msglint itself; the rest of the report is still valid."""

from __future__ import annotations

from pathlib import PurePath
from traceback import walk_tb
from typing import TYPE_CHECKING, Final

from ..common.wording import code
from ..engine.failures import raise_in_tests
from ..engine.finding import Finding
from ..engine.rule import value_rule
from ..report import Severity

if TYPE_CHECKING:
    from ..common.pointer import Path


_PACKAGE: Final = PurePath(__file__).parent.parent
_FAILED: Final = " failed with "

Words = tuple[str, str]
"""A message and the help that goes with it."""


@value_rule("internal/rule-failed", severity=Severity.WARNING, bad=(), good=())
def rule_failed(rule_id: str, error: Exception) -> Words:
    """A rule of msglint failed, so what it checks is unknown.

    Why: A rule must cope with any request, however malformed, so this is a bug in msglint. All other rules were
    checked, and their results are valid. The message names the type of the error and its place in the source, never a
    value of the request.

    Source: A safeguard: no request is known to cause this.
    """
    return (
        f"the rule {code(rule_id)}{_FAILED}{code(type(error).__name__)}{place_of(error)}; all other rules were checked",
        "this is a bug in msglint: please report it to its maintainers, with this message and a request that shows it",
    )


@value_rule("internal/not-checked", bad=(), good=())
def not_checked(why: str, advice: str) -> Words:
    """A request of a table was not checked.

    Why: What is wrong with one row must not stop the check of millions of others, but a request that nobody checked
    must not look like one without a mistake. The message says whether its options are wrong, or msglint failed.

    Source: Only `validator.arrow` reports this.
    """
    return f"this request was not checked: {why}", advice


def place_of(error: Exception) -> str:
    """Return where in the source of msglint an error was raised."""
    try:
        frames = walk_tb(error.__traceback__)
        files = [(PurePath(frame.f_code.co_filename), line) for frame, line in frames]
        inside = [(file.relative_to(_PACKAGE), line) for file, line in files if file.is_relative_to(_PACKAGE)]
    except Exception:  # noqa: BLE001 - reporting a failure must not fail
        return ""
    return f" at {code(f'{inside[-1][0].as_posix()}:{inside[-1][1]}')}" if inside else ""


def failure(rule_id: str, error: Exception, path: Path = ()) -> Finding:
    """Make a finding of the error that a rule raised; `path` is the place of the request in its document.

    Raises:
        Exception: the error itself, where the environment asks for it.
    """
    raise_in_tests(error)
    return Finding(rule_failed, path, *rule_failed.check(rule_id, error))


def failure_of_plugin(rule_id: str, plugin: str, error: Exception, path: Path = ()) -> Finding:
    """Make a finding of the error that a rule of a plugin raised; that is not a bug in msglint."""
    message = (
        f"the rule {code(rule_id)} of the plugin {code(plugin)}{_FAILED}{code(type(error).__name__)}; "
        "all other rules were checked"
    )
    return Finding(rule_failed, path, message, "report it to the maintainers of the plugin, or ignore the rule")


def once_each(findings: list[Finding]) -> list[Finding]:
    """Keep one finding per failed rule, of all findings of a document."""
    firsts: dict[str, Finding] = {}
    for finding in findings:
        firsts.setdefault(finding.message.partition(_FAILED)[0], finding)
    return list(firsts.values())

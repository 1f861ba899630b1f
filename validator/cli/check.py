"""`msglint check`."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from ..config import Config, ConfigError, load
from ..config.reading import place_of_source
from ..files import FileResult, check_file, check_stream, find, shown_name
from ..formats import FORMATS
from ..linter import API_VERSIONS, ENDPOINTS, Linter
from ..report import Severity
from ..rules import UnknownRuleError
from ..rules.betas import said_of_deprecated, said_of_unknown
from ..words import count
from .configured import Configured
from .options import (
    Name,
    colour_option,
    comma_separated,
    edition_option,
    platform_option,
    rules_option,
)
from .outputs import formats_and_files, opened_outputs, write_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_CLEAN, _VIOLATIONS, _FAILED = 0, 1, 2
_STDIN = "-"


@dataclass
class _Tally:
    """Counts results as they go by, and says on standard error what could not be checked."""

    files: int = 0
    requests: int = 0
    errors: int = 0
    warnings: int = 0
    infos: int = 0
    failures: int = 0

    def counted(self, results: Iterable[FileResult]) -> Iterator[FileResult]:
        for result in results:
            if result.error is not None:
                self.failures += 1
                _complain(f"{result.name}: {result.error}")
            else:
                self.files += 1
                self.requests += result.requests
            for violation in result.violations:
                self.errors += violation.severity is Severity.ERROR
                self.warnings += violation.severity is Severity.WARNING
                self.infos += violation.severity is Severity.INFO
            yield result

    def summary(self) -> str:
        found = [
            count(number, noun)
            for number, noun in ((self.errors, "error"), (self.warnings, "warning"), (self.infos, "info"))
            if number
        ]
        files = f"checked {count(self.requests, 'request')} in {count(self.files, 'file')}"
        unread = f"; {count(self.failures, 'file')} could not be checked" if self.failures else ""
        return f"{files}: {', '.join(found) or 'no violations'}{unread}"

    def exit_code(self, fail_on: str) -> int:
        if self.failures:
            return _FAILED
        failing = self.errors
        if fail_on != Severity.ERROR:
            failing += self.warnings
        if fail_on == Severity.INFO:
            failing += self.infos
        return _VIOLATIONS if failing else _CLEAN


@click.command(
    name="check",
    short_help="Check files for what the API would refuse.",
    epilog="""\b
Exit codes:
  0  nothing that the API would refuse
  1  at least one error
  2  something could not be checked: bad usage, or a file that cannot be read

\b
Examples:
  msglint check request.json
  msglint check prompts/ --ignore tools
  msglint check body.json --endpoint count_tokens --beta context-management-2025-06-27
  my-agent --print-body | msglint check - --format json
  msglint check prompts/ --format github --output sarif=msglint.sarif --output junit=msglint.xml
""",
)
@click.argument("paths", nargs=-1, metavar="[PATH…|-]")
@click.option(
    "--endpoint",
    type=Name("endpoint", ENDPOINTS),
    default="auto",
    show_default=True,
    help="The endpoint the bodies are for. `auto` takes an object with `requests`, or lines with `custom_id` and "
    "`params`, for a batch, anything else for messages.",
)
@click.option(
    "--beta",
    "betas",
    multiple=True,
    metavar="NAME",
    callback=comma_separated,
    help="A value of the anthropic-beta header that goes with the bodies; repeatable. An empty one says that there is "
    "none; without the option it is not known.",
)
@edition_option
@click.option(
    "--api-version",
    type=Name("API version", API_VERSIONS),
    default=API_VERSIONS[0],
    show_default=True,
    help="The anthropic-version header that goes with the bodies.",
)
@platform_option
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="The day that the retirement of models is compared with, so that runs can be repeated.  [default: today]",
)
@click.option(
    "--config",
    "config_file",
    type=click.Path(dir_okay=False),
    metavar="F",
    help="Go by this configuration, not by the closest msglint.toml, .msglint.toml or pyproject.toml of each file.",
)
@click.option("--isolated", is_flag=True, help="Go by no configuration at all.")
@rules_option("--select", "Check only these rules or areas; repeatable, or separated by commas.")
@rules_option("--ignore", "Leave these rules or areas out; repeatable, or separated by commas.")
@click.option(
    "--format",
    "format_name",
    type=Name("format", tuple(FORMATS)),
    default="full",
    show_default=True,
    help="How violations are printed.",
)
@click.option(
    "--output-file", type=click.Path(dir_okay=False), metavar="F", help="Write the violations there, not to the screen."
)
@click.option(
    "--output",
    "others",
    multiple=True,
    metavar="FORMAT=FILE",
    callback=formats_and_files,
    help="Write the violations there in this format too; repeatable.",
)
@click.option("--stdin-filename", metavar="NAME", help="The name to report for what is read from standard input.")
@click.option("-q", "--quiet", is_flag=True, help="No summary at the end.")
@colour_option
def command(
    *,
    paths: tuple[str, ...],
    endpoint: str,
    betas: tuple[str, ...] | None,
    edition: str,
    api_version: str,
    platform: str,
    today: datetime | None,
    config_file: str | None,
    isolated: bool,
    select: tuple[str, ...] | None,
    ignore: tuple[str, ...] | None,
    format_name: str,
    output_file: str | None,
    others: tuple[tuple[str, str], ...],
    stdin_filename: str | None,
    quiet: bool,
    colour: str,
) -> None:
    """Check request bodies, and say what the API would refuse, where, and what to do.

    PATH is a file of JSON or JSON Lines, a folder, or - for standard input; without one, the current folder is
    checked. In folders, files that end in .json, .jsonl or .ndjson are checked if they look like a request.
    """
    options = {
        "endpoint": endpoint,
        "edition": edition,
        "api_version": api_version,
        "betas": betas,
        "platform": platform,
        "today": today.date() if today else None,
        "select": select,
        "ignore": ignore or (),
    }
    configured = _configured(options, config_file, isolated=isolated)
    for name in betas or ():
        _complain_of_beta(name, edition)
    tally = _Tally()
    with opened_outputs(format_name, output_file, others, colour) as outputs:
        write_all(outputs, tally.counted(_checked(paths or (".",), configured, stdin_filename)))
    for silence in configured.unused():
        _complain(f"{place_of_source(silence.source)}: nothing is found at `{silence.pointer}` that it silences")
    if not tally.files and not tally.failures:
        tally.failures += 1
        folders = ", ".join(shown_name(path) for path in paths or (".",))
        _complain(f"no request was found in {folders}; name a file to have it checked whatever it looks like")
    elif not quiet and format_name != "json":
        click.echo(tally.summary(), err=True)
    sys.exit(tally.exit_code(_config_of(".", configured).fail_on))


def _configured(options: dict[str, Any], config_file: str | None, *, isolated: bool) -> Configured:
    """Put together what was given on the command line and the configuration it names."""
    context = click.get_current_context()
    given = {
        name: value
        for name, value in options.items()
        if context.get_parameter_source(name) is not ParameterSource.DEFAULT
    }
    try:
        config = Config() if isolated else load(config_file) if config_file is not None else None
        Linter(**given)
    except (ConfigError, UnknownRuleError) as error:
        raise click.UsageError(str(error)) from error
    return Configured(given, config)


def _checked(paths: Iterable[str], configured: Configured, stdin_filename: str | None) -> Iterator[FileResult]:
    for path, named in find(paths):
        config = _config_of(path, configured)
        if not named and config.excludes(Path(path)):
            continue
        result = _checked_file(path, configured, stdin_filename, named=named or config.includes(Path(path)))
        if result is not None:
            source = stdin_filename if path == _STDIN else path
            yield replace(result, path=source)


def _config_of(path: str, configured: Configured) -> Config:
    try:
        return configured.config_of(path)
    except ConfigError as error:
        raise click.UsageError(str(error)) from error


def _checked_file(path: str, configured: Configured, stdin_filename: str | None, *, named: bool) -> FileResult | None:
    name = stdin_filename or "<stdin>" if path == _STDIN else path
    _config_of(name, configured)
    try:
        linter = configured.linter_for(name)
        if path == _STDIN:
            result: FileResult | None = check_stream(shown_name(name), sys.stdin.buffer.read(), linter)
        else:
            result = check_file(path, linter, named=named)
        return None if result is None else configured.applied(result, name)
    except Exception as error:  # noqa: BLE001 - a bug met in one file must not keep the others from being checked
        reason = f"internal error, please report it: {type(error).__name__}: {error}"
        return FileResult(shown_name(path), error=reason)


def _complain_of_beta(name: str, edition: str) -> None:
    words = said_of_unknown(name) or said_of_deprecated(name, edition)
    if words is not None:
        _complain(": ".join(words))


def _complain(message: str) -> None:
    click.echo(f"msglint: {message}", err=True)

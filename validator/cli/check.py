"""`msglint check`."""

from __future__ import annotations

import sys
from typing import Any, Final

import click
from click.core import ParameterSource

from ..formats import FORMATS
from ..report import MOST_KEPT, SEVERITIES
from .options import (
    LINTER_OPTIONS,
    Name,
    add_variables,
    colour_option,
    comma_separated,
    format_option,
    formats_and_files,
    given_options,
    linter_options,
)
from .sections import Sectioned

_OVERRULED: Final = {"config_file": ("isolated",), "baseline_file": ("isolated", "no_baseline")}
"""CheckOptions whose environment variable is ignored where one of these flags is on the command line."""


@click.command(
    name="check",
    cls=Sectioned,
    sections={
        "Rules": ("select", "extend_select", "ignore"),
        "The API": ("endpoint", "betas", "edition", "api_version", "platform", "today"),
        "Files": (
            "exclude",
            "force_exclude",
            "no_gitignore",
            "tests",
            "recordings",
            "column",
            "id_column",
            "stdin_filename",
            "show_files",
            "watch",
            "jobs",
        ),
        "Configuration": ("config_file", "isolated"),
        "Baseline": ("baseline_file", "no_baseline", "write_baseline", "prune_baseline"),
        "Fixes": ("fix", "unsafe_fixes", "diff"),
        "Comments": ("add_ignores", "reason"),
        "Output": ("format_name", "output_file", "others", "max_per_file", "statistics", "quiet", "colour"),
        "Exit code": ("fail_on", "fail_on_empty", "exit_zero", "exit_non_zero_on_fix", "max_violations"),
    },
    short_help="Check files for what the API would refuse.",
    epilog="""\b
Exit codes:
  0  no error, or no request at all (--fail-on-empty makes that 2)
  1  at least one error; --fail-on, --exit-zero and --max-violations change what counts;
     with --diff: a file would change, whatever was found
  2  something could not be checked: bad usage, or a configuration or file that cannot be read

\b
Examples:
  msglint check request.json
  msglint check prompts/ --ignore tools
  msglint check body.json --endpoint count_tokens --beta context-management-2025-06-27
  my-agent --print-body | msglint check - --format json
  msglint check prompts/ --format github --output sarif=msglint.sarif --output junit=msglint.xml
  msglint check prompts/ --write-baseline
  msglint check prompts/ --fix --diff

Every option that takes a value can also be set by an environment variable: MSGLINT_FORMAT=github,
MSGLINT_FAIL_ON=warning, MSGLINT_SELECT="schema thinking". The command line takes precedence over the variable,
and the variable over the configuration.
""",
)
@click.argument("paths", nargs=-1, metavar="[PATH…|-]", type=click.Path(allow_dash=True, readable=False))
@linter_options
@click.option(
    "--baseline",
    "baseline_file",
    type=click.Path(dir_okay=False),
    metavar="F",
    help="Use this baseline instead of the msglint-baseline.json closest to each file.",
)
@click.option("--no-baseline", is_flag=True, help="Also report violations that are in a baseline.")
@click.option(
    "--write-baseline",
    is_flag=True,
    help="Record all current violations in the baseline; later runs report only new ones.",
)
@click.option(
    "--prune-baseline", is_flag=True, help="Remove baseline entries that no longer match, and print how many."
)
@click.option("--fix", is_flag=True, help="Apply the safe fixes and report what is left.")
@click.option(
    "--unsafe-fixes", is_flag=True, help="With --fix or --diff: also apply fixes that may change the request's meaning."
)
@click.option("--diff", is_flag=True, help="Print what --fix would change, without changing any file.")
@click.option(
    "--add-ignores",
    is_flag=True,
    help=(
        "Add comments to the files that suppress their violations, if the format has comments "
        "(YAML, JSONC, source code but notebooks and BAML)."
    ),
)
@click.option("--reason", metavar="TEXT", help="With --add-ignores: the reason to write into each comment.")
@format_option(tuple(FORMATS))
@click.option(
    "--output-file", type=click.Path(dir_okay=False), metavar="F", help="Write to this file, not to standard output."
)
@click.option(
    "--output",
    "others",
    multiple=True,
    metavar="FORMAT=FILE",
    callback=formats_and_files,
    help="Also write the violations to FILE in this FORMAT; repeatable.",
)
@click.option(
    "--max-per-file",
    type=click.IntRange(min=0),
    metavar="N",
    default=MOST_KEPT,
    show_default=True,
    help="List at most N violations per file and count the rest; 0 lists all.",
)
@click.option("--statistics", is_flag=True, help="Print the number of violations of each rule instead of listing them.")
@click.option("--stdin-filename", metavar="NAME", help="The file name to use for standard input.")
@click.option(
    "--exclude",
    multiple=True,
    metavar="GLOB",
    callback=comma_separated,
    help="Skip matching files and folders below a checked folder, in addition to the configuration's; repeatable.",
)
@click.option(
    "--force-exclude",
    is_flag=True,
    help="Treat named files like those found in folders: skip a file that the configuration excludes, that git "
    "ignores, or that is not a request.",
)
@click.option("--no-gitignore", is_flag=True, help="Also check files that git ignores.")
@click.option("--tests", is_flag=True, help="Also check source code of tests found in folders.")
@click.option(
    "--recordings",
    is_flag=True,
    help="Also check the requests in recordings of HTTP calls: those of vcrpy, go-vcr, VCR, nock, and HAR.",
)
@click.option(
    "--column",
    metavar="NAME",
    help="The column of Parquet files that holds the requests; also check Parquet files found in folders.  "
    "[default: body]",
)
@click.option(
    "--id", "id_column", metavar="NAME", help="The column of Parquet files that identifies the requests in reports."
)
@click.option("--show-files", is_flag=True, help="Print which files would be checked or skipped, and why.")
@click.option("--watch", is_flag=True, help="Check again whenever a file changes; requires `msglint[watch]`.")
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Number of worker processes; the output does not depend on it.  [default: one per core]",
)
@click.option(
    "--fail-on",
    type=Name("severity", SEVERITIES),
    help="Exit with 1 for violations of this severity or worse.  [default: error]",
)
@click.option("--fail-on-empty", is_flag=True, help="Exit with 2 if no request was found.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if there are violations.")
@click.option("--exit-non-zero-on-fix", is_flag=True, help="Exit with 1 if --fix changed a file, whatever is left.")
@click.option(
    "--max-violations",
    type=click.IntRange(min=0),
    metavar="N",
    help="Exit with 1 only if there are more than N violations.  [default: 0]",
)
@click.option("-q", "--quiet", is_flag=True, help="Do not print the summary.")
@colour_option
@click.pass_context
def command(context: click.Context, /, **options: Any) -> None:
    """Check request bodies, and report what the API would refuse, where, and how to fix it.

    PATH is a file, a folder, or - for standard input; the default is the current folder. msglint reads JSON, JSON
    with comments (.jsonc), JSON Lines (.jsonl, .ndjson), each of these also compressed (.gz, .zst), YAML, a column of
    Parquet files (.parquet), and the calls of the Messages API in Python, notebooks, TypeScript, JavaScript, Markdown,
    shell scripts, promptfoo and BAML. In a folder, it checks the files with these extensions that hold a request or a
    call (Parquet only with --column), and skips hidden, vendored and git-ignored files, and source code of tests.
    """
    from .check_options import CheckOptions
    from .check_run import run

    given = given_options(context, options)
    rest = {name: value for name, value in options.items() if name not in LINTER_OPTIONS}
    for name, flags in _OVERRULED.items():
        if context.get_parameter_source(name) is ParameterSource.ENVIRONMENT and any(rest[flag] for flag in flags):
            rest[name] = None
    sys.exit(run(CheckOptions(given=given, **rest)))


add_variables(command)

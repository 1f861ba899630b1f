"""`msglint check`."""

from __future__ import annotations

import sys
from typing import Any, Final

import click
from click.core import ParameterSource

from ..facts.api import API_VERSIONS, ENDPOINTS
from ..formats import FORMATS
from ..report import MOST_KEPT, SEVERITIES
from .options import (
    Day,
    Name,
    add_variables,
    colour_option,
    comma_separated,
    edition_option,
    formats_and_files,
    platform_option,
    rules_option,
)
from .sections import Sectioned

_LINTER_OPTIONS: Final = frozenset(
    {"endpoint", "betas", "edition", "api_version", "platform", "today", "select", "extend_select", "ignore"}
)
"""The options that are those of a linter, under the same names."""
_OVERRULED: Final = {"config_file": ("isolated",), "baseline_file": ("isolated", "no_baseline")}
"""Options whose variable does not count beside a flag on the command line that says otherwise."""


@click.command(
    name="check",
    cls=Sectioned,
    sections={
        "Rules": ("select", "extend_select", "ignore"),
        "The API": ("endpoint", "betas", "edition", "api_version", "platform", "today"),
        "Files": ("exclude", "force_exclude", "no_gitignore", "stdin_filename", "show_files", "watch", "jobs"),
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
  0  nothing that the API would refuse, or no request at all (--fail-on-empty makes that 2)
  1  at least one error; --fail-on, --exit-zero and --max-violations change what counts;
     with --diff: something would change, whatever is found
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

Every option with a value can be set by a variable: MSGLINT_FORMAT=github, MSGLINT_FAIL_ON=warning,
MSGLINT_SELECT="schema thinking". The command line comes first, then the variable, then the configuration.
""",
)
@click.argument("paths", nargs=-1, metavar="[PATH…|-]", type=click.Path(allow_dash=True, readable=False))
@click.option(
    "--endpoint",
    type=Name("endpoint", ENDPOINTS),
    default="auto",
    show_default=True,
    help="The endpoint the bodies are for. `auto` takes an object with `requests`, or lines with `custom_id` and "
    "`params`, for a batch, anything else for messages; a `$schema` of ours says it itself.",
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
    type=Day(),
    help="The day that the retirement of models is compared with, so that runs can be repeated.  [default: today]",
)
@click.option(
    "--config",
    "config_file",
    type=click.Path(dir_okay=False),
    metavar="F",
    help="Go by this configuration, not by the closest msglint.toml, .msglint.toml or pyproject.toml of each file.",
)
@click.option("--isolated", is_flag=True, help="Go by no configuration and no baseline at all.")
@click.option(
    "--baseline",
    "baseline_file",
    type=click.Path(dir_okay=False),
    metavar="F",
    help="Leave out what this baseline knows, not what the closest msglint-baseline.json of each file does.",
)
@click.option("--no-baseline", is_flag=True, help="Report what a baseline knows, too.")
@click.option(
    "--write-baseline",
    is_flag=True,
    help="Record all that is found as known, so that later runs report only what is new.",
)
@click.option(
    "--prune-baseline", is_flag=True, help="Take out of the baseline what is not found any more, and say how much."
)
@rules_option("--select", "Check only these rules or areas; repeatable, or separated by commas.")
@rules_option("--extend-select", "Check these rules or areas too, beside those of --select or of the configuration.")
@rules_option("--ignore", "Ignore these rules or areas too; repeatable, or separated by commas.")
@click.option("--fix", is_flag=True, help="Mend what has a safe fix, and report the rest.")
@click.option(
    "--unsafe-fixes", is_flag=True, help="With --fix or --diff: apply fixes too that may change what a request means."
)
@click.option("--diff", is_flag=True, help="Print what --fix would change, and change nothing.")
@click.option(
    "--add-ignores",
    is_flag=True,
    help="Suppress what is found with comments in the files, where their format has comments (YAML, JSONC).",
)
@click.option("--reason", metavar="TEXT", help="With --add-ignores: why, written into each comment.")
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
@click.option(
    "--max-per-file",
    type=click.IntRange(min=0),
    metavar="N",
    default=MOST_KEPT,
    show_default=True,
    help="List so many violations of a file, and count the others; 0 lists all.",
)
@click.option("--statistics", is_flag=True, help="Print how often each rule is broken, not each violation.")
@click.option("--stdin-filename", metavar="NAME", help="The name to report for what is read from standard input.")
@click.option(
    "--exclude",
    multiple=True,
    metavar="GLOB",
    callback=comma_separated,
    help="Leave files and folders that match out of folders, beside those that a configuration excludes; repeatable.",
)
@click.option(
    "--force-exclude",
    is_flag=True,
    help="Look at files that are named as if they were found in a folder: leave out those that a configuration "
    "excludes, that git ignores, or that are no requests.",
)
@click.option("--no-gitignore", is_flag=True, help="Look at what git ignores in folders, too.")
@click.option("--show-files", is_flag=True, help="Print which files would be checked and which not, and why.")
@click.option("--watch", is_flag=True, help="Check again whenever a file changes; needs `msglint[watch]`.")
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Check in so many processes side by side; what is printed is the same.  [default: one for each core]",
)
@click.option(
    "--fail-on",
    type=Name("severity", SEVERITIES),
    help="The least severity at which the exit code is 1.  [default: error]",
)
@click.option("--fail-on-empty", is_flag=True, help="Exit with 2 if no request was found.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@click.option("--exit-non-zero-on-fix", is_flag=True, help="Exit with 1 if --fix changed a file, whatever is left.")
@click.option(
    "--max-violations",
    type=click.IntRange(min=0),
    metavar="N",
    help="Exit with 1 only for more violations than this.  [default: 0]",
)
@click.option("-q", "--quiet", is_flag=True, help="No summary at the end.")
@colour_option
@click.pass_context
def command(context: click.Context, /, **options: Any) -> None:
    """Check request bodies, and say what the API would refuse, where, and what to do.

    PATH is a file, a folder, or - for standard input; without one, the current folder is checked. JSON, JSON with
    comments (.jsonc), JSON Lines (.jsonl, .ndjson), each also compressed (.gz), and YAML are read. In folders, files
    with these endings are checked if they hold a request; what is hidden, vendored or ignored by git is left out.
    """
    from .check_options import Options
    from .check_run import run

    given = {
        name: value
        for name, value in options.items()
        if name in _LINTER_OPTIONS and context.get_parameter_source(name) is not ParameterSource.DEFAULT
    }
    rest = {name: value for name, value in options.items() if name not in _LINTER_OPTIONS}
    for name, flags in _OVERRULED.items():
        if context.get_parameter_source(name) is ParameterSource.ENVIRONMENT and any(rest[flag] for flag in flags):
            rest[name] = None
    sys.exit(run(Options(given=given, **rest)))


add_variables(command)

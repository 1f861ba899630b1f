"""`msglint config`."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from ..common.redaction import redacted
from ..common.wording import count, printable
from ..config import Config, SettingsError, load
from ..config.keys import CONFIGURATION, json_schema
from ..filesystem.lookups import is_file, path_bytes, shown_path
from ..formats.style import Style
from ..project import Project
from .options import colour_option, wants_colour

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..own.rules import OwnRule
    from ..suppressions.baseline import Baseline


@click.command(
    name="config",
    epilog="""\b
Examples:
  msglint config
  msglint config prompts/legacy/summary.json
  msglint config --schema > msglint.schema.json
""",
)
@click.argument("path", default=".", metavar="[PATH]", type=click.Path())
@click.option(
    "--config",
    "config_file",
    type=click.Path(dir_okay=False),
    metavar="F",
    help="Use this configuration instead of the closest one.",
)
@click.option("--schema", "wants_schema", is_flag=True, help="Print the JSON Schema of configurations, for editors.")
@colour_option
def command(*, path: str, config_file: str | None, wants_schema: bool, colour: str) -> None:
    """Show each configuration key that applies to PATH, a file or a folder, and the file that sets it.

    The configuration is the closest msglint.toml, .msglint.toml, or pyproject.toml with a table [tool.msglint], in the
    folder of the file or above it.
    """
    if wants_schema:
        click.echo(orjson.dumps(json_schema(), option=orjson.OPT_INDENT_2))
        return
    try:
        project = Project(config=load(config_file) if config_file is not None else None)
        found, baseline = project.config_of(path), project.baseline_in(os.path.dirname(path))  # noqa: PTH120 - for any name
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    style = Style(coloured=wants_colour(colour, sys.stdout))
    lines = [*_lines(found, Path(path), style), *_remarks(found, baseline, Path(path), style)]
    click.echo(redacted("\n".join(lines)), color=style.coloured)


def _remarks(found: Config, baseline: Baseline | None, path: Path, style: Style) -> Iterator[str]:
    """Yield comments on what else affects a file: exclusions, inclusions and the baseline."""
    if is_file(path) and found.excludes(path):
        yield style.faint("# excluded: the file is skipped when its folder is checked")
    if is_file(path) and found.includes(path):
        yield style.faint("# included: the file is checked whatever it contains")
    if baseline is not None:
        known = baseline.entries.get(baseline.key_of(path) or "", Counter()).total()
        of_file = f", of which {known:,} in this file" if is_file(path) else ""
        total = sum(counter.total() for counter in baseline.entries.values())
        name = shown_path(baseline.file)
        yield style.faint(f"# {name} lists {count(total, 'violation')}{of_file}")


def _lines(found: Config, path: Path, style: Style) -> Iterator[str]:
    if found.file is None:
        yield f"{style.faint('#')} no configuration found; the defaults apply"
        return
    yield f"{style.faint('#')} {shown_path(found.file)}"
    of_file = found.options_for(path)
    for key in CONFIGURATION.keys:
        name = key.name
        if name != "rules" and name in of_file and of_file[name] != found.values.get(name):
            yield f"{style.strong(name)} = {_spelt(of_file[name])}  {style.faint('# with overrides for this file')}"
        elif name == "rules":
            yield from map(_rule_line, found.values.get(name, ()))
        elif name in found.values and name != "overrides":
            source = shown_path(found.sources[name].file)
            yield f"{style.strong(name)} = {_spelt(found.values[name])}  {style.faint(f'# {source}')}"
    for override in found.place_overrides_for(path):
        reason = f": {printable(override.reason)}" if override.reason else ""
        what = ", ".join(
            [*sorted(override.ignore), *(f"{rule} as {level}" for rule, level in override.severity.items())]
        )
        source = shown_path(override.source.file)
        yield f"{style.strong('at')} {printable(override.pointer)}  {what}  {style.faint(f'# {source}{reason}')}"


def _rule_line(rule: OwnRule) -> str:
    """Return the line of a rule of one's own."""
    place = f"  # {rule.origin.file}:{rule.origin.line}" if rule.origin is not None else ""
    condition = ", only if its `if` holds" if rule.condition is not None else ""
    return f"rule {rule.id}  {rule.severity.value} at {printable(rule.at) or 'the request'}{condition}{place}"


def _spelt(value: Any) -> str:
    if isinstance(value, list):
        value = [item[1] if isinstance(item, tuple) else item for item in value]
    return printable(path_bytes(json.dumps(value, ensure_ascii=False)).decode(errors="backslashreplace"))

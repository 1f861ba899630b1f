"""`msglint init`."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from ..config.keys import CONFIGURATION
from ..filesystem.lookups import shown_path

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME: Final = "msglint.toml"
_WIDTH: Final = 100
_EXAMPLES: Final = {
    "extend": '"../msglint.toml"',
    "select": '["schema", "thinking"]',
    "extend-select": '["caching"]',
    "ignore": '["tools/no-description"]',
    "severity": '{ models = "info", "caching/prefix-too-short" = "off" }',
    "endpoint": '"auto"',
    "betas": '["context-management-2025-06-27"]',
    "edition": '"2026-11"',
    "api-version": '"2023-06-01"',
    "platform": '"anthropic"',
    "fail-on": '"warning"',
    "include": '["prompts/**/*.json"]',
    "exclude": '["drafts/"]',
    "tests": "true",
    "recordings": "true",
    "column": '"body"',
    "id-column": '"custom_id"',
    "baseline": '"msglint-baseline.json"',
    "rules": '[{ id = "team/max-tokens", at = "/max_tokens", schema = { maximum = 8192 } }]',
    "plugins": '["ourrules"]',
    "overrides": '[{ files = ["legacy/**"], ignore = ["models"], reason = "Kept as they were sent." }]',
    "wire": '{ mode = "warn", ignore = ["models"], sample = 0.5 }',
}
"""An example value for each key."""


@click.command(
    name="init",
    short_help="Write a commented configuration to start from.",
    epilog="""\b
Examples:
  msglint init
  msglint init prompts/
  msglint init --print
""",
)
@click.argument("folder", default=".", metavar="[FOLDER]", type=click.Path(file_okay=False))
@click.option("--force", is_flag=True, help="Replace an existing msglint.toml.")
@click.option("--print", "prints", is_flag=True, help="Print the configuration without writing a file.")
def command(*, folder: str, force: bool, prints: bool) -> None:
    """Write a msglint.toml to FOLDER (default: the current folder), with every key explained and commented out."""
    text = "\n".join(starting_configuration())
    if prints:
        click.echo(text)
        return
    file = Path(folder) / _NAME
    try:
        with file.open("w" if force else "x", encoding="utf-8") as opened:
            opened.write(f"{text}\n")
    except FileExistsError as error:
        msg = f"{shown_path(file.absolute())} already exists; `--force` replaces it"
        raise click.UsageError(msg) from error
    except OSError as error:
        msg = f"{shown_path(file.absolute())} cannot be written: {error.strerror or error}"
        raise click.UsageError(msg) from error
    click.echo(f"wrote {shown_path(file.absolute())}; `msglint config` shows what applies, `msglint check` uses it")


def starting_configuration() -> Iterator[str]:
    """Yield the lines of a configuration with every key, each explained and commented out."""
    yield "# The configuration of msglint. Every key is optional; remove the `#` before one to set it."
    yield "# `msglint rules` lists the rules and their areas."
    for key in CONFIGURATION.keys:
        yield ""
        yield from (f"# {line}" for line in textwrap.wrap(key.description, _WIDTH, break_on_hyphens=False))
        yield f"# {key.name} = {_EXAMPLES[key.name]}"

"""The rules that a command knows: msglint's, and those of a configuration."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..config import SettingsError, load
from ..config.settings import config_in
from ..project.linters import linter_of
from ..rules import OURS
from .tally import complain

if TYPE_CHECKING:
    from ..config import Config
    from ..rules import Registry

config_option = click.option(
    "--config",
    "config_file",
    type=click.Path(dir_okay=False),
    metavar="F",
    help="Use the rules of this configuration instead of the one closest to the current folder.",
)


def rules_of(config: Config) -> Registry:
    """Return the rules of a configuration, and msglint's."""
    options = config.options_for(str(config.file)) if config.file is not None else {}
    return linter_of({name: options[name] for name in ("rules", "plugins") if name in options}).rules


def known_rules(config_file: str | None) -> Registry:
    """Return the rules of the configuration that was named, or of the closest one, and msglint's.

    Raises:
        click.UsageError: if the configuration that was named is invalid.
    """
    if config_file is not None:
        try:
            config = load(config_file)
        except SettingsError as error:
            raise click.UsageError(str(error)) from error
    else:
        try:
            config = config_in(Path.cwd())
        except SettingsError as error:
            complain(str(error))
            return OURS
    for _, said in config.unusable_plugins():
        complain(f"{said}; its rules are left out")
    return rules_of(config)


def completed(incomplete: str) -> list[str]:
    """Return the ids of rules that begin as a word does, for the shell."""
    try:
        registry = rules_of(config_in(Path.cwd()))
    except (SettingsError, OSError):
        registry = OURS
    return [name for name in registry.rules if name.startswith(incomplete)]

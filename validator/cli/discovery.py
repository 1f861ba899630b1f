"""The options by which commands find files, as `msglint check` has them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
from click.core import ParameterSource

from ..facts.api import PLATFORMS
from .options import Name, comma_separated, today_option

if TYPE_CHECKING:
    from ..project import Project

_Command = TypeVar("_Command", bound=Callable[..., Any])
FILES: Final = ("exclude", "no_gitignore", "config_file", "isolated")
"""The names of the options that say which files are read."""


def finds_files(command: _Command) -> _Command:
    """Add the argument and the options to a command."""
    for decorate in reversed(_OPTIONS):
        command = decorate(command)
    return command


def _only_files(context: click.Context, _: click.Parameter, paths: tuple[str, ...]) -> tuple[str, ...]:
    if "-" in paths:
        msg = f"`msglint {context.info_name}` does not read standard input: name a file (`./-` for one of that name)"
        raise click.UsageError(msg)
    return paths


_OPTIONS: Final = (
    click.argument("paths", nargs=-1, metavar="[PATH…]", type=click.Path(readable=False), callback=_only_files),
    click.option(
        "--platform",
        type=Name("platform", PLATFORMS),
        default=PLATFORMS[0],
        show_default=True,
        help="The platform the bodies are sent to; an id in the form of another one counts as its own.",
    ),
    today_option,
    click.option(
        "--exclude",
        multiple=True,
        metavar="GLOB",
        callback=comma_separated,
        help="Skip matching files and folders below a folder, in addition to the configuration's; repeatable.",
    ),
    click.option("--no-gitignore", is_flag=True, help="Also read files that git ignores."),
    click.option(
        "--config",
        "config_file",
        type=click.Path(dir_okay=False),
        metavar="F",
        help="Use this configuration instead of the one closest to each file.",
    ),
    click.option("--isolated", is_flag=True, help="Ignore all configurations."),
)


def project_of(
    context: click.Context,
    *,
    platform: str,
    today: datetime | None,
    exclude: tuple[str, ...] | None,
    no_gitignore: bool,
    config_file: str | None,
    isolated: bool,
) -> Project:
    """Return the project that the options describe.

    Raises:
        click.UsageError: for options that contradict each other, and for an invalid configuration.
    """
    from ..config import Config, SettingsError, load
    from ..project import Project

    if isolated and config_file is not None:
        msg = "--isolated cannot be used with --config"
        raise click.UsageError(msg)
    given: dict[str, Any] = {} if today is None else {"today": today.date()}
    if context.get_parameter_source("platform") is not ParameterSource.DEFAULT:
        given["platform"] = platform
    try:
        config = Config() if isolated else load(config_file) if config_file is not None else None
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    return Project(given, config, uses_baselines=False, respects_gitignore=not no_gitignore, exclude=exclude or ())


def day_of(today: datetime | None) -> date:
    """Return the day that dates are compared with."""
    return date.today() if today is None else today.date()  # noqa: DTZ011 - a retirement is a matter of days

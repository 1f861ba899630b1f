"""Options shared by several commands: their types, which suggest corrections for typos, and when to use colour."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, TextIO, TypeVar

import click
from click.core import ParameterSource

from ..common.wording import code, names, nearest
from ..facts import Model, model_ids, model_named
from ..facts.api import API_VERSIONS, EDITIONS, ENDPOINTS, LATEST_EDITION, PLATFORMS
from ..filesystem.lookups import kind_of
from ..formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


LINTER_OPTIONS: Final = frozenset(
    {"endpoint", "betas", "edition", "api_version", "platform", "today", "select", "extend_select", "ignore"}
)
"""The options that a linter takes under the same names."""

_Command = TypeVar("_Command", bound=Callable[..., Any])


def no_such(noun: str, name: str, names: Sequence[str]) -> str:
    """Return the error for an unknown name, with the closest known name or all of them."""
    meant = nearest(name, names)
    hint = f"did you mean {meant!r}?" if meant else f"choose from {', '.join(names)}"
    return f"there is no {noun} {name!r}; {hint}"


def given_options(context: click.Context, options: dict[str, Any]) -> dict[str, Any]:
    """Return the options for a linter that were given, not those that have their default."""
    return {
        name: value
        for name, value in options.items()
        if name in LINTER_OPTIONS and context.get_parameter_source(name) is not ParameterSource.DEFAULT
    }


class Name(click.Choice[str]):
    """One of several names; a typo is answered with a suggestion."""

    def __init__(self, noun: str, choices: Sequence[str]) -> None:
        super().__init__(choices)
        self._noun = noun

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name; fails for an unknown one."""
        if value in self.choices:
            return str(value)
        raise click.BadParameter(no_such(self._noun, str(value), self.choices), ctx, param)


class ModelName(click.ParamType[Model]):
    """A model, by any of its names; a typo is answered with a suggestion."""

    name = "model"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Model:
        """Return the model; fails for an unknown one."""
        model = value if isinstance(value, Model) else model_named(str(value))
        if model is None:
            meant = nearest(str(value), model_ids())
            hint = f"did you mean {code(meant)}?" if meant else f"known are {names(model_ids())}"
            self.fail(f"there is no model {code(str(value))}; {hint}", param, ctx)
        return model

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        param: click.Parameter,  # noqa: ARG002 - click's signature
        incomplete: str,
    ) -> list[click.shell_completion.CompletionItem]:
        """Complete the ids and aliases of models."""
        return [click.shell_completion.CompletionItem(name) for name in model_ids() if name.startswith(incomplete)]


class Day(click.DateTime):
    """A calendar day."""

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        """Return the placeholder for a day in the help."""
        return "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the day; fails for anything else."""
        try:
            day: datetime = super().convert(value, param, ctx)
        except click.BadParameter as error:
            msg = f"{str(value)!r} is not a day; write it as YYYY-MM-DD, such as 2026-11-22"
            raise click.BadParameter(msg, ctx, param) from error
        return day


def comma_separated(
    ctx: click.Context,  # noqa: ARG001 - click's signature
    param: click.Parameter,  # noqa: ARG001 - click's signature
    value: tuple[str, ...],
) -> tuple[str, ...] | None:
    """Split every value of a repeatable option at its commas; None if the option was not given."""
    return tuple(part for item in value for part in map(str.strip, item.split(",")) if part) if value else None


def formats_and_files(
    ctx: click.Context, param: click.Parameter, value: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """Split every `FORMAT=FILE` of a repeatable option; fails for an unknown format."""
    pairs = []
    for item in value:
        format_name, _, file = item.partition("=")
        if format_name not in FORMATS:
            raise click.BadParameter(no_such("format", format_name, tuple(FORMATS)), ctx, param)
        if not file:
            msg = f"{item!r} names no file; write {format_name}=FILE"
            raise click.BadParameter(msg, ctx, param)
        pairs.append((format_name, file))
    return tuple(pairs)


def add_variables(command: click.Command) -> None:
    """Let an environment variable set each option that takes a value: `MSGLINT_FAIL_ON` sets `--fail-on`."""
    for option in command.params:
        if isinstance(option, click.Option) and not option.is_flag:
            option.envvar = f"MSGLINT_{option.opts[-1].removeprefix('--').replace('-', '_').upper()}"


def rules_option(name: str, text: str) -> Callable[[_Command], _Command]:
    """Return a decorator that adds an option for rule ids and areas."""
    return click.option(
        name,
        multiple=True,
        metavar="RULE-OR-AREA",
        callback=_rule_names,
        shell_complete=_complete_rules,
        help=text,
    )


def _rule_names(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...] | None:
    names = comma_separated(ctx, param, value)
    if names == ():
        msg = "it names no rule or area"
        raise click.BadParameter(msg, ctx, param)
    return names


def _complete_rules(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001 - as above
    from ..rules import AREAS
    from .known_rules import completed

    return [*(area for area in AREAS if area.startswith(incomplete)), *completed(incomplete)]


@contextmanager
def opened(output_file: str | None) -> Iterator[IO[str]]:
    """Open the output file before any work is done, or use standard output.

    The content of the file is replaced at the end, because the file may be among those that are read.
    """
    if output_file is None:
        yield sys.stdout
        return
    try:
        with Path(output_file).open("a", encoding="utf-8", errors="backslashreplace") as file:
            text = StringIO()
            yield text
            if kind_of(os.fstat(file.fileno())) is None:  # a device has nothing to be replaced
                file.truncate(0)
            file.write(text.getvalue())
    except OSError as error:
        msg = f"{output_file!r} cannot be written: {error.strerror or error}"
        raise click.UsageError(msg) from error


def wants_colour(choice: str, stream: TextIO) -> bool:
    """Whether to use colour: as `--color`, `NO_COLOR` or `FORCE_COLOR` say, otherwise on a terminal that can."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


colour_option = click.option(
    "--color",
    "colour",
    type=Name("colour mode", ("auto", "always", "never")),
    default="auto",
    show_default=True,
    help="When to use colour; `auto` respects NO_COLOR and FORCE_COLOR.",
)

edition_option = click.option(
    "--edition",
    type=Name("edition", EDITIONS),
    default=LATEST_EDITION,
    show_default=True,
    help="The dated snapshot of the API reference to check against.",
)

platform_option = click.option(
    "--platform",
    type=Name("platform", PLATFORMS),
    default=PLATFORMS[0],
    show_default=True,
    help="The platform the bodies are sent to: Anthropic's own API, Amazon Bedrock or Google Cloud.",
)

endpoint_option = click.option(
    "--endpoint",
    type=Name("endpoint", ENDPOINTS),
    default="auto",
    show_default=True,
    help="The endpoint the bodies are sent to. `auto` reads an object with `requests`, or lines with `custom_id` and "
    "`params`, as a batch and anything else as messages, unless a `$schema` of msglint names the endpoint.",
)

beta_option = click.option(
    "--beta",
    "betas",
    multiple=True,
    metavar="NAME",
    callback=comma_separated,
    help="A value of the anthropic-beta header sent with the bodies; repeatable. An empty value means that no header "
    "is sent; without the option the header is unknown.",
)

api_version_option = click.option(
    "--api-version",
    type=Name("API version", API_VERSIONS),
    default=API_VERSIONS[0],
    show_default=True,
    help="The anthropic-version header sent with the bodies.",
)

today_option = click.option(
    "--today",
    type=Day(),
    help="Compare the retirement dates of models with this day, to make runs reproducible.  [default: today]",
)

config_option = click.option(
    "--config",
    "config_file",
    type=click.Path(dir_okay=False),
    metavar="F",
    help="Use this configuration instead of the msglint.toml, .msglint.toml or pyproject.toml closest to each file.",
)

isolated_option = click.option("--isolated", is_flag=True, help="Ignore all configurations and baselines.")

select_option = rules_option("--select", "Check only these rules or areas; repeatable, or separated by commas.")

extend_select_option = rules_option(
    "--extend-select", "Check these rules or areas in addition to --select or the configuration's `select`."
)

ignore_option = rules_option(
    "--ignore", "Skip these rules or areas, in addition to those the configuration ignores; repeatable."
)


def format_option(formats: Sequence[str], text: str = "The format of the output.") -> Callable[[_Command], _Command]:
    """Return a decorator that adds `--format` with some formats, of which the first is the default."""
    return click.option(
        "--format",
        "format_name",
        type=Name("format", formats),
        default=formats[0],
        show_default=True,
        help=text,
    )


def linter_options(command: _Command) -> _Command:
    """Add the options of a linter to a command, and those that choose its configuration."""
    for decorate in reversed(
        (
            endpoint_option,
            beta_option,
            edition_option,
            api_version_option,
            platform_option,
            today_option,
            config_option,
            isolated_option,
            select_option,
            extend_select_option,
            ignore_option,
        )
    ):
        command = decorate(command)
    return command

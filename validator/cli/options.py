"""What the options of several commands share: types that help with typos, and when to use colour."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TextIO

import click

from ..words import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence


def no_such(noun: str, name: str, names: Sequence[str]) -> str:
    """Say that a name does not exist, and which was meant or which there are."""
    meant = nearest(name, names)
    hint = f"did you mean {meant!r}?" if meant else f"there is {', '.join(names)}"
    return f"there is no {noun} {name!r}; {hint}"


class Name(click.Choice[str]):
    """One of some names; a typo gets a did-you-mean."""

    def __init__(self, noun: str, choices: Sequence[str]) -> None:
        super().__init__(choices)
        self._noun = noun

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name; fails for one that does not exist."""
        if value in self.choices:
            return str(value)
        raise click.BadParameter(no_such(self._noun, str(value), self.choices), ctx, param)


def comma_separated(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:  # noqa: ARG001 - click's signature
    """Split every value of a repeatable option at its commas."""
    return tuple(part for item in value for part in (part.strip() for part in item.split(",")) if part)


def wants_colour(choice: str, stream: TextIO) -> bool:
    """Decide about colour: as told by `--color`, else on a terminal, unless `NO_COLOR` is set or it is a dumb one."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()


colour_option = click.option(
    "--color",
    "colour",
    type=Name("colour mode", ("auto", "always", "never")),
    default="auto",
    show_default=True,
    help="When to use colour; NO_COLOR and FORCE_COLOR are respected.",
)

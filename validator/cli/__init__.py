"""The command `msglint`: a module for each of its commands, imported when it is called."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Final

import click

from .._version import __version__
from .options import no_such

_COMMANDS: Final = ("check", "explain", "rules", "schema")


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"{__name__}.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS:
            ctx.fail(no_such("command", args[0], _COMMANDS))
        return super().resolve_command(ctx, args)


@click.command(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with `msglint check FILE`. Nothing that msglint does needs a network.",
)
@click.version_option(__version__, "-V", "--version", prog_name="msglint", message="%(prog)s %(version)s")
def cli() -> None:
    """Check request bodies of the Claude Messages API before they are sent.

    msglint reads bodies of POST /v1/messages, /v1/messages/count_tokens and /v1/messages/batches, says what the API
    would refuse or what is surely not meant, and where.
    """


def main() -> None:
    """Run the command on the process's arguments; ends the process with 0, 1 or 2."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    cli(prog_name="msglint")

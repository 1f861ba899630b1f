"""The command `msglint`: one module per subcommand, imported when the subcommand is called."""

from __future__ import annotations

import gc
import sys
from contextlib import suppress
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Final

import click
from click.core import ParameterSource

from .._version import __version__
from ..common.imports import import_engine
from ..common.redaction import redacted
from ..common.wording import nearest
from . import streams

for _module in (click.core, click.decorators, click.types):
    # click's texts are taken as they are, like ours: it would look for a translation of each in several folders.
    vars(_module)["_"] = str

from .options import no_such  # noqa: E402 - it makes options

_FAILED: Final = 2
_INTERRUPTED: Final = 130
_COMMANDS: Final = {
    "check": "Check files for what the API would refuse.",
    "upgrade": "Move requests to a newer model.",
    "models": "List the models that requests name.",
    "explain": "Explain a rule, or an error message of the API.",
    "rules": "List the rules, or run their examples.",
    "schema": "Print the JSON Schema of an endpoint.",
    "config": "Show the configuration that applies to a file, and where it comes from.",
    "eval": "Score the rules over requests that the API accepted or refused.",
    "init": "Write a commented configuration to start from.",
    "lsp": "Run the language server for an editor, on standard input and output.",
    "guard": "Check the requests that any program sends: a reverse proxy in front of the API.",
    "serve": "Check requests line by line for another program.",
    "completion": "Print the completion script of a shell.",
    "version": "Print the version; --format json adds Python and packages.",
}
"""What each command does: `--help` imports none of them."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        if cmd_name not in _COMMANDS:
            return None
        import_engine()
        command = _with_help(import_module(f"{__name__}.{cmd_name}").command)
        command.short_help = _COMMANDS[cmd_name]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS:
            ctx.fail(no_such("command", args[0], tuple(_COMMANDS)))
        return super().resolve_command(ctx, args)


@click.command(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with `msglint check FILE`. Only `msglint guard` uses the network, to pass on what it is sent.",
)
@click.version_option(__version__, "-V", "--version", prog_name="msglint", message="%(prog)s %(version)s")
def cli() -> None:
    """Check request bodies of the Claude Messages API before they are sent.

    msglint reads bodies of POST /v1/messages, /v1/messages/count_tokens and /v1/messages/batches, and reports what the
    API would refuse, what is probably a mistake, and where.
    """


def _with_help(command: click.Command) -> click.Command:
    """Restore the help of a command if `python -OO` has removed the docstrings."""
    if not command.help and command.callback is not None:
        from ..common.docstrings import docstring_of

        command.help = docstring_of(command.callback)
    return command


def main() -> None:
    """Run the command on the process's arguments; exits with 0, 1 or 2, or with 130 when interrupted."""
    streams.prepare()
    try:
        code = _run()
        sys.stdout.flush()
    except streams.UnwritableError as error:
        with suppress(OSError):
            sys.stderr.write(f"msglint: the output cannot be written: {error.strerror}\n")
        streams.discard_output()
        code = _FAILED
    gc.freeze()  # the process is about to exit, so a last search for cycles would be wasted
    sys.exit(code)


def _run() -> int:
    """Run the command, and return the exit code.

    Raises:
        UnwritableError: if the output cannot be written.
    """
    try:
        code = _with_help(cli).main(prog_name="msglint", standalone_mode=False)
    except click.NoSuchOption as error:
        meant = nearest(error.option_name, error.possibilities or ())
        _show(click.NoSuchOption(error.option_name, possibilities=[meant] if meant else None, ctx=error.ctx))
        return _FAILED
    except click.ClickException as error:
        _show(error)
        variable = _variable_of(error)
        if variable is not None:
            click.echo(f"It is set by the environment variable {variable}.", err=True)
        return _FAILED
    except (click.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else _FAILED
    except streams.UnwritableError:
        raise
    except OSError as error:
        click.echo(f"msglint: {redacted(_reason(error))}", err=True)
        return _FAILED
    return code if isinstance(code, int) else 0


def _show(error: click.ClickException) -> None:
    """Print a usage error, with secrets redacted."""
    said = StringIO()
    error.show(said)
    click.echo(redacted(said.getvalue()), err=True, nl=False)


def _variable_of(error: click.ClickException) -> str | None:
    """Return the environment variable that a wrong value comes from; None for a value on the command line."""
    if not isinstance(error, click.BadParameter) or error.ctx is None or error.param is None:
        return None
    is_set = error.ctx.get_parameter_source(error.param.name or "") is ParameterSource.ENVIRONMENT
    return str(error.param.envvar) if is_set else None


def _reason(error: OSError) -> str:
    """Return why the command failed; the system's own message does not mention a missing current folder."""
    try:
        Path.cwd()
    except OSError as missing:
        return f"the current folder cannot be used: {missing.strerror}; change to another one"
    return str(error)

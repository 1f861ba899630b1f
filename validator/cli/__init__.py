"""The command `msglint`: a module for each of its commands, imported when it is called."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Final

import click

from .._version import __version__
from .imports import import_engine
from .options import no_such

_FAILED: Final = 2
_INTERRUPTED: Final = 130
_ALLOCATIONS: Final = 100_000
"""Objects that are made before the collector looks for cycles: there are hardly any, and modules make many objects."""
_COMMANDS: Final = ("check", "explain", "rules", "schema", "config", "lsp", "completion")


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        if cmd_name not in _COMMANDS:
            return None
        import_engine()
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
    """Run the command on the process's arguments; ends the process with 0, 1 or 2, or 130 when it is interrupted."""
    gc.set_threshold(_ALLOCATIONS)
    _open_what_is_closed()
    try:
        code = cli.main(prog_name="msglint", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        code = _FAILED
    except (click.Abort, KeyboardInterrupt):
        code = _INTERRUPTED
    except SystemExit as end:
        code = end.code
        code = _flushed(code if isinstance(code, int) else _FAILED)
    except BrokenPipeError:
        code = _quietly_failed()
    except OSError as error:
        _complain_of(error)
        code = _quietly_failed()
    gc.freeze()  # the process ends: what is left need not be looked through for cycles
    sys.exit(code if isinstance(code, int) else 0)


def _open_what_is_closed() -> None:
    """Give the process the standard streams that it was started without, and let none of them fail on a character."""
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - open as long as the process
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - as above
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _flushed(code: int) -> int:
    """Write out what is still to be written; the code says whether that worked."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        return _quietly_failed()
    except OSError as error:
        _complain_of(error)
        return _quietly_failed()
    return code


def _complain_of(error: OSError) -> None:
    with suppress(OSError):
        sys.stderr.write(f"msglint: the output cannot be written: {error.strerror or error}\n")


def _quietly_failed() -> int:
    """Keep Python from trying, and failing, to write out the rest when it ends."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return _FAILED

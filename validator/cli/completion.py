"""`msglint completion`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click
from click.shell_completion import BashComplete, FishComplete, ZshComplete

from .options import Name

if TYPE_CHECKING:
    from click.shell_completion import ShellComplete

_SHELLS: Final[dict[str, type[ShellComplete]]] = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}
_PROGRAM: Final = "msglint"
_VARIABLE: Final = "_MSGLINT_COMPLETE"
"""The environment variable by which the script asks for completions; click derives this name from the program's."""


@click.command(
    name="completion",
    epilog="""\b
Where to put it:
  bash  msglint completion bash > ~/.local/share/bash-completion/completions/msglint
        or, without the package bash-completion, in ~/.bashrc:
        eval "$(msglint completion bash)"
  zsh   msglint completion zsh > ~/.zfunc/_msglint
        with a line before `compinit` in ~/.zshrc:
        fpath+=~/.zfunc
  fish  msglint completion fish > ~/.config/fish/completions/msglint.fish

\b
Examples:
  msglint completion bash
  msglint completion fish | source
""",
)
@click.argument("shell", metavar="bash|zsh|fish", type=Name("shell", tuple(_SHELLS)))
@click.pass_context
def command(context: click.Context, /, *, shell: str) -> None:
    """Print the script that makes a shell complete commands, options, and the names of rules, formats and models.

    The script asks msglint for the completions, so it stays valid when msglint is upgraded.
    """
    script = _SHELLS[shell](context.find_root().command, {}, _PROGRAM, _VARIABLE).source()
    click.echo(script.encode(), nl=False)

"""`msglint lsp`."""

from __future__ import annotations

import click


@click.command(
    name="lsp",
    short_help="Serve an editor: the language server, on standard input and output.",
    epilog="""\b
The guide docs/editors.md has the configuration of each editor.
""",
)
@click.option("--stdio", is_flag=True, hidden=True, help="Taken and not needed, as some editors always give it.")
def command(*, stdio: bool) -> None:  # noqa: ARG001 - as its help says
    """Start the language server, which an editor speaks to on standard input and output.

    It has the same rules, messages and places as `msglint check`, and reads the same configuration. It needs
    `pip install 'msglint[lsp]'`.
    """
    try:
        from ..lsp.server import serve
    except ModuleNotFoundError as error:
        msg = f"the language server needs the package {error.name}; install `msglint[lsp]`"
        raise click.UsageError(msg) from error
    serve()

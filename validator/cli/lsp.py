"""`msglint lsp`."""

from __future__ import annotations

import click


@click.command(
    name="lsp",
    epilog="""\b
The guide docs/editors.md shows how to configure each editor.
""",
)
@click.option("--stdio", is_flag=True, hidden=True, help="Accepted and ignored: some editors always pass it.")
def command(*, stdio: bool) -> None:  # noqa: ARG001 - as its help says
    """Run the language server, which talks to an editor on standard input and output.

    It reports the same violations at the same places as `msglint check`, and reads the same configuration. It requires
    `pip install 'msglint[lsp]'`.
    """
    try:
        from ..lsp.server import serve
    except ModuleNotFoundError as error:
        msg = f"the language server needs the package {error.name}; install `msglint[lsp]`"
        raise click.UsageError(msg) from error
    serve()

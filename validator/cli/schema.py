"""`msglint schema`."""

from __future__ import annotations

from typing import Final

import click
import orjson

from ..schema.projection import EDITIONS, LATEST_EDITION, PLATFORMS, View, without_notes
from ..schema.store import SHAPES, bundle
from .options import Name

_LAYOUT: Final = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


@click.command(
    name="schema",
    short_help="Print the JSON Schema of an endpoint.",
    epilog="""\b
Examples:
  msglint schema > messages.schema.json
  msglint schema count_tokens --edition 2025-10
  check-jsonschema --schemafile <(msglint schema) request.json
""",
)
@click.argument("shape", metavar="[ENDPOINT]", type=Name("endpoint", tuple(SHAPES)), default="messages")
@click.option(
    "--edition",
    type=Name("edition", EDITIONS),
    default=LATEST_EDITION,
    show_default=True,
    help="The dated snapshot of the API reference.",
)
@click.option(
    "--platform",
    type=Name("platform", PLATFORMS),
    default=PLATFORMS[0],
    show_default=True,
    help="Whose API the body is for.",
)
@click.option("--output-file", type=click.Path(dir_okay=False), metavar="F", help="Write the schema there.")
def command(*, shape: str, edition: str, platform: str, output_file: str | None) -> None:
    """Print the schema of an ENDPOINT's body as one document, for editors and other tools.

    ENDPOINT is messages (the default), count_tokens, batches, or batch_request for a line of a batch file. The schema
    is draft 2020-12 and stands alone. It says what is structural; `msglint check` says more, and says it better.
    """
    text = orjson.dumps(without_notes(bundle(shape, View(edition, platform))), option=_LAYOUT).decode()
    try:
        with click.open_file(output_file or "-", "w", encoding="utf-8") as output:
            output.write(text)
    except OSError as error:
        msg = f"{output_file} cannot be written: {error.strerror or error}"
        raise click.UsageError(msg) from error

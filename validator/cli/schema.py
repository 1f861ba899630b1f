"""`msglint schema`."""

from __future__ import annotations

from typing import Final

import click
import orjson

from ..schema.projection import View, without_notes
from ..schema.store import SHAPES, bundle
from .options import Name, edition_option, opened, platform_option

_LAYOUT: Final = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


@click.command(
    name="schema",
    epilog="""\b
Examples:
  msglint schema > messages.schema.json
  msglint schema count_tokens --edition 2025-10
  check-jsonschema --schemafile <(msglint schema) request.json
""",
)
@click.argument("shape", metavar="[ENDPOINT]", type=Name("endpoint", tuple(SHAPES)), default="messages")
@edition_option
@platform_option
@click.option("--output-file", type=click.Path(dir_okay=False), metavar="F", help="Write the schema to this file.")
def command(*, shape: str, edition: str, platform: str, output_file: str | None) -> None:
    """Print the JSON Schema of an ENDPOINT's body as one document, for editors and other tools.

    ENDPOINT is messages (the default), count_tokens, batches, or batch_request for a line of a batch file. The schema
    is draft 2020-12 and needs no other file. It covers the structure only; `msglint check` also checks the rules
    that JSON Schema cannot express.
    """
    text = orjson.dumps(without_notes(bundle(shape, View(edition, platform))), option=_LAYOUT).decode()
    with opened(output_file) as output:
        output.write(text)

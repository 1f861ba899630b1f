"""`msglint rules`."""

from __future__ import annotations

import sys
from typing import Final

import click
import orjson

from ..formats.style import Style
from ..rules import AREAS, RULES, Rule
from .options import Name, colour_option, wants_colour

_FIRST_SENTENCE: Final = ". "


@click.command(
    name="rules",
    short_help="List the rules.",
    epilog="""\b
Examples:
  msglint rules
  msglint rules thinking tools
  msglint rules --format json
""",
)
@click.argument("areas", nargs=-1, metavar="[AREA…]", type=Name("area", AREAS))
@click.option(
    "--format",
    "format_name",
    type=Name("format", ("table", "json")),
    default="table",
    show_default=True,
    help="A table for people, or JSON with everything there is to say about each rule.",
)
@colour_option
def command(*, areas: tuple[str, ...], format_name: str, colour: str) -> None:
    """List the rules of every AREA, or of all of them: id, severity, and what each finds."""
    rules = [rule for rule in RULES.values() if not areas or rule.area in areas]
    if format_name == "json":
        click.echo(orjson.dumps([_record(rule) for rule in rules], option=orjson.OPT_INDENT_2))
        return
    style = Style(coloured=wants_colour(colour, sys.stdout))
    width = max(len(rule.id) for rule in rules)
    for rule in rules:
        severity = style.severity(rule.severity, f"{rule.severity.value:<7}")
        line = f"{style.strong(rule.id.ljust(width))}  {severity}  {_headline(rule)}"
        click.echo(line, color=style.coloured)


def _headline(rule: Rule) -> str:
    return rule.summary.partition(_FIRST_SENTENCE)[0].rstrip(".")


def _record(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "area": rule.area,
        "severity": rule.severity.value,
        "summary": rule.summary,
        "why": rule.why,
        "source": rule.source,
        "api_messages": rule.api_messages,
    }

"""`msglint rules`."""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING, Final

import click
import orjson

from ..explain.pages import models_of, page_of, scope, wordings
from ..facts import Model, models
from ..facts.api import PLATFORMS, REQUEST_ENDPOINTS, WHOLE_BATCH
from ..formats.style import Style
from ..report import Severity
from ..rules import AREAS, RULES
from .options import ModelName, Name, colour_option, wants_colour

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..rules import Rule

_FIRST_SENTENCE: Final = ". "
_RULES: Final = "validator.rules."


@click.command(
    name="rules",
    short_help="List the rules.",
    epilog="""\b
Examples:
  msglint rules
  msglint rules thinking tools
  msglint rules --model claude-opus-4-6 --severity error
  msglint rules --endpoint batches --format json
""",
)
@click.argument("areas", nargs=-1, metavar="[AREA…]", type=Name("area", AREAS))
@click.option(
    "--severity",
    "severities",
    multiple=True,
    type=Name("severity", tuple(severity.value for severity in Severity)),
    help="Only rules of this severity; repeatable.",
)
@click.option(
    "--endpoint",
    type=Name("endpoint", REQUEST_ENDPOINTS),
    help="Only rules that bodies for this endpoint can break.",
)
@click.option(
    "--model",
    type=ModelName(),
    metavar="MODEL",
    help="Only rules that requests to this model can break; an id or an alias.",
)
@click.option(
    "--format",
    "format_name",
    type=Name("format", ("table", "json")),
    default="table",
    show_default=True,
    help="A table for people, or JSON with all details of each rule.",
)
@colour_option
def command(
    *,
    areas: tuple[str, ...],
    severities: tuple[str, ...],
    endpoint: str | None,
    model: Model | None,
    format_name: str,
    colour: str,
) -> None:
    """List the rules of each AREA, or all rules: id, severity, summary, and the requests they are limited to."""
    rules = [
        rule
        for rule in RULES.values()
        if (not areas or rule.area in areas)
        and (not severities or rule.severity.value in severities)
        and (endpoint is None or _is_for(rule, endpoint))
        and (model is None or _can_be_broken_with(model, rule))
    ]
    if format_name == "json":
        click.echo(orjson.dumps([_record(rule) for rule in rules], option=orjson.OPT_INDENT_2))
        return
    style = Style(coloured=wants_colour(colour, sys.stdout))
    for line in table(rules, style):
        click.echo(line, color=style.coloured)
    if not rules:
        click.echo("msglint: no rule matches", err=True)


def table(rules: Sequence[Rule], style: Style) -> list[str]:
    """Return one line per rule."""
    width = max((len(rule.id) for rule in rules), default=0)
    return [
        f"{style.strong(rule.id.ljust(width))}  {style.severity(rule.severity, f'{rule.severity.value:<7}')}  "
        f"{headline(rule)}{style.faint(_limits(rule))}"
        for rule in rules
    ]


def headline(rule: Rule) -> str:
    """Return the first sentence of a rule's summary, without its full stop."""
    return rule.summary.partition(_FIRST_SENTENCE)[0].rstrip(".")


def _limits(rule: Rule) -> str:
    """Return in a few words the requests that a rule is limited to; empty for all requests."""
    concerned = models_of(rule)
    words = [text for label, text in scope(rule).items() if label in {"Endpoints", "Platforms"}]
    words += [f"{len(concerned)} of {len(models())} models"] if concerned is not None else []
    words += [f"API version {rule.api_version}"] if rule.api_version else []
    words += [f"since {rule.since}"] if rule.since else []
    return f" ({'; '.join(words)})" if words else ""


def _is_for(rule: Rule, endpoint: str) -> bool:
    return endpoint in rule.endpoints or (endpoint == "batches" and WHOLE_BATCH in rule.endpoints)


def _can_be_broken_with(model: Model, rule: Rule) -> bool:
    """Whether a request to a model can break a rule, on a platform where the model has this id."""
    is_there = model.platform in {PLATFORMS[0], *rule.platforms}
    return is_there and (rule.models is None or rule.models(model))


def _source(rule: Rule) -> tuple[str, int]:
    """Return the file in which a rule is made, from the folder that holds the package, and the line that begins it.

    The function of a rule may be shared by two of them, so the rule is found by its id.
    """
    literal = f'"{rule.id}"'
    for module in dict.fromkeys((rule.check.__module__, *sorted(sys.modules))):
        if not module.startswith(_RULES) or rule not in vars(sys.modules[module]).values():
            continue
        lines = inspect.getsource(sys.modules[module]).splitlines()
        number = next((number for number, line in enumerate(lines) if literal in line), None)
        if number is not None:
            begins = number if lines[number].strip() != f"{literal}," else number - 1
            return f"{module.replace('.', '/')}.py", begins + 1
    return f"{rule.check.__module__.replace('.', '/')}.py", 1


def _record(rule: Rule) -> dict[str, object]:
    file, line = _source(rule)
    return {
        "id": rule.id,
        "area": rule.area,
        "severity": rule.severity.value,
        "summary": rule.summary,
        "why": rule.why,
        "fix": rule.fix or None,
        "source": rule.source,
        "since": rule.since,
        "api_version": rule.api_version,
        "endpoints": rule.endpoints,
        "platforms": rule.platforms,
        "models": models_of(rule),
        "api_messages": wordings(rule),
        "page": page_of(rule.id),
        "file": file,
        "line": line,
    }

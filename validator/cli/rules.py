"""`msglint rules`."""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING, Final

import click
import orjson

from ..common.redaction import redacted
from ..common.wording import count, names
from ..explain.pages import models_of, page_of, scope, wordings
from ..explain.trial import trials
from ..facts import Model, models
from ..facts.api import PLATFORMS, REQUEST_ENDPOINTS, WHOLE_BATCH
from ..formats.style import Style
from ..own.rules import OwnRule
from ..report import Severity
from ..rules import AREAS, RULES
from .known_rules import config_option, known_rules
from .options import ModelName, Name, colour_option, format_option, no_such, wants_colour

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..report.file_result import DescribedRule
    from ..rules import Rule

_FIRST_SENTENCE: Final = ". "
_RULES: Final = "validator.rules."


def _complete_areas(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001 - click's signature
    return [area for area in AREAS if area.startswith(incomplete)]


@click.command(
    name="rules",
    epilog="""\b
Examples:
  msglint rules
  msglint rules thinking tools
  msglint rules --model claude-opus-4-6 --severity error
  msglint rules --endpoint batches --format json
  msglint rules --test team
  msglint rules --test shared/msglint.toml
""",
)
@click.argument("areas", nargs=-1, metavar="[AREA…]", shell_complete=_complete_areas)
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
@format_option(("table", "json"), "A table for people, or JSON with all details of each rule.")
@click.option("--test", "tests", is_flag=True, help="Run the examples of the rules; exits with 1 if one fails.")
@config_option
@colour_option
def command(
    *,
    areas: tuple[str, ...],
    severities: tuple[str, ...],
    endpoint: str | None,
    model: Model | None,
    format_name: str,
    tests: bool,
    config_file: str | None,
    colour: str,
) -> int:
    """List the rules of each AREA, or all rules: id, severity, summary, and the requests they are limited to.

    The rules of the configuration closest to the current folder are listed too. With --test, a name that ends in .toml
    is a configuration: only its own rules are tried, with every preset and configuration that it extends.
    """
    files = [area for area in areas if tests and area.endswith(".toml")]
    areas = tuple(area for area in areas if area not in files)
    if len(files) + (config_file is not None) > 1:
        msg = "name one configuration"
        raise click.UsageError(msg)
    registry = known_rules(files[0] if files else config_file)
    for area in areas:
        if area not in registry.areas:
            raise click.UsageError(no_such("area", area, registry.areas))
    rules = [
        rule
        for rule in (registry.others if files else registry.rules).values()
        if (not areas or rule.area in areas)
        and (not severities or rule.severity.value in severities)
        and (endpoint is None or _is_for(rule, endpoint))
        and (model is None or _can_be_broken_with(model, rule))
    ]
    style = Style(coloured=wants_colour(colour, sys.stdout))
    if tests:
        return _test(rules, style, format_name)
    if format_name == "json":
        click.echo(orjson.dumps([_record(rule) for rule in rules], option=orjson.OPT_INDENT_2))
        return 0
    for line in table(rules, style):
        click.echo(line, color=style.coloured)
    if not rules:
        click.echo("msglint: no rule matches", err=True)
    return 0


def _test(rules: Sequence[Rule], style: Style, format_name: str) -> int:
    """Run the examples of rules, print those that fail, and return the exit code."""
    found = list(trials(rules))
    failed = [each for each in found if each.failure is not None]
    if format_name == "json":
        records = [
            {"rule": each.rule.id, "kind": each.kind, "number": each.number, "failure": each.failure} for each in found
        ]
        click.echo(orjson.dumps(records, option=orjson.OPT_INDENT_2))
        return 1 if failed else 0
    for each in failed:
        click.echo(f"{style.strong(each.name)}: {redacted(each.failure or '')}", color=style.coloured)
    bare = [rule.id for rule in rules if rule.origin is not None and not (rule.bad and rule.good)]
    if bare:
        click.echo(f"msglint: {names(bare)} {'lacks' if len(bare) == 1 else 'lack'} a bad or a good example", err=True)
    tried = len({each.rule.id for each in found})
    outcome = f"{len(failed):,} failed" if failed else "all as expected"
    click.echo(f"{count(len(found), 'example')} of {count(tried, 'rule')}: {outcome}")
    return 1 if failed else 0


def table(rules: Sequence[Rule], style: Style) -> list[str]:
    """Return one line per rule."""
    width = max((len(rule.id) for rule in rules), default=0)
    return [
        f"{style.strong(rule.id.ljust(width))}  {style.severity(rule.severity, f'{rule.severity.value:<7}')}  "
        f"{headline(rule)}{style.faint(_limits(rule))}"
        for rule in rules
    ]


def headline(rule: DescribedRule) -> str:
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
    if isinstance(rule.origin, OwnRule):
        place = rule.origin.origin
        return (place.file, place.line) if place is not None else ("", 0)
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
        "page": page_of(rule.id) if rule.id in RULES else None,
        "plugin": rule.origin if isinstance(rule.origin, str) else None,
        "file": file,
        "line": line,
    }

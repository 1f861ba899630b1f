"""`msglint explain`."""

from __future__ import annotations

import json
import sys
import textwrap
from typing import TYPE_CHECKING, Any, Final, cast

import click

from ..files import check_text
from ..formats import full
from ..formats.style import Style
from ..linter import Endpoint, Linter
from ..rules import RULES, UnknownRuleError
from ..words import count, shown
from .options import colour_option, wants_colour

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..rules import Example, Rule

_WIDTH: Final = 96
_LONGEST_ARRAY: Final = 4
_INDENT: Final = "  "


class _RuleId(click.ParamType[str]):
    name = "rule"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in RULES:
            self.fail(str(UnknownRuleError(str(value))), param, ctx)
        return str(value)

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        param: click.Parameter,  # noqa: ARG002 - click's signature
        incomplete: str,
    ) -> list[click.shell_completion.CompletionItem]:
        return [click.shell_completion.CompletionItem(rule) for rule in RULES if rule.startswith(incomplete)]


@click.command(
    name="explain",
    short_help="Explain a rule, with a bad and a good request.",
    epilog="""\b
Examples:
  msglint explain schema/required
  msglint explain thinking/budget-not-below-max-tokens
""",
)
@click.argument("rule_id", metavar="RULE", type=_RuleId())
@colour_option
def command(*, rule_id: str, colour: str) -> None:
    """Say what a rule finds, why the API refuses it, and show a bad and a good request.

    RULE is an id as violations show it, such as schema/required; `msglint rules` lists them all.
    """
    style = Style(coloured=wants_colour(colour, sys.stdout))
    click.echo("\n".join(_page(RULES[rule_id], style)), color=style.coloured)


def _page(rule: Rule, style: Style) -> Iterator[str]:
    yield f"{style.strong(rule.id)} ({style.severity(rule.severity, rule.severity.value)})"
    for label, text in (("", rule.summary), ("Why: ", rule.why), ("Source: ", rule.source)):
        if text:
            yield ""
            yield _wrapped(label, text, style)
    if rule.api_messages:
        yield ""
        yield style.strong("The API answers, for example:")
        yield from (f"{_INDENT}{message}" for message in rule.api_messages)
    for label, examples in (("Bad:", rule.bad[:1]), ("Good:", rule.good[:1])):
        for example in examples:
            yield ""
            yield style.strong(label)
            yield textwrap.indent(_shown(example, style), _INDENT)


def _wrapped(label: str, text: str, style: Style) -> str:
    paragraph = textwrap.fill(f"{label}{' '.join(text.split())}", _WIDTH)
    return paragraph.replace(label, style.strong(label), 1) if label else paragraph


def _shown(example: Example, style: Style) -> str:
    """Spell an example, and for a bad one what the linter says of it."""
    request = example.made()
    linter = Linter(endpoint=cast("Endpoint", example.endpoint), betas=example.betas)
    if isinstance(request, bytes):
        return _checked(request, linter, style)
    report = linter.validate(request)
    text = json.dumps(_shortened(request), indent=2, ensure_ascii=False)
    if _shortened(request) == request:
        return _checked(text.encode(), linter, style)
    return "\n".join([text, *(f"{v.severity}[{v.rule}]: {v.message} (at {v.pointer})" for v in report.violations)])


def _checked(text: bytes, linter: Linter, style: Style) -> str:
    result = check_text("request.json", text, linter)
    found = "".join(full.render([result], style)).rstrip()
    lines = text[:_LONGEST_TEXT].decode(errors="backslashreplace") + ("…" if len(text) > _LONGEST_TEXT else "")
    return f"{lines}\n\n{found}" if found else lines


_LONGEST_TEXT: Final = 2000


def _shortened(value: Any) -> Any:
    """Cut long arrays and strings, and name what JSON has no place for, so that an example fits a screen."""
    if isinstance(value, dict):
        return {str(key): _shortened(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        if len(value) <= _LONGEST_ARRAY:
            return [_shortened(item) for item in value]
        return [_shortened(value[0]), f"… {count(len(value) - 1, 'more item')}"]
    if isinstance(value, str):
        return value if len(value) <= _WIDTH else shown(value)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return f"<a Python {type(value).__name__}>"

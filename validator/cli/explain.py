"""`msglint explain`."""

from __future__ import annotations

import json
import sys
import textwrap
from typing import TYPE_CHECKING, Any, Final

import click

from ..files import check_text
from ..formats import full
from ..formats.style import Style
from ..linter import Linter
from ..rules import AREAS, RULES, UnknownRuleError
from ..words import count, shown
from .options import colour_option, wants_colour

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..rules import Example, Rule

_WIDTH: Final = 96
_LONGEST_ARRAY: Final = 4
_LONGEST_LINE: Final = 160
_DEEPEST: Final = 12
_INDENT: Final = "  "


class _RuleId(click.ParamType[str]):
    name = "rule"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value in AREAS:
            self.fail(f"`{value}` is an area; `msglint rules {value}` lists its rules", param, ctx)
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
    paragraph = textwrap.fill(f"{label}{text}", _WIDTH)
    return paragraph.replace(label, style.strong(label), 1) if label else paragraph


def _shown(example: Example, style: Style) -> str:
    """Spell an example, and for a bad one what the linter says of it."""
    request = example.made()
    linter = Linter(**example.options())
    if isinstance(request, bytes):
        return _checked(request, linter, style)
    shortened, whole = _shortened(request)
    text = json.dumps(shortened, indent=2, ensure_ascii=False)
    if whole:
        return _checked(text.encode(), linter, style)
    found = [f"{v.severity}[{v.rule}]: {v.message} (at {v.pointer})" for v in linter.validate(request).violations]
    return "\n".join([text, *(["", *found] if found else [])])


def _checked(text: bytes, linter: Linter, style: Style) -> str:
    result = check_text("request.json", text, linter)
    found = "".join(full.render([result], style)).rstrip()
    lines = [
        line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…"
        for line in text.decode(errors="backslashreplace").split("\n")
    ]
    return "\n".join([*lines, "", found] if found else lines)


def _shortened(value: Any, depth: int = 0) -> tuple[Any, bool]:
    """Cut what is long or deep and name what JSON has no place for, and say whether the value is still whole."""
    if isinstance(value, (dict, list, tuple)) and depth == _DEEPEST:
        return "…", False
    if isinstance(value, dict):
        items = {key: _shortened(item, depth + 1) for key, item in value.items()}
        whole = all(isinstance(key, str) and item[1] for key, item in items.items())
        return {str(key): item[0] for key, item in items.items()}, whole
    if isinstance(value, (list, tuple)):
        shortened = [_shortened(item, depth + 1) for item in value[:_LONGEST_ARRAY]]
        rest = len(value) - len(shortened)
        more = [f"… {count(rest, 'more item')}"] if rest else []
        return [*(item[0] for item in shortened), *more], not rest and all(item[1] for item in shortened)
    if isinstance(value, str):
        text = value.encode(errors="backslashreplace").decode()
        return (text, text == value) if len(text) <= _WIDTH else (shown(text), False)
    if value is None or isinstance(value, (bool, int, float)):
        return value, True
    return f"<a Python {type(value).__name__}>", False

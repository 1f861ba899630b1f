"""`msglint explain`."""

from __future__ import annotations

import re
import sys
import textwrap
from typing import TYPE_CHECKING, Final

import click

from ..common.wording import count, shown
from ..explain.pages import conditions, readable, scope, spelled, wordings
from ..formats import full
from ..formats.style import Style
from ..rules import OURS, RULES, UnknownRuleError
from .known_rules import completed, config_option, known_rules
from .options import colour_option, wants_colour
from .rules import table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..rules import Example, Registry, Rule

_WIDTH: Final = 96
_MOST_HITS: Final = 20
_INDENT: Final = "  "
_STDIN: Final = "-"
_ID: Final = re.compile(r"[\w-]+/[\w-]+")
_WORD: Final = re.compile(r"[\w/-]+")
_TOKEN: Final = re.compile(r'(?P<string>"(?:\\.|[^"\\])*")(?P<key>:)?|(?P<literal>-?\d[\d.eE+-]*|true|false|null)')


class _RuleOrMessage(click.ParamType[str]):
    name = "rule"

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        param: click.Parameter,  # noqa: ARG002 - click's signature
        incomplete: str,
    ) -> list[click.shell_completion.CompletionItem]:
        return [click.shell_completion.CompletionItem(rule) for rule in completed(incomplete)]


@click.command(
    name="explain",
    epilog="""\b
Examples:
  msglint explain schema/required
  msglint explain thinking/budget-not-below-max-tokens --all
  msglint explain "max_tokens: Field required"
  tail -n 1 errors.log | msglint explain -
""",
)
@click.argument("words", nargs=-1, required=True, metavar="RULE|MESSAGE|-", type=_RuleOrMessage())
@click.option("-a", "--all", "every", is_flag=True, help="Show every example, not only the first bad and good one.")
@config_option
@colour_option
def command(*, words: tuple[str, ...], every: bool, config_file: str | None, colour: str) -> None:
    """Explain what a rule finds and why the API refuses it, and show a bad and a good request.

    RULE is an id as violations show it, such as schema/required; `msglint rules` lists them all. Instead of an id, give
    an error MESSAGE of the API, a part of it, or a log line that contains it; - reads the message from standard input.
    The rules of the configuration closest to the current folder are known too.
    """
    style = Style(coloured=wants_colour(colour, sys.stdout))
    is_ours = config_file is None and all(word in RULES for word in words)
    registry = OURS if is_ours else known_rules(config_file)
    rules = _meant(words, registry)
    if len(rules) > 1 and not all(word in registry.rules for word in words):
        _list(rules, style)
        return
    for number, rule in enumerate(rules):
        lines = [*(["", ""] if number else []), *_page(rule, style, every=every)]
        click.echo("\n".join(lines), color=style.coloured)


def _meant(words: tuple[str, ...], registry: Registry) -> list[Rule]:
    """Return the named rules, or those with an API message that matches the words."""
    if all(word in registry.rules for word in words):
        return [registry.rules[word] for word in dict.fromkeys(words)]
    text = " ".join(words)
    if words == (_STDIN,):
        text = sys.stdin.buffer.read().decode(errors="replace")
    if text in registry.areas:
        msg = f"`{text}` is an area; `msglint rules {text}` lists its rules"
        raise click.UsageError(msg)
    found = _with_message(text)
    if not found:
        raise click.UsageError(_not_found(text, registry))
    return found


def _with_message(text: str) -> list[Rule]:
    if _ID.fullmatch(text):
        return []
    from ..explain.search import search

    return [hit.rule for hit in search(text)]


def _not_found(text: str, registry: Registry) -> str:
    if not text.strip():
        return "give a rule id or an error message of the API; `msglint rules` lists the rules"
    if _WORD.fullmatch(text):
        return str(UnknownRuleError(text, registry))
    return f"no rule has an API message like {shown(text.strip())}; `msglint rules` lists the rules"


def _list(rules: list[Rule], style: Style) -> None:
    click.echo(f"{count(len(rules), 'rule')} with an API message like this, best match first:\n")
    for line in table(rules[:_MOST_HITS], style):
        click.echo(line, color=style.coloured)
    if len(rules) > _MOST_HITS:
        click.echo(f"and {len(rules) - _MOST_HITS} more; give more of the message")
    click.echo("\n`msglint explain RULE` explains one.")


def _page(rule: Rule, style: Style, *, every: bool) -> Iterator[str]:
    yield f"{style.strong(rule.id)} ({style.severity(rule.severity, rule.severity.value)})"
    for label, text in (("", rule.summary), ("Why: ", rule.why), ("Fix: ", rule.fix), ("Source: ", rule.source)):
        if text:
            yield ""
            yield _wrapped(label, text, style)
    limits = scope(rule)
    if limits:
        yield ""
        yield from (_wrapped(f"{label}: ", text, style) for label, text in limits.items())
    messages = wordings(rule)
    if messages:
        yield ""
        yield style.strong("The API answers, for example:")
        yield from (_message(message) for message in messages)
    for label, examples in (("Bad", rule.bad), ("Good", rule.good)):
        for example in examples if every else examples[:1]:
            options = conditions(example)
            yield ""
            yield style.strong(f"{label}, with {options}:" if options else f"{label}:")
            yield textwrap.indent(_example(example, style), _INDENT)
    more = [f"{len(rest)} {kind}" for kind, rest in (("bad", rule.bad[1:]), ("good", rule.good[1:])) if rest]
    if more and not every:
        yield ""
        yield style.faint(f"More examples: {', '.join(more)}; --all shows them.")


def _message(message: str) -> str:
    return textwrap.fill(
        readable(message),
        _WIDTH,
        initial_indent=_INDENT,
        subsequent_indent=_INDENT * 2,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _wrapped(label: str, text: str, style: Style) -> str:
    paragraph = textwrap.fill(f"{label}{text}", _WIDTH, break_on_hyphens=False)
    return paragraph.replace(label, style.strong(label), 1) if label else paragraph


def _example(example: Example, style: Style) -> str:
    """Return an example as text, and for a bad one the violations that the linter reports."""
    found = spelled(example)
    lines = found.text.split("\n")
    if style.coloured and not isinstance(example.request, bytes):
        lines = [_coloured(line, style) for line in lines]
    return "\n".join(
        [*lines, *(["", "".join(full.render([found.result], style)).rstrip()] if found.violations else [])]
    )


def _coloured(line: str, style: Style) -> str:
    """Colour a line of indented JSON."""

    def paint(token: re.Match[str]) -> str:
        if token["literal"]:
            return style.literal(token[0])
        return f"{style.key(token['string'])}:" if token["key"] else style.text(token["string"])

    return _TOKEN.sub(paint, line)

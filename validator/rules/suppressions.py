"""Suppressions: comments and configurations that suppress findings, if they do not work as written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..common.wording import code, either, nearest
from ..engine.rule import Example, value_rule
from ..report import Severity

_FILE: Final = "request.jsonc"
_BODY: Final = """{
  "model": "claude-haiku-4-5",
  "max_tokens": 1024,%s
  "messages": [{"role": "user", "content": "Hello"}]
}
"""

Words = tuple[str, str]
"""A message and the help that goes with it."""


def _text(line: str) -> bytes:
    return (_BODY % f"\n  {line}").encode()


_USED: Final = Example(
    _text('// msglint: ignore[schema/maximum] our gateway scales it\n  "temperature": 1.5,'), file=_FILE
)


@value_rule(
    "suppressions/unused",
    severity=Severity.WARNING,
    tag="unnecessary",
    bad=(
        Example(
            _text('"temperature": 0.5, // msglint: ignore[schema/maximum] our gateway scales it'), at="", file=_FILE
        ),
    ),
    good=(_USED,),
)
def unused(names: Sequence[str], where: str) -> Words:
    """A comment or a configuration suppresses a rule where it reports nothing.

    Why: The mistake has been fixed, or the suppression is in the wrong place. If it stays, it would suppress the next
    mistake. It is only reported if everything it covers was checked with the rules it names.

    Source: A rule of msglint's own.
    """
    return f"{either(names)} reports nothing {where} to suppress", "remove it, or move it to where it is needed"


@value_rule(
    "suppressions/unknown-rule",
    severity=Severity.WARNING,
    bad=(Example(_text("// msglint: ignore[schema/maximun]"), at="", file=_FILE),),
    good=(_USED,),
)
def unknown_rule(name: str, known: Sequence[str]) -> Words:
    """A comment suppresses a rule that does not exist.

    Why: It has no effect, although its author expects one.

    Source: A rule of msglint's own.
    """
    meant = nearest(name, known)
    advice = f"did you mean {code(meant)}?" if meant else "`msglint rules` lists the rules"
    return f"there is no rule or area {code(name)}", advice


@value_rule(
    "suppressions/no-rule-named",
    severity=Severity.WARNING,
    bad=(
        Example(_text("// msglint: ignore the limit is ours"), at="", file=_FILE),
        Example(_text("// msglint: ignore schema/maximum the limit is ours"), at="", file=_FILE),
    ),
    good=(_USED,),
)
def no_rule_named(verb: str, rest: str, known: Sequence[str]) -> Words:
    """A suppression comment names no rule in brackets.

    Why: A comment that suppresses every rule would suppress future mistakes too, so it suppresses nothing.

    Source: A rule of msglint's own.
    """
    named = rest.partition(" ")[0].strip("()[],:")
    message = f"{code(f'msglint: {verb}')} names no rule in brackets, so it suppresses nothing"
    if named in known:
        return message, f"did you mean {code(f'msglint: {verb}[{named}]')}?"
    return message, f"name what it suppresses: {code(f'msglint: {verb}[area/rule]')}"


@value_rule(
    "suppressions/unknown-directive",
    severity=Severity.WARNING,
    bad=(Example(_text("// msglint: disable[schema/maximum]"), at="", file=_FILE),),
    good=(_USED,),
)
def unknown_directive(verb: str, verbs: Sequence[str]) -> Words:
    """A comment for msglint has an unknown directive.

    Why: It has no effect, although its author expects one.

    Source: A rule of msglint's own.
    """
    directive = code(f"msglint: {verb}".rstrip())
    return (
        f"{directive} is not a directive that msglint knows",
        f"write {either([f'msglint: {each}[area/rule]' for each in verbs])}",
    )

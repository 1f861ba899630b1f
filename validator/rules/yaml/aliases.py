"""Aliases and nesting that cannot be written as JSON."""

from __future__ import annotations

from ...common.wording import code, count
from ...engine.rule import Example, value_rule
from ...report import Severity
from .examples import FILE, Words, example


@value_rule(
    "yaml/unknown-alias",
    bad=(example("max_tokens: 1024", "system: *brief", at=""),),
    good=(example("max_tokens: 1024", "system: &brief Be brief."),),
)
def unknown_alias(name: str) -> Words:
    """An alias names an anchor that is not set before it in the same document.

    Why: YAML readers refuse the file.

    Source: YAML 1.2, section 7.1.
    """
    return (
        f"the alias {code(f'*{name}')} names no anchor before it in the same document",
        f"set {code(f'&{name}')} before the value it stands for, or put the text into quotes",
    )


@value_rule(
    "yaml/duplicate-anchor",
    severity=Severity.WARNING,
    bad=(
        example("max_tokens: 1024", "system: &text Be brief.", "stop_sequences: [&text END]", at="/stop_sequences/0"),
    ),
    good=(example("max_tokens: 1024", "system: &text Be brief.", "stop_sequences: [&end END]"),),
)
def duplicate_anchor(name: str) -> Words:
    """An anchor is set twice in the same document.

    Why: YAML allows it, and an alias refers to the last anchor before it, but PyYAML refuses the file.

    Source: YAML 1.2, section 3.2.2.2; PyYAML.
    """
    return (
        f"the anchor {code(f'&{name}')} is set already in this document, and some readers of YAML refuse that",
        "give one of the two another name",
    )


@value_rule(
    "yaml/circular-alias",
    bad=(example("max_tokens: 1024", "metadata: &all", "  user_id: *all", at=""),),
    good=(example("max_tokens: 1024", "metadata:", "  user_id: &user one"),),
)
def circular_alias(name: str) -> Words:
    """A value contains itself through an alias.

    Why: It would be infinite as JSON.

    Source: RFC 8259.
    """
    return (
        f"the alias {code(f'*{name}')} is inside the value that it names, which would be infinite as JSON",
        "write out the value that is meant",
    )


def _repeating() -> bytes:
    lines = ["a0: &a0 [" + ", ".join(["x"] * 1000) + "]"]
    lines += [f"a{level}: &a{level} [" + ", ".join([f"*a{level - 1}"] * 1000) + "]" for level in range(1, 3)]
    return "\n".join(lines).encode()


@value_rule(
    "yaml/too-many-aliases",
    bad=(Example(_repeating, at="", file=FILE),),
    good=(example("max_tokens: 1024", "stop_sequences: [&end END]"),),
)
def too_many_aliases(most: int) -> Words:
    """Aliases repeat more values than fit into memory.

    Why: A few lines of aliases of aliases can stand for more values than any machine has memory for.

    Source: A limit of msglint's own; no real request comes close.
    """
    return f"aliases repeat more than {count(most, 'value')}", "write out what is meant"


@value_rule(
    "yaml/nesting-too-deep",
    bad=(Example(lambda: b"[" * 2000 + b"]" * 2000, at="", file=FILE),),
    good=(example("max_tokens: 1024"),),
)
def nested_too_deeply(most: int) -> Words:
    """Mappings and sequences are nested more than 1,000 levels deep, including those behind aliases.

    Why: Readers built on libyaml stop there, the API's JSON reader soon after, and no real request comes close.

    Source: The limit of the libyaml in PyYAML 6.0.4; that of orjson, whose messages the API's refusals repeat, is
    1,024.
    """
    return f"the nesting is deeper than {most:,} levels", "flatten the value, or send it as a string"

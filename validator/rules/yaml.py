"""YAML: what a text in it can hold and JSON cannot, and what its readers do not agree on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from ..report import Severity
from ..words import code, count, shown
from .rule import Example, value_rule

if TYPE_CHECKING:
    from ..documents.yaml_values import Plain

_FILE: Final = "request.yaml"
_CORE: Final = "tag:yaml.org,2002:"
_HELLO: Final = "messages:\n  - {role: user, content: Hello}\n"
_TEMPLATE: Final = re.compile(r"\{\{|\$\{|<%|\{%")

Words = tuple[str, str]
"""A message and the help that goes with it."""


def _text(*lines: str) -> bytes:
    return "\n".join(["model: claude-haiku-4-5", *(lines or ["max_tokens: 1024"]), _HELLO]).encode()


@value_rule(
    "yaml/invalid",
    bad=(
        Example(_text("max_tokens:\n\t1024"), at="", file=_FILE),
        Example(_text("max_tokens: 1024", "system: note: be brief"), at="", file=_FILE),
        Example(_text('max_tokens: 1024\nsystem: "Be brief.'), at="", file=_FILE),
    ),
    good=(Example(_text(), file=_FILE),),
)
def invalid(problem: str, text: str, place: int, context: str | None = None) -> Words:
    """The text is not YAML.

    Why: Nothing can be made of it, so nothing is sent.

    Source: YAML 1.1 and 1.2; what libyaml does not read.
    """
    if text[place : place + 1] == "\t":
        return "a tab stands where YAML takes only spaces", "indent with spaces"
    around = text[max(0, text.rfind("\n", 0, place)) : place + 1]
    advice = "write YAML, or JSON"
    if _TEMPLATE.search(around):
        advice = "put the placeholder of a template into quotes"
    elif "mapping values are not allowed" in problem:
        advice = "put the text into quotes if the colon belongs to it, else check the indentation"
    elif "unexpected end of stream" in problem:
        advice = "close the quotes"
    elif "cannot start any token" in problem:
        advice = "put the text into quotes"
    elif "did not find expected" in problem:
        advice = "check the indentation, and that every bracket and quote is closed"
    return f"not YAML: {f'{context}, ' if context else ''}{problem}", advice


@value_rule(
    "yaml/not-json",
    bad=(
        Example(_text("max_tokens: 1024", "system: !env SYSTEM_PROMPT"), at="/system", file=_FILE),
        Example(_text("max_tokens: 1024", "temperature: .nan"), at="/temperature", file=_FILE),
        Example(_text("max_tokens: 1024", "stop_sequences: [!!binary SGVsbG8=]"), at="/stop_sequences/0", file=_FILE),
    ),
    good=(
        Example(_text("max_tokens: 1024", "system: !!str 2026"), file=_FILE),
        Example(_text("max_tokens: 1024", "stop_sequences: !!seq [END]"), file=_FILE),
    ),
)
def not_json(what: str) -> Words:
    """A value is of a kind that YAML knows and JSON does not.

    Why: A body is sent as JSON, which has no dates, sets, binary data, infinite numbers, and no tags of anyone's own.

    Source: RFC 8259; the tags of YAML's core schema are those that JSON has types for.
    """
    if what == "<<":
        return "what `<<` takes over must be a mapping, or a sequence of mappings", "name an anchor of a mapping"
    if what.startswith(_CORE):
        kind = what.removeprefix(_CORE)
        advice = {
            "binary": "write the base64 as a string, without the tag",
            "timestamp": "write the date as a string, in quotes",
            "set": "write it as a sequence",
            "omap": "write it as a mapping",
        }.get(kind, "write the value as JSON has it")
        return f"a value of type `!!{kind}` has no place in JSON", advice
    if what.startswith("!"):
        return f"the tag {code(what)} has no meaning in JSON", "write the value itself; tags are for one program only"
    return f"{code(what)} has no place in JSON", "give a finite number, or put the text into quotes"


@value_rule(
    "yaml/ambiguous-value",
    severity=Severity.WARNING,
    bad=(
        Example(_text("max_tokens: 1024", "stop_sequences: [END, no]"), at="/stop_sequences/1", file=_FILE),
        Example(_text("max_tokens: 1_024"), at="/max_tokens", file=_FILE),
        Example(_text("max_tokens: 1024", "metadata: {user_id: 2026-11-24}"), at="/metadata/user_id", file=_FILE),
    ),
    good=(
        Example(_text("max_tokens: 1024", 'stop_sequences: [END, "no"]'), file=_FILE),
        Example(_text("max_tokens: 1024", 'metadata: {user_id: "2026-11-24"}'), file=_FILE),
    ),
)
def ambiguous_value(text: str, found: Plain) -> Words:
    """A plain word means one thing in YAML 1.1 and another in YAML 1.2.

    Why: Most Python programs read YAML 1.1, most others 1.2, so what is sent depends on who reads the file: `no` is
    `false` or a string, `1_024` a number or a string, `2026-11-24` a date or a string. A file that begins with
    `%YAML 1.1` or `%YAML 1.2` says which it is.

    Source: YAML 1.1 as PyYAML reads it; the core schema of YAML 1.2.
    """
    value = found.value
    here = "a string" if isinstance(value, str) else f"the number {value}" if _is_number(value) else shown(value)
    literal = str(value) if _is_number(value) else (found.otherwise or "").removeprefix("the number ")
    choice = "" if " " in literal else f" or {code(literal)}"
    return f"{code(text)} is {here} in YAML 1.2, but {found.otherwise} in YAML 1.1", f"write {_quoted(text)}{choice}"


def _quoted(text: str) -> str:
    return f'`"{text[:60]}"`'


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


@value_rule(
    "yaml/key-not-a-string",
    bad=(Example(_text("max_tokens: 1024", "1: one"), at="/1", file=_FILE),),
    good=(Example(_text("max_tokens: 1024", '"system": Be brief.'), file=_FILE),),
)
def key_not_a_string(text: str) -> Words:
    """A key is a number, a boolean or null.

    Why: JSON's keys are strings; most readers of YAML leave such a key what it is.

    Source: RFC 8259, section 4.
    """
    return f"the key {code(text)} is no string in YAML, but must be one", f"write {_quoted(text)}"


@value_rule(
    "yaml/container-as-key",
    bad=(
        Example(_text("max_tokens: 1024", "system: {{ system_prompt }}"), at="", file=_FILE),
        Example(_text("max_tokens: 1024", "[a, b]: c"), at="", file=_FILE),
    ),
    good=(Example(_text("max_tokens: 1024", 'system: "{{ system_prompt }}"'), file=_FILE),),
)
def container_as_key() -> Words:
    """A mapping or a sequence stands as a key.

    Why: JSON's keys are strings. Most often it is the placeholder of a template, `{{ name }}`, which reads as a mapping
    in a mapping.

    Source: RFC 8259, section 4.
    """
    return "a mapping or a sequence is used as a key, but a key must be a string", "put `{{ … }}` into quotes"


@value_rule(
    "yaml/duplicate-key",
    severity=Severity.WARNING,
    bad=(Example(_text("max_tokens: 1024", "max_tokens: 2048"), at="/max_tokens", file=_FILE),),
    good=(Example(_text("max_tokens: 1024", "top_k: 5"), file=_FILE),),
)
def duplicate_key(text: str) -> Words:
    """A mapping has a key twice.

    Why: YAML forbids it. Some readers refuse the file, others take the last value without a word.

    Source: YAML 1.2, section 3.2.1.3.
    """
    return f"the key {code(text)} is there twice", "remove one of the two"


@value_rule(
    "yaml/unknown-alias",
    bad=(Example(_text("max_tokens: 1024", "system: *brief"), at="", file=_FILE),),
    good=(Example(_text("max_tokens: 1024", "system: &brief Be brief."), file=_FILE),),
)
def unknown_alias(name: str) -> Words:
    """An alias names an anchor that is not there.

    Why: Readers of YAML refuse the file.

    Source: YAML 1.2, section 7.1.
    """
    return (
        f"the alias {code(f'*{name}')} names no anchor before it",
        f"set {code(f'&{name}')} before the value it stands for",
    )


@value_rule(
    "yaml/circular-alias",
    bad=(Example(_text("max_tokens: 1024", "metadata: &all", "  user_id: *all"), at="", file=_FILE),),
    good=(Example(_text("max_tokens: 1024", "metadata:", "  user_id: &user one"), file=_FILE),),
)
def circular_alias(name: str) -> Words:
    """A value contains itself by way of an alias.

    Why: Written as JSON it has no end.

    Source: RFC 8259.
    """
    return f"the alias {code(f'*{name}')} stands inside the value that it names", "write the value that is meant"


def _repeating() -> bytes:
    lines = ["a0: &a0 [" + ", ".join(["x"] * 1000) + "]"]
    lines += [f"a{level}: &a{level} [" + ", ".join([f"*a{level - 1}"] * 1000) + "]" for level in range(1, 3)]
    return "\n".join(lines).encode()


@value_rule(
    "yaml/too-many-aliases",
    bad=(Example(_repeating, at="", file=_FILE),),
    good=(Example(lambda: _text("max_tokens: 1024", "stop_sequences: [&end END]"), file=_FILE),),
)
def too_many_aliases(most: int) -> Words:
    """Aliases repeat so much that no machine could write it out.

    Why: A few lines of aliases of aliases stand for more values than there is memory for.

    Source: A limit of msglint's own; no real request comes near.
    """
    return f"aliases repeat more than {count(most, 'value')}", "write out what is meant"


@value_rule(
    "yaml/nesting-too-deep",
    bad=(Example(lambda: b"[" * 2000 + b"]" * 2000, at="", file=_FILE),),
    good=(Example(lambda: _text("max_tokens: 1024"), file=_FILE),),
)
def nested_too_deeply(most: int) -> Words:
    """Mappings and sequences are nested more than 1,024 levels deep.

    Why: The API's JSON reader refuses it, and no real request comes near.

    Source: The limit of orjson, whose messages the API's refusals repeat.
    """
    return f"the nesting is deeper than {most:,} levels", "flatten the value, or send it as a string"

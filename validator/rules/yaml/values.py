"""YAML values and keys that JSON does not have, or that YAML readers disagree on."""

from __future__ import annotations

import json
from enum import Enum
from typing import Any, Final

from ...common.wording import code, cut_short, shown
from ...engine.rule import value_rule
from ...report import Severity
from .examples import Words, example

CORE: Final = "tag:yaml.org,2002:"
"""The prefix of YAML's own tags, written `!!`."""
_LONGEST_QUOTED: Final = 60


class Foreign(Enum):
    """Why a scalar cannot be written as JSON."""

    NOT_FINITE = "not finite"
    DATE = "a date"
    TAG = "a tag that none of JSON's types has"
    NOT_OF_TAG = "not of the type that its tag names"


class Special(Enum):
    """What YAML 1.1 reads a word as that JSON has no value for."""

    DATE = "a date"
    MERGE = "the sign for a merge"
    VALUE = "the sign for a default value"
    ERROR = "a number that cannot be read"


@value_rule(
    "yaml/not-json",
    bad=(
        example("max_tokens: 1024", "system: !env SYSTEM_PROMPT", at="/system"),
        example("max_tokens: 1024", "temperature: .nan", at="/temperature"),
        example("max_tokens: 1024", "stop_sequences: [!!binary SGVsbG8=]", at="/stop_sequences/0"),
        example("max_tokens: !!int many", at="/max_tokens"),
    ),
    good=(
        example("max_tokens: 1024", "system: !!str 2026"),
        example("max_tokens: 1024", "stop_sequences: !!seq [END]"),
    ),
)
def not_json(text: str, foreign: Foreign, tag: str = "") -> Words:
    """A value has a type that YAML has and JSON does not.

    Why: A body is sent as JSON, which has no dates, sets, binary data, infinite numbers or custom tags.

    Source: RFC 8259; the tags of YAML's core schema are those that JSON has types for.
    """
    if foreign is Foreign.NOT_FINITE:
        return f"{code(text)} is not finite, but a number must be", "give a finite number, or put the text into quotes"
    if foreign is Foreign.DATE:
        return f"{code(text)} is a date in YAML 1.1, which JSON does not have", f"write {_quoted(text)}"
    name = code(_written(tag))
    if foreign is Foreign.NOT_OF_TAG:
        what = code(text) if text else "the value"
        return f"{what} is not of the type {name}", "write a value of that type, or leave the tag out"
    if tag.startswith(CORE):
        advice = {
            "binary": "write the base64 as a string, without the tag",
            "timestamp": "write the date as a string, in quotes",
            "set": "write it as a sequence",
            "omap": "write it as a mapping",
        }.get(tag.removeprefix(CORE), "leave the tag out, and write the value as JSON has it")
        return f"a value of the type {name} cannot be written as JSON", advice
    return f"the tag {name} has no meaning in JSON", "write the value itself; such a tag is for one program only"


@value_rule(
    "yaml/merge-of-no-mapping",
    bad=(example("max_tokens: 1024", "metadata: {<<: everyone, user_id: one}", at="/metadata"),),
    good=(example("max_tokens: 1024", "metadata: {<<: {user_id: one}}"),),
)
def merge_of_no_mapping() -> Words:
    """The value of `<<` is not a mapping.

    Why: `<<` merges the members of other mappings. YAML readers refuse the file, or send a key `<<`.

    Source: The merge key of YAML 1.1 (yaml.org/type/merge.html).
    """
    return (
        "the value of `<<` must be a mapping, or a sequence of mappings",
        'name the anchor of a mapping after it, or write `"<<"` for a key of that name',
    )


@value_rule(
    "yaml/ambiguous-value",
    severity=Severity.WARNING,
    bad=(
        example("max_tokens: 1024", "stop_sequences: [END, no]", at="/stop_sequences/1"),
        example("max_tokens: 1_024", at="/max_tokens"),
        example("max_tokens: 1024", "metadata: {user_id: 2026-11-24}", at="/metadata/user_id"),
        example("max_tokens: 1024", "stop_sequences: [=]", at="/stop_sequences/0"),
    ),
    good=(
        example("max_tokens: 1024", 'stop_sequences: [END, "no"]'),
        example("max_tokens: 1024", 'metadata: {user_id: "2026-11-24"}'),
    ),
)
def ambiguous_value(text: str, value: Any, otherwise: Any) -> Words:
    """A plain word has one meaning in YAML 1.1 and another in YAML 1.2.

    Why: Most Python programs read YAML 1.1, most others 1.2, so the request depends on the reader: `no` is `false` or a
    string, `1_024` a number or a string, `2026-11-24` a date or a string. A file that begins with `%YAML 1.1` or `%YAML
    1.2` says which one applies.

    Source: YAML 1.1 as PyYAML reads it; the core schema of YAML 1.2.
    """
    is_text = isinstance(value, str) or isinstance(otherwise, (str, Special))
    choices = [_quoted(text)] if is_text else []
    choices += [f"`{shown(each)}`" for each in (value, otherwise) if _is_plain(each)]
    return (
        f"{code(text)} is {_named(value)} in YAML 1.2, but {_named(otherwise)} in YAML 1.1",
        f"write {' or '.join(dict.fromkeys(choices))}",
    )


def _named(value: Any) -> str:
    if isinstance(value, Special):
        return value.value
    if isinstance(value, str):
        return "a string"
    return f"the number {shown(value)}" if not isinstance(value, bool) else f"`{shown(value)}`"


def _is_plain(value: Any) -> bool:
    """Whether a value can be written in a way that all YAML readers agree on."""
    return isinstance(value, (bool, int)) or (isinstance(value, float) and "e" not in str(value))


@value_rule(
    "yaml/key-not-a-string",
    bad=(example("max_tokens: 1024", "1: one", at="/1"),),
    good=(example("max_tokens: 1024", '"system": Be brief.'),),
)
def key_not_a_string(text: str, value: Any) -> Words:
    """A key is a number, a boolean or null.

    Why: JSON keys are strings; most YAML readers keep such a key as it is, so it cannot be sent.

    Source: RFC 8259, section 4.
    """
    what = f"the key {code(text)}" if text else "an empty key"
    kind = "null" if value is None else "a boolean" if isinstance(value, bool) else "a number"
    return f"{what} is {kind}, but must be a string", f"write {_quoted(text)}"


@value_rule(
    "yaml/container-as-key",
    bad=(
        example("max_tokens: 1024", "system: {{ system_prompt }}", at=""),
        example("max_tokens: 1024", "[a, b]: c", at=""),
    ),
    good=(example("max_tokens: 1024", 'system: "{{ system_prompt }}"'),),
)
def container_as_key(*, is_placeholder: bool) -> Words:
    """A key is a mapping or a sequence.

    Why: JSON keys are strings. Most often the key is a template placeholder, `{{ name }}`, which YAML reads as a
    mapping inside a mapping.

    Source: RFC 8259, section 4.
    """
    if is_placeholder:
        return (
            "`{{` begins a mapping that is the key of another, but a key must be a string",
            "put the placeholder into quotes, or fill in the template first",
        )
    return "a mapping or a sequence is a key here, but a key must be a string", "write a string as the key"


@value_rule(
    "yaml/duplicate-key",
    severity=Severity.WARNING,
    bad=(example("max_tokens: 1024", "max_tokens: 2048", at="/max_tokens"),),
    good=(example("max_tokens: 1024", "top_k: 5"),),
)
def duplicate_key(text: str) -> Words:
    """A mapping has the same key more than once.

    Why: YAML forbids it. Some readers refuse the file, others use the last value silently.

    Source: YAML 1.2, section 3.2.1.3.
    """
    return f"the mapping has the key {code(text)} twice, and readers of YAML take the last or none", "remove one"


def _quoted(text: str) -> str:
    """Write a text in YAML's double quotes, cut short."""
    return f"`{json.dumps(cut_short(text, _LONGEST_QUOTED), ensure_ascii=False)}`"


def _written(tag: str) -> str:
    return f"!!{tag.removeprefix(CORE)}" if tag.startswith(CORE) else tag

"""Structure: the refusals of the schemas, in words.

The constraints themselves are only in `schemas/`; each rule here words the refusals of one or two keywords.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from ..common.lazy_regex import regex
from ..common.redaction import holds_secret
from ..common.wording import any_of, code, count, json_type, kinds, names, shown
from ..engine.rule import BY_KEYWORD, Example, body, schema_rule
from ..schema.explain import DISCRIMINATOR, UNEXPLAINED, Problem
from ..schema.projection import WITHHELD
from .shared import schema_fixes
from .shared.meant_values import guessed, object_or_array, usable_tags
from .shared.schema_fixes import hint_for, nearest_property

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from ..common.pointer import Path

_GIF: Final = {"type": "base64", "media_type": "image/gif", "data": "R0lGODlhAQABAAAAACw="}
_IMAGE: Final = {"type": "image", "source": _GIF}
_DATA_URL: Final = {"type": "image", "source": _GIF | {"data": "data:image/gif;base64,R0lGODlhAQABAAAAACw="}}
_TOOL: Final = {"name": "search", "description": "Searches the catalogue.", "input_schema": {"type": "object"}}
_WEB_SEARCH: Final = {"type": "web_search_20250305", "name": "web_search"}
_ABBREVIATIONS: Final = {"mcp": "MCP", "pdf": "PDF", "url": "URL"}
_WORD: Final = regex(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")

_FEW: Final = 20
_FEW_STEPS: Final = 3

Words = tuple[str, str | None]
"""A message and the help that goes with it."""


@schema_rule(
    "schema/required",
    mend=schema_fixes.required,
    keywords=("required",),
    bad=(
        Example({"model": "claude-haiku-4-5", "messages": [{"role": "user", "content": "Hello"}]}, at=""),
        Example(
            body(messages=[{"role": "user", "content": [{"type": "image"}]}]),
            at="/messages/0/content/0",
        ),
        Example(
            body(messages=[{"role": "user", "content": [{"text": "Hello"}]}]),
            at="/messages/0/content/0",
        ),
    ),
    good=(Example(body(messages=[{"role": "user", "content": [_IMAGE]}])),),
    api_messages=(
        "max_tokens: Field required",
        "messages.0.content.0.image.source: Field required",
        "each thinking block must contain thinking",
    ),
)
def required(problem: Problem) -> Words:
    """A required property is missing.

    If the object has the property under a misspelt name, or under the name of another API, only that name is reported.

    Why: The API has no defaults for required properties. A property that is null is present, which is another mistake.

    Fix: Adds the property if it can have only one value. Safe if the type of the object determines the value, unsafe if
    the type itself is missing and only one type fits.

    Source: The `required` of each type; the API's refusal, seen in more than ten places.
    """
    message = f"missing {code(problem.name)}, which {_owner(problem)} must have"
    if problem.union is not None:
        if hint := schema_fixes.untagged_hint(problem):
            return message, hint
        usable = usable_tags(problem)
        likely = [tag for tag in problem.union.likely(problem.value) if tag in usable]
        likely = likely or usable
        if len(likely) == 1:
            return message, f"add `{json.dumps(problem.name)}: {json.dumps(likely[0])}`"
        return message, f"add it with one of {any_of(likely)}"
    schema = problem.schema["properties"].get(problem.name, {})
    mistyped = mistyped_for(problem)
    if mistyped is not None:
        return message, f"rename {code(mistyped)} to {code(problem.name)}"
    if "const" in schema:
        return message, f"add `{json.dumps(problem.name)}: {json.dumps(schema['const'])}`"
    return message, f"add {code(problem.name)}{_explained(schema.get('description', ''))}"


@schema_rule(
    "schema/unknown-property",
    mend=schema_fixes.unknown_property,
    keywords=("additionalProperties",),
    bad=(
        Example(body(temprature=0.5), at="/temprature"),
        Example(
            body(messages=[{"role": "user", "content": [{"type": "text", "text": "Hello", "txet": "Hello"}]}]),
            at="/messages/0/content/0/txet",
        ),
    ),
    good=(
        Example(body(temperature=0.5)),
        Example(body(tools=[_TOOL | {"input_schema": {"type": "object", "examples": [{}]}}])),
    ),
    api_messages=("temprature: Extra inputs are not permitted",),
)
def unknown_property(problem: Problem) -> Words:
    """An object has a property that is unknown for its type.

    Why: The API ignores nothing: it refuses every unknown name, at any depth, even if the value is null. Only the
    `input` of a tool call and a tool's `input_schema` are free.

    Fix: Renames the property to the likely one, if its value is valid there as it is, without its quotes or in an
    array. Safe if only case, `-` and `_` differ or one letter of a long name is wrong, otherwise unsafe. A property
    that is near none is removed, which is unsafe, or safe if only answers have it. A value with content is only removed
    if the help says to remove it.

    Source: `additionalProperties: false` of every type in the API's OpenAPI document; the API's refusal, seen in more
    than twenty places.
    """
    message = f"{code(problem.name)} is not a property of {_owner(problem)}"
    if reason := _withheld(problem, problem.name):
        return message, reason
    if problem.name in problem.schema.get("x-answers", ()):
        return message, "remove it: only answers have it"
    if hint := hint_for(problem.schema, problem.name):
        return message, hint
    known: dict[str, Any] = problem.schema["properties"]
    meant = nearest_property(problem)
    if meant is None:
        advice = "remove it" if schema_fixes.is_to_be_removed(problem) else "move its content to where it belongs"
        return message, f"{advice}; the properties are {_names_of_fixed(tuple(known))}"
    if is_given(problem, meant):
        has_content = schema_fixes.has_content(problem.value[problem.name])
        advice = "keep only one of the two" if has_content else "remove it"
        return message, f"{advice}; {code(meant)} is already there"
    is_missing = meant in problem.schema.get("required", ()) and meant not in problem.value
    advice = f"rename {code(problem.name)} to {code(meant)}, which is missing"
    place = (*problem.path[:-1], meant)
    faults = problem.faults(known[meant], problem.value[problem.name], place)
    return message, _and_then(
        advice if is_missing else f"did you mean {code(meant)}?", [fault for fault in faults if fault.path == place]
    )


def is_given(problem: Problem, name: str) -> bool:
    """Whether an object has a property itself; null counts as absent where it is refused."""
    value = problem.value.get(name)
    return name in problem.value and (value is not None or problem.fits(problem.schema["properties"][name], None))


def meant_by(problem: Problem) -> list[str]:
    """Return the properties that an unknown one probably stands for, without those that are present."""
    if problem.keyword != "additionalProperties":
        return []
    return [name for name in schema_fixes.meant_of(problem) if not is_given(problem, name)]


def mistyped_for(problem: Problem) -> str | None:
    """Return the unknown property that was probably meant to be the missing one."""
    if problem.keyword != "required" or problem.union is not None:
        return None
    unknown = [key for key in problem.value if key not in problem.schema["properties"]][:_FEW]
    meant = schema_fixes.meant_properties
    return next((key for key in unknown if problem.name in meant(key, problem.schema)), None)


@schema_rule(
    "schema/type",
    mend=schema_fixes.wrong_type,
    keywords=("type",),
    bad=(
        Example(body(max_tokens="1024"), at="/max_tokens"),
        Example(body(system=None), at="/system"),
        Example(body(stop_sequences="END"), at="/stop_sequences"),
        Example(body(messages=[{"role": "user", "content": {"type": "text", "text": "Hi"}}]), at="/messages/0/content"),
    ),
    good=(Example(body(stop_sequences=["END"], system=[{"type": "text", "text": "Be brief."}])),),
    api_messages=(
        "max_tokens: Input should be a valid integer",
        "system: Input should be a valid array",
        "messages.0.content: Input should be a valid array",
        "messages.0.content.0: Input should be an object",
        "metadata.user_id: Input should be a valid string",
        "stream: Input should be a valid boolean",
        "temperature: Input should be a valid number",
        "output_config: Input does not match the expected shape.",
        "messages.61.content.0.tool_use.input: Input should be a valid dictionary",
        "messages.0.content: Input should be a valid list",
    ),
)
def wrong_type(problem: Problem) -> Words:
    """A value has the wrong JSON type.

    Why: The API converts nothing: `"1024"` is not a number, null is not the same as leaving a property out (except for
    properties that allow null), and one block is not a list of blocks.

    Fix: Removes the quotes of a number or a boolean, unpacks JSON in a string, puts a single value into an array,
    writes a word as the object that it stands for, and removes an optional property that is null; safe. Writes another
    vendor's word, a text or a number as the value that it stands for, if only one fits; unsafe.

    Source: The types of the API's OpenAPI document; the API's refusals, measured live in 2026-08.
    """
    allowed = _allowed_types(problem)
    values = problem.allowed_values or _allowed_tags(problem)
    words = any_of(values) if values else kinds(allowed)
    return f"{_subject(problem)} is {shown(problem.value)}, but must be {words}", _conversion(problem, allowed)


@lru_cache(maxsize=256)
def _any_of_fixed(values: tuple[Any, ...]) -> str:
    """List the words that a schema allows."""
    return any_of(values)


@lru_cache(maxsize=256)
def _names_of_fixed(values: tuple[str, ...]) -> str:
    """List the properties that a schema has."""
    return names(values)


@schema_rule(
    "schema/enum",
    mend=schema_fixes.not_allowed_value,
    keywords=("enum", "const"),
    bad=(
        Example(body(messages=[{"role": "asistant", "content": "Hello"}]), at="/messages/0/role"),
        Example(
            body(
                messages=[
                    {"role": "user", "content": [_IMAGE | {"cache_control": {"type": "ephemeral", "ttl": "10m"}}]}
                ]
            ),
            at="/messages/0/content/0/cache_control/ttl",
        ),
        Example(body(tools=[_WEB_SEARCH | {"name": "search"}]), at="/tools/0/name"),
    ),
    good=(
        Example(body(messages=[{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hello."}])),
        Example(body(tools=[_WEB_SEARCH])),
    ),
    api_messages=(
        "service_tier: Input should be 'auto' or 'standard_only'",
        "messages.2.content.0.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', …",
        'messages: Unexpected role "developer". Allowed roles are "user" or "assistant"',
    ),
)
def not_allowed_value(problem: Problem) -> Words:
    """A value is not one of the allowed values.

    Why: Roles, media types, times to live, the names of the API's own tools and so on are fixed words.

    Fix: Replaces the word with the likely one. Safe if only case, `-` and `_` differ or one letter is wrong, otherwise
    unsafe. One of the API's own tools gets its only allowed name; unsafe. A message with the role `tool` becomes a
    `tool_result` block in a user message; unsafe.

    Source: The enumerations of the API's OpenAPI document; the API's refusals, seen in many places.
    """
    values = problem.allowed_values
    message = f"{_subject(problem)} is {shown(problem.value)}, but must be {any_of(values)}"
    if reason := _withheld(problem, problem.value):
        return message, reason
    hint = hint_for(problem.schema, problem.value)
    meant = schema_fixes.nearest_value(problem.value, values) if isinstance(problem.value, str) else None
    return message, hint or (f"did you mean {json.dumps(meant)}?" if meant else _replacement(values))


@schema_rule(
    "schema/unknown-type",
    mend=schema_fixes.unknown_type,
    keywords=(DISCRIMINATOR,),
    bad=(
        Example(
            body(messages=[{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "a.png"}}]}]),
            at="/messages/0/content/0/type",
        ),
        Example(body(tools=[{"type": "web_serach_20250305", "name": "web_search"}]), at="/tools/0/type"),
        Example(body(tool_choice={"type": "required"}), at="/tool_choice/type"),
    ),
    good=(Example(body(tools=[_TOOL, _WEB_SEARCH], tool_choice={"type": "any"})),),
    api_messages=(
        "messages.0.content.2: Input tag 'image_url' found using 'type' does not match any of the expected tags: …",
        "tools.0: Input tag 'function' found using 'type' does not match any of the expected tags: …",
        "messages.1: role 'system' supports text, tool_addition, and tool_removal blocks only",
    ),
)
def unknown_type(problem: Problem) -> Words:
    """The `type` of an object is not one of the types allowed there.

    Why: The `type` decides what an object is; if it is unknown, nothing else in the object can be checked.

    Fix: Replaces the type with the likely one, if the rest of the object is valid for that type. Safe if only case, `-`
    and `_` differ or one letter is wrong, otherwise unsafe. A tool, a choice or a block of OpenAI's API is rewritten
    for this one, if nothing is lost; unsafe.

    Source: The tagged unions of the API's OpenAPI document; the API's refusal, seen in many places.
    """
    tags = list(problem.limit)
    message = f"{_subject(problem)} is {shown(problem.value)}, but must be {_any_of_fixed(tuple(tags))}"
    if reason := _withheld(problem, problem.value):
        return message, reason
    hint = hint_for(problem.schema, problem.value)
    aliases = problem.union.aliases if problem.union else {}
    meant = problem.cached(schema_fixes.meant_tag)
    if meant is None or (hint and problem.value not in aliases):
        return message, hint or _replacement(tags)
    if meant not in usable_tags(problem):
        return message, object_or_array(problem, ["object"]) or _replacement(tags)
    depth = len(problem.path)
    faults = [fault for fault in problem.cached(schema_fixes.faults_as_meant) if len(fault.path) <= depth]
    if faults and hint:
        return message, hint
    return message, _and_then(f"did you mean {json.dumps(meant)}?", faults)


@schema_rule(
    "schema/min-length",
    mend=schema_fixes.too_short,
    keywords=("minLength",),
    bad=(
        Example(
            body(messages=[{"role": "user", "content": [{"type": "text", "text": ""}]}]),
            at="/messages/0/content/0/text",
        ),
        Example(
            body(
                messages=[{"role": "user", "content": [{"type": "text", "text": "Hi"}, {"type": "text", "text": ""}]}]
            ),
            at="/messages/0/content/1/text",
        ),
    ),
    good=(Example(body(messages=[{"role": "user", "content": [{"type": "text", "text": "Hi"}]}])),),
    api_messages=(
        "tools.0.custom.name: String should have at least 1 character",
        "messages: text content blocks must be non-empty",
        "system: text content blocks must be non-empty",
        "system.0: cache_control cannot be set for empty text blocks",
        "messages.30.content.2.text: cache_control cannot be set for empty text blocks",
        "messages.1.content.0.compaction.content: content cannot be empty",
    ),
)
def too_short(problem: Problem) -> Words:
    """A string is shorter than allowed, usually empty.

    Why: A text block without text or a title without characters carries nothing.

    Fix: Removes an empty text block that has no other properties, if other blocks remain; safe.

    Source: The `minLength` of the reference page and the API's OpenAPI document.
    """
    message = f"{_length(problem)}, but must have at least {count(problem.limit, 'character')}"
    if not problem.value:
        return message, f"give {_subject(problem)} a value, or leave out what it belongs to"
    return message, _of_one_length(problem) or f"lengthen it to {count(problem.limit, 'character')}"


@schema_rule(
    "schema/max-length",
    keywords=("maxLength",),
    bad=(Example(body(tools=[_TOOL | {"name": "n" * 129}]), at="/tools/0/name"),),
    good=(Example(body(tools=[_TOOL | {"name": "n" * 128}])),),
    api_messages=("messages.1.content.1.tool_use.name: String should have at most 200 characters",),
)
def too_long(problem: Problem) -> Words:
    """A string is longer than allowed.

    Why: Names, titles and ids have a maximum length, counted in Unicode code points.

    Source: The `maxLength` of the reference page and the API's OpenAPI document.
    """
    message = f"{_length(problem)}, but must have at most {count(problem.limit, 'character')}"
    shorter = f"shorten it by {count(len(problem.value) - problem.limit, 'character')}"
    return message, _of_one_length(problem) or shorter


@schema_rule(
    "schema/pattern",
    keywords=("pattern",),
    bad=(
        Example(body(tools=[_TOOL | {"name": "catalogue.search"}]), at="/tools/0/name"),
        Example(
            {"requests": [{"custom_id": "first request", "params": body()}]},
            at="/requests/0/custom_id",
            endpoint="batches",
        ),
    ),
    good=(Example(body(tools=[_TOOL | {"name": "catalogue_search-2"}])),),
    api_messages=(
        "tools.0.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'",
        "requests.0.custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'",
    ),
)
def wrong_pattern(problem: Problem) -> Words:
    """A name or an id contains characters that are not allowed.

    Why: Tool names and the ids of calls and batch requests consist of ASCII letters, digits, `_` and `-`.

    Source: The patterns of the API's OpenAPI document; the API's refusals, seen in many places.
    """
    message = f"{_subject(problem)} is {shown(problem.value)}, but must match `{problem.limit}`"
    allowed = problem.schema.get("x-allowed")
    better = re.sub(r"[^a-zA-Z0-9_-]+", "_", problem.value).strip("_")
    better = "" if holds_secret(problem.value) else better  # with its signs replaced, it would not be recognised
    example = f", such as {shown(better)}" if better and re.search(problem.limit, better) else ""
    return message, f"use {allowed}{example}" if allowed else None


@schema_rule(
    "schema/format",
    mend=schema_fixes.wrong_format,
    keywords=("format",),
    bad=(
        Example(
            body(messages=[{"role": "user", "content": [_DATA_URL]}]),
            at="/messages/0/content/0/source/data",
        ),
    ),
    good=(Example(body(messages=[{"role": "user", "content": [_IMAGE]}])),),
    api_messages=("messages.0.content.0.image.source.base64.data: invalid base64 data",),
)
def wrong_format(problem: Problem) -> Words:
    """Base64 data contains characters that base64 does not have.

    Why: The data of images and PDFs is plain base64: no `data:` prefix, and `+` and `/` rather than the `-` and `_` of
    the URL-safe alphabet. Line breaks and missing padding are not reported, because no refusal was seen.

    Fix: Removes the prefix of a data URL, which is safe if `media_type` agrees with it, and otherwise unsafe, because
    the media type of the prefix is written there; converts the URL-safe alphabet to the standard one, which is safe
    unless the data looks like a placeholder in words.

    Source: `format: byte` of the reference page; the API's refusal, seen in three test fixtures.
    """
    text: str = problem.value
    message = f"{_subject(problem)} is {shown(text)}, but must be base64"
    if text.startswith("data:"):
        return message, "remove everything up to the comma, and say the media type in `media_type`"
    if "-" in text or "_" in text:
        return message, "use the standard alphabet, with `+` and `/` instead of `-` and `_`"
    return message, "encode the bytes of the file as base64"


@schema_rule(
    "schema/minimum",
    keywords=("minimum",),
    bad=(
        Example(body(max_tokens=-1), at="/max_tokens"),
        Example(
            body(max_tokens=4096, thinking={"type": "enabled", "budget_tokens": 1000}),
            at="/thinking/budget_tokens",
        ),
    ),
    good=(Example(body(max_tokens=4096, thinking={"type": "enabled", "budget_tokens": 1024})),),
    api_messages=(
        "max_tokens: must be greater than or equal to 1",
        "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
        "`temperature` cannot be set to -1 for this model",
    ),
)
def too_small(problem: Problem) -> Words:
    """A number is smaller than allowed.

    Why: A thinking budget has at least 1,024 tokens, a display at least one pixel, and an index is not negative. A
    negative `top_k` was seen to be accepted, so that is a warning.

    Source: The `minimum` of the reference page and the API's OpenAPI document.
    """
    return (
        f"{_subject(problem)} is {shown(problem.value)}, but must be at least {problem.limit}",
        _advice(problem) or f"raise it to {problem.limit} or more",
    )


@schema_rule(
    "schema/maximum",
    keywords=("maximum",),
    bad=(Example(body(temperature=1.5), at="/temperature"),),
    good=(Example(body(temperature=1)),),
    api_messages=("temperature: range: 0..1",),
)
def too_large(problem: Problem) -> Words:
    """A number is larger than allowed.

    Why: `temperature` and `top_p` range from 0 to 1, where some other vendors allow 2.

    Source: The `maximum` of the API's OpenAPI document; the API's refusal, measured live in 2026-08.
    """
    return (
        f"{_subject(problem)} is {shown(problem.value)}, but must be at most {problem.limit}",
        f"lower it to {problem.limit} or less",
    )


@schema_rule(
    "schema/exclusive-minimum",
    keywords=("exclusiveMinimum",),
    bad=(Example(body(tools=[_WEB_SEARCH | {"max_uses": 0}]), at="/tools/0/max_uses"),),
    good=(Example(body(tools=[_WEB_SEARCH | {"max_uses": 1}])),),
    api_messages=("tools.0.web_search_20250305.max_uses: Input should be greater than 0",),
)
def not_above(problem: Problem) -> Words:
    """A number is not above its exclusive minimum.

    Why: A tool that may be used zero times, or may return zero tokens, can be left out.

    Source: The `exclusiveMinimum` of the reference page and the API's OpenAPI document.
    """
    return (
        f"{_subject(problem)} is {shown(problem.value)}, but must be greater than {problem.limit}",
        f"raise it above {problem.limit}, or leave it out for no limit",
    )


@schema_rule(
    "schema/min-items",
    keywords=("minItems",),
    bad=(Example({"requests": []}, at="/requests", endpoint="batches"),),
    good=(Example({"requests": [{"custom_id": "first", "params": body()}]}, endpoint="batches"),),
    api_messages=("requests: List should have at least 1 item after validation, not 0",),
)
def too_few(problem: Problem) -> Words:
    """An array has fewer items than allowed.

    Why: A batch without requests has nothing to do.

    Source: The `minItems` of the API's OpenAPI document; the API's refusal, captured live in 2026-09.
    """
    return (
        f"{_subject(problem)} has {count(len(problem.value), 'item')}, but must have at least {problem.limit}",
        "add an item",
    )


@schema_rule(
    "schema/max-items",
    keywords=("maxItems",),
    bad=(
        Example(
            body(mcp_servers=[{"type": "url", "name": f"s{n}", "url": f"https://{n}.example.com"} for n in range(21)]),
            at="/mcp_servers",
        ),
    ),
    good=(Example(body(mcp_servers=[{"type": "url", "name": "docs", "url": "https://docs.example.com"}])),),
    api_messages=("mcp_servers: List should have at most 20 items after validation, not 21",),
)
def too_many(problem: Problem) -> Words:
    """An array has more items than allowed.

    Why: A request has at most 20 MCP servers and 8 skills, and the requests of a batch are limited too.

    Source: The `maxItems` of the API's OpenAPI document.
    """
    surplus = len(problem.value) - problem.limit
    return (
        f"{_subject(problem)} has {count(len(problem.value), 'item')}, but must have at most {problem.limit:,}",
        f"remove {count(surplus, 'item')}",
    )


@schema_rule("schema/unexplained", keywords=(UNEXPLAINED,), bad=(), good=())
def unexplained(problem: Problem) -> Words:
    """The schema refuses the request, but msglint cannot locate the reason.

    Why: Two implementations read the schemas, one to decide and one to explain. That they disagree is a bug in msglint.

    Source: A safeguard: no request is known to cause this.
    """
    return "the request violates the schema, but the place was not found", "please report this as a bug"


def _withheld(problem: Problem, name: Any) -> str | None:
    """Say which edition or platform knows a name that this one does not."""
    reason = problem.schema.get(WITHHELD, {}).get(name) if isinstance(name, str) else None
    if reason is None:
        return None
    if "since" in reason:
        return f"it came with edition {reason['since']}; check against that edition, or remove it"
    platforms = names(reason["platforms"])
    return f"it belongs to bodies for {platforms}; choose the platform you send to, or remove it"


def _advice(problem: Problem) -> str | None:
    """Return the advice that the schema has for a value refused by the keyword."""
    advice: str | None = problem.schema.get("x-advice", {}).get(problem.keyword)
    return advice


def _and_then(advice: str, faults: list[Problem]) -> str:
    """Add to an advice the steps that remain after following it."""
    then = [step for fault in first_causes(faults)[:_FEW_STEPS] if (step := _help_of(fault))]
    return f"{advice.removesuffix('?')}, and {', and '.join(then)}{'?' * advice.endswith('?')}" if then else advice


def _help_of(problem: Problem) -> str | None:
    """Return the help that another rule has for a problem, with the name of the property."""
    words: Words = BY_KEYWORD[problem.keyword].check(problem)
    advice = words[1]
    return f"remove {code(problem.name)}" if advice and advice.startswith("remove it") else advice


def within_mistyped(problem: Problem, meant: list[str]) -> list[Problem]:
    """Return the problems inside the value of a mistyped property, at their places in the request."""
    if len(meant) != 1 or hint_for(problem.schema, problem.name) is not None:
        return []
    faults = problem.faults(problem.schema["properties"][meant[0]], problem.value[problem.name], problem.path)
    inner = first_causes([fault for fault in faults if fault.path != problem.path])
    return [each for fault in inner for each in (fault, *within_mistyped(fault, meant_by(fault)))]


def first_causes(problems: list[Problem]) -> list[Problem]:
    """Drop a missing or null property if an unknown one that probably stands for it is reported."""
    meant = {(*problem.path[:-1], name) for problem in problems for name in meant_by(problem)}
    return [problem for problem in problems if not is_echo(problem, meant)]


def is_echo(problem: Problem, meant: AbstractSet[Path]) -> bool:
    """Whether a value is missing or null at a place that another property probably stands for."""
    lacks_value = problem.keyword == "required" or (problem.keyword == "type" and problem.value is None)
    return lacks_value and place_of(problem) in meant


def place_of(problem: Problem) -> Path:
    """Return where a problem is; for a missing property, where it would be."""
    return (*problem.path, problem.name) if problem.keyword == "required" else problem.path


def _subject(problem: Problem) -> str:
    """Name the value that is wrong."""
    if not problem.path:
        return "the request body"
    last = problem.path[-1]
    if isinstance(last, str):
        return code(last)
    holder = next((step for step in reversed(problem.path) if isinstance(step, str)), None)
    return f"item {last} of {code(holder)}" if holder is not None else f"item {last}"


def _owner(problem: Problem) -> str:
    """Name the object that lacks a property or does not know it."""
    holder = problem.path if problem.keyword == "required" else problem.path[:-1]
    tag = problem.owner.tag if problem.name != "type" else None
    if holder and isinstance(holder[-1], str):
        return f"{code(holder[-1])} of type {json.dumps(tag)}" if tag else code(holder[-1])
    if not problem.owner.name:
        known = problem.owner.schema.get("properties", {})
        return "the batch" if "requests" in known else "a batch request" if "custom_id" in known else "the request"
    words = [word.lower() for word in _WORD.findall(problem.owner.name) if not word.isdigit()]
    if tag is not None and tag.split("_")[0] in words:
        article = "an" if tag[0] in "aeiou" else "a"
        return f"{article} {code(tag)}" if words[-1] in tag.split("_") else f"{article} {code(tag)} {words[-1]}"
    words = [_ABBREVIATIONS.get(word, word) for word in words]
    return f"{'an' if words[0][0] in 'aeiouM' else 'a'} {' '.join(words)}"


def _length(problem: Problem) -> str:
    if not problem.value:
        return f"{_subject(problem)} is empty"
    if len(problem.value) <= problem.limit:
        return f"{_subject(problem)} is {shown(problem.value)}"
    return f"{_subject(problem)} has {count(len(problem.value), 'character')}"


def _of_one_length(problem: Problem) -> str | None:
    """Say what a text of a fixed length is, as it is a code that cannot be lengthened or shortened; else None."""
    schema = problem.schema
    is_fixed = schema.get("minLength") == schema.get("maxLength")
    return f"write its usual form{_explained(schema.get('description', ''))}" if is_fixed else None


def _explained(description: str) -> str:
    """Turn the first sentence of a property's description into the tail of a help."""
    first = description.partition(". ")[0].rstrip(".")
    if not first:
        return ""
    lowered = first if first[:2].isupper() or not first[0].isalpha() else first[0].lower() + first[1:]
    return f": {lowered}"


def _replacement(values: list[Any]) -> str:
    return f"write {json.dumps(values[0])}" if len(values) == 1 else "replace it with one of them"


def _allowed_tags(problem: Problem) -> list[str]:
    """Return the allowed tags, if the value is a tag of the wrong type."""
    union = problem.union
    return list(union.members) if union is not None and problem.path[-1:] == (union.property,) else []


def _allowed_types(problem: Problem) -> list[str]:
    limit = {json_type(value) for value in problem.allowed_values} or problem.limit
    limit = {limit} if isinstance(limit, str) else limit
    if "number" in limit:
        limit = set(limit) - {"integer"}
    order = ("string", "integer", "number", "boolean", "object", "array", "null")
    return [name for name in order if name in limit]


def _conversion(problem: Problem, allowed: list[str]) -> str | None:
    """Say how to turn the value into an allowed one."""
    if not problem.path:
        return "give a JSON object"
    value = problem.value
    if tags := _allowed_tags(problem):
        inner = value.get(problem.path[-1]) if isinstance(value, dict) else None
        return f"write {json.dumps(inner)}" if inner in tags else _replacement(tags)
    if value is None:
        return _in_place_of_null(problem, allowed)
    conversion = _from_string(value, allowed) if isinstance(value, str) else None
    guess = guessed(problem) if conversion is None else None
    return conversion or (guess.advice if guess is not None else _of_kind(problem, allowed))


def _of_kind(problem: Problem, allowed: list[str]) -> str:
    """Say what to write instead of a value that cannot be converted."""
    branches = map(problem.resolve, problem.schema.get("anyOf", [problem.schema]))
    values = [value for branch in branches for value in branch.get("enum", [branch.get("const")]) if value is not None]
    if values:
        return f"write {any_of(values)}"
    if "boolean" in allowed:
        return "write `true` or `false`"
    return object_or_array(problem, allowed) or f"replace it with {kinds(allowed)}"


def _in_place_of_null(problem: Problem, allowed: list[str]) -> str:
    owner = problem.owner.schema
    needed = problem.path[-1] in (*owner.get("required", ()), owner.get(DISCRIMINATOR, {}).get("propertyName"))
    if not needed:
        return f"leave {_subject(problem)} out, or give it a value"
    return object_or_array(problem, allowed) or f"give it a value: {kinds(allowed)}"


def _from_string(text: str, allowed: list[str]) -> str | None:
    if {"integer", "number", "boolean"} & set(allowed):
        return _unquoted(text, allowed)
    return "give the value itself, not JSON in a string" if _holds_json(text, allowed) else None


def _holds_json(text: str, allowed: list[str]) -> bool:
    if text[:1] not in {"{", "["}:
        return False
    try:
        return json_type(json.loads(text)) in allowed
    except (ValueError, RecursionError):
        return False


def _unquoted(text: str, allowed: list[str]) -> str:
    try:
        kind = json_type(json.loads(text))
    except (ValueError, RecursionError):
        kind = "string"
    if kind in allowed or (kind == "integer" and "number" in allowed):
        return f"write it without quotes: {code(text.strip())}"
    return "write `true` or `false`" if "boolean" in allowed else f"write {kinds(allowed)}"

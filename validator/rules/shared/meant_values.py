"""Guess what a refused value was meant to be, and describe it for the help.

A guess is only used if the schema accepts it, so following the help causes no other violation at that place.
"""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from ...common.lazy_regex import regex
from ...common.records import NamedTuple
from ...common.wording import cut_short, joined, json_type, kinds, printable
from ...facts import model_named
from .schema_api_messages import length_of_envelope
from .usual_settings import LEAST_BUDGET

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...schema.explain import Problem
    from ...schema.projection import Schema

_DATA_URL: Final = regex(r"data:([\w.+/-]+)(?:;[\w=.-]+)*;base64,")
_LONGEST_TEXT: Final = 32
_MOST_ITEMS: Final = 3
_MOST_MEMBERS: Final = 5
_LONGEST_OUTLINE: Final = 160
_MOST_OUTLINES: Final = 512
_DEEPEST: Final = 6
_DEEPEST_SPELLED: Final = 6
_UNSPECIFIED: Final = "…"
_LEADING: Final = ("type", "role", "id", "name")


class Guess(NamedTuple):
    """A value that the schema accepts in place of a refused one."""

    value: Any
    advice: str
    """What to do, as the help of a violation."""
    keeps_all: bool = True
    """Whether it contains everything that the refused value does."""


def guessed(problem: Problem) -> Guess | None:
    """Return the first guess for a value of a wrong type that the schema accepts."""
    return problem.cached(_guessed)


def _guessed(problem: Problem) -> Guess | None:
    return next((guess for guess in _guesses(problem) if problem.fits(problem.schema, guess.value)), None)


def skeleton(schema: Schema, problem: Problem, name: str = "", depth: int = 0) -> Any:
    """Return the smallest value of a schema, with `…` for its texts."""
    schema = problem.resolve(schema)
    fixed = [schema["const"]] if "const" in schema else [item for item in schema.get("enum", ()) if item is not None]
    if fixed:
        return fixed[0]
    if "anyOf" in schema:
        return skeleton(schema["anyOf"][0], problem, name, depth)
    types = schema.get("type", "object")
    kind = types if isinstance(types, str) else next(item for item in types if item != "null")
    if kind == "object" and "examples" in schema:
        return schema["examples"][0]
    if kind == "object" and depth <= _DEEPEST:
        properties: dict[str, Schema] = schema.get("properties", {})
        needed = sorted(schema.get("required", ()), key=lambda key: _LEADING.index(key) if key in _LEADING else 9)
        return {key: skeleton(properties[key], problem, key, depth + 1) for key in needed}
    if kind == "array" and "items" in schema:
        return [skeleton(schema["items"], problem, name, depth + 1)]
    least = max(schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1), 0)
    text = "https://…" if name == "url" else _UNSPECIFIED
    return {"object": {}, "array": [], "boolean": True, "string": text}.get(kind, least)


def spelled(value: Any) -> str:
    """Write a value as JSON in backticks, with long texts and arrays cut."""
    return f"`{printable(json.dumps(_cut(value), ensure_ascii=False))}`"


def is_whole(value: Any) -> bool:
    """Whether a skeleton has no text left to fill in."""
    if isinstance(value, dict):
        return all(map(is_whole, value.values()))
    if isinstance(value, list):
        return all(map(is_whole, value))
    return not isinstance(value, str) or _UNSPECIFIED not in value


def object_or_array(problem: Problem, allowed: list[str]) -> str | None:
    """Say which object or array to write, if the schema asks for one."""
    if problem.union is not None and 1 < len(problem.union.schemas) <= _MOST_MEMBERS:
        members = [skeleton(problem.union.schemas[tag], problem) for tag in usable_tags(problem)]
        return f"write {joined(list(dict.fromkeys(map(spelled, members))), 'or')}"
    if not {"object", "array"} & set(allowed):
        return None
    outlines, key = problem.explainer.outlines, (id(problem.schema), " ".join(allowed))
    known, outline = outlines.get(key, (None, None))
    if known is not problem.schema:  # an `id` may be that of another schema, which is gone
        outline = _outline(problem, allowed)
        if len(outlines) >= _MOST_OUTLINES:
            outlines.clear()
        outlines[key] = problem.schema, outline
    return outline


def _outline(problem: Problem, allowed: list[str]) -> str | None:
    schema = problem.schema
    example = skeleton(_branch(schema, problem, allowed), problem)
    if not example or len(spelled(example)) > _LONGEST_OUTLINE:
        return None
    start = f"{kinds(['string'])}, or " if "string" in allowed else ""
    noun = kinds([json_type(example)])
    return (
        f"write {spelled(example)}"
        if is_whole(example) and not start
        else (f"write {start}{noun} such as {spelled(example)}")
    )


def _branch(schema: Schema, problem: Problem, allowed: list[str]) -> Schema:
    """Return the branch of a schema for arrays, or else the one for objects."""
    wanted = "array" if "array" in allowed else "object"
    for branch in schema.get("anyOf", ()):
        resolved = problem.resolve(branch)
        if resolved.get("type", "object") == wanted and "const" not in resolved and "enum" not in resolved:
            return resolved
    return schema


def _guesses(problem: Problem) -> Iterator[Guess]:
    value = problem.value
    if problem.union is not None and not isinstance(value, (dict, list)):
        yield from _members(problem)
    if isinstance(value, list):
        if len(value) == 1:
            yield Guess(value[0], f"take it out of the array: {spelled(value[0])}")
    elif isinstance(value, dict):
        yield from _of_object(value)
    elif isinstance(value, str):
        yield from _of_text(value)
        yield from _of_property(problem)
    elif isinstance(value, (int, float)):
        yield from _of_property(problem)
        text = json.dumps(value)
        yield Guess(text, f"write it in quotes: `{json.dumps(text)}`")
        yield Guess([value], f"put it into an array: {spelled([value])}")


def _of_object(value: dict[str, Any]) -> Iterator[Guess]:
    yield Guess([value], "put it into an array: `[…]`")
    text = {"type": "text", **value}
    yield Guess([text], f"write a list of text blocks: {spelled([text])}")
    for key in ("content", "text", "id", "name", "type"):
        if key in value:
            yield Guess(value[key], f"write its `{key}` alone: {spelled(value[key])}", keeps_all=False)
    if isinstance(value.get("text"), str):
        block = {"type": "text", "text": value["text"]}
        yield Guess([block], f"write a list of text blocks: {spelled([block])}", keeps_all=False)


def _of_text(value: str) -> Iterator[Guess]:
    block = {"type": "text", "text": value}
    message = {"role": "user", "content": value}
    for guess in (block, message, [message], [block]):
        yield Guess(guess, f"write {spelled(guess)}")
    yield Guess([value], f"put it into an array: {spelled([value])}")


def _of_property(problem: Problem) -> Iterator[Guess]:
    """Yield objects with the value as the one property that accepts it."""
    properties: dict[str, Schema] = _branch(problem.schema, problem, ["object"]).get("properties", {})
    names = [name for name, schema in properties.items() if problem.fits(schema, problem.value)]
    if len(names) == 1:
        made = {names[0]: problem.value}
        yield Guess(made, f"write {spelled(made)}")


def _members(problem: Problem) -> Iterator[Guess]:
    """Yield the union members that a plain value stands for."""
    union, value = problem.union, problem.value
    if union is None:
        return
    if union.name == "ThinkingConfig":
        yield from _thinking(problem)
        return
    if not isinstance(value, str):
        return
    if union.name in {"ImageSource", "DocumentSource"}:
        for source in _sources(value):
            yield Guess(source, f"write {spelled(source)}")
    if union.name == "ToolChoice" and value in _names_of_tools(problem):
        choice = {"type": "tool", "name": value}
        yield Guess(choice, f"write {spelled(choice)}")
    tag = value if value in union.members else union.aliases.get(value)
    if tag is not None:
        member = {**skeleton(union.schemas[tag], problem), union.property: tag}
        start = "write" if is_whole(member) else "write an object such as"
        yield Guess(member, f"{start} {spelled(member)}")


def _sources(text: str) -> Iterator[dict[str, str]]:
    prefix = _DATA_URL.match(text)
    if prefix is not None:
        yield {"type": "base64", "media_type": prefix[1], "data": text[prefix.end() :]}
    elif text.startswith(("https://", "http://")):
        yield {"type": "url", "url": text}
    elif text.startswith("file_"):
        yield {"type": "file", "file_id": text}


def _thinking(problem: Problem) -> Iterator[Guess]:
    """Yield the thinking settings that a plain value stands for, and the model supports."""
    union, value, usable = problem.union, problem.value, usable_tags(problem)
    wants = value not in (False, "disabled", "off", "none") if isinstance(value, (bool, str)) else True
    if union is None or (isinstance(value, str) and value not in (*union.members, *union.aliases, "on", "off", "none")):
        return
    if not wants:
        for tag in ("disabled", "between_tools"):
            if tag in usable:
                yield Guess({"type": tag}, f"write {spelled({'type': tag})}")
        return
    if "adaptive" in usable:
        yield Guess({"type": "adaptive"}, 'write `{"type": "adaptive"}`')
        return
    budget = {"type": "enabled", "budget_tokens": LEAST_BUDGET}
    limit = request_of(problem).get("max_tokens")
    room = "" if isinstance(limit, int) and limit > LEAST_BUDGET else f", and raise `max_tokens` above {LEAST_BUDGET}"
    yield Guess(budget, f"write {spelled(budget)}{room}")


def usable_tags(problem: Problem) -> list[str]:
    """Return the tags of a union; for thinking, those that the model may support."""
    union = problem.union
    if union is None:
        return []
    name = request_of(problem).get("model") if union.name == "ThinkingConfig" else None
    model = model_named(name) if isinstance(name, str) else None
    taken = model.fact("thinking") if model is not None else None
    return [tag for tag in union.schemas if taken is None or tag in taken]


def request_of(problem: Problem) -> dict[str, Any]:
    """Return the request that a problem is in: the document, or one of a batch."""
    body = problem.root
    try:
        for step in problem.path[: length_of_envelope(problem.path)]:
            body = body[step]
    except (LookupError, TypeError):
        return {}
    return body if isinstance(body, dict) else {}


def _names_of_tools(problem: Problem) -> set[str]:
    tools = request_of(problem).get("tools")
    names = [tool.get("name") for tool in tools if isinstance(tool, dict)] if isinstance(tools, list) else []
    return {name for name in names if isinstance(name, str)}


def _cut(value: Any, depth: int = 0) -> Any:
    """Shorten a value for a message; secrets are redacted before the texts are cut."""
    if isinstance(value, str):
        return cut_short(value, _LONGEST_TEXT)
    if isinstance(value, (dict, list)) and depth == _DEEPEST_SPELLED:
        return "…"
    if isinstance(value, dict):
        return {
            cut_short(key, _LONGEST_TEXT): _cut(item, depth + 1) for key, item in islice(value.items(), 2 * _MOST_ITEMS)
        }
    return [_cut(item, depth + 1) for item in value[:_MOST_ITEMS]] if isinstance(value, list) else value

"""The API's own wording of a schema's refusal, so that people recognise it from their logs."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from ...common.pointer import dotted
from ...common.wording import json_type, quotation
from ...schema.explain import DISCRIMINATOR, MISSING_BETA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ...common.pointer import Path
    from ...schema.explain import Problem

_TAGGED: Final = frozenset({"content", "tools", "thinking", "tool_choice", "cache_control", "source"})
"""Where the API puts the type of an object into the path: `messages.0.content.0.text.cache_control.ephemeral.ttl`."""
_DEFAULT_TAGS: Final = {"tools": "custom"}
_KINDS: Final = {
    "array": "a valid array",
    "object": "an object",
    "string": "a valid string",
    "number": "a valid number",
    "integer": "a valid integer",
    "boolean": "a valid boolean",
}
_SHARES: Final = frozenset({"temperature", "top_p"})


def as_the_api_says(problem: Problem, document: Any) -> str | None:
    """Word a refusal as the API does, with the place in dots; None if its wording is not known.

    `document` is the whole refused document; the problem's path starts there.

    Source: the refusals of 2026-08 and later, measured live. Until spring 2026 `an object` read `a valid dictionary`,
    and `a valid array` read `a valid list`.
    """
    words = _special(problem)
    if words is not None:
        return quotation(words)
    say = _WORDS.get(problem.keyword)
    wording = say(problem) if say is not None else None
    place = _place(problem, document)
    return quotation(f"{dotted(place)}: {wording}") if wording and place else None


def _special(problem: Problem) -> str | None:
    """Return the API's special wording for a problem, which has no place, or None."""
    if problem.keyword == "enum" and problem.path[-1:] == ("role",) and isinstance(problem.value, str):
        return f'messages: Unexpected role "{problem.value}". Allowed roles are "user" or "assistant"'
    if problem.keyword == "minLength" and problem.owner.tag == "text" and problem.path[-1:] == ("text",):
        top = next((step for step in problem.path if step in {"messages", "system"}), None)
        return f"{top}: text content blocks must be non-empty" if top else None
    return None


def _place(problem: Problem, document: Any) -> list[str | int]:
    """Return the path in the API's message, which starts at the request even in a batch."""
    path = problem.path
    if problem.keyword == DISCRIMINATOR or (problem.keyword == MISSING_BETA and not problem.name):
        path = path[:-1]
    end = len(path) + 1 if problem.keyword == "required" else len(path)
    steps: list[str | int] = []
    is_tagged, holder = False, ""
    value = document
    for number, step in enumerate(path, start=1):
        value = _item(value, step)
        steps.append(step)
        if isinstance(step, str):
            is_tagged, holder = step in _TAGGED, step
        if is_tagged and number < end and isinstance(value, dict):
            tag = value.get("type", _DEFAULT_TAGS.get(str(holder)))
            steps += [tag] if isinstance(tag, str) else []
    steps = steps[length_of_envelope(path) :]
    return [*steps, problem.name] if problem.keyword == "required" else steps


def length_of_envelope(path: Path) -> int:
    """Count the steps from the root of a batch, or of one line of its file, to the request."""
    return next((number for number, step in enumerate(path[:3], start=1) if step == "params"), 0)


def _item(holder: Any, step: str | int) -> Any:
    if isinstance(holder, dict):
        return holder.get(step)
    return holder[step] if isinstance(holder, list) and isinstance(step, int) and step < len(holder) else None


def _of_type(problem: Problem) -> str | None:
    values = problem.allowed_values
    if values:
        return _of_values(problem)
    allowed = {problem.limit} if isinstance(problem.limit, str) else set(problem.limit)
    return next((f"Input should be {words}" for kind, words in _KINDS.items() if kind in allowed), None)


def _of_values(problem: Problem) -> str | None:
    values = problem.allowed_values or list(problem.limit)
    return (
        f"Input should be {_quoted(values, ' or ')}" if all(json_type(value) == "string" for value in values) else None
    )


def _of_tag(problem: Problem) -> str:
    tags: Iterable[str] = problem.union.members if problem.union is not None else ()
    expected = _expected(tuple(tags), is_sorted=problem.path[-2:] != ("tool_choice", "type")) if tags else "…"
    return f"Input tag '{problem.value}' found using 'type' does not match any of the expected tags: {expected}"


@lru_cache(maxsize=64)
def _expected(tags: tuple[str, ...], *, is_sorted: bool) -> str:
    return _quoted(sorted(tags) if is_sorted else tags, ", ")


def _of_missing_beta(problem: Problem) -> str:
    return "Extra inputs are not permitted" if problem.name else _of_tag(problem)


def _of_minimum(problem: Problem) -> str:
    if problem.path[-1] in _SHARES:
        return "range: 0..1"
    start = "must be" if problem.path[-1] == "max_tokens" else "Input should be"
    return f"{start} greater than or equal to {problem.limit}"


def _of_maximum(problem: Problem) -> str:
    return "range: 0..1" if problem.path[-1] in _SHARES else f"Input should be less than or equal to {problem.limit}"


_WORDS: Final[dict[str, Callable[[Problem], str | None]]] = {
    "required": lambda _: "Field required",
    "additionalProperties": lambda _: "Extra inputs are not permitted",
    MISSING_BETA: _of_missing_beta,
    "type": _of_type,
    "enum": _of_values,
    "const": _of_values,
    DISCRIMINATOR: _of_tag,
    "minLength": lambda problem: f"String should have at least {_counted(problem.limit, 'character')}",
    "maxLength": lambda problem: f"String should have at most {_counted(problem.limit, 'character')}",
    "pattern": lambda problem: f"String should match pattern '{problem.limit}'",
    "format": lambda _: "invalid base64 data",
    "minimum": _of_minimum,
    "maximum": _of_maximum,
    "exclusiveMinimum": lambda problem: f"Input should be greater than {problem.limit}",
    "minItems": lambda problem: _of_items(problem, "at least"),
    "maxItems": lambda problem: _of_items(problem, "at most"),
}


def _of_items(problem: Problem, bound: str) -> str:
    return f"List should have {bound} {_counted(problem.limit, 'item')} after validation, not {len(problem.value)}"


def _quoted(values: Sequence[Any], last: str) -> str:
    """Join words as the API does: `'a', 'b' or 'c'`."""
    *first, final = [f"'{value}'" for value in values]
    return f"{', '.join(first)}{last}{final}" if first else final


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

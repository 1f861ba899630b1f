"""Hover: the documentation of a property and its values, and the reason for a violation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from lsprotocol import types

from .. import facts
from ..common.redaction import redacted
from ..common.wording import code, count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..report import Violation
    from ..rules import Rule
    from .place import Place
    from .shapes import Property, Shape

_MOST_VALUES: Final = 30
_RULER: Final = "\n\n---\n\n"
_LIMITS: Final = (
    ("minimum", "at least {}"),
    ("exclusiveMinimum", "more than {}"),
    ("maximum", "at most {}"),
)
_SIZES: Final = (
    ("minLength", "at least {}", "character"),
    ("maxLength", "at most {}", "character"),
    ("minItems", "at least {}", "item"),
    ("maxItems", "at most {}", "item"),
)


def hover(place: Place | None, found: Iterable[tuple[Violation, Rule]]) -> types.Hover | None:
    """Return the documentation of a place and the reasons for the violations there; None if there is neither."""
    parts = [*_of_findings(found), *(_of_schema(place) if place is not None else ())]
    if not parts:
        return None
    content = types.MarkupContent(types.MarkupKind.Markdown, redacted(_RULER.join(parts)))
    if place is None:
        return types.Hover(content)
    first, last = place.token
    shown = place.text.range_of_bytes(first, last) if last > first else None
    return types.Hover(content, shown)


def _of_findings(found: Iterable[tuple[Violation, Rule]]) -> Iterator[str]:
    for violation, rule in found:
        lines = [f"**{violation.rule}**: {rule.why}"]
        if violation.api_message:
            lines.append(f"_The API answers:_ {code(violation.api_message)}")
        yield "\n\n".join(lines)


def _of_schema(place: Place) -> Iterator[str]:
    cursor = place.cursor
    if not cursor.holders or cursor.token[0] == cursor.token[1]:
        return
    name = _name_at(place)
    of = place.property_named(name) if name is not None else None
    if of is not None:
        yield _of_property(of)
    if not cursor.is_key:
        value = _value_at(place)
        if isinstance(value, str):
            yield from _of_word(place, value)


def _name_at(place: Place) -> str | None:
    """Return the name of the property whose key or value the cursor is on."""
    if place.cursor.is_key:
        text = place.brackets.data[slice(*place.cursor.token)].decode(errors="replace")
        try:
            return str(json.loads(text))
        except ValueError:
            return None
    last = place.path[-1] if place.path else None
    return last if isinstance(last, str) else None


def _value_at(place: Place) -> Any:
    try:
        return json.loads(place.brackets.data[slice(*place.cursor.token)])
    except ValueError:
        return None


def _of_property(of: Property) -> str:
    needed = "required" if of.is_required else "optional"
    lines = [f"**{of.name}** ({needed})"]
    if of.description:
        lines.append(of.description)
    lines += [f"- {line}" for line in _allowed(of.shapes)]
    instead = next((shape.schema["x-instead"] for shape in of.shapes if "x-instead" in shape.schema), None)
    if instead is not None:
        lines.append(f"Deprecated: use {instead}.")
    return "\n\n".join(lines[:2]) + "\n\n" + "\n".join(lines[2:]) if len(lines) > 2 else "\n\n".join(lines)  # noqa: PLR2004 - a list has no blank lines in it


def _allowed(shapes: tuple[Shape, ...]) -> list[str]:
    """Describe each allowed value in one line."""
    lines: list[str] = []
    tags = [shape.tag for shape in shapes if shape.tag is not None]
    if len(tags) > 1:
        lines.append(f"one of {_listed(tags)}")
    for shape in shapes:
        if shape.tag is None or len(tags) == 1:
            line = _kind(shape)
            if line not in lines:
                lines.append(line)
    return lines


def _kind(shape: Shape) -> str:
    schema = shape.schema
    if "const" in schema:
        return code(json.dumps(schema["const"]))
    if "enum" in schema:
        return f"one of {_listed(schema['enum'])}"
    kinds = schema.get("type", "object" if "properties" in schema else "any value")
    said = [kinds if isinstance(kinds, str) else " or ".join(kinds)]
    said += [words.format(f"{schema[keyword]:,}") for keyword, words in _LIMITS if keyword in schema]
    said += [words.format(count(schema[keyword], noun)) for keyword, words, noun in _SIZES if keyword in schema]
    if "pattern" in schema:
        said.append(schema.get("x-allowed") or f"matches {code(schema['pattern'])}")
    return ", ".join(said)


def _listed(values: Iterable[Any]) -> str:
    spelled = [f"`{json.dumps(value)}`" for value in values]
    rest = len(spelled) - _MOST_VALUES
    return ", ".join(spelled[:_MOST_VALUES]) + (f" and {rest} more" if rest > 0 else "")


def _of_word(place: Place, word: str) -> Iterator[str]:
    """Describe a string value that names a member of a union, a model or a beta header."""
    last = place.path[-1] if place.path else None
    member = place.shapes.member(place.every_object_shape, word) if isinstance(last, str) else None
    if member is not None and last in member.schema.get("properties", {}):
        yield f"`{json.dumps(word)}`: {member.schema.get('description', '')}"
    if last == "model":
        yield from _of_model(word)
    if word in facts.betas():
        beta = facts.betas()[word]
        yield f"**{beta.name}**: {beta.description}" + (f"\n\nDeprecated: {beta.instead}" if beta.instead else "")


def _of_model(name: str) -> Iterator[str]:
    model = facts.model_named(name)
    if model is None:
        return
    lines = [f"**{model.id}**"]
    for fact, words in _FACTS:
        value = model.fact(fact)
        if isinstance(value, int) and not isinstance(value, bool):
            lines.append(f"- {words.format(f'{value:,}')}")
    if model.retires is not None:
        successor = f"; successor: {code(model.successor)}" if model.successor else ""
        lines.append(f"- retires on {model.retires}{successor}")
    yield "\n".join(lines)


_FACTS: Final = (
    ("context", "context of {} tokens"),
    ("max_output", "at most {} tokens of output"),
)

"""Word what a team's own rule refuses, where the rule has no message: by the keyword of its schema that refuses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..common.lazy_regex import regex
from ..common.pointer import dotted, shown_pointer
from ..common.wording import any_of, code, count, cut_short, either, kinds, names, printable, shown
from .schemas import Schema

if TYPE_CHECKING:
    from collections.abc import Callable

    import jsonschema_rs

    from ..common.pointer import Path

Words = tuple[str, str | None]
"""A message and the help that goes with it."""

PLACE_HOLDERS: Final = ("value", "pointer")
"""The names that a message or a help may have in braces."""
BRACES: Final = regex(r"\{(\w+)\}")
_LONGEST: Final = 500
_FEW_ERRORS: Final = 20


def filled(text: str, value: Any, path: Path) -> str:
    """Fill in the value and the pointer that a message names."""
    told = {"value": shown(value), "pointer": shown_pointer(path) or "the request"}
    return printable(cut_short(BRACES.sub(lambda name: told.get(name[1], name[0]), text), _LONGEST))


def readable(text: str) -> str:
    """Return a message for a page, with what varies in angle brackets."""
    return BRACES.sub(lambda name: f"<{name[1]}>" if name[1] in PLACE_HOLDERS else name[0], text)


def said_of_absence(value: Any, steps: Path, rest: Path) -> Words:
    """Say that there is nothing at the end of some steps from a value."""
    where = code(dotted(steps)) if steps else "the request"
    if "*" in str(rest[0]):
        return f"{where} is {shown(value)}, but there has to be something in it", "add what the rule asks for"
    return f"{where} lacks {code(dotted(rest))}", f"add {code(dotted(rest))}"


def said_of(validator: jsonschema_rs.Draft202012Validator, schema: Schema, value: Any, steps: Path) -> Words:
    """Say why a schema refuses the value at a place, by the first keyword that does.

    Args:
        validator: The schema, compiled.
        schema: The schema.
        value: The value that it refuses.
        steps: The path of the value in its request.
    """
    told = _first(validator, value)
    if told is None:
        return f"{_subject(steps)} is {shown(value)}, which the rule does not allow", None
    keyword, path, limit_path = told
    inner = _at(value, path)
    limit = _at(schema, limit_path)
    subject = _subject((*steps, *path))
    if limit is False and _WORDS.get(keyword) is not _others:
        return f"{subject} is not allowed here", "remove it"
    words = _WORDS.get(keyword)
    if words is None:
        return f"{subject} is {shown(inner)}, which {code(keyword)} of the rule's schema does not allow", None
    return words(subject, inner, limit)


def _first(validator: jsonschema_rs.Draft202012Validator, value: Any) -> tuple[str, Path, Path] | None:
    """Return the first keyword that refuses a value, the place in the value, and that of the keyword in the schema."""
    found: list[tuple[str, Path, Path]] = []
    try:
        for error in validator.iter_errors(value):
            schema_path = tuple(error.schema_path)
            keyword = next((step for step in reversed(schema_path) if isinstance(step, str)), "")
            found.append((keyword, tuple(error.instance_path), schema_path))
            if len(found) >= _FEW_ERRORS:
                break
    except (ValueError, TypeError, RecursionError):
        return None
    return min(found, key=lambda each: len(each[1]), default=None)


def _at(value: Any, path: Path) -> Any:
    try:
        for step in path:
            value = value[step]
    except (KeyError, IndexError, TypeError):
        return None
    return value


def _subject(steps: Path) -> str:
    return code(dotted(steps)) if steps else "the request"


def _type(subject: str, value: Any, limit: Any) -> Words:
    wanted = kinds([limit] if isinstance(limit, str) else limit)
    return f"{subject} is {shown(value)}, but must be {wanted}", f"replace it by {wanted}"


def _enum(subject: str, value: Any, limit: Any) -> Words:
    return f"{subject} is {shown(value)}, but must be {any_of(limit)}", f"replace it by {any_of(limit)}"


def _const(subject: str, value: Any, limit: Any) -> Words:
    return _enum(subject, value, [limit])


def _bound(words: str) -> Callable[[str, Any, Any], Words]:
    def say(subject: str, value: Any, limit: Any) -> Words:
        allowed = f"{words} {limit:,}" if isinstance(limit, (int, float)) else f"{words} {shown(limit)}"
        return f"{subject} is {shown(value)}, but must be {allowed}", f"write {allowed}"

    return say


def _size(words: str, noun: str) -> Callable[[str, Any, Any], Words]:
    def say(subject: str, value: Any, limit: Any) -> Words:
        allowed = f"{words} {count(int(limit), noun)}"
        return f"{subject} has {count(len(value), noun)}, but must have {allowed}", f"give it {allowed}"

    return say


def _properties(words: str) -> Callable[[str, Any, Any], Words]:
    def say(subject: str, value: Any, limit: Any) -> Words:
        allowed = f"{words} {int(limit):,}"
        return f"{subject} has {len(value):,} properties, but must have {allowed}", f"give it {allowed}"

    return say


def _required(subject: str, value: Any, limit: Any) -> Words:
    missing = [name for name in limit if name not in value]
    return f"{subject} lacks {either(missing[:1])}", f"add {names(missing)}"


def _others(subject: str, value: Any, limit: Any) -> Words:  # noqa: ARG001 - as every function of `_WORDS`
    return f"{subject} has a property that the rule does not allow", "remove it"


def _pattern(subject: str, value: Any, limit: Any) -> Words:
    return f"{subject} is {shown(value)}, but must match {code(limit)}", f"write it so that it matches {code(limit)}"


def _format(subject: str, value: Any, limit: Any) -> Words:
    return f"{subject} is {shown(value)}, but must have the format {code(limit)}", f"write it as {code(limit)}"


def _negated(subject: str, value: Any, limit: Any) -> Words:  # noqa: ARG001 - as above
    return f"{subject} is {shown(value)}, which the rule forbids", "change or remove it"


def _contained(subject: str, value: Any, limit: Any) -> Words:  # noqa: ARG001 - as above
    return f"{subject} has no item as the rule asks for one", "add one, or change one of its items"


_WORDS: Final[dict[str, Callable[[str, Any, Any], Words]]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "maximum": _bound("at most"),
    "minimum": _bound("at least"),
    "exclusiveMaximum": _bound("less than"),
    "exclusiveMinimum": _bound("more than"),
    "multipleOf": _bound("a multiple of"),
    "maxLength": _size("at most", "character"),
    "minLength": _size("at least", "character"),
    "maxItems": _size("at most", "item"),
    "minItems": _size("at least", "item"),
    "maxProperties": _properties("at most"),
    "minProperties": _properties("at least"),
    "required": _required,
    "additionalProperties": _others,
    "unevaluatedProperties": _others,
    "pattern": _pattern,
    "format": _format,
    "not": _negated,
    "contains": _contained,
}

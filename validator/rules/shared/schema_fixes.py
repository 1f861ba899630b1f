"""Fixes for what the schemas refuse."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from ...common.lazy_regex import regex
from ...common.redaction import holds_secret
from ...common.wording import code, is_slip, nearest, shown
from ...facts import foreign_properties, foreign_values
from ...fixes import Fix, add, remove, rename, replace
from ...schema.projection import WITHHELD
from .fixes import of_slip, safe, unsafe
from .foreign_shapes import conversion
from .meant_values import guessed, is_whole, usable_tags

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...common.pointer import Path
    from ...schema.explain import Problem

_DATA_URL: Final = regex(r"data:([\w.+/-]*)(?:;[\w=.-]+)*,", re.ASCII)
_STANDARD: Final = str.maketrans("-_", "+/")
_IN_BASE64: Final = (regex("[a-z]"), regex("[A-Z]"), regex("[0-9]"))
"""What real base64 contains; a placeholder in words does not."""
_LONG_NAME: Final = 6
_TEXT_KEYS: Final = frozenset({"type", "text"})


def hint_for(schema: dict[str, Any], word: Any) -> str | None:
    """Return the schema's hint for a word: for the word itself, or for its prefix (`image/*`)."""
    hints: dict[str, str] = schema.get("x-hints", {})
    if not hints or not isinstance(word, str):
        return None
    allowed = [schema["const"]] if "const" in schema else schema.get("enum", [])
    if word in hints or any(is_slip(word, each) for each in allowed if isinstance(each, str)):
        return hints.get(word)
    return hints.get(f"{word.partition('/')[0]}/*")


def untagged_hint(problem: Problem) -> str | None:
    """Return the union's hint for an object without a tag, by a property of another API."""
    hints: dict[str, str] = problem.schema.get("x-untagged", {})
    return next((hints[key] for key in hints if key in problem.value), None)


def meant_properties(name: str, schema: dict[str, Any]) -> list[str]:
    """Return the properties that an unknown one probably stands for: usually one, or none."""
    known: dict[str, Any] = schema["properties"]
    aliased = [each for each, subschema in known.items() if name in subschema.get("x-aliases", ())]
    if aliased or name in schema.get(WITHHELD, {}) or hint_for(schema, name) is not None:
        return aliased
    if name in foreign_properties():
        return []
    near = nearest(name, known)
    return [] if near is None else [near]


def meant_of(problem: Problem) -> list[str]:
    """Return the properties that the unknown one of a problem probably stands for."""
    return problem.cached(_meant_of)


def _meant_of(problem: Problem) -> list[str]:
    return meant_properties(problem.name, problem.schema)


def nearest_property(problem: Problem) -> str | None:
    """Return the property that an unknown one probably stands for; None for a name of another API."""
    return next(iter(meant_of(problem)), None)


def nearest_value(word: str, values: Iterable[Any]) -> str | None:
    """Return the fixed value that an unknown word probably stands for; None for a word of another API."""
    words = [value for value in values if isinstance(value, str)]
    return None if word in foreign_values() else nearest(word, words)


def has_content(value: Any) -> bool:
    """Whether a value is a text, object or array that is not empty: removing it would lose what somebody wrote."""
    return isinstance(value, (str, dict, list)) and bool(value)


def is_to_be_removed(problem: Problem) -> bool:
    """Whether removing an unknown property, which is near no known one, is the best help.

    If the object lacks a required property, content probably belongs there, under another name.
    """
    is_whole = all(name in problem.value for name in problem.schema.get("required", ()))
    return is_whole or not has_content(problem.value[problem.name])


def unknown_property(problem: Problem, document: Any) -> Fix | None:
    """Rename a property to the likely one, or remove it if the help says so."""
    name, path = problem.name, problem.path
    value, removed = problem.value[name], remove(path)
    if name in problem.schema.get(WITHHELD, {}) or hint_for(problem.schema, name) is not None:
        return conversion(problem)
    if name in problem.schema.get("x-answers", ()):
        return safe(f"Remove {code(name)}", removed)
    meant = nearest_property(problem)
    if meant is None:
        return unsafe(f"Remove {code(name)}", removed) if is_to_be_removed(problem) else None
    if meant in problem.value:
        return None if has_content(value) else unsafe(f"Remove {code(name)}", removed)
    return _renamed(problem, meant)


def _renamed(problem: Problem, meant: str) -> Fix | None:
    """Rename a property if its value, as it is or converted, is valid under the other name."""
    name, path, value = problem.name, problem.path, problem.value[problem.name]
    title, schema = f"Rename {code(name)} to {code(meant)}", problem.schema["properties"][meant]
    make = safe if value is not None and _is_sure(name, meant) else unsafe
    if problem.fits(schema, value):
        return make(title, rename(path, meant))
    converted = _converted(problem, schema, value)
    if converted is None:
        return None
    how, new = converted
    return make(f"{title}, and {how[0].lower()}{how[1:]}", replace(path, new), rename(path, meant))


def _is_sure(name: str, meant: str) -> bool:
    """Whether a property is certainly the one meant; a short name less one letter may be another name."""
    is_long = len(meant) >= _LONG_NAME or len(name) > len(meant)
    return is_slip(name, meant) and (is_long or _letters(name) == _letters(meant))


def _letters(name: str) -> list[str]:
    return sorted(name.lower().replace("-", "").replace("_", ""))


def not_allowed_value(problem: Problem, document: Any) -> Fix | None:
    """Replace a word with the likely one, or the name of one of the API's own tools with its only name."""
    word, schema = problem.value, problem.schema
    values = [schema["const"]] if "const" in schema else schema.get("enum", [])
    if not isinstance(word, str) or word in schema.get(WITHHELD, {}) or hint_for(schema, word) is not None:
        return conversion(problem)
    meant = nearest_value(word, values)
    if meant is not None:
        return of_slip(word, meant, f"Replace it with {shown(meant)}", replace(problem.path, meant))
    if len(values) == 1 and problem.path[-1:] == ("name",):
        return unsafe(f"Replace it with {shown(values[0])}", replace(problem.path, values[0]))
    return None


def unknown_type(problem: Problem, document: Any) -> Fix | None:
    """Replace a `type` with the likely one, if the rest of the object is valid for it."""
    tag, union = problem.value, problem.union
    if union is None or not isinstance(tag, str) or tag in problem.schema.get(WITHHELD, {}):
        return None
    meant = problem.cached(meant_tag)
    if meant is None or meant not in usable_tags(problem) or problem.cached(faults_as_meant):
        return conversion(problem)
    return of_slip(tag, meant, f"Replace it with {shown(meant)}", replace(problem.path, meant))


def meant_tag(problem: Problem) -> str | None:
    """Return the tag that an unknown one probably stands for. Call it through `problem.cached`."""
    tag = problem.value
    if not isinstance(tag, str):
        return None
    alias = problem.union.aliases.get(tag) if problem.union else None
    return alias or nearest_value(tag, problem.limit)


def faults_as_meant(problem: Problem) -> list[Problem]:
    """Return the problems that an object with an unknown tag would have with the one that it probably stands for.

    Call it through `problem.cached`.
    """
    holder = problem.path[:-1]
    retagged = {**at(problem.root, holder), problem.path[-1]: problem.cached(meant_tag)}
    return problem.faults(problem.schema, retagged, holder)


def required(problem: Problem, document: Any) -> Fix | None:
    """Add a property that can have only one value."""
    name, path = problem.name, problem.path
    if problem.union is not None:
        if untagged_hint(problem) is not None:
            return conversion(problem)
        fitting = problem.union.fitting(problem.value)
        is_sure = (
            len(fitting) == 1 and fitting[0] in usable_tags(problem) and problem.union.likely(problem.value) == fitting
        )
        return unsafe(f"Add {code(name)}", add((*path, name), fitting[0])) if is_sure else None
    schema = problem.schema["properties"].get(name, {})
    unknown = [key for key in problem.value if key not in problem.schema["properties"]]
    if "const" not in schema or any(name in meant_properties(key, problem.schema) for key in unknown):
        return None
    return safe(f"Add {code(name)}", add((*path, name), schema["const"]))


def too_short(problem: Problem, document: Any) -> Fix | None:
    """Remove an empty text block if others remain."""
    *above, key = problem.path
    if key != "text" or problem.owner.tag != "text" or problem.value != "":
        return None
    path: Path = tuple(above)
    holder = at(document, path[:-1])
    if not isinstance(holder, list) or not at(document, path).keys() <= _TEXT_KEYS:
        return None
    others = [block for index, block in enumerate(holder) if index != path[-1] and not _is_empty(block)]
    return safe("Remove the empty block", remove(path)) if others else None


def wrong_type(problem: Problem, document: Any) -> Fix | None:
    """Convert a value to the required type, if only one conversion makes sense."""
    value, path = problem.value, problem.path
    if not path:
        return None
    holder = problem.owner.schema
    if value is None and path[-1] in holder.get("properties", {}) and path[-1] not in holder.get("required", ()):
        return safe(f"Remove {code(str(path[-1]))}", remove(path))
    if isinstance(value, str) and problem.union is not None:
        return _from_tag(problem, value) or _as_guessed(problem)
    converted = _converted(problem, problem.schema, value)
    return safe(converted[0], replace(path, converted[1])) if converted is not None else _as_guessed(problem)


def _as_guessed(problem: Problem) -> Fix | None:
    """Replace a value with the likely one, if nothing in it is lost."""
    guess = guessed(problem)
    if guess is None or not guess.keeps_all or not is_whole(guess.value):
        return None
    return unsafe(guess.advice[:1].upper() + guess.advice[1:], replace(problem.path, guess.value))


def _from_tag(problem: Problem, text: str) -> Fix | None:
    """Write a word as the object it stands for."""
    union, guess = problem.union, guessed(problem)
    tag = None if union is None else text if text in union.members else union.aliases.get(text)
    if union is None or tag is None or guess is None or guess.value != {union.property: tag}:
        return None
    return of_slip(text, tag, f"Replace it with `{json.dumps(guess.value)}`", replace(problem.path, guess.value))


def _converted(problem: Problem, schema: Any, value: Any) -> tuple[str, Any] | None:
    """Convert a value to one that the schema accepts without losing anything, and say how."""
    if isinstance(value, str):
        literal = _literal(value)
        if literal != value and problem.fits(schema, literal):
            is_container = isinstance(literal, (dict, list))
            return "Give the value itself, not JSON in a string" if is_container else "Remove the quotes", literal
    if isinstance(value, (str, dict)) and problem.fits(schema, [value]):
        return "Put it into an array", [value]
    return None


def _literal(text: str) -> Any:
    """Parse JSON in a string; return the string if it is not JSON, or would not survive writing it again."""
    try:
        literal = json.loads(text, parse_constant=_refused, object_pairs_hook=_distinct)
        json.dumps(literal, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return text
    return literal


def _refused(constant: str) -> Any:
    raise ValueError(constant)


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object, and refuse duplicate keys: one of the two values would be lost."""
    members = dict(pairs)
    if len(members) < len(pairs):
        msg = "duplicate key"
        raise ValueError(msg)
    return members


def wrong_format(problem: Problem, document: Any) -> Fix | None:
    """Extract base64 from a data URL, or convert it from the URL-safe alphabet."""
    text: str = problem.value
    prefix = _DATA_URL.match(text)
    data = text.translate(_STANDARD) if prefix is None else text[prefix.end() :]
    if data == text or not problem.fits(problem.schema, data):
        return None
    if prefix is not None:
        return _without_prefix(problem, at(document, problem.path[:-1]), prefix[1], data)
    if holds_secret(text):  # a secret is not base64
        return None
    make = safe if all(pattern.search(text) for pattern in _IN_BASE64) else unsafe
    return make("Use the standard alphabet", replace(problem.path, data))


def _without_prefix(problem: Problem, holder: Any, media_type: str, data: str) -> Fix | None:
    """Remove the prefix of a data URL, and keep its media type."""
    title, change = "Remove everything up to the comma", replace(problem.path, data)
    if not isinstance(holder, dict) or not media_type or holder.get("media_type") == media_type:
        is_said = isinstance(holder, dict) and holder.get("media_type") == media_type
        return (safe if is_said else unsafe)(title, change)
    allowed = problem.owner.schema.get("properties", {}).get("media_type")
    if allowed is None or not problem.fits(allowed, media_type):
        return None
    put = replace if "media_type" in holder else add
    put_type = put((*problem.path[:-1], "media_type"), media_type)
    return unsafe(f"{title}, and say {shown(media_type)} in `media_type`", change, put_type)


def at(document: Any, path: Path) -> Any:
    """Return the value at a path that exists."""
    for step in path:
        document = document[step]
    return document


def _is_empty(block: Any) -> bool:
    return isinstance(block, dict) and block.get("type") == "text" and not str(block.get("text") or "").strip()

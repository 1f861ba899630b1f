"""Fixes of what the schemas refuse, where a machine can make them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from ..fixes import Applicability, Fix, Operation, add, remove, rename, replace
from ..patterns import regex
from ..redaction import holds_secret
from ..schema.projection import WITHHELD
from ..words import code, is_slip, nearest, shown

if TYPE_CHECKING:
    from ..pointer import Path
    from ..schema.explain import Problem
    from .node import Node

_DATA_URL: Final = regex(r"data:([\w.+/-]*)(?:;[\w=.-]+)*,", re.ASCII)
_STANDARD: Final = str.maketrans("-_", "+/")
_TEXT_KEYS: Final = frozenset({"type", "text"})


def safe(title: str, *operations: Operation) -> Fix:
    """Make a fix that may be applied without looking."""
    return Fix(title, Applicability.SAFE, operations)


def unsafe(title: str, *operations: Operation) -> Fix:
    """Make a fix that somebody has to look at."""
    return Fix(title, Applicability.UNSAFE, operations)


def of_slip(word: str, meant: str, title: str, *operations: Operation) -> Fix:
    """Make a fix that is safe where a word is surely the one that is meant."""
    return safe(title, *operations) if is_slip(word, meant) else unsafe(title, *operations)


def meant_instead(place: Node, meant: str | None) -> Fix | None:
    """Make a fix that puts a name that is there in the place of one that is not; none where none comes near."""
    return unsafe(f"Replace it by {code(meant)}", replace(place.path, meant)) if meant is not None else None


def nearest_property(name: str, known: dict[str, Any]) -> str | None:
    """Return the property that an unknown one was probably meant to be."""
    alias = next((each for each, schema in known.items() if name in schema.get("x-aliases", ())), None)
    return alias or nearest(name, known)


def unknown_property(problem: Problem, document: Any) -> Fix | None:
    """Rename a property to the one that is meant, or remove it."""
    name, path, known = problem.name, problem.path, problem.schema["properties"]
    if name in problem.schema.get(WITHHELD, {}) or name in problem.schema.get("x-hints", {}):
        return None
    if name in problem.schema.get("x-answers", ()):
        return safe(f"Remove {code(name)}", remove(path))
    meant = nearest_property(name, known)
    if meant is not None and meant not in problem.value and problem.fits(known[meant], problem.value[name]):
        return of_slip(name, meant, f"Rename {code(name)} to {code(meant)}", rename(path, meant))
    return unsafe(f"Remove {code(name)}", remove(path))


def not_allowed_value(problem: Problem, document: Any) -> Fix | None:
    """Replace a word by the one that is meant; the name of one of the API's own tools by the only one that it has."""
    word, schema = problem.value, problem.schema
    values = [schema["const"]] if "const" in schema else schema.get("enum", [])
    if not isinstance(word, str) or word in schema.get(WITHHELD, {}) or word in schema.get("x-hints", {}):
        return None
    meant = nearest(word, [value for value in values if isinstance(value, str)])
    if meant is not None:
        return of_slip(word, meant, f"Replace it by {shown(meant)}", replace(problem.path, meant))
    if len(values) == 1 and problem.path[-1:] == ("name",):
        return unsafe(f"Replace it by {shown(values[0])}", replace(problem.path, values[0]))
    return None


def unknown_type(problem: Problem, document: Any) -> Fix | None:
    """Replace a `type` by the one that is meant, where the rest of the object is of that type."""
    tag, union = problem.value, problem.union
    if union is None or not isinstance(tag, str) or tag in problem.schema.get(WITHHELD, {}):
        return None
    meant = union.aliases.get(tag) or nearest(tag, list(problem.limit))
    if meant is None or not problem.fits(problem.schema, {**_at(document, problem.path[:-1]), union.property: meant}):
        return None
    return of_slip(tag, meant, f"Replace it by {shown(meant)}", replace(problem.path, meant))


def required(problem: Problem, document: Any) -> Fix | None:
    """Add a property that can have only one value."""
    name, path = problem.name, problem.path
    if problem.union is not None:
        fitting = problem.union.fitting(problem.value)
        is_sure = len(fitting) == 1 and problem.union.likely(problem.value) == fitting
        return unsafe(f"Add {code(name)}", add((*path, name), fitting[0])) if is_sure else None
    schema = problem.schema["properties"].get(name, {})
    unknown = [key for key in problem.value if key not in problem.schema["properties"]]
    if "const" not in schema or any(nearest_property(key, {name: schema}) for key in unknown):
        return None
    return safe(f"Add {code(name)}", add((*path, name), schema["const"]))


def too_short(problem: Problem, document: Any) -> Fix | None:
    """Remove a text block that is empty, where others stay."""
    *above, key = problem.path
    if key != "text" or problem.owner.tag != "text" or problem.value != "":
        return None
    path: Path = tuple(above)
    holder = _at(document, path[:-1])
    if not isinstance(holder, list) or not _at(document, path).keys() <= _TEXT_KEYS:
        return None
    others = [block for index, block in enumerate(holder) if index != path[-1] and not _is_empty(block)]
    return safe("Remove the empty block", remove(path)) if others else None


def wrong_type(problem: Problem, document: Any) -> Fix | None:
    """Turn a value into one of the type that is asked for, where that is plain."""
    value, path = problem.value, problem.path
    if not path:
        return None
    holder = problem.owner.schema
    if value is None and path[-1] in holder.get("properties", {}) and path[-1] not in holder.get("required", ()):
        return safe(f"Remove {code(str(path[-1]))}", remove(path))
    if isinstance(value, str):
        return _from_string(problem, value)
    if isinstance(value, dict) and problem.fits(problem.schema, [value]):
        return safe("Put it into an array", replace(path, [value]))
    return None


def _from_string(problem: Problem, text: str) -> Fix | None:
    path, union = problem.path, problem.union
    if union is not None:
        tag = text if text in union.members else union.aliases.get(text)
        value = {union.property: tag}
        if tag is None or not problem.fits(problem.schema, value):
            return None
        return of_slip(text, tag, f"Replace it by `{json.dumps(value)}`", replace(path, value))
    try:
        literal = json.loads(text)
    except (ValueError, RecursionError):
        literal = text
    if literal != text and problem.fits(problem.schema, literal):
        is_container = isinstance(literal, (dict, list))
        title = "Give the value itself, not JSON in a string" if is_container else "Take the quotes off"
        return safe(title, replace(path, literal))
    return safe("Put it into an array", replace(path, [text])) if problem.fits(problem.schema, [text]) else None


def wrong_format(problem: Problem, document: Any) -> Fix | None:
    """Make plain base64 of a data URL, or of the URL-safe alphabet."""
    text: str = problem.value
    prefix = _DATA_URL.match(text)
    if prefix is not None:
        holder = _at(document, problem.path[:-1])
        is_said = isinstance(holder, dict) and holder.get("media_type") == prefix[1]
        fix = safe if is_said else unsafe
        return fix("Remove everything up to the comma", replace(problem.path, text[prefix.end() :]))
    if ("-" in text or "_" in text) and not holds_secret(text):  # a secret is no base64
        return safe("Use the standard alphabet", replace(problem.path, text.translate(_STANDARD)))
    return None


def _at(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


def _is_empty(block: Any) -> bool:
    return isinstance(block, dict) and block.get("type") == "text" and not str(block.get("text") or "").strip()

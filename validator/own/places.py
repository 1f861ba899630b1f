"""The places of a team's own rules: globs of JSON Pointers, what they match, and whether they can match anything."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..common.lazy_regex import regex
from ..common.unknown import PartialArray, PartialObject, is_unknown
from ..common.wording import code, names, nearest
from ..facts.api import PLATFORMS
from ..filesystem.globs import matches_step
from ..schema.projection import View
from ..schema.store import bundle, definition_named

if TYPE_CHECKING:
    from ..common.pointer import Path
    from ..schema.projection import Schema

ANY: Final = "*"
DEEP: Final = "**"
LONGEST: Final = 32
"""The most steps of a glob."""
_MOST_DEEP: Final = 3
_SEPARATORS: Final = regex(r"[./\[\]'\"]+")
"""What is between the steps of a path as JSONPath and JavaScript write one."""


class Step(NamedTuple):
    """A step of a glob: a name or index, or a pattern with stars."""

    text: str
    """As it is compared: a name without the escapes of JSON Pointers."""
    parts: tuple[str, ...] | None = None
    """For a pattern with stars: what is between them."""

    @property
    def is_deep(self) -> bool:
        """Whether it stands for any number of steps."""
        return self.text == DEEP and self.parts is not None

    def matches(self, step: str | int) -> bool:
        """Whether it matches a step of a path."""
        if self.parts is None:
            return self.text == (step if isinstance(step, str) else str(step))
        return self.text in {ANY, DEEP} or matches_step(self.parts, step if isinstance(step, str) else str(step))


Steps = tuple[Step, ...]


class BadGlobError(ValueError):
    """Raised for a glob that cannot be used."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.message = message
        self.help = advice


def steps_of(glob: str) -> Steps:
    """Read a glob of JSON Pointers.

    Raises:
        BadGlobError: if it is not one.
    """
    if glob and not glob.startswith("/"):
        message = f"`at` is {code(glob)}, which is no JSON Pointer"
        meant = "/".join(step for step in _SEPARATORS.split(glob.removeprefix("$")) if step)
        raise BadGlobError(message, f"did you mean {code('/' + meant)}?")
    texts = glob.split("/")[1:]
    if glob != "/" and "" in texts:
        message = f"`at` is {code(glob)}, which has an empty step"
        raise BadGlobError(message, f"did you mean {code('/' + '/'.join(text for text in texts if text))}?")
    if len(texts) > LONGEST or texts.count(DEEP) > _MOST_DEEP:
        message = f"`at` has {len(texts)} steps, {texts.count(DEEP)} of them `**`"
        raise BadGlobError(message, f"a glob has at most {LONGEST} steps, and `**` at most {_MOST_DEEP} times")
    return () if glob in {"", "/"} else tuple(map(_step, texts))


def _step(text: str) -> Step:
    if ANY not in text:
        return Step(_unescaped(text))
    return Step(text, tuple(map(_unescaped, text.split(ANY))))


def _unescaped(text: str) -> str:
    return text.replace("~1", "/").replace("~0", "~")


def matches(root: Any, steps: Steps, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the values at the places that a glob matches, known and partly known ones, each once."""
    # Without recursion, and with the positions in the glob that a place may be at: each value is visited once.
    waiting: list[tuple[Any, Path, tuple[int, ...]]] = [(root, path, _positions(steps, (0,)))]
    last = len(steps)
    while waiting:
        value, at, positions = waiting.pop()
        if positions[-1] == last:
            yield at, value
        found: list[tuple[Any, Path, tuple[int, ...]]] = []
        only = steps[positions[0]] if len(positions) == 1 and positions[0] < last else None
        if only is not None and only.parts is None and isinstance(value, dict):
            if dict.__contains__(value, only.text):
                child = dict.__getitem__(value, only.text)
                if not is_unknown(child):
                    waiting.append((child, (*at, only.text), _positions(steps, (positions[0] + 1,))))
            continue
        if positions == (last,):
            continue
        for step, child in known_members(value):
            after = _after(steps, positions, step)
            if after and not is_unknown(child):
                found.append((child, (*at, step), after))
        waiting += reversed(found)


def _after(steps: Steps, positions: tuple[int, ...], step: str | int) -> tuple[int, ...]:
    """Return the positions in a glob behind a step of a path."""
    following: list[int] = []
    for position in positions:
        if position < len(steps):
            if steps[position].is_deep:
                following.append(position)
            elif _matches(steps[position], step):
                following.append(position + 1)
    return _positions(steps, tuple(following)) if following else ()


def _matches(wanted: Step, step: str | int) -> bool:
    """Whether a step of a glob matches one of a path; an index that is uncertain is matched by `*` alone."""
    if isinstance(step, str) or type(step) is int:
        return wanted.matches(step)
    return wanted.parts is not None and wanted.text in {ANY, DEEP}


@lru_cache(maxsize=4096)
def _positions(steps: Steps, positions: tuple[int, ...]) -> tuple[int, ...]:
    """Add the positions behind each `**`, which may stand for no step."""
    found: set[int] = set()
    for each in positions:
        position = each
        found.add(position)
        while position < len(steps) and steps[position].is_deep:
            position += 1
            found.add(position)
    return tuple(sorted(found))


def known_members(value: Any) -> Iterator[tuple[str | int, Any]]:
    """Yield the properties or items of a value, unknown ones too; nothing for a scalar."""
    if isinstance(value, dict):
        yield from dict.items(value)
    elif type(value) is PartialArray:
        yield from value.numbered()
    elif isinstance(value, (list, tuple)):
        yield from enumerate(value)


def absences(root: Any, steps: Steps, path: Path = ()) -> Iterator[tuple[Path, Any, Steps]]:
    """Yield each place at which a glob without `**` ends, with the value there and the steps that lead nowhere.

    Below a star only what is there is asked; an array or object without anything in it lacks an item. Of what is known
    in part, only what is certain is yielded.
    """
    waiting: list[tuple[Any, Path, int]] = [(root, path, 0)]
    while waiting:
        value, at, position = waiting.pop()
        if position == len(steps):
            continue
        step = steps[position]
        if is_unknown(value):
            continue
        if step.parts is None:
            child = _child(value, step.text)
            if child is _ABSENT:
                yield at, value, steps[position:]
            elif child is not _UNCERTAIN:
                key: str | int = step.text if isinstance(value, dict) else int(step.text)
                waiting.append((child, (*at, key), position + 1))
            continue
        found = [(child, (*at, key), position + 1) for key, child in known_members(value) if _matches(step, key)]
        waiting += reversed(found)
        if not found and not (isinstance(value, (PartialObject, PartialArray)) and _may_have_more(value)):
            yield at, value, steps[position:]


_ABSENT: Final = object()
_UNCERTAIN: Final = object()


def _child(value: Any, text: str) -> Any:
    """Return a property or an item; that it is certainly absent, or that this is not known."""
    if isinstance(value, dict):
        if dict.__contains__(value, text):
            child = dict.__getitem__(value, text)
            return _UNCERTAIN if is_unknown(child) else child
        return _UNCERTAIN if isinstance(value, PartialObject) and not value.lacks(text) else _ABSENT
    if isinstance(value, (list, tuple)):
        if isinstance(value, PartialArray):
            found = [item for index, item in value.numbered() if type(index) is int and str(index) == text]
            return _UNCERTAIN if not found or is_unknown(found[0]) else found[0]
        return value[int(text)] if text.isdecimal() and int(text) < len(value) else _ABSENT
    return _ABSENT


def _may_have_more(value: PartialObject | PartialArray) -> bool:
    members = dict.values(value) if isinstance(value, PartialObject) else list.__iter__(value)
    return value.is_open or any(map(is_unknown, members))


def gate_schema(steps: Steps, schema: Any, *, present: bool, definitions: dict[str, Any]) -> Any:
    """Return a schema for a whole request that accepts it only if the schema accepts the value at each place.

    It may refuse more than that, but never less. What it refers to is added to the definitions of its document.
    """
    made: Any = schema
    for step in reversed(steps):
        if step.is_deep:
            name = f"deep-{len(definitions)}"
            again = {"$ref": f"#/$defs/{name}"}
            definitions[name] = {"allOf": [made, {"additionalProperties": again, "items": again}]}
            made = again
        elif step.parts is not None:
            made = {"additionalProperties": made, "items": made}
            if present:
                made = {**made, "minProperties": 1, "minItems": 1, "type": ["array", "object"]}
        else:
            named: dict[str, Any] = {"properties": {step.text: made}}
            if step.text.isdecimal():
                named["items"] = made
            if present:
                named |= {"required": [step.text], "type": "object"}
            made = named
    return made


@lru_cache(maxsize=64)
def shapes(endpoint: str, edition: str) -> tuple[Schema, ...]:
    """Return the schemas of the body of a request, one for each platform."""
    shape = "batch_request" if endpoint == "batches" else endpoint
    found = []
    for platform in PLATFORMS:
        whole = bundle(shape, View(edition, platform))
        body = whole
        if endpoint == "batches":
            params = whole["properties"]["params"]
            body = whole["$defs"][definition_named(params["$ref"])]
        found.append({**body, "$defs": whole["$defs"]})
    return tuple(found)


@lru_cache(maxsize=4096)
def platforms_with(steps: Steps, endpoint: str, edition: str) -> tuple[str, ...]:
    """Return the platforms where a request for an endpoint can have a place that a glob matches."""
    schemas = zip(PLATFORMS, shapes(endpoint, edition), strict=True)
    return tuple(platform for platform, schema in schemas if _stops_at(steps, schema) is None)


def misspelt(glob: str, steps: Steps, edition: str) -> str:
    """Say what may be meant by a glob that no request of the messages endpoint has a place for."""
    stopped = [_stops_at(steps, schema) for schema in shapes("messages", edition)]
    position, known = max((each for each in stopped if each is not None), key=lambda each: each[0], default=(0, []))
    meant = nearest(steps[position].text, known) if position < len(steps) else None
    if meant is not None:
        texts = glob.split("/")
        texts[position + 1] = meant
        return f"did you mean {code('/'.join(texts))}?"
    before = "/".join(glob.split("/")[: position + 1])
    where = f"below {code(before)}" if before else "in a request"
    return f"known {where} are {names(known)}" if known else f"there is nothing {where}"


def _stops_at(steps: Steps, root: Schema) -> tuple[int, list[str]] | None:
    """Return the step of a glob that nothing in a schema matches, and the names that are known there; None if none."""
    definitions: Schema = root["$defs"]
    here: dict[int, Any] = {id(root): root}
    for position, step in enumerate(steps):
        bare = _bare(here.values(), definitions)
        if any(_is_free(schema) for schema in bare):
            return None
        if step.is_deep:
            here = _below(bare, definitions)
            continue
        following: dict[int, Any] = {}
        for schema in bare:
            for name, inner in schema.get("properties", {}).items():
                if inner is not False and step.matches(name):
                    following[id(inner)] = inner
            others = schema.get("additionalProperties")
            if isinstance(others, dict):
                following[id(others)] = others
            items = schema.get("items")
            if isinstance(items, dict) and (step.parts is not None or step.text.isdecimal()):
                following[id(items)] = items
        if not following:
            known = dict.fromkeys(name for schema in bare for name in schema.get("properties", {}))
            known |= {ANY: None} if any("items" in schema for schema in bare) else {}
            return position, list(known)
        here = following
    return None


def _bare(schemas: Any, definitions: Schema) -> list[Schema]:
    """Follow references and the branches of unions."""
    found: dict[int, Schema] = {}
    waiting = list(schemas)
    seen: set[int] = set()
    while waiting:
        schema = waiting.pop()
        if not isinstance(schema, dict) or id(schema) in seen:
            continue
        seen.add(id(schema))
        if "$ref" in schema:
            waiting.append(definitions[definition_named(schema["$ref"])])
        elif "anyOf" in schema:
            waiting += schema["anyOf"]
        else:
            found[id(schema)] = schema
    return list(found.values())


def _below(schemas: list[Schema], definitions: Schema) -> dict[int, Any]:
    """Return the schemas of values and of all that is in them."""
    found: dict[int, Any] = {}
    waiting = list(schemas)
    while waiting:
        schema = waiting.pop()
        if id(schema) in found:
            continue
        found[id(schema)] = schema
        inner = [*schema.get("properties", {}).values(), schema.get("additionalProperties"), schema.get("items")]
        waiting += _bare(inner, definitions)
    return found


def _is_free(schema: Schema) -> bool:
    """Whether a schema allows properties of any name."""
    kind = schema.get("type")
    may_be_object = kind is None or kind == "object" or (isinstance(kind, list) and "object" in kind)
    return may_be_object and schema.get("additionalProperties", True) is True and not {"const", "enum"} & schema.keys()

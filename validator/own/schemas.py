"""The schemas of a team's own rules: what is wrong with one, and whether its cost is bounded.

A schema comes from a configuration, which may be anybody's. It is compiled with an engine that never backtracks, it may
refer to nothing outside itself, and the number of its parts that one value can be compared with is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from math import isfinite
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

import jsonschema_rs

from ..common.wording import code, names, nearest, shown
from ..inspect.json_schemas import SUBSCHEMA, SUBSCHEMA_LIST, SUBSCHEMA_MAP

Step = str | int
Place = tuple[Step, ...]
Schema = dict[str, Any]

DEEPEST: Final = 40
"""The most levels of a schema."""
_MOST_PARTS: Final = 2_000
"""The most parts of a schema: it and all schemas in it."""
_MOST_COMPARED: Final = 10_000
"""The most parts that one value may be compared with, each as often as it is reached."""

_ONE: Final = SUBSCHEMA - {"contentSchema"}
"""The keywords that hold a schema."""
_NAMED: Final = SUBSCHEMA_MAP - {"dependencies"}
"""The keywords that hold schemas by name."""
_SAME_VALUE: Final = frozenset({"allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"})
"""The keywords whose schemas are for the value itself, and not for a part of it."""
_ASSERTIONS: Final = frozenset(
    {
        "$ref",
        "const",
        "dependentRequired",
        "enum",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "format",
        "maxContains",
        "maxItems",
        "maxLength",
        "maxProperties",
        "maximum",
        "minContains",
        "minItems",
        "minLength",
        "minProperties",
        "minimum",
        "multipleOf",
        "pattern",
        "required",
        "type",
        "uniqueItems",
    }
)
_NOTES: Final = frozenset(
    {
        "$comment",
        "$schema",
        "contentEncoding",
        "contentMediaType",
        "default",
        "deprecated",
        "description",
        "examples",
        "readOnly",
        "title",
        "writeOnly",
    }
)
_KEYWORDS: Final = _ONE | SUBSCHEMA_LIST | _NAMED | _ASSERTIONS | _NOTES
_REFUSED: Final = {
    "$id": "a rule's schema has no address",
    "$anchor": "refer to a part of the schema by its path, as in `#/$defs/name`",
    "$dynamicRef": "use `$ref`",
    "$dynamicAnchor": "use `$defs`",
    "$recursiveRef": "use `$ref`",
    "$recursiveAnchor": "use `$defs`",
    "$vocabulary": "a rule's schema is of draft 2020-12",
    "dependencies": "use `dependentRequired` or `dependentSchemas`",
    "additionalItems": "use `prefixItems` and `items`",
    "nullable": 'use `type = ["…", "null"]`',
}
"""Keywords of other drafts and dialects, and those that reach beyond the schema, with what to do instead."""
_DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"


class Fault(NamedTuple):
    """A mistake in a schema, with the path to the keyword."""

    path: Place
    message: str
    help: str


def compiled(schema: Any) -> jsonschema_rs.Draft202012Validator:
    """Compile a schema for an engine whose patterns take linear time, and that touches no network."""
    return jsonschema_rs.Draft202012Validator(
        schema,
        validate_formats=True,
        ignore_unknown_formats=False,
        pattern_options=jsonschema_rs.RegexOptions(),
        offline=True,
    )


def faults(schema: Any) -> list[Fault]:
    """Return the mistakes in a schema, in the order in which they are found; an empty list for a good one."""
    found = list(_not_json(schema, (), 0))
    if found:
        return found
    if isinstance(schema, bool):
        return []
    if not isinstance(schema, dict):
        return [
            Fault((), f"it is {shown(schema)}, but must be a table", "write a JSON Schema, as in `{ maximum = 8 }`")
        ]
    parts = _Parts(schema)
    found = parts.faults
    if not found:
        found = [each for each in [_refused_by_engine(schema)] if each is not None]
    if not found:
        found = [each for each in [parts.unbounded()] if each is not None]
    return found


def not_json(value: Any) -> Iterator[Fault]:
    """Find what TOML or Python can hold and JSON cannot."""
    return _not_json(value, (), 0)


def _not_json(value: Any, path: Place, depth: int) -> Iterator[Fault]:
    if depth > DEEPEST:
        yield Fault(path, "it is nested too deeply", f"a schema has at most {DEEPEST} levels")
    elif isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                yield Fault(path, f"it has the key {shown(str(key))}, which is no string", "write it as a string")
            else:
                yield from _not_json(item, (*path, key), depth + 1)
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _not_json(item, (*path, index), depth + 1)
    elif isinstance(value, (date, datetime, time)):
        yield Fault(path, f"it is the {type(value).__name__} {value}, which JSON does not have", "write it as a string")
    elif isinstance(value, float) and not isfinite(value):
        yield Fault(path, f"it is {value}, which JSON does not have", "remove it, or write a number")
    elif not (value is None or isinstance(value, (str, bool, int, float))):
        yield Fault(path, f"it is a {type(value).__name__}, which JSON does not have", "write a value of JSON")


def _refused_by_engine(schema: Schema) -> Fault | None:
    """Return why the engine does not compile a schema."""
    try:
        compiled(schema)
    except jsonschema_rs.ValidationError as error:
        path = tuple(error.instance_path)
        last = next((step for step in reversed(path) if isinstance(step, str)), "")
        value = _at(schema, path)
        if last == "pattern" and isinstance(value, str):
            return Fault(
                path,
                f"the pattern {code(value)} cannot be used",
                "it is no regular expression; correct it"
                if _is_broken(value)
                else "use a regular expression without look-around and back references, which could take for ever; "
                "`not = { pattern = … }` says what must not match",
            )
        unknown = [each for each in _listed(value) if isinstance(each, str) and each not in _NAMES.get(last, (each,))]
        if unknown:
            return Fault(path, f"there is no {last} {code(unknown[0])}", _nearest_or(unknown[0], _NAMES[last]))
        if "patternProperties" in path or last == "patternProperties":
            return Fault(path, "one of its patterns cannot be used", "use regular expressions without look-around")
        return Fault(path, f"{code(last or 'the schema')} is {shown(value)}, which JSON Schema does not allow", _FORM)
    except (ValueError, TypeError, RecursionError, OverflowError):
        return Fault((), "it cannot be compiled", _FORM)
    return None


def _is_broken(pattern: str) -> bool:
    """Whether a pattern is wrong in every dialect, and not only in the one of the engine."""
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return True
    return False


def _listed(value: Any) -> list[Any]:
    return [*value] if isinstance(value, (list, tuple)) else [value]


def _nearest_or(given: str, known: tuple[str, ...]) -> str:
    """Say which of some names is meant, or which there are."""
    meant = nearest(given, list(known))
    return f"did you mean {code(meant)}?" if meant else f"known are {names(known)}"


_TYPES: Final = ("array", "boolean", "integer", "null", "number", "object", "string")
_FORMATS: Final = (
    "date",
    "date-time",
    "duration",
    "email",
    "hostname",
    "idn-email",
    "idn-hostname",
    "ipv4",
    "ipv6",
    "iri",
    "iri-reference",
    "json-pointer",
    "regex",
    "relative-json-pointer",
    "time",
    "uri",
    "uri-reference",
    "uri-template",
    "uuid",
)
_NAMES: Final = {"type": _TYPES, "format": _FORMATS}
"""The keywords whose values are names, with all of them."""
_FORM: Final = "see the keyword in the reference of JSON Schema, draft 2020-12"


def _at(value: Any, path: Place) -> Any:
    try:
        for step in path:
            value = value[step]
    except (KeyError, IndexError, TypeError):
        return None
    return value


@dataclass(slots=True)
class _Part:
    """A schema inside a schema: which others it hands the same value to, and which it hands parts of it to."""

    same: list[Place] = field(default_factory=list)
    """The parts that get the value itself."""
    named: dict[str, Place] = field(default_factory=dict)
    """The parts for properties by name, and for items by index (`0`)."""
    others: list[Place] = field(default_factory=list)
    """The parts for the properties and items that are not named."""
    every: list[Place] = field(default_factory=list)
    """The parts for properties and items whether they are named or not."""
    repeats: int = 1
    """How often its own parts are asked."""

    def inner(self) -> Iterator[Place]:
        yield from self.named.values()
        yield from self.others
        yield from self.every


class _Parts:
    """A schema with all schemas in it."""

    def __init__(self, schema: Schema) -> None:
        self.faults: list[Fault] = []
        self._root = schema
        self._parts: dict[Place, _Part] = {}
        self._references: list[tuple[Place, str]] = []
        self._visit(schema, ())
        for path, reference in self._references:
            target = self._target(path, reference)
            if target is not None:
                self._parts[path].same.append(target)

    def _visit(self, schema: Any, path: Place) -> None:
        if len(self._parts) > _MOST_PARTS:
            if not self.faults or self.faults[-1].message != _TOO_LONG:
                self._note(path, _TOO_LONG, f"a schema has at most {_MOST_PARTS:,} parts")
            return
        part = self._parts[path] = _Part()
        if isinstance(schema, dict):
            for keyword, value in schema.items():
                self._visit_keyword(keyword, value, path)
            self._link(part, schema, path)
        elif not isinstance(schema, bool):
            known = "a table, `true` or `false`"
            self._note(path, f"{code(_last(path))} is {shown(schema)}, but must be {known}", f"write {known}")

    def _visit_keyword(self, keyword: str, value: Any, path: Place) -> None:
        place = (*path, keyword)
        if keyword in _ONE:
            self._visit(value, place)
        elif keyword in SUBSCHEMA_LIST or keyword in _NAMED:
            for step in _steps(value):
                self._visit(value[step], (*place, step))
        elif keyword == "$ref" and isinstance(value, str):
            self._references.append((path, value))
        elif keyword == "enum" and isinstance(value, (list, tuple)) and not value:
            self._note(place, "`enum` is empty, which no value satisfies", "name the values; `false` allows none")
        elif keyword == "$schema" and value != _DRAFT:
            self._note(place, f"`$schema` is {shown(value)}", f'remove it; a rule\'s schema is of "{_DRAFT}"')
        elif keyword not in _KEYWORDS and not keyword.startswith("x-"):
            self._note(place, f"there is no keyword {code(keyword)} in a rule's schema", _meant(keyword))

    def _link(self, part: _Part, schema: Schema, path: Place) -> None:
        """Note the schemas directly inside another one by what they are for."""
        for keyword in _SAME_VALUE & schema.keys():
            value, place = schema[keyword], (*path, keyword)
            part.same += [place] if keyword in _ONE else [(*place, step) for step in _steps(value)]
        for keyword in ("properties", "prefixItems"):
            part.named.update((str(step), (*path, keyword, step)) for step in _steps(schema.get(keyword)))
        part.others += [
            (*path, keyword)
            for keyword in ("additionalProperties", "unevaluatedProperties", "items", "unevaluatedItems")
            if keyword in schema
        ]
        part.every += [(*path, "patternProperties", name) for name in _steps(schema.get("patternProperties"))]
        part.every += [(*path, keyword) for keyword in ("contains", "propertyNames") if keyword in schema]
        # What is evaluated already is found by asking the parts beside the keyword once more.
        part.repeats = 2 if any(keyword.startswith("unevaluated") for keyword in schema) else 1

    def _note(self, path: Place, message: str, advice: str) -> None:
        self.faults.append(Fault(path, message, advice))

    def _target(self, path: Place, reference: str) -> Place | None:
        place = (*path, "$ref")
        if not reference.startswith("#"):
            message = f"`$ref` is {shown(reference)}, but nothing outside the schema can be referred to"
            self._note(place, message, "copy it into `$defs`, and write `#/$defs/name`")
            return None
        steps = [unquote(step).replace("~1", "/").replace("~0", "~") for step in reference[1:].split("/")[1:]]
        target: Place = ()
        value: Any = self._root
        for step in steps:
            target = (*target, int(step) if isinstance(value, (list, tuple)) and step.isdecimal() else step)
            value = _at(value, target[-1:])
        if target in self._parts and (reference == "#" or reference.startswith("#/")):
            return target
        definitions = self._root.get("$defs")
        meant = nearest(steps[-1] if steps else "", list(definitions)) if isinstance(definitions, dict) else None
        advice = (
            f"did you mean {code(f'#/$defs/{meant}')}?" if meant else "write `#/$defs/name`, with a name of `$defs`"
        )
        self._note(place, f"`$ref` is {shown(reference)}, but there is no schema at this place", advice)
        return None

    def unbounded(self) -> Fault | None:
        """Return why the schema may never come to an end, or take a time that multiplies with the depth of a value."""
        circle = self._circle()
        if circle is not None:
            return Fault(
                circle, "it refers to itself for the same value, which never ends", "refer to parts of a value"
            )
        groups = self._groups()
        for path in self._parts:
            reached = self._reached(path)
            if reached is None or self._most_within(groups, path, reached) > 1:
                return Fault(path, _MULTIPLIES, "refer to each part of a value only once")
        total = self._total(groups)
        return None if total <= _MOST_COMPARED else Fault((), _MULTIPLIES, "refer to each part only once")

    def _circle(self) -> Place | None:
        """Return a part that gets its own value back."""
        done: set[Place] = set()
        for start in self._parts:
            on_way: dict[Place, Iterator[Place]] = {}
            if start not in done:
                on_way[start] = iter(self._parts[start].same)
            while on_way:
                path, rest = next(reversed(on_way.items()))
                following = next(rest, None)
                if following is None:
                    del on_way[path]
                    done.add(path)
                elif following in on_way:
                    return following
                elif following not in done:
                    on_way[following] = iter(self._parts[following].same)
        return None

    def _reached(self, path: Place) -> dict[Place, int] | None:
        """Return how often a value of a part is compared with each part; None if that is too often."""
        times: dict[Place, int] = {path: 1}
        waiting = [(path, 1)]
        total = 1
        while waiting:
            at, number = waiting.pop()
            number *= self._parts[at].repeats
            for following in self._parts[at].same:
                total += number
                if total > _MOST_COMPARED:
                    return None
                times[following] = times.get(following, 0) + number
                waiting.append((following, number))
        return times

    def _most_within(self, groups: dict[Place, int], path: Place, reached: dict[Place, int]) -> int:
        """Return how often a part of a value is at most handed to the circle of parts that its holder is in."""
        own = groups[path]
        named: dict[str, int] = {}
        base = 0
        for at, times in reached.items():
            part = self._parts[at]
            number = times * part.repeats
            base += number * sum(groups[each] == own for each in part.every)
            rest = number * max((groups[each] == own for each in part.others), default=0)
            base += rest
            for name, each in part.named.items():
                inside = number * (groups[each] == own)
                if inside or rest:
                    named[name] = named.get(name, 0) + inside - rest
        return base + max(0, max(named.values(), default=0))

    def _groups(self) -> dict[Place, int]:
        """Number the circles of parts that hand each other a value or parts of it."""
        edges = {path: [*part.same, *part.inner()] for path, part in self._parts.items()}
        backwards: dict[Place, list[Place]] = {path: [] for path in edges}
        for path, targets in edges.items():
            for target in targets:
                backwards[target].append(path)
        seen: set[Place] = set()
        finished = [path for start in edges for path in _finished(start, edges, seen)]
        groups: dict[Place, int] = {}
        done: set[Place] = set()
        for number, start in enumerate(reversed(finished)):
            groups |= dict.fromkeys(_finished(start, backwards, done), number)
        return groups

    def _total(self, groups: dict[Place, int]) -> int:
        """Return how many comparisons a value and one part of it at each level cost at most, circles counted once."""
        members: dict[int, list[Place]] = {}
        for path, number in groups.items():
            members.setdefault(number, []).append(path)
        sums: dict[int, int] = {}
        order: list[int] = []
        waiting = [(groups[()], False)]
        while waiting:
            number, is_done = waiting.pop()
            if is_done:
                order.append(number)
                continue
            if number in sums:
                continue
            sums[number] = 0
            waiting.append((number, True))
            for path in members[number]:
                part = self._parts[path]
                waiting += [(groups[each], False) for each in (*part.same, *part.inner()) if groups[each] not in sums]
        for number in order:
            total = 0
            for path in members[number]:
                part = self._parts[path]
                inner = [each for each in (*part.same, *part.inner()) if groups[each] != number]
                total += 1 + part.repeats * sum(sums.get(groups[each], 0) for each in inner)
            sums[number] = min(total, _MOST_COMPARED + 1)
        return sums[groups[()]]


def _finished(start: Place, edges: dict[Place, list[Place]], seen: set[Place]) -> list[Place]:
    """Return what is reached from a place and not seen before, the farthest first; it is seen then."""
    if start in seen:
        return []
    seen.add(start)
    order: list[Place] = []
    waiting = [(start, iter(edges[start]))]
    while waiting:
        path, rest = waiting[-1]
        following = next((each for each in rest if each not in seen), None)
        if following is None:
            waiting.pop()
            order.append(path)
        else:
            seen.add(following)
            waiting.append((following, iter(edges[following])))
    return order


_TOO_LONG: Final = "it is too long"
_MULTIPLIES: Final = "it compares a value with its parts so often that the time multiplies with every level"


def _steps(value: Any) -> list[Step]:
    """Return the keys or indices of a value."""
    return [*value] if isinstance(value, dict) else [*range(len(value))] if isinstance(value, (list, tuple)) else []


def _last(path: Place) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "the schema")


def _meant(keyword: str) -> str:
    if keyword in _REFUSED:
        return _REFUSED[keyword]
    meant = nearest(keyword, _sorted_keywords())
    return f"did you mean {code(meant)}?" if meant else f"known are {names(_sorted_keywords())}"


@lru_cache(maxsize=1)
def _sorted_keywords() -> list[str]:
    return sorted(_KEYWORDS - _NOTES)

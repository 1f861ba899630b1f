"""Requests made from the table of facts: every type of the edition minimal and full, and every constraint broken once.

The table was taken from the reference, not from the schemas, so the two check each other.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.material import facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from validator.pointer import Path

Form = dict[str, Any]
"""What the table says of a property, or of the items of an array."""

TYPES = facts()
COUNT_TOKENS = "MessageCountTokensParams"
MESSAGES = "MessageCreateParamsNonStreaming"
BATCHES = "BatchCreateParams"
ENDPOINT = {COUNT_TOKENS: "count_tokens", MESSAGES: "messages", BATCHES: "batches"}

_WRONG: dict[str, list[Any]] = {
    "string": [5, True, {}, []],
    "integer": ["1", 1.5, True, []],
    "number": ["0.5", False],
    "boolean": ["true", 1],
    "array": ["x", {}],
    "object": ["x", []],
}


@dataclass(frozen=True)
class Case:
    """A request, and where it is broken."""

    label: str
    endpoint: str
    request: Any
    path: Path | None = None
    """Where the one mistake is; None for a valid request."""
    rules: tuple[str, ...] = ()
    """The rules of which one should report it."""


def is_union(form: Form) -> bool:
    """Whether the objects that may stand there are told apart by their `type`."""
    return form["type"] == "union" and len(form.get("refs", ())) > 1


def minimal(form: Form) -> Any:
    """Make the smallest value that keeps to a form."""
    kind = form["type"]
    if kind == "string":
        return _string(form)
    if kind in {"integer", "number"}:
        return form.get("minimum", form.get("exclusiveMinimum", 0) + 1)
    if kind == "const":
        return form["const"]
    if kind == "enum":
        return form["enum"][0]
    if kind == "ref":
        return minimal_type(form["refs"][0])
    if kind == "union":
        return minimal(form["anyOf"][0]) if "anyOf" in form else minimal_type(form["refs"][0])
    if kind == "array":
        return [minimal(form["items"]) for _ in range(form.get("minItems", 0))]
    return {"boolean": True, "object": {}}[kind]


def minimal_type(name: str) -> dict[str, Any]:
    """Make a type's smallest instance."""
    return {key: minimal(form) for key, form in TYPES[name]["properties"].items() if form["required"]}


def full_type(name: str) -> dict[str, Any]:
    """Make an instance of a type that has all its properties, each of them small."""
    return {key: minimal(form) for key, form in TYPES[name]["properties"].items()}


def embedded(name: str, instance: Any) -> tuple[str, Any, Path]:
    """Put an instance of a type into the smallest request that can hold it: its endpoint, the request, the path."""
    for root in (COUNT_TOKENS, MESSAGES, BATCHES):
        route = _route(root, name)
        if route is None:
            continue
        value: Any = instance
        path: Path = ()
        for holder, key in reversed(route):
            placed = _placed(TYPES[holder]["properties"][key], name, value)
            assert placed is not None
            inner, steps = placed
            value, path, name = {**minimal_type(holder), key: inner}, (key, *steps, *path), holder
        return ENDPOINT[root], value, path
    message = f"{name} cannot be reached"
    raise AssertionError(message)


def valid_cases() -> Iterator[Case]:
    """Make every type minimal and full, every property null that may be, every bound exactly met."""
    for name, facts_of_type in TYPES.items():
        for label, instance in (("minimal", minimal_type(name)), ("full", full_type(name))):
            endpoint, request, _ = embedded(name, instance)
            yield Case(f"{name} {label}", endpoint, request)
        for key, form in facts_of_type["properties"].items():
            for label, value in _valid_values(form):
                endpoint, request, _ = embedded(name, {**full_type(name), key: value})
                yield Case(f"{name}.{key} {label}", endpoint, request)


def broken_cases() -> Iterator[Case]:
    """Break every constraint of every property once."""
    for name, facts_of_type in TYPES.items():
        whole = full_type(name)
        if facts_of_type["additionalProperties"] is False:
            endpoint, request, path = embedded(name, {**whole, "zzz_unknown": None})
            yield Case(
                f"{name} unknown property", endpoint, request, (*path, "zzz_unknown"), ("schema/unknown-property",)
            )
        for key, form in facts_of_type["properties"].items():
            if form["required"]:
                rest = {other: value for other, value in whole.items() if other != key}
                endpoint, request, path = embedded(name, rest)
                yield Case(f"{name}.{key} missing", endpoint, request, path, ("schema/required",))
            for label, value, rules in _broken_values(key, form):
                endpoint, request, path = embedded(name, {**whole, key: value})
                yield Case(f"{name}.{key} {label}", endpoint, request, (*path, key), rules)


def _string(form: Form) -> str:
    if "pattern" in form:
        return "srvtoolu_1" if "srvtoolu" in form["pattern"] else "a"
    if form.get("format") == "byte":
        return "aGVsbG8="
    return "x" * int(form.get("minLength", 0))


def _valid_values(form: Form) -> Iterator[tuple[str, Any]]:
    if form["null"]:
        yield "null", None
    if form["type"] == "enum":
        for value in form["enum"]:
            yield f"is {value!r}", value
    if "maxLength" in form:
        yield "as long as may be", "é" * form["maxLength"] if "pattern" not in form else "a" * form["maxLength"]
    if "maximum" in form:
        yield "as large as may be", form["maximum"]
    if "maxItems" in form and form["maxItems"] < 1000:
        yield "as many as may be", [minimal(form["items"])] * form["maxItems"]
    for number, member in enumerate(form.get("anyOf", ())):
        yield f"as member {number}", minimal(member)
        if member["type"] == "array":
            yield f"as member {number} with an item", [minimal(member["items"])]
    if form["type"] in {"union", "array", "ref"}:
        for reference in form.get("refs", ()):
            placed = _placed(form, reference, full_type(reference))
            if placed is not None:
                yield f"with {reference}", placed[0]


def _broken_values(key: str, form: Form) -> Iterator[tuple[str, Any, tuple[str, ...]]]:
    kind = form["type"]
    tag = ("schema/enum", "schema/unknown-type") if key == "type" else ("schema/enum",)
    if not form["null"]:
        yield "null", None, ("schema/type", *tag)
    kinds = {"ref": ["object"], "union": ["object"]}.get(kind, [kind])
    if "anyOf" in form:
        kinds = [
            {"ref": "object", "const": "string", "union": "object"}.get(m["type"], m["type"]) for m in form["anyOf"]
        ]
    for wrong in (value for name in kinds for value in _WRONG.get(name, ())):
        if all(any(type(wrong) is type(bad) for bad in _WRONG.get(name, [])) for name in kinds):
            yield f"is {wrong!r}", wrong, ("schema/type",)
    if kind in {"const", "enum"}:
        yield "another word", "zzz_unknown", tag
        yield "no word", 7, ("schema/type", *tag)
    if form.get("minLength"):
        yield "too short", "x" * (form["minLength"] - 1), ("schema/min-length",)
    if "maxLength" in form:
        yield "too long", "x" * (form["maxLength"] + 1), ("schema/max-length",)
    if "pattern" in form:
        yield "of other characters", "srvtoolu_a b", ("schema/pattern",)
        yield "with a line break", f"{_string(form)}\n", ("schema/pattern",)
    if form.get("format") == "byte":
        yield "not base64", "data:;base64,aGk=", ("schema/format",)
    if "minimum" in form:
        yield "too small", form["minimum"] - 1, ("schema/minimum",)
    if "exclusiveMinimum" in form:
        yield "not above", form["exclusiveMinimum"], ("schema/exclusive-minimum",)
    if "maximum" in form:
        yield "too large", form["maximum"] + 0.5, ("schema/maximum",)
    if form.get("minItems"):
        yield "too few", [], ("schema/min-items",)
    if "maxItems" in form and form["maxItems"] < 1000:
        yield "too many", [minimal(form["items"])] * (form["maxItems"] + 1), ("schema/max-items",)


def _route(root: str, goal: str) -> list[tuple[str, str]] | None:
    """Find the shortest way from a body to a type: the types on it and the property that each is left by."""
    pending: deque[tuple[str, list[tuple[str, str]]]] = deque([(root, [])])
    seen = {root}
    while pending:
        name, route = pending.popleft()
        if name == goal:
            return route
        for key, form in TYPES[name]["properties"].items():
            for reference in form.get("refs", ()):
                if reference not in seen:
                    seen.add(reference)
                    pending.append((reference, [*route, (name, key)]))
    return None


def _placed(form: Form, name: str, instance: Any) -> tuple[Any, Path] | None:
    """Make the value of a form that holds an instance of a type: the value, and the steps to the instance."""
    if form["type"] == "array":
        inner = _placed(form["items"], name, instance)
        return ([inner[0]], (0, *inner[1])) if inner else None
    if "anyOf" in form:
        return next((placed for member in form["anyOf"] if (placed := _placed(member, name, instance))), None)
    return (instance, ()) if name in form.get("refs", ()) else None

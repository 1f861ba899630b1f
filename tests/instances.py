"""Requests made from a table of facts: every type of an edition minimal and full, and every constraint broken once.

The tables were taken from the reference, not from the schemas, so the two check each other.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.material import facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from validator.facts.api import Edition
from validator.common.pointer import Path

Form = dict[str, Any]
"""What a table says of a property, of the items of an array or of the values of a map."""

Breach = tuple[str, Any, "Path", tuple[str, ...]]
"""What is done wrong, the value, the steps from it to the mistake, the rules of which one should report it."""

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
_JSON_TYPE = {"const": "string", "enum": "string", "map": "object", "ref": "object", "union": "object"}
_MANY = 5000
"""More than any bound but that of the requests in a batch."""
_FIT = ("", "a", "srvtoolu_1")
"""Strings of which every pattern matches one."""
_UNFIT = ("srvtoolu_a b", "a\u2028b")
"""Strings of which no pattern matches both."""


@dataclass(frozen=True)
class Case:
    """A request, and where it is broken."""

    edition: Edition
    label: str
    endpoint: str
    request: Any
    path: Path | None = None
    """Where the one mistake is; None for a valid request."""
    rules: tuple[str, ...] = ()
    """The rules of which one should report it."""

    def __str__(self) -> str:
        return f"{self.edition} {self.label}"


class Instances:
    """Makes the requests of one edition."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.types = facts(edition)
        self._routes: dict[str, list[tuple[str, str]]] = {}
        for root in ENDPOINT:
            self._find_routes(root)

    def valid_cases(self) -> Iterator[Case]:
        """Make every type minimal and full, every property null that may be, every bound exactly met."""
        for name, facts_of_type in self.types.items():
            yield self._case(f"{name} minimal", name, self._minimal_type(name))
            full = self._full_type(name)
            yield self._case(f"{name} full", name, full)
            for key, form in facts_of_type["properties"].items():
                for label, value in self._valid_values(form):
                    yield self._case(f"{name}.{key} {label}", name, {**full, key: value})

    def broken_cases(self) -> Iterator[Case]:
        """Break every constraint of every property once."""
        for name, facts_of_type in self.types.items():
            full = self._full_type(name)
            if facts_of_type["additionalProperties"] is False:
                more = {**full, "zzz_unknown": None}
                yield self._case(f"{name} unknown property", name, more, ("zzz_unknown",), ("schema/unknown-property",))
            for key, form in facts_of_type["properties"].items():
                if form["required"]:
                    less = {other: value for other, value in full.items() if other != key}
                    yield self._case(f"{name}.{key} missing", name, less, (), ("schema/required",))
                tag = ("schema/enum", "schema/unknown-type") if key == "type" else ("schema/enum",)
                for label, value, steps, rules in self._broken_values(form, tag):
                    yield self._case(f"{name}.{key} {label}", name, {**full, key: value}, (key, *steps), rules)

    def _case(
        self, label: str, name: str, instance: Any, steps: Path | None = None, rules: tuple[str, ...] = ()
    ) -> Case:
        """Put an instance of a type into the smallest request that can hold it; `steps` lead to its mistake."""
        path: Path = ()
        root = name
        for holder, key in reversed(self._routes[name]):
            placed = _placed(self.types[holder]["properties"][key], root, instance)
            assert placed is not None
            inner, way = placed
            instance, path, root = {**self._minimal_type(holder), key: inner}, (key, *way, *path), holder
        return Case(self.edition, label, ENDPOINT[root], instance, None if steps is None else (*path, *steps), rules)

    def _find_routes(self, root: str) -> None:
        """Find the shortest way from a body to each type: the types on it and the property that each is left by."""
        self._routes.setdefault(root, [])
        pending = deque([root])
        while pending:
            name = pending.popleft()
            for key, form in self.types[name]["properties"].items():
                for reference in form.get("refs", ()):
                    if reference not in self._routes:
                        self._routes[reference] = [*self._routes[name], (name, key)]
                        pending.append(reference)

    def _minimal(self, form: Form) -> Any:
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
        if "anyOf" in form:
            return self._minimal(form["anyOf"][0])
        if kind in {"ref", "union"}:
            return self._minimal_type(form["refs"][0])
        if kind == "array":
            return [self._minimal(form["items"]) for _ in range(form.get("minItems", 0))]
        return {"boolean": True, "object": {}, "map": {}, "any": {}}[kind]

    def _minimal_type(self, name: str) -> dict[str, Any]:
        """Make a type's smallest instance."""
        properties = self.types[name]["properties"]
        return {key: self._minimal(form) for key, form in properties.items() if form["required"]}

    def _full_type(self, name: str) -> dict[str, Any]:
        """Make an instance of a type that has all its properties, each of them small."""
        return {key: self._minimal(form) for key, form in self.types[name]["properties"].items()}

    def _valid_values(self, form: Form) -> Iterator[tuple[str, Any]]:
        if form.get("null"):
            yield "null", None
        if form["type"] == "enum":
            for value in form["enum"]:
                yield f"is {value!r}", value
        for number, member in enumerate(form.get("anyOf", ())):
            yield f"as member {number}", self._minimal(member)
        for member in form.get("anyOf", [form]):
            yield from self._bounds_met(member)
        if form["type"] != "array":
            for reference in form.get("refs", ()):
                placed = _placed(form, reference, self._full_type(reference))
                assert placed is not None
                yield f"with {reference}", placed[0]

    def _bounds_met(self, form: Form) -> Iterator[tuple[str, Any]]:
        kind = form["type"]
        if "maxLength" in form or (kind == "string" and not {"format", "pattern"} & form.keys()):
            letters = "a" if "pattern" in form else "é \n"
            yield "as long as may be", (letters * _MANY)[: form.get("maxLength", _MANY)]
        if kind in {"integer", "number"}:
            yield "as large as may be", form.get("maximum", _MANY)
            if not {"minimum", "exclusiveMinimum"} & form.keys():
                yield "negative", -_MANY
        if kind == "array":
            yield "as many as may be", [self._minimal(form["items"])] * min(form.get("maxItems", _MANY), _MANY)
            for label, value in self._valid_values(form["items"]):
                yield f"with an item {label}", [value] * max(1, form.get("minItems", 0))

    def _broken_values(self, form: Form, tag: tuple[str, ...] = ("schema/enum",)) -> Iterator[Breach]:
        members = form.get("anyOf", [form])
        rules = ("schema/type", *tag) if form["type"] in {"const", "enum"} else ("schema/type",)
        if not form.get("null"):
            yield "null", None, (), rules
        unfit = [_WRONG.get(_JSON_TYPE.get(member["type"], member["type"]), []) for member in members]
        for wrong in unfit[0]:
            if all(any(type(wrong) is type(value) for value in values) for values in unfit):
                yield f"is {wrong!r}", wrong, (), rules
        for member in members:
            yield from self._bounds_broken(member, tag)

    def _bounds_broken(self, form: Form, tag: tuple[str, ...]) -> Iterator[Breach]:
        if form["type"] in {"const", "enum"}:
            yield "another word", "zzz_unknown", (), tag
        if form.get("minLength"):
            yield "too short", "x" * (form["minLength"] - 1), (), ("schema/min-length",)
        if "maxLength" in form:
            yield "too long", "x" * (form["maxLength"] + 1), (), ("schema/max-length",)
        if "pattern" in form:
            unfit = next(text for text in _UNFIT if not re.search(form["pattern"], text))
            yield "of other characters", unfit, (), ("schema/pattern",)
            yield "with a line break", f"{_string(form)}\n", (), ("schema/pattern",)
        if form.get("format") == "byte":
            yield "not base64", "data:;base64,aGk=", (), ("schema/format",)
        if "minimum" in form:
            yield "too small", form["minimum"] - 1, (), ("schema/minimum",)
        if "exclusiveMinimum" in form:
            yield "not above", form["exclusiveMinimum"], (), ("schema/exclusive-minimum",)
        if "maximum" in form:
            yield "too large", form["maximum"] + 0.5, (), ("schema/maximum",)
        if form.get("minItems"):
            few = [self._minimal(form["items"])] * (form["minItems"] - 1)
            yield "too few", few, (), ("schema/min-items",)
        if form.get("maxItems", _MANY) < _MANY:
            yield "too many", [self._minimal(form["items"])] * (form["maxItems"] + 1), (), ("schema/max-items",)
        if form["type"] in {"array", "map"}:
            key, inner = (0, form["items"]) if form["type"] == "array" else ("zzz", form["values"])
            for label, value, steps, rules in self._broken_values(inner):
                yield f"item {label}", [value] if key == 0 else {key: value}, (key, *steps), rules


def _string(form: Form) -> str:
    if "pattern" in form:
        fit = (text for text in _FIT if re.search(form["pattern"], text) and len(text) >= form.get("minLength", 0))
        return next(fit)
    if form.get("format") == "byte":
        return "aGVsbG8="
    return "x" * int(form.get("minLength", 0))


def _placed(form: Form, name: str, instance: Any) -> tuple[Any, Path] | None:
    """Make the value of a form that holds an instance of a type: the value, and the steps to the instance."""
    if form["type"] == "array":
        inner = _placed(form["items"], name, instance)
        return ([inner[0]], (0, *inner[1])) if inner else None
    if form["type"] == "map":
        inner = _placed(form["values"], name, instance)
        return ({"zzz": inner[0]}, ("zzz", *inner[1])) if inner else None
    if "anyOf" in form:
        return next((placed for member in form["anyOf"] if (placed := _placed(member, name, instance))), None)
    return (instance, ()) if name in form.get("refs", ()) else None

"""A team's own rules, compiled once and run over requests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import jsonschema_rs

from ..common.unknown import NotKnownError, PartialObject, is_partial, is_unknown, plain_path, shown_value
from ..common.wording import code
from ..engine.finding import Finding
from ..engine.rule import Example, Rule
from ..facts.api import LATEST_EDITION, PLATFORMS, REQUEST_ENDPOINTS
from ..report import Severity, Target
from .places import Steps, absences, gate_schema, matches, platforms_with, shapes, steps_of
from .reading import Reads, known
from .schemas import compiled
from .wording import Words, filled, readable, said_of, said_of_absence

if TYPE_CHECKING:
    from ..common.pointer import Path
    from ..engine.request import MakesFinding

_MESSAGES: Final = "messages"
_BASE: Final = "https://msglint.invalid/own/"
_BROKEN: Final = (ValueError, TypeError, RecursionError, OverflowError, jsonschema_rs.ValidationError)
"""What the engine raises for values that JSON does not have, or that are nested too deeply; others report these."""
_ATTEMPTS: Final = {
    "model": "claude-haiku-4-5",
    "max_tokens": 1024,
    "messages": [{"role": "user", "content": "Hello"}],
}
"""What an example is filled in with."""
_LONGEST_SCHEMA: Final = 2_000
_EVERY: Final = {"additionalProperties", "items"}
"""The keywords of a schema for every part of a value."""


class Origin(NamedTuple):
    """Where a rule was written."""

    file: str
    """The name of the configuration, as it is shown."""
    line: int = 0


@dataclass(frozen=True, eq=False)
class OwnRule:
    """A rule of a team's own, without a mistake in it: what the TOML says."""

    id: str
    at: str
    schema: Any
    condition: Any = None
    """The schema for the whole request where the rule holds; None for every request."""
    present: bool = False
    message: str | None = None
    help: str | None = None
    severity: Severity = Severity.ERROR
    good: tuple[Mapping[str, Any], ...] = ()
    bad: tuple[Mapping[str, Any], ...] = ()
    origin: Origin | None = None
    """None for a rule that was given to a linter."""

    @cached_property
    def steps(self) -> Steps:
        """The steps of its glob."""
        return steps_of(self.at)

    @cached_property
    def validator(self) -> jsonschema_rs.Draft202012Validator:
        """Its schema, compiled."""
        return compiled(self.schema)

    @cached_property
    def when(self) -> jsonschema_rs.Draft202012Validator | None:
        """The schema of its condition, compiled."""
        return None if self.condition is None else compiled(self.condition)

    @cached_property
    def reads(self) -> Reads:
        """What its schema reads of a value."""
        return Reads().of(self.schema)

    @cached_property
    def condition_reads(self) -> Reads:
        """What its condition reads of a request."""
        return Reads().of(self.condition)

    @cached_property
    def names(self) -> frozenset[str] | None:
        """The properties of a request that decide about it; None if all do."""
        first = self.steps[0] if self.steps else None
        own = None if first is None or first.parts is not None else frozenset([first.text])
        if not self.steps:
            own = self.reads.property_names()
        others = self.condition_reads.property_names() if self.condition is not None else frozenset[str]()
        return None if own is None or others is None else own | others

    @cached_property
    def rule(self) -> Rule:
        """The rule, as every part of the tool knows one."""
        said = readable(self.message) if self.message else self._summary()
        source = "the option `rules` of the linter"
        if self.origin is not None:
            source = f"`[[rules]]` of {self.origin.file}" + (f", line {self.origin.line}" if self.origin.line else "")
        return Rule(
            self.id,
            self.severity,
            _not_called,
            tuple(self._example(each, is_bad=True) for each in self.bad),
            tuple(self._example(each, is_bad=False) for each in self.good),
            endpoints=tuple(self._homes),
            platforms=tuple(each for each in PLATFORMS if any(each in homes for homes in self._homes.values())),
            rests_on=self._rests_on(),
            words={
                "": _sentence(said),
                "Why": readable(self.help) if self.help else "It is a rule of this project's own, not one of the API.",
                "Source": f"{_sentence(source)}",
            },
            details=self._details(),
            origin=self,
        )

    def _summary(self) -> str:
        place = code(self.at) if self.steps else "the request"
        if self.schema in (True, {}):
            return f"a request lacks {place}" if self.present else f"the value at {place} is looked at"
        missing = ", or there is none" if self.present else ""
        return f"the value at {place} is not as the rule's schema asks for{missing}"

    def _details(self) -> dict[str, str]:
        found = {"Place": code(self.at) if self.steps else "the request"}
        for label, schema in (("Schema", self.schema), ("Only if", self.condition)):
            if schema not in (None, True, {}):
                found[label] = f"`{json.dumps(schema, ensure_ascii=False)[:_LONGEST_SCHEMA]}`"
        if self.present:
            found["Present"] = "there has to be such a value"
        return found

    @cached_property
    def _homes(self) -> dict[str, tuple[str, ...]]:
        """The endpoints whose requests can have its place, each with the platforms."""
        found = {each: platforms_with(self.steps, each, LATEST_EDITION) for each in REQUEST_ENDPOINTS}
        return {endpoint: platforms for endpoint, platforms in found.items() if platforms}

    def _rests_on(self) -> tuple[str, ...]:
        if self.condition is None:
            return ()
        names = self.condition_reads.property_names()
        known_names = shapes(_MESSAGES, LATEST_EDITION)[0]["properties"]
        return tuple(f"/{name}" for name in (sorted(known_names) if names is None else sorted(names)))

    def _example(self, given: Mapping[str, Any], *, is_bad: bool) -> Example:
        """Return an example as a request: what it lacks of a minimal one is filled in.

        What the rule wants to be there is not filled in, so that its absence can be shown.
        """
        about = self.steps[0].text if self.present and self.steps else None
        rest = {name: value for name, value in _ATTEMPTS.items() if name != about}
        return Example({**rest, **given}, at="" if is_bad else None, rules=(self,))

    def applies_to(self, request: Any) -> bool:
        """Whether it holds for a request.

        Raises:
            NotKnownError: if that rests on something unknown.
        """
        if self.when is None:
            return True
        if is_partial(request):
            request = known(request, self.condition_reads)
        return self.when.is_valid(request)

    def accepts(self, value: Any) -> bool:
        """Whether its schema accepts a value.

        Raises:
            NotKnownError: if that rests on something unknown.
        """
        if is_partial(value):
            value = known(value, self.reads)
        return self.validator.is_valid(value)

    def findings(self, request: Any, path: Path) -> Iterator[Finding]:
        """Yield what it finds in the body of a request, of which parts may be unknown."""
        try:
            if not self.applies_to(request):
                return
        except (NotKnownError, *_BROKEN):
            return
        if self.present:
            for at, value, rest in absences(request, self.steps, path):
                yield self._absent(at, value, path, rest)
        for at, value in matches(request, self.steps, path):
            if not self._may_accept(value):
                yield self._said(at, value, path)

    def _may_accept(self, value: Any) -> bool:
        """Whether its schema accepts a value, or might if all of it were known and of JSON."""
        try:
            return self.accepts(value)
        except (NotKnownError, *_BROKEN):
            return True

    def _said(self, at: Path, value: Any, start: Path) -> Finding:
        plain, place = shown_value(value), plain_path(at)
        steps = place[len(start) :]
        words: Words = ("", None)
        if self.message is None or self.help is None:
            words = said_of(self.validator, self.schema, plain, steps)
        return Finding(self.rule, place, *self._worded(words, plain, steps))

    def _absent(self, at: Path, value: Any, start: Path, rest: Steps) -> Finding:
        plain, place = shown_value(value), plain_path(at)
        steps, lacks = place[len(start) :], tuple(step.text for step in rest)
        message, advice = self._worded(said_of_absence(plain, steps, lacks), plain, (*steps, *lacks))
        missing = lacks[0] if rest[0].parts is None else None
        return Finding(self.rule, place, message, advice, Target.HOLDER, missing=missing)

    def _worded(self, words: Words, value: Any, steps: Path) -> Words:
        """Put the rule's own words in place of those that are made of its schema."""
        message, advice = words
        return (
            message if self.message is None else filled(self.message, value, steps),
            advice if self.help is None else filled(self.help, value, steps),
        )


def _not_called(*_: object) -> None:
    """Stand for the function of a rule that has none."""


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text[:1].upper()}{text[1:]}."


class OwnRules:
    """The own rules of a linter, compiled: a request that breaks none of them costs one comparison."""

    def __init__(self, rules: Iterable[OwnRule], failure: MakesFinding) -> None:
        """Take the rules, and what makes a finding of one that raised."""
        self._failure = failure
        every = tuple(rules)
        self._groups = {
            endpoint: _Group([rule for rule in every if endpoint in rule.rule.endpoints])
            for endpoint in REQUEST_ENDPOINTS
        }

    def run(
        self, body: Any, endpoint: str, path: Path, cached: Callable[[Callable[[dict[str, Any]], Any]], Any]
    ) -> list[Finding]:
        """Run the rules over the body of a request; `cached` asks once for all bodies with the same setup."""
        group = self._groups[endpoint]
        suspects: list[OwnRule] = []
        if group.of_setup and not cached(group.accepts_setup):
            suspects += group.of_setup
        if group.of_messages and not group.accepts_messages(body):
            suspects += group.of_messages
        return self._found(suspects, body, path) if suspects else []

    def run_known(self, body: PartialObject, endpoint: str, path: Path) -> list[Finding]:
        """Run the rules over the body of a request with unknown parts."""
        group = self._groups[endpoint]
        return [] if is_unknown(body) else self._found([*group.of_setup, *group.of_messages], body, path)

    def _found(self, rules: list[OwnRule], body: Any, path: Path) -> list[Finding]:
        found: list[Finding] = []
        for rule in rules:
            found += self._of_rule(rule, body, path)
        return found

    def _of_rule(self, rule: OwnRule, body: Any, path: Path) -> list[Finding]:
        try:
            return list(rule.findings(body, path))
        except Exception as error:  # noqa: BLE001 - a bug in one rule must not take the report with it
            return [self._failure(rule.id, error, path)]


class _Group:
    """The own rules for an endpoint."""

    def __init__(self, rules: list[OwnRule]) -> None:
        self.of_setup = [rule for rule in rules if rule.names is not None and _MESSAGES not in rule.names]
        self.of_messages = [rule for rule in rules if rule.names is None or _MESSAGES in rule.names]
        self._setup_gate = _gate(self.of_setup)
        self._messages_gate = _gate(self.of_messages)
        self._names = _union(rule.names for rule in self.of_messages)

    def accepts_setup(self, setup: dict[str, Any]) -> bool:
        """Whether no rule finds anything in a body without its messages."""
        return _accepts(self._setup_gate, setup)

    def accepts_messages(self, body: dict[str, Any]) -> bool:
        """Whether no rule that looks at messages finds anything in a body."""
        if self._names is not None:
            body = {name: body[name] for name in self._names if name in body}
        return _accepts(self._messages_gate, body)


def _accepts(gate: jsonschema_rs.Draft202012Validator | None, value: Any) -> bool:
    try:
        return gate is not None and gate.is_valid(value)
    except _BROKEN:
        return False


def _union(names: Iterable[frozenset[str] | None]) -> tuple[str, ...] | None:
    every = list(names)
    if any(each is None for each in every):
        return None
    return tuple(sorted(frozenset[str]().union(*(each for each in every if each is not None))))


def _gate(rules: list[OwnRule]) -> jsonschema_rs.Draft202012Validator | None:
    """Compile a schema that accepts a request only if no rule finds anything in it; None if that fails."""
    definitions: dict[str, Any] = {}
    conditions: dict[str, list[Any]] = {}
    always: list[Any] = []
    for number, rule in enumerate(rules):
        made = gate_schema(
            rule.steps, _embedded(rule.schema, f"{number}"), present=rule.present, definitions=definitions
        )
        if rule.condition is None:
            always.append(made)
        else:
            conditions.setdefault(json.dumps(rule.condition, sort_keys=True), []).append(made)
    every = _merged(always)
    for number, (condition, made) in enumerate(conditions.items()):
        when = _embedded(json.loads(condition), f"if-{number}")
        every.append({"if": when, "then": {"allOf": _merged(made)}})
    try:
        return compiled({"$id": _BASE, "allOf": every, "$defs": definitions}) if every else None
    except _BROKEN:
        return None


def _merged(schemas: list[Any]) -> list[Any]:
    """Join the schemas that only lead to parts of a value, so that each part is visited once."""
    by_name: dict[str, list[Any]] = {}
    of_every: list[Any] = []
    others: dict[str, Any] = {}
    for schema in schemas:
        keywords = schema.keys() if isinstance(schema, dict) else ()
        if keywords == {"properties"}:
            for name, inner in schema["properties"].items():
                by_name.setdefault(name, []).append(inner)
        elif keywords == _EVERY and schema["items"] is schema["additionalProperties"]:
            of_every.append(schema["items"])
        else:
            others.setdefault(json.dumps(schema, sort_keys=True), schema)
    found: list[Any] = [{"properties": {name: _joined(inner) for name, inner in by_name.items()}}] if by_name else []
    if of_every:
        inner = _joined(of_every)
        found.append({"additionalProperties": inner, "items": inner})
    return [*found, *others.values()]


def _joined(schemas: list[Any]) -> Any:
    merged = _merged(schemas)
    return merged[0] if len(merged) == 1 else {"allOf": merged}


def _embedded(schema: Any, name: str) -> Any:
    """Return a schema to be put into another document: what it refers to in itself stays in itself."""
    if not isinstance(schema, dict) or "$ref" not in json.dumps(schema):
        return schema
    return {"$id": f"{_BASE}{name}", **{key: value for key, value in schema.items() if key != "$schema"}}

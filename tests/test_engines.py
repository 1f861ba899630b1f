from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given, note

from tests.strategies import JSON, changed, requests
from validator.checking.linter import Linter
from validator.common.pointer import to_pointer
from validator.engine.context import Context
from validator.engine.index import Index
from validator.engine.setup import Setup
from validator.facts.api import EDITIONS
from validator.rules import BY_KEYWORD
from validator.schema.explain import UNEXPLAINED, explainer_for
from validator.schema.formats import FORMATS
from validator.schema.gate import gate_for
from validator.schema.projection import View
from validator.schema.store import SHAPES, definition_named

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKER = jsonschema.FormatChecker(formats=())
for format_name, decides in FORMATS.items():
    CHECKER.checks(format_name)(lambda value, decides=decides: not isinstance(value, str) or decides(value))

COMBINATIONS = [(shape, edition) for shape in SHAPES for edition in EDITIONS]


def reference_accepts(shape: str, edition: str, value: Any) -> bool:
    schema = gate_for(shape, View(edition)).schema
    return bool(jsonschema.Draft202012Validator(schema, format_checker=CHECKER).is_valid(value))


@pytest.mark.parametrize(("shape", "edition"), COMBINATIONS)
def test_a_request_made_from_the_schema_is_accepted(shape: str, edition: str) -> None:
    @given(requests(shape, edition))
    def accepted(value: Any) -> None:
        assert gate_for(shape, View(edition)).accepts(value)

    accepted()


@pytest.mark.parametrize(("shape", "edition"), COMBINATIONS)
def test_both_engines_and_the_explainer_give_the_same_verdict(shape: str, edition: str) -> None:
    @given(changed(requests(shape, edition)))
    def agree(value: Any) -> None:
        verdict = gate_for(shape, View(edition)).accepts(value)
        assert verdict == reference_accepts(shape, edition, value)
        problems = explainer_for(shape, View(edition)).problems(value)
        note(str(problems))
        assert verdict == (problems[0].keyword == UNEXPLAINED)
        for problem in problems:
            assert problem.keyword in BY_KEYWORD

    agree()


@pytest.mark.parametrize("shape", sorted(SHAPES.keys() - {"batches"}))
def test_the_gate_gives_the_same_verdict_on_a_request_in_parts(shape: str) -> None:
    gate = gate_for(shape, View(EDITIONS[0]))

    @given(changed(requests(shape, EDITIONS[0])))
    def agree(value: Any) -> None:
        body = value.get("params") if shape == "batch_request" and isinstance(value, dict) else value
        is_accepted = False
        if isinstance(body, dict):
            around = {name: item for name, item in body.items() if name != "messages"}
            messages = body.get("messages")
            is_accepted = gate.accepts_messages(messages) and gate.accepts_setup(around)
            if not Index(body, Context(), Setup(around)).may_hold_data:
                assert gate.accepts_messages_without_data(messages) == gate.accepts_messages(messages)
            if shape == "batch_request":
                record = {name: item for name, item in value.items() if name != "params"}
                is_accepted = is_accepted and gate.accepts_record(record)
        assert gate.accepts(value) == is_accepted

    agree()


def test_a_format_is_asked_for_nowhere_in_messages_but_in_a_source_in_base64() -> None:
    schema = gate_for("messages", View()).schema

    def named(part: Any, steps: tuple[str, ...], seen: frozenset[str]) -> Iterator[tuple[str, ...]]:
        """Yield the names of the properties that lead to a format."""
        if isinstance(part, list):
            for item in part:
                yield from named(item, steps, seen)
        elif isinstance(part, dict):
            if "format" in part:
                yield steps
            if (reference := part.get("$ref")) and reference not in seen:
                yield from named(schema["$defs"][definition_named(reference)], steps, seen | {reference})
            for name, inner in part.get("properties", {}).items():
                assert "format" not in inner or part["properties"]["type"]["const"] == "base64"
                yield from named(inner, (*steps, name), seen)
            for keyword in ("items", "anyOf"):
                yield from named(part.get(keyword, []), steps, seen)

    found = set(named(schema["properties"]["messages"], (), frozenset()))
    assert found
    assert all("source" in steps for steps in found)


@pytest.mark.parametrize(("shape", "edition"), COMBINATIONS)
def test_no_place_is_reported_twice_for_the_same_mistake(shape: str, edition: str) -> None:
    @given(changed(requests(shape, edition)))
    def distinct(value: Any) -> None:
        problems = explainer_for(shape, View(edition)).problems(value)
        places = [(problem.keyword, problem.path, problem.name) for problem in problems]
        assert len(places) == len(set(places))

    distinct()


@given(JSON)
def test_explaining_never_fails_on_any_json(value: Any) -> None:
    for shape, edition in COMBINATIONS:
        for problem in explainer_for(shape, View(edition)).problems(value):
            message, _ = BY_KEYWORD[problem.keyword].check(problem)
            assert message


@given(changed(requests("messages", EDITIONS[-1])))
def test_one_more_mistake_elsewhere_is_one_more_violation(value: Any) -> None:
    if not isinstance(value, dict):
        return
    linter = Linter(select=["schema"])
    before = {(v.rule, v.pointer, v.message) for v in linter.validate(value).violations}
    after = {(v.rule, v.pointer, v.message) for v in linter.validate({**value, "zzz_unknown": 1}).violations}
    assert after - before == {
        ("schema/unknown-property", to_pointer(("zzz_unknown",)), "`zzz_unknown` is not a property of the request")
    }
    assert before <= after

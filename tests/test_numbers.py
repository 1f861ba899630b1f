"""Whole floats: `1024.0` and `1e3` are integers for JSON Schema, and so they are for the rules."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.material import FIXTURES, TODAY, fixtures, name_of
from validator import Linter
from validator.common.numbers import whole
from validator.rules import RULES, Example, Rule

EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.id}-{number}")
    for rule in RULES.values()
    if rule.on
    for number, example in enumerate((*rule.bad, *rule.good))
]
REQUESTS = [path for kind in ("good", "bad") for path in fixtures(kind) if path.suffix == ".json"]


def with_floats(value: Any) -> Any:
    """Spell every integer as a float, where a float of that size is exact."""
    if isinstance(value, dict):
        return {key: with_floats(item) for key, item in value.items()}
    if isinstance(value, list):
        return [with_floats(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53 else value


def found(linter: Linter, request: Any) -> list[tuple[str, str, str]]:
    return [(each.rule, each.pointer, str(each.severity)) for each in linter.validate(request).violations]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_a_rule_finds_the_same_in_whole_floats(rule: Rule, example: Example) -> None:
    request = example.made()
    if isinstance(request, bytes):
        pytest.skip("a text")
    linter = Linter(**{"today": TODAY, **example.options()})
    assert found(linter, with_floats(request)) == found(linter, request), rule.id


@pytest.mark.parametrize("path", REQUESTS, ids=name_of)
def test_a_fixture_is_the_same_in_whole_floats(path: Any) -> None:
    try:
        request = json.loads(path.read_bytes())
    except ValueError:
        pytest.skip("no JSON")
    linter = Linter(endpoint="auto", today=TODAY)
    assert found(linter, with_floats(request)) == found(linter, request)


def test_whole_floats_have_the_findings_of_integers_in_every_spelling() -> None:
    lines = (FIXTURES / "bad" / "whole-floats.jsonl").read_bytes().splitlines()
    linter = Linter(endpoint="auto", today=TODAY)
    for line in lines:
        floats = linter.validate_json(line)
        integers = linter.validate_json(json.dumps(json.loads(line, parse_float=lambda text: int(float(text)))))
        assert [(each.rule, each.pointer, each.message) for each in floats.violations] == [
            (each.rule, each.pointer, each.message) for each in integers.violations
        ]
        assert floats.violations


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (3, 3),
        (3.0, 3),
        (3e4, 30000),
        (-0.0, 0),
        (1e18, 10**18),
        (3.5, None),
        (1e19, None),
        (float("inf"), None),
        (float("nan"), None),
        (True, None),
        ("3", None),
        (None, None),
    ],
)
def test_a_number_is_whole_however_it_is_spelled(value: Any, number: int | None) -> None:
    assert whole(value) == number
    assert type(whole(value)) is type(number)

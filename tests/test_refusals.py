"""Requests that the API refuses, each for one mistake, and requests that only look wrong, judged by hand."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from typing import Any

import pytest

from tests.material import DATA, TODAY
from validator import Linter, Report, Severity, Violation

Case = dict[str, Any]

REFUSALS: list[Case] = [json.loads(line) for line in (DATA / "refusals.jsonl").read_text("utf-8").splitlines()]
UNDISPUTED = [case for case in REFUSALS if "disputed" not in case]
DISPUTED = [case for case in REFUSALS if "disputed" in case]
"""Those of which one source says otherwise, or that were hardly seen: a warning at most."""
LOOKS_WRONG: list[Case] = [json.loads(line) for line in (DATA / "looks-wrong.jsonl").read_text("utf-8").splitlines()]


@cache
def linter_with(**options: Any) -> Linter:
    return Linter(**options, today=TODAY)


def linter_for(case: Case) -> Linter:
    options = {option: case[option] for option in ("endpoint", "api_version", "platform", "edition") if option in case}
    return linter_with(**options, betas=None if case["betas"] is None else tuple(case["betas"]))


def errors_of(report: Report) -> list[Violation]:
    return [violation for violation in report.violations if violation.severity is Severity.ERROR]


def told(violations: list[Violation]) -> list[str]:
    return [f"{violation.rule} at {violation.pointer or 'the root'}" for violation in violations]


def leads_somewhere(request: Any, pointer: str) -> bool:
    node = request
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(node, list) and key.isdigit() and int(key) < len(node):
            node = node[int(key)]
        elif isinstance(node, dict) and key in node:
            node = node[key]
        else:
            return False
    return True


def of_each_area(cases: list[Case]) -> list[Any]:
    """Group cases by what their names begin with, so that an area is one test."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(case["name"].partition(":")[0], []).append(case)
    return [pytest.param(group, id=name) for name, group in groups.items()]


@pytest.mark.parametrize("cases", of_each_area(UNDISPUTED))
def test_a_request_that_the_api_refuses_has_an_error_where_the_mistake_is(cases: list[Case]) -> None:
    for case in cases:
        errors = errors_of(linter_for(case).validate(case["request"]))
        assert {error.pointer for error in errors} & set(case["at"]), (case["name"], told(errors))


@pytest.mark.parametrize("cases", of_each_area(REFUSALS))
def test_one_mistake_has_no_errors_in_other_places(cases: list[Case]) -> None:
    for case in cases:
        errors = errors_of(linter_for(case).validate(case["request"]))
        assert told([error for error in errors if error.pointer not in case["at"]]) == [], case["name"]


@pytest.mark.parametrize("cases", of_each_area(DISPUTED))
def test_what_sources_do_not_agree_on_is_no_error(cases: list[Case]) -> None:
    for case in cases:
        assert told(errors_of(linter_for(case).validate(case["request"]))) == [], (case["name"], case["disputed"])


@pytest.mark.parametrize("cases", of_each_area(LOOKS_WRONG))
def test_a_request_that_only_looks_wrong_has_no_error(cases: list[Case]) -> None:
    for case in cases:
        assert told(errors_of(linter_for(case).validate(case["request"]))) == [], (case["name"], case["why"])


@pytest.mark.parametrize("cases", of_each_area([*REFUSALS, *LOOKS_WRONG]))
def test_its_text_has_the_same_findings_as_its_value(cases: list[Case]) -> None:
    for case in cases:
        linter = linter_for(case)
        of_text = linter.validate_json(json.dumps(case["request"], ensure_ascii=True))
        if "surrogate" in case["name"]:
            assert not of_text.ok
        else:
            assert told(errors_of(of_text)) == told(errors_of(linter.validate(case["request"]))), case["name"]


def test_the_names_of_cases_differ() -> None:
    names = Counter(case["name"] for case in [*REFUSALS, *LOOKS_WRONG])
    assert [name for name, count in names.items() if count > 1] == []


def test_the_places_of_refusals_are_in_their_requests() -> None:
    places = [(case["name"], case["request"], pointer) for case in REFUSALS for pointer in case["at"]]
    assert [(name, pointer) for name, request, pointer in places if not leads_somewhere(request, pointer)] == []

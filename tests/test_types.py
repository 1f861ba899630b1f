from __future__ import annotations

import re
from functools import cache
from typing import Any, cast

import pytest

from tests.instances import Case, Instances
from validator import Linter
from validator.common.pointer import to_pointer
from validator.facts.api import EDITIONS, Edition, Endpoint
from validator.report import Violation

INSTANCES = {edition: Instances(edition) for edition in EDITIONS}
VALID = [case for instances in INSTANCES.values() for case in instances.valid_cases()]
BROKEN = [case for instances in INSTANCES.values() for case in instances.broken_cases()]


def of_each_type(cases: list[Case]) -> list[Any]:
    """Group cases by the type they are about, so that a type is one test: thousands of tests take longer than cases."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(f"{case.edition} {re.split('[ .]', case.label)[0]}", []).append(case)
    return [pytest.param(group, id=name) for name, group in groups.items()]


@cache
def structural(edition: Edition, endpoint: str) -> Linter:
    return Linter(endpoint=cast("Endpoint", endpoint), edition=edition, select=["schema"])


def violations_of(case: Case) -> tuple[Violation, ...]:
    return structural(case.edition, case.endpoint).validate(case.request).violations


@pytest.mark.parametrize(("edition", "number", "on_page"), [("2025-10", 87, 81), ("2026-11", 159, 148)])
def test_no_type_is_forgotten(edition: Edition, number: int, on_page: int) -> None:
    types = INSTANCES[edition].types
    assert len(types) == number
    assert sum(facts["page"] for facts in types.values()) == on_page


@pytest.mark.parametrize("edition", EDITIONS)
def test_there_are_more_than_a_thousand_broken_requests(edition: str) -> None:
    assert sum(case.edition == edition for case in BROKEN) > 1000
    assert sum(case.edition == edition for case in VALID) > 500


@pytest.mark.parametrize("cases", of_each_type(VALID))
def test_what_the_reference_allows_is_accepted(cases: list[Case]) -> None:
    found = {str(case): violations_of(case) for case in cases}
    assert found == {str(case): () for case in cases}


@pytest.mark.parametrize("cases", of_each_type(BROKEN))
def test_a_broken_constraint_is_one_violation_at_its_place(cases: list[Case]) -> None:
    for case in cases:
        assert case.path is not None
        violations = violations_of(case)
        assert [to_pointer(case.path)] == [violation.pointer for violation in violations], (str(case), violations)
        assert violations[0].rule in case.rules, (str(case), violations)

from __future__ import annotations

from typing import cast

import pytest

from tests.instances import TYPES, Case, broken_cases, valid_cases
from validator import Linter
from validator.linter import Endpoint
from validator.pointer import to_pointer

VALID = list(valid_cases())
BROKEN = list(broken_cases())


def structural(endpoint: str) -> Linter:
    return Linter(endpoint=cast("Endpoint", endpoint), edition="2025-10", select=["schema"])


LINTERS = {endpoint: structural(endpoint) for endpoint in ("messages", "count_tokens", "batches")}


def test_the_page_has_81_types() -> None:
    assert sum(facts["page"] for facts in TYPES.values()) == 81


def test_there_are_more_than_a_thousand_broken_requests() -> None:
    assert len(BROKEN) > 1000
    assert len(VALID) > 500


@pytest.mark.parametrize("case", VALID, ids=lambda case: case.label)
def test_what_the_reference_allows_is_accepted(case: Case) -> None:
    assert LINTERS[case.endpoint].validate(case.request).violations == ()


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.label)
def test_a_broken_constraint_is_one_violation_at_its_place(case: Case) -> None:
    assert case.path is not None
    violations = LINTERS[case.endpoint].validate(case.request).violations
    assert [to_pointer(case.path)] == [violation.pointer for violation in violations], violations
    assert violations[0].rule in case.rules

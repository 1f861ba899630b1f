"""Every rule finds its bad examples, and nothing in its good ones."""

from __future__ import annotations

import pytest
from ourrules import rules

from validator.plugin import Example, Rule, findings

RULES = [value for value in vars(rules).values() if isinstance(value, Rule)]
BAD = [(rule, example) for rule in RULES for example in rule.bad]
GOOD = [(rule, example) for rule in RULES for example in rule.good]


@pytest.mark.parametrize(("rule", "example"), BAD)
def test_a_bad_example_is_found_at_its_place(rule: Rule, example: Example) -> None:
    assert [pointer for pointer, _ in findings(rule, example.made())] == [example.at]


@pytest.mark.parametrize(("rule", "example"), GOOD)
def test_nothing_is_found_in_a_good_example(rule: Rule, example: Example) -> None:
    assert findings(rule, example.made()) == []

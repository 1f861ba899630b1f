from __future__ import annotations

import pytest

from tests.material import violations_of
from validator.report import Violation
from validator.rules import AREAS, BY_KEYWORD, OURS, RULES, Example, Rule, UnknownRuleError

BAD = [
    pytest.param(rule, example, id=f"{rule.id}-{n}") for rule in RULES.values() for n, example in enumerate(rule.bad)
]
GOOD = [
    pytest.param(rule, example, id=f"{rule.id}-{n}") for rule in RULES.values() for n, example in enumerate(rule.good)
]
SAFEGUARDS = {"schema/unexplained", "internal/rule-failed", "internal/not-checked"}


@pytest.mark.parametrize(("rule", "example"), BAD)
def test_bad_example_breaks_its_rule_alone_at_its_place_in_a_message_of_our_form(rule: Rule, example: Example) -> None:
    violations = violations_of(example)
    assert [(violation.rule, violation.pointer) for violation in violations] == [(rule.id, example.at)]
    for violation in violations:
        assert_form(violation)


@pytest.mark.parametrize(("rule", "example"), GOOD)
def test_good_example_breaks_no_rule(rule: Rule, example: Example) -> None:
    assert violations_of(example) == (), rule.id


def test_rules_say_what_they_find_why_and_from_where() -> None:
    assert [rule.id for rule in RULES.values() if not (rule.summary and rule.why and rule.source)] == []


def test_rules_have_bad_and_good_examples() -> None:
    assert {rule.id for rule in RULES.values() if not (rule.bad and rule.good)} <= SAFEGUARDS


def test_rules_are_found_in_the_module_of_their_area() -> None:
    for rule in RULES.values():
        home = f"validator.rules.{rule.area.replace('-', '_')}"
        assert rule.check.__module__ == home or rule.check.__module__.startswith(f"{home}."), rule.id


def assert_form(violation: Violation) -> None:
    """Hold a violation to the form of all messages."""
    assert not violation.message.endswith("."), violation
    assert "\n" not in violation.message
    assert violation.help
    assert len(violation.message) < 300
    if violation.rule != "syntax/invalid-json":  # it quotes Python's literals where they stand in the text
        assert not any(literal in violation.message for literal in ("True", "False", "None", "{'", "['")), violation


def test_a_rule_can_be_chosen_by_its_id_or_its_area() -> None:
    assert "tools/duplicate-name" in OURS.selected(["tools"], ())
    assert "schema/required" not in OURS.selected(["tools"], ())
    assert "schema/required" in OURS.selected(["schema/required"], ())
    assert "schema/type" not in OURS.selected(["schema/required"], ())
    assert "tools/duplicate-name" not in OURS.selected(None, ["tools/duplicate-name"])


def test_syntax_and_values_cannot_be_left_out() -> None:
    assert "syntax/invalid-json" in OURS.selected(["tools"], ["syntax"])
    assert "values/not-json" in OURS.selected(["tools"], ["values"])


@pytest.mark.parametrize(("name", "meant"), [("thinkng", "`thinking`"), ("schema/requird", "`schema/required`")])
def test_unknown_rule_gets_a_did_you_mean(name: str, meant: str) -> None:
    with pytest.raises(UnknownRuleError, match=f"did you mean {meant}"):
        OURS.selected([name], ())


def test_every_keyword_of_the_explainer_has_one_rule() -> None:
    keywords = [keyword for rule in RULES.values() for keyword in rule.keywords]
    assert len(keywords) == len(set(keywords)) == len(BY_KEYWORD)


def test_areas_are_in_the_order_in_which_a_request_is_read() -> None:
    assert AREAS[:4] == ("syntax", "values", "yaml", "schema")

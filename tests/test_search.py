from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.material import DATA
from validator.engine.rule import body
from validator.explain.pages import conditions, models_of, page_of, readable, scope, spelled, wordings
from validator.explain.search import search
from validator.rules import RULES, Example, Rule

WORDINGS = [(rule.id, message) for rule in RULES.values() for message in wordings(rule)]
VALUES = {"place": "messages.3.content.12"}


def found(text: str) -> list[str]:
    return [hit.rule.id for hit in search(text)]


def filled(message: str) -> str:
    return re.sub(r"\{(\w+)\}|…", lambda name: VALUES.get(name[1], "toolu_01AbC"), message)


def made(rule: Rule, **changes: Any) -> Rule:
    return replace(rule, **changes)


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "2026-11-03T10:12:01Z ERROR request failed: {} (request_id req_011CXx9)",
        "anthropic.BadRequestError: Error code: 400 - {{'type': 'error', 'error': {{'message': '{}'}}}}",
    ],
)
def test_every_message_of_the_api_leads_to_its_rule(around: str) -> None:
    for rule, message in WORDINGS:
        assert rule in found(around.format(filled(message))), message


def test_a_message_in_json_leads_to_its_rule_whatever_is_escaped() -> None:
    for rule, message in WORDINGS:
        answer = {"type": "error", "error": {"type": "invalid_request_error", "message": filled(message)}}
        line = json.dumps(answer).replace("`", "\\u0060")
        assert rule in found(line), message
        assert rule in found(json.dumps({"body": line})), message


def test_the_first_half_of_a_message_leads_to_its_rule() -> None:
    for rule, message in WORDINGS:
        words = re.sub(r"^[\w.{}]+: ", "", message)
        half = words[: len(words) // 2]
        if len(re.findall(r"\w+", re.sub(r"\{\w+\}|…|'[^' ]*'?", " ", half))) > 4:
            assert rule in found(filled(half)), message


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("max_tokens: Field required", ["schema/required"]),
        ("messages.0.content.4.image.source: Field required", ["schema/required"]),
        ("foo: Extra inputs are not permitted", ["betas/missing", "schema/unknown-property"]),
        ("404 - model: claude-opus-9", ["models/no-such-model", "models/unknown"]),
        ("model: Field required", ["schema/required"]),
        (
            "tools.0: Input tag 'function' found using 'type' does not match any of the expected tags: 'custom'",
            ["betas/missing", "schema/unknown-type"],
        ),
        ("MAX_TOKENS must be greater than thinking.budget_tokens", ["thinking/budget-not-below-max-tokens"]),
        ("tool names must be", ["tools/duplicate-name"]),
        ("tool names must be uni", ["tools/duplicate-name"]),
        ("ames must be uniq", ["tools/duplicate-name"]),
        ("400 at step 3 of the run: tools: Tool names must be uni…", ["tools/duplicate-name"]),
    ],
)
def test_words_lead_to_the_rules_that_have_them(text: str, rules: list[str]) -> None:
    assert set(rules) <= set(found(text)[:5])
    assert len(rules) > 1 or found(text) == rules


@pytest.mark.parametrize(
    "text",
    ["", " \n", "\0\x1b[31m", "x" * 1_000_000, "what is the meaning of life", "\U0001f680" * 100, "{", "ab", "\ud800"],
)
def test_other_text_leads_nowhere(text: str) -> None:
    assert found(text) == []


PIECES = ("input", "tool", "messages", "must", "be", "of", "type", "1", "{place}", "…", "`x`", "'", "\\u0060")


@given(st.text() | st.lists(st.sampled_from(PIECES)).map(" ".join))
def test_any_text_can_be_searched_for(text: str) -> None:
    assert all(rule in RULES for rule in found(text))


def test_what_varies_in_a_message_is_set_off() -> None:
    assert readable("{place}: `{the_name}` is …") == "<place>: `<the name>` is …"


def test_a_message_that_a_rule_makes_as_a_whole_is_taken_from_its_examples() -> None:
    rule = RULES["thinking/budget-not-below-max-tokens"]
    assert wordings(made(rule, api_messages=("{message}", "older"))) == (*rule.api_messages, "older")


def test_a_rule_says_what_limits_it_and_no_more() -> None:
    assert scope(RULES["schema/required"]) == {}
    assert scope(RULES["betas/unknown"]) == {}
    assert scope(RULES["batches/max-tokens-zero"]) == {"Endpoints": "the requests of batches"}


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_the_models_of_a_rule_are_named(rule: Rule) -> None:
    limits, concerned = scope(rule), models_of(rule)
    assert ("Models" in limits) == (concerned is not None)
    assert concerned is None or concerned
    assert len(limits.get("Models", "")) < 400
    assert ("Since" in limits) == (rule.since is not None)


def test_models_are_named_as_briefly_as_can_be() -> None:
    rule = RULES["tools/duplicate-name"]
    named = {
        "all but 2": lambda model: model.id not in {"claude-opus-5", "claude-haiku-4-5-20251001"},
        "none": lambda model: not model.id,
        "all": lambda model: bool(model.id),
        "one": lambda model: model.id == "claude-haiku-4-5-20251001",
        "half": lambda model: model.fact("prefill") is False,
    }
    said = {name: scope(made(rule, models=models))["Models"] for name, models in named.items()}
    assert said["all but 2"] == "all known models except claude-opus-5 and claude-haiku-4-5"
    assert said["none"] == "no known model"
    assert said["all"] == "all known models"
    assert re.fullmatch(r"claude-haiku-4-5; not [\w-]+, [\w-]+ or \d+ more", said["one"])
    assert re.fullmatch(r"([\w-]+, ){7}[\w-]+ and \d+ more; not [\w-]+, [\w-]+ or \d+ more", said["half"])


def test_other_limits_are_named() -> None:
    limited = made(
        RULES["tools/duplicate-name"], endpoints=("batch",), platforms=("bedrock", "google"), since="2026-02"
    )
    assert scope(limited) == {
        "Endpoints": "the body of a batch",
        "Platforms": "Amazon Bedrock and Google Cloud",
        "Since": "2026-02; older editions do without it",
    }


@pytest.mark.parametrize(
    ("example", "options"),
    [
        (Example(body()), ""),
        (Example(body(), betas=()), '--beta ""'),
        (Example(body(), betas=("a", "b"), endpoint="batches"), "--endpoint batches --beta a --beta b"),
        (Example(body(), api_version="2026-10-21", platform="bedrock"), "--api-version 2026-10-21 --platform bedrock"),
    ],
)
def test_an_example_names_the_options_it_goes_with(example: Example, options: str) -> None:
    assert conditions(example) == options


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_spelled_example_shows_the_violation_of_the_whole_one(rule: Rule) -> None:
    for example in rule.bad:
        assert [violation.rule for violation in spelled(example).violations] == [rule.id]
        assert len(spelled(example).text) < 20_000


def test_a_page_has_its_place() -> None:
    assert page_of("tools/duplicate-name") == "rules/tools/duplicate-name/"


SAID = [json.loads(line) for line in (DATA / "api-messages.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("answer", SAID, ids=lambda answer: answer["said"][:60])
def test_an_answer_that_was_seen_leads_to_its_rule_first(answer: dict[str, Any]) -> None:
    assert found(answer["said"])[:1] in [[rule] for rule in answer["rules"]]

"""The presets: each of their rules fires where it should, and stays silent elsewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.material import fixtures, hello
from tests.test_command import run
from validator.config import load
from validator.config.reading import presets
from validator.config.settings import Config
from validator.explain.trial import trials
from validator.project.linters import linter_of
from validator.report import Severity
from validator.rules import RULES

NAMES = ("cost", "privacy", "strict")
OWN = [rule for name in NAMES for rule in load(presets()[name]).values.get("rules", ())]
CACHED = {"cache_control": {"type": "ephemeral"}}
LONG = "Answer shortly. " * 1000


def extended(folder: Path, *names: str) -> Config:
    (folder / "msglint.toml").write_text(f"extend = {json.dumps([f'preset:{name}' for name in names])}\n")
    return load(folder / "msglint.toml")


def reported(config: Config, request: Any, **given: Any) -> dict[str, str]:
    linter = linter_of(config.options_for("a.json"), **given)
    return {each.rule: each.severity.value for each in linter.validate(request).violations}


def test_there_are_three_presets() -> None:
    assert tuple(sorted(presets())) == NAMES


@pytest.mark.parametrize("trial", list(trials(rule.rule for rule in OWN)), ids=lambda trial: trial.name)
def test_an_example_of_a_preset_is_as_it_says(trial: Any) -> None:
    assert trial.failure is None


@pytest.mark.parametrize("rule", OWN, ids=lambda rule: rule.id)
def test_a_rule_of_a_preset_has_examples_words_and_a_reason(rule: Any) -> None:
    assert rule.good
    assert rule.bad
    assert rule.message
    assert rule.help


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_of_a_preset_has_a_comment_above_it(name: str) -> None:
    before = ""
    for line in presets()[name].read_text("utf-8").splitlines():
        if re.match(r'"[a-z-]+/|severity = \{', line) or line == "[[rules]]":
            assert before.startswith("# "), line
        before = line or before


def test_strict_makes_an_error_of_every_warning_but_that_of_a_bug() -> None:
    severity = load(presets()["strict"]).values["severity"]
    warnings = {rule.id for rule in RULES.values() if rule.severity is Severity.WARNING}
    assert severity.keys() == warnings - {"internal/rule-failed"}
    assert set(severity.values()) == {"error"}


def test_strict_fails_where_the_default_warns(tmp_path: Path) -> None:
    request = hello(tools=[{"name": "clock", "input_schema": {"type": "object"}}])
    assert reported(Config(), request) == {"tools/no-description": "warning"}
    assert reported(extended(tmp_path, "strict"), request) == {"tools/no-description": "error"}


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (hello(), set()),
        (hello(system=LONG), {"cost/system-not-cached"}),
        (hello(system=LONG, **CACHED), set()),
        (hello(system=[{"type": "text", "text": LONG, **CACHED}]), set()),
        (hello(max_tokens=64_000), {"cost/max-tokens"}),
        (hello(messages=[{"role": "user", "content": "a"}] * 30), {"cost/conversation-not-cached"}),
        (
            hello(messages=[{"role": "user", "content": [{"type": "text", "text": "a", **CACHED}]}] * 4 * 6),
            set(),
        ),
    ],
)
def test_cost_asks_for_a_cache_where_a_prompt_is_long(tmp_path: Path, request_: Any, expected: set[str]) -> None:
    found = reported(extended(tmp_path, "cost"), request_)
    assert {rule for rule in found if rule.startswith("cost/")} == expected


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ("jane.doe@example.com", {"privacy/email-in-metadata"}),
        ("+49 89 1234567", {"privacy/phone-in-metadata"}),
        ("user-4711", {"privacy/raw-user-id"}),
        ("4711", {"privacy/raw-user-id"}),
        ("7f3a9c1e-1f6b-4a53-9d0e-5b1c1f0a2b3c", set()),
        ("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", set()),
        ("account_9f86d081884c7d659a2feaa0c55ad015", set()),
    ],
)
def test_privacy_tells_random_ids_from_names_of_people(tmp_path: Path, user: str, expected: set[str]) -> None:
    found = reported(extended(tmp_path, "privacy"), hello(metadata={"user_id": user}))
    assert {rule for rule in found if rule.startswith("privacy/")} - {"privacy/inference-geo"} == expected


def test_what_privacy_reports_does_not_repeat_the_data_of_a_person(tmp_path: Path) -> None:
    linter = linter_of(extended(tmp_path, "privacy").options_for("a.json"))
    report = linter.validate(hello(metadata={"user_id": "jane.doe@example.com"}))
    mine = [each for each in report.violations if each.rule.startswith("privacy/")]
    assert mine
    assert not any("jane" in each.message + (each.help or "") for each in mine)


@pytest.mark.parametrize("path", fixtures("good"), ids=lambda path: path.name)
def test_no_rule_of_a_preset_finds_an_error_in_a_good_request_but_privacy(tmp_path: Path, path: Path) -> None:
    extended(tmp_path, "cost", "privacy")
    done = run("check", path, "--config", tmp_path / "msglint.toml", "--select", "cost,privacy", "--format", "json")
    assert [each for each in json.loads(done.out)["violations"] if each["severity"] == "error"] == []


def test_a_preset_can_be_changed_and_turned_off(tmp_path: Path) -> None:
    rule = '[[rules]]\nid = "cost/max-tokens"\nat = "/max_tokens"\nschema = { maximum = 10 }\n'
    (tmp_path / "msglint.toml").write_text(
        f'extend = ["preset:cost", "preset:privacy"]\nseverity = {{ privacy = "off" }}\n{rule}'
    )
    found = reported(load(tmp_path / "msglint.toml"), hello())
    assert found == {"cost/max-tokens": "error"}

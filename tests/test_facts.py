from __future__ import annotations

import re
from datetime import date
from itertools import chain
from typing import Any, Literal, get_args, get_origin, get_type_hints, is_typeddict

import orjson
import pytest

from tests.material import ROOT, TODAY
from validator import facts
from validator.facts.platforms import SET_BY_PLATFORM
from validator.facts.records import ModelFacts
from validator.schema.store import files, header_names

MODELS: list[dict[str, Any]] = orjson.loads((ROOT / "validator/facts/models.json").read_bytes())["models"]
BETAS: dict[str, dict[str, Any]] = orjson.loads((ROOT / "validator/facts/betas.json").read_bytes())["betas"]
FORM = get_type_hints(ModelFacts)
"""The type of each fact, by its name."""
DAYS = {"deprecated", "retires", "retires_not_before", "speed_deprecated", "speed_removed"}
NAMES_OF_MODELS = {
    "advisors",
    "reads_thinking_of",
    "recommended",
    "refused_advisors",
    "refused_fallbacks",
    "successor",
}
"""The facts that name other models."""
NO_FACTS = {"id", "sources", "doubt", "inferred"}


def fits(value: Any, form: Any) -> bool:
    """Whether a value is of a type as the records use them."""
    origin, arguments = get_origin(form), get_args(form)
    if form is Any:
        return True
    if origin is Literal:
        return value in arguments
    if origin is list:
        return isinstance(value, list) and all(fits(item, arguments[0]) for item in value)
    if origin is dict:
        return isinstance(value, dict) and all(fits(item, arguments[1]) for item in value.values())
    if is_typeddict(form):
        hints = get_type_hints(form)
        return value.keys() == hints.keys() and all(fits(value[name], hints[name]) for name in hints)
    if form in {int, float}:
        return isinstance(value, (int, form)) and not isinstance(value, bool)
    return isinstance(value, form)


def ill_formed(facts_of_model: dict[str, Any]) -> list[str]:
    return [name for name, value in facts_of_model.items() if name not in FORM or not fits(value, FORM[name])]


def test_a_misspelt_or_mistyped_fact_is_noticed() -> None:
    assert ill_formed({"max_ouput": 1, "context": "1M", "effort": ["hihg"], "image_size": {"edge": 1}}) == [
        "max_ouput",
        "context",
        "effort",
        "image_size",
    ]
    assert ill_formed({"max_output": True, "prefill": 1, "sampling": "defaults"}) == ["max_output", "prefill"]


@pytest.mark.parametrize("record", MODELS, ids=lambda record: record["id"])
def test_a_record_is_well_formed(record: dict[str, Any]) -> None:
    assert ill_formed(record) == []
    assert [day for name, day in record.items() if name in DAYS and date.fromisoformat(day).isoformat() != day] == []
    assert set(record.get("thinking_deprecated", ())) <= set(record.get("thinking", ()))
    assert set(record.get("max_output_betas", ())) <= BETAS.keys()
    assert set(record.get("inferred", ())) <= record.keys()
    assert record["sources"].keys() <= record.keys()
    assert record.keys() - NO_FACTS


@pytest.mark.parametrize("record", MODELS, ids=lambda record: record["id"])
def test_what_is_known_of_another_platform_is_what_that_sets_itself(record: dict[str, Any]) -> None:
    for platform, elsewhere in record.get("elsewhere", {}).items():
        assert platform in SET_BY_PLATFORM
        assert ill_formed({name: value for name, value in elsewhere.items() if value is not None}) == []
        unknown = {name for name, value in elsewhere.items() if value is None}
        assert elsewhere.keys() - unknown <= SET_BY_PLATFORM[platform]
        assert unknown <= record.keys() - SET_BY_PLATFORM[platform]


@pytest.mark.parametrize("record", MODELS, ids=lambda record: record["id"])
def test_models_name_each_other_by_their_ids(record: dict[str, Any]) -> None:
    ids = {each["id"] for each in MODELS}
    for name in NAMES_OF_MODELS & record.keys():
        named = record[name] if isinstance(record[name], list) else [record[name]]
        assert set(named) <= ids, name


def test_rules_ask_for_facts_that_there_are() -> None:
    asked = {
        name
        for file in (ROOT / "validator").rglob("*.py")
        for name in re.findall(r"""\.(?:fact|day)\(\s*["'](\w+)["']""", file.read_text("utf-8"))
    }
    assert len(asked) > 10
    assert asked - FORM.keys() == set()
    assert frozenset().union(*SET_BY_PLATFORM.values()) <= FORM.keys()


@pytest.mark.parametrize("record", MODELS, ids=lambda record: record["id"])
def test_facts_of_thinking_and_effort_fit_together(record: dict[str, Any]) -> None:
    if record.get("thinking_default") == "always":
        assert not {"disabled", "between_tools"} & set(record["thinking"])
    if "effort_default" in record:
        assert record["effort_default"] in record["effort"]
    if "display_default" in record:
        assert "thinking" in record
    if "reads_thinking_of" in record:
        assert record["id"] in record["reads_thinking_of"]


@pytest.mark.parametrize("record", MODELS, ids=lambda record: record["id"])
def test_a_deprecated_model_has_a_successor_and_another_one_a_recommendation(record: dict[str, Any]) -> None:
    if "deprecated" in record:
        assert not {"recommended", "retires_not_before"} & record.keys()
    else:
        assert not {"successor", "retires", "retires_tentatively"} & record.keys()
    assert ("retires_tentatively" not in record) or "retires" in record
    if "recommended" in record:
        newer = facts.model_named(record["recommended"])
        assert newer is not None
        assert not {"deprecated", "recommended"} & newer.facts.keys()


@pytest.mark.parametrize("record", MODELS, ids=lambda record: record["id"])
def test_a_successor_is_known_and_will_stay(record: dict[str, Any]) -> None:
    retires, deprecated = record.get("retires"), record.get("deprecated")
    if retires and deprecated:
        assert date.fromisoformat(deprecated) < date.fromisoformat(retires)
    if "successor" in record:
        successor = facts.model_named(record["successor"])
        assert successor is not None
        assert successor.retires is None or successor.retires > TODAY


def test_no_name_means_two_models() -> None:
    names: list[str] = []
    for record in MODELS:
        elsewhere = chain.from_iterable(record.get("platforms", {}).values())
        names += {record["id"], *record.get("aliases", ()), *elsewhere}
    assert len(names) == len(set(names))


def test_every_model_that_editors_offer_is_known() -> None:
    offered = files()["parameters.json"]["$defs"]["Model"]
    older = offered["x-before"]["2026-11"]["examples"]
    assert [name for name in [*offered["examples"], *older] if facts.model_named(name) is None] == []


@pytest.mark.parametrize("record", MODELS, ids=lambda record: record["id"])
def test_editors_offer_every_model_that_is_not_retired(record: dict[str, Any]) -> None:
    offered = files()["parameters.json"]["$defs"]["Model"]["examples"]
    if date.fromisoformat(record.get("retires", date.max.isoformat())) > TODAY:
        assert record["id"] in offered, "add it to the examples of `Model` in schemas/parameters.json"


@pytest.mark.parametrize(
    "name",
    [
        "claude-haiku-4-5-20251001",
        "claude-haiku-4-5",
        "anthropic.claude-haiku-4-5-20251001-v1:0",
        "us.anthropic.claude-haiku-4-5-20251001-v1:0",
        "global.anthropic.claude-haiku-4-5-20251001-v1:0",
        "claude-haiku-4-5@20251001",
    ],
)
def test_a_model_is_known_by_its_names_on_every_platform(name: str) -> None:
    model = facts.model_named(name)
    assert model is not None
    assert model.id == "claude-haiku-4-5-20251001"


@pytest.mark.parametrize("name", ["", "claude-omega-9", "gpt-5", "us.claude-haiku-4-5"])
def test_an_unknown_model_is_none(name: str) -> None:
    assert facts.model_named(name) is None


@pytest.mark.parametrize("name", BETAS)
def test_a_beta_says_what_it_is_and_what_replaces_it(name: str) -> None:
    record = BETAS[name]
    assert record["description"]
    assert record["source"]
    assert ("instead" in record) == record.get("deprecated", False)


def test_every_header_that_the_schemas_ask_for_is_known() -> None:
    assert header_names() <= BETAS.keys()


@pytest.mark.parametrize(
    ("name", "platform"),
    [
        ("claude-sonnet-4-5", "anthropic"),
        ("claude-sonnet-4-5-20250929", "anthropic"),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "bedrock"),
        ("us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0", "bedrock"),
        ("anthropic.claude-opus-5-5", "bedrock"),
        ("claude-sonnet-4-5@20250929", "google"),
        ("claude-opus-5-5", "anthropic"),
    ],
)
def test_the_form_of_an_id_tells_the_platform(name: str, platform: str) -> None:
    model = facts.model_named(name)
    assert model is not None
    assert model.platform == platform


def test_a_platform_has_its_own_facts() -> None:
    own, bedrock, google = (facts.model_named("claude-opus-4-1", name) for name in ("anthropic", "bedrock", "google"))
    assert own is not None
    assert bedrock is not None
    assert google is not None
    assert own.retires == date(2026, 8, 5)
    assert bedrock.retires == date(2027, 1, 8)
    assert google.retires is None
    assert own.fact("deprecated") is not None
    assert bedrock.fact("deprecated") is google.fact("deprecated") is None
    assert own.fact("thinking") == bedrock.fact("thinking") == google.fact("thinking")


def test_the_computer_tool_of_newer_models_on_bedrock_is_the_older_one() -> None:
    for name in ("claude-opus-5-5", "claude-sonnet-5-5", "claude-fable-5-2"):
        own, bedrock, google = (facts.model_named(name, platform) for platform in ("anthropic", "bedrock", "google"))
        assert own is not None
        assert bedrock is not None
        assert google is not None
        assert own.fact("computer_tool") == google.fact("computer_tool") == ["computer_toolset_20260801"]
        assert bedrock.fact("computer_tool") == ["computer_20251124"]


def test_a_fact_that_is_not_known_on_a_platform_is_none() -> None:
    own, bedrock = (facts.model_named("claude-sonnet-5", platform) for platform in ("anthropic", "bedrock"))
    assert own is not None
    assert bedrock is not None
    assert own.fact("forced_tool_choice") is True
    assert bedrock.fact("forced_tool_choice") is None


def test_a_model_has_a_name_on_each_platform() -> None:
    model = facts.model_named("claude-haiku-4-5")
    assert model is not None
    assert model.name_on("google") == "claude-haiku-4-5@20251001"
    assert model.name_on("bedrock") == "anthropic.claude-haiku-4-5-20251001-v1:0"
    assert model.name_on("anthropic") == model.id


@pytest.mark.parametrize(
    ("name", "fact", "value"),
    [
        ("claude-opus-4-5", "deprecated", "2026-11-23"),
        ("claude-opus-4-5", "successor", "claude-opus-5-5"),
        ("claude-opus-4-5", "retires_tentatively", True),
        ("claude-sonnet-5", "system_messages", True),
        ("claude-sonnet-5-5", "turn_effort", True),
        ("claude-opus-5", "turn_effort", None),
        ("claude-haiku-5-5", "browser_tool", ["browser_toolset_20260801"]),
        ("claude-haiku-5-5", "max_output_betas", {"output-300k-2026-03-24": 300000}),
        ("claude-haiku-5-5", "effort_default", "medium"),
        ("claude-opus-5-5", "thinking_default", "always"),
        ("claude-opus-5", "thinking_default", "on"),
        ("claude-opus-4-8", "thinking_default", "off"),
        ("claude-sonnet-4-6", "display_default", "summarized"),
        ("claude-opus-4-7", "display_default", "omitted"),
        ("claude-sonnet-4-6", "tokenizer", 1),
        ("claude-sonnet-5", "tokenizer", 2),
        ("claude-opus-5-5", "thinking_bound", True),
        ("claude-opus-5", "thinking_bound", False),
        ("claude-opus-4-8", "recommended", "claude-opus-5-5"),
        ("claude-haiku-4-5", "recommended", "claude-haiku-5-5"),
    ],
)
def test_facts_that_the_documentation_has(name: str, fact: str, value: Any) -> None:
    model = facts.model_named(name)
    assert model is not None
    assert model.fact(fact) == value


def test_thinking_of_newer_models_is_not_read_by_others() -> None:
    opus, sonnet = facts.model_named("claude-opus-5-5"), facts.model_named("claude-sonnet-5-5")
    assert opus is not None
    assert sonnet is not None
    assert "claude-opus-5" in opus.fact("reads_thinking_of")
    assert "claude-fable-5" not in opus.fact("reads_thinking_of")
    assert "claude-opus-5" not in sonnet.fact("reads_thinking_of")

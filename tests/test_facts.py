from __future__ import annotations

from datetime import date
from itertools import chain
from typing import Any

import orjson
import pytest

from tests.material import ROOT, TODAY
from validator import facts
from validator.schema.store import files, header_names

MODELS: list[dict[str, Any]] = orjson.loads((ROOT / "validator/facts/models.json").read_bytes())["models"]
BETAS: dict[str, dict[str, Any]] = orjson.loads((ROOT / "validator/facts/betas.json").read_bytes())["betas"]
KINDS = {
    "max_output": int,
    "max_output_betas": dict,
    "context": int,
    "thinking": list,
    "thinking_deprecated": list,
    "disabled_thinking_max_effort": str,
    "effort": list,
    "sampling": str,
    "prefill": bool,
    "forced_tool_choice": bool,
    "system_messages": bool,
    "turn_effort": bool,
    "computer_tool": list,
    "text_editor": list,
    "browser_tool": list,
    "programmatic_calls": bool,
    "images": int,
    "pdf_pages": int,
    "image_size": dict,
    "cache_minimum": int,
}


@pytest.mark.parametrize("record", MODELS, ids=lambda record: record["id"])
def test_facts_of_a_model_are_of_their_kind(record: dict[str, Any]) -> None:
    for name, kind in KINDS.items():
        assert isinstance(record.get(name, kind()), kind), name
    assert record.get("sampling", "any") in {"any", "not-both", "defaults"}
    assert set(record.get("thinking", ())) <= {"enabled", "disabled", "adaptive", "between_tools"}
    assert set(record.get("thinking_deprecated", ())) <= set(record.get("thinking", ()))
    assert set(record.get("max_output_betas", ())) <= BETAS.keys()
    assert set(record.get("effort", ())) <= {"low", "medium", "high", "xhigh", "max"}


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

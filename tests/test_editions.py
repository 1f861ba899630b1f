from __future__ import annotations

import json
from functools import cache
from itertools import pairwise
from typing import Any, Final

import pytest
from hypothesis import given

from tests.instances import Instances
from tests.material import DATA, TODAY, endpoint_of, fixtures, hello, name_of
from tests.strategies import requests
from validator import Linter, validate
from validator.facts.api import EDITIONS, LATEST_EDITION, Edition
from validator.files import check_file
from validator.schema.gate import gate_for
from validator.schema.projection import View
from validator.schema.store import SHAPES

OLD: Final = "2025-10"
NEW: Final = "2026-11"
PAIRS = list(pairwise(EDITIONS))
CLOSED = {"type": "object", "additionalProperties": False}


ACCEPTED = [json.loads(line) for line in (DATA / "accepted-requests.jsonl").read_text("utf-8").splitlines()]


def found(request: Any, **options: Any) -> list[tuple[str, str]]:
    return [(violation.rule, violation.pointer) for violation in validate(request, **options).violations]


def test_the_newest_edition_is_the_default() -> None:
    assert LATEST_EDITION == EDITIONS[-1] == NEW
    assert Linter().edition == NEW


@pytest.mark.parametrize(("older", "newer"), PAIRS)
@pytest.mark.parametrize("shape", SHAPES)
def test_what_an_edition_accepts_the_next_one_accepts(shape: str, older: str, newer: str) -> None:
    @given(requests(shape, older))
    def accepted(value: Any) -> None:
        assert gate_for(shape, View(newer)).accepts(value)

    accepted()


def test_what_the_reference_of_2025_10_allows_2026_11_accepts() -> None:
    for case in Instances(OLD).valid_cases():
        linter = linter_of_structure(case.endpoint)
        assert linter.validate(case.request).violations == (), str(case)


@cache
def linter_of_structure(endpoint: str) -> Linter:
    return Linter(endpoint=endpoint, edition=NEW, select=["schema"])  # type: ignore[arg-type]


@pytest.mark.parametrize("path", fixtures("good"), ids=name_of)
@pytest.mark.parametrize("edition", EDITIONS)
def test_good_fixtures_are_good_in_every_edition_from_their_own_on(path: Any, edition: Edition) -> None:
    if NEW in path.parts and edition < NEW:
        return
    result = check_file(str(path), Linter(endpoint=endpoint_of(path), edition=edition, today=TODAY))
    assert result is not None
    assert result.violations == ()


@pytest.mark.parametrize(
    ("request_body", "pointer"),
    [
        (hello(model="claude-opus-5", output_config={"effort": "low"}), "/output_config"),
        (hello(model="claude-opus-5", thinking={"type": "adaptive"}), "/thinking/type"),
        (
            hello(tools=[{"name": "t", "description": "A tool.", "input_schema": CLOSED, "strict": True}]),
            "/tools/0/strict",
        ),
        (hello(tools=[{"type": "tool_search_tool_regex", "name": "tool_search_tool_regex"}]), "/tools/0/type"),
        (
            hello(model="claude-opus-5", messages=[*hello()["messages"], {"role": "system", "content": "b"}]),
            "/messages/1/role",
        ),
        (hello(cache_control={"type": "ephemeral"}), "/cache_control"),
    ],
)
def test_what_came_with_2026_11_is_unknown_to_2025_10(request_body: Any, pointer: str) -> None:
    assert found(request_body, edition=NEW) == []
    assert [place for _, place in found(request_body, edition=OLD)] == [pointer]
    (violation,) = validate(request_body, edition=OLD).violations
    assert "edition 2026-11" in (violation.help or "")


@pytest.mark.parametrize(
    ("platform", "version", "extra"),
    [
        ("bedrock", "bedrock-2023-05-31", {"anthropic_beta": ["interleaved-thinking-2025-05-14"]}),
        ("google", "vertex-2023-10-16", {"stream": True}),
    ],
)
def test_bodies_for_other_platforms_have_a_version_and_no_model(platform: str, version: str, extra: Any) -> None:
    body = {"anthropic_version": version, "max_tokens": 5, "messages": hello()["messages"], **extra}
    assert found(body, platform=platform) == []
    assert found(hello(), platform=platform) == [("schema/required", ""), ("schema/unknown-property", "/model")]
    assert ("schema/unknown-property", "/anthropic_version") in found(body)
    (violation,) = (v for v in validate(body).violations if v.pointer == "/anthropic_version")
    assert platform in (violation.help or "")


def test_bedrock_says_its_betas_in_the_body() -> None:
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 5, "messages": hello()["messages"]}
    servers = [{"type": "url", "name": "a", "url": "https://a.example.com"}]
    asking = {**body, "mcp_servers": servers, "anthropic_beta": []}
    assert found(asking, platform="bedrock") == [("betas/missing", "/mcp_servers")]
    asking["anthropic_beta"] = ["mcp-client-2025-11-20"]
    assert found(asking, platform="bedrock") == []


def test_what_the_api_accepted_has_no_errors() -> None:
    for number, accepted in enumerate(ACCEPTED, start=1):
        report = validate(accepted["request"], endpoint=accepted["endpoint"], betas=accepted["betas"], today=TODAY)
        assert report.ok, (f"line {number}", report.violations)

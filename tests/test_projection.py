from __future__ import annotations

from typing import Any

import pytest

from validator.facts.api import EDITIONS, PLATFORMS
from validator.schema.projection import View, headers_named, project, without_notes

OLD, NEW = "2025-10", "2026-11"


def projected(schema: Any, edition: str = NEW, platform: str = "anthropic", betas: set[str] | None = None) -> Any:
    view = View(edition, platform, None if betas is None else frozenset(betas))
    return project(schema, view, lambda member, tag: [member["properties"][tag]["const"]])


def member(tag: str, **facts: Any) -> dict[str, Any]:
    return {"properties": {"type": {"const": tag}}, **facts}


def test_a_property_comes_with_its_edition() -> None:
    schema = {"properties": {"a": {"type": "string"}, "b": {"type": "string", "x-since": NEW}}, "required": ["a", "b"]}
    assert projected(schema) == {
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "required": ["a", "b"],
    }
    assert projected(schema, OLD) == {
        "properties": {"a": {"type": "string"}},
        "required": ["a"],
        "x-withheld": {"b": {"since": NEW}},
    }


def test_keywords_were_different_before_an_edition() -> None:
    schema = {"maxLength": 500, "enum": ["a"], "x-before": {NEW: {"maxLength": 255, "minLength": 1, "enum": None}}}
    assert projected(schema) == {"maxLength": 500, "enum": ["a"]}
    assert projected(schema, OLD) == {"maxLength": 255, "minLength": 1}


def test_the_oldest_difference_that_applies_wins() -> None:
    schema = {"minimum": 3, "x-before": {"2027-01": {"minimum": 2}, NEW: {"minimum": 1}}}
    assert [projected(schema, edition)["minimum"] for edition in (OLD, NEW, "2027-01")] == [1, 2, 3]


def test_a_member_of_a_union_needs_one_of_its_headers() -> None:
    union = {
        "anyOf": [member("a"), member("b", **{"x-betas": ["one", "two"]})],
        "discriminator": {"propertyName": "type"},
    }
    assert len(projected(union)["anyOf"]) == 2
    assert len(projected(union, betas={"two", "three"})["anyOf"]) == 2
    without = projected(union, betas=set())
    assert without["anyOf"] == [member("a")]
    assert without["x-withheld"] == {"b": {"betas": ["one", "two"]}}


def test_single_values_have_facts_of_their_own() -> None:
    schema = {"enum": ["a", "b", "c"], "x-values": {"b": {"x-since": NEW}, "c": {"x-betas": ["one"]}}}
    assert projected(schema)["enum"] == ["a", "b", "c"]
    assert projected(schema, OLD, betas=set()) == {
        "enum": ["a"],
        "x-withheld": {"b": {"since": NEW}, "c": {"betas": ["one"]}},
    }


@pytest.mark.parametrize("platform", PLATFORMS)
def test_platforms_have_their_own_properties(platform: str) -> None:
    schema = {
        "properties": {"model": {"x-platforms": ["anthropic"]}, "version": {"x-platforms": ["bedrock", "google"]}},
        "required": ["model", "version"],
    }
    expected = "model" if platform == "anthropic" else "version"
    assert projected(schema, platform=platform)["required"] == [expected]


def test_notes_can_be_taken_out() -> None:
    schema = {"properties": {"a": {"properties": {"b": {"x-since": NEW}}}, "c": {"anyOf": [{"type": "null"}]}}}
    assert without_notes(projected(schema, OLD)) == {
        "properties": {"a": {"properties": {}}, "c": {"anyOf": [{"type": "null"}]}}
    }


def test_headers_are_found_wherever_they_are_named() -> None:
    schema = {"anyOf": [{"x-betas": ["a"]}, {"properties": {"p": {"enum": [1], "x-values": {1: {"x-betas": ["b"]}}}}}]}
    assert sorted(headers_named(schema)) == ["a", "b"]


def test_editions_sort_like_their_dates() -> None:
    assert sorted(EDITIONS) == list(EDITIONS)

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from tests.instances import ENDPOINT
from tests.material import facts
from validator.facts.api import EDITIONS, PLATFORMS
from validator.schema.formats import FORMATS
from validator.schema.projection import Schema, View
from validator.schema.store import BASE_URI, SHAPES, bundle, files, registry

FILES = files()
ANNOTATIONS = {
    "description",
    "default",
    "examples",
    "title",
    "x-advice",
    "x-aliases",
    "x-allowed",
    "x-sdk-keyword",
    "deprecated",
    "x-answers",
    "x-disputed",
    "x-goes-with",
    "x-hints",
    "x-other-shapes",
    "x-untagged",
}
FACTS = {"x-before", "x-betas", "x-instead", "x-platforms", "x-since", "x-values", "x-withheld"}
KEYWORDS = (
    ANNOTATIONS
    | FACTS
    | {
        "$defs",
        "$id",
        "$ref",
        "$schema",
        "additionalProperties",
        "anyOf",
        "const",
        "discriminator",
        "enum",
        "exclusiveMinimum",
        "format",
        "items",
        "maxItems",
        "maxLength",
        "maximum",
        "minItems",
        "minLength",
        "minimum",
        "pattern",
        "properties",
        "required",
        "type",
    }
)


def subschemas(schema: Any, where: str = "") -> Iterator[tuple[str, Schema]]:
    """Yield every schema in a schema file, with the place where it stands."""
    yield where, schema
    for name in ("properties", "$defs"):
        for key, value in schema.get(name, {}).items():
            yield from subschemas(value, f"{where}/{name}/{key}")
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            yield from subschemas(schema[name], f"{where}/{name}")
    for number, value in enumerate(schema.get("anyOf", ())):
        yield from subschemas(value, f"{where}/anyOf/{number}")


DEFINITIONS: dict[str, Schema] = {
    name: schema
    for shape in SHAPES
    for edition in EDITIONS
    for platform in PLATFORMS
    for name, schema in bundle(shape, View(edition, platform))["$defs"].items()
}


@pytest.mark.parametrize("name", FILES)
def test_file_keeps_to_its_meta_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(FILES[name])


@pytest.mark.parametrize("name", FILES)
def test_file_has_the_id_of_its_path(name: str) -> None:
    assert FILES[name]["$id"] == BASE_URI + name
    assert FILES[name]["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("name", FILES)
def test_every_reference_resolves_offline(name: str) -> None:
    resolver = registry().resolver(BASE_URI + name)
    for _, schema in subschemas(FILES[name]):
        if "$ref" in schema:
            assert resolver.lookup(schema["$ref"]).contents


@pytest.mark.parametrize("name", FILES)
def test_schema_uses_only_keywords_that_the_explainer_knows(name: str) -> None:
    for where, schema in subschemas(FILES[name]):
        assert schema.keys() <= KEYWORDS, where
        assert schema.get("format", "byte") in FORMATS, where


@pytest.mark.parametrize("name", FILES)
def test_beside_a_reference_stand_only_annotations(name: str) -> None:
    for where, schema in subschemas(FILES[name]):
        if "$ref" in schema:
            assert schema.keys() - {"$ref"} <= ANNOTATIONS | FACTS, where


@pytest.mark.parametrize("name", FILES)
def test_object_types_are_closed_and_describe_every_property(name: str) -> None:
    for where, schema in subschemas(FILES[name]):
        if "properties" not in schema:
            continue
        assert "additionalProperties" in schema, where
        assert set(schema["required"]) <= schema["properties"].keys(), where
        for key, subschema in schema["properties"].items():
            description = subschema.get("description", "")
            assert re.match(r"[A-Z`].*[.]$", description), f"{where}/{key}"
            assert len(description) <= 120, f"{where}/{key}"


@pytest.mark.parametrize("name", FILES)
def test_pattern_says_in_words_what_is_allowed(name: str) -> None:
    for where, schema in subschemas(FILES[name]):
        assert ("pattern" in schema) == ("x-allowed" in schema), where


def test_definition_names_are_unique() -> None:
    names = [name for schema in FILES.values() for name in schema.get("$defs", {})]
    assert len(names) == len(set(names))


def test_every_definition_is_reachable_from_an_endpoint() -> None:
    names = {name for schema in FILES.values() for name in schema.get("$defs", {})}
    endpoints = {"messages", "BatchRequest"}
    assert names - DEFINITIONS.keys() == set()
    assert DEFINITIONS.keys() - names <= endpoints


WITHOUT_TYPE = {name: {"allowed_callers"} for name in ("BrowserToolset20260801", "ComputerToolset20260801")}
"""What the documentation has and no type of the SDK; so is `ThinkingBindingAlone`, which was seen to be accepted."""


@pytest.mark.parametrize("edition", EDITIONS)
def test_definitions_have_the_properties_of_every_type_of_the_facts(edition: str) -> None:
    definitions = {name: schema for shape in SHAPES for name, schema in bundle(shape, View(edition))["$defs"].items()}
    objects = [
        sorted(schema["properties"].keys() - WITHOUT_TYPE.get(name, set()))
        for name, schema in definitions.items()
        if "properties" in schema and name not in {"messages", "ThinkingBindingAlone"}
    ]
    types = [type_ for name, type_ in facts(edition).items() if name not in ENDPOINT]
    assert sorted(objects) == sorted(sorted(type_["properties"]) for type_ in types)


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize(("type_name", "endpoint"), ENDPOINT.items())
def test_a_body_has_the_properties_of_the_facts_and_the_keywords_of_the_sdk(
    type_name: str, endpoint: str, edition: str
) -> None:
    in_files = FILES[SHAPES[endpoint]]["properties"]
    keywords = {name for name, schema in in_files.items() if schema.get("x-sdk-keyword")}
    properties = bundle(endpoint, View(edition))["properties"].keys()
    assert sorted(properties - keywords) == sorted(facts(edition)[type_name]["properties"])


@pytest.mark.parametrize("name", FILES)
def test_union_of_objects_is_tagged(name: str) -> None:
    for where, schema in subschemas(FILES[name]):
        branches = schema.get("anyOf", [])
        members = [branch for branch in branches if "$ref" in branch and is_object(branch["$ref"])]
        if len(members) < 2:
            continue
        tag = schema["discriminator"]["propertyName"]
        tags = [values_of(definition(member["$ref"])["properties"][tag]) for member in members]
        flat = [value for values in tags for value in values]
        assert len(branches) == len(members), where
        assert len(flat) == len(set(flat)), where
        assert sum(tag not in definition(member["$ref"])["required"] for member in members) <= 1, where


@pytest.mark.parametrize("name", FILES)
def test_union_without_a_tag_is_told_apart_by_json_type(name: str) -> None:
    for where, schema in subschemas(FILES[name]):
        if "anyOf" not in schema or "discriminator" in schema:
            continue
        kinds = [kind for branch in schema["anyOf"] for kind in kinds_of(branch)]
        assert len(kinds) == len(set(kinds)), where


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("edition", EDITIONS)
def test_bundle_stands_alone(shape: str, edition: str) -> None:
    whole = bundle(shape, View(edition))
    jsonschema.Draft202012Validator.check_schema(whole)
    for _, schema in subschemas(whole):
        if "$ref" in schema:
            assert schema["$ref"].removeprefix("#/$defs/") in whole["$defs"]


def test_bundle_of_an_unknown_edition_is_refused() -> None:
    with pytest.raises(KeyError):
        bundle("messages", View("1999-01"))


def definition(reference: str) -> Schema:
    return DEFINITIONS[reference.rpartition("/")[2].removesuffix(".json")]


def is_object(reference: str) -> bool:
    return "properties" in definition(reference)


def values_of(tag: Schema) -> list[Any]:
    return [tag["const"]] if "const" in tag else list(tag["enum"])


def kinds_of(schema: Schema) -> set[str]:
    if "$ref" in schema:
        schema = definition(schema["$ref"])
    if "discriminator" in schema:
        return {"object"}
    kinds = schema["type"]
    return {kinds} if isinstance(kinds, str) else set(kinds)

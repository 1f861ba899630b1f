"""The comparison with the SDK, on small types made up for it: the SDK itself is not needed."""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Callable, Iterable
from datetime import date
from importlib.util import find_spec
from os import PathLike
from pathlib import Path
from typing import IO, Annotated, Any, Literal

import pytest
from typing_extensions import NotRequired, Required, TypedDict

from scripts import drift, drift_facts
from scripts.describe_sdk import Describer
from validator.facts.api import EDITIONS


class Alias:
    """Stands for what older versions of the SDK put beside a type."""

    def __init__(self, alias: str | None = None) -> None:
        self.alias = alias


class Response:
    """Stands for a class of pydantic, such as those of responses."""

    model_fields: dict[str, Any] = {}  # noqa: RUF012 - as pydantic has it


class Cat(TypedDict, total=False):
    type: Required[Literal["cat"]]
    lives: Required[int]
    name: str | None


class Dog(TypedDict):
    type: Literal["dog", "hound"]
    tricks: NotRequired[list[str]]
    friends: NotRequired[Iterable[Cat | Dog | Response]]


class Picture(TypedDict, total=False):
    data: Required[Annotated[str | IO[bytes] | PathLike[str], Alias()]]


Reserved = TypedDict("Reserved", {"from": Required[str]}, total=False)


class Base(Reserved, total=False):
    pets: Required[Iterable[Cat | Dog]]
    size: float
    kind: Literal["a", "b"] | str  # noqa: PYI051 - as the SDK lists what it knows
    schema: Picture | dict[str, object]
    scores: dict[str, int]
    whatever: object
    betas: Annotated[list[str], Alias("a-beta")]
    to_: Annotated[bool, Alias("to")]


class Plain(Base, total=False):
    stream: Literal[False]


class Streaming(Base):
    stream: Required[Literal[True]]


SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["pets", "from"],
    "properties": {
        "pets": {"type": "array", "items": {"$ref": "#/$defs/Pet"}},
        "size": {"type": "number", "minimum": 0},
        "kind": {"type": "string", "examples": ["a", "b", "c"]},
        "schema": {
            "type": "object",
            "required": ["data"],
            "properties": {"data": {"type": "string", "format": "byte"}},
        },
        "scores": {"type": "object", "additionalProperties": {"type": "integer"}},
        "whatever": {"description": "Anything."},
        "betas": {"type": "array", "items": {"type": "string"}, "x-sdk-keyword": True},
        "to": {"type": "boolean"},
        "from": {"type": "string"},
        "stream": {"type": "boolean"},
    },
    "$defs": {
        "Pet": {
            "anyOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}],
            "discriminator": {"propertyName": "type"},
        },
        "Cat": {
            "type": "object",
            "additionalProperties": False,
            "required": ["type", "lives"],
            "properties": {
                "type": {"const": "cat"},
                "lives": {"type": "integer", "maximum": 9},
                "name": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            },
        },
        "Dog": {
            "type": "object",
            "additionalProperties": False,
            "required": ["type"],
            "properties": {
                "type": {"enum": ["dog", "hound"]},
                "tricks": {"type": "array", "items": {"type": "string"}},
                "friends": {"type": "array", "items": {"$ref": "#/$defs/Pet"}},
            },
        },
    },
}


def described() -> dict[str, Any]:
    """Describe the types above as the SDK's are described."""
    describer = Describer()
    root = describer.describe(Plain | Streaming, root=True)
    return {"version": "1.0", "roots": {"beta": {"messages": root}}, "types": describer.types}


def differences(schema: dict[str, Any], description: dict[str, Any] | None = None) -> list[str]:
    """Compare the types above with a schema; name each difference in short."""
    comparison = drift.compare(description or described(), "beta", {"messages": schema})
    return [f"{each.place}: {each.thing} only in {each.only_in}" for each in comparison.differences]


def changed(**changes: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """Copy the schema, with changes to the named definitions; `messages` is the whole."""
    schema = copy.deepcopy(SCHEMA)
    for name, change in changes.items():
        change(schema if name == "messages" else schema["$defs"][name])
    return schema


def properties(**changes: Any) -> Callable[[dict[str, Any]], object]:
    """Make a change that sets properties, or takes those away that are None."""

    def change(schema: dict[str, Any]) -> None:
        schema["properties"] |= changes
        for name in [name for name, value in changes.items() if value is None]:
            del schema["properties"][name]
            schema["required"] = [each for each in schema["required"] if each != name]

    return change


def test_types_are_described_neutrally() -> None:
    types = described()["types"]
    assert set(types) == {f"{__name__}.{name}" for name in ("Plain", "Streaming", "Cat", "Dog", "Picture")}
    plain = types[f"{__name__}.Plain"]
    assert {name: form["type"] for name, form in plain.items()} == {
        "from": "string",
        "pets": {"array": {"union": [{"ref": f"{__name__}.Cat"}, {"ref": f"{__name__}.Dog"}]}},
        "size": "number",
        "kind": {"union": [{"literals": ["a", "b"]}, "string"]},
        "schema": {"union": [{"ref": f"{__name__}.Picture"}, {"map": "any"}]},
        "scores": {"map": "integer"},
        "whatever": "any",
        "betas": {"array": "string"},
        "to": "boolean",
        "stream": {"literals": [False]},
    }
    assert {name for name, form in plain.items() if form["required"]} == {"from", "pets"}
    assert {name for name, form in plain.items() if form["header"]} == {"betas"}
    assert types[f"{__name__}.Streaming"]["stream"]["required"]
    assert types[f"{__name__}.Cat"]["name"] == {
        "required": False,
        "nullable": True,
        "header": False,
        "type": "string",
    }
    assert [name for name, form in types[f"{__name__}.Dog"].items() if form["required"]] == ["type"]


def test_what_the_client_turns_into_something_else_is_left_out() -> None:
    types = described()["types"]
    assert types[f"{__name__}.Picture"]["data"]["type"] == "string"
    friends = types[f"{__name__}.Dog"]["friends"]["type"]
    assert friends == {"array": {"union": [{"ref": f"{__name__}.Cat"}, {"ref": f"{__name__}.Dog"}]}}


def test_only_parameters_of_a_call_are_headers_by_their_name() -> None:
    class Profile(TypedDict):
        workspace_id: str

    describer = Describer()
    describer.describe(list[Profile], root=True)
    ((_, form),) = describer.types.items()
    assert not form["workspace_id"]["header"]


def test_what_cannot_be_described_is_said() -> None:
    with pytest.raises(TypeError, match="cannot describe"):
        Describer().describe(complex)


def test_the_same_types_do_not_differ() -> None:
    comparison = drift.compare(described(), "beta", {"messages": SCHEMA})
    assert comparison.differences == []
    assert comparison.types == 5


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (changed(Cat=properties(name=None)), "Cat.name: property only in the SDK"),
        (changed(Cat=properties(tail={"type": "string"})), "Cat.tail: property only in the schema"),
        (changed(messages=properties(size=None)), "messages.size: property only in the SDK"),
        (changed(messages=properties(betas=None)), "messages.betas: header parameter only in the SDK"),
        (
            changed(messages=properties(betas={"type": "array", "items": {"type": "string"}})),
            "messages.betas: sent as a header only in the SDK",
        ),
        (changed(Cat=lambda cat: cat["required"].append("name")), "Cat.name: required only in the schema"),
        (changed(Cat=lambda cat: cat["required"].remove("lives")), "Cat.lives: required only in the SDK"),
        (changed(Cat=properties(name={"type": "string"})), "Cat.name: null only in the SDK"),
        (changed(Cat=properties(lives={"type": ["integer", "null"]})), "Cat.lives: null only in the schema"),
        (
            changed(Cat=properties(name={"type": "string", "enum": ["Tom", None]})),
            "Cat.name: null only in the SDK",
        ),
        (changed(Cat=properties(lives={"enum": [1, 2]})), "Cat.lives: any integer only in the SDK"),
        (changed(messages=properties(stream={"const": True})), "messages.stream: value false only in the SDK"),
        (
            changed(messages=properties(to={"type": ["boolean", "string"]})),
            "messages.to: type string only in the schema",
        ),
        (changed(messages=properties(whatever={"type": "string"})), "messages.whatever: any value only in the SDK"),
        (changed(messages=properties(size={})), "messages.size: any value only in the schema"),
        (
            changed(messages=properties(kind={"type": "string", "examples": ["a"]})),
            'messages.kind: known value "b" only in the SDK',
        ),
        (
            changed(messages=lambda schema: schema["properties"]["schema"].update(additionalProperties=False)),
            "messages.schema: other properties only in the SDK",
        ),
        (
            changed(messages=properties(scores={"type": "object", "additionalProperties": {"type": "boolean"}})),
            "messages.scores{}: type boolean only in the schema",
        ),
        (
            changed(Dog=properties(tricks={"type": "array", "items": {"enum": ["sit"]}})),
            "Dog.tricks[]: any string only in the SDK",
        ),
        (changed(Pet=lambda pet: pet["anyOf"].pop()), 'Pet: member "dog" or "hound" only in the SDK'),
        (changed(Dog=properties(type={"const": "dog"})), 'Dog.type: value "hound" only in the SDK'),
        (changed(Dog=properties(type={"enum": ["dog", "hound", "pug"]})), 'Dog.type: value "pug" only in the schema'),
    ],
)
def test_each_kind_of_difference_is_found_at_its_place(schema: dict[str, Any], expected: str) -> None:
    assert expected in differences(schema)
    assert len(differences(schema)) <= 2


def test_a_member_that_only_the_schema_has_is_found() -> None:
    description = described()
    pets = {"array": {"ref": f"{__name__}.Cat"}}
    for name in ("Plain", "Streaming"):
        description["types"][f"{__name__}.{name}"]["pets"]["type"] = pets
    assert differences(SCHEMA, description) == ['Pet: member "dog" or "hound" only in the schema']


def test_types_that_are_one_type_on_the_other_side_are_joined() -> None:
    both = {**SCHEMA["$defs"]["Cat"]["properties"], **SCHEMA["$defs"]["Dog"]["properties"]}
    one = {
        "type": "object",
        "additionalProperties": False,
        "required": ["type"],
        "properties": {**both, "type": {"enum": ["cat", "dog", "hound"]}},
    }
    schema = changed(messages=lambda whole: whole["$defs"].update(Pet=one))
    assert differences(schema) == []


def test_a_difference_that_many_places_share_is_reported_once() -> None:
    schema = changed(Cat=properties(name=None))
    schema["properties"]["pets"]["items"] = {"anyOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}]}
    assert differences(schema) == ["Cat.name: property only in the SDK"]


def test_a_difference_is_shown_with_both_sides() -> None:
    schema = changed(Cat=properties(name={"type": "string"}), Dog=properties(tail={"type": "string"}))
    comparison = drift.compare(described(), "beta", {"messages": schema})
    lines, left = drift.report(comparison.differences, {}, everything=False)
    assert lines == [
        "Only in the SDK (1):",
        "  Cat.name: null (SDK: string or null; schema: string)",
        "",
        "Only in the schema (1):",
        "  Dog.tail: property (SDK: nothing; schema: optional string)",
        "",
    ]
    assert left == 2


def test_an_intended_difference_is_no_difference_and_an_unneeded_reason_is_one() -> None:
    comparison = drift.compare(described(), "beta", {"messages": changed(Cat=properties(name=None))})
    reasons = {(drift.SDK, "Cat.name: property"): "Cats have no names."}
    assert drift.report(comparison.differences, reasons, everything=False) == ([], 0)
    lines, left = drift.report(comparison.differences, reasons, everything=True)
    assert (lines[0], left) == ("Intended (1):", 0)
    assert lines[1].endswith("Cats have no names.")
    lines, left = drift.report([], reasons, everything=False)
    assert lines[:2] == ["No longer so, but still in drift-allowed.toml (1):", "  Cat.name: property only in the SDK"]
    assert left == 1


def test_reasons_are_those_of_the_edition_and_the_family(tmp_path: Path) -> None:
    path = tmp_path / "allowed.toml"
    path.write_text(
        '[[allowed]]\neditions = ["2025-10"]\ntypes = ["beta"]\nreason = "So."\nonly_in_sdk = ["a: b"]\n'
        '[[allowed]]\neditions = ["2025-10"]\ntypes = ["ga"]\nreason = "So."\nonly_in_schema = ["c: d"]\n'
    )
    assert drift.read_allowed(path, "2025-10", "beta") == {(drift.SDK, "a: b"): "So."}
    assert drift.read_allowed(path, "2025-10", "ga") == {(drift.SCHEMA, "c: d"): "So."}
    assert drift.read_allowed(path, "1999-01", "ga") == {}


@pytest.mark.parametrize("text", ['[[allowed]]\nreason = "So."\n', '[[allowed]]\nplace = "a"\n'])
def test_an_entry_that_is_not_made_right_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "allowed.toml"
    path.write_text(text)
    with pytest.raises(drift.DriftError, match="an entry needs"):
        drift.read_allowed(path, "2025-10", "beta")


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("family", ["beta", "ga"])
def test_the_reasons_of_the_project_can_be_read(edition: str, family: str) -> None:
    reasons = drift.read_allowed(drift.ALLOWED, edition, family)
    assert all(reason.endswith(".") for reason in reasons.values())


def test_the_command_reads_a_description_and_exits_by_what_it_finds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "sdk.json"
    roots = {shape: {"ref": "a.B"} for shape in drift.ENDPOINTS}
    file.write_text(json.dumps({"version": "1.0", "roots": {"beta": roots}, "types": {"a.B": {}}}))
    assert drift.main(["--description", str(file), "--edition", EDITIONS[0]]) == 1
    printed = capsys.readouterr().out
    assert "  messages.max_tokens: property (SDK: nothing; schema: required integer)\n" in printed
    assert printed.splitlines()[-1].startswith(f"anthropic 1.0 (beta) and edition {EDITIONS[0]}: ")


@pytest.mark.parametrize(
    "source",
    [
        ["--description", "missing.json"],
        ["--sdk-python", "missing"],
        pytest.param(
            ["--sdk-python", sys.executable],
            marks=pytest.mark.skipif(find_spec("anthropic") is not None, reason="this Python has the SDK"),
        ),
    ],
)
def test_the_command_exits_with_2_when_it_cannot_compare(source: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert drift.main([*source, "--edition", EDITIONS[0]]) == 2
    assert capsys.readouterr().err.startswith("drift: ")


@pytest.mark.parametrize("text", ["{}", "[", '{"roots": {"beta": {"messages": {"ref": "a.B"}}}, "types": {}}'])
def test_a_file_that_is_no_description_cannot_be_compared(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "sdk.json"
    file.write_text(text)
    assert drift.main(["--description", str(file), "--edition", EDITIONS[0]]) == 2
    assert capsys.readouterr().err.startswith("drift: ")


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("January 22nd, 2027", date(2027, 1, 22)),
        ("June 1st, 2026", date(2026, 6, 1)),
        ("May 3rd, 2026", date(2026, 5, 3)),
    ],
)
def test_a_day_is_read_as_the_sdk_writes_it(words: str, day: date) -> None:
    assert drift_facts.day_of(words) == day


def test_what_the_sdk_says_of_models_and_headers_as_the_facts_do_is_no_difference() -> None:
    description = {
        "deprecated_models": {"claude-opus-4-5": "January 22nd, 2027", "claude-sonnet-4-5": "November 30th, 2026"},
        "betas": ["context-management-2025-06-27"],
    }
    assert drift_facts.compare_facts(description) == []
    assert drift_facts.compare_facts({}) == []


def test_a_retirement_that_the_facts_do_not_have_is_a_difference() -> None:
    days = {
        "claude-opus-4-5": "January 23rd, 2027",
        "claude-opus-5-5": "March 1st, 2028",
        "claude-unheard-of": "March 1st, 2028",
    }
    assert drift_facts.compare_facts({"deprecated_models": days}) == [
        ("claude-opus-4-5", "retires 2027-01-23", "retires 2027-01-22"),
        ("claude-opus-5-5", "retires 2028-03-01", "no day of retirement"),
        ("claude-unheard-of", "retires 2028-03-01", "no such model"),
    ]


def test_a_header_that_the_facts_do_not_have_is_a_difference() -> None:
    (news,) = drift_facts.compare_facts({"betas": ["unheard-of-2030-01-01"]})
    assert news[:2] == ("betas", "unheard-of-2030-01-01")


def test_facts_are_compared_with_the_latest_edition_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "sdk.json"
    roots = {shape: {"ref": "a.B"} for shape in drift.ENDPOINTS}
    description = {"version": "1.0", "roots": {"beta": roots, "ga": roots}, "types": {"a.B": {}}}
    file.write_text(json.dumps({**description, "betas": ["unheard-of-2030-01-01"]}))
    for edition, options, expected in [
        (EDITIONS[0], [], False),
        (EDITIONS[-1], ["--ga"], False),
        (EDITIONS[-1], [], True),
    ]:
        assert drift.main(["--description", str(file), "--edition", edition, *options]) == 1
        assert ("betas: unheard-of-2030-01-01" in capsys.readouterr().out) is expected

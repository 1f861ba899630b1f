"""What the schemas refuse is said once: rules that would only miss it elsewhere stay silent."""

from __future__ import annotations

from typing import Any

import pytest

from validator import validate
from validator.checking.cascades import without_refused
from validator.engine.finding import Draft, Finding
from validator.engine.rule import body
from validator.report import Severity, Target
from validator.rules import RULES

SEARCH: dict[str, Any] = {"name": "search", "description": "Searches.", "input_schema": {"type": "object"}}
CODE: dict[str, Any] = {"type": "code_execution_20260120", "name": "code_execution"}
CALL: dict[str, Any] = {"type": "tool_use", "id": "toolu_1", "name": "search", "input": {}}
RESULT: dict[str, Any] = {"type": "tool_result", "tool_use_id": "toolu_1"}
SERVER_CALL: dict[str, Any] = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}
SERVER_RESULT: dict[str, Any] = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
TEXT: dict[str, Any] = {"type": "text", "text": "Rain."}


def talk(*messages: tuple[str, Any]) -> dict[str, Any]:
    asked = {"role": "user", "content": "Will it rain?"}
    return body(messages=[asked, *({"role": role, "content": content} for role, content in messages)])


ECHOES = [
    pytest.param(
        body(tools=[SEARCH | {"name": None}], tool_choice={"type": "tool", "name": "search"}),
        {"/tools/0/name"},
        id="a tool without a name is not missed",
    ),
    pytest.param(
        body(toolz=[SEARCH], tool_choice={"type": "any"}),
        {"/toolz"},
        id="a mistyped key is read as the one that is meant",
    ),
    pytest.param(
        body(tools=[{"nam": "search", "input_schema": {"type": "object"}}]),
        {"/tools/0/nam"},
        id="a property of a tool is not missed beside a misspelling of it",
    ),
    pytest.param(
        body(tools=[CODE | {"type": "code_execution"}], container="container_1"),
        {"/tools/0/type"},
        id="a tool of an unknown type may be the one that is wanted",
    ),
    pytest.param(
        talk(("assistant", [CALL]), ("usr", [RESULT])),
        {"/messages/2/role"},
        id="a turn of an unknown role may be the answer",
    ),
    pytest.param(
        talk(("assistant", [SERVER_CALL | {"id": None}, SERVER_RESULT, TEXT]), ("user", "Thanks")),
        {"/messages/1/content/0/id"},
        id="a call with a broken id may be the one that is answered",
    ),
    pytest.param(
        talk(("assistant", [SERVER_CALL, SERVER_RESULT | {"type": "web_serch_tool_result"}, TEXT]), ("user", "Thanks")),
        {"/messages/1/content/1/type"},
        id="a block of an unknown type may be the result",
    ),
]


@pytest.mark.parametrize(("request_body", "places"), ECHOES)
def test_one_root_cause_is_one_violation(request_body: dict[str, Any], places: set[str]) -> None:
    assert [violation.pointer for violation in validate(request_body).violations] == sorted(places)


def test_mistakes_of_the_same_kind_further_away_are_reported_beside_it() -> None:
    turns = [("assistant", "Yes."), ("user", "And?"), ("assistant", "No."), ("user", "Well?")]
    request_body = talk(("asistant", "Hm."), *turns, ("assistant", [SERVER_RESULT, TEXT]), ("user", "Thanks"))
    found = {violation.rule for violation in validate(request_body).violations}
    assert found == {"schema/enum", "server-tools/result-orphan"}


def test_a_request_of_a_batch_does_not_silence_another() -> None:
    broken = body(toolz=[SEARCH])
    forced = body(tool_choice={"type": "any"})
    batch = {"requests": [{"custom_id": "a", "params": broken}, {"custom_id": "b", "params": forced}]}
    found = [violation.pointer for violation in validate(batch, endpoint="batches").violations]
    assert found == ["/requests/0/params/toolz", "/requests/1/params/tool_choice"]


@pytest.mark.parametrize(
    ("between", "is_reported"),
    [
        pytest.param([], False, id="a neighbour"),
        pytest.param([("assistant", "Yes.")], False, id="two messages away"),
        pytest.param([("assistant", "Yes."), ("user", "And?")], True, id="three messages away"),
    ],
)
@pytest.mark.parametrize("is_before", [True, False])
def test_a_mistake_hides_what_rests_on_it_up_to_two_messages_away(
    *, between: list[tuple[str, Any]], is_reported: bool, is_before: bool
) -> None:
    broken = ("usr", "Hm.")
    orphan = ("assistant", [SERVER_RESULT, TEXT])
    turns = [broken, *between, orphan] if is_before else [orphan, *between, broken]
    found = {violation.rule for violation in validate(talk(*turns, ("user", "Thanks"))).violations}
    assert ("server-tools/result-orphan" in found) == is_reported
    assert "schema/enum" in found


@pytest.mark.parametrize(("others", "is_reported"), [(399, False), (400, True)])
def test_did_you_means_of_hundreds_of_unknown_names_are_given_up(*, others: int, is_reported: bool) -> None:
    unknown = {f"x{number}": number for number in range(others)}
    found = validate(body(**unknown, toolz=[SEARCH], tool_choice={"type": "any"})).violations
    assert ("/tool_choice" in {violation.pointer for violation in found}) == is_reported


def test_an_unknown_property_is_reported_whatever_json_cannot_hold_stands_in_it() -> None:
    found = {(violation.rule, violation.pointer) for violation in validate(body(colour=object())).violations}
    assert found == {("values/not-json", "/colour"), ("schema/unknown-property", "/colour")}


WITHOUT_BUDGET = body(model="claude-opus-4-7", max_tokens=2048, thinking={"type": "enabled", "budget_tokens": "x"})


def test_what_the_help_of_a_rule_removes_is_not_refused_by_the_schema_as_well() -> None:
    hot = validate(body(temperature={"of": "a kiln"}), api_version="2026-10-21")
    assert [(violation.rule, violation.pointer) for violation in hot.violations] == [
        ("sampling/removed-parameter", "/temperature")
    ]
    batch = {"requests": [{"custom_id": "a", "params": WITHOUT_BUDGET}]}
    for report, start in (validate(WITHOUT_BUDGET), ""), (validate(batch, endpoint="batches"), "/requests/0/params"):
        assert [(violation.rule, violation.pointer) for violation in report.violations] == [
            ("thinking/enabled-unsupported", f"{start}/thinking/type")
        ]


def test_a_doubt_of_the_schema_gives_way_to_an_error_of_a_rule_at_the_same_place() -> None:
    problem: Any = None
    doubt = Draft(RULES["schema/minimum"], ("top_k",), Target.VALUE, Severity.WARNING, problem)
    refusal = doubt._replace(severity=None)
    elsewhere = doubt._replace(path=("top_p",))
    error = Finding(RULES["sampling/unsupported-model"], ("top_k",), "is not supported")
    assert without_refused([doubt, refusal, elsewhere], [error]) == [refusal, elsewhere]
    assert without_refused([doubt], [error._replace(severity=Severity.WARNING)]) == [doubt]

"""A fingerprint is the rule, the shape of the place and the value found there, whatever else changes in the file."""

from __future__ import annotations

from typing import Any

import pytest

from validator.common.redaction import HIDDEN
from validator.report import Severity, Violation
from validator.report.fingerprint import Fingerprint, fingerprint

SECRET = "sk-ant-" + "api03-" + "a1B2" * 12


def of(pointer: str, root: Any, *, rule: str = "schema/type", message: str = "", missing: str | None = None) -> Any:
    return fingerprint(Violation(rule, Severity.ERROR, pointer, message, missing=missing), root)


def test_an_index_is_a_star_and_a_key_is_itself() -> None:
    root = {"messages": [{"role": "user"}, {"role": "usr"}], "a/b": {"0": 1}}
    assert of("/messages/1/role", root).at == "/messages/*/role"
    assert of("/messages", root).at == "/messages"
    assert of("/a~1b/0", root).at == "/a~1b/0"
    assert of("", root).at == ""
    assert of("/messages/1/role", root).rule == "schema/type"


def test_the_value_of_a_place_is_what_counts_and_not_its_index() -> None:
    root = {"messages": [{"role": "usr"}, {"role": "user"}, {"role": "usr"}]}
    assert of("/messages/0/role", root) == of("/messages/2/role", root)
    assert of("/messages/0/role", root) != of("/messages/1/role", root)


@pytest.mark.parametrize(
    ("pointer", "root"),
    [
        ("/a~1b", {"a/b": 7, "a~1b": 8}),
        ("/a~0b", {"a~b": 7, "a~0b": 8}),
        ("/a~01b", {"a~1b": 7, "a/b": 8}),
        ("/1", [6, 7]),
        ("/x/1/y", {"x": [{"y": 6}, {"y": 7}]}),
    ],
)
def test_a_pointer_leads_to_its_value(pointer: str, root: Any) -> None:
    assert of(pointer, root).value == of("/value", {"value": 7}).value


@pytest.mark.parametrize(
    ("pointer", "root"),
    [("/3", [1, 2, 3]), ("/7", [1, 2, 3]), ("/x", [1]), ("/-1", [1]), ("/a", {}), ("/a/b", {"a": 1}), ("/a", "a")],
)
def test_a_pointer_that_leads_nowhere_has_no_value(pointer: str, root: Any) -> None:
    assert of(pointer, root).value == of("/value", {"value": None}).value


@pytest.mark.parametrize("name", ["type", "role", "name", "id", "tool_use_id", "custom_id"])
def test_an_object_is_told_from_others_by_its_names(name: str) -> None:
    root = [{name: "a"}, {name: "b"}, {name: "a", "other": 1}, {name: 7}, {}]
    assert of("/0", root) != of("/1", root)
    assert of("/0", root) == of("/2", root)
    assert of("/3", root) == of("/4", root)


def test_the_order_of_its_names_does_not_matter() -> None:
    assert of("/0", [{"type": "text", "id": "a"}]) == of("/0", [{"id": "a", "type": "text"}])


def test_arrays_are_alike_and_differ_from_what_is_no_array() -> None:
    assert of("/0", [[1]]) == of("/0", [[2, 3]])
    assert of("/0", [[]]) != of("/0", [{}])
    assert of("/0", [[]]) != of("/0", [None])


def test_a_missing_property_is_told_from_another() -> None:
    root: dict[str, Any] = {"messages": []}
    names = {of("", root, missing=name) for name in ("model", "max_tokens", None)}
    assert len(names) == 3


def test_the_message_counts_only_where_there_is_no_value() -> None:
    assert of("/a", {"a": 1}, message="one") == of("/a", {"a": 1}, message="other")
    assert of("", None, message="one") != of("", None, message="other")


def test_a_redacted_key_is_found_again() -> None:
    root = {"a": 1, SECRET: 7}
    assert of(f"/sk-ant-{HIDDEN}", root).value == of("/value", {"value": 7}).value
    assert of(f"/sk-ant-{HIDDEN}", {SECRET: 7, f"sk-ant-{HIDDEN}": 8}).value == of("/value", {"value": 8}).value
    assert of(f"/sk-ant-{HIDDEN}", {"x": 1}).value == of("/value", {"value": None}).value


@pytest.mark.parametrize("value", ["\ud83d", 10**30, -(10**30)])
def test_a_value_that_json_cannot_write_has_a_fingerprint_of_its_own(value: Any) -> None:
    assert of("/0", [value]) == of("/0", [value])
    assert of("/0", [value]) != of("/0", [None])


def test_digests_are_those_of_baselines_that_were_written_before() -> None:
    """What is stored in baselines and shown in reports must not change from one version to the next."""
    found = of("/messages/1/role", {"messages": [{}, {"role": "usr"}]}, rule="schema/enum")
    assert found == Fingerprint("schema/enum", "/messages/*/role", "822572c44a2606bb")
    assert found.digest("a.json") == "13e0f1536db454ea"
    assert len({found.digest("b.json"), found._replace(rule="x/y").digest("a.json"), found.digest("a.json")}) == 3

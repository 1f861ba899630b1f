"""A finding becomes a violation at a place that is there, without the secrets that its value may be."""

from __future__ import annotations

from typing import Any

from validator.checking.violations import foremost, in_text, in_value
from validator.common.wording import shown
from validator.documents.strict import read
from validator.engine.finding import Finding
from validator.places.lines import LineIndex
from validator.report import Range, Severity, Target, Violation
from validator.rules import RULES

RULE = RULES["schema/type"]


def found(*path: str | int, **changes: Any) -> Finding:
    return Finding(RULE, path, "is wrong")._replace(**changes)


def placed(text: bytes, finding: Finding) -> Violation:
    document = read(text)
    (violation,) = in_text([finding], document, LineIndex(document.data))
    return violation


def test_a_finding_points_at_its_value_its_key_or_what_holds_it() -> None:
    text = b'{"a": {"b": 1}}'
    assert placed(text, found("a", "b")).range == Range(1, 13, 1, 14)
    assert placed(text, found("a", "b", target=Target.KEY)).range == Range(1, 8, 1, 11)
    assert placed(text, found("a", target=Target.HOLDER)).range == Range(1, 2, 1, 5)
    assert placed(text, found(target=Target.HOLDER)).range == Range(1, 1, 1, 2)


def test_what_is_not_there_is_shown_at_the_value_that_lacks_it() -> None:
    text = b'{"a": {"b": 1}}'
    missing = placed(text, found("a", "c", "d"))
    assert (missing.pointer, missing.range) == ("/a", Range(1, 2, 1, 5))
    assert placed(text, found("a", "c", "d", target=Target.KEY)).pointer == "/a"
    key = placed(text, found("a", "c", target=Target.KEY))
    assert (key.pointer, key.range) == ("/a/c", Range(1, 2, 1, 5))


def test_a_related_place_that_is_not_there_does_not_move_the_finding() -> None:
    violation = placed(b'{"a": 1, "b": {}}', found("a", related=((("b", "c"), "here"),)))
    assert violation.range == Range(1, 7, 1, 8)
    assert [(each.pointer, each.range) for each in violation.related] == [("/b", Range(1, 15, 1, 17))]


def test_violations_come_in_the_order_of_the_text_and_those_at_a_key_first() -> None:
    document = read(b'{"b": 1, "a": 2}')
    findings = [found("a"), found("b"), found("a", target=Target.KEY)]
    assert [each.pointer for each in in_text(findings, document, LineIndex(document.data))] == ["/b", "/a", "/a"]
    inside = in_value([found("a"), found("a", target=Target.KEY, message="key")], {"a": 2})
    assert [each.message for each in inside] == ["key", "is wrong"]


def test_errors_are_kept_before_what_comes_earlier() -> None:
    root = {"a": 1, "b": 2, "c": 3}
    findings = [found("a", severity=Severity.WARNING), found("c"), found("b")]
    assert [each.path for each in foremost(findings, 2, root)] == [("b",), ("c",)]
    assert foremost(findings, 3, root) == foremost(findings, None, root) == findings


def test_a_value_is_hidden_by_the_name_of_its_property_alone() -> None:
    word = "blue horses"
    root = {"mcp_servers": [{"authorization_token": word, "name": word}], "password": 7}
    message = f"is {shown(word)}"

    def said(*path: str | int) -> str:
        return in_value([found(*path, message=message, help=message, api_message=f"got '{word}'")], root)[0].message

    hidden = in_value(
        [found("mcp_servers", 0, "authorization_token", message=message, help=message, api_message=f"got '{word}'")],
        root,
    )[0]
    assert word not in f"{hidden.message} {hidden.help} {hidden.api_message}"
    assert said("mcp_servers", 0, "name") == message
    assert said("password") == message


def test_a_finding_at_a_value_comes_before_those_inside_it() -> None:
    value = {"a": [{"b": 1}]}
    outer, inner = found("a"), found("a", 0, "b", target=Target.KEY)
    assert [each.pointer for each in in_value([inner, outer], value)] == ["/a", "/a/0/b"]
    assert foremost([inner, outer], 1, value) == [outer]

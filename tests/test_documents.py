"""What is the same whatever a request is written in."""

from __future__ import annotations

import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.layouts import jsonc_texts, yaml_texts
from tests.material import hello
from tests.strategies import changed, requests
from validator import Linter
from validator.documents import Format, format_of, is_compressed, read
from validator.facts.api import LATEST_EDITION
from validator.files import check_stream, check_text

LINTER = Linter(ignore=["size"])


def found(name: str, text: str) -> list[tuple[str, str, str, str | None]]:
    violations = check_text(name, text.encode(), LINTER).violations
    return sorted((each.rule, each.pointer, each.message, each.help) for each in violations)


@given(st.data())
def test_a_request_has_the_same_findings_in_every_format(data: st.DataObject) -> None:
    value = data.draw(changed(requests("messages", LATEST_EDITION)))
    expected = found("a.json", json.dumps(value))
    assume(all(rule != "syntax/nesting-too-deep" for rule, *_ in expected))
    with_comments, _ = data.draw(jsonc_texts(st.just(value)))
    assert found("a.jsonc", with_comments) == expected
    in_yaml, _ = data.draw(yaml_texts(st.just(value), with_aliases=False))
    assert found("a.yaml", in_yaml) == expected


@given(st.binary(max_size=40) | st.text(max_size=40).map(str.encode), st.sampled_from(Format))
def test_no_bytes_at_all_make_it_fail(data: bytes, text_format: Format) -> None:
    for document in read(data, text_format):
        assert document.readable or document.findings
    name = {Format.LINES: "a.jsonl", Format.YAML: "a.yaml", Format.JSONC: "a.jsonc"}.get(text_format, "a.json")
    for violation in (*check_text(name, data, LINTER).violations, *check_stream("-", data, LINTER).violations):
        assert violation.message
        assert violation.range is not None
        assert (violation.range.line, violation.range.column) <= (violation.range.end_line, violation.range.end_column)


@pytest.mark.parametrize(
    ("name", "text_format"),
    [
        ("a.json", Format.JSON),
        ("a.JSON", Format.JSON),
        ("x/a.b.jsonc", Format.JSONC),
        ("a.jsonl.gz", Format.LINES),
        ("a.ndjson", Format.LINES),
        ("a.yml", Format.YAML),
        ("a.YAML.GZ", Format.YAML),
        ("a.txt", None),
        ("a.gz", None),
        ("json", None),
        (".json", None),
        (".gz", None),
        ("", None),
        ("a.json/", Format.JSON),
    ],
)
def test_the_ending_tells_the_format(name: str, text_format: Format | None) -> None:
    assert format_of(name) is text_format
    assert is_compressed(name) == name.lower().endswith(".gz")


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_json_lines_are_counted_with_their_empty_lines(line_end: bytes) -> None:
    good, bad = (json.dumps(hello(**changes)).encode() for changes in ({}, {"max_tokens": -1}))
    lines = [b"\xef\xbb\xbf" + good, b"", b"  \t", bad, good[:-1], good, b"", bad]
    result = check_text("a.jsonl", line_end.join(lines), LINTER)
    assert result.requests == 5
    places = [(each.rule, each.range.line, each.range.column) for each in result.violations if each.range]
    column = bad.index(b"-1") + 1
    assert places == [
        ("syntax/byte-order-mark", 1, 1),
        ("schema/minimum", 4, column),
        ("syntax/truncated", 5, len(good)),
        ("schema/minimum", 8, column),
    ]


def test_lines_without_a_request_are_an_empty_text() -> None:
    assert [each.rule for each in check_text("a.jsonl", b"\n \r\n", LINTER).violations] == ["syntax/empty"]


def test_each_document_of_yaml_is_a_request_with_pointers_from_its_own_root() -> None:
    messages = "messages: [{role: user, content: é}]\n"
    text = f"---\n# a\nmodel: 5\nmax_tokens: 1\n{messages}---\n---\nmodel: m\nmax_tokens: -1\n{messages}"
    result = check_text("a.yaml", text.encode(), Linter(select=["schema"]))
    assert result.requests == 2
    assert [(each.pointer, each.range.line) for each in result.violations if each.range] == [
        ("/model", 3),
        ("/max_tokens", 9),
    ]
    assert result.lines[9] == "max_tokens: -1"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '{"$schema": %s, "model": "m", "messages": [{"role": "user", "content": "a"}]}'),
        ("a.jsonc", '{// a\n"$schema": %s, "model": "m", "messages": [{"role": "user", "content": "a"}],}'),
        ("a.yaml", "$schema: %s\nmodel: m\nmessages: [{role: user, content: a}]\n"),
    ],
)
def test_a_schema_of_ours_tells_the_endpoint_and_a_foreign_one_is_unknown(name: str, text: str) -> None:
    linter = Linter(endpoint="auto")

    def rules(schema: str, linter: Linter = linter) -> list[tuple[str, str]]:
        violations = check_text(name, (text % json.dumps(schema)).encode(), linter).violations
        return [(violation.rule, violation.pointer) for violation in violations]

    ours = [
        "https://msglint.invalid/schemas/2026-11/count_tokens.json",
        "./count_tokens.schema.json",
        "count_tokens.schema.json",
        "C:\\schemas\\count_tokens.schema.json",
        "../schemas/msglint-count_tokens.schema.json",
        "https://example.com/msglint.count_tokens.schema.json",
    ]
    for schema in ours:
        assert rules(schema) == []
        assert rules(schema, Linter()) == [("schema/required", "")]
    assert rules("messages.schema.json") == [("schema/required", "")]
    foreign = [
        "https://example.com/count_tokens.schema.json",
        "https://json-schema.org/draft/2020-12/schema",
        "https://msglint.invalid/schemas/2026-11/nothing.json",
        "nothing.schema.json",
        "",
    ]
    for schema in foreign:
        assert ("schema/unknown-property", "/$schema") in rules(schema)

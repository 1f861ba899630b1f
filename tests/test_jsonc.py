from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.layouts import jsonc_texts
from tests.material import hello
from tests.strategies import paths
from validator import Linter
from validator.documents import Document, Format, read
from validator.files import check_text

PIECES = st.sampled_from(
    [
        '{"a": ',
        "[",
        "]",
        "}",
        ",",
        '"',
        '"b"',
        "1",
        "//",
        "/*",
        "*/",
        "\n",
        "\r\n",
        "\r",
        " ",
        "\\",
        "é😀",
        "/",
        "*",
        "#",
    ]
)


def only(text: str | bytes) -> Document:
    (document,) = read(text.encode() if isinstance(text, str) else text, Format.JSONC)
    return document


@given(jsonc_texts())
def test_every_value_is_read_and_stands_where_it_is_said_to(written: tuple[str, Any]) -> None:
    text, value = written
    document = only(text)
    assert document.value == value
    spans = document.locate(list(paths(value)))
    assert set(spans) == set(paths(value))
    for path, span in spans.items():
        held = value
        for step in path:
            held = held[step]
        assert only(document.data[span.start : span.end]).value == held
        if span.key is not None:
            assert json.loads(document.data[span.key[0] : span.key[1]]) == path[-1]


@given(st.lists(PIECES, max_size=14).map("".join))
def test_no_text_makes_it_fail_and_json_stays_what_it_is(text: str) -> None:
    document = only(text)
    assert len(document.text) == len(document.data)
    for finding in document.findings:
        assert 0 <= finding.fault.start <= finding.fault.end <= len(text.encode()) + 1
    (strict,) = read(text.encode(), Format.JSON)
    if strict.readable:
        assert document.readable
        assert document.value == strict.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": "// b", "c": "/* d */"}', {"a": "// b", "c": "/* d */"}),
        ('{"a": "\\"// b"} // c', {"a": '"// b'}),
        ("// a\n1", 1),
        ("/* a\r\n * b\r\n */ [1, /**/ 2 /* , */]", [1, 2]),
        ("1 // a\r", 1),
        ("[1, // ]\r2]", [1, 2]),
        ('{"a": 1, /* b */ }', {"a": 1}),
        ('[[1, ], {"a": [], }, ]', [[1], {"a": []}]),
        ('["a,]", ]', ["a,]"]),
        ("\ufeff[1,]", [1]),
        (b"[1] // \xff", [1]),
        ("/*/ 1 /*/ 2", 2),
        ("// \u2028 1\n2", 2),
    ],
)
def test_comments_and_surplus_commas_are_passed_over(text: str | bytes, value: Any) -> None:
    assert only(text).value == value
    assert only(text).findings == ()


@pytest.mark.parametrize(
    ("text", "rule", "place", "words"),
    [
        ("", "syntax/empty", "", "empty"),
        ("// a\n/* b */", "syntax/empty", "// a", "empty"),
        ("[1, /* 2]", "syntax/invalid-json", "/* 2]", "the comment that begins here does not end"),
        ('{"a": "b,\n "c": "/*"}', "syntax/invalid-json", "\n", "raw line break"),
        ('{"a": "b // c\n}', "syntax/invalid-json", "\n", "raw line break"),
        ("[,]", "syntax/invalid-json", ",]", "unexpected"),
        ("[1,,]", "syntax/invalid-json", ",]", "unexpected"),
        ('{"a":,}', "syntax/invalid-json", ",}", "unexpected"),
        ("{,}", "syntax/invalid-json", ",}", "key"),
        ("[1] /* a */ 2", "syntax/invalid-json", "2", "more text"),
        ("[1 # a\n]", "syntax/invalid-json", "# a", "comment"),
        ("/* é */ [tru]", "syntax/invalid-json", "tru", "not JSON"),
        ("[1, // é\n", "syntax/truncated", "", "array"),
        (b"[\xff] // a", "syntax/encoding", b"\xff", "0xFF"),
    ],
)
def test_what_is_no_json_beside_its_comments_is_told_at_its_place(
    text: str | bytes, rule: str, place: str | bytes, words: str
) -> None:
    document = only(text)
    (finding,) = document.findings
    assert (finding.rule.id, document.readable) == (rule, False)
    at = document.data[finding.fault.start :]
    assert at.startswith(place.encode() if isinstance(place, str) else place)
    assert words in finding.fault.message


def test_lines_and_columns_count_the_comments() -> None:
    text = '// é\r\n{/* 😀 */ "model": 5, // x\r\n"max_tokens": 1, "messages": [{"role": "user", "content": "a"}]}'
    (violation,) = check_text("a.jsonc", text.encode(), Linter()).violations
    assert violation.range is not None
    assert (violation.range.line, violation.range.column) == (2, 19)


def test_comments_are_not_taken_in_json() -> None:
    text = json.dumps(hello()).encode() + b" // a"
    assert [violation.rule for violation in check_text("a.json", text, Linter()).violations] == ["syntax/invalid-json"]
    assert check_text("a.jsonc", text, Linter()).violations == ()


def _seconds(text: str) -> float:
    start = time.process_time()
    check_text("a.jsonc", text.encode(), Linter())
    return time.process_time() - start


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            lambda n: "{\n" + "// msglint: ignore[x]\n" * n + '"a": [' + "1," * n + "1]}", id="above one place"
        ),
        pytest.param(lambda n: "{" + "/* msglint: ignore[x] */" * n + '"a": 1}', id="on one line"),
        pytest.param(lambda n: "/* msglint: ignore[x]" + " " * n * 20 + "x */ 1", id="spaces in a comment"),
        pytest.param(lambda n: "[" + "\r// msglint: x\r[1]," * n + "1]", id="carriage returns"),
        pytest.param(lambda n: "/**/" * n * 10 + "1", id="comments"),
        pytest.param(lambda n: "/*" * n * 20, id="an open comment"),
        pytest.param(lambda n: "[" + "[1,]," * n + "1]", id="surplus commas"),
        pytest.param(lambda n: "[" + ", " * n * 10 + "]", id="commas alone"),
        pytest.param(lambda n: '"' + '\\"' * n * 10, id="an open string"),
        pytest.param(lambda n: '"' * n * 10, id="quotes"),
    ],
)
def test_time_grows_with_the_text_and_no_faster(text: Any) -> None:
    small, large = (min(_seconds(text(n)) for _ in range(2)) for n in (1000, 8000))
    assert large < 0.1 or large < 24 * small

from __future__ import annotations

import bz2
import gzip
import json
import lzma

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.material import hello
from validator import validate_json

VALID = json.dumps(hello()).encode()


@pytest.mark.parametrize(
    ("text", "rule", "line", "column", "words"),
    [
        (b"", "syntax/empty", 1, 1, "empty"),
        (b" \r\n\t", "syntax/empty", 1, 1, "empty"),
        (b"\xef\xbb\xbf", "syntax/empty", 1, 1, "empty"),
        ("{}".encode("utf-16"), "syntax/encoding", 1, 1, "UTF-16"),
        ("{}".encode("utf-16-be"), "syntax/encoding", 1, 1, "UTF-16"),
        ("{}".encode("utf-32"), "syntax/encoding", 1, 1, "UTF-32"),
        (b'{"a":\n "\xe9"}', "syntax/encoding", 2, 3, "0xE9"),
        (b'{"\xc3\xa9": "\xed\xa0\x80"}', "syntax/encoding", 1, 8, "0xED"),
        (b'{"a": NaN}', "syntax/nan-or-infinity", 1, 7, "`NaN`"),
        (b'{"a": -Infinity}', "syntax/nan-or-infinity", 1, 7, "`-Infinity`"),
        (b'{"a": [1, Infinity]}', "syntax/nan-or-infinity", 1, 11, "`Infinity`"),
        (b'{"a": 1e999}', "syntax/number-too-large", 1, 7, "1e999"),
        (b'{"a": -' + b"9" * 400 + b"}", "syntax/number-too-large", 1, 7, "…"),
        (b'{"a": "\xf0\x9f\x98\x80 \\ud83d"}', "syntax/lone-surrogate", 1, 10, r"`\ud83d`"),
        (rb'{"a": "\ud83d\ude00 \ude00"}', "syntax/lone-surrogate", 1, 21, r"`\ude00`"),
        (rb'{"a": "\\ud83d\ud83dx"}', "syntax/lone-surrogate", 1, 15, r"`\ud83d`"),
        (rb'{"a\ud83d": 1}', "syntax/lone-surrogate", 1, 4, r"`\ud83d`"),
        (b"[" * 100_000 + b"]" * 100_000, "syntax/nesting-too-deep", 1, 1025, "1,024"),
        (b'{"a":' * 100_000, "syntax/nesting-too-deep", 1, 5121, "1,024"),
        (b'{"a": [1, {"b": 2}', "syntax/truncated", 1, 19, "array that begins on line 1"),
        (b'{\n"a": {\n"b": "c"\n', "syntax/truncated", 3, 9, "object that begins on line 2"),
        (b'{"a": "b', "syntax/truncated", 1, 9, "inside a string"),
        (b'{"a": "b\\', "syntax/truncated", 1, 10, "inside a string"),
        (b'{"a": tru', "syntax/truncated", 1, 10, "object"),
        (b'{"a": 1,}', "syntax/invalid-json", 1, 8, "comma"),
        (b'{"a": [1, 2,\n]}', "syntax/invalid-json", 1, 12, "comma"),
        (b'{"a": True}', "syntax/invalid-json", 1, 7, "`True`"),
        (b'{"a": [None]}', "syntax/invalid-json", 1, 8, "`None`"),
        (b"{'a': 1}", "syntax/invalid-json", 1, 2, "double quotes"),
        (b'{"a": 1} // b', "syntax/invalid-json", 1, 10, "comment"),
        (b'{"a": /* b */ 1}', "syntax/invalid-json", 1, 7, "comment"),
        (b'# b\n{"a": 1}', "syntax/invalid-json", 1, 1, "comment"),
        (b'{"a": "b\nc"}', "syntax/invalid-json", 1, 9, "raw line break"),
        (b'{"a": "b\x1bc"}', "syntax/invalid-json", 1, 9, "U+001B"),
        (b'{"a": 1} {"b": 2}', "syntax/invalid-json", 1, 10, "more text"),
        (b'{"a" 1}', "syntax/invalid-json", 1, 6, "':'"),
        (b'{"a": 1 "b": 2}', "syntax/invalid-json", 1, 9, "','"),
        (b'{"a": 01}', "syntax/invalid-json", 1, 7, "leading zero"),
        (rb'{"a": "\x"}', "syntax/invalid-json", 1, 8, "escape"),
        (b'{"a": ]}', "syntax/invalid-json", 1, 7, "value"),
        (b"}", "syntax/invalid-json", 1, 1, "value"),
        (b"hello", "syntax/invalid-json", 1, 1, "value"),
    ],
)
def test_text_that_is_not_json_is_one_violation_at_its_place(
    text: bytes, rule: str, line: int, column: int, words: str
) -> None:
    found = [violation for violation in validate_json(text).violations if violation.rule != "syntax/byte-order-mark"]
    assert [violation.rule for violation in found] == [rule]
    (violation,) = found
    assert violation.range is not None
    assert (violation.range.line, violation.range.column) == (line, column)
    assert words in violation.message
    assert violation.pointer == ""
    assert violation.help


def test_byte_order_mark_is_a_warning_and_moves_no_place() -> None:
    report = validate_json(b"\xef\xbb\xbf" + VALID.replace(b'"Hello"', b"5"))
    assert [(v.rule, v.severity) for v in report.violations] == [
        ("syntax/byte-order-mark", "warning"),
        ("schema/type", "error"),
    ]
    place = report.violations[1].range
    assert place is not None
    assert place.column == VALID.index(b'"Hello"') + 1
    assert validate_json(b"\xef\xbb\xbf" + VALID).ok


def test_integer_beyond_64_bits_is_named_where_an_integer_belongs() -> None:
    report = validate_json(VALID.replace(b"1024", b"1" * 30))
    assert [(v.rule, v.pointer) for v in report.violations] == [("syntax/integer-beyond-64-bits", "/max_tokens")]


def test_integer_beyond_64_bits_may_stand_where_anything_may() -> None:
    tool = {"name": "big", "description": "A tool.", "input_schema": {"type": "object", "default": 10**30}}
    assert validate_json(json.dumps(hello(tools=[tool]))).violations == ()


def test_string_of_a_hundred_megabytes_is_read_and_not_repeated() -> None:
    text = json.dumps(hello(messages=[{"role": "usr", "content": "x" * 100_000_000}]))
    (violation,) = validate_json(text, ignore=["size"]).violations
    assert violation.pointer == "/messages/0/role"
    (violation,) = validate_json(text[:-10]).violations
    assert violation.rule == "syntax/truncated"
    text = json.dumps(hello(messages="x" * 100_000_000))
    (violation,) = validate_json(text, ignore=["size"]).violations
    assert "(100,000,000 characters)" in violation.message
    assert len(violation.message) < 200


@pytest.mark.parametrize(
    "data", [VALID.decode(), bytearray(VALID), memoryview(VALID)], ids=["str", "bytearray", "view"]
)
def test_text_may_come_in_any_bytes_or_a_string(data: str | bytearray | memoryview) -> None:
    assert validate_json(data).violations == ()


def test_lone_surrogate_in_a_python_string_is_not_utf_8() -> None:
    (violation,) = validate_json('{"model": "\ud83d"}').violations
    assert violation.rule == "syntax/encoding"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (gzip.compress(b"{}", mtime=0), "the text is compressed with gzip, but must be UTF-8"),
        (bz2.compress(b"{}"), "the text is compressed with bzip2, but must be UTF-8"),
        (lzma.compress(b"{}"), "the text is compressed with xz, but must be UTF-8"),
        (b"PK\x03\x04\x14\x00\xff", "this is a ZIP archive, but must be UTF-8"),
        (b"PAR1\x15\x04\x15\xff", "this is a Parquet file, but must be UTF-8"),
        (b"ARROW1\x00\x00\xff\xff", "this is an Arrow file, but must be UTF-8"),
    ],
)
def test_data_in_another_format_is_called_by_its_name(data: bytes, message: str) -> None:
    (violation,) = validate_json(data).violations
    assert (violation.rule, violation.message) == ("syntax/encoding", message)


@given(st.binary(max_size=40) | st.text(max_size=40).map(str.encode))
def test_no_bytes_at_all_make_it_fail(data: bytes) -> None:
    for violation in validate_json(data).violations:
        assert violation.message
        assert violation.range is not None


@given(st.data())
def test_a_request_with_some_bytes_changed_is_judged_without_failing(data: st.DataObject) -> None:
    text = bytearray(
        json.dumps(hello(system="é😀 \ud83d\ude00"), ensure_ascii=data.draw(st.booleans())).encode(errors="replace")
    )
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        text[start : start + data.draw(st.integers(0, 3))] = data.draw(
            st.binary(max_size=3)
            | st.sampled_from([b'"', b"{", b"]", b",", b"\\", b"\\ud83d", b"NaN", b"\n", b"1e999"])
        )
    for violation in validate_json(bytes(text)).violations:
        assert violation.range is not None
        assert (violation.range.line, violation.range.column) <= (violation.range.end_line, violation.range.end_column)

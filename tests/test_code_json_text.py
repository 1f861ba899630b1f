"""JSON texts inside source code: what is read of them around holes, elisions and placeholders."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.code.json_text import value_of
from validator.documents.written import Spelled, Written, spelled

HOLE = "@"


def read(text: str, *, is_fragment: bool = False) -> Spelled | None:
    """Read a text in which each `@` is a hole."""
    data = text.encode()
    holes = [(index, index + 1) for index, byte in enumerate(data) if byte == ord(HOLE)]
    written = value_of(data, holes, is_fragment=is_fragment)
    return None if written is None else spelled(written)


def shown(text: str, *, is_fragment: bool = False) -> Any:
    """Return the value with the kinds of its unknown parts, and the paths of its open containers."""
    found = read(text, is_fragment=is_fragment)
    assert found is not None, f"not read: {text}"
    for path, kind in found.unknown.values.items():
        target = found.value
        for step in path[:-1]:
            target = target[step]
        if path:
            target[path[-1]] = f"?{kind}"
        else:
            found.value = f"?{kind}"
    return found.value, sorted(found.unknown.open, key=str)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "b": [true, false, null]}',
        "[]",
        "{}",
        " \r\n\t[1, -2, 3.5, 1e3, 1.0E-2, -0] \n",
        '"text"',
        "12",
        '{"a": {"b": {"c": []}}}',
        r'"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"',
        '{"é": "日本 😀"}',
        "18446744073709551615",
        '{"": ""}',
        '{"a": "}]{[,:"}',
    ],
)
def test_a_text_without_holes_is_read_as_by_a_json_parser(text: str) -> None:
    found = read(text)
    assert found is not None
    assert found.value == json.loads(text)
    assert not found.unknown.values
    assert not found.unknown.open


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "{",
        "}",
        "[1",
        "[1,]",
        "[,1]",
        "[1 2]",
        '{"a"}',
        '{"a":}',
        '{"a": 1,}',
        '{"a": 1,, "b": 2}',
        "{a: 1}",
        "{'a': 1}",
        '{"a" 1}',
        '{"a": 1} x',
        "1 2",
        "NaN",
        "[Infinity]",
        "[True]",
        "[01]",
        "[1.]",
        "[.5]",
        "[+1]",
        "1e999",
        '"\\x41"',
        '"a\nb"',
        '"unended',
        "[1}",
        '{"a": 1]',
        "[...]",
        '{"a": 1, ...}',
        "[1] // no",
        '{"a": <X>}',
        '{"a": {{x}}}',
        "/* */ 1",
    ],
)
def test_a_text_that_is_not_json_is_not_read(text: str) -> None:
    assert read(text) is None


def test_bytes_that_are_not_utf_8_are_not_read() -> None:
    assert value_of(b'"\xff"') is None
    assert value_of(b'"\\n\xff"') is None


def test_a_byte_order_mark_is_skipped() -> None:
    written = value_of(b"\xef\xbb\xbf[1]")
    assert written is not None
    assert written.start == 3


def test_a_lone_surrogate_is_kept() -> None:
    assert shown(r'["\ud800"]') == (["\ud800"], [])


@pytest.mark.parametrize(
    ("text", "value"), [('{"a": 1, "a": 2}', {"a": 2}), ('{"a": @, "b": 1, "a": 3}', {"b": 1, "a": 3})]
)
def test_the_last_of_duplicate_keys_counts(text: str, value: Any) -> None:
    assert shown(text) == (value, [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": "@"}', ({"a": "?text"}, [])),
        ('{"a": "x@y", "b": 1}', ({"a": "?text", "b": 1}, [])),
        ('{"a": @, "b": 1}', ({"a": "?any", "b": 1}, [])),
        ('{"a": -@}', ({"a": "?any"}, [()])),
        ('{"a": 10@, "b": 2}', ({"a": "?any", "b": 2}, [()])),
        ('{"a": 10 @, "b": 2}', ({"a": 10, "b": 2}, [()])),
        ('{"a": 1, @}', ({"a": 1}, [()])),
        ('{"a": 1 @}', ({"a": 1}, [()])),
        ('{@ "a": 1}', ({"a": 1}, [()])),
        ('{@, "a": 1}', ({"a": 1}, [()])),
        ("{@}", ({}, [()])),
        ('{"a": 1, @, "b": 2}', ({"a": 1, "b": 2}, [()])),
        ('{"@": 1, "b": 2}', ({"b": 2}, [()])),
        ('{@: 1, "b": 2}', ({"b": 2}, [()])),
        ("[@]", (["?any"], [()])),
        ("[1, @]", ([1, "?any"], [()])),
        ("[1 @]", ([1, "?any"], [()])),
        ("[@, 1]", (["?any", 1], [()])),
        ('["@"]', (["?text"], [])),
        ('{"a": [{"b": "@"}, 1]}', ({"a": [{"b": "?text"}, 1]}, [])),
        ("@", ("?any", [])),
        ('"@"', ("?text", [])),
        ('"{{question}}"', ("?any", [])),
        ('"$MODEL"', ("?any", [])),
    ],
)
def test_a_hole_is_unknown(text: str, expected: Any) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize("text", ['{"a": @ 1}', "[@ 1]", '@ {"a": 1}', '{"a": 1} @', '"\\@"', '{"a@: 1}', '{"a" @ 1}'])
def test_a_hole_that_may_be_anything_leaves_nothing_certain(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize("holes", [[(2, 2)], [(4, 6), (1, 2)], [(1, 99)], [(-1, 2)]])
def test_holes_out_of_order_or_empty_are_not_read(holes: list[tuple[int, int]]) -> None:
    assert value_of(b'{"a": 1}', holes) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[...]", ([], [()])),
        ("[…]", ([], [()])),
        ("[1, ...]", ([1], [()])),
        ("[1 ...]", ([1], [()])),
        ("[..., 1]", (["?any", 1], [()])),
        ("[1, ..., 2]", ([1, "?any", 2], [()])),
        ("{...}", ({}, [()])),
        ('{"a": 1, ...}', ({"a": 1}, [()])),
        ('{..., "a": 1}', ({"a": 1}, [()])),
        ('{"a": 1\n ...\n "b": 2}', ({"a": 1, "b": 2}, [()])),
        ('{"a": ...}', ({"a": "?any"}, [])),
        ('{"a": {...}, "b": [...]}', ({"a": {}, "b": []}, [("a",), ("b",)])),
        ('{"a": 1, "...": "..."}', ({"a": 1}, [()])),
        ('{"a": 1, "..."}', ({"a": 1}, [()])),
        ('["..."]', (["?any"], [])),
        ('{"a": 1,}', ({"a": 1}, [])),
        ("[1,]", ([1], [])),
        ('{"a": 1, // the rest\n}', ({"a": 1}, [()])),
        ('{"a": 1 /* ... */}', ({"a": 1}, [()])),
        ('{"a": 1, # more tools\n}', ({"a": 1}, [()])),
        ("[/* the conversation */]", ([], [()])),
        ('{"a": 1 // one\n, "b": 2}', ({"a": 1, "b": 2}, [])),
        ('{"a": <number>}', ({"a": "?any"}, [])),
        ('{"a": {{x}}, "b": ${Y}, "c": $Z}', ({"a": "?any", "b": "?any", "c": "?any"}, [])),
        ('{"a": YOUR_NUMBER}', ({"a": "?any"}, [])),
        ('{"a": "<MODEL>", "b": "YOUR_MODEL"}', ({"a": "?any", "b": "?any"}, [])),
        ('{"a": "iVBORw0KGgo..."}', ({"a": "?any"}, [])),
    ],
)
def test_documentation_leaves_things_out(text: str, expected: Any) -> None:
    assert shown(text, is_fragment=True) == expected


@pytest.mark.parametrize(
    "text",
    ["[,]", "{,}", "[1,,]", '{"a": 1,, ...}', '{"a": x}', "[1] /* ", "{...", '{"a": ..., "b"}', "..", "[/]"],
)
def test_documentation_that_is_broken_is_not_read(text: str) -> None:
    assert read(text, is_fragment=True) is None


def test_places_are_those_of_values_and_of_keys_with_their_quotes() -> None:
    text = '{ "é" : [ 12 , "x\\n" ] , "b": {"c": null } }'
    data = text.encode()
    found = read(text)
    assert found is not None
    cut = {path: data[span.start : span.end].decode() for path, span in found.spans.items()}
    assert cut == {
        (): text,
        ("é",): '[ 12 , "x\\n" ]',
        ("é", 0): "12",
        ("é", 1): '"x\\n"',
        ("b",): '{"c": null }',
        ("b", "c"): "null",
    }
    keys = {path: data[span.key[0] : span.key[1]].decode() for path, span in found.spans.items() if span.key}
    assert keys == {("é",): '"é"', ("b",): '"b"', ("b", "c"): '"c"'}


def test_only_literals_are_editable() -> None:
    written = value_of(b'[1, "x", @]', [(9, 10)])
    assert written is not None
    assert [item.is_editable for item in written.items or ()] == [True, True, False]


_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text('abcé😀"\\/\n', max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text('abc"é', max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(_values, st.sampled_from([None, 1, 2]), st.booleans())
def test_every_json_text_is_read_whole_and_every_range_is_its_literal(
    value: Any,
    indent: int | None,
    is_ascii: bool,  # noqa: FBT001 - Hypothesis fills it
) -> None:
    data = json.dumps(value, indent=indent, ensure_ascii=is_ascii).encode()
    written = value_of(data)
    assert written is not None
    found = spelled(written)
    assert found.value == value
    for path, span in found.spans.items():
        target = value
        for step in path:
            target = target[step]
        assert json.loads(data[span.start : span.end]) == target
        if span.key:
            assert json.loads(data[span.key[0] : span.key[1]]) == path[-1]


@given(
    st.text('{}[]",:@ \n/*#.<>$\\a1tnuelfrs…', max_size=60).map(str.encode) | st.binary(max_size=40),
    st.lists(st.integers(0, 60), max_size=6).map(sorted),
    st.booleans(),
)
def test_no_text_raises_and_every_place_lies_in_it(data: bytes, cuts: list[int], is_fragment: bool) -> None:  # noqa: FBT001
    holes = list(zip(cuts[::2], cuts[1::2], strict=False))
    written = value_of(data, holes, is_fragment=is_fragment)
    waiting: list[Written] = [] if written is None else [written]
    while waiting:
        part = waiting.pop()
        assert 0 <= part.start <= part.end <= len(data)
        waiting.extend(part.inner())


@pytest.mark.parametrize(
    ("data", "is_read"),
    [
        (b"[" * 10_000 + b"]" * 10_000, True),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, True),
        (b"[" * 1_000_000, False),
        (b'["' + b"\\n" * 1_000_000 + b'"]', True),
        (b"[" + b"/*" * 1_000_000, False),
        (b"[" + b"// x\n" * 100_000 + b"]", True),
        (b"{" + b"... " * 100_000 + b"}", True),
        (b"[" + b"<" * 200_000, False),
    ],
)
def test_deep_and_long_texts_take_linear_time(data: bytes, is_read: bool) -> None:  # noqa: FBT001 - a parameter
    begin = time.process_time()
    assert (value_of(data, is_fragment=True) is not None) == is_read
    assert time.process_time() - begin < 5


def test_many_holes_take_linear_time() -> None:
    data = b'["' + b"@x" * 200_000 + b'"]'
    begin = time.process_time()
    written = value_of(data, [(2 + 2 * number, 3 + 2 * number) for number in range(200_000)])
    assert written is not None
    assert time.process_time() - begin < 5

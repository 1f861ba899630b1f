"""Positions: from characters and bytes to the lines and columns of a client, and back."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lsprotocol import types

from validator.lsp.text import Text, alike, alike_at_end

ENCODINGS = ("utf-8", "utf-16", "utf-32")
TEXTS = st.text(
    st.sampled_from('a"{é中\u2028\u2029\x85\x0b\x0c\x1e\r\n😀𠀋\ufeff\u0301')
    | st.characters(exclude_categories=["Cs"]),
    max_size=40,
)
LONG = "a" * 4094 + "é𠀋😀中" * 3000 + '\u2028"'
"""A line that is longer than what is looked at at once, with characters across the border."""


def positions(encoding: str, text: str) -> list[tuple[int, int]]:
    """Return the position of every character of a text and of its end, as the protocol defines positions."""
    codec = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}[encoding]
    found, line, start = [], 0, 0
    ends = {end.end() for end in re.finditer(r"\r\n|\n|\r", text)}
    for offset in range(len(text) + 1):
        if offset in ends:
            line, start = line + 1, offset
        found.append((line, len(text[start:offset].encode(codec[0])) // codec[1]))
    return found


@pytest.mark.parametrize(
    ("text", "utf_8", "utf_16", "utf_32"),
    [
        ('{"a": ‸1}', (0, 6), (0, 6), (0, 6)),
        ('{"é": ‸1}', (0, 7), (0, 6), (0, 6)),
        ('{"中": ‸1}', (0, 8), (0, 6), (0, 6)),
        ('{"😀": ‸1}', (0, 9), (0, 7), (0, 6)),
        ('{"𠀋𠀋": ‸1}', (0, 13), (0, 9), (0, 7)),
        ('{"e\u0301": ‸1}', (0, 8), (0, 7), (0, 7)),
        ('\ufeff‸{"a": 1}', (0, 3), (0, 1), (0, 1)),
        ('{"a": "\u2028",\n "b": ‸1}', (1, 6), (1, 6), (1, 6)),
        ('{"a": "\u2029",\n‸}', (1, 0), (1, 0), (1, 0)),
        ('{"a": "\x85\x0b\x0c\x1c\x1d\x1e"‸}', (0, 15), (0, 14), (0, 14)),
        ('{\r "é": ‸1}', (1, 7), (1, 6), (1, 6)),
        ('{\r\n "é": ‸1}', (1, 7), (1, 6), (1, 6)),
        ('{\n\r\n\r "a": ‸1}', (3, 6), (3, 6), (3, 6)),
        ("{\n‸\n}", (1, 0), (1, 0), (1, 0)),
        ("a\n‸", (1, 0), (1, 0), (1, 0)),
        ("‸", (0, 0), (0, 0), (0, 0)),
    ],
)
def test_a_character_has_the_position_that_the_client_counts(
    text: str, utf_8: tuple[int, int], utf_16: tuple[int, int], utf_32: tuple[int, int]
) -> None:
    offset = text.index("‸")
    for encoding, expected in zip(ENCODINGS, (utf_8, utf_16, utf_32), strict=True):
        index = Text(text.replace("‸", ""), encoding)
        assert index.position(offset) == types.Position(*expected)
        assert index.offset(types.Position(*expected)) == offset


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(text=TEXTS)
@example(text="\r\n\r\r\n\n")
@example(text=LONG)
@example(text=f"é\r\n{LONG}\r{LONG}")
def test_every_character_is_found_again(encoding: str, text: str) -> None:
    index = Text(text, encoding)
    step = max(1, len(text) // 97)
    for offset, position in list(enumerate(positions(encoding, text)))[::step]:
        assert index.position(offset) == types.Position(*position)
        between_ends = text[offset - 1 : offset + 1] == "\r\n" and offset > 0
        assert index.offset(types.Position(*position)) == offset - between_ends
        byte = len(text[:offset].encode())
        assert (index.byte(offset), index.character(byte)) == (byte, offset)


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(text=TEXTS, line=st.integers(0, 12), character=st.integers(0, 99))
@example(text=f"a\n{LONG}\nb", line=1, character=2**31 - 1)
@example(text=f"a\n{LONG}\nb", line=1, character=20_001)
def test_any_position_is_a_place_in_its_line(encoding: str, text: str, line: int, character: int) -> None:
    index = Text(text, encoding)
    offset = index.offset(types.Position(line, character))
    if line >= index.lines:
        assert offset == len(text)
        return
    start = index.starts[line]
    assert start <= offset <= start + len(index.line(line))
    assert index.position(offset).character <= character
    if offset < start + len(index.line(line)):
        assert index.position(offset + 1).character > character


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(text=TEXTS, written=TEXTS, data=st.data())
@example(text="a\r", written="\n", data=None)
@example(text="\n\rb", written="\n", data=None)
def test_a_text_with_a_stretch_replaced_is_like_one_that_is_read_anew(
    encoding: str, text: str, written: str, data: st.DataObject | None
) -> None:
    places = st.integers(0, len(text))
    start, end = sorted((data.draw(places), data.draw(places))) if data is not None else (2, 2)
    before = Text(text, encoding)
    assert before.starts[0] == 0
    after = before.replaced(start, end, written)
    assert after.text == text[:start] + written + text[end:]
    assert vars(after)["starts"] == Text(after.text, encoding).starts
    assert after.encoding == encoding


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_edit_changes_what_stands_at_its_range(encoding: str) -> None:
    text = Text('{"é😀": "\u2028",\r\n "b": 1}', encoding)
    place = types.Range(types.Position(1, 6), types.Position(1, 7))
    assert text.changed(types.TextDocumentContentChangePartial(place, "22")).text.endswith('\r\n "b": 22}')
    beyond = types.Range(types.Position(1, 99), types.Position(99, 0))
    assert text.changed(types.TextDocumentContentChangePartial(beyond, "!")).text == text.text + "!"
    reverse = types.Range(types.Position(1, 7), types.Position(1, 6))
    assert text.changed(types.TextDocumentContentChangePartial(reverse, "0")).text.endswith('"b": 10}')
    assert text.changed(types.TextDocumentContentChangeWholeDocument("[]")).text == "[]"


@pytest.mark.parametrize(
    ("encoding", "inside"),
    [("utf-8", 1), ("utf-8", 2), ("utf-8", 3), ("utf-16", 1)],
)
def test_a_position_inside_a_character_is_that_of_the_character(encoding: str, inside: int) -> None:
    index = Text("😀a", encoding)
    assert index.offset(types.Position(0, inside)) == 0


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_half_of_a_pair_of_surrogates_counts_as_one_unit_and_does_no_harm(encoding: str) -> None:
    index = Text('{"\ud83d": 1}', encoding)
    column = {"utf-8": 8}.get(encoding, 6)
    assert index.position(6) == types.Position(0, column)
    assert index.offset(types.Position(0, column)) == 6
    assert (index.byte(6), index.character(8)) == (8, 6)


@pytest.mark.parametrize(
    ("text", "number", "line"),
    [("a\r\nb", 0, "a"), ("a\rb\n", 1, "b"), ("a\n", 1, ""), ("\u2028a\x85b\nc", 0, "\u2028a\x85b"), ("", 0, "")],
)
def test_a_line_comes_without_its_end(text: str, number: int, line: str) -> None:
    assert Text(text).line(number) == line


@pytest.mark.parametrize(
    ("text", "newline"), [("a\r\nb\n", "\r\n"), ("a\rb\n", "\r"), ("a\n", "\n"), ("a\u2028", "\n")]
)
def test_new_lines_end_as_the_first_one_does(text: str, newline: str) -> None:
    assert Text(text).newline == newline


def test_a_range_of_bytes_is_that_of_its_characters() -> None:
    text = Text('{"é😀":\n "中"}', "utf-16")
    start = text.data.index('"中"'.encode())
    assert text.range_of_bytes(start, start + 5) == types.Range(types.Position(1, 1), types.Position(1, 4))


@given(same=st.text(max_size=5), one=st.text("ab", max_size=5), other=st.text("ab", max_size=5))
def test_what_two_texts_have_in_common_is_as_long_as_it_can_be(same: str, one: str, other: str) -> None:
    length = alike(same + one, same + other)
    assert (same + one)[:length] == (same + other)[:length]
    assert length >= len(same)
    assert (same + one)[length : length + 1] != (same + other)[length : length + 1] or same + one == same + other
    most = min(len(one), len(other)) + len(same)
    tail = alike_at_end(one + same, other + same, most)
    assert len(same) <= tail <= most
    assert (one + same)[len(one + same) - tail :] == (other + same)[len(other + same) - tail :]
    assert tail == most or (one + same)[-tail - 1] != (other + same)[-tail - 1]

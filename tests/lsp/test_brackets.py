"""Outlines: what is around the cursor in a text, whole or half typed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.layouts import VALUES
from tests.lsp.marks import MARK
from validator.common.pointer import Path
from validator.lsp.brackets import Brackets, Cursor, end_of_string

PIECES = st.lists(
    st.sampled_from([*'{}[],:"\\ \n\r1é', '"a"', '"😀\u2028"', '"b": ', "[1, ", "true", "\r\n", "'"]), max_size=40
).map("".join)


def cursor(marked: str) -> Cursor:
    before, after = marked.encode().split(MARK.encode())
    return Brackets(before + after).cursor(len(before))


@pytest.mark.parametrize(
    ("marked", "path", "is_key", "token"),
    [
        ("{‸}", (), True, ""),
        ('{"mod‸', (), True, '"mod'),
        ('{"mod‸\n}', (), True, '"mod'),
        ('{"model"‸: 1}', (), True, '"model"'),
        ('{"model":‸ 1}', ("model",), False, ""),
        ('{"model": ‸}', ("model",), False, ""),
        ('{"model": "‸', ("model",), False, '"'),
        ('{"model": "cl‸aude", "a": 1}', ("model",), False, '"claude"'),
        ('{"a": tr‸ue}', ("a",), False, "true"),
        ('{"a": 1, ‸}', (), True, ""),
        ('{"a": 1, ‸"b": 2}', (), True, '"b"'),
        ('{"a": [1, ‸2]}', ("a", 1), False, "2"),
        ('{"a": [1, ‸]}', ("a", 1), False, ""),
        ('{"a": [‸]}', ("a", 0), False, ""),
        ('{"a": [{"b": ‸', ("a", 0, "b"), False, ""),
        ('{"a": [{}, {"b": "‸\n  ]\n}', ("a", 1, "b"), False, '"'),
        ('{"a": {"b": 1}, "c": [[], [{"d": ‸}]]}', ("c", 1, 0, "d"), False, ""),
        ('{"é😀": {"\u2028": "‸"}}', ("é😀", "\u2028"), False, '""'),
        ('{"a\\"b": "‸"}', ('a"b',), False, '""'),
        ('{"a": "\\"‸"}', ("a",), False, '"\\""'),
        ('{"a": "[{‸"}', ("a",), False, '"[{"'),
        ('{\r  "a": 1,\r  "b": ‸\r}', ("b",), False, ""),
    ],
)
def test_the_cursor_stands_at_a_path(marked: str, path: Path, is_key: bool, token: str) -> None:  # noqa: FBT001
    found = cursor(marked)
    assert (found.path, found.is_key) == (path, is_key)
    data = marked.replace(MARK, "").encode()
    assert data[slice(*found.token)].decode() == token


@pytest.mark.parametrize(
    ("marked", "follows"),
    [
        ('{‸ "a": 1}', True),
        ('{"a": 1, ‸}', False),
        ('{"a": 1, ‸"b": 2}', False),
        ('{"a": 1, "mo‸"\n"b": 2}', True),
        ('{"a": "‸"\n"b": 2}', True),
        ('{"a": "‸", "b": 2}', False),
        ("[‸ {}]", True),
    ],
)
def test_what_comes_next_without_a_comma_is_seen(marked: str, follows: bool) -> None:  # noqa: FBT001
    assert cursor(marked).follows == follows


@pytest.mark.parametrize("marked", ["‸", "‸{}", "{}‸", '"a‸"', "[]\n‸\n"])
def test_nothing_is_around_the_cursor_outside_of_all_brackets(marked: str) -> None:
    assert cursor(marked).holders == ()


@given(value=VALUES, indent=st.sampled_from([None, 2, "\t"]), data=st.data())
def test_every_value_of_a_text_is_found_at_its_path(value: Any, indent: int | str | None, data: st.DataObject) -> None:
    path: Path = ()
    inner = value
    while isinstance(inner, (dict, list)) and inner:
        step = data.draw(st.sampled_from(list(inner) if isinstance(inner, dict) else range(len(inner))))
        path, inner = (*path, step), inner[step]
    if not path or isinstance(inner, (dict, list)):
        return
    mark = "a mark that stands nowhere else"
    holder = value
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = mark
    text = json.dumps(value, indent=indent, ensure_ascii=False).encode()
    found = Brackets(text).cursor(text.index(mark.encode()) + 5)
    assert found.path == path
    assert not found.is_key
    assert json.loads(text[slice(*found.token)]) == mark
    assert len(found.holders) == len(path)


@given(text=PIECES, offset=st.integers(0, 200))
def test_any_text_has_brackets(text: str, offset: int) -> None:
    data = text.encode()
    found = Brackets(data).cursor(min(offset, len(data)))
    start, end = found.token
    assert 0 <= start <= end <= len(data)
    for holder in found.holders:
        assert data[holder.start : holder.start + 1] in (b"{", b"[")
        assert holder.start < offset
        assert holder.end <= len(data)


@given(before=PIECES, start=PIECES, end=PIECES, after=PIECES)
def test_brackets_that_reuse_lines_of_another_version_are_as_if_they_did_not(
    before: str, start: str, end: str, after: str
) -> None:
    one, other = (start + middle + end for middle in (before, after))
    assert vars(Brackets(other.encode(), Brackets(one.encode()))) == vars(Brackets(other.encode()))


@pytest.mark.parametrize(
    ("text", "string"),
    [
        ('"a" b', '"a"'),
        ('"a\\" b" c', '"a\\" b"'),
        ('"a\\\\" b', '"a\\\\"'),
        ('"a\nb"', '"a'),
        ('"a\rb"', '"a'),
        ('"a', '"a'),
        ('"a\\', '"a\\'),
        ('"', '"'),
        ('"\u2028"', '"\u2028"'),
    ],
)
def test_a_string_ends_with_its_quote_or_its_line(text: str, string: str) -> None:
    data = text.encode()
    assert data[: end_of_string(data, 0)].decode() == string

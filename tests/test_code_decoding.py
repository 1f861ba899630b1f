"""Source files are read in the encoding that they have, and columns stay those of an editor."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.code.decoding import utf_8
from validator.places.lines import LineIndex

TEXT = 'é = "ß"  # 😀\nx = 1\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_with_or_without_a_mark_is_read(encoding: str) -> None:
    assert utf_8(TEXT.encode(encoding)) == TEXT.encode()


@pytest.mark.parametrize(("mark", "encoding"), [(codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF32_BE, "utf-32-be")])
def test_the_other_order_of_bytes_is_read(mark: bytes, encoding: str) -> None:
    assert utf_8(mark + TEXT.encode(encoding)) == TEXT.encode()


@pytest.mark.parametrize(
    "first",
    ["# -*- coding: koi8-r -*-\n", "#!/usr/bin/python\n# vim: set fileencoding=koi8-r :\n", "\r\n# coding=koi8-r\r\n"],
)
def test_the_encoding_that_a_comment_names_is_used(first: str) -> None:
    text = f"{first}x = 'привет'\n"
    assert utf_8(text.encode("koi8-r")) == text.encode()


@pytest.mark.parametrize("name", ["no-such-encoding", "hex", "rot13", "zip", "bz2", "punycode", "undefined", "utf-8"])
def test_a_comment_that_names_no_usable_encoding_is_ignored(name: str) -> None:
    data = f"# coding: {name}\n".encode() + b"x = '\xe9'\n"
    assert utf_8(data) == f"# coding: {name}\nx = 'é'\n".encode()


def test_a_comment_below_the_second_line_names_no_encoding() -> None:
    assert utf_8(b"a\nb\n# coding: koi8-r\n\xe9") == "a\nb\n# coding: koi8-r\né".encode()


@pytest.mark.parametrize("data", [b"\0", b"messages.create\0", "a".encode("utf-16-le"), b"\xff\xfea\0\0\0"])
def test_binary_data_is_not_read(data: bytes) -> None:
    assert utf_8(data) is None


@given(st.binary(max_size=60))
def test_any_bytes_are_utf_8_then_or_not_read(data: bytes) -> None:
    text = utf_8(data)
    assert text is None or text.decode() is not None


@given(st.text(alphabet="aé\xa0\x0c\x0b\x1c\x85\u2028😀 \t", max_size=20), st.sampled_from(["\n", "\r\n", "\r"]))
def test_only_what_editors_end_lines_at_ends_a_line(line: str, end: str) -> None:
    data = f"{line}{end}{line}x".encode()
    assert LineIndex(data).position(len(data) - 1) == (2, len(line) + 1)

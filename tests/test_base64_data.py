from __future__ import annotations

import base64

from hypothesis import given
from hypothesis import strategies as st

from validator.inspect.base64_data import Base64Data


@given(st.binary(max_size=300), st.integers(-5, 310), st.integers(0, 310))
def test_a_piece_is_what_the_whole_has_there(data: bytes, start: int, length: int) -> None:
    decoded = Base64Data(base64.b64encode(data).decode())
    assert decoded.size == len(data)
    assert decoded.read_all() == data
    assert decoded.read(start, length) == data[max(start, 0) :][:length]


@given(st.binary(max_size=300))
def test_line_breaks_and_missing_padding_change_nothing(data: bytes) -> None:
    for text in (base64.encodebytes(data).decode(), base64.b64encode(data).decode().rstrip("=")):
        decoded = Base64Data(text)
        assert (decoded.size, decoded.read_all(), decoded.read(100, 50)) == (len(data), data, data[100:150])


@given(st.text())
def test_what_is_not_base64_reads_as_something_or_nothing(text: str) -> None:
    decoded = Base64Data(text)
    assert isinstance(decoded.read(0, 30), bytes)
    assert isinstance(decoded.read_all(), bytes)

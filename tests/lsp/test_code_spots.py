"""Spots in hostile source code are found, or not, in a time that does not explode."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from validator.documents import Format
from validator.lsp.code_spots import spot_at

FORMATS = [Format.PYTHON, Format.TYPESCRIPT, Format.SHELL, Format.MARKDOWN]
PIECES = [
    "messages.create(",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    '"',
    "'",
    "`",
    "${",
    ",",
    ":",
    "=",
    "a",
    " ",
    "\n",
    "#",
    "//",
]
PIECES += ["<<E\n", "E\n", "```python\n", "```\n", '"""', "\\", "é😀", "\r", "**", "...", "def f", "import a\n"]
HOSTILE = {
    Format.PYTHON: b'# """\n' + b"import messages\n" * 60_000 + b"messages.create(",
    Format.TYPESCRIPT: b"// `\n" + b"import messages\n" * 60_000 + b"messages.create({",
    Format.SHELL: b"<<a\n" * 200_000,
    Format.MARKDOWN: b"```bash\n" + b"<<a\n" * 200_000 + b"```\n",
}


@given(st.lists(st.sampled_from(PIECES), max_size=30), st.sampled_from(FORMATS), st.integers(0, 60))
def test_a_spot_is_around_the_cursor(pieces: list[str], text_format: Format, at: int) -> None:
    text = "".join(pieces)
    at = min(at, len(text))
    data, offset = text.encode(), len(text[:at].encode())
    spot = spot_at(data, text_format, offset)
    if spot is not None:
        assert spot.start <= offset <= spot.end
        assert all(data[bracket : bracket + 1] in (b"(", b"[", b"{") for bracket in spot.brackets)
        assert all(bracket < spot.start for bracket in spot.brackets)


@pytest.mark.parametrize("text_format", HOSTILE)
def test_a_hostile_text_takes_no_more_time_than_a_long_one(text_format: Format) -> None:
    data = HOSTILE[text_format]
    begin = time.process_time()
    spot_at(data, text_format, len(data) - 4)
    assert time.process_time() - begin < 10

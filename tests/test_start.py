"""What the start of the command leaves out, and that nobody misses it."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from validator.common.lazy_regex import regex

LEAVES_MAIL_OUT = """
import sys
from validator.cli.imports import import_engine

import_engine()
assert "jsonschema_rs" in sys.modules
assert "email.utils" not in sys.modules
import email.utils
assert email.utils.parsedate_to_datetime("Tue, 24 Nov 2026 18:00:00 +0000").hour == 18
"""
KEEPS_WHAT_WAS_IMPORTED = """
import sys
import email.utils
from validator.cli.imports import import_engine

import_engine()
assert sys.modules["email.utils"] is email.utils
"""
ASKS_THE_REAL_ONE = """
import sys
from validator.cli.imports import _MAIL, _NoMail

sys.modules[_MAIL] = stand_in = _NoMail(_MAIL)
assert stand_in.formataddr(("A", "a@example.com")) == "A <a@example.com>"
assert sys.modules[_MAIL] is not stand_in
"""


@pytest.mark.parametrize("program", [LEAVES_MAIL_OUT, KEEPS_WHAT_WAS_IMPORTED, ASKS_THE_REAL_ONE])
def test_the_engine_is_imported_without_the_reader_of_mail(program: str) -> None:
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_an_expression_behaves_as_a_compiled_one() -> None:
    word, compiled = regex(r"[a-z]+", re.IGNORECASE), re.compile(r"[a-z]+", re.IGNORECASE)
    for text in ("", "One two", "3 four"):
        assert word.findall(text) == compiled.findall(text)
        assert bool(word.match(text, 2)) == bool(compiled.match(text, 2))
    assert (word.pattern, word.flags) == (compiled.pattern, compiled.flags)


def test_an_expression_is_compiled_when_it_is_first_used() -> None:
    broken = regex("(")
    with pytest.raises(re.error):
        broken.match("")

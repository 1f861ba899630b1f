"""Values that code writes apart from the call: reported where they are written, with the call beside them."""

from __future__ import annotations

import pytest

from tests.material import TODAY
from validator import Linter, Violation
from validator.files import check_text

CONSTANT = """\
import anthropic

LIMIT = -1
client = anthropic.Anthropic()
reply = client.messages.create(
    model="claude-haiku-4-5",
    max_tokens=LIMIT,
    messages=[{"role": "user", "content": "Hello"}],
)
"""


def found(name: str, text: str) -> tuple[Violation, ...]:
    return check_text(name, text.encode(), Linter(endpoint="auto", today=TODAY)).violations


def test_a_constant_is_reported_where_it_is_written_with_the_call_as_a_related_place() -> None:
    [violation] = found("a.py", CONSTANT)
    assert violation.range is not None
    assert (violation.range.line, violation.range.column) == (3, 9)
    [call] = violation.related
    assert (call.message, call.range) == ("it is sent by this call", (5, 9, 5, 32))


def test_a_value_inside_the_call_has_no_such_place() -> None:
    [violation] = found("a.py", CONSTANT.replace("max_tokens=LIMIT", "max_tokens=-1"))
    assert violation.related == ()


def test_a_constant_that_two_calls_share_is_reported_once() -> None:
    call = CONSTANT.partition("reply = ")[2]
    [violation] = found("a.py", f"{CONSTANT}again = {call}")
    assert violation.rule == "schema/minimum"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_the_related_place_ends_with_the_first_line_of_the_call(newline: str) -> None:
    [violation] = found("a.py", CONSTANT.replace("\n", newline))
    [call] = violation.related
    assert call.range == (5, 9, 5, 32)


def test_a_missing_property_is_reported_at_the_brace_of_its_object() -> None:
    [violation] = found("a.py", CONSTANT.replace("max_tokens=LIMIT", 'max_tokens=9, thinking={"type": "enabled"}'))
    assert violation.range is not None
    assert (violation.rule, violation.range.line, violation.range.column) == ("schema/required", 7, 28)

"""A text that is being written: what is not there yet is not missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.material import ROOT
from validator.lsp.open_document import OpenDocument
from validator.lsp.text import Text
from validator.project import Project

FIXTURES = [path for path in sorted((ROOT / "fixtures" / "good").glob("*.json")) if path.stat().st_size < 1_500]
PROJECT = Project()
TOOL = '{"model": "claude-opus-4-6", "tools": [{"type": "custom", "name": "search", "strict": true, '


def found_in(text: str) -> set[str]:
    """Return the rules that a text breaks which is being written; that it is not whole yet is known."""
    name = "request.json"
    document = OpenDocument(f"untitled:{name}", name, "json", 1, Text(text), PROJECT, is_file=False, was_request=True)
    return {each.rule for each in document.violations if not each.rule.startswith("syntax/")}


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_a_good_request_is_never_wrong_while_it_is_typed(path: Path) -> None:
    text = path.read_text("utf-8")
    numbers = {"schema/minimum", "thinking/budget-not-below-max-tokens"}  # of which only the first digits are there
    assert set().union(*(found_in(text[:length]) for length in range(0, len(text), 3))) <= numbers


@pytest.mark.parametrize(
    ("typed", "rules"),
    [
        ('{"model": "claude-opus-4-6", "messages": [{"role": "user"', set()),
        ('{"model": "claude-opus-4-6", "messages": [{"role": "user"}', {"schema/required"}),
        ('{"model": "claude-opus-4-6", "messages": []', set()),  # `thread` may still come
        ('{"model": "claude-opus-4-6", "messages": [', set()),
        ('{"model": "claude-opus-4-6", "mesages": [', {"schema/unknown-property"}),
        ('{"messages": [], "context_management": {"edits": []}, "betas": [', set()),
        ('{"messages": [{"role": "assistant", "content": "Hi "}', set()),
        ('{"messages": [], "output_config": {"format": {"type": "json_schema", "schema": {', set()),
        (f'{TOOL}"input_schema": {{"type": "object"', set()),  # `additionalProperties` may still come
        (f'{TOOL}"input_schema": {{"type": "object"}}', {"tools/strict-additional-properties"}),
    ],
)
def test_what_is_whole_is_checked_and_what_is_open_waits(typed: str, rules: set[str]) -> None:
    assert found_in(typed) == rules


@pytest.mark.parametrize(("between", "is_reported"), [(1, False), (2, True)])
def test_a_broken_message_hides_what_is_wrong_with_the_order_up_to_two_messages_away(
    *, between: int, is_reported: bool
) -> None:
    call = '{"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_1", "name": "search", "input": {}}]}'
    others = [f'{{"role": "{role}", "content": "Yes."}}' for role in ("user", "assistant")[:between]]
    messages = ", ".join(['{"role": "user", "content": "Hi"}', call, *others, '{"role": "user", "content": }'])
    text = f'{TOOL}"input_schema": {{"type": "object", "additionalProperties": false}}}}], "messages": [{messages}]}}'
    assert ("pairing/tool-use-without-result" in found_in(text)) == is_reported

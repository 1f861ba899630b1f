"""Completion: tables of text with a mark (`‸`) where the cursor stands."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from tests.lsp.marks import MARK, at_mark, edited
from validator import facts, validate
from validator.lsp.completion import Wishes, complete

HEAD = '{"model": "claude-opus-4-6", "max_tokens": 5, "messages": '
TURN = '{"role": "user", "content": '
CALL = '{"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_%s", "name": "clock", "input": {}}]}'
RESULT = '{"type": "tool_result", "tool_use_id": "%s"}'


def offered(marked: str, name: str = "request.json", *, snippets: bool = True) -> dict[str, types.CompletionItem]:
    """Return what is offered, in order, by its label."""
    document, offset = at_mark(marked, name)
    place = document.place_at(offset)
    items = complete(place, Wishes(snippets=snippets)) if place is not None else []
    assert [item.sort_text for item in items] == sorted(item.sort_text or "" for item in items)
    assert len({item.label for item in items}) == len(items)
    return {item.label: item for item in items}


def completed(marked: str, label: str, name: str = "request.json", *, snippets: bool = True) -> str:
    """Return the text with one of the completions in place."""
    document, _ = at_mark(marked, name)
    edit = offered(marked, name, snippets=snippets)[label].text_edit
    assert isinstance(edit, types.TextEdit)
    return edited(document, [edit])


@pytest.mark.parametrize(
    ("marked", "label", "after"),
    [
        ("{‸}", "model", '{"model": "$1"}'),
        ('{"mod‸', "model", '{"model": "$1"'),
        ('{"mod‸\n}', "model", '{"model": "$1"\n}'),
        ('{"mod‸"}', "model", '{"model": "$1"}'),
        ("{mod‸}", "model", '{"model": "$1"}'),
        ('{"max‸"\n"messages": []}', "max_tokens", '{"max_tokens": $1,\n"messages": []}'),
        ('{"max‸": 5, "messages": []}', "max_tokens", '{"max_tokens": 5, "messages": []}'),
        ('{"max‸" : 5}', "max_tokens", '{"max_tokens" : 5}'),
        ('{"messages": [], ‸}', "max_tokens", '{"messages": [], "max_tokens": $1}'),
        ('{"messages": [],\n‸\n}', "stream", '{"messages": [],\n"stream": ${1|true,false|}\n}'),
        ('{‸"messages": []}', "max_tokens", None),
        ('{ ‸ "messages": []}', "max_tokens", '{ "max_tokens": $1, "messages": []}'),
        ('{"é😀": "\u2028", "mod‸"}', "model", '{"é😀": "\u2028", "model": "$1"}'),
        (f"{HEAD}[{{‸}}]}}", "role", f'{HEAD}[{{"role": "${{1|user,assistant,system|}}"}}]}}'),
        (f'{HEAD}[], "system": [{{‸', "type", f'{HEAD}[], "system": [{{"type": "text"'),
    ],
)
def test_a_property_is_put_in_with_a_value_and_just_the_commas_that_it_needs(
    marked: str, label: str, after: str | None
) -> None:
    assert label in offered(marked)
    if after is not None:
        assert completed(marked, label) == after


@pytest.mark.parametrize(
    ("marked", "label", "after"),
    [
        ('{"model": "‸', "claude-opus-4-6", '{"model": "claude-opus-4-6"'),
        ('{"model": ‸}', "claude-opus-4-6", '{"model": "claude-opus-4-6"}'),
        ('{"model": "claude-‸old", "a": 1}', "claude-opus-4-6", '{"model": "claude-opus-4-6", "a": 1}'),
        ('{"messages": [{"role": ‸', "user", '{"messages": [{"role": "user", "content": "$1"'),
        ('{"messages": [{"role": "‸', "assistant", '{"messages": [{"role": "assistant", "content": "$1"'),
        (f'{HEAD}[], "stream": ‸}}', "true", f'{HEAD}[], "stream": true}}'),
        (f'{HEAD}[], "stream": tr‸}}', "true", f'{HEAD}[], "stream": true}}'),
        (f"{HEAD}‸}}", "[ ]", f"{HEAD}[$1]}}"),
        (
            f'{HEAD}[{TURN}[{{"type": "im‸"}}]}}]}}',
            "image",
            f'{HEAD}[{TURN}[{{"type": "image", "source": {{$1}}}}]}}]}}',
        ),
        (
            f'{HEAD}[{TURN}[{{"type": ‸, "source": {{}}}}]}}]}}',
            "image",
            f'{HEAD}[{TURN}[{{"type": "image", "source": {{}}}}]}}]}}',
        ),
        (
            f'{HEAD}[{TURN}[{{\n  "type": "‸"\n}}]}}]}}',
            "text",
            f'{HEAD}[{TURN}[{{\n  "type": "text",\n"text": "$1"\n}}]}}]}}',
        ),
        (f"{HEAD}[{TURN}[‸]}}]}}", "{ text }", f'{HEAD}[{TURN}[{{"type": "text", "text": "$2"}}]}}]}}'),
        (
            f'{HEAD}[], "thinking": {{"type": "‸"}}}}',
            "enabled",
            f'{HEAD}[], "thinking": {{"type": "enabled", "budget_tokens": $1}}}}',
        ),
        (f'{HEAD}[], "betas": ["‸"]}}', "files-api-2025-04-14", f'{HEAD}[], "betas": ["files-api-2025-04-14"]}}'),
        (
            f'{HEAD}[], "tools": [{{"name": "clock"}}], "tool_choice": {{"type": "tool", "name": ‸}}}}',
            "clock",
            f'{HEAD}[], "tools": [{{"name": "clock"}}], "tool_choice": {{"type": "tool", "name": "clock"}}}}',
        ),
        (
            f'{HEAD}[{CALL % 1}, {TURN}[{{"type": "tool_result", "tool_use_id": "‸"}}]}}]}}',
            "toolu_1",
            f"{HEAD}[{CALL % 1}, {TURN}[{RESULT % 'toolu_1'}]}}]}}",
        ),
    ],
)
def test_a_value_takes_the_place_of_what_is_there_with_its_quotes(marked: str, label: str, after: str) -> None:
    assert completed(marked, label) == after


@pytest.mark.parametrize(
    ("name", "marked", "label", "after"),
    [
        ("a.jsonl", f'{HEAD}[]}}\n{{"mod‸\n{HEAD}[]}}', "model", f'{HEAD}[]}}\n{{"model": "$1"\n{HEAD}[]}}'),
        ("a.jsonl", f'{HEAD}[]}}\r\n{{"model": "‸"}}\r\n', "claude-opus-4-6", None),
        (
            "a.jsonl",
            f'{{"custom_id": "é😀", "params": {HEAD}[]}}}}\n{{"custom_id": "b", "params": {{"max‸"}}}}',
            "max_tokens",
            f'{{"custom_id": "é😀", "params": {HEAD}[]}}}}\n{{"custom_id": "b", "params": {{"max_tokens": $1}}}}',
        ),
        ("a.jsonl", f"{HEAD}[]}}\n\n{{‸}}", "model", None),
        ("a.json", '{"requests": [{"custom_id": "a", "params": {"mod‸"}}]}', "model", None),
        ("a.json", '{"requests": [{"cust‸"}]}', "custom_id", '{"requests": [{"custom_id": "$1"}]}'),
        ("a.jsonc", '{\n  // "model": {\n  "mod‸"\n}', "model", '{\n  // "model": {\n  "model": "$1"\n}'),
        ("a.jsonc", '{/* é😀 { */ "messages": [{"role": "‸"}], }', "user", None),
        ("a.jsonc", '{"stream": true, // "a": 1,\n  ‸}', "model", None),
    ],
)
def test_every_format_is_completed(name: str, marked: str, label: str, after: str | None) -> None:
    assert label in offered(marked, name)
    if after is not None:
        assert completed(marked, label, name) == after


@pytest.mark.parametrize(
    ("marked", "first"),
    [
        ("{‸}", ["model", "messages", "max_tokens"]),
        ('{"max_tokens": 1, "mod‸', ["model", "messages"]),
        (f'{HEAD}[], "tools": [{{"type": "custom", ‸}}]}}', ["name", "input_schema"]),
    ],
)
def test_required_properties_come_first(marked: str, first: list[str]) -> None:
    items = list(offered(marked).values())
    assert sorted(first) == sorted(item.label for item in items[: len(first)])
    assert [bool(item.preselect) for item in items] == [True] * len(first) + [False] * (len(items) - len(first))


@pytest.mark.parametrize("marked", ['{"model": "a", ‸}', '{‸ "model": "a"}', '{"model": "a",\n"mod‸\n}'])
def test_properties_that_are_there_are_not_offered(marked: str) -> None:
    assert "model" not in offered(marked)


def test_the_property_under_the_cursor_is_offered_again() -> None:
    assert "model" in offered('{"mod‸el": "a"}')


def test_only_properties_of_the_chosen_type_are_offered() -> None:
    found = offered(f'{HEAD}[{TURN}[{{"type": "text", ‸}}]}}]}}')
    assert "text" in found
    assert "source" not in found


@pytest.mark.parametrize(("marked", "is_there"), [(f"{HEAD}[{TURN}‸}}]}}", True), (f'{HEAD}[{TURN}"‸"}}]}}', False)])
def test_an_array_is_not_offered_inside_of_a_string(marked: str, is_there: bool) -> None:  # noqa: FBT001
    assert ("[ ]" in offered(marked)) == is_there


def test_calls_that_have_results_and_calls_that_come_later_are_not_offered() -> None:
    messages = f"{CALL % 1}, {TURN}[{RESULT % 'toolu_1'}]}}, {CALL % 2}, {TURN}[{RESULT % MARK}]}}, {CALL % 3}"
    assert list(offered(f"{HEAD}[{messages}]}}")) == ["toolu_2"]


def test_models_and_betas_are_those_that_are_known() -> None:
    assert list(offered('{"model": "‸"}')) == list(facts.model_ids())
    betas = offered('{"betas": ["‸"]}')
    assert set(betas) == set(facts.betas())
    for name, item in betas.items():
        assert (item.tags == [types.CompletionItemTag.Deprecated]) == (facts.betas()[name].instead is not None)


@pytest.mark.parametrize(
    "marked", ["‸", "{}‸", '{"metadata": {"user_id": "‸"}}', f'{HEAD}[{TURN}"Hel‸lo"}}]}}', '{"temperature": 0.‸5}']
)
def test_nothing_is_offered_where_any_text_or_number_may_stand(marked: str) -> None:
    assert offered(marked) == {}


@pytest.mark.parametrize(
    ("marked", "label", "after"),
    [
        ('{"mod‸"}', "model", '{"model": ""}'),
        ('{"str‸"}', "stream", '{"stream": true}'),
        (f'{HEAD}[{TURN}[{{"type": "‸"}}]}}]}}', "text", f'{HEAD}[{TURN}[{{"type": "text", "text": ""}}]}}]}}'),
        (f"{HEAD}[{{‸}}]}}", "role", f'{HEAD}[{{"role": "user"}}]}}'),
        (f"{HEAD}[{TURN}[‸]}}]}}", "{ text }", f'{HEAD}[{TURN}[{{"type": "text", "text": ""}}]}}]}}'),
    ],
)
def test_a_client_without_snippets_gets_plain_text(marked: str, label: str, after: str) -> None:
    assert completed(marked, label, snippets=False) == after
    assert offered(marked, snippets=False)[label].insert_text_format == types.InsertTextFormat.PlainText


def test_names_of_tools_with_signs_of_snippets_stand_for_themselves() -> None:
    marked = f'{HEAD}[], "tools": [{{"name": "a$1}}\\\\b"}}], "tool_choice": {{"type": "tool", "name": "‸"}}}}'
    for snippets in (True, False):
        (item,) = offered(marked, snippets=snippets).values()
        edit = item.text_edit
        assert isinstance(edit, types.TextEdit)
        is_snippet = item.insert_text_format == types.InsertTextFormat.Snippet
        text = re.sub(r"\\([\\$}])", r"\1", edit.new_text) if is_snippet else edit.new_text
        assert json.loads(text) == "a$1}\\b"


@pytest.mark.parametrize("marked", ['{"‸"}', '{"mod‸', '{"model": "‸cl"}', "{‸}"])
def test_what_is_filtered_by_begins_as_the_text_that_is_replaced(marked: str) -> None:
    document, _ = at_mark(marked)
    for item in offered(marked).values():
        edit = item.text_edit
        assert isinstance(edit, types.TextEdit)
        start, end = document.text.offset(edit.range.start), document.text.offset(edit.range.end)
        assert edit.range.start.line == edit.range.end.line
        assert (item.filter_text or "").startswith(document.text.text[start:end][:1])


@given(st.data())
def test_a_request_can_be_written_by_completion_alone(data: st.DataObject) -> None:
    text, after = "{‸}", ""
    for _ in range(3):
        required = [label for label, item in offered(text, snippets=False).items() if item.preselect]
        label = data.draw(st.sampled_from(required))
        after = completed(text, label, snippets=False)
        after = after.replace(": }", ": 5}")
        text = after[:-1] + ", ‸}"
    value = json.loads(after)
    assert set(value) == {"model", "messages", "max_tokens"}
    assert not [
        each for each in validate(value).violations if each.rule in {"schema/required", "schema/unknown-property"}
    ]

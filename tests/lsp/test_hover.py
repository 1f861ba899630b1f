"""Hover: tables of text with a mark (`‸`) where the cursor stands."""

from __future__ import annotations

import pytest
from lsprotocol import types

from tests.lsp.marks import MARK, at_mark, opened, with_marks
from validator.lsp.hover import hover
from validator.lsp.open_document import OpenDocument
from validator.report import Violation
from validator.rules import RULES, Rule

HEAD = '{"model": "claude-opus-4-6", "max_tokens": 5, "messages": '
TURN = '{"role": "user", "content": '


def with_rules(document: OpenDocument, offset: int) -> list[tuple[Violation, Rule]]:
    """Return the violations at an offset with their rules."""
    return [(each, document.rules[each.rule]) for each, _ in document.violations_in(offset, offset)]


def hovered(marked: str, name: str = "request.json") -> tuple[str, str | None]:
    """Return what is said at the mark, and the text with marks around what it is said of."""
    document, offset = at_mark(marked, name)
    document.was_request = True
    found = hover(document.place_at(offset), with_rules(document, offset))
    if found is None:
        return "", None
    assert isinstance(found.contents, types.MarkupContent)
    assert found.contents.kind is types.MarkupKind.Markdown
    return found.contents.value, None if found.range is None else with_marks(document, found.range)


@pytest.mark.parametrize(
    ("marked", "words", "around"),
    [
        ('{"mod‸el": "x"}', ["**model** (required)", "- string"], '{‸"model"‸: "x"}'),
        (f'{HEAD}[], "temperature": 0.‸5}}', ["**temperature** (optional)", "- number, at least 0, at most 1"], None),
        (f'{HEAD}[], "stream": tr‸ue}}', ["**stream** (optional)", "- boolean"], f'{HEAD}[], "stream": ‸true‸}}'),
        (f'{HEAD}[{{"ro‸le": "user"}}]}}', ["**role** (required)", '- one of `"user"`, `"assistant"`'], None),
        (f'{HEAD}[{{"role": "us‸er"}}]}}', ["**role** (required)", '`"user"`: One turn'], None),
        (
            f'{HEAD}[], "tools": [{{"na‸me": "clock", "input_schema": {{}}}}]}}',
            ["at least 1 character, at most 128 characters, only ASCII letters, digits, `_` and `-`"],
            None,
        ),
        (f'{HEAD}[], "thinking": {{"type": "en‸abled"}}}}', ["**type** (required)", '`"enabled"`: '], None),
        ('{"model": "claude-op‸us-4-6"}', ["**claude-opus-4-6**", "- context of 1,000,000 tokens"], None),
        ('{"model": "claude-3-opus-20240‸229"}', ["- retires on 2026-01-05; successor: `claude-opus-"], None),
        (f'{HEAD}[], "betas": ["files-‸api-2025-04-14"]}}', ["**files-api-2025-04-14**", "Deprecated: "], None),
        (f'{HEAD}[], "top_‸k": 5}}', ["**top_k** (optional)"], None),
        ('{"é😀": "\u2028", "mod‸el": "𠀋"}', ["**model** (required)"], '{"é😀": "\u2028", ‸"model"‸: "𠀋"}'),
    ],
)
def test_a_property_or_a_word_is_explained(marked: str, words: list[str], around: str | None) -> None:
    said, shown = hovered(marked)
    for each in words:
        assert each in said
    if around is not None:
        assert shown == around


@pytest.mark.parametrize(
    ("marked", "words"),
    [
        ('{"mod‸el', ""),
        ('{"model"‸', "**model** (required)"),
        ('{"messages": [{"ro‸le": ', "**role** (required)"),
        ('{"messages": [{"role": "user", "content": [{"type": "te‸xt"', '`"text"`: '),
        ('{"max_tok‸ens": , "messages": [', "**max_tokens** (required)"),
        ('{"stream": true\n"max_tok‸ens": 5}', "**max_tokens** (required)"),
    ],
)
def test_a_broken_text_is_explained_as_far_as_it_goes(marked: str, words: str) -> None:
    said, _ = hovered(marked)
    assert words in said
    assert bool(words) == bool(said)


@pytest.mark.parametrize(
    ("name", "marked", "words"),
    [
        ("a.jsonl", f'{HEAD}[]}}\n{{"é": 1, "max_‸tokens": 1}}', "**max_tokens** (required)"),
        ("a.jsonl", '{"custom_id": "a", "params": {"max_‸tokens": 1}}', "**max_tokens** (required)"),
        ("a.json", '{"requests": [{"custom_‸id": "a"}]}', "**custom_id** (required)"),
        ("a.jsonc", '{ // "a": {\n "max_‸tokens": 1, }', "**max_tokens** (required)"),
    ],
)
def test_every_format_is_explained(name: str, marked: str, words: str) -> None:
    assert words in hovered(marked, name)[0]


@pytest.mark.parametrize(
    "marked", ["‸", "{}‸", f"{HEAD}[]}} ‸", "{ ‸ }", f'{HEAD}[{TURN}[{{"type": "tool_use", "input": {{"a‸": 1}}']
)
def test_nothing_is_said_where_there_is_nothing_to_say(marked: str) -> None:
    document, offset = at_mark(marked)
    assert hover(document.place_at(offset), []) is None


def test_a_finding_says_why_it_is_one_and_what_the_api_answers() -> None:
    said, shown = hovered(f'{HEAD}[{TURN}"x"}}], "max_‸tokes": 5}}')
    (finding, *_) = opened(f'{HEAD}[{TURN}"x"}}], "max_tokes": 5}}').violations
    assert finding.rule == "schema/unknown-property"
    assert said.startswith(f"**{finding.rule}**: {RULES[finding.rule].why}\n\n")
    assert f"_The API answers:_ `{finding.api_message}`" in said
    assert shown == f'{HEAD}[{TURN}"x"}}], {MARK}"max_tokes"{MARK}: 5}}'


def test_two_findings_in_one_place_are_both_explained() -> None:
    marked = f'{HEAD}[{TURN}"x"}}], "betas": ["nowhere-2025‸-01-01"]}}'
    document, offset = at_mark(marked)
    ((finding, rule),) = with_rules(document, offset)
    found = hover(None, [(finding, rule)] * 2)
    assert found is not None
    assert str(found.contents).count(f"**{finding.rule}**: ") == 2
    assert found.range is None

"""The brackets of a request that an editor shows, and what it may fold."""

from __future__ import annotations

from typing import Any

import pytest
from lsprotocol import types

from tests.lsp.marks import MARK, opened, with_marks
from validator.lsp.symbols import folds, symbols

REQUEST = """\
{
  "model": "claude-opus-4-6",
  "max_tokens": 5,
  "system": "Be 😀 kind.",
  "tools": [
    {"name": "clock", "input_schema": {"type": "object"}},
    {"type": "web_search_20250305", "name": "web_search"}
  ],
  "messages": [
    {"role": "user", "content": "What\\n  time is it?"},
    {"role": "assistant", "content": [
      {"type": "text", "text": "\u2028 I look."},
      {"type": "tool_use", "id": "toolu_1", "name": "clock", "input": {}}
    ]}
  ]
}
"""


def drawn(found: list[types.DocumentSymbol], depth: int = 0) -> list[str]:
    """Draw a tree of symbols, one a line."""
    return [
        line
        for each in found
        for line in (
            "  " * depth + each.name + (f" ({each.detail})" if each.detail else ""),
            *drawn(list(each.children or ()), depth + 1),
        )
    ]


def of(text: str, name: str = "request.json") -> list[types.DocumentSymbol]:
    document = opened(text, name)
    return [each for part in document.parts for each in symbols(part.document, document.text, part.start)]


def test_system_tools_messages_and_blocks_are_shown_by_what_they_are() -> None:
    assert drawn(of(REQUEST)) == [
        "claude-opus-4-6 (model)",
        "system (Be 😀 kind.)",
        "tools (2 tools)",
        "  clock",
        "  web_search (web_search_20250305)",
        "messages (2 messages)",
        "  user (What time is it?)",
        "  assistant (I look.)",
        "    text (I look.)",
        "    tool_use (clock)",
    ]


@pytest.mark.parametrize(
    ("name", "text", "tree"),
    [
        ("a.json", "[]", []),
        ("a.json", '{"system": [{"type": "text", "text": "a"}]}', ["system (a)", "  text (a)"]),
        ("a.json", '{"messages": [1, {"role": 5}, {}]}', ["messages (3 messages)", "  message", "  message"]),
        ("a.json", '{"tools": [{}, null]}', ["tools (2 tools)", "  tool 0"]),
        (
            "a.json",
            '{"requests": [{"custom_id": "a", "params": {"model": "m"}}, {"params": 5}]}',
            ["a (request)", "  m (model)", "request (request)"],
        ),
        (
            "a.jsonl",
            '{"custom_id": "é", "params": {"model": "m"}}\n\n{"custom_id": "b", "params": {"mo',
            ["é (request)", "  m (model)", "b (request)"],
        ),
        ("a.jsonl", '{"model": "m"}\n{"model": "n"}', ["m (model)", "n (model)"]),
        ("a.jsonc", '{ // "model": "x"\n"model": "m", }', ["m (model)"]),
        ("a.yaml", "model: m\nsystem: |\n  a\n  b\n---\nmodel: n\n", ["m (model)", "system (a b)", "n (model)"]),
        (
            "a.json",
            '{"model": "m", "messages": [{"role": "user", "con',
            ["m (model)", "messages (1 message)", "  user"],
        ),
        ("a.json", '{"model": ', []),
    ],
)
def test_every_format_and_broken_texts_are_shown(name: str, text: str, tree: list[str]) -> None:
    assert drawn(of(text, name)) == tree


def test_long_words_are_cut() -> None:
    (symbol,) = of(f'{{"system": "{"é " * 100}"}}')
    assert symbol.detail == "é " * 30 + "…"


def flat(found: list[types.DocumentSymbol]) -> list[types.DocumentSymbol]:
    return [one for each in found for one in (each, *flat(list(each.children or ())))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_a_symbol_stands_where_its_part_of_the_text_is(encoding: str) -> None:
    document = opened(REQUEST, encoding=encoding)
    found = {each.name: each for each in flat(symbols(document.parts[0].document, document.text))}
    text = with_marks(document, found["system"].range)
    assert f'{MARK}"system": "Be 😀 kind."{MARK}' in text
    assert f'{MARK}"system"{MARK}:' in with_marks(document, found["system"].selection_range)
    assert f'{MARK}{{"name": "clock"' in with_marks(document, found["clock"].range)
    assert f"{MARK}{{{MARK}" in with_marks(document, found["clock"].selection_range)


def ends(place: types.Range) -> list[tuple[int, int]]:
    return [(place.start.line, place.start.character), (place.end.line, place.end.character)]


@pytest.mark.parametrize("name", ["a.json", "a.jsonc"])
def test_symbols_hold_what_is_selected_and_their_children(name: str) -> None:
    waiting = of(REQUEST, name)
    assert waiting
    while waiting:
        symbol = waiting.pop()
        start, end = ends(symbol.range)
        for inner in (symbol.selection_range, *(each.range for each in symbol.children or ())):
            assert start <= ends(inner)[0] <= ends(inner)[1] <= end
        waiting += symbol.children or ()


def image(size: int, **changes: Any) -> str:
    source = {"type": "base64", "media_type": "image/png", "data": "A" * size, **changes}
    lines = ",\n".join(f'  "{key}": "{value}"' for key, value in source.items())
    return f'{{"messages": [{{"content": [{{"type": "image", "source": {{\n{lines}\n}}}}]}}]}}'


def test_long_base64_folds_to_what_it_is() -> None:
    document = opened(image(4000))
    (fold,) = folds(document.parts[0].document, document.text)
    assert fold.collapsed_text == "image/png, 3,000 bytes"
    assert (fold.start_line, fold.end_line, fold.kind) == (0, 4, types.FoldingRangeKind.Region)
    first = document.text.line(0)
    assert first[: fold.start_character].endswith('"source": {')
    assert document.text.line(4)[fold.end_character :].startswith("}")


@pytest.mark.parametrize("text", [image(100), image(4000, type="url"), '{"messages": []}', "", "{"])
def test_nothing_else_folds(text: str) -> None:
    document = opened(text)
    assert [fold for part in document.parts for fold in folds(part.document, document.text)] == []

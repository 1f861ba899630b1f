"""Hover and completion in YAML: tables of text with a mark (`‸`) where the cursor stands."""

from __future__ import annotations

import pytest
from lsprotocol import types

from tests.lsp.marks import MARK, at_mark, edited
from validator.lsp.completion import Wishes, complete
from validator.lsp.hover import hover

HEAD = "# é 😀\nmodel: claude-opus-4-6\nmax_tokens: 100\n"
CALLS = """messages:
- role: assistant
  content:
  - {type: tool_use, id: toolu_1, name: clock, input: {}}
"""


def completed(marked: str) -> dict[str, str]:
    """Return the text with each completion in place, by its label, without snippets."""
    document, offset = at_mark(marked, "request.yaml")
    place = document.place_at(offset, is_typed=True)
    made = {}
    for item in complete(place, Wishes(snippets=False)) if place is not None else []:
        assert isinstance(item.text_edit, types.TextEdit)
        made[item.label] = edited(document, [item.text_edit])
    return made


@pytest.mark.parametrize(
    ("marked", "label", "after"),
    [
        (f"{HEAD}thin{MARK}\nmessages: []\n", "thinking", f"{HEAD}thinking: {{}}\nmessages: []\n"),
        (f"{HEAD}mess{MARK}", "messages", f"{HEAD}messages: []"),
        (f"{HEAD}{MARK}\n", "messages", f"{HEAD}messages: []\n"),
        (f"mod{MARK}: a\nmessages: []\n", "model", "model: a\nmessages: []\n"),
        (f"{HEAD}messages:\n- role: {MARK}\n", "user", f'{HEAD}messages:\n- role: user\n  content: ""\n'),
        (f"{HEAD}messages:\n- role: us{MARK} # who\n", "user", f'{HEAD}messages:\n- role: user\n  content: "" # who\n'),
        (f'{HEAD}messages:\n- role: "us{MARK}"\n', "user", f'{HEAD}messages:\n- role: user\n  content: ""\n'),
        (f"{HEAD}messages:\n- ro{MARK}\n", "role", f'{HEAD}messages:\n- role: "user"\n'),
        (
            f"{HEAD}messages:\n- role: user\n  content:\n  - type: te{MARK}\n",
            "text",
            f'{HEAD}messages:\n- role: user\n  content:\n  - type: text\n  text: ""\n',
        ),
        (f"{HEAD}betas:\n- inter{MARK}\n", "interleaved-thinking-2025-05-14", None),
        (f"model: {MARK}\nmessages: []\n", "claude-opus-4-6", None),
        (f"{HEAD}stream: {MARK}\n", "true", f"{HEAD}stream: true\n"),
        (f"{HEAD}tools: [{{name: on}}]\ntool_choice:\n  type: tool\n  name: {MARK}\n", "on", None),
        (f"{HEAD}{CALLS}- role: user\n  content:\n  - type: tool_result\n    tool_use_id: {MARK}\n", "toolu_1", None),
        (f"requests:\n- custom_id: a\n  params:\n    mod{MARK}\n    messages: []\n", "model", None),
        (f"---\n{HEAD}---\n{HEAD}mess{MARK}\n", "messages", f"---\n{HEAD}---\n{HEAD}messages: []\n"),
    ],
)
def test_what_may_be_typed_is_offered_and_fits_in(marked: str, label: str, after: str | None) -> None:
    made = completed(marked)
    assert label in made
    if after is not None:
        assert made[label] == after


def test_a_word_that_yaml_takes_for_something_else_gets_quotes() -> None:
    made = completed(f"{HEAD}tools: [{{name: on}}, {{name: clock}}]\ntool_choice:\n  type: tool\n  name: {MARK}\n")
    assert made["on"].endswith('  name: "on"\n')
    assert made["clock"].endswith("  name: clock\n")


def test_properties_that_are_there_are_not_offered() -> None:
    assert not {"model", "max_tokens"} & completed(f"{HEAD}{MARK}\nmessages: []\n").keys()


@pytest.mark.parametrize(
    "marked", [f"{HEAD}# a comm{MARK}ent\n", f"{HEAD}system: |\n  Be{MARK} kind\n", f"a: {{b: [{MARK}\n"]
)
def test_nothing_is_offered_where_nothing_can_be_told(marked: str) -> None:
    assert completed(marked) == {}


@pytest.mark.parametrize(
    ("marked", "words", "shown"),
    [
        (f"{HEAD}max_{MARK}tokens: 1\nmessages: []\n".replace("max_tokens: 100\n", ""), "**max_tokens**", "max_tokens"),
        (f"model: claude-opus{MARK}-4-6\nmessages: []\n", "**claude-opus-4-6", "claude-opus-4-6"),
        (f"{HEAD}messages:\n- role: us{MARK}er\n  content: x\n", "**role** (required)", "user"),
        (f"{HEAD}messages:\n- content:\n  - ty{MARK}pe: text\n", "**type**", "type"),
        (f"---\n{HEAD}---\n{HEAD}messages: []\nsystem: 😀{MARK}\n", "**system**", "😀"),
    ],
)
def test_hover_says_what_stands_there(marked: str, words: str, shown: str) -> None:
    document, offset = at_mark(marked, "request.yaml")
    found = hover(document.place_at(offset), [])
    assert found is not None
    assert words in getattr(found.contents, "value", "")
    assert found.range is not None
    text = document.text
    assert text.text[text.offset(found.range.start) : text.offset(found.range.end)] == shown


def test_hover_says_nothing_beside_what_is_written() -> None:
    document, offset = at_mark(f"{HEAD}messages: [] # {MARK} a comment\n", "request.yaml")
    assert hover(document.place_at(offset), []) is None


@pytest.mark.parametrize("value", ["9" * 400, ".nan", "[" * 990 + "]" * 990], ids=["long number", "no number", "deep"])
def test_values_that_json_has_no_place_for_are_in_nobodys_way(value: str) -> None:
    marked = f"{HEAD}metadata: {value}\nmessages: []\nstr{MARK}\n"
    assert "stream" in completed(marked) or value.startswith("[")
    document, offset = at_mark(
        marked.replace("messages", f"mess{MARK}ages").replace(f"str{MARK}\n", ""), "request.yaml"
    )
    assert hover(document.place_at(offset), []) is not None or value.startswith("[")

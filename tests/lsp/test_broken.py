"""A text that is broken at one character: only what the whole text has is reported."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import yaml

from tests.lsp.marks import FILES
from tests.material import hello, name_of
from validator.lsp.open_document import OpenDocument
from validator.lsp.text import Text
from validator.project import Project

PROJECT = Project()
SIGNS = '",:{}[]'
BROKEN_A_TEXT = 15
"""How often each text is broken; the places are chosen at random, but are the same in each run."""
LONGEST = 20_000
DUPLICATES = "duplicate-keys"
"""A value that a later one replaces counts where the later one is broken, so that it may be wrong."""


def open_broken(text: str, name: str) -> OpenDocument:
    return OpenDocument(f"untitled:{name}", name, "", 1, Text(text), PROJECT, is_file=False, was_request=True)


def found_in(document: OpenDocument) -> set[tuple[str, str]]:
    return {(each.rule, each.pointer) for each in document.violations}


def shown_in(document: OpenDocument) -> set[tuple[str, str]]:
    """Return what is found, each with the beginning of the text that it points at."""
    text = document.text.text
    return {
        (each.rule, text[slice(*document.characters_of(each.range))][:10]) for each in document.violations if each.range
    }


def is_syntax(rule: str) -> bool:
    return rule.startswith(("syntax/", "yaml/"))


def broken(text: str, chance: random.Random) -> str:
    """Take one of the signs away, put one in, or put one in the place of another."""
    place = chance.choice([number for number, sign in enumerate(text) if sign in SIGNS])
    kept = chance.choice([text[place:], text[place + 1 :]])
    return f"{text[:place]}{chance.choice(['', *SIGNS])}{kept}"


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def layouts(path: Path) -> list[str]:
    text = path.read_text("utf-8-sig")
    if path.suffix != ".json" or not is_json(text):
        return []
    value = json.loads(text)
    return [text, json.dumps(value), json.dumps(value, indent=2)]


TEXTS = [
    pytest.param(text, id=f"{name_of(path)}-{number}")
    for path in FILES
    if path.stat().st_size < LONGEST and DUPLICATES not in path.name
    for number, text in enumerate(layouts(path))
]


@pytest.mark.parametrize("text", TEXTS)
def test_a_broken_character_adds_nothing_but_that_it_is_broken(text: str) -> None:
    whole = open_broken(text, "request.json")
    if not whole.verdict.is_request:
        return
    chance = random.Random(text)  # noqa: S311 - it only chooses places
    for _ in range(BROKEN_A_TEXT):
        typo = broken(text, chance)
        if not is_json(typo):
            added = shown_in(open_broken(typo, "request.json")) - shown_in(whole)
            assert {each for each in added if not is_syntax(each[0])} == set(), typo


@pytest.mark.parametrize(
    "typo",
    [
        pytest.param(lambda text: text.replace('"user"', '"user'), id="a quote that is missing"),
        pytest.param(lambda text: text.replace('": "user"', ': "user"'), id="a quote of a key"),
        pytest.param(lambda text: text.replace('"role": ', '"role" '), id="a colon"),
        pytest.param(lambda text: text.replace('"user",', '"user"'), id="a comma"),
        pytest.param(lambda text: text.replace("[", "", 1), id="a bracket that opens an array"),
        pytest.param(lambda text: text.replace("]", "", 1), id="a bracket that closes one"),
        pytest.param(lambda text: text.replace("}", "", 1), id="a brace that closes an object"),
        pytest.param(lambda text: text.replace('"user",', '"user"},'), id="a brace too many"),
        pytest.param(lambda text: text.replace('"user",', '"user", }'), id="a brace behind a comma"),
        pytest.param(lambda text: text[: text.index('"user"') + 3], id="a text that is typed"),
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_a_good_request_with_a_typo_is_not_wrong_elsewhere(typo: object, indent: int | None) -> None:
    assert callable(typo)
    block = {"type": "tool_use", "id": "a", "name": "clock", "input": {"zone": {"name": "Z"}}}
    result = {"type": "tool_result", "tool_use_id": "a", "content": [{"type": "text", "text": "noon"}]}
    request = hello(
        tool_choice={"type": "tool", "name": "clock"},
        tools=[{"name": "clock", "input_schema": {"type": "object"}}],
        messages=[
            {"role": "user", "content": "What time is it?"},
            {"role": "assistant", "content": [block]},
            {"role": "user", "content": [result]},
        ],
    )
    text = typo(json.dumps(request, indent=indent))
    rules = {rule for rule, _ in found_in(open_broken(text, "request.json"))}
    assert rules
    assert all(map(is_syntax, rules)), rules


def test_a_string_that_goes_on_to_the_end_of_its_line_ends_before_its_comma() -> None:
    text = json.dumps(hello(), indent=2).replace('"user"', '"user')
    (part,) = open_broken(text, "request.json").parts
    assert part.document.value == hello()


def test_what_is_wrong_far_from_the_broken_place_is_still_said() -> None:
    request = hello(temperature=5, stop_sequences=["END", 7])
    text = json.dumps(request, indent=2)
    for sign in ('"user"', '"Hello"', '"role"'):
        found = found_in(open_broken(text.replace(sign, sign[:-1]), "request.json"))
        assert ("schema/type", "/stop_sequences/1") in found, sign
        assert ("schema/maximum", "/temperature") in found, sign


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix in {".yaml", ".yml"}], ids=name_of)
def test_of_yaml_that_cannot_be_read_nothing_else_is_said(path: Path) -> None:
    text = path.read_text("utf-8")
    chance = random.Random(text)  # noqa: S311 - it only chooses places
    for _ in range(BROKEN_A_TEXT):
        typo = broken(text, chance)
        try:
            list(yaml.safe_load_all(typo))
        except yaml.YAMLError:
            document = open_broken(typo, "request.yaml")
            if len(document.parts) == 1 and not document.parts[0].document.readable:
                assert all(is_syntax(rule) for rule, _ in found_in(document)), typo


def test_of_json_lines_only_the_broken_line_is_not_checked() -> None:
    lines = [json.dumps(hello(max_tokens="many")), json.dumps(hello()).replace('"user"', '"user'), json.dumps(hello())]
    found = found_in(open_broken("\n".join(lines), "requests.jsonl"))
    assert {rule for rule, _ in found if not is_syntax(rule)} == {"schema/type"}

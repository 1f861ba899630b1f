"""Source code in an editor: calls are diagnosed, and what is for requests in JSON and YAML stays silent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.lsp.marks import opened
from tests.lsp.test_sessions import BEGIN, END, serve
from tests.lsp.wire import PULLING, Wire
from tests.test_code_files import ASK, FILES, PROMPTFOO
from validator.common.errors import MissingParserError
from validator.lsp import rule_pages
from validator.lsp.completion import Wishes, complete
from validator.lsp.diagnostics import diagnostics
from validator.lsp.hover import hover

TEXTS = {**FILES, "promptfooconfig.yaml": PROMPTFOO}
LANGUAGES = {"ask.py": "python", "ask.ts": "typescript", "ask.sh": "shellscript", "ask.md": "markdown"}


@pytest.mark.parametrize("name", TEXTS)
def test_a_call_is_diagnosed_where_it_is_written(name: str) -> None:
    document = opened(TEXTS[name], name)
    found = [each for each in diagnostics(document, rule_pages.address_of) if each.code == "schema/maximum"]
    (place,) = (each.range for each in found)
    text = document.text
    assert text.text[text.offset(place.start) : text.offset(place.end)] == "1.5"


@pytest.mark.parametrize("name", TEXTS)
def test_every_answer_to_an_editor_is_one_about_source_code(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(TEXTS[name])
    uri = path.as_uri()
    item = {"uri": uri, "languageId": "x", "version": 1, "text": TEXTS[name]}
    messages: list[Any] = [{"method": "textDocument/didOpen", "params": {"textDocument": item}}]
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
    asked: list[tuple[str, dict[str, Any]]] = [
        ("documentSymbol", {}),
        ("foldingRange", {}),
        ("codeAction", {"range": whole, "context": {"diagnostics": []}}),
    ]
    for line in range(1, 20, 2):
        place = {"position": {"line": line, "character": 5}}
        asked += [("hover", place), ("completion", place), ("selectionRange", {"positions": [place["position"]]})]
    for number, (method, params) in enumerate(asked, start=100):
        message = {"method": f"textDocument/{method}", "params": {"textDocument": {"uri": uri}, **params}}
        messages.append({"id": number, **message})
    returned, said, errors = serve(*BEGIN, *messages, *END)
    assert (returned, errors) == (0, "")
    answers = {each["id"]: each for each in said if "id" in each and each["id"] >= 100}
    assert len(answers) == len(asked)
    assert not [each for each in answers.values() if "internal" in str(each.get("error", ""))]
    logged = [each["params"]["message"] for each in said if each.get("method") == "window/logMessage"]
    assert [line.partition(": ")[2] for line in logged] == ["checked: it has 1 call of the Messages API"]


@pytest.mark.parametrize(("name", "language"), LANGUAGES.items())
def test_the_language_says_what_an_unsaved_text_is(name: str, language: str) -> None:
    document = opened(TEXTS[name], "untitled-1")
    document.language = language
    assert "schema/maximum" in [violation.rule for violation in document.violations]


def test_a_text_that_gets_a_call_becomes_a_request() -> None:
    document = opened("import anthropic\n", "a.py")
    assert document.violations == ()
    assert document.now(opened(ASK, "a.py").text, 2, document.project).violations


def texts() -> Iterator[tuple[str, str]]:
    """Yield the names and the texts of sources, and of ones that are cut."""
    for name, text in TEXTS.items():
        yield name, text
        yield name, text[: len(text) * 2 // 3]
        yield name, text.replace('"', "'", 3).replace("(", "([{", 1)


@pytest.mark.parametrize(("name", "text"), list(texts()))
def test_whatever_is_typed_wherever_is_answered(name: str, text: str) -> None:
    document = opened(text, name)
    random = Random(15)  # noqa: S311 - the same at every run
    for version in range(2, 40):
        at = random.randrange(len(document.text.text) + 1)
        typed = random.choice(
            ['"', "'", "{", "}", "(", ")", ",", ":", "=", "#", "`", "\\", "\n", "é😀", "model", '"""']
        )
        changed = document.text.replaced(at, min(len(document.text.text), at + random.randrange(3)), typed)
        document = document.now(changed, version, document.project)
        at += len(typed)
        assert diagnostics(document, rule_pages.address_of) is not None
        for is_typed in (False, True):
            place = document.place_at(min(at, len(changed.text)), is_typed=is_typed)
            if place is not None and is_typed:
                complete(place, Wishes())
            elif place is not None:
                hover(place, ())


async def test_source_code_can_be_switched_off() -> None:
    wire = Wire()
    options = {"processId": None, "rootUri": None, "capabilities": PULLING, "initializationOptions": {"code": False}}
    await wire.ask("initialize", options)
    await wire.tell("initialized", {})
    await wire.open("untitled:ask.py", ASK, "python")
    await wire.open("untitled:a.json", '{"model": "claude-haiku-4-5", "messages": []}')
    assert await wire.diagnostics("untitled:ask.py") == []
    assert await wire.diagnostics("untitled:a.json") != []


async def test_the_first_argument_of_a_file_is_completed_and_nothing_outside_of_calls() -> None:
    wire = await Wire.started()
    text = "import anthropic\nclient = anthropic.Anthropic()\nprint( )\nclient.messages.create()\n"
    await wire.open("untitled:ask.py", text, "python")
    asked = {"textDocument": {"uri": "untitled:ask.py"}}
    inside = await wire.ask("textDocument/completion", {**asked, "position": {"line": 3, "character": 23}})
    assert [item["label"] for item in inside][:2] == ["model", "messages"]
    assert await wire.ask("textDocument/completion", {**asked, "position": {"line": 2, "character": 6}}) == []
    assert await wire.ask("textDocument/hover", {**asked, "position": {"line": 3, "character": 3}}) is None


def test_a_long_text_without_a_call_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    document = opened('words = ["messages"]\nx = f(a=1)\n' * 30_000, "a.py")
    monkeypatch.setattr("ast.parse", lambda *_: pytest.fail("it was parsed"))
    assert document.violations == ()
    assert not document.may_be_completed


def test_the_log_says_that_the_parser_of_a_language_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    document = opened(TEXTS["ask.ts"], "ask.ts")

    def fail(*_: object, **__: object) -> None:
        raise MissingParserError

    monkeypatch.setattr("validator.code.typescript.Syntax", fail)
    assert not document.verdict.is_request
    assert "pip install" in document.verdict.reason

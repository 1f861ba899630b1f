"""Source code in an editor: calls are diagnosed, and what is for requests in JSON and YAML stays silent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.lsp.marks import opened
from tests.lsp.test_sessions import BEGIN, END, serve
from tests.test_code_files import ASK, FILES, PROMPTFOO
from validator.lsp import rule_pages
from validator.lsp.diagnostics import diagnostics

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

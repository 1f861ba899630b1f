"""Notebooks as the protocol has them: cells are texts of their own, and are read as one program."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.lsp.wire import PULLING, Wire

BOOK = "untitled:book.ipynb"
SETUP = "import anthropic\nclient = anthropic.Anthropic()\n%pip install x"
CALL = 'client.messages.create(model=MODEL, max_tokens=2000, messages=[{"role": "user", "content": "é"}], top_kk=5)'
PUSHED: dict[str, Any] = {}


def cell(number: int) -> str:
    return f"vscode-notebook-cell:book.ipynb#{number}"


def item(number: int, text: str, language: str = "python") -> dict[str, Any]:
    return {"uri": cell(number), "languageId": language, "version": 1, "text": text}


async def opened(*texts: str, capabilities: Any = None, languages: dict[int, str] | None = None) -> Wire:
    """Open a notebook of some cells."""
    wire = await Wire.started(PUSHED if capabilities is None else capabilities)
    items = [item(number, text, (languages or {}).get(number, "python")) for number, text in enumerate(texts)]
    cells = [{"kind": 2, "document": each["uri"]} for each in items]
    book = {"uri": BOOK, "notebookType": "jupyter-notebook", "version": 1, "cells": cells}
    await wire.tell("notebookDocument/didOpen", {"notebookDocument": book, "cellTextDocuments": items})
    await settled(wire)
    return wire


async def settled(wire: Wire) -> None:
    await asyncio.sleep(0.1)
    assert wire.logged(1) == []


async def change(wire: Wire, cells: dict[str, Any]) -> None:
    book = {"uri": BOOK, "version": 2}
    await wire.tell("notebookDocument/didChange", {"notebookDocument": book, "change": {"cells": cells}})
    await settled(wire)


async def typed(wire: Wire, number: int, text: str) -> None:
    """Replace the text of a cell."""
    await change(
        wire, {"textContent": [{"document": {"uri": cell(number), "version": 2}, "changes": [{"text": text}]}]}
    )


def shown(wire: Wire) -> dict[str, list[tuple[str, int, int]]]:
    """Return the rules, lines and columns that were published last for each cell."""
    found = {}
    for message in wire.said:
        if message["method"] == "textDocument/publishDiagnostics":
            params = message["params"]
            found[params["uri"]] = [
                (each["code"], each["range"]["start"]["line"], each["range"]["start"]["character"])
                for each in params["diagnostics"]
            ]
    return found


async def test_what_is_wrong_is_told_of_the_cell_where_it_is_written() -> None:
    wire = await opened(SETUP, 'x = 1\nMODEL = "claude-2.1"', CALL)
    assert shown(wire) == {
        cell(0): [],
        cell(1): [("models/retired", 1, 8)],
        cell(2): [("schema/unknown-property", 0, CALL.index("top_kk"))],
    }


async def test_a_change_of_a_cell_changes_what_is_told_of_others() -> None:
    wire = await opened(SETUP, 'MODEL = "claude-haiku-4-5"', CALL.replace(", top_kk=5", ", temperature=x"))
    assert not any(shown(wire).values())
    await typed(wire, 1, '\nMODEL = "claude-2.1"')
    assert [found for found in shown(wire).values() if found] == [[("models/retired", 1, 8)]]
    await typed(wire, 1, 'MODEL = input("Which model?")')
    assert not any(shown(wire).values())


async def test_cells_that_come_and_go_are_read_and_cleared() -> None:
    wire = await opened(SETUP, CALL)
    assert shown(wire)[cell(1)]
    added = {
        "array": {"start": 1, "deleteCount": 1, "cells": [{"kind": 2, "document": cell(7)}]},
        "didOpen": [item(7, f"\n\n{CALL}")],
        "didClose": [{"uri": cell(1)}],
    }
    await change(wire, {"structure": added})
    assert shown(wire)[cell(1)] == []
    assert [line for _, line, _ in shown(wire)[cell(7)]] == [2]
    await wire.tell(
        "notebookDocument/didClose",
        {"notebookDocument": {"uri": BOOK}, "cellTextDocuments": [{"uri": cell(0)}, {"uri": cell(7)}]},
    )
    assert not any(shown(wire).values())


async def test_a_cell_in_shell_is_read_as_shell() -> None:
    body = '{"model": "claude-opus-5", "max_tokens": "5", "messages": [{"role": "user", "content": "a"}]}'
    curl = f"curl https://api.anthropic.com/v1/messages -H 'x-api-key: $KEY' -d '{body}'"
    wire = await opened("%%bash\n" + curl, curl, languages={1: "shellscript"})
    found = shown(wire)
    assert [place[:2] for place in found[cell(0)]] == [("schema/type", 1)]
    assert [place[:2] for place in found[cell(1)]] == [("schema/type", 0)]


async def test_a_cell_that_is_no_python_leaves_the_others_checked() -> None:
    wire = await opened(SETUP, CALL, "def f(:")
    assert [each[0] for each in shown(wire)[cell(1)]] == ["schema/unknown-property"]
    assert shown(wire)[cell(2)] == []


async def test_answers_are_given_in_the_lines_of_the_cell() -> None:
    wire = await opened(SETUP, f"# a\n{CALL}", capabilities=PULLING)
    character = CALL.index("top_kk")
    at = {"textDocument": {"uri": cell(1)}, "position": {"line": 1, "character": character + 3}}
    items = await wire.ask("textDocument/completion", at)
    (found,) = [each for each in items if each["label"] == "top_k"]
    assert found["textEdit"]["range"]["start"] == {"line": 1, "character": character}
    place = {"line": 1, "character": CALL.index("max_tokens") + 2}
    hover = await wire.ask("textDocument/hover", {"textDocument": {"uri": cell(1)}, "position": place})
    assert "max_tokens" in hover["contents"]["value"]
    assert hover["range"]["start"]["line"] == 1


async def test_diagnostics_are_pulled_and_fixed_cell_by_cell() -> None:
    wire = await opened(SETUP, f"\n{CALL}", capabilities=PULLING)
    assert await wire.diagnostics(cell(0)) == []
    (found,) = await wire.diagnostics(cell(1))
    assert found["range"]["start"] == {"line": 1, "character": CALL.index("top_kk")}
    asked = {"textDocument": {"uri": cell(1)}, "range": found["range"], "context": {"diagnostics": [found]}}
    offered = {each["title"]: each for each in await wire.ask("textDocument/codeAction", asked)}
    fix = offered["Rename `top_kk` to `top_k`"]
    assert fix["diagnostics"] == [found]
    ((uri, (edit,)),) = fix["edit"]["changes"].items()
    assert (uri, edit["newText"], edit["range"]["start"]["line"]) == (cell(1), "top_k", 1)
    comment = offered["Suppress schema/unknown-property here with a comment"]
    ((uri, (edit,)),) = comment["edit"]["changes"].items()
    assert uri == cell(1)
    assert edit["newText"].strip() == "# msglint: ignore[schema/unknown-property]"
    assert edit["range"]["start"] == {"line": 1, "character": len(CALL)}


async def test_a_client_that_pulls_is_told_when_other_cells_change() -> None:
    able = {**PULLING, "workspace": {"diagnostics": {"refreshSupport": True}}}
    wire = await opened(SETUP, 'MODEL = "claude-haiku-4-5"', CALL, capabilities=able)
    wire.said.clear()
    await typed(wire, 1, 'MODEL = "claude-2.1"')
    assert "workspace/diagnostic/refresh" in [message["method"] for message in wire.said]

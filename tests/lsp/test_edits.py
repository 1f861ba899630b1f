"""Ten thousand edits at random, of real requests: the server says of what comes of them what a fresh one says."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from tests.lsp.clients import change_text, open_text, pulled, session, soon
from tests.lsp.wire import PULLING, Wire
from tests.material import fixtures
from validator.lsp.text import Text, alike, alike_at_end

SESSIONS, DOCUMENTS, EDITS = 10, 10, 100
"""Ten thousand edits in all: of each of the documents of each of the sessions."""
BETWEEN_COMPARISONS = 50
BETWEEN_CHECKS = 5
LONGEST = 20_000
ENCODINGS = ("utf-8", "utf-16", "utf-32")
LANGUAGES = {".json": "json", ".jsonc": "jsonc", ".jsonl": "jsonl", ".yaml": "yaml"}
STAYS = "it was a request before it was broken"
SNIPPETS = (
    *"\"{}[],:\\ \n\r\t1-#'\ufeff\x00\x85\u2028\u2029é😀𠀋",
    *(
        "\r\n",
        "//",
        "/*",
        "*/",
        "tru",
        "null",
        '"type": ',
        '"role"',
        "\\u12",
        "\\ud83d",
        '{"type": "text", "text": "😀',
    ),
)


def texts() -> dict[str, str]:
    """Read the fixtures that are text, by a name under which they are opened."""
    files = [path for kind in ("good", "bad") for path in fixtures(kind) if path.suffix in LANGUAGES]
    read = {f"untitled:{path.name}": path.read_bytes() for path in files if path.stat().st_size < LONGEST}
    return {name: data.decode(errors="replace") for name, data in read.items()}


TEXTS = texts()


class Typist:
    """Edits a text as someone does who hits any key."""

    def __init__(self, seed: int, uri: str = "") -> None:
        self.random = random.Random(seed)  # noqa: S311 - nothing is kept secret
        self.uri = uri or self.random.choice(sorted(TEXTS))
        self.texts = [TEXTS[self.uri]]

    @property
    def text(self) -> str:
        return self.texts[-1]

    def edit(self) -> None:
        text, chance = self.text, self.random
        at = chance.randrange(len(text) + 1)
        kind = chance.choices(["insert", "delete", "paste", "undo"], [40, 30, 15, 15])[0]
        if len(text) > LONGEST or kind == "undo":
            text = self.texts[-min(len(self.texts), chance.choice([1, 2, 5, len(self.texts)]))]
        elif kind == "insert":
            text = text[:at] + chance.choice(SNIPPETS) + text[at:]
        elif kind == "delete":
            text = text[:at] + text[at + chance.choice([1, 1, 1, 2, 5, 20, 200]) :]
        else:
            other = chance.choice([text, TEXTS[chance.choice(sorted(TEXTS))]])
            start = chance.randrange(len(other) + 1)
            text = text[:at] + other[start : start + chance.choice([3, 20, 100])] + text[at:]
        self.texts.append(text)

    def changes(self, encoding: str) -> list[dict[str, Any]]:
        """Return what an editor tells of the last edit: what was removed, what was put in, or the whole text."""
        before, after = self.texts[-2:]
        kind = self.random.choice(["one", "one", "two", "whole"])
        if kind == "whole":
            return [{"text": after}]
        start = alike(before, after)
        end = len(before) - alike_at_end(before, after, min(len(before), len(after)) - start)
        start -= _is_in_line_end(before, start) or _is_in_line_end(after, start)
        end += _is_in_line_end(before, end)
        written = after[start : len(after) - (len(before) - end)]
        if kind == "one":
            return [{"range": _range(before, start, end, encoding), "text": written}]
        rest = before[:start] + before[end:]
        if _is_in_line_end(rest, start):  # no position is in the middle of a line end
            return [{"text": rest}, {"text": after}]
        there = _range(rest, start, start, encoding)
        return [{"range": _range(before, start, end, encoding), "text": ""}, {"range": there, "text": written}]

    def questions(self, encoding: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield what an editor asks of a document, at a place and of a stretch at random."""
        text = Text(self.text, encoding)
        one, other = sorted(self.random.randrange(len(self.text) + 1) for _ in range(2))
        here, there = ({"line": p.line, "character": p.character} for p in map(text.position, (one, other)))
        for method in ("hover", "completion"):
            yield method, {"position": here}
        for method in ("documentSymbol", "foldingRange"):
            yield method, {}
        yield "codeAction", {"range": {"start": here, "end": there}, "context": {"diagnostics": []}}


def _is_in_line_end(text: str, offset: int) -> bool:
    return 0 < offset < len(text) and text[offset - 1 : offset + 1] == "\r\n"


def _range(text: str, start: int, end: int, encoding: str) -> dict[str, Any]:
    places = map(Text(text, encoding).position, (start, end))
    return dict(zip(("start", "end"), ({"line": p.line, "character": p.character} for p in places), strict=True))


async def answers(wire: Wire, uri: str, questions: list[tuple[str, dict[str, Any]]]) -> list[Any]:
    document = {"textDocument": {"uri": uri}}
    asked = [await wire.ask(f"textDocument/{method}", {**document, **params}) for method, params in questions]
    return [*asked, await wire.diagnostics(uri)]


@pytest.mark.parametrize("number", range(SESSIONS))
async def test_what_is_said_of_a_text_does_not_depend_on_how_it_was_typed(number: int, folder: Path) -> None:
    is_included = number % 2 == 0  # so that it is a request whatever becomes of it
    if is_included:
        (folder / "msglint.toml").write_text('include = ["*"]')
    encoding = ENCODINGS[number % len(ENCODINGS)]
    wire, fresh = [await Wire.started(PULLING, encoding) for _ in range(2)]
    compared = 0
    for seed in range(number * DOCUMENTS, (number + 1) * DOCUMENTS):
        typist = Typist(seed)
        name = typist.uri.partition(":")[2]
        uri = (folder / name).as_uri() if is_included else typist.uri
        language = LANGUAGES[Path(name).suffix]
        await wire.open(uri, typist.text, language)
        for version in range(1, EDITS + 1):
            typist.edit()
            await wire.edit(uri, typist.changes(encoding), version)
            if version % BETWEEN_COMPARISONS == 0:
                await fresh.open(uri, typist.text, language)
                questions = list(typist.questions(encoding))
                told = [await answers(each, uri, questions) for each in (wire, fresh)]
                document = wire.server.document(uri)
                assert document is not None
                assert document.text.text == typist.text
                if document.verdict.reason != STAYS:
                    assert told[0] == told[1], (seed, version, typist.text)
                    compared += 1
                await fresh.shut(uri)
            elif version % BETWEEN_CHECKS == 0:
                await wire.diagnostics(uri)
        await wire.shut(uri)
    assert compared == DOCUMENTS * EDITS // BETWEEN_COMPARISONS or not is_included
    assert wire.logged(1) + fresh.logged(1) == []


async def test_a_server_of_its_own_process_keeps_up_with_every_key() -> None:
    typist, fresh = Typist(1_000, "untitled:five-mistakes.json"), await Wire.started()
    pulling = types.ClientCapabilities(text_document=types.TextDocumentClientCapabilities())
    assert pulling.text_document is not None
    pulling.text_document.diagnostic = types.DiagnosticClientCapabilities()
    async with session(pulling) as client:
        open_text(client, typist.uri, typist.text)
        for number in range(1, 301):
            typist.edit()
            change_text(client, typist.uri, typist.text, number)
            if number % 3:
                continue
            place = Text(typist.text).position(typist.random.randrange(len(typist.text) + 1))
            asked = types.HoverParams(types.TextDocumentIdentifier(typist.uri), place)
            await soon(client.text_document_hover_async(asked))
        typist.texts.append(typist.texts[0])
        change_text(client, typist.uri, typist.text, 301)
        found = await pulled(client, typist.uri)
        errors = [line.message for line in client.log_messages if line.type is types.MessageType.Error]
    await fresh.open(typist.uri, typist.text)
    assert len(found) > 1
    assert [(each.code, each.message) for each in found] == [
        (each["code"], each["message"]) for each in await fresh.diagnostics(typist.uri)
    ]
    assert errors == []

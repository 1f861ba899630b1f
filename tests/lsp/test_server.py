"""The server from end to end: with what real editors can do, and where something goes wrong."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from lsprotocol import types
from pytest_lsp import LanguageClient, client_capabilities

from tests.lsp.clients import change_text, open_text, pulled, session, soon, until
from tests.lsp.marks import opened, with_marks
from tests.lsp.wire import PULLING, Wire
from tests.material import hello
from tests.test_command import run
from validator.lsp import server as servers
from validator.lsp.server import Server
from validator.project import Project, forget

CLIENTS = ("neovim@v0.6", "neovim@v0.11", "visual_studio_code", "emacs")
URI = "untitled:request.json"
BAD = '{"é😀𠀋": 1, "model": "claude-opus-4-6", "max_tokens": 5, "messages": [{"role": "user", "content": "a"}]}'
GOOD = BAD.replace('"é😀𠀋": 1, ', "")
MARKED = BAD.replace('"é😀𠀋"', '‸"é😀𠀋"‸')
METHOD_NOT_FOUND, INVALID_PARAMS = -32601, -32602
PUSHED: dict[str, Any] = {}
WATCHING = {"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}}


def is_pulled(client: LanguageClient) -> bool:
    able = client.capabilities
    return able is not None and able.text_document is not None and able.text_document.diagnostic is not None


async def found(client: LanguageClient, uri: str = URI, *, anything: bool = True) -> list[types.Diagnostic]:
    """Return the diagnostics that the client gets in its own way."""
    if is_pulled(client):
        return await pulled(client, uri)
    await until(lambda: uri in client.diagnostics and bool(client.diagnostics[uri]) == anything)
    return list(client.diagnostics[uri])


def encoding_of(client: LanguageClient) -> str:
    """Return how a client counts columns: as it likes best."""
    general = client.capabilities.general if client.capabilities is not None else None
    encodings = general.position_encodings if general is not None else None
    return str(getattr(encodings[0], "value", encodings[0])) if encodings else "utf-16"


@pytest.mark.parametrize(
    ("name", "encodings"),
    [("neovim@v0.6", None), ("neovim@v0.11", ["utf-8"]), ("visual_studio_code", ["utf-16"]), ("emacs", ["utf-32"])],
)
async def test_an_editor_gets_diagnostics_and_all_features_in_its_own_way(
    name: str, encodings: list[str] | None
) -> None:
    async with session(name, encodings) as client:
        document = types.TextDocumentIdentifier(URI)
        open_text(client, URI, BAD)
        (diagnostic,) = await found(client)
        assert diagnostic.code == "schema/unknown-property"
        text = opened(BAD, encoding=encoding_of(client))
        assert with_marks(text, diagnostic.range) == MARKED
        place = text.text.range_of(BAD.index("opus"), BAD.index("opus"))
        hover = await soon(client.text_document_hover_async(types.HoverParams(document, place.start)))
        assert hover is not None
        assert "claude-opus-4-6" in str(hover.contents)
        completion = await soon(client.text_document_completion_async(types.CompletionParams(document, place.start)))
        assert isinstance(completion, list)
        assert "claude-opus-4-6" in {item.label for item in completion}
        context = types.CodeActionContext([diagnostic])
        asked = types.CodeActionParams(document, diagnostic.range, context)
        actions = await soon(client.text_document_code_action_async(asked))
        assert actions is not None
        assert "Open the page of schema/unknown-property" in {each.title for each in actions}
        symbols = await soon(client.text_document_document_symbol_async(types.DocumentSymbolParams(document)))
        assert symbols is not None
        assert {each.name for each in symbols} == {"claude-opus-4-6", "messages"}
        folds = await soon(client.text_document_folding_range_async(types.FoldingRangeParams(document)))
        assert list(folds or ()) == []
        change_text(client, URI, GOOD)
        assert await found(client, anything=False) == []
        assert is_pulled(client) == (URI not in client.diagnostics)
        assert [line for line in client.log_messages if line.type is types.MessageType.Error] == []
        assert client.messages == []


async def test_a_client_that_does_not_say_how_it_counts_counts_in_utf_16() -> None:
    wire = Wire()
    await wire.ask("initialize", {"processId": None, "rootUri": None, "capabilities": PULLING})
    await wire.open(URI, BAD)
    (diagnostic,) = await wire.diagnostics(URI)
    start, end = (types.Position(**diagnostic["range"][each]) for each in ("start", "end"))
    assert with_marks(opened(BAD, encoding="utf-16"), types.Range(start, end)) == MARKED


async def published(wire: Wire, uri: str = URI) -> list[Any]:
    """Wait until diagnostics of a document were sent, and return all that were."""

    def sent() -> list[Any]:
        said = [each["params"] for each in wire.said if each["method"] == "textDocument/publishDiagnostics"]
        return [each for each in said if each["uri"] == uri]

    await until(lambda: bool(sent()))
    return sent()


async def test_diagnostics_are_pushed_once_for_many_quick_changes() -> None:
    wire = await Wire.started(PUSHED)
    await wire.open(URI, GOOD)
    assert [each["diagnostics"] for each in await published(wire)] == [[]]
    wire.said.clear()
    for version in range(1, 20):
        await wire.change(URI, GOOD[:-version], version)
    await wire.change(URI, BAD, 20)
    (sent,) = await published(wire)
    assert sent["version"] == 20
    assert [each["code"] for each in sent["diagnostics"]] == ["schema/unknown-property"]


async def test_diagnostics_are_cleared_when_a_document_is_closed_and_not_sent_afterwards() -> None:
    wire = await Wire.started(PUSHED)
    await wire.open(URI, BAD)
    assert [len(each["diagnostics"]) for each in await published(wire)] == [1]
    await wire.change(URI, BAD + " ")
    wire.said.clear()
    await wire.shut(URI)
    await asyncio.sleep(2 * servers._DEBOUNCE)
    assert [each["diagnostics"] for each in await published(wire)] == [[]]
    assert wire.server.document(URI) is None


async def test_a_client_that_pulls_is_sent_nothing() -> None:
    wire = await Wire.started()
    await wire.open(URI, BAD)
    await wire.change(URI, GOOD)
    await wire.shut(URI)
    await asyncio.sleep(2 * servers._DEBOUNCE)
    assert [each for each in wire.said if each["method"] == "textDocument/publishDiagnostics"] == []
    assert await wire.diagnostics(URI) == []


async def test_what_has_not_changed_is_not_sent_again() -> None:
    wire = await Wire.started()
    await wire.open(URI, BAD)
    document = {"textDocument": {"uri": URI}}
    first = await wire.ask("textDocument/diagnostic", document)
    again = await wire.ask("textDocument/diagnostic", {**document, "previousResultId": first["resultId"]})
    assert (first["kind"], again) == ("full", {"kind": "unchanged", "resultId": first["resultId"]})
    await wire.change(URI, " " + BAD)
    moved = await wire.ask("textDocument/diagnostic", {**document, "previousResultId": first["resultId"]})
    assert moved["kind"] == "full"
    assert moved["resultId"] != first["resultId"]


@pytest.mark.parametrize("name", CLIENTS)
def test_the_capabilities_of_the_clients_are_those_that_the_tests_need(name: str) -> None:
    able = client_capabilities(name).text_document
    assert able is not None
    assert (able.diagnostic is not None) == (name == "neovim@v0.11")


@pytest.mark.parametrize(
    "uri", ["untitled:Untitled-1", "git:/a/b.json?HEAD", "vscode-vfs://host/a.json", "inmemory://1"]
)
async def test_documents_without_a_file_are_checked_by_their_text(uri: str) -> None:
    wire = await Wire.started()
    await wire.open(uri, BAD)
    assert [each["code"] for each in await wire.diagnostics(uri)] == ["schema/unknown-property"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("json", BAD),
        ("jsonc", f"// a\n{BAD}"),
        ("jsonl", f"{GOOD}\n{BAD}\n"),
        ("ndjson", f"{GOOD}\n{BAD}\n"),
        ("yaml", "é: 1\nmodel: claude-opus-4-6\nmax_tokens: 5\nmessages:\n- {role: user, content: a}\n"),
    ],
)
async def test_the_language_says_how_a_document_without_an_ending_is_read(language: str, text: str) -> None:
    wire = await Wire.started()
    await wire.open("untitled:Untitled-1", text, language)
    assert [each["code"] for each in await wire.diagnostics("untitled:Untitled-1")] == ["schema/unknown-property"]


async def test_the_log_says_once_why_a_file_is_or_is_not_checked() -> None:
    wire = await Wire.started()
    await wire.open("untitled:package.json", '{"name": "x"}')
    await wire.open(URI, GOOD)
    for version, text in enumerate((BAD, GOOD, '{"name": "x"}', GOOD[:-1])):
        await wire.change(URI, text, version)
        await wire.diagnostics(URI)
    await wire.diagnostics("untitled:package.json")
    told = "it has `messages` and the model `claude-opus-4-6`"
    assert wire.logged(3) == [
        f"{URI}: checked: {told}",
        f"{URI}: skipped: it has no `messages`",
        f"{URI}: checked: {told}",
        "untitled:package.json: skipped: it has no `messages`",
    ]


async def test_what_is_no_request_is_left_alone() -> None:
    wire = await Wire.started()
    uri, place = "untitled:package.json", {"line": 0, "character": 2}
    document = {"textDocument": {"uri": uri}}
    await wire.open(uri, '{"name": "model", "max_tokens": -1}')
    assert await wire.diagnostics(uri) == []
    assert await wire.ask("textDocument/hover", {**document, "position": place}) is None
    assert await wire.ask("textDocument/completion", {**document, "position": place}) == []
    assert await wire.ask("textDocument/documentSymbol", document) == []
    stretch = {"range": {"start": place, "end": place}, "context": {"diagnostics": []}}
    assert await wire.ask("textDocument/codeAction", {**document, **stretch}) == []


async def test_a_document_that_is_not_open_has_nothing() -> None:
    wire = await Wire.started()
    document = {"textDocument": {"uri": "untitled:other.json"}}
    assert await wire.diagnostics("untitled:other.json") == []
    assert await wire.ask("textDocument/hover", {**document, "position": {"line": 0, "character": 0}}) is None
    assert wire.logged(1) == []


@pytest.mark.parametrize("text", ["{", f'{{"messages": [{{"role": "user", "content": [{{"type": "te\n{BAD}'])
async def test_positions_behind_the_end_are_the_end(text: str) -> None:
    wire = await Wire.started()
    await wire.open(URI, text)
    far = {"line": 99, "character": 99}
    for method in ("hover", "completion"):
        await wire.ask(f"textDocument/{method}", {"textDocument": {"uri": URI}, "position": far})
    assert wire.logged(1) == []


class Folder:
    """A file in a folder with a configuration, open in a client of some capabilities."""

    def __init__(self, folder: Path, wire: Wire) -> None:
        self.config = folder / "msglint.toml"
        self.uri = (folder / "a.json").as_uri()
        self.wire = wire

    async def rules(self) -> list[str]:
        return [each["code"] for each in await self.wire.diagnostics(self.uri)]

    async def tell(self, method: str, uri: str = "") -> None:
        """Say that a file was saved, or changed otherwise."""
        if method == "didSave":
            await self.wire.tell("textDocument/didSave", {"textDocument": {"uri": uri}})
        elif method == "didChangeConfiguration":
            await self.wire.tell("workspace/didChangeConfiguration", {"settings": None})
        else:
            changes = [{"uri": self.config.as_uri(), "type": 2}]
            await self.wire.tell("workspace/didChangeWatchedFiles", {"changes": changes})


async def opened_in(folder: Path, capabilities: dict[str, Any]) -> Folder:
    forget()
    (folder / "a.json").write_text(BAD)
    made = Folder(folder, await Wire.started({**PULLING, **capabilities}))
    await made.wire.open(made.uri, BAD)
    return made


@pytest.mark.parametrize(
    ("capabilities", "event"),
    [
        (WATCHING, "didChangeWatchedFiles"),
        (WATCHING, "didChangeConfiguration"),
        (WATCHING, "saved configuration"),
        ({}, "saved configuration"),
        ({}, "saved request"),
        ({}, "opened request"),
    ],
)
async def test_a_configuration_counts_as_soon_as_it_has_changed(
    capabilities: dict[str, Any], event: str, folder: Path
) -> None:
    made = await opened_in(folder, capabilities)
    assert await made.rules() == ["schema/unknown-property"]
    made.config.write_text('ignore = ["schema/unknown-property"]')
    if event == "opened request":
        await made.wire.open("untitled:other.json", GOOD)
    elif event.startswith("saved"):
        await made.tell("didSave", made.uri if event == "saved request" else made.config.as_uri())
    else:
        await made.tell(event)
    assert await made.rules() == []


async def test_a_client_that_watches_files_is_asked_to_watch_configurations() -> None:
    wire = await Wire.started({**PULLING, **WATCHING})
    (asked,) = [each["params"] for each in wire.said if each["method"] == "client/registerCapability"]
    (registration,) = asked["registrations"]
    assert registration["method"] == "workspace/didChangeWatchedFiles"
    globs = {watcher["globPattern"] for watcher in registration["registerOptions"]["watchers"]}
    assert {"**/msglint.toml", "**/.msglint.toml", "**/pyproject.toml", "**/msglint-baseline.json"} <= globs


async def test_a_client_that_cannot_watch_is_not_asked_to() -> None:
    wire = await Wire.started()
    assert [each for each in wire.said if each["method"] == "client/registerCapability"] == []


async def test_a_client_that_pulls_is_asked_to_pull_again_when_a_configuration_changes(folder: Path) -> None:
    made = await opened_in(folder, {"workspace": {**WATCHING["workspace"], "diagnostics": {"refreshSupport": True}}})
    made.wire.said.clear()
    await made.tell("didChangeWatchedFiles")
    assert [each["method"] for each in made.wire.said] == ["workspace/diagnostic/refresh"]


async def test_a_client_that_is_pushed_to_is_sent_all_again_when_a_configuration_changes(folder: Path) -> None:
    forget()
    (folder / "a.json").write_text(BAD)
    made = Folder(folder, await Wire.started(WATCHING))
    await made.wire.open(made.uri, BAD)
    await published(made.wire, made.uri)
    made.wire.said.clear()
    made.config.write_text('ignore = ["schema/unknown-property"]')
    await made.tell("didChangeWatchedFiles")
    assert [each["diagnostics"] for each in await published(made.wire, made.uri)] == [[]]


async def test_a_broken_configuration_is_one_message_and_not_one_a_key(folder: Path) -> None:
    made = await opened_in(folder, WATCHING)
    made.config.write_text("ignore = 5")
    await made.tell("didChangeWatchedFiles")
    for version in range(1, 6):
        await made.wire.change(made.uri, BAD + " " * version, version)
        assert await made.rules() == []
        place = {"textDocument": {"uri": made.uri}, "position": {"line": 0, "character": 3}}
        assert await made.wire.ask("textDocument/hover", place) is None
    shown = [each["params"]["message"] for each in made.wire.said if each["method"] == "window/showMessage"]
    assert shown == made.wire.logged(1)
    assert len(shown) == 1
    assert "`ignore` is 5, but must be an array" in shown[0]
    made.config.write_text("")
    await made.tell("didChangeWatchedFiles")
    assert await made.rules() == ["schema/unknown-property"]


async def test_a_bug_in_a_rule_is_one_line_of_the_log_and_the_server_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise ZeroDivisionError

    wire = await Wire.started()
    with monkeypatch.context() as patch:
        patch.setattr(Project, "check_documents", breaks)
        await wire.open(URI, BAD)
        for version in range(1, 4):
            await wire.change(URI, BAD + " " * version, version)
            assert await wire.diagnostics(URI) == []
            place = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 3}}
            assert await wire.ask("textDocument/hover", place) is None
    (line,) = wire.logged(1)
    assert line.startswith("internal error, please report it: ZeroDivisionError:")
    assert [each for each in wire.said if each["method"] == "window/showMessage"] == []
    await wire.change(URI, BAD, 9)
    assert len(await wire.diagnostics(URI)) == 1


def test_an_error_of_the_protocol_is_logged_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(Server, "window_log_message", lambda _, params: said.append(params.message))
    monkeypatch.setattr(Server, "window_show_message", lambda *_: said.append("shown"))
    server = servers.make_server()
    for _ in range(3):
        server.report_server_error(KeyError("a"), KeyError)  # type: ignore[arg-type]
    assert said == ["internal error, please report it: KeyError: 'a'"]


async def test_a_method_that_is_not_offered_is_refused_and_not_called_a_bug() -> None:
    wire = await Wire.started()
    await wire.open(URI, GOOD)
    place = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 3}}
    assert (await wire.refusal("textDocument/rename", {**place, "newName": "x"}))["code"] == METHOD_NOT_FOUND
    assert wire.logged(1) == []


@pytest.mark.parametrize("params", [{"foo": 1}, {"textDocument": 5, "position": {}}, [], None])
async def test_a_request_that_is_none_of_the_protocol_is_refused_and_the_server_goes_on(params: Any) -> None:
    wire = await Wire.started()
    await wire.open(URI, BAD)
    assert (await wire.refusal("textDocument/hover", params))["code"] == INVALID_PARAMS
    (line,) = wire.logged(1)
    assert line.startswith("the client sent a message that the protocol does not have: While structuring")
    assert len(await wire.diagnostics(URI)) == 1


async def test_what_the_server_can_do_is_said_at_the_start() -> None:
    wire = Wire()
    said = await wire.ask("initialize", {"processId": None, "rootUri": None, "capabilities": PULLING})
    able = said["capabilities"]
    assert able["textDocumentSync"]["change"] == types.TextDocumentSyncKind.Incremental
    assert able["diagnosticProvider"]["interFileDependencies"] is False
    assert set(able["codeActionProvider"]["codeActionKinds"]) == {"quickfix", "source.fixAll.msglint"}
    assert not able["codeActionProvider"].get("resolveProvider")
    assert "documentFormattingProvider" not in able
    assert able["executeCommandProvider"]["commands"] == ["msglint.openRulePage"]


def content_at(uri: str) -> str:
    return Path(unquote(urlsplit(uri).path)).read_text("utf-8")


async def test_the_page_of_a_rule_is_opened_as_a_file() -> None:
    wire = await Wire.started()
    command = {"command": "msglint.openRulePage", "arguments": ["schema/enum"]}
    await wire.ask("workspace/executeCommand", command)
    (asked,) = [each["params"] for each in wire.said if each["method"] == "window/showDocument"]
    assert content_at(asked["uri"]).startswith("# schema/enum\n")


async def test_only_pages_of_rules_are_opened() -> None:
    wire = await Wire.started()
    await wire.ask("workspace/executeCommand", {"command": "msglint.openRulePage", "arguments": ["../secret"]})
    assert [each for each in wire.said if each["method"] == "window/showDocument"] == []


def test_without_its_package_the_command_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "pygls.py").write_text("raise ModuleNotFoundError('pygls', name='pygls')")
    done = run("lsp", environment={"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 2
    assert "install `msglint[lsp]`" in done.err


async def test_requests_of_a_batch_are_checked_line_by_line_as_they_change() -> None:
    lines = [json.dumps({"custom_id": f"{number}", "params": hello()}) for number in range(50)]
    wire = await Wire.started()
    uri = "untitled:batch.jsonl"
    await wire.open(uri, "\n".join(lines))
    assert await wire.diagnostics(uri) == []
    lines[7] = lines[7].replace('"7"', '"6"')
    await wire.change(uri, "\n".join(lines))
    (diagnostic,) = await wire.diagnostics(uri)
    assert (diagnostic["code"], diagnostic["range"]["start"]["line"]) == ("batches/duplicate-custom-id", 7)


async def test_hovering_over_a_long_text_does_not_wait_until_it_is_checked() -> None:
    wire = await Wire.started()
    await wire.open(URI, BAD.replace('"content": "a"', f'"content": "{"a" * 300_000}"'))
    place = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 3}}
    assert await wire.ask("textDocument/hover", place) is None
    assert len(await wire.diagnostics(URI)) == 1
    assert "**schema/unknown-property**" in (await wire.ask("textDocument/hover", place))["contents"]["value"]

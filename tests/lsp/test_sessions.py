"""Sessions that do not go as they should: the server answers, says no more than a line, and loses nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.lsp.wire import Wire
from tests.material import hello
from validator.lsp.server import make_server

URI = "untitled:request.json"
BAD = json.dumps(hello(max_tokens="many"))
INITIALIZE: dict[str, Any] = {"processId": None, "rootUri": None, "capabilities": {}}


def frame(message: Any) -> bytes:
    data = message if isinstance(message, bytes) else json.dumps({"jsonrpc": "2.0", **message}).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(data), data)


def serve(*messages: Any) -> tuple[int, list[dict[str, Any]], str]:
    """Run the server over some messages, and return its exit code, its own messages and its standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "validator", "lsp"],
        input=b"".join(map(frame, messages)),
        capture_output=True,
        check=False,
    )
    said = [part.partition(b"\r\n\r\n")[2] for part in done.stdout.split(b"Content-Length: ")[1:]]
    return done.returncode, [json.loads(each) for each in said], done.stderr.decode()


BEGIN: list[dict[str, Any]] = [
    {"id": 1, "method": "initialize", "params": INITIALIZE},
    {"method": "initialized", "params": {}},
]
END: list[dict[str, Any]] = [{"id": 9, "method": "shutdown", "params": None}, {"method": "exit", "params": None}]


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        pytest.param([*BEGIN, *END], 0, id="as it should be"),
        pytest.param([*BEGIN, END[1]], 1, id="an exit without a shutdown"),
        pytest.param([END[1]], 1, id="nothing but an exit"),
        pytest.param(BEGIN, 0, id="an input that ends"),
    ],
)
def test_the_exit_code_says_whether_the_session_was_ended(messages: list[Any], code: int) -> None:
    returned, _, errors = serve(*messages)
    assert (returned, errors) == (code, "")


def test_what_is_no_message_is_one_line_of_the_log_and_no_traceback() -> None:
    odd = [b"[]", b"5", b"null", b"{}", b"nonsense", b"\xff\xfe", b'{"jsonrpc": "2.0", "id": 77, "result": null}']
    hover = {"id": 5, "method": "textDocument/hover", "params": {}}
    change = {"method": "textDocument/didChange", "params": {"textDocument": {"uri": URI}}}
    returned, said, errors = serve(*BEGIN, *odd, hover, change, *END)
    assert (returned, errors) == (0, "")
    assert {each["id"]: each.get("error", {}).get("code") for each in said if "id" in each} == {
        1: None,
        5: -32602,
        9: None,
    }
    logged = [each["params"]["message"] for each in said if each.get("method") == "window/logMessage"]
    assert logged
    assert not [line for line in logged if "internal error" in line]


async def test_a_request_before_the_session_or_after_it_is_refused() -> None:
    wire = Wire()
    wire.server = make_server()
    wire.server.protocol.set_writer(wire)
    position = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}}
    assert (await wire.refusal("textDocument/hover", position))["code"] == -32002
    started = await Wire.started()
    await started.ask("shutdown", None)
    assert (await started.refusal("textDocument/hover", position))["code"] == -32600


async def diagnosed(wire: Wire) -> set[str]:
    answer = await wire.ask("textDocument/diagnostic", {"textDocument": {"uri": URI}})
    return {each["code"] for each in answer["items"]}


@pytest.mark.parametrize("version", [0, 1, -5, None])
async def test_a_change_counts_whatever_its_version(version: int | None) -> None:
    wire = await Wire.started()
    await wire.open(URI, json.dumps(hello()))
    document = {"uri": URI, "version": version}
    await wire.tell("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": BAD}]})
    assert await diagnosed(wire) == {"schema/type"}


@pytest.mark.parametrize("language", ["json", "python", "plaintext", "", "yaml"])
async def test_a_name_says_more_than_a_language(language: str) -> None:
    wire = await Wire.started()
    await wire.open(URI, BAD, language)
    assert await diagnosed(wire) == {"schema/type"}


async def test_a_document_that_is_opened_twice_is_the_one_that_was_opened_last() -> None:
    wire = await Wire.started()
    await wire.open(URI, json.dumps(hello()))
    await wire.open(URI, BAD)
    assert await diagnosed(wire) == {"schema/type"}


@pytest.mark.parametrize("method", ["didChange", "didSave", "didClose"])
async def test_a_document_that_is_not_open_does_no_harm(method: str) -> None:
    wire = await Wire.started()
    await wire.open(URI, BAD)
    document = {"uri": "file:///nowhere.json", "version": 1}
    await wire.tell(f"textDocument/{method}", {"textDocument": document, "contentChanges": [{"text": "x"}]})
    assert await diagnosed(wire) == {"schema/type"}
    assert not [each for each in wire.said if "internal error" in str(each)]


@pytest.mark.parametrize("uri", ["file:///a%00b.json", "file:///%FF.json", "not a uri.json", "file://host/a.json"])
async def test_a_document_with_an_odd_name_is_checked(uri: str) -> None:
    wire = await Wire.started()
    await wire.open(uri, BAD)
    answer = await wire.ask("textDocument/diagnostic", {"textDocument": {"uri": uri}})
    assert {each["code"] for each in answer["items"]} == {"schema/type"}
    assert not [each for each in wire.said if "internal error" in str(each)]


async def test_a_document_that_is_closed_before_it_is_checked_shows_nothing() -> None:
    wire = await Wire.started({})
    await wire.open(URI, BAD)
    await wire.tell("textDocument/didClose", {"textDocument": {"uri": URI}})
    shown = [each["params"] for each in wire.said if each["method"] == "textDocument/publishDiagnostics"]
    assert shown[-1]["diagnostics"] == []

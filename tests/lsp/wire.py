"""A client of a server in the same process: messages go through the protocol, and nothing through a pipe."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from pygls.exceptions import JsonRpcException

from validator.lsp.server import make_server

PULLING = {"textDocument": {"diagnostic": {}, "completion": {"completionItem": {"snippetSupport": True}}}}

_MOST_TURNS = 1000
"""Turns of the event loop after which an answer that is worked out in the same process has to be there."""


class Wire:
    """Speaks to a server of its own, and keeps what the server says unasked."""

    def __init__(self) -> None:
        self.server = make_server()
        self.server.protocol.set_writer(self)
        self.said: list[dict[str, Any]] = []
        self._answers: dict[int, Any] = {}
        self._asked = 0

    @classmethod
    async def started(cls, capabilities: dict[str, Any] | None = None, encoding: str = "utf-16") -> Wire:
        """Start a session with a client of some capabilities."""
        wire = cls()
        general = {"general": {"positionEncodings": [encoding]}}
        params = {
            "processId": None,
            "rootUri": None,
            "capabilities": {**(PULLING if capabilities is None else capabilities), **general},
        }
        await wire.ask("initialize", params)
        await wire.tell("initialized", {})
        return wire

    def write(self, data: bytes) -> None:
        """Take a message of the server."""
        message = json.loads(data.partition(b"\r\n\r\n")[2])
        if "method" in message:
            self.said.append(message)
        else:
            self._answers[message["id"]] = message

    def close(self) -> None:
        """End the session, as far as the protocol's writer is concerned."""

    async def tell(self, method: str, params: Any) -> None:
        """Send a notification, and let it be handled."""
        self._handle({"jsonrpc": "2.0", "method": method, "params": params})
        for _ in range(3):
            await asyncio.sleep(0)

    async def ask(self, method: str, params: Any) -> Any:
        """Send a request, and return its result."""
        answer = await self._answer(method, params)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    async def refusal(self, method: str, params: Any) -> Any:
        """Send a request that is refused, and return the error."""
        return (await self._answer(method, params))["error"]

    async def _answer(self, method: str, params: Any) -> Any:
        self._asked += 1
        self._handle({"jsonrpc": "2.0", "id": self._asked, "method": method, "params": params})
        for _ in range(_MOST_TURNS):
            if self._asked in self._answers:
                return self._answers.pop(self._asked)
            await asyncio.sleep(0)
        raise AssertionError(method)

    async def open(self, uri: str, text: str, language: str = "json") -> None:
        """Open a document."""
        document = {"uri": uri, "languageId": language, "version": 0, "text": text}
        await self.tell("textDocument/didOpen", {"textDocument": document})

    async def change(self, uri: str, text: str, version: int = 1) -> None:
        """Replace the text of a document."""
        await self.edit(uri, [{"text": text}], version)

    async def edit(self, uri: str, changes: list[dict[str, Any]], version: int = 1) -> None:
        """Change a document as the changes say, one after the other."""
        document = {"uri": uri, "version": version}
        await self.tell("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    async def shut(self, uri: str) -> None:
        """Close a document."""
        await self.tell("textDocument/didClose", {"textDocument": {"uri": uri}})

    async def diagnostics(self, uri: str) -> Any:
        """Pull the diagnostics of a document."""
        return (await self.ask("textDocument/diagnostic", {"textDocument": {"uri": uri}}))["items"]

    def logged(self, kind: int) -> list[str]:
        """Return what the log says of one kind: 1 for errors, 3 for information."""
        said = [message["params"] for message in self.said if message["method"] == "window/logMessage"]
        return [params["message"] for params in said if params["type"] == kind]

    def _handle(self, message: dict[str, Any]) -> None:
        text = json.dumps(message)
        try:
            self.server.protocol.handle_message(json.loads(text, object_hook=self.server.protocol.structure_message))
        except JsonRpcException as error:  # as pygls does
            self.server.report_server_error(error, JsonRpcException)

"""Clients of a server that is a process of its own, with what real editors say that they can do."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from lsprotocol import types
from pytest_lsp import LanguageClient, client_capabilities, make_test_lsp_client

from tests.material import ROOT

Answer = TypeVar("Answer")
LIMIT = 30
"""Seconds after which an answer does not come any more."""


async def soon(answer: Awaitable[Answer]) -> Answer:
    """Wait for an answer, and not for ever."""
    return await asyncio.wait_for(answer, LIMIT)


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something is so."""

    async def look() -> None:
        while not holds():  # noqa: ASYNC110 - what it waits for comes with messages of many kinds
            await asyncio.sleep(0.01)

    await soon(look())


@asynccontextmanager
async def session(
    capabilities: types.ClientCapabilities | str, encodings: list[str] | None = None
) -> AsyncIterator[LanguageClient]:
    """Start a server for a client, and stop it."""
    able = client_capabilities(capabilities) if isinstance(capabilities, str) else capabilities
    if encodings is not None:
        able.general = able.general or types.GeneralClientCapabilities()
        able.general.position_encodings = list(encodings)
    client = make_test_lsp_client()
    await soon(client.start_io(sys.executable, str(ROOT / "cli.py"), "lsp", "--stdio"))
    try:
        await soon(client.initialize_session(types.InitializeParams(capabilities=able)))
        yield client
        await soon(client.shutdown_session())
    finally:
        process = client._server
        if process is not None and process.returncode is None:
            process.kill()
        await soon(client.stop())  # type: ignore[no-untyped-call]


def open_text(client: LanguageClient, uri: str, text: str, language: str = "json") -> None:
    """Open a document."""
    client.text_document_did_open(
        types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, types.LanguageKind(language), 0, text))
    )


def change_text(client: LanguageClient, uri: str, text: str, version: int = 1) -> None:
    """Replace the text of a document."""
    document = types.VersionedTextDocumentIdentifier(version, uri)
    change = types.TextDocumentContentChangeWholeDocument(text)
    client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))


async def pulled(client: LanguageClient, uri: str) -> list[types.Diagnostic]:
    """Ask for the diagnostics of a document."""
    asked = types.DocumentDiagnosticParams(types.TextDocumentIdentifier(uri))
    report = await soon(client.text_document_diagnostic_async(asked))
    assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
    return list(report.items)

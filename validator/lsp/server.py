"""The language server: dispatch the messages of a client to the features."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from collections.abc import Callable
from functools import reduce, wraps
from hashlib import sha256
from json import JSONDecodeError
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeVar, cast

from lsprotocol import types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcMethodNotFound,
    JsonRpcServerNotInitialized,
)
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.uris import to_fs_path

from .. import project as projects
from .._version import __version__
from ..common.redaction import redacted
from ..config import SettingsError
from ..documents import CODE
from ..files import shown_name
from ..filesystem.lookups import native
from ..project import SETTINGS, Project
from ..rules import RULES
from . import actions, completion, diagnostics, notebooks, rule_pages, symbols
from . import hover as hovers
from .open_document import OpenDocument
from .text import Text
from .wire import Input

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pygls.server import ServerErrors

    from ..rules import Rule
    from .open_document import Part

Answer = TypeVar("Answer")

_DEBOUNCE: Final = 0.02
"""A document is checked this many seconds after its last change."""
_TRIGGERS: Final = ('"', ":", " ")


def _handled_here(method: str) -> Any:
    """Return a handler that calls the server's own feature and bypasses that of pygls."""

    def handle(protocol: LanguageServerProtocol, params: Any) -> Iterator[Any]:
        yield protocol.fm.features[method], (params,), None

    return lsp_method(method)(handle)


class _Protocol(LanguageServerProtocol):
    """The protocol, where pygls deviates from it.

    pygls ends lines of a document at U+2028 and form feeds too, does not answer a request that is invalid or outside of
    the session, and drops a change without a version.
    """

    is_begun = False
    """Whether the client has sent `initialize`."""
    is_broken_off = False
    """Whether the client sent `exit` without `shutdown`, which is an error."""

    lsp_text_document__did_open = _handled_here(types.TEXT_DOCUMENT_DID_OPEN)
    lsp_text_document__did_change = _handled_here(types.TEXT_DOCUMENT_DID_CHANGE)
    lsp_text_document__did_close = _handled_here(types.TEXT_DOCUMENT_DID_CLOSE)
    lsp_notebook_document__did_open = _handled_here(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    lsp_notebook_document__did_change = _handled_here(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    lsp_notebook_document__did_close = _handled_here(types.NOTEBOOK_DOCUMENT_DID_CLOSE)

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Parse a message, and answer an invalid request with an error.

        Raises:
            JsonRpcInvalidParams: if the message is invalid.
        """
        if data.get("method") == types.TEXT_DOCUMENT_DID_CHANGE:
            _set_version(data.get("params"))
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            refusal = JsonRpcInvalidParams()
            if "id" in data and "method" in data:
                self._send_response(data["id"], error=refusal.to_response_error())
            raise refusal from error.__cause__

    def handle_message(self, message: Any) -> None:
        """Pass a message to its feature; refuse one before `initialize` or after `shutdown`.

        Raises:
            JsonRpcInvalidRequest: if the JSON is not a message of the protocol.
        """
        if not hasattr(message, "jsonrpc"):
            raise JsonRpcInvalidRequest
        method = getattr(message, "method", None)
        self.is_begun = self.is_begun or method == types.INITIALIZE
        if method == types.EXIT:
            self.is_broken_off = not self._shutdown
        elif method is not None and (self._shutdown or not self.is_begun):
            refusal = JsonRpcInvalidRequest() if self._shutdown else JsonRpcServerNotInitialized()
            if hasattr(message, "id"):
                self._send_response(message.id, error=refusal.to_response_error())
            return
        super().handle_message(message)


def _set_version(params: Any) -> None:
    """Set the version of a changed document to 0 if it is null, as older clients send it."""
    document = params.get("textDocument") if isinstance(params, dict) else None
    if isinstance(document, dict) and document.get("version") is None:
        document["version"] = 0


class Server(LanguageServer):
    """The language server, with the documents that the client has open."""

    def __init__(self) -> None:
        super().__init__("msglint", __version__, protocol_cls=_Protocol, notebook_document_sync=notebooks.SYNC)
        self._documents: dict[str, OpenDocument] = {}
        self._notebooks: dict[str, str] = {}
        """The notebook of each cell."""
        self._shown: dict[str, dict[str, list[types.Diagnostic]]] = {}
        """The last diagnostics of the cells of each notebook."""
        self._project = Project()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._verdicts: dict[str, str] = {}
        """The last line logged for each document: whether it is checked, and why."""
        self._pages: set[Rule] = set()
        """The rules whose pages have been written, or are about to be."""
        self._said: set[str] = set()
        """The errors logged so far."""
        self.reads_code = True
        """Whether source code is read; the client may switch that off with the initialisation option `code`."""

    def report_server_error(self, error: Exception, source: ServerErrors) -> None:  # noqa: ARG002 - as pygls calls it
        """Log an error unless the client got it as an answer; pygls would open a message box each time."""
        if isinstance(error, (JsonRpcInvalidParams, JsonRpcInvalidRequest, JSONDecodeError, UnicodeDecodeError)):
            self.log_error(f"the client sent a message that the protocol does not have: {error.__cause__ or error}")
        elif not isinstance(error, JsonRpcMethodNotFound):
            self.log_error(_bug(error))

    def log_error(self, message: str, *, shows: bool = False) -> None:
        """Log an error, and with `shows` show it to the user; each error once, because it may recur at every key."""
        message = redacted(message)
        if message not in self._said:
            self._said.add(message)
            self.window_log_message(types.LogMessageParams(types.MessageType.Error, message))
            if shows:
                self.window_show_message(types.ShowMessageParams(types.MessageType.Error, message))

    @property
    def is_pulled(self) -> bool:
        """Whether the client requests diagnostics itself; they are not pushed then."""
        client = self.client_capabilities.text_document
        return client is not None and client.diagnostic is not None

    @property
    def is_told_of_files(self) -> bool:
        """Whether the client notifies the server of changes of settings files."""
        client = self.client_capabilities.workspace
        watching = client.did_change_watched_files if client is not None else None
        return bool(watching is not None and watching.dynamic_registration)

    def document(self, uri: str) -> OpenDocument | None:
        """Return an open document; of a cell, its notebook."""
        return self._documents.get(self._notebooks.get(uri, uri))

    def request(self, uri: str) -> OpenDocument | None:
        """Return an open document if it is a request."""
        document = self.document(uri)
        return document if document is not None and document.verdict.is_request else None

    def open(self, item: types.TextDocumentItem) -> None:
        """Store a document that the client opens."""
        path = _path_of(item.uri)
        encoding = self.workspace.position_encoding or types.PositionEncodingKind.Utf16
        text = Text(item.text, encoding)
        document = OpenDocument(
            item.uri,
            native(path or item.uri),
            item.language_id,
            item.version,
            text,
            self._project,
            is_file=path is not None,
        )
        if self.reads_code or document.format not in CODE:
            self._documents[item.uri] = document

    def change(self, uri: str, version: int, changes: Iterable[types.TextDocumentContentChangeEvent]) -> None:
        """Apply the changes of a document in order; each one refers to the text after the one before."""
        document = self._documents.get(uri)
        if document is not None:
            text = reduce(Text.changed, changes, document.text)
            self._documents[uri] = document.now(text, version, self._project)

    def open_notebook(self, document: types.NotebookDocument, texts: Iterable[types.TextDocumentItem]) -> None:
        """Store a notebook that the client opens."""
        if not self.reads_code:
            return
        path = _path_of(document.uri)
        encoding = str(self.workspace.position_encoding or types.PositionEncodingKind.Utf16.value)
        name = native(path or document.uri)
        self._keep(notebooks.opened(document, texts, name, self._project, encoding, is_file=path is not None))

    def change_notebook(self, uri: str, version: int, event: types.NotebookDocumentChangeEvent) -> None:
        """Apply a change of a notebook."""
        notebook = self._documents.get(uri)
        if isinstance(notebook, notebooks.Notebook):
            after = notebooks.changed(notebook, event, version, self._project)
            for cell in set(notebook.uris) - set(after.uris):
                self._forget_cell(cell)
            self._keep(after)

    def _keep(self, notebook: notebooks.Notebook) -> None:
        self._documents[notebook.uri] = notebook
        self._notebooks.update(dict.fromkeys(notebook.uris, notebook.uri))

    def _forget_cell(self, uri: str) -> None:
        self._notebooks.pop(uri, None)
        if not self.is_pulled:
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    def forget_notebook(self, uri: str) -> None:
        """Drop a closed notebook, and clear the diagnostics of its cells."""
        document = self._documents.get(uri)
        for cell in document.uris if document is not None else ():
            self._forget_cell(cell)
        self._shown.pop(uri, None)
        self.forget(uri)

    def check_soon(self, uri: str, delay: float = _DEBOUNCE) -> None:
        """Check a document after a delay without changes, unless the client requests diagnostics itself."""
        timer = self._timers.pop(uri, None)
        if timer is not None:
            timer.cancel()
        if not self.is_pulled or isinstance(self._documents.get(uri), notebooks.Notebook):
            self._timers[uri] = asyncio.get_running_loop().call_later(delay, self._publish, uri)

    def _publish(self, uri: str) -> None:
        self._timers.pop(uri, None)
        document = self._documents.get(uri)
        if document is not None:
            found = diagnostics.by_uri(document, self.found_in(document))
            is_same = self._shown.get(uri) == found
            if isinstance(document, notebooks.Notebook):
                self._shown[uri] = found
            if self.is_pulled:
                # A change of a cell may change what is found in the others.
                if not is_same:
                    self._refresh()
                return
            for each, of_text in found.items():
                version = document.version if each == uri else None
                self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(each, of_text, version))

    def found_in(self, document: OpenDocument) -> list[types.Diagnostic]:
        """Return the diagnostics of a document, and log whether it is checked if that has changed."""
        with _Guard(self):
            for _, said in self._project.config_of(document.path).unusable_plugins():
                self.log_error(f"{said}; its rules are not checked", shows=True)
            found = diagnostics.diagnostics(document, rule_pages.address_of)
            verdict = document.verdict
            sign = "checked" if verdict.is_request else "skipped"
            line = redacted(f"{shown_name(document.path)}: {sign}: {verdict.reason}")
            if self._verdicts.get(document.uri) != line:
                self._verdicts[document.uri] = line
                self.window_log_message(types.LogMessageParams(types.MessageType.Info, line))
            for rule in {document.rules[str(each.code)] for each in found} - self._pages:
                self._pages.add(rule)
                asyncio.get_running_loop().run_in_executor(None, rule_pages.written, rule)
            return found
        return []

    def forget(self, uri: str) -> None:
        """Drop a closed document, and clear its diagnostics."""
        self._documents.pop(uri, None)
        self._verdicts.pop(uri, None)
        timer = self._timers.pop(uri, None)
        if timer is not None:
            timer.cancel()
        if not self.is_pulled:
            self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    def read_settings_again(self) -> None:
        """Read all configurations again, and check the open documents."""
        projects.forget()
        self._project = Project()
        self._said.clear()
        for uri, document in list(self._documents.items()):
            self._documents[uri] = document.now(document.text, document.version, self._project)
            self.check_soon(uri, 0)
        if self.is_pulled:
            self._refresh()

    def _refresh(self) -> None:
        """Let the client request all diagnostics again, if it can."""
        client = self.client_capabilities.workspace
        if client is not None and client.diagnostics and client.diagnostics.refresh_support:
            self.workspace_diagnostic_refresh(None)


def _path_of(uri: str) -> str | None:
    """Return the path of a file URI; None for any other URI."""
    path = to_fs_path(uri)
    return None if path is None or "\0" in path else path


class _Guard:
    """Logs the exception that a feature raises, and suppresses it."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> bool:
        if isinstance(error, SettingsError):
            self._server.log_error(str(error), shows=True)
        elif isinstance(error, Exception):
            self._server.log_error(_bug(error))
        return error is None or isinstance(error, Exception)


def _bug(error: Exception) -> str:
    traceback, place = error.__traceback__, ""
    while traceback is not None:
        place = f" ({Path(traceback.tb_frame.f_code.co_filename).name}:{traceback.tb_lineno})"
        traceback = traceback.tb_next
    return f"internal error, please report it: {type(error).__name__}: {error}{place}"


def _guarded(feature: Callable[[Server, Any], Answer]) -> Callable[[Server, Any], Answer | None]:
    """Answer with null if a feature raises."""

    @wraps(feature)
    def guarded(server: Server, params: Any) -> Answer | None:
        with _Guard(server):
            return feature(server, params)
        return None

    return guarded


def make_server() -> Server:
    """Return a server with all features."""
    server = Server()
    for method, feature in _EVENTS.items():
        server.feature(method)(feature)
    for method, (feature, options) in _FEATURES.items():
        server.feature(method, options)(feature)
    server.command(actions.OPEN_PAGE)(_open_page)
    return server


class _Formatter(logging.Formatter):
    """Redacts secrets in what libraries log, which may quote messages of the client."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record."""
        return redacted(super().format(record))


def serve() -> None:
    """Serve a client on standard input and output until it exits; exits with 1 if the client skipped `shutdown`."""
    logging.getLogger("pygls").addHandler(logging.NullHandler())
    logging.getLogger("pygls").propagate = False  # its tracebacks would go to standard error
    output, sys.stdout = sys.stdout, sys.stderr  # a stray `print` would corrupt the protocol
    handler = logging.StreamHandler()
    handler.setLevel(logging.WARNING)
    handler.setFormatter(_Formatter())
    logging.getLogger().addHandler(handler)
    server = make_server()
    gc.freeze()  # modules live as long as the process; collections while a user types should not scan them
    server.start_io(cast("BinaryIO", Input(sys.stdin.buffer)), output.buffer)
    if isinstance(server.protocol, _Protocol) and server.protocol.is_broken_off:
        sys.exit(1)


def _initialize(server: Server, params: types.InitializeParams) -> None:
    options = params.initialization_options
    server.reads_code = not isinstance(options, dict) or options.get("code") is not False


def _initialized(server: Server, _params: types.InitializedParams) -> None:
    if server.is_told_of_files:
        watchers = [types.FileSystemWatcher(f"**/{name}") for name in (*sorted(SETTINGS), "*.toml")]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
        method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
        server.client_register_capability(types.RegistrationParams([types.Registration("settings", method, options)]))


async def _opened(server: Server, params: types.DidOpenTextDocumentParams) -> None:
    if not server.is_told_of_files:
        server.read_settings_again()
    server.open(params.text_document)
    server.check_soon(params.text_document.uri, 0)


async def _changed(server: Server, params: types.DidChangeTextDocumentParams) -> None:
    server.change(params.text_document.uri, params.text_document.version, params.content_changes)
    server.check_soon(params.text_document.uri)


async def _saved(server: Server, params: types.DidSaveTextDocumentParams) -> None:
    uri = params.text_document.uri
    if Path(to_fs_path(uri) or "").name in SETTINGS or not server.is_told_of_files:
        server.read_settings_again()
    elif server.document(uri) is not None:
        server.check_soon(uri, 0)


async def _closed(server: Server, params: types.DidCloseTextDocumentParams) -> None:
    server.forget(params.text_document.uri)


async def _notebook_opened(server: Server, params: types.DidOpenNotebookDocumentParams) -> None:
    if not server.is_told_of_files:
        server.read_settings_again()
    server.open_notebook(params.notebook_document, params.cell_text_documents)
    server.check_soon(params.notebook_document.uri, 0)


async def _notebook_changed(server: Server, params: types.DidChangeNotebookDocumentParams) -> None:
    document = params.notebook_document
    server.change_notebook(document.uri, document.version, params.change)
    server.check_soon(document.uri)


async def _notebook_saved(server: Server, params: types.DidSaveNotebookDocumentParams) -> None:
    if not server.is_told_of_files:
        server.read_settings_again()
    elif server.document(params.notebook_document.uri) is not None:
        server.check_soon(params.notebook_document.uri, 0)


async def _notebook_closed(server: Server, params: types.DidCloseNotebookDocumentParams) -> None:
    server.forget_notebook(params.notebook_document.uri)


async def _settings_changed(server: Server, _params: Any) -> None:
    server.read_settings_again()


def _diagnose(server: Server, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
    document = server.document(params.text_document.uri)
    found = server.found_in(document) if document is not None else []
    if document is not None:
        found = diagnostics.by_uri(document, found).get(params.text_document.uri, [])
    result_id = sha256(repr(found).encode(errors="surrogatepass")).hexdigest()[:16]
    if params.previous_result_id == result_id:
        return types.RelatedUnchangedDocumentDiagnosticReport(result_id)
    return types.RelatedFullDocumentDiagnosticReport(found, result_id=result_id)


@_guarded
def _hover(server: Server, params: types.HoverParams) -> types.Hover | None:
    document = server.request(params.text_document.uri)
    if document is None:
        return None
    first = document.first_line(params.text_document.uri)
    offset = document.text.offset(_below(params.position, first))
    touched = document.violations_in(offset, offset) if document.is_checked_at_once else ()
    found = [(violation, document.rules[violation.rule]) for violation, _ in touched]
    shown = hovers.hover(document.place_at(offset), found)
    if shown is not None and shown.range is not None:
        shown.range = document.location(shown.range).range
    return shown


@_guarded
def _complete(server: Server, params: types.CompletionParams) -> list[types.CompletionItem]:
    document = server.document(params.text_document.uri)
    if document is None or not document.may_be_completed:
        return []
    first = document.first_line(params.text_document.uri)
    place = document.place_at(document.text.offset(_below(params.position, first)), is_typed=True)
    if place is None:
        return []
    client = server.client_capabilities.text_document
    item = client.completion.completion_item if client is not None and client.completion is not None else None
    items = completion.complete(place, completion.Wishes(snippets=bool(item is not None and item.snippet_support)))
    for each in items if first else ():
        if isinstance(each.text_edit, types.TextEdit):
            each.text_edit.range = notebooks.moved(each.text_edit.range, -first)
    return items


@_guarded
def _act(server: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    document = server.request(params.text_document.uri)
    only = params.context.only
    kinds = None if only is None else [kind.value if isinstance(kind, types.CodeActionKind) else kind for kind in only]
    if document is None:
        return []
    wanted = notebooks.moved(params.range, document.first_line(params.text_document.uri))
    return actions.actions(document, wanted, params.context.diagnostics, kinds)


def _below(position: types.Position, lines: int) -> types.Position:
    return types.Position(position.line + lines, position.character)


@_guarded
def _symbols(server: Server, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
    return [
        symbol
        for document, part in _parts(server, params.text_document.uri)
        for symbol in symbols.symbols(part.document, document.text, part.start)
    ]


@_guarded
def _fold(server: Server, params: types.FoldingRangeParams) -> list[types.FoldingRange]:
    return [
        fold
        for document, part in _parts(server, params.text_document.uri)
        for fold in symbols.folds(part.document, document.text, part.start)
    ]


def _parts(server: Server, uri: str) -> Iterator[tuple[OpenDocument, Part]]:
    document = server.request(uri)
    if document is not None and not document.holds_calls:
        yield from ((document, part) for part in document.parts)


def _open_page(server: Server, name: str) -> None:
    """Open the page of a rule; behind the id of one that is not msglint's is the document that was checked with it."""
    rule_id, _, uri = name.partition(" ")
    document = server.document(uri)
    rule = (RULES if document is None else document.rules).get(rule_id)
    address = None if rule is None or not rule_pages.written(rule) else rule_pages.address_of(rule)
    if address is not None:
        server.window_show_document(types.ShowDocumentParams(address, take_focus=True))


_EVENTS: Final[dict[str, Callable[[Server, Any], Any]]] = {
    types.INITIALIZE: _initialize,
    types.INITIALIZED: _initialized,
    types.TEXT_DOCUMENT_DID_OPEN: _opened,
    types.TEXT_DOCUMENT_DID_CHANGE: _changed,
    types.TEXT_DOCUMENT_DID_SAVE: _saved,
    types.TEXT_DOCUMENT_DID_CLOSE: _closed,
    types.NOTEBOOK_DOCUMENT_DID_OPEN: _notebook_opened,
    types.NOTEBOOK_DOCUMENT_DID_CHANGE: _notebook_changed,
    types.NOTEBOOK_DOCUMENT_DID_SAVE: _notebook_saved,
    types.NOTEBOOK_DOCUMENT_DID_CLOSE: _notebook_closed,
    types.WORKSPACE_DID_CHANGE_WATCHED_FILES: _settings_changed,
    types.WORKSPACE_DID_CHANGE_CONFIGURATION: _settings_changed,
}
_FEATURES: Final[dict[str, tuple[Callable[[Server, Any], Any], Any]]] = {
    types.TEXT_DOCUMENT_DIAGNOSTIC: (
        _diagnose,
        types.DiagnosticOptions(inter_file_dependencies=False, workspace_diagnostics=False, identifier="msglint"),
    ),
    types.TEXT_DOCUMENT_HOVER: (_hover, None),
    types.TEXT_DOCUMENT_COMPLETION: (_complete, types.CompletionOptions(trigger_characters=_TRIGGERS)),
    types.TEXT_DOCUMENT_CODE_ACTION: (
        _act,
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix, actions.FIX_ALL]),
    ),
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: (_symbols, None),
    types.TEXT_DOCUMENT_FOLDING_RANGE: (_fold, None),
}

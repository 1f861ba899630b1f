"""Read the requests in TypeScript and JavaScript.

Nothing is run, and no import is followed: a value is known if the text spells it out.

| module | what it holds |
|---|---|
| `typescript` | the calls of the SDK |
| `ts_syntax` | the syntax tree, and the nodes around a place |
| `ts_names` | what a name stands for |
| `ts_literals` | texts and numbers |
| `ts_values` | values of expressions |
| `ts_options` | objects of options and headers |
| `ts_http` | requests without the SDK |
| `ts_clients` | what the client of a call tells |
| `ts_intent` | calls that are meant to fail |
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ..common.lazy_regex import regex
from ..documents.written import Property, Sent, Written
from ..facts.api import API_VERSIONS
from .call import Call, Source
from .http import betas_of
from .sdk import BETAS_HEADER, HOST, IN_BODY, VERSION_HEADER, endpoint_of, is_foreign_model, is_look_alike, platform_of
from .ts_clients import UNKNOWN, Client, Clients
from .ts_http import REQUEST, Requests
from .ts_intent import Intent
from .ts_names import Names
from .ts_options import Options
from .ts_syntax import Grammar, Syntax, arguments_of, unwrapped, without_wrappers
from .ts_values import Values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

SUFFIXES: Final = frozenset({".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"})
"""The names of files that are read."""

_TYPED: Final = (".ts", ".mts", ".cts")
# All is bounded, so that a text of comments without an end is not searched to its end again and again.
_GAP: Final = rb"(?:\s|//[^\n]{0,300}\n|/\*[^*]{0,300}\*/){0,1000}"
_STEP: Final = rb"(?:" + _GAP + rb"[!?)]){0,3}" + _GAP + rb"\." + _GAP
_CALL: Final = regex(
    rb"(?<![\w$])messages(?:\s+as\s+[\w$.]+)?" + _STEP + rb"(?:batches" + _STEP + rb")?"
    rb"(create|stream|parse|toolRunner|countTokens)(?![\w$])"
)
_MOCK: Final = regex(rb"\.messages\.(?:batches\.)?\w+(?=\s*=(?![=>]))")
"""The end of a function that is replaced: `client.messages.create = …`."""
_NAMES_BEFORE: Final = regex(rb"[\w$#.]*\Z")
_LONGEST_NAMES: Final = 200
_COMMENT: Final = regex(rb"msglint\s*:")
_NEEDED: Final = ("model", "messages", "max_tokens")
_NEEDED_SET: Final = frozenset(_NEEDED)
_KEYWORDS: Final = (IN_BODY | {"betas"}) - {"metadata", "requests"}
"""Properties that may show a body to be one of the Messages API; other APIs have `metadata` too."""
_CLIENT_SETTINGS: Final = frozenset({"user_profile_id", "workspace_id"})
"""Parameters that the SDK sends as headers."""
_RUNNER_SETTINGS: Final = frozenset({"max_iterations", "runToolsEagerly", "thread", "compactionControl"})
"""Parameters of `toolRunner` that it keeps for itself."""
_PARSED_BETA: Final = "structured-outputs-2025-12-15"
_COUNTED_BETA: Final = "token-counting-2024-11-01"
"""Betas that methods of `client.beta` add to those of the call."""


def read(data: bytes, *, name: str = "x.ts", is_fragment: bool = False) -> Source:
    """Return the requests in TypeScript or JavaScript.

    Args:
        data: The text, UTF-8.
        name: The name of its file; its suffix tells whether `<T>x` is a cast, or JSX.
        is_fragment: Whether it is a snippet of a documentation, which leaves out things.

    Raises:
        MissingParserError: The text seems to have calls, but the parser is not installed.
    """
    if not _may_have_requests(data):
        return Source()
    grammars: tuple[Grammar, ...] = ("typescript", "tsx")
    if not is_fragment:
        grammars = ("typescript",) if name.lower().endswith(_TYPED) else ("tsx",)
    syntax = Syntax(data, grammars[0], is_fragment=is_fragment)
    if is_fragment and syntax.root.has_error:
        syntax = Syntax(data, grammars[1], is_fragment=is_fragment)
        if syntax.root.has_error:
            return Source()
    return Source(_Reader(syntax, is_fragment=is_fragment).calls(), _comments(syntax))


def _may_have_requests(data: bytes) -> bool:
    """Whether a text is worth parsing."""
    if b"\0" in data:
        return False
    return HOST.encode() in data or (b"messages" in data and _CALL.search(data) is not None)


def _comments(syntax: Syntax) -> list[tuple[int, int]]:
    """Return the ranges of the comments that name msglint."""
    found: list[tuple[int, int]] = []
    for match in _COMMENT.finditer(syntax.data):
        path = syntax.path(match.start())
        if path is not None and path[-1].type == "comment":
            start, end = path[-1].start_byte, path[-1].end_byte
            end -= syntax.data[start:end].endswith(b"\r")
            if (start, end) not in found[-1:]:
                found.append((start, end))
    return found


class _Reader:
    """Finds the calls of one text."""

    def __init__(self, syntax: Syntax, *, is_fragment: bool) -> None:
        self._syntax = syntax
        self._is_fragment = is_fragment
        names = Names(syntax)
        self._values = Values(syntax, names, is_fragment=is_fragment)
        self._clients = Clients(syntax, names, self._values)
        self._intent = Intent(syntax, names)
        self._options = Options(syntax, self._values)
        self._requests = Requests(syntax, self._values, self._options)
        self._mocked = set(_mocked(syntax.data))

    def calls(self) -> list[Call]:
        """Return all calls, in the order of the text."""
        found: list[Call] = []
        data = self._syntax.data
        for match in _CALL.finditer(data):
            path = self._syntax.path(match.start(1))
            if path is not None and (call := self._sdk_call(path)) is not None:
                found.append(call)
        if HOST.encode() in data:
            for match in REQUEST.finditer(data):
                path = self._syntax.path(match.start())
                if path is not None and (call := self._http_call(path)) is not None:
                    found.append(call)
        return sorted(found, key=lambda call: call.start)

    def _sdk_call(self, path: list[Node]) -> Call | None:
        """Return the call of an SDK's method whose name ends `path`."""
        index = without_wrappers(path, len(path) - 2) - 1
        call = path[index]
        if not _is_called(path, index) or call.has_error or self._is_mocked(path[-2]):
            return None
        names, receiver = self._chain(path[-2])
        endpoint = endpoint_of(names)
        client = self._clients.of(receiver) if endpoint is not None else UNKNOWN
        arguments = arguments_of(call)
        if endpoint is None or client.is_ours is False or self._clients.is_elsewhere(client):
            return None
        is_beta = "beta" in names
        body = self._values.body(arguments[0]) if arguments else _unknown(call)
        if not self._is_ours(body, client, arguments, endpoint):
            return None
        if body.properties is None:
            body = _unknown(arguments[0] if arguments else call)
        options = self._values.value_node(arguments[1]) if len(arguments) > 1 else None
        headers = self._options.headers(self._options.member(options, "headers"))
        betas = self._betas(body, client, headers, is_beta=is_beta, method=names[-1])
        named = (body.properties or {}).get("betas")
        body = self._sent_body(body, endpoint, names[-1], client, is_beta=is_beta)
        version = next((known for known in API_VERSIONS if known == (headers or {}).get(VERSION_HEADER)), None)
        sent = Sent(endpoint, platform_of(client.name), betas, version, is_run=not self._is_fragment)
        made = self._made(path, index, body, sent)
        if made is not None and "betas" not in (body.properties or {}):
            made.betas = named
        return made

    def _is_mocked(self, function: Node) -> bool:
        """Whether the text puts another function in the place of this one."""
        return bool(self._mocked) and b"".join(self._syntax.text(function).split()) in self._mocked

    def _http_call(self, path: list[Node]) -> Call | None:
        """Return the request of `fetch` and its kin, whose function's last name ends `path`."""
        found = self._requests.read(path)
        if found is None:
            return None
        index, body, sent = found
        sent = replace(sent, is_run=not self._is_fragment)
        return self._made(path, index, self._opened(body, sent.endpoint or ""), sent)

    def _made(self, path: list[Node], index: int, body: Written, sent: Sent) -> Call | None:
        if _has_strange_model(body):
            return None
        call = path[index]
        on_purpose = self._intent.is_refused_on_purpose(path, index)
        return Call(call.start_byte, call.end_byte, body, sent, on_purpose, syntax="javascript")

    def _chain(self, function: Node) -> tuple[list[str], Node | None]:
        """Return the names of a function, `["client", "beta", "messages", "create"]`, and what is before `beta`."""
        names: list[str] = []
        node: Node | None = function
        receiver: Node | None = None
        while node is not None and node.type == "member_expression":
            last = node.child_by_field_name("property")
            names.append(self._syntax.text(last).decode("utf-8", "replace") if last is not None else "")
            node = unwrapped(node.child_by_field_name("object"))
            if names[-1] == "messages" or (names[-1] == "beta" and receiver is not None):
                receiver = node
        if node is not None and node.type in {"identifier", "this"}:
            names.append(self._syntax.text(node).decode("utf-8", "replace"))
        return names[::-1], receiver

    def _is_ours(self, body: Written, client: Client, arguments: list[Node], endpoint: str) -> bool:
        """Whether a call of that name is one of the Messages API."""
        keys = (body.properties or {}).keys()
        if is_look_alike(keys) or (len(arguments) > 1 and self._is_strange_pair(*arguments[:2])):
            return False
        if body.properties is None and body.unknown is None:
            return False
        if body.unknown not in {None, "any", "object"}:
            return False
        if not keys:
            is_empty = body.unknown is None and not body.is_open
            return client.is_ours is True if is_empty else self._is_plausible(client)
        if endpoint == "batches" or not _NEEDED_SET.isdisjoint(keys):
            return endpoint != "batches" or "requests" in keys
        # `{ ...options, stream }` may be anything, and `{ ...options, statusCallback }` is of something else.
        return not _KEYWORDS.isdisjoint(keys) and self._is_plausible(client)

    def _is_plausible(self, client: Client) -> bool:
        """Whether a call of which nothing is known may well be ours."""
        if client.is_ours is not None:
            return client.is_ours
        if self._clients.is_named_here:
            return not client.name
        return self._is_fragment and not self._clients.is_strange_here

    def _is_strange_pair(self, first: Node, second: Node) -> bool:
        """Whether the first argument is the id of something, and the second one a body."""
        names = self._options.names(self._values.value_node(second))
        is_text = first.type in {"string", "template_string"}
        return is_text or not names.isdisjoint({"role", "content", "messages", "model"})

    def _betas(
        self, body: Written, client: Client, headers: dict[str, str | None] | None, *, is_beta: bool, method: str
    ) -> frozenset[str] | None:
        """Return the betas of a call, if it says all of them."""
        if headers is None or headers.get(BETAS_HEADER, "") is None:
            return None
        if (value := headers.get(BETAS_HEADER)) is not None:
            return betas_of(value)
        member = (body.properties or {}).get("betas")
        if member is not None:
            betas = member.value.texts()
            if betas is not None and is_beta:
                betas |= {"parse": {_PARSED_BETA}, "countTokens": {_COUNTED_BETA}}.get(method, set())
            return betas
        if body.is_open or body.unknown is not None:
            return None
        defaults = self._options.headers(self._clients.headers(client))
        value = defaults.get(BETAS_HEADER) if defaults is not None else None
        return betas_of(value) if value is not None else None

    def _sent_body(self, body: Written, endpoint: str, method: str, client: Client, *, is_beta: bool) -> Written:
        """Return a body as the SDK sends it."""
        if body.properties is None:
            return body
        taken = set(_CLIENT_SETTINGS)
        # Without `beta` the SDK sends these as they are; that is certain only for a client that is seen made.
        is_beta |= not client.is_ours or not client.name
        if is_beta:
            taken.add("betas")
        if method == "toolRunner":
            taken |= _RUNNER_SETTINGS
        properties = {name: member for name, member in body.properties.items() if name not in taken}
        if is_beta and "output_format" in properties:
            _move_format(properties)
        body = replace(body, properties=properties)
        return self._opened(body, endpoint)

    def _opened(self, body: Written, endpoint: str) -> Written:
        """Return a body of which more may be sent than a snippet shows."""
        properties = body.properties or {}
        if endpoint == "batches":
            return replace(body, properties=self._opened_batch(properties))
        if self._is_fragment and not body.is_open:
            needed = _NEEDED[:2] if endpoint == "count_tokens" else _NEEDED
            if sum(name not in properties for name in needed) > 1:
                return replace(body, is_open=True)
        return body

    def _opened_batch(self, properties: dict[str, Property]) -> dict[str, Property]:
        requests = properties.get("requests")
        if requests is None:
            return properties
        value = self._values.items_made(requests.value)
        items: list[Written] = []
        for item in value.items or []:
            params = (item.properties or {}).get("params")
            if self._is_fragment and params is not None and params.value.properties is not None:
                opened = Property(params.key, self._opened(params.value, "messages"))
                items.append(replace(item, properties={**(item.properties or {}), "params": opened}))
            else:
                items.append(item)
        if value.items is not None:
            value = replace(value, items=items)
        return {**properties, "requests": Property(requests.key, value)}


def _mocked(data: bytes) -> Iterator[bytes]:
    """Yield the names of the functions that a text replaces."""
    for match in _MOCK.finditer(data):
        before = _NAMES_BEFORE.search(data[max(0, match.start() - _LONGEST_NAMES) : match.start()])
        yield (before[0] if before is not None else b"") + match[0]


def _is_called(path: list[Node], index: int) -> bool:
    """Whether the method whose name ends a path is what the call `path[index]` calls."""
    return (
        path[-1].type == "property_identifier"
        and path[-2].type == "member_expression"
        and path[index].type == "call_expression"
        and path[index].child_by_field_name("function") == path[index + 1]
    )


def _move_format(properties: dict[str, Property]) -> None:
    """Put `output_format` where the SDK sends it: into `output_config`."""
    member = properties.pop("output_format")
    value = member.value
    if value.unknown is None and not value.properties and not value.value:
        return
    config = properties.get("output_config")
    if config is None:
        whole = Written(value.start, value.end, properties={}, is_editable=False)
        config = Property(member.key, whole)
    whole = config.value
    if value.unknown is not None or whole.properties is None:
        properties["output_config"] = Property(
            config.key, Written(whole.start, whole.end, unknown="any", is_editable=False)
        )
        return
    properties["output_config"] = Property(
        config.key, replace(whole, properties={**whole.properties, "format": member}, is_editable=False)
    )


def _has_strange_model(body: Written) -> bool:
    """Whether a body, or the first request of a batch, names a model that is not one of Claude."""
    properties = body.properties or {}
    if (requests := properties.get("requests")) is not None and requests.value.items:
        params = (requests.value.items[0].properties or {}).get("params")
        properties = (params.value.properties or {}) if params is not None else {}
    member = properties.get("model")
    model = member.value.value if member is not None else None
    return isinstance(model, str) and bool(model) and is_foreign_model(model)


def _unknown(node: Node) -> Written:
    return Written(node.start_byte, node.end_byte, unknown="any", is_editable=False)

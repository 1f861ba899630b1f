"""Read the requests in TypeScript and JavaScript.

Nothing is run, and no import is followed: a value is known if the text spells it out.

| module | what it holds |
|---|---|
| `typescript` | the calls: those of the SDK, and those of `fetch` and its kin |
| `ts_syntax` | the syntax tree, and the nodes around a place |
| `ts_names` | what a name stands for |
| `ts_literals` | texts and numbers |
| `ts_values` | values of expressions |
| `ts_clients` | what the client of a call tells |
| `ts_intent` | calls that are meant to fail |
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ..common.lazy_regex import regex
from ..documents.written import Property, Sent, Written
from .call import Call, Source
from .http import HOLE, betas_of, endpoint_of_url, sent_to
from .sdk import BETAS_HEADER, HOST, endpoint_of, is_look_alike, platform_of
from .ts_clients import Client, Clients
from .ts_intent import Intent
from .ts_names import Names
from .ts_syntax import Grammar, Syntax, arguments_of, callee_of, unwrapped, without_wrappers
from .ts_values import Values

if TYPE_CHECKING:
    from tree_sitter import Node

SUFFIXES: Final = frozenset({".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"})
"""The names of files that are read."""

_TYPED: Final = (".ts", ".mts", ".cts")
_CALL: Final = regex(
    rb"(?<![\w$])messages(?:\s+as\s+[\w$.]+)?\s*[!?)]{0,3}\s*\.\s*(?:batches\s*[!?)]{0,3}\s*\.\s*)?"
    rb"(create|stream|parse|toolRunner|countTokens)(?![\w$])"
)
_REQUEST: Final = regex(
    rb"(?<![\w$])(?:[\w$]*[fF]etch[\w$]*|axios|got|ky|ofetch|request|post)\s*(?=[(<])"  # `fetch(`, `axios.post(`
)
_COMMENT: Final = regex(rb"msglint\s*:")
_NEEDED: Final = ("model", "messages", "max_tokens")
_KEYWORDS: Final = frozenset(
    {
        "model",
        "messages",
        "max_tokens",
        "system",
        "tools",
        "tool_choice",
        "temperature",
        "top_p",
        "top_k",
        "stop_sequences",
        "stream",
        "thinking",
        "output_config",
        "output_format",
        "mcp_servers",
        "context_management",
        "service_tier",
        "cache_control",
        "betas",
        "requests",
    }
)
"""Properties that show a body to be one of the Messages API; other APIs have `metadata` and `content` too."""
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

    def calls(self) -> list[Call]:
        """Return all calls, in the order of the text."""
        found: list[Call] = []
        data = self._syntax.data
        for match in _CALL.finditer(data):
            path = self._syntax.path(match.start(1))
            if path is not None and (call := self._sdk_call(path)) is not None:
                found.append(call)
        if HOST.encode() in data:
            for match in _REQUEST.finditer(data):
                path = self._syntax.path(match.start())
                if path is not None and (call := self._http_call(path)) is not None:
                    found.append(call)
        return sorted(found, key=lambda call: call.start)

    def _sdk_call(self, path: list[Node]) -> Call | None:
        """Return the call of an SDK's method whose name ends `path`."""
        if path[-1].type != "property_identifier" or path[-2].type != "member_expression":
            return None
        function = without_wrappers(path, len(path) - 2)
        call = path[function - 1]
        if call.type != "call_expression" or call.has_error or call.child_by_field_name("function") != path[function]:
            return None
        names, receiver = self._chain(path[-2])
        endpoint = endpoint_of(names)
        if endpoint is None:
            return None
        client = self._clients.of(receiver)
        if client.is_ours is False or self._clients.is_elsewhere(client):
            return None
        arguments = arguments_of(call)
        if len(arguments) > 1 and arguments[0].type in {"string", "template_string"}:
            return None
        is_beta = "beta" in names
        body = self._values.body(arguments[0]) if arguments else _unknown(call)
        if not self._is_ours(body, client, arguments, endpoint):
            return None
        if body.properties is None:
            body = _unknown(arguments[0] if arguments else call)
        betas = self._betas(body, client, arguments, is_beta=is_beta, method=names[-1])
        body = self._sent_body(body, endpoint, names[-1], client, is_beta=is_beta)
        sent = Sent(endpoint, platform_of(client.name), betas, is_run=not self._is_fragment)
        return self._made(path, function - 1, body, sent)

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
        if is_look_alike(keys) or (len(arguments) > 1 and self._is_strange_second(arguments[1])):
            return False
        if body.properties is None and body.unknown is None:
            return False
        if body.unknown not in {None, "any", "object"}:
            return False
        wanted = {"requests"} if endpoint == "batches" else _KEYWORDS
        if not wanted.isdisjoint(keys):
            return True
        if body.unknown is None and not body.is_open:
            return client.is_ours is True and not keys
        return self._is_plausible(client)

    def _is_plausible(self, client: Client) -> bool:
        """Whether a call of which nothing is known may well be ours."""
        if client.is_ours is not None:
            return client.is_ours
        if self._clients.is_named_here:
            return not client.name
        return self._is_fragment and not self._clients.is_strange_here

    def _is_strange_second(self, argument: Node) -> bool:
        """Whether a second argument has the properties of a body: the first one is the id of something."""
        options = self._values.value_node(argument)
        if options is None or options.type != "object":
            return False
        keys = {
            self._syntax.text(key).decode("utf-8", "replace").strip("\"'")
            for child in options.named_children
            if (key := child.child_by_field_name("key")) is not None
        }
        return bool(keys & {"role", "content", "messages", "model"})

    def _betas(
        self, body: Written, client: Client, arguments: list[Node], *, is_beta: bool, method: str
    ) -> frozenset[str] | None:
        """Return the betas of a call, if it says all of them."""
        headers = self._header_values(self._option(arguments, "headers"))
        if headers is None or headers.get(BETAS_HEADER, "") is None:
            return None
        if (value := headers.get(BETAS_HEADER)) is not None:
            return betas_of(value)
        member = (body.properties or {}).get("betas")
        if member is not None:
            betas = _texts(member.value)
            if betas is not None and is_beta:
                betas |= {"parse": {_PARSED_BETA}, "countTokens": {_COUNTED_BETA}}.get(method, set())
            return betas
        if body.is_open or body.unknown is not None:
            return None
        defaults = self._header_values(self._clients.headers(client))
        value = defaults.get(BETAS_HEADER) if defaults is not None else None
        return betas_of(value) if value is not None else None

    def _option(self, arguments: list[Node], name: str) -> Node | None:
        """Return an option of the second argument; the argument itself if it may hold it."""
        options = self._values.value_node(arguments[1]) if len(arguments) > 1 else None
        return self._member(options, name)

    def _member(self, options: Node | None, name: str) -> Node | None:
        if options is None or options.type != "object":
            return options
        found: Node | None = None
        for child in options.named_children:
            if child.type == "spread_element":
                found = child
            key = child.child_by_field_name("key") if child.type == "pair" else child
            if key is not None and self._syntax.text(key).strip(b"\"'") == name.encode():
                found = child.child_by_field_name("value") if child.type == "pair" else child
        return found

    def _header_values(self, node: Node | None) -> dict[str, str | None] | None:
        """Return headers by their names in lower case; None if they are not all known, {} if there are none."""
        if node is None:
            return {}
        value = self._read_names(node)
        if value is None or value.properties is None or value.is_open:
            return None
        return {
            key.lower(): member.value.value if isinstance(member.value.value, str) else None
            for key, member in value.properties.items()
        }

    def _read_names(self, node: Node) -> Written | None:
        if node.type == "shorthand_property_identifier":
            return self._values.shorthand(node)
        inner = unwrapped(node)
        if inner is not None and inner.type == "new_expression" and arguments_of(inner):
            # `new Headers({…})`
            inner = unwrapped(arguments_of(inner)[0])
        return self._values.body(inner) if inner is not None else None

    def _sent_body(self, body: Written, endpoint: str, method: str, client: Client, *, is_beta: bool) -> Written:
        """Return a body as the SDK sends it."""
        if body.properties is None:
            return body
        taken = set(_CLIENT_SETTINGS)
        if is_beta or not client.is_ours or not client.name:
            # Without `beta` the SDK sends `betas` in the body; that is certain only for a client that is seen made.
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

    def _http_call(self, path: list[Node]) -> Call | None:
        """Return the request of `fetch` and its kin, whose function's last name ends `path`."""
        index = len(path) - 1
        if path[index].type not in {"identifier", "property_identifier"}:
            return None
        if path[index - 1].type == "member_expression":
            index -= 1
            if path[index].child_by_field_name("property") != path[index + 1]:
                return None
        index = without_wrappers(path, index)
        call = path[index - 1]
        if call.type != "call_expression" or call.has_error or call.child_by_field_name("function") != path[index]:
            return None
        return self._requested(path, index - 1)

    def _requested(self, path: list[Node], index: int) -> Call | None:
        call = path[index]
        function, arguments = callee_of(call), arguments_of(call)
        if not arguments or function is None:
            return None
        name = self._syntax.text(path[-1]).decode("utf-8", "replace")
        first = self._values.value_node(arguments[0])
        if first is not None and first.type == "object":
            # `axios({ url, method, data, headers })`
            url, options = self._member(first, "url"), first
        else:
            url, options = arguments[0], arguments[1] if len(arguments) > 1 else None
        text = self._values.text(url)
        endpoint = endpoint_of_url(text) if text is not None else None
        if endpoint is None:
            return None
        is_axios = name == "post" and self._syntax.text(function).startswith((b"axios", b"this.axios", b"http"))
        if is_axios and options is not None and first is not options:
            data = options
            options = arguments[2] if len(arguments) > 2 else None  # noqa: PLR2004 - url, data, options
            body = self._json(data)
        else:
            options = self._values.value_node(options)
            if not self._is_post(options, name):
                return None
            body = self._body_option(options)
        headers = self._member(self._values.value_node(options), "headers")
        known = self._header_values(headers) if headers is not None else {} if options is None else None
        sent = sent_to(endpoint, (known or {}).items(), are_all_known=known is not None)
        if body is None or body.properties is None:
            body = _unknown(call) if body is None else _unknown_at(body)
        elif is_look_alike(body.properties):
            return None
        return self._made(path, index, self._opened(body, endpoint), replace(sent, is_run=not self._is_fragment))

    def _is_post(self, options: Node | None, name: str) -> bool:
        if name == "post":
            return True
        method = self._member(options, "method") if options is not None and options.type == "object" else None
        text = self._values.text(method) if method is not None else None
        if text is not None:
            return text.upper() == "POST"
        return method is not None or self._body_option(options) is not None

    def _body_option(self, options: Node | None) -> Written | None:
        if options is None or options.type != "object":
            return None
        for name in ("body", "json", "data"):
            node = self._member(options, name)
            if node is not None and node.type != "spread_element":
                return self._json(node)
        return None

    def _json(self, node: Node) -> Written:
        """Return the value of a request's body: of an object, or of what `JSON.stringify` is given."""
        if node.type == "shorthand_property_identifier":
            inner: Node | None = self._values.shorthand_node(node)
        else:
            inner = self._values.value_node(node)
        if inner is None:
            return _unknown(node)
        if inner.type == "call_expression":
            function = callee_of(inner)
            arguments = arguments_of(inner)
            if function is not None and self._syntax.text(function) == b"JSON.stringify" and arguments:
                if arguments[0].type == "spread_element":
                    return _unknown(inner)
                return self._values.body(arguments[0])
        return self._values.body(inner)


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


def _texts(value: Written) -> frozenset[str] | None:
    """Return the texts in an array; None if not all are known."""
    if value.items is None or value.is_open:
        return None
    texts = [item.value for item in value.items if item.unknown is None and isinstance(item.value, str)]
    return frozenset(texts) if len(texts) == len(value.items) else None


def _has_strange_model(body: Written) -> bool:
    """Whether a body names a model that is not one of Claude."""
    member = (body.properties or {}).get("model")
    model = member.value.value if member is not None else None
    return isinstance(model, str) and bool(model) and HOLE not in model and "claude" not in model.lower()


def _unknown(node: Node) -> Written:
    return Written(node.start_byte, node.end_byte, unknown="any", is_editable=False)


def _unknown_at(value: Written) -> Written:
    return Written(value.start, value.end, unknown="any", is_editable=False)

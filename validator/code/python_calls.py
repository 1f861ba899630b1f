"""Calls in Python: which of them send a request to the Messages API, with which body, and how."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..common.lazy_regex import regex
from ..documents.written import MOST_VALUES, Property, Sent, Written, moved
from ..facts.api import API_VERSIONS
from . import sdk
from .call import Call
from .http import HOLE, betas_of, endpoint_of_url, sent_to
from .mapped import Mapped
from .python_scopes import Binding, CallSite, Names, Scope, chain_of
from .python_values import Site, Values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_RAW: Final = frozenset({"with_raw_response", "with_streaming_response"})
_POSTING: Final = frozenset({"post", "request", "stream", "build_request", "Request", "urlopen"})
_WITH_METHOD: Final = frozenset({"request", "stream", "build_request"})
_MOCKING: Final = ("respx", "responses", "requests_mock", "aioresponses", "pytest_httpx", "httpretty", "pook", "vcr")
_MOCKED: Final = frozenset({"mock", "respond", "return_value", "side_effect"})
_STRANGE_MODULES: Final = frozenset(
    {
        *(
            "twilio",
            "openai",
            "letta_client",
            "letta",
            "discord",
            "instructor",
            "slack_sdk",
            "groq",
            "mistralai",
            "cohere",
        ),
        *(
            "together",
            "litellm",
            "unittest",
            "mock",
            "sinch",
            "vonage",
            "telnyx",
            "nylas",
            "intercom",
            "zulip",
            "telegram",
        ),
        *("googleapiclient", "google", "vertexai", "ollama", "mailgun", "sendgrid", "messagebird", "plivo", "agents"),
        *("azure", "portkey_ai", "langgraph_sdk", "boto3", "django", "sqlalchemy", "kafka", "pytest_mock"),
    }
)
"""Packages whose clients have other calls of the same names, or none that are sent."""
_STRANGE_CLASSES: Final = frozenset(
    {
        *("OpenAI", "AsyncOpenAI", "AzureOpenAI", "AsyncAzureOpenAI", "Letta", "AsyncLetta", "Mock", "MagicMock"),
        *("AsyncMock", "NonCallableMock", "create_autospec", "SimpleNamespace", "TwilioClient", "Twilio"),
    }
)
_ANTHROPIC: Final = regex(rb"anthropic|claude", re.IGNORECASE)
"""A word that a module has which calls the API with arguments that are all unknown."""
_DEEPEST: Final = 6
_PARAMETERS: Final = frozenset({"model", "messages", "max_tokens"})

_MOST_CLIENTS: Final = 10
"""The most assignments to one name that are looked at for what its clients are."""
_MOST_VALUES: Final = 20 * MOST_VALUES
"""The most values of all calls of a file, as thousands of calls may share a large constant."""


class Client(NamedTuple):
    """What is known of the client that a call is made with."""

    class_name: str = ""
    """The name of its class; empty if it is unknown."""
    module: str = ""
    """The package that its class comes from; empty if it is unknown."""
    options: tuple[tuple[ast.Call, Scope], ...] = ()
    """The calls that made it, whose keywords are its settings; the last one counts."""


@dataclass(slots=True)
class Calls:
    """Finds the requests among the calls of a module."""

    values: Values
    json_reader: Callable[[bytes], Written | None] | None = None
    """Reads a JSON text that is written as a literal."""
    budget: int = _MOST_VALUES

    @property
    def names(self) -> Names:
        """The names of the module."""
        return self.values.names

    def found(self) -> Iterator[Call]:
        """Yield the calls of the Messages API, in the order of the text."""
        mocked = self._mocked_calls()
        for site in self.names.calls:
            if id(site.node) in mocked:
                continue
            try:
                call = self._of_sdk(site) or self._of_http(site)
            except RecursionError:
                continue
            if call is not None and self._is_placed(site.node, call):
                self.budget -= _weight(call.body, self.budget)
                if self.budget <= 0:
                    call.body = Written(call.start, call.end, unknown="any", is_editable=False)
                yield call

    def _mocked_calls(self) -> set[int]:
        """Return the calls whose results are set up as mocks: `respx.post(URL).mock(…)`."""
        found = set()
        for site in self.names.calls:
            called = site.node.func
            if isinstance(called, ast.Attribute) and called.attr in _MOCKED:
                found.add(id(called.value))
        return found

    def _is_placed(self, node: ast.Call, call: Call) -> bool:
        """Whether the place of a call is certain."""
        if id(node) not in self.names.inside_texts:
            return True
        try:
            read = ast.parse(self.values.text.data[call.start : call.end].decode(), mode="eval")
        except (SyntaxError, ValueError):
            return False
        return node.lineno == node.end_lineno and ast.dump(read.body) == ast.dump(node)

    # Calls of the SDK.

    def _of_sdk(self, site: CallSite) -> Call | None:
        node = site.node
        called = node.func
        if not isinstance(called, ast.Attribute):
            return None
        chain = chain_of(called) or []
        names = [name for name in chain[-6:] if name not in _RAW]
        endpoint = sdk.endpoint_of(names)
        if endpoint is None or ".".join(chain) in self.names.mocked:
            return None
        if sdk.endpoint_of([name.removesuffix("()") for name in chain if name not in _RAW]) is None:
            return None
        if not self._has_own_keyword(node):
            return None
        receiver, steps = _receiver(called)
        client = self._client(receiver, site.scope)
        return None if self._is_strange(client, steps) else self._sdk_call(site, endpoint, called.attr, client)

    def _has_own_keyword(self, node: ast.Call) -> bool:
        """Whether the keywords of a call can be those of a request."""
        keywords = {keyword.arg for keyword in node.keywords}
        words = {word for word in keywords if word is not None}
        if sdk.is_look_alike(words) or _is_other_object(keywords):
            return False
        if None in keywords or not sdk.IN_BODY.isdisjoint(words):
            return True
        # `create(...)` in a documentation, where even the keywords are left out.
        arguments = node.args
        is_elided = len(arguments) == 1 and isinstance(arguments[0], ast.Constant) and arguments[0].value is ...
        return self.values.is_fragment and is_elided

    def _sdk_call(self, site: CallSite, endpoint: str, method: str, client: Client) -> Call | None:
        node, where = site.node, Site(site.scope)
        start, end = self.values.text.start(node), self.values.text.end(node)
        given = self.values.keywords(node, where)
        properties = given.properties or {}
        if sdk.is_look_alike(properties) or not self._may_be_body(given):
            return None
        settings = {name: properties.pop(name) for name in sdk.NOT_IN_BODY if name in properties}
        if method != "create":
            for name in sdk.NOT_IN_PARSED_BODY:
                properties.pop(name, None)
        body = self._only_dict(node, where, given) or given
        extra = settings.get("extra_body")
        if extra is not None:
            body = _with_extra(body, extra.value)
            if client.class_name not in sdk.OWN_CLIENTS and body.properties is not None:
                named = body.properties.pop(sdk.BETAS_PROPERTY, None)
                if named is not None:
                    settings.setdefault("betas", named)
        if _is_foreign(body):
            return None
        body = self._with_doubt(body, client, start, end, endpoint)
        sent = self._sent(endpoint, settings, client)
        is_failing = site.is_expected_to_fail
        return Call(start, end, body, sent, is_failing, syntax="python", betas=settings.get("betas"))

    def _may_be_body(self, given: Written) -> bool:
        """Whether arguments can be those of a request, with those of a `**` among them."""
        if not sdk.IN_BODY.isdisjoint(given.properties or {}):
            return True
        return given.is_open and (self.values.is_fragment or _ANTHROPIC.search(self.values.text.data) is not None)

    def _only_dict(self, node: ast.Call, where: Site, given: Written) -> Written | None:
        """Return the dict of `create(**{…})`, the object that lacks what is missing; None if there are others too."""
        spread = [keyword.value for keyword in node.keywords if keyword.arg is None]
        named = {keyword.arg for keyword in node.keywords if keyword.arg is not None}
        if len(spread) != 1 or named - sdk.NOT_IN_BODY - {"output_format"}:
            return None
        written = self.values.written(spread[0], where)
        if written.properties is None:
            return None
        return replace(written, properties=given.properties, is_open=given.is_open)

    def _with_doubt(self, body: Written, client: Client, start: int, end: int, endpoint: str) -> Written:
        """Return a body without what the client or an elision puts in doubt."""
        if body.properties is None:
            return body
        is_open = body.is_open
        properties = body.properties
        if self.values.is_fragment:
            is_open = is_open or self.values.has_ellipsis(start, end)
            expected = _PARAMETERS if endpoint == "messages" else _PARAMETERS - {"max_tokens"}
            is_open = is_open or (endpoint != "batches" and len(expected - properties.keys()) > 1)
        if "model" in properties and (self._is_foundry(client) or self._is_gateway(client)):
            model = properties["model"]
            unknown = Written(model.value.start, model.value.end, unknown="text", is_editable=False)
            properties = {**properties, "model": Property(model.key, unknown)}
        return replace(body, properties=properties, is_open=is_open)

    def _is_foundry(self, client: Client) -> bool:
        """Whether models are called by the names of a customer's deployments."""
        return "Foundry" in client.class_name

    def _is_gateway(self, client: Client) -> bool:
        """Whether a client sends its requests to another host, which may have names of its own for models."""
        url = self._option(client, "base_url")
        return url is not None and sdk.HOST not in url and HOLE not in url

    def _option(self, client: Client, name: str) -> str | None:
        """Return a text among the settings of a client."""
        for call, scope in reversed(client.options):
            for keyword in call.keywords:
                if keyword.arg == name:
                    return self._url(keyword.value, Site(scope))
        return None

    def _sent(self, endpoint: str, settings: dict[str, Property], client: Client) -> Sent:
        headers = settings["extra_headers"].value if "extra_headers" in settings else None
        betas, version = _of_headers(headers)
        # The header of the call goes before its `betas`, and these before the headers of the client.
        is_certain = headers is None or _is_whole(headers)
        if betas is None and is_certain and "betas" in settings:
            betas = settings["betas"].value.texts()
        for call, scope in reversed(client.options):
            for keyword in call.keywords:
                if keyword.arg != "default_headers":
                    continue
                inherited, said = _of_headers(self.values.written(keyword.value, Site(scope)))
                version = version or said
                if betas is None and is_certain and "betas" not in settings:
                    betas = inherited
        platform = sdk.platform_of(client.class_name)
        known = next((known for known in API_VERSIONS if known == version), None)
        return Sent(endpoint, platform, betas, known)

    # Clients.

    def _client(self, node: ast.expr, scope: Scope, depth: int = 0) -> Client:
        """Return what is known of the client that an expression stands for."""
        if depth > _DEEPEST:
            return Client()
        if isinstance(node, ast.Await):
            return self._client(node.value, scope, depth + 1)
        if isinstance(node, ast.Call):
            return self._made_client(node, scope, depth)
        if isinstance(node, ast.Name):
            bindings = self.names.bindings(node.id, scope)[:_MOST_CLIENTS]
            return _agreed([self._bound_client(binding, node, scope, depth) for binding in bindings])
        if isinstance(node, ast.Attribute):
            stores = self.names.stores.get(node.attr, ()) if isinstance(node.value, ast.Name) else ()
            values = [store for store in stores[:_MOST_CLIENTS] if store.value is not None]
            clients = [self._client(store.value, store.scope, depth + 1) for store in values if store.value is not None]
            return _agreed(clients) if clients else self._client(node.value, scope, depth + 1)._replace(options=())
        return Client()

    def _bound_client(self, binding: Binding, node: ast.Name, scope: Scope, depth: int) -> Client:
        home = self.names.home(node.id, scope) or scope
        if binding.kind == "import":
            return Client("", _package(binding.origin))
        if binding.kind in {"value", "with"} and isinstance(binding.node, ast.expr):
            return self._client(binding.node, home, depth + 1)
        if binding.kind == "parameter" and isinstance(binding.node, ast.expr):
            return self._annotated(binding.node, home.parent or home)
        return Client()

    def _annotated(self, annotation: ast.expr, scope: Scope) -> Client:
        """Return the client of a parameter by its annotation, if it is a plain class."""
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            name = annotation.value.rpartition(".")[2]
            origins = [binding.origin for binding in self.names.bindings(annotation.value.split(".")[0], scope)]
        else:
            chain = chain_of(annotation) if isinstance(annotation, ast.Name | ast.Attribute) else None
            if not chain:
                return Client()
            name = chain[-1]
            origins = [binding.origin for binding in self.names.bindings(chain[0], scope)]
        package = _package(origins[0]) if origins else ""
        return Client(name, package)

    def _made_client(self, node: ast.Call, scope: Scope, depth: int) -> Client:
        called = node.func
        if isinstance(called, ast.Attribute) and called.attr in {"with_options", "copy"}:
            inner = self._client(called.value, scope, depth + 1)
            return inner._replace(options=(*inner.options, (node, scope)))
        chain = chain_of(called) or [""]
        bindings = self.names.bindings(chain[0], scope)
        package, name = chain[0] if len(chain) > 1 else "", chain[-1]
        if len(bindings) == 1 and bindings[0].kind == "import":
            origin = bindings[0].origin
            package = _package(origin)
            name = origin.rpartition(".")[2] if len(chain) == 1 else name
        elif len(bindings) == 1 and bindings[0].kind == "function":
            return self._returned(bindings[0], depth)
        elif bindings:
            return Client()
        if name[:5] == "wrap_" and node.args:
            return self._client(node.args[0], scope, depth + 1)
        return Client(name, package, ((node, scope),))

    def _returned(self, binding: Binding, depth: int) -> Client:
        """Return the client that a function of the module returns."""
        node, scope = binding.node, binding.scope
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or scope is None:
            return Client()
        returned = [part.value for part in node.body if isinstance(part, ast.Return) and part.value is not None]
        return _agreed([self._client(value, scope, depth + 1) for value in returned])

    def _is_strange(self, client: Client, steps: list[str]) -> bool:
        """Whether a client is certainly none of Anthropic's."""
        if client.class_name in _STRANGE_CLASSES or client.module in _STRANGE_MODULES:
            return True
        return any(step.removesuffix("()") in _STRANGE_CLASSES for step in steps)

    # Requests without the SDK.

    def _of_http(self, site: CallSite) -> Call | None:
        node, where = site.node, Site(site.scope)
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name not in _POSTING:
            return None
        arguments = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
        positional = [None if isinstance(argument, ast.Starred) else argument for argument in node.args]
        if name in _WITH_METHOD:
            method = arguments.get("method") or (positional.pop(0) if positional else None)
            text = self._url(method, where) if method is not None else None
            if text is None or (HOLE not in text and text.upper() != "POST"):
                return None
        target = arguments.get("url") or (positional.pop(0) if positional else None)
        url = self._url(target, where) if target is not None else None
        if url is None:
            return None
        client, is_session = self._http_client(called, site.scope)
        if url.startswith("/"):
            base = self._base(client)
            url = base.rstrip("/") + url if base is not None else ""
        endpoint = endpoint_of_url(url)
        if endpoint is None or self._is_mock(called, client):
            return None
        is_request = name in {"Request", "urlopen"}
        return self._http_call(site, endpoint, arguments, positional, can_add=is_session or is_request)

    def _http_call(
        self,
        site: CallSite,
        endpoint: str,
        arguments: dict[str, ast.expr],
        positional: list[ast.expr | None],
        *,
        can_add: bool,
    ) -> Call | None:
        node, where = site.node, Site(site.scope)
        start, end = self.values.text.start(node), self.values.text.end(node)
        is_open = any(keyword.arg is None for keyword in node.keywords)
        body = Written(start, end, unknown="any", is_editable=False)
        if "json" in arguments:
            body = self.values.written(arguments["json"], where)
        else:
            names = ("data", "content", "body", "payload")
            raw = next((arguments[name] for name in names if name in arguments), None)
            raw = raw or (positional[0] if positional and positional[0] is not None else None)
            if raw is not None:
                body = self._dumped(raw, where) or body
        if _is_foreign(body):
            return None
        if body.properties is None and body.unknown is None:
            body = Written(start, end, unknown="any", is_editable=False)
        body = self._with_doubt(body, Client(), start, end, endpoint)
        headers = arguments.get("headers")
        written = self.values.written(headers, where) if headers is not None else None
        pairs = [
            (name, member.value.value if isinstance(member.value.value, str) else None)
            for name, member in ((written.properties if written is not None else None) or {}).items()
        ]
        are_all_known = written is not None and _is_whole(written) and not can_add and not is_open
        sent = sent_to(endpoint, pairs, are_all_known=are_all_known)
        return Call(start, end, body, sent, site.is_expected_to_fail, syntax="python")

    def _dumped(self, node: ast.expr, where: Site) -> Written | None:
        """Return the value of a JSON text: `json.dumps(body).encode()`, or a literal."""
        for _ in range(_DEEPEST):
            node, where = self.values.resolved(node, where)
            if not isinstance(node, ast.Call):
                break
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name == "encode" and isinstance(called, ast.Attribute):
                node = called.value
            elif name in {"bytes", "BytesIO", "StringIO"} and node.args:
                node = node.args[0]
            elif name == "dumps" and node.args:
                return self.values.written(node.args[0], where)
            else:
                return None
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            return self._json_text(node)
        return None

    def _json_text(self, node: ast.Constant) -> Written | None:
        """Return the value of a JSON text in a literal without escapes."""
        if self.json_reader is None:
            return None
        start, end = self.values.text.start(node), self.values.text.end(node)
        source = self.values.text.data[start:end]
        for quote in (b'"""', b"'''", b'"', b"'"):
            opening = source.find(quote)
            if 0 <= opening <= 2 and source.endswith(quote):  # noqa: PLR2004 - letters before a literal
                break
        else:
            return None
        inner = source[opening + len(quote) : -len(quote)]
        text = node.value.encode() if isinstance(node.value, str) else node.value
        if inner.replace(b"\r\n", b"\n") != text:
            return None
        written = self.json_reader(inner)
        if written is None:
            return None
        mapped = Mapped()
        mapped.add(inner, start + opening + len(quote))
        return moved(written, mapped.start_of, mapped.end_of, mapped.is_plain)

    def _url(self, node: ast.expr, where: Site, depth: int = 0) -> str | None:  # noqa: PLR0911 - one for each form
        """Return a text with holes for its unknown parts; None if it is none."""
        if depth > _DEEPEST:
            return HOLE
        node, where = self.values.resolved(node, where)
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.JoinedStr):
            return "".join(self._url(part, where, depth + 1) or HOLE for part in node.values[:50])
        if isinstance(node, ast.FormattedValue):
            is_plain = node.conversion == -1 and node.format_spec is None
            return self._url(node.value, where, depth + 1) if is_plain else HOLE
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self._url(node.left, where, depth + 1), self._url(node.right, where, depth + 1)
            return (left or HOLE) + (right or HOLE)
        if isinstance(node, ast.Call) and node.args and chain_of(node.func) in (["httpx", "URL"], ["URL"]):
            return self._url(node.args[0], where, depth + 1)
        return HOLE

    def _http_client(self, called: ast.expr, scope: Scope) -> tuple[Client, bool]:
        """Return the client of a request, and whether it is one with settings of its own."""
        if not isinstance(called, ast.Attribute):
            return Client(), False
        client = self._client(called.value, scope)
        is_module = isinstance(called.value, ast.Name) and client.class_name == "" and client.module != ""
        is_module = is_module or (isinstance(called.value, ast.Name) and called.value.id in {"requests", "httpx"})
        return client, not is_module

    def _base(self, client: Client) -> str | None:
        """Return the URL that a client puts before its paths: `httpx.Client(base_url=…)`."""
        url = self._option(client, "base_url")
        if url is None and client.class_name in {"HTTPSConnection", "ClientSession"} and client.options:
            call, scope = client.options[-1]
            url = self._url(call.args[0], Site(scope)) if call.args else None
        return url

    def _is_mock(self, called: ast.expr, client: Client) -> bool:
        if client.module in _MOCKING:
            return True
        names = chain_of(called) or []
        return any("mock" in name.lower() or name in _MOCKING for name in names[:-1])


def _weight(body: Written, most: int) -> int:
    """Return the number of values in a body, at most so far as there is a budget for them."""
    number = 0
    waiting = [body]
    while waiting and number <= min(most, MOST_VALUES):
        number += 1
        waiting.extend(waiting.pop().inner())
    return number


def _receiver(called: ast.Attribute) -> tuple[ast.expr, list[str]]:
    """Return the expression before `messages` (and `beta`) of a call, and the names on its way."""
    node: ast.expr = called
    steps = chain_of(called) or []
    while isinstance(node, ast.Attribute):
        inner = node.value
        is_done = node.attr == "messages"
        node = inner
        if is_done:
            break
    if isinstance(node, ast.Attribute) and node.attr == "beta":
        node = node.value
    return node, steps


def _is_other_object(keywords: set[str | None]) -> bool:
    """Whether a call makes an object of another kind: `chat.messages.create(role="user", content=text, model=name)`."""
    if not keywords.isdisjoint({None, "messages", "max_tokens", "requests"}):
        return False
    words = {word for word in keywords if word is not None} - sdk.NOT_IN_BODY
    strange = words - sdk.IN_BODY
    return not strange.isdisjoint({"role", "content", "text"}) or len(strange) > len(words - strange)


def _package(origin: str) -> str:
    return "" if origin.startswith(".") else origin.split(".", maxsplit=1)[0]


def _agreed(clients: list[Client]) -> Client:
    """Return what several clients have in common, so far as it matters which one it is."""
    if not clients:
        return Client()
    strange = next((client for client in clients if client.class_name in _STRANGE_CLASSES), None)
    first = clients[0]
    if all(client == first for client in clients):
        return first
    if strange is not None and not any("nthropic" in client.class_name for client in clients):
        return strange
    return Client()


def _is_foreign(body: Written) -> bool:
    """Whether a body, or the first request of a batch, names a model that is certainly not Claude."""
    properties = body.properties or {}
    if "requests" in properties:
        items = properties["requests"].value.items or []
        first = (items[0].properties or {}).get("params") if items else None
        return first is not None and _is_foreign(first.value)
    model = properties.get("model")
    value: Any = model.value.value if model is not None else None
    return isinstance(value, str) and sdk.is_foreign_model(value)


def _with_extra(body: Written, extra: Written) -> Written:
    """Return a body with the properties of `extra_body`, which the SDK puts over those of the call."""
    if body.properties is None:
        return body
    properties = dict(body.properties)
    properties.update(extra.properties or {})
    return replace(body, properties=properties, is_open=body.is_open or extra.properties is None or extra.is_open)


def _is_whole(written: Written) -> bool:
    return written.properties is not None and not written.is_open


def _of_headers(headers: Written | None) -> tuple[frozenset[str] | None, str | None]:
    """Return the betas and the version that an object of headers says; None for what it does not say."""
    betas, version = None, None
    for name, member in ((headers.properties if headers is not None else None) or {}).items():
        value = member.value.value
        if not isinstance(value, str):
            continue
        if name.lower() == sdk.BETAS_HEADER:
            betas = betas_of(value)
        elif name.lower() == sdk.VERSION_HEADER:
            version = value.strip()
    return betas, version

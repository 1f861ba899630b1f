"""Requests in TypeScript without the SDK: `fetch`, axios, got, ky, undici."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ..common.lazy_regex import regex
from ..documents.written import Sent, Written, moved
from .http import endpoint_of_url, sent_to
from .json_text import value_of
from .sdk import is_look_alike
from .ts_options import SHORTHAND, Options
from .ts_syntax import FUNCTIONS, Syntax, arguments_of, callee_of, without_wrappers

if TYPE_CHECKING:
    from tree_sitter import Node

    from .ts_values import Values

REQUEST: Final = regex(rb"(?:[fF]etch[\w$]*|(?<![\w$])(?:axios|got|ky|request|post))(?=\s*[(<])")
"""The end of the name of a function that may send a request: of `myFetch(…)`, `axios.post(…)`."""
_MOCK: Final = regex(rb"mock|nock|stub|intercept", re.IGNORECASE)
_LONGEST_NAME: Final = 200
_PLAIN: Final = frozenset({"fetch", "$fetch", "ofetch", "axios", "got", "ky", "request", "post"})
"""Functions that are known to send the headers that they are given, and no others."""
_BODIES: Final = ("body", "json", "data")
_IN_OPTIONS: Final = frozenset({*_BODIES, "headers", "method", "responseType", "throwHttpErrors"})


class Requests:
    """Reads the requests of one text."""

    def __init__(self, syntax: Syntax, values: Values, options: Options) -> None:
        self._syntax = syntax
        self._values = values
        self._options = options

    def read(self, path: list[Node]) -> tuple[int, Written, Sent] | None:
        """Return the request of a function whose last name ends `path`: where its call is in the path, body, way."""
        if path[-1].type not in {"identifier", "property_identifier"}:
            return None
        index = len(path) - 1
        if path[index - 1].type == "member_expression" and path[index - 1].child_by_field_name("property") == path[-1]:
            index -= 1
        index = without_wrappers(path, index) - 1
        call = path[index]
        if call.type != "call_expression" or call.has_error or call.child_by_field_name("function") != path[index + 1]:
            return None
        found = self._request(call, self._syntax.text(path[-1]).decode("utf-8", "replace"))
        return (index, *found) if found is not None else None

    def _request(self, call: Node, name: str) -> tuple[Written, Sent] | None:
        arguments = arguments_of(call)
        if not arguments or self._is_mock(call, arguments):
            return None
        first = self._values.value_node(arguments[0])
        url: Node | None
        options: Node | None
        body: Written | None
        if first is not None and first.type == "object":
            # `axios({ url, method, data, headers })`
            url, options = self._options.member(first, "url"), first
        else:
            url, options = arguments[0], self._values.value_node(arguments[1]) if len(arguments) > 1 else None
        text = self._values.text(url)
        endpoint = endpoint_of_url(text) if text is not None else None
        if endpoint is None:
            return None
        if name == "post" and options is not None and self._options.names(options).isdisjoint(_IN_OPTIONS):
            # `axios.post(url, data, options)`
            body = self._json(arguments[1])
            options = self._values.value_node(arguments[2]) if len(arguments) > 2 else None  # noqa: PLR2004 - see above
        else:
            body = self._body(options)
            if not self._is_post(options, name, body):
                return None
        if is_look_alike(body.properties or () if body is not None else ()):
            return None
        if body is None or body.properties is None:
            body = Written(call.start_byte, call.end_byte, unknown="any", is_editable=False)
        return body, self._sent(endpoint, options, name)

    def _is_mock(self, call: Node, arguments: list[Node]) -> bool:
        """Whether a call sets up the answer to a request: `http.post(url, () => …)`, `fetchMock.post(url, …)`."""
        function = callee_of(call)
        is_named = function is not None and _MOCK.search(self._syntax.text(function)[:_LONGEST_NAME]) is not None
        return is_named or any(argument.type in FUNCTIONS for argument in arguments[1:])

    def _sent(self, endpoint: str, options: Node | None, name: str) -> Sent:
        node = self._options.member(options, "headers")
        headers = self._options.headers(node) if node is not None else None
        return sent_to(endpoint, (headers or {}).items(), are_all_known=headers is not None and name in _PLAIN)

    def _is_post(self, options: Node | None, name: str, body: Written | None) -> bool:
        method = self._options.member(options, "method")
        if name == "post" or method is None:
            return name == "post" or body is not None
        text = self._values.text(method) if method.type != SHORTHAND else None
        return text is None or text.upper() == "POST"

    def _body(self, options: Node | None) -> Written | None:
        """Return the body among the options of a request; None if there is none."""
        for name in _BODIES if options is not None and options.type == "object" else ():
            node = self._options.member(options, name)
            if node is not None and node.type != "spread_element":
                return self._json(node)
        return None

    def _json(self, node: Node) -> Written:
        """Return the value of a body: of an object, or of what `JSON.stringify` is given."""
        inner = self._values.shorthand_node(node) if node.type == SHORTHAND else self._values.value_node(node)
        if inner is not None and inner.type == "call_expression":
            function, arguments = callee_of(inner), arguments_of(inner)
            if function is not None and self._syntax.text(function) == b"JSON.stringify" and arguments:
                return self._values.body(arguments[0])
        if inner is not None and inner.type in {"string", "template_string"}:
            return self._json_text(inner)
        if node.type == SHORTHAND:
            value = self._values.shorthand(node)
            return value if value is not None else Written(node.start_byte, node.end_byte, unknown="any")
        return self._values.body(node)

    def _json_text(self, node: Node) -> Written:
        """Return the value of a body that is written as JSON in a text without escapes."""
        start = node.start_byte + 1
        inner = self._syntax.data[start : node.end_byte - 1]
        parts = [child for child in node.named_children if child.type == "template_substitution"]
        holes = [(part.start_byte - start, part.end_byte - start) for part in parts]
        written = value_of(inner, holes) if b"\\" not in inner else None
        if written is None:
            return Written(node.start_byte, node.end_byte, unknown="any", is_editable=False)
        return moved(written, start.__add__, start.__add__, lambda _start, _end: True)

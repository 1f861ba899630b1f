"""Clients in TypeScript: what the object that a request is sent with tells of the request."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..common.lazy_regex import regex
from .http import HOLE
from .sdk import HOST
from .ts_syntax import Syntax, arguments_of, callee_of, unwrapped

if TYPE_CHECKING:
    from tree_sitter import Node

    from .ts_names import Names
    from .ts_values import Values

_OURS: Final = regex(rb"anthropic|claude", re.IGNORECASE)
_STRANGE: Final = regex(
    rb"twilio|openai|mailgun|discord|letta|prisma|supabase|slack|gmail|mistral|groq|convex|telegram|sendbird|vonage"
    rb"|sinch|telnyx|nylas|intercom|zulip|plivo|ollama|cohere|litellm",
    re.IGNORECASE,
)
"""Names of clients and packages of other services that have messages to create."""
_MOCK: Final = regex(rb"mock|stub|(?:^|[^a-z])fake", re.IGNORECASE)
_ADDRESS: Final = regex(r"https?://([^/?#:]+)")
_FOLLOWED: Final = frozenset(
    {"new_expression", "identifier", "member_expression", "call_expression", "await_expression"}
)
_LONGEST_WAY: Final = 8
"""The most names and calls that are followed to where a client is made."""


@dataclass(frozen=True, slots=True)
class Client:
    """What is known of a client."""

    name: str
    """The name of its class; empty if it is not known."""
    is_ours: bool | None
    """Whether it is one of the official SDK; None if that is not known."""
    options: Node | None = None
    """The object that it is made with."""


UNKNOWN: Final = Client("", None)


class Clients:
    """Finds the clients of one text."""

    def __init__(self, syntax: Syntax, names: Names, values: Values) -> None:
        self._syntax = syntax
        self._names = names
        self._values = values
        self._fields: dict[bytes, Client] = {}
        self.is_named_here = _OURS.search(syntax.data) is not None
        self.is_strange_here = _STRANGE.search(syntax.data) is not None

    def of(self, receiver: Node | None) -> Client:
        """Return the client that a chain of names begins with: of `client` in `client.beta.messages`."""
        node = unwrapped(receiver)
        for _ in range(_LONGEST_WAY):
            found = self._step(node) if node is not None else UNKNOWN
            if isinstance(found, Client):
                return found
            node = unwrapped(found)
        return UNKNOWN

    def _step(self, node: Node) -> Client | Node:
        """Return the client that an expression is, or another expression for it."""
        if node.type == "new_expression":
            return self._made(node)
        if node.type == "identifier":
            return self._named(node)
        if node.type == "member_expression":
            last, holder = node.child_by_field_name("property"), node.child_by_field_name("object")
            is_beta = last is not None and holder is not None and self._syntax.text(last) == b"beta"
            return holder if is_beta and holder is not None else self._field(node)
        if node.type == "await_expression" and node.named_children:
            return node.named_children[0]
        if node.type == "call_expression":
            return self._returned(node)
        return UNKNOWN

    def _named(self, node: Node) -> Client | Node:
        declaration = self._names.resolve(node)
        if declaration is None:
            return self._by_name(node)
        if declaration.type is not None:
            return self._typed(declaration.type, node)
        made = unwrapped(declaration.node) if declaration.kind == "value" and not declaration.is_changed else None
        if made is not None and made.type == "object":
            # Written out like this it is a mock.
            return Client("", is_ours=False)
        return made if made is not None and made.type in _FOLLOWED else self._by_name(node)

    def _returned(self, call: Node) -> Client | Node:
        """Return what a function gives back: of `wrap(new Anthropic())` what it is given."""
        function = callee_of(call)
        by_name = self._by_name(function) if function is not None else UNKNOWN
        if by_name.is_ours is False:
            return by_name
        made = [each for each in arguments_of(call) if each.type == "new_expression"]
        return made[0] if made else by_name

    def is_elsewhere(self, client: Client) -> bool:
        """Whether a client is made for another host than Anthropic's."""
        option = self._option(client, "baseURL")
        text = self._values.text(option) if option is not None else None
        match = _ADDRESS.match(text.strip()) if text else None
        if match is None or HOLE in match[1]:
            return False
        host = match[1].lower()
        return host != HOST and not host.endswith((".amazonaws.com", ".googleapis.com", ".azure.com", "localhost"))

    def headers(self, client: Client) -> Node | None:
        """Return the headers that a client sends with each request."""
        return self._option(client, "defaultHeaders")

    def _option(self, client: Client, name: str) -> Node | None:
        options = self._values.value_node(client.options)
        if options is None or options.type != "object":
            return None
        for child in options.named_children:
            key = child.child_by_field_name("key") if child.type == "pair" else None
            if key is not None and self._syntax.text(key).strip(b"\"'") == name.encode():
                return child.child_by_field_name("value")
        return None

    def _made(self, node: Node) -> Client:
        constructor = node.child_by_field_name("constructor")
        name = self._class(constructor)
        arguments = arguments_of(node)
        is_ours = "anthropic" in name.lower() or "claude" in name.lower()
        return Client(name, is_ours, arguments[0] if arguments else None)

    def _class(self, node: Node | None) -> str:
        """Return the name of a class, as its package has it."""
        if node is None:
            return ""
        text = self._syntax.text(node).decode("utf-8", "replace")
        declaration = self._names.resolve(node) if node.type in {"identifier", "type_identifier"} else None
        if declaration is None or declaration.kind != "import":
            return text
        path = self._syntax.path(declaration.offset) or []
        statement = next((each for each in path if each.type == "import_statement"), None)
        source = self._syntax.text(statement).decode("utf-8", "replace") if statement is not None else ""
        imported = declaration.node.child_by_field_name("name")
        name = self._syntax.text(imported).decode("utf-8", "replace") if imported is not None else text
        if "@anthropic-ai/" not in source:
            return name
        for package, platform in (("bedrock", "AnthropicBedrock"), ("vertex", "AnthropicVertex")):
            if f"{package}-sdk" in source:
                return platform
        return name if "Anthropic" in name else "Anthropic"

    def _typed(self, annotation: Node, node: Node) -> Client:
        text = self._syntax.text(annotation).decode("utf-8", "replace").lstrip(": \t\n")
        names = [text.split("<")[0].split("|")[0].strip()]
        inner = unwrapped(annotation.named_children[0]) if annotation.named_children else None
        if inner is not None and inner.type == "type_identifier":
            names.append(self._class(inner))
        found = next((name for name in names if "Anthropic" in name or "Claude" in name), None)
        if found is not None:
            return Client(found, is_ours=True)
        return Client(names[0], is_ours=False) if _STRANGE.search(text.encode()) else self._by_name(node)

    def _field(self, node: Node) -> Client:
        """Return the client in a field: `this.client`, given in the constructor or where it is declared."""
        last = node.child_by_field_name("property")
        holder = unwrapped(node.child_by_field_name("object"))
        if last is None or holder is None or holder.type != "this":
            return self._by_name(node)
        name = self._syntax.text(last)
        if name not in self._fields:
            self._fields[name] = self._declared(name.decode("utf-8", "replace"), node)
        return self._fields[name]

    def _declared(self, name: str, node: Node) -> Client:
        found = [self._made(made) for value in self._values.assignments(name) if (made := _new(value)) is not None]
        for offset in self._names.places(name.encode()):
            path = self._syntax.path(offset)
            field = path[-2] if path is not None and len(path) > 1 else None
            if field is None or field.type not in {"public_field_definition", "required_parameter"}:
                continue
            made = _new(field.child_by_field_name("value"))
            annotation = field.child_by_field_name("type")
            if made is not None:
                found.append(self._made(made))
            elif annotation is not None:
                found.append(self._typed(annotation, node))
        known = [client for client in found if client.is_ours is not None]
        if not known:
            return self._by_name(node)
        if len({client.name for client in known}) == 1:
            return next((client for client in known if client.options is not None), known[0])
        # One of several classes: `client: Anthropic | AnthropicBedrock`.
        kinds = {client.is_ours for client in known}
        return Client("", kinds.pop() if len(kinds) == 1 else None)

    def _by_name(self, node: Node) -> Client:
        """Return what the name of a client tells, where it is not known how it is made."""
        text = self._syntax.text(node)[:200]
        if _MOCK.search(text):
            return Client("", is_ours=False)
        if _OURS.search(text):
            return Client("", is_ours=True)
        return Client("", is_ours=False) if _STRANGE.search(text) else UNKNOWN


def _new(node: Node | None) -> Node | None:
    node = unwrapped(node)
    return node if node is not None and node.type == "new_expression" else None

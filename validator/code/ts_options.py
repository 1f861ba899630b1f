"""Objects of options in TypeScript: `{ headers: { … }, timeout: 5 }`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .ts_syntax import Syntax, arguments_of, unwrapped

if TYPE_CHECKING:
    from tree_sitter import Node

    from ..documents.written import Written
    from .ts_values import Values

SHORTHAND = "shorthand_property_identifier"


class Options:
    """Reads single properties of objects, whatever the others are."""

    def __init__(self, syntax: Syntax, values: Values) -> None:
        self._syntax = syntax
        self._values = values

    def names(self, options: Node | None) -> set[str]:
        """Return the names of the properties that an object literal spells out."""
        if options is None or options.type != "object":
            return set()
        return {self._name(child) for child in options.named_children}

    def member(self, options: Node | None, name: str) -> Node | None:
        """Return the value of a property: an expression, a name that stands alone, or what might hold it.

        None if it is certainly not there.
        """
        if options is None or options.type != "object":
            return options
        found: Node | None = None
        for child in options.named_children:
            if child.type == "spread_element":
                found = child
            elif self._name(child) == name:
                found = child.child_by_field_name("value") if child.type == "pair" else child
        return found

    def headers(self, node: Node | None) -> dict[str, str | None] | None:
        """Return headers by their names in lower case, with None for a value that is unknown.

        None if they are not all known; `{}` if there are none.
        """
        if node is None:
            return {}
        value = self._value(node)
        if value is None or value.properties is None or value.is_open:
            return None
        return {
            name.lower(): member.value.value if isinstance(member.value.value, str) else None
            for name, member in value.properties.items()
        }

    def _name(self, member: Node) -> str:
        key = member.child_by_field_name("key") if member.type == "pair" else member
        if key is None or key.type not in {"property_identifier", "string", SHORTHAND}:
            return ""
        return self._syntax.text(key).decode("utf-8", "replace").strip("\"'")

    def _value(self, node: Node) -> Written | None:
        if node.type == SHORTHAND:
            return self._values.shorthand(node)
        inner = self._values.value_node(node)
        if inner is not None and inner.type == "new_expression" and arguments_of(inner):
            # `new Headers({ … })`
            inner = unwrapped(arguments_of(inner)[0])
        return self._values.body(inner) if inner is not None else None

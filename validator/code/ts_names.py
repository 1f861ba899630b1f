"""Names in TypeScript and JavaScript: where each one is declared, and whether it is certain what it stands for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from .ts_syntax import FUNCTIONS, WRAPPERS, Syntax, arguments_of, callee_of, occurrences, unwrapped_child

if TYPE_CHECKING:
    from tree_sitter import Node

MOST_OCCURRENCES: Final = 2000
"""The most places of one name that are looked at: a name of a minified file has tens of thousands."""
MOST_SCANNED: Final = 256_000_000
"""The most bytes that are searched for the names of one text."""

Declared = Literal["value", "class", "enum", "import", "opaque"]
"""How a name is declared: with an initial value, as a class, …; `opaque` for parameters, patterns, loops, functions."""

_PATTERNS: Final = frozenset(
    {
        "object_pattern",
        "array_pattern",
        "rest_pattern",
        "assignment_pattern",
        "pair_pattern",
        "object_assignment_pattern",
    }
)
_PARAMETERS: Final = frozenset({"required_parameter", "optional_parameter", "formal_parameters"})
_BLOCKS: Final = (
    frozenset(
        {
            "program",
            "statement_block",
            "for_statement",
            "for_in_statement",
            "switch_body",
            "class_static_block",
            "catch_clause",
        }
    )
    | FUNCTIONS
)
_NAMED: Final[dict[str, Declared]] = {
    "function_declaration": "opaque",
    "generator_function_declaration": "opaque",
    "function_signature": "opaque",
    "class_declaration": "class",
    "abstract_class_declaration": "class",
    "enum_declaration": "enum",
    "internal_module": "opaque",
    "import_clause": "import",
    "namespace_import": "import",
    "import_specifier": "import",
    "import_require_clause": "import",
    "import_alias": "opaque",
}
_NAMED_WITHIN: Final = frozenset({"function_expression", "generator_function", "class"})
"""Expressions whose name is known only inside them."""
_MUTATORS: Final = frozenset(
    {"push", "unshift", "splice", "pop", "shift", "sort", "reverse", "fill", "copyWithin", "set", "add", "append"}
)
_HARMLESS: Final = frozenset(
    {
        "create",
        "stream",
        "parse",
        "toolRunner",
        "countTokens",
        "stringify",
        "freeze",
        "structuredClone",
        "log",
        "info",
        "debug",
        "warn",
        "error",
        "dir",
        "table",
        "expect",
        "keys",
        "values",
        "entries",
        "isArray",
        "String",
        "from",
        "fetch",
    }
)
"""Functions that leave their arguments as they are."""


@dataclass(eq=False, slots=True)
class Declaration:
    """One declaration of a name."""

    kind: Declared
    offset: int
    """Where the name stands in it."""
    node: Node
    """The initial value, the class, the enum or the import; else the node that declares it."""
    scope: tuple[int, int]
    """The byte range in which the name has this meaning."""
    type: Node | None = None
    """The annotation of its type."""
    is_changed: bool = False
    """Whether it is assigned again, or something inside it is."""
    is_shared: bool = False
    """Whether code that is not looked at gets it, which might add to it."""


@dataclass(slots=True)
class _Found:
    declarations: list[Declaration] = field(default_factory=list)
    writes: list[int] = field(default_factory=list)
    shares: list[int] = field(default_factory=list)


class Names:
    """The declarations of names of one text, found when they are asked for."""

    def __init__(self, syntax: Syntax) -> None:
        self._syntax = syntax
        self._known: dict[bytes, list[Declaration]] = {}
        self._scanned = 0

    def resolve(self, node: Node) -> Declaration | None:
        """Return what a name stands for at a node; None if that is not certain."""
        name = self._syntax.text(node)
        if name not in self._known:
            self._known[name] = self._declarations(name)
        return _innermost(self._known[name], node.start_byte)

    def places(self, name: bytes) -> list[int]:
        """Return the offsets of a name in the text; none if there are too many."""
        self._scanned += len(self._syntax.data)
        if self._scanned > MOST_SCANNED:
            return []
        found: list[int] = []
        for offset in occurrences(self._syntax.data, name):
            found.append(offset)
            if len(found) > MOST_OCCURRENCES:
                return []
        return found

    def _declarations(self, name: bytes) -> list[Declaration]:
        found = _Found()
        for offset in self.places(name):
            path = self._syntax.path(offset)
            if path is None:
                # A place that cannot be looked at might change it.
                return []
            _classify(path, offset, found, self._syntax)
        for offset in found.writes:
            if declaration := _innermost(found.declarations, offset):
                declaration.is_changed = True
        for offset in found.shares:
            if declaration := _innermost(found.declarations, offset):
                declaration.is_shared = True
        return found.declarations


def _innermost(declarations: list[Declaration], offset: int) -> Declaration | None:
    around = [each for each in declarations if each.scope[0] <= offset < each.scope[1]]
    if not around:
        return None
    best = min(around, key=lambda each: each.scope[1] - each.scope[0])
    if any(each is not best and each.scope == best.scope for each in around):
        return None
    return best


def _classify(path: list[Node], offset: int, found: _Found, syntax: Syntax) -> None:
    """Add what one occurrence of a name does to what was found of it."""
    leaf = path[-1]
    if leaf.start_byte != offset or len(path) < 2:  # noqa: PLR2004 - a token and the root
        return
    parent = path[-2]
    if leaf.type == "type_identifier":
        if parent.type in _NAMED and parent.child_by_field_name("name") == leaf:
            found.declarations.append(Declaration(_NAMED[parent.type], offset, parent, _scope(path, len(path) - 2)))
        return
    if leaf.type == "shorthand_property_identifier_pattern":
        _pattern(path, found)
    elif leaf.type == "identifier":
        if parent.type in _PATTERNS and not _is_default(parent, leaf):
            _pattern(path, found)
        elif not _declares(path, found):
            _uses(path, found, syntax)


def _is_default(parent: Node, leaf: Node) -> bool:
    return parent.type in {"assignment_pattern", "object_assignment_pattern"} and (
        parent.child_by_field_name("right") == leaf
    )


def _pattern(path: list[Node], found: _Found) -> None:
    """Add a name in a pattern: it is bound by taking something apart."""
    index = len(path) - 2
    while index > 0 and path[index].type in _PATTERNS:
        index -= 1
    holder = path[index]
    offset = path[-1].start_byte
    if holder.type == "variable_declarator":
        found.declarations.append(Declaration("opaque", offset, holder, _variable_scope(path, index)))
    elif holder.type in _PARAMETERS or holder.type in FUNCTIONS:
        found.declarations.append(Declaration("opaque", offset, holder, _function_scope(path, index)))
    elif holder.type == "catch_clause" or (holder.type == "for_in_statement" and holder.child_by_field_name("kind")):
        found.declarations.append(Declaration("opaque", offset, holder, (holder.start_byte, holder.end_byte)))
    else:
        found.writes.append(offset)


def _declares(path: list[Node], found: _Found) -> bool:
    """Whether a name is declared where it stands; if so, add the declaration."""
    leaf, parent, index = path[-1], path[-2], len(path) - 2
    offset = leaf.start_byte
    kind: Declared | None = None
    node = parent
    type_: Node | None = None
    scope: tuple[int, int] | None = None
    if parent.type == "variable_declarator":
        if parent.child_by_field_name("name") != leaf:
            return False
        value = parent.child_by_field_name("value")
        kind = "value" if value is not None else "opaque"
        node, type_ = value or parent, parent.child_by_field_name("type")
        scope = _variable_scope(path, index)
    elif parent.type in _PARAMETERS:
        if parent.child_by_field_name("value") == leaf:
            return False
        kind, type_, scope = "opaque", parent.child_by_field_name("type"), _function_scope(path, index)
    elif (parent.type == "arrow_function" and parent.child_by_field_name("parameter") == leaf) or (parent.type == "catch_clause" and parent.child_by_field_name("parameter") == leaf):
        kind, scope = "opaque", (parent.start_byte, parent.end_byte)
    elif parent.type == "for_in_statement" and parent.child_by_field_name("left") == leaf:
        if parent.child_by_field_name("kind") is None:
            found.writes.append(offset)
            return True
        kind, scope = "opaque", (parent.start_byte, parent.end_byte)
    elif parent.type == "import_specifier":
        alias = parent.child_by_field_name("alias")
        kind = "import" if alias is None or alias == leaf else None
        scope = _scope(path, index)
    elif parent.type in _NAMED_WITHIN and parent.child_by_field_name("name") == leaf:
        kind, scope = "opaque", (parent.start_byte, parent.end_byte)
    elif parent.type in _NAMED:
        name = parent.child_by_field_name("name")
        if name is not None and name != leaf:
            return False
        kind, scope = _NAMED[parent.type], _scope(path, index)
    if kind is None or scope is None:
        return False
    found.declarations.append(Declaration(kind, offset, node, scope, type_))
    return True


def _uses(path: list[Node], found: _Found, syntax: Syntax) -> None:
    """Add a use of a name if it may change what the name stands for."""
    offset = path[-1].start_byte
    index = len(path) - 1
    member: Node | None = None
    while index > 0:
        above = path[index - 1]
        if above.type in {"member_expression", "subscript_expression"}:
            if above.child_by_field_name("object") != path[index]:
                return
            member = above
        elif above.type not in WRAPPERS or unwrapped_child(above) != path[index]:
            break
        index -= 1
    top, above = path[index], path[index - 1]
    kind = above.type
    if kind in {"assignment_expression", "augmented_assignment_expression"}:
        if above.child_by_field_name("left") == top:
            found.writes.append(offset)
        elif member is None:
            found.shares.append(offset)
    elif kind == "update_expression" or (kind == "unary_expression" and above.child_by_field_name("operator") and
                                         syntax.text(above).startswith(b"delete")):  # fmt: skip
        found.writes.append(offset)
    elif kind == "call_expression" and above.child_by_field_name("function") == top:
        if member is not None and _last_name(member, syntax) in _MUTATORS:
            found.writes.append(offset)
    elif kind == "arguments" and index > 1 and path[index - 2].type == "call_expression":
        _argument(path, index, found, syntax, is_member=member is not None)
    elif kind == "variable_declarator" and member is None:
        found.shares.append(offset)
    elif kind in _PATTERNS:
        # `[x.a] = …` and `({ a: x.a } = …)`
        found.writes.append(offset)


def _argument(path: list[Node], index: int, found: _Found, syntax: Syntax, *, is_member: bool) -> None:
    call = path[index - 2]
    function = callee_of(call)
    name = _last_name(function, syntax) if function is not None else ""
    offset = path[-1].start_byte
    if name in {"assign", "defineProperty", "setPrototypeOf"} and arguments_of(call)[:1] == [path[index]]:
        found.writes.append(offset)
    elif name not in _HARMLESS and not is_member:
        found.shares.append(offset)


def _last_name(node: Node, syntax: Syntax) -> str:
    if node.type == "member_expression":
        last = node.child_by_field_name("property")
        return syntax.text(last).decode("utf-8", "replace") if last is not None else ""
    return syntax.text(node).decode("utf-8", "replace") if node.type == "identifier" else ""


def _scope(path: list[Node], index: int) -> tuple[int, int]:
    """Return the range of the block around `path[index]`."""
    for node in reversed(path[:index]):
        if node.type in _BLOCKS:
            return node.start_byte, node.end_byte
    return path[0].start_byte, path[0].end_byte


def _function_scope(path: list[Node], index: int) -> tuple[int, int]:
    for node in reversed(path[: index + 1]):
        if node.type in FUNCTIONS or node.type == "program":
            return node.start_byte, node.end_byte
    return path[0].start_byte, path[0].end_byte


def _variable_scope(path: list[Node], index: int) -> tuple[int, int]:
    is_var = index > 0 and path[index - 1].type == "variable_declaration"
    return _function_scope(path, index - 1) if is_var else _scope(path, index)

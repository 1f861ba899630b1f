"""Names in TypeScript and JavaScript: where each one is declared, and whether it is certain what it stands for."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final, Literal

from .ts_syntax import FUNCTIONS, WRAPPERS, Syntax, arguments_of, callee_of, indexed, occurrences, unwrapped_child

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

MOST_OCCURRENCES: Final = 2000
"""The most places of one name that are looked at: a name of a minified file has tens of thousands."""
MOST_SEARCHED: Final = 20
"""Names that are searched for one by one; for more of them, all names of the text are indexed."""

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
    "import_require_clause": "import",
    "import_alias": "opaque",
}
_NAMED_WITHIN: Final = frozenset({"function_expression", "generator_function", "class"})
"""Expressions whose name is known only inside them."""
_MUTATORS: Final = frozenset(
    {"push", "unshift", "splice", "pop", "shift", "sort", "reverse", "fill", "copyWithin", "set", "add", "append"}
)
_SETTERS: Final = frozenset({"assign", "defineProperty", "setPrototypeOf"})
"""Functions of `Object` that change their first argument."""
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
        "$fetch",
        "post",
        "request",
        "axios",
        "got",
        "ky",
        "all",
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
        self._known: dict[bytes, _Scopes] = {}
        self._everywhere: set[bytes] = set()
        self._searched = 0
        self._index: dict[bytes, list[int]] | None = None

    def resolve(self, node: Node) -> Declaration | None:
        """Return what a name stands for at a node; None if that is not certain."""
        name = self._syntax.text(node)
        if name not in self._known:
            self._known[name] = self._scopes(name)
        return self._known[name].innermost(node.start_byte)

    def is_everywhere(self, name: bytes) -> bool:
        """Whether a name has too many places to look at them."""
        return name in self._everywhere

    def places(self, name: bytes) -> list[int]:
        """Return the offsets of a name in the text; none if there are too many."""
        self._searched += 1
        if self._searched <= MOST_SEARCHED:
            found = list(islice(occurrences(self._syntax.data, name), MOST_OCCURRENCES + 1))
        else:
            if self._index is None:
                self._index = indexed(self._syntax.data)
            found = self._index.get(name.lstrip(b"#"), [])
        if len(found) > MOST_OCCURRENCES:
            self._everywhere.add(name)
            return []
        return found

    def _scopes(self, name: bytes) -> _Scopes:
        found = _Found()
        for offset in self.places(name):
            path = self._syntax.path(offset)
            if path is None:
                # A place that cannot be looked at might change it.
                return _Scopes([])
            _classify(path, offset, found, self._syntax)
        scopes = _Scopes(found.declarations)
        for offset in found.writes:
            if declaration := scopes.innermost(offset):
                declaration.is_changed = True
        for offset in found.shares:
            if declaration := scopes.innermost(offset):
                declaration.is_shared = True
        return scopes


class _Scopes:
    """The scopes of the declarations of one name: each is inside another, or beside it."""

    def __init__(self, declarations: list[Declaration]) -> None:
        self._declarations: list[Declaration | None] = []
        self._ranges: list[tuple[int, int]] = []
        self._parents: list[int] = []
        around: list[int] = []
        for declaration in sorted(declarations, key=lambda each: (each.scope[0], -each.scope[1])):
            start, end = declaration.scope
            if self._ranges and self._ranges[-1] == (start, end):
                # Declared twice: which one counts depends on the way of the program.
                self._declarations[-1] = None
                continue
            while around and self._ranges[around[-1]][1] <= start:
                around.pop()
            self._parents.append(around[-1] if around else -1)
            around.append(len(self._ranges))
            self._ranges.append((start, end))
            self._declarations.append(declaration)

    def innermost(self, offset: int) -> Declaration | None:
        """Return the declaration in the smallest scope around a byte."""
        number = bisect_right(self._ranges, (offset, math.inf)) - 1
        while number >= 0 and self._ranges[number][1] <= offset:
            number = self._parents[number]
        return self._declarations[number] if number >= 0 else None


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
    parent, index = path[-2], len(path) - 2
    maker = _MAKERS.get(parent.type)
    if maker is not None:
        made = maker(path, index)
    elif parent.type in _NAMED:
        name = parent.child_by_field_name("name")
        is_name = name is None or name == path[-1]
        made = Declaration(_NAMED[parent.type], 0, parent, _scope(path, index)) if is_name else None
    else:
        return False
    if made is None:
        return False
    made.offset = path[-1].start_byte
    found.declarations.append(made)
    return True


def _variable(path: list[Node], index: int) -> Declaration | None:
    declarator = path[index]
    if declarator.child_by_field_name("name") != path[-1]:
        return None
    value = declarator.child_by_field_name("value")
    scope = _variable_scope(path, index)
    type_ = declarator.child_by_field_name("type")
    return Declaration("opaque" if value is None else "value", 0, value or declarator, scope, type_)


def _parameter(path: list[Node], index: int) -> Declaration | None:
    parameter = path[index]
    if parameter.child_by_field_name("value") == path[-1]:
        return None
    return Declaration("opaque", 0, parameter, _function_scope(path, index), parameter.child_by_field_name("type"))


def _only_inside(field_name: str) -> Callable[[list[Node], int], Declaration | None]:
    """Return what makes a declaration of a name that is known only inside the node that has it in a field."""

    def made(path: list[Node], index: int) -> Declaration | None:
        node = path[index]
        if node.child_by_field_name(field_name) != path[-1]:
            return None
        return Declaration("opaque", 0, node, (node.start_byte, node.end_byte))

    return made


def _loop(path: list[Node], index: int) -> Declaration | None:
    # Without `const` the name belongs to an outer scope, and is written.
    return _only_inside("left")(path, index) if path[index].child_by_field_name("kind") is not None else None


def _import(path: list[Node], index: int) -> Declaration | None:
    alias = path[index].child_by_field_name("alias")
    return Declaration("import", 0, path[index], _scope(path, index)) if alias in {None, path[-1]} else None


_MAKERS: Final[dict[str, Callable[[list[Node], int], Declaration | None]]] = {
    "variable_declarator": _variable,
    **dict.fromkeys(_PARAMETERS, _parameter),
    "arrow_function": _only_inside("parameter"),
    "catch_clause": _only_inside("parameter"),
    "for_in_statement": _loop,
    "import_specifier": _import,
    **dict.fromkeys(_NAMED_WITHIN, _only_inside("name")),
}


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
    if _writes(path, index, member, syntax):
        found.writes.append(offset)
    elif member is None and _shares(path, index, syntax):
        found.shares.append(offset)


def _writes(path: list[Node], index: int, member: Node | None, syntax: Syntax) -> bool:
    """Whether `path[index]`, a name or a member of it, is given another value where it stands."""
    top, above = path[index], path[index - 1]
    kind = above.type
    if kind in {"assignment_expression", "augmented_assignment_expression", "for_in_statement"}:
        return above.child_by_field_name("left") == top
    if kind == "unary_expression":
        return syntax.text(above).startswith(b"delete")
    if kind == "call_expression":
        return member is not None and _last_name(member, syntax) in _MUTATORS
    if kind == "arguments":
        function = callee_of(path[index - 2])
        name = _last_name(function, syntax) if function is not None else ""
        return name in _SETTERS and arguments_of(path[index - 2])[:1] == [top]
    # Besides `x++`: `[x.a] = …` and `({ a: x.a } = …)`.
    return kind == "update_expression" or (kind in _PATTERNS and not _is_default(above, top))


def _shares(path: list[Node], index: int, syntax: Syntax) -> bool:
    """Whether a name's value gets to code that may change it, or gets another name."""
    above = path[index - 1]
    if above.type == "arguments" and path[index - 2].type == "call_expression":
        function = callee_of(path[index - 2])
        return function is None or _last_name(function, syntax) not in _HARMLESS
    if above.type == "assignment_expression":
        return above.child_by_field_name("right") == path[index]
    return above.type == "variable_declarator"


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

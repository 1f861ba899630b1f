"""Names of a Python module: where each one is bound, and what may change the value that it stands for."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal, NamedTuple

Place = tuple[int, int]
"""A line, from 1, and a column in bytes."""
Kind = Literal["value", "class", "function", "import", "parameter", "with", "other"]
Function = ast.FunctionDef | ast.AsyncFunctionDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

_GROWING: Final = frozenset({"append", "extend"})
_CHANGING: Final = frozenset(
    {
        *("insert", "pop", "remove", "clear", "update", "setdefault", "popitem", "sort", "reverse"),
        *("__setitem__", "__delitem__", "__ior__", "__iadd__", "appendleft", "extendleft"),
    }
)
_HARMLESS: Final = frozenset(
    {
        *(
            "print",
            "pprint",
            "pp",
            "len",
            "str",
            "repr",
            "list",
            "dict",
            "tuple",
            "set",
            "sorted",
            "isinstance",
            "type",
        ),
        *("enumerate", "zip", "min", "max", "sum", "any", "all", "id", "hash", "bool", "format", "iter", "reversed"),
        *("dumps", "dump", "deepcopy", "copy", "debug", "info", "warning", "error", "exception", "log", "cast"),
        *("create", "stream", "parse", "count_tokens", "tool_runner", "post", "request", "Request", "build_request"),
        *("append", "extend", "join", "get", "write", "assertEqual", "len", "display", "encode"),
    }
)
"""Functions and methods that leave their arguments as they are."""
_RAISING: Final = frozenset(
    {"raises", "assertRaises", "assertRaisesRegex", "assertRaisesRegexp", "assertRaisesMessage"}
)
_EXPECTED: Final = frozenset({"BadRequestError"})
"""Errors of a request that the API refuses; who catches one of them by its name expects it."""
_MOCKING: Final = ("assert_", "return_value", "side_effect", "called", "call_args", "call_count")
"""How attributes of mocked functions begin."""
_EXPECTED_MARKS: Final = frozenset({"xfail", "expectedFailure"})
_DEEPEST: Final = 8
_MOST_CHANGES: Final = 100
"""Different changes of one name that are told apart."""


@dataclass(slots=True, eq=False)
class Binding:
    """One place at which a name is bound."""

    kind: Kind
    place: Place
    node: ast.AST | None = None
    """What it is bound to: an expression for `value` and `with`, the definition of a class or function, the annotation
    of a parameter; None if that is unknown."""
    origin: str = ""
    """For an import, the dotted name of what is imported."""
    scope: Scope | None = None
    """For a class or function, its own scope."""


class Change(NamedTuple):
    """Something that may change the object that a name stands for."""

    kind: Literal["grows", "key", "other"]
    key: str = ""
    """For `key`, the one key that is set or removed."""


class Pass(NamedTuple):
    """A name that is passed to a function."""

    call: ast.Call
    argument: int | str | None
    """The position or keyword of the argument; None if it is not certain."""
    scope: Scope
    place: Place
    is_in_loop: bool


@dataclass(slots=True, eq=False)
class Scope:
    """A module, class, function, lambda or comprehension."""

    kind: Literal["module", "class", "function", "comprehension"]
    node: ast.AST
    parent: Scope | None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    changes: dict[str, list[Change]] = field(default_factory=dict)
    passes: dict[str, list[Pass]] = field(default_factory=dict)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    star: Place | None = None
    """The place of the last `import *`, which may bind any name."""

    def function(self) -> Scope:
        """Return the function, class or module around a comprehension."""
        scope = self
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        return scope


class AttributeStore(NamedTuple):
    """An assignment to an attribute: `self.model = "…"`."""

    owner: str
    """The name before the attribute; empty for any other expression."""
    value: ast.expr | None
    scope: Scope


class CallSite(NamedTuple):
    """A call, where it stands."""

    node: ast.Call
    scope: Scope
    is_expected_to_fail: bool


_WITHOUT_NAMES: Final = (ast.Constant, ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop, type(None))
"""The types of nodes, and of what is absent, that have nothing to find in them; every second node is one."""


class _Visit(NamedTuple):
    node: ast.AST
    scope: Scope
    is_expected: bool
    is_in_loop: bool


@dataclass(slots=True)
class Names:
    """All names of a module."""

    module: Scope
    calls: list[CallSite] = field(default_factory=list)
    stores: dict[str, list[AttributeStore]] = field(default_factory=dict)
    """The assignments to attributes, by the attribute's name."""
    attribute_changes: dict[str, list[Change]] = field(default_factory=dict)
    """What may change the objects that attributes stand for, by the attribute's name."""
    mocked: set[str] = field(default_factory=set)
    """Chains of names that are mocked or asserted: `client.messages.create`."""
    inside_texts: set[int] = field(default_factory=set)
    """The identities of the calls in f-strings, whose places Python before 3.12 does not always tell right."""
    _harms: dict[tuple[int, str], dict[int, Place]] = field(default_factory=dict)

    def home(self, name: str, scope: Scope) -> Scope | None:
        """Return the scope in which a name that is used in a scope is bound."""
        start = scope.function()
        here: Scope | None = scope
        if name in start.globals:
            here = self.module
        elif name in start.nonlocals:
            here = start.parent
        while here is not None:
            if name in here.bindings and (here.kind != "class" or here is start):
                return here
            here = here.parent
        return None

    def bindings(self, name: str, scope: Scope) -> list[Binding]:
        """Return all places at which a name that is used in a scope is bound."""
        home = self.home(name, scope)
        return home.bindings[name] if home is not None else []

    def binding(self, name: str, scope: Scope, place: Place) -> tuple[Binding, Scope] | None:
        """Return the only binding of a name that is used at a place, and its scope; None if it is not certain."""
        home = self.home(name, scope)
        if home is None or len(home.bindings[name]) != 1:
            return None
        binding = home.bindings[name][0]
        if home is scope.function() and binding.place >= place:
            return None
        if home.star is not None and home.star > binding.place:
            return None
        return binding, home

    def changes(self, name: str, home: Scope, scope: Scope, place: Place, depth: int = 0) -> list[Change]:
        """Return what may change the object that a name stands for before it is used at a place of a scope."""
        found = home.changes.get(name, [])
        if len(found) > _MOST_CHANGES:
            found = [Change("other")]
        harms = self._harms_of(name, home, depth)
        here = id(scope.function())
        is_harmed = len(harms) > 1 if here in harms else bool(harms)
        return [*found, Change("other")] if is_harmed or harms.get(here, place) < place else found

    def _harms_of(self, name: str, home: Scope, depth: int) -> dict[int, Place]:
        """Return where the object of a name is first passed to a function that may change it, by the scope there."""
        key = id(home), name
        known = self._harms.get(key)
        if known is None:
            known = self._harms[key] = {}
            for passed in home.passes.get(name, ()):
                function = id(passed.scope.function())
                # What is passed in a loop is passed before it is used there again.
                place = (0, 0) if passed.is_in_loop else passed.place
                is_new = function not in known or place < known[function]
                if is_new and not self._is_harmless(passed, depth, is_trusted=name.isupper()):
                    known[function] = place
        return known

    def _is_harmless(self, passed: Pass, depth: int, *, is_trusted: bool) -> bool:
        """Whether a function leaves an argument as it is; one of another module only if the argument is trusted."""
        called = passed.call.func
        if isinstance(called, ast.Attribute):
            return is_trusted or called.attr in _HARMLESS
        if not isinstance(called, ast.Name):
            return is_trusted
        bindings = self.bindings(called.id, passed.scope)
        if all(binding.kind == "import" for binding in bindings):
            return is_trusted or called.id in _HARMLESS or called.id.endswith("Param")
        name = _parameter(bindings[0].node, passed.argument)
        inner = bindings[0].scope
        if len(bindings) != 1 or name is None or inner is None or depth > _DEEPEST:
            return is_trusted
        return not self.changes(name, inner, inner, (1 << 60, 0), depth + 1)


def _parameter(function: ast.AST | None, argument: int | str | None) -> str | None:
    """Return the name of the parameter that takes an argument; None if it is not certain."""
    if not isinstance(function, Function):
        return None
    arguments = function.args
    names = [parameter.arg for parameter in (*arguments.posonlyargs, *arguments.args)]
    if isinstance(argument, int):
        return names[argument] if argument < len(names) else None
    named = {*names, *(parameter.arg for parameter in arguments.kwonlyargs)}
    return argument if argument in named else None


def names_of(tree: ast.Module) -> Names:
    """Find the bindings, changes and calls of a module."""
    return _Finder(tree).run()


class _Finder:
    """Walks over a module without recursion, as expressions may be nested deeper than Python's stack."""

    def __init__(self, tree: ast.Module) -> None:
        self._names = Names(Scope("module", tree, None))
        self._stack: list[_Visit] = []
        self._changed: list[tuple[str, Scope, Change]] = []
        self._passed: list[tuple[str, Pass]] = []
        self._aliases: list[tuple[str, Scope, str, Scope]] = []
        self._attribute_aliases: list[tuple[str, Scope, str]] = []

    def run(self) -> Names:
        module = self._names.module
        self._push(module.node.body, _Visit(module.node, module, is_expected=False, is_in_loop=False))  # type: ignore[attr-defined]
        while self._stack:
            visit = self._stack.pop()
            method = _METHODS.get(type(visit.node))
            if method is None:
                self._push(ast.iter_child_nodes(visit.node), visit)
            else:
                method(self, visit)
        self._settle()
        self._settle_attributes()
        self._names.calls.sort(key=lambda site: (site.node.lineno, site.node.col_offset, -(site.node.end_lineno or 0)))
        return self._names

    def _push(self, nodes: Iterable[ast.AST | None], visit: _Visit) -> None:
        _, scope, is_expected, is_in_loop = visit
        self._stack += [
            _Visit(node, scope, is_expected, is_in_loop) for node in nodes if not isinstance(node, _WITHOUT_NAMES)
        ]

    def _settle(self) -> None:
        """Assign the changes to the scopes that bind their names; what is changed under one name is under all."""
        seen: set[tuple[int, str, Change]] = set()
        for name, scope, change in self._changed:
            home = self._names.home(name, scope)
            if home is not None and (id(home), name, change) not in seen:
                seen.add((id(home), name, change))
                home.changes.setdefault(name, []).append(change)
        for name, passed in self._passed:
            home = self._names.home(name, passed.scope)
            if home is not None:
                home.passes.setdefault(name, []).append(passed)
        for _ in range(_DEEPEST):
            is_settled = True
            for name, scope, other, outer in self._aliases:
                home, source = self._names.home(name, scope), self._names.home(other, outer)
                if home is None or source is None or other in source.changes or name not in home.changes:
                    continue
                source.changes.setdefault(other, []).append(Change("other"))
                is_settled = False
            if is_settled:
                return

    def _settle_attributes(self) -> None:
        for name, scope, attribute in self._attribute_aliases:
            home = self._names.home(name, scope)
            if home is not None and name in home.changes:
                self._names.attribute_changes.setdefault(attribute, []).append(Change("other"))

    def _bind(self, name: str, scope: Scope, binding: Binding) -> None:
        scope = scope.function()
        if name in scope.globals:
            scope = self._names.module
        elif name in scope.nonlocals and scope.parent is not None:
            scope = self._names.home(name, scope.parent) or scope.parent
        scope.bindings.setdefault(name, []).append(binding)

    def _bind_unknown(self, name: str, scope: Scope, node: ast.AST) -> None:
        self._bind(name, scope, Binding("other", _place(node)))

    def function(self, visit: _Visit) -> None:
        node, scope, *_ = visit
        assert isinstance(node, Function)  # noqa: S101 - tells mypy what the table says
        inner = Scope("function", node, scope)
        self._bind(node.name, scope, Binding("function", _place(node), node, scope=inner))
        self._push([*node.decorator_list, node.returns], visit)
        is_expected = visit.is_expected or any(map(_is_mark, node.decorator_list))
        self._arguments(node.args, inner, visit)
        _declare(node.body, inner)
        self._push(node.body, _Visit(node, inner, is_expected, is_in_loop=False))

    def lambda_(self, visit: _Visit) -> None:
        node = visit.node
        assert isinstance(node, ast.Lambda)  # noqa: S101
        inner = Scope("function", node, visit.scope)
        self._arguments(node.args, inner, visit)
        self._push([node.body], visit._replace(scope=inner, is_in_loop=False))

    def _arguments(self, arguments: ast.arguments, inner: Scope, visit: _Visit) -> None:
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [argument for argument in (arguments.vararg, arguments.kwarg) if argument is not None]
        for argument in every:
            inner.bindings.setdefault(argument.arg, []).append(
                Binding("parameter", _place(argument), argument.annotation)
            )
        self._push([*arguments.defaults, *arguments.kw_defaults], visit)
        self._push([argument.annotation for argument in every], visit)

    def class_(self, visit: _Visit) -> None:
        node, scope, *_ = visit
        assert isinstance(node, ast.ClassDef)  # noqa: S101
        inner = Scope("class", node, scope)
        self._bind(node.name, scope, Binding("class", _place(node), node, scope=inner))
        self._push([*node.decorator_list, *node.bases, *node.keywords], visit)
        is_expected = visit.is_expected or any(map(_is_mark, node.decorator_list))
        self._push(node.body, _Visit(node, inner, is_expected, is_in_loop=False))

    def comprehension(self, visit: _Visit) -> None:
        inner = Scope("comprehension", visit.node, visit.scope)
        self._push(ast.iter_child_nodes(visit.node), visit._replace(scope=inner, is_in_loop=True))

    def assign(self, visit: _Visit) -> None:
        node = visit.node
        assert isinstance(node, ast.Assign)  # noqa: S101
        for target in node.targets:
            self._assign(target, node.value, visit)
        same = [target.id for target in node.targets if isinstance(target, ast.Name)]
        for first, second in pairwise(same):
            self._alias(first, second, visit.scope)
            self._alias(second, first, visit.scope)
        self._push([node.value], visit)

    def annotated(self, visit: _Visit) -> None:
        node = visit.node
        assert isinstance(node, ast.AnnAssign)  # noqa: S101
        if node.value is not None:
            self._assign(node.target, node.value, visit)
        elif not isinstance(node.target, ast.Name):
            self._push([node.target], visit)
        self._push([node.annotation, node.value], visit)

    def _assign(self, target: ast.expr, value: ast.expr, visit: _Visit) -> None:
        if isinstance(target, ast.Name):
            self._bind(target.id, visit.scope, Binding("value", _end(value), value))
            root = _root(value)
            if root is not None:
                self._alias(target.id, root, visit.scope)
            if isinstance(value, ast.Attribute):
                self._attribute_aliases.append((target.id, visit.scope, value.attr))
        elif isinstance(target, ast.Tuple | ast.List):
            starred = any(isinstance(part, ast.Starred) for part in target.elts)
            pairs = isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts) and not starred
            if pairs and isinstance(value, ast.Tuple | ast.List):
                for part, inner in zip(target.elts, value.elts, strict=True):
                    self._assign(part, inner, visit)
            else:
                self._push(target.elts, visit)
        elif isinstance(target, ast.Attribute):
            owner = target.value.id if isinstance(target.value, ast.Name) else ""
            self._names.stores.setdefault(target.attr, []).append(AttributeStore(owner, value, visit.scope))
            self._change_root(target.value, visit.scope, Change("other"))
            self._mocked(target.value if target.attr.startswith(_MOCKING) else target)
            self._push([target.value], visit)
        else:
            self._push([target], visit)

    def _alias(self, name: str, other: str, scope: Scope) -> None:
        self._aliases.append((name, scope, other, scope))

    def augmented(self, visit: _Visit) -> None:
        node = visit.node
        assert isinstance(node, ast.AugAssign)  # noqa: S101
        if isinstance(node.target, ast.Name):
            name = node.target.id
            if isinstance(node.op, ast.Add):
                self._changed.append((name, visit.scope, Change("grows")))
            else:
                self._changed.append((name, visit.scope, Change("other")))
            self._push([node.value], visit)
        else:
            self._push([node.target, node.value], visit)

    def name(self, visit: _Visit) -> None:
        node = visit.node
        assert isinstance(node, ast.Name)  # noqa: S101
        if isinstance(node.ctx, ast.Load):
            return
        self._bind_unknown(node.id, visit.scope, node)

    def attribute(self, visit: _Visit) -> None:
        node = visit.node
        assert isinstance(node, ast.Attribute)  # noqa: S101
        if not isinstance(node.ctx, ast.Load):
            self._names.stores.setdefault(node.attr, []).append(AttributeStore("", None, visit.scope))
            self._change_root(node.value, visit.scope, Change("other"))
        if node.attr.startswith(_MOCKING):
            self._mocked(node.value)
        self._push([node.value], visit)

    def subscript(self, visit: _Visit) -> None:
        node = visit.node
        assert isinstance(node, ast.Subscript)  # noqa: S101
        if not isinstance(node.ctx, ast.Load):
            key = node.slice
            is_key = (
                isinstance(node.value, ast.Name | ast.Attribute)
                and isinstance(key, ast.Constant)
                and isinstance(key.value, str)
            )
            change = Change("key", str(key.value)) if is_key and isinstance(key, ast.Constant) else Change("other")
            self._change_root(node, visit.scope, change)
        self._push([node.value, node.slice], visit)

    def _mocked(self, node: ast.AST) -> None:
        chain = chain_of(node)
        if chain is not None:
            self._names.mocked.add(".".join(chain))

    def _change_root(self, node: ast.expr, scope: Scope, change: Change) -> None:
        """Note a change of the object of a name, or of a part of it, for the name and all attributes on the way."""
        self._change_attributes(node.value if isinstance(node, ast.Subscript) else node, change)
        root = _root(node)
        if root is not None:
            self._changed.append((root, scope, change))

    def _change_attributes(self, node: ast.AST, change: Change) -> None:
        while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
            if isinstance(node, ast.Attribute):
                known = self._names.attribute_changes.setdefault(node.attr, [])
                if change not in known[-_MOST_CHANGES:]:
                    known.append(change)
            change = Change("other")
            node = node.value

    def for_(self, visit: _Visit) -> None:
        node = visit.node
        assert isinstance(node, ast.For | ast.AsyncFor)  # noqa: S101
        self._loop_names(node.target, node.iter, visit.scope)
        self._push([node.target, node.iter], visit)
        self._push([*node.body, *node.orelse], visit._replace(is_in_loop=True))

    def generator(self, visit: _Visit) -> None:
        node = visit.node
        assert isinstance(node, ast.comprehension)  # noqa: S101
        for name in ast.walk(node.target):
            if isinstance(name, ast.Name):
                visit.scope.bindings.setdefault(name.id, []).append(Binding("other", _place(name)))
        self._loop_names(node.target, node.iter, visit.scope)
        self._push([node.iter, *node.ifs], visit)

    def _loop_names(self, target: ast.expr, iterated: ast.expr, scope: Scope) -> None:
        """The items of a list that are changed in a loop over it change the list."""
        while isinstance(iterated, ast.Call) and len(iterated.args) >= 1:
            iterated = iterated.args[0]
        root = _root(iterated)
        if root is not None:
            for name in ast.walk(target):
                if isinstance(name, ast.Name):
                    self._alias(name.id, root, scope)

    def while_(self, visit: _Visit) -> None:
        self._push(ast.iter_child_nodes(visit.node), visit._replace(is_in_loop=True))

    def with_(self, visit: _Visit) -> None:
        node = visit.node
        assert isinstance(node, ast.With | ast.AsyncWith)  # noqa: S101
        is_expected = visit.is_expected
        for item in node.items:
            is_expected = is_expected or _expects(item.context_expr)
            if isinstance(item.optional_vars, ast.Name):
                binding = Binding("with", _place(item.optional_vars), item.context_expr)
                self._bind(item.optional_vars.id, visit.scope, binding)
            elif item.optional_vars is not None:
                self._push([item.optional_vars], visit)
            self._push([item.context_expr], visit._replace(is_expected=is_expected))
        self._push(node.body, visit._replace(is_expected=is_expected))

    def try_(self, visit: _Visit) -> None:
        node = visit.node
        handlers: list[ast.ExceptHandler] = node.handlers  # type: ignore[attr-defined]
        is_expected = visit.is_expected or any(_names_in(handler.type) & _EXPECTED for handler in handlers)
        for name, value in ast.iter_fields(node):
            self._push(value, visit._replace(is_expected=is_expected if name == "body" else visit.is_expected))

    def handler(self, visit: _Visit) -> None:
        node = visit.node
        assert isinstance(node, ast.ExceptHandler)  # noqa: S101
        if node.name:
            self._bind_unknown(node.name, visit.scope, node)
        self._push([node.type, *node.body], visit)

    def import_(self, visit: _Visit) -> None:
        node = visit.node
        assert isinstance(node, ast.Import)  # noqa: S101
        for alias in node.names:
            name = alias.asname or alias.name.split(".")[0]
            origin = alias.name if alias.asname else name
            bound = visit.scope.bindings.get(name, ())
            if not any(other.kind == "import" and other.origin == origin for other in bound):
                self._bind(name, visit.scope, Binding("import", _place(node), origin=origin))

    def import_from(self, visit: _Visit) -> None:
        node = visit.node
        assert isinstance(node, ast.ImportFrom)  # noqa: S101
        home = "." * node.level + (node.module or "")
        for alias in node.names:
            if alias.name == "*":
                function = visit.scope.function()
                function.star = max(function.star or (0, 0), _place(node))
            else:
                name = alias.asname or alias.name
                binding = Binding("import", _place(node), origin=f"{home}.{alias.name}")
                bound = visit.scope.bindings.get(name, ())
                if not any(other.kind == "import" and other.origin == binding.origin for other in bound):
                    self._bind(name, visit.scope, binding)

    def capture(self, visit: _Visit) -> None:
        node = visit.node
        name = node.rest if isinstance(node, ast.MatchMapping) else getattr(node, "name", None)
        if isinstance(name, str):
            self._bind_unknown(name, visit.scope, node)
        self._push(ast.iter_child_nodes(node), visit)

    def walrus(self, visit: _Visit) -> None:
        node = visit.node
        assert isinstance(node, ast.NamedExpr)  # noqa: S101
        self._assign(node.target, node.value, visit._replace(scope=visit.scope.function()))
        self._push([node.value], visit)

    def call(self, visit: _Visit) -> None:
        node = visit.node
        assert isinstance(node, ast.Call)  # noqa: S101
        self._names.calls.append(CallSite(node, visit.scope, visit.is_expected))
        called = node.func
        if isinstance(called, ast.Attribute) and called.attr in _GROWING | _CHANGING:
            self._method(node, called, visit.scope)
        for argument, value in _arguments_of(node):
            if isinstance(value, ast.Attribute) and _last_name(called) not in _HARMLESS and not value.attr.isupper():
                self._change_attributes(value, Change("other"))
            elif isinstance(value, ast.Name):
                place = _place(node)
                passed = Pass(node, argument, visit.scope, place, visit.is_in_loop)
                self._passed.append((value.id, passed))
        is_expected = visit.is_expected or _expects(node)
        self._push([called, *node.args, *node.keywords], visit._replace(is_expected=is_expected))

    def text(self, visit: _Visit) -> None:
        node = visit.node
        inner = self._names.inside_texts
        if id(node) not in inner:
            # The parts of an f-string that are f-strings again are noted as well, so that none is walked over twice.
            inner.update(id(part) for part in ast.walk(node) if isinstance(part, ast.Call | ast.JoinedStr))
        self._push(ast.iter_child_nodes(node), visit)

    def _method(self, node: ast.Call, called: ast.Attribute, scope: Scope) -> None:
        change = Change("other")
        if isinstance(called.value, ast.Name | ast.Attribute):
            key = node.args[0] if node.args else None
            if called.attr in _GROWING:
                change = Change("grows")
            elif called.attr in {"setdefault", "pop"} and isinstance(key, ast.Constant) and isinstance(key.value, str):
                change = Change("key", key.value)
        if isinstance(called.value, ast.Attribute):
            self._change_attributes(called.value, change)
            self._change_root(called.value.value, scope, Change("other"))
        else:
            self._change_root(called.value, scope, change)


_METHODS: Final = {
    ast.FunctionDef: _Finder.function,
    ast.AsyncFunctionDef: _Finder.function,
    ast.Lambda: _Finder.lambda_,
    ast.ClassDef: _Finder.class_,
    ast.ListComp: _Finder.comprehension,
    ast.SetComp: _Finder.comprehension,
    ast.DictComp: _Finder.comprehension,
    ast.GeneratorExp: _Finder.comprehension,
    ast.comprehension: _Finder.generator,
    ast.Assign: _Finder.assign,
    ast.AnnAssign: _Finder.annotated,
    ast.AugAssign: _Finder.augmented,
    ast.NamedExpr: _Finder.walrus,
    ast.Name: _Finder.name,
    ast.Attribute: _Finder.attribute,
    ast.Subscript: _Finder.subscript,
    ast.For: _Finder.for_,
    ast.AsyncFor: _Finder.for_,
    ast.While: _Finder.while_,
    ast.With: _Finder.with_,
    ast.AsyncWith: _Finder.with_,
    ast.Try: _Finder.try_,
    getattr(ast, "TryStar", ast.Try): _Finder.try_,
    ast.ExceptHandler: _Finder.handler,
    ast.Import: _Finder.import_,
    ast.ImportFrom: _Finder.import_from,
    ast.MatchAs: _Finder.capture,
    ast.MatchStar: _Finder.capture,
    ast.MatchMapping: _Finder.capture,
    ast.Call: _Finder.call,
    ast.JoinedStr: _Finder.text,
}


def _place(node: ast.AST) -> Place:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _end(node: ast.expr) -> Place:
    return node.end_lineno or node.lineno, node.end_col_offset or node.col_offset


def _declare(body: list[ast.stmt], scope: Scope) -> None:
    """Note the names that a function declares as global or nonlocal, which holds for the whole of it."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Global):
            scope.globals.update(node.names)
        elif isinstance(node, ast.Nonlocal):
            scope.nonlocals.update(node.names)
        elif isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case) and not isinstance(
            node, Function | ast.ClassDef
        ):
            waiting += [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.expr)]


def _root(node: ast.AST) -> str | None:
    """Return the name whose object an expression is a part of: `x` for `x["messages"][0].content`."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _arguments_of(node: ast.Call) -> Iterator[tuple[int | str | None, ast.expr]]:
    is_certain = True
    for number, argument in enumerate(node.args):
        if isinstance(argument, ast.Starred):
            is_certain = False
        yield (number if is_certain else None), argument
    for keyword in node.keywords:
        if keyword.arg is not None:
            yield keyword.arg, keyword.value


def chain_of(node: ast.AST) -> list[str] | None:
    """Return the names of `client.messages.create`; calls and items on the way stand with `()` and `[]`.

    None if there is no name at its beginning but, for example, an expression in parentheses: then that is `""`.
    """
    names: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            names.append(node.func.attr + "()")
            node = node.func.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            names.append(node.func.id + "()")
            break
        elif isinstance(node, ast.Subscript | ast.Await | ast.Call):
            node = node.func if isinstance(node, ast.Call) else node.value
            names.append("[]")
        elif isinstance(node, ast.Name):
            names.append(node.id)
            break
        else:
            names.append("")
            break
    return names[::-1]


def _last_name(node: ast.AST | None) -> str:
    if isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _names_in(node: ast.AST | None) -> set[str]:
    """Return the last names of an exception or a tuple of them."""
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return {_last_name(part) for part in parts}


def _expects(node: ast.expr) -> bool:
    """Whether a context manager or call expects an error: `pytest.raises(…)`, `suppress(BadRequestError)`."""
    if not isinstance(node, ast.Call):
        return False
    name = _last_name(node)
    return name in _RAISING or (name == "suppress" and any(_names_in(argument) & _EXPECTED for argument in node.args))


def _is_mark(decorator: ast.expr) -> bool:
    return _last_name(decorator) in _EXPECTED_MARKS

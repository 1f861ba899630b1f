"""Values in Python: what an expression says, as far as it is spelled out."""

# ruff: noqa: SLF001 - the table of a class's methods stands behind the class

from __future__ import annotations

import ast
import math
import operator
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from ..documents.written import MOST_VALUES, Property, UnknownKind, Written
from .placeholders import has_placeholder, is_placeholder
from .python_scopes import AttributeStore, Binding, Change, Names, Scope
from .python_source import ELISION, PythonText

_DEEPEST: Final = 90
"""Levels of expressions within each other, those of followed names included; two calls of functions are one level."""
_MOST_OPERANDS: Final = 1000
"""Parts of the longest sum that is added up."""
_LONGEST: Final = 1 << 20
"""Characters of the longest text that is added up: the sum of a sum of itself would grow without end."""
_UNSENT: Final = frozenset({"NOT_GIVEN", "not_given", "omit", "Omit", "NotGiven", "OMIT"})
"""Names of the SDK for an argument that is not sent."""
_NUMBERS: Final = frozenset({"int", "float", "len", "round", "abs", "sum", "ord"})
_TEXTS: Final = frozenset({"str", "repr", "chr", "format", "dedent", "indent", "fill", "dumps", "cleandoc", "input"})
_TEXT_METHODS: Final = frozenset(
    {
        *("strip", "lstrip", "rstrip", "format", "join", "replace", "lower", "upper", "title", "capitalize", "zfill"),
        *("removeprefix", "removesuffix", "format_map", "ljust", "rjust", "center", "expandtabs", "translate"),
    }
)
_CASTS: Final = frozenset({"cast", "deepcopy", "copy"})
_PARAMETERS: Final = ("MessageCreateParams", "MessageCountTokensParams", "BatchCreateParams")
_ENUMS: Final = frozenset({"Enum", "StrEnum"})


@dataclass(frozen=True, slots=True)
class Site:
    """Where an expression is evaluated: the scope, and the place at which its names are used."""

    scope: Scope
    depth: int = 0


@dataclass(slots=True, eq=False)
class Values:
    """Reads the values of a module."""

    text: PythonText
    names: Names
    is_fragment: bool = False
    elisions: list[int] = field(default_factory=list)
    """For a fragment, where the comments and ellipses start that stand for something left out, in order."""
    ellipses: list[int] = field(default_factory=list)
    """For a fragment, where its ellipses start, in order."""
    _cache: dict[int, Written] = field(default_factory=dict)
    _active: set[int] = field(default_factory=set)
    """The expressions that are being read: one that leads to itself is unknown."""

    def written(self, node: ast.expr, site: Site) -> Written:
        """Return the value of an expression; it is unknown unless it is certain."""
        known = self._cache.get(id(node))
        if known is None:
            if site.depth > _DEEPEST or id(node) in self._active:
                return self._unknown(node)
            self._active.add(id(node))
            known = self._made(node, Site(site.scope, site.depth + 1))
            self._active.discard(id(node))
            self._cache[id(node)] = known
        return known

    def is_unsent(self, node: ast.expr, site: Site) -> bool:
        """Whether an argument is certainly not sent: `NOT_GIVEN`, `anthropic.omit`, `Omit()`."""
        if isinstance(node, ast.Call):
            node = node.func
        if isinstance(node, ast.Attribute):
            return node.attr in _UNSENT
        if not isinstance(node, ast.Name):
            return False
        if node.id in _UNSENT:
            bindings = self.names.bindings(node.id, site.scope)
            return all(binding.kind == "import" for binding in bindings)
        bound = self.followed(node, site)
        return bound is not None and bound[0] is not node and self.is_unsent(bound[0], bound[1])

    def followed(self, node: ast.expr, site: Site) -> tuple[ast.expr, Site] | None:
        """Return the expression that a name or an attribute certainly stands for, but for changes of its object."""
        found = self._followed(node, site)
        return found[:2] if found is not None else None

    def resolved(self, node: ast.expr, site: Site) -> tuple[ast.expr, Site]:
        """Follow an expression through names as far as they lead to unchanged objects."""
        for _ in range(_DEEPEST):
            found = self._followed(node, site)
            if found is None or found[2]:
                break
            node, site = found[0], found[1]
        return node, site

    def _unknown(self, node: ast.expr, kind: UnknownKind = "any") -> Written:
        return Written(self.text.start(node), self.text.end(node), unknown=kind, is_editable=False)

    def _made(self, node: ast.expr, site: Site) -> Written:
        method = _METHODS.get(type(node))
        return self._unknown(node) if method is None else method(self, node, site)

    def _scalar(self, node: ast.expr, value: str | float | None, *, is_editable: bool) -> Written:
        return Written(self.text.start(node), self.text.end(node), value, is_editable=is_editable)

    def _constant(self, node: ast.expr, _: Site) -> Written:
        assert isinstance(node, ast.Constant)  # noqa: S101 - tells mypy what the table says
        value = node.value
        if isinstance(value, str):
            return self._text(node, value, is_editable=self.text.is_plain_text(node))
        if value is None or isinstance(value, bool | int):
            return self._scalar(node, value, is_editable=True)
        if isinstance(value, float):
            return self._scalar(node, value, is_editable=True) if math.isfinite(value) else self._unknown(node)
        return self._unknown(node)

    def _text(self, node: ast.expr, value: str, *, is_editable: bool) -> Written:
        if is_placeholder(value, is_fragment=self.is_fragment):
            return self._unknown(node)
        if self.is_fragment and has_placeholder(value):
            return self._unknown(node, "text")
        try:
            value.encode()
        except UnicodeEncodeError:
            return self._unknown(node, "text")
        return self._scalar(node, value, is_editable=is_editable)

    def _joined(self, node: ast.expr, _: Site) -> Written:
        assert isinstance(node, ast.JoinedStr)  # noqa: S101
        parts = [part.value for part in node.values if isinstance(part, ast.Constant)]
        if len(parts) < len(node.values):
            return self._unknown(node, "text")
        return self._text(node, "".join(map(str, parts)), is_editable=False)

    def _negated(self, node: ast.expr, site: Site) -> Written:
        assert isinstance(node, ast.UnaryOp)  # noqa: S101
        operand = self.written(node.operand, site)
        if isinstance(node.op, ast.Not | ast.Invert):
            return self._unknown(node)
        number = _number(operand)
        if number is None:
            return self._unknown(node, "number" if operand.unknown == "number" else "any")
        is_literal = isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant)
        value = -number if isinstance(node.op, ast.USub) else number
        is_literal = is_literal and self.text.start(node) + 1 == operand.start
        return self._scalar(node, value, is_editable=is_literal)

    def _operation(self, node: ast.expr, site: Site) -> Written:
        assert isinstance(node, ast.BinOp)  # noqa: S101
        # A prompt may be added up from thousands of parts, which nest on the left.
        operands: list[tuple[ast.operator, ast.expr]] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp):
            operands.append((left.op, left.right))
            left = left.left
        if len(operands) > _MOST_OPERANDS:
            return self._unknown(node)
        result = self.written(left, site)
        for sign, right in reversed(operands):
            result = self._combined(node, result, sign, self.written(right, site))
        return result

    def _combined(self, node: ast.expr, left: Written, sign: ast.operator, right: Written) -> Written:
        kinds = left.kind, right.kind
        if isinstance(sign, ast.Add) and "text" in kinds:
            return self._added_text(node, left.value, right.value)
        if isinstance(sign, ast.Mod | ast.Mult) and kinds[0] == "text":
            return self._unknown(node, "text")
        if kinds == ("number", "number"):
            value = _calculated(_number(left), sign, _number(right))
            return self._unknown(node, "number") if value is None else self._scalar(node, value, is_editable=False)
        if isinstance(sign, ast.Add) and "array" in kinds:
            return self._joined_lists(node, [left, right])
        if isinstance(sign, ast.BitOr) and "object" in kinds:
            made = self._object(node)
            for part in (left, right):
                self._merge(made, part)
            return made
        return self._unknown(node, "array" if isinstance(sign, ast.Mult) and kinds[0] == "array" else "any")

    def _added_text(self, node: ast.expr, left: object, right: object) -> Written:
        if not isinstance(left, str) or not isinstance(right, str) or len(left) + len(right) > _LONGEST:
            return self._unknown(node, "text")
        return self._text(node, left + right, is_editable=False)

    def _joined_lists(self, node: ast.expr, parts: Iterable[Written]) -> Written:
        made = Written(self.text.start(node), self.text.end(node), items=[], is_editable=False)
        for part in parts:
            _extend(made, part)
        return made

    def _list(self, node: ast.expr, site: Site) -> Written:
        assert isinstance(node, ast.List | ast.Tuple)  # noqa: S101
        made = Written(self.text.start(node), self.text.end(node), items=[], is_editable=isinstance(node, ast.List))
        items: list[Written] = []
        made.items = items
        for element in node.elts:
            if isinstance(element, ast.Starred):
                _extend(made, self.written(element.value, site))
            elif isinstance(element, ast.Constant) and element.value is ...:
                made.is_open = True
                if len(node.elts) > 1:
                    items.append(self._unknown(element))
            else:
                items.append(self.written(element, site))
        made.is_open = made.is_open or self._has_elision(made)
        return made

    def _set(self, node: ast.expr, _: Site) -> Written:
        assert isinstance(node, ast.Set)  # noqa: S101
        if all(isinstance(element, ast.Constant) and element.value is ... for element in node.elts):
            made = self._object(node)
            made.is_open = True
            return made
        return self._unknown(node)

    def _object(self, node: ast.expr) -> Written:
        return Written(
            self.text.start(node), self.text.end(node), properties={}, is_editable=isinstance(node, ast.Dict)
        )

    def _dict(self, node: ast.expr, site: Site) -> Written:
        assert isinstance(node, ast.Dict)  # noqa: S101
        made = self._object(node)
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None and self.is_fragment and isinstance(value, ast.Name) and value.id == ELISION:
                made.is_open = True
                continue
            if key is None:
                self._merge(made, self.written(value, site))
                continue
            name = key.value if isinstance(key, ast.Constant) else self.written(key, site).value
            if name is ... or (self.is_fragment and name == "..."):
                made.is_open = True
            elif isinstance(name, str):
                self._set_property(made, name, key, value, site)
            else:
                _forget(made)
        made.is_open = made.is_open or self._has_elision(made)
        return made

    def _set_property(self, made: Written, name: str, key: ast.expr, value: ast.expr, site: Site) -> None:
        assert made.properties is not None  # noqa: S101
        # The last one of equal keys counts, and keeps its own place.
        made.properties.pop(name, None)
        written = self._unknown(value) if self.is_unsent(value, site) else self.written(value, site)
        made.properties[name] = Property((self.text.start(key), self.text.end(key)), written)

    def _merge(self, made: Written, other: Written) -> None:
        """Put the properties of another value over those of an object, as `**other` in a dict does."""
        properties = made.properties
        assert properties is not None  # noqa: S101
        if other.properties is None:
            _forget(made)
            return
        if other.is_open:
            _forget(made)
        for name, member in other.properties.items():
            properties.pop(name, None)
            properties[name] = member

    def _has_elision(self, made: Written) -> bool:
        """Whether something is left out within a value of a fragment."""
        return _has_one(self.elisions, made.start, made.end)

    def has_ellipsis(self, start: int, end: int) -> bool:
        """Whether a byte range of a fragment has an ellipsis, or a comment in place of one."""
        return _has_one(self.ellipses, start, end) or _has_one(self.elisions, start, end)

    def arguments(self, node: ast.Call, site: Site) -> Iterator[tuple[str, ast.keyword]]:
        """Yield the keywords of a call that have a name and are sent."""
        for keyword in node.keywords:
            if keyword.arg is not None and not self.is_unsent(keyword.value, site):
                yield keyword.arg, keyword

    def keywords(self, node: ast.Call, site: Site) -> Written:
        """Return the object of the keywords of a call; a name that is passed twice would be an error of Python."""
        made = Written(self.text.start(node), self.text.end(node), properties={}, is_editable=False)
        properties: dict[str, Property] = {}
        made.properties = properties
        for keyword in node.keywords:
            if keyword.arg is None:
                other = self.written(keyword.value, site)
                made.is_open = made.is_open or other.properties is None or other.is_open
                for name, member in (other.properties or {}).items():
                    properties.setdefault(name, member)
        for name, keyword in self.arguments(node, site):
            start = self.text.start(keyword)
            properties[name] = Property((start, start + len(name.encode())), self.written(keyword.value, site))
        if any(isinstance(argument, ast.Starred) or _is_ellipsis(argument) for argument in node.args):
            made.is_open = True
        made.is_open = made.is_open or self._has_elision(made)
        return made

    def _call(self, node: ast.expr, site: Site) -> Written:
        assert isinstance(node, ast.Call)  # noqa: S101
        called = node.func
        if isinstance(called, ast.Attribute):
            return self._method(node, called, site)
        if not isinstance(called, ast.Name):
            return self._unknown(node)
        bindings = self.names.bindings(called.id, site.scope)
        if bindings and not all(binding.kind == "import" for binding in bindings):
            return self._unknown(node)
        origin = bindings[0].origin if bindings else ""
        return self._function(node, origin.rpartition(".")[2] or called.id, origin, site)

    def _function(self, node: ast.Call, name: str, origin: str, site: Site) -> Written:
        if name == "dict" and not origin:
            return self._dict_call(node, site)
        if name in {"list", "tuple"} and not origin:
            return self._list_call(node, site)
        if name in _CASTS and origin and node.args:
            return self.written(node.args[-1], site)
        if (name in _NUMBERS and not origin) or (name in _TEXTS and (not origin or name in {"dedent", "dumps"})):
            return self._unknown(node, "number" if name in _NUMBERS else "text")
        if self._is_parameter_type(name, origin):
            return self._dict_call(node, site)
        return self._unknown(node)

    def _is_parameter_type(self, name: str, origin: str) -> bool:
        """Whether a name is that of one of the SDK's typed dictionaries."""
        if origin and not origin.startswith("anthropic."):
            return False
        is_typed = name.endswith("Param") or name.startswith(_PARAMETERS)
        return is_typed or (name == "Request" and (".types." in origin or (self.is_fragment and not origin)))

    def _method(self, node: ast.Call, called: ast.Attribute, site: Site) -> Written:
        name = called.attr
        if name in _TEXT_METHODS and self.written(called.value, site).kind == "text":
            return self._unknown(node, "text")
        if name == "copy" and not node.args:
            inner = self.written(called.value, site)
            if inner.properties is not None or inner.items is not None:
                return inner
        module = called.value
        while isinstance(module, ast.Attribute):
            module = module.value
        if not isinstance(module, ast.Name):
            return self._unknown(node)
        bindings = self.names.bindings(module.id, site.scope)
        if not bindings or any(binding.kind != "import" for binding in bindings):
            return self._unknown(node)
        origin = f"{bindings[0].origin}.{name}"
        return self._function(node, name, origin, site)

    def _dict_call(self, node: ast.Call, site: Site) -> Written:
        """Return the object of `dict(a=1)`, `dict(other, a=1)`, `MessageParam(role=…)`."""
        made = self.keywords(node, site)
        if not node.args:
            return made
        if len(node.args) > 1 or isinstance(node.args[0], ast.Starred):
            return self._unknown(node, "object")
        first = self.written(node.args[0], site)
        if first.properties is None:
            made.is_open = True
            return made
        if not node.keywords:
            return first
        merged = self._object(node)
        self._merge(merged, first)
        self._merge(merged, made)
        return merged

    def _list_call(self, node: ast.Call, site: Site) -> Written:
        if not node.args and not node.keywords:
            return Written(self.text.start(node), self.text.end(node), items=[], is_editable=False)
        first = self.written(node.args[0], site) if len(node.args) == 1 else None
        return first if first is not None and first.items is not None else self._unknown(node, "array")

    def _comprehension(self, node: ast.expr, site: Site) -> Written:
        assert isinstance(node, ast.ListComp | ast.GeneratorExp)  # noqa: S101
        scope = self.scope_of(node, site.scope)
        item = self.written(node.elt, replace(site, scope=scope))
        return Written(self.text.start(node), self.text.end(node), items=[item], is_open=True, is_editable=False)

    def scope_of(self, node: ast.expr, scope: Scope) -> Scope:
        """Return the scope of a comprehension, whose own names are unknown."""
        inner = Scope("comprehension", node, scope)
        for part in node.generators:  # type: ignore[attr-defined]
            for name in ast.walk(part.target):
                if isinstance(name, ast.Name):
                    inner.bindings.setdefault(name.id, []).append(Binding("other", (0, 0)))
        return inner

    def _dict_comprehension(self, node: ast.expr, _: Site) -> Written:
        return self._unknown(node, "object")

    def _walrus(self, node: ast.expr, site: Site) -> Written:
        assert isinstance(node, ast.NamedExpr)  # noqa: S101
        return self.written(node.value, site)

    def _name(self, node: ast.expr, site: Site) -> Written:
        found = self._followed(node, site)
        if found is None:
            return self._unknown(node)
        value, inner, changes = found
        written = self.written(value, inner)
        return self._changed(node, written, changes) if changes else written

    def _changed(self, node: ast.expr, written: Written, changes: list[Change]) -> Written:
        kind = written.kind
        if kind == "array" and written.items is not None and all(change.kind == "grows" for change in changes):
            return replace(written, is_open=True)
        if kind == "object" and written.properties is not None and all(change.kind == "key" for change in changes):
            properties = dict(written.properties)
            for change in changes:
                old = properties.get(change.key)
                if old is not None:
                    properties[change.key] = Property(old.key, replace(_nothing(old.value)))
            return replace(written, properties=properties, is_open=True)
        if kind in {"array", "object"}:
            return self._unknown(node, kind)
        return written if all(change.kind == "other" for change in changes) else self._unknown(node)

    def _followed(self, node: ast.expr, site: Site) -> tuple[ast.expr, Site, list[Change]] | None:
        if site.depth > _DEEPEST:
            return None
        inner = replace(site, depth=site.depth + 1)
        if isinstance(node, ast.Name):
            return self._followed_name(node, inner)
        if isinstance(node, ast.Attribute):
            return self._followed_attribute(node, inner)
        if isinstance(node, ast.Subscript):
            found = self._followed_item(node, inner)
            return (*found, []) if found is not None else None
        if isinstance(node, ast.NamedExpr):
            return node.value, inner, []
        return None

    def _followed_name(self, node: ast.Name, site: Site) -> tuple[ast.expr, Site, list[Change]] | None:
        place = node.lineno, node.col_offset
        found = self.names.binding(node.id, site.scope, place)
        if found is None or found[0].kind != "value" or not isinstance(found[0].node, ast.expr):
            return None
        changes = self.names.changes(node.id, found[1], site.scope, place)
        return found[0].node, replace(site, scope=found[1]), changes

    def _followed_item(self, node: ast.Subscript, site: Site) -> tuple[ast.expr, Site] | None:
        """Follow `MODELS["fast"]` of a dict that is never changed."""
        container, inner = self.resolved(node.value, site)
        key = node.slice
        if not isinstance(key, ast.Constant) or container is node.value:
            return None
        if (
            isinstance(container, ast.Dict)
            and isinstance(key.value, str)
            and all(isinstance(name, ast.Constant) for name in container.keys)
        ):
            values = [
                value
                for name, value in zip(container.keys, container.values, strict=True)
                if isinstance(name, ast.Constant) and name.value == key.value
            ]
            return (values[-1], inner) if values else None
        if isinstance(container, ast.List | ast.Tuple) and isinstance(key.value, int):
            is_inside = 0 <= key.value < len(container.elts)
            if is_inside and not any(isinstance(element, ast.Starred) for element in container.elts):
                return container.elts[key.value], inner
        return None

    def _followed_attribute(self, node: ast.Attribute, site: Site) -> tuple[ast.expr, Site, list[Change]] | None:
        """Follow `Config.MODEL`, `self.MODEL`, `Model.FAST.value`, and `self.model` that is set once."""
        owner, name = node.value, node.attr
        if name == "value" and isinstance(owner, ast.Attribute) and isinstance(owner.value, ast.Name):
            return self._followed_member(owner.value, owner.attr, site)
        scope = self._owner(owner, site) if isinstance(owner, ast.Name) else None
        if scope is None:
            return None
        changes = self.names.attribute_changes.get(name, [])
        value = self._class_constant(scope, name)
        if value is not None:
            return value, Site(scope, site.depth), [*scope.changes.get(name, ()), *changes]
        store = self._only_store(scope, name)
        if store is None or store.value is None:
            return None
        # Other modules may change the objects of an instance as well.
        may_change = isinstance(store.value, ast.List | ast.Dict | ast.ListComp)
        doubt = [Change("grows" if not isinstance(store.value, ast.Dict) else "key")] if may_change else []
        return store.value, Site(store.scope, site.depth), [*changes, *doubt]

    def _followed_member(self, owner: ast.Name, name: str, site: Site) -> tuple[ast.expr, Site, list[Change]] | None:
        """Follow the `.value` of a member of an enumeration."""
        scope = self._class_of(owner, site)
        if scope is None or not _is_enum(scope):
            return None
        member = self._class_constant(scope, name)
        return (member, Site(scope, site.depth), []) if member is not None else None

    def _owner(self, node: ast.Name, site: Site) -> Scope | None:
        """Return the class that an attribute of a name belongs to, if its values are sent as they are."""
        scope = self._class_of(node, site)
        if scope is None:
            return _class_around(node.id, site.scope)
        return None if _is_enum(scope) and not _is_text_enum(scope) else scope

    def _only_store(self, scope: Scope, name: str) -> AttributeStore | None:
        """Return the only assignment to an attribute in the module, if a method of a class makes it for `self`."""
        stores = self.names.stores.get(name, ())
        if len(stores) != 1 or name in scope.bindings or _class_around(stores[0].owner, stores[0].scope) is not scope:
            return None
        return stores[0]

    def _class_of(self, node: ast.Name, site: Site) -> Scope | None:
        bindings = self.names.bindings(node.id, site.scope)
        return bindings[0].scope if len(bindings) == 1 and bindings[0].kind == "class" else None

    def _class_constant(self, scope: Scope, name: str) -> ast.expr | None:
        """Return the value of a constant of a class; None for a field, which each instance may set otherwise."""
        bindings = scope.bindings.get(name, ())
        if len(bindings) != 1 or bindings[0].kind != "value" or name in self.names.stores:
            return None
        definition, value = scope.node, bindings[0].node
        if not isinstance(definition, ast.ClassDef) or not isinstance(value, ast.expr):
            return None
        is_plain = not definition.bases and not definition.decorator_list
        if not is_plain and not _is_enum(scope) and _is_field(definition, name):
            return None
        return value


_METHODS: Final = {
    ast.Constant: Values._constant,
    ast.JoinedStr: Values._joined,
    ast.UnaryOp: Values._negated,
    ast.BinOp: Values._operation,
    ast.List: Values._list,
    ast.Tuple: Values._list,
    ast.Set: Values._set,
    ast.Dict: Values._dict,
    ast.Call: Values._call,
    ast.ListComp: Values._comprehension,
    ast.GeneratorExp: Values._comprehension,
    ast.DictComp: Values._dict_comprehension,
    ast.NamedExpr: Values._walrus,
    ast.Name: Values._name,
    ast.Attribute: Values._name,
    ast.Subscript: Values._name,
}


def _has_one(places: list[int], start: int, end: int) -> bool:
    number = bisect_left(places, start)
    return number < len(places) and places[number] < end


def _nothing(written: Written) -> Written:
    return Written(written.start, written.end, unknown="any", is_editable=False)


def _forget(made: Written) -> None:
    """Note that something unknown is put over the properties of an object: none of them is certain any more."""
    made.is_open = True
    made.properties = {
        name: Property(member.key, _nothing(member.value)) for name, member in (made.properties or {}).items()
    }


def _extend(made: Written, part: Written) -> None:
    """Append the items of another array, as `*part` does."""
    assert made.items is not None  # noqa: S101
    if part.items is None or len(made.items) + len(part.items) > MOST_VALUES:
        made.items.append(_nothing(part))
        made.is_open = True
        return
    made.items += part.items
    if part.is_open:
        made.items.append(Written(part.start, part.end, unknown="any", is_editable=False))
        made.is_open = True


def _number(written: Written) -> int | float | None:
    value = written.value
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _calculated(left: float | None, sign: ast.operator, right: float | None) -> int | float | None:
    """Return the result of simple arithmetic; None if it is not known, or not simple."""
    calculate = _OPERATORS.get(type(sign))
    if calculate is None or left is None or right is None or max(abs(left), abs(right)) > _LARGEST:
        return None
    try:
        return calculate(left, right)
    except ZeroDivisionError:
        return None


_LARGEST: Final = 1 << 53
"""The largest number that is calculated with."""
_OPERATORS: Final[dict[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Div: operator.truediv,
}


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def _class_around(owner: str, scope: Scope) -> Scope | None:
    """Return the class whose method a scope is in, if a name is the first parameter of that method."""
    here: Scope | None = scope
    while here is not None:
        if here.kind == "function" and owner in here.bindings:
            node, bindings = here.node, here.bindings[owner]
            if here.parent is None or here.parent.kind != "class" or isinstance(node, ast.Lambda) or len(bindings) > 1:
                return None
            arguments = node.args  # type: ignore[attr-defined]
            first = [*arguments.posonlyargs, *arguments.args][:1]
            return here.parent if first and first[0].arg == owner else None
        here = here.parent
    return None


def _bases(scope: Scope) -> set[str]:
    definition = scope.node
    bases = definition.bases if isinstance(definition, ast.ClassDef) else []
    return {base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in bases}


def _is_enum(scope: Scope) -> bool:
    return not _ENUMS.isdisjoint(_bases(scope))


def _is_text_enum(scope: Scope) -> bool:
    """Whether the members of an enumeration are texts themselves."""
    bases = _bases(scope)
    return "StrEnum" in bases or "str" in bases


def _is_field(definition: ast.ClassDef, name: str) -> bool:
    """Whether a class has an annotation for a name that makes it a field: not `Final`, not `ClassVar`."""
    for statement in definition.body:
        if isinstance(statement, ast.AnnAssign) and getattr(statement.target, "id", None) == name:
            words = {getattr(part, "id", getattr(part, "attr", "")) for part in ast.walk(statement.annotation)}
            return words.isdisjoint({"Final", "ClassVar"})
    return False

"""Values of expressions in TypeScript and JavaScript, as far as they are spelled out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ..common.lazy_regex import regex
from ..documents.written import MOST_VALUES, Property, UnknownKind, Written
from .http import HOLE
from .placeholders import has_placeholder, is_placeholder
from .ts_literals import calculated, number_of, text_of
from .ts_names import Declaration, Names
from .ts_syntax import FUNCTIONS, WRAPPERS, Syntax, arguments_of, callee_of, unwrapped, unwrapped_child

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

DEEPEST_VALUE: Final = 90
"""The most nested values and names that are followed; below them all is unknown."""
_LONGEST_NAME: Final = 10_000
"""The most characters of a URL or a header."""
_SLASHES_OF_A_PATH: Final = 4
"""A base URL with as many slashes has a path of its own, which a path from the root replaces."""
_LONGEST_TEXT: Final = 2_000_000
"""The most characters of a text that is put together."""
_LONGEST_CHAIN: Final = 10_000
"""The most operands of one concatenation."""
_CONSTANTS: Final = {"true": True, "false": False, "null": None}
_CALCULATIONS: Final = frozenset({"-", "*", "/", "%", "**", "&", "|", "^", "<<", ">>", ">>>"})
_RESULTS: Final[dict[str, UnknownKind]] = {
    "String": "text",
    "Number": "number",
    "parseInt": "number",
    "parseFloat": "number",
    "Math.": "number",
    "Date.now": "number",
    "JSON.stringify": "text",
    ".map": "array",
    ".filter": "array",
    ".flatMap": "array",
    "Array.from": "array",
    "Array.of": "array",
}
"""What functions return: named alone, with their owner, or whatever their owner is."""
_ELIDES: Final = regex(rb"(?://|/\*)\s*(?:\.\.\.|\xe2\x80\xa6|\[\.\.\.|<\.\.\.)|(?:\.\.\.|\xe2\x80\xa6)\s*(?:\*/)?\s*$")


class Values:
    """Reads the values of one text."""

    def __init__(self, syntax: Syntax, names: Names, *, is_fragment: bool) -> None:
        self._syntax = syntax
        self._names = names
        self._is_fragment = is_fragment
        self._followed: dict[int, Written | None] = {}
        self._busy: set[int] = set()
        self._read = 0
        self._texts: dict[int, str | None] = {}
        # The value stands beside its node, to keep its identity in use.
        self._mapped: dict[int, tuple[Written, Node]] = {}
        self._assigned: dict[tuple[str, bool], list[Node]] = {}
        self._readers: dict[str, Callable[[Node, int], Written | None]] = {
            "string": self._string,
            "template_string": self._template,
            "number": self._number,
            "true": self._constant,
            "false": self._constant,
            "null": self._constant,
            **dict.fromkeys(_NOT_SENT, self._nothing),
            "object": self._object,
            "array": self._array,
            "identifier": self._name,
            "member_expression": self._member,
            "subscript_expression": self._member,
            "unary_expression": self._unary,
            "binary_expression": self._binary,
            "ternary_expression": self._ternary,
            "call_expression": self._called,
            **dict.fromkeys(WRAPPERS, self._wrapped),
        }

    def body(self, node: Node) -> Written:
        """Return the value of a request's body."""
        self._read = 0
        return self.read(node, 0) or self._unknown(node)

    def read(self, node: Node, depth: int) -> Written | None:
        """Return the value of an expression; None if it is not sent, as `undefined`."""
        self._read += 1
        if depth > DEEPEST_VALUE or self._read > MOST_VALUES:
            return self._unknown(node)
        reader = self._readers.get(node.type)
        return reader(node, depth) if reader is not None else self._unknown(node)

    def text(self, node: Node | None, depth: int = 0) -> str | None:
        """Return the text of an expression, with a `HOLE` for each part that is unknown; None if it is not a text."""
        node = unwrapped(node)
        if node is None or depth > DEEPEST_VALUE:
            return None
        if node.id not in self._texts:
            # A name inside itself finds this.
            self._texts[node.id] = None
            text = self._text_of(node, depth)
            self._texts[node.id] = text if text is None or len(text) < _LONGEST_NAME else None
        return self._texts[node.id]

    def _text_of(self, node: Node, depth: int) -> str | None:
        if node.type == "template_string":
            return self._filled(node, depth)
        if node.type == "binary_expression":
            parts = self._operands(node) if self._operator(node) == "+" else None
            texts = [self.text(part, depth + 1) for part in parts or []]
            return "".join(HOLE if text is None else text for text in texts) if any(texts) else None
        if node.type == "identifier":
            declaration = self._names.resolve(node)
            is_known = declaration is not None and declaration.kind == "value" and not declaration.is_changed
            return self.text(declaration.node, depth + 1) if declaration is not None and is_known else None
        if node.type == "new_expression":
            return self._url(node, depth)
        value = self.read(node, depth)
        return value.value if value is not None and value.unknown is None and isinstance(value.value, str) else None

    def _url(self, node: Node, depth: int) -> str | None:
        """Return the text of `new URL(text)` or `new URL(path, base)`."""
        constructor, arguments = node.child_by_field_name("constructor"), arguments_of(node)
        if constructor is None or self._text(constructor) != "URL":
            return None
        texts = [self.text(argument, depth + 1) for argument in arguments[:2]]
        if len(texts) == 1 or None in texts:
            return texts[0] if len(texts) == 1 else None
        path, base = (text or "" for text in texts)
        return base.rstrip("/") + path if path.startswith("/") and base.count("/") < _SLASHES_OF_A_PATH else None

    def value_node(self, node: Node | None) -> Node | None:
        """Return the expression that a name stands for, or the expression itself, without casts."""
        for _ in range(DEEPEST_VALUE):
            node = unwrapped(node)
            if node is None or node.type != "identifier":
                return node
            declaration = self._names.resolve(node)
            if declaration is None or declaration.kind != "value" or declaration.is_changed:
                return node
            node = declaration.node
        return None

    def shorthand(self, node: Node) -> Written | None:
        """Return the value of a property that only has a name: of `model` in `{ model }`."""
        return self._name(node, 0)

    def shorthand_node(self, node: Node) -> Node | None:
        """Return the expression that such a name stands for."""
        declaration = self._names.resolve(node)
        if declaration is None or declaration.kind != "value" or declaration.is_changed:
            return None
        return self.value_node(declaration.node)

    def items_made(self, written: Written) -> Written:
        """Return an array that `map` makes with its one item, if its function returns a literal."""
        _, returned = self._mapped.get(id(written), (None, None))
        item = self.read(returned, 1) if returned is not None else None
        if item is None:
            return written
        return Written(written.start, written.end, items=[item], is_open=True, is_editable=False)

    def _text(self, node: Node) -> str:
        return self._syntax.text(node).decode("utf-8", "replace")

    def _unknown(self, node: Node, kind: UnknownKind = "any") -> Written:
        return Written(node.start_byte, node.end_byte, unknown=kind, is_editable=False)

    def _number(self, node: Node, _depth: int) -> Written:
        number = number_of(self._text(node))
        return self._unknown(node, "number") if number is None else _scalar(node, number)

    def _constant(self, node: Node, _depth: int) -> Written:
        return _scalar(node, _CONSTANTS[node.type])

    def _nothing(self, _node: Node, _depth: int) -> None:
        """Return None: `undefined` and functions are not sent."""

    def _wrapped(self, node: Node, depth: int) -> Written | None:
        inner = unwrapped_child(node)
        return self.read(inner, depth + 1) if inner is not None else self._unknown(node)

    def _stands_in(self, text: str) -> bool:
        """Whether a text stands for another one, or has a part that does."""
        return is_placeholder(text, is_fragment=self._is_fragment) or (self._is_fragment and has_placeholder(text))

    def _string(self, node: Node, _depth: int = 0) -> Written:
        text = text_of(self._text(node)[1:-1])
        if text is None or self._stands_in(text):
            return self._unknown(node, "text")
        return _scalar(node, text)

    def _template(self, node: Node, _depth: int) -> Written:
        if any(child.type == "template_substitution" for child in node.named_children):
            return self._unknown(node, "text")
        inner = self._text(node)[1:-1]
        # A template has the line ends of its language, whatever those of the file are.
        text = text_of(inner.replace("\r\n", "\n").replace("\r", "\n"))
        if text is None or self._stands_in(text):
            return self._unknown(node, "text")
        return _scalar(node, text, is_editable="\\" not in inner and "\n" not in inner)

    def _filled(self, node: Node, depth: int) -> str | None:
        parts: list[str] = []
        done = node.start_byte + 1
        for child in node.named_children:
            if child.type == "template_substitution":
                parts.append(self._syntax.data[done : child.start_byte].decode("utf-8", "replace"))
                inner = child.named_children[0] if child.named_children else None
                text = self.text(inner, depth + 1)
                parts.append(HOLE if text is None else text)
                done = child.end_byte
        parts.append(self._syntax.data[done : node.end_byte - 1].decode("utf-8", "replace"))
        return text_of("".join(parts))

    def _name(self, node: Node, depth: int) -> Written | None:
        declaration = self._names.resolve(node)
        if declaration is None:
            return self._unknown(node)
        return self._followed_value(declaration, node, depth)

    def _followed_value(self, declaration: Declaration, use: Node, depth: int) -> Written | None:
        """Return the value that a declaration gives to its name."""
        if declaration.kind == "enum":
            return self._unknown(use) if declaration.is_changed else self._enum(declaration.node)
        if declaration.kind != "value":
            return self._unknown(use)
        key = declaration.offset
        if key in self._busy:
            return self._unknown(use)
        if declaration.is_changed:
            literal = unwrapped(declaration.node)
            kind = literal.type if literal is not None and _is_constant(declaration, self._syntax) else ""
            return self._unknown(use, "array" if kind == "array" else "object" if kind == "object" else "any")
        if key not in self._followed:
            self._busy.add(key)
            try:
                value = self.read(declaration.node, depth + 1)
            finally:
                self._busy.discard(key)
            if value is not None and declaration.is_shared and (value.items is not None or value.properties):
                value = replace(value, is_open=True)
            self._followed[key] = value
        return self._followed[key]

    def _enum(self, node: Node) -> Written:
        properties: dict[str, Property] = {}
        body = node.child_by_field_name("body")
        for child in body.named_children if body is not None else []:
            name = child.child_by_field_name("name") if child.type == "enum_assignment" else child
            value = child.child_by_field_name("value") if child.type == "enum_assignment" else None
            key = self._key(name) if name is not None else None
            if key is None or name is None:
                continue
            made = self.read(value, 1) if value is not None else None
            properties[key] = Property(
                (name.start_byte, name.end_byte), made if made is not None else self._unknown(child, "number")
            )
        return Written(node.start_byte, node.end_byte, properties=properties, is_editable=False)

    def _member(self, node: Node, depth: int) -> Written | None:
        holder = unwrapped(node.child_by_field_name("object"))
        step = self._step(node, depth)
        if holder is None or step is None:
            return self._unknown(node)
        if holder.type == "this":
            return self._field(self._class_around(node.start_byte), step, node, depth, is_outside=False)
        declaration = self._names.resolve(holder) if holder.type == "identifier" else None
        if declaration is not None and declaration.kind == "class" and not declaration.is_changed:
            return self._field(declaration.node, step, node, depth, is_outside=True)
        whole = self.read(holder, depth + 1) if holder.type in _HOLDERS else None
        if whole is not None and whole.properties is not None and isinstance(step, str) and step in whole.properties:
            return whole.properties[step].value
        if whole is not None and whole.items is not None and isinstance(step, int) and not whole.is_open:
            return whole.items[step] if 0 <= step < len(whole.items) else self._unknown(node)
        return self._unknown(node)

    def _step(self, node: Node, depth: int) -> str | int | None:
        """Return the name or index of a member; None if it is not known."""
        if node.type == "member_expression":
            last = node.child_by_field_name("property")
            return self._text(last) if last is not None else None
        index = node.child_by_field_name("index")
        found = self.read(index, depth + 1) if index is not None else None
        value = found.value if found is not None and found.unknown is None else None
        return value if isinstance(value, str | int) else None

    def _class_around(self, offset: int) -> Node | None:
        """Return the class that `this` is one of."""
        path = self._syntax.path(offset) or []
        for index in range(len(path) - 1, 0, -1):
            node, above = path[index], path[index - 1]
            if node.type == "class_body":
                return above
            if node.type in _OWN_THIS or (node.type == "method_definition" and above.type == "object"):
                return None
        return None

    def _field(self, class_: Node | None, name: object, use: Node, depth: int, *, is_outside: bool) -> Written | None:
        """Return the value of a field of a class that is never given another one."""
        body = class_.child_by_field_name("body") if class_ is not None else None
        if body is None or not isinstance(name, str):
            return self._unknown(use)
        fields = [child for child in body.named_children if child.type == "public_field_definition"]
        found = [
            child
            for child in fields
            if (key := child.child_by_field_name("name")) is not None and self._text(key) == name
        ]
        value = found[0].child_by_field_name("value") if len(found) == 1 else None
        if value is None or value.start_byte in self._busy:
            return self._unknown(use)
        words = {child.type for child in found[0].children} | {
            self._text(child) for child in found[0].children if child.type == "accessibility_modifier"
        }
        is_certain = bool(words & {"readonly", "static", "private"}) or name.startswith("#")
        if not is_certain or (is_outside and "static" not in words) or self.is_field_assigned(name):
            return self._unknown(use)
        self._busy.add(value.start_byte)
        try:
            return self.read(value, depth + 1)
        finally:
            self._busy.discard(value.start_byte)

    def is_field_assigned(self, name: str) -> bool:
        """Whether `….name` is assigned anywhere, or something in it is changed."""
        return bool(self.assignments(name, may_change=True)) or self._names.is_everywhere(name.encode())

    def assignments(self, name: str, *, may_change: bool = False) -> list[Node]:
        """Return the values that are assigned to `….name`; with `may_change`, other changes of it as well."""
        key = name, may_change
        if key not in self._assigned:
            self._assigned[key] = self._assignments(name, may_change=may_change)
        return self._assigned[key]

    def _assignments(self, name: str, *, may_change: bool) -> list[Node]:
        found: list[Node] = []
        for offset in self._names.places(name.encode("utf-8", "replace")):
            path = self._syntax.path(offset)
            if path is None or path[-1].type not in {"property_identifier", "private_property_identifier"}:
                continue
            index = len(path) - 2
            if index < 1 or path[index].type != "member_expression":
                continue
            above = path[index - 1]
            if above.type == "assignment_expression" and above.child_by_field_name("left") == path[index]:
                right = above.child_by_field_name("right")
                found += [right] if right is not None else []
            elif may_change and above.type in {"augmented_assignment_expression", "update_expression"}:
                found.append(above)
            elif may_change and above.type in {"member_expression", "subscript_expression"}:
                last = above.child_by_field_name("property")
                outer = path[index - 2] if index > 1 else above
                is_called = outer.type == "call_expression" and last is not None
                is_set = outer.type in {"assignment_expression", "augmented_assignment_expression"}
                if (is_called and last is not None and self._syntax.text(last) in _CHANGING) or (
                    is_set and outer.child_by_field_name("left") == above
                ):
                    found.append(above)
        return found

    def _ternary(self, node: Node, depth: int) -> Written:
        sides = [node.child_by_field_name("consequence"), node.child_by_field_name("alternative")]
        return self._either(node, sides, depth)

    def _unary(self, node: Node, depth: int) -> Written | None:
        operator = self._operator(node)
        argument = node.child_by_field_name("argument")
        if operator == "void":
            return None
        if argument is None or operator not in {"-", "+"}:
            return self._unknown(node, "text" if operator == "typeof" else "any")
        value = self.read(argument, depth + 1)
        if value is None or value.unknown is not None or not _is_number(value):
            return self._unknown(node, "number")
        number = calculated(operator, 0, value.value)  # type: ignore[arg-type]
        return _scalar(node, number, is_editable=argument.type == "number")

    def _operator(self, node: Node) -> str:
        operator = node.child_by_field_name("operator")
        return self._text(operator) if operator is not None else ""

    def _operands(self, node: Node) -> list[Node] | None:
        """Return the operands of a chain of one operator; it is nested to the left, once for each of them."""
        operator = self._operator(node)
        found: list[Node] = []
        inner: Node | None = node
        while inner is not None and inner.type == "binary_expression" and self._operator(inner) == operator:
            right = inner.child_by_field_name("right")
            if right is None or len(found) > _LONGEST_CHAIN:
                return None
            found.append(right)
            inner = inner.child_by_field_name("left")
        if inner is None:
            return None
        return [inner, *reversed(found)]

    def _binary(self, node: Node, depth: int) -> Written | None:
        operator = self._operator(node)
        if operator in {"??", "||"}:
            return self._either(node, [node.child_by_field_name("left"), node.child_by_field_name("right")], depth)
        if operator != "+" and operator not in _CALCULATIONS:
            return self._unknown(node)
        operands = self._operands(node)
        if operands is None:
            return self._unknown(node)
        values = [self.read(operand, depth + 1) for operand in operands]
        whole = values[0]
        for value in values[1:]:
            whole = self._joined(node, operator, whole, value)
        return whole if whole is not None else self._unknown(node)

    def _joined(self, node: Node, operator: str, left: Written | None, right: Written | None) -> Written:
        if left is None or right is None:
            return self._unknown(node, "any" if operator == "+" else "number")
        if left.unknown is None and right.unknown is None:
            if operator == "+" and isinstance(left.value, str) and isinstance(right.value, str):
                if len(left.value) + len(right.value) > _LONGEST_TEXT:
                    return self._unknown(node, "text")
                return _scalar(node, left.value + right.value, is_editable=False)
            if _is_number(left) and _is_number(right):
                number = calculated(operator, left.value, right.value)  # type: ignore[arg-type]
                return self._unknown(node, "number") if number is None else _scalar(node, number, is_editable=False)
        if operator != "+":
            return self._unknown(node, "number")
        return self._unknown(node, "text" if "text" in {left.kind, right.kind} else "any")

    def _either(self, node: Node, sides: list[Node | None], depth: int) -> Written:
        """Return one of several values: no more is known of it than the kind they share."""
        values = [self.read(side, depth + 1) if side is not None else None for side in sides]
        kinds = {"any" if value is None else value.kind for value in values}
        return self._unknown(node, kinds.pop() if len(kinds) == 1 else "any")

    def _called(self, node: Node, depth: int) -> Written | None:
        function = callee_of(node)
        if function is None:
            return self._unknown(node)
        if function.type == "identifier":
            return self._unknown(node, _RESULTS.get(self._text(function), "any"))
        if function.type != "member_expression" or function.child_by_field_name("optional_chain") is not None:
            return self._unknown(node)
        last, holder = function.child_by_field_name("property"), function.child_by_field_name("object")
        method = self._text(last) if last is not None else ""
        owner = self._text(holder) if holder is not None and holder.type == "identifier" else ""
        arguments = arguments_of(node)
        if owner == "Object" and method in {"freeze", "seal"} and len(arguments) == 1:
            return self.read(arguments[0], depth + 1)
        if method in {"map", "from"} and arguments and (owner == "Array" or method == "map"):
            return self._mapped_array(node, arguments[-1])
        kind = _RESULTS.get(f"{owner}.{method}") or _RESULTS.get(f"{owner}.") or _RESULTS.get(f".{method}", "any")
        return self._unknown(node, kind)

    def _mapped_array(self, node: Node, function: Node) -> Written:
        made = self._unknown(node, "array")
        returned = _returned(function)
        if returned is not None:
            self._mapped[id(made)] = made, returned
        return made

    def _key(self, node: Node) -> str | None:
        """Return the name that a key of an object spells out; None if it is computed."""
        kind = node.type
        if kind == "string":
            return text_of(self._text(node)[1:-1])
        if kind == "number":
            number = number_of(self._text(node))
            return str(int(number)) if number is not None and number == int(number) else None
        if kind == "computed_property_name":
            inner = node.named_children[0] if node.named_children else node
            return self._key(inner) if inner.type in {"string", "number"} else None
        return self._text(node) if kind in {"property_identifier", "private_property_identifier"} else None

    def _object(self, node: Node, depth: int) -> Written:
        made = Written(node.start_byte, node.end_byte, properties={})
        comments = 0
        for child in node.named_children:
            kind = child.type
            if kind == "pair":
                self._pair(child, made, depth)
            elif kind in {"shorthand_property_identifier", "identifier"}:
                self._shorthand(child, made, depth)
            elif kind == "spread_element":
                self._spread(child, made, depth)
            elif kind == "method_definition":
                name = child.child_by_field_name("name")
                key = self._key(name) if name is not None else None
                if key is None or name is None:
                    made.is_open = True
                else:
                    is_getter = any(token.type in {"get", "set"} for token in child.children)
                    _set(made, key, _property(name, self._unknown(child)) if is_getter else None)
            elif kind == "comment":
                comments += 1
                made.is_open |= self._is_elided(child)
            else:
                made.is_open = True
        if self._is_fragment and comments and not made.properties:
            made.is_open = True
        return made

    def _is_elided(self, comment: Node) -> bool:
        return self._is_fragment and _ELIDES.search(self._syntax.text(comment)) is not None

    def _pair(self, pair: Node, made: Written, depth: int) -> None:
        name, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
        key = self._key(name) if name is not None else None
        if name is None or value is None or key is None:
            made.is_open = True
            return
        place = name.named_children[0] if name.type == "computed_property_name" else name
        if key == "__proto__" and name.type != "computed_property_name":
            # This one sets what the object inherits from.
            made.is_open = True
            return
        if self._syntax.is_elision(value):
            _set(made, key, Property((place.start_byte, place.end_byte), self._unknown(value)))
            return
        _set(made, key, _property(place, self.read(value, depth + 1)))

    def _shorthand(self, node: Node, made: Written, depth: int) -> None:
        if self._syntax.is_elision(node):
            made.is_open = True
            return
        _set(made, self._text(node), _property(node, self._name(node, depth + 1)))

    def _spread(self, spread: Node, made: Written, depth: int) -> None:
        inner = unwrapped(spread.named_children[0]) if spread.named_children else None
        if inner is None:
            made.is_open = True
            return
        made.is_editable = False
        sides = _conditional(inner, self._operator(inner))
        if sides is None:
            self._merge(made, self.read(inner, depth + 1))
            return
        made.is_open = True
        for side in sides:
            value = self.read(side, depth + 1)
            if value is None or (value.unknown is None and value.properties is None):
                # `...undefined` and `...false` add nothing.
                continue
            if value.unknown is not None or value.is_open:
                _forget(made)
            for name, member in (value.properties or {}).items():
                found = (made.properties or {}).get(name, member)
                _set(made, name, Property(found.key, _forgotten(found.value)))

    def _merge(self, made: Written, value: Written | None) -> None:
        if value is None or (value.unknown is None and value.properties is None and value.items is None):
            return
        if value.unknown is not None or value.is_open or value.items is not None:
            made.is_open = True
            _forget(made)
        self._read += len(value.properties or ())
        for name, member in (value.properties or {}).items():
            _set(made, name, member)

    def _array(self, node: Node, depth: int) -> Written:
        items: list[Written] = []
        made = Written(node.start_byte, node.end_byte, items=items)
        comments = 0
        is_after_comma = True
        for child in node.children:
            kind = child.type
            if kind == ",":
                if is_after_comma:
                    items.append(self._unknown(child))
                is_after_comma = True
            elif kind == "comment":
                comments += 1
                made.is_open |= self._is_elided(child)
            elif kind in {"[", "]"}:
                continue
            elif self._syntax.is_elision(child):
                is_after_comma = False
                made.is_open = True
                if any(other.start_byte > child.start_byte for other in node.named_children[-1:]):
                    items.append(self._unknown(child))
            else:
                is_after_comma = False
                self._item(child, made, items, depth)
        if self._is_fragment and comments and not items:
            made.is_open = True
        return made

    def _item(self, child: Node, made: Written, items: list[Written], depth: int) -> None:
        if child.type != "spread_element":
            value = self.read(child, depth + 1)
            items.append(value if value is not None else self._unknown(child))
            return
        made.is_editable = False
        inner = child.named_children[0] if child.named_children else None
        value = self.read(inner, depth + 1) if inner is not None else None
        if value is not None and value.items is not None and not value.is_open:
            self._read += len(value.items)
            if self._read <= MOST_VALUES:
                items.extend(value.items)
                return
        items.append(self._unknown(child))
        made.is_open = True


_NOT_SENT: Final = frozenset({"undefined", "arrow_function", "function_expression", "generator_function"})
"""Values that JSON does not have: `JSON.stringify` leaves out their properties."""
_HOLDERS: Final = frozenset({"identifier", "member_expression", "subscript_expression", "object", "array"})
_OWN_THIS: Final = frozenset(
    {"function_declaration", "function_expression", "generator_function", "generator_function_declaration"}
)
"""Functions with a `this` of their own."""
_CHANGING: Final = frozenset({b"push", b"unshift", b"splice", b"pop", b"shift", b"sort", b"reverse", b"fill"})


def _scalar(node: Node, value: str | float | None, *, is_editable: bool = True) -> Written:
    return Written(node.start_byte, node.end_byte, value, is_editable=is_editable)


def _is_number(value: Written) -> bool:
    return isinstance(value.value, int | float) and not isinstance(value.value, bool)


def _property(key: Node, value: Written | None) -> Property | None:
    return Property((key.start_byte, key.end_byte), value) if value is not None else None


def _set(made: Written, name: str, member: Property | None) -> None:
    """Set a property; without a value, it is not sent."""
    properties = made.properties if made.properties is not None else {}
    if member is None:
        properties.pop(name, None)
    else:
        properties[name] = member


def _forgotten(value: Written) -> Written:
    return Written(value.start, value.end, unknown="any", is_editable=False)


def _forget(made: Written) -> None:
    """Make the values of all properties unknown: something later may have replaced them."""
    for name, member in (made.properties or {}).items():
        _set(made, name, Property(member.key, _forgotten(member.value)))


def _conditional(node: Node, operator: str) -> list[Node] | None:
    """Return the values one of which an expression has; None if it is not conditional."""
    if node.type == "ternary_expression":
        sides = [node.child_by_field_name("consequence"), node.child_by_field_name("alternative")]
    elif node.type == "binary_expression" and operator == "&&":
        sides = [node.child_by_field_name("right")]
    elif node.type == "binary_expression" and operator in {"??", "||"}:
        sides = [node.child_by_field_name("left"), node.child_by_field_name("right")]
    else:
        return None
    return [side for side in sides if side is not None]


def _is_constant(declaration: Declaration, syntax: Syntax) -> bool:
    """Whether a name always stands for the same array or object, whatever is put into it."""
    path = syntax.path(declaration.offset)
    declarations = [node for node in path or [] if node.type == "lexical_declaration"]
    return bool(declarations) and syntax.text(declarations[-1]).startswith(b"const")


def _returned(function: Node) -> Node | None:
    """Return the object literal that a function returns, if that is all it returns."""
    if function.type not in FUNCTIONS:
        return None
    body = unwrapped(function.child_by_field_name("body"))
    if body is not None and body.type == "statement_block":
        returns = [child for child in body.named_children if child.type == "return_statement"]
        if len(returns) != 1 or (body.text or b"").count(b"return") != 1 or not returns[0].named_children:
            return None
        body = unwrapped(returns[0].named_children[0])
    return body if body is not None and body.type == "object" else None

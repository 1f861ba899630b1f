"""Syntax trees of TypeScript and JavaScript, by tree-sitter.

A node's own `parent` is searched from the root each time, so ancestors come from one cursor that is moved along.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from ..common.errors import MissingParserError
from ..common.lazy_regex import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node, Parser

Grammar = Literal["typescript", "tsx"]

DEEPEST: Final = 400
"""The most ancestors of a node that is looked at; written code stays below 100, minified bundles below 300."""
MOST_UNPARSED: Final = 1000
"""The most tokens of an error of syntax that are looked at."""
WRAPPERS: Final = frozenset(
    {
        "parenthesized_expression",
        "as_expression",
        "satisfies_expression",
        "non_null_expression",
        "type_assertion",
        "instantiation_expression",
    }
)
"""Expressions with the value of the expression inside them."""
FUNCTIONS: Final = frozenset(
    {
        "arrow_function",
        "function_declaration",
        "function_expression",
        "generator_function",
        "generator_function_declaration",
        "method_definition",
        "function_signature",
        "method_signature",
        "abstract_method_signature",
        "function_type",
        "constructor_type",
        "call_signature",
        "construct_signature",
    }
)
"""Nodes that have parameters."""

_ELISION: Final = regex(rb"\.\.\.|\xe2\x80\xa6")
_NAME: Final = regex(rb"[A-Za-z_$\x80-\xff][\w$\x80-\xff]*")
_IN_NAME: Final = regex(rb"[\w$\x80-\xff]")
_SPACE: Final = regex(rb"\s*")
_CLOSERS: Final = b",;)]}"
_NEXT_MEMBER: Final = regex(rb"""(?:[\w$-]+|"[^"\n]*"|'[^'\n]*')\s*:|[{"'`\[]""")


class Syntax:
    """The syntax tree of one source text."""

    def __init__(self, data: bytes, grammar: Grammar, *, is_fragment: bool = False) -> None:
        """Parse a text; it may have errors.

        Args:
            data: The text, UTF-8.
            grammar: `"tsx"` reads JSX, `"typescript"` the old casts (`<T>x`).
            is_fragment: Whether `...` may stand for something that is left out.
        """
        self.data = data
        self.elisions: frozenset[int] = frozenset()
        parsed = data
        if is_fragment:
            parsed, self.elisions = _without_elisions(data)
        # The tree holds the root's nodes.
        self._tree = _parser(grammar).parse(parsed)
        self.root = self._tree.root_node
        self._cursor = self.root.walk()
        self._path: list[Node] = [self.root]

    def text(self, node: Node) -> bytes:
        """Return the text of a node."""
        return self.data[node.start_byte : node.end_byte]

    def path(self, offset: int) -> list[Node] | None:
        """Return the nodes around a byte, from the root to the token that holds it.

        None if there are too many, or no token.
        """
        path = self._path
        cursor = self._cursor
        while len(path) > 1 and not path[-1].start_byte <= offset < path[-1].end_byte:
            path.pop()
            cursor.goto_parent()
        while len(path) < DEEPEST:
            if _is_shambles(path[-1]):
                return None
            if cursor.goto_first_child_for_byte(offset) is None:
                break
            node = cursor.node
            if node is None or not node.start_byte <= offset < node.end_byte:
                cursor.goto_parent()
                break
            path.append(node)
        return path[:] if 1 < len(path) < DEEPEST else None

    def is_elision(self, node: Node) -> bool:
        """Whether a node is a `...` that stands for something left out."""
        return node.start_byte in self.elisions


def _is_shambles(node: Node) -> bool:
    """Whether a node holds what could not be parsed, and much of it.

    Its children are one long list, which is searched from its start: all others are kept in balanced trees.
    """
    return node.type == "ERROR" and node.child_count > MOST_UNPARSED


def unwrapped(node: Node | None) -> Node | None:
    """Return the expression inside parentheses, casts and the like; None if there is none."""
    while node is not None and node.type in WRAPPERS:
        inner = [child for child in node.named_children if child.type not in {"comment", "type_arguments"}]
        node = inner[0] if inner else None
    return node


def without_wrappers(path: list[Node], index: int) -> int:
    """Return the index in `path` of the outermost wrapper around `path[index]`, or `index`."""
    while index > 0 and path[index - 1].type in WRAPPERS and unwrapped_child(path[index - 1]) == path[index]:
        index -= 1
    return index


def unwrapped_child(wrapper: Node) -> Node | None:
    """Return the expression directly inside a wrapper."""
    for child in wrapper.named_children:
        if child.type not in {"comment", "type_arguments"}:
            return child
    return None


def arguments_of(call: Node) -> list[Node]:
    """Return the arguments of a call or of `new`."""
    arguments = call.child_by_field_name("arguments")
    if arguments is None or arguments.type != "arguments":
        return []
    return [child for child in arguments.named_children if child.type != "comment"]


def callee_of(call: Node) -> Node | None:
    """Return the function of a call, without casts around it."""
    return unwrapped(call.child_by_field_name("function"))


def _without_elisions(data: bytes) -> tuple[bytes, frozenset[int]]:
    """Return a text with names of the same length in place of `...` that are not spreads, and where they stand.

    Only the parser sees this text: values are read from the original, so `...` in strings stays as it is.
    """
    places: list[int] = []
    pieces: list[bytes] = []
    done = 0
    for match in _ELISION.finditer(data):
        end = match.end()
        space = _SPACE.match(data, end)
        following = space.end() if space else end
        if following >= len(data) or data[following] in _CLOSERS or data[following : following + 2] == b"//":
            name = b"$_$"
        elif b"\n" not in data[end:following]:
            continue
        elif _NEXT_MEMBER.match(data, following) or _ELISION.match(data, following):
            name = b"$_,"
        else:
            name = b"$_$"
        places.append(match.start())
        pieces += [data[done : match.start()], name]
        done = end
    pieces.append(data[done:])
    return b"".join(pieces), frozenset(places)


@lru_cache(maxsize=2)
def _parser(grammar: Grammar) -> Parser:
    # tree-sitter is an extra, and takes 20 ms to import: only a file with a call needs it.
    try:
        import tree_sitter
        import tree_sitter_typescript
    except ImportError as error:
        raise MissingParserError from error
    languages: dict[Grammar, Callable[[], object]] = {
        "typescript": tree_sitter_typescript.language_typescript,
        "tsx": tree_sitter_typescript.language_tsx,
    }
    return tree_sitter.Parser(tree_sitter.Language(languages[grammar]()))


def indexed(data: bytes) -> dict[bytes, list[int]]:
    """Return the offsets of all names of a text, wherever they stand."""
    found: dict[bytes, list[int]] = {}
    for match in _NAME.finditer(data):
        found.setdefault(match[0], []).append(match.start())
    return found


def occurrences(data: bytes, name: bytes) -> Iterator[int]:
    """Yield the offsets of a name in a text, wherever it stands."""
    name = name.lstrip(b"#")
    # A pattern that begins with the name is searched 10 times as fast as one that first looks at the byte before.
    for match in re.finditer(re.escape(name) + rb"(?![\w$\x80-\xff])", data):
        if not _IN_NAME.match(data, match.start() - 1, match.start()):
            yield match.start()

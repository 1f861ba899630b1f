"""Calls in TypeScript that are meant to fail: in tests, and where the API's refusal is shown."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from ..common.lazy_regex import regex
from .ts_syntax import FUNCTIONS, WRAPPERS, Syntax, callee_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from .ts_names import Declaration, Names

_FAILING: Final = frozenset(
    {"rejects", "throws", "throwsAsync", "rejectsAsync", "assertRejects", "assertThrows", "assertThrowsAsync"}
)
"""Functions that pass if what they are given fails: those of node:assert, ava, tap, Deno."""
_FAILED: Final = frozenset(
    {
        "rejects",
        "rejected",
        "rejectedWith",
        "throw",
        "toThrow",
        "toThrowError",
        "toThrowErrorMatchingInlineSnapshot",
        "toThrowErrorMatchingSnapshot",
        "toThrowWithMessage",
    }
)
"""What `expect(…)` is followed by if it expects a failure."""
_REFUSAL: Final = regex(rb"BadRequestError|invalid_request_error")
_EXPECTED: Final = regex(rb"@ts-expect-error")


class Intent:
    """Tells which calls of a text are refused on purpose."""

    def __init__(self, syntax: Syntax, names: Names) -> None:
        self._syntax = syntax
        self._names = names
        self._type_errors = [match.start() for match in _EXPECTED.finditer(syntax.data)]
        self._may_catch = _REFUSAL.search(syntax.data) is not None
        self._caught: dict[int, bool] = {}
        self._expected: dict[bytes, list[Declaration]] = {}

    def is_refused_on_purpose(self, path: list[Node], index: int) -> bool:
        """Whether the call `path[index]` is there to fail."""
        call = path[index]
        return (
            self._is_type_error(call)
            or self._is_expected_to_fail(path, index)
            or self._is_refusal_caught(path, index)
            or self._is_name_expected_to_fail(path, index)
        )

    def _is_type_error(self, call: Node) -> bool:
        """Whether `@ts-expect-error` stands on the line before a call, or inside it."""
        if not self._type_errors:
            return False
        data = self._syntax.data
        line = data.rfind(b"\n", 0, call.start_byte) + 1
        before = data.rfind(b"\n", 0, max(0, line - 1)) + 1
        return bisect_left(self._type_errors, before) < bisect_left(self._type_errors, call.end_byte)

    def _is_expected_to_fail(self, path: list[Node], index: int) -> bool:
        """Whether something that expects a failure is given this."""
        for number in range(index - 1, 0, -1):
            if path[number].type != "arguments" or path[number - 1].type != "call_expression":
                continue
            name = self._called(path[number - 1])
            if name in _FAILING:
                return True
            if name == "expect" and self._is_failure_asserted(path, number - 1):
                return True
        return False

    def _is_failure_asserted(self, path: list[Node], index: int) -> bool:
        """Whether the chain of names behind `expect(…)` is one of a failure."""
        names: set[str] = set()
        for number in range(index - 1, 0, -1):
            above = path[number]
            if above.type == "member_expression" and above.child_by_field_name("object") == path[number + 1]:
                last = above.child_by_field_name("property")
                names.add(self._syntax.text(last).decode("utf-8", "replace") if last is not None else "")
            elif above.type != "call_expression" or above.child_by_field_name("function") != path[number + 1]:
                break
        return not names.isdisjoint(_FAILED) and "not" not in names and "resolves" not in names

    def _is_refusal_caught(self, path: list[Node], index: int) -> bool:
        """Whether the refusal is caught by its own name: `catch (e) { if (e instanceof BadRequestError) …`."""
        if not self._may_catch:
            return False
        for number in range(index - 1, 0, -1):
            above, below = path[number], path[number + 1]
            handler: Node | None = None
            if above.type == "try_statement" and above.child_by_field_name("body") == below:
                handler = above.child_by_field_name("handler")
            elif above.type == "member_expression" and path[number - 1].type == "call_expression":
                is_handled = self._called(path[number - 1]) in {"catch", "then"}
                handler = path[number - 1].child_by_field_name("arguments") if is_handled else None
            if handler is not None and self._names_refusal(handler):
                return True
        return False

    def _names_refusal(self, handler: Node) -> bool:
        if handler.id not in self._caught:
            self._caught[handler.id] = _REFUSAL.search(self._syntax.text(handler)) is not None
        return self._caught[handler.id]

    def _is_name_expected_to_fail(self, path: list[Node], index: int) -> bool:
        """Whether the call, or a function that does nothing else, has a name that is expected to fail."""
        for number in range(index - 1, 0, -1):
            above = path[number]
            if above.type == "variable_declarator":
                name = above.child_by_field_name("name")
                return name is not None and name.type == "identifier" and self._is_expected(name)
            if above.type not in WRAPPERS | FUNCTIONS | {
                "await_expression",
                "statement_block",
                "return_statement",
                "expression_statement",
                "member_expression",
                "call_expression",
            }:
                return False
        return False

    def _is_expected(self, name: Node) -> bool:
        declaration = self._names.resolve(name)
        text = self._syntax.text(name)
        if text not in self._expected:
            paths = [self._syntax.path(offset) for offset in self._names.places(text)]
            found = [
                self._names.resolve(path[-1])
                for path in paths
                if path is not None and path[-1].type == "identifier" and self._is_expected_to_fail(path, len(path) - 1)
            ]
            self._expected[text] = [each for each in found if each is not None]
        return declaration in self._expected[text]

    def _called(self, call: Node) -> str:
        function = callee_of(call)
        if function is not None and function.type == "member_expression":
            function = function.child_by_field_name("property")
        return self._syntax.text(function).decode("utf-8", "replace") if function is not None else ""

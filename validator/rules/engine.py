"""The engine: one walk over a request that hands its parts to the rules that want them."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from .node import Known, Node, Request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..findings import Finding
    from ..pointer import Path
    from .rule import Rule

_TOOLS: Final = "/tools/*"
_MESSAGES: Final = "/messages/*"
_BLOCKS: Final = "/messages/*/content/*"

_NOTHING: Final = Known()

Handlers = tuple["Rule", ...]


class Engine:
    """A set of rules, sorted once by the places they want, so that a place no rule wants costs nothing."""

    def __init__(self, rules: Iterable[Rule], *, tool_types: Iterable[str], block_types: Iterable[str]) -> None:
        """Sort `rules`; the types are all there are, so that the patterns of rules can be resolved now.

        Raises:
            ValueError: when a rule wants a place that the walk does not visit.
        """
        by_place: dict[str, list[Rule]] = {}
        for rule in rules:
            for place in rule.on:
                by_place.setdefault(place, []).append(rule)
        self._root: Handlers = tuple(by_place.pop("", ()))
        self._tools = _by_type(by_place.pop(_TOOLS, []), tool_types)
        self._messages: Handlers = tuple(by_place.pop(_MESSAGES, ()))
        self._blocks = _by_type(by_place.pop(_BLOCKS, []), block_types)
        self._properties: dict[str, Handlers] = {}
        for place, handlers in by_place.items():
            name = place.removeprefix("/")
            if not place.startswith("/") or "/" in name:
                msg = f"{handlers[0].id} wants {place!r}, which the walk does not visit"
                raise ValueError(msg)
            self._properties[name] = tuple(handlers)

    def run(self, body: Any, known: Known = _NOTHING, path: Path = ()) -> list[Finding]:
        """Run the rules over the body of one request, however malformed, and return what they find.

        `known` is what is known beside the body, `path` where the body stands in its document.
        """
        if not isinstance(body, dict):
            return []
        request = Request(body, known, path)
        if self._root:
            _call(self._root, body, path, request)
        for name in body:
            handlers = self._properties.get(name)
            if handlers:
                _call(handlers, body[name], (*path, name), request)
        if self._tools:
            self._walk_tools(body, path, request)
        if self._messages or self._blocks:
            self._walk_messages(body, path, request)
        return request.findings

    def _walk_tools(self, body: dict[str, Any], path: Path, request: Request) -> None:
        for index, tool in enumerate(_items(body, "tools")):
            handlers = self._tools.get(_tag(tool, "custom"))
            if handlers:
                _call(handlers, tool, (*path, "tools", index), request)

    def _walk_messages(self, body: dict[str, Any], path: Path, request: Request) -> None:
        blocks = self._blocks
        for index, message in enumerate(_items(body, "messages")):
            if self._messages:
                _call(self._messages, message, (*path, "messages", index), request)
            if blocks and isinstance(message, dict):
                for position, block in enumerate(_items(message, "content")):
                    handlers = blocks.get(_tag(block, ""))
                    if handlers:
                        _call(handlers, block, (*path, "messages", index, "content", position), request)


def _call(handlers: Handlers, value: Any, path: Path, request: Request) -> None:
    node = Node(value, path, request)
    for rule in handlers:
        request.rule = rule
        rule.check(node, request)


def _items(holder: dict[str, Any], key: str) -> list[Any] | tuple[Any, ...]:
    items = holder.get(key)
    return items if isinstance(items, (list, tuple)) else ()


def _tag(value: Any, default: str) -> str:
    tag = value.get("type") if isinstance(value, dict) else ""
    return tag if isinstance(tag, str) else default


def _by_type(rules: list[Rule], types: Iterable[str]) -> dict[str, Handlers]:
    """Resolve the patterns of the rules that want a place with many types of things."""
    if not rules:
        return {}
    sorted_rules = {
        tag: tuple(rule for rule in rules if not rule.types or any(fnmatchcase(tag, want) for want in rule.types))
        for tag in types
    }
    return {tag: handlers for tag, handlers in sorted_rules.items() if handlers}

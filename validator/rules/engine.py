"""The engine: one walk over a request that hands its parts to the rules that want them."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from ..facts import model_named
from .node import Known, Node, Request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..findings import Finding
    from ..pointer import Path
    from .rule import Rule

_TOOLS: Final = "/tools/*"
_SYSTEM: Final = "/system/*"
_MESSAGES: Final = "/messages/*"
_BLOCKS: Final = "/messages/*/content/*"
_BLOCKS_AT_ANY_DEPTH: Final = "/messages/*/content/**"

_INSIDE: Final[Mapping[str, tuple[str, ...]]] = {
    "tool_result": ("content",),
    "mcp_tool_result": ("content",),
    "search_result": ("content",),
    "document": ("source", "content"),
    "web_fetch_tool_result": ("content", "content"),
    "tool_search_tool_result": ("content", "tool_references"),
}
"""Where a block holds further blocks, by its type."""

_NOTHING: Final = Known()

Handlers = tuple["Rule", ...]


class Engine:
    """A set of rules, sorted by the places they want, so that a place no rule wants costs nothing."""

    def __init__(self, rules: Iterable[Rule], *, tool_types: Iterable[str], block_types: Iterable[str]) -> None:
        """Take `rules`; the types are all there are, so that the patterns of rules can be resolved ahead.

        Raises:
            ValueError: when a rule wants a place that the walk does not visit.
        """
        self._rules = tuple(rules)
        self._tool_types = frozenset(tool_types)
        self._block_types = frozenset(block_types)
        self._plans: dict[tuple[str, str | None], _Plan] = {}
        _Plan(self._rules, self._tool_types, self._block_types)

    def run(self, body: Any, known: Known = _NOTHING, path: Path = ()) -> list[Finding]:
        """Run the rules over the body of one request, however malformed, and return what they find.

        `known` is what is known beside the body, `path` where the body stands in its document.
        """
        if not isinstance(body, dict):
            return []
        name = body.get("model")
        model = model_named(name) if isinstance(name, str) else None
        key = (known.endpoint, model.id if model else None)
        plan = self._plans.get(key)
        if plan is None:
            rules = (rule for rule in self._rules if rule.applies(known.endpoint, model))
            plan = self._plans[key] = _Plan(rules, self._tool_types, self._block_types)
        request = Request(body, known, path)
        plan.walk(request)
        return request.findings


class _Plan:
    """The rules that can be broken by requests for one endpoint to one model, by the places they want."""

    def __init__(self, rules: Iterable[Rule], tool_types: Iterable[str], block_types: Iterable[str]) -> None:
        by_place: dict[str, list[Rule]] = {}
        for rule in rules:
            for place in rule.on:
                by_place.setdefault(place, []).append(rule)
        self._root: Handlers = tuple(by_place.pop("", ()))
        self._tools = _by_type(by_place.pop(_TOOLS, []), tool_types)
        self._system: Handlers = tuple(by_place.pop(_SYSTEM, ()))
        self._messages: Handlers = tuple(by_place.pop(_MESSAGES, ()))
        anywhere = by_place.pop(_BLOCKS_AT_ANY_DEPTH, [])
        self._blocks = _by_type([*by_place.pop(_BLOCKS, []), *anywhere], block_types)
        self._inner_blocks = _by_type(anywhere, block_types)
        self._inside = _INSIDE if self._inner_blocks else {}
        self._properties: dict[str, Handlers] = {}
        for place, handlers in by_place.items():
            name = place.removeprefix("/")
            if not place.startswith("/") or "/" in name:
                msg = f"{handlers[0].id} wants {place!r}, which the walk does not visit"
                raise ValueError(msg)
            self._properties[name] = tuple(handlers)

    def walk(self, request: Request) -> None:
        """Hand the parts of a request to the rules."""
        body, path = request.body, request.path
        if self._root:
            _call(self._root, body, path, request)
        for name in body:
            handlers = self._properties.get(name)
            if handlers:
                _call(handlers, body[name], (*path, name), request)
        if self._tools:
            for index, tool in enumerate(_items(body, "tools")):
                handlers = self._tools.get(_tag(tool, "custom"))
                if handlers:
                    _call(handlers, tool, (*path, "tools", index), request)
        if self._system:
            for index, block in enumerate(_items(body, "system")):
                _call(self._system, block, (*path, "system", index), request)
        if self._messages or self._blocks:
            self._walk_messages(body, path, request)

    def _walk_messages(self, body: dict[str, Any], path: Path, request: Request) -> None:
        blocks, inside = self._blocks, self._inside
        for index, message in enumerate(_items(body, "messages")):
            if self._messages:
                _call(self._messages, message, (*path, "messages", index), request)
            if blocks and isinstance(message, dict):
                for position, block in enumerate(_items(message, "content")):
                    tag = _tag(block, "")
                    handlers = blocks.get(tag)
                    if handlers:
                        _call(handlers, block, (*path, "messages", index, "content", position), request)
                    if tag in inside:
                        self._walk_inside(block, (*path, "messages", index, "content", position), request)

    def _walk_inside(self, block: Any, path: Path, request: Request) -> None:
        """Hand over the blocks inside a block, and those inside of them."""
        holders: list[tuple[Any, Path]] = [(block, path)]
        while holders:
            value, at = holders.pop()
            steps = self._inside.get(_tag(value, ""), ())
            for step in steps:
                value = value.get(step) if isinstance(value, dict) else None
                at = (*at, step)
            inner = enumerate(value) if isinstance(value, (list, tuple)) else [(None, value)] if steps else []
            for index, item in inner:
                place = at if index is None else (*at, index)
                handlers = self._inner_blocks.get(_tag(item, ""))
                if handlers:
                    _call(handlers, item, place, request)
                if _tag(item, "") in self._inside:
                    holders.append((item, place))


def _call(handlers: Handlers, value: Any, path: Path, request: Request) -> None:
    node = None
    for rule in handlers:
        if rule.when is None or rule.when(value):
            if node is None:
                node = Node(value, path, request)
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

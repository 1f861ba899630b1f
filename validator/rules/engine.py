"""The engine: one walk over a request that hands its parts to the rules that want them."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from ..facts import model_named
from .node import Known, Node, Request
from .turns import ROLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..findings import Finding
    from ..pointer import Path
    from .rule import Rule

_ROOT: Final = ""
_CONVERSATION: Final = "/messages"
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
        self._once_seen = [
            (rule, frozenset(_matching(rule.types, (*block_types, *ROLES))))
            for rule in by_place.get(_CONVERSATION, [])
            if rule.types
        ]
        by_place[_CONVERSATION] = [rule for rule in by_place.get(_CONVERSATION, []) if not rule.types]
        self._root: Handlers = tuple(by_place.pop(_ROOT, ()))
        self._tools = _by_type(by_place.pop(_TOOLS, []), tool_types)
        self._system: Handlers = tuple(by_place.pop(_SYSTEM, ()))
        of_messages = by_place.pop(_MESSAGES, [])
        self._messages = _by_type(of_messages, ROLES)
        self._other_messages: Handlers = tuple(rule for rule in of_messages if not rule.types)
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
        self._walk_messages(body, (*path, "messages"), request)

    def _walk_messages(self, body: dict[str, Any], path: Path, request: Request) -> None:
        of_role, of_others = self._messages, self._other_messages
        seen: set[str] = set()
        for index, message in enumerate(_items(body, "messages")):
            role = message.get("role") if isinstance(message, dict) else None
            handlers = of_others
            if isinstance(role, str):
                seen.add(role)
                handlers = of_role.get(role, of_others)
            if handlers:
                _call(handlers, message, (*path, index), request)
            content = message.get("content") if isinstance(message, dict) else None
            if isinstance(content, (list, tuple)):
                self._walk_blocks(content, (*path, index, "content"), request, seen)
        handlers = tuple(rule for rule, wanted in self._once_seen if not wanted.isdisjoint(seen))
        if handlers:
            _call(handlers, body["messages"], path, request)

    def _walk_blocks(self, blocks: Sequence[Any], path: Path, request: Request, seen: set[str]) -> None:
        """Hand over the blocks of a message, and note their types in `seen`."""
        of_type, inside = self._blocks, self._inside
        for index, block in enumerate(blocks):
            tag = block.get("type") if isinstance(block, dict) else None
            if isinstance(tag, str):
                seen.add(tag)
                if tag in of_type:
                    _call(of_type[tag], block, (*path, index), request)
                if tag in inside:
                    self._walk_inside(block, (*path, index), request)

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
        tag: tuple(rule for rule in rules if not rule.types or _matching(rule.types, (tag,))) for tag in types
    }
    return {tag: handlers for tag, handlers in sorted_rules.items() if handlers}


def _matching(patterns: tuple[str, ...], types: Iterable[str]) -> list[str]:
    return [tag for tag in types if any(fnmatchcase(tag, pattern) for pattern in patterns)]

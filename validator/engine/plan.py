"""Plans: the rules that can apply to some requests, by the places that they want, and the walk to those places."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from ..common.unknown import NotKnownError, PartialArray, is_unknown
from .request import Node, Request
from .vocabulary import INSIDE, ROLES, USUAL, inner_blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ..common.pointer import Path
    from .finding import Finding
    from .index import Look
    from .rule import Rule
    from .setup import SetupLook

ROOT: Final = ""
CONVERSATION: Final = "/messages"
TOOLS: Final = "/tools/*"
SYSTEM: Final = "/system/*"
MESSAGES: Final = "/messages/*"
BLOCKS: Final = "/messages/*/content/*"
BLOCKS_AT_ANY_DEPTH: Final = "/messages/*/content/**"
"""The places that a rule can want, beside the settings: the body, its messages as a whole, and their parts."""
ARRAYS: Final = ("/tools", "/system", "/messages")
"""The properties of the body that are arrays of parts, not settings."""
MOST_PLANS: Final = 512
"""Most plans that are kept for one set of rules, or for one setup."""

_IN_MESSAGES: Final = 4
"""When the walk comes to the messages: after all else."""

Handlers = tuple["Rule", ...]

Seen = TypeVar("Seen")
"""What a look sees: an index, or the view of a setup."""


# Why plans: most rules cannot apply to most requests. Deciding that inside each rule would be simpler to read, but a
# valid agent request would cost 4.7 times as much in the engine (183 µs instead of 39), and one of ten thousand
# messages 2.7 times.
class Plan:
    """Rules by the places they want, for requests to which all of them can apply."""

    def __init__(
        self, rules: list[tuple[Rule, tuple[str, ...]]], tool_types: frozenset[str], block_types: frozenset[str]
    ) -> None:
        self.rules = rules
        self.is_empty = not rules
        self._types = tool_types, block_types
        self._parts: dict[frozenset[Rule], Plan] = {}
        self._narrower: dict[tuple[Look | SetupLook, ...], Plan] = {}
        self.looks: tuple[Look, ...] = _distinct(rule.skip_if for rule, _ in rules)
        self.setup_looks: tuple[SetupLook, ...] = _distinct(rule.skip_if_setup for rule, _ in rules)
        by_place: dict[str, list[Rule]] = {}
        for rule, places in rules:
            for place in places:
                by_place.setdefault(place, []).append(rule)
        self._last: Handlers = tuple(rule for rule in by_place.get(CONVERSATION, []) if rule.types)
        by_place[CONVERSATION] = [rule for rule in by_place.get(CONVERSATION, []) if not rule.types]
        self._root: Handlers = tuple(by_place.pop(ROOT, ()))
        self._tools = _by_type(by_place.pop(TOOLS, []), tool_types)
        self._system: Handlers = tuple(by_place.pop(SYSTEM, ()))
        of_messages = by_place.pop(MESSAGES, [])
        self._messages = _by_type(of_messages, ROLES)
        self._other_messages: Handlers = tuple(rule for rule in of_messages if not rule.types)
        anywhere = by_place.pop(BLOCKS_AT_ANY_DEPTH, [])
        self._blocks = _by_type([*by_place.pop(BLOCKS, []), *anywhere], block_types)
        self._inner_blocks = _by_type(anywhere, block_types)
        self._inside = INSIDE if self._inner_blocks else {}
        self._enters_messages = bool(self._messages or self._other_messages or self._blocks)
        self._enters_all = bool(self._messages or self._other_messages) or not USUAL.isdisjoint(self._blocks)
        self._properties: dict[str, Handlers] = {}
        for place, handlers in by_place.items():
            if handlers:
                self._properties[place.removeprefix("/")] = tuple(handlers)
        self.reads_unusual: Final = not (
            self._enters_all or self._root or self._last or self._properties or self._tools or self._system
        )
        """Whether the rules are handed nothing but the messages with other blocks than usual."""

    @cached_property
    def least(self) -> Plan:
        """The plan without any rule that a look can skip."""
        return self.without(self.looks)

    def without(self, looks: Sequence[Look | SetupLook]) -> Plan:
        """Return the plan without the rules of some looks."""
        if not looks:
            return self
        key = tuple(looks)
        plan = self._narrower.get(key)
        if plan is None:
            rules = [
                (rule, places)
                for rule, places in self.rules
                if rule.skip_if not in key and rule.skip_if_setup not in key
            ]
            plan = self._narrower[key] = Plan(rules, *self._types)
        return plan

    def of_rules(self, rules: frozenset[Rule]) -> Plan:
        """Return the plan of some of its rules."""
        plan = self._parts.get(rules)
        if plan is None:
            kept = [(rule, places) for rule, places in self.rules if rule in rules]
            plan = self._parts[rules] = Plan(kept, *self._types)
        return plan

    def rank_of(self, finding: Finding) -> tuple[int, int]:
        """Return the rank of a finding's rule in the order in which the walk asks the rules."""
        return self._ranks.get(finding.rule, (-1, 0))

    @cached_property
    def _ranks(self) -> dict[Rule, tuple[int, int]]:
        ranks = {}
        for number, (rule, places) in enumerate(self.rules):
            phase = min(map(_phase_of, places))
            # The rules on messages are asked message by message: what they find stays in its order.
            ranks[rule] = (phase, number) if phase < _IN_MESSAGES else (_IN_MESSAGES, 0)
        return ranks

    def walk(self, request: Request, unusual: list[int]) -> None:  # noqa: C901 - one branch for each place
        """Hand the parts of a request to the rules; `unusual` are the messages with other blocks than usual."""
        body, path = request.body, request.path
        if self._root:
            _call(self._root, body, path, request)
        if self._properties:
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
        if self._enters_messages:
            self._walk_messages(body, (*path, "messages"), request, unusual)
        if self._last and _items(body, "messages"):
            _call(self._last, body["messages"], (*path, "messages"), request)

    def walk_known(self, request: Request) -> None:
        """Hand the known parts of a request to the rules."""
        body, path = request.body, request.path
        _call(self._root, body, path, request)
        for name, handlers in self._properties.items():
            value = dict.get(body, name)
            if handlers and dict.__contains__(body, name) and not is_unknown(value):
                _call(handlers, value, (*path, name), request)
        for index, tool in _known_items(body, "tools"):
            _call(self._tools.get(_known_tag(tool, "custom"), ()), tool, (*path, "tools", index), request)
        for index, block in _known_items(body, "system"):
            _call(self._system, block, (*path, "system", index), request)
        for index, message in _known_items(body, "messages"):
            self._walk_known_message(message, (*path, "messages", index), request)
        messages = dict.get(body, "messages")
        if not is_unknown(messages) and isinstance(messages, (list, tuple)):
            _call(self._last, messages, (*path, "messages"), request)

    def _walk_known_message(self, message: Any, path: Path, request: Request) -> None:
        try:
            role = message.get("role") if isinstance(message, dict) else None
        except NotKnownError:
            return
        handlers = self._messages.get(role, self._other_messages) if isinstance(role, str) else self._other_messages
        _call(handlers, message, path, request)
        for index, block in _known_items(message, "content"):
            place = (*path, "content", index)
            tag = _known_tag(block, "")
            _call(self._blocks.get(tag, ()), block, place, request)
            if tag in self._inside:
                try:
                    self._walk_inside(block, place, request)
                except NotKnownError:
                    continue

    def _walk_messages(self, body: dict[str, Any], path: Path, request: Request, unusual: list[int]) -> None:
        of_role, of_others, of_type = self._messages, self._other_messages, self._blocks
        messages = _items(body, "messages")
        for index in range(len(messages)) if self._enters_all else dict.fromkeys(unusual):
            message = messages[index]
            if not isinstance(message, dict):
                if of_others:
                    _call(of_others, message, (*path, index), request)
                continue
            role = message.get("role")
            handlers = of_role.get(role, of_others) if isinstance(role, str) else of_others
            if handlers:
                _call(handlers, message, (*path, index), request)
            content = message.get("content")
            if of_type and isinstance(content, (list, tuple)):
                self._walk_blocks(content, (*path, index, "content"), request)

    def _walk_blocks(self, blocks: Sequence[Any], path: Path, request: Request) -> None:
        """Hand over the blocks of a message, and those nested in them."""
        of_type, inside = self._blocks, self._inside
        for index, block in enumerate(blocks):
            tag = block.get("type") if isinstance(block, dict) else None
            if isinstance(tag, str):
                if tag in of_type:
                    _call(of_type[tag], block, (*path, index), request)
                if tag in inside:
                    self._walk_inside(block, (*path, index), request)

    def _walk_inside(self, block: Any, path: Path, request: Request) -> None:
        """Hand over the blocks nested in a block, at any depth."""
        holders: list[tuple[Any, Path]] = [(block, path)]
        while holders:
            value, at = holders.pop()
            for item, steps in inner_blocks(value):
                place = (*at, *steps)
                handlers = self._inner_blocks.get(_tag(item, ""))
                if handlers:
                    _call(handlers, item, place, request)
                if _tag(item, "") in INSIDE:
                    holders.append((item, place))


def walk_alone(rule: Rule, places: Iterable[str], request: Request) -> None:
    """Hand the parts of a request at some places to one rule; not those in its messages."""
    body = request.body
    for place in places:
        name = place.split("/")[1] if place else ""
        if place == ROOT:
            _call((rule,), body, (), request)
        elif place in {TOOLS, SYSTEM}:
            for index, item in _known_items(body, name):
                if place == SYSTEM or not rule.types or _matches(rule.types, _tag(item, "custom")):
                    _call((rule,), item, (name, index), request)
        elif dict.__contains__(body, name):
            _call((rule,), dict.__getitem__(body, name), (name,), request)


def _phase_of(place: str) -> int:
    """Return when the walk comes to a place."""
    if place == ROOT:
        return 0
    return {TOOLS: 2, SYSTEM: 3}.get(place, _IN_MESSAGES if place.startswith(CONVERSATION) else 1)


def _distinct(looks: Iterable[Callable[[Seen], bool] | None]) -> tuple[Callable[[Seen], bool], ...]:
    return tuple(dict.fromkeys(look for look in looks if look is not None))


def _call(handlers: Handlers, value: Any, path: Path, request: Request) -> None:
    node = None
    for rule in handlers:
        try:
            if rule.if_value is None or rule.if_value(value):
                if node is None:
                    node = Node(value, path, request)
                request.rule = rule
                rule.check(node, request)
        except NotKnownError:  # noqa: PERF203 - what it has found until here holds whatever the unknown value is
            request.asked_unknown = True
        except Exception as error:  # noqa: BLE001 - a bug in one rule must not take the report with it
            request.failed(rule, error)


def _items(holder: dict[str, Any], key: str) -> list[Any] | tuple[Any, ...]:
    items = holder.get(key)
    return items if isinstance(items, (list, tuple)) else ()


def _tag(value: Any, default: str) -> str:
    tag = value.get("type") if isinstance(value, dict) else ""
    return tag if isinstance(tag, str) else default


def _known_items(holder: Any, key: str) -> Iterator[tuple[int, Any]]:
    """Yield the known items of an array, with their indices."""
    items = dict.get(holder, key) if isinstance(holder, dict) else None
    if not is_unknown(items) and isinstance(items, (list, tuple)):
        for index, item in items.numbered() if isinstance(items, PartialArray) else enumerate(items):
            if not is_unknown(item):
                yield index, item


def _known_tag(value: Any, default: str) -> str:
    """Return the type of a tool or block; an empty string if it is unknown."""
    try:
        return _tag(value, default)
    except NotKnownError:
        return ""


def _by_type(rules: list[Rule], types: frozenset[str]) -> dict[str, Handlers]:
    """Resolve the type patterns of rules: the rules for each type."""
    sorted_rules: dict[str, list[Rule]] = {}
    for rule in rules:
        for tag in among(rule.types, types) if rule.types else types:
            sorted_rules.setdefault(tag, []).append(rule)
    return {tag: tuple(handlers) for tag, handlers in sorted_rules.items()}


@lru_cache(maxsize=4096)
def among(patterns: tuple[str, ...], types: frozenset[str]) -> frozenset[str]:
    """Return the types that match one of some patterns."""
    found = types.intersection(patterns)
    globs = tuple(pattern for pattern in patterns if "*" in pattern)
    return found.union(tag for tag in types if _matches(globs, tag)) if globs else found


@lru_cache(maxsize=4096)
def _matches(patterns: tuple[str, ...], tag: str) -> bool:
    return any(tag == pattern or ("*" in pattern and _fits(tag, pattern)) for pattern in patterns)


def _fits(tag: str, pattern: str) -> bool:
    """Whether a type fits a pattern with stars; `fnmatch` would compile an expression for each pattern."""
    start, *between, end = pattern.split("*")
    if len(tag) < len(start) + len(end) or not tag.startswith(start) or not tag.endswith(end):
        return False
    rest = tag[len(start) : len(tag) - len(end)]
    for part in between:
        _, found, rest = rest.partition(part)
        if not found:
            return False
    return True

"""The engine: one walk over a request that hands its parts to the rules that want them."""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final

from ..schema.projection import PLATFORMS
from .frames import Frame, Frames
from .internal import raise_in_tests
from .node import Known, Node, Request
from .outline import INSIDE, Look, Outline, inner_blocks
from .turns import ROLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ..facts import Model
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

_NOTHING: Final = Known()
_MOST_PLANS: Final = 512

_ARRAYS: Final = ("/tools", "/system", "/messages")
"""The properties of the body that are more than a setting."""

_TYPED: Final = {_TOOLS, _MESSAGES, _BLOCKS, _BLOCKS_AT_ANY_DEPTH, _CONVERSATION}
"""The places that have many types of things."""
_PLACES: Final = {_ROOT, _TOOLS, _SYSTEM, _MESSAGES, _BLOCKS, _BLOCKS_AT_ANY_DEPTH, *_ARRAYS}
"""The places that are no settings."""

Handlers = tuple["Rule", ...]


class Engine:
    """A set of rules, sorted by the places they want, so that a rule which no part of a request concerns costs nothing.

    For each kind of request that comes there is a plan: of the rules for its endpoint and its model those that its
    words do not rule out. What is known of all but the messages is kept for the next request, which mostly brings the
    same.
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        *,
        tool_types: Iterable[str],
        block_types: Iterable[str],
        platform: str = PLATFORMS[0],
    ) -> None:
        """Take `rules`; the types are all there are, so that the patterns of rules can be resolved ahead.

        Raises:
            ValueError: when a rule wants a place that the walk does not visit.
        """
        self._tool_types = frozenset(tool_types)
        self._block_types = frozenset(block_types)
        self._platform = platform
        every_rule = tuple(rules)
        for rule in every_rule:
            for place in rule.on:
                if place not in _PLACES and not _is_setting(place):
                    msg = f"{rule.id} wants {place!r}, which the walk does not visit"
                    raise ValueError(msg)
        self._rules = [
            (rule, frozenset(rule.words), {place: self._signs_of(place, rule) for place in rule.on})
            for rule in every_rule
        ]
        self._telling = frozenset[str]().union(
            *(words for _, words, _ in self._rules),
            *(signs for _, _, places in self._rules for signs in places.values() if signs is not None),
        )
        self._on_settings: dict[str, list[tuple[str, Callable[[Any], bool] | None]]] = {}
        for rule in every_rule:
            for place in rule.on:
                if _is_setting(place):
                    name = place.removeprefix("/")
                    self._on_settings.setdefault(name, []).append((_sign_of_setting(name, rule), rule.when))
        self.frames: Final = Frames(self._framed)
        self._plans: dict[tuple[str, tuple[str, str] | None, frozenset[str]], _Plan] = {}

    def run(self, body: Any, known: Known = _NOTHING, path: Path = ()) -> list[Finding]:
        """Run the rules over the body of one request, however malformed, and return what they find.

        `known` is what is known beside the body, `path` where the body stands in its document.
        """
        return self.run_over(self.outline_of(body, known), path) if isinstance(body, dict) else []

    def outline_of(self, body: dict[str, Any], known: Known, frame: Frame | None = None) -> Outline:
        """Take a first look at the body of a request; `frame` is what stands around its messages, if that is known."""
        return Outline(body, known, frame or self.frames.of(body))

    def run_over(self, outline: Outline, path: Path) -> list[Finding]:
        """Run the rules over the body that an outline is of, and return what they find."""
        body, known, frame = outline.body, outline.known, outline.frame
        key = (known.endpoint, self._telling.intersection(outline.words))
        plan = frame.plans.get(key)
        if plan is None:
            plan = self._plan_for(outline)
            if len(frame.plans) >= _MOST_PLANS:
                frame.plans.clear()
            frame.plans[key] = plan
        try:
            looks = [look for look in plan.looks if look(outline)]
        except Exception:  # noqa: BLE001 - a bug in one look must not take the report with it
            looks = [look for look in plan.looks if _tells(look, outline)]
        plan = plan.least if len(looks) == len(plan.looks) else plan.without(looks)
        if plan.is_empty:
            return []
        request = Request(body, known, path, frame.model)
        plan.walk(request)
        return request.findings

    def _plan_for(self, outline: Outline) -> _Plan:
        """Plan for all requests with the same around their messages, and with the same words in these."""
        endpoint, model = outline.known.endpoint, outline.frame.model
        words = self._telling.intersection(outline.words) | outline.frame.words
        key = (endpoint, (model.id, model.platform) if model else None, words)
        plan = self._plans.get(key)
        if plan is None:
            plan = self._planned(
                (rule, tuple(place for place, signs in places.items() if signs is None or not signs.isdisjoint(words)))
                for rule, needed, places in self._rules
                if _applies(rule, endpoint, model) and (not needed or not needed.isdisjoint(words))
            )
            if len(self._plans) >= _MOST_PLANS:
                self._plans.clear()
            self._plans[key] = plan
        return plan.without([look for look in plan.looks_around if _tells(look, outline)])

    def _planned(self, rules: Iterable[tuple[Rule, tuple[str, ...]]]) -> _Plan:
        return _Plan([(rule, places) for rule, places in rules if places], self._tool_types, self._block_types)

    def _framed(self, around: dict[str, Any]) -> Frame:
        """Look at what stands around messages, and add a word for each rule that wants to see one of the settings."""
        frame = Frame(around, self._platform)
        for name, value in around.items():
            for sign, when in self._on_settings.get(name, ()):
                if when is None or _wants(when, value):
                    frame.words.add(sign)
        frame.words &= self._telling
        return frame

    def _signs_of(self, place: str, rule: Rule) -> frozenset[str] | None:
        """Return words of which a request with that place has one; None for one that every request has."""
        types = rule.types
        if place == _ROOT:
            return None
        name = place.split("/")[1]
        if _is_setting(place):
            return frozenset([_sign_of_setting(name, rule)])
        if not types or place not in _TYPED:
            return frozenset([name])
        if place == _TOOLS:
            return frozenset(_matching(types, self._tool_types))
        roles = [f"{role}/" for role in _matching(types, ROLES)] if place in {_MESSAGES, _CONVERSATION} else []
        blocks = _matching(types, self._block_types) if place != _MESSAGES else []
        return frozenset([*roles, *blocks])


class _Plan:
    """Rules by the places they want, for requests that all of them may be broken by."""

    def __init__(
        self, rules: list[tuple[Rule, tuple[str, ...]]], tool_types: frozenset[str], block_types: frozenset[str]
    ) -> None:
        self._all = rules
        self.is_empty = not rules
        self._types = tool_types, block_types
        self._narrower: dict[tuple[Look, ...], _Plan] = {}
        self.looks: tuple[Look, ...] = _distinct(rule.unless for rule, _ in rules)
        self.looks_around: tuple[Look, ...] = _distinct(rule.unless_around for rule, _ in rules)
        by_place: dict[str, list[Rule]] = {}
        for rule, places in rules:
            for place in places:
                by_place.setdefault(place, []).append(rule)
        self._last: Handlers = tuple(rule for rule in by_place.get(_CONVERSATION, []) if rule.types)
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
        self._inside = INSIDE if self._inner_blocks else {}
        self._enters_messages = bool(self._messages or self._other_messages or self._blocks)
        self._properties: dict[str, Handlers] = {}
        for place, handlers in by_place.items():
            if handlers:
                self._properties[place.removeprefix("/")] = tuple(handlers)

    @cached_property
    def least(self) -> _Plan:
        """The plan without the rules of which some look may say that they have nothing to say."""
        return self.without(list(self.looks))

    def without(self, looks: list[Look]) -> _Plan:
        """Return the plan without the rules that some looks say have nothing to say."""
        if not looks:
            return self
        key = tuple(looks)
        plan = self._narrower.get(key)
        if plan is None:
            rules = [
                (rule, places)
                for rule, places in self._all
                if rule.unless not in looks and rule.unless_around not in looks
            ]
            plan = self._narrower[key] = _Plan(rules, *self._types)
        return plan

    def walk(self, request: Request) -> None:  # noqa: C901 - one branch for each place
        """Hand the parts of a request to the rules."""
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
            self._walk_messages(body, (*path, "messages"), request)
        if self._last and _items(body, "messages"):
            _call(self._last, body["messages"], (*path, "messages"), request)

    def _walk_messages(self, body: dict[str, Any], path: Path, request: Request) -> None:
        of_role, of_others, of_type = self._messages, self._other_messages, self._blocks
        for index, message in enumerate(_items(body, "messages")):
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
        """Hand over the blocks of a message, and those inside of them."""
        of_type, inside = self._blocks, self._inside
        for index, block in enumerate(blocks):
            tag = block.get("type") if isinstance(block, dict) else None
            if isinstance(tag, str):
                if tag in of_type:
                    _call(of_type[tag], block, (*path, index), request)
                if tag in inside:
                    self._walk_inside(block, (*path, index), request)

    def _walk_inside(self, block: Any, path: Path, request: Request) -> None:
        """Hand over the blocks inside a block, and those inside of them."""
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


def _distinct(looks: Iterable[Look | None]) -> tuple[Look, ...]:
    return tuple(dict.fromkeys(look for look in looks if look is not None))


def _call(handlers: Handlers, value: Any, path: Path, request: Request) -> None:
    node = None
    for rule in handlers:
        try:
            if rule.when is None or rule.when(value):
                if node is None:
                    node = Node(value, path, request)
                request.rule = rule
                rule.check(node, request)
        except Exception as error:  # noqa: BLE001, PERF203 - a bug in one rule must not take the report with it
            request.failed(rule, error)


def _tells(look: Look, outline: Outline) -> bool:
    """Whether a look tells that there is nothing to find; where it fails, its rules are asked."""
    try:
        return look(outline)
    except Exception as error:  # noqa: BLE001 - as above
        raise_in_tests(error)
        return False


def _applies(rule: Rule, endpoint: str, model: Model | None) -> bool:
    """Whether a rule can be broken by a request; where that is not to be told, it fails when it is asked."""
    try:
        return rule.applies(endpoint, model)
    except Exception as error:  # noqa: BLE001 - as above
        raise_in_tests(error)
        return False


def _wants(when: Callable[[Any], bool], value: Any) -> bool:
    """Whether a rule wants to see a setting; where its look fails, it fails again when the rule is asked."""
    try:
        return when(value)
    except Exception as error:  # noqa: BLE001 - as above
        raise_in_tests(error)
        return True


def _is_setting(place: str) -> bool:
    """Whether a place is a property of the body that is no array of tools, blocks or messages."""
    return place.startswith("/") and place.count("/") == 1 and place not in _ARRAYS


def _sign_of_setting(name: str, rule: Rule) -> str:
    """Return the word that tells of a setting which a rule wants to see."""
    return f"/{name} for {rule.id}"


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
    return [tag for tag in types if _matches(patterns, tag)]


@lru_cache(maxsize=4096)
def _matches(patterns: tuple[str, ...], tag: str) -> bool:
    return any(tag == pattern or ("*" in pattern and fnmatchcase(tag, pattern)) for pattern in patterns)

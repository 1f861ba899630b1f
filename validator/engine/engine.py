"""The engine: one walk over a request that hands each part to the rules for it."""

from __future__ import annotations

from datetime import date
from functools import cached_property, lru_cache
from itertools import starmap
from typing import TYPE_CHECKING, Any, Final, TypeVar

import orjson

from ..common.records import NamedTuple
from ..common.unknown import NotKnownError, PartialArray, PartialObject, UnknownValue, is_unknown, plain_path
from ..facts import model_named
from ..facts.api import PLATFORMS
from .context import Context
from .failures import raise_in_tests
from .finding import apart
from .index import Index, Look
from .request import MakesFinding, Node, Request, RequestOfUnknownModel
from .setup import NO_SETTINGS, Answer, Settings, Setup, SetupCache, SetupLook, SetupView, names_in, settings_alone
from .vocabulary import INSIDE, ROLES, USUAL, Lacks, inner_blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    from ..common.pointer import Path
    from ..facts import Model
    from .finding import Finding
    from .rule import Rule

_ROOT: Final = ""
_CONVERSATION: Final = "/messages"
_TOOLS: Final = "/tools/*"
_SYSTEM: Final = "/system/*"
_MESSAGES: Final = "/messages/*"
_BLOCKS: Final = "/messages/*/content/*"
_BLOCKS_AT_ANY_DEPTH: Final = "/messages/*/content/**"

_IN_MESSAGES: Final = 4
"""When the walk comes to the messages: after all else."""
_NOTHING: Final = Context()
_MOST_PLANS: Final = 512
_MOST_OF_SETTINGS: Final = 64
"""Most kinds of messages, and most rules, of which is kept what settings tell of them."""
_NEVER: Final[Any] = object()
"""In place of what a rule finds, if it was never asked."""
_MOST_SORTED: Final = 16
"""Most choices of rules that are kept sorted, and known to every engine with them."""
_LONGEST_SETTINGS: Final = 4096
"""Bytes of the longest settings of which is kept what they tell."""

_ARRAYS: Final = ("/tools", "/system", "/messages")
"""The properties of the body that are arrays of parts, not settings."""

_TYPED: Final = {_TOOLS, _MESSAGES, _BLOCKS, _BLOCKS_AT_ANY_DEPTH, _CONVERSATION}
"""The places whose values have a type, by which rules choose."""
_PLACES: Final = {_ROOT, _TOOLS, _SYSTEM, _MESSAGES, _BLOCKS, _BLOCKS_AT_ANY_DEPTH, *_ARRAYS}
"""The places that are not settings."""

Handlers = tuple["Rule", ...]

_Seen = TypeVar("_Seen")
"""What a look sees: an index, or the view of a setup."""


class Engine:
    """A set of rules, sorted by place: a rule that no part of a request concerns costs nothing.

    Requests that use the same endpoint, model and property names share a plan: the rules that can apply to them. Plans
    are cached with the setup, which most later requests share.
    """

    def __init__(
        self,
        rules: Iterable[Rule],
        *,
        tool_types: Iterable[str],
        block_types: Iterable[str],
        platform: str = PLATFORMS[0],
        model: str | None = None,
        failure: MakesFinding | None = None,
    ) -> None:
        """Take `rules`, and all types of tools and blocks, to resolve the patterns of the rules once.

        `model` is the model of bodies that do not name one.

        Raises:
            ValueError: when a rule wants a place that the walk does not visit.
        """
        self._sorted = _sorted(tuple(rules), frozenset(tool_types), frozenset(block_types))
        self._platform = platform
        self._model = model
        self._failure = failure
        self._settings: dict[bytes, Settings] = {}
        self._names: dict[bytes, frozenset[str]] = {}
        self.setups: Final = SetupCache(self._setup_of)

    def run(self, body: Any, context: Context = _NOTHING, path: Path = ()) -> list[Finding]:
        """Run the rules over the body of one request, however malformed, and return what they find.

        `path` is the place of the body in its document.
        """
        return self.run_over(self.index_of(body, context), path) if isinstance(body, dict) else []

    def index_of(self, body: dict[str, Any], context: Context, setup: Setup | None = None) -> Index:
        """Index the body of a request; `setup` is its setup, if that has been looked up."""
        return Index(body, context, setup or self.setups.of(body))

    def run_over(self, index: Index, path: Path) -> list[Finding]:
        """Run the rules over an indexed body, and return what they find."""
        plan = self._narrowed(self._plan_of(index), index)
        if plan.is_empty:
            return []
        of_setup = self._of_setup(plan, index)
        if of_setup is None:
            return self._walked(plan, index, path)
        found = [apart(finding) for finding in of_setup.findings]
        found = [_moved(finding, path) for finding in found] if path else found
        others = self._walked(of_setup.rest, index, path)
        return sorted([*found, *others], key=plan.rank_of) if found and others else found + others

    def around(self, index: Index) -> Around:
        """Return what is known of a request whose messages, or some of what is in them, are unknown."""
        plan = self._plan_of(index)
        needless: list[Look] = []
        unsure: list[Look] = []
        for look in plan.looks:
            try:
                if look(index):
                    needless.append(look)
            except NotKnownError:  # noqa: PERF203 - it is asked about each request
                needless.append(look)
                unsure.append(look)
        rest = plan.least if len(needless) == len(plan.looks) else plan.without(needless)
        return self._around(plan, rest, index, tuple(unsure))

    def _around(self, plan: _Plan, rest: _Plan, index: Index, unsure: tuple[Look, ...] = ()) -> Around:
        if rest.is_empty:
            return Around(plan, unsure)
        of_setup = self._found_in_setup(rest, index, (index.context.endpoint, *_key_of_setup(rest, index)[1:]))
        return Around(plan, unsure, of_setup.findings, None if of_setup.rest.is_empty else of_setup.rest)

    def around_new(self, index: Index, kind: Hashable, unread: Callable[[], Index]) -> Around:
        """Return the same for a request with a new setup, by what its settings tell of all that are of a kind.

        `unread` returns an index of which no more is known than that.
        """
        settings = index.setup.settings
        if settings.come_often:
            asked: _Asked | None = settings.kinds.get(kind)
            if asked is None:
                if len(settings.kinds) >= _MOST_OF_SETTINGS:
                    settings.kinds.clear()
                asked = settings.kinds[kind] = self._asked_of(index, unread())
            view = self._view_of(index, index.rest)
            if _all_tell(asked.of_setup, view) and _all_tell(asked.looks, index):
                return asked.around or self._around(asked.plan, asked.rest, index)
        return self.around(index)

    def _asked_of(self, index: Index, unread: Index) -> _Asked:
        """Return what is to be asked about requests like one of which a part is unread; all else is found out here."""
        names = self._sorted.telling.intersection(index.names)
        plan = self._sorted.plan(index.context.endpoint, index.setup, names)
        view = self._view_of(unread, unread.rest)
        of_setup = {look: _answer(look, view) for look in plan.setup_looks}
        plan = plan.without([look for look, answer in of_setup.items() if answer is not False])
        looks = {look: _answer(look, unread) for look in plan.looks}
        rest = plan.without([look for look, answer in looks.items() if answer is not False])
        return _Asked(
            plan,
            rest,
            tuple(look for look, answer in of_setup.items() if answer is None),
            tuple(look for look, answer in looks.items() if answer is None),
            Around(plan, ()) if rest.is_empty else None,
        )

    def finds_nothing(self, plan: _Plan, body: dict[str, Any], context: Context, index: Index) -> bool:
        """Whether the rules of a plan find nothing in a body, of which as much is known as they ask for."""
        request = Request(body, context, (), index.setup.model, self._failure)
        plan.walk(request, index.unusual)
        return not request.findings and not request.asked_unknown

    def _plan_of(self, index: Index) -> _Plan:
        """Return the plan for a request, which is kept with its setup."""
        plans, key = index.setup.plans, (index.context.endpoint, self._sorted.telling.intersection(index.names))
        plan: _Plan | None = plans.get(key)
        if plan is None:
            if len(plans) >= _MOST_PLANS:
                plans.clear()
            plan = plans[key] = self._plan_for(index, key[1])
        return plan

    def _narrowed(self, plan: _Plan, index: Index) -> _Plan:
        """Return a plan without the rules that can be skipped."""
        try:
            looks = [look for look in plan.looks if look(index)]
        except Exception:  # noqa: BLE001 - a bug in one look must not take the report with it
            looks = [look for look in plan.looks if _tells(look, index)]
        return plan.least if len(looks) == len(plan.looks) else plan.without(looks)

    def _walked(self, plan: _Plan, index: Index, path: Path) -> list[Finding]:
        """Run a plan, and return what it finds."""
        if plan.is_empty:
            return []
        request = Request(
            index.body, index.context, path, index.setup.model, self._failure, lacks=index.lacks, blank=index.blank
        )
        plan.walk(request, index.unusual)
        return request.findings

    def _of_setup(self, plan: _Plan, index: Index) -> OfSetup | None:
        """Return what a plan finds in all requests with a setup; None if the setup is seen for the first time."""
        setup, context = index.setup, index.context
        if not setup.is_seen_again:
            return None
        key = _key_of_setup(plan, index)
        of_setup = setup.found.get(key)
        if of_setup is None:
            if len(setup.found) >= _MOST_PLANS:
                setup.found.clear()
                setup.found_by_rule.clear()
            of_setup = setup.found[key] = self._found_in_setup(plan, index, (context.endpoint, *key[1:]))
        return of_setup

    def _found_in_setup(self, plan: _Plan, index: Index, key: tuple[Any, ...]) -> OfSetup:
        """Run the rules that read nothing of the messages, and return what they find, with the plan of the others."""
        findings: list[Finding] = []
        rest: list[Rule] = []
        for rule, places in plan.rules:
            # A rule of a plugin may catch every exception, and so look past what is unknown.
            if rule.origin is not None or any(place.startswith(_CONVERSATION) for place in places):
                rest.append(rule)
                continue
            found = self._found_around(rule, places, index, key)
            if found is None:
                rest.append(rule)
            else:
                findings += found
        return OfSetup(tuple(findings), plan.of_rules(frozenset(rest)))

    def _found_around(
        self, rule: Rule, places: tuple[str, ...], index: Index, key: tuple[Any, ...]
    ) -> tuple[Finding, ...] | None:
        """Return what a rule finds in all requests with the same settings, or else setup; None if it reads more."""
        # Which rules read more is found out, not declared: they run over a body of which nothing else is known. Those
        # that ask for it, or for the text or its size, end there.
        setup, asked = index.setup, (rule, key)
        of_settings, of_setup = setup.settings.found, setup.found_by_rule
        may_be_of_settings = setup.settings.come_often and not any(place.startswith(_ARRAYS) for place in places)
        found = of_settings.get(asked, _NEVER) if may_be_of_settings else None
        if found is _NEVER:
            if len(of_settings) >= _MOST_OF_SETTINGS:
                of_settings.clear()
            found = self._found_alone(rule, places, index, settings_alone(index.rest))
            if found is not None and any(finding.rule is not rule for finding in found):
                found = None  # it has failed, perhaps only because of what is unknown
            of_settings[asked] = found
        if found is None:
            found = of_setup.get(asked, _NEVER)
            if found is _NEVER:
                found = of_setup[asked] = self._found_alone(rule, places, index, index.rest)
        return found

    def _found_alone(
        self, rule: Rule, places: tuple[str, ...], index: Index, rest: dict[str, Any]
    ) -> tuple[Finding, ...] | None:
        """Return what a rule finds in a body with unknown messages; None if it reads them."""
        body = PartialObject({**rest, "messages": UnknownValue("any")}, is_open=False)
        unknown: Any = UnknownValue("any")
        context = index.context._replace(size=unknown, text=unknown)
        request = Request(body, context, (), index.setup.model, self._failure, lacks=index.lacks)
        _walk_alone(rule, places, request)
        return None if request.asked_unknown else tuple(map(apart, request.findings))

    def run_known(self, body: Any, context: Context = _NOTHING, path: Path = ()) -> list[Finding]:
        """Run the rules over the body of a request with unknown parts; each rule ends where it would need one.

        Rules are chosen by the endpoint and the model alone, because what tells which to skip may be unknown.
        """
        if not isinstance(body, PartialObject):
            return [] if is_unknown(body) else self.run(body, context, path)
        name = self._model if body.lacks("model") else body.peek("model")
        is_model_unknown = is_unknown(name) or (name is None and not body.lacks("model"))
        model = model_named(name, self._platform) if not is_model_unknown and isinstance(name, str) else None
        plan = self._sorted.whole_plan(context.endpoint, model)
        made = RequestOfUnknownModel if is_model_unknown else Request
        request = made(body, context, path, model, self._failure)
        plan.walk_known(request)
        return [
            finding._replace(
                path=plain_path(finding.path),
                related=tuple((plain_path(related), words) for related, words in finding.related),
            )
            for finding in request.findings
        ]

    def _plan_for(self, index: Index, names: frozenset[str]) -> _Plan:
        """Return the plan for all requests with this setup, endpoint and names in their messages."""
        plan = self._sorted.plan(index.context.endpoint, index.setup, names)
        view = self._view_of(index, index.rest)
        return plan.without([look for look in plan.setup_looks if _tells(look, view)])

    def _view_of(self, index: Index, rest: dict[str, Any]) -> SetupView:
        context = index.context
        return SetupView(rest, index.setup, context.endpoint, context.edition, context.platform)

    def _setup_of(self, rest: dict[str, Any]) -> Setup:
        """Analyse a body without its messages, and add a name for each rule that wants one of its settings."""
        setup = Setup(rest, self._settings_of(rest))
        setup.names = self._sorted.telling.intersection(setup.names)
        return setup

    def _settings_of(self, rest: dict[str, Any]) -> Settings:
        """Read the settings of a body, or return what was read of the same ones beside other tools and prompts."""
        settings = rest.copy()
        for name in NO_SETTINGS:
            if name in settings:
                settings[name] = None  # that it is there is a setting
        kept = self._kept(self._settings, settings, lambda: self._read_settings(settings))
        kept.times_seen += 1
        return kept

    def _read_settings(self, body: dict[str, Any]) -> Settings:
        name = body.get("model", self._model)
        model = model_named(name, self._platform) if isinstance(name, str) else None
        return Settings(model, frozenset[str]().union(*starmap(self._names_in, body.items())))

    def _names_in(self, setting: str, value: Any) -> frozenset[str]:
        """Return the names in a setting, and the signs of the rules that want it; most settings came before."""

        def read() -> frozenset[str]:
            signs = (
                sign
                for sign, rule in self._sorted.on_settings.get(setting, ())
                if rule.if_value is None or _wants(rule.if_value, value)
            )
            return self._sorted.telling.intersection(names_in(value)).union(signs)

        return self._kept(self._names, [setting, value], read)

    def _kept(self, answers: dict[bytes, Answer], of: Any, read: Callable[[], Answer]) -> Answer:
        """Return what is read of a value, kept by its JSON."""
        try:
            text = orjson.dumps(of)
        except (TypeError, ValueError, RecursionError):
            return read()
        answer = answers.get(text)
        if answer is None:
            answer = read()
            if len(text) <= _LONGEST_SETTINGS:
                if len(answers) >= _MOST_PLANS:
                    answers.clear()
                answers[text] = answer
        return answer


class _Sorted:
    """Some rules, sorted by place, with their plans: all that engines with the same rules can share."""

    def __init__(self, rules: tuple[Rule, ...], tool_types: frozenset[str], block_types: frozenset[str]) -> None:
        for rule in rules:
            for place in rule.on:
                if place not in _PLACES and not _is_setting(place):
                    msg = f"{rule.id} wants {place!r}, which the walk does not visit"
                    raise ValueError(msg)
        self._types = tool_types, block_types
        self._rules = [
            (rule, frozenset(rule.mentions), {place: self._signs_of(place, rule) for place in rule.on})
            for rule in rules
        ]
        self.telling: Final = frozenset[str]().union(
            *(names for _, names, _ in self._rules),
            *(signs for _, _, places in self._rules for signs in places.values() if signs is not None),
        )
        """The names that tell which rules a request needs."""
        self.on_settings: Final[dict[str, list[tuple[str, Rule]]]] = {}
        """The rules that want a setting, by its name, each with the name by which a setup says that it has to run."""
        for rule in rules:
            for place in rule.on:
                if _is_setting(place):
                    name = place.removeprefix("/")
                    self.on_settings.setdefault(name, []).append((_sign_of_setting(name, rule), rule))
        self._whole_plans: dict[tuple[str, tuple[str, str] | None], _Plan] = {}
        self._plans: dict[tuple[Any, ...], _Plan] = {}

    def plan(self, endpoint: str, setup: Setup, names: frozenset[str]) -> _Plan:
        """Return the plan for all requests with a setup, endpoint and names in their messages, by their names alone."""
        model = setup.model
        # Not the union of all names: those of the settings are the same object, which costs nothing to look up.
        key = (endpoint, (model.id, model.platform) if model else None, setup.settings.names, setup.names, names)
        plan = self._plans.get(key)
        if plan is None:
            names = names.union(setup.settings.names, setup.names)
            plan = self._planned(
                (rule, tuple(place for place, signs in places.items() if signs is None or not signs.isdisjoint(names)))
                for rule, needed, places in self._rules
                if _applies(rule, endpoint, model) and (not needed or not needed.isdisjoint(names))
            )
            if len(self._plans) >= _MOST_PLANS:
                self._plans.clear()
            self._plans[key] = plan
        return plan

    def whole_plan(self, endpoint: str, model: Model | None) -> _Plan:
        """Return the plan of all rules for an endpoint and a model."""
        key = (endpoint, (model.id, model.platform) if model else None)
        plan = self._whole_plans.get(key)
        if plan is None:
            rules = ((rule, rule.on) for rule, _, _ in self._rules if _applies(rule, endpoint, model))
            plan = self._whole_plans[key] = self._planned(rules)
        return plan

    def _planned(self, rules: Iterable[tuple[Rule, tuple[str, ...]]]) -> _Plan:
        return _Plan([(rule, places) for rule, places in rules if places], *self._types)

    def _signs_of(self, place: str, rule: Rule) -> frozenset[str] | None:
        """Return the names of which a request with that place uses one; None for the place that all have."""
        types = rule.types
        if place == _ROOT:
            return None
        name = place.split("/")[1]
        if _is_setting(place):
            return frozenset([_sign_of_setting(name, rule)])
        if not types or place not in _TYPED:
            return frozenset([name])
        if place == _TOOLS:
            return _among(types, self._types[0])
        roles = [f"{role}/" for role in _among(types, ROLES)] if place in {_MESSAGES, _CONVERSATION} else []
        blocks = _among(types, self._types[1]) if place != _MESSAGES else ()
        return frozenset([*roles, *blocks])


_sorted: Final = lru_cache(maxsize=_MOST_SORTED)(_Sorted)


# Why plans: most rules cannot apply to most requests. Deciding that inside each rule would be simpler to read, but a
# valid agent request would cost 4.7 times as much in the engine (183 µs instead of 39), and one of ten thousand
# messages 2.7 times.
class _Plan:
    """Rules by the places they want, for requests to which all of them can apply."""

    def __init__(
        self, rules: list[tuple[Rule, tuple[str, ...]]], tool_types: frozenset[str], block_types: frozenset[str]
    ) -> None:
        self.rules = rules
        self.is_empty = not rules
        self._types = tool_types, block_types
        self._parts: dict[frozenset[Rule], _Plan] = {}
        self._narrower: dict[tuple[Look | SetupLook, ...], _Plan] = {}
        self.looks: tuple[Look, ...] = _distinct(rule.skip_if for rule, _ in rules)
        self.setup_looks: tuple[SetupLook, ...] = _distinct(rule.skip_if_setup for rule, _ in rules)
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
    def least(self) -> _Plan:
        """The plan without any rule that a look can skip."""
        return self.without(self.looks)

    def without(self, looks: Sequence[Look | SetupLook]) -> _Plan:
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
            plan = self._narrower[key] = _Plan(rules, *self._types)
        return plan

    def of_rules(self, rules: frozenset[Rule]) -> _Plan:
        """Return the plan of some of its rules."""
        plan = self._parts.get(rules)
        if plan is None:
            kept = [(rule, places) for rule, places in self.rules if rule in rules]
            plan = self._parts[rules] = _Plan(kept, *self._types)
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


class OfSetup(NamedTuple):
    """What the rules of a plan find in all requests with one setup."""

    findings: tuple[Finding, ...]
    """The findings of the rules that read nothing of the messages."""
    rest: _Plan
    """The plan of the others."""


class Around(NamedTuple):
    """What is known of a request whose messages are not."""

    plan: _Plan
    """Its plan."""
    looks: tuple[Look, ...]
    """The looks that depend on what is unknown: their rules are skipped if all of them say so."""
    findings: tuple[Finding, ...] = ()
    """What the rules find that read nothing of the messages."""
    must_run: _Plan | None = None
    """The plan of the others, of which no look tells that they find nothing; None if there are none."""


class _Asked(NamedTuple):
    """What is asked about a request with settings that come often, and a kind of messages that came with them."""

    plan: _Plan
    """Its plan, if all of these say that their rules can be skipped."""
    rest: _Plan
    """The rules that are left then."""
    of_setup: tuple[SetupLook, ...]
    looks: tuple[Look, ...]
    around: Around | None
    """What is known of it then, if no rules are left."""


def _key_of_setup(plan: _Plan, index: Index) -> tuple[_Plan, Lacks, frozenset[str] | None, date]:
    """Return the key of what a plan finds among all that is found in a setup."""
    context = index.context
    return plan, index.lacks, context.betas, context.today or date.today()  # noqa: DTZ011 - as the rules do


def _moved(finding: Finding, path: Path) -> Finding:
    """Return a finding of a body that is inside a document, at a path."""
    related = tuple(((*path, *place), words) for place, words in finding.related)
    fix = finding.fix
    if fix is not None:
        operations = (
            each._replace(path=(*path, *each.path), source=None if each.source is None else (*path, *each.source))
            for each in fix.operations
        )
        fix = fix._replace(operations=tuple(operations))
    return finding._replace(path=(*path, *finding.path), related=related, fix=fix)


def _walk_alone(rule: Rule, places: Iterable[str], request: Request) -> None:
    """Hand the parts of a request at some places to one rule; not those in its messages."""
    body = request.body
    for place in places:
        name = place.split("/")[1] if place else ""
        if place == _ROOT:
            _call((rule,), body, (), request)
        elif place in {_TOOLS, _SYSTEM}:
            for index, item in _known_items(body, name):
                if place == _SYSTEM or not rule.types or _matches(rule.types, _tag(item, "custom")):
                    _call((rule,), item, (name, index), request)
        elif dict.__contains__(body, name):
            _call((rule,), dict.__getitem__(body, name), (name,), request)


def _phase_of(place: str) -> int:
    """Return when the walk comes to a place."""
    if place == _ROOT:
        return 0
    return {_TOOLS: 2, _SYSTEM: 3}.get(place, _IN_MESSAGES if place.startswith(_CONVERSATION) else 1)


def _distinct(looks: Iterable[Callable[[_Seen], bool] | None]) -> tuple[Callable[[_Seen], bool], ...]:
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


def _tells(look: Callable[[_Seen], bool], seen: _Seen) -> bool:
    """Whether a look says that its rules can be skipped; if it raises, they are not."""
    try:
        return look(seen)
    except Exception as error:  # noqa: BLE001 - as above
        raise_in_tests(error)
        return False


def _all_tell(looks: Iterable[Callable[[_Seen], bool]], seen: _Seen) -> bool:
    """Whether all looks say that their rules can be skipped; False as well if one raises, to be asked again."""
    try:
        for look in looks:
            if not look(seen):
                return False
    except Exception:  # noqa: BLE001 - as above
        return False
    return True


def _answer(look: Callable[[_Seen], bool], seen: _Seen) -> bool | None:
    """Return what a look says; None if it cannot tell."""
    try:
        return bool(look(seen))
    except Exception:  # noqa: BLE001 - it is asked again
        return None


def _applies(rule: Rule, endpoint: str, model: Model | None) -> bool:
    """Whether a request can break a rule; if that raises, it does not run."""
    try:
        return rule.applies(endpoint, model)
    except Exception as error:  # noqa: BLE001 - as above
        raise_in_tests(error)
        return False


def _wants(when: Callable[[Any], bool], value: Any) -> bool:
    """Whether a rule wants a setting; if that raises, it raises again when the rule runs, and is reported."""
    try:
        return when(value)
    except Exception as error:  # noqa: BLE001 - as above
        raise_in_tests(error)
        return True


def _is_setting(place: str) -> bool:
    """Whether a place is a property of the body, but not an array of tools, blocks or messages."""
    return place.startswith("/") and place.count("/") == 1 and place not in _ARRAYS


def _sign_of_setting(name: str, rule: Rule) -> str:
    """Return the name under which a setup lists a setting that a rule wants."""
    return f"/{name} for {rule.id}"


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
        for tag in _among(rule.types, types) if rule.types else types:
            sorted_rules.setdefault(tag, []).append(rule)
    return {tag: tuple(handlers) for tag, handlers in sorted_rules.items()}


@lru_cache(maxsize=4096)
def _among(patterns: tuple[str, ...], types: frozenset[str]) -> frozenset[str]:
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

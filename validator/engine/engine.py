"""The engine: one walk over a request that hands each part to the rules for it."""

from __future__ import annotations

from datetime import date
from itertools import starmap
from typing import TYPE_CHECKING, Any, Final

import orjson

from ..common.records import NamedTuple
from ..common.unknown import NotKnownError, PartialObject, UnknownValue, is_unknown, plain_path
from ..facts import model_named
from ..facts.api import PLATFORMS
from .context import Context
from .failures import raise_in_tests
from .finding import apart
from .index import Index, Look
from .plan import ARRAYS, CONVERSATION, MOST_PLANS, walk_alone
from .request import MakesFinding, Request, RequestOfUnknownModel
from .setup import NO_SETTINGS, Answer, Settings, Setup, SetupCache, SetupLook, SetupView, names_in, settings_alone
from .sorting import sorted_rules
from .vocabulary import Lacks

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from ..common.pointer import Path
    from .finding import Finding
    from .plan import Plan, Seen
    from .rule import Rule

_NOTHING: Final = Context()
_MOST_OF_SETTINGS: Final = 64
"""Most kinds of messages, and most rules, of which is kept what settings tell of them."""
_NEVER: Final[Any] = object()
"""In place of what a rule finds, if it was never asked."""
_LONGEST_SETTINGS: Final = 4096
"""Bytes of the longest settings of which is kept what they tell."""


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
        self._sorted = sorted_rules(tuple(rules), frozenset(tool_types), frozenset(block_types))
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

    def _around(self, plan: Plan, rest: Plan, index: Index, unsure: tuple[Look, ...] = ()) -> Around:
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

    def finds_nothing(self, plan: Plan, body: dict[str, Any], context: Context, index: Index) -> bool:
        """Whether the rules of a plan find nothing in a body, of which as much is known as they ask for."""
        request = Request(body, context, (), index.setup.model, self._failure)
        plan.walk(request, index.unusual)
        return not request.findings and not request.asked_unknown

    def _plan_of(self, index: Index) -> Plan:
        """Return the plan for a request, which is kept with its setup."""
        plans, key = index.setup.plans, (index.context.endpoint, self._sorted.telling.intersection(index.names))
        plan: Plan | None = plans.get(key)
        if plan is None:
            if len(plans) >= MOST_PLANS:
                plans.clear()
            plan = plans[key] = self._plan_for(index, key[1])
        return plan

    def _narrowed(self, plan: Plan, index: Index) -> Plan:
        """Return a plan without the rules that can be skipped."""
        try:
            looks = [look for look in plan.looks if look(index)]
        except Exception:  # noqa: BLE001 - a bug in one look must not take the report with it
            looks = [look for look in plan.looks if _tells(look, index)]
        return plan.least if len(looks) == len(plan.looks) else plan.without(looks)

    def _walked(self, plan: Plan, index: Index, path: Path) -> list[Finding]:
        """Run a plan, and return what it finds."""
        if plan.is_empty:
            return []
        request = Request(
            index.body, index.context, path, index.setup.model, self._failure, lacks=index.lacks, blank=index.blank
        )
        plan.walk(request, index.unusual)
        return request.findings

    def _of_setup(self, plan: Plan, index: Index) -> OfSetup | None:
        """Return what a plan finds in all requests with a setup; None if the setup is seen for the first time."""
        setup, context = index.setup, index.context
        if not setup.is_seen_again:
            return None
        key = _key_of_setup(plan, index)
        of_setup = setup.found.get(key)
        if of_setup is None:
            if len(setup.found) >= MOST_PLANS:
                setup.found.clear()
                setup.found_by_rule.clear()
            of_setup = setup.found[key] = self._found_in_setup(plan, index, (context.endpoint, *key[1:]))
        return of_setup

    def _found_in_setup(self, plan: Plan, index: Index, key: tuple[Any, ...]) -> OfSetup:
        """Run the rules that read nothing of the messages, and return what they find, with the plan of the others."""
        findings: list[Finding] = []
        rest: list[Rule] = []
        for rule, places in plan.rules:
            # A rule of a plugin may catch every exception, and so look past what is unknown.
            if rule.origin is not None or any(place.startswith(CONVERSATION) for place in places):
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
        may_be_of_settings = setup.settings.come_often and not any(place.startswith(ARRAYS) for place in places)
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
        walk_alone(rule, places, request)
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

    def _plan_for(self, index: Index, names: frozenset[str]) -> Plan:
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
                if len(answers) >= MOST_PLANS:
                    answers.clear()
                answers[text] = answer
        return answer


class OfSetup(NamedTuple):
    """What the rules of a plan find in all requests with one setup."""

    findings: tuple[Finding, ...]
    """The findings of the rules that read nothing of the messages."""
    rest: Plan
    """The plan of the others."""


class Around(NamedTuple):
    """What is known of a request whose messages are not."""

    plan: Plan
    """Its plan."""
    looks: tuple[Look, ...]
    """The looks that depend on what is unknown: their rules are skipped if all of them say so."""
    findings: tuple[Finding, ...] = ()
    """What the rules find that read nothing of the messages."""
    must_run: Plan | None = None
    """The plan of the others, of which no look tells that they find nothing; None if there are none."""


class _Asked(NamedTuple):
    """What is asked about a request with settings that come often, and a kind of messages that came with them."""

    plan: Plan
    """Its plan, if all of these say that their rules can be skipped."""
    rest: Plan
    """The rules that are left then."""
    of_setup: tuple[SetupLook, ...]
    looks: tuple[Look, ...]
    around: Around | None
    """What is known of it then, if no rules are left."""


def _key_of_setup(plan: Plan, index: Index) -> tuple[Plan, Lacks, frozenset[str] | None, date]:
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


def _tells(look: Callable[[Seen], bool], seen: Seen) -> bool:
    """Whether a look says that its rules can be skipped; if it raises, they are not."""
    try:
        return look(seen)
    except Exception as error:  # noqa: BLE001 - as above
        raise_in_tests(error)
        return False


def _all_tell(looks: Iterable[Callable[[Seen], bool]], seen: Seen) -> bool:
    """Whether all looks say that their rules can be skipped; False as well if one raises, to be asked again."""
    try:
        for look in looks:
            if not look(seen):
                return False
    except Exception:  # noqa: BLE001 - as above
        return False
    return True


def _answer(look: Callable[[Seen], bool], seen: Seen) -> bool | None:
    """Return what a look says; None if it cannot tell."""
    try:
        return bool(look(seen))
    except Exception:  # noqa: BLE001 - it is asked again
        return None


def _wants(when: Callable[[Any], bool], value: Any) -> bool:
    """Whether a rule wants a setting; if that raises, it raises again when the rule runs, and is reported."""
    try:
        return when(value)
    except Exception as error:  # noqa: BLE001 - as above
        raise_in_tests(error)
        return True

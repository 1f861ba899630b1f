"""Rules, sorted by place and by what they mention, from which the plans of requests are made."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from .failures import raise_in_tests
from .plan import (
    ARRAYS,
    BLOCKS,
    BLOCKS_AT_ANY_DEPTH,
    CONVERSATION,
    MESSAGES,
    MOST_PLANS,
    ROOT,
    SYSTEM,
    TOOLS,
    Plan,
    among,
)
from .vocabulary import ROLES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..facts import Model
    from .rule import Rule
    from .setup import Setup

_MOST_SORTED: Final = 16
"""Most choices of rules that are kept sorted, and known to every engine with them."""

_TYPED: Final = {TOOLS, MESSAGES, BLOCKS, BLOCKS_AT_ANY_DEPTH, CONVERSATION}
"""The places whose values have a type, by which rules choose."""
_PLACES: Final = {ROOT, TOOLS, SYSTEM, MESSAGES, BLOCKS, BLOCKS_AT_ANY_DEPTH, *ARRAYS}
"""The places that are not settings."""


class SortedRules:
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
        self._whole_plans: dict[tuple[str, tuple[str, str] | None], Plan] = {}
        self._plans: dict[tuple[Any, ...], Plan] = {}

    def plan(self, endpoint: str, setup: Setup, names: frozenset[str]) -> Plan:
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
            if len(self._plans) >= MOST_PLANS:
                self._plans.clear()
            self._plans[key] = plan
        return plan

    def whole_plan(self, endpoint: str, model: Model | None) -> Plan:
        """Return the plan of all rules for an endpoint and a model."""
        key = (endpoint, (model.id, model.platform) if model else None)
        plan = self._whole_plans.get(key)
        if plan is None:
            rules = ((rule, rule.on) for rule, _, _ in self._rules if _applies(rule, endpoint, model))
            plan = self._whole_plans[key] = self._planned(rules)
        return plan

    def _planned(self, rules: Iterable[tuple[Rule, tuple[str, ...]]]) -> Plan:
        return Plan([(rule, places) for rule, places in rules if places], *self._types)

    def _signs_of(self, place: str, rule: Rule) -> frozenset[str] | None:
        """Return the names of which a request with that place uses one; None for the place that all have."""
        types = rule.types
        if place == ROOT:
            return None
        name = place.split("/")[1]
        if _is_setting(place):
            return frozenset([_sign_of_setting(name, rule)])
        if not types or place not in _TYPED:
            return frozenset([name])
        if place == TOOLS:
            return among(types, self._types[0])
        roles = [f"{role}/" for role in among(types, ROLES)] if place in {MESSAGES, CONVERSATION} else []
        blocks = among(types, self._types[1]) if place != MESSAGES else ()
        return frozenset([*roles, *blocks])


sorted_rules: Final = lru_cache(maxsize=_MOST_SORTED)(SortedRules)
"""Sort rules, or return what was sorted before for the same ones."""


def _applies(rule: Rule, endpoint: str, model: Model | None) -> bool:
    """Whether a request can break a rule; if that raises, it does not run."""
    try:
        return rule.applies(endpoint, model)
    except Exception as error:  # noqa: BLE001 - a bug in one rule must not take the report with it
        raise_in_tests(error)
        return False


def _is_setting(place: str) -> bool:
    """Whether a place is a property of the body, but not an array of tools, blocks or messages."""
    return place.startswith("/") and place.count("/") == 1 and place not in ARRAYS


def _sign_of_setting(name: str, rule: Rule) -> str:
    """Return the name under which a setup lists a setting that a rule wants."""
    return f"/{name} for {rule.id}"

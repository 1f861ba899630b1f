"""Rules whose modules are not imported yet: what chooses a rule is prepared, and the rest comes with its module.

A build describes each rule (`described`), and a start makes rules of these descriptions (`promised`). The first thing
that is asked of such a rule and that is not in its description imports its module, which completes the same object.
"""

from __future__ import annotations

from dataclasses import fields
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from ..report import Severity
from .rule import BY_KEYWORD, PROMISES, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ..facts import Model

_FUNCTIONS: Final = ("if_value", "skip_if", "skip_if_setup", "mend")
_LATE: Final = ("check", "bad", "good", "api_messages", *_FUNCTIONS)
"""What a rule has of its module."""
_OTHERWISE: Final = (*_LATE, "models")
"""What a description does not have as it is."""
_NEVER: Final = ("words", "details", "origin")
"""What rules of other origins have."""


class _OfModule:
    """Something that a promised rule gets of its module on first access."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, rule: Any, _: type) -> Any:
        return self if rule is None else rule.fetched(self._name)


class _Promised(Rule):
    """A rule of a module that is not imported yet; afterwards it is a `Rule` like every other one."""

    def fetched(self, name: str) -> Any:
        """Return a part of the rule, and import what has it."""
        own = self.__dict__
        if name in _FUNCTIONS and name not in own["functions"]:
            return None
        module, _, function = own["functions"].get(name, "").partition(":")
        if function:
            own[name] = getattr(import_module(module), function)
        else:
            import_module(own["home"])
        try:
            return own[name]
        except KeyError:
            msg = f"the module of {self.id} has not made it"
            raise AttributeError(msg) from None

    def complete(self, made: Rule) -> Rule:
        """Take everything from the rule that the module makes, and return this one; or that one, if it is another."""
        if made.check.__module__ != self.__dict__["home"]:
            return made
        self.__dict__.update(vars(made))
        object.__setattr__(self, "__class__", Rule)
        return self


for _name in _LATE:
    setattr(_Promised, _name, _OfModule(_name))


def promised(descriptions: dict[str, Any]) -> dict[str, Rule]:
    """Make rules of their descriptions, in their order."""
    made: dict[str, Rule] = {}
    models = descriptions["models"]
    severities = {severity.value: severity for severity in Severity}
    for each in descriptions["rules"]:
        rule = object.__new__(_Promised)
        own = rule.__dict__
        for name, value in each.items():
            own[name] = tuple(value) if value.__class__ is list else value
        own["severity"] = severities[each["severity"]]
        if "accepted" in each:
            own["models"] = _is_among({models[number] for number in each["accepted"]})
        made[rule.id] = rule
        PROMISES[rule.id] = rule.complete
        if rule.keywords:
            BY_KEYWORD.update(dict.fromkeys(rule.keywords, rule))
    return made


def described(rules: Iterable[Rule], models: Sequence[Model]) -> dict[str, Any]:
    """Describe rules of modules as plain values; `models` are all that there are, on each platform."""
    return {"models": [_name_of(model) for model in models], "rules": [_described(rule, models) for rule in rules]}


def _described(rule: Rule, models: Sequence[Model]) -> dict[str, Any]:
    own, home = {each.name: getattr(rule, each.name) for each in fields(Rule)}, rule.check.__module__
    if not all(own[name] is None for name in _NEVER):
        msg = f"{rule.id} is not a rule of a module"
        raise ValueError(msg)
    usual = {each.name: each.default for each in fields(Rule)}
    plain = {name: value for name, value in own.items() if name not in _OTHERWISE and value != usual[name]}
    accepted = {} if rule.models is None else {"accepted": _accepted(rule.models, models)}
    functions = {name: _place_of(own[name], home) for name in _FUNCTIONS if own[name] is not None}
    return {**plain, "severity": rule.severity.value, "home": home, "functions": functions, **accepted}


def _place_of(function: Any, home: str) -> str:
    """Return where a function is, if that is another module than that of its rule; else an empty string."""
    module, name = getattr(function, "__module__", home), getattr(function, "__qualname__", "")
    is_there = module != home and getattr(import_module(module), name, None) is function
    return f"{module}:{name}" if is_there else ""


def _is_among(names: set[str]) -> Callable[[Model], bool]:
    return lambda model: _name_of(model) in names


def _accepted(applies: Callable[[Model], bool], models: Sequence[Model]) -> list[int]:
    """Return the numbers of the models to which a rule applies."""
    return [number for number, model in enumerate(models) if applies(model)]


def _name_of(model: Model) -> str:
    return f"{model.platform}/{model.id}"

"""The options of a linter: what they are, and the tests of what is given for them."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

from ..common.redaction import redacted
from ..common.wording import any_of, nearest
from ..own.installed import loaded, of_caller
from ..rules import Rule

if TYPE_CHECKING:
    from ..facts.api import ApiVersion, Edition, Endpoint, Platform
    from ..own.definition import RuleDict
    from ..own.rules import OwnRule
    from ..report import Severity, SeverityName

_Name = TypeVar("_Name", bound=str)


class Options(TypedDict, total=False):
    """The options of `Linter`, for the functions that take the same."""

    endpoint: Endpoint
    edition: Edition
    api_version: ApiVersion
    betas: Iterable[str] | None
    platform: Platform
    model: str | None
    today: date | None
    select: Iterable[str] | None
    ignore: Iterable[str]
    severities: Mapping[str, SeverityName | Severity] | None
    max_violations: int | None
    rules: Iterable[RuleDict | Mapping[str, Any] | OwnRule | Rule]
    plugins: Iterable[str]


def others_of(
    rules: Iterable[RuleDict | Mapping[str, Any] | OwnRule | Rule], plugins: Iterable[str]
) -> tuple[OwnRule | Rule, ...]:
    """Return the rules that are not msglint's, without repetitions: of those with the same id, the last one."""
    found: dict[str, OwnRule | Rule] = {}
    plugins = names_of("plugins", plugins)
    if plugins:
        for plugin in loaded(plugins):
            if plugin.is_missing:
                raise ValueError(plugin.error)
            if plugin.error is not None:
                warnings.warn(f"{plugin.error}; its rules are not checked", RuntimeWarning, stacklevel=4)
            found.update((rule.id, rule) for rule in plugin.rules)
    if rules:
        from ..own.definition import own_rules

        for each in own_rules(rules):
            found[each.id] = of_caller(each) if isinstance(each, Rule) and each.origin is None else each
    return tuple(found.values())


def names_of(option: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the names given for an option; raises TypeError for a string in place of a list of them."""
    if isinstance(names, str):
        msg = f"{option} must be a list of names, not the string {redacted(names)!r}"
        raise TypeError(msg)
    return tuple(names)


def split_betas(betas: Iterable[str]) -> frozenset[str]:
    """Split the values of the header, each of which may hold several betas separated by commas."""
    return frozenset(name.strip() for beta in betas for name in str(beta).split(",") if name.strip())


def one_of(noun: str, name: _Name, allowed: Sequence[_Name]) -> _Name:
    """Return a name if it is allowed, else raise a ValueError that says what is."""
    if name in allowed:
        return name
    meant = nearest(str(name), allowed)
    given = redacted(repr(name))
    hint = (
        f", did you mean {meant!r}?" if meant else f"; there {'is' if len(allowed) == 1 else 'are'} {any_of(allowed)}"
    )
    msg = f"there is no {noun} {given}{hint}"
    raise ValueError(msg)

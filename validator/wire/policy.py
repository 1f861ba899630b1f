"""What users set for checks on the wire: the same options for every integration."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final, TypedDict

from ..checking.linter import Linter
from ..config.keys import MODES, Mode
from ..facts.api import FIRST_API_VERSION, LATEST_EDITION, ApiVersion, Edition
from ..own.definition import own_rules
from ..report import SEVERITIES, Severity, SeverityName
from ..rules import RULES

if TYPE_CHECKING:
    from ..own.definition import RuleDict
    from ..own.rules import OwnRule
    from ..rules import Registry, Rule
    from .checked import Checked

LOGGER: Final = logging.getLogger("msglint")
LARGEST: Final = 64 * 1024 * 1024

_USELESS_AT_RUN_TIME: Final = ("betas/deprecated", "models/retiring")
OFF_BY_DEFAULT: Final = (
    *_USELESS_AT_RUN_TIME,
    *(rule.id for rule in RULES.values() if rule.area == "caching" and rule.severity is not Severity.ERROR),
)
"""Rules that are off on the wire unless `select` or `severities` names them: the caller cannot act on them there."""


class Options(TypedDict, total=False):
    """The options of `Policy`, for the functions and classes that take the same."""

    mode: Mode
    fail_on: SeverityName
    select: Iterable[str] | None
    ignore: Iterable[str]
    severities: Mapping[str, SeverityName]
    edition: Edition
    api_version: ApiVersion
    betas: Iterable[str] | None
    sample: float
    max_bytes: int | None
    overrides: Iterable[Override | Mapping[str, Any]]
    on_check: Callable[[Checked], object] | None
    logger: logging.Logger
    show_values: bool
    rules: Iterable[RuleDict | Mapping[str, Any] | OwnRule | Rule]
    plugins: Iterable[str]


@dataclass(frozen=True, kw_only=True)
class Override:
    """Other options for some requests: those whose model and URL match; the last one that sets an option counts.

    `ignore` and `severities` are added to those of the policy.
    """

    model: str = "*"
    """A glob of models, as the request or its URL names them."""
    url: str = "*"
    """A glob of URLs, as they are sent."""
    mode: Mode | None = None
    fail_on: SeverityName | None = None
    select: Iterable[str] | None = None
    ignore: Iterable[str] = ()
    severities: Mapping[str, SeverityName] = field(default_factory=dict)
    edition: Edition | None = None
    api_version: ApiVersion | None = None
    betas: Iterable[str] | None = None
    sample: float | None = None
    max_bytes: int | None = None

    def matches(self, url: str, model: str | None) -> bool:
        """Whether it is for a request; a pattern for models never matches an unknown one."""
        is_for_model = self.model == "*" or (model is not None and fnmatchcase(model, self.model))
        return is_for_model and fnmatchcase(url, self.url)


_ADDED: Final = ("ignore", "severities")
_PATTERNS: Final = ("model", "url")


@dataclass(frozen=True, kw_only=True)
class Policy:
    """How requests on the wire are checked, and what is done about violations.

    Raises:
        ValueError: for a mode, rule, severity, edition or API version that does not exist, or a number out of range.
    """

    mode: Mode = "refuse"
    fail_on: SeverityName = "error"
    """The least severity that is acted on; a milder violation is only in the report."""
    select: Iterable[str] | None = None
    ignore: Iterable[str] = ()
    severities: Mapping[str, SeverityName] = field(default_factory=dict)
    edition: Edition = LATEST_EDITION
    api_version: ApiVersion = FIRST_API_VERSION
    """The version for requests without the header `anthropic-version`."""
    betas: Iterable[str] | None = None
    """The beta headers for requests without the header `anthropic-beta`."""
    sample: float = 1.0
    """The share of requests that is checked: 0.1 for every tenth."""
    max_bytes: int | None = LARGEST
    """The size above which a body is not checked; None for no limit."""
    overrides: Iterable[Override | Mapping[str, Any]] = ()
    on_check: Callable[[Checked], object] | None = None
    """Called after every check, for metrics; what it raises is logged."""
    logger: logging.Logger = LOGGER
    show_values: bool = False
    """Whether warnings and logs have messages, which quote values; without it they have rule and pointer only."""
    rules: Iterable[RuleDict | Mapping[str, Any] | OwnRule | Rule] = ()
    """Rules of your own."""
    plugins: Iterable[str] = ()
    """The installed plugins whose rules are checked as well."""

    def __post_init__(self) -> None:
        """Keep lists as tuples, and refuse wrong values now rather than in the first call."""
        overrides = tuple(each if isinstance(each, Override) else Override(**each) for each in self.overrides)
        object.__setattr__(self, "overrides", overrides)
        object.__setattr__(self, "rules", own_rules(self.rules))
        for name in ("select", "ignore", "betas", "plugins"):
            value = getattr(self, name)
            if isinstance(value, str):
                msg = f"{name} must be a list of names, not the string {value!r}"
                raise TypeError(msg)
            object.__setattr__(self, name, value if value is None else tuple(value))
        _refuse_unknown("mode", self.mode, MODES)
        _refuse_unknown("severity", self.fail_on, SEVERITIES)
        if not 0 <= self.sample <= 1:
            msg = f"sample must be between 0 and 1, not {self.sample}"
            raise ValueError(msg)
        if self.max_bytes is not None and self.max_bytes < 0:
            msg = f"max_bytes must be 0 or more, or None, not {self.max_bytes}"
            raise ValueError(msg)
        Linter(**self.linter_options(), edition=self.edition, api_version=self.api_version)
        for override in overrides:
            self.under([override])

    @property
    def depends_on_model(self) -> bool:
        """Whether the model of a request has to be known before it is checked."""
        return any(isinstance(each, Override) and each.model != "*" for each in self.overrides)

    def under(self, overrides: Iterable[Override]) -> Policy:
        """Return the policy for requests that some of its overrides match."""
        changes: dict[str, Any] = {"ignore": self.ignore, "severities": self.severities}
        for override in overrides:
            for each in fields(override):
                value = getattr(override, each.name)
                if each.name not in _PATTERNS and each.name not in _ADDED and value is not None:
                    changes[each.name] = value
            changes["ignore"] = (*changes["ignore"], *override.ignore)
            changes["severities"] = {**changes["severities"], **override.severities}
        return replace(self, **changes, overrides=())

    def known_rules(self) -> Registry:
        """Return the rules that its linters know."""
        return Linter(**self.linter_options()).rules

    def linter_options(self) -> dict[str, Any]:
        """Return the options of its linters that choose rules."""
        named = {*(self.select or ()), *self.severities}
        off = (rule for rule in OFF_BY_DEFAULT if rule not in named and rule.partition("/")[0] not in named)
        return {
            "select": self.select,
            "ignore": (*self.ignore, *off),
            "severities": dict(self.severities),
            "rules": self.rules,
            "plugins": self.plugins,
        }


def policy_of(options: Any) -> Policy:
    """Return the policy of keyword arguments; a policy as `policy` goes before the others."""
    given = dict(options)
    policy: Policy | None = given.pop("policy", None)
    if policy is None:
        return Policy(**given)
    return replace(policy, **given) if given else policy


def _refuse_unknown(noun: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        msg = f"there is no {noun} {value!r}; there are {', '.join(known)}"
        raise ValueError(msg)

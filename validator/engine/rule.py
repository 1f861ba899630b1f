"""Rules: one function each, with its id, its documentation and its examples."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from ..common.docstrings import docstring_of
from ..common.lazy_regex import regex
from ..common.records import NamedTuple
from ..facts import Model
from ..facts.api import PLATFORMS, REQUEST_ENDPOINTS
from ..fixes import Fix
from ..report import Severity

if TYPE_CHECKING:
    from .index import Index
    from .setup import SetupView

Check = TypeVar("Check", bound=Callable[..., Any])
Tag = Literal["deprecated", "unnecessary"]


EXAMPLE_DAY: Final = date(2026, 11, 22)
"""The `today` of an example that names no other: what it shows must not change when a model is retired."""
REQUEST_FILE: Final = "request.json"
_PARTS: Final = regex(r"^(Why|Fix|Source): ", re.MULTILINE)


class Example(NamedTuple):
    """A request that shows a rule: a bad one breaks that rule alone, a good one breaks none."""

    request: Any
    """The request, as raw text (`bytes`) for rules of syntax; a function without arguments makes a large one."""
    at: str | None = None
    """JSON Pointer of the violation; None in a good example."""
    endpoint: str = "messages"
    betas: tuple[str, ...] | None = None
    edition: str | None = None
    api_version: str | None = None
    platform: str | None = None
    today: date | None = None
    file: str = REQUEST_FILE
    """The name of its file, where that matters: the ending decides about the format."""
    ignore: list[str] | None = None
    """Rules that report something else in it, such as a deprecated header that it needs."""
    rules: tuple[Any, ...] | None = None
    """The rules that are not msglint's own and have to be known to the linter."""

    def options(self) -> dict[str, Any]:
        """Return the options of a linter for this example."""
        options = {
            "endpoint": self.endpoint,
            "betas": self.betas,
            "edition": self.edition,
            "api_version": self.api_version,
            "platform": self.platform,
            "today": self.today or EXAMPLE_DAY,
            "ignore": self.ignore,
            "rules": self.rules,
        }
        return {name: value for name, value in options.items() if value is not None}

    def made(self) -> Any:
        """Return the request itself, made now if it has to be."""
        return self.request() if callable(self.request) else self.request


@dataclass(frozen=True, eq=False, repr=False)
class Rule:
    """A check with everything there is to know about it; its documentation is its function's docstring."""

    id: str
    severity: Severity
    check: Callable[..., Any]
    bad: tuple[Example, ...]
    good: tuple[Example, ...]
    on: tuple[str, ...] = ()
    """The places that it checks; none for rules of structure and syntax, which the engine does not run."""
    types: tuple[str, ...] = ()
    """Patterns of the types that it checks at its places: the `type` of tools and blocks, the `role` of messages. For
    the array of messages, a request has to have one of these roles or types."""
    if_value: Callable[[Any], bool] | None = None
    """A cheap test of the raw value, which saves making a node of most values. It has to accept any value, and to
    depend on that alone: its answer about a setting is cached."""
    mentions: tuple[str, ...] = ()
    """Names of which a request has to use at least one to break the rule; see `Index.names`."""
    skip_if: Callable[[Index], bool] | None = None
    """Whether to skip the rule for a request, by its index; several rules may share the function."""
    skip_if_setup: Callable[[SetupView], bool] | None = None
    """The same by the setup alone; called once for all requests that share it."""
    endpoints: tuple[str, ...] = REQUEST_ENDPOINTS
    """The endpoints whose requests it is for."""
    platforms: tuple[str, ...] = PLATFORMS
    """The platforms whose API is known to refuse it."""
    models: Callable[[Model], bool] | None = None
    """For a rule that depends on the model: whether it applies to one. The rule is skipped for an unknown model, and
    for one whose fact is unknown."""
    api_version: str | None = None
    """The first `anthropic-version` with which the API refuses it."""
    since: str | None = None
    """The month (`2025-08`) since which the API refuses it, where that is known; older editions skip the rule."""
    rests_on: tuple[str, ...] = ()
    """The places that a finding rests on: it is dropped where the schemas refuse one of them; see `rule`."""
    settles: tuple[str, ...] | None = None
    """For a rule whose help removes a value: the siblings that go with it; see `rule`."""
    keywords: tuple[str, ...] = ()
    """For a rule of structure: the keywords of a schema whose refusals it words."""
    tag: Tag | None = None
    """How an editor may show the place: struck through as deprecated, or faded as unnecessary."""
    mend: Callable[..., Fix | None] | None = None
    """For a rule of structure: makes the fix of a refusal (a `Problem`) in a document."""
    api_messages: tuple[str, ...] = ()
    """The API's own error messages, as they were seen; today's wording first. Names in braces stand for what varies:
    `{place}` for the place with dots, the others for values that the rule gives when it reports."""
    words: Mapping[str, str] | None = None
    """The parts of its documentation by their labels, for a rule that has no docstring."""
    details: Mapping[str, str] | None = None
    """More about what it is limited to, by label."""
    origin: Any = None
    """What it was made of, if it is not one of msglint's: a rule of a configuration, or the name of a plugin."""

    @property
    def summary(self) -> str:
        """The mistake that the rule reports, in a sentence or a paragraph."""
        return self._parts.get("", "")

    @property
    def why(self) -> str:
        """The reason: why the API refuses it, or why it is worth knowing."""
        return self._parts.get("Why", "")

    @property
    def fix(self) -> str:
        """The effect of its fix, and when that is safe; empty where it has none."""
        return self._parts.get("Fix", "")

    @property
    def source(self) -> str:
        """The place where the fact is documented or was seen."""
        return self._parts.get("Source", "")

    @cached_property
    def _parts(self) -> dict[str, str]:
        """The parts of the docstring by their labels; the first one has none."""
        if self.words is not None:
            return dict(self.words)
        first, *rest = _PARTS.split(docstring_of(self.check))
        labelled = zip(rest[::2], rest[1::2], strict=True)
        return {label: " ".join(text.split()) for label, text in [("", first), *labelled]}

    def applies(self, endpoint: str, model: Model | None) -> bool:
        """Whether a request for an endpoint and a model can break the rule; None for an unknown model.

        The form of a model's id may name another platform than the linter's.
        """
        if endpoint not in self.endpoints or (model is not None and model.platform not in self.platforms):
            return False
        return self.models is None or (model is not None and self.models(model))

    def concerns(self, platform: str, edition: str, api_version: str) -> bool:
        """Whether the API of a platform, edition and version is known to refuse what the rule finds."""
        return (
            platform in self.platforms
            and (self.since is None or self.since <= edition)
            and (self.api_version is None or self.api_version <= api_version)
        )

    @cached_property
    def rests_on_steps(self) -> tuple[tuple[str, ...], ...]:
        """The steps of the places in `rests_on`."""
        return tuple(tuple(place.removeprefix("/").split("/")) for place in self.rests_on)

    @property
    def area(self) -> str:
        """The part of the id before the slash, which names the module."""
        return self.id.partition("/")[0]


PROMISES: Final[dict[str, Callable[[Rule], Rule]]] = {}
"""What completes a rule that was made before its module was imported, by id; see `promised`."""


def _made(
    rule_id: str,
    severity: Severity,
    check: Callable[..., Any],
    bad: tuple[Example, ...],
    good: tuple[Example, ...],
    **more: Any,
) -> Rule:
    """Make a rule, or complete the one that was promised."""
    made = Rule(rule_id, severity, check, bad, good, **more)
    complete = PROMISES.get(rule_id)
    return made if complete is None else complete(made)


def rule(
    rule_id: str,
    *,
    on: str | tuple[str, ...],
    types: tuple[str, ...] = (),
    if_value: Callable[[Any], bool] | None = None,
    mentions: tuple[str, ...] = (),
    skip_if: Callable[[Index], bool] | None = None,
    skip_if_setup: Callable[[SetupView], bool] | None = None,
    severity: Severity = Severity.ERROR,
    endpoints: tuple[str, ...] = REQUEST_ENDPOINTS,
    platforms: tuple[str, ...] = PLATFORMS,
    models: Callable[[Model], bool] | None = None,
    api_version: str | None = None,
    since: str | None = None,
    rests_on: tuple[str, ...] = (),
    settles: tuple[str, ...] | None = None,
    tag: Tag | None = None,
    bad: tuple[Example, ...],
    good: tuple[Example, ...],
    api_messages: tuple[str, ...] = (),
) -> Callable[[Callable[..., None]], Rule]:
    """Make a rule of a function `check(node, request)` that reports what it finds to the node.

    `on` is the place it wants, or several of them, each a JSON Pointer with `*` for any index: the request (an empty
    string), a top-level property (`/thinking`), each tool (`/tools/*`), each block of the system prompt (`/system/*`),
    each message (`/messages/*`), each content block (`/messages/*/content/*`), or each of these and of the blocks
    inside them, in a tool result for example (`/messages/*/content/**`).

    Three arguments skip the rule where it can find nothing, at no cost. `mentions` names property names and values of
    `type` (see `Index.names`) of which the request has to use one. `skip_if` looks at the index of the request, and
    `skip_if_setup` at the request without its messages.

    `rests_on` are places elsewhere in the request that a finding rests on. Where the schemas refuse one of them, or
    what holds it, the finding may only follow from that, and is dropped. They are pointers in which `*` is any index,
    `.` the index that the finding itself has there, and `~` one at most two away from it.

    `settles` is for a rule whose help removes the value that it reports, or replaces it by another kind of value: the
    schemas' refusals of that value are then not reported. It names the siblings for which the same holds.

    The docstring has a first paragraph that says what the rule finds, then paragraphs that begin with `Why: ` and
    `Source: `, and between them one that begins with `Fix: ` where the rule gives a fix with what it reports.
    """
    places = (on,) if isinstance(on, str) else on
    return lambda check: _made(
        rule_id,
        severity,
        check,
        bad,
        good,
        on=places,
        types=types,
        if_value=if_value,
        mentions=mentions,
        skip_if=skip_if,
        skip_if_setup=skip_if_setup,
        endpoints=endpoints,
        platforms=platforms,
        models=models,
        api_version=api_version,
        since=since,
        rests_on=rests_on,
        settles=settles,
        tag=tag,
        api_messages=api_messages,
    )


BY_KEYWORD: Final[dict[str, Rule]] = {}
"""The rule of structure for each keyword of the schemas; `schema_rule` fills it, or `promised`."""


def schema_rule(
    rule_id: str,
    *,
    keywords: tuple[str, ...],
    bad: tuple[Example, ...],
    good: tuple[Example, ...],
    mend: Callable[..., Fix | None] | None = None,
    api_messages: tuple[str, ...] = (),
) -> Callable[[Callable[..., tuple[str, str | None]]], Rule]:
    """Make a rule of a function that words a schema's refusal (a `Problem`): a message and a help.

    `mend` makes a fix of the problem and the document that it is in; the docstring describes it under `Fix: `.
    """

    def made(check: Callable[..., tuple[str, str | None]]) -> Rule:
        made_rule = _made(
            rule_id, Severity.ERROR, check, bad, good, keywords=keywords, mend=mend, api_messages=api_messages
        )
        BY_KEYWORD.update(dict.fromkeys(keywords, made_rule))
        return made_rule

    return made


def syntax_rule(
    rule_id: str,
    *,
    severity: Severity = Severity.ERROR,
    bad: tuple[Example, ...],
    good: tuple[Example, ...],
    api_messages: tuple[str, ...] = (),
) -> Callable[[Callable[..., Any]], Rule]:
    """Make a rule of a function that recognises one way in which text is not JSON, or returns None."""
    return lambda check: _made(rule_id, severity, check, bad, good, api_messages=api_messages)


def value_rule(
    rule_id: str,
    *,
    severity: Severity = Severity.ERROR,
    tag: Tag | None = None,
    bad: tuple[Example, ...],
    good: tuple[Example, ...],
    api_messages: tuple[str, ...] = (),
) -> Callable[[Callable[..., tuple[str, str]]], Rule]:
    """Make a rule of a function that words the refusal of a value that JSON cannot hold."""
    return lambda check: _made(rule_id, severity, check, bad, good, tag=tag, api_messages=api_messages)


def body(**changes: Any) -> dict[str, Any]:
    """Return the body of a valid request with some properties changed, for examples."""
    return {
        "model": "claude-haiku-4-5",
        "max_tokens": 1024,
        "messages": [{"role": "user", "content": "Hello"}],
        **changes,
    }

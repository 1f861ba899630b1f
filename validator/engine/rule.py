"""What a rule is: one function with its words, its reason and its examples, found again by its id."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeVar

from ..common.docstrings import docstring_of
from ..common.lazy_regex import regex
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
"""The day of the examples that are of no other: what they show must not change when a model is retired."""
REQUEST_FILE: Final = "request.json"
_PARTS: Final = regex(r"^(Why|Fix|Source): ", re.MULTILINE)


class Example(NamedTuple):
    """A request that shows a rule: a bad one breaks that rule alone, a good one breaks none."""

    request: Any
    """The request; raw text (`bytes`) for the rules of syntax; a function without arguments that makes a large one."""
    at: str | None = None
    """JSON Pointer of the violation; None in a good example."""
    endpoint: str = "messages"
    betas: tuple[str, ...] | None = None
    edition: str | None = None
    api_version: str | None = None
    platform: str | None = None
    today: date | None = None
    file: str = REQUEST_FILE
    """The name of the file that it stands in, where that matters: its ending tells the format."""
    ignore: list[str] | None = None
    """Rules that speak of something else in it, such as a deprecated header that it needs."""

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
        }
        return {name: value for name, value in options.items() if value is not None}

    def made(self) -> Any:
        """Return the request itself, made now if it has to be."""
        return self.request() if callable(self.request) else self.request


@dataclass(frozen=True, eq=False, repr=False)
class Rule:
    """A check with everything there is to say about it; what it says comes from its function's docstring."""

    id: str
    severity: Severity
    check: Callable[..., Any]
    bad: tuple[Example, ...]
    good: tuple[Example, ...]
    on: tuple[str, ...] = ()
    """The places that the engine hands over; none for the rules of structure and syntax."""
    types: tuple[str, ...] = ()
    """With a place that has many types of things: patterns of the types wanted. Of tools and blocks it is their
    `type`, of messages their `role`; with the whole of the messages one of them must be among the roles and types."""
    if_value: Callable[[Any], bool] | None = None
    """A cheap look at the value itself, so that most values never become a node; it has to bear any value, and to
    depend on nothing else: what it says of a setting is kept for the requests that have the same one."""
    mentions: tuple[str, ...] = ()
    """Names of which a request has to use one to break the rule; see `Index.names`."""
    skip_if: Callable[[Index], bool] | None = None
    """Whether the rule can find nothing in a request, by its index; rules may share it."""
    skip_if_setup: Callable[[SetupView], bool] | None = None
    """The same by the setup alone, asked once for all requests that share it."""
    endpoints: tuple[str, ...] = REQUEST_ENDPOINTS
    """The endpoints whose requests it is for."""
    platforms: tuple[str, ...] = PLATFORMS
    """The platforms whose API is known to refuse it."""
    models: Callable[[Model], bool] | None = None
    """For a rule that depends on the model: whether it can be broken with that one. Of a model that is not known,
    or one whose fact is not known, the rule says nothing."""
    api_version: str | None = None
    """The `anthropic-version` from which on the API refuses it."""
    since: str | None = None
    """The month (`2025-08`) from which the API has refused it, where that is known; older editions do without it."""
    rests_on: tuple[str, ...] = ()
    """Where the request has to be sound for the rule to be sure; see `rule`."""
    settles: tuple[str, ...] | None = None
    """For a rule whose help does away with a value: the siblings that go with it; see `rule`."""
    keywords: tuple[str, ...] = ()
    """For a rule of structure: the keywords of a schema whose refusals it words."""
    tag: Tag | None = None
    """What an editor may show of it: that the place is out of date, or that it can go."""
    mend: Callable[..., Fix | None] | None = None
    """For a rule of structure: makes the fix of a refusal (a `Problem`) in a document."""
    api_messages: tuple[str, ...] = ()
    """What the API itself answers, as it was seen; the wording of today first. Names in braces stand for what differs:
    `{place}` for the place in dots, the others for what the rule gives when it reports."""

    @property
    def summary(self) -> str:
        """What the rule finds, in a sentence or a paragraph."""
        return self._parts.get("", "")

    @property
    def why(self) -> str:
        """Why the API refuses it, or why it is worth knowing."""
        return self._parts.get("Why", "")

    @property
    def fix(self) -> str:
        """What its fix does, and when that is safe; empty where it has none."""
        return self._parts.get("Fix", "")

    @property
    def source(self) -> str:
        """Where the fact is documented or was seen."""
        return self._parts.get("Source", "")

    @cached_property
    def _parts(self) -> dict[str, str]:
        """The parts of the docstring by their labels; the first one has none."""
        first, *rest = _PARTS.split(docstring_of(self.check))
        labelled = zip(rest[::2], rest[1::2], strict=True)
        return {label: " ".join(text.split()) for label, text in [("", first), *labelled]}

    def applies(self, endpoint: str, model: Model | None) -> bool:
        """Whether the rule can be broken by a request for an endpoint to a model, or to one that is not known.

        The id of a model can tell that the request is for another platform than the linter was told.
        """
        if endpoint not in self.endpoints or (model is not None and model.platform not in self.platforms):
            return False
        return self.models is None or (model is not None and self.models(model))

    @cached_property
    def rests_on_steps(self) -> tuple[tuple[str, ...], ...]:
        """The steps of the places in `rests_on`."""
        return tuple(tuple(place.removeprefix("/").split("/")) for place in self.rests_on)

    @property
    def area(self) -> str:
        """What stands before the slash of the id, and names the module."""
        return self.id.partition("/")[0]


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

    `settles` is for a rule whose help removes the value that it reports, or makes it another kind of thing: what the
    schemas refuse of that value is then not reported as well. It names the siblings for which the same holds.

    The docstring has a first paragraph that says what the rule finds, then paragraphs that begin with `Why: ` and
    `Source: `, and between them one that begins with `Fix: ` where the rule gives a fix with what it reports.
    """
    places = (on,) if isinstance(on, str) else on
    return lambda check: Rule(
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
"""The rule of structure that words the refusals of a schema's keyword; `schema_rule` fills it."""


def schema_rule(
    rule_id: str,
    *,
    keywords: tuple[str, ...],
    bad: tuple[Example, ...],
    good: tuple[Example, ...],
    mend: Callable[..., Fix | None] | None = None,
    api_messages: tuple[str, ...] = (),
) -> Callable[[Callable[..., tuple[str, str | None]]], Rule]:
    """Make a rule of a function that puts a schema's refusal (a `Problem`) into words: a message and a help.

    `mend` makes a fix of the problem and the document that it is in; the docstring says what it does under `Fix: `.
    """

    def made(check: Callable[..., tuple[str, str | None]]) -> Rule:
        made_rule = Rule(
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
    """Make a rule of a function that recognises one way in which text fails to be JSON, or answers None."""
    return lambda check: Rule(rule_id, severity, check, bad, good, api_messages=api_messages)


def value_rule(
    rule_id: str,
    *,
    severity: Severity = Severity.ERROR,
    tag: Tag | None = None,
    bad: tuple[Example, ...],
    good: tuple[Example, ...],
    api_messages: tuple[str, ...] = (),
) -> Callable[[Callable[..., tuple[str, str]]], Rule]:
    """Make a rule of a function that says what is wrong with a value that JSON has no place for."""
    return lambda check: Rule(rule_id, severity, check, bad, good, tag=tag, api_messages=api_messages)


def body(**changes: Any) -> dict[str, Any]:
    """Return the body of a valid request with some properties set otherwise, for examples."""
    return {
        "model": "claude-haiku-4-5",
        "max_tokens": 1024,
        "messages": [{"role": "user", "content": "Hello"}],
        **changes,
    }

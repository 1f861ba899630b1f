"""Models."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Final

from ..common.lazy_regex import regex
from ..common.wording import code, nearest, shown
from ..engine.request import Node, Request
from ..engine.rule import Example, body, rule
from ..facts import Model, model_ids, model_named
from ..facts.api import LATEST_EDITION, PLATFORMS
from ..report import Severity
from .shared.fixes import meant_instead
from .shared.model_ids import best_name, family_alone, is_another_vendors, misspelt
from .shared.usual_settings import may_be_unknown, may_end

_PLACES: Final = ("/model", "/fallbacks", "/tools/*")
_ADVISORS: Final = ("advisor_*",)
_OWN_API: Final = PLATFORMS[0]
_PLATFORM_NAMES: Final = {"bedrock": "Amazon Bedrock", "google": "Google Cloud"}
_NEWEST: Final = "claude-opus-5-5"
_SEPARATORS: Final = regex(r"[-._ ]+")


@rule(
    "models/retired",
    on=_PLACES,
    types=_ADVISORS,
    if_value=may_end,
    severity=Severity.WARNING,
    tag="deprecated",
    bad=(
        Example(body(model="claude-3-opus-20240229"), at="/model", today=date(2026, 11, 22)),
        Example(
            body(model="claude-fable-5", fallbacks=[{"model": "claude-opus-4-1"}]),
            at="/fallbacks/0/model",
            today=date(2026, 11, 22),
        ),
        Example(
            body(tools=[{"type": "advisor_20260301", "name": "advisor", "model": "claude-opus-4-0"}]),
            at="/tools/0/model",
            today=date(2026, 11, 22),
        ),
        Example(body(model="claude-sonnet-4-5"), at="/model", today=date(2026, 11, 30)),
        Example(
            body(model="us.anthropic.claude-opus-4-1-20250805-v1:0"),
            at="/model",
            today=date(2027, 1, 9),
        ),
    ),
    good=(
        Example(body(model="claude-haiku-4-5"), today=date(2026, 11, 22)),
        Example(body(model="my-gateways-own-name"), today=date(2026, 11, 22)),
        Example(body(model="us.anthropic.claude-sonnet-4-5-20250929-v1:0"), today=date(2026, 12, 1)),
        Example(body(model="claude-sonnet-4-5@20250929"), today=date(2026, 12, 1)),
    ),
)
def retired(place: Node, request: Request) -> None:
    """The request, a fallback or the advisor tool names a retired model.

    Why: After the retirement day the API answers with a 404. Amazon Bedrock and Google Cloud retire models on their own
    days; where such a day is not known, nothing is reported. Nor is anything in an older edition, which is chosen for
    gateways that have their own models. In code that is run it is an error; a request in a file of its own may be one
    that is kept as it was sent.

    Source: The documentation's page on model deprecations; the dates are in `validator/facts/models.json`.
    """
    today = _today(request)
    for model, facts in _known(place, request):
        day = facts.retires
        if day is None or day > today:
            continue
        when = "is retired today" if day == today else f"was retired on {day.isoformat()}"
        severity = _severity(request)
        if facts.fact("retires_tentatively"):
            when, severity = f"was to be retired on {day.isoformat()}", None
        model.report(f"{_described(model, facts)} {when}", help=_successor(facts, today), severity=severity)


@rule(
    "models/retiring",
    on=_PLACES,
    types=_ADVISORS,
    if_value=may_end,
    severity=Severity.WARNING,
    bad=(
        Example(body(model="claude-opus-4-1-20250805"), at="/model", today=date(2026, 7, 1)),
        Example(
            body(model="claude-opus-5", fallbacks=[{"model": "claude-sonnet-4-5"}]),
            at="/fallbacks/0/model",
            today=date(2026, 11, 22),
        ),
        Example(body(model="claude-opus-4-5"), at="/model", today=date(2026, 11, 23)),
        Example(body(model="claude-mythos-preview"), at="/model", today=date(2026, 11, 22)),
    ),
    good=(
        Example(body(model="claude-opus-4-8"), today=date(2026, 7, 1)),
        Example(body(model="claude-opus-4-5"), today=date(2026, 11, 22)),
        Example(body(model="us.anthropic.claude-opus-4-1-20250805-v1:0"), today=date(2026, 7, 1)),
    ),
)
def retiring(place: Node, request: Request) -> None:
    """The model is deprecated.

    Why: After the retirement day the API answers with a 404. Where no day is set yet, this is only a note.

    Source: The documentation's page on model deprecations; the dates are in `validator/facts/models.json`.
    """
    today = _today(request)
    for model, facts in _known(place, request):
        day, deprecated = facts.retires, facts.day("deprecated")
        if deprecated is None or deprecated > today:
            continue
        if day is None:
            model.report(
                f"{_described(model, facts)} has been deprecated since {deprecated.isoformat()}",
                help=_successor(facts, today),
                severity=Severity.INFO,
            )
        elif day > today:
            change = "; the day may still change" if facts.fact("retires_tentatively") else ""
            model.report(
                f"{_described(model, facts)} will be retired on {day.isoformat()}{change}",
                help=_successor(facts, today),
            )


@rule(
    "models/unknown",
    on=_PLACES,
    types=_ADVISORS,
    if_value=may_be_unknown,
    severity=Severity.WARNING,
    bad=(
        Example(body(model="claude-sonet-5-5"), at="/model"),
        Example(body(model="claude-opus-5", fallbacks=[{"model": "claude-opsu-4-8"}]), at="/fallbacks/0/model"),
        Example(body(model="sonnet"), at="/model"),
        Example(body(model="claude-haiku"), at="/model"),
    ),
    good=(
        Example(body(model="our-sonnet")),
        Example(body(model="claude-opus-6")),
        Example(body(model="claude-opus-4-8-20260528")),
        Example(body(model="anthropic/claude-opus-4.8")),
        Example(body(model="claude-opus-4-8:thinking")),
        Example(body(model="claude-opus-4.8"), edition="2025-10"),
    ),
    api_messages=("model: {name}",),
)
def unknown(place: Node, request: Request) -> None:
    """The model id is probably a misspelling of a known one, or names only a family.

    Why: The API answers with a 404. Only ids with a typo in the name of the family are reported, and the short names of
    families that clients take: any other id may belong to a new model or to a gateway. In code that is run it is an
    error.

    Fix: Replaces the id with the likely one; unsafe, because another model may be meant.

    Source: The API's 404, seen in eight places; the ids are in `validator/facts/models.json`.
    """
    if request.context.platform != _OWN_API or request.context.edition < LATEST_EDITION:
        return
    for model in _named(place):
        name = model.text() or ""
        meant = _meant(name) if model_named(name) is None and misspelt(name) is None else None
        if meant is not None:
            ended, instead = _retirement(meant, _today(request))
            model.report(
                f"{code(name)} is not the id of a model",
                help=f"did you mean {code(meant)}?{ended}",
                severity=_severity(request),
                api={"name": name},
                fix=meant_instead(model, instead),
            )


@rule(
    "models/no-such-model",
    on=_PLACES,
    types=_ADVISORS,
    if_value=may_be_unknown,
    platforms=("anthropic",),
    bad=(
        Example(body(model="gpt-4o"), at="/model"),
        Example(body(model=" "), at="/model"),
        Example(body(model="claude-4-sonnet"), at="/model"),
        Example(body(model="claude-opus-4.8"), at="/model"),
        Example(body(model="claude-3.5-sonnet"), at="/model"),
        Example(body(model="claude-3-opus"), at="/model"),
        Example(body(model="claude-opus-latest"), at="/model"),
        Example(body(model="claude-sonnet-4-5-20250928"), at="/model"),
        Example(body(model="claude-3-opus-2024022"), at="/model"),
        Example(body(model="claude-opus-5", fallbacks=[{"model": "claude_opus_4_8"}]), at="/fallbacks/0/model"),
    ),
    good=(
        Example(body(model="claude-opus-6")),
        Example(body(model="claude-haiku-6-5-20271201")),
        Example(body(model="claude-opus-4-8-20260528")),
        Example(body(model="claude-4-sonnet-20250514"), edition="2025-10"),
        Example(body(model="anthropic/claude-opus-4.8")),
        Example(body(model="openai/gpt-4o")),
        Example(body(model="claude-opus-4-8:thinking")),
        Example(body(model="claude-opus-4.8"), edition="2025-10"),
    ),
    api_messages=("model: {name}",),
)
def no_such_model(place: Node, request: Request) -> None:
    """The model id never existed on Anthropic's own API.

    Why: The API answers with a 404. The ids and aliases of a released model are a closed list: reordering its parts,
    other separators, another date or `latest` do not make an id. Since Claude 3 no id has a dot in its version, and
    since Claude 4 none has the version before the family. The ids of OpenAI and Google do not exist here, nor
    does an id of blanks alone, which the API looks up. An older edition is chosen for gateways, which have their own
    models, so nothing is reported in one.

    Fix: Replaces the id with the likely one; unsafe, because another model may be meant.

    Source: The API's 404, seen in eight places; the ids are in `validator/facts/models.json`.
    """
    if request.context.edition < LATEST_EDITION:
        return
    for model in _named(place):
        name = model.text()
        if name is None or model_named(name) is not None:
            continue
        if is_another_vendors(name):
            model.report(
                f"{code(name)} is another vendor's model, which this API does not have",
                help=f"use one of Anthropic's models, such as {code(_NEWEST)}",
                api={"name": name},
            )
            continue
        if name.isspace():
            model.report(
                f"{shown(name)} is not the id of a model",
                help=f"write the id of one of Anthropic's models, such as {code(_NEWEST)}",
                api={"name": name},
            )
            continue
        meant = misspelt(name)
        if meant is not None:
            known = best_name(meant)
            ended, instead = _retirement(known, _today(request))
            model.report(
                f"{code(name)} is not the id of a model",
                help=f"did you mean {code(known)}?{ended}",
                api={"name": name},
                fix=meant_instead(model, instead),
            )


def _retirement(name: str, today: date) -> tuple[str, str | None]:
    """Return a note on a model's retirement if it is over, and the id to write: its own, or a successor's."""
    model = model_named(name)
    if model is None or model.retires is None or model.retires > today:
        return "", name
    successor = _current(model, today)
    advice = f"use {code(successor)}" if successor is not None else "use a current model"
    return f" It was retired on {model.retires.isoformat()}: {advice}", successor


def _current(model: Model, today: date) -> str | None:
    """Return the first successor of a model that is not retired."""
    seen = {model.id}
    while model.successor is not None and model.successor not in seen:
        seen.add(model.successor)
        successor = model_named(model.successor)
        if successor is None or successor.retires is None or successor.retires > today:
            return model.successor
        model = successor
    return None


def _meant(name: str) -> str | None:
    """Return the known id with the same numbers as an unknown one and, but for typos, the same words.

    For the name of a family alone, that is the family's newest model.
    """
    newest = family_alone(name)
    if newest is not None:
        return best_name(newest)
    parts = _parts(name)
    if parts is None:
        return None
    known, words = _known_ids()
    return known.get(_key([part if part.isdigit() else nearest(part, words) or part for part in parts]))


@lru_cache(maxsize=1)
def _known_ids() -> tuple[dict[tuple[tuple[str, ...], tuple[str, ...]], str], tuple[str, ...]]:
    """Return the known ids by their words and numbers, and all the words."""
    known = {_key(_SEPARATORS.split(known_id)): known_id for known_id in model_ids()}
    return known, tuple({word: None for words_of_id, _ in known for word in words_of_id})


def _key(parts: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words of an id, in any order, and its numbers, in theirs: people reorder the words."""
    words = sorted(part for part in parts if not part.isdigit())
    return tuple(words), tuple(part for part in parts if part.isdigit())


def _parts(name: str) -> list[str] | None:
    """Split an id; None if it is certainly not meant to be one of Anthropic's."""
    parts = _SEPARATORS.split(name.strip().lower())
    return parts if parts[0] == "claude" and all(part.isalnum() for part in parts) else None


def _named(place: Node) -> Iterator[Node]:
    """Yield the models that a place names: `model` itself, the fallbacks, or a tool's."""
    if isinstance(place.value, str):
        yield place
    elif isinstance(place.value, dict):
        yield place.at("model")
    else:
        for fallback in place.items():
            yield fallback.at("model")


def _known(place: Node, request: Request) -> Iterator[tuple[Node, Model]]:
    """Yield the known models that a place names, with their facts on the platform of the request."""
    if request.context.edition < LATEST_EDITION:
        return
    for model in _named(place):
        name = model.text()
        facts = model_named(name, request.platform) if name is not None else None
        if facts is not None:
            yield model, facts


def _severity(request: Request) -> Severity | None:
    """Return the severity of a model that the API answers with a 404: an error in code that is run."""
    return Severity.ERROR if request.context.is_run else None


def _today(request: Request) -> date:
    return request.context.today or date.today()  # noqa: DTZ011 - a retirement is a matter of days, not of zones


def _described(model: Node, facts: Model) -> str:
    """Name a model as the request does, with the platform if it is not Anthropic's own."""
    platform = _PLATFORM_NAMES.get(facts.platform)
    return code(str(model.value)) + (f" on {platform}" if platform else "")


def _successor(model: Model, today: date) -> str:
    current = _current(model, today)
    successor = model_named(current) if current is not None else None
    if successor is None:
        return "use a current model"
    name = current if model.platform == _OWN_API else successor.name_on(model.platform)
    return f"use {code(str(name))}"

"""Models."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from ..facts import Model, model_ids, model_named
from ..patterns import regex
from ..report import Severity
from ..schema.projection import LATEST_EDITION
from ..words import code, nearest
from .mending import meant_instead
from .node import Node, Request
from .rule import Example, body, rule

_PLACES: Final = ("/model", "/fallbacks", "/tools/*")
_ADVISORS: Final = ("advisor_*",)
_SEPARATORS: Final = regex(r"[-._ ]+")


def _may_end(place: Any) -> bool:
    """Whether a place may name a model of which it is known when it retires."""
    if not isinstance(place, str):
        return True
    model = model_named(place)
    return model is not None and model.retires is not None


def _may_be_unknown(place: Any) -> bool:
    return not isinstance(place, str) or model_named(place) is None


@rule(
    "models/retired",
    on=_PLACES,
    types=_ADVISORS,
    when=_may_end,
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
    ),
    good=(
        Example(body(model="claude-haiku-4-5"), today=date(2026, 11, 22)),
        Example(body(model="my-gateways-own-name"), today=date(2026, 11, 22)),
    ),
)
def retired(place: Node, request: Request) -> None:
    """A model is retired: that of the request, of a fallback or of the advisor tool.

    Why: Anthropic's own API answers with a 404 from the day of retirement on. Amazon Bedrock and Google Cloud keep
    models for a while longer, and an older edition is chosen for gateways, which have models of their own; nothing is
    said of bodies for them.

    Source: The documentation's page on model deprecations; the dates stand in `validator/facts/models.json`.
    """
    for model, facts, day in _dated(place, request):
        if day <= _today(request):
            model.report(f"{code(str(model.value))} was retired on {day.isoformat()}", help=_successor(facts, request))


@rule(
    "models/retiring",
    on=_PLACES,
    types=_ADVISORS,
    when=_may_end,
    severity=Severity.WARNING,
    bad=(
        Example(body(model="claude-opus-4-1-20250805"), at="/model", today=date(2026, 7, 1)),
        Example(
            body(model="claude-opus-5", fallbacks=[{"model": "claude-sonnet-4-5"}]),
            at="/fallbacks/0/model",
            today=date(2026, 11, 22),
        ),
    ),
    good=(Example(body(model="claude-opus-4-8"), today=date(2026, 7, 1)),),
)
def retiring(place: Node, request: Request) -> None:
    """A model is deprecated, and the day of its retirement is set.

    Why: From that day on Anthropic's own API answers with a 404.

    Source: The documentation's page on model deprecations; the dates stand in `validator/facts/models.json`.
    """
    today = _today(request)
    for model, facts, day in _dated(place, request):
        deprecated = facts.fact("deprecated")
        if day > today and deprecated is not None and date.fromisoformat(deprecated) <= today:
            model.report(
                f"{code(str(model.value))} will be retired on {day.isoformat()}", help=_successor(facts, request)
            )


@rule(
    "models/unknown",
    on=_PLACES,
    types=_ADVISORS,
    when=_may_be_unknown,
    severity=Severity.WARNING,
    bad=(
        Example(body(model="claude-sonet-5-5"), at="/model"),
        Example(body(model="claude-opus-4.8"), at="/model"),
        Example(body(model="claude-4-6-sonnet"), at="/model"),
        Example(body(model="claude-opus-5", fallbacks=[{"model": "claude_opus_4_8"}]), at="/fallbacks/0/model"),
    ),
    good=(
        Example(body(model="claude-opus-6")),
        Example(body(model="claude-opus-4-8-20260528")),
        Example(body(model="anthropic/claude-opus-4.8")),
        Example(body(model="claude-opus-4-8:thinking")),
        Example(body(model="claude-opus-4.8"), edition="2025-10"),
    ),
    api_messages=("model: {name}",),
)
def unknown(place: Node, request: Request) -> None:
    """A model's id is not known, but is spelt almost like one that is.

    Why: The API answers with a 404. Only what a known id becomes with another order of its parts, other marks between
    them or a slip in the name of the family is reported: every other id may be that of a new model, or a gateway's own.

    Fix: Replaces the id by the one that is meant; unsafe, as another model may be meant.

    Source: The API's 404, seen in eight places; the ids stand in `validator/facts/models.json`.
    """
    if request.known.platform != "anthropic" or request.known.edition < LATEST_EDITION:
        return
    for model in _named(place):
        name = model.text() or ""
        meant = _meant(name) if model_named(name) is None else None
        if meant is not None:
            ended, instead = _retirement(meant, _today(request))
            model.report(
                f"{code(name)} is not the id of a model",
                help=f"did you mean {code(meant)}?{ended}",
                api={"name": name},
                fix=meant_instead(model, instead),
            )


def _retirement(name: str, today: date) -> tuple[str, str | None]:
    """Return what to say of a model's retirement, if it is over, and the id to write: its own, or a successor's."""
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
    """Return the known id that has the same numbers as an unknown one, and the same words but for slips."""
    parts = _parts(name)
    if parts is None:
        return None
    known = {_key(_SEPARATORS.split(known_id)): known_id for known_id in model_ids()}
    words = {word for words_of_id, _ in known for word in words_of_id}
    return known.get(_key([part if part.isdigit() else nearest(part, words) or part for part in parts]))


def _key(parts: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words of an id, which people put anywhere, and its numbers, whose order tells models apart."""
    words = sorted(part for part in parts if not part.isdigit())
    return tuple(words), tuple(part for part in parts if part.isdigit())


def _parts(name: str) -> list[str] | None:
    """Take an id apart; None for what is surely not meant to be one of Anthropic's own."""
    parts = _SEPARATORS.split(name.strip().lower())
    return parts if parts[0] == "claude" and all(part.isalnum() for part in parts) else None


def _named(place: Node) -> Iterator[Node]:
    """Yield the models that a place names: `model` itself, the fallbacks, or a tool."""
    if isinstance(place.value, str):
        yield place
    elif isinstance(place.value, dict):
        yield place.at("model")
    else:
        for fallback in place.items():
            yield fallback.at("model")


def _dated(place: Node, request: Request) -> Iterator[tuple[Node, Model, date]]:
    """Yield the models that a place names with the days they retire, on Anthropic's own API."""
    if request.known.platform != "anthropic" or request.known.edition < LATEST_EDITION:
        return
    for model in _named(place):
        name = model.text()
        facts = model_named(name) if name is not None else None
        if facts is not None and facts.retires is not None:
            yield model, facts, facts.retires


def _today(request: Request) -> date:
    return request.known.today or date.today()  # noqa: DTZ011 - a retirement is a matter of days, not of zones


def _successor(model: Model, request: Request) -> str:
    successor = _current(model, _today(request))
    return f"use {code(successor)}" if successor is not None else "use a current model"

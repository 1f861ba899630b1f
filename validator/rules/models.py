"""Models."""

from __future__ import annotations

from datetime import date

from ..facts import Model, model_named
from ..report import Severity
from ..schema.projection import LATEST_EDITION
from ..words import code
from .node import Node, Request
from .rule import Example, body, rule


@rule(
    "models/retired",
    on="/model",
    severity=Severity.WARNING,
    bad=(Example(body(model="claude-3-opus-20240229"), at="/model", today=date(2026, 11, 22)),),
    good=(
        Example(body(model="claude-haiku-4-5"), today=date(2026, 11, 22)),
        Example(body(model="my-gateways-own-name"), today=date(2026, 11, 22)),
    ),
)
def retired(model: Node, request: Request) -> None:
    """The model is retired.

    Why: Anthropic's own API answers with a 404 from the day of retirement on. Amazon Bedrock and Google Cloud keep
    models for a while longer, and an older edition is chosen for gateways, which have models of their own; nothing is
    said of bodies for them.

    Source: The documentation's page on model deprecations; the dates stand in `validator/facts/models.json`.
    """
    found = _dated(model, request)
    if found is not None and found[1] <= _today(request):
        facts, day = found
        model.report(f"{code(str(model.value))} was retired on {day.isoformat()}", help=_successor(facts))


@rule(
    "models/retiring",
    on="/model",
    severity=Severity.WARNING,
    bad=(Example(body(model="claude-opus-4-1-20250805"), at="/model", today=date(2026, 7, 1)),),
    good=(Example(body(model="claude-opus-4-8"), today=date(2026, 7, 1)),),
)
def retiring(model: Node, request: Request) -> None:
    """The model is deprecated, and the day of its retirement is set.

    Why: From that day on Anthropic's own API answers with a 404.

    Source: The documentation's page on model deprecations; the dates stand in `validator/facts/models.json`.
    """
    found = _dated(model, request)
    if found is not None and found[1] > _today(request) and "deprecated" in found[0].facts:
        facts, day = found
        if date.fromisoformat(facts.facts["deprecated"]) <= _today(request):
            model.report(f"{code(str(model.value))} will be retired on {day.isoformat()}", help=_successor(facts))


def _dated(model: Node, request: Request) -> tuple[Model, date] | None:
    """Return the model and the day it retires, on Anthropic's own API."""
    name = model.text()
    if name is None or request.known.platform != "anthropic" or request.known.edition < LATEST_EDITION:
        return None
    facts = model_named(name)
    return (facts, facts.retires) if facts is not None and facts.retires is not None else None


def _today(request: Request) -> date:
    return request.known.today or date.today()  # noqa: DTZ011 - a retirement is a matter of days, not of zones


def _successor(model: Model) -> str:
    return f"use {code(model.successor)}" if model.successor else "use a current model"

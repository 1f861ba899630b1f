"""Fallbacks: which models have any, and which may be asked in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...common.wording import code
from ...engine.rule import Example, body, rule
from ...facts import model_named
from ...report import Target

if TYPE_CHECKING:
    from ...engine.request import Node, Request

_TO_OPUS: Final = [{"model": "claude-opus-5"}]


@rule(
    "output/fallbacks-unsupported",
    on="/fallbacks",
    if_value=lambda fallbacks: isinstance(fallbacks, (list, tuple)) and bool(fallbacks),
    endpoints=("messages",),
    platforms=("anthropic",),
    models=lambda model: model.fact("fallbacks") is False,
    bad=(
        Example(body(model="claude-sonnet-5", fallbacks=_TO_OPUS), at="/fallbacks"),
        Example(body(fallbacks=_TO_OPUS), at="/fallbacks"),
        Example(body(model="claude-haiku-5-5", fallbacks=_TO_OPUS), at="/fallbacks"),
    ),
    good=(
        Example(body(model="claude-fable-5", fallbacks=_TO_OPUS)),
        Example(body(model="claude-sonnet-5", fallbacks="default")),
        Example(body(model="claude-opus-4-8", fallbacks=_TO_OPUS)),
    ),
    api_messages=("'{model}' does not support the `fallbacks` parameter.",),
)
def fallbacks_unsupported(fallbacks: Node, request: Request) -> None:
    """`fallbacks` is a list, with a model that has none.

    Why: Only some models let another one answer when they decline. `"default"` is taken by all of them. Claude
    Opus 4.8, on which sources differ, is skipped.

    Source: The API's refusal, seen in about ten public places in 2026-07 and 2026-08; the documentation on what is new
    in Claude Haiku 5.5, and its migration guide to Claude Sonnet 5.5.
    """
    model = request.root.text("model")
    if model is not None:
        fallbacks.report(
            f"`fallbacks` is a list, which {code(model)} does not support",
            help='remove it, or write "default"',
            target=Target.KEY,
            related=request.model_set_here,
            api={"model": model},
        )


@rule(
    "output/fallback-target",
    on="/fallbacks",
    endpoints=("messages",),
    platforms=("anthropic",),
    models=lambda model: bool(model.fact("refused_fallbacks")),
    bad=(
        Example(body(model="claude-fable-5", fallbacks=[{"model": "claude-opus-4-8"}]), at="/fallbacks/0/model"),
        Example(
            body(model="claude-opus-5", fallbacks=[{"model": "claude-opus-4-8"}, {"model": "claude-haiku-4-5"}]),
            at="/fallbacks/1/model",
        ),
    ),
    good=(
        Example(body(model="claude-fable-5", fallbacks=_TO_OPUS)),
        Example(body(model="claude-opus-5", fallbacks=[{"model": "claude-opus-4-8"}])),
    ),
    api_messages=(
        (
            "'{target}' is not a valid fallback target for '{model}'. See this model's `allowed_fallback_models` on "
            "GET /v1/models/{model}."
        ),
    ),
)
def fallback_target(fallbacks: Node, request: Request) -> None:
    """`fallbacks` names a model that cannot replace the model of the request.

    Why: Each model has a list of those that may. Only pairs are reported that were seen to be refused, or are
    documented so.

    Source: The API's refusal of Claude Opus 4.8 for Claude Fable 5, seen on 2026-09-07; the documentation's page on
    refusals and fallback for Claude Haiku 4.5 and Claude Opus 5.
    """
    for fallback in fallbacks.items():
        name = fallback.text("model")
        target = model_named(name) if name is not None else None
        if name is not None and target is not None and target.id in request.fact("refused_fallbacks"):
            model = request.model_name
            fallback.at("model").report(
                f"{code(name)} may not answer for {code(model)}",
                help="remove this entry, or name another model; `allowed_fallback_models` of the Models API lists them",
                related=[(request.root.at("model"), "the model of the request is set here")],
                api={"target": name, "model": model},
            )

"""Sampling parameters: `temperature`, `top_p` and `top_k`."""

from __future__ import annotations

from typing import Final

from ..common.wording import code, shown
from ..engine.request import Node, Request
from ..engine.rule import Example, body, rule
from ..report import Severity, Target
from .shared.usual_settings import is_not_one

_VERSION: Final = "2026-10-21"
_DEFAULT_TOP_P: Final = 0.99
"""The least `top_p` that counts as the default."""
_LEAST_TOP_P: Final = 0.95
"""The least `top_p` that is allowed with thinking."""
_UNSET: Final = -1
"""The value that some clients send for an unset `top_p` or `top_k`; models of 2025 were seen to accept it."""
_THINKING: Final = {"type": "enabled", "budget_tokens": 1024}


@rule(
    "sampling/removed-parameter",
    on=("/temperature", "/top_p", "/top_k"),
    api_version=_VERSION,
    settles=(),
    bad=(
        Example(body(temperature=1), at="/temperature", api_version=_VERSION),
        Example(body(top_k=40), at="/top_k", api_version=_VERSION),
    ),
    good=(Example(body(temperature=1)), Example(body(), api_version=_VERSION)),
)
def removed_parameter(parameter: Node, request: Request) -> None:
    """A request of API version 2026-10-21 or later has `temperature`, `top_p` or `top_k`.

    Why: That version removed the sampling parameters, and refuses them even with their default values. Under 2023-06-01
    older models still honour them.

    Source: The documentation's page on migrating to API version 2026-10-21; the SDK dropped them in 1.0.0.
    """
    parameter.report(
        f"{code(str(parameter.path[-1]))} is not allowed since API version {_VERSION}",
        help="remove it, or send the request with `anthropic-version: 2023-06-01` to a model that honours it",
        target=Target.KEY,
    )


@rule(
    "sampling/unsupported-model",
    on=("/temperature", "/top_p", "/top_k"),
    endpoints=("messages", "batches"),
    models=lambda model: model.fact("sampling") == "defaults",
    settles=(),
    bad=(
        Example(body(model="claude-opus-4-7", temperature=0.2), at="/temperature"),
        Example(body(model="claude-opus-5-5", top_p=0.9), at="/top_p"),
        Example(body(model="claude-fable-5", top_k=40), at="/top_k"),
        Example(body(model="claude-haiku-5-5", top_p=1), at="/top_p"),
    ),
    good=(
        Example(body(model="claude-haiku-5-5", top_p=0.99)),
        Example(body(model="claude-opus-4-7", temperature=1)),
        Example(body(model="claude-opus-5-5", top_p=0.99)),
        Example(body(model="claude-opus-4-6", temperature=0.2)),
    ),
    api_messages=("`{name}` is deprecated for this model.",),
)
def unsupported_model(parameter: Node, request: Request) -> None:
    """`temperature`, `top_p` or `top_k` is set for a model with fixed sampling.

    Why: Since Claude Opus 4.7 (2026-04-16) models only accept the defaults: a `temperature` of 1, and a `top_p` of 0.99
    or more; Claude Haiku 5.5 accepts exactly 0.99. Claude Sonnet 5 was seen to accept other values too, so it is
    skipped.

    Source: The API's refusal, seen in six places; the documentation's page on model deprecations and its migration
    guide to Claude Haiku 5.5.
    """
    name, value = str(parameter.path[-1]), parameter.number()
    if parameter.value is None or _removed(request) or request.model is None:
        return
    only = request.fact("sampling_values")
    if only is not None and value == only.get(name):
        return
    is_default = value is not None and (
        (name == "temperature" and value == 1) or (only is None and name == "top_p" and value >= _DEFAULT_TOP_P)
    )
    if is_default:
        return
    parameter.report(
        f"`{name}` is {shown(parameter.value)}, but must not be set with {code(request.model.id)}",
        help="remove it, and say in the prompt how varied or how steady the answer should be",
        target=Target.KEY,
        related=request.model_set_here,
        api={"name": name},
    )


@rule(
    "sampling/temperature-with-thinking",
    on="/temperature",
    if_value=is_not_one,
    mentions=("adaptive", "enabled"),
    endpoints=("messages", "batches"),
    bad=(
        Example(body(max_tokens=2048, thinking=_THINKING, temperature=0.3), at="/temperature"),
        Example(body(model="claude-sonnet-4-6", thinking={"type": "adaptive"}, temperature=0), at="/temperature"),
        Example(body(model="claude-sonnet-5", thinking={"type": "adaptive"}, temperature=0), at="/temperature"),
    ),
    good=(
        Example(body(max_tokens=2048, thinking=_THINKING, temperature=1)),
        Example(body(thinking={"type": "disabled"}, temperature=0.3)),
    ),
    api_messages=(
        "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode.",
        "`temperature` may only be set to 1 when thinking is enabled.",
    ),
)
def temperature_with_thinking(temperature: Node, request: Request) -> None:
    """`temperature` is not 1 while the model thinks.

    Why: Thinking requires the default temperature. For Claude Sonnet 5, which thinks by default, this is a warning,
    because it was seen to accept other values.

    Source: The API's refusal, seen in many places from 2025-02 on; in 2026 it mentions adaptive thinking too.
    """
    if _heats_thinking(request):
        temperature.report(
            f"`temperature` is {shown(temperature.value)}, but must be 1 while `thinking` is on",
            help="remove it, or switch `thinking` off",
            related=[(request.root.at("thinking"), "thinking is switched on here")],
            severity=Severity.WARNING if _may_be_lax(request) else None,
        )


@rule(
    "sampling/top-k-with-thinking",
    on="/top_k",
    mentions=("adaptive", "enabled"),
    endpoints=("messages", "batches"),
    bad=(
        Example(body(max_tokens=2048, thinking=_THINKING, top_k=40), at="/top_k"),
        Example(body(model="claude-sonnet-4-6", thinking={"type": "adaptive"}, top_k=40), at="/top_k"),
    ),
    good=(Example(body(max_tokens=2048, thinking=_THINKING)), Example(body(top_k=40))),
    api_messages=("`top_k` must be unset when thinking is enabled.",),
)
def top_k_with_thinking(top_k: Node, request: Request) -> None:
    """`top_k` is set while the model thinks.

    Why: The API refuses it with a thinking budget. With adaptive thinking no refusal was seen, so that is a warning.

    Source: The API's refusal, seen in 2025-09; the guide to extended thinking.
    """
    mode = _thinks(request)
    if mode is not None and top_k.integer() not in {None, _UNSET}:
        top_k.report(
            "`top_k` is not allowed while `thinking` is on",
            help="remove it, or switch `thinking` off",
            target=Target.KEY,
            related=[(request.root.at("thinking"), "thinking is switched on here")],
            severity=Severity.WARNING if mode == "adaptive" or _may_be_lax(request) else None,
        )


@rule(
    "sampling/top-p-with-thinking",
    on="/top_p",
    mentions=("adaptive", "enabled"),
    endpoints=("messages", "batches"),
    bad=(
        Example(body(max_tokens=2048, thinking=_THINKING, top_p=0.9), at="/top_p"),
        Example(body(model="claude-sonnet-4-6", thinking={"type": "adaptive"}, top_p=0.5), at="/top_p"),
    ),
    good=(Example(body(max_tokens=2048, thinking=_THINKING, top_p=0.95)), Example(body(top_p=0.9))),
    api_messages=("`top_p` must be unset when thinking is enabled.",),
)
def top_p_with_thinking(top_p: Node, request: Request) -> None:
    """`top_p` is below 0.95 while the model thinks.

    Why: Until 2025-05-22 it was not allowed with thinking at all; since then values from 0.95 to 1 are. With adaptive
    thinking no refusal was seen, so that is a warning.

    Source: The API's refusal of 2025-03 ("top_p must be unset when thinking is enabled."); its release notes of
    2025-05-22; the guide to extended thinking. Today's text was not seen.
    """
    if _narrows_thinking(request):
        top_p.report(
            f"`top_p` is {shown(top_p.value)}, but must be at least 0.95 while `thinking` is on",
            help="raise it to 0.95 or more, or remove it",
            related=[(request.root.at("thinking"), "thinking is switched on here")],
            severity=Severity.WARNING if _thinks(request) == "adaptive" or _may_be_lax(request) else None,
        )


@rule(
    "sampling/temperature-top-p-both",
    on="/top_p",
    mentions=("temperature",),
    endpoints=("messages", "batches"),
    models=lambda model: model.fact("sampling") == "not-both" or model.fact("sampling_values") is not None,
    settles=(),
    bad=(
        Example(body(temperature=0.2, top_p=0.9), at="/top_p"),
        Example(body(model="claude-opus-4-6", temperature=1, top_p=1), at="/top_p"),
        Example(body(model="claude-haiku-5-5", temperature=1, top_p=0.99), at="/top_p"),
    ),
    good=(
        Example(body(temperature=0.2)),
        Example(body(top_p=0.9, top_k=40)),
        Example(body(model="my-gateways-own-name", temperature=0.2, top_p=0.9)),
    ),
    api_messages=("`temperature` and `top_p` cannot both be specified for this model. Please use only one.",),
)
def temperature_top_p_both(top_p: Node, request: Request) -> None:
    """`temperature` and `top_p` are both set for a model that accepts only one of them.

    Why: From Claude Opus 4.1 (2025-08-05) to the models of version 4.6 the API accepts one of the two, whatever the
    values. Older models accept both; newer ones accept neither. Claude Haiku 5.5 accepts the default of one of them.

    Source: The API's refusal, seen in five places; the documentation's migration guide to Claude Haiku 5.5.
    """
    only = request.fact("sampling_values")
    if only is not None and {name: request.root.number(name) for name in only} != only:
        return
    temperature = request.root.at("temperature")
    if temperature.number() is None or top_p.number() in {None, _UNSET} or _removed(request):
        return
    if _heats_thinking(request) or _narrows_thinking(request):
        return
    top_p.report(
        f"`top_p` is not allowed with `temperature` on {code(request.model_name)}",
        help=(
            "remove one of the two; `temperature` is the one to keep if in doubt"
            if 0 <= (top_p.number() or 0) <= 1
            else "remove it: `temperature` is already set"
        ),
        target=Target.KEY,
        related=[(temperature, "`temperature` is set here")],
    )


def _removed(request: Request) -> bool:
    """Whether the API version has no sampling parameters at all."""
    return request.context.api_version >= _VERSION


def _thinks(request: Request) -> str | None:
    """Return the `type` of thinking, if it is on and sampling parameters may still be allowed with it."""
    mode, taken = request.root.text("thinking", "type"), request.fact("thinking")
    if mode not in {"enabled", "adaptive"} or (taken is not None and mode not in taken):
        return None
    return None if _removed(request) or request.fact("sampling") == "defaults" else mode


def _may_be_lax(request: Request) -> bool:
    """Whether the sources disagree on the model, so that it has no `sampling` fact."""
    return request.model is not None and request.fact("sampling") is None


def _heats_thinking(request: Request) -> bool:
    temperature = request.root.number("temperature")
    return temperature is not None and temperature != 1 and _thinks(request) is not None


def _narrows_thinking(request: Request) -> bool:
    top_p = request.root.number("top_p")
    return top_p not in {None, _UNSET} and top_p < _LEAST_TOP_P and _thinks(request) is not None

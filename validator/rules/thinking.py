"""Extended thinking."""

from __future__ import annotations

from ..report import Severity
from .node import Node, Request
from .rule import Example, body, rule

_INTERLEAVED = "interleaved-thinking-2025-05-14"
_WEATHER = {"name": "get_weather", "description": "The weather in a city now.", "input_schema": {"type": "object"}}


@rule(
    "thinking/budget-not-below-max-tokens",
    on="/thinking",
    bad=(
        Example(
            body(max_tokens=2048, thinking={"type": "enabled", "budget_tokens": 4096}),
            at="/thinking/budget_tokens",
        ),
        Example(
            body(max_tokens=2048, thinking={"type": "enabled", "budget_tokens": 2048}),
            at="/thinking/budget_tokens",
        ),
    ),
    good=(
        Example(body(max_tokens=4096, thinking={"type": "enabled", "budget_tokens": 2048})),
        Example(
            body(max_tokens=2048, thinking={"type": "enabled", "budget_tokens": 4096}, tools=[_WEATHER]),
            betas=(_INTERLEAVED,),
        ),
    ),
    api_messages=("`max_tokens` must be greater than `thinking.budget_tokens`.",),
)
def budget_not_below_max_tokens(thinking: Node, request: Request) -> None:
    """`thinking.budget_tokens` is not below `max_tokens`.

    Why: What the model thinks counts towards `max_tokens`, so a budget of that size leaves no room for the answer.
    With tools and the beta `interleaved-thinking-2025-05-14` the budget spans a whole turn and may be larger; where
    there are tools and the betas are not known, this is a warning.

    Source: The reference of `budget_tokens` ("must be ≥1024 and less than max_tokens"); the API's refusal as seen from
    2025-02 on, equality included; the guide to extended thinking for the exception.
    """
    budget = thinking.integer("budget_tokens")
    limit = request.root.integer("max_tokens")
    if budget is None or limit is None or budget < limit or thinking.text("type") != "enabled":
        return
    severity = None
    if request.root.items("tools"):
        if request.known.betas is None:
            severity = Severity.WARNING
        elif _INTERLEAVED in request.known.betas:
            return
    thinking.at("budget_tokens").report(
        f"`budget_tokens` is {budget}, but must be less than `max_tokens` ({limit})",
        help=f"raise `max_tokens` above {budget}, or lower `budget_tokens` below {limit}",
        related=[(request.root.at("max_tokens"), "`max_tokens` is set here")],
        severity=severity,
    )

"""The facts about a model that other platforms set themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .records import ModelFacts

_DATES: Final = {"deprecated", "retires", "retires_tentatively", "retires_not_before"}
_OWN_API_ONLY: Final = _DATES | {
    "fallbacks",
    "inference_geo",
    "max_output_betas",
    "programmatic_calls",
    "speed_betas",
    "speed_deprecated",
    "speed_fast",
    "speed_removed",
    "task_budget",
}
SET_BY_PLATFORM: Final = {
    "bedrock": frozenset(_OWN_API_ONLY | {"browser_tool", "code_execution", "computer_tool"}),
    "google": frozenset(_OWN_API_ONLY | {"code_execution"}),
}
"""The facts that another platform sets itself: there only `elsewhere` counts for them."""


def on_platform(record: ModelFacts, platform: str) -> ModelFacts:
    """Return the facts about a model on a platform other than Anthropic's own."""
    facts = {name: value for name, value in record.items() if name not in SET_BY_PLATFORM[platform]}
    facts |= record.get("elsewhere", {}).get(platform, {})
    return {name: value for name, value in facts.items() if value is not None}  # type: ignore[return-value]

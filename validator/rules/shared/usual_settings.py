"""Tests of the settings that nearly every request has, apart from the rules: most of these are then never imported."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from ...common.numbers import whole
from ...facts import model_ids, model_named

if TYPE_CHECKING:
    from ...engine.setup import SetupView

ROOM_TO_THINK: Final = 1024
"""With fewer tokens than this, thinking may leave none for the answer."""
LEAST_BUDGET: Final = 1024
"""The smallest `thinking.budget_tokens` that the API takes."""
_LEAST_TO_ANSWER: Final = 1024
"""Tokens below which every answer of a model that thinks is in danger, which is another rule's business."""
_FEW_FOR_MAX_EFFORT: Final = 8192
_ENDS: Final = {"deprecated", "retires"}
"""The facts about the end of a model."""


def is_zero(value: Any) -> bool:
    """Whether a setting is 0."""
    return bool(value == 0)


def is_true(value: Any) -> bool:
    """Whether a setting is true."""
    return value is True


def is_not_one(value: Any) -> bool:
    """Whether a setting is another value than 1."""
    return bool(value != 1)


def leaves_no_room_to_think(limit: Any) -> bool:
    """Whether so few tokens may be too few for a model that thinks."""
    return 0 < (whole(limit) or 0) < ROOM_TO_THINK


def is_little_for_max_effort(limit: Any) -> bool:
    """Whether so few tokens are too few for the highest effort, but not for any."""
    return _LEAST_TO_ANSWER <= (whole(limit) or 0) <= _FEW_FOR_MAX_EFFORT


def has_no_max_effort(view: SetupView) -> bool:
    """Whether a request has another effort than the highest."""
    config = view.body.get("output_config")
    return isinstance(config, dict) and config.get("effort") != "max"


def has_effort_of_some_models(config: Any) -> bool:
    """Whether an `output_config` has no effort that every model has which has any."""
    return not isinstance(config, dict) or config.get("effort") not in _shared_levels()


@lru_cache(maxsize=1)
def _shared_levels() -> list[str]:
    """Return the levels of effort that every model has which has any."""
    levels = [model.fact("effort") for name in model_ids() if (model := model_named(name)) and model.fact("effort")]
    return [level for level in levels[0] if all(level in others for others in levels)]


def may_end(place: Any) -> bool:
    """Whether a place may name a model that is deprecated or has a known retirement day."""
    if not isinstance(place, str):
        return True
    model = model_named(place)
    return model is not None and ("elsewhere" in model.facts or not _ENDS.isdisjoint(model.facts))


def may_be_unknown(place: Any) -> bool:
    """Whether a place may name a model that is not known."""
    return not isinstance(place, str) or model_named(place) is None

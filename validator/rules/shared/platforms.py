"""What a platform does not have of a model, though Anthropic's own API has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...engine.request import Request


def is_missing(feature: str, request: Request) -> bool:
    """Whether the model is known to go without a feature (`format`, `strict`) on the platform of the request."""
    missing = request.fact("missing_on")
    return isinstance(missing, dict) and feature in missing.get(request.platform, ())

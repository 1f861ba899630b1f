"""Features of a model that another platform than Anthropic's own API lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...engine.request import Request


def is_missing(feature: str, request: Request) -> bool:
    """Whether the model is known to lack a feature (`format`, `strict`) on the request's platform."""
    missing = request.fact("missing_on")
    return isinstance(missing, dict) and feature in missing.get(request.platform, ())

"""Where a request goes: the platform that was named, or the one whose ids its model has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .node import Request

_BEDROCK_IDS: Final = "anthropic."


def host(request: Request) -> str:
    """Return the platform of a request; a model with an id of Amazon Bedrock can only be there."""
    name = request.root.text("model")
    return "bedrock" if name is not None and _BEDROCK_IDS in name else request.known.platform


def is_missing(feature: str, request: Request) -> bool:
    """Whether the model is known to go without a feature (`format`, `strict`) on the platform of the request."""
    missing = request.fact("missing_on")
    return isinstance(missing, dict) and feature in missing.get(host(request), ())

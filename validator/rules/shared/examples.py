"""Requests for the examples of rules in several areas."""

from __future__ import annotations

from typing import Any

from ...engine.rule import body


def asking(*blocks: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a request whose only message is the user's, with some content blocks."""
    return body(messages=[{"role": "user", "content": list(blocks)}], **changes)

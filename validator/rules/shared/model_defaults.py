"""The defaults of a model for properties that a request leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...engine.request import Request


def thinks_by_default(request: Request) -> bool | None:
    """Whether the model thinks if `thinking` is left out; None if that is not known."""
    default = request.fact("thinking_default")
    return None if default is None else bool(default != "off")


def thinks(request: Request) -> bool | None:
    """Whether the model thinks; None if that is not known. A thread may have its own `thinking`."""
    if "thinking" in request.body:
        mode = request.root.text("thinking", "type")
        return None if mode is None else mode in {"adaptive", "enabled"}
    return None if request.body.get("thread") is not None else thinks_by_default(request)

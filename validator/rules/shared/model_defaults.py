"""What a model does where a request does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...engine.request import Request


def thinks_untold(request: Request) -> bool | None:
    """Whether the model thinks without `thinking`; None where that is not known."""
    default = request.fact("thinking_default")
    return None if default is None else bool(default != "off")


def thinks(request: Request) -> bool | None:
    """Whether the model thinks; None where that is not known. A thread may keep a `thinking` of its own."""
    if "thinking" in request.body:
        mode = request.root.text("thinking", "type")
        return None if mode is None else mode in {"adaptive", "enabled"}
    return None if request.body.get("thread") is not None else thinks_untold(request)

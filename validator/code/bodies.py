"""Judge bodies that are written as JSON in code: whether they are ours, and whether they are shown in full."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .sdk import is_foreign_model

if TYPE_CHECKING:
    from ..documents.written import Written

ESSENTIALS: Final = frozenset({"model", "messages", "max_tokens"})
"""The properties that every request has."""
_FEWEST_ESSENTIALS: Final = 2
"""With fewer of them, documentation shows a part of a request."""


def is_foreign(body: Written) -> bool:
    """Whether a body names a model that is certainly not one of Anthropic's."""
    member = (body.properties or {}).get("model")
    model = member.value.value if member is not None and member.value.unknown is None else None
    return isinstance(model, str) and bool(model.strip()) and is_foreign_model(model)


def open_if_cut(body: Written) -> None:
    """Mark a body from documentation as open if it only shows a part of a request."""
    requests = (body.properties or {}).get("requests")
    if requests is None:
        _open_request(body)
        return
    for item in requests.value.items or ():
        params = (item.properties or {}).get("params")
        if params is not None:
            _open_request(params.value)


def _open_request(body: Written) -> None:
    if body.properties is not None and len(ESSENTIALS & body.properties.keys()) < _FEWEST_ESSENTIALS:
        body.is_open = True

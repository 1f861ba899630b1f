"""Sampling parameters: `temperature`, `top_p` and `top_k`."""

from __future__ import annotations

from ..findings import Target
from ..words import code
from .node import Node, Request
from .rule import Example, body, rule

_VERSION = "2026-10-21"


@rule(
    "sampling/removed-parameter",
    on=("/temperature", "/top_p", "/top_k"),
    bad=(
        Example(body(temperature=1), at="/temperature", api_version=_VERSION),
        Example(body(top_k=40), at="/top_k", api_version=_VERSION),
    ),
    good=(Example(body(temperature=1)), Example(body(), api_version=_VERSION)),
)
def removed_parameter(parameter: Node, request: Request) -> None:
    """A request of API version 2026-10-21 or later has `temperature`, `top_p` or `top_k`.

    Why: That version took the sampling parameters away; it refuses them even with their default values. Under
    2023-06-01 older models still honour them.

    Source: The documentation's page on migrating to API version 2026-10-21; the SDK dropped them in 1.0.0.
    """
    if request.known.api_version >= _VERSION:
        parameter.report(
            f"{code(str(parameter.path[-1]))} is not allowed since API version {_VERSION}",
            help="remove it, or send the request with `anthropic-version: 2023-06-01` to a model that honours it",
            target=Target.KEY,
        )

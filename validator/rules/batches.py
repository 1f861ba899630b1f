"""Message batches."""

from __future__ import annotations

from .node import Node, Request
from .rule import Example, body, rule


@rule(
    "batches/max-tokens-zero",
    on="/max_tokens",
    endpoints=("batches",),
    bad=(
        Example(
            {"requests": [{"custom_id": "first", "params": body(max_tokens=0)}]},
            at="/requests/0/params/max_tokens",
            endpoint="batches",
        ),
    ),
    good=(
        Example({"requests": [{"custom_id": "first", "params": body(max_tokens=1)}]}, endpoint="batches"),
        Example(body(max_tokens=0)),
    ),
    api_messages=("max_tokens: must be greater than or equal to 1",),
)
def max_tokens_zero(max_tokens: Node, request: Request) -> None:
    """`max_tokens` is 0 inside a batch.

    Why: A single request may ask for no tokens, to fill the prompt cache; a batch does not take that. It is accepted
    as a whole, and the request comes back as errored.

    Source: The row that the API answered, captured live in 2026-09; the documentation of batch processing.
    """
    if max_tokens.integer() == 0:
        max_tokens.report("`max_tokens` is 0, but must be at least 1 in a batch", help="raise it to 1 or more")

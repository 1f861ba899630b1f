"""The list of messages as a whole."""

from __future__ import annotations

from .node import Node, Request
from .rule import Example, body, rule

_LIMIT = 100_000
_HELLO = {"role": "user", "content": "Hello"}


@rule(
    "messages/too-many",
    on="/messages",
    bad=(Example(lambda: body(messages=[_HELLO] * (_LIMIT + 1)), at="/messages"),),
    good=(Example(lambda: body(messages=[_HELLO] * _LIMIT)),),
)
def too_many(messages: Node, request: Request) -> None:
    """A request has more than 100,000 messages.

    Why: The API takes at most 100,000 messages in one request.

    Source: The reference of `messages` ("There is a limit of 100,000 messages in a single request."); its refusal was
    not seen verbatim.
    """
    number = len(messages.items())
    if number > _LIMIT:
        messages.report(
            f"`messages` has {number:,} items, but must have at most {_LIMIT:,}",
            help=f"drop or summarise at least {number - _LIMIT:,} of the oldest messages",
        )

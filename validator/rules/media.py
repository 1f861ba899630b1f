"""Images and documents."""

from __future__ import annotations

from .node import Node, Request
from .rule import Example, body, rule

_VERSION = "2026-10-21"
_DOCUMENT = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "The sky is blue."}}
_TEXT = {"type": "text", "text": "Here it is."}
_CONVERSATION = body(
    messages=[
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": [_TEXT, _DOCUMENT]},
        {"role": "user", "content": "Go on"},
    ]
)


@rule(
    "media/document-in-assistant",
    on="/messages/*",
    bad=(
        Example(
            _CONVERSATION,
            at="/messages/1/content/1",
            api_version=_VERSION,
        ),
    ),
    good=(
        Example(body(messages=[{"role": "user", "content": [_DOCUMENT]}]), api_version=_VERSION),
        Example(_CONVERSATION),
    ),
)
def document_in_assistant(message: Node, request: Request) -> None:
    """A `document` block stands directly in an assistant message, under API version 2026-10-21 or later.

    Why: That version takes documents from the user alone. Inside a block of the assistant's, such as the result of a
    web fetch, they stay allowed.

    Source: The documentation's page on migrating to API version 2026-10-21.
    """
    if request.known.api_version < _VERSION or message.text("role") != "assistant":
        return
    for block in message.items("content"):
        if block.text("type") == "document":
            block.report(
                f"a `document` is not allowed directly in an assistant message since API version {_VERSION}",
                help="move it into a user message",
            )

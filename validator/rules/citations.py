"""Citations."""

from __future__ import annotations

from collections.abc import Iterator

from .node import Node, Request
from .rule import Example, body, rule

_VERSION = "2026-10-21"
_CITATION = {
    "type": "char_location",
    "cited_text": "The sky is blue.",
    "document_index": 0,
    "document_title": None,
    "start_char_index": 0,
    "end_char_index": 16,
}
_CITING = {"type": "text", "text": "It is blue.", "citations": [_CITATION]}
_SEARCH_RESULT = {"type": "search_result", "source": "https://example.com", "title": "Sky", "content": [_CITING]}


@rule(
    "citations/on-user-text",
    on="/messages/*",
    bad=(
        Example(
            body(messages=[{"role": "user", "content": [_CITING]}]),
            at="/messages/0/content/0/citations",
            api_version=_VERSION,
        ),
        Example(
            body(messages=[{"role": "user", "content": [_SEARCH_RESULT]}]),
            at="/messages/0/content/0/content/0/citations",
            api_version=_VERSION,
        ),
    ),
    good=(
        Example(
            body(
                messages=[
                    {"role": "user", "content": [{"type": "text", "text": "What colour?", "citations": []}]},
                    {"role": "assistant", "content": [_CITING]},
                    {"role": "user", "content": "Thanks"},
                ]
            ),
            api_version=_VERSION,
        ),
        Example(body(messages=[{"role": "user", "content": [_CITING]}])),
    ),
)
def on_user_text(message: Node, request: Request) -> None:
    """A text block of a user message has citations, under API version 2026-10-21 or later.

    Why: Citations are the model's; that version refuses them on what the user says, also inside a search result. To
    switch citations on, a document or a search result has `"citations": {"enabled": true}`, which stays.

    Source: The documentation's page on migrating to API version 2026-10-21.
    """
    if request.known.api_version < _VERSION or message.text("role") != "user":
        return
    for block in _texts(message):
        if block.items("citations"):
            block.at("citations").report(
                f"`citations` on the text of a user message are not allowed since API version {_VERSION}",
                help="remove them; they belong to the text of the assistant",
            )


def _texts(message: Node) -> Iterator[Node]:
    for block in message.items("content"):
        if block.text("type") == "text":
            yield block
        elif block.text("type") == "search_result":
            yield from block.items("content")

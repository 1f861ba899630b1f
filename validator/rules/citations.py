"""Citations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ..common.wording import code
from ..engine.request import Node, Request
from ..engine.rule import Example, body, rule
from ..report import Severity, Target
from .shared.examples import asking

_VERSION = "2026-10-21"
_ANYWHERE: Final = "/messages/*/content/**"
_ENABLED: Final = {"enabled": True}
_DISABLED: Final = {"enabled": False}
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
    types=("user",),
    mentions=("citations",),
    api_version=_VERSION,
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


def _document(citations: Any = None, **source: Any) -> dict[str, Any]:
    text = {"type": "text", "media_type": "text/plain", "data": "The sky is blue."}
    return {"type": "document", "source": source or text, **({} if citations is None else {"citations": citations})}


def _found(citations: Any = None) -> dict[str, Any]:
    result = {"type": "search_result", "source": "https://example.com", "title": "Sky"}
    text = {"type": "text", "text": "The sky is blue."}
    return {**result, "content": [text], **({} if citations is None else {"citations": citations})}


def _with_result(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    call = {"type": "tool_use", "id": "toolu_1", "name": "search", "input": {}}
    return body(
        messages=[
            {"role": "user", "content": "Search"},
            {"role": "assistant", "content": [call]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": list(blocks)}]},
        ],
        **more,
    )


def _cites(block: Node) -> bool | None:
    """Whether citations are enabled for a block; None if the setting is malformed."""
    citations = block.at("citations").value
    return False if citations is None else block.flag("citations", "enabled")


def _is_of_the_user(block: Node) -> bool:
    """Whether a block comes from the user: what the API fetched is in the assistant's messages."""
    message = block.steps[1]
    return block.request.root.text("messages", message, "role") == "user"


def _is_in_result(block: Node) -> bool:
    return len(block.steps) > len(("messages", 0, "content", 0))


class _First:
    """The first block of a kind, and whether a difference to it was reported already."""

    __slots__ = ("block", "cites", "told")

    def __init__(self) -> None:
        self.block: Node | None = None
        self.cites: bool = False
        self.told: bool = False


def _first_document(request: Request) -> _First:
    return _First()


def _first_search_result(request: Request) -> _First:
    return _First()


def _report_different(block: Node, first: _First, noun: str) -> None:
    """Report the first block that differs in its citations from the first one of its kind."""
    cites = _cites(block)
    if cites is None or first.told:
        return
    if first.block is None:
        first.block, first.cites = block, cites
        return
    if cites is first.cites:
        return
    first.told = True
    missing = block.at("citations").value is None
    place = block if missing else block.at("citations", "enabled")
    place.report(
        f"citations are {'enabled' if cites else 'not enabled'} for this {noun}, but are "
        f"{'enabled' if first.cites else 'not enabled'} for another one of the request",
        help=f'enable them for every {noun} (`"citations": {{"enabled": true}}`) or for none',
        target=Target.HOLDER if missing else Target.VALUE,
        related=[(first.block, f"citations are {'enabled' if first.cites else 'not enabled'} for this one")],
        severity=Severity.WARNING
        if noun == "document" and (_is_in_result(block) or _is_in_result(first.block))
        else None,
    )


@rule(
    "citations/all-or-none",
    on=_ANYWHERE,
    types=("document",),
    rests_on=("/messages/*/content/*/citations/enabled", "/messages/*/content/*/content/*/citations/enabled"),
    bad=(
        Example(asking(_document(_ENABLED), _document(_DISABLED)), at="/messages/0/content/1/citations/enabled"),
        Example(asking(_document(_ENABLED), _document()), at="/messages/0/content/1"),
        Example(asking(_document(), _document(_ENABLED)), at="/messages/0/content/1/citations/enabled"),
        Example(
            _with_result(_document(_ENABLED), _document()),
            at="/messages/2/content/0/content/1",
        ),
    ),
    good=(
        Example(asking(_document(_ENABLED), _document(_ENABLED))),
        Example(asking(_document(), _document(_DISABLED))),
        Example(asking(_document(_ENABLED), _found())),
    ),
)
def all_or_none(document: Node, request: Request) -> None:
    """Citations are enabled for some documents of a request and not for others.

    Why: They have to be enabled for all or for none, and are off by default. Results of
    web fetches are not checked; documents in tool results are a warning, because no refusal of them was seen.

    Source: The documentation's page on citations; the API's words were not seen.
    """
    if _is_of_the_user(document):
        _report_different(document, request.cached(_first_document), "document")


def _web_search(request: Request) -> Node | None:
    """Return the web search tool of a request."""
    return next((tool for tool in request.root.items("tools") if (tool.type or "").startswith("web_search_")), None)


@rule(
    "citations/search-result-consistency",
    on=_ANYWHERE,
    types=("search_result",),
    rests_on=("/messages/*/content/*/citations/enabled", "/messages/*/content/*/content/*/citations/enabled"),
    bad=(
        Example(asking(_found(_ENABLED), _found(_DISABLED)), at="/messages/0/content/1/citations/enabled"),
        Example(_with_result(_found(_ENABLED), _found()), at="/messages/2/content/0/content/1"),
    ),
    good=(
        Example(asking(_found(_ENABLED), _found(_ENABLED))),
        Example(asking(_found(), _found(_DISABLED))),
    ),
)
def search_result_consistency(result: Node, request: Request) -> None:
    """Citations are enabled for some search results of a request and not for others.

    Why: They have to be enabled for all or for none, those in tool results included, and are not enabled where nothing
    is said.

    Source: The documentation's page on search results ("results in an error"); the API's words were not seen.
    """
    if request.cached(_web_search) is None:
        _report_different(result, request.cached(_first_search_result), "search result")


def _first_without_citations(request: Request) -> _First:
    return _First()


@rule(
    "citations/required-with-web-search",
    on=_ANYWHERE,
    types=("search_result",),
    if_value=lambda result: result.get("citations") != _ENABLED,
    rests_on=("/messages/./content/./citations/enabled",),
    bad=(
        Example(
            asking(_found(), tools=[{"type": "web_search_20250305", "name": "web_search"}]), at="/messages/0/content/0"
        ),
        Example(
            asking(_found(_ENABLED), _found(_DISABLED), tools=[{"type": "web_search_20250305", "name": "web_search"}]),
            at="/messages/0/content/1/citations/enabled",
        ),
    ),
    good=(
        Example(asking(_found(_ENABLED), tools=[{"type": "web_search_20250305", "name": "web_search"}])),
        Example(asking(_found())),
    ),
)
def required_with_web_search(result: Node, request: Request) -> None:
    """Citations are not enabled for a search result, in a request with the web search tool.

    Why: What web search finds is always cited, so citations have to be enabled for your own search results too.

    Source: The documentation's page on search results; the API's words were not seen.
    """
    tool, first = request.cached(_web_search), request.cached(_first_without_citations)
    if tool is None or first.told or _cites(result) is not False:
        return
    first.told = True
    missing = result.at("citations").value is None
    place = result if missing else result.at("citations", "enabled")
    place.report(
        "citations are not enabled for this search result, but must be in a request with the web search tool",
        help='write `"citations": {"enabled": true}` in every `search_result`',
        target=Target.HOLDER if missing else Target.VALUE,
        related=[(tool, "the web search tool is here")],
    )


def _told_of_format(request: Request) -> _First:
    return _First()


_FORMAT: Final = {"type": "json_schema", "schema": {"type": "object", "additionalProperties": False}}


@rule(
    "citations/with-output-format",
    on=_ANYWHERE,
    types=("document", "search_result"),
    if_value=lambda block: block.get("citations") == _ENABLED,
    endpoints=("messages", "count_tokens"),
    bad=(
        Example(asking(_document(_ENABLED), output_config={"format": _FORMAT}), at="/output_config/format"),
        Example(_with_result(_found(_ENABLED), output_config={"format": _FORMAT}), at="/output_config/format"),
    ),
    good=(
        Example(asking(_document(_DISABLED), output_config={"format": _FORMAT})),
        Example(asking(_document(_ENABLED), output_config={"format": None})),
        Example(asking(_document(_ENABLED), output_config={})),
    ),
)
def with_output_format(block: Node, request: Request) -> None:
    """The form of the answer is prescribed, and citations are enabled.

    Why: Citations stand between pieces of the answer's text, and JSON of a prescribed form has no place for them.

    Source: The documentation's pages on citations and on structured outputs (a 400); the API's words were not seen.
    """
    root = request.root
    places = (root.at("output_config", "format"), root.at("output_format"))
    prescribed = next((place for place in places if isinstance(place.value, dict)), None)
    first = request.cached(_told_of_format)
    if prescribed is None or first.told or not _is_of_the_user(block):
        return
    first.told = True
    prescribed.report(
        f"{code(str(prescribed.path[-1]))} is not allowed with citations, which a `{block.type}` block enables",
        help=f"remove {code(str(prescribed.path[-1]))}, or disable citations for every document and search result",
        related=[(block.at("citations"), "citations are enabled here")],
    )


@rule(
    "citations/search-result-mix",
    on="/messages/*/content/*",
    types=("tool_result",),
    mentions=("search_result",),
    bad=(
        Example(
            _with_result({"type": "text", "text": "Two results:"}, _found(), _found()),
            at="/messages/2/content/0/content/0",
        ),
        Example(_with_result(_found(), _document()), at="/messages/2/content/0/content/1"),
    ),
    good=(
        Example(_with_result(_found(), _found())),
        Example(_with_result({"type": "text", "text": "No results."})),
        Example(asking(_found(), {"type": "text", "text": "What colour is the sky?"})),
    ),
)
def search_result_mix(result: Node, request: Request) -> None:
    """A tool result has search results and other blocks.

    Why: If one block of a tool result is a search result, all of them have to be. In a message itself they may stand
    beside anything.

    Source: The documentation's page on search results ("returns a validation error"); the API's words were not seen.
    """
    blocks = [block for block in result.items("content") if block.type is not None]
    found = next((block for block in blocks if block.type == "search_result"), None)
    other = next((block for block in blocks if block.type != "search_result"), None)
    if found is None or other is None:
        return
    other.report(
        f"a `{other.type}` block is not allowed in a tool result that has a `search_result`",
        help="move its text into the `content` of a `search_result`, or out of the tool result"
        if other.type == "text"
        else "move it out of the tool result, after all results of the turn",
        related=[(found, "a search result is here")],
    )


@rule(
    "citations/search-result-in-assistant",
    on="/messages/*/content/*",
    types=("search_result",),
    bad=(
        Example(
            body(
                messages=[
                    {"role": "user", "content": "Search"},
                    {"role": "assistant", "content": [{"type": "text", "text": "Here:"}, _found()]},
                    {"role": "user", "content": "Go on"},
                ]
            ),
            at="/messages/1/content/1",
        ),
    ),
    good=(Example(asking(_found())), Example(_with_result(_found()))),
)
def search_result_in_assistant(result: Node, request: Request) -> None:
    """A search result is in an assistant message.

    Why: Search results come from you: they belong in user messages or in the results of your tools.

    Source: The documentation's page on search results ("are rejected"); the API's words were not seen.
    """
    if request.root.text("messages", result.steps[1], "role") == "assistant":
        result.report(
            "a `search_result` block stands in an assistant message, but must stand in a user message",
            help="move it into a user message, or into the `tool_result` of the tool that found it",
        )

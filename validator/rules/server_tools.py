"""Tools that the API runs itself: web search, web fetch, code execution."""

from __future__ import annotations

from typing import Any

from ..report import Severity
from ..words import shown
from .node import Node, Request
from .rule import Example, body, rule

_WEB_SEARCH = {"type": "web_search_20250305", "name": "web_search"}
_WEB_FETCH = {"type": "web_fetch_20250910", "name": "web_fetch"}
_SEARCHED: list[dict[str, Any]] = [
    {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "weather"}},
    {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []},
    {"type": "text", "text": "I found nothing."},
]


def _searched(tool_use_id: str) -> dict[str, Any]:
    result = _SEARCHED[1] | {"tool_use_id": tool_use_id}
    return body(
        tools=[_WEB_SEARCH],
        messages=[
            {"role": "user", "content": "Look it up"},
            {"role": "assistant", "content": [_SEARCHED[0], result, _SEARCHED[2]]},
            {"role": "user", "content": "Look again"},
        ],
    )


@rule(
    "server-tools/both-domain-lists",
    on="/tools/*",
    types=("web_search_*", "web_fetch_*"),
    bad=(
        Example(
            body(tools=[_WEB_SEARCH | {"allowed_domains": ["example.com"], "blocked_domains": ["example.org"]}]),
            at="/tools/0/blocked_domains",
        ),
        Example(
            body(tools=[_WEB_FETCH | {"blocked_domains": ["example.org"], "allowed_domains": ["example.com"]}]),
            at="/tools/0/blocked_domains",
        ),
    ),
    good=(
        Example(body(tools=[_WEB_SEARCH | {"allowed_domains": ["example.com"]}])),
        Example(body(tools=[_WEB_FETCH | {"allowed_domains": ["example.com"], "blocked_domains": None}])),
    ),
)
def both_domain_lists(tool: Node, request: Request) -> None:
    """A web search or web fetch tool has both `allowed_domains` and `blocked_domains`.

    Why: The two exclude each other: a list of what is allowed blocks everything else already. A list that is null or
    empty counts as absent here, as the API was not seen to refuse it.

    Source: The references of both tools ("Cannot be used alongside `allowed_domains`"); documented as a 400, its text
    was not seen.
    """
    allowed, blocked = tool.at("allowed_domains"), tool.at("blocked_domains")
    if allowed.items() and blocked.items():
        blocked.report(
            "`blocked_domains` is not allowed with `allowed_domains`",
            help="remove one of the two lists",
            related=[(allowed, "`allowed_domains` is set here")],
        )


@rule(
    "server-tools/foreign-result-id",
    on="/messages/*/content/*",
    types=("*_tool_result",),
    severity=Severity.WARNING,
    bad=(Example(_searched("toolu_1"), at="/messages/1/content/1/tool_use_id"),),
    good=(Example(_searched("srvtoolu_1")),),
)
def foreign_result_id(block: Node, request: Request) -> None:
    """The result of a server tool is for a call whose id the API did not give.

    Why: The API's own tools are called with ids that begin with `srvtoolu_`. It is a warning because a result with
    another id was seen to be accepted.

    Source: The pattern of `tool_use_id` in the API's OpenAPI document; a request shape of 2026 that the API accepted.
    """
    tool_use_id = block.text("tool_use_id")
    if tool_use_id is None or tool_use_id.startswith("srvtoolu_") or block.text("type") == "mcp_tool_result":
        return
    block.at("tool_use_id").report(
        f"`tool_use_id` is {shown(tool_use_id)}, but must begin with `srvtoolu_` for a server tool",
        help="give the id of the `server_tool_use` block that the result answers",
    )

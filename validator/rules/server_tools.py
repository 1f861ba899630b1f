"""Tools that the API runs itself: web search, web fetch, code execution."""

from __future__ import annotations

from .node import Node, Request
from .rule import Example, body, rule

_WEB_SEARCH = {"type": "web_search_20250305", "name": "web_search"}
_WEB_FETCH = {"type": "web_fetch_20250910", "name": "web_fetch"}


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
def both_domain_lists(tool: Node, request: Request) -> None:  # noqa: ARG001 - every check is called alike
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

"""Tool definitions."""

from __future__ import annotations

from ..words import code
from .node import Node, Request
from .rule import Example, body, rule

_SEARCH = {"name": "search", "description": "Searches the catalogue.", "input_schema": {"type": "object"}}
_LOOKUP = {"name": "lookup", "description": "Looks up one article.", "input_schema": {"type": "object"}}
_CUSTOM_WEB_SEARCH = {"name": "web_search", "description": "Our own search.", "input_schema": {"type": "object"}}
_WEB_SEARCH = {"type": "web_search_20250305", "name": "web_search"}


@rule(
    "tools/duplicate-name",
    on="/tools",
    bad=(
        Example(body(tools=[_SEARCH, _LOOKUP, _SEARCH]), at="/tools/2/name"),
        Example(body(tools=[_WEB_SEARCH, _CUSTOM_WEB_SEARCH]), at="/tools/1/name"),
    ),
    good=(Example(body(tools=[_SEARCH, _LOOKUP, _WEB_SEARCH])),),
    api_messages=("tools: Tool names must be unique.",),
)
def duplicate_name(tools: Node, request: Request) -> None:
    """Two tools have the same name.

    Why: The model calls a tool by its name, so the API refuses two of one name, a tool of your own and one of the
    API's alike.

    Source: The API's refusal, seen since tools exist in at least seven public issue threads.
    """
    first: dict[str, Node] = {}
    for tool in tools.items():
        name = tool.text("name")
        if name is None:
            continue
        if name not in first:
            first[name] = tool.at("name")
            continue
        tool.at("name").report(
            f"{code(name)} is the name of another tool already, but tool names must be unique",
            help="rename one of the two tools, or remove it",
            related=[(first[name], f"{code(name)} is defined here first")],
        )

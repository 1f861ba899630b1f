"""The choice of a tool for the model."""

from __future__ import annotations

from ..words import code, names, nearest
from .node import Node, Request
from .rule import Example, body, rule

_SEARCH = {"name": "search", "description": "Searches the catalogue.", "input_schema": {"type": "object"}}


@rule(
    "tool-choice/unknown-tool",
    on="/tool_choice",
    bad=(
        Example(body(tools=[_SEARCH], tool_choice={"type": "tool", "name": "serach"}), at="/tool_choice/name"),
        Example(body(tool_choice={"type": "tool", "name": "search"}), at="/tool_choice/name"),
    ),
    good=(
        Example(body(tools=[_SEARCH], tool_choice={"type": "tool", "name": "search"})),
        Example(body(tools=[_SEARCH], tool_choice={"type": "any"})),
        Example(body(tools=[{"type": "browser_toolset_20260801"}], tool_choice={"type": "tool", "name": "navigate"})),
    ),
    api_messages=("Tool 'serach' not found in provided tools",),
)
def unknown_tool(tool_choice: Node, request: Request) -> None:
    """`tool_choice` names a tool that `tools` does not define.

    Why: A choice of type `tool` forces the model to call that tool, so it has to be there. Where tools can come from
    elsewhere (an MCP server, a toolset, a thread, a system message), nothing is said.

    Source: The API's refusal, seen live in 2026-08 and 2026-09 and in four more places, also without any `tools`.
    """
    name = tool_choice.text("name")
    if name is None or tool_choice.text("type") != "tool":
        return
    if _offered_elsewhere(request.root):
        return
    tools = request.root.at("tools")
    defined = [tool_name for tool in tools.items() if (tool_name := tool.text("name")) is not None]
    if name in defined or not _readable(tools):
        return
    meant = nearest(name, defined)
    if meant is not None:
        advice = f"did you mean {code(meant)}?"
    elif defined:
        advice = f"the tools defined are {names(defined)}"
    else:
        advice = "define the tool in `tools`, or leave `tool_choice` out"
    tool_choice.at("name").report(
        f"`name` is {code(name)}, but must be the name of a tool in `tools`",
        help=advice,
    )


def _readable(tools: Node) -> bool:
    """Whether every tool that should have a name has one; if not, the one that is chosen may be among the others."""
    if tools.value is None:
        return True
    return isinstance(tools.value, (list, tuple)) and all(
        tool.text("name") is not None or (tool.text("type") or "custom") != "custom" for tool in tools.items()
    )


def _offered_elsewhere(root: Node) -> bool:
    """Whether there may be tools that `tools` does not name: of a server, a toolset, a thread, or added midway."""
    return (
        root.at("thread").value is not None
        or bool(root.items("mcp_servers"))
        or any("toolset" in (tool.text("type") or "") for tool in root.items("tools"))
        or any(message.text("role") == "system" for message in root.items("messages"))
    )

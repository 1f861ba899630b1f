"""The tools that a request offers to the model, and whether there may be more than it names."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from ...common.wording import Names
from ...schema.store import files

if TYPE_CHECKING:
    from ...engine.request import Node, Request

_CONFIGS: Final = {
    "browser_toolset_20260801": "BrowserToolsetConfigs",
    "computer_toolset_20260801": "ComputerToolsetConfigs",
}
TOOLSETS: Final = tuple(_CONFIGS)
"""The client toolsets, by their `type`."""
"""Where the schemas list the members of a toolset, by its type."""

OFFERED: Final = ("/tools/*/type", "/tools/*/name", "/tools/*/allowed_callers/*", "/mcp_servers/*/name", "/thread/type")
"""What has to be sound for a rule that misses a tool."""

FILTERING_SINCE: Final = "20260209"
"""The version from which on the web tools filter what they find by code."""

_ADDED_SINCE: Final = "20260120"
"""The version of code execution from which on the API adds the tool where another tool may be called by it."""


class Offer:
    """What `tools` offers."""

    __slots__ = ("_index", "complete", "members", "names", "readable", "toolsets")

    def __init__(self) -> None:
        self.names: dict[str, Node] = {}
        """Every name that is declared, with the first tool that has it."""
        self.toolsets: dict[str, Node] = {}
        """The client toolsets, `browser` and `computer`, with the first entry of each."""
        self.members: dict[str, str] = {}
        """Every member of these toolsets, with the name of its toolset."""
        self.readable: bool = True
        """Whether every tool that should have a name has one; if not, the one in question may be among the others."""
        self.complete: bool = True
        """Whether there are no other tools: of an MCP server, a thread, added midway, or that are not readable."""
        self._index: Names | None = None

    def nearest(self, name: str) -> str | None:
        """Return the declared name that another one is probably meant to be."""
        self._index = self._index or Names(self.names)
        return self._index.nearest(name)


def offered(request: Request) -> Offer:
    """Return what a request offers; to be asked through `request.once`."""
    offer = Offer()
    root = request.root
    tools = root.value.get("tools")
    offer.readable = isinstance(tools, (list, tuple)) or "tools" not in root.value
    offer.complete = (
        root.at("thread").value is None
        and not root.items("mcp_servers")
        and not any(message.text("role") == "system" for message in root.items("messages"))
    )
    for tool in root.items("tools"):
        name, kind = tool.text("name"), tool.type or "custom"
        if name is not None:
            offer.names.setdefault(name, tool)
        elif kind in _CONFIGS:
            toolset = kind.partition("_")[0]
            offer.toolsets.setdefault(toolset, tool)
            for member in members(kind):
                offer.members.setdefault(member, toolset)
        elif kind == "mcp_toolset":
            offer.complete = False
        else:
            offer.readable = False
    offer.complete = offer.complete and offer.readable
    return offer


@lru_cache(maxsize=8)
def members(toolset: str) -> tuple[str, ...]:
    """Return the names of the members of a toolset, by its type; none where it is not one."""
    definitions: dict[str, Any] = files()["toolsets.json"]["$defs"]
    return tuple(definitions[_CONFIGS[toolset]]["properties"]) if toolset in _CONFIGS else ()


def family(kind: str) -> str:
    """Return what a dated type is a version of: `web_search` of `web_search_20260209`."""
    stem, _, version = kind.rpartition("_")
    return stem if version.isdigit() else kind


def callers(tool: Node) -> list[str]:
    """Return who may call a tool, where it says so."""
    return [caller for item in tool.items("allowed_callers") if (caller := item.text()) is not None]


def runs_code(tool: Node) -> bool:
    """Whether a tool runs code for the model, or brings a tool for it along: web tools of 2026, tools for code."""
    kind = tool.type or "custom"
    version = kind.rpartition("_")[2]
    return (
        family(kind) == "code_execution"
        or (family(kind) in {"web_search", "web_fetch"} and version >= FILTERING_SINCE)
        or any(map(brings_code, callers(tool)))
    )


def brings_code(caller: str) -> bool:
    """Whether the API adds the code execution tool by itself for tools that this caller may call."""
    return is_for_code(caller) and caller.rpartition("_")[2] >= _ADDED_SINCE


def is_for_code(caller: str) -> bool:
    """Whether a caller is code that the model runs, not the model itself."""
    return caller.startswith("code_execution_")


def lacks_code(request: Request) -> bool:
    """Whether nothing in a request could run code: no tool does, or brings along what does, or may come later."""
    root = request.root
    return not (
        root.at("thread").value is not None
        or any(message.text("role") == "system" for message in root.items("messages"))
        or any(_may_run_code(tool) for tool in root.items("tools"))
    )


def _may_run_code(tool: Node) -> bool:
    """Whether a tool runs code or brings along what does; what is malformed may."""
    kind = tool.at("type").value
    if not isinstance(tool.value, dict) or not isinstance(kind, (str, type(None))):
        return True
    if kind is not None and kind.startswith("code_execution"):
        return True
    if kind is not None and kind.startswith(("web_search_", "web_fetch_")):
        return kind.rpartition("_")[2] >= FILTERING_SINCE
    return any(map(is_for_code, callers(tool)))

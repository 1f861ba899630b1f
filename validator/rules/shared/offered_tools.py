"""The tools that a request offers, and whether there may be others that it does not name."""

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
"""The definition in the schemas that lists a toolset's members, by the toolset's `type`."""
TOOLSETS: Final = tuple(_CONFIGS)
"""The `type`s of the client toolsets."""

OFFERED: Final = ("/tools/*/type", "/tools/*/name", "/tools/*/allowed_callers/*", "/mcp_servers/*/name", "/thread/type")
"""Places that must be valid before a rule may report that a tool is missing."""

FILTERING_SINCE: Final = "20260209"
"""The first version of the web tools that filter their results with code."""

_ADDED_SINCE: Final = "20260120"
"""The first version of code execution that the API adds itself if a tool names it as a caller."""


class Offer:
    """The tools in `tools`."""

    __slots__ = ("_index", "complete", "members", "names", "readable", "toolsets")

    def __init__(self) -> None:
        self.names: dict[str, Node] = {}
        """The first tool of each declared name."""
        self.toolsets: dict[str, Node] = {}
        """The first entry of each client toolset, `browser` and `computer`."""
        self.members: dict[str, str] = {}
        """The name of the toolset of each member."""
        self.readable: bool = True
        """Whether every tool that needs a name has one; if not, a missing tool may be among the others."""
        self.complete: bool = True
        """Whether no tools can come from elsewhere: MCP servers, a thread, system messages, malformed entries."""
        self._index: Names | None = None

    def nearest(self, name: str) -> str | None:
        """Return the declared name that another name was probably meant to be."""
        self._index = self._index or Names(self.names)
        return self._index.nearest(name)


def offered(request: Request) -> Offer:
    """Return the tools that a request offers. Call it through `request.cached`."""
    offer = Offer()
    root = request.root
    tools = root.value.get("tools")
    offer.readable = isinstance(tools, (list, tuple)) or "tools" not in root.value
    offer.complete = (
        root.at("thread").value is None and not root.items("mcp_servers") and not request.has_system_messages
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
    """Return the member names of a toolset type; none if it is not a toolset."""
    definitions: dict[str, Any] = files()["toolsets.json"]["$defs"]
    return tuple(definitions[_CONFIGS[toolset]]["properties"]) if toolset in _CONFIGS else ()


@lru_cache(maxsize=1)
def definitions() -> dict[str, dict[str, Any]]:
    """Return the schema of each tool of the API's, by its `type`."""
    schemas = (schema for name in ("tools.json", "toolsets.json") for schema in files()[name]["$defs"].values())
    kinds = ((schema.get("properties", {}).get("type", {}).get("const"), schema) for schema in schemas)
    return {kind: schema for kind, schema in kinds if kind is not None}


def family(kind: str) -> str:
    """Return a dated type without its date: `web_search` for `web_search_20260209`."""
    stem, _, version = kind.rpartition("_")
    return stem if version.isdigit() else kind


def callers(tool: Node) -> list[str]:
    """Return the declared `allowed_callers` of a tool."""
    return [caller for item in tool.items("allowed_callers") if (caller := item.text()) is not None]


def runs_code(tool: Node) -> bool:
    """Whether a tool runs code for the model, or makes the API add a tool that does."""
    kind = tool.type or "custom"
    version = kind.rpartition("_")[2]
    return (
        family(kind) == "code_execution"
        or (family(kind) in {"web_search", "web_fetch"} and version >= FILTERING_SINCE)
        or any(map(brings_code, callers(tool)))
    )


def brings_code(caller: str) -> bool:
    """Whether the API adds the code execution tool itself for this caller."""
    return is_for_code(caller) and caller.rpartition("_")[2] >= _ADDED_SINCE


def is_for_code(caller: str) -> bool:
    """Whether a caller is code that the model runs, rather than the model itself."""
    return caller.startswith("code_execution_")


def lacks_code(request: Request) -> bool:
    """Whether no tool can run code, nor make the API add one that does, nor come from elsewhere."""
    root = request.root
    return not (
        root.at("thread").value is not None
        or request.has_system_messages
        or any(_may_run_code(tool) for tool in root.items("tools"))
    )


def _may_run_code(tool: Node) -> bool:
    """Whether a tool runs code or makes the API add a tool that does; True if it is malformed."""
    kind = tool.at("type").value
    if not isinstance(tool.value, dict) or not isinstance(kind, (str, type(None))):
        return True
    if kind is not None and kind.startswith("code_execution"):
        return True
    if kind is not None and kind.startswith(("web_search_", "web_fetch_")):
        return kind.rpartition("_")[2] >= FILTERING_SINCE
    return any(map(is_for_code, callers(tool)))

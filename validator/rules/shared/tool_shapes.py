"""The schemas of the tools of a request, compiled to check the inputs of calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...common.wording import code
from ...inspect.instances import Shape, compiled
from ...inspect.plain_schemas import fits, is_plain
from .toolbox import is_custom

if TYPE_CHECKING:
    from ...common.pointer import Path
    from ...engine.request import Node, Request


class ToolShapes:
    """The schemas of tools, each compiled at its first use."""

    def __init__(self, tools: list[Node]) -> None:
        self._tools: dict[str, Node | None] = {}
        self._shapes: dict[Path, Shape | None] = {}
        self._plain: dict[Path, bool] = {}
        for tool in tools:
            name = tool.text("name")
            if name is not None:
                is_only_one = name not in self._tools and (tool.type or "custom") == "custom" and is_custom(tool.value)
                self._tools[name] = tool if is_only_one else None

    def tool(self, name: Any) -> Node | None:
        """Return the custom tool that a call names; None if two tools have the name."""
        return self._tools.get(name) if isinstance(name, str) else None

    def accepts(self, tool: Node, value: Any) -> bool:
        """Whether the schema of a tool accepts a value, told without compiling it; False if that needs more."""
        if tool.path not in self._plain:
            self._plain[tool.path] = is_plain(tool.value["input_schema"])
        return self._plain[tool.path] and fits(tool.value["input_schema"], value) is True

    def of(self, tool: Node) -> Shape | None:
        """Return the compiled schema of a tool; None if it cannot be compiled."""
        if tool.path not in self._shapes:
            called = f"the `input_schema` of {code(tool.text('name') or 'the tool')}"
            self._shapes[tool.path] = compiled(tool.value["input_schema"], called)
        return self._shapes[tool.path]


def tool_shapes(request: Request) -> ToolShapes:
    """Return the schemas of the tools of a request; cached with `request.cached(tool_shapes)`."""
    return ToolShapes(request.root.items("tools"))

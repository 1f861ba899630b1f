"""The cache breakpoints of a request: where they are, and how much comes before them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from ...common.records import NamedTuple

if TYPE_CHECKING:
    from ...common.pointer import Path
    from ...engine.request import Request

SHORT: Final = "5m"
"""The `ttl` of a breakpoint that has none."""
_UNMARKED: Final = ("thinking", "redacted_thinking")
"""Blocks that cannot have a `cache_control`; the schema refuses it there."""
_HIDDEN: Final = 1_000
"""Tokens that the API itself may put before a request with tools; the documentation says up to 804."""


class Breakpoint(NamedTuple):
    """A `cache_control` of a tool or a block, which caches everything before it."""

    path: Path
    """The path of the `cache_control`."""
    mark: dict[str, Any]

    @property
    def ttl(self) -> Any:
        """How long the cache entry lives."""
        return self.mark.get("ttl", SHORT)


class Breakpoints(NamedTuple):
    """The breakpoints of the tools and blocks of a request, without that of the request itself."""

    valid: list[Breakpoint]
    """Those that count, in the order in which the API reads them: tools, system, messages.

    A mark on the last block inside a tool result or a document counts as a mark of that block, as in the API. A
    malformed mark, and one that is refused for another reason, does not count.
    """
    misplaced: list[Breakpoint]
    """Those on other blocks inside a tool result or a document."""


def breakpoints(request: Request) -> Breakpoints:
    """Find the breakpoints of a request; cached with `request.cached(breakpoints)`."""
    found = Breakpoints([], [])
    for index, tool in enumerate(items(request.body.get("tools"))):
        if isinstance(tool, dict) and "cache_control" in tool and tool.get("defer_loading") is not True:
            _collect(tool, (*request.path, "tools", index), found)
    for index, block in enumerate(items(request.body.get("system"))):
        if isinstance(block, dict) and "cache_control" in block:
            _collect(block, (*request.path, "system", index), found)
    if not request.may_be_marked:
        return found
    for index, message in enumerate(items(request.body.get("messages"))):
        content = message.get("content") if isinstance(message, dict) else None
        for position, block in enumerate(items(content)):
            if isinstance(block, dict) and ("cache_control" in block or _inside(block)):
                _collect(block, (*request.path, "messages", index, "content", position), found)
    return found


def mark_at_the_end(request: Request) -> Breakpoint | None:
    """Return the breakpoint on the last block of the last message, if it has one."""
    found = request.cached(breakpoints).valid
    messages = items(request.body.get("messages"))
    blocks = items(messages[-1].get("content")) if messages and isinstance(messages[-1], dict) else []
    end = (*request.path, "messages", len(messages) - 1, "content", len(blocks) - 1)
    return found[-1] if found and found[-1].path[: len(end)] == end else None


def blocks_before(request: Request) -> list[int]:
    """Return for each message the number of blocks before it; a string is one block."""
    counts = [0]
    for message in items(request.body.get("messages")):
        content = message.get("content") if isinstance(message, dict) else None
        counts.append(counts[-1] + (len(content) if isinstance(content, (list, tuple)) else 1))
    return counts


def longest_prefix(request: Request, last: Breakpoint) -> int | None:
    """Return an upper bound of the tokens before a breakpoint of the tools or `system`; None if unknown.

    A token is at least one byte, so the bytes of the prefix as JSON are such a bound.
    """
    root = request.root
    tools = root.items("tools")
    if any((tool.type or "custom") != "custom" for tool in tools) or root.items("mcp_servers"):
        return None
    most = _HIDDEN if tools else 0
    in_tools = last.path[len(request.path)] == "tools"
    for tool in tools[: int(last.path[-2]) + 1] if in_tools else tools:
        most += _bytes(tool.value)
    if not in_tools:
        most += sum(_bytes(block.value) for block in root.items("system")[: int(last.path[-2]) + 1])
    return most


def _bytes(value: Any) -> int:
    """Count the bytes of a value as JSON in UTF-8."""
    return len(json.dumps(value, ensure_ascii=False, default=str).encode(errors="replace"))


def _collect(block: dict[Any, Any], path: Path, found: Breakpoints) -> None:
    """Add the breakpoint of a block, or of the last block inside it, and the misplaced ones inside it."""
    inner = _inside(block)
    steps: Path = ("content",) if block.get("type") == "tool_result" else ("source", "content")
    marks = [
        Breakpoint((*path, *steps, index, "cache_control"), item["cache_control"])
        for index, item in enumerate(inner)
        if isinstance(item, dict) and is_mark(item.get("cache_control")) and item.get("type") != "tool_reference"
    ]
    last = marks.pop() if marks and marks[-1].path[-2] == len(inner) - 1 else None
    found.misplaced.extend(marks)
    if is_mark(block.get("cache_control")):
        if block.get("type") not in _UNMARKED:
            found.valid.append(Breakpoint((*path, "cache_control"), block["cache_control"]))
    elif last is not None:
        found.valid.append(last)


def _inside(block: dict[Any, Any]) -> list[Any]:
    """Return the blocks inside a tool result or a document."""
    tag = block.get("type")
    if tag == "tool_result":
        return items(block.get("content"))
    source = block.get("source") if tag == "document" else None
    return items(source.get("content")) if isinstance(source, dict) else []


def is_mark(value: Any) -> bool:
    """Whether the value of a `cache_control` sets a breakpoint."""
    return isinstance(value, dict) and value.get("type") == "ephemeral"


def items(value: Any) -> list[Any]:
    """Return the items of an array of the request; none if `value` is something else."""
    return list(value) if isinstance(value, tuple) else value if isinstance(value, list) else []

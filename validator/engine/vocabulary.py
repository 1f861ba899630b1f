"""Facts about raw messages and blocks that the index, the setup and the rules share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

ANSWERED: Final = "a message of the assistant at the end"

BLANK: Final = "a message, or a block of the system prompt, without anything visible"

EMPTY: Final = "no message, a message without content, or thinking without a signature"

EMBEDDED: Final = "a block with data in base64"

UNTIDY: Final = "calls and results that are not side by side, or that share an id"
"""Names that no request can use, set by the index: a rule that mentions one runs only where the index found that."""

INSIDE: Final[Mapping[str, tuple[str, ...]]] = {
    "tool_result": ("content",),
    "mcp_tool_result": ("content",),
    "search_result": ("content",),
    "document": ("source", "content"),
    "web_fetch_tool_result": ("content", "content"),
    "tool_search_tool_result": ("content", "tool_references"),
}
"""The steps to the blocks nested in a block, by its type."""

USUAL: Final = frozenset({"text", "tool_use", "tool_result", "thinking"})
"""The types of blocks that nearly every message consists of, whose place the index does not keep."""


def inner_blocks(block: Any) -> Iterator[tuple[Any, tuple[str | int, ...]]]:
    """Yield the items nested in a block, whatever they are, with the steps that lead to each."""
    tag = block.get("type") if isinstance(block, dict) else None
    steps = INSIDE.get(tag, ()) if isinstance(tag, str) else ()
    value = block
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    if isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield item, (*steps, index)
    elif steps:
        yield value, steps


def note(value: Any, names: set[str], cache_marks: list[dict[str, Any]], default: str = "") -> None:
    """Index whatever is in the place of a tool or a block."""
    if isinstance(value, dict):
        names.update(value)
        names.add(tag_of(value) or default)
        if "cache_control" in value:
            cache_marks.append(value)


def is_embedded(block: Any) -> bool:
    """Whether a block, such as an image, has its data itself, in base64."""
    source = block.get("source") if isinstance(block, dict) else None
    return isinstance(source, dict) and source.get("type") == "base64"


def tag_of(value: dict[str, Any]) -> str:
    """Return the `type` of an object; an empty string where it has none."""
    tag = value.get("type")
    return tag if isinstance(tag, str) else ""


_MAY_MARK: Final = frozenset({"cache_control", "content", "source"})
"""Properties of a block that are a mark, or can contain blocks with one."""


class Lacks(NamedTuple):
    """What the messages of a request are known not to have, without looking at them."""

    system_messages: bool = False
    """A message with the role `system`."""
    marks: bool = False
    """A block with a `cache_control`, or that may contain one."""


def may_be_marked(messages: Any) -> bool:
    """Whether a block of the messages can have a mark: a fast test, because most conversations have none."""
    try:
        for message in messages if isinstance(messages, (list, tuple)) else ():
            content = message["content"]
            if content.__class__ is not str and not all(map(_MAY_MARK.isdisjoint, content)):
                return True
    except (KeyError, TypeError):
        return True
    return False


ROLES: Final = frozenset({"user", "assistant", "system"})

NEIGHBOURS: Final = (
    "/messages/~/role",
    "/messages/~/content/*/type",
    "/messages/~/content/*/id",
    "/messages/~/content/*/tool_use_id",
    "/thread/type",
)
"""The `rests_on` of a rule that misses something before or after a message: a broken neighbour may be that."""


def ends_with_answer(messages: Any) -> bool:
    """Whether the last message is the assistant's; accepts any value."""
    return bool(role_of(messages, -1) == "assistant")


def role_of(messages: Any, index: int) -> Any:
    """Return the role of one of the messages; accepts any value."""
    message = messages[index] if isinstance(messages, (list, tuple)) and messages else None
    return message.get("role") if isinstance(message, dict) else None

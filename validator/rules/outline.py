"""The outline of a request: which words occur in it, so that a rule is asked only where it can have something to say.

It is made in one pass that every request pays for, so it does little, and most of that in C.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .node import Known

BLANK: Final = "a message without anything visible"
EMPTY: Final = "a message without content, or a block with an empty property"
UNTIDY: Final = "calls and results that are not side by side"
"""Words that no request has, for what its outline notices: where they are missing, there is no such thing."""

INSIDE: Final[Mapping[str, tuple[str, ...]]] = {
    "tool_result": ("content",),
    "mcp_tool_result": ("content",),
    "search_result": ("content",),
    "document": ("source", "content"),
    "web_fetch_tool_result": ("content", "content"),
    "tool_search_tool_result": ("content", "tool_references"),
}
"""Where a block holds further blocks, by its type."""

_LISTS: Final = frozenset({"tools", "system", "messages"})
_CUSTOM: Final = "custom"


class Outline:
    """What a request is made of, at a glance; malformed parts of it have no words, but all that they could hide."""

    __slots__ = ("blocks", "body", "calls", "known", "marked", "words")

    def __init__(self, body: dict[str, Any], known: Known) -> None:
        self.body = body
        self.known = known
        self.words: set[str] = set(body)
        """The property names of the body, of what stands in it, of tools, messages, and blocks at any depth; the `type`
        of all these, and of blocks also behind their role, as in `user/text`, with `user/` for the role itself."""
        self.blocks: list[dict[str, Any]] = []
        """The blocks of messages, without those inside of others, and without those that have only a text."""
        self.calls: list[dict[str, Any]] = []
        """Those of type `tool_use`."""
        self.marked: list[dict[str, Any]] = []
        """The tools and blocks with a `cache_control`."""
        self._note_settings()
        for tool in _items(body.get("tools")):
            self._note(tool, tool.get("type", _CUSTOM) if isinstance(tool, dict) else None)
        for block in _items(body.get("system")):
            self._note(block, block.get("type") if isinstance(block, dict) else None)
        self._note_messages(_items(body.get("messages")))

    def _note_settings(self) -> None:
        words = self.words
        for name, value in self.body.items():
            if value.__class__ is dict:
                words.update(value)
                tag = value.get("type")
                if isinstance(tag, str):
                    words.add(tag)
            elif isinstance(value, (list, tuple)) and name not in _LISTS:
                for item in value:
                    if isinstance(item, dict):
                        words.update(item)

    def _note(self, value: Any, tag: Any) -> None:
        """Note a tool, or a block that stands outside of the messages or inside of another."""
        if isinstance(value, dict):
            self.words.update(value)
            self.words.add(tag if isinstance(tag, str) else _CUSTOM)
            if "cache_control" in value:
                self.marked.append(value)

    def _note_messages(self, messages: list[Any] | tuple[Any, ...]) -> None:
        words, blocks, calls, marked = self.words, self.blocks, self.calls, self.marked
        by_role: dict[Any, set[str]] = {}
        waiting: list[Any] = []
        tidy = True
        for message in messages:
            try:
                role, content = message["role"], message["content"]
                if len(message) != 2:  # noqa: PLR2004 - these two
                    words.update(message)
                tags = by_role.get(role)
                if tags is None:
                    tags = by_role[role] = {"text"}
                if content.__class__ is str:
                    if not content or content.isspace():
                        words.update((BLANK, EMPTY))
                    if waiting:
                        tidy, waiting = False, []
                    continue
                if content.__class__ is not list or not content:
                    self._note_odd(message, by_role)
                    continue
                called: list[Any] = []
                answered = 0
                for index, block in enumerate(content):
                    tag = block["type"]
                    if tag == "text" and len(block) == 2:  # noqa: PLR2004 - `type` and `text`
                        if block["text"].isspace():
                            words.add(BLANK)
                        continue
                    tags.add(tag)
                    words.update(block)
                    blocks.append(block)
                    if not all(block.values()):
                        words.add(EMPTY)
                    if "cache_control" in block:
                        marked.append(block)
                    if tag == "tool_use":
                        calls.append(block)
                        called.append(block["id"])
                        tidy = tidy and role == "assistant" and _is_direct(block)
                    elif tag == "tool_result":
                        if index == answered < len(waiting) and block["tool_use_id"] == waiting[index]:
                            answered += 1
                            tidy = tidy and role == "user" and _is_direct(block)
                        else:
                            tidy = False
                        inner = block.get("content")
                        if inner.__class__ is list:
                            for item in inner:
                                if len(item) != 2 or item["type"] != "text":  # noqa: PLR2004 - `type` and `text`
                                    self._note_inside(block, tags)
                                    break
                    elif tag in INSIDE:
                        self._note_inside(block, tags)
                if answered != len(waiting):
                    tidy = False
                waiting = called
            except (AttributeError, KeyError, TypeError):
                self._note_odd(message, by_role)
        if waiting or not tidy or (calls and not _differ(calls)):
            words.add(UNTIDY)
        for role, tags in by_role.items():
            if isinstance(role, str):
                words.add(f"{role}/")
                words.update(tags)
                words.update([f"{role}/{tag}" for tag in tags])

    def _note_odd(self, message: Any, by_role: dict[Any, set[str]]) -> None:
        """Note a message that is not as it should be, or has no content."""
        self.words.update((BLANK, EMPTY, UNTIDY))
        if not isinstance(message, dict):
            return
        self.words.update(message)
        role = message.get("role")
        tags = by_role.setdefault(role if isinstance(role, str) else None, {"text"})
        for block in _items(message.get("content")):
            if isinstance(block, dict):
                tag = block.get("type")
                self._note(block, tag)
                self.blocks.append(block)
                if isinstance(tag, str):
                    tags.add(tag)
                    self._note_inside(block, tags)
                if tag == "tool_use":
                    self.calls.append(block)

    def _note_inside(self, block: dict[str, Any], tags: set[str]) -> None:
        """Note the blocks inside a block, and those inside of them."""
        holders = [block]
        while holders:
            for item, _ in inner_blocks(holders.pop()):
                if isinstance(item, dict):
                    tag = item.get("type")
                    self._note(item, tag)
                    if isinstance(tag, str):
                        tags.add(tag)
                        if tag in INSIDE:
                            holders.append(item)


Look = Callable[[Outline], bool]
"""A look at an outline, which may take as long as it tells of several rules that they have nothing to say."""


def inner_blocks(block: Any) -> Iterator[tuple[Any, tuple[str | int, ...]]]:
    """Yield what stands where a block holds further blocks, with the steps that lead there."""
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


def _is_direct(block: dict[str, Any]) -> bool:
    """Whether it was the model itself that made a call."""
    if "caller" not in block:
        return True
    caller = block["caller"]
    return caller is None or (isinstance(caller, dict) and caller.get("type") == "direct")


def _differ(calls: list[dict[str, Any]]) -> bool:
    """Whether every call has an id, and its own."""
    ids = [call["id"] for call in calls if isinstance(call.get("id"), str)]
    return len(set(ids)) == len(calls)


def _items(value: Any) -> list[Any] | tuple[Any, ...]:
    return value if isinstance(value, (list, tuple)) else ()

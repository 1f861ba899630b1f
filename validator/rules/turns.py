"""The conversation as the API reads it: messages of one role in a row are one turn."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from ..engine.vocabulary import ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..engine.request import Node


class Turn:
    """Messages of one role in a row. Their places stay those of the messages as they are written."""

    __slots__ = ("conversation", "messages", "number", "role")

    def __init__(self, role: str | None, number: int, conversation: Conversation) -> None:
        self.role = role
        """`user`, `assistant` or `system`; None for messages without a role that is known."""
        self.number = number
        self.messages: list[Node] = []
        self.conversation = conversation

    def blocks(self, *types: str) -> Iterator[Node]:
        """Yield the content blocks of the turn that are objects, of some types or all; a string has none."""
        for message in self.messages:
            for block in message.items("content"):
                if isinstance(block.value, dict) and (not types or block.type in types):
                    yield block

    @property
    def previous(self) -> Turn | None:
        """The turn before this one."""
        return self.conversation.turns[self.number - 1] if self.number else None

    @property
    def next(self) -> Turn | None:
        """The turn after this one."""
        after = self.number + 1
        return self.conversation.turns[after] if after < len(self.conversation.turns) else None

    @property
    def is_last(self) -> bool:
        """Whether the conversation ends with this turn."""
        return self.number == len(self.conversation.turns) - 1


class Conversation:
    """The messages of a request in turns, put together when they are first asked for."""

    def __init__(self, root: Node) -> None:
        self.root = root

    @cached_property
    def messages(self) -> list[Node]:
        """All messages, as they are written."""
        return self.root.items("messages")

    @cached_property
    def turns(self) -> list[Turn]:
        """The turns in their order; every message is in one of them."""
        turns: list[Turn] = []
        for message in self.messages:
            role = message.value.get("role") if isinstance(message.value, dict) else None
            role = role if isinstance(role, str) and role in ROLES else None
            if not turns or turns[-1].role != role:
                turns.append(Turn(role, len(turns), self))
            turns[-1].messages.append(message)
        return turns

    @cached_property
    def _turn_of_message(self) -> list[Turn]:
        return [turn for turn in self.turns for _ in turn.messages]

    def turn_of(self, node: Node) -> Turn:
        """Return the turn in which a message, or something inside a message, stands."""
        index = node.steps[1]
        return self._turn_of_message[int(index)]

    @cached_property
    def continues(self) -> bool:
        """Whether a thread keeps what was said before the first message; so the conversation may begin anywhere."""
        thread = self.root.at("thread")
        return thread.value is not None and thread.text("type") != "create"

    @cached_property
    def may_end_with_answer(self) -> bool:
        """Whether it is not to be answered, or goes on from an answer that is handed back."""
        root = self.root
        return (
            root.at("compaction").value is not None
            or root.at("fallback_credit_token").value is not None
            or self.continues
            or any((edit.type or "").startswith("compact") for edit in root.items("context_management", "edits"))
        )

    @property
    def last(self) -> Turn | None:
        """The turn that the conversation ends with."""
        return self.turns[-1] if self.turns else None


def is_empty(message: Node) -> bool:
    """Whether the content of a message is there, but has nothing in it."""
    content = message.at("content").value
    return isinstance(content, (str, list, tuple)) and not content

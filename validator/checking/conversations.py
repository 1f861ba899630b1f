"""Remember conversations: the next request of an agent has all messages of the one before, and a few more.

A conversation is known again by its text, up to a message near its end: agents move their `cache_control` on, so the
last messages are not always the same. Only the messages after that have to be decoded.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from .plain_messages import ToolUseBlock

if TYPE_CHECKING:
    from msgspec.json import Encoder

    from ..engine.setup import Setup
    from .plain_messages import InputMessage

_LAST: Final = 4
"""How many messages at the end may differ for the rest to be known again."""
_MOST: Final = 8
"""Most conversations with one setup."""
_MOST_BYTES: Final = 4 * 1024 * 1024
"""Most bytes of the texts of all conversations."""
_SMALLEST: Final = 4096
_LARGEST: Final = 1024 * 1024
"""The bytes of messages that are remembered: few are decoded sooner than found."""
_PATIENCE: Final = 64
"""After how many requests of which none was known again nothing more is remembered."""


class Conversation(NamedTuple):
    """The messages of a request, of which nothing had to be reported."""

    stem: bytes
    """Their text up to the end of a message."""
    ends: tuple[bytes, ...]
    """The text of each later one, with the comma before it."""
    structs: list[InputMessage[Any]]
    plan: Any
    """The engine's plan by which nothing was found in them."""

    @property
    def size(self) -> int:
        """The bytes of their text, but for the bracket at the end."""
        return len(self.stem) + sum(map(len, self.ends))

    def common(self, data: bytes) -> tuple[int, int]:
        """Return how many messages a text has in common with it, and where they end."""
        if not data.startswith(self.stem):
            return 0, 0
        offset, number = len(self.stem), len(self.structs) - len(self.ends)
        for end in self.ends:
            if not data.startswith(end, offset):
                break
            offset += len(end)
            number += 1
        return number, offset


class Conversations:
    """The conversations of one linter, by their setup."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._kept: dict[Setup, tuple[Conversation, ...]] = {}
        self._bytes = 0
        self._lock = Lock()
        self._strangers = 0
        """The requests since the last one that was known again."""

    @property
    def has_given_up(self) -> bool:
        """Whether requests do not go on with each other here, and nothing is remembered any more."""
        return self._strangers > _PATIENCE

    def takes(self, data: bytes) -> bool:
        """Whether messages with such a text may be remembered."""
        return not self.has_given_up and _SMALLEST <= len(data) <= _LARGEST

    def find(self, data: bytes, setup: Setup) -> tuple[Conversation | None, int, int]:
        """Return the conversation that a text goes on with, how many messages they share, and where those end."""
        for conversation in self._kept.get(setup, ()) if len(data) >= _SMALLEST else ():
            number, offset = conversation.common(data)
            if number and data[offset : offset + 1] in _AFTER:
                self._strangers = 0
                return conversation, number, offset
        return None, 0, 0

    def keep(
        self,
        data: bytes,
        setup: Setup,
        structs: list[InputMessage[Any]],
        plan: Any,
        known: Conversation | None,
        *,
        number: int,
    ) -> None:
        """Remember the messages of a text, in place of the one it went on with, with which it shares a `number`."""
        if not _SMALLEST <= len(data) <= _LARGEST:
            return
        if known is None:
            self._strangers += 1
            if self.has_given_up:
                with self._lock:
                    self._kept, self._bytes = {}, 0
        if self.has_given_up or len(structs) <= 1:
            return
        lengths = [len(self._encoder.encode(message)) + 1 for message in structs[-_LAST:]]
        if len(lengths) == len(structs):
            del lengths[0]
        end = len(data) - 1
        ends: list[bytes] = []
        for length in reversed(lengths):
            ends.append(data[end - length : end])
            end -= length
        if not all(each.startswith(b",{") for each in ends):
            return
        _detach(structs[number:])
        conversation = Conversation(data[:end], tuple(reversed(ends)), structs, plan)
        with self._lock:  # else the bytes of what two threads drop at once are taken off twice
            if self._bytes > _MOST_BYTES:
                self._kept, self._bytes = {}, 0
            before = self._kept.get(setup, ())
            others = [each for each in before if each is not known][: _MOST - 1]
            self._kept[setup] = (conversation, *others)
            self._bytes += sum(each.size for each in self._kept[setup]) - sum(each.size for each in before)


def _detach(structs: list[InputMessage[Any]]) -> None:
    """Copy the inputs of calls, each of which would keep the whole text that it was decoded of."""
    for message in structs:
        if message.content.__class__ is list:
            for block in message.content:
                if block.__class__ is ToolUseBlock:
                    block.input = block.input.copy()


_AFTER: Final = (b",", b"]")

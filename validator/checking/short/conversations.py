"""Remember conversations: the next request of an agent has all messages of the one before, and a few more.

A conversation is known again by its text, up to a message near its end: agents move their `cache_control` on, so the
last messages are not always the same. Only the messages after that have to be decoded.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from .kinds import noted
from .structs import ToolUseBlock

if TYPE_CHECKING:
    from msgspec.json import Encoder

    from ...engine.setup import Setup
    from .kinds import Noted
    from .structs import InputMessage

_LAST: Final = 4
"""How many messages at the end may differ for the rest to be known again."""
_MOST_ENDS: Final = 10
"""How many messages are kept one by one before most of them are joined: that copies the whole text."""
_MOST: Final = 8
"""Most conversations with one setup."""
_MOST_BYTES: Final = 4 * 1024 * 1024
"""Most bytes of the texts of all conversations."""
_SMALLEST: Final = 4096
_LARGEST: Final = 1024 * 1024
"""The bytes of messages that are remembered: few are decoded sooner than found."""
_PATIENCE: Final = 64
"""After how many requests of which none was known again nothing more is remembered."""


class Checked(NamedTuple):
    """Messages of which nothing had to be reported."""

    structs: list[InputMessage[Any]]
    noted: Noted
    plan: Any
    """The engine's plan by which nothing was found in them."""


class Conversation:
    """The messages of a request, with their text."""

    __slots__ = ("_begun", "checked", "ends", "first", "size", "stem")

    def __init__(self, stem: bytes, ends: tuple[bytes, ...], checked: Checked, begun: Noted | None = None) -> None:
        self.checked: Final = checked
        self.stem: Final = stem
        """Their text up to the end of a message."""
        self.ends: Final = ends
        """The text of each later one, with the comma before it."""
        self.first: Final = len(checked.structs) - len(ends)
        """How many of them are in the stem."""
        self.size: Final = len(stem) + sum(map(len, ends))
        """The bytes of their text, but for the bracket at the end."""
        self._begun = begun
        """What is noted of those in the stem; only agents that change their last messages need it."""

    def common(self, data: bytes) -> tuple[int, int]:
        """Return how many messages a text has in common with it, and where they end."""
        if not data.startswith(self.stem):
            return 0, 0
        offset, number = len(self.stem), self.first
        for end in self.ends:
            if not data.startswith(end, offset):
                break
            offset += len(end)
            number += 1
        return number, offset

    def noted(self, number: int) -> tuple[int, Noted]:
        """Return what is noted of many of the first messages, a `number` at the most, and of how many."""
        if number == len(self.checked.structs):
            return number, self.checked.noted
        if self._begun is None:
            self._begun, _ = noted(self.checked.structs[: self.first], known=self.first)
        return self.first, self._begun

    def going_on(self, data: bytes, texts: tuple[bytes, ...], checked: Checked, number: int) -> Conversation:
        """Return the conversation that has a `number` of messages of this one, and then those with some texts."""
        ends = (*self.ends[: number - self.first], *texts)
        if len(ends) <= _MOST_ENDS:
            return Conversation(self.stem, ends, checked, self._begun)
        ends, begun = ends[-_LAST:], self._begun
        if begun is not None:
            first = len(checked.structs) - _LAST
            begun, _ = noted(checked.structs[:first], self.first, begun, first)
        return Conversation(data[: len(data) - 1 - sum(map(len, ends))], ends, checked, begun)


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

    def may_know(self, data: bytes) -> bool:
        """Whether messages with such a text may go on with those of an earlier request."""
        return len(data) >= _SMALLEST and not self.has_given_up

    @staticmethod
    def takes(data: bytes) -> bool:
        """Whether messages with such a text are not too long to be remembered."""
        return len(data) <= _LARGEST

    def find(self, data: bytes, setup: Setup) -> tuple[Conversation | None, int, int]:
        """Return the conversation that a text goes on with, how many messages they share, and where those end."""
        for conversation in self._kept.get(setup, ()):
            number, offset = conversation.common(data)
            if number and data[offset : offset + 1] in _AFTER:
                self._strangers = 0
                return conversation, number, offset
        return None, 0, 0

    def keep(
        self,
        data: bytes,
        setup: Setup,
        checked: Checked,
        known: Conversation | None,
        *,
        number: int,
    ) -> None:
        """Remember the messages of a text, in place of the one it went on with, with which it shares a `number`."""
        if not self.takes(data):
            return
        if known is None:
            self._strangers += 1
            if self.has_given_up:
                with self._lock:
                    self._kept, self._bytes = {}, 0
        structs = checked.structs
        if self.has_given_up or len(structs) <= 1:
            return
        goes_on = known is not None and known.first + _LAST <= len(structs)
        texts = self._texts_of(data, structs[number if goes_on else max(1, len(structs) - _LAST) :])
        if texts is None:
            return
        _detach(structs[number:])
        if known is not None and goes_on:
            conversation = known.going_on(data, texts, checked, number)
        else:
            conversation = Conversation(data[: len(data) - 1 - sum(map(len, texts))], texts, checked)
        with self._lock:  # else the bytes of what two threads drop at once are taken off twice
            if self._bytes > _MOST_BYTES:
                self._kept, self._bytes = {}, 0
            before = self._kept.get(setup, ())
            others = [each for each in before if each is not known][: _MOST - 1]
            self._kept[setup] = (conversation, *others)
            self._bytes += sum([each.size for each in self._kept[setup]]) - sum([each.size for each in before])

    def _texts_of(self, data: bytes, structs: list[InputMessage[Any]]) -> tuple[bytes, ...] | None:
        """Return the texts of the last messages of a text, each with the comma before it; None if that is not sure."""
        end = len(data) - 1
        texts: list[bytes] = []
        for message in reversed(structs):
            start = end - len(self._encoder.encode(message)) - 1
            texts.append(data[start:end])
            end = start
        return tuple(reversed(texts)) if all(each.startswith(b",{") for each in texts) else None


def _detach(structs: list[InputMessage[Any]]) -> None:
    """Copy the inputs of calls, each of which would keep the whole text that it was decoded of."""
    for message in structs:
        if message.content.__class__ is list:
            for block in message.content:
                if block.__class__ is ToolUseBlock:
                    block.input = block.input.copy()


_AFTER: Final = (b",", b"]")

"""The index of plain messages, from their structs: the same as from parsed ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

import orjson
from msgspec import UNSET, Raw, to_builtins

from ...common.unknown import PartialArray, PartialObject, UnknownNumber, UnknownValue
from ...engine.context import Context
from ...engine.index import Index
from ...engine.setup import Answer, settings_alone, without
from .kinds import CONTENTS, IS_ANSWERED, IS_EMPTY, NOTHING, TAGS, Noted, UnsureError, described, noted
from .reading import calls_of
from .structs import InputMessage, TextBlock, ToolUseBlock

if TYPE_CHECKING:
    from ...engine.setup import Setup

_MESSAGES: Final = "messages"
_NONE: Final[list[Any]] = []
_OF_KIND: Final = ("body", "setup", "kind", "names", "said", "cache_marks", "cache_marks_inside", "_rest")
"""The attributes of an index that messages of the same kind share."""
_SHORT: Final = 64 * 1024
"""Bytes of the longest request that is short."""
UNKNOWN_ARRAY: Final = UnknownValue("array")
_HIDDEN: Final[Any] = UnknownValue("any")


class PlainIndex(Index):
    """The index of plain messages, from their structs.

    Its `calls` are those that are not known to fit their tools.
    """

    __slots__ = ("_rest", "_structs", "kind", "noted")

    def __init__(
        self,
        body: dict[str, Any],
        context: Context,
        setup: Setup,
        structs: list[InputMessage[Any]],
        known: int = 0,
        *,
        first: int = 0,
        before: Noted = NOTHING,
        is_own: bool = False,
        rest: dict[str, Any] | None = None,
    ) -> None:
        """Index messages, of which the first ones are known; raises one of `UNSURE` if they are not plain.

        A text that was written here (`is_own`) has no duplicate keys. `rest` is the body without messages. `before` is
        what was noted of the messages before a `first` one.
        """
        self.body, self.context, self.setup = body, context, setup
        self._structs = structs
        self._rest = rest
        self.noted, uses = noted(structs, first, before, known)
        signs, lifetimes, shapes, unusual, waiting = self.noted
        if waiting:
            raise UnsureError
        if not structs:
            signs |= IS_EMPTY
        elif structs[-1].role == "assistant":
            signs |= IS_ANSWERED
        self.kind = signs, lifetimes, shapes
        """All that the other attributes are made of, but for the calls."""
        self.calls = calls_of(uses, is_own=is_own) if uses else []
        self.unusual = [*unusual] if unusual else _NONE
        self.cache_marks_inside = _NONE
        self.names, self.said, marks = described(self.kind)
        self.cache_marks = [*setup.cache_marks, *marks] if marks else setup.cache_marks

    @property
    def is_short(self) -> bool:
        """Whether the request is so short that no limit on the size of one concerns it."""
        size = self.context.size
        return size is not None and size <= _SHORT

    def unread(self) -> PlainIndex:
        """Return an index of messages of the same kind; else it is only known whether the request is short."""
        index = PlainIndex.__new__(PlainIndex)  # `copy` takes longer than all this
        unknown: Any = UnknownValue("any")
        for name in _OF_KIND:
            setattr(index, name, getattr(self, name))
        if type(self.body) is dict:
            index.body = PartialObject({**self.body, _MESSAGES: UNKNOWN_ARRAY}, is_open=False)
        size: Any = UnknownNumber(_SHORT) if self.is_short else unknown
        index.context = self.context._replace(size=size, text=unknown)
        for name in ("calls", "unusual", "_structs"):
            setattr(index, name, unknown)
        return index

    def with_settings_alone(self) -> PlainIndex:
        """Return the same; around the messages nothing but the settings, the names and the marks is known either."""
        index = self.unread()
        index.setup = self.setup.unread()
        known = settings_alone(self.rest)
        index._rest = PartialObject(known, is_open=False)  # noqa: SLF001 - its own
        index.body = PartialObject({**known, _MESSAGES: UNKNOWN_ARRAY}, is_open=False)
        return index

    def body_for(self, data: bytes, *, is_sparse: bool) -> dict[str, Any]:
        """Return the body with the messages that a text says; if `is_sparse`, with the unusual ones alone."""
        if type(self.body) is dict:
            return self.body
        around = dict(dict.items(self.body))
        if not is_sparse:
            return {**around, _MESSAGES: orjson.loads(data)}
        messages: list[Any] = [_HIDDEN] * len(self._structs)
        for number in self.unusual:
            messages[number] = _parsed(self._structs[number])
        return PartialObject({**around, _MESSAGES: PartialArray(messages, is_open=False)}, is_open=False)

    @property
    def has_only_text_in_errors(self) -> bool:
        """True: other errors are read the usual way."""
        return True

    @property
    def rest(self) -> dict[str, Any]:
        """The body without its messages."""
        return without(self.body, _MESSAGES) if self._rest is None else self._rest

    def cached(self, find: Callable[[dict[str, Any]], Answer]) -> Answer:
        """Return `find(body)`, which gets the body without its messages and is called once for each setup."""
        return self.setup.cached(find, self.body) if self._rest is None else self.setup.kept(find, self._rest)

    @property
    def number_of_messages(self) -> int:
        """The number of messages."""
        return len(self._structs)

    @property
    def may_be_marked(self) -> bool:
        """Whether a block of the messages may have a `cache_control`, or contain one that has."""
        return self.kind[0] & CONTENTS > 0 or len(self.cache_marks) > len(self.setup.cache_marks)

    def turns(self, first: int = 0) -> Iterable[tuple[str, list[str]]]:
        """Yield the role of each message from a `first` one on, and the types of its blocks."""
        for message in self._structs[first:]:
            content: Any = message.content
            yield message.role, [] if content.__class__ is str else [TAGS[block.__class__] for block in content]

    @property
    def texts(self) -> tuple[int, list[Any]]:
        """The number of characters in plain texts of the messages, and everything else in them, or something longer."""
        characters, others = 0, []
        for message in self._structs:
            content: Any = message.content
            if content.__class__ is str:
                characters += len(content)
                continue
            for block in content:
                if block.__class__ is TextBlock and block.cache_control is UNSET:
                    characters += len(block.text)
                elif block.__class__ is ToolUseBlock:
                    others.append(_call_of(block))
                else:
                    others.append(to_builtins(block))
        return characters, others


def _parsed(message: InputMessage[Any]) -> dict[str, Any]:
    """Return a message as it would have been parsed."""
    content: Any = message.content
    blocks = [
        {**_call_of(block), "type": "tool_use", "input": orjson.loads(bytes(block.input))}
        if block.__class__ is ToolUseBlock
        else to_builtins(block)
        for block in content
    ]
    return {"role": message.role, "content": blocks}


def _call_of(block: ToolUseBlock[Any]) -> dict[str, Any]:
    """Return a call with its input, as text if it was read of one."""
    given = block.input
    return {
        "id": block.id,
        "name": block.name,
        "input": str(given, "utf-8") if given.__class__ is Raw else given,
        **_mark_of(block),
    }


def _mark_of(block: Any) -> dict[str, Any]:
    return {} if block.cache_control is UNSET else {"cache_control": to_builtins(block.cache_control)}

"""What is noted of plain messages: all that tells which rules concern them.

It is noted message by message, so what is known of a conversation serves each request that goes on with it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, TypeAlias

from msgspec import UNSET

from ...engine.vocabulary import ANSWERED, BLANK, EMBEDDED, EMPTY
from ...schema.formats import is_base64
from .structs import (
    Base64ImageSource,
    Base64PdfSource,
    DocumentBlock,
    ImageBlock,
    InputMessage,
    RedactedThinkingBlock,
    ResultText,
    SearchResultBlock,
    TextBlock,
    ThinkingBlock,
    ToolResultBlock,
    ToolUseBlock,
)

_NAMES_OF: Final[dict[int, frozenset[str]]] = {}
"""The names that each sign of a kind stands for; `_sign` fills it."""


def _sign(*names: str) -> int:
    """Make a sign, a bit of its own, that stands for some names of an index."""
    sign = 1 << len(_NAMES_OF)
    _NAMES_OF[sign] = frozenset(names)
    return sign


_OF_USER: Final = _sign("user/", "text")
_OF_ASSISTANT: Final = _sign("assistant/", "text")
_CALLED: Final = _sign("tool_use", "tool_result")
_THOUGHT: Final = _sign("thinking")
_IS_BLANK: Final = _sign(BLANK)
IS_EMPTY: Final = _sign(EMPTY)
IS_ANSWERED: Final = _sign(ANSWERED)
_ODD_TEXT: Final = _sign("type", "text")
_ODD_CALL: Final = _sign("type", "id", "name", "input")
_ODD_RESULT: Final = _sign("type", "tool_use_id")
_WITH_CONTENT: Final = _sign("content")
_WITH_ERROR: Final = _sign("is_error")
CONTENTS: Final = _sign()
"""The sign of blocks with a content or a source, which may hold marks; the only one that stands for no name."""
_SIGNS: Final = {TextBlock: _ODD_TEXT, ToolUseBlock: _ODD_CALL, ToolResultBlock: _ODD_RESULT}
"""The signs of blocks with more than their usual properties."""
MEDIA: Final = frozenset({ImageBlock, DocumentBlock, SearchResultBlock})
_EMBEDDED: Final = frozenset({Base64ImageSource, Base64PdfSource})
_HIDDEN_THOUGHT: Final = "redacted_thinking"
Kind: TypeAlias = tuple[int, tuple[str | None, ...], frozenset[tuple[str, str | None, frozenset[str]]]]
"""The signs of what is in the messages of a request, the lifetimes of their marks, and their unusual blocks."""


class UnsureError(Exception):
    """Raised for messages that have to be read the usual way."""


TAGS: Final = {
    block: str(block.__struct_config__.tag)
    for block in (TextBlock, ThinkingBlock, RedactedThinkingBlock, ToolUseBlock, ToolResultBlock, *MEDIA)
}


Noted: TypeAlias = tuple[
    int,
    tuple[str | None, ...],
    frozenset[tuple[str, str | None, frozenset[str]]],
    tuple[int, ...],
    tuple[ToolUseBlock[Any], ...],
]
"""What is noted of the first messages of a request: the signs, lifetimes and shapes of a `Kind`; the indices of the
messages with other blocks than usual; and the calls in the last one, which the next has to answer. Not a class, which
would cost each request as much as a message."""
NOTHING: Final[Noted] = (0, (), frozenset(), (), ())


def noted(  # noqa: C901, PLR0912, PLR0915 - every call would cost each block
    structs: list[InputMessage[Any]], first: int = 0, before: Noted = NOTHING, known: int = 0
) -> tuple[Noted, list[ToolUseBlock[Any]]]:
    """Note messages from a `first` one on, and return also the calls in those that are not `known`.

    `before` is what was noted of the messages before the first one.
    """
    # What makes parsed messages untidy is not looked into here: it is left to their index.
    unset = UNSET
    signs, lifetimes, shapes, unusual, waiting = before
    uses = [*waiting]
    extra: list[Any] = []
    others: list[tuple[int, Any, str | None]] = []
    of_user = of_assistant = answered = known_calls = 0
    called = len(uses)
    for number, message in enumerate(structs[first:] if first else structs, first):
        if number == known:
            known_calls = called
        content: Any = message.content
        role = message.role
        if content.__class__ is str:
            if role == "user":
                of_user = _OF_USER
            else:
                of_assistant = _OF_ASSISTANT
            if answered != called:
                raise UnsureError
            if not content or content.isspace():
                signs |= _IS_BLANK | IS_EMPTY
        elif role == "user":
            of_user = _OF_USER
            for block in content:
                kind = block.__class__
                if kind is ToolResultBlock:
                    if answered == called or block.tool_use_id != uses[answered].id:
                        raise UnsureError
                    answered += 1
                    inside = block.content
                    if inside.__class__ is list:
                        for inner in inside:
                            if inner.__class__ is not ResultText:
                                if inner.cache_control is not unset or block.is_error is True:
                                    raise UnsureError
                                others.append((number, inner, None))
                    if inside is unset or block.cache_control is not unset or block.is_error is not unset:
                        extra.append(block)
                elif kind is TextBlock and answered == called:
                    if block.text.isspace():
                        signs |= _IS_BLANK
                    if block.cache_control is not unset:
                        extra.append(block)
                elif kind in MEDIA and answered == called:
                    others.append((number, block, role))
                    if block.cache_control is not unset:
                        extra.append(block)
                else:
                    raise UnsureError
            if answered != called:
                raise UnsureError
            if not content:
                signs |= _IS_BLANK | IS_EMPTY
        else:
            of_assistant = _OF_ASSISTANT
            if answered != called:
                raise UnsureError
            for block in content:
                kind = block.__class__
                if kind is TextBlock:
                    if block.text.isspace():
                        signs |= _IS_BLANK
                    if block.cache_control is not unset:
                        extra.append(block)
                elif kind is ToolUseBlock:
                    uses.append(block)
                    called += 1
                    if block.cache_control is not unset:
                        extra.append(block)
                elif kind is ThinkingBlock:
                    signs |= _THOUGHT
                    if not block.signature:
                        signs |= IS_EMPTY
                elif kind is RedactedThinkingBlock:
                    others.append((number, block, role))
                else:
                    raise UnsureError
            if called - answered > 1 and len({use.id for use in uses[answered:]}) != called - answered:
                raise UnsureError
            if not content:
                signs |= _IS_BLANK | IS_EMPTY
    signs |= of_user | of_assistant
    if called:
        signs |= _CALLED
    without_content = 0
    marks: list[str | None] = []
    for block in extra:
        signs |= _SIGNS.get(block.__class__, 0)
        if block.__class__ is ToolResultBlock:
            if block.content is unset:
                without_content += 1
            else:
                signs |= _WITH_CONTENT
            if block.is_error is not unset:
                if block.is_error and not (block.content is not unset and block.content):
                    raise UnsureError
                signs |= _WITH_ERROR
        mark = block.cache_control
        if mark is not unset:
            marks.append(None if mark is None else "" if mark.ttl is unset else mark.ttl)
    if answered > without_content:
        signs |= CONTENTS
    if len(structs) == known:
        known_calls = called
    if others:
        unusual += tuple(dict.fromkeys([number for number, _, _ in others]))
        for number, block, _ in others:
            source = None if block.__class__ is RedactedThinkingBlock else block.source
            if source.__class__ in _EMBEDDED and number >= known and not is_base64(source.data):
                raise UnsureError
        shapes = shapes.union([_shape(block, speaker) for _, block, speaker in others])
        if any(tag != _HIDDEN_THOUGHT for tag, _, _ in shapes):
            signs |= CONTENTS
    return (signs, lifetimes + tuple(marks), shapes, unusual, tuple(uses[answered:])), uses[known_calls:]


@lru_cache(maxsize=512)
def described(kind: Kind) -> tuple[Any, dict[Any, set[str]], tuple[dict[str, Any], ...]]:
    """Return the names of an index of plain messages of a kind, what is said in them by role, and their marks."""
    signs, lifetimes, shapes = kind
    names = {"messages"}.union(*(names for sign, names in _NAMES_OF.items() if signs & sign))
    if lifetimes:
        names.add("cache_control")
    said = {role: {"text"} for role in ("user", "assistant") if f"{role}/" in names}
    if signs & _CALLED:
        said["user"].add("tool_result")
        said["assistant"].add("tool_use")
    if signs & _THOUGHT:
        said["assistant"].add("thinking")
    for tag, role, names_there in shapes:
        names |= names_there
        if role is not None:
            said[role].add(tag)
    marks = (None if ttl is None else {"type": "ephemeral", **({"ttl": ttl} if ttl else {})} for ttl in lifetimes)
    return frozenset(names), said, tuple({"cache_control": mark} for mark in marks)


def _shape(block: Any, role: str | None) -> tuple[str, str | None, frozenset[str]]:
    """Return what an index notes of an unusual block: its type, who said it (None inside another), and names."""
    tag = TAGS[block.__class__]
    names = {"type", tag, *(name for name in block.__struct_fields__ if getattr(block, name) is not UNSET)}
    if "source" in names and block.source.__class__ in _EMBEDDED:
        names.add(EMBEDDED)
    if block.__class__ is SearchResultBlock and block.content:
        names.add("text")
    return tag, role, frozenset(names)

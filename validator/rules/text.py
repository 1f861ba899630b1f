"""Text blocks that are empty or blank."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..common.wording import shown
from ..engine.request import Node, Request
from ..engine.rule import Example, body, rule
from ..engine.setup import may_be_blank
from ..engine.vocabulary import BLANK, NEIGHBOURS, role_of
from ..fixes import Fix, remove
from .shared.fixes import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

_HELLO = {"role": "user", "content": "Hello"}
_BLANK = {"type": "text", "text": " \n"}
_REAL = {"type": "text", "text": "Hello"}
_IMAGE = {"type": "image", "source": {"type": "url", "url": "https://example.com/cat.png"}}
_CALL = {"type": "tool_use", "id": "toolu_1", "name": "get_time", "input": {}}
_RESULT = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "noon"}


@rule(
    "text/whitespace-only",
    on="/messages",
    mentions=(BLANK,),
    if_value=lambda messages: isinstance(messages, (list, tuple)),
    rests_on=NEIGHBOURS,
    bad=(
        Example(body(messages=[{"role": "user", "content": [_BLANK]}]), at="/messages/0/content/0/text"),
        Example(body(messages=[{"role": "user", "content": "\n"}]), at="/messages/0/content"),
        Example(
            body(messages=[_HELLO, {"role": "assistant", "content": [_BLANK]}, _HELLO]),
            at="/messages/1/content/0/text",
        ),
        Example(body(messages=[_HELLO, {"role": "assistant", "content": " "}]), at="/messages/1/content"),
    ),
    good=(
        Example(body(messages=[{"role": "user", "content": [_BLANK, _REAL]}])),
        Example(body(messages=[{"role": "user", "content": " "}, _HELLO])),
        Example(body(messages=[{"role": "user", "content": [_IMAGE, _BLANK]}])),
        Example(
            body(
                messages=[
                    _HELLO,
                    {"role": "assistant", "content": [_BLANK, _CALL]},
                    {"role": "user", "content": [_RESULT]},
                ]
            )
        ),
    ),
    api_messages=("messages: text content blocks must contain non-whitespace text",),
)
def whitespace_only(messages: Node, request: Request) -> None:
    """All text of a turn is whitespace.

    Why: A turn must contain something visible. Blank text beside other text or a tool call is accepted; beside other
    blocks it was not tried, and nothing is reported. The schema refuses empty text.

    Source: The API's refusal, seen in 2025 and 2026 in several threads for turns of both roles; what it accepts is
    known from probes of 2026.
    """
    for role, turn in _turns(messages, request):
        if role in _ADVICE and not any(_visible(message.value) for message in turn):
            blank = next((text for message in turn for text in _texts(message) if text.value), None)
            if blank is not None:
                blank.report(
                    f"all text of the turn is {shown(blank.value)}, but a turn must have something visible in it",
                    help=_ADVICE[role],
                )


def _turns(messages: Node, request: Request) -> Iterator[tuple[str | None, list[Node]]]:
    """Yield the role and the messages of each turn that may be blank."""
    if request.blank is None:
        yield from ((turn.role, turn.messages) for turn in request.conversation.turns)
        return
    values, end = messages.value, 0
    for number in request.blank:
        if number < end or _visible(values[number]):
            continue
        role, start, end = role_of(values, number), number, number + 1
        while start and role_of(values, start - 1) == role:
            start -= 1
        while end < len(values) and role_of(values, end) == role:
            end += 1
        if isinstance(role, str):
            yield role, [messages.at(index) for index in range(start, end)]


_ADVICE = {
    "user": "write what is asked, or leave the message out",
    "assistant": "leave the message out: it says nothing to the model",
}


@rule(
    "text/system-whitespace",
    on="/system",
    mentions=(BLANK,),
    if_value=may_be_blank,
    bad=(
        Example(body(system=[_BLANK]), at="/system/0/text"),
        Example(body(system="  "), at="/system"),
        Example(body(system=[_REAL, _BLANK]), at="/system/1/text"),
    ),
    good=(
        Example(body(system="")),
        Example(body(system=[])),
        Example(body(system=[_REAL, {"type": "text", "text": "Be brief. "}])),
    ),
    api_messages=("system: text content blocks must contain non-whitespace text",),
)
def system_whitespace(system: Node, request: Request) -> None:
    """A block of the system prompt, or all of it, is blank.

    Why: The API refuses a blank block and a blank string in the system prompt; an empty string counts as no system
    prompt.

    Fix: Removes the block, or `system` if it contains nothing else; safe.

    Source: The API's refusal, seen in 2026-09 for a block and in a table of probes of 2026 for a string, where the
    empty string was accepted.
    """
    texts = [system] if isinstance(system.value, str) else [block.at("text") for block in system.items()]
    for text in texts:
        if isinstance(text.value, str) and text.value.isspace():
            text.report(
                f"the text is {shown(text.value)}, but the system prompt must have something visible in it",
                help="write the instruction, or remove the block" if text is not system else "leave `system` out",
                fix=_fix_of_blank(text, system),
            )


def _fix_of_blank(text: Node, system: Node) -> Fix | None:
    if text is system or len(system.value) == 1:
        return safe("Remove `system`", remove(system.path))
    block = system.at(text.path[-2])
    return safe("Remove the block", remove(block.path)) if set(block.value) <= {"type", "text"} else None


def _visible(message: Any) -> bool:
    """Whether a message may show the model something: any block other than blank text, or a malformed one."""
    content = message.get("content") if isinstance(message, dict) else None
    if isinstance(content, str):
        return bool(content.strip())
    return not isinstance(content, (list, tuple)) or any(
        not isinstance(block, dict)
        or block.get("type") != "text"
        or not isinstance(block.get("text"), str)
        or not block["text"]
        or bool(block["text"].strip())
        for block in content
    )


def _texts(message: Node) -> Iterator[Node]:
    if isinstance(message.at("content").value, str):
        yield message.at("content")
    else:
        for block in message.items("content"):
            yield block.at("text")

"""The conversation as a whole: its length, and how the user's and the assistant's turns begin and end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...common.wording import code, shown
from ...engine.index import Index
from ...engine.request import Node, Request, is_empty
from ...engine.rule import Example, body, rule
from ...engine.vocabulary import ANSWERED, EMPTY, NEIGHBOURS, ends_with_answer
from ...fixes import replace
from ...report import Severity
from ..shared.fixes import safe
from .examples import FOUND, HELLO, HI, SEARCHING, WEB_SEARCH, conversation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...engine.request import Turn
    from ...facts import Model

_LIMIT = 100_000

_IMAGE = {"type": "image", "source": {"type": "url", "url": "https://example.com/cat.png"}}
_PREFILL = {"role": "assistant", "content": "The answer is ("}
_SUMMARY = {"type": "compaction", "content": "They greeted each other."}
_COMPACT = {"edits": [{"type": "compact_20260112"}]}


def _objects(messages: Any) -> Iterator[dict[str, Any]]:
    if isinstance(messages, (list, tuple)):
        for message in messages:
            if isinstance(message, dict):
                yield message


def _are_not_too_many(index: Index) -> bool:
    size = index.context.size  # each message has more than a byte
    return (size is not None and size <= _LIMIT) or index.number_of_messages <= _LIMIT


@rule(
    "messages/empty",
    on="/messages",
    mentions=(EMPTY,),
    if_value=lambda value: isinstance(value, (list, tuple)) and not value,
    rests_on=("/thread/type",),
    bad=(
        Example(body(messages=[]), at="/messages"),
        Example({"model": "claude-haiku-4-5", "messages": []}, at="/messages", endpoint="count_tokens"),
        Example(conversation(thread={"type": "create"}), at="/messages"),
    ),
    good=(
        Example(body()),
        Example(conversation(thread={"type": "continue", "previous_message_id": "msg_1"})),
    ),
    api_messages=("messages: at least one message is required",),
)
def empty(messages: Node, request: Request) -> None:
    """`messages` is empty.

    Why: The model needs something to answer; `system` alone is not enough. Only a thread that is continued has its
    messages elsewhere.

    Source: The API's refusal, seen in five places up to 2026-08; the official SDK continues threads without a new
    message.
    """
    if not request.conversation.continues:
        messages.report(
            "`messages` is empty, but must have at least one message",
            help='add a message, for example `{"role": "user", "content": "Hello"}`',
        )


@rule(
    "messages/too-many",
    on="/messages",
    skip_if=_are_not_too_many,
    if_value=lambda messages: isinstance(messages, (list, tuple)) and len(messages) > _LIMIT,
    bad=(Example(lambda: body(messages=[HELLO] * (_LIMIT + 1)), at="/messages"),),
    good=(Example(lambda: body(messages=[HELLO] * _LIMIT)),),
)
def too_many(messages: Node, request: Request) -> None:
    """A request has more than 100,000 messages.

    Why: The API takes at most 100,000 messages in one request.

    Source: The reference of `messages` ("There is a limit of 100,000 messages in a single request."); the text of the
    refusal was not seen.
    """
    number = len(messages.value)
    messages.report(
        f"`messages` has {number:,} items, but must have at most {_LIMIT:,}",
        help=f"drop or summarise at least {number - _LIMIT:,} of the oldest messages",
    )


@rule(
    "messages/user-content-empty",
    on="/messages",
    mentions=(EMPTY,),
    if_value=lambda messages: any(not message.get("content") for message in _objects(messages)),
    rests_on=NEIGHBOURS,
    bad=(
        Example(body(messages=[{"role": "user", "content": ""}]), at="/messages/0/content"),
        Example(body(messages=[HELLO, HI, {"role": "user", "content": []}]), at="/messages/2/content"),
        Example(
            body(messages=[{"role": "user", "content": []}, {"role": "user", "content": ""}]), at="/messages/0/content"
        ),
    ),
    good=(
        Example(body(messages=[{"role": "user", "content": []}, HELLO])),
        Example(body(messages=[HELLO, {"role": "assistant", "content": []}, HELLO])),
        Example(body(messages=[HELLO, {"role": "assistant", "content": ""}])),
    ),
    api_messages=(
        "{message}: user messages must have non-empty content",
        "messages.…: all messages must have non-empty content except for the optional final assistant message",
    ),
)
def user_content_empty(messages: Node, request: Request) -> None:
    """A user turn has no content.

    Why: Consecutive user messages form one turn, which must have content. Assistant messages may be empty today; until
    early 2026 only the last one could be.

    Source: The API's refusal, seen in eight places, and measured in 2026-08 for merged turns.
    """
    conversation = request.conversation
    for turn in conversation.turns:
        if turn.role != "user" or (conversation.continues and not turn.number):
            continue
        if all(is_empty(message) for message in turn.messages) and not _answers_calls(turn):
            first = turn.messages[0]
            first.at("content").report(
                f"`content` is {shown(first.at('content').value)}, but a user turn must have content",
                help="write what is asked, or leave the message out",
                api={"message": first.place},
            )


def _answers_calls(turn: Turn) -> bool:
    """Whether a turn should hold tool results; that they are missing is the better report then."""
    return turn.previous is not None and any(turn.previous.blocks("tool_use"))


def _without_prefill(model: Model) -> bool:
    return model.fact("prefill") is False


@rule(
    "messages/prefill-unsupported",
    on="/messages",
    mentions=(ANSWERED,),
    if_value=ends_with_answer,
    models=_without_prefill,
    endpoints=("messages", "batches"),
    since="2026-02",
    rests_on=NEIGHBOURS,
    bad=(
        Example(conversation(HELLO, _PREFILL), at="/messages/1"),
        Example(conversation(HELLO, _PREFILL, model="claude-sonnet-4-6"), at="/messages/1"),
        Example(conversation(HELLO, HI, HELLO, HI, _PREFILL), at="/messages/4"),
        Example(
            conversation(
                HELLO,
                {"role": "assistant", "content": [SEARCHING, FOUND, {"type": "text", "text": "So far"}]},
                tools=[WEB_SEARCH],
            ),
            at="/messages/1",
        ),
    ),
    good=(
        Example(conversation(HELLO, _PREFILL, model="claude-haiku-4-5")),
        Example(conversation(HELLO, HI, HELLO)),
        Example(conversation(HELLO, {"role": "assistant", "content": []})),
        Example(conversation(HELLO, {"role": "assistant", "content": [SEARCHING]}, tools=[WEB_SEARCH])),
        Example(
            conversation({"role": "assistant", "content": [_SUMMARY]}, context_management=_COMPACT),
            betas=("compact-2026-01-12",),
        ),
        Example({"model": "claude-opus-5", "messages": [HELLO, _PREFILL]}, endpoint="count_tokens"),
    ),
    api_messages=(
        "This model does not support assistant message prefill. The conversation must end with a user message.",
    ),
)
def prefill_unsupported(messages: Node, request: Request) -> None:
    """The conversation ends with an assistant message, but the model does not support prefill.

    Why: Models since Claude Opus 4.6 start their answers themselves. Some conversations end with an assistant message
    that is not a prefill, and are accepted: a paused turn that ends in a server tool, an empty message, a conversation
    to be compacted, an answer sent back for a fallback credit. If the last message calls a tool, its missing result is
    reported instead. A turn in which a server tool ran may have been paused even if it ends in text, so that is a
    warning.

    Source: The API's refusal, seen in six places from 2026-02 on; the documentation's page on errors; a public issue
    thread of 2026-07 on paused turns that end in partial text.
    """
    last = _prefilled(request)
    if last is not None:
        last.report(
            f"the last message is the assistant's, but {code(request.model_name)} must be given a user message last",
            help="drop the message; to shape the answer, say so in `system` or set `output_config.format`",
            related=request.model_set_here,
            severity=_severity_of_pause(request),
        )


@rule(
    "messages/trailing-whitespace",
    on="/messages",
    mentions=(ANSWERED,),
    if_value=ends_with_answer,
    models=lambda model: model.fact("prefill") is True,
    endpoints=("messages", "batches"),
    rests_on=("/messages",),
    bad=(
        Example(
            conversation(HELLO, {"role": "assistant", "content": "The answer is "}, model="claude-haiku-4-5"),
            at="/messages/1/content",
        ),
        Example(
            conversation(
                HELLO, {"role": "assistant", "content": [{"type": "text", "text": "{\n"}]}, model="claude-haiku-4-5"
            ),
            at="/messages/1/content/0/text",
        ),
    ),
    good=(
        Example(conversation(HELLO, {"role": "assistant", "content": " The answer is"}, model="claude-haiku-4-5")),
        Example(conversation(HELLO, {"role": "assistant", "content": "Hi. "}, HELLO, model="claude-haiku-4-5")),
        Example(
            conversation(
                HELLO,
                {
                    "role": "assistant",
                    "content": [{"type": "text", "text": "The "}, {"type": "text", "text": "answer"}],
                },
                model="claude-haiku-4-5",
            )
        ),
    ),
    api_messages=("messages: final assistant content cannot end with trailing whitespace",),
)
def trailing_whitespace(messages: Node, request: Request) -> None:
    """The prefill, which is the start of the answer, ends in whitespace.

    Why: The model continues from the end of that text, and whitespace there misleads it. Only the last block of the
    last message counts. If a server tool ran in that turn, the API itself may have paused there, so that is a warning.

    Fix: Removes the whitespace; safe.

    Source: The API's refusal, seen in six places from 2024 to 2025-11, on models that support prefill.
    """
    last = _prefilled(request)
    if last is None:
        return
    text = last.at("content") if isinstance(last.at("content").value, str) else last.items("content")[-1].at("text")
    if isinstance(text.value, str) and text.value != text.value.rstrip():
        text.report(
            f"the last assistant message ends in {shown(_tail(text.value))}, but must not end in whitespace",
            help="remove the whitespace at its end",
            severity=_severity_of_pause(request),
            fix=safe("Remove the whitespace", replace(text.path, text.value.rstrip())),
        )


def _severity_of_pause(request: Request) -> Severity | None:
    """Return WARNING where the API may have paused in the last message rather than ended it."""
    last = request.conversation.last
    ran = last is not None and any(True for _ in last.blocks("server_tool_use", "mcp_tool_use"))
    return Severity.WARNING if ran else None


def _prefilled(request: Request) -> Node | None:
    """Find the last message, if it is a prefill and cannot be there for another reason."""
    turn = request.conversation.last
    if turn is None or turn.role != "assistant" or request.conversation.may_end_with_answer:
        return None
    last: Node | None = None
    pending: set[Any] = set()
    visible = False
    for message in turn.messages:
        content = message.at("content").value
        if isinstance(content, str):
            visible = visible or bool(content.strip())
            last = message if content else last
            continue
        if not isinstance(content, (list, tuple)):
            return None
        for block in content:
            tag = _text(block, "type") if isinstance(block, dict) else None
            if tag in {"server_tool_use", "mcp_tool_use"}:
                pending.add(_text(block, "id"))
            elif tag is not None and tag.endswith("_tool_result"):
                pending.discard(_text(block, "tool_use_id"))
            elif tag not in {"text", "thinking", "redacted_thinking"}:
                return None
            visible = visible or tag != "text" or bool((_text(block, "text") or "").strip())
        last = message if content else last
    if last is None or pending or not visible:
        return None
    content = last.at("content").value
    return last if isinstance(content, str) or content[-1].get("type") == "text" else None


def _text(block: Any, key: str) -> str | None:
    value = block.get(key)
    return value if isinstance(value, str) else None


def _tail(text: str) -> str:
    return text[len(text.rstrip()) :]

"""System messages: instructions in the middle of a conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...common.wording import code, shown
from ...engine.request import Node, Request, is_empty
from ...engine.rule import Example, rule
from ...engine.vocabulary import EMPTY, role_of
from ...fixes import Fix, add, remove, replace
from ...report import Target
from ..shared.fixes import safe, unsafe
from .examples import FOUND, HELLO, HI, SEARCHING, WEB_SEARCH, conversation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ...engine.request import Turn

_SYSTEM_MESSAGES = "2026-05"
"""The edition that introduced system messages; in older ones the schema refuses the role."""
_DIRECTIVE = "; the directive-only form (content: [] with output_config) is accepted at any position"
_EFFORT_BETA = "mid-conversation-output-config-2026-07-01"

_BRIEF = {"role": "system", "content": "Be brief."}
_LOW_EFFORT = {"role": "system", "content": [], "output_config": {"effort": "low"}}
_IMAGE = {"type": "image", "source": {"type": "url", "url": "https://example.com/cat.png"}}

_CLEAR_BETAS = ("mid-conversation-system-clear-at-2026-08-21", "mid-conversation-tool-changes-2026-07-01", _EFFORT_BETA)
_REMINDER = {"role": "system", "content": "Be brief.", "clear_at": "next_user_message"}
_OF_ITS_OWN = "put it into a system message of its own, without `clear_at`"
_SEARCH = {"name": "search", "description": "Searches the catalogue.", "input_schema": {"type": "object"}}
_REMOVAL = {"type": "tool_removal", "tool": {"type": "tool_reference", "name": "search"}}
_CACHED_TEXT = {"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}


def _is_turn_scoped(message: Any) -> bool:
    """Whether a system message is cleared by the next user message."""
    return isinstance(message, dict) and message.get("clear_at") == "next_user_message"


@rule(
    "messages/system-role-unsupported",
    on="/messages",
    types=("system",),
    models=lambda model: model.fact("system_messages") is False,
    since=_SYSTEM_MESSAGES,
    bad=(
        Example(conversation(HELLO, _BRIEF, model="claude-haiku-4-5"), at="/messages/1/role"),
        Example(conversation(HELLO, HI, _BRIEF, HELLO, model="claude-opus-4-7"), at="/messages/2/role"),
    ),
    good=(
        Example(conversation(HELLO, _BRIEF)),
        Example(conversation(HELLO, _BRIEF, model="claude-sonnet-5")),
        Example(conversation(HELLO, model="claude-haiku-4-5", system="Be brief.")),
    ),
    api_messages=(
        "role 'system' is not supported on this model",
        (
            'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" '
            "as an input message role."
        ),
    ),
)
def system_role_unsupported(messages: Node, request: Request) -> None:
    """The conversation has a system message, which the model does not support.

    Why: Only newer models take instructions in the middle of a conversation. Only the first system message is reported;
    one that opens the conversation is refused on every model, by another rule.

    Fix: Moves the text into `system`; unsafe, because the instruction then applies from the start.

    Source: The API's refusal, seen from 2026-05 to 2026-09 in ten places; the documentation's page on mid-conversation
    system messages for the models. Models on which the sources disagree are skipped.
    """
    for turn in request.conversation.turns:
        message = turn.messages[0]
        if turn.role == "system" and turn.number and not _is_directive(message):
            message.at("role").report(
                f'`role` is "system", but {code(request.model_name)} takes no system messages',
                help="put the instruction into `system` at the top level, or into the user message before it",
                related=request.model_set_here,
                fix=_moved_into_system(turn.messages, request),
            )
            return


@rule(
    "messages/system-first",
    on="/messages",
    mentions=("system/",),
    if_value=lambda messages: role_of(messages, 0) == "system",
    since=_SYSTEM_MESSAGES,
    rests_on=("/thread/type",),
    bad=(
        Example(conversation(_BRIEF, HELLO), at="/messages/0"),
        Example(conversation(_BRIEF, _BRIEF, HELLO, model="claude-haiku-4-5"), at="/messages/0"),
        Example(conversation(_BRIEF, HELLO, model="claude-unheard-of"), at="/messages/0"),
    ),
    good=(
        Example(conversation(HELLO, system="Be brief.")),
        Example(conversation(_LOW_EFFORT, HELLO), betas=(_EFFORT_BETA,)),
        Example(conversation(_BRIEF, thread={"type": "continue", "previous_message_id": "msg_1"})),
    ),
    api_messages=(
        "{place}: use the top-level 'system' parameter for the initial system prompt" + _DIRECTIVE,
        "use the top-level 'system' parameter for the initial system prompt",
    ),
)
def system_first(messages: Node, request: Request) -> None:
    """The conversation begins with a system message.

    Why: Instructions before the conversation belong into the top-level `system`, on every model. Only a message that
    does nothing but set `output_config` may come first.

    Fix: Moves the text into `system`; safe if there is no `system` yet, otherwise unsafe.

    Source: The API's refusal, seen from 2026-05 to 2026-10, also on models that take no system messages elsewhere.
    """
    conversation = request.conversation
    first = conversation.turns[0]
    if first.role != "system" or conversation.continues or any(_is_directive(message) for message in first.messages):
        return
    if request.fact("system_messages") is not False and _is_empty_system(first.messages[0]):
        return
    messages.at(0).report(
        "a system message comes first in `messages`, but must follow a user message",
        help="put its text into `system` at the top level",
        fix=_moved_into_system(first.messages, request),
    )


@rule(
    "messages/system-after-assistant",
    on="/messages",
    types=("system",),
    since=_SYSTEM_MESSAGES,
    bad=(
        Example(conversation(HELLO, HI, _BRIEF, HELLO), at="/messages/2"),
        Example(conversation(HELLO, HI, _BRIEF, _BRIEF), at="/messages/2"),
        Example(conversation(HELLO, HI, _BRIEF, HI, HELLO), at="/messages/2"),
        Example(
            conversation(
                HELLO,
                {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_1", "name": "now", "input": {}}]},
                _BRIEF,
                {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "noon"}]},
            ),
            at="/messages/2",
        ),
    ),
    good=(
        Example(conversation(HELLO, HI, HELLO, _BRIEF)),
        Example(conversation(HELLO, _BRIEF, _BRIEF, HI, HELLO)),
        Example(conversation(HELLO, HI, _LOW_EFFORT, HELLO), betas=(_EFFORT_BETA,)),
        Example(conversation(HELLO, {"role": "assistant", "content": [SEARCHING, FOUND]}, _BRIEF, tools=[WEB_SEARCH])),
    ),
    api_messages=(
        "{place}: role 'system' must follow a 'user' message or an 'assistant' message ending in a server tool result"
        + _DIRECTIVE,
        "role 'system' must follow a 'user' message or an 'assistant' message ending in a server tool result",
    ),
)
def system_after_assistant(messages: Node, request: Request) -> None:
    """A system message follows an assistant message that does not end in a server tool result.

    Why: A system message comes between the user's turn and the assistant's answer, but not between a tool call and its
    result. Consecutive system messages count as one, and the first of them is reported. Only a message that does
    nothing but set `output_config` may be anywhere.

    Source: The API's refusal, seen in 2026-09 and 2026-10 in eight places.
    """
    for turn in _placed_system_turns(request):
        if turn.previous is not None and _ends_in_own_words(turn.previous) and not _has_fault(turn.messages[0]):
            turn.messages[0].report(
                "this system message follows an assistant message, but must follow a user message",
                help="put it after the next user message",
                related=[(turn.previous.messages[-1], "the assistant message before it")],
            )


@rule(
    "messages/system-before-user",
    on="/messages",
    types=("system",),
    since=_SYSTEM_MESSAGES,
    bad=(
        Example(conversation(HELLO, _BRIEF, HELLO), at="/messages/1"),
        Example(conversation(HELLO, _BRIEF, _BRIEF, HELLO), at="/messages/2"),
    ),
    good=(
        Example(conversation(HELLO, HELLO, _BRIEF)),
        Example(conversation(HELLO, _BRIEF, HI, HELLO)),
        Example(conversation(HELLO, _LOW_EFFORT, HELLO), betas=(_EFFORT_BETA,)),
    ),
    api_messages=(
        "{place}: role 'system' must precede an 'assistant' message or end the array" + _DIRECTIVE,
        "role 'system' must precede an 'assistant' message or end the array",
    ),
)
def system_before_user(messages: Node, request: Request) -> None:
    """A system message comes directly before a user message.

    Why: A system message ends the input of an answer, so it must be the last message or be followed by an assistant
    message. Of consecutive system messages the last is reported. If they also follow an assistant message, the API
    refuses that first.

    Source: The API's refusal, seen in 2026-08 and 2026-10 in five places.
    """
    for turn in _placed_system_turns(request):
        follower = turn.next
        if follower is None or follower.role != "user" or _has_fault(turn.messages[-1]):
            continue
        if turn.previous is not None and turn.previous.role == "user":
            turn.messages[-1].report(
                "this system message comes before a user message, but must come before an assistant message or last",
                help="put it after that user message",
                related=[(follower.messages[0], "the user message after it")],
            )


@rule(
    "messages/system-content-empty",
    on="/messages/*",
    types=("system",),
    mentions=(EMPTY,),
    if_value=lambda message: not message.get("content"),
    since=_SYSTEM_MESSAGES,
    rests_on=("/messages/./output_config", "/messages/./content"),
    bad=(
        Example(conversation(HELLO, {"role": "system", "content": []}), at="/messages/1/content"),
        Example(conversation(HELLO, {"role": "system", "content": ""}, HELLO), at="/messages/1/content"),
        Example(conversation(HELLO, {"role": "system"}), at="/messages/1"),
        Example(conversation({"role": "system", "content": []}, HELLO), at="/messages/0/content"),
    ),
    good=(
        Example(conversation(HELLO, _BRIEF)),
        Example(conversation(HELLO, _LOW_EFFORT), betas=(_EFFORT_BETA,)),
        Example(
            conversation(HELLO, {"role": "system", "output_config": {"effort": "low"}}),
            betas=(_EFFORT_BETA,),
        ),
    ),
    api_messages=("{message}: system content must contain at least one block",),
)
def system_content_empty(message: Node, request: Request) -> None:
    """A system message has no content.

    Why: The message would have no effect. The content may only be empty or left out if the same message sets
    `output_config`; an `output_config` at the top level does not count.

    Source: The API's refusal, measured in 2026-08 and seen again in 2026-10 for an empty string; the official SDK's
    note on messages without either.
    """
    if request.fact("system_messages") is False or not _is_empty_system(message):
        return
    place, what = (message.at("content"), "is empty") if "content" in message.value else (message, "is missing")
    place.report(
        f"`content` of a system message {what}, but must have at least one block",
        help="write the instruction, or leave the message out",
        api={"message": message.place},
    )


@rule(
    "messages/system-whitespace",
    on="/messages/*",
    types=("system",),
    since=_SYSTEM_MESSAGES,
    bad=(
        Example(
            conversation(HELLO, {"role": "system", "content": [{"type": "text", "text": " "}]}),
            at="/messages/1/content/0/text",
        ),
        Example(
            conversation(
                HELLO,
                {"role": "system", "content": [{"type": "text", "text": "Be brief."}, {"type": "text", "text": "\n"}]},
            ),
            at="/messages/1/content/1/text",
        ),
        Example(conversation(HELLO, {"role": "system", "content": "  "}), at="/messages/1/content"),
    ),
    good=(
        Example(conversation(HELLO, {"role": "system", "content": "Be brief.\n"})),
        Example(conversation({"role": "user", "content": [{"type": "text", "text": " "}, _IMAGE]})),
    ),
    api_messages=("{message}: system text blocks must contain non-whitespace text",),
)
def system_whitespace(message: Node, request: Request) -> None:
    """A text of a system message is blank.

    Why: Every text block of a system message must have visible text; in a user message one such block is enough.

    Source: The API's refusal, measured in 2026-08.
    """
    if request.fact("system_messages") is False:
        return
    blank = next(_blank_texts(message), None)
    if blank is not None:
        blank.report(
            f"the text of a system message is {shown(blank.value)}, but must have something visible in it",
            help="write the instruction, or leave this text out",
            api={"message": message.place},
        )


@rule(
    "messages/turn-scoped-tool-change",
    on="/messages/*",
    types=("system",),
    if_value=_is_turn_scoped,
    rests_on=("/messages/./clear_at",),
    bad=(
        Example(
            conversation(
                HELLO, _REMINDER | {"content": [{"type": "text", "text": "Be brief."}, _REMOVAL]}, tools=[_SEARCH]
            ),
            at="/messages/1/content/1/type",
            betas=_CLEAR_BETAS,
        ),
    ),
    good=(
        Example(conversation(HELLO, _REMINDER), betas=_CLEAR_BETAS),
        Example(
            conversation(HELLO, _REMINDER | {"content": [_REMOVAL], "clear_at": "never"}, tools=[_SEARCH]),
            betas=_CLEAR_BETAS,
        ),
    ),
    api_messages=("{message}: a turn-scoped system message supports text blocks only (clear_at: 'next_user_message')",),
)
def turn_scoped_tool_change(message: Node, request: Request) -> None:
    """A system message that the next user message clears adds or removes a tool.

    Why: Such a message is cleared at the end of the turn, while a change of the tools stays; it may only contain text.

    Source: The API's refusal, as quoted in the documentation of mid-conversation system messages.
    """
    for block in message.items("content"):
        if block.type in {"tool_addition", "tool_removal"}:
            _refuse_as_cleared(block.at("type"), message, block.type, _OF_ITS_OWN, api={"message": message.place})
            return


@rule(
    "messages/turn-scoped-output-config",
    on="/messages/*",
    types=("system",),
    if_value=_is_turn_scoped,
    rests_on=("/messages/./clear_at", "/messages/./output_config"),
    bad=(
        Example(
            conversation(HELLO, _REMINDER | {"output_config": {"effort": "low"}}),
            at="/messages/1/output_config",
            betas=_CLEAR_BETAS,
        ),
    ),
    good=(
        Example(conversation(HELLO, _REMINDER | {"output_config": None}), betas=_CLEAR_BETAS),
        Example(conversation(HELLO, _BRIEF | {"output_config": {"effort": "low"}}), betas=_CLEAR_BETAS),
    ),
    api_messages=(
        "{message}: output_config is not permitted on a turn-scoped system message (clear_at: 'next_user_message')",
    ),
)
def turn_scoped_output_config(message: Node, request: Request) -> None:
    """A system message that the next user message clears has an `output_config`.

    Why: Such a message is cleared at the end of the turn, while its settings would stay.

    Source: The API's refusal, as quoted in the documentation of mid-conversation system messages.
    """
    setting = message.at("output_config")
    if setting.value is not None:
        api = {"message": message.place}
        _refuse_as_cleared(setting, message, "output_config", _OF_ITS_OWN, target=Target.KEY, api=api)


@rule(
    "messages/turn-scoped-cache-control",
    on="/messages/*",
    types=("system",),
    if_value=_is_turn_scoped,
    mentions=("cache_control",),
    rests_on=("/messages/./clear_at",),
    bad=(
        Example(
            conversation(HELLO, _REMINDER | {"content": [_CACHED_TEXT]}),
            at="/messages/1/content/0/cache_control",
            betas=_CLEAR_BETAS,
        ),
    ),
    good=(
        Example(
            conversation(HELLO | {"content": [_CACHED_TEXT]}, _REMINDER, cache_control={"type": "ephemeral"}),
            betas=_CLEAR_BETAS,
        ),
        Example(conversation(HELLO, _BRIEF | {"content": [_CACHED_TEXT]})),
    ),
    api_messages=(
        "{place}: cache_control is not permitted on a turn-scoped system message (clear_at: 'next_user_message')",
    ),
)
def turn_scoped_cache_control(message: Node, request: Request) -> None:
    """A block of a system message that the next user message clears has a `cache_control`.

    Why: A message that is cleared is not part of the cached prefix, so the breakpoint would never be found again.

    Fix: Removes the `cache_control`; safe.

    Source: The API's refusal, as quoted in the documentation of mid-conversation system messages.
    """
    for block in message.items("content"):
        mark = block.at("cache_control")
        if mark.value is not None:
            _refuse_as_cleared(
                mark,
                message,
                "cache_control",
                "remove it, or put it on the last block of the user message before",
                target=Target.KEY,
                api={"place": block.place},
                fix=safe("Remove it", remove(mark.path)),
            )


def _refuse_as_cleared(place: Node, message: Node, name: str, advice: str, **more: Any) -> None:
    """Report a part that a turn-scoped system message cannot have; `more` is passed to `Node.report`."""
    place.report(
        f"{code(name)} is not allowed in a system message that the next user message clears",
        help=advice,
        related=[(message.at("clear_at"), "the message is cleared here")],
        **more,
    )


def _moved_into_system(messages: Sequence[Node], request: Request) -> Fix | None:
    """Move system messages into `system`; safe if they open the conversation and `system` is not set."""
    contents, system = [message.at("content").value for message in messages], request.root.at("system")
    rest = any(set(message.value) - {"role", "content"} for message in messages)
    if rest or not all(contents) or len(messages) == len(request.root.items("messages")):
        return None
    blocks = [_as_blocks(each) for each in ([system.value] if system.value is not None else []) + contents]
    if None in blocks:
        return None
    whole = contents[0] if len(blocks) == 1 else [block for each in blocks for block in each or ()]
    change = replace if "system" in request.body else add
    is_first = messages[0].path[-1] == 0 and "system" not in request.body
    operations = [remove(message.path) for message in reversed(messages)]
    return (safe if is_first else unsafe)("Move it into `system`", change(system.path, whole), *operations)


def _as_blocks(content: Any) -> list[Any] | None:
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if content else []
    return content if isinstance(content, list) else None


def _placed_system_turns(request: Request) -> Iterator[Turn]:
    """Yield the runs of system messages whose place matters: not the first, nor where `output_config` is set."""
    if request.fact("system_messages") is False:
        return
    for turn in request.conversation.turns:
        if turn.role == "system" and turn.number and not any(_is_directive(message) for message in turn.messages):
            yield turn


def _ends_in_own_words(turn: Turn) -> bool:
    """Whether an assistant turn certainly does not end in a server tool, judging by its last block."""
    if turn.role != "assistant":
        return False
    content = turn.messages[-1].at("content").value
    if isinstance(content, str):
        return bool(content)
    last = content[-1] if isinstance(content, (list, tuple)) and content else None
    return isinstance(last, dict) and last.get("type") in ("text", "tool_use", "thinking", "redacted_thinking")


def _is_empty_system(message: Node) -> bool:
    """Whether a system message has neither content nor settings; False if either is malformed."""
    if not isinstance(message.value, dict) or message.at("output_config").value is not None:
        return False
    return "content" not in message.value or is_empty(message)


def _is_directive(message: Node) -> bool:
    """Whether a system message only sets `output_config`."""
    return message.at("output_config").value is not None and not message.at("content").value


def _has_fault(message: Node) -> bool:
    """Whether a system message is refused for its content, before its place matters."""
    return _is_empty_system(message) or next(_blank_texts(message), None) is not None


def _blank_texts(message: Node) -> Iterator[Node]:
    """Yield the blank texts of a system message; the schema refuses empty ones."""
    content = message.at("content")
    texts = [content] if isinstance(content.value, str) else [block.at("text") for block in content.items()]
    for text in texts:
        if isinstance(text.value, str) and text.value and not text.value.strip():
            yield text

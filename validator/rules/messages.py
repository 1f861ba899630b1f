"""The list of messages: how many there are, who speaks when, and with what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..fixes import Fix, add, remove, replace
from ..report import Severity
from ..words import code, shown
from .mending import safe, unsafe
from .node import Node, Request
from .outline import ANSWERED, EMPTY, Outline
from .rule import Example, body, rule
from .turns import NEIGHBOURS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..facts import Model
    from .turns import Turn

_LIMIT = 100_000
_SYSTEM_MESSAGES = "2026-05"
"""When system messages came; before, the schema refuses the role."""
_DIRECTIVE = "; the directive-only form (content: [] with output_config) is accepted at any position"
_EFFORT_BETA = "mid-conversation-output-config-2026-07-01"

_HELLO = {"role": "user", "content": "Hello"}
_HI = {"role": "assistant", "content": "Hi."}
_BRIEF = {"role": "system", "content": "Be brief."}
_LOW_EFFORT = {"role": "system", "content": [], "output_config": {"effort": "low"}}
_IMAGE = {"type": "image", "source": {"type": "url", "url": "https://example.com/cat.png"}}
_PREFILL = {"role": "assistant", "content": "The answer is ("}
_SEARCHING = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "weather"}}
_FOUND = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
_SUMMARY = {"type": "compaction", "content": "They greeted each other."}
_WEB_SEARCH = {"type": "web_search_20250305", "name": "web_search"}
_COMPACT = {"edits": [{"type": "compact_20260112"}]}


def _objects(messages: Any) -> Iterator[dict[str, Any]]:
    if isinstance(messages, (list, tuple)):
        for message in messages:
            if isinstance(message, dict):
                yield message


def _role(messages: Any, index: int) -> Any:
    message = messages[index] if isinstance(messages, (list, tuple)) and messages else None
    return message.get("role") if isinstance(message, dict) else None


def _are_not_too_many(outline: Outline) -> bool:
    messages = outline.body.get("messages")
    return not isinstance(messages, (list, tuple)) or len(messages) <= _LIMIT


def _conversation(*messages: Any, model: str = "claude-opus-5", **changes: Any) -> dict[str, Any]:
    return body(messages=list(messages), model=model, **changes)


@rule(
    "messages/empty",
    on="/messages",
    words=(EMPTY,),
    when=lambda value: isinstance(value, (list, tuple)) and not value,
    needs=("/thread/type",),
    bad=(
        Example(body(messages=[]), at="/messages"),
        Example({"model": "claude-haiku-4-5", "messages": []}, at="/messages", endpoint="count_tokens"),
        Example(_conversation(thread={"type": "create"}), at="/messages"),
    ),
    good=(
        Example(body()),
        Example(_conversation(thread={"type": "continue", "previous_message_id": "msg_1"})),
    ),
    api_messages=("messages: at least one message is required",),
)
def empty(messages: Node, request: Request) -> None:
    """`messages` has no message.

    Why: The model needs something to answer; `system` alone is not enough. Only a thread that continues has its
    messages elsewhere.

    Source: The API's refusal, seen in five places up to 2026-08; that a thread may continue without a new message is
    what the official SDK sends.
    """
    if not request.conversation.continues:
        messages.report(
            "`messages` is empty, but must have at least one message",
            help='add a message, for example `{"role": "user", "content": "Hello"}`',
        )


@rule(
    "messages/too-many",
    on="/messages",
    unless=_are_not_too_many,
    when=lambda messages: isinstance(messages, (list, tuple)) and len(messages) > _LIMIT,
    bad=(Example(lambda: body(messages=[_HELLO] * (_LIMIT + 1)), at="/messages"),),
    good=(Example(lambda: body(messages=[_HELLO] * _LIMIT)),),
)
def too_many(messages: Node, request: Request) -> None:
    """A request has more than 100,000 messages.

    Why: The API takes at most 100,000 messages in one request.

    Source: The reference of `messages` ("There is a limit of 100,000 messages in a single request."); its refusal was
    not seen verbatim.
    """
    number = len(messages.value)
    messages.report(
        f"`messages` has {number:,} items, but must have at most {_LIMIT:,}",
        help=f"drop or summarise at least {number - _LIMIT:,} of the oldest messages",
    )


@rule(
    "messages/user-content-empty",
    on="/messages",
    words=(EMPTY,),
    when=lambda messages: any(not message.get("content") for message in _objects(messages)),
    needs=NEIGHBOURS,
    bad=(
        Example(body(messages=[{"role": "user", "content": ""}]), at="/messages/0/content"),
        Example(body(messages=[_HELLO, _HI, {"role": "user", "content": []}]), at="/messages/2/content"),
        Example(
            body(messages=[{"role": "user", "content": []}, {"role": "user", "content": ""}]), at="/messages/0/content"
        ),
    ),
    good=(
        Example(body(messages=[{"role": "user", "content": []}, _HELLO])),
        Example(body(messages=[_HELLO, {"role": "assistant", "content": []}, _HELLO])),
        Example(body(messages=[_HELLO, {"role": "assistant", "content": ""}])),
    ),
    api_messages=(
        "{message}: user messages must have non-empty content",
        "messages.…: all messages must have non-empty content except for the optional final assistant message",
    ),
)
def user_content_empty(messages: Node, request: Request) -> None:
    """A turn of the user has no content.

    Why: Messages of the user in a row are one turn, and that must have something in it. Messages of the assistant may
    be empty today; until early 2026 only the last one might.

    Source: The API's refusal, seen in eight places, and measured in 2026-08 for merged turns.
    """
    conversation = request.conversation
    for turn in conversation.turns:
        if turn.role != "user" or (conversation.continues and not turn.number):
            continue
        if all(_is_empty(message) for message in turn.messages) and not _answers_calls(turn):
            first = turn.messages[0]
            first.at("content").report(
                f"`content` is {shown(first.at('content').value)}, but a user turn must have content",
                help="write what is asked, or leave the message out",
                api={"message": first.place},
            )


def _answers_calls(turn: Turn) -> bool:
    """Whether a turn should have the results of calls: then that they are missing says more than that it is empty."""
    return turn.previous is not None and any(turn.previous.blocks("tool_use"))


@rule(
    "messages/system-role-unsupported",
    on="/messages",
    types=("system",),
    models=lambda model: model.fact("system_messages") is False,
    since=_SYSTEM_MESSAGES,
    bad=(
        Example(_conversation(_HELLO, _BRIEF, model="claude-haiku-4-5"), at="/messages/1/role"),
        Example(_conversation(_HELLO, _HI, _BRIEF, _HELLO, model="claude-opus-4-7"), at="/messages/2/role"),
    ),
    good=(
        Example(_conversation(_HELLO, _BRIEF)),
        Example(_conversation(_HELLO, _BRIEF, model="claude-sonnet-5")),
        Example(_conversation(_HELLO, model="claude-haiku-4-5", system="Be brief.")),
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
    """A system message in the conversation goes to a model that takes none.

    Why: Only newer models take instructions in the middle of the conversation. The first one of a request is reported,
    and nothing else about them; one that opens the conversation is refused for that on every model.

    Fix: Moves the text into `system`; unsafe, as the model is told from the beginning then.

    Source: The API's refusal, seen from 2026-05 to 2026-09 in ten places; the documentation's page on system messages
    in mid-conversation for the models. Of models on which sources disagree nothing is said.
    """
    for turn in request.conversation.turns:
        message = turn.messages[0]
        if turn.role == "system" and turn.number and not _is_directive(message):
            message.at("role").report(
                f'`role` is "system", but {code(request.body["model"])} takes no system messages',
                help="put the instruction into `system` at the top level, or into the user message before it",
                related=[(request.root.at("model"), "the model is set here")],
                fix=_moved_into_system(turn.messages, request),
            )
            return


@rule(
    "messages/system-first",
    on="/messages",
    words=("system/",),
    when=lambda messages: _role(messages, 0) == "system",
    since=_SYSTEM_MESSAGES,
    needs=("/thread/type",),
    bad=(
        Example(_conversation(_BRIEF, _HELLO), at="/messages/0"),
        Example(_conversation(_BRIEF, _BRIEF, _HELLO, model="claude-haiku-4-5"), at="/messages/0"),
        Example(_conversation(_BRIEF, _HELLO, model="claude-unheard-of"), at="/messages/0"),
    ),
    good=(
        Example(_conversation(_HELLO, system="Be brief.")),
        Example(_conversation(_LOW_EFFORT, _HELLO), betas=(_EFFORT_BETA,)),
        Example(_conversation(_BRIEF, thread={"type": "continue", "previous_message_id": "msg_1"})),
    ),
    api_messages=(
        "{place}: use the top-level 'system' parameter for the initial system prompt" + _DIRECTIVE,
        "use the top-level 'system' parameter for the initial system prompt",
    ),
)
def system_first(messages: Node, request: Request) -> None:
    """The conversation begins with a system message.

    Why: What the model is told before the conversation goes into `system` at the top level, on every model. Only a
    message that does nothing but set `output_config` may come first.

    Fix: Moves the text into `system`; safe where there is no `system` yet, else unsafe.

    Source: The API's refusal, seen from 2026-05 to 2026-10, also on models that take no system messages elsewhere.
    """
    conversation = request.conversation
    first = conversation.turns[0]
    if first.role != "system" or conversation.continues or any(_is_directive(message) for message in first.messages):
        return
    if request.fact("system_messages") is not False and _is_empty_system(first.messages[0]):
        return
    messages.at(0).report(
        "a system message stands first in `messages`, but must come after a user message",
        help="put its text into `system` at the top level",
        fix=_moved_into_system(first.messages, request),
    )


@rule(
    "messages/system-after-assistant",
    on="/messages",
    types=("system",),
    since=_SYSTEM_MESSAGES,
    bad=(
        Example(_conversation(_HELLO, _HI, _BRIEF, _HELLO), at="/messages/2"),
        Example(_conversation(_HELLO, _HI, _BRIEF, _BRIEF), at="/messages/2"),
        Example(_conversation(_HELLO, _HI, _BRIEF, _HI, _HELLO), at="/messages/2"),
        Example(
            _conversation(
                _HELLO,
                {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_1", "name": "now", "input": {}}]},
                _BRIEF,
                {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "noon"}]},
            ),
            at="/messages/2",
        ),
    ),
    good=(
        Example(_conversation(_HELLO, _HI, _HELLO, _BRIEF)),
        Example(_conversation(_HELLO, _BRIEF, _BRIEF, _HI, _HELLO)),
        Example(_conversation(_HELLO, _HI, _LOW_EFFORT, _HELLO), betas=(_EFFORT_BETA,)),
        Example(
            _conversation(_HELLO, {"role": "assistant", "content": [_SEARCHING, _FOUND]}, _BRIEF, tools=[_WEB_SEARCH])
        ),
    ),
    api_messages=(
        "{place}: role 'system' must follow a 'user' message or an 'assistant' message ending in a server tool result"
        + _DIRECTIVE,
        "role 'system' must follow a 'user' message or an 'assistant' message ending in a server tool result",
    ),
)
def system_after_assistant(messages: Node, request: Request) -> None:
    """A system message follows an assistant message that does not end in the result of a server tool.

    Why: A system message speaks between what the user says and what the assistant answers, so it stands after the
    user's turn; between the call of a tool and its result it cannot stand either. System messages in a row count as
    one, and the first of them is named. Only a message that does nothing but set `output_config` may stand anywhere.

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
        Example(_conversation(_HELLO, _BRIEF, _HELLO), at="/messages/1"),
        Example(_conversation(_HELLO, _BRIEF, _BRIEF, _HELLO), at="/messages/2"),
    ),
    good=(
        Example(_conversation(_HELLO, _HELLO, _BRIEF)),
        Example(_conversation(_HELLO, _BRIEF, _HI, _HELLO)),
        Example(_conversation(_HELLO, _LOW_EFFORT, _HELLO), betas=(_EFFORT_BETA,)),
    ),
    api_messages=(
        "{place}: role 'system' must precede an 'assistant' message or end the array" + _DIRECTIVE,
        "role 'system' must precede an 'assistant' message or end the array",
    ),
)
def system_before_user(messages: Node, request: Request) -> None:
    """A system message stands before a user message.

    Why: A system message ends what the model is given to answer, so an assistant message follows it, or nothing. Of
    system messages in a row the last is named. Where they also follow an assistant message, the API names that first.

    Source: The API's refusal, seen in 2026-08 and 2026-10 in five places.
    """
    for turn in _placed_system_turns(request):
        follower = turn.next
        if follower is None or follower.role != "user" or _has_fault(turn.messages[-1]):
            continue
        if turn.previous is not None and turn.previous.role == "user":
            turn.messages[-1].report(
                "this system message stands before a user message, but must stand before an assistant message or last",
                help="put it after that user message",
                related=[(follower.messages[0], "the user message after it")],
            )


@rule(
    "messages/system-content-empty",
    on="/messages/*",
    types=("system",),
    words=(EMPTY,),
    when=lambda message: not message.get("content"),
    since=_SYSTEM_MESSAGES,
    needs=("/messages/./output_config", "/messages/./content"),
    bad=(
        Example(_conversation(_HELLO, {"role": "system", "content": []}), at="/messages/1/content"),
        Example(_conversation(_HELLO, {"role": "system", "content": ""}, _HELLO), at="/messages/1/content"),
        Example(_conversation(_HELLO, {"role": "system"}), at="/messages/1"),
        Example(_conversation({"role": "system", "content": []}, _HELLO), at="/messages/0/content"),
    ),
    good=(
        Example(_conversation(_HELLO, _BRIEF)),
        Example(_conversation(_HELLO, _LOW_EFFORT), betas=(_EFFORT_BETA,)),
        Example(
            _conversation(_HELLO, {"role": "system", "output_config": {"effort": "low"}}),
            betas=(_EFFORT_BETA,),
        ),
    ),
    api_messages=("{message}: system content must contain at least one block",),
)
def system_content_empty(message: Node, request: Request) -> None:
    """A system message has no content.

    Why: It would say nothing. Only beside `output_config` in the same message may the content be empty or left out; an
    `output_config` at the top level does not count.

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
            _conversation(_HELLO, {"role": "system", "content": [{"type": "text", "text": " "}]}),
            at="/messages/1/content/0/text",
        ),
        Example(
            _conversation(
                _HELLO,
                {"role": "system", "content": [{"type": "text", "text": "Be brief."}, {"type": "text", "text": "\n"}]},
            ),
            at="/messages/1/content/1/text",
        ),
        Example(_conversation(_HELLO, {"role": "system", "content": "  "}), at="/messages/1/content"),
    ),
    good=(
        Example(_conversation(_HELLO, {"role": "system", "content": "Be brief.\n"})),
        Example(_conversation({"role": "user", "content": [{"type": "text", "text": " "}, _IMAGE]})),
    ),
    api_messages=("{message}: system text blocks must contain non-whitespace text",),
)
def system_whitespace(message: Node, request: Request) -> None:
    """A text of a system message is nothing but whitespace.

    Why: Every text block of a system message must have something visible in it, unlike those of a user message, of
    which one is enough.

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


def _moved_into_system(messages: Sequence[Node], request: Request) -> Fix | None:
    """Move what system messages say into `system`: safe for the first ones where nothing is said there yet."""
    said, system = [message.at("content").value for message in messages], request.root.at("system")
    rest = any(set(message.value) - {"role", "content"} for message in messages)
    if rest or not all(said) or len(messages) == len(request.root.items("messages")):
        return None
    blocks = [_as_blocks(each) for each in ([system.value] if system.value is not None else []) + said]
    if None in blocks:
        return None
    whole = said[0] if len(blocks) == 1 else [block for each in blocks for block in each or ()]
    change = replace if "system" in request.body else add
    is_first = messages[0].path[-1] == 0 and "system" not in request.body
    operations = [remove(message.path) for message in reversed(messages)]
    return (safe if is_first else unsafe)("Move it into `system`", change(system.path, whole), *operations)


def _as_blocks(content: Any) -> list[Any] | None:
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if content else []
    return content if isinstance(content, list) else None


def _without_prefill(model: Model) -> bool:
    return model.fact("prefill") is False


@rule(
    "messages/prefill-unsupported",
    on="/messages",
    words=(ANSWERED,),
    when=lambda messages: _role(messages, -1) == "assistant",
    models=_without_prefill,
    endpoints=("messages", "batches"),
    since="2026-02",
    needs=NEIGHBOURS,
    bad=(
        Example(_conversation(_HELLO, _PREFILL), at="/messages/1"),
        Example(_conversation(_HELLO, _PREFILL, model="claude-sonnet-4-6"), at="/messages/1"),
        Example(_conversation(_HELLO, _HI, _HELLO, _HI, _PREFILL), at="/messages/4"),
        Example(
            _conversation(
                _HELLO,
                {"role": "assistant", "content": [_SEARCHING, _FOUND, {"type": "text", "text": "So far"}]},
                tools=[_WEB_SEARCH],
            ),
            at="/messages/1",
        ),
    ),
    good=(
        Example(_conversation(_HELLO, _PREFILL, model="claude-opus-4-5")),
        Example(_conversation(_HELLO, _HI, _HELLO)),
        Example(_conversation(_HELLO, {"role": "assistant", "content": []})),
        Example(_conversation(_HELLO, {"role": "assistant", "content": [_SEARCHING]}, tools=[_WEB_SEARCH])),
        Example(
            _conversation({"role": "assistant", "content": [_SUMMARY]}, context_management=_COMPACT),
            betas=("compact-2026-01-12",),
        ),
        Example({"model": "claude-opus-5", "messages": [_HELLO, _PREFILL]}, endpoint="count_tokens"),
    ),
    api_messages=(
        "This model does not support assistant message prefill. The conversation must end with a user message.",
    ),
)
def prefill_unsupported(messages: Node, request: Request) -> None:
    """The conversation ends with an assistant message, on a model that does not go on from it.

    Why: Models from Claude Opus 4.6 on begin their answers themselves. Not refused is what is no prefill: a paused turn
    that ends in a server tool, an empty assistant message, a conversation to be compacted, an answer handed back for
    a fallback credit. A last message that calls a tool lacks its result, which is reported instead. A turn in which
    a server tool ran may be a paused one also where it ends in text, so that is a warning.

    Source: The API's refusal, seen in six places from 2026-02 on; the documentation's page on errors; a public issue
    thread of 2026-07 on paused turns that end in the beginning of a text.
    """
    last = _prefilled(request)
    if last is not None:
        last.report(
            f"the last message is the assistant's, but {code(request.body['model'])} must be given a user message last",
            help="drop the message; to shape the answer, say so in `system` or set `output_config.format`",
            related=[(request.root.at("model"), "the model is set here")],
            severity=_severity_of_pause(request),
        )


@rule(
    "messages/trailing-whitespace",
    on="/messages",
    words=(ANSWERED,),
    when=lambda messages: _role(messages, -1) == "assistant",
    models=lambda model: model.fact("prefill") is True,
    endpoints=("messages", "batches"),
    needs=("/messages",),
    bad=(
        Example(
            _conversation(_HELLO, {"role": "assistant", "content": "The answer is "}, model="claude-haiku-4-5"),
            at="/messages/1/content",
        ),
        Example(
            _conversation(
                _HELLO, {"role": "assistant", "content": [{"type": "text", "text": "{\n"}]}, model="claude-opus-4-5"
            ),
            at="/messages/1/content/0/text",
        ),
    ),
    good=(
        Example(_conversation(_HELLO, {"role": "assistant", "content": " The answer is"}, model="claude-haiku-4-5")),
        Example(_conversation(_HELLO, {"role": "assistant", "content": "Hi. "}, _HELLO, model="claude-haiku-4-5")),
        Example(
            _conversation(
                _HELLO,
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
    """The beginning that the last message gives to the answer ends in whitespace.

    Why: The model goes on from the end of that text, and whitespace there leads it astray. Only the last block of the
    last message counts. Where a server tool ran in that turn, the API itself may have paused there, so it is a warning.

    Fix: Takes the whitespace off; safe.

    Source: The API's refusal, seen in six places from 2024 to 2025-11, on models that can be given a beginning.
    """
    last = _prefilled(request)
    if last is None:
        return
    text = last.at("content") if isinstance(last.at("content").value, str) else last.items("content")[-1].at("text")
    if isinstance(text.value, str) and text.value != text.value.rstrip():
        text.report(
            f"the last assistant message ends in {shown(_tail(text.value))}, but must not end in whitespace",
            help="take the whitespace off its end",
            severity=_severity_of_pause(request),
            fix=safe("Take the whitespace off", replace(text.path, text.value.rstrip())),
        )


def _severity_of_pause(request: Request) -> Severity | None:
    """Return what a last message is reported as: a warning where the API may have paused in it, and not ended it."""
    last = request.conversation.last
    ran = last is not None and any(True for _ in last.blocks("server_tool_use", "mcp_tool_use"))
    return Severity.WARNING if ran else None


def _prefilled(request: Request) -> Node | None:
    """Find the last message, if it gives the answer its beginning; not where it may be there for something else."""
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


def _placed_system_turns(request: Request) -> Iterator[Turn]:
    """Yield the runs of system messages whose place matters: not the first, and not where `output_config` is set."""
    if request.fact("system_messages") is False:
        return
    for turn in request.conversation.turns:
        if turn.role == "system" and turn.number and not any(_is_directive(message) for message in turn.messages):
            yield turn


def _ends_in_own_words(turn: Turn) -> bool:
    """Whether a turn of the assistant surely does not end in a server tool: its last block is one of a few."""
    if turn.role != "assistant":
        return False
    content = turn.messages[-1].at("content").value
    if isinstance(content, str):
        return bool(content)
    last = content[-1] if isinstance(content, (list, tuple)) and content else None
    return isinstance(last, dict) and last.get("type") in ("text", "tool_use", "thinking", "redacted_thinking")


def _is_empty(message: Node) -> bool:
    content = message.at("content").value
    return isinstance(content, (str, list, tuple)) and not content


def _is_empty_system(message: Node) -> bool:
    """Whether a system message has neither content nor settings; what cannot be read may be either."""
    if not isinstance(message.value, dict) or message.at("output_config").value is not None:
        return False
    return "content" not in message.value or _is_empty(message)


def _is_directive(message: Node) -> bool:
    """Whether a system message only sets something."""
    return message.at("output_config").value is not None and not message.at("content").value


def _has_fault(message: Node) -> bool:
    """Whether a system message is refused for what is in it, before its place matters."""
    return _is_empty_system(message) or next(_blank_texts(message), None) is not None


def _blank_texts(message: Node) -> Iterator[Node]:
    """Yield the texts of a system message that are blank; empty ones are for the schema."""
    content = message.at("content")
    texts = [content] if isinstance(content.value, str) else [block.at("text") for block in content.items()]
    for text in texts:
        if isinstance(text.value, str) and text.value and not text.value.strip():
            yield text


def _text(block: Any, key: str) -> str | None:
    value = block.get(key)
    return value if isinstance(value, str) else None


def _tail(text: str) -> str:
    return text[len(text.rstrip()) :]

"""Tool calls and their results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..common.pointer import dotted
from ..common.wording import code, nearest, shown
from ..engine.request import Node, Request
from ..engine.rule import Example, body, rule
from ..engine.vocabulary import NEIGHBOURS, UNTIDY
from ..fixes import Fix, add, replace
from ..report import Severity, Target
from .shared.exchanges import History, ResultPlaces, ToolBlock, awaited_by_code, block_types, exchanges, running_code
from .shared.fixes import meant_instead, unsafe

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..engine.index import Index


_MOST_IDS: Final = 200
"""At most this many ids are put into a message of the API, which is cut after fewer."""

_ASK: Final = {"role": "user", "content": "What time is it in Oslo?"}
_THANKS: Final = {"role": "user", "content": "Thanks."}
_TEXT: Final = {"type": "text", "text": "Here it is."}
_IMAGE: Final = {"type": "image", "source": {"type": "url", "url": "https://example.com/clock.png"}}
_CODE: Final = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "code_execution", "input": {"code": "…"}}
_RAN: Final = {
    "type": "code_execution_tool_result",
    "tool_use_id": "srvtoolu_1",
    "content": {"type": "code_execution_result", "content": [], "return_code": 0, "stderr": "", "stdout": "noon"},
}
_CODE_TOOL: Final = {"type": "code_execution_20260120", "name": "code_execution"}
_CONTINUED: Final = {"type": "continue", "previous_message_id": "msg_1"}
_SUMMARY: Final = {"type": "compaction", "content": "They asked for the time."}
_COMPACT: Final = {"edits": [{"type": "compact_20260112"}]}


def _call(use_id: str, **changes: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": use_id, "name": "get_time", "input": {}, **changes}


def _by_code(use_id: str, source: str = "srvtoolu_1") -> dict[str, Any]:
    return _call(use_id, caller={"type": "code_execution_20260120", "tool_id": source})


def _result(use_id: str, **changes: Any) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": use_id, "content": "noon", **changes}


def _user(*blocks: Any) -> dict[str, Any]:
    return {"role": "user", "content": list(blocks)}


def _assistant(*blocks: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": list(blocks)}


def _talk(*messages: Any, **changes: Any) -> dict[str, Any]:
    return body(messages=list(messages), **changes)


def _runs_no_code(index: Index) -> bool:
    """Whether no code of the model can have made a call, or still run."""
    return index.names.isdisjoint(("caller", "server_tool_use"))


@rule(
    "pairing/tool-use-without-result",
    on="/messages",
    types=("tool_use", "tool_result"),
    mentions=(UNTIDY,),
    rests_on=NEIGHBOURS,
    bad=(
        Example(_talk(_ASK, _assistant(_call("toolu_1")), _THANKS), at="/messages/1/content/0"),
        Example(_talk(_ASK, _assistant(_TEXT, _call("toolu_1"))), at="/messages/1/content/1"),
        Example(_talk(_ASK, _assistant(_call("toolu_1")), model="claude-opus-5"), at="/messages/1/content/0"),
        Example(
            _talk(_ASK, _assistant(_call("toolu_1"), _call("toolu_2")), _user(_result("toolu_1"))),
            at="/messages/1/content/1",
        ),
        Example(
            _talk(_ASK, _assistant(_call("toolu_1")), _ASK, _assistant(_TEXT), _user(_result("toolu_1"))),
            at="/messages/1/content/0",
        ),
    ),
    good=(
        Example(_talk(_ASK, _assistant(_TEXT, _call("toolu_1")), _user(_result("toolu_1"), _TEXT))),
        Example(
            _talk(
                _ASK,
                _assistant(_call("toolu_1")),
                _assistant(_call("toolu_2")),
                _user(_result("toolu_2")),
                _user(_result("toolu_1")),
            )
        ),
        Example(
            _talk(
                _ASK,
                _assistant(_call("toolu_1")),
                _assistant(_SUMMARY),
                _THANKS,
                model="claude-opus-5",
                context_management=_COMPACT,
            ),
            betas=("compact-2026-01-12",),
        ),
    ),
    api_messages=(
        (
            "{message}: `tool_use` ids were found without `tool_result` blocks immediately after: {ids}. Each "
            "`tool_use` block must have a corresponding `tool_result` block in the next message."
        ),
        (
            "messages.…: Did not find … `tool_result` block(s) at the beginning of this message. Messages following "
            "`tool_use` blocks must begin with a matching number of `tool_result` blocks."
        ),
    ),
)
def tool_use_without_result(messages: Node, request: Request) -> None:
    """A tool is called, and the next turn of the user has no result for it.

    Why: Every call needs its result in the very next turn of the user, even the call that ends a conversation: a
    history must not be cut between the two. Only the call is reported if the result comes a turn late, as in the API,
    and only the result if its id is mistyped.

    Fix: Adds an empty result at the start of the next user message, or of a new one; unsafe, because the tool
    probably returned something.

    Source: The API's refusal, seen in more than twenty places from 2024-05 on; messages of one role in a row count as
    one turn.
    """
    for exchange in request.cached(exchanges):
        api = {"ids": ", ".join(call.id for call in exchange.unanswered[:_MOST_IDS])}
        for call in exchange.unanswered:
            late = exchange.late.get(call.id)
            if late is not None:
                advice = f"move the `tool_result` for {code(call.id)} into the user message right after this one"
            elif exchange.answer is None:
                advice = f"append a user message with a `tool_result` for {code(call.id)}, or drop the call"
            else:
                advice = f"begin the next user message with a `tool_result` for {code(call.id)}, or drop the call"
            call.block.report(
                f"`tool_use` {code(call.id)} has no `tool_result` in the next user message",
                help=advice,
                related=[(late.block, "its result comes here")] if late is not None else (),
                api={"message": _message_of(call.block), **api} if exchange.refused_for_calls else None,
                fix=_with_result(call, messages, request.cached(ResultPlaces)) if late is None else None,
            )


def _with_result(call: ToolBlock, messages: Node, places: ResultPlaces) -> Fix | None:
    """Make the fix that answers a call with an empty result."""
    title = f"Add an empty `tool_result` for {code(call.id)}"
    result = {"type": "tool_result", "tool_use_id": call.id}
    number = places.after(int(call.block.path[len(messages.path)]))
    if number is None:
        answer = {"role": "user", "content": [result]}
        return unsafe(title, add((*messages.path, len(messages.value)), answer))
    place, content = (*messages.path, number, "content"), messages.value[number].get("content")
    if isinstance(content, str):
        said = [{"type": "text", "text": content}] if content else []
        return unsafe(title, replace(place, [result, *said]))
    index = places.behind_results(number)
    return None if index is None else unsafe(title, add((*place, index), result))


@rule(
    "pairing/text-before-result",
    on="/messages",
    types=("tool_use", "tool_result"),
    mentions=(UNTIDY,),
    rests_on=NEIGHBOURS,
    bad=(
        Example(
            _talk(_ASK, _assistant(_call("toolu_1")), _user(_TEXT, _result("toolu_1"))), at="/messages/2/content/0"
        ),
        Example(
            _talk(_ASK, _assistant(_call("toolu_1")), _THANKS, _user(_result("toolu_1"))), at="/messages/2/content"
        ),
        Example(
            _talk(
                _ASK,
                _assistant(_call("toolu_1"), _call("toolu_2")),
                _user(_result("toolu_1"), _IMAGE, _result("toolu_2")),
            ),
            at="/messages/2/content/1",
        ),
    ),
    good=(
        Example(_talk(_ASK, _assistant(_call("toolu_1")), _user(_result("toolu_1"), _TEXT, _IMAGE))),
        Example(_talk(_ASK, _assistant(_call("toolu_1")), _user(_result("toolu_1")), _THANKS)),
    ),
    api_messages=(
        (
            "{message}: `tool_use` ids were found without `tool_result` blocks immediately after: {ids}. Each "
            "`tool_use` block must have a corresponding `tool_result` block in the next message."
        ),
        (
            "messages.…: Did not find … `tool_result` block(s) at the beginning of this message. Messages following "
            "`tool_use` blocks must begin with a matching number of `tool_result` blocks."
        ),
    ),
)
def text_before_result(messages: Node, request: Request) -> None:
    """A turn that answers tool calls has something before a result.

    Why: The turn has to begin with all the results; what the user says comes after them. The API then says that the
    result is missing, though it is only in the wrong place.

    Source: The documentation's page on handling tool calls, which says that it is a 400; the API's older refusal, seen
    up to 2025-01.
    """
    for exchange in request.cached(exchanges):
        if exchange.too_deep:
            result = exchange.too_deep[0]
            before = result.before or result.block
            before.report(
                f"{_named(before)} stands before the `tool_result` for {code(result.id)}, but results must come first",
                help="put it after all `tool_result` blocks",
                related=[(result.block, "the result after it")],
                api={
                    "message": _message_of(exchange.calls[0].block),
                    "ids": ", ".join(each.id for each in (*exchange.unanswered, *exchange.too_deep)),
                },
            )


@rule(
    "pairing/orphan-result",
    on="/messages",
    types=("tool_use", "tool_result"),
    mentions=(UNTIDY,),
    rests_on=NEIGHBOURS,
    bad=(
        Example(_talk(_user(_result("toolu_1"))), at="/messages/0/content/0/tool_use_id"),
        Example(
            _talk(_ASK, _assistant(_call("toolu_01A")), _user(_result("toolu_O1A"))),
            at="/messages/2/content/0/tool_use_id",
        ),
        Example(
            _talk(
                _ASK,
                _assistant(_call("toolu_1")),
                _user(_result("toolu_1")),
                _assistant(_TEXT),
                _user(_result("toolu_1")),
            ),
            at="/messages/4/content/0/tool_use_id",
        ),
        Example(
            _talk(_ASK, _assistant(_CODE, _RAN, _TEXT), _user(_result("srvtoolu_1")), tools=[_CODE_TOOL]),
            at="/messages/2/content/0/tool_use_id",
        ),
    ),
    good=(
        Example(_talk(_ASK, _assistant(_call("toolu_1")), _user(_result("toolu_1")))),
        Example(_talk(_user(_result("toolu_1")), model="claude-opus-5", thread=_CONTINUED)),
        Example(
            _talk(
                _ASK,
                _assistant(_call("Toolu-1", toolset_name="clock")),
                _user(_result("Toolu-1", toolset_name="clock")),
                model="claude-x",
            )
        ),
    ),
    api_messages=(
        (
            "{block}: unexpected `tool_use_id` found in `tool_result` blocks: {id}. Each `tool_result` block must have "
            "a corresponding `tool_use` block in the previous message."
        ),
    ),
)
def orphan_result(messages: Node, request: Request) -> None:
    """A result has no matching call in the assistant's turn before it.

    Why: A result has to follow the turn that calls the tool: histories lose the call when they are trimmed, repeat a
    result, or mistype an id. Tools that the API runs itself never get a `tool_result`. Where a call has no result in
    the same place, that call is not reported as well. What a thread keeps is not seen, so the first results of one that
    continues may answer it.

    Fix: Replaces the id with the one that is probably meant; unsafe, because that is a guess.

    Source: The API's refusal, seen in ten places from 2024-05 on.
    """
    for exchange in request.cached(exchanges):
        for result, meant in exchange.orphans:
            if meant is not None:
                advice = f"did you mean {code(meant.id)}?"
            elif result.id.startswith("srvtoolu_"):
                advice = "drop it: the API runs that tool itself, and its result is in the assistant message"
            elif exchange.calls:
                advice = "drop it, or put it into the user message right after the call"
            else:
                advice = "drop it, or send the assistant message with the `tool_use` before it"
            place = result.block.at("tool_use_id")
            place.report(
                f"`tool_use_id` is {shown(result.id)}, but no `tool_use` of the assistant message before has that id",
                help=advice,
                related=[(meant.block.at("id"), "this call has no result")] if meant is not None else (),
                api={"block": result.block.place, "id": result.id},
                fix=meant_instead(place, meant.id if meant is not None else None),
            )


@rule(
    "pairing/duplicate-result",
    on="/messages",
    types=("tool_use", "tool_result"),
    mentions=(UNTIDY,),
    bad=(
        Example(
            _talk(_ASK, _assistant(_call("toolu_1")), _user(_result("toolu_1"), _result("toolu_1"))),
            at="/messages/2/content/1/tool_use_id",
        ),
        Example(
            _talk(_ASK, _assistant(_call("toolu_1")), _user(_result("toolu_1")), _user(_result("toolu_1"))),
            at="/messages/3/content/0/tool_use_id",
        ),
    ),
    good=(
        Example(
            _talk(_ASK, _assistant(_call("toolu_1"), _call("toolu_2")), _user(_result("toolu_2"), _result("toolu_1")))
        ),
    ),
    api_messages=(
        "{block}: each tool_use must have a single result. Found multiple `tool_result` blocks with id: {id}",
    ),
)
def duplicate_result(messages: Node, request: Request) -> None:
    """A tool call has two results in one turn.

    Why: Each call has one result. If there is more to say, the `content` of that result can hold several blocks.

    Source: The API's refusal, seen in eight places from 2025 on.
    """
    for exchange in request.cached(exchanges):
        for result, first in exchange.repeated:
            result.block.at("tool_use_id").report(
                f"`tool_use_id` is {shown(result.id)}, but that call has a result already",
                help="drop one of the two, or put both into the `content` of one `tool_result`",
                related=[(first.block.at("tool_use_id"), "the first result for it")],
                api={"block": result.block.place, "id": result.id},
            )


@rule(
    "pairing/duplicate-tool-use-id",
    on="/messages",
    types=("tool_use", "tool_result"),
    mentions=(UNTIDY,),
    bad=(
        Example(
            _talk(_ASK, _assistant(_call("toolu_1"), _call("toolu_1")), _user(_result("toolu_1"))),
            at="/messages/1/content/1/id",
        ),
        Example(
            _talk(_ASK, _assistant(_call("toolu_1")), _assistant(_call("toolu_1")), _user(_result("toolu_1"))),
            at="/messages/2/content/0/id",
        ),
    ),
    good=(
        Example(
            _talk(_ASK, _assistant(_call("toolu_1"), _call("toolu_2")), _user(_result("toolu_1"), _result("toolu_2")))
        ),
        Example(
            _talk(
                _ASK,
                _assistant(_call("toolu_1")),
                _user(_result("toolu_1")),
                _assistant(_call("toolu_1")),
                _user(_result("toolu_1")),
            )
        ),
    ),
    api_messages=("{block}: `tool_use` ids must be unique",),
)
def duplicate_tool_use_id(messages: Node, request: Request) -> None:
    """Two tool calls in one assistant turn have the same id.

    Why: The id joins a call with its result in the next user message, so each call of a turn needs its own. Clients
    that number their calls get it wrong. An id may come again in a later turn: the API accepts that.

    Source: The API's refusal, seen in six places from 2025 on; two recorded conversations of August 2026, answered with
    a 200, in which an id comes again in a later turn.
    """
    firsts: dict[tuple[int, str], ToolBlock] = {}
    for side in request.cached(History).sides:
        if len({call.id for call in side.calls}) == len(side.calls):
            continue
        for call in side.calls:
            turn = request.conversation.turn_of(call.block).number
            first = firsts.setdefault((turn, call.id), call)
            if first is not call:
                call.block.at("id").report(
                    f"`id` is {shown(call.id)}, but another `tool_use` of this turn has that id already",
                    help="give each call its own id, and its result the same, or remove the call that is there twice",
                    related=[(first.block.at("id"), "the first call with it")],
                    api={"block": call.block.place},
                )


@rule(
    "pairing/tool-use-in-user",
    on="/messages",
    types=("tool_use", "tool_result"),
    mentions=(UNTIDY,),
    bad=(
        Example(_talk(_user(_call("toolu_1"))), at="/messages/0/content/0"),
        Example(_talk(_ASK, _user(_call("toolu_1")), _user(_result("toolu_1"))), at="/messages/1/content/0"),
    ),
    good=(Example(_talk(_ASK, _assistant(_call("toolu_1")), _user(_result("toolu_1")))),),
    api_messages=("{message}: `tool_use` blocks can only be in `assistant` messages",),
)
def tool_use_in_user(messages: Node, request: Request) -> None:
    """A user message calls a tool.

    Why: Tools are called by the assistant; in a history, the call belongs to the assistant's message.

    Source: The API's refusal, seen in five places from 2025 on.
    """
    for block in _first_of_each_turn(request.cached(History).calls_of_user):
        block.report(
            "a `tool_use` block stands in a user message, but must stand in an assistant message",
            help='put it into a message with `role` "assistant"; the answer to it is a `tool_result`',
            api={"message": _message_of(block)},
        )


@rule(
    "pairing/tool-result-in-assistant",
    on="/messages",
    types=("tool_use", "tool_result"),
    mentions=(UNTIDY,),
    bad=(
        Example(_talk(_ASK, _assistant(_call("toolu_1"), _result("toolu_1")), _THANKS), at="/messages/1/content/1"),
        Example(
            _talk(_ASK, _assistant(_call("toolu_1")), _assistant(_result("toolu_1")), _THANKS),
            at="/messages/2/content/0",
        ),
    ),
    good=(
        Example(_talk(_ASK, _assistant(_call("toolu_1")), _user(_result("toolu_1")))),
        Example(_talk(_ASK, _assistant(_CODE, _RAN, _TEXT), _THANKS, tools=[_CODE_TOOL])),
    ),
    api_messages=("{message}: `tool_result` blocks can only be in `user` messages",),
)
def tool_result_in_assistant(messages: Node, request: Request) -> None:
    """An assistant message has the result of a tool.

    Why: Results come from whoever runs the tool, so they belong in the user message after the call. Only results of
    tools that the API runs itself are in assistant messages, and these have types of their own.

    Source: The API's refusal, seen in ten places from 2025 on.
    """
    for block in _first_of_each_turn(request.cached(History).results_of_assistant):
        block.report(
            "a `tool_result` block stands in an assistant message, but must stand in a user message",
            help='put it into a message with `role` "user", right after the assistant message that calls the tool',
            api={"message": _message_of(block)},
        )


def _has_only_text_in_errors(index: Index) -> bool:
    return index.has_only_text_in_errors


@rule(
    "pairing/error-result-text-only",
    on="/messages/*/content/*",
    types=("tool_result",),
    mentions=("is_error",),
    skip_if=_has_only_text_in_errors,
    if_value=lambda block: isinstance(block, dict) and block.get("is_error") is True,
    bad=(
        Example(
            _talk(
                _ASK, _assistant(_call("toolu_1")), _user(_result("toolu_1", is_error=True, content=[_TEXT, _IMAGE]))
            ),
            at="/messages/2/content/0/content/1",
        ),
    ),
    good=(
        Example(
            _talk(_ASK, _assistant(_call("toolu_1")), _user(_result("toolu_1", is_error=True, content=[_TEXT, _TEXT])))
        ),
        Example(
            _talk(
                _ASK, _assistant(_call("toolu_1")), _user(_result("toolu_1", is_error=False, content=[_TEXT, _IMAGE]))
            )
        ),
        Example(
            _talk(_ASK, _assistant(_call("toolu_1")), _user(_result("toolu_1", is_error=True, content="no clock")))
        ),
    ),
    api_messages=("{result}: all content must be type `text` if `is_error` is true",),
)
def error_result_text_only(result: Node, request: Request) -> None:
    """A result that is an error contains something other than text.

    Why: An error can only be described in text. The first block that is not text is reported.

    Source: The API's refusal, seen in ten places from 2025 on.
    """
    if request.conversation.turn_of(result).role != "user":
        return
    known = block_types("ToolResultContentBlock", request.context.edition, request.context.platform) - {"text"}
    other = next((block for block in result.items("content") if block.type in known), None)
    if other is not None:
        other.report(
            f"{_named(other)} stands in a `tool_result` with `is_error`, but only text may",
            help="leave the block out, or set `is_error` to false",
            related=[(result.at("is_error"), "`is_error` is set here")],
            api={"result": f"{result.place}.tool_result"},
        )


def _is_empty_error(block: Any) -> bool:
    return isinstance(block, dict) and block.get("is_error") is True and block.get("content", "") in ("", [], ())


@rule(
    "pairing/error-result-empty",
    on="/messages/*/content/*",
    types=("tool_result",),
    mentions=("is_error",),
    skip_if=_has_only_text_in_errors,
    if_value=_is_empty_error,
    rests_on=("/messages/./content/./content",),
    bad=(
        Example(
            _talk(_ASK, _assistant(_call("toolu_1")), _user(_result("toolu_1", is_error=True, content=""))),
            at="/messages/2/content/0/content",
        ),
        Example(
            _talk(_ASK, _assistant(_call("toolu_1")), _user(_result("toolu_1", is_error=True, content=[]))),
            at="/messages/2/content/0/content",
        ),
        Example(
            _talk(
                _ASK,
                _assistant(_call("toolu_1")),
                _user({"type": "tool_result", "tool_use_id": "toolu_1", "is_error": True}),
            ),
            at="/messages/2/content/0",
        ),
    ),
    good=(
        Example(_talk(_ASK, _assistant(_call("toolu_1")), _user(_result("toolu_1", content="")))),
        Example(_talk(_ASK, _assistant(_call("toolu_1")), _user(_result("toolu_1", is_error=False, content=[])))),
        Example(_talk(_ASK, _assistant(_call("toolu_1")), _user(_result("toolu_1", is_error=True, content="failed")))),
        Example(_talk(_ASK, _assistant(_call("toolu_1")), _user({"type": "tool_result", "tool_use_id": "toolu_1"}))),
    ),
    api_messages=("{result}: content cannot be empty if `is_error` is true",),
)
def error_result_empty(result: Node, request: Request) -> None:
    """A result that is an error has no content.

    Why: The model has to learn what went wrong. A result without content is accepted where `is_error` is not true.

    Source: The API's refusal, seen in 2025-07 and 2026-06.
    """
    if request.conversation.turn_of(result).role != "user":
        return
    is_absent = "content" not in result.value
    place = result if is_absent else result.at("content")
    place.report(
        "missing `content`, which must be given if `is_error` is true"
        if is_absent
        else "`content` is empty, but must not be if `is_error` is true",
        help='say what went wrong, for example `"content": "The tool failed without a message"`',
        target=Target.HOLDER if is_absent else Target.VALUE,
        related=[(result.at("is_error"), "`is_error` is set here")],
        api={"result": f"{result.place}.tool_result"},
    )


@rule(
    "pairing/unknown-caller",
    on="/messages",
    types=("tool_use", "tool_result"),
    mentions=(UNTIDY,),
    skip_if=_runs_no_code,
    endpoints=("messages",),
    rests_on=NEIGHBOURS,
    bad=(
        Example(
            _talk(
                _ASK,
                _assistant(_CODE, _by_code("toolu_1", "srvtoolu_2")),
                _user(_result("toolu_1")),
                tools=[_CODE_TOOL],
                container="container_1",
                model="claude-opus-5",
            ),
            at="/messages/1/content/1/caller/tool_id",
        ),
    ),
    good=(
        Example(
            _talk(
                _ASK,
                _assistant(_CODE, _by_code("toolu_1")),
                _user(_result("toolu_1")),
                tools=[_CODE_TOOL],
                container="container_1",
                model="claude-opus-5",
            )
        ),
        Example(_talk(_ASK, _assistant(_call("toolu_1", caller={"type": "direct"})), _user(_result("toolu_1")))),
    ),
    api_messages=("… source tool … not found",),
)
def unknown_caller(messages: Node, request: Request) -> None:
    """A tool call names code that made it, and that code never ran.

    Why: `caller.tool_id` is the id of the `server_tool_use` that runs the code. Where that was dropped from the
    history, or its id changed, the call has no source. `caller` can be left out.

    Fix: Replaces the id with the one that is probably meant; unsafe, because that is a guess.

    Source: The API's refusal, seen once in 2026-09.
    """
    for caller, source, sources in request.cached(History).strangers:
        meant = nearest(source, sources)
        place = caller.at("tool_id")
        place.report(
            f"`tool_id` is {shown(source)}, but no `server_tool_use` before it has that id",
            help=f"did you mean {code(meant)}?" if meant else "send the `server_tool_use` too, or drop `caller`",
            fix=meant_instead(place, meant),
        )


@rule(
    "pairing/programmatic-reply",
    on="/messages",
    types=("tool_use", "tool_result"),
    mentions=(UNTIDY,),
    skip_if=_runs_no_code,
    severity=Severity.WARNING,
    endpoints=("messages",),
    bad=(
        Example(
            _talk(
                _ASK,
                _assistant(_CODE, _by_code("toolu_1")),
                _user(_result("toolu_1"), _TEXT),
                tools=[_CODE_TOOL],
                container="container_1",
                model="claude-opus-5",
            ),
            at="/messages/2/content/1",
        ),
    ),
    good=(
        Example(
            _talk(
                _ASK,
                _assistant(_CODE, _by_code("toolu_1")),
                _user(_result("toolu_1")),
                tools=[_CODE_TOOL],
                container="container_1",
                model="claude-opus-5",
            )
        ),
        Example(_talk(_ASK, _assistant(_call("toolu_1")), _user(_result("toolu_1"), _TEXT))),
    ),
)
def programmatic_reply(messages: Node, request: Request) -> None:
    """The reply to a call that code made contains more than results.

    Why: The code waits for the result, and goes on from it; anything else in the reply ends the turn before that. The
    documentation forbids it, but newer pages say that it only ends the turn early, so this is a warning.

    Source: The documentation's pages on programmatic tool calling and on handling tool calls.
    """
    exchange = awaited_by_code(request)
    if exchange is None or exchange.by_code is None or exchange.answer is None or exchange.too_deep:
        return
    said = exchange.answer.said
    if said is not None:
        said.report(
            f"{_named(said)} stands beside the result of a call that code made, but only `tool_result` blocks may",
            help="send it in a later user message, when the code has ended",
            related=[(exchange.by_code.block, "code made this call")],
        )


@rule(
    "pairing/programmatic-without-container",
    on="",
    mentions=(UNTIDY, "server_tool_use"),
    skip_if=_runs_no_code,
    if_value=lambda request: isinstance(request, dict) and request.get("container") is None,
    endpoints=("messages",),
    rests_on=("/container",),
    bad=(
        Example(
            _talk(
                _ASK,
                _assistant(_CODE, _by_code("toolu_1")),
                _user(_result("toolu_1")),
                tools=[_CODE_TOOL],
                model="claude-opus-5",
            ),
            at="",
        ),
        Example(
            _talk(
                _ASK,
                _assistant(_CODE, _call("toolu_1")),
                _user(_result("toolu_1")),
                tools=[_CODE_TOOL],
                model="claude-opus-5",
            ),
            at="",
        ),
    ),
    good=(
        Example(
            _talk(
                _ASK,
                _assistant(_CODE, _by_code("toolu_1")),
                _user(_result("toolu_1")),
                tools=[_CODE_TOOL],
                container="container_1",
                model="claude-opus-5",
            )
        ),
        Example(
            _talk(
                _ASK,
                _assistant(_CODE, _by_code("toolu_1")),
                _user(_result("toolu_1")),
                _assistant(_RAN, _TEXT),
                _THANKS,
                tools=[_CODE_TOOL],
                model="claude-opus-5",
            )
        ),
        Example(
            _talk(
                _ASK,
                _assistant(_CODE, _RAN, _call("toolu_1")),
                _user(_result("toolu_1")),
                tools=[_CODE_TOOL],
                model="claude-opus-5",
            )
        ),
        Example(
            _talk(
                _ASK,
                _assistant(_CODE | {"name": "web_search", "input": {"query": "Oslo"}}, _call("toolu_1")),
                _user(_result("toolu_1")),
                tools=[{"type": "web_search_20250305", "name": "web_search"}],
                model="claude-opus-5",
            )
        ),
    ),
    api_messages=("container_id is required when there are pending tool uses generated by code execution with tools.",),
)
def programmatic_without_container(root: Node, request: Request) -> None:
    """The result of a tool is sent without the container in which code still runs.

    Why: The answer with the call names the container; the request that goes on from it has to name it too. Code runs
    where it made the call itself, and where its own call has no result yet beside that of another tool.

    Source: The API's refusal, seen in three places; the documentation's page on programmatic tool calling.
    """
    if request.conversation.continues:
        return
    exchange = awaited_by_code(request)
    if exchange is not None and exchange.by_code is not None:
        running = None if exchange.unanswered else exchange.by_code.block
    else:
        running = running_code(request)
    if running is not None:
        is_code = running.type == "server_tool_use"
        root.report(
            "missing `container`, which must be given while code waits for the result of a tool",
            help="add `container` with the `container.id` of the answer that made the call",
            target=Target.HOLDER,
            related=[(running, "this code has no result yet" if is_code else "code made this call")],
        )


def _first_of_each_turn(blocks: list[Node]) -> Iterable[Node]:
    """Return the first block of each turn: the mistake is the role of the turn, so it is reported once."""
    firsts: dict[int, Node] = {}
    for block in blocks:
        firsts.setdefault(block.request.conversation.turn_of(block).number, block)
    return firsts.values()


def _named(said: Node) -> str:
    if said.type is None:
        return "text"
    return f"{'an' if said.type == 'image' else 'a'} {code(said.type)} block"


def _message_of(node: Node) -> str:
    return dotted(node.steps[:2])

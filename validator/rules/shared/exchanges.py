"""The calls of client tools in a conversation, paired with their results."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Any, Final

from ...common.lazy_regex import regex
from ...common.wording import nearest
from ...engine.request import Node, Request, Turn
from ...schema.gate import gate_for
from ...schema.projection import View

_ID: Final = regex(r"[a-zA-Z0-9_-]+")
_SAID: Final = frozenset({"text", "image", "document", "search_result", "container_upload"})
"""Blocks with which a user says something: none of them may come before the results of tools."""
_FEW: Final = 50
"""At most this many ids are compared with one that may be mistyped."""
_CODE_CALLER: Final = regex(r"code_execution_\d{8}")
_CODE_CALLS: Final = frozenset({"code_execution", "bash_code_execution", "text_editor_code_execution"})
"""The names by which the model calls the code execution tool."""


Place = tuple[Node, int]
"""A block's message, and its index there."""


class ToolBlock:
    """A `tool_use` with its `id`, or a `tool_result` with its `tool_use_id`."""

    __slots__ = ("_place", "before", "id", "value")

    def __init__(self, value: Any, place: Place, use_id: str, before: Node | None = None) -> None:
        self.value = value
        self._place = place
        self.id = use_id
        self.before = before
        """For a result, the first thing that the user says before it."""

    @property
    def block(self) -> Node:
        """The block itself; made where it is asked for, because most calls have their result."""
        return _node(self.value, self._place)


class Side:
    """Consecutive turns of one role, with nothing but system messages between them."""

    __slots__ = ("awaited", "calls", "finished", "last_type", "may_end", "readable", "results", "role", "said")

    def __init__(self, role: str | None, *, awaited: bool = False, last_type: str | None = None) -> None:
        self.role = role
        self.calls: list[ToolBlock] = []
        self.results: list[ToolBlock] = []
        self.readable = True
        """False if a block or an id is malformed: it may be the call or the result that is missing elsewhere."""
        self.awaited = awaited
        """Whether it follows calls: only then does it matter what the user says."""
        self.said: Node | None = None
        self.finished: set[str | None] = set()
        """The ids of the calls of server tools that have a result here."""
        self.last_type = last_type
        self.may_end = False
        """Whether the conversation may stop here with a call unanswered."""

    def note(self, value: dict[str, Any], place: Place, key: str, blocks: list[ToolBlock]) -> None:
        """Add a call or a result to `blocks`; one without an id makes the side unreadable."""
        use_id = value.get(key)
        if not isinstance(use_id, str):
            self.readable = False
        else:
            self.readable = self.readable and _ID.fullmatch(use_id) is not None
            blocks.append(ToolBlock(value, place, use_id, self.said))


class History:
    """The messages since the last compaction, read once for all rules about calls and results."""

    def __init__(self, request: Request) -> None:
        """Read the messages of a request."""
        self.sides: list[Side] = []
        self.gone: set[str] = set()
        """The ids of calls before the last compaction."""
        self.calls_of_user: list[Node] = []
        self.results_of_assistant: list[Node] = []
        self.strangers: list[tuple[Node, str, set[str]]] = []
        """Calls of code that never ran: the `caller`, the id that it names, and the ids known before it."""
        self._sources: set[str] = set()
        self._all_seen = not request.conversation.continues
        """Whether every block that could have run code was readable and is in the request."""
        self._types = block_types("ContentBlock", request.context.edition, request.context.platform)
        for turn in request.conversation.turns:
            if turn.role != "system":
                before = self.sides[-1] if self.sides else None
                if before is None or before.role != turn.role:
                    self.sides.append(Side(turn.role, awaited=before is not None and bool(before.calls)))
                for message in turn.messages:
                    self._read_message(message)

    def _read_message(self, message: Node) -> None:
        content = message.value.get("content") if isinstance(message.value, dict) else None
        side = self.sides[-1]
        if isinstance(content, str):
            if content:
                side.last_type = "text"
                if side.awaited:
                    side.said = side.said or message.at("content")
        elif isinstance(content, (list, tuple)):
            for index, value in enumerate(content):
                tag = value.get("type") if isinstance(value, dict) else None
                if tag == "tool_use":
                    self._read_call(value, (message, index), side)
                elif tag == "tool_result":
                    self._read_result(value, (message, index), side)
                elif tag != "text" or (side.awaited and side.said is None):
                    self._read_other(tag, value, (message, index), side)
                    side = self.sides[-1]
                side.last_type = tag if isinstance(tag, str) else None
        else:
            self._pass_over()

    def _read_other(self, tag: Any, value: Any, place: Place, side: Side) -> None:
        if not isinstance(tag, str) or tag not in self._types:
            self._pass_over()
        elif tag in _SAID:
            side.said = side.said or _node(value, place)
        elif tag == "server_tool_use":
            block = _node(value, place)
            self._sources.add(str(block.at("id").value))
            self._all_seen = self._all_seen and block.text("id") is not None
        elif tag == "compaction":
            self._forget(side)
        elif tag == "fallback":
            side.may_end = True
        elif tag.endswith("_tool_result"):
            side.finished.add(_node(value, place).text("tool_use_id"))

    def _pass_over(self) -> None:
        self.sides[-1].readable = False
        self._all_seen = False

    def _read_call(self, value: dict[str, Any], place: Place, side: Side) -> None:
        if side.role == "user":
            self.calls_of_user.append(_node(value, place))
        elif side.role == "assistant":
            side.note(value, place, "id", side.calls)
            if not isinstance(value.get("caller"), dict):
                return
            block = _node(value, place)
            source = block.text("caller", "tool_id")
            kind = block.text("caller", "type") or "direct"
            if source is not None and source not in self._sources and self._all_seen and _CODE_CALLER.fullmatch(kind):
                few = len(self._sources) <= _FEW
                self.strangers.append((block.at("caller"), source, set(self._sources) if few else set()))

    def _read_result(self, value: dict[str, Any], place: Place, side: Side) -> None:
        if side.role == "assistant":
            self.results_of_assistant.append(_node(value, place))
        elif side.role == "user":
            side.note(value, place, "tool_use_id", side.results)

    def _forget(self, side: Side) -> None:
        """Drop what the API drops: everything before a compaction."""
        if side.role == "assistant":
            self.gone.update(call.id for each in self.sides for call in each.calls)
            self.sides = [Side(side.role, last_type=side.last_type)]
            self._all_seen = False


def _node(value: Any, place: Place) -> Node:
    message, index = place
    return Node(value, (*message.path, "content", index), message.request)


class Exchange:
    """The calls of one turn of the assistant, and the results in the turn of the user after it."""

    def __init__(
        self, calls: list[ToolBlock] | None = None, answer: Side | None = None, *, refused_for_calls: bool = True
    ) -> None:
        self.calls = calls or []
        self.answer = answer
        self.unanswered: list[ToolBlock] = []
        self.orphans: list[tuple[ToolBlock, ToolBlock | None]] = []
        """Results without a call, each with the call that it was probably meant for."""
        self.repeated: list[tuple[ToolBlock, ToolBlock]] = []
        self.too_deep: list[ToolBlock] = []
        """Results after something that the user says."""
        self.late: dict[str, ToolBlock] = {}
        """The results that came a turn too late, by the id of their call."""
        self.by_code: ToolBlock | None = None
        """A call made by code that still waits for the result."""
        self.refused_for_calls = refused_for_calls
        """Whether the API's refusal is about the missing results; it is another one if the last turn ends in text."""


def exchanges(request: Request) -> list[Exchange]:
    """Pair the calls of each turn of the assistant with the results in the turn after it, where that is not tidy."""
    history = request.cached(History)
    sides = history.sides
    found: list[Exchange] = []
    if sides and sides[0].role == "user":
        found.append(_begun(request, sides[0]))
    for number, side in enumerate(sides):
        if side.role == "assistant":
            after = sides[number + 1] if number + 1 < len(sides) else None
            if after is None:
                found.append(_cut(request, side))
            elif not _are_side_by_side(side, after):
                found.append(_compared(side, after))
    excused = history.gone | {call.text("id") for call in history.calls_of_user}
    misplaced = {result.text("tool_use_id") for result in history.results_of_assistant}
    for exchange in found:
        exchange.orphans = [each for each in exchange.orphans if each[0].id not in excused]
        exchange.unanswered = [call for call in exchange.unanswered if call.id not in misplaced]
    _join_distant(found)
    for exchange in found:
        _join_neighbours(exchange)
    return found


def _begun(request: Request, answer: Side) -> Exchange:
    """Read a first turn of the user: a call before it can only be in a thread that the request continues."""
    exchange = Exchange(answer=answer)
    if request.conversation.continues:
        exchange.repeated = _repeated(answer, set())
    else:
        exchange.orphans = [(result, None) for result in _firsts(answer)]
    return exchange


def _cut(request: Request, side: Side) -> Exchange:
    """Read a last turn of the assistant, which nothing answers."""
    exchange = Exchange(calls=side.calls, refused_for_calls=side.last_type == "tool_use")
    root = request.root
    handed_back = root.at("compaction").value is not None or root.at("fallback_credit_token").value is not None
    paused = side.last_type in {"server_tool_use", "mcp_tool_use"}
    if not (handed_back or paused or side.may_end):
        exchange.unanswered = [call for call in side.calls if _ID.fullmatch(call.id)]
    return exchange


def _compared(side: Side, answer: Side) -> Exchange:
    """Pair the calls of a turn with the results in the next one, unless the role of that one is unknown."""
    exchange = Exchange(calls=side.calls, answer=answer)
    if answer.role != "user":
        return exchange
    called = {call.id for call in side.calls}
    answered = {result.id for result in answer.results}
    if answer.readable:
        exchange.unanswered = [call for call in side.calls if call.id not in answered and _ID.fullmatch(call.id)]
    if side.readable:
        exchange.orphans = [(result, None) for result in _firsts(answer) if result.id not in called]
    lone = {result.id for result, _ in exchange.orphans}
    numbers = Counter(call.id for call in side.calls)
    exchange.repeated = _repeated(answer, lone | {use_id for use_id, number in numbers.items() if number > 1})
    exchange.too_deep = [result for result in answer.results if result.before is not None and result.id in called]
    exchange.by_code = next(
        (
            call
            for call in side.calls
            if call.id in answered
            and _CODE_CALLER.fullmatch(call.block.text("caller", "type") or "direct")
            and call.block.text("caller", "tool_id") not in side.finished
        ),
        None,
    )
    return exchange


def _are_side_by_side(side: Side, answer: Side) -> bool:
    """Whether each call has one result, in the same order, before anything else, and none is made by code."""
    calls = [call.id for call in side.calls]
    return (
        calls == [result.id for result in answer.results if result.before is None]
        and len(set(calls)) == len(calls) == len(answer.results)
        and not any("caller" in call.value for call in side.calls)
    )


def _firsts(side: Side) -> list[ToolBlock]:
    """Return the first result for each id: if several lack the same call, that is one mistake."""
    firsts: dict[str, ToolBlock] = {}
    for result in side.results:
        if _ID.fullmatch(result.id):
            firsts.setdefault(result.id, result)
    return list(firsts.values())


def _repeated(side: Side, excused: set[str]) -> list[tuple[ToolBlock, ToolBlock]]:
    """Return each further result for an id with the first one; ids in `excused` are reported otherwise."""
    firsts: dict[str, ToolBlock] = {}
    return [
        (result, firsts[result.id])
        for result in side.results
        if firsts.setdefault(result.id, result) is not result and result.id not in excused
    ]


def _join_distant(exchanges: list[Exchange]) -> None:
    """Join a call and its result in turns that are not neighbours: only the first of the two is a mistake."""
    waiting: dict[str, Exchange] = {}
    early: set[str] = set()
    for exchange in exchanges:
        orphans = []
        for result, meant in exchange.orphans:
            if result.id in waiting:
                waiting[result.id].late.setdefault(result.id, result)
            else:
                orphans.append((result, meant))
        exchange.orphans = orphans
        exchange.unanswered = [call for call in exchange.unanswered if call.id not in early]
        waiting.update({call.id: exchange for call in exchange.unanswered})
        early.update(result.id for result, _ in orphans)


def _join_neighbours(exchange: Exchange) -> None:
    """Join a result without a call to an unanswered call of the turn before it: the result is the mistake."""
    if not exchange.orphans or not exchange.unanswered:
        return
    free = {call.id: call for call in exchange.unanswered if call.id not in exchange.late}
    orphans: list[tuple[ToolBlock, ToolBlock | None]] = []
    for result, _ in exchange.orphans:
        meant = nearest(result.id, free) if len(free) <= _FEW else None
        meant = meant or next(iter(free), None)
        orphans.append((result, free.pop(meant) if meant is not None else None))
    exchange.orphans = orphans
    taken = {meant.id for _, meant in orphans if meant is not None}
    exchange.unanswered = [call for call in exchange.unanswered if call.id not in taken]


def awaited_by_code(request: Request) -> Exchange | None:
    """Return the last exchange of the conversation, if code waits for a result in it."""
    found = request.cached(exchanges)
    if not found or found[-1].by_code is None:
        return None
    return found[-1] if found[-1].answer is request.cached(History).sides[-1] else None


def running_code(request: Request) -> Node | None:
    """Return a call of code execution without a result, if only results of client tools follow it."""
    last = request.conversation.last
    asked = last.previous if last is not None and last.role == "user" else None
    if last is None or asked is None or asked.role != "assistant" or not _has_only_results(last):
        return None
    running: dict[str, Node] = {}
    calls_a_tool = False
    for block in asked.blocks():
        if block.type == "tool_use":
            calls_a_tool = True
        elif block.type == "server_tool_use" and block.text("name") in _CODE_CALLS:
            running[block.text("id") or ""] = block
        elif block.type in {"compaction", "fallback"}:
            running.clear()
        elif (block.type or "").endswith("_tool_result"):
            running.pop(block.text("tool_use_id") or "", None)
    return next(iter(running.values()), None) if calls_a_tool else None


def _has_only_results(turn: Turn) -> bool:
    return all(isinstance(message.at("content").value, (list, tuple)) for message in turn.messages) and all(
        block.type == "tool_result" for block in turn.blocks()
    )


class ResultPlaces:
    """Where to add a missing result; each message is read once, however many results are missing."""

    def __init__(self, request: Request) -> None:
        self._messages = request.root.items("messages")
        self._after: list[int | None] = []
        """For each message, in reverse order, the index of the next one of the user."""
        self._behind: dict[int, int | None] = {}
        following = None
        for message in reversed(self._messages):
            self._after.append(following)
            if message.text("role") == "user":
                following = len(self._messages) - len(self._after)

    def after(self, number: int) -> int | None:
        """Return the index of the first message of the user after message `number`."""
        return self._after[-1 - number]

    def behind_results(self, number: int) -> int | None:
        """Return where the leading results of a message end; None if a result cannot be added to it."""
        if number not in self._behind:
            content = self._messages[number].at("content").value
            self._behind[number] = _end_of_results(content) if isinstance(content, list) else None
        return self._behind[number]


def _end_of_results(content: list[Any]) -> int | None:
    if not all(isinstance(block, dict) for block in content):
        return None
    said_from = (number for number, block in enumerate(content) if block.get("type") != "tool_result")
    return next(said_from, len(content))


@lru_cache(maxsize=64)
def block_types(union: str, edition: str, platform: str) -> frozenset[str]:
    """Return the values of `type` of a union of content blocks."""
    return gate_for("messages", View(edition, platform)).union_tags(union)

"""The calls of server tools in a conversation, paired with their results."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...engine.request import Node, Request, Turn


class ServerCalls:
    """The calls of server tools without a result, and the results without a call."""

    __slots__ = ("_awaited", "_paused", "_seen", "orphans", "unanswered", "waiting")

    def __init__(self) -> None:
        self.orphans: list[tuple[Node, Node | None]] = []
        """Results without a call before them, each with the open call of the same tool that was probably meant."""
        self.unanswered: list[Node] = []
        """Calls without a result in a turn that has ended."""
        self.waiting: list[Node] = []
        """Open calls at the end of the conversation, which the API runs first."""
        self._seen: set[str] = set()
        self._awaited: dict[str, Node] = {}
        self._paused: set[str] = set()
        """The ids of calls of code that waits for a client tool."""

    def follow(self, block: Node) -> None:
        """Read a block of the assistant."""
        kind = block.type or ""
        if kind in {"server_tool_use", "mcp_tool_use"}:
            self._call(block)
        elif kind == "tool_use":
            self._paused.add(block.text("caller", "tool_id") or "")
        elif kind == "compaction":
            self.forget()
        elif kind == "fallback":
            self._leave_open(self._awaited.values())
        elif kind == "mcp_tool_result":
            self._awaited.pop(block.text("tool_use_id") or "", None)
        elif kind.endswith("_tool_result"):
            self._answer(block)

    def _call(self, call: Node) -> None:
        call_id = call.text("id")
        if call_id is not None and call_id not in self._seen:
            self._seen.add(call_id)
            if call.text("name") is not None:
                self._awaited[call_id] = call

    def _answer(self, result: Node) -> None:
        answered = result.text("tool_use_id")
        if answered is None or not answered.startswith("srvtoolu_"):
            # An id that the API did not give cannot be compared: the result may belong to any open call.
            self.forget()
        elif answered in self._seen:
            self._awaited.pop(answered, None)
        else:
            meant = next((call_id for call_id, call in self._awaited.items() if _answers(result, call)), None)
            self.orphans.append((result, self._awaited.pop(meant) if meant is not None else None))
            self._seen.add(answered)

    @property
    def is_waiting(self) -> bool:
        """Whether a call is open."""
        return bool(self._awaited)

    def end_turn(self) -> None:
        """End the turn: the user goes on with something else than results."""
        self._leave_open(self._own)

    def end(self) -> None:
        """End the conversation."""
        self.waiting += self._own

    def forget(self) -> None:
        """Forget the open calls."""
        self._awaited.clear()

    def _leave_open(self, calls: Iterable[Node]) -> None:
        self.unanswered += [call for call in calls if call.text("id") not in self._paused]
        self.forget()

    @property
    def _own(self) -> list[Node]:
        """The open calls of the API's own tools; an MCP server may leave a call without a result."""
        return [call for call in self._awaited.values() if call.type == "server_tool_use"]


def server_calls(request: Request) -> ServerCalls:
    """Pair the calls of a conversation; of a thread nothing is known, as its calls need not be in the request."""
    found = ServerCalls()
    if request.root.at("thread").value is not None:
        return found
    for turn in request.conversation.turns:
        if turn.role == "assistant":
            for block in turn.blocks():
                found.follow(block)
        elif turn.role == "user" and found.is_waiting and not _only_results(turn):
            found.end_turn()
        elif turn.role is None:
            found.forget()
    found.end()
    return found


def _answers(result: Node, call: Node) -> bool:
    """Whether the type of a result is that of the tool that is called."""
    return result.type == result_type(call)


def result_type(call: Node) -> str:
    """Return the `type` of the result of a call."""
    if call.type == "mcp_tool_use":
        return "mcp_tool_result"
    name = call.text("name") or ""
    return f"{'tool_search' if name.startswith('tool_search_tool_') else name}_tool_result"


def _only_results(turn: Turn) -> bool:
    """Whether a turn of the user consists of results of client tools: the model's turn then goes on."""
    return all(
        isinstance(message.value.get("content"), (list, tuple)) and message.value["content"]
        for message in turn.messages
    ) and all(block.type == "tool_result" for block in turn.blocks())

"""What the benchmarks check: requests made anew in each run, the same each time."""

from __future__ import annotations

import json
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the checkout, whether it is installed or not

if TYPE_CHECKING:
    from collections.abc import Iterator

HELLO: Final = {
    "model": "claude-haiku-4-5",
    "max_tokens": 1024,
    "messages": [{"role": "user", "content": "Hello"}],
}
"""The smallest request."""

_SYSTEM: Final = (
    "You work in a repository of Python code. Read before you write, change as little as the task needs, and run the "
    "tests after each change. Say what you did in a few sentences, and what is left to do."
)
_TOOLS: Final[dict[str, dict[str, str]]] = {
    "read_file": {"path": "The file, from the root of the repository."},
    "write_file": {"path": "The file, from the root of the repository.", "content": "Its whole new content."},
    "list_files": {"folder": "The folder, from the root of the repository.", "pattern": "A glob of names."},
    "search": {"expression": "A regular expression.", "folder": "Where to look."},
    "run_tests": {"names": "The tests to run, separated by spaces; all when empty."},
}


def agent_request(exchanges: int = 6, of: int | None = None) -> dict[str, Any]:
    """Return the request of an agent: a system prompt, five tools, and exchanges of a call and its result.

    With six exchanges it has 5.5 kB as JSON without spaces; nothing is wrong with it. The tools of one agent, by its
    number `of`, differ from those of another.
    """
    messages: list[dict[str, Any]] = [{"role": "user", "content": "The parser forgets the last line. Find out why."}]
    for number, name in zip(range(exchanges), _in_turn(list(_TOOLS)), strict=False):
        call_id = f"toolu_{number:024d}"
        given = dict.fromkeys(_TOOLS[name], f"src/module_{number}.py")
        messages += [
            {
                "role": "assistant",
                "content": [
                    {"type": "text", "text": f"Step {number}: I look at what the code says before I change it."},
                    {"type": "tool_use", "id": call_id, "name": name, "input": given},
                ],
            },
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call_id, "content": _answer(number)}]},
        ]
    return {
        "model": "claude-haiku-4-5",
        "max_tokens": 4096,
        "system": [{"type": "text", "text": _SYSTEM, "cache_control": {"type": "ephemeral"}}],
        "tools": [_tool(name, arguments, of) for name, arguments in _TOOLS.items()],
        "messages": messages,
    }


def conversation(messages: int) -> dict[str, Any]:
    """Return a request with `messages` short messages."""
    said = [{"role": role, "content": "What the one says to the other."} for role in ("user", "assistant")]
    return {**HELLO, "messages": [*islice(_in_turn(said), messages - 1), said[0]]}


def encoded(value: Any) -> bytes:
    """Return a value as JSON without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def schema() -> dict[str, Any]:
    """Return the one schema of the body of `/v1/messages`, for other validators."""
    from validator.schema.store import bundle

    return bundle("messages")


def record_schema() -> dict[str, Any]:
    """Return a schema of a line of a batch, for other validators."""
    body = schema()
    params = {"$ref": body["$id"]}
    return {
        "$schema": body["$schema"],
        "type": "object",
        "properties": {"custom_id": {"type": "string"}, "params": params},
        "$defs": {"body": body},
    }


def _in_turn(items: list[Any]) -> Iterator[Any]:
    while True:
        yield from items


def _answer(number: int) -> str:
    return "\n".join(f"{line:4}  def step_{number}_{line}(text: str) -> str: ..." for line in range(1, 6))


def _tool(name: str, arguments: dict[str, str], of: int | None) -> dict[str, Any]:
    where = "the repository" if of is None else f"repository {of}"
    return {
        "name": name,
        "description": f"Calls {name.replace('_', ' ')} in {where}, and returns what it prints.",
        "input_schema": {
            "type": "object",
            "properties": {
                argument: {"type": "string", "description": text if of is None else f"{text} ({of})"}
                for argument, text in arguments.items()
            },
            "required": list(arguments),
        },
    }

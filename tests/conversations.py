"""Hypothesis strategies: conversations that the API takes, with every kind of turn, and the mistakes people make."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.strategies import TEXT

TOOLS: list[dict[str, Any]] = [
    {
        "name": "get_weather",
        "description": "The weather in a city now.",
        "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
    {"name": "list_files", "description": "The files of a folder.", "input_schema": {"type": "object"}},
    {"type": "web_search_20250305", "name": "web_search"},
]
GIF = {"type": "base64", "media_type": "image/gif", "data": "R0lGODlhAQABAAAAACw="}

Block = dict[str, Any]
Message = dict[str, Any]

WORDS = st.sampled_from(["Hello", "What is it?", "…", "Grüße", "a b", "🌍"])
TEXTS = st.builds(lambda text: {"type": "text", "text": text}, WORDS)
IMAGES = st.just({"type": "image", "source": GIF})
DOCUMENTS = st.builds(
    lambda text: {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": text}}, WORDS
)
IDS = st.text("abcXYZ019_-", min_size=1, max_size=8)


def _call(call_id: str, tool: int, city: str) -> Block:
    tool_use = {"type": "tool_use", "id": call_id, "name": TOOLS[tool]["name"]}
    return tool_use | {"input": {"city": city} if tool == 0 else {}}


def _result(call_id: str, content: str | list[Block] | None) -> Block:
    result = {"type": "tool_result", "tool_use_id": call_id}
    return result if content is None else result | {"content": content}


def _searched(number: int) -> list[Block]:
    call_id = f"srvtoolu_{number}"
    return [
        {"type": "server_tool_use", "id": call_id, "name": "web_search", "input": {"query": "weather"}},
        {"type": "web_search_tool_result", "tool_use_id": call_id, "content": []},
    ]


@st.composite
def _exchange(draw: st.DrawFn, ids: list[str], number: int) -> list[Message]:
    """Make an assistant's turn and the user's answer; with calls the answer begins with their results."""
    said: list[Block] = draw(st.lists(TEXTS, max_size=2))
    has_searched: bool = draw(st.booleans())
    searched = _searched(number) if has_searched else []
    calls = [_call(call_id, draw(st.integers(0, 1)), draw(WORDS)) for call_id in ids]
    assistant: Any = [*said, *searched, *calls]
    if not assistant:
        assistant = draw(WORDS)
    order = draw(st.permutations(ids))
    inside = st.none() | WORDS | st.lists(TEXTS | IMAGES, min_size=1, max_size=2)
    results = [_result(call_id, draw(inside)) for call_id in order]
    more = draw(st.lists(TEXTS | IMAGES | DOCUMENTS, min_size=0 if results else 1, max_size=2))
    in_blocks: bool = draw(st.booleans())
    user: Any = [*results, *more] if results or in_blocks else draw(WORDS)
    return [{"role": "assistant", "content": assistant}, {"role": "user", "content": user}]


@st.composite
def conversations(draw: st.DrawFn) -> list[Message]:
    """Make messages that begin with the user or the assistant and end with the user."""
    ids = draw(st.lists(IDS, unique=True, max_size=6))
    first = {"role": "user", "content": draw(WORDS | st.lists(TEXTS | IMAGES, min_size=1, max_size=3))}
    messages: list[Message] = [first] if draw(st.booleans()) else []
    for number in range(draw(st.integers(1, 4))):
        taken = draw(st.integers(0, min(3, len(ids))))
        messages += draw(_exchange(ids[:taken], number))
        ids = ids[taken:]
    return messages


@st.composite
def requests_to_models(draw: st.DrawFn) -> dict[str, Any]:
    """Make requests around conversations that the API takes, to old and new models."""
    return {
        "model": draw(st.sampled_from(["claude-haiku-4-5", "claude-opus-4-8", "claude-sonnet-5-5", "a-gateways-own"])),
        "max_tokens": draw(st.integers(1, 4096)),
        "messages": draw(conversations()),
        "tools": TOOLS,
        **({"system": "Be brief."} if draw(st.booleans()) else {}),
        **({"metadata": {"user_id": draw(TEXT)}} if draw(st.booleans()) else {}),
    }


def split(request: dict[str, Any], choose: Callable[[int], int]) -> dict[str, Any]:
    """Split messages with several blocks into messages of the same role; `choose(n)` picks a place from 0 to n."""
    messages: list[Message] = []
    for message in request["messages"]:
        content = message["content"]
        place = choose(len(content)) if isinstance(content, list) else 0
        if 0 < place < len(content):
            messages += [message | {"content": content[:place]}, message | {"content": content[place:]}]
        else:
            messages.append(message)
    return request | {"messages": messages}


def renamed(request: dict[str, Any], new_name: Callable[[str], str]) -> dict[str, Any]:
    """Rename the ids of all calls of tools, and of their results likewise."""
    request = copy.deepcopy(request)
    for message in request["messages"]:
        for block in message["content"] if isinstance(message["content"], list) else ():
            for key in ("id", "tool_use_id"):
                if key in block and not block[key].startswith("srvtoolu_"):
                    block[key] = new_name(block[key])
    return request


def turned_over(value: Any) -> Any:
    """Return the same value with the keys of all its objects in the opposite order."""
    if isinstance(value, dict):
        return {key: turned_over(value[key]) for key in reversed(value)}
    return [turned_over(item) for item in value] if isinstance(value, list) else value


@st.composite
def mistaken(draw: st.DrawFn) -> dict[str, Any]:
    """Make a request and remove, double or swap some of its blocks and messages."""
    request = copy.deepcopy(draw(requests_to_models()))
    messages = request["messages"]
    for _ in range(draw(st.integers(1, 3))):
        message = draw(st.sampled_from(messages))
        content = message["content"]
        if not isinstance(content, list) or not content:
            message["content"] = draw(st.sampled_from(["", [], content]))
            continue
        place = draw(st.integers(0, len(content) - 1))
        match draw(st.sampled_from(["remove", "double", "to front", "role"])):
            case "remove":
                del content[place]
            case "double":
                content.insert(place, copy.deepcopy(content[place]))
            case "to front":
                content.insert(0, content.pop(place))
            case "role":
                message["role"] = "user" if message["role"] == "assistant" else "assistant"
    return request

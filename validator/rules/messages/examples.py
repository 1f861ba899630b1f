"""Example conversations for the rules about messages."""

from __future__ import annotations

from typing import Any, Final

from ...engine.rule import body

HELLO: Final = {"role": "user", "content": "Hello"}
HI: Final = {"role": "assistant", "content": "Hi."}
SEARCHING: Final = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "weather"}}
FOUND: Final = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
WEB_SEARCH: Final = {"type": "web_search_20250305", "name": "web_search"}


def conversation(*messages: Any, model: str = "claude-opus-5", **changes: Any) -> dict[str, Any]:
    """Make a request with these messages."""
    return body(messages=list(messages), model=model, **changes)

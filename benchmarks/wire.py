"""What does a check before sending add to a call of the official SDK?

The transport inside answers at once, so what is measured is the SDK's own time. Usage: python benchmarks/wire.py
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the checkout, whether it is installed or not

from material import HELLO, agent_request, encoded  # noqa: E402
from measuring import Call, Table, compare, labelled, show  # noqa: E402

from validator.wire import check_wire  # noqa: E402

_ANSWER: Final = json.dumps(
    {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-haiku-4-5",
        "content": [{"type": "text", "text": "Hello."}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 10, "output_tokens": 5},
    }
).encode()
_URL: Final = "https://api.anthropic.com/v1/messages"


def tables() -> Iterator[Table]:
    """Yield a table for a small request and one for a typical one of an agent."""
    for question, request in (
        ("A call with a small request", HELLO),
        ("A call with a typical request of an agent", agent_request()),
    ):
        body = encoded(request)
        headers = {"anthropic-version": "2026-10-21"}
        contenders: dict[str, Call] = {f"create() of {labelled('anthropic')}": _creates(_client(), request)}
        for name, options in _guarded():
            contenders[name] = _creates(_client(**options), request)
        contenders["check_wire() alone"] = lambda body=body, headers=headers: check_wire("POST", _URL, headers, body)  # type: ignore[misc]
        yield Table(question, compare(contenders, rounds=25), f"{len(body) / 1e3:,.1f} kB of JSON.")


def _guarded() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each way to put msglint before the SDK that is installed, and the options of its client."""
    library = _library()
    guards = import_module(f"validator.integrations.{library.__name__}")
    yield "with GuardTransport", {"transport": guards.GuardTransport(_inner())}
    if library.__name__ == "httpx2":
        guard = import_module("validator.integrations.anthropic").Guard()
        yield "with Guard as middleware", {"middleware": [guard]}


def _client(transport: Any = None, **options: Any) -> Any:
    sdk = import_module("anthropic")
    http = sdk.DefaultHttpxClient(transport=transport or _inner())
    return sdk.Anthropic(api_key="none", http_client=http, **options)


def _inner() -> Any:
    """Return a transport that answers at once."""
    library = _library()
    return library.MockTransport(
        lambda _: library.Response(200, content=_ANSWER, headers={"content-type": "application/json"})
    )


def _library() -> Any:
    """Return the HTTP library of the SDK that is installed."""
    return import_module("httpx2" if hasattr(import_module("anthropic"), "Middleware") else "httpx")


def _creates(client: Any, request: dict[str, Any]) -> Call:
    return lambda: client.messages.create(**request)


if __name__ == "__main__":
    show(tables())

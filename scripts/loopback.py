"""A server on the loopback interface that answers like the Messages API and keeps what it is sent."""

from __future__ import annotations

import json
import threading
from collections import deque
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ENDPOINTS: Final = {
    "/v1/messages": "messages",
    "/v1/messages/count_tokens": "count_tokens",
    "/v1/messages/batches": "batches",
}

TIME: Final = "2026-11-01T12:00:00Z"


class Loopback(ThreadingHTTPServer):
    """A server that answers like the API and keeps what it is sent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answerer)
        self.call = ""
        """The name of the call that is being made."""
        self.requests: list[dict[str, Any]] = []
        self.bodies: list[bytes] = []
        """The bodies of these requests, as they arrived."""
        self.answers: deque[dict[str, Any]] = deque()
        """What the next messages hold besides what every message has."""
        self.messages = 0

    @property
    def url(self) -> str:
        """The address to be used in place of the API's."""
        return f"http://127.0.0.1:{self.server_port}"

    def message(self, request: Any) -> dict[str, Any]:
        """Return the next message, as the answer to a request."""
        self.messages += 1
        return {
            "id": f"msg_{self.messages:024}",
            "type": "message",
            "role": "assistant",
            "model": request.get("model", "claude-test"),
            "content": [{"type": "text", "text": "Hello."}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": 10, "output_tokens": 5},
            **(self.answers.popleft() if self.answers else {}),
        }


class Answerer(BaseHTTPRequestHandler):
    """Answers one request; `Loopback` decides with what."""

    server: Loopback
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Keep the request when it is for an endpoint of messages, and answer it."""
        data = self.rfile.read(int(self.headers.get("content-length", 0)))
        path = self.path.partition("?")[0]
        if path not in ENDPOINTS:
            self._answer_other(path)
            return
        body = json.loads(data)
        self.server.bodies.append(data)
        betas = self.headers.get("anthropic-beta", "")
        self.server.requests.append(
            {
                "call": self.server.call,
                "endpoint": ENDPOINTS[path],
                "betas": [beta.strip() for beta in betas.split(",") if beta.strip()],
                "api_version": self.headers["anthropic-version"],
                "body": body,
            }
        )
        if path.endswith("count_tokens"):
            self._send({"input_tokens": 10, "context_management": {"original_input_tokens": 10}})
        elif path.endswith("batches"):
            self._send(batch())
        elif body.get("stream"):
            events = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in self._events(body))
            self._send(events.encode(), "text/event-stream")
        else:
            self._send(self.server.message(body))

    def do_GET(self) -> None:
        """Answer a request for something that was made before."""
        self._answer_other(self.path.partition("?")[0])

    def log_message(self, *_: Any) -> None:
        """Print nothing."""

    def _answer_other(self, path: str) -> None:
        if path.startswith("/v1/files"):
            self._send(
                {
                    "id": "file_000000000000000000000001",
                    "type": "file",
                    "filename": "report.pdf",
                    "mime_type": "application/pdf",
                    "size_bytes": 10,
                    "created_at": TIME,
                    "downloadable": False,
                }
            )
        elif path.startswith("/v1/messages/batches"):
            self._send(batch())
        else:
            self.send_error(404)

    def _events(self, body: Any) -> Iterator[dict[str, Any]]:
        """Yield the events by which a message arrives in a stream."""
        message = self.server.message(body)
        start = {**message, "content": [], "stop_reason": None, "usage": {"input_tokens": 10, "output_tokens": 1}}
        yield {"type": "message_start", "message": start}
        for index, block in enumerate(message["content"]):
            first, deltas = in_parts(block)
            yield {"type": "content_block_start", "index": index, "content_block": first}
            for delta in deltas:
                yield {"type": "content_block_delta", "index": index, "delta": delta}
            yield {"type": "content_block_stop", "index": index}
        yield {
            "type": "message_delta",
            "delta": {"stop_reason": message["stop_reason"], "stop_sequence": None},
            "usage": {"output_tokens": 5},
        }
        yield {"type": "message_stop"}

    def _send(self, answer: Any, kind: str = "application/json") -> None:
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def in_parts(block: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return how a content block begins in a stream, and the deltas that complete it."""
    kind = block["type"]
    if kind == "text":
        citations = [{"type": "citations_delta", "citation": citation} for citation in block.get("citations") or ()]
        first = {**block, "text": "", **({"citations": []} if citations else {})}
        return first, [*citations, {"type": "text_delta", "text": block["text"]}]
    if kind == "thinking":
        deltas = [
            {"type": "thinking_delta", "thinking": block["thinking"]},
            {"type": "signature_delta", "signature": block["signature"]},
        ]
        return {**block, "thinking": "", "signature": ""}, deltas
    if kind in {"tool_use", "server_tool_use", "mcp_tool_use"}:
        return {**block, "input": {}}, [{"type": "input_json_delta", "partial_json": json.dumps(block["input"])}]
    return block, []


def batch() -> dict[str, Any]:
    """Return a batch that has just been made."""
    counts = dict.fromkeys(("processing", "succeeded", "errored", "canceled", "expired"), 0)
    return {
        "id": "msgbatch_000000000000000000000001",
        "type": "message_batch",
        "processing_status": "in_progress",
        "request_counts": counts,
        "created_at": TIME,
        "expires_at": TIME,
        "ended_at": None,
        "archived_at": None,
        "cancel_initiated_at": None,
        "results_url": None,
    }


@contextmanager
def serving() -> Iterator[Loopback]:
    """Run the server in a thread of its own."""
    loopback = Loopback()
    thread = threading.Thread(target=loopback.serve_forever, daemon=True)
    thread.start()
    try:
        yield loopback
    finally:
        loopback.shutdown()
        loopback.server_close()
        thread.join()

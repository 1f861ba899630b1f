"""Measure how long an editor waits for the language server, on a request of a megabyte.

Usage: python benchmarks/editor.py [--rounds N] [--size BYTES] [--json]

Each round changes some characters in the middle of the text, in turn so that it stays valid and so that it is broken,
and asks at once. What is measured is the time from sending the change to having the answer: with the server's own
process, its debounce and both directions of the pipe.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import IO, TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from typing_extensions import Self

ROOT: Final = Path(__file__).resolve().parent.parent
URI: Final = "untitled:request.json"
TARGETS: Final = {"diagnostics, pushed": 100, "diagnostics, pulled": 100, "completion": 30, "hover": 30}
"""Milliseconds within which an answer should be there."""
MARKS: Final = {"completion": '"type": "', "hover": '"tool_use_id'}
"""Behind which characters of the second half of the text something is asked."""
WARM_UP: Final = 2
WORDS: Final = (
    "Wie",
    "hoch",
    "ist",
    "der",
    "höchste",
    "Turm?",
    "塔有多高",
    "see",
    "https://example.com/🗼",
    "at",
    "low",
    "tide",
)


class GoneError(Exception):
    """Raised where the server is gone."""


@dataclass
class Client:
    """A client that has one document open, and waits for each answer."""

    pulls: bool
    process: subprocess.Popen[bytes] = field(init=False)
    _input: IO[bytes] = field(init=False)
    _output: IO[bytes] = field(init=False)
    ids: int = 0
    version: int = 0

    def __enter__(self) -> Self:
        """Start a server."""
        command = [sys.executable, str(ROOT / "cli.py"), "lsp"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - ours
        if self.process.stdin is None or self.process.stdout is None:
            raise GoneError
        self._input, self._output = self.process.stdin, self.process.stdout
        features: dict[str, Any] = {"completion": {"completionItem": {"snippetSupport": True}}}
        if self.pulls:
            features["diagnostic"] = {}
        self.ask("initialize", {"processId": None, "rootUri": None, "capabilities": {"textDocument": features}})
        self.tell("initialized", {})
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the server."""
        self.ask("shutdown", None)
        self.tell("exit", None)
        self.process.wait(10)

    def open(self, text: str) -> None:
        """Open the document."""
        document = {"uri": URI, "languageId": "json", "version": 0, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})

    def change(self, edit: dict[str, Any]) -> None:
        """Change a stretch of the document."""
        self.version += 1
        document = {"uri": URI, "version": self.version}
        self.tell("textDocument/didChange", {"textDocument": document, "contentChanges": [edit]})

    def diagnostics(self) -> list[Any]:
        """Return what is found in the text as it is now."""
        if self.pulls:
            found: list[Any] = self.ask("textDocument/diagnostic", {"textDocument": {"uri": URI}})["items"]
            return found
        while True:
            message = self._receive()
            if message.get("method") == "textDocument/publishDiagnostics":
                params = message["params"]
                if params.get("version") == self.version:
                    return list(params["diagnostics"])

    def at(self, method: str, line: int, character: int) -> Any:
        """Ask for something at a place."""
        place = {"line": line, "character": character}
        return self.ask(f"textDocument/{method}", {"textDocument": {"uri": URI}, "position": place})

    def ask(self, method: str, params: Any) -> Any:
        """Send a request, and return its result."""
        self.ids += 1
        self._send({"id": self.ids, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == self.ids and "method" not in message:
                return message["result"]

    def tell(self, method: str, params: Any) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False).encode()
        self._input.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._input.flush()

    def _receive(self) -> Any:
        size = 0
        while (line := self._output.readline()).strip():
            if line.lower().startswith(b"content-length:"):
                size = int(line.partition(b":")[2])
        if not line:
            raise GoneError
        return json.loads(self._output.read(size))


def request(size: int) -> dict[str, Any]:
    """Return a valid request of about `size` bytes: a long run of an agent with tools."""
    properties = {name: {"type": "string", "description": sentence(12, number)} for number, name in enumerate("abcd")}
    schema = {"type": "object", "properties": properties, "required": ["a"]}
    tools = [
        {"name": f"tool_{number}", "description": sentence(30, number), "input_schema": schema} for number in range(30)
    ]
    messages: list[Any] = [{"role": "user", "content": sentence(40, 0)}]
    turn = written = 0
    while written < size:
        turn += 1
        calls = [f"toolu_{turn:06}{letter}" for letter in "AB"]
        uses = [
            {"type": "tool_use", "id": call, "name": f"tool_{turn % 30}", "input": {"a": sentence(20, turn)}}
            for call in calls
        ]
        results = [
            {"type": "tool_result", "tool_use_id": call, "content": [{"type": "text", "text": sentence(150, turn)}]}
            for call in calls
        ]
        turns = [
            {"role": "assistant", "content": [{"type": "text", "text": sentence(60, turn)}, *uses]},
            {"role": "user", "content": results},
        ]
        messages += turns
        written += len(json.dumps(turns, ensure_ascii=False, indent=2).encode())
    return {"model": "claude-sonnet-4-5", "max_tokens": 4096, "tools": tools, "messages": messages}


def sentence(words: int, number: int) -> str:
    """Return some words."""
    return " ".join(WORDS[(number + index) % len(WORDS)] for index in range(words))


def place_of(text: str, mark: str) -> tuple[int, int]:
    """Return the line and the column, in units of UTF-16, behind the first of some marks in the second half."""
    return position_of(text, text.index(mark, len(text) // 2) + len(mark))


def position_of(text: str, offset: int) -> tuple[int, int]:
    """Return the line and the column, in units of UTF-16, of a character."""
    start = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, offset), len(text[start:offset].encode("utf-16-le")) // 2


def edits(text: str) -> dict[str, tuple[int, Callable[[int], str]]]:
    """Return the ways to change a text: where in its middle, and what to write there in each round."""
    key = text.index('"role": "user"', len(text) // 2)
    inside = text.index('"text": "', len(text) // 2) + len('"text": "')
    return {"valid": (inside, "{} ".format), "broken": (key, '"key{}'.format)}


def rounds_of(text: str, at: int, written: Callable[[int], str], rounds: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the text of each round, and the edit that makes it of the one before; the first comes from `text`."""
    line, column = position_of(text, at)
    before = ""
    for now in map(written, range(rounds)):
        places = ({"line": line, "character": character} for character in (column, column + len(before)))
        yield f"{text[:at]}{now}{text[at:]}", {"range": dict(zip(("start", "end"), places, strict=True)), "text": now}
        before = now


def measured(text: str, rounds: int) -> Iterator[tuple[str, str, list[float]]]:
    """Yield what was asked, after what kind of change, and the milliseconds of each round."""
    for name in TARGETS:
        for kind, edit in edits(text).items():
            with Client(pulls=name != "diagnostics, pushed") as client:
                client.open(text)
                client.diagnostics()
                took = []
                for now, change in rounds_of(text, *edit, rounds):
                    ask = partial(client.at, name, *place_of(now, MARKS[name])) if name in MARKS else client.diagnostics
                    took.append(timed(client, change, ask))
            yield name, kind, took[WARM_UP:]


def timed(client: Client, edit: dict[str, Any], ask: Callable[[], Any]) -> float:
    """Change the text, ask, and return the milliseconds until the answer is there."""
    start = time.perf_counter()
    client.change(edit)
    ask()
    return (time.perf_counter() - start) * 1000


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=21, help="how often each is measured")
    parser.add_argument("--size", type=int, default=1_000_000, help="bytes of the request")
    parser.add_argument("--json", action="store_true", help="print the milliseconds of all rounds")
    given = parser.parse_args()
    value = request(given.size)
    text = json.dumps(value, ensure_ascii=False, indent=2)
    rows = list(measured(text, given.rounds + WARM_UP))
    if given.json:
        sys.stdout.write(json.dumps([{"asked": name, "text": kind, "ms": took} for name, kind, took in rows]) + "\n")
        return
    lines = [
        f"{len(text.encode()):,} bytes, {len(value['messages'])} messages, {given.rounds} rounds; milliseconds",
        "",
        f"{'asked':<22}{'text':<9}{'median':>8}{'p10':>8}{'p90':>8}{'target':>8}",
    ]
    for name, kind, took in rows:
        tenths = quantiles(took, n=10)
        figures = "".join(f"{figure:>8.1f}" for figure in (median(took), tenths[0], tenths[-1]))
        lines.append(f"{name:<22}{kind:<9}{figures}{TARGETS[name]:>8}")
    sys.stdout.write("\n".join([*lines, ""]))


if __name__ == "__main__":
    main()

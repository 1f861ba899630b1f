"""`msglint guard`: what passes through it, byte for byte, and what does not."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple

import pytest

from tests.material import ROOT, hello

pytest.importorskip("aiohttp")

GOOD = json.dumps(hello(system="ü"), indent=1, ensure_ascii=False).encode()
BAD = json.dumps(hello(max_tokens="a private value")).encode()
KEY = "sk-ant-api03-" + "x" * 40
PATH = "/v1/messages?beta=true"


def plain(body: bytes, *headers: bytes) -> bytes:
    lines = [b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


class Upstream:
    """A server of raw bytes: keeps what it is sent, and answers with what is set."""

    def __init__(self) -> None:
        self.answer = plain(b'{"ok":true}')
        self.parts: list[bytes | float] = []
        """In place of the answer: bytes, and seconds to wait between them."""
        self.heads: list[bytes] = []
        self.bodies: list[bytes] = []
        self.connections = 0
        self.most_at_once = 0
        self.gone = asyncio.Event()
        self._at_once = 0
        self._writers: list[asyncio.StreamWriter] = []
        self.port = 0

    def abort(self) -> None:
        """Break off all connections."""
        for writer in self._writers:
            writer.transport.abort()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Serve, and yield the address."""
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield f"http://127.0.0.1:{self.port}"
        finally:
            server.close()
            self.abort()
            await asyncio.sleep(0.05)  # for the ends of the connections to be seen

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.append(writer)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.bodies.append(await body_of(head, reader))
                self.heads.append(head)
                self._at_once += 1
                self.most_at_once = max(self.most_at_once, self._at_once)
                for part in self.parts or [self.answer]:
                    if isinstance(part, float):
                        with suppress(asyncio.TimeoutError):
                            if await asyncio.wait_for(reader.read(1), part) == b"":
                                self.gone.set()
                                return
                    else:
                        writer.write(part)
                        await writer.drain()
                self._at_once -= 1
        writer.close()


async def body_of(head: bytes, reader: asyncio.StreamReader) -> bytes:
    """Read a body by the headers before it."""
    headers = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(b":") for line in head.split(b"\r\n")[1:])
    }
    if headers.get(b"transfer-encoding") == b"chunked":
        body = b""
        while size := int(await reader.readuntil(b"\r\n"), 16):
            body += await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readexactly(2)
        return body
    return await reader.readexactly(int(headers.get(b"content-length", b"0")))


class Guard(NamedTuple):
    port: int
    process: asyncio.subprocess.Process
    upstream: Upstream

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield reader, writer
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def post(self, body: bytes, *headers: str, path: str = PATH) -> tuple[bytes, bytes]:
        """Send a request, and return the head and the body of the answer."""
        async with self.connected() as (reader, writer):
            writer.write(request(body, *headers, path=path))
            head = await reader.readuntil(b"\r\n\r\n")
            return head, await body_of(head, reader)

    async def stop(self) -> tuple[int, str]:
        """End the guard, and return its exit code and what it has printed."""
        self.process.send_signal(signal.SIGTERM)
        _, errors = await self.process.communicate()
        return self.process.returncode or 0, errors.decode()


def request(body: bytes, *headers: str, path: str = PATH) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: api", f"Content-Length: {len(body)}", "anthropic-version: 2023-06-01"]
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


@asynccontextmanager
async def guarding(*options: str, **environment: str) -> AsyncIterator[Guard]:
    """Run the guard in front of an upstream."""
    upstream = Upstream()
    async with upstream.serving() as url:
        process = await guard("--isolated", "--listen", "127.0.0.1:0", "--upstream", url, *options, **environment)
        assert process.stderr is not None
        line = (await process.stderr.readline()).decode()
        port = line.partition("ANTHROPIC_BASE_URL=http://127.0.0.1:")[2].partition(";")[0]
        try:
            yield Guard(int(port), process, upstream)
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()


async def guard(*arguments: str, **environment: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "validator",
        "guard",
        *arguments,
        stderr=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1", **environment},
    )


async def test_requests_and_answers_pass_byte_for_byte() -> None:
    packed = gzip.compress(b'{"answer": 1}' * 50)
    async with guarding() as guarded:
        guarded.upstream.answer = plain(packed, b"Content-Encoding: gzip", b"X-One: 1", b"X-One: 2", b"request-id: r")
        head, body = await guarded.post(GOOD, f"x-api-key: {KEY}", "X-Two: a", "X-Two: b", "Accept-Encoding: gzip")
        sent = guarded.upstream.heads[0]
    assert body == packed
    assert head.split(b"\r\n")[1:-2] == [
        b"Content-Length: %d" % len(packed),
        b"Content-Encoding: gzip",
        b"X-One: 1",
        b"X-One: 2",
        b"request-id: r",
    ]
    assert guarded.upstream.bodies == [GOOD]
    assert sent.startswith(b"POST /v1/messages?beta=true HTTP/1.1\r\n")
    lines = sent.split(b"\r\n")[1:-2]
    assert lines.pop(0) == b"Host: 127.0.0.1:%d" % guarded.upstream.port
    assert sorted(lines) == sorted(
        [
            b"Content-Length: %d" % len(GOOD),
            b"anthropic-version: 2023-06-01",
            b"x-api-key: " + KEY.encode(),
            b"X-Two: a",
            b"X-Two: b",
            b"Accept-Encoding: gzip",
        ]
    )


async def test_compressed_and_chunked_requests_are_checked_and_pass_unchanged() -> None:
    packed = gzip.compress(GOOD)
    chunked = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (GOOD[:7], GOOD[7:])) + b"0\r\n\r\n"
    async with guarding() as guarded:
        await guarded.post(packed, "Content-Encoding: gzip")
        head, _ = await guarded.post(gzip.compress(BAD), "Content-Encoding: gzip")
        assert head.startswith(b"HTTP/1.1 400")
        async with guarded.connected() as (reader, writer):
            start = request(b"", "Transfer-Encoding: chunked").replace(b"Content-Length: 0\r\n", b"")
            writer.write(start + chunked)
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
    assert guarded.upstream.bodies == [packed, GOOD]


async def test_a_request_without_a_body_gets_none() -> None:
    async with guarding() as guarded:
        for start in ("DELETE /v1/files/a", "POST /v1/messages/batches/b/cancel", "GET /v1/models"):
            async with guarded.connected() as (reader, writer):
                writer.write(f"{start} HTTP/1.1\r\nHost: api\r\n\r\n".encode())
                assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
        async with guarded.connected() as (reader, writer):
            writer.write(f"POST {PATH} HTTP/1.1\r\nHost: api\r\n\r\n".encode())
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 400")
    assert len(guarded.upstream.heads) == 3
    assert not any(b"chunked" in head.lower() for head in guarded.upstream.heads)


async def test_an_upstream_that_ignores_expect_is_not_waited_for() -> None:
    async with guarding() as guarded, guarded.connected() as (reader, writer):
        writer.write(request(GOOD, "Expect: 100-continue"))
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    assert head.startswith(b"HTTP/1.1 200")
    assert b"expect" not in guarded.upstream.heads[0].lower()


async def test_the_upstream_cannot_be_the_guard_itself() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # As after Ctrl-C in a shell where the variable is still set as the first run had asked for.
    process = await guard("--isolated", "--listen", f"127.0.0.1:{port}", ANTHROPIC_BASE_URL=f"http://localhost:{port}")
    _, errors = await process.communicate()
    assert process.returncode == 2
    assert "is the guard itself" in errors.decode()


async def test_other_requests_pass_unread() -> None:
    async with guarding() as guarded:
        for method, path in (("GET", "/v1/models?limit=1&after=%2Fx"), ("DELETE", "/v1/files/a%20b"), ("POST", "/x")):
            async with guarded.connected() as (reader, writer):
                writer.write(request(b"{", path=path).replace(b"POST", method.encode(), 1))
                assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
        lines = [head.split(b"\r\n")[0] for head in guarded.upstream.heads]
        code, printed = await guarded.stop()
    assert lines == [
        b"GET /v1/models?limit=1&after=%2Fx HTTP/1.1",
        b"DELETE /v1/files/a%20b HTTP/1.1",
        b"POST /x HTTP/1.1",
    ]
    assert guarded.upstream.bodies == [b"{"] * 3
    assert code == 0
    assert printed == "msglint guard: checked 0 requests; no violations\n"


async def test_a_wrong_request_is_answered_printed_and_never_sent() -> None:
    async with guarding() as guarded:
        head, body = await guarded.post(BAD, f"x-api-key: {KEY}")
        code, printed = await guarded.stop()
    assert head.startswith(b"HTTP/1.1 400")
    said = json.loads(body)
    assert said["error"]["type"] == "invalid_request_error"
    assert "/max_tokens" in said["error"]["message"]
    assert "help: " in said["error"]["message"]
    assert guarded.upstream.bodies == []
    assert code == 1
    assert "error[schema/type]: `max_tokens` is" in printed
    assert "request 1 (/v1/messages) at /max_tokens" in printed
    assert printed.endswith("checked 1 request; 1 refused; found 1 schema/type\n")
    assert "sk-ant" not in printed
    assert '"messages"' not in printed


async def test_mode_warn_passes_wrong_requests_on_and_still_fails() -> None:
    async with guarding("--mode", "warn") as guarded:
        head, _ = await guarded.post(BAD)
        code, printed = await guarded.stop()
    assert head.startswith(b"HTTP/1.1 200")
    assert guarded.upstream.bodies == [BAD]
    assert code == 1
    assert "error[schema/type]" in printed


async def test_streams_come_as_they_are_sent() -> None:
    event = b'event: ping\ndata: {"type": "ping"}\n\n'
    chunk = b"%x\r\n%b\r\n" % (len(event), event)
    async with guarding() as guarded:
        start = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        guarded.upstream.parts = [start, chunk, 3.0, chunk, b"0\r\n\r\n"]
        async with guarded.connected() as (reader, writer):
            writer.write(request(GOOD))
            await asyncio.wait_for(reader.readuntil(event), 2.5)
            assert event in await asyncio.wait_for(reader.readuntil(b"0\r\n\r\n"), 10)


async def test_an_answer_that_breaks_off_does_not_end_in_an_orderly_way() -> None:
    async with guarding() as guarded:
        guarded.upstream.parts = [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", 20.0]
        async with guarded.connected() as (reader, writer):
            writer.write(request(GOOD))
            await asyncio.wait_for(reader.readuntil(b"hello"), 5)
            guarded.upstream.abort()
            with suppress(ConnectionError):
                assert b"0\r\n\r\n" not in await asyncio.wait_for(reader.read(), 5)


async def test_if_the_client_goes_away_so_does_the_request() -> None:
    async with guarding() as guarded:
        guarded.upstream.parts = [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", 20.0]
        async with guarded.connected() as (reader, writer):
            writer.write(request(GOOD))
            await reader.readuntil(b"hello")
        await asyncio.wait_for(guarded.upstream.gone.wait(), 5)


async def test_connections_are_kept_on_both_sides() -> None:
    async with guarding() as guarded, guarded.connected() as (reader, writer):
        for body in (GOOD, BAD, GOOD):
            writer.write(request(body))
            await body_of(await reader.readuntil(b"\r\n\r\n"), reader)
    assert guarded.upstream.bodies == [GOOD, GOOD]
    assert guarded.upstream.connections == 1


async def test_a_hundred_requests_at_once() -> None:
    async with guarding() as guarded:
        guarded.upstream.parts = [1.0, plain(b'{"ok":true}')]
        answers = await asyncio.gather(*(guarded.post(GOOD) for _ in range(100)))
    assert {body for _, body in answers} == {b'{"ok":true}'}
    assert guarded.upstream.most_at_once > 50


async def test_a_large_body_passes_whole() -> None:
    body = json.dumps(hello(system="x" * 5_000_000)).encode()
    async with guarding() as guarded:
        head, _ = await guarded.post(body)
    assert head.startswith(b"HTTP/1.1 200")
    assert guarded.upstream.bodies == [body]


@pytest.mark.parametrize("target", ["http://evil.example/v1/messages", "*"])
async def test_it_speaks_to_no_one_but_its_upstream(target: str) -> None:
    async with guarding() as guarded:
        head, _ = await guarded.post(GOOD, path=target)
    assert b" 400 " in head.split(b"\r\n")[0]
    assert guarded.upstream.bodies == []


async def test_redirects_are_passed_on_not_followed() -> None:
    async with guarding() as guarded:
        guarded.upstream.answer = (
            b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://evil.example/\r\nContent-Length: 0\r\n\r\n"
        )
        head, _ = await guarded.post(GOOD)
    assert head.startswith(b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://evil.example/")


async def test_paths_without_a_version_as_the_ai_sdk_has_them_get_one() -> None:
    async with guarding() as guarded:
        head, _ = await guarded.post(BAD, path="/messages")
        assert head.startswith(b"HTTP/1.1 400")
        await guarded.post(GOOD, path="/messages")
        assert guarded.upstream.heads[0].startswith(b"POST /v1/messages HTTP/1.1")


async def test_an_upstream_that_is_not_there_is_a_502() -> None:
    async with guarding("--upstream", "http://127.0.0.1:9") as guarded:
        head, body = await guarded.post(GOOD)
    assert head.startswith(b"HTTP/1.1 502")
    assert json.loads(body)["error"]["type"] == "api_error"


SEND = """
import os, sys, urllib.request, urllib.error
request = urllib.request.Request(os.environ["ANTHROPIC_BASE_URL"] + "/v1/messages", sys.argv[1].encode())
try:
    print(urllib.request.urlopen(request).status)
except urllib.error.HTTPError as error:
    print(error.code)
sys.exit(int(sys.argv[2]))
"""


@pytest.mark.parametrize(
    ("body", "exits", "expected"),
    [(GOOD, 0, 0), (GOOD, 3, 3), (BAD, 0, 1), (BAD, 3, 3)],
    ids=["good", "3", "bad", "both"],
)
async def test_a_command_gets_the_address_and_its_exit_code_counts(body: bytes, exits: int, expected: int) -> None:
    upstream = Upstream()
    command = (sys.executable, "-c", SEND, body.decode(), str(exits))
    async with upstream.serving() as url:
        process = await guard("--isolated", "--", *command, ANTHROPIC_BASE_URL=f"{url}/gateway")
        printed, _ = await process.communicate()
    assert process.returncode == expected
    assert printed.split() == [b"200" if body is GOOD else b"400"]
    if body is GOOD:
        assert upstream.heads[0].startswith(b"POST /gateway/v1/messages HTTP/1.1")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--upstream", "ftp://x"), 2, "is not an address to pass requests on to"),
        (("--upstream", "http://[::1"), 2, "is not an address to pass requests on to"),
        (("--upstream", "http://x:99999"), 2, "is not an address to pass requests on to"),
        (("--upstream", "http://me:secret@x"), 2, "has a user name or a password"),
        (("--listen", "127.0.0.1:x"), 2, "is not a place to listen"),
        (("--mode", "wran"), 2, "did you mean 'warn'?"),
        (("--ignore", "shema"), 2, "did you mean `schema`?"),
        (("--", "no-such-command-of-ours"), 127, "there is no command no-such-command-of-ours"),
    ],
)
async def test_what_cannot_be_done_is_said(arguments: tuple[str, ...], code: int, said: str) -> None:
    process = await guard("--isolated", *arguments)
    _, errors = await process.communicate()
    assert process.returncode == code
    assert said in errors.decode()

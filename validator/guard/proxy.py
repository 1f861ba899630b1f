"""The reverse proxy: passes requests to one upstream, and its answers back, byte for byte."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, web
from multidict import CIMultiDict
from yarl import URL

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from .findings import Findings

_OF_ONE_HOP: Final = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers that are about one connection, not about the message (RFC 9110, 7.6.1)."""
_NEEDLESS: Final = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
"""Headers that aiohttp adds by itself."""
_ADDED_TO_ANSWERS: Final = ("Server", "Date", "Content-Type")
"""The same for answers."""
_LARGEST: Final = 512 * 1024 * 1024
"""The largest body that is held in memory; a larger one is passed on unchecked as it comes."""
_LONGEST_HEADER: Final = 2**16
_SERVER: Final = {"auto_decompress": False, "max_line_size": _LONGEST_HEADER, "max_field_size": _LONGEST_HEADER}
_CHUNK: Final = 64 * 1024
_LARGE: Final = 256 * 1024
"""The size from which a body is checked in a thread of its own, so that other requests go on."""
_CONNECT_SECONDS: Final = 30
_VERSION_OF_PATHS: Final = "/v1"


class _Answer(web.StreamResponse):
    """An answer of the upstream."""

    sent: frozenset[str] = frozenset()
    """The names of its headers, in lower case."""


class Proxy:
    """Passes requests on to one upstream, after a check."""

    def __init__(self, upstream: str, findings: Findings) -> None:
        """Take the address of the upstream: its origin, without the path."""
        self.origin: Final = upstream.rstrip("/")
        self._findings = findings
        self._session: ClientSession | None = None
        host = urlsplit(self.origin)
        self._proxy = None if proxy_bypass(host.hostname or "") else getproxies().get(host.scheme)

    def application(self) -> web.Application:
        """Return the application for the server."""
        app = web.Application(handler_args=_SERVER)
        app.cleanup_ctx.append(self._with_session)
        app.on_response_prepare.append(_without_additions)
        app.router.add_route("*", "/{anything:.*}", self._handle)
        return app

    async def _with_session(self, _: web.Application) -> AsyncIterator[None]:
        self._session = ClientSession(
            connector=TCPConnector(limit=0),
            timeout=ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS),
            auto_decompress=False,
            cookie_jar=DummyCookieJar(),
            skip_auto_headers=_NEEDLESS,
            max_line_size=_LONGEST_HEADER,
            max_field_size=_LONGEST_HEADER,
        )
        yield
        await self._session.close()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        target = _target(request.raw_path)
        if target is None:
            return _failure(400, "msglint guard: only paths of its own upstream can be asked for")
        self._findings.passed_on += 1
        data: Any = request.content if request.body_exists else None
        if self._findings.concerns(request.method, target):
            size = request.content_length
            if size is not None and size > _LARGEST:
                self._findings.unchecked["it is too large"] += 1
            else:
                body, rest = await _read(request)
                if rest is None:
                    refused = await self._refused(request, target, body)
                    if refused is not None:
                        return refused
                else:
                    self._findings.unchecked["it is too large"] += 1
                data = rest if rest is not None else body if request.body_exists else None
        return await self._pass_on(request, target, data)

    async def _refused(self, request: web.Request, target: str, body: bytes) -> web.Response | None:
        """Check a body, and return the answer if the request is refused."""
        given = (request.method, target, list(request.raw_headers), body)
        if len(body) < _LARGE:
            checked = self._findings.judge(*given)
        else:
            checked = await asyncio.to_thread(self._findings.judge, *given)
        refusal = self._findings.act(checked)
        if refusal is None:
            return None
        return web.Response(status=refusal.status, headers=CIMultiDict(refusal.headers), body=refusal.body)

    async def _pass_on(self, request: web.Request, target: str, data: Any) -> web.StreamResponse:
        if self._session is None:
            return _failure(502, "msglint guard: it is not running")
        answer: _Answer | None = None
        try:
            async with self._session.request(
                request.method,
                URL(self.origin + target, encoded=True),
                # The server here has answered `Expect` itself; an upstream that ignores it would be waited for.
                headers=_passed(request.raw_headers, besides=("host", "expect")),
                data=data,
                allow_redirects=False,
                proxy=self._proxy,
            ) as received:
                passed = _passed(received.raw_headers)
                answer = _Answer(status=received.status, reason=received.reason, headers=passed)
                answer.sent = frozenset(name.lower() for name in passed)
                has_length = "Content-Length" in answer.headers
                if not has_length and request.version >= (1, 1) and request.method != "HEAD":
                    answer.enable_chunked_encoding()
                await answer.prepare(request)
                async for chunk in received.content.iter_any():
                    await answer.write(chunk)
                await answer.write_eof()
                return answer
        except (ClientError, OSError, asyncio.TimeoutError) as error:
            if answer is None or not answer.prepared:
                return _failure(502, f"msglint guard: {self.origin} cannot be reached ({type(error).__name__})")
            # The answer broke off: so must this one, because an orderly end would say that it is complete.
            with suppress(Exception):
                if request.transport is not None:
                    request.transport.abort()
            return answer


def _target(raw: str) -> str | None:
    """Return the path and query to ask the upstream for; None for anything but a path."""
    if not raw.startswith("/"):
        return None
    # The AI SDK takes an address with the version in it from ANTHROPIC_BASE_URL, and so leaves it out of its paths.
    # The API has no such path itself.
    return f"{_VERSION_OF_PATHS}{raw}" if raw.partition("?")[0] in {"/messages", "/messages/count_tokens"} else raw


async def _read(request: web.Request) -> tuple[bytes, AsyncIterator[bytes] | None]:
    """Read a body; one that is too large is returned as an iterator over all of it."""
    read = bytearray()
    async for chunk in request.content.iter_any():
        read += chunk
        if len(read) > _LARGEST:
            return b"", _joined(bytes(read), request)
    return bytes(read), None


async def _joined(start: bytes, request: web.Request) -> AsyncIterator[bytes]:
    yield start
    async for chunk in request.content.iter_chunked(_CHUNK):
        yield chunk


def _passed(headers: Iterable[tuple[bytes, bytes]], besides: tuple[str, ...] = ()) -> CIMultiDict[str]:
    """Return the headers of a message that belong to the message, repeated ones repeatedly, in their order."""
    decoded = [(_text(name), _text(value)) for name, value in headers]
    named = {
        each.strip().lower() for name, value in decoded if name.lower() == "connection" for each in value.split(",")
    }
    unwanted = _OF_ONE_HOP | named | set(besides)
    return CIMultiDict((name, value) for name, value in decoded if name.lower() not in unwanted)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


async def _without_additions(_: web.Request, answer: web.StreamResponse) -> None:
    """Remove the headers that aiohttp adds to an answer, if the upstream did not send them."""
    if isinstance(answer, _Answer):
        for name in _ADDED_TO_ANSWERS:
            if name.lower() not in answer.sent:
                answer.headers.popall(name, None)


def _failure(status: int, message: str) -> web.Response:
    """Return an answer in the form of the API's errors."""
    kind = "invalid_request_error" if status < 500 else "api_error"  # noqa: PLR2004 - HTTP's classes of status
    said = {"type": "error", "error": {"type": kind, "message": message}}
    return web.Response(status=status, body=json.dumps(said).encode(), content_type="application/json")

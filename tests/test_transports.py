"""The transports for httpx and httpx2: what reaches the API, and what a client gets in its place."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.material import hello
from validator import Linter, RequestError
from validator.wire import Policy, RequestWarning

if TYPE_CHECKING:
    from typing_extensions import Self

URL = "https://api.anthropic.com/v1/messages"
HEADERS = {"anthropic-version": "2023-06-01"}
GOOD = json.dumps(hello(system="ü"), indent=1).encode()
BAD = json.dumps(hello(max_tokens="5")).encode()


class Library(NamedTuple):
    http: Any
    guards: ModuleType


@pytest.fixture(params=["httpx", "httpx2"], scope="module")
def library(request: pytest.FixtureRequest) -> Library:
    http = pytest.importorskip(request.param)
    return Library(http, import_module(f"validator.integrations.{request.param}"))


class Inner:
    """A transport that keeps what it is handed, for synchronous and asynchronous clients."""

    def __init__(self, library: Library) -> None:
        self.http = library.http
        self.sent: list[bytes] = []
        self.is_closed = False

    def handle_request(self, request: Any) -> Any:
        self.sent.append(b"".join(request.stream))
        return self.http.Response(200, json={"ok": True})

    async def handle_async_request(self, request: Any) -> Any:
        self.sent.append(b"".join([part async for part in request.stream]))
        return self.http.Response(200, json={"ok": True})

    def close(self) -> None:
        self.is_closed = True

    async def aclose(self) -> None:
        self.is_closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def post(library: Library, body: Any, *, url: str = URL, **options: Any) -> tuple[Any, Inner]:
    inner = Inner(library)
    with library.http.Client(transport=library.guards.GuardTransport(inner, **options)) as client:
        answer = client.post(url, content=body, headers=HEADERS)
    assert inner.is_closed
    return answer, inner


async def post_async(library: Library, body: Any, **options: Any) -> tuple[Any, Inner]:
    inner = Inner(library)
    async with library.http.AsyncClient(transport=library.guards.AsyncGuardTransport(inner, **options)) as client:
        answer = await client.post(URL, content=body, headers=HEADERS)
    assert inner.is_closed
    return answer, inner


def test_a_good_request_arrives_byte_for_byte(library: Library) -> None:
    answer, inner = post(library, GOOD)
    assert (answer.status_code, inner.sent) == (200, [GOOD])


def test_a_wrong_request_is_answered_and_not_sent(library: Library) -> None:
    answer, inner = post(library, BAD)
    assert (answer.status_code, inner.sent) == (400, [])
    assert answer.headers["content-type"] == "application/json"
    assert "[schema/type]" in answer.json()["error"]["message"]
    assert answer.request.url == URL


def test_streamed_bodies_are_checked_too_and_arrive_whole(library: Library) -> None:
    def parts(body: bytes) -> Iterator[bytes]:
        yield body[:10]
        yield body[10:]

    answer, inner = post(library, parts(GOOD))
    assert (answer.status_code, inner.sent) == (200, [GOOD])
    answer, inner = post(library, parts(BAD))
    assert (answer.status_code, inner.sent) == (400, [])


def test_bodies_for_other_urls_are_not_even_read(library: Library) -> None:
    class Once:
        """A body that can be read once."""

        def __iter__(self) -> Iterator[bytes]:
            yield BAD

    answer, inner = post(library, Once(), url="https://api.anthropic.com/v1/files")
    assert (answer.status_code, inner.sent) == (200, [BAD])


async def test_asynchronous_clients_get_the_same(library: Library) -> None:
    async def parts(body: bytes) -> AsyncIterator[bytes]:
        yield body[:10]
        yield body[10:]

    for body in (GOOD, parts(GOOD)):
        answer, inner = await post_async(library, body)
        assert (answer.status_code, inner.sent) == (200, [GOOD])
    for body in (BAD, parts(BAD)):
        answer, inner = await post_async(library, body)
        assert (answer.status_code, inner.sent) == (400, [])


async def test_modes(library: Library) -> None:
    with pytest.raises(RequestError):
        post(library, BAD, mode="raise")
    with pytest.raises(RequestError):
        await post_async(library, BAD, policy=Policy(mode="raise"))
    with pytest.warns(RequestWarning, match="schema/type at /max_tokens") as warned:
        answer, inner = post(library, BAD, policy=Policy(), mode="warn")
    assert (answer.status_code, inner.sent) == (200, [BAD])
    assert warned[0].filename == __file__


async def test_a_fault_of_the_check_does_not_break_a_call(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise LookupError

    monkeypatch.setattr(Linter, "validate_json", fail)
    answer, inner = post(library, BAD)
    assert (answer.status_code, inner.sent) == (200, [BAD])
    answer, inner = await post_async(library, BAD)
    assert (answer.status_code, inner.sent) == (200, [BAD])


async def test_the_first_check_in_an_event_loop_does_not_block_it(library: Library) -> None:
    blockbuster = pytest.importorskip("blockbuster")
    from validator import facts
    from validator.schema import explain, gate, store

    for cached in (facts._read, facts._models, store.files, store.bundle, gate.gate_for, explain.explainer_for):
        cached.cache_clear()
    guard = library.guards.AsyncGuardTransport(inner := Inner(library))
    with blockbuster.blockbuster_ctx():
        async with library.http.AsyncClient(transport=guard) as client:
            assert (await client.post(URL, content=BAD, headers=HEADERS)).status_code == 400
            assert (await client.post(URL, content=GOOD, headers=HEADERS)).status_code == 200
    assert inner.sent == [GOOD]


def test_without_an_inner_transport_there_is_the_librarys_own(library: Library) -> None:
    transport = library.guards.GuardTransport()
    assert isinstance(transport._transport, library.http.HTTPTransport)
    assert isinstance(transport, library.http.BaseTransport)
    transport.close()

"""Transports that check a request before they hand it on: what those of `httpx` and `httpx2` share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ..wire import Checker, Options, policy_of

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self, Unpack

    from ..wire import Call, Policy, Refusal


class Transport:
    """A transport around another one; the library is that of the class."""

    library: ClassVar[Any]
    """The module `httpx` or `httpx2`."""

    def __init__(self, transport: Any = None, *, policy: Policy | None = None, **options: Unpack[Options]) -> None:
        """Wrap a transport; without one, the library's own with its defaults.

        Everything that a check needs is read here, so make it before an event loop runs.

        Raises:
            ValueError: for an option with a wrong value.
        """
        self.checker = Checker(policy_of({"policy": policy, **options})).warm()
        self._transport = self._made() if transport is None else transport

    def _made(self) -> Any:
        raise NotImplementedError

    def _call_of(self, request: Any) -> Call | None:
        """Return the call that a request is; None for requests that are not checked, whose bodies are not read."""
        return self.checker.call_of(request.method, request.url, request.headers)

    def _answer(self, request: Any, refusal: Refusal) -> Any:
        return self.library.Response(
            refusal.status, headers=list(refusal.headers), content=refusal.body, request=request
        )


class SyncTransport(Transport):
    """The part for synchronous clients."""

    def _made(self) -> Any:
        return self.library.HTTPTransport()

    def handle_request(self, request: Any) -> Any:
        """Check a request, and hand it on unless it is refused.

        Raises:
            RequestError: for a request with violations, in mode `raise` only; SDKs turn it into a connection error.
        """
        call = self._call_of(request)
        if call is not None:
            refusal = self.checker.refusal_of_call(call, request.read())
            if refusal is not None:
                return self._answer(request, refusal)
        return self._transport.handle_request(request)

    def close(self) -> None:
        """Close the transport inside."""
        self._transport.close()

    def __enter__(self) -> Self:
        self._transport.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        self._transport.__exit__(kind, error, trace)


class AsyncTransport(Transport):
    """The part for asynchronous clients."""

    def _made(self) -> Any:
        return self.library.AsyncHTTPTransport()

    async def handle_async_request(self, request: Any) -> Any:
        """Check a request, and hand it on unless it is refused.

        Raises:
            RequestError: for a request with violations, in mode `raise` only; SDKs turn it into a connection error.
        """
        call = self._call_of(request)
        if call is not None:
            refusal = self.checker.refusal_of_call(call, await request.aread())
            if refusal is not None:
                return self._answer(request, refusal)
        return await self._transport.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the transport inside."""
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        await self._transport.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        await self._transport.__aexit__(kind, error, trace)

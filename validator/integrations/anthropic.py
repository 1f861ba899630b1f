"""Middleware for the official SDK, from version 1.0 on: `Anthropic(middleware=[Guard()])`."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

import anthropic

from ..code.sdk import BETAS_HEADER, VERSION_HEADER, platform_of
from ..facts.api import FIRST_API_VERSION, OWN_PLATFORM
from ..wire import Checker, Options, RefusedError, policy_of
from ..wire.checker import Call
from ..wire.headers import read_headers
from ..wire.routes import Route

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..facts.api import Platform
    from ..report import Report, Violation
    from ..wire import Policy

try:
    from anthropic import Middleware
except ImportError as error:
    _message = (
        f"anthropic {anthropic.__version__} has no middleware; update it to 1.0 or newer, or use "
        "validator.integrations.httpx.GuardTransport"
    )
    raise ImportError(_message, name="anthropic") from error

_DEEPEST: Final = 20
"""The most middlewares between this one and the client."""
_VERSIONS_IN_BODY: Final = {"bedrock": "bedrock-2023-05-31", "google": "vertex-2023-10-16"}
"""The `anthropic_version` that the SDK before 2.0 puts into the body for another platform."""


class RefusedByGuardError(RefusedError, anthropic.BadRequestError):
    """Raised in place of sending: both a `validator.RequestError` and an `anthropic.BadRequestError`."""

    def __init__(self, report: Report, found: tuple[Violation, ...] | None = None) -> None:
        """Take the report, and the violations to print if they are not its errors."""
        RefusedError.__init__(self, report, found)
        self.message = str(self)
        self.status_code = 400
        self.request_id = None
        self.body = {"type": "error", "error": {"type": "invalid_request_error", "message": self.message}}
        self.type = "invalid_request_error"
        http = _http_library()
        self.request = http.Request("POST", "https://api.anthropic.com/v1/messages")
        self.response = http.Response(400, json=self.body, request=self.request)

    __str__ = Exception.__str__


class Guard(Middleware):
    """Checks each call once, before it is sent; for synchronous and asynchronous clients.

    In the modes `refuse` and `raise` it raises an error that is an `anthropic.BadRequestError` and a
    `validator.RequestError`, with the `report`.
    """

    def __init__(self, *, policy: Policy | None = None, **options: Unpack[Options]) -> None:
        """Take the options of `Policy`; everything that a check needs is read here, so make it before a loop runs.

        Raises:
            ValueError: for an option with a wrong value.
        """
        self.checker: Final = Checker(policy_of({"policy": policy, **options})).warm()
        _version_of_sdk()
        self._clients: WeakKeyDictionary[Any, tuple[Platform, dict[str, str]]] = WeakKeyDictionary()

    def handle(self, request: Any, call_next: Any) -> Any:
        """Check a call of a synchronous client.

        Raises:
            RequestError: for a call with violations.
        """
        self._check(request, call_next)
        return call_next(request)

    async def handle_async(self, request: Any, call_next: Any) -> Any:
        """Check a call of an asynchronous client.

        Raises:
            RequestError: for a call with violations.
        """
        self._check(request, call_next)
        return await call_next(request)

    def _check(self, request: Any, call_next: Any) -> None:
        prepared = None
        try:
            if request.retries_taken == 0:
                prepared = self._prepared(request, call_next)
        except Exception as error:  # noqa: BLE001 - a fault of the check never breaks a call
            self.checker.report_failure(error)
        if prepared is None:
            return
        try:
            refusal = self.checker.refusal_of_call(*prepared)
        except RefusedError as error:
            raise RefusedByGuardError(error.report, error.found) from None
        if refusal is not None and refusal.checked.report is not None:
            raise RefusedByGuardError(refusal.checked.report, refusal.checked.found)

    def _prepared(self, request: Any, call_next: Any) -> tuple[Call, dict[str, Any]] | None:
        """Return the call and the body that the SDK will send; None if there is nothing to check."""
        body = request.json
        call = self.checker.call_of(request.method, request.url, {})
        if call is None or not isinstance(body, dict):
            return None
        client = _client_behind(call_next)
        platform, headers = self._of_client(client)
        read = read_headers({**headers, **{str(name).lower(): value for name, value in request.headers.items()}})
        body = {**body, **(request.options.extra_json or {})}
        route = Route(call.route.endpoint, platform)
        if platform != OWN_PLATFORM:
            model = body.pop("model", None)
            if platform == "bedrock":
                body.pop("stream", None)
            body.setdefault("anthropic_version", self._version_in_body(platform))
            route = Route(call.route.endpoint, platform, model if isinstance(model, str) else None)
        return Call(route, read, call.url, are_headers_known=client is not None), body

    def _version_in_body(self, platform: Platform) -> str:
        """Return the version that the SDK puts into the body for another platform."""
        version = _version_of_sdk().get(VERSION_HEADER, FIRST_API_VERSION)
        return version if version > FIRST_API_VERSION else _VERSIONS_IN_BODY[platform]

    def _of_client(self, client: Any) -> tuple[Platform, dict[str, str]]:
        """Return the platform of a client, and those of its default headers that decide; the SDK's without a client."""
        if client is None:
            return OWN_PLATFORM, _version_of_sdk()
        known = self._clients.get(client)
        if known is None:
            headers = {str(name).lower(): value for name, value in client.default_headers.items()}
            kept = {
                name: headers[name] for name in (VERSION_HEADER, BETAS_HEADER) if isinstance(headers.get(name), str)
            }
            # Mantle is Anthropic's own API at Amazon: bodies, headers and paths are the same.
            name = type(client).__name__
            platform = OWN_PLATFORM if VERSION_HEADER in kept else platform_of(name) or OWN_PLATFORM
            known = self._clients[client] = (platform, kept)
        return known


def _client_behind(call_next: Any) -> Any:
    """Return the client at the end of a chain of middleware; None if it is not found.

    The SDK does not tell its middleware; the functions of the chain hold it.
    """
    for _ in range(_DEEPEST):
        names = getattr(getattr(call_next, "__code__", None), "co_freevars", ())
        cells = dict(zip(names, getattr(call_next, "__closure__", None) or (), strict=False))
        if "self" in cells:
            client = cells["self"].cell_contents
            return client if hasattr(client, "default_headers") else None
        if "call_next" not in cells:
            return None
        call_next = cells["call_next"].cell_contents
    return None


@lru_cache(maxsize=1)
def _version_of_sdk() -> dict[str, str]:
    """Return the version header that the SDK sends by default."""
    with suppress(Exception), anthropic.Anthropic(api_key="none", base_url="http://127.0.0.1") as client:
        return {VERSION_HEADER: str(client.default_headers[VERSION_HEADER])}
    return {}


def _http_library() -> Any:
    """Return the HTTP library of the SDK."""
    try:
        import httpx2
    except ImportError:
        import httpx

        return httpx
    return httpx2


__all__ = ["Guard", "RefusedByGuardError"]

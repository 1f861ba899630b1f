"""Run the proxy, and a command behind it."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

from aiohttp import web

from .proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .findings import Findings

BASE_URL: Final = "ANTHROPIC_BASE_URL"
"""The environment variable from which SDKs take the address of the API."""
_EVERYWHERE: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, not listened on
_NOT_FOUND: Final = 127
_NOT_EXECUTABLE: Final = 126
_SIGNALLED: Final = 128
_FOUND: Final = 1


class Address(NamedTuple):
    """Where to listen."""

    host: str
    port: int


async def run(
    upstream: str,
    address: Address,
    findings: Findings,
    command: Sequence[str],
    say: Callable[[str], None],
) -> int:
    """Run the proxy until the command ends, or until it is interrupted; return the exit code.

    Raises:
        OSError: if the address cannot be listened on.
        ValueError: if that is the address of the upstream.
    """
    parts = urlsplit(upstream)
    proxy = Proxy(f"{parts.scheme}://{parts.netloc}", findings)
    runner = web.AppRunner(proxy.application(), access_log=None, handler_cancellation=True, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, address.host, address.port)
        await site.start()
        host, port = runner.addresses[0][:2]
        if _is_itself(parts, host, port):
            msg = (
                f"the upstream, {proxy.origin}, is the guard itself; name the API with --upstream, or unset {BASE_URL}"
            )
            raise ValueError(msg)
        shown = f"[{host}]" if ":" in host else host
        url = f"http://{shown}:{port}{parts.path.rstrip('/')}"
        if command:
            say(f"msglint guard: {url} passes on to {proxy.origin}")
            code = await _run_command(command, url, say)
        else:
            say(f"msglint guard: set {BASE_URL}={url}; it passes on to {proxy.origin}, until you press Ctrl-C")
            await _interrupted()
            code = 0
    finally:
        await runner.cleanup()
    return code or (_FOUND if findings.has_found else 0)


def _is_itself(upstream: SplitResult, host: str, port: int) -> bool:
    """Whether requests would be passed on to where they came in, as after a variable that is still set."""
    default = 443 if upstream.scheme == "https" else 80
    here = {host, "localhost", "127.0.0.1", "::1"} if host in _EVERYWHERE else {host, "localhost"}
    return (upstream.port or default) == port and upstream.hostname in here


async def _run_command(command: Sequence[str], url: str, say: Callable[[str], None]) -> int:
    """Run a command with the proxy as its API, and return its exit code as a shell would."""
    try:
        process = await asyncio.create_subprocess_exec(*command, env={**os.environ, BASE_URL: url})
    except FileNotFoundError:
        say(f"msglint guard: there is no command {command[0]}")
        return _NOT_FOUND
    except OSError as error:
        say(f"msglint guard: {command[0]} cannot be run: {error.strerror}")
        return _NOT_EXECUTABLE
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError, ValueError):
            loop.add_signal_handler(number, _hand_on, process, number)
    code = await process.wait()
    return code if code >= 0 else _SIGNALLED - code


def _hand_on(process: asyncio.subprocess.Process, number: int) -> None:
    """Hand a signal on to the command; the terminal sends an interrupt to both by itself."""
    with suppress(ProcessLookupError):
        if number != signal.SIGINT:
            process.send_signal(number)


async def _interrupted() -> None:
    """Wait until the process is interrupted."""
    done = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError, ValueError):
            asyncio.get_running_loop().add_signal_handler(number, done.set)
    with suppress(asyncio.CancelledError):
        await done.wait()

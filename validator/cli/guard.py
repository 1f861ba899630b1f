"""`msglint guard`."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any, Final
from urllib.parse import urlsplit

import click

from ..common.redaction import redacted
from ..config import ConfigError
from ..facts.api import API_VERSIONS
from .options import Name, add_variables, colour_option, comma_separated, rules_option, wants_colour

_BASE_URL: Final = "ANTHROPIC_BASE_URL"
_API: Final = "https://api.anthropic.com"
_MODES: Final = ("refuse", "warn")
_LOOPBACK: Final = "127.0.0.1"
_PORT: Final = 8788
_MOST_PORTS: Final = 65535


@click.command(
    name="guard",
    context_settings={"allow_interspersed_args": False},
    epilog="""\b
Examples:
  msglint guard -- npm test
  msglint guard --mode warn -- python agent.py
  msglint guard --listen 127.0.0.1:8788 --upstream https://gateway.example/anthropic

\b
Exit codes: that of the command if it is not 0; 1 if a request had violations; 2 if the guard could not run.
""",
)
@click.option(
    "--listen",
    metavar="HOST:PORT",
    default=None,
    help=f"Where to listen; port 0 is a free one. The default is {_LOOPBACK}:0 with a command, else port {_PORT}.",
)
@click.option(
    "--upstream",
    metavar="URL",
    default=None,
    help=f"The API to pass requests on to; the default is {_BASE_URL}, or else {_API}.",
)
@click.option(
    "--mode",
    type=Name("mode", _MODES),
    default=None,
    help="`refuse` (the default) answers 400 to a request with violations, as the API does; `warn` passes it on.",
)
@rules_option("--select", "Rules and areas to check; the default is all.")
@rules_option("--ignore", "Rules and areas to skip.")
@click.option(
    "--api-version",
    type=Name("API version", API_VERSIONS),
    default=None,
    help="The version for requests without the header anthropic-version.",
)
@click.option(
    "--beta",
    "betas",
    multiple=True,
    metavar="NAME",
    callback=comma_separated,
    help="Beta headers for requests without the header anthropic-beta.",
)
@click.option("--config", "config_file", metavar="FILE", default=None, help="Use this configuration.")
@click.option("--isolated", is_flag=True, help="Ignore all configurations.")
@colour_option
@click.argument("command_line", metavar="[-- COMMAND…]", nargs=-1, type=click.UNPROCESSED)
def command(
    *,
    listen: str | None,
    upstream: str | None,
    config_file: str | None,
    isolated: bool,
    colour: str,
    command_line: tuple[str, ...],
    **given: Any,
) -> int:
    """Check every request on its way to the API.

    This runs a reverse proxy on this machine, and COMMAND with ANTHROPIC_BASE_URL set to it. Requests with violations
    are answered with 400 before they leave; all others are passed on byte for byte, and so are the answers. Violations
    are printed to standard error as they come. Keys and bodies are neither stored nor printed.

    It requires `pip install 'msglint[guard]'`.
    """
    try:
        from ..guard.running import Address, run
    except ModuleNotFoundError as error:
        msg = f"the guard needs the package {error.name}; install `msglint[guard]`"
        raise click.UsageError(msg) from error
    from ..formats.style import Style
    from ..guard.findings import Findings
    from ..wire import Policy
    from ..wire.configured import options_below

    target = _upstream(upstream or os.environ.get(_BASE_URL) or _API)
    address = Address(*_address(listen or f"{_LOOPBACK}:{0 if command_line else _PORT}"))
    try:
        policy = Policy(**options_below(given, config_file=config_file, isolated=isolated))
        style = Style(wants_colour(colour, sys.stderr))
        findings = Findings(policy, lambda text: click.echo(text, err=True, nl=False), style)
        code = asyncio.run(run(target, address, findings, command_line, lambda line: click.echo(line, err=True)))
    except (ConfigError, ValueError) as error:
        raise click.UsageError(redacted(str(error))) from error
    except OSError as error:
        msg = f"{address.host}:{address.port} cannot be listened on: {error.strerror or error}"
        raise click.UsageError(msg) from error
    click.echo(findings.summary(), err=True)
    return code


def _upstream(url: str) -> str:
    """Return the address of the upstream without a slash at its end."""
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that are not closed, or a port that is none
        parts, is_address = urlsplit(""), False
    if "@" in parts.netloc:
        msg = "the address of the upstream has a user name or a password, which would be shown; send it in a header"
        raise click.UsageError(msg)
    if not is_address or parts.query or parts.fragment:
        shown = redacted(url.rpartition("@")[2])
        msg = f"{shown!r} is not an address to pass requests on to; write it as {_API}"
        raise click.UsageError(msg)
    return url.rstrip("/")


def _address(text: str) -> tuple[str, int]:
    """Return the host and the port of `HOST:PORT`, `[HOST]:PORT` or `PORT`."""
    host, _, port = text.rpartition(":")
    if not port.isdecimal() or int(port) > _MOST_PORTS:
        msg = f"{text!r} is not a place to listen; write it as {_LOOPBACK}:{_PORT}"
        raise click.UsageError(msg)
    return host.strip("[]") or _LOOPBACK, int(port)


add_variables(command)

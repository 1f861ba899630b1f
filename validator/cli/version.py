"""`msglint version`."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Final

import click
import orjson

from .._version import __version__
from ..facts.api import EDITIONS
from .options import format_option

_PARTS: Final = ("click", "jsonschema-rs", "orjson", "pygls", "pypdf", "pyyaml", "watchfiles")
"""Distributions whose version may matter in a bug report."""


@click.command(name="version")
@format_option(("text", "json"))
def command(*, format_name: str) -> None:
    """Print the version of msglint.

    The format `json` adds the version of Python, the editions of the API reference, and the versions of the packages
    that msglint uses (null if an optional one is not installed).
    """
    if format_name == "text":
        click.echo(f"msglint {__version__}")
        return
    facts = {
        "version": __version__,
        "python": platform.python_version(),
        "editions": list(EDITIONS),
        "packages": {name: _version_of(name) for name in _PARTS},
    }
    click.echo(orjson.dumps(facts, option=orjson.OPT_INDENT_2))


def _version_of(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None

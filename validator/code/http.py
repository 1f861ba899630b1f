"""HTTP requests to Anthropic's own API: which endpoint a URL names, and what its headers say.

Python, TypeScript and shell readers share it: a request without the SDK is ours only if its URL spells out the host.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..common.lazy_regex import regex
from ..documents.written import Sent
from ..facts.api import API_VERSIONS, OWN_PLATFORM
from .sdk import BETAS_HEADER, HOST, PATHS, VERSION_HEADER

if TYPE_CHECKING:
    from collections.abc import Iterable

HOLE: Final = "\ufffc"
"""Stands for a part of a URL that its source does not spell out."""

_URL: Final = regex(r"\s*(?:https?://)?([A-Za-z0-9.-]+)(?::443)?(/[^?#\s]*)(?:[?#][^\n]*)?\s*")


def endpoint_of_url(url: str) -> str | None:
    """Return the endpoint of the Messages API that a URL names; None for any other URL.

    The scheme may be missing, as for curl. A `HOLE` may stand in its query and nowhere else.
    """
    match = _URL.fullmatch(url)
    if match is None or match[1].lower().rstrip(".") != HOST:
        return None
    return PATHS.get("/" + match[2].strip("/"))


def sent_to(endpoint: str, headers: Iterable[tuple[str, str | None]], *, are_all_known: bool) -> Sent:
    """Return how a request to Anthropic's host is sent.

    Args:
        endpoint: The endpoint of its URL.
        headers: The names and values of its headers, in any case; None for a value that is unknown.
        are_all_known: Whether these are all of its headers, so that a beta not among them is not sent.
    """
    betas: set[str] | None = set() if are_all_known else None
    version: str | None = None
    for name, value in headers:
        header = name.strip().lower()
        if header == BETAS_HEADER:
            betas = None if value is None or betas is None else betas | betas_of(value)
        elif header == VERSION_HEADER:
            version = value.strip() if value is not None else None
    return Sent(
        endpoint,
        OWN_PLATFORM,
        None if betas is None else frozenset(betas),
        next((known for known in API_VERSIONS if known == version), None),
    )


def betas_of(value: str) -> frozenset[str]:
    """Return the betas in a value of the `anthropic-beta` header."""
    return frozenset(beta for part in value.split(",") if (beta := part.strip()))

"""What the URL of a request tells: the endpoint, the platform and the model."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

from ..code.sdk import PATHS
from ..facts.api import OWN_PLATFORM, Endpoint, Platform

_OWN: Final = re.compile("(" + "|".join(sorted(map(re.escape, PATHS), reverse=True)) + ")/?$")
_BEDROCK: Final = re.compile(r"/model/(.+)/invoke(?:-with-response-stream)?/?$")
_GOOGLE: Final = re.compile(r"/publishers/anthropic/models/([^/]+)(?::|%3[Aa])(?:rawPredict|streamRawPredict)$")
_COUNT: Final = "count-tokens"
"""What Google Cloud has in place of the model where tokens are counted; the model is then in the body."""
_VENDOR: Final = re.compile(r"(?:^|[./:])anthropic\.")
_ORIGIN: Final = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_HOST: Final = re.compile(r"[/.@]anthropic\.com(?::\d+)?$", re.IGNORECASE)


class Route(NamedTuple):
    """The meaning of a URL."""

    endpoint: Endpoint
    platform: Platform = OWN_PLATFORM
    model: str | None = None
    """The model, if the URL names it."""
    is_certain: bool = True
    """Whether the URL alone tells that it is a call of the Messages API.

    An id of Amazon Bedrock may be opaque, and other services have a `/v1/messages` as well (Vonage, WhatsApp).
    """


def route_of(url: Any) -> Route | None:
    """Return the meaning of a URL, absolute or relative; None if it is not one of the Messages API."""
    return _route(url.decode("latin-1") if isinstance(url, (bytes, bytearray)) else str(url))


@lru_cache(maxsize=512)
def _route(url: str) -> Route | None:
    path = path_of(url)
    own = _OWN.search(path)
    if own is not None:
        origin = _ORIGIN.match(url)
        return Route(PATHS[own[1]], is_certain=origin is None or _HOST.search(origin[0]) is not None)
    google = _GOOGLE.search(path)
    if google is not None:
        model = unquote(google[1])
        return Route("count_tokens", "google") if model == _COUNT else Route("messages", "google", model)
    bedrock = _BEDROCK.search(path)
    if bedrock is not None:
        model = unquote(bedrock[1])
        return Route("messages", "bedrock", model.rpartition("/")[2], _VENDOR.search(model) is not None)
    return None


def path_of(url: str) -> str:
    """Return the path of a URL, without its query."""
    return "/" + _ORIGIN.sub("", url).partition("?")[0].partition("#")[0].lstrip("/")

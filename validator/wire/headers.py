"""The headers of a request, in any of the forms in which HTTP libraries hold them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from ..code.sdk import BETAS_HEADER, VERSION_HEADER

_ENCODING: Final = "content-encoding"
_TYPE: Final = "content-type"
_RETRY: Final = "x-stainless-retry-count"
_PAIR: Final = 2
_WANTED: Final = {
    spelling: name
    for name in (VERSION_HEADER, BETAS_HEADER, _ENCODING, _TYPE, _RETRY)
    for spelling in (name, name.encode())
}
"""The headers that are read, by their names as strings and as bytes: most names are neither copied nor decoded."""


class Headers(NamedTuple):
    """The headers that decide how a body is judged."""

    version: str | None = None
    """The `anthropic-version`, the last one that is given."""
    betas: tuple[str, ...] | None = None
    """The values of `anthropic-beta`, each of which may hold several names; None without such a header."""
    encodings: tuple[str, ...] = ()
    """The names in `content-encoding`, in the order in which they were applied."""
    content_type: str = ""
    is_retry: bool = False
    """Whether the SDK sends the same request again."""


def read_headers(headers: Any) -> Headers:
    """Read headers: a mapping, pairs, or the class of an HTTP library; names and values may be bytes."""
    found: dict[str, list[str]] = {}
    for pair in _pairs(headers):
        if not isinstance(pair, (tuple, list)) or len(pair) != _PAIR or not isinstance(pair[0], (str, bytes)):
            continue  # one odd entry says nothing about the others
        name, value = pair
        key = _WANTED.get(name.lower())
        if key is not None:
            found.setdefault(key, []).extend(_texts(value))
    if not found:
        return _NONE
    version = found.get(VERSION_HEADER)
    betas = found.get(BETAS_HEADER)
    encodings = ",".join(found.get(_ENCODING, ())).lower().split(",")
    return Headers(
        version[-1].strip() if version else None,
        tuple(betas) if betas else None,
        tuple(name for each in encodings if (name := each.strip()) and name != "identity"),
        "".join(found.get(_TYPE, ())).lower(),
        any(value.strip() not in {"", "0"} for value in found.get(_RETRY, ())),
    )


_NONE: Final = Headers()


def _pairs(headers: Any) -> Iterable[Any]:
    """Return each name with its value, repeated names repeatedly; nothing for what are not headers."""
    # `raw` of httpx, because its `items` joins what is repeated and its `multi_items` decodes everything, for 3 µs.
    raw = getattr(headers, "raw", None)
    if isinstance(raw, list):
        return raw
    items = getattr(headers, "items", None)
    pairs = items() if callable(items) else headers
    return pairs if isinstance(pairs, Iterable) else ()


def _texts(value: Any) -> Iterator[str]:
    """Yield the values of a header; objects that stand for "do not send it", such as `Omit`, have none."""
    if isinstance(value, (str, bytes, bytearray)):
        yield _text(value)
    elif isinstance(value, Iterable) and not isinstance(value, Mapping):
        for each in value:
            yield from _texts(each) if isinstance(each, (str, bytes, bytearray)) else ()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else bytes(value).decode("latin-1")

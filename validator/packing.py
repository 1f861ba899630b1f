"""Python objects as bytes: only those of plain JSON values can be written, so that it also tells whether they are."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final

import orjson

from .patterns import regex

if TYPE_CHECKING:
    from collections.abc import Callable

_FLAGS: Final = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS
_FLOAT: Final = b"\xcb"
"""How a float begins in MessagePack."""
_NOT_FINITE: Final = regex(rb"\xcb[\x7f\xff][\xf0-\xff]")
"""How one that is not finite begins; an integer may look like it too, which only costs time."""


def text_of_plain(value: Any) -> bytes | None:
    """Write a value as JSON; None for one that has anything but dicts, lists, strings, numbers, booleans and None.

    Two writers have to take it. That of JSON refuses bytes, but takes tuples, enumerations and UUIDs, and puts null for
    what is not finite; the other one is the reverse.
    """
    try:
        text = orjson.dumps(value, option=_FLAGS)
    except (TypeError, ValueError, RecursionError):
        return None
    key = packed(value)
    return None if key is None or (_FLOAT in key and _NOT_FINITE.search(key)) else text


def packed(value: Any) -> bytes | None:
    """Write a value as MessagePack, which tells apart all that differs; None for one that cannot be."""
    try:
        return _packer()(value)
    except (TypeError, ValueError, RecursionError):
        return None


@lru_cache(maxsize=1)
def _packer() -> Callable[[Any], bytes]:
    """Return a writer of MessagePack; it is imported when it is first needed, as commands can do without it."""
    import ormsgpack

    flags = (
        ormsgpack.OPT_PASSTHROUGH_DATACLASS
        | ormsgpack.OPT_PASSTHROUGH_DATETIME
        | ormsgpack.OPT_PASSTHROUGH_ENUM
        | ormsgpack.OPT_PASSTHROUGH_SUBCLASS
        | ormsgpack.OPT_PASSTHROUGH_TUPLE
        | ormsgpack.OPT_PASSTHROUGH_UUID
    )
    return partial(ormsgpack.packb, option=flags)

"""Encode plain JSON values as bytes.

Every encoder returns None for anything else, so it doubles as the test for "plain".
"""

from __future__ import annotations

from functools import lru_cache, partial
from itertools import islice
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_VALUES: Final = 2**23
"""Most values of a plain object: more than any body that the API accepts has."""
MOST_CHARACTERS: Final = 2**30
"""Most characters in all strings of an object; a string that occurs twice counts twice."""

_FEW: Final = 256
"""A value with at most this many containers, none of them longer than this, is small whatever its strings are."""

_FLAGS: Final = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS


def text_of_plain(value: Any) -> bytes | None:
    """Encode a value as JSON; None if it holds anything but dicts, lists, strings, numbers, booleans and None.

    Also None for more values than a body can have: a list that contains another one twice, which contains a third one
    twice, and so on, is small in memory and endless as text.
    """
    if not is_plain(value):
        return None
    try:
        return orjson.dumps(value, option=_FLAGS)
    except (TypeError, ValueError, RecursionError):  # a key, a number or a string that JSON has no place for
        return None


def text_of_known(value: Any) -> bytes:
    """Encode a value that is known to be bounded; a tuple or enum in it is written as a list or its value.

    Raises:
        TypeError: for other objects, but for UUIDs and `orjson.Fragment`.
    """
    return orjson.dumps(value, option=_FLAGS)


def is_plain(value: Any) -> bool:
    """Whether a value consists of JSON's types alone, and of a bounded number of values; keys are not checked."""
    return are_plain([value])


def are_plain(values: list[Any]) -> bool:
    """The same for several values."""
    containers: list[Any] = [values]
    for container in islice(containers, _FEW):
        if len(container) > _FEW:
            return _are_plain_and_bounded(values)
        for item in container.values() if container.__class__ is dict else container:
            kind = type(item)
            if kind is str:
                continue
            if kind is dict or kind is list:
                containers.append(item)
            elif not _is_plain_scalar(item, kind):
                return False
    return len(containers) <= _FEW or _are_plain_and_bounded(values)


def _are_plain_and_bounded(values: list[Any]) -> bool:
    """The same for values that may be large, with every value and character counted."""
    left, characters_left = MOST_VALUES, MOST_CHARACTERS
    containers: list[Any] = [values]
    for container in containers:
        left -= len(container)
        if left < 0 or characters_left < 0:
            return False
        for item in container.values() if container.__class__ is dict else container:
            kind = type(item)
            if kind is str:
                characters_left -= len(item)
            elif kind is dict or kind is list:
                containers.append(item)
            elif not _is_plain_scalar(item, kind):
                return False
    return characters_left >= 0


def _is_plain_scalar(item: Any, kind: type) -> bool:
    return item is None or kind is int or kind is bool or (kind is float and isfinite(item))


def packed(value: Any) -> bytes | None:
    """Encode a value as MessagePack, as a cache key; None for one that has no encoding."""
    # Not with orjson, which writes tuples, enums and UUIDs as if they were plain: `SetupCache.of_object` does not check
    # tools again that it knows, and relies on this encoder to refuse what somebody has put into them since.
    try:
        return _packer()(value)
    except (TypeError, ValueError, RecursionError):
        return None


@lru_cache(maxsize=1)
def _packer() -> Callable[[Any], bytes]:
    """Return the MessagePack encoder, imported on first use: commands do without it."""
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

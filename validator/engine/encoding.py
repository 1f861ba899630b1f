"""Python objects as bytes: only those of plain JSON values can be written, so that it also tells whether they are."""

from __future__ import annotations

from functools import lru_cache, partial
from itertools import islice
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_VALUES: Final = 2**23
"""Values of a plain object that are written: more than any body that the API takes has."""
MOST_CHARACTERS: Final = 2**30
"""Characters of all strings of an object that are read; a string that stands in two places counts twice."""

_FEW: Final = 256
"""Containers, and items of one, up to which a value is small whatever its strings are."""

_FLAGS: Final = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS


def text_of_plain(value: Any) -> bytes | None:
    """Write a value as JSON; None for one that has anything but dicts, lists, strings, numbers, booleans and None.

    The same goes for one that has more of them than a body can have: a list that contains another one twice, which
    contains a third one twice, and so on, is short and has no end as text.
    """
    if not is_plain(value):
        return None
    try:
        return orjson.dumps(value, option=_FLAGS)
    except (TypeError, ValueError, RecursionError):  # a key, a number or a string that JSON has no place for
        return None


def is_plain(value: Any) -> bool:
    """Whether a value is made of JSON's types alone, and not of too many of them; keys are not looked at."""
    containers: list[Any] = [[value]]
    for container in islice(containers, _FEW):
        if len(container) > _FEW:
            return _is_plain_and_bounded(value)
        for item in container.values() if container.__class__ is dict else container:
            kind = type(item)
            if kind is str:
                continue
            if kind is dict or kind is list:
                containers.append(item)
            elif not _is_plain_scalar(item, kind):
                return False
    return len(containers) <= _FEW or _is_plain_and_bounded(value)


def _is_plain_and_bounded(value: Any) -> bool:
    """The same for a value which may be a large one, all of which is counted."""
    left, characters_left = MOST_VALUES, MOST_CHARACTERS
    containers: list[Any] = [[value]]
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

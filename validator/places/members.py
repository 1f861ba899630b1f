"""Find the members of an object or array of JSON text with msgspec, which decodes each of them as raw bytes.

The decoder does not say where a member begins. Their lengths do, together with the punctuation and the white space
between them, which is read in the text.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from ..common.lazy_regex import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

_BETWEEN: Final = regex(rb"[ \t\r\n]*[,:]?[ \t\r\n]*")
_WORTH: Final = 1 << 16
"""Bytes of text for which it pays to import msgspec, which takes 4 ms: the command on a small file does without."""
_bytes_asked: list[int] = [0]
"""The bytes of all texts in which places were asked for."""


Member = tuple["str | int", int, Any, "tuple[int, int] | None"]
"""A member of a container: its key or index, where its value begins, the bytes of that as an object with a buffer and a
length, and for a property the byte range of its key."""


def can_decode(data: bytes) -> bool:
    """Whether to use `members_of_object` and `members_of_array`: msgspec is imported, or now worth its import."""
    if _bytes_asked[0] >= _WORTH:
        return True
    _bytes_asked[0] += len(data)
    return _bytes_asked[0] >= _WORTH or "msgspec" in sys.modules


def members_of_object(data: bytes, start: int, raw: Any, wanted: Collection[str | int]) -> list[Member] | None:
    """Return the wanted members of the object `raw` at `start`; None where a key has an escape or comes twice."""
    members = _decoded(0, raw)
    if members is None:
        return None
    names = "".join(members)
    sizes = map(len, members if names.isascii() else map(str.encode, members))
    written = len(names) if names.isascii() else len(names.encode())
    # Proof that keys and values follow one another with nothing between them but their punctuation: an escape, a space
    # or a further pair with the same key would make the text longer.
    if written + sum(map(len, members.values())) + 4 * len(members) + 1 != len(raw):
        return _spaced_members(data, start, raw, members, wanted)
    found: list[Member] = []
    position = start + 1
    for (name, value), size in zip(members.items(), sizes, strict=True):
        if name in wanted:
            value_start = position + size + 3
            found.append((name, value_start, value, (position, value_start - 1)))
            if len(found) == len(wanted):
                break
        position += size + len(value) + 4
    return found


def _spaced_members(
    data: bytes, start: int, raw: Any, members: dict[str, Any], wanted: Collection[str | int]
) -> list[Member] | None:
    found: list[Member] = []
    position = _after_gap(data, start + 1)
    for name, value in members.items():
        quoted = b'"%b"' % name.encode()
        key_end = position + len(quoted)
        value_start = _after_gap(data, key_end)
        if not (data.startswith(quoted, position) and data.startswith(bytes(value), value_start)):
            return None
        if name in wanted:
            found.append((name, value_start, value, (position, key_end)))
        position = _after_gap(data, value_start + len(value))
    return found if position == start + len(raw) - 1 else None


def members_of_array(data: bytes, start: int, raw: Any, wanted: Collection[str | int]) -> list[Member] | None:
    """Return the wanted items of the array `raw` at `start`."""
    items = _decoded(1, raw)
    if items is None:
        return None
    indices = sorted(index for index in wanted if isinstance(index, int) and index < len(items))
    is_compact = sum(map(len, items)) + len(items) + 1 == len(raw)
    found: list[Member] = []
    position, passed = start + 1 if is_compact else _after_gap(data, start + 1), 0
    for index in indices:
        if is_compact:
            position += sum(map(len, items[passed:index])) + index - passed
        else:
            for item in items[passed:index]:
                position = _after_gap(data, position + len(item))
        found.append((index, position, items[index], None))
        passed = index
    return found


def _decoded(kind: int, raw: Any) -> Any:
    try:
        return _decoders()[kind](raw)
    except (ValueError, RecursionError):  # what msgspec refuses and other parsers read, such as a lone surrogate
        return None


@cache
def _decoders() -> tuple[Callable[[Any], dict[str, Any]], Callable[[Any], list[Any]]]:
    from msgspec import Raw
    from msgspec.json import Decoder

    return Decoder(dict[str, Raw]).decode, Decoder(list[Raw]).decode


def _after_gap(data: bytes, position: int) -> int:
    match = _BETWEEN.match(data, position)
    return match.end() if match else position

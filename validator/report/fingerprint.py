"""Fingerprints: identify a finding when lines move, by its rule, the shape of its path, and its value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from ..common.pointer import from_pointer, to_pointer
from ..common.records import NamedTuple
from ..common.redaction import HIDDEN, redacted

if TYPE_CHECKING:
    from . import Violation

_LENGTH: Final = 16
_ANY: Final = "*"
_NAMES: Final = ("type", "role", "name", "id", "tool_use_id", "custom_id")
"""The properties that identify an object."""


class Fingerprint(NamedTuple):
    """The identity of a finding without its line; several findings of a file can share one."""

    rule: str
    at: str
    """The JSON Pointer with `*` in place of each index."""
    value: str
    """A digest of the value at that place."""

    def digest(self, name: str) -> str:
        """Return it as one hexadecimal number, for a finding in the file called `name`."""
        return _digest(orjson.dumps([name, self.rule, self.at, self.value]))


def fingerprint(violation: Violation, root: Any) -> Fingerprint:
    """Return the fingerprint of a violation in a request. In unreadable text (`root` is None) its message is the value.

    Strings and numbers count by their value. Objects count by their identifying properties alone, and arrays are all
    alike, so the fingerprint stays the same when something inside is edited.
    """
    value = root
    shape: list[str] = []
    for key in from_pointer(violation.pointer):
        if isinstance(value, list):
            value = value[int(key)] if key.isdigit() and int(key) < len(value) else None
            shape.append(_ANY)
        else:
            value = value.get(_original(key, value)) if isinstance(value, dict) else None
            shape.append(key)
    seen = violation.message if root is None else _identity(value)
    return Fingerprint(violation.rule, to_pointer(tuple(shape)), _digest_of([seen, violation.missing]))


def _original(key: str, holder: dict[str, Any]) -> str:
    """Return the key of an object for a step of a pointer, in which a secret may be redacted."""
    if HIDDEN not in key or key in holder:
        return key
    return next((each for each in holder if redacted(each) == key), key)


def _identity(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: value[name] for name in _NAMES if isinstance(value.get(name), str)}
    return [] if isinstance(value, list) else value


def _digest_of(value: Any) -> str:
    try:
        return _digest(orjson.dumps(value, option=orjson.OPT_SORT_KEYS))
    except orjson.JSONEncodeError:  # half of a surrogate pair, or a number that JSON has no place for
        return _digest(repr(value).encode(errors="backslashreplace"))


def _digest(data: bytes) -> str:
    from hashlib import sha256  # brings OpenSSL, which only findings need

    return sha256(data).hexdigest()[:_LENGTH]

"""What tells a finding from others when the lines around it move: its rule, the shape of its place, and its value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from ..common.pointer import from_pointer, to_pointer
from ..common.redaction import HIDDEN, redacted

if TYPE_CHECKING:
    from . import Violation

_LENGTH: Final = 16
_ANY: Final = "*"
_NAMES: Final = ("type", "role", "name", "id", "tool_use_id", "custom_id")
"""The properties that say which object it is."""


class Fingerprint(NamedTuple):
    """A finding without its line; two of them in one file can be the same."""

    rule: str
    at: str
    """The JSON Pointer with `*` in place of each index."""
    value: str
    """A digest of the value found there."""

    def digest(self, name: str) -> str:
        """Return it as one hexadecimal number, for a finding in the file called `name`."""
        return _digest(orjson.dumps([name, self.rule, self.at, self.value]))


def fingerprint(violation: Violation, root: Any) -> Fingerprint:
    """Return the fingerprint of a violation in a request; in a text that cannot be read the message is the value.

    A string or a number is itself; of an object and an array only what it is called counts, so that the fingerprint
    stays when something else in it is changed.
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
    """Return the key that a step of a pointer stands for, in which a secret is redacted."""
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

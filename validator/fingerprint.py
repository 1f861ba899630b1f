"""What tells a finding from others when the lines around it move: its rule, the shape of its place, and its value."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    from .report import Violation

_LENGTH: Final = 16
_ANY: Final = "*"


@dataclass(frozen=True, slots=True, order=True)
class Fingerprint:
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
    """Return the fingerprint of a violation in a request; of one in a text that is no JSON the message is the value."""
    value = root
    shape: list[str] = []
    for step in violation.pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list):
            value = value[int(key)] if key.isdigit() and int(key) < len(value) else None
            shape.append(_ANY)
        else:
            value = value.get(key) if isinstance(value, dict) else None
            shape.append(step)
    seen = violation.message if not violation.pointer else value
    return Fingerprint(violation.rule, "".join(f"/{step}" for step in shape), _digest(_bytes(seen)))


def _bytes(value: Any) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        return _spelled(value).encode(errors="backslashreplace")


def _spelled(value: Any) -> str:
    """Spell what is too deep, or has numbers too large, for `orjson`; each container before what it holds."""
    words: list[str] = []
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            words.append(repr(sorted(item)))
            waiting += [item[key] for key in sorted(item)]
        elif isinstance(item, list):
            words.append(f"[{len(item)}]")
            waiting += item
        else:
            words.append(repr(item))
    return " ".join(words)


def _digest(data: bytes) -> str:
    return sha256(data).hexdigest()[:_LENGTH]

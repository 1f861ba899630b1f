"""Values: what a Python object can contain and JSON cannot.

These rules only apply when a Python object is checked; text is checked by the rules of `syntax`.
"""

from __future__ import annotations

import math
from datetime import date
from typing import Any, Final

from ..common.wording import code, shown
from ..engine.encoding import MOST_CHARACTERS
from ..engine.rule import Example, body, value_rule
from ..report import Severity
from .syntax import MAX_DEPTH

MOST: Final = 2**21
"""At most this many values are read from an object that is not plain."""

SHOWN_DEPTH: Final = 8
"""The pointer to a value that is nested too deeply is cut to this many steps."""

_HALF_AN_EMOJI: Final = "\ud83d"
_EXAMPLE: Final = "/tools/0/input_schema/default"

Words = tuple[str, str]
"""A message and the help that goes with it."""


def _with(value: Any) -> dict[str, Any]:
    """Return a request with `value` at a place where any JSON is allowed."""
    schema = {"type": "object", "default": value}
    return body(tools=[{"name": "search", "description": "Searches the catalogue.", "input_schema": schema}])


def _nested(levels: int) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for _ in range(levels):
        nested = {"in": nested}
    return nested


def _circular() -> dict[str, Any]:
    request = _with({})
    request["tools"][0]["input_schema"]["default"]["request"] = request
    return request


@value_rule(
    "values/not-json",
    bad=(
        Example(_with(1j), at=_EXAMPLE),
        Example(_with(b"bytes"), at=_EXAMPLE),
        Example(object(), at=""),
    ),
    good=(
        Example(_with(["a", "b"])),
        Example(_with(("a", "b"))),
        Example(_with({"a"})),
        Example(_with(date(2026, 1, 1))),
    ),
)
def not_json(value: Any) -> Words:
    """A value has a Python type that cannot be written as JSON.

    Why: The SDK writes mappings, sequences, sets, dates, enumerations of strings and its own response objects; it does
    not write bytes, decimals, or objects of other classes.

    Source: The code of the official SDK that writes the body, and Python's `json` module beneath it.
    """
    name = type(value).__name__
    advice = {
        "bytes": "decode it to a string; binary data goes in as base64",
        "Decimal": "make it a float or a string",
    }.get(name, "convert it to a dict, a list, a string, a number, a boolean or None")
    return f"a Python {code(name)} cannot be written as JSON", advice


@value_rule(
    "values/read-once",
    severity=Severity.WARNING,
    bad=(Example(lambda: body(messages=iter([])), at="/messages"),),
    good=(Example(body(messages=({"role": "user", "content": "Hello"},))),),
)
def read_once(value: Any) -> Words:
    """A value is a generator or another iterator.

    Why: The SDK sends what it yields, but that can be read only once, so msglint leaves it alone and does not check it.

    Source: The code of the official SDK that writes the body.
    """
    return f"a Python {code(type(value).__name__)} can be read only once, so it is not checked", "make it a list"


@value_rule(
    "values/key-not-a-string",
    bad=(Example(_with({1: "one"}), at=f"{_EXAMPLE}/1"),),
    good=(Example(_with({"1": "one"})),),
)
def key_not_a_string(key: Any) -> Words:
    """A key of a dict is not a string.

    Why: JSON keys are strings; Python's own JSON writer would convert the key silently.

    Source: RFC 8259, section 4.
    """
    name = type(key).__name__
    advice = f"write the key as {shown(str(key))}" if isinstance(key, (bool, float)) else "write the key as a string"
    return f"a key is a Python {code(name)}, but must be a string", advice


@value_rule(
    "values/lone-surrogate",
    bad=(Example(_with(f"cut {_HALF_AN_EMOJI}"), at=_EXAMPLE),),
    good=(Example(_with("whole 😀")),),
    api_messages=(
        "The request body is not valid JSON: no low surrogate in string: line 1 column 195621 (char 195620)",
    ),
)
def lone_surrogate(surrogate: str) -> Words:
    """A string has half of a surrogate pair.

    Why: It is not a character, and the API refuses the body as invalid JSON. It results from cutting a string in the
    middle of an emoji, or from reading bytes with `surrogateescape`.

    Source: The API's refusals, seen in at least four public issue threads from 2025-09 on.
    """
    return (
        f"a string has half of a surrogate pair, U+{ord(surrogate):04X}, but must be whole characters",
        'cut strings between characters, or encode with `errors="replace"`',
    )


@value_rule(
    "values/not-finite",
    bad=(Example(_with(math.nan), at=_EXAMPLE), Example(_with([-math.inf]), at=f"{_EXAMPLE}/0")),
    good=(Example(_with(1e300)),),
)
def not_finite(number: float) -> Words:
    """A number is NaN, infinite, or too large for a 64-bit float.

    Why: JSON has no such numbers.

    Source: RFC 8259, section 6.
    """
    name = "too large" if isinstance(number, int) else str(number)
    return f"a number is {name}, but must be finite", "give a finite number, or None where it is allowed"


@value_rule(
    "values/circular",
    bad=(Example(_circular, at=f"{_EXAMPLE}/request"),),
    good=(Example(_with({})),),
)
def circular(container: Any) -> Words:
    """A dict or a list contains itself.

    Why: It would be infinite as JSON, so it cannot be written.

    Source: Python's `json` module, with which the SDK writes the body ("Circular reference detected").
    """
    return f"a Python {code(type(container).__name__)} contains itself", "copy the part that is meant"


@value_rule(
    "values/nested-too-deeply",
    bad=(Example(lambda: _with(_nested(2000)), at=_EXAMPLE + "/in" * (SHOWN_DEPTH - 4)),),
    good=(Example(lambda: _with(_nested(500))),),
)
def nested_too_deeply(container: Any) -> Words:
    """Dicts and lists are nested more than 1,024 levels deep.

    Why: The API's JSON reader refuses it, and no real request comes close. The pointer leads to its outer levels.

    Source: The limit of orjson, whose messages the API's refusals repeat.
    """
    return (
        f"a Python {code(type(container).__name__)} is nested deeper than {MAX_DEPTH:,} levels",
        "flatten it, or send it as a string",
    )


@value_rule(
    "values/too-much",
    bad=(Example(lambda: _with(range(10**9)), at="/tools"),),
    good=(Example(lambda: _with(range(1000))),),
)
def too_much(_: Any) -> Words:
    """A Python object has more values, or more text, than any body the API accepts.

    Why: A body has at most 32 MB, a batch 256 MB. An object that never ends would not fit into memory; nor would a list
    that contains a second one twice, which contains a third one twice, and so on. The value was not checked.

    Source: The documentation's overview of the API; the limits of msglint are 2,097,152 values and 2^30 characters.
    """
    return (
        f"more than any request has: over {MOST:,} values, or {MOST_CHARACTERS:,} characters",
        "pass only what is to be sent, not an object that never ends or repeats itself many times over",
    )

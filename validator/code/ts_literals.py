"""Literals of JavaScript: the texts and numbers that they stand for."""

from __future__ import annotations

import math
import operator as operators
import re
from collections.abc import Callable
from typing import Final

from ..common.lazy_regex import regex

_ESCAPE: Final = regex(
    r"\\(?:u\{(?P<point>[0-9A-Fa-f]+)\}|u(?P<unit>[0-9A-Fa-f]{4})|x(?P<byte>[0-9A-Fa-f]{2})"
    r"|(?P<octal>[0-3]?[0-7]{1,2})|(?P<line>\r\n|[\n\r\u2028\u2029])|(?P<other>.))",
    re.DOTALL,
)
_NAMED: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}
_PAIR: Final = regex("[\ud800-\udbff][\udc00-\udfff]")
_LAST_POINT: Final = 0x10FFFF
_LARGEST_PLAIN: Final = 1e21
"""Numbers from here on are written with an exponent, which keeps them no integers in JSON either way."""


def text_of(inner: str) -> str | None:
    """Return the text that a literal's characters between its quotes mean; None if an escape in it is wrong."""
    if "\\" not in inner:
        return inner
    wrong: list[str] = []

    def replaced(match: re.Match[str]) -> str:
        if point := match["point"]:
            number = int(point, 16) if len(point) <= 8 else _LAST_POINT + 1  # noqa: PLR2004 - leading zeros are fine
            if number > _LAST_POINT:
                wrong.append(point)
                return ""
            return chr(number)
        if digits := match["unit"] or match["byte"]:
            return chr(int(digits, 16))
        if octal := match["octal"]:
            return chr(int(octal, 8))
        if match["line"]:
            return ""
        other = match["other"]
        if other in "ux":
            wrong.append(other)
        return _NAMED.get(other, other)

    text = _ESCAPE.sub(replaced, inner)
    if wrong:
        return None
    return _PAIR.sub(_joined, text)


def _joined(match: re.Match[str]) -> str:
    """Return the character that two halves of UTF-16 make."""
    pair = match[0]
    return chr(0x10000 + ((ord(pair[0]) - 0xD800) << 10) + (ord(pair[1]) - 0xDC00))


def number_of(text: str) -> float | None:
    """Return the value of a numeric literal; None if it is a BigInt, or in the old octal form."""
    digits = text.replace("_", "").lower()
    if digits.endswith("n") or (len(digits) > 1 and digits[0] == "0" and digits[1].isdigit()):
        return None
    try:
        if digits[:2] in {"0x", "0o", "0b"}:
            # Its value is that of a double: more than 300 digits are infinite.
            return plain(float(int(digits, 0)))
        return plain(float(digits))
    except (ValueError, OverflowError):
        return None


def plain(number: float) -> float | None:
    """Return a number as JSON has it: `1e3` is the integer 1000; None for what JSON cannot say."""
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < _LARGEST_PLAIN else number


def calculated(operator: str, left: float, right: float) -> float | None:
    """Return the result of arithmetic with two numbers; None if it is not certain."""
    function = _OPERATIONS.get(operator)
    try:
        result = function(float(left), float(right)) if function is not None else None
    except (ArithmeticError, ValueError):
        return None
    # A negative number to the power of a fraction is complex in Python, and NaN in JavaScript.
    return plain(result) if isinstance(result, float) else None


_OPERATIONS: Final[dict[str, Callable[[float, float], float]]] = {
    "+": operators.add,
    "-": operators.sub,
    "*": operators.mul,
    "/": operators.truediv,
    "%": math.fmod,
    "**": operators.pow,
}

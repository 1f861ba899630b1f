"""Resolve plain scalars of YAML: by YAML 1.2, by YAML 1.1 as PyYAML implements it, or by a tag."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any, Final

from ..rules.yaml.values import CORE, Foreign, Special
from ..schema.gate import INT64_MIN

_DECIMAL: Final = 10
_UINT64_END: Final = 2**64
_EXACT: Final = 2**53
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_OLD_BOOLEANS: Final = {
    **_BOOLEANS,
    **dict.fromkeys(("yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("no", "No", "NO", "off", "Off", "OFF"), False),
}
_SPECIAL: Final = {"<<": Special.MERGE, "=": Special.VALUE}
_WORDS: Final = frozenset({*_NULLS, *_OLD_BOOLEANS, *_SPECIAL})
_NUMERIC: Final = frozenset("+-.0123456789")
_TYPES: Final = {"str": str, "null": type(None), "bool": bool, "int": int, "float": float}
"""The types that have a standard tag and exist in JSON."""

_INTEGER: Final = re.compile(r"[-+]?[0-9]+")
_OCTAL: Final = re.compile(r"0o([0-7]+)")
_HEXADECIMAL: Final = re.compile(r"0x([0-9a-fA-F]+)")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")

_OLD_OCTAL: Final = re.compile(r"[-+]?0[0-7_]+")
_OLD_INTEGER: Final = re.compile(r"[-+]?(?:0b[01_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+)")
_OLD_FLOAT: Final = re.compile(r"(?:[-+]?[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?")
_OLD_SEXAGESIMAL: Final = re.compile(r"[-+]?(?:[1-9][0-9_]*(?::[0-5]?[0-9])+|[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*)")
_OLD_DATE: Final = re.compile(
    r"\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A resolved scalar."""

    value: Any
    otherwise: Any = None
    """Its value in YAML 1.1, if that differs; never null."""
    foreign: Foreign | None = None
    """Why JSON does not have it, if so; the value is its text then."""


def resolve(text: str, tag: str | None, version: tuple[int, int] | None, *, is_plain: bool) -> Scalar:
    """Resolve a scalar.

    Args:
        text: Its text.
        tag: Its tag, if any.
        version: The YAML version that the document declares, if any.
        is_plain: Whether it is written without quotes.
    """
    if tag is not None and tag != "!":
        return _tagged(text, tag)
    if not is_plain or (text[:1] not in _NUMERIC and text not in _WORDS):
        return Scalar(text)
    new, old = _by_version_1_2(text), _by_version_1_1(text)
    if version is not None:
        new = old = old if version == (1, 1) else new
    if isinstance(new, Special):
        return Scalar(text, foreign=Foreign.DATE) if new is Special.DATE else Scalar(text)
    if isinstance(new, float) and not isfinite(new):
        return Scalar(text, foreign=Foreign.NOT_FINITE)
    return Scalar(new) if type(new) is type(old) and new == old else Scalar(new, old)


def _by_version_1_2(text: str) -> Any:  # noqa: PLR0911 - one return for each kind of word
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _NOT_FINITE.fullmatch(text):
        return inf
    if _INTEGER.fullmatch(text):
        return _number(text, _DECIMAL)
    if octal := _OCTAL.fullmatch(text):
        return _number(octal[1], 8)
    if hexadecimal := _HEXADECIMAL.fullmatch(text):
        return _number(hexadecimal[1], 16)
    return float(text) if _FLOAT.fullmatch(text) else text


def _by_version_1_1(text: str) -> Any:  # noqa: PLR0911 - as above
    if text in _NULLS:
        return None
    if text in _OLD_BOOLEANS:
        return _OLD_BOOLEANS[text]
    if text in _SPECIAL:
        return _SPECIAL[text]
    if _NOT_FINITE.fullmatch(text):
        return inf
    digits = text.replace("_", "")
    if _OLD_OCTAL.fullmatch(text):
        return _number(digits, 8)
    if _OLD_INTEGER.fullmatch(text):
        return _number(digits, 0)
    if _OLD_FLOAT.fullmatch(text):
        return float(digits)
    if _OLD_SEXAGESIMAL.fullmatch(text):
        return _sexagesimal(digits)
    return Special.DATE if _OLD_DATE.fullmatch(text) else text


def _number(text: str, base: int) -> Any:
    """Parse an integer like JSON parsers do: one that does not fit into 64 bits becomes a float."""
    try:
        number = int(text, base)
        return number if INT64_MIN <= number < _UINT64_END else float(number)
    except OverflowError:
        return inf
    except ValueError:  # no digits, or more than `int` accepts
        return float(text) if _INTEGER.fullmatch(text) else Special.ERROR


def _sexagesimal(digits: str) -> Any:
    """Parse a number in base 60, such as a time of day (`1:30` is 90 in YAML 1.1)."""
    total = 0.0  # not an integer: multiplying huge integers is quadratic in their digits
    for part in digits.lstrip("+-").split(":"):
        total = total * 60 + float(part)
    total = -total if digits.startswith("-") else total
    return int(total) if "." not in digits and abs(total) < _EXACT else total


def _tagged(text: str, tag: str) -> Scalar:
    """Resolve a scalar with a tag, which must name one of JSON's types."""
    if not tag.startswith(CORE) or tag.removeprefix(CORE) not in _TYPES:
        return Scalar(text, foreign=Foreign.TAG)
    kind = tag.removeprefix(CORE)
    if kind == "str":
        return Scalar(text)
    value = _by_version_1_2(text)
    if kind == "float" and _FLOAT.fullmatch(text):
        value = float(value)
    if value == inf or (kind == "float" and _NOT_FINITE.fullmatch(text)):
        return Scalar(text, foreign=Foreign.NOT_FINITE)
    if type(value) is not _TYPES[kind]:
        return Scalar(text, foreign=Foreign.NOT_OF_TAG)
    old = value if kind == "float" else _by_version_1_1(text)
    return Scalar(value) if value == old else Scalar(value, old)

"""What plain words of YAML mean: by YAML 1.2, by YAML 1.1 as most Python programs read it, or by a tag."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any, Final

from ..schema.gate import INT64_MIN

_TAG: Final = "tag:yaml.org,2002:"
_DECIMAL: Final = 10
_UINT64_END: Final = 2**64
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_OLD_BOOLEANS: Final = {
    **dict.fromkeys(("yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("no", "No", "NO", "off", "Off", "OFF"), False),
}
_MAY_BE_NUMBER: Final = frozenset("+-.0123456789")

_INTEGER: Final = re.compile(r"[-+]?[0-9]+")
_OCTAL: Final = re.compile(r"0o([0-7]+)")
_HEXADECIMAL: Final = re.compile(r"0x([0-9a-fA-F]+)")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")

_OLD_OCTAL: Final = re.compile(r"[-+]?0[0-7_]+")
_OLD_INTEGER: Final = re.compile(r"[-+]?(?:0b[01_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])+)")
_OLD_FLOAT: Final = re.compile(
    r"[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?"
    r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*"
)
_OLD_DATE: Final = re.compile(
    r"\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?"
)


@dataclass(frozen=True, slots=True)
class Plain:
    """What a scalar of YAML means."""

    value: Any
    otherwise: str | None = None
    """What other readers of YAML take it for, where they do not agree: `false`, `a date`."""
    is_foreign: bool = False
    """Whether it has no place in JSON; the value is its text then."""


def resolve(text: str, tag: str | None, version: tuple[int, int] | None, *, is_plain: bool) -> Plain:
    """Return what a scalar means: plain or not, with a tag or without, in a text that names its version or does not."""
    found = _resolved(text, tag, version, is_plain=is_plain)
    if isinstance(found.value, float) and not isfinite(found.value):
        return Plain(text, is_foreign=True)
    return found


def _resolved(text: str, tag: str | None, version: tuple[int, int] | None, *, is_plain: bool) -> Plain:
    if tag is not None and tag != "!":
        return _tagged(text, tag)
    if not is_plain:
        return Plain(text)
    if _NOT_FINITE.fullmatch(text):
        return Plain(text, is_foreign=True)
    new, old = _by_version_1_2(text), _by_version_1_1(text)
    if version is not None:
        value = old if version == (1, 1) else new
        return Plain(text, is_foreign=True) if value is _DATE else Plain(value)
    if type(new) is type(old) and new == old:
        return Plain(new)
    return Plain(new, _spelled(old))


_DATE: Final = object()


def _spelled(value: Any) -> str:
    if value is _DATE:
        return "a date"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "a string" if isinstance(value, str) else f"the number {value}"


def _by_version_1_2(text: str) -> Any:  # noqa: PLR0911 - one return for each kind of word
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if text[0] not in _MAY_BE_NUMBER:
        return text
    if _INTEGER.fullmatch(text):
        return _number(text, 10)
    if octal := _OCTAL.fullmatch(text):
        return _number(octal[1], 8)
    if hexadecimal := _HEXADECIMAL.fullmatch(text):
        return _number(hexadecimal[1], 16)
    return float(text) if _FLOAT.fullmatch(text) else text


def _by_version_1_1(text: str) -> Any:  # noqa: PLR0911 - as above
    if text in _NULLS:
        return None
    if text in _BOOLEANS or text in _OLD_BOOLEANS:
        return _BOOLEANS[text] if text in _BOOLEANS else _OLD_BOOLEANS[text]
    if text[0] not in _MAY_BE_NUMBER:
        return text
    digits = text.replace("_", "")
    if _OLD_OCTAL.fullmatch(text):
        return _number(digits, 8)
    if _OLD_INTEGER.fullmatch(text):
        return _sexagesimal(digits) if ":" in digits else _number(digits, 0)
    if _OLD_FLOAT.fullmatch(text):
        return _sexagesimal(digits) if ":" in digits else float(digits)
    return _DATE if _OLD_DATE.fullmatch(text) else text


def _number(text: str, base: int) -> Any:
    """Read an integer as the readers of JSON do: one that does not fit into 64 bits is a float."""
    try:
        number = int(text, base)
        return number if INT64_MIN <= number < _UINT64_END else float(number)
    except OverflowError:
        return inf
    except ValueError:
        return float(text) if base == _DECIMAL else text


def _sexagesimal(digits: str) -> Any:
    total: Any = 0
    for part in digits.lstrip("+-").split(":"):
        total = total * 60 + (float(part) if "." in part else int(part))
    return -total if digits.startswith("-") else total


def _tagged(text: str, tag: str) -> Plain:
    """Read a scalar by a tag that names one of JSON's types; any other tag has no place in JSON."""
    kind = tag.removeprefix(_TAG)
    value: Any = _by_version_1_2(text)
    fits = {
        "str": True,
        "null": value is None,
        "bool": isinstance(value, bool),
        "int": isinstance(value, int) and not isinstance(value, bool),
        "float": isinstance(value, (int, float)) and not isinstance(value, bool),
    }
    if not fits.get(kind, False):
        return Plain(text, is_foreign=True)
    if kind == "str":
        return Plain(text)
    return Plain(float(value) if kind == "float" else value)

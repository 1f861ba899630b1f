"""From any Python object to plain JSON values: what has no place in JSON is found and named."""

from __future__ import annotations

import math
from enum import Enum
from os import PathLike
from typing import TYPE_CHECKING, Any, Final

import orjson

from .findings import Finding
from .rules import values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .pointer import Path
    from .rules.rule import Rule

_FLAGS: Final = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS
_NULL: Final = b"null"

_Place = tuple[Any, ...]
"""A path whose keys may be of any type."""


def is_plain(request: Any) -> bool:
    """Whether `request` is made of nothing but what JSON knows, decided at the speed of writing it out."""
    try:
        text = orjson.dumps(request, option=_FLAGS)
    except (TypeError, RecursionError):
        return False
    # NaN and Infinity are written as null, so only a text without null proves that there are none.
    return _NULL not in text or not make_plain(request)[1]


def make_plain(request: Any) -> tuple[Any, list[Finding]]:
    """Copy `request` into dicts, lists, strings, numbers, booleans and None; name what has no place in JSON.

    Objects with a `model_dump` method, such as the content blocks of the SDK's responses, are dumped as the SDK does
    it. What cannot be converted is reported and becomes None.
    """
    copier = _Copier()
    return copier.copy(request), copier.findings


class _Copier:
    """Copies without recursion, as Python's own stack is shorter than the nesting that JSON allows."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def copy(self, request: Any) -> Any:
        copied: list[Any] = []
        pending: list[tuple[Iterator[tuple[Any, Any]], Any, _Place, int]] = [(enumerate([request]), copied, (), 0)]
        holders = {0}
        while pending:
            items, target, path, holder = pending[-1]
            for key, item in items:
                place = (*path, key) if target is not copied else ()
                value = self._converted(item, place)
                if isinstance(value, (dict, list)):
                    value = self._enter(item, value, place, holders, pending)
                if isinstance(target, list):
                    target.append(value)
                elif (name := self._key(key, place)) is not None:
                    target[name] = value
                if pending[-1][1] is not target:
                    break
            else:
                pending.pop()
                holders.discard(holder)
        return copied[0]

    def _enter(self, item: Any, value: Any, place: Path, holders: set[int], pending: list[Any]) -> Any:
        """Start on a container, whose copy is filled by the turns of the loop that follow."""
        if id(item) in holders:
            return self._refuse(values.circular, item, place)
        if len(place) >= values.MAX_DEPTH:
            return self._refuse(values.nested_too_deeply, item, place[: values.SHOWN_DEPTH])
        target: Any = {} if isinstance(value, dict) else []
        holders.add(id(item))
        children = iter(value.items()) if isinstance(value, dict) else enumerate(value)
        pending.append((children, target, place, id(item)))
        return target

    def _converted(self, value: Any, place: _Place) -> Any:  # noqa: PLR0911 - one return for each kind of value
        """Turn a value into one of JSON's; a container is turned, what it contains is not."""
        while isinstance(value, Enum):
            value = value.value
        if value is None or isinstance(value, (bool, dict, list)):
            return value
        if isinstance(value, str):
            return self._text(str(value), place)
        if isinstance(value, (int, float)):
            return self._number(value, place)
        if isinstance(value, tuple):
            return list(value)
        if hasattr(value, "model_dump") and not isinstance(value, type):
            try:
                return value.model_dump(mode="json", exclude_unset=True)
            except Exception:  # noqa: BLE001 - a foreign object may raise anything
                return self._refuse(values.not_json, value, place)
        if place[-1:] == ("data",) and (isinstance(value, PathLike) or hasattr(value, "read")):
            return ""  # the SDK sends the file's content as base64
        return self._refuse(values.not_json, value, place)

    def _text(self, text: str, place: _Place) -> str:
        try:
            text.encode()
        except UnicodeEncodeError as error:
            self._refuse(values.lone_surrogate, text[error.start], place)
            return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return text

    def _number(self, number: float, place: _Place) -> float | None:
        if isinstance(number, int) and -(2**63) <= number < 2**64:
            return int(number)
        try:
            as_float = float(number)
        except OverflowError:
            as_float = math.inf
        return as_float if math.isfinite(as_float) else self._refuse(values.not_finite, number, place)

    def _key(self, key: Any, place: _Place) -> str | None:
        while isinstance(key, Enum):
            key = key.value
        return (
            self._text(str(key), place) if isinstance(key, str) else self._refuse(values.key_not_a_string, key, place)
        )

    def _refuse(self, rule: Rule, value: Any, place: _Place) -> Any:
        """Report a value, and return what takes its place."""
        message, advice = rule.check(value)
        path: Path = tuple(step if isinstance(step, (str, int)) else str(step) for step in place)
        self.findings.append(Finding(rule, path, message, advice))
        return None

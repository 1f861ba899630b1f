"""From any Python object to plain JSON values: what has no place in JSON is found and named."""

from __future__ import annotations

import math
from collections import UserString
from collections.abc import Iterator, Mapping, Sequence, ValuesView
from collections.abc import Set as AbstractSet
from datetime import date
from enum import Enum
from os import PathLike
from typing import TYPE_CHECKING, Any, Final

from .findings import Finding
from .inspect.base64_data import UNREAD_FILE
from .rules import values
from .rules.syntax import MAX_DEPTH

if TYPE_CHECKING:
    from .pointer import Path
    from .rules.rule import Rule

_MOST_DUMPS: Final = 8
"""How often an object may answer with another object before it is given up."""
_LONGEST_KEY: Final = 60
_MOST_ITEMS: Final = 2**63

_SENT_AS_ARRAYS: Final = (Sequence, AbstractSet, ValuesView)
_CHARACTERS: Final = (bytes, bytearray, memoryview, UserString)
"""Sequences that the SDK does not send as arrays."""

_Place = tuple[Any, ...]
"""A path whose keys may be of any type."""
_LEFT_OUT: Final = object()
"""Stands for what the SDK does not send: its `NOT_GIVEN` and `omit`."""


def make_plain(request: Any) -> tuple[Any, list[Finding]]:
    """Copy `request` into dicts, lists, strings, numbers, booleans and None; name what has no place in JSON.

    Objects with a `model_dump` method, such as the content blocks of the SDK's responses, are dumped as the SDK does
    it; mappings, sequences, sets and dates become what the SDK sends for them. What cannot be converted is reported and
    becomes None.
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
                if value is _LEFT_OUT:
                    continue
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
        return copied[0] if copied else None

    def _enter(self, item: Any, value: Any, place: _Place, holders: set[int], pending: list[Any]) -> Any:
        """Start on a container, whose copy is filled by the turns of the loop that follow."""
        if id(item) in holders:
            return self._refuse(values.circular, item, place)
        if len(place) >= MAX_DEPTH:
            return self._refuse(values.nested_too_deeply, item, place[: values.SHOWN_DEPTH])
        target: Any = {} if isinstance(value, dict) else []
        holders.add(id(item))
        children = iter(dict.items(value)) if isinstance(value, dict) else enumerate(list.__iter__(value))
        pending.append((children, target, place, id(item)))
        return target

    def _converted(self, value: Any, place: _Place) -> Any:
        """Turn a value into one of JSON's; a container is turned, what it contains is not."""
        try:
            for _ in range(_MOST_DUMPS):
                dumped = _dumped(value)
                if dumped is value:
                    return self._of_known_type(value, place)
                value = dumped
        except Exception:  # noqa: BLE001 - a foreign object may raise anything when it is asked something
            return self._refuse(values.not_json, value, place)
        return self._refuse(values.not_json, value, place)

    def _of_known_type(self, value: Any, place: _Place) -> Any:  # noqa: PLR0911 - one return for each kind of value
        if value is None or isinstance(value, (bool, dict, list)):
            return value
        if isinstance(value, str):
            return self._text(str.__str__(value), place)
        if isinstance(value, (int, float)):
            return self._number(value, place)
        if isinstance(value, Mapping):
            return dict(value)
        if isinstance(value, _SENT_AS_ARRAYS) and not isinstance(value, _CHARACTERS):
            return list(value)
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, Iterator) and not hasattr(value, "read"):
            return self._refuse(values.read_once, value, place)
        if type(value).__name__ in {"NotGiven", "Omit"} and type(value).__module__.startswith("anthropic"):
            return _LEFT_OUT
        if place[-1:] == ("data",) and (isinstance(value, PathLike) or hasattr(value, "read")):
            return UNREAD_FILE  # the SDK sends the file's content as base64
        return self._refuse(values.not_json, value, place)

    def _text(self, text: str, place: _Place) -> str:
        if isinstance(text, Enum):
            text = str(text.value)
        try:
            text.encode()
        except UnicodeEncodeError as error:
            self._refuse(values.lone_surrogate, text[error.start], place)
            return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return text

    def _number(self, number: float, place: _Place) -> Any:
        if isinstance(number, int):
            number = int.__int__(number)
            if -(2**63) <= number < 2**64:
                return number
        try:
            as_float = float.__float__(number) if isinstance(number, float) else float(number)
        except OverflowError:
            as_float = math.inf
        return as_float if math.isfinite(as_float) else self._refuse(values.not_finite, number, place)

    def _key(self, key: Any, place: _Place) -> str | None:
        if isinstance(key, str):
            return self._text(str.__str__(key), place)
        self._refuse(values.key_not_a_string, key, place)
        return None

    def _refuse(self, rule: Rule, value: Any, place: _Place) -> Any:
        """Report a value, and return what takes its place."""
        message, advice = rule.check(value)
        path: Path = tuple(step if type(step) is str or _is_index(step) else _spelled(step) for step in place)
        self.findings.append(Finding(rule, path, message, advice))
        return None


def _dumped(value: Any) -> Any:
    """Return what the SDK sends in place of one of its objects; anything else as it is."""
    if isinstance(value, type):
        return value
    if hasattr(value, "model_dump"):
        left_out = getattr(value, "__api_exclude__", None)
        return value.model_dump(mode="json", exclude_unset=True, by_alias=True, exclude=left_out)
    if hasattr(value, "to_dict") and type(value).__module__.startswith("anthropic"):
        return value.to_dict()
    return value


def _is_index(step: Any) -> bool:
    return type(step) is int and 0 <= step < _MOST_ITEMS


def _spelled(key: Any) -> str:
    """Spell a key that is no string, whatever its own spelling does."""
    try:
        return str(key)[:_LONGEST_KEY]
    except Exception:  # noqa: BLE001 - a foreign object may raise anything when it is asked something
        return f"<a Python {type(key).__name__}>"

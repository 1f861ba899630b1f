"""Convert any Python object to plain JSON values, and report what JSON cannot hold."""

from __future__ import annotations

import math
from collections import UserString
from collections.abc import Iterable, Iterator, Mapping, Sequence, ValuesView
from collections.abc import Set as AbstractSet
from datetime import date
from functools import lru_cache
from itertools import islice
from os import PathLike
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..engine.encoding import MOST_CHARACTERS, is_plain
from ..engine.finding import Finding
from ..inspect.base64_data import UNREAD_FILE
from ..report import Target
from ..rules import values
from ..rules.syntax import MAX_DEPTH

if TYPE_CHECKING:
    from ..common.pointer import Path
    from ..engine.rule import Rule

_MOST_DUMPS: Final = 8
"""Most times that an object may be dumped into another object before it is refused."""
_MOST_FINDINGS: Final = 10_000
"""Most values that JSON cannot hold that are reported; the others are counted."""
_LONGEST_KEY: Final = 60
_MOST_COPIED: Final = 2**20
"""Most values, those in shared lists each time, of a value whose objects are dumped without looking at each first."""
_PROPERTIES: Final = 2
"""Levels that are open while the properties of the request are read: the request, and the list that holds it."""

_SCALARS: Final = frozenset({str, int, float, bool, type(None)})
_COPIED: Final = frozenset({dict, list, tuple})
_SENT_AS_ARRAYS: Final = (Sequence, AbstractSet, ValuesView)
_CHARACTERS: Final = (bytes, bytearray, memoryview, UserString)
"""Sequences that the SDK does not send as arrays."""
_SOMETHING: Final = (
    "a Python object has no place in JSON",
    "convert it to a dict, a list, a string, a number, a boolean or None",
)
"""The wording for an object that raises even when its own type is described."""
_LEFT_OUT: Final = object()
"""A marker for what the SDK does not send: its `NOT_GIVEN` and `omit`."""


class Plain(NamedTuple):
    """A request in plain JSON values."""

    value: Any
    findings: list[Finding]
    """The values that JSON cannot hold, each of which is None in `value`."""
    omitted: int
    """The number of such values beyond those in `findings`."""
    refused: set[Path]
    """The paths of all such values, listed or not."""


def make_plain(request: Any) -> Plain:
    """Copy `request` into dicts, lists, strings, numbers, booleans and None; report what JSON cannot hold.

    Objects with a `model_dump` method, such as the content blocks of the SDK's responses, are dumped as the SDK does;
    mappings, sequences, sets and dates become what the SDK sends for them. Anything else becomes None.
    """
    copier = _Copier()
    return Plain(copier.copy(request), copier.findings, copier.omitted, copier.refused)


def with_objects_dumped(request: dict[str, Any]) -> dict[str, Any] | None:
    """Return a request with the SDK's objects dumped, faster than `make_plain`; None if that is not certain.

    Agents put the blocks of answers into the next request as they are. Values that are neither plain nor tuples nor the
    SDK's may be left as they are.
    """
    try:
        return {
            name: value if is_plain(value) else _with_objects_dumped(value)
            for name, value in request.items()
            if not _is_left_out(value)
        }
    except Exception:  # noqa: BLE001 - `make_plain` takes any object
        return None


def _with_objects_dumped(value: Any) -> Any:
    """Copy a value with the SDK's objects in it dumped, and tuples as lists.

    Raises:
        Exception: for a value that is none, and not plain either; for too many values; what an object raises.
    """
    holder = [value]
    containers: list[Any] = [holder]
    left = _MOST_COPIED
    for container in containers:
        for key, item in container.items() if type(container) is dict else enumerate(container):
            kind = type(item)
            if kind is str or kind in _SCALARS:
                continue
            inner = item if kind in _COPIED else _object_dumped(item, kind)
            left -= 1 + len(inner)
            if left < 0:  # a list may contain itself, or a large one many times
                raise ValueError
            container[key] = inner = list(inner) if kind is tuple else inner.copy()
            containers.append(inner)
    return holder[0]


def _object_dumped(value: Any, kind: Any) -> Any:
    """Return what the SDK sends in place of one of its objects, as a dict or list."""
    dumped = _model_dumped(value, _excluded_by(kind))
    if type(dumped) is not dict and type(dumped) is not list:
        raise TypeError
    return dumped


@lru_cache(maxsize=256)  # pydantic takes as long to look this up as to dump a block
def _excluded_by(kind: Any) -> Any:
    """Return the properties that objects of a class leave out when they are sent."""
    excluded = getattr(kind, "__api_exclude__", None)
    # The SDK does not dump a class, and a property is known only of the object itself.
    if issubclass(kind, type) or hasattr(excluded, "__get__"):
        raise TypeError
    return excluded


class _Pairs(list[tuple[Any, Any]]):
    """A snapshot of the keys and values of an object, taken when it is entered."""


class _Level:
    """A container that is being copied."""

    __slots__ = ("holder", "items", "key", "target")

    def __init__(self, items: Iterable[tuple[Any, Any]], target: Any, holder: int) -> None:
        self.items = iter(items)
        self.target = target
        self.holder = holder
        """The id of the container."""
        self.key: str | int = 0
        """The key or index of the item that is being copied."""


class _Copier:
    """Copies without recursion, because Python's own stack is shorter than the nesting that JSON allows.

    A foreign object may do anything when one of its methods is called: raise, lie, change itself or others, or never
    end. So containers are read at once when they are entered, dicts and lists without calling their own methods, and
    every item is counted.
    """

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.omitted = 0
        self.refused: set[Path] = set()
        self._levels: list[_Level] = []
        self._left = values.MOST
        self._characters_left = MOST_CHARACTERS
        self._is_over = False
        """Whether the limit on values was exceeded once; from then on, no further object or array is read."""

    def copy(self, request: Any) -> Any:
        copied: list[Any] = []
        levels = self._levels
        levels.append(_Level([(0, request)], copied, 0))
        holders = {0}
        while levels:
            level = levels[-1]
            target = level.target
            is_array = type(target) is list
            for key, item in level.items:
                level.key = key if is_array or type(key) is str else self._spelled(key)
                if not (is_array or type(key) is str or _is(key, str)):
                    self._refuse(values.key_not_a_string, key, target=Target.KEY)
                    continue
                name = key if is_array else self._text(level.key, Target.KEY)
                value = self._converted(item)
                if value is _LEFT_OUT:
                    continue
                if type(value) is _Pairs or type(value) is list:
                    value = self._enter(item, value, holders)
                if is_array:
                    target.append(value)
                else:
                    target[name] = value
                if self._left < 0 or self._characters_left < 0:
                    self._give_up(level, holders)
                if levels[-1] is not level:
                    break
            else:
                levels.pop()
                holders.discard(level.holder)
        return copied[0] if copied else None

    def _give_up(self, level: _Level, holders: set[int]) -> None:
        """Replace the property that exceeds the limits by None, or the whole request if it is not an object."""
        self._left, self._characters_left, self._is_over = values.MOST, MOST_CHARACTERS, True
        is_property = len(self._levels) >= _PROPERTIES and type(self._levels[1].target) is dict
        if level is self._levels[0] or not is_property:
            del self._levels[1:]
            self._levels[0].target[-1] = None
            self._levels[0].key = 0
        else:
            del self._levels[_PROPERTIES:]
            outer = self._levels[-1]
            outer.target[outer.key] = None
        holders.intersection_update(each.holder for each in self._levels)
        self._refuse(values.too_much, None)

    def _enter(self, item: Any, value: Any, holders: set[int]) -> Any:
        """Open a container; the loop in `copy` fills its copy."""
        if self._is_over:
            return self._refuse(values.too_much, item)
        if id(item) in holders:
            return self._refuse(values.circular, item)
        if len(self._levels) > MAX_DEPTH:
            return self._refuse(values.nested_too_deeply, item, depth=values.SHOWN_DEPTH)
        self._left -= len(value)
        holders.add(id(item))
        target: Any = {} if type(value) is _Pairs else []
        self._levels.append(_Level(value if type(value) is _Pairs else enumerate(value), target, id(item)))
        return target

    def _converted(self, value: Any) -> Any:  # noqa: PLR0911 - one return for each kind of value
        """Convert a value to one of JSON's types; the items of a container are converted later."""
        # `type(value) is`, not `isinstance`: the latter asks the object's own `__class__`, which may lie or raise.
        kind = type(value)
        if kind is str:
            return self._text(value)
        if value is None or kind is bool:
            return value
        if kind is dict:
            return _Pairs(value.items())
        if kind is list:
            return value[:]
        try:
            for _ in range(_MOST_DUMPS):
                dumped = _dumped(value)
                if dumped is value:
                    return self._of_known_type(value)
                value = dumped
        except Exception:  # noqa: BLE001 - a foreign object may raise anything when it is asked something
            return self._refuse(values.not_json, value)
        return self._refuse(values.not_json, value)

    def _of_known_type(self, value: Any) -> Any:  # noqa: C901, PLR0911 - one return for each kind of value
        if value is None or type(value) is bool:
            return value
        if _is(value, str):
            return self._text(str.__str__(value))
        if _is(value, (int, float)):
            return self._number(value)
        if _is(value, dict):
            return _Pairs(dict.items(value))
        if _is(value, list):
            return list.copy(value)
        if isinstance(value, Mapping):
            return _Pairs((key, value[key]) for key in islice(iter(value), self._left + 1))
        if isinstance(value, _SENT_AS_ARRAYS) and not isinstance(value, _CHARACTERS):
            return list(islice(iter(value), self._left + 1))
        if isinstance(value, date):
            return self._text(str.__str__(value.isoformat()))
        if isinstance(value, Iterator) and not hasattr(value, "read"):
            return self._refuse(values.read_once, value)
        if _is_left_out(value):
            return _LEFT_OUT
        if self._levels[-1].key == "data" and (isinstance(value, PathLike) or hasattr(value, "read")):
            return UNREAD_FILE  # the SDK sends the file's content as base64
        return self._refuse(values.not_json, value)

    def _text(self, text: str, target: Target = Target.VALUE) -> str:
        self._characters_left -= len(text)
        if text.isascii():
            return text
        try:
            text.encode()
        except UnicodeEncodeError as error:
            self._refuse(values.lone_surrogate, text[error.start], target=target)
            return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return text

    def _number(self, number: float) -> Any:
        if _is(number, int):
            number = int.__int__(number)  # type: ignore[arg-type]
            if -(2**63) <= number < 2**64:
                return number
        try:
            as_float = float.__float__(number) if _is(number, float) else float(number)
        except OverflowError:
            as_float = math.inf
        return as_float if math.isfinite(as_float) else self._refuse(values.not_finite, number)

    def _spelled(self, key: Any) -> str:
        """Spell a key that is not a plain string, even if its `__str__` raises."""
        try:
            return str.__str__(key) if _is(key, str) else str.__str__(str(key))[:_LONGEST_KEY]
        except Exception:  # noqa: BLE001 - a foreign object may raise anything when it is asked something
            return f"<a Python {type.__getattribute__(type(key), '__name__')}>"

    def _refuse(self, rule: Rule, value: Any, *, depth: int | None = None, target: Target = Target.VALUE) -> None:
        """Report the value that is being copied, and return None for it; `depth` cuts the path to it."""
        path = tuple(level.key for level in self._levels[1:])[:depth]
        self.refused.add(path)
        if len(self.findings) == _MOST_FINDINGS:
            self.omitted += 1
            return
        try:
            message, advice = rule.check(value)
        except Exception:  # noqa: BLE001 - as above
            message, advice = _SOMETHING
        self.findings.append(Finding(rule, path, message, advice, target))


def _is_left_out(value: Any) -> bool:
    """Whether a value is one that the SDK does not send: its `NOT_GIVEN` or `omit`."""
    kind = type(value)
    return kind.__name__ in {"NotGiven", "Omit"} and kind.__module__.startswith("anthropic")


def _is(value: Any, kinds: type | tuple[type, ...]) -> bool:
    """Whether a value is of a type, whatever its `__class__` pretends."""
    return issubclass(type(value), kinds)


def _model_dumped(value: Any, excluded: Any) -> Any:
    """Dump an object as the SDK does."""
    return value.model_dump(mode="json", exclude_unset=True, by_alias=True, exclude=excluded)


def _dumped(value: Any) -> Any:
    """Return what the SDK sends in place of one of its objects; any other value unchanged."""
    if _is(value, type):
        return value
    if hasattr(value, "model_dump"):
        return _model_dumped(value, getattr(value, "__api_exclude__", None))
    if hasattr(value, "to_dict") and type(value).__module__.startswith("anthropic"):
        return value.to_dict()
    return value

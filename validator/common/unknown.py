"""Values that are not known: whoever reads one stops there, without knowing that there is such a thing.

Every use of an unknown value raises `NotKnownError`: comparing, testing, measuring, formatting, even asking for its
type with `isinstance`. An object or array with something unknown in it raises as soon as the answer to a question
depends on that. So code that was written for plain values decides nothing that another value could change, and the one
who called it catches the error. Only `is`, and `type(value) is …`, do not raise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NoReturn

from .pointer import Path


class NotKnownError(Exception):
    """Raised where an answer depends on a value that is not known."""


def _raise(*_: object, **__: object) -> NoReturn:
    raise NotKnownError


class UnknownValue:
    """A value of which at most the JSON type is known."""

    __slots__ = ("kind",)

    kind: str

    def __init__(self, kind: str) -> None:
        object.__setattr__(self, "kind", kind)

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        """Raise, because `isinstance` asks for it."""
        raise NotKnownError

    def __getattr__(self, name: str) -> NoReturn:
        raise NotKnownError

    __bool__ = __hash__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _raise
    __len__ = __iter__ = __contains__ = __getitem__ = __reversed__ = _raise
    __str__ = __repr__ = __format__ = _raise
    __int__ = __float__ = __index__ = _raise
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _raise
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __neg__ = __abs__ = _raise
    __or__ = __ror__ = __and__ = __rand__ = _raise
    __call__ = _raise


class UnknownNumber(UnknownValue):
    """A number of which only the most that it can be is known."""

    __slots__ = ("most",)

    most: int

    def __init__(self, most: int) -> None:
        super().__init__("number")
        object.__setattr__(self, "most", most)

    def __le__(self, other: Any) -> bool:  # type: ignore[override]
        if self.most <= other:
            return True
        raise NotKnownError

    def __gt__(self, other: Any) -> bool:  # type: ignore[override]
        return not self <= other


def is_unknown(value: Any) -> bool:
    """Whether a value is unknown itself."""
    return type(value) is UnknownValue


def _may_be_absent(value: Any) -> bool:
    """Whether a property with a value may not be sent at all."""
    return type(value) is UnknownValue and value.kind == "any"


class UncertainIndex(int):
    """The index of an item behind others whose number is not known: it serves in a path, and cannot be compared."""

    __slots__ = ()

    __bool__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __index__ = __int__ = _raise
    __add__ = __radd__ = __sub__ = __rsub__ = __neg__ = __mod__ = _raise
    __hash__ = int.__hash__


def plain_path(path: Path) -> Path:
    """Return a path with plain numbers as indices."""
    if not any(type(step) is UncertainIndex for step in path):
        return path
    return tuple(int.__pos__(step) if type(step) is UncertainIndex else step for step in path)


class PartialObject(dict[str, Any]):
    """An object with something unknown in it: a value at any depth, or further properties (`is_open`)."""

    __slots__ = ("is_open",)

    def __init__(self, members: Mapping[str, Any], *, is_open: bool) -> None:
        super().__init__(members)
        self.is_open = is_open

    def lacks(self, key: str) -> bool:
        """Whether it certainly has no property of a name."""
        return not self.is_open and not super().__contains__(key)

    def peek(self, key: str) -> Any:
        """Return a property without raising: None if it is absent, an `UnknownValue` if it is unknown."""
        return super().get(key)

    def __getitem__(self, key: str) -> Any:
        if not super().__contains__(key):
            if self.is_open:
                raise NotKnownError
            raise KeyError(key)
        value = super().__getitem__(key)
        if type(value) is UnknownValue:
            raise NotKnownError
        return value

    def get(self, key: str, default: Any = None) -> Any:
        """Return a property, or `default` if it is certainly absent."""
        if not super().__contains__(key):
            if self.is_open:
                raise NotKnownError
            return default
        return self[key]

    def __contains__(self, key: object) -> bool:
        if not super().__contains__(key):
            if self.is_open:
                raise NotKnownError
            return False
        if _may_be_absent(super().__getitem__(key)):  # type: ignore[index]
            raise NotKnownError
        return True

    def _see_certain(self) -> None:
        """Raise unless the names of all its properties are known."""
        if self.is_open or any(map(_may_be_absent, super().values())):
            raise NotKnownError

    def __iter__(self) -> Iterator[str]:
        for key, value in super().items():
            if not _may_be_absent(value):
                yield key
        self._see_certain()

    def __reversed__(self) -> NoReturn:
        raise NotKnownError

    def __len__(self) -> int:
        self._see_certain()
        return super().__len__()

    def __bool__(self) -> bool:
        if not all(map(_may_be_absent, super().values())):
            return True
        self._see_certain()
        return False

    def keys(self) -> Any:
        """Return the names of its properties, if all are known."""
        self._see_certain()
        return super().keys()

    def items(self) -> Any:
        """Yield the known properties, then raise if there may be others."""
        return self._known_items()

    def _known_items(self) -> Iterator[tuple[str, Any]]:
        is_whole = not self.is_open
        for key, value in super().items():
            if type(value) is UnknownValue:
                is_whole = False
            else:
                yield key, value
        if not is_whole:
            raise NotKnownError

    def values(self) -> Any:
        """Yield the known values, then raise if there may be others."""
        return (value for _, value in self._known_items())

    __eq__ = __ne__ = __or__ = __ror__ = _raise
    __hash__ = None

    def copy(self) -> PartialObject:
        """Return a copy with the same unknown parts."""
        return PartialObject(dict(super().items()), is_open=self.is_open)

    def pop(self, key: str, *default: Any) -> Any:
        """Remove a property."""
        return super().pop(key, *default)


class PartialArray(list[Any]):
    """An array with something unknown in it: an item at any depth, or further items (`is_open`).

    In an open array an item of which nothing is known may stand for any number of items, even none, so the indices
    behind it are not known either.
    """

    __slots__ = ("_certain", "is_open")

    def __init__(self, items: list[Any], *, is_open: bool) -> None:
        super().__init__(items)
        self.is_open = is_open
        spread = (index for index, item in enumerate(items) if _may_be_absent(item))
        self._certain = next(spread, len(items)) if is_open else len(items)
        """The number of items at the start whose index is certain."""

    def peek(self) -> Iterator[Any]:
        """Yield the items without raising; those that are unknown are an `UnknownValue`."""
        return super().__iter__()

    def numbered(self) -> Iterator[tuple[int, Any]]:
        """Yield the items with their indices without raising."""
        for index, item in enumerate(super().__iter__()):
            yield index if index < self._certain else UncertainIndex(index), item

    @property
    def least(self) -> int:
        """The least number of items it has."""
        return sum(not (self.is_open and _may_be_absent(item)) for item in super().__iter__())

    def __iter__(self) -> Iterator[Any]:
        yield from super().__iter__()
        if self.is_open:
            raise NotKnownError

    def __len__(self) -> int:
        if self.is_open:
            raise NotKnownError
        return super().__len__()

    def __bool__(self) -> bool:
        if self.least:
            return True
        if self.is_open:
            raise NotKnownError
        return False

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, int) and 0 <= index < self._certain:
            value = super().__getitem__(index)
            if type(value) is UnknownValue:
                raise NotKnownError
            return value
        if self.is_open:
            raise NotKnownError
        found = super().__getitem__(index)
        if type(found) is UnknownValue:
            raise NotKnownError
        return PartialArray(found, is_open=False) if isinstance(index, slice) else found

    def __contains__(self, item: object) -> bool:
        return any(item is each or item == each for each in self)

    def __reversed__(self) -> Iterator[Any]:
        if self.is_open:
            raise NotKnownError
        return super().__reversed__()

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _raise
    __add__ = __radd__ = __mul__ = __rmul__ = __iadd__ = _raise
    __hash__ = None
    count = index = copy = _raise


def is_partial(value: Any) -> bool:
    """Whether a value is an object or array with something unknown in it."""
    kind = type(value)
    return kind is PartialObject or kind is PartialArray


def partial_value(value: Any, unknown: Mapping[Path, str], opened: frozenset[Path]) -> Any:
    """Return a plain value with some of its parts unknown; what holds none of them is not copied.

    Args:
        value: The value.
        unknown: The kinds of the unknown values by their paths.
        opened: The paths of the arrays and objects that may have more than they show.
    """
    touched = {path[:length] for path in (*unknown, *opened) for length in range(len(path) + 1)}
    if not touched:
        return value

    # Without recursion: a request may be nested more deeply than Python's stack allows.
    made: dict[Path, Any] = {}
    for path in sorted(touched, key=len, reverse=True):
        if path in unknown:
            made[path] = UnknownValue(unknown[path])
            continue
        found = _at(value, path)
        if isinstance(found, dict):
            members = {key: made.get((*path, key), item) for key, item in found.items()}
            made[path] = PartialObject(members, is_open=path in opened)
        elif isinstance(found, list):
            items = [made.get((*path, index), item) for index, item in enumerate(found)]
            made[path] = PartialArray(items, is_open=path in opened)
    return made.get((), value)


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


_NOT_KNOWN: Final = frozenset({UnknownValue, PartialObject, PartialArray})


def see_known(value: Any) -> None:
    """Raise `NotKnownError` if a value has something unknown in it: for code in C, which would look past it."""
    if type(value) in _NOT_KNOWN:
        raise NotKnownError


_UNWRITTEN: Final = "…"
"""The place holder for an unknown value, to be shown."""
_SHOWN: Final[dict[str, Callable[[], Any]]] = {"array": list, "object": dict}


def shown_value(value: Any) -> Any:
    """Return a plain value in place of a partial one, with `…` for what is unknown: for wordings, not for decisions."""
    root = [value]
    waiting: list[Any] = [root]
    while waiting:
        holder = waiting.pop()
        for step, item in list(holder.items() if isinstance(holder, dict) else enumerate(holder)):
            kind = type(item)
            if kind is UnknownValue:
                holder[step] = _SHOWN.get(item.kind, lambda: _UNWRITTEN)()
            elif kind is PartialObject:
                holder[step] = dict(dict.items(item))
                waiting.append(holder[step])
            elif kind is PartialArray:
                holder[step] = list(item.peek())
                waiting.append(holder[step])
    return root[0]


def holds_unwritten(value: Any) -> bool:
    """Whether a plain value has a place holder of `shown_value` in it."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if each.__class__ is str and each == _UNWRITTEN:
            return True
        if isinstance(each, dict):
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
    return False

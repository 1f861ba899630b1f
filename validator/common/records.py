"""Named tuples like those of `typing`, which are made in a third of the time: each start of the command makes sixty."""

from __future__ import annotations

from functools import lru_cache
from operator import itemgetter
from types import FunctionType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import NamedTuple
else:
    try:
        from _collections import _tuplegetter as _getter
    except ImportError:  # another Python than CPython

        def _getter(index: int, doc: str) -> property:
            return property(itemgetter(index), doc=doc)

    class _Named(type):
        """Makes a class of tuples of the annotations in a body, as `typing` does, but does not check them."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            fields = tuple(body.get("__annotations__", ()))
            if not fields:
                return super().__new__(cls, name, bases, {"__slots__": (), **body})
            usual = {field: body[field] for field in fields if field in body}
            create = FunctionType(
                _constructor(len(fields)).replace(co_varnames=("_cls", *fields)),
                {"_new": tuple.__new__, "__name__": body["__module__"]},
                "__new__",
                tuple(usual.values()),
            )
            create.__qualname__ = f"{name}.__new__"
            create.__annotations__ = body["__annotations__"]
            parts = {"__slots__": (), "_fields": fields, "_field_defaults": usual, "__match_args__": fields}
            getters = {field: _getter_of(index) for index, field in enumerate(fields)}
            return super().__new__(cls, name, bases, {**body, **parts, **getters, "__new__": create})

    class NamedTuple(tuple, metaclass=_Named):
        """The base of named tuples."""

        __slots__ = ()

        @classmethod
        def _make(cls, values: Any) -> Any:
            made = tuple.__new__(cls, values)
            if len(made) != len(cls._fields):
                msg = f"Expected {len(cls._fields)} arguments, got {len(made)}"
                raise TypeError(msg)
            return made

        def _replace(self, /, **changes: Any) -> Any:
            made = tuple.__new__(self.__class__, map(changes.pop, self._fields, self))
            if changes:
                msg = f"Got unexpected field names: {list(changes)!r}"
                raise ValueError(msg)
            return made

        __replace__ = _replace

        def _asdict(self) -> dict[str, Any]:
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self) -> str:
            parts = ", ".join(f"{field}={value!r}" for field, value in zip(self._fields, self, strict=True))
            return f"{type(self).__name__}({parts})"

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)

    @lru_cache
    def _constructor(count: int) -> Any:
        """Return the code that makes a tuple of `count` values; it is compiled once for each count."""
        names = ", ".join(f"_{index}" for index in range(count))
        return eval(f"lambda _cls, {names}: _new(_cls, ({names},))").__code__  # noqa: S307 - as `namedtuple` does

    @lru_cache
    def _getter_of(index: int) -> Any:
        return _getter(index, f"Alias for field number {index}")


__all__ = ["NamedTuple"]

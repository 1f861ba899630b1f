"""Named tuples like those of `typing`, which are made in a third of the time: each start of the command makes sixty."""

from __future__ import annotations

import typing
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

    @classmethod
    def _make(cls: type, values: Any) -> Any:
        made = tuple.__new__(cls, values)
        if len(made) != len(cls._fields):
            msg = f"Expected {len(cls._fields)} arguments, got {len(made)}"
            raise TypeError(msg)
        return made

    def _replace(self: Any, /, **changes: Any) -> Any:
        made = self._make(map(changes.pop, self._fields, self))
        if changes:
            msg = f"Got unexpected field names: {list(changes)!r}"
            raise ValueError(msg)
        return made

    def _asdict(self: Any) -> dict[str, Any]:
        return dict(zip(self._fields, self, strict=True))

    def _repr(self: Any) -> str:
        parts = ", ".join(f"{field}={value!r}" for field, value in zip(self._fields, self, strict=True))
        return f"{type(self).__name__}({parts})"

    def _getnewargs(self: Any) -> tuple[Any, ...]:
        return tuple(self)

    _SHARED = {
        "__slots__": (),
        "__orig_bases__": (typing.NamedTuple,),
        "__repr__": _repr,
        "__getnewargs__": _getnewargs,
        "__replace__": _replace,
        **{part.__name__: part for part in (_make, _replace, _asdict)},
    }

    class _Maker(type):
        """Makes a class of tuples of the annotations in a body, as `typing` does, but does not check them.

        It is not the class of what it makes, so that applications can derive any class from ours.
        """

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = tuple(body["__annotations__"])
            usual = {field: body[field] for field in fields if field in body}
            create = FunctionType(
                _constructor(len(fields)).replace(co_varnames=("_cls", *fields)),
                {"_new": tuple.__new__, "__name__": body["__module__"]},
                "__new__",
                tuple(usual.values()),
            )
            create.__qualname__ = f"{name}.__new__"
            create.__annotations__ = body["__annotations__"]
            parts = {"_fields": fields, "_field_defaults": usual, "__match_args__": fields, "__new__": create}
            getters = {field: _getter_of(index) for index, field in enumerate(fields)}
            return type(name, (tuple,), {**_SHARED, **body, **parts, **getters})

    class NamedTuple(metaclass=_Maker):
        """Stands for the base of named tuples, which have no base but `tuple`."""

    @lru_cache
    def _constructor(count: int) -> Any:
        """Return the code that makes a tuple of `count` values; it is compiled once for each count."""
        names = ", ".join(f"_{index}" for index in range(count))
        return eval(f"lambda _cls, {names}: _new(_cls, ({names},))").__code__  # noqa: S307 - as `namedtuple` does

    @lru_cache
    def _getter_of(index: int) -> Any:
        return _getter(index, f"Alias for field number {index}")


__all__ = ["NamedTuple"]

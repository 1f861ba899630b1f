"""Our named tuples, which have to be like those of `typing`."""

from __future__ import annotations

import abc
import copy
import inspect
import pickle
import sys
import typing
from typing import Any

import pytest

from validator.common import records


class Place(records.NamedTuple):
    """Where something is."""

    line: int
    column: int = 1
    name: str = ""

    @property
    def shown(self) -> str:
        """The place as text."""
        return f"{self.line}:{self.column}"

    @classmethod
    def first(cls) -> Place:
        """Return the first place."""
        return cls(1)


class Usual(typing.NamedTuple):
    """Where something is."""

    line: int
    column: int = 1
    name: str = ""


class One(records.NamedTuple):
    only: int


class Narrow(Place):
    """A subclass, which adds no fields."""

    __slots__ = ()


def parts_of(kind: Any) -> dict[str, Any]:
    place, other = kind(3, name="x"), kind(3, 1, "x")
    line, *_ = place
    return {
        "values": (tuple(place), place.line, place.column, place.name, line, place == other, place == (3, 1, "x")),
        "order": (place < kind(4), hash(place) == hash(other), len(place), place.index("x"), place[-1]),
        "class": (kind._fields, kind._field_defaults, kind.__match_args__, kind.__doc__, kind.__annotations__.keys()),
        "copies": (place._replace(line=4), place._asdict(), kind._make([1, 2, "y"]), copy.copy(place)),
        "repr": repr(place).removeprefix(kind.__name__),
        "signature": [(each.name, each.kind, each.default) for each in inspect.signature(kind).parameters.values()],
        "help": kind.line.__doc__,
        "kind": (type(kind), kind.__bases__, kind.__dict__["__orig_bases__"]),
        "size": (sys.getsizeof(place), hasattr(place, "__dict__"), isinstance(place, tuple)),
    }


def test_they_are_like_those_of_typing() -> None:
    assert parts_of(Place) == parts_of(Usual)
    assert inspect.getattr_static(One, "__slots__") == ()
    assert One(5).only == 5
    assert typing.get_type_hints(Place) == typing.get_type_hints(Usual)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda kind: kind(), TypeError),
        (lambda kind: kind(1, 2, "x", 4), TypeError),
        (lambda kind: kind(1, row=2), TypeError),
        (lambda kind: kind._make([1]), TypeError),
        (lambda kind: kind(1)._replace(row=2), (TypeError, ValueError)),
        (lambda kind: setattr(kind(1), "line", 2), AttributeError),
        (lambda kind: setattr(kind(1), "row", 2), AttributeError),
    ],
)
def test_they_refuse_what_those_of_typing_refuse(call: Any, error: Any) -> None:
    for kind in (Place, Usual):
        with pytest.raises(error):
            call(kind)


def test_a_missing_value_is_named() -> None:
    with pytest.raises(TypeError, match=r"Place\.__new__\(\) missing 1 required positional argument: 'line'"):
        Place()  # type: ignore[call-arg]


def test_they_are_pickled_and_matched() -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(Narrow(1, 2), protocol)) == Narrow(1, 2)  # noqa: S301 - ours
    match Place(7, 8):
        case Place(line, column=column):
            assert (line, column) == (7, 8)


def test_methods_and_subclasses_are_kept() -> None:
    assert Place.first().shown == "1:1"
    assert type(Narrow(2)._replace(column=3)) is Narrow
    assert repr(Narrow(2)) == "Narrow(line=2, column=1, name='')"


class Shape(abc.ABC):
    """What an application may have beside ours."""

    @abc.abstractmethod
    def area(self) -> int: ...


class Marked(Place):
    """A subclass whose annotation is not a field."""

    mark: str = "new"


class Shaped(Place, Shape):
    """A subclass with another metaclass."""

    def area(self) -> int:
        return self.line * self.column


def test_an_application_may_derive_any_class() -> None:
    marked = Marked(1, name="x")
    marked.mark = "own"
    assert (marked, marked._fields, marked.mark) == ((1, 1, "x"), ("line", "column", "name"), "own")
    assert (Shaped(1, 2).area(), repr(Shaped(1, 2)._replace(line=3))) == (2, "Shaped(line=3, column=2, name='')")

"""Odd values at every place of a request, for rules that have to bear any."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

import orjson

from tests.strategies import paths

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from validator.rules import Example

FEW_ODD: Final[tuple[Any, ...]] = (None, 0, "x", [], {"type": "text"})
ODD: Final[tuple[Any, ...]] = (
    *FEW_ODD,
    True,
    -1.5,
    2**70,
    "a/b~c.d[0]*{}\n",
    "x" * 3000,
    [None, {}, [[[1]]]],
    [{"type": None}, {"type": []}],
    {},
    {"": None, "a b": [], "type": {}, "\n": {}, "0": 0},
)
"""Values of every kind; a list or an object cannot be hashed."""
_MOST_PATHS: Final = 60
_LONGEST: Final = 20_000


def small_requests(example: Example) -> Iterator[Any]:
    """Yield the request of an example, read anew, if it is an object that JSON can hold and not a large one."""
    if isinstance(example.request, dict):
        try:
            text = orjson.dumps(example.request)
        except TypeError:
            return
        if len(text) < _LONGEST:
            yield orjson.loads(text)


def with_odd_values(request: Any, odd: Sequence[Any]) -> Iterator[Any]:
    """Yield a request again and again, each time with an odd value at another place, or without the value there."""
    for path in [*paths(request)][1 : _MOST_PATHS + 1]:
        changed = copy.deepcopy(request)
        holder = changed
        for step in path[:-1]:
            holder = holder[step]
        for value in odd:
            holder[path[-1]] = value
            yield changed
        del holder[path[-1]]
        yield changed


def assert_leads_somewhere(pointer: str, request: Any) -> None:
    """Hold a JSON Pointer to lead to a value."""
    value = request
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        value = value[int(key)] if isinstance(value, list) else value[key]

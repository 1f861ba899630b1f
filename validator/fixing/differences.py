"""The operations that turn one value into another, each as small as possible."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..fixes import Operation, add, remove, replace

if TYPE_CHECKING:
    from ..common.pointer import Path


def operations_between(old: Any, new: Any) -> list[Operation]:
    """Return the operations that turn a value into another; as a JSON Patch they can be applied one after the other.

    Of an array, items may have been changed or removed; any other new array is written as a whole.
    """
    found: list[Operation] = []
    waiting: list[tuple[Path, Any, Any]] = [((), old, new)]
    while waiting:
        path, former, later = waiting.pop()
        if former is later or same(former, later):
            continue
        if isinstance(former, dict) and isinstance(later, dict):
            found += [remove((*path, name)) for name in former if name not in later]
            found += [add((*path, name), value) for name, value in later.items() if name not in former]
            waiting += [((*path, name), former[name], later[name]) for name in former if name in later]
        elif isinstance(former, list) and isinstance(later, list) and len(former) == len(later):
            waiting += [((*path, index), *pair) for index, pair in enumerate(zip(former, later, strict=True))]
        elif isinstance(former, list) and isinstance(later, list) and (gone := _removed(former, later)) is not None:
            found += [remove((*path, index)) for index in reversed(gone)]
        else:
            found.append(replace(path, later))
    return found


def same(one: Any, other: Any) -> bool:
    """Whether two scalars are the same JSON value; False for containers, which have to be compared in turn."""
    if isinstance(one, (dict, list)) or isinstance(other, (dict, list)):
        return False
    return type(one) is type(other) and bool(one == other)


def _removed(former: list[Any], later: list[Any]) -> list[int] | None:
    """Return the indices of the items that a shorter array lacks; None if it is not the same array without some."""
    gone: list[int] = []
    kept: Iterator[Any] = iter(later)
    wanted: Any = next(kept, gone)
    for index, item in enumerate(former):
        if wanted is not gone and item == wanted:
            wanted = next(kept, gone)
        else:
            gone.append(index)
    return gone if wanted is gone else None


def place_before(path: Path, operations: list[Operation]) -> Path:
    """Return where a value stood before operations of `operations_between` were applied."""
    former: list[str | int] = []
    for step in path:
        place = tuple(former)
        if isinstance(step, int):
            for index in sorted(
                int(operation.path[-1])
                for operation in operations
                if operation.op == "remove" and operation.path[:-1] == place and isinstance(operation.path[-1], int)
            ):
                step += index <= step  # noqa: PLW2901 - each removed item before it moves it by one
        former.append(step)
    return tuple(former)


def place_after(path: Path, operations: list[Operation]) -> list[Path]:
    """Return where a value stands after operations whose paths are those before all of them; nothing if it is gone."""
    later: list[str | int] = []
    removed = {operation.path for operation in operations if operation.op == "remove"}
    written = {operation.path for operation in operations if operation.op == "replace"}
    for depth, step in enumerate(path):
        place = path[: depth + 1]
        if place in removed or place in written:
            return []
        if isinstance(step, int):
            step -= sum(  # noqa: PLW2901 - each removed item before it moves it by one
                1 for gone in removed if gone[:-1] == path[:depth] and isinstance(gone[-1], int) and gone[-1] < step
            )
        later.append(step)
    return [tuple(later)]

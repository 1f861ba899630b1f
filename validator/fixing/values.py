"""Apply operations to a value: the expected content of a text after the edits of a fix."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ..common.pointer import Path
    from ..fixes.fix import Operation

_GONE: Final = object()
"""A marker for a removed value: it keeps its place, so that the paths of other operations stay right."""


def patched(value: Any, operations: Iterable[Operation]) -> Any:
    """Return a copy of a value with operations applied; all their paths are those of the unchanged value.

    Raises:
        LookupError: for a path without a value, and for a new property that exists already.
        TypeError: for a path through a value that is neither an object nor an array.
    """
    root = [_copied(value)]
    renamed: dict[Path, str] = {}
    inserted: list[tuple[int, list[Any], Any]] = []
    for operation in operations:
        holder, step = _holder(root, operation.path if operation.source is None else operation.source)
        if operation.op == "move":
            if operation.path[-1] in holder or step not in holder:
                raise LookupError(operation.path)
            renamed[operation.source or ()] = str(operation.path[-1])
        elif operation.op == "add":
            if isinstance(holder, list):
                inserted.append((step, holder, _copied(operation.value)))
            elif step in holder:
                raise LookupError(operation.path)
            else:
                holder[step] = _copied(operation.value)
        else:
            _ = holder[step]  # it has to be there
            holder[step] = _GONE if operation.op == "remove" else _copied(operation.value)
    for step, items, item in sorted(inserted, key=lambda each: each[0], reverse=True):
        items.insert(step, item)
    for path, name in renamed.items():
        holder, step = _holder(root, path)
        members = list(holder.items())
        holder.clear()
        holder.update({name if key == step else key: item for key, item in members})
    return _swept(root)[0]


def _holder(root: list[Any], path: Path) -> tuple[Any, Any]:
    holder: Any = root
    for step in (0, *path)[:-1]:
        holder = holder[step]
    return holder, (0, *path)[-1]


def _copied(value: Any) -> Any:
    """Copy containers, without recursion."""
    root: list[Any] = [value]
    waiting: list[Any] = [root]
    while waiting:
        holder = waiting.pop()
        for step, item in list(holder.items() if isinstance(holder, dict) else enumerate(holder)):
            if isinstance(item, (dict, list)):
                holder[step] = dict(item) if isinstance(item, dict) else list(item)
                waiting.append(holder[step])
    return root[0]


def _swept(root: list[Any]) -> list[Any]:
    """Drop removed values, in place."""
    waiting: list[Any] = [root]
    while waiting:
        holder = waiting.pop()
        if isinstance(holder, dict):
            for key in [key for key, item in holder.items() if item is _GONE]:
                del holder[key]
            waiting += [item for item in holder.values() if isinstance(item, (dict, list))]
        else:
            holder[:] = [item for item in holder if item is not _GONE]
            waiting += [item for item in holder if isinstance(item, (dict, list))]
    return root

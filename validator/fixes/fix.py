"""Fixes: operations on the request, like those of JSON Patch (RFC 6902)."""

from __future__ import annotations

from enum import Enum
from typing import Any, Literal

from ..common.pointer import Path, shown_pointer, to_pointer
from ..common.records import NamedTuple
from ..common.redaction import deeply_redacted


class Applicability(str, Enum):
    """Whether a fix may be applied without review."""

    SAFE = "safe"
    """The request keeps its meaning, or gets the one that was certainly intended."""
    UNSAFE = "unsafe"
    """It may not be what was intended: somebody has to review it."""

    def __str__(self) -> str:
        return self.value


class Operation(NamedTuple):
    """One operation of a fix. All paths are those of the request before the fix."""

    op: Literal["add", "remove", "replace", "move"]
    path: Path
    """The place to replace, remove, move to or add at. A new item of an array goes before the item that has the index
    now, or after the last one; a new property goes to the end of its object."""
    value: Any = None
    """The new value."""
    source: Path | None = None
    """The property to move: it gets another name in the same object."""

    def __repr__(self) -> str:
        """Spell it without secrets, because it is printed along with violations."""
        source = None if self.source is None else shown_pointer(self.source)
        value = deeply_redacted(self.value)
        return f"Operation(op={self.op!r}, path={shown_pointer(self.path)!r}, value={value!r}, source={source!r})"


class Fix(NamedTuple):
    """A fix of a violation."""

    title: str
    """Its effect, as an imperative without a full stop."""
    applicability: Applicability
    operations: tuple[Operation, ...]

    @property
    def patch(self) -> list[dict[str, Any]]:
        """The fix as a JSON Patch for the document in which the violation stands.

        The operations are to be applied one after the other: removals in an array come last item first. They are for
        programs, not for printing: the values in them are spelled out, even secrets.
        """
        return [_spelled(operation) for operation in self.operations]


def replace(path: Path, value: Any) -> Operation:
    """Replace a value by another."""
    return Operation("replace", path, value)


def remove(path: Path) -> Operation:
    """Remove a property or an item."""
    return Operation("remove", path)


def rename(path: Path, name: str) -> Operation:
    """Rename a property."""
    return Operation("move", (*path[:-1], name), source=path)


def add(path: Path, value: Any) -> Operation:
    """Add a property, or an item of an array: before the item that has its index now, or after the last one."""
    return Operation("add", path, value)


def _spelled(operation: Operation) -> dict[str, Any]:
    spelled: dict[str, Any] = {"op": operation.op}
    if operation.source is not None:
        spelled["from"] = to_pointer(operation.source)
    spelled["path"] = to_pointer(operation.path)
    if operation.op in {"add", "replace"}:
        spelled["value"] = operation.value
    return spelled

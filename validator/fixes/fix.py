"""What a fix is: operations on the request, as JSON Patch (RFC 6902) has them."""

from __future__ import annotations

from enum import Enum
from typing import Any, Literal, NamedTuple

from ..common.pointer import Path, shown_pointer, to_pointer
from ..common.redaction import deeply_redacted


class Applicability(str, Enum):
    """Whether a fix may be applied without looking."""

    SAFE = "safe"
    """What the request means stays, or is what was surely meant."""
    UNSAFE = "unsafe"
    """It may not be what was meant: somebody has to look."""

    def __str__(self) -> str:
        return self.value


class Operation(NamedTuple):
    """One step of a fix. All paths are those of the request as it is before the fix."""

    op: Literal["add", "remove", "replace", "move"]
    path: Path
    """The value to replace, remove or move to; where to put a new one: before the item of an array that has the place
    now, behind the last one, or at the end of an object."""
    value: Any = None
    """What to put there."""
    source: Path | None = None
    """What to move: a property, under another name in the same object."""

    def __repr__(self) -> str:
        """Spell it without secrets, as it is printed along with violations."""
        source = None if self.source is None else shown_pointer(self.source)
        value = deeply_redacted(self.value)
        return f"Operation(op={self.op!r}, path={shown_pointer(self.path)!r}, value={value!r}, source={source!r})"


class Fix(NamedTuple):
    """How to mend a violation."""

    title: str
    """What it does, as an imperative without a full stop."""
    applicability: Applicability
    operations: tuple[Operation, ...]

    @property
    def patch(self) -> list[dict[str, Any]]:
        """The fix as a JSON Patch for the document in which the violation stands.

        The operations are to be applied one after the other: removals in an array come last item first. They are for
        programs and not for printing: what they move or keep is spelled out, even a secret.
        """
        return [_spelled(operation) for operation in self.operations]


def replace(path: Path, value: Any) -> Operation:
    """Put another value in the place of one."""
    return Operation("replace", path, value)


def remove(path: Path) -> Operation:
    """Take out a property or an item."""
    return Operation("remove", path)


def rename(path: Path, name: str) -> Operation:
    """Give a property another name."""
    return Operation("move", (*path[:-1], name), source=path)


def add(path: Path, value: Any) -> Operation:
    """Add a property, or an item of an array: before the one that has its place now, or behind the last one."""
    return Operation("add", path, value)


def _spelled(operation: Operation) -> dict[str, Any]:
    spelled: dict[str, Any] = {"op": operation.op}
    if operation.source is not None:
        spelled["from"] = to_pointer(operation.source)
    spelled["path"] = to_pointer(operation.path)
    if operation.op in {"add", "replace"}:
        spelled["value"] = operation.value
    return spelled

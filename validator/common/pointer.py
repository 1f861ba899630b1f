"""Paths into a JSON document and their RFC 6901 spelling."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from .redaction import redacted

Path = tuple[str | int, ...]
"""The keys and indices that lead from the root to a value."""

_LONGEST_NAME: Final = 40
"""Characters of the longest key whose spelling is kept."""


def to_pointer(path: Path) -> str:
    """Spell `path` as a JSON Pointer: `("tools", 0, "a/b")` is `/tools/0/a~1b`.

    A lone surrogate, which a Python string can hold and UTF-8 cannot, becomes U+FFFD.
    """
    return _encodable("".join(map(_spelled, path)))


def from_pointer(pointer: str) -> tuple[str, ...]:
    """Read a JSON Pointer as keys: `/tools/0/a~1b` is `("tools", "0", "a/b")`; an index stays a string."""
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])


def path_in(root: Any, pointer: str) -> Path:
    """Follow a JSON Pointer into `root`, and return the path to the last value that it reaches."""
    path: list[str | int] = []
    node = root
    for key in from_pointer(pointer):
        if isinstance(node, dict) and key in node:
            step: str | int = key
        elif isinstance(node, list) and key.isdecimal() and int(key) < len(node):
            step = int(key)
        else:
            break
        node = node[step]
        path.append(step)
    return tuple(path)


def shown_pointer(path: Path) -> str:
    """Spell `path` as a JSON Pointer for display, with secrets in its keys redacted."""
    return _encodable("".join([_shown_step(step) if isinstance(step, str) else f"/{step}" for step in path]))


def _encodable(pointer: str) -> str:
    return pointer if pointer.isascii() else pointer.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _shown_step(step: str) -> str:
    return _shown_name(step) if len(step) <= _LONGEST_NAME else _spelled(redacted(step))


@lru_cache(maxsize=1024)
def _shown_name(name: str) -> str:
    return _spelled(redacted(name))


def _spelled(step: str | int) -> str:
    return "/" + str(step).replace("~", "~0").replace("/", "~1")


def dotted(path: Iterable[str | int]) -> str:
    """Spell a path as the API does in its messages, with dots."""
    return ".".join(str(step) for step in path)


def existing(path: Path, root: Any) -> Path:
    """Return the longest start of a path that leads to a value; at least the empty path of the root."""
    node = root
    for depth, step in enumerate(path):
        if isinstance(node, dict):
            if step not in node:
                return path[:depth]
        elif not (isinstance(node, (list, tuple)) and isinstance(step, int) and 0 <= step < len(node)):
            return path[:depth]
        node = node[step]
    return path


_SMALL: Final = 16
"""Objects with at most this many keys are searched; the key order of larger ones is cached."""


class DocumentOrder:
    """Makes sort keys that put paths into the order of their values in a document."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._positions: dict[int, dict[Any, int]] = {}

    def key(self, path: Path) -> tuple[int, ...]:
        """Return the sort key of a path; a property that its object lacks comes after all others."""
        order: list[int] = []
        node = self._root
        for step in path:
            if isinstance(node, dict):
                order.append(self._position(node, step))
                node = node.get(step)
            elif isinstance(node, list) and isinstance(step, int) and step < len(node):
                order.append(step)
                node = node[step]
            else:
                order.append(0)
        return tuple(order)

    def _position(self, node: dict[str, Any], step: str | int) -> int:
        if len(node) > _SMALL:
            return self._of_keys(node).get(step, len(node))
        return next((position for position, key in enumerate(node) if key == step), len(node))

    def _of_keys(self, node: dict[str, Any]) -> dict[Any, int]:
        positions = self._positions.get(id(node))
        if positions is None:
            positions = self._positions[id(node)] = {key: index for index, key in enumerate(node)}
        return positions

"""Paths into a JSON document and their RFC 6901 spelling."""

from __future__ import annotations

from typing import Any

Path = tuple[str | int, ...]
"""The keys and indices that lead from the root to a value."""


def to_pointer(path: Path) -> str:
    """Spell `path` as a JSON Pointer: `("tools", 0, "a/b")` is `/tools/0/a~1b`.

    Half of a surrogate pair, which a Python string can hold and no text can, becomes U+FFFD.
    """
    pointer = "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)
    return pointer if pointer.isascii() else pointer.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def order_of(path: Path, root: Any) -> tuple[int, ...]:
    """Return a sort key that puts paths into the order in which their values stand in `root`."""
    order: list[int] = []
    node = root
    for step in path:
        if isinstance(node, dict):
            position = next((index for index, key in enumerate(node) if key == step), len(node))
        else:
            position = step if isinstance(step, int) else 0
        order.append(position)
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            node = None
    return tuple(order)

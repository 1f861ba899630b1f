"""Bound the work of validating a value against a foreign schema, whose references can multiply it.

Ten definitions, each of which refers to the next one twice, are a thousand schemas to visit, and forty are more than
any engine finishes.
"""

from __future__ import annotations

from typing import Any, Final

import orjson

from ..common.records import NamedTuple

_MOST: Final = 50_000
"""Most schemas that a value is validated against."""
_REFERENCES: Final = ("$ref", "$dynamicRef", "$recursiveRef")
_DEFINITIONS: Final = frozenset({"$defs", "definitions"})
_MOST_NESTED: Final = 2_000_000
"""The same for nested values: a looser bound, because most levels enter few of the loops."""


class _Sum(NamedTuple):
    schemas: int
    """The number of schemas on all paths from a schema, each path ending where it leads back to itself."""
    returns: int
    """The number of paths that lead back."""


_ONE: Final = _Sum(1, 0)
_RETURN: Final = _Sum(1, 1)


def _may_refer(schema: Any) -> bool:
    try:
        text = orjson.dumps(schema)
    except (TypeError, ValueError, RecursionError):
        return True
    return b'Ref"' in text or b'$ref"' in text


class Effort:
    """An upper bound of the work of validating a value against a schema."""

    def __init__(self, schema: Any) -> None:
        self._root = schema
        self._sums: dict[int, _Sum] = {}
        self._schemas, self._returns = self._sum_up(schema) if _may_refer(schema) else _ONE

    @property
    def is_bearable(self) -> bool:
        """Whether a value that is not nested can be validated."""
        return self._schemas <= _MOST

    @property
    def bears_all(self) -> bool:
        """Whether every value can be validated."""
        return self._returns <= 1

    def bears(self, value: Any) -> bool:
        """Whether a value can be validated."""
        # Not a time limit: the engine cannot be interrupted. The estimate is the worst case, in which each level of the
        # value enters every loop of the schema.
        if self.bears_all:
            return True
        work = self._schemas
        level = [value] if isinstance(value, (dict, list)) else []
        while level:
            work *= self._returns
            if work > _MOST_NESTED:
                return False
            level = [
                item
                for container in level
                for item in (container.values() if isinstance(container, dict) else container)
                if isinstance(item, (dict, list))
            ]
        return True

    def _sum_up(self, schema: Any) -> _Sum:
        """Sum up a schema depth first, without recursion."""
        open_ones: set[int] = set()
        waiting: list[tuple[Any, list[Any] | None]] = [(schema, None)]
        while waiting:
            node, parts = waiting.pop()
            if parts is None:
                if id(node) in self._sums or id(node) in open_ones:
                    continue
                open_ones.add(id(node))
                parts = self._parts(node)
                waiting.append((node, parts))
                waiting += [(part, None) for part in parts]
                continue
            sums = [self._sums.get(id(part), _RETURN) for part in parts]
            total = 1 + sum(each.schemas for each in sums), sum(each.returns for each in sums)
            self._sums[id(node)] = _Sum(min(total[0], _MOST + 1), min(total[1], _MOST + 1))
            open_ones.discard(id(node))
        return self._sums[id(schema)]

    def _parts(self, node: Any) -> list[Any]:
        """Return the subschemas and the targets of references of a schema, or of an array in one."""
        if isinstance(node, list):
            return [item for item in node if isinstance(item, (dict, list))]
        if not isinstance(node, dict):
            return []
        parts = [item for key, item in node.items() if isinstance(item, (dict, list)) and key not in _DEFINITIONS]
        for key in _REFERENCES:
            if isinstance(reference := node.get(key), str):
                target = self._target(reference)
                parts += [target] if isinstance(target, (dict, list)) else []
        return parts

    def _target(self, reference: str) -> Any:
        """Return the target of a reference; the whole schema, as the worst case, if it is not a pointer."""
        if not reference.startswith("#/"):
            return self._root
        from urllib.parse import unquote  # few schemas refer to a part of themselves, and each start would import it

        node = self._root
        for part in unquote(reference).split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            if isinstance(node, dict) and name in node:
                node = node[name]
            elif isinstance(node, list) and name.isdecimal() and int(name) < len(node):
                node = node[int(name)]
            else:
                return None
        return node

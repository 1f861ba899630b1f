"""Validate a value against a schema from the request, and find the first place where it breaks it.

The schema is the sender's own: it may refer to other hosts, loop, or have patterns that no engine supports. Nothing is
fetched, and a schema that cannot be compiled is not used.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import jsonschema_rs

from ..common.records import NamedTuple
from ..common.unknown import see_known
from ..common.wording import any_of, code, count, cut_short, kinds, names, nearest, shown
from ..report import Target
from .effort import Effort

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..common.pointer import Path

_SHORT: Final = 80
_UNIONS: Final = frozenset({"anyOf", "oneOf"})
_NO_VERDICT: Final = frozenset({"backtrackLimitExceeded", "regexEngineFailure", "referencing", "fromUtf8", "custom"})


BEYOND: Final = (ValueError, OverflowError, RecursionError)
"""The exceptions of the engine for a value that it cannot read or compare."""


class Misfit(NamedTuple):
    """A place where a value breaks its schema."""

    path: Path
    """From the value."""
    message: str
    advice: str | None = None
    target: Target = Target.VALUE


class Shape:
    """A schema of the request, compiled."""

    def __init__(self, schema: Any, called: str) -> None:
        """Compile `schema`, which messages call `called`; raises the engine's errors for an invalid schema."""
        see_known(schema)
        self._schema = schema
        self._called = called
        self._effort = Effort(schema)
        if not self._effort.is_bearable:
            msg = "its references make too much of it"
            raise ValueError(msg)
        self._validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=False, offline=True)

    def accepts(self, value: Any) -> bool:
        """Whether the schema accepts a value; raises one of `BEYOND` for a value beyond the engine."""
        see_known(value)
        return not self._effort.bears(value) or self._validator.is_valid(value)

    @property
    def verdict(self) -> Callable[[Any], bool]:
        """The quickest function that tells whether the schema accepts a value with nothing unknown in it."""
        verdict: Callable[[Any], bool] = self._validator.is_valid if self._effort.bears_all else self.accepts
        return verdict

    def misfit(self, value: Any) -> Misfit | None:
        """Return the first place where a value breaks the schema; None if it is accepted."""
        try:
            if self.accepts(value):
                return None
            self._validator.validate(value)
        except jsonschema_rs.ValidationError as error:
            return self._worded(error) if error.kind.name not in _NO_VERDICT else None
        except BEYOND:
            return None
        return None

    def _worded(self, error: jsonschema_rs.ValidationError) -> Misfit:
        error = _innermost(error)
        path: Path = tuple(error.instance_path)
        keyword, limit = str(error.kind.name), error.kind.value
        if keyword == "required":
            message = f"missing {code(str(limit))}, which {self._called} requires"
            return Misfit(path, message, target=Target.HOLDER)
        if keyword in {"additionalProperties", "unevaluatedProperties"} and limit:
            name = str(limit[0])
            known = self._properties_beside(tuple(error.schema_path))
            meant = nearest(name, known)
            advice = f"did you mean {code(meant)}?" if meant else f"it has {names(known)}" if known else None
            message = f"{code(name)} is not a property that {self._called} allows"
            return Misfit((*path, name), message, advice, Target.KEY)
        if keyword == "falseSchema":
            return Misfit(path, f"{_name(path)} is something that {self._called} does not allow")
        return Misfit(
            path, f"{_name(path)} is {shown(error.instance)}, but {_wanted(keyword, limit)} by {self._called}"
        )

    def _properties_beside(self, path: Path) -> list[str]:
        """Return the names in the `properties` of the schema with a keyword."""
        node = self._schema
        for step in path[:-1]:
            if isinstance(node, dict):
                node = node.get(step)
            elif isinstance(node, list) and isinstance(step, int):
                node = node[step]
        properties = node.get("properties") if isinstance(node, dict) else None
        return list(properties) if isinstance(properties, dict) else []


def compiled(schema: Any, called: str) -> Shape | None:
    """Compile a schema; None if it is invalid, refers elsewhere, or is beyond the engine."""
    try:
        return Shape(schema, called)
    except (ValueError, OverflowError, RecursionError, jsonschema_rs.ReferencingError):
        return None


def _innermost(error: jsonschema_rs.ValidationError) -> jsonschema_rs.ValidationError:
    """Follow a union to the branch of the value's type, if there is only one."""
    while error.kind.name in _UNIONS and error.kind.value:
        at_home = list(error.instance_path)
        branches = [
            branch
            for branch in error.kind.value
            if branch and not any(part.kind.name == "type" and list(part.instance_path) == at_home for part in branch)
        ]
        if len(branches) != 1:
            return error
        error = branches[0][0]
    return error


def _name(path: Path) -> str:
    if not path:
        return "the input"
    last = path[-1]
    if isinstance(last, str):
        return code(last)
    holder = next((step for step in reversed(path) if isinstance(step, str)), None)
    return f"item {last} of {code(holder)}" if holder is not None else f"item {last}"


def _wanted(keyword: str, limit: Any) -> str:
    if keyword == "type":
        return f"must be {kinds(limit)}"
    if keyword == "enum":
        return f"must be {any_of(limit, brief=_brief)}"
    if keyword == "const":
        return f"must be {any_of([limit], brief=_brief)}"
    if keyword in _UNIONS:
        return f"must fit one of the {count(len(limit), 'schema')} in {code(keyword)}" if limit else "must fit `oneOf`"
    is_short = limit is not None and not (isinstance(limit, (dict, list, str)) and len(limit) > _SHORT)
    text = json.dumps(limit, ensure_ascii=False, default=str) if is_short else ""
    return f"must keep to {code(keyword)}" + (f": {text}" if text and len(text) <= _SHORT else "")


def _brief(value: Any) -> Any:
    """Shorten a value for a list."""
    text = value if isinstance(value, str) else json.dumps(value)
    return value if len(text) <= _SHORT else cut_short(text, _SHORT)

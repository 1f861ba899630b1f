"""The kinds of values that the keys of a table take: their checks, and their JSON Schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .wording import any_of, code, names, nearest, shown

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake in a configuration, with the path to the value."""

    path: KeyPath
    message: str
    help: str


class ValueKind(Protocol):
    """The kind of value that a key takes."""

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values."""

    def mistakes(self, value: Any, path: KeyPath) -> Iterator[Mistake]:
        """Yield the mistakes in a value."""


@dataclass(frozen=True, slots=True)
class AnyString:
    """Any string."""

    pattern: str | None = None

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values."""
        return {"type": "string"} if self.pattern is None else {"type": "string", "pattern": self.pattern}

    def mistakes(self, value: Any, path: KeyPath) -> Iterator[Mistake]:
        """Yield the mistakes in a value."""
        if not isinstance(value, str):
            yield wrong_type(value, path, "a string")


@dataclass(frozen=True, slots=True)
class FileName:
    """The name of a file."""

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values."""
        return {"type": "string"}

    def mistakes(self, value: Any, path: KeyPath) -> Iterator[Mistake]:
        """Yield the mistakes in a value."""
        if not isinstance(value, str):
            yield wrong_type(value, path, "a string")
        elif "\0" in value:
            message = f"{code(_key_of(path))} is {shown(value)}, but a file name cannot contain a zero byte"
            yield Mistake(path, message, "remove it")


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of several names."""

    names: Sequence[str]
    noun: str
    others: str | None = None
    """The pattern of names that an editor cannot know, and allows."""
    may_be: Callable[[str], bool] | None = None
    """Whether a name that is not known may be one all the same."""

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values."""
        known = {"enum": list(self.names)}
        return known if self.others is None else {"anyOf": [known, {"type": "string", "pattern": self.others}]}

    def mistakes(self, value: Any, path: KeyPath) -> Iterator[Mistake]:
        """Yield the mistakes in a value."""
        if not isinstance(value, str):
            yield wrong_type(value, path, any_of(self.names))
        elif value not in self.names and not (self.may_be is not None and self.may_be(value)):
            yield Mistake(path, f"there is no {self.noun} {code(value)}", meant(value, self.names))


@dataclass(frozen=True, slots=True)
class Number:
    """A number within bounds."""

    least: int
    most: int | None = None
    is_whole: bool = False

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values."""
        bounds = {"minimum": self.least} | ({} if self.most is None else {"maximum": self.most})
        return {"type": "integer" if self.is_whole else "number", **bounds}

    def mistakes(self, value: Any, path: KeyPath) -> Iterator[Mistake]:
        """Yield the mistakes in a value."""
        is_number = isinstance(value, int if self.is_whole else (int, float)) and not isinstance(value, bool)
        most = f" and at most {self.most}" if self.most is not None else ""
        wanted = f"{'an integer' if self.is_whole else 'a number'} of at least {self.least}{most}"
        if not is_number or value < self.least or (self.most is not None and value > self.most):
            yield wrong_type(value, path, wanted)


@dataclass(frozen=True, slots=True)
class ListOf:
    """An array of values of one kind."""

    item: ValueKind

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values."""
        return {"type": "array", "items": self.item.schema()}

    def mistakes(self, value: Any, path: KeyPath) -> Iterator[Mistake]:
        """Yield the mistakes in a value."""
        if not isinstance(value, list):
            yield wrong_type(value, path, "an array")
            return
        for index, item in enumerate(value):
            yield from self.item.mistakes(item, (*path, index))


@dataclass(frozen=True, slots=True)
class OneOrMore:
    """A value of one kind, or an array of such values."""

    item: ValueKind

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values."""
        return {"anyOf": [self.item.schema(), {"type": "array", "items": self.item.schema()}]}

    def mistakes(self, value: Any, path: KeyPath) -> Iterator[Mistake]:
        """Yield the mistakes in a value."""
        yield from (ListOf(self.item) if isinstance(value, list) else self.item).mistakes(value, path)


@dataclass(frozen=True, slots=True)
class TableOf:
    """A table whose keys are known names and whose values are of one kind."""

    names: Sequence[str]
    noun: str
    value: ValueKind
    others: str | None = None
    """As in `OneOf`."""
    may_be: Callable[[str], bool] | None = None
    """As in `OneOf`."""

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values."""
        properties = dict.fromkeys(self.names, self.value.schema())
        others = {} if self.others is None else {"patternProperties": {self.others: self.value.schema()}}
        return {"type": "object", "properties": properties, **others, "additionalProperties": False}

    def mistakes(self, value: Any, path: KeyPath) -> Iterator[Mistake]:
        """Yield the mistakes in a value."""
        if not isinstance(value, dict):
            yield wrong_type(value, path, "a table")
            return
        for name, item in value.items():
            if name not in self.names and not (self.may_be is not None and self.may_be(name)):
                yield Mistake((*path, name), f"there is no {self.noun} {code(name)}", meant(name, self.names))
            else:
                yield from self.value.mistakes(item, (*path, name))


@dataclass(frozen=True, slots=True)
class Shared:
    """A kind of value that several keys take, written once in the JSON Schema."""

    name: str
    kind: ValueKind

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values: a reference to the definition."""
        return {"$ref": f"#/$defs/{self.name}"}

    def mistakes(self, value: Any, path: KeyPath) -> Iterator[Mistake]:
        """Yield the mistakes in a value."""
        return self.kind.mistakes(value, path)


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a table."""

    name: str
    kind: ValueKind
    description: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a kind of value for each key."""

    keys: tuple[Key, ...]

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values."""
        return {
            "type": "object",
            "properties": {key.name: {"description": key.description, **key.kind.schema()} for key in self.keys},
            "required": [key.name for key in self.keys if key.required],
            "additionalProperties": False,
        }

    def mistakes(self, value: Any, path: KeyPath) -> Iterator[Mistake]:
        """Yield the mistakes in a value."""
        if not isinstance(value, dict):
            yield wrong_type(value, path, "a table")
            return
        kinds = {key.name: key.kind for key in self.keys}
        for name, item in value.items():
            if name in kinds:
                yield from kinds[name].mistakes(item, (*path, name))
            else:
                yield Mistake((*path, name), f"there is no key {code(name)}", meant(name, list(kinds)))
        for key in self.keys:
            if key.required and key.name not in value:
                yield Mistake(path, f"missing {code(key.name)}", f"add {code(key.name)}: {key.description}")


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values."""
        return {"type": "boolean"}

    def mistakes(self, value: Any, path: KeyPath) -> Iterator[Mistake]:
        """Yield the mistakes in a value."""
        if not isinstance(value, bool):
            yield wrong_type(value, path, "`true` or `false`")


@dataclass(frozen=True, slots=True)
class AnyTable:
    """Any table, or true or false if these may stand for one."""

    or_flag: bool = False

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values."""
        return {"type": ["object", "boolean"] if self.or_flag else "object"}

    def mistakes(self, value: Any, path: KeyPath) -> Iterator[Mistake]:
        """Yield the mistakes in a value."""
        if not isinstance(value, dict) and not (self.or_flag and isinstance(value, bool)):
            yield wrong_type(value, path, "a table")


def wrong_type(value: Any, path: KeyPath, wanted: str) -> Mistake:
    """Return the mistake of a value that is of another type than is wanted."""
    return Mistake(path, f"{code(_key_of(path))} is {_spelt(value)}, but must be {wanted}", f"replace it by {wanted}")


def _key_of(path: KeyPath) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "the configuration")


def _spelt(value: Any) -> str:
    plain = value is None or isinstance(value, (str, bool, int, float, dict, list))
    return shown(value) if plain else f"a {type(value).__name__}"


def meant(name: str, known: Sequence[str]) -> str:
    """Return the help for a name that is not known."""
    near = nearest(name, known)
    return f"did you mean {code(near)}?" if near else f"known are {names(list(known))}"

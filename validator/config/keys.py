"""The keys of a configuration: their one definition, from which its checks, its JSON Schema and its docs are made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from ..common.wording import any_of, code, names, nearest, shown
from ..facts.api import API_VERSIONS, EDITIONS, ENDPOINTS, PLATFORMS
from ..report import SEVERITIES
from ..rules import AREAS, RULES

KeyPath = tuple[str | int, ...]

OFF: Final = "off"
"""The severity of a rule that is left out."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a configuration, by the path to the value."""

    path: KeyPath
    message: str
    help: str


class Kind(Protocol):
    """What the value of a key has to be."""

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values."""

    def faults(self, value: Any, path: KeyPath) -> Iterator[Fault]:
        """Yield what is wrong with a value."""


@dataclass(frozen=True, slots=True)
class Text:
    """Any string."""

    pattern: str | None = None

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values."""
        return {"type": "string"} if self.pattern is None else {"type": "string", "pattern": self.pattern}

    def faults(self, value: Any, path: KeyPath) -> Iterator[Fault]:
        """Yield what is wrong with a value."""
        if not isinstance(value, str):
            yield _wrong_type(value, path, "a string")


@dataclass(frozen=True, slots=True)
class FileName:
    """The name of a file."""

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values."""
        return {"type": "string"}

    def faults(self, value: Any, path: KeyPath) -> Iterator[Fault]:
        """Yield what is wrong with a value."""
        if not isinstance(value, str):
            yield _wrong_type(value, path, "a string")
        elif "\0" in value:
            said = f"{code(_key_of(path))} is {shown(value)}, but a file's name cannot have a zero byte"
            yield Fault(path, said, "take it out")


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of some names."""

    names: Sequence[str]
    noun: str

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values."""
        return {"enum": list(self.names)}

    def faults(self, value: Any, path: KeyPath) -> Iterator[Fault]:
        """Yield what is wrong with a value."""
        if not isinstance(value, str):
            yield _wrong_type(value, path, any_of(self.names))
        elif value not in self.names:
            yield Fault(path, f"there is no {self.noun} {code(value)}", _meant(value, self.names))


@dataclass(frozen=True, slots=True)
class ListOf:
    """An array of values of one kind."""

    item: Kind

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values."""
        return {"type": "array", "items": self.item.schema()}

    def faults(self, value: Any, path: KeyPath) -> Iterator[Fault]:
        """Yield what is wrong with a value."""
        if not isinstance(value, list):
            yield _wrong_type(value, path, "an array")
            return
        for index, item in enumerate(value):
            yield from self.item.faults(item, (*path, index))


@dataclass(frozen=True, slots=True)
class TableOf:
    """A table with names as keys, and values of one kind."""

    names: Sequence[str]
    noun: str
    value: Kind

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values."""
        properties = dict.fromkeys(self.names, self.value.schema())
        return {"type": "object", "properties": properties, "additionalProperties": False}

    def faults(self, value: Any, path: KeyPath) -> Iterator[Fault]:
        """Yield what is wrong with a value."""
        if not isinstance(value, dict):
            yield _wrong_type(value, path, "a table")
            return
        for name, item in value.items():
            if name not in self.names:
                yield Fault((*path, name), f"there is no {self.noun} {code(name)}", _meant(name, self.names))
            else:
                yield from self.value.faults(item, (*path, name))


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a table."""

    name: str
    kind: Kind
    description: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with keys of its own."""

    keys: tuple[Key, ...]

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values."""
        return {
            "type": "object",
            "properties": {key.name: {"description": key.description, **key.kind.schema()} for key in self.keys},
            "required": [key.name for key in self.keys if key.required],
            "additionalProperties": False,
        }

    def faults(self, value: Any, path: KeyPath) -> Iterator[Fault]:
        """Yield what is wrong with a value."""
        if not isinstance(value, dict):
            yield _wrong_type(value, path, "a table")
            return
        kinds = {key.name: key.kind for key in self.keys}
        for name, item in value.items():
            if name in kinds:
                yield from kinds[name].faults(item, (*path, name))
            else:
                yield Fault((*path, name), f"there is no key {code(name)}", _meant(name, list(kinds)))
        for key in self.keys:
            if key.required and key.name not in value:
                yield Fault(path, f"missing {code(key.name)}", f"add {code(key.name)}: {key.description}")


_RULES: Final = (*AREAS, *RULES)
_SELECTION: Final = ListOf(OneOf(_RULES, "rule or area"))
_GLOBS: Final = ListOf(Text())

_OF_FILES: Final = (
    Key("select", _SELECTION, "The rules and areas to check; all without it."),
    Key("extend-select", _SELECTION, "Rules and areas to check beside those of `select`."),
    Key(
        "ignore",
        _SELECTION,
        "Rules and areas to ignore. Those of an extended configuration, of overrides and of `--ignore` add up.",
    ),
    Key(
        "severity",
        TableOf(_RULES, "rule or area", OneOf((*SEVERITIES, OFF), "severity")),
        "How much rules matter here, by rule or area: `error`, `warning`, `info`, or `off`.",
    ),
    Key("endpoint", OneOf(ENDPOINTS, "endpoint"), "The endpoint the bodies are for; `auto` decides by the content."),
    Key("betas", ListOf(Text()), "The values of the anthropic-beta header that go with the bodies."),
    Key("edition", OneOf(EDITIONS, "edition"), "The dated snapshot of the API reference to go by."),
    Key("api-version", OneOf(API_VERSIONS, "API version"), "The anthropic-version header that goes with the bodies."),
    Key("platform", OneOf(PLATFORMS, "platform"), "Whose API the bodies are for."),
)
"""The keys that can differ from file to file."""

OVERRIDE: Final = Table(
    (
        Key(
            "files",
            _GLOBS,
            "Globs of the files it is for, from the folder of the configuration, each with a glob of JSON Pointers "
            "after `#` where it is for a place in them only.",
            required=True,
        ),
        Key("reason", Text(), "Why; shown in reports that list what is suppressed."),
        *_OF_FILES,
    )
)
"""A table of `overrides`."""

CONFIGURATION: Final = Table(
    (
        Key("extend", FileName(), "Another configuration that this one builds on, from this one's folder."),
        *_OF_FILES,
        Key(
            "fail-on",
            OneOf(SEVERITIES, "severity"),
            "The least severity at which `check` exits with 1; the one of the current folder counts.",
        ),
        Key(
            "include",
            _GLOBS,
            "Globs of files that are requests whatever their content; in folders, other files are told by theirs.",
        ),
        Key("exclude", _GLOBS, "Globs of files and folders that are left out of folders."),
        Key(
            "baseline",
            FileName(),
            "The file of findings that are known already, from this folder; without it, the closest "
            "`msglint-baseline.json` around each file.",
        ),
        Key("overrides", ListOf(OVERRIDE), "What is different for some files, or for a place in them."),
    )
)
"""The whole of a configuration."""


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a configuration, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://msglint.invalid/config.json",
        "title": "The configuration of msglint: msglint.toml, .msglint.toml, or [tool.msglint] in pyproject.toml",
        **CONFIGURATION.schema(),
    }


def _wrong_type(value: Any, path: KeyPath, wanted: str) -> Fault:
    return Fault(path, f"{code(_key_of(path))} is {_spelt(value)}, but must be {wanted}", f"replace it by {wanted}")


def _key_of(path: KeyPath) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "the configuration")


def _spelt(value: Any) -> str:
    plain = value is None or isinstance(value, (str, bool, int, float, dict, list))
    return shown(value) if plain else f"a {type(value).__name__}"


def _meant(name: str, known: Sequence[str]) -> str:
    meant = nearest(name, known)
    return f"did you mean {code(meant)}?" if meant else f"there are {names(list(known))}"


_OPTIONS: Final = ("select", "ignore", "endpoint", "betas", "edition", "platform")
"""The keys that are options of a linter under the same name."""

_OF_LINTERS: Final = frozenset({*_OPTIONS, "extend-select", "severity", "api-version"})

_ADDED: Final = frozenset({"extend-select", "ignore"})
"""Keys whose values an override adds to those of the whole configuration; other keys replace them."""

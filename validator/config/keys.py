"""The keys of a configuration, defined once: its checks, its JSON Schema and its documentation are made of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, get_args

from ..common.wording import any_of, code, names, nearest, shown
from ..facts.api import API_VERSIONS, EDITIONS, ENDPOINTS, PLATFORMS
from ..report import SEVERITIES
from ..rules import AREAS, RULES

KeyPath = tuple[str | int, ...]

OFF: Final = "off"
"""The severity that turns a rule off."""


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
            yield _wrong_type(value, path, "a string")


@dataclass(frozen=True, slots=True)
class FileName:
    """The name of a file."""

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values."""
        return {"type": "string"}

    def mistakes(self, value: Any, path: KeyPath) -> Iterator[Mistake]:
        """Yield the mistakes in a value."""
        if not isinstance(value, str):
            yield _wrong_type(value, path, "a string")
        elif "\0" in value:
            message = f"{code(_key_of(path))} is {shown(value)}, but a file name cannot contain a zero byte"
            yield Mistake(path, message, "remove it")


@dataclass(frozen=True, slots=True)
class Flag:
    """`true` or `false`."""

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values."""
        return {"type": "boolean"}

    def mistakes(self, value: Any, path: KeyPath) -> Iterator[Mistake]:
        """Yield the mistakes in a value."""
        if not isinstance(value, bool):
            yield _wrong_type(value, path, "`true` or `false`")


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of several names."""

    names: Sequence[str]
    noun: str

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values."""
        return {"enum": list(self.names)}

    def mistakes(self, value: Any, path: KeyPath) -> Iterator[Mistake]:
        """Yield the mistakes in a value."""
        if not isinstance(value, str):
            yield _wrong_type(value, path, any_of(self.names))
        elif value not in self.names:
            yield Mistake(path, f"there is no {self.noun} {code(value)}", _meant(value, self.names))


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
            yield _wrong_type(value, path, wanted)


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
            yield _wrong_type(value, path, "an array")
            return
        for index, item in enumerate(value):
            yield from self.item.mistakes(item, (*path, index))


@dataclass(frozen=True, slots=True)
class TableOf:
    """A table whose keys are known names and whose values are of one kind."""

    names: Sequence[str]
    noun: str
    value: ValueKind

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values."""
        properties = dict.fromkeys(self.names, self.value.schema())
        return {"type": "object", "properties": properties, "additionalProperties": False}

    def mistakes(self, value: Any, path: KeyPath) -> Iterator[Mistake]:
        """Yield the mistakes in a value."""
        if not isinstance(value, dict):
            yield _wrong_type(value, path, "a table")
            return
        for name, item in value.items():
            if name not in self.names:
                yield Mistake((*path, name), f"there is no {self.noun} {code(name)}", _meant(name, self.names))
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
            yield _wrong_type(value, path, "a table")
            return
        kinds = {key.name: key.kind for key in self.keys}
        for name, item in value.items():
            if name in kinds:
                yield from kinds[name].mistakes(item, (*path, name))
            else:
                yield Mistake((*path, name), f"there is no key {code(name)}", _meant(name, list(kinds)))
        for key in self.keys:
            if key.required and key.name not in value:
                yield Mistake(path, f"missing {code(key.name)}", f"add {code(key.name)}: {key.description}")


_RULES: Final = (*AREAS, *RULES)
_SELECTION: Final = Shared("rules", ListOf(OneOf(_RULES, "rule or area")))
_SEVERITIES: Final = Shared("severities", TableOf(_RULES, "rule or area", OneOf((*SEVERITIES, OFF), "severity")))
_GLOBS: Final = ListOf(AnyString())

_OF_FILES: Final = (
    Key("select", _SELECTION, "The rules and areas to check; the default is all of them."),
    Key("extend-select", _SELECTION, "Rules and areas to check in addition to `select`."),
    Key(
        "ignore",
        _SELECTION,
        "Rules and areas to skip, in addition to those of an extended configuration, of overrides and of `--ignore`.",
    ),
    Key(
        "severity",
        _SEVERITIES,
        "The severity of rules, by rule or area: `error`, `warning`, `info`, or `off`.",
    ),
    Key(
        "endpoint", OneOf(ENDPOINTS, "endpoint"), "The endpoint the bodies are sent to; `auto` decides by the content."
    ),
    Key("betas", ListOf(AnyString()), "The values of the anthropic-beta header sent with the bodies."),
    Key("edition", OneOf(EDITIONS, "edition"), "The dated snapshot of the API reference to check against."),
    Key("api-version", OneOf(API_VERSIONS, "API version"), "The anthropic-version header sent with the bodies."),
    Key("platform", OneOf(PLATFORMS, "platform"), "The platform the bodies are sent to."),
)
"""The keys that can differ from file to file."""

OVERRIDE: Final = Table(
    (
        Key(
            "files",
            _GLOBS,
            "Globs of the files the override applies to, relative to the folder of the configuration. A glob may end "
            "with `#` and a glob of JSON Pointers, which limits it to places in these files.",
            required=True,
        ),
        Key("reason", AnyString(), "The reason, shown in reports that list suppressed violations."),
        *_OF_FILES,
    )
)
"""One table of `overrides`."""

Mode = Literal["refuse", "raise", "warn", "log", "off"]
"""What happens to a request with violations: answer 400, raise, issue a Python warning, log, or nothing."""
MODES: Final[tuple[Mode, ...]] = get_args(Mode)

_OF_WIRE: Final = (
    Key("mode", OneOf(MODES, "mode"), "What happens to a request with violations that is about to be sent."),
    Key("fail-on", OneOf(SEVERITIES, "severity"), "The least severity that is acted on; the default is `error`."),
    Key("select", _SELECTION, "The rules and areas to check there, instead of those for files."),
    Key("ignore", _SELECTION, "Rules and areas to skip there, in addition to those that files skip."),
    Key(
        "severity",
        _SEVERITIES,
        "The severity of rules there, in addition to that in files.",
    ),
    Key("api-version", OneOf(API_VERSIONS, "API version"), "The version for requests without such a header."),
    Key("betas", ListOf(AnyString()), "The beta headers for requests without such a header."),
    Key("sample", Number(0, 1), "The share of requests that is checked: 0.1 for every tenth."),
    Key("max-bytes", Number(0, is_whole=True), "The size above which a request is not checked."),
)
"""The keys for requests that are about to be sent."""

WIRE: Final = Table(
    (
        *_OF_WIRE,
        Key(
            "overrides",
            ListOf(
                Table(
                    (
                        Key("model", AnyString(), "A glob of the models that the override applies to."),
                        Key("url", AnyString(), "A glob of the URLs that the override applies to."),
                        *_OF_WIRE,
                    )
                )
            ),
            "Settings for some models or URLs only.",
        ),
    )
)
"""The table `wire`."""

CONFIGURATION: Final = Table(
    (
        Key("extend", FileName(), "Another configuration that this one extends, relative to the folder of this one."),
        *_OF_FILES,
        Key(
            "fail-on",
            OneOf(SEVERITIES, "severity"),
            "`check` exits with 1 for violations of this severity or worse; set in the current folder's configuration.",
        ),
        Key(
            "include",
            _GLOBS,
            "Globs of files that are always checked as requests; other files in folders are judged by their content.",
        ),
        Key("exclude", _GLOBS, "Globs of files and folders to skip when a folder is checked."),
        Key("tests", Flag(), "Whether source code of tests is checked when a folder is checked; the default is false."),
        Key(
            "recordings",
            Flag(),
            "Whether requests in recordings of HTTP calls are checked, those of vcrpy, go-vcr, VCR, nock and HAR; the "
            "default is false.",
        ),
        Key(
            "baseline",
            FileName(),
            "The baseline file, relative to this folder; the default is the closest `msglint-baseline.json`, in the "
            "folder of each file or above it.",
        ),
        Key("overrides", ListOf(OVERRIDE), "Settings for some files only, or for places in them."),
        Key(
            "wire", WIRE, "Settings for requests that are about to be sent: for `msglint guard` and `pytest --msglint`."
        ),
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
        "$defs": {shared.name: shared.kind.schema() for shared in (_SELECTION, _SEVERITIES)},
    }


def _wrong_type(value: Any, path: KeyPath, wanted: str) -> Mistake:
    return Mistake(path, f"{code(_key_of(path))} is {_spelt(value)}, but must be {wanted}", f"replace it by {wanted}")


def _key_of(path: KeyPath) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "the configuration")


def _spelt(value: Any) -> str:
    plain = value is None or isinstance(value, (str, bool, int, float, dict, list))
    return shown(value) if plain else f"a {type(value).__name__}"


def _meant(name: str, known: Sequence[str]) -> str:
    meant = nearest(name, known)
    return f"did you mean {code(meant)}?" if meant else f"known are {names(list(known))}"


_OPTIONS: Final = ("select", "ignore", "endpoint", "betas", "edition", "platform")
"""The keys that a linter takes as options under the same name."""

_OF_LINTERS: Final = frozenset({*_OPTIONS, "extend-select", "severity", "api-version"})

_ADDED: Final = frozenset({"extend-select", "ignore"})
"""Keys whose values an override adds to those of the whole configuration; other keys replace them."""

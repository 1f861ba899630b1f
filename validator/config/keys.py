"""The keys of a configuration, defined once: its checks, its JSON Schema and its documentation are made of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Literal, get_args

from ..common.kinds import (
    AnyString,
    FileName,
    Flag,
    Key,
    KeyPath,
    ListOf,
    Mistake,
    Number,
    OneOf,
    OneOrMore,
    Shared,
    Table,
    TableOf,
)
from ..facts.api import API_VERSIONS, EDITIONS, ENDPOINTS, PLATFORMS
from ..own.definition import RULES_KEY
from ..report import SEVERITIES
from ..rules import AREAS, RULES

OFF: Final = "off"
"""The severity that turns a rule off."""


_GLOBS: Final = ListOf(AnyString())
_NOT_OURS: Final = f"^(?!(?:{'|'.join(AREAS)})(?:/|$))[a-z0-9][a-z0-9_.-]*(?:/[a-z0-9][a-z0-9_.-]*)?$"
"""The pattern of the rules and areas that are not msglint's own."""


def _may_be_of_plugin(name: str) -> bool:
    return name.partition("/")[0] not in AREAS


def _of_rules(others: tuple[str, ...], *, is_certain: bool) -> tuple[Shared, Shared]:
    """Return the kinds of a selection of rules, and of their severities."""
    names = (*AREAS, *RULES, *others)
    may_be = None if is_certain else _may_be_of_plugin
    severity = OneOf((*SEVERITIES, OFF), "severity")
    return (
        Shared("rules", ListOf(OneOf(names, "rule or area", _NOT_OURS, may_be))),
        Shared("severities", TableOf(names, "rule or area", severity, _NOT_OURS, may_be)),
    )


def _of_files(others: tuple[str, ...], *, is_certain: bool) -> tuple[Key, ...]:
    """Return the keys that can differ from file to file."""
    selection, severities = _of_rules(others, is_certain=is_certain)
    return (
        Key("select", selection, "The rules and areas to check; the default is all of them."),
        Key("extend-select", selection, "Rules and areas to check in addition to `select`."),
        Key(
            "ignore",
            selection,
            "Rules and areas to skip, in addition to those of an extended configuration, of overrides and of "
            "`--ignore`.",
        ),
        Key(
            "severity",
            severities,
            "The severity of rules, by rule or area: `error`, `warning`, `info`, or `off`.",
        ),
        Key(
            "endpoint",
            OneOf(ENDPOINTS, "endpoint"),
            "The endpoint the bodies are sent to; `auto` decides by the content.",
        ),
        Key("betas", ListOf(AnyString()), "The values of the anthropic-beta header sent with the bodies."),
        Key("edition", OneOf(EDITIONS, "edition"), "The dated snapshot of the API reference to check against."),
        Key("api-version", OneOf(API_VERSIONS, "API version"), "The anthropic-version header sent with the bodies."),
        Key("platform", OneOf(PLATFORMS, "platform"), "The platform the bodies are sent to."),
    )


Mode = Literal["refuse", "raise", "warn", "log", "off"]
"""What happens to a request with violations: answer 400, raise, issue a Python warning, log, or nothing."""
MODES: Final[tuple[Mode, ...]] = get_args(Mode)


def _of_wire(others: tuple[str, ...], *, is_certain: bool) -> tuple[Key, ...]:
    """Return the keys for requests that are about to be sent."""
    selection, severities = _of_rules(others, is_certain=is_certain)
    return (
        Key("mode", OneOf(MODES, "mode"), "What happens to a request with violations that is about to be sent."),
        Key("fail-on", OneOf(SEVERITIES, "severity"), "The least severity that is acted on; the default is `error`."),
        Key("select", selection, "The rules and areas to check there, instead of those for files."),
        Key("ignore", selection, "Rules and areas to skip there, in addition to those that files skip."),
        Key(
            "severity",
            severities,
            "The severity of rules there, in addition to that in files.",
        ),
        Key("api-version", OneOf(API_VERSIONS, "API version"), "The version for requests without such a header."),
        Key("betas", ListOf(AnyString()), "The beta headers for requests without such a header."),
        Key("sample", Number(0, 1), "The share of requests that is checked: 0.1 for every tenth."),
        Key("max-bytes", Number(0, is_whole=True), "The size above which a request is not checked."),
    )


def wire_table(others: Iterable[str] = (), *, is_certain: bool = True) -> Table:
    """Return the table `wire`; the arguments are those of `configuration`."""
    of_wire = _of_wire(tuple(others), is_certain=is_certain)
    of_some = (
        Key("model", AnyString(), "A glob of the models that the override applies to."),
        Key("url", AnyString(), "A glob of the URLs that the override applies to."),
        *of_wire,
    )
    return Table((*of_wire, Key("overrides", ListOf(Table(of_some)), "Settings for some models or URLs only.")))


def override_table(others: Iterable[str] = (), *, is_certain: bool = True) -> Table:
    """Return one table of `overrides`; the arguments are those of `configuration`."""
    of_files = _of_files(tuple(others), is_certain=is_certain)
    return Table(
        (
            Key(
                "files",
                _GLOBS,
                "Globs of the files the override applies to, relative to the folder of the configuration. A glob may "
                "end with `#` and a glob of JSON Pointers, which limits it to places in these files.",
                required=True,
            ),
            Key("reason", AnyString(), "The reason, shown in reports that list suppressed violations."),
            *of_files,
        )
    )


def configuration(others: Iterable[str] = (), *, is_certain: bool = True) -> Table:
    """Return the whole of a configuration.

    Args:
        others: The rules and areas that are not msglint's own.
        is_certain: Whether all of these are known; they are not where a plugin is missing.
    """
    others = tuple(others)
    of_files = _of_files(others, is_certain=is_certain)
    override = override_table(others, is_certain=is_certain)
    return Table(
        (
            Key(
                "extend",
                OneOrMore(FileName()),
                "Another configuration that this one extends, or several, of which the last one takes precedence: a "
                "file, relative to the folder of this one, `package:NAME/FILE` for a file of an installed package, or "
                "`preset:NAME` for one of msglint's own.",
            ),
            *of_files,
            Key(
                "fail-on",
                OneOf(SEVERITIES, "severity"),
                "`check` exits with 1 for violations of this severity or worse; set in the current folder's "
                "configuration.",
            ),
            Key(
                "include",
                _GLOBS,
                "Globs of files that are always checked as requests; other files in folders are judged by their "
                "content.",
            ),
            Key("exclude", _GLOBS, "Globs of files and folders to skip when a folder is checked."),
            Key(
                "tests",
                Flag(),
                "Whether source code of tests is checked when a folder is checked; the default is false.",
            ),
            Key(
                "recordings",
                Flag(),
                "Whether requests in recordings of HTTP calls are checked, those of vcrpy, go-vcr, VCR, nock and HAR; "
                "the default is false.",
            ),
            Key(
                "column",
                AnyString(),
                "The column of Parquet files that holds the requests; with it, those in folders are checked too. "
                "Without it only those that are named are, by their column `body`.",
            ),
            Key(
                "id-column",
                AnyString(),
                "The column of Parquet files that identifies the requests in reports.",
            ),
            Key(
                "baseline",
                FileName(),
                "The baseline file, relative to this folder; the default is the closest `msglint-baseline.json`, in "
                "the folder of each file or above it.",
            ),
            RULES_KEY,
            Key(
                "plugins",
                ListOf(AnyString()),
                "Installed packages whose rules are checked, by the names of their entry points in `msglint.rules`.",
            ),
            Key("overrides", ListOf(override), "Settings for some files only, or for places in them."),
            Key(
                "wire",
                wire_table(others, is_certain=is_certain),
                "Settings for requests that are about to be sent: for `msglint guard` and `pytest --msglint`.",
            ),
        )
    )


OVERRIDE: Final = override_table()
"""One table of `overrides`."""
WIRE: Final = wire_table()
"""The table `wire`."""
CONFIGURATION: Final = configuration()
"""The whole of a configuration."""


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a configuration, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://msglint.invalid/config.json",
        "title": "The configuration of msglint: msglint.toml, .msglint.toml, or [tool.msglint] in pyproject.toml",
        **CONFIGURATION.schema(),
        "$defs": {shared.name: shared.kind.schema() for shared in _of_rules((), is_certain=True)},
    }


_OPTIONS: Final = ("select", "ignore", "endpoint", "betas", "edition", "platform", "rules", "plugins")
"""The keys that a linter takes as options under the same name."""

_OF_LINTERS: Final = frozenset({*_OPTIONS, "extend-select", "severity", "api-version"})

_ADDED: Final = frozenset({"extend-select", "ignore"})
"""Keys whose values an override adds to those of the whole configuration; other keys replace them."""

__all__ = [
    "CONFIGURATION",
    "MODES",
    "OFF",
    "OVERRIDE",
    "WIRE",
    "KeyPath",
    "Mistake",
    "Mode",
    "configuration",
    "json_schema",
    "override_table",
]

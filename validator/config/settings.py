"""The settings of one file under a configuration: the options of its linter, and overrides for places in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import accumulate, takewhile
from pathlib import Path
from typing import Any, Final

from ..common.records import NamedTuple
from ..common.redaction import redacted
from ..filesystem.globs import FileGlobs, GlobsInFolder, is_literal, matches_pointer, parted
from ..filesystem.lookups import is_folder
from ..own.installed import loaded
from ..report import Severity
from . import reading
from .names import ADDED, OF_LINTERS, OFF
from .reading import ConfigError, Read, Source, nearest_configuration, read


class PlaceOverride(NamedTuple):
    """An override for a place in a file: rules to ignore there, or with another severity."""

    pointer: str
    """A glob of JSON Pointers; redacted, because the pointers of violations are."""
    ignore: frozenset[str]
    """Rules and areas."""
    severity: dict[str, str]
    reason: str | None
    source: Source

    def severity_of(self, rule: str, pointer: str) -> str | None:
        """Return the severity of a violation (`off` to suppress it); None if the override does not apply to it."""
        level = self.level_of(rule)
        return level if level is not None and matches_pointer(self.pointer, pointer) else None

    def level_of(self, rule: str) -> str | None:
        """Return the severity of a rule's violations at the place; None if the override does not name the rule."""
        area = rule.partition("/")[0]
        if rule in self.ignore or area in self.ignore:
            return OFF
        return self.severity.get(rule, self.severity.get(area))


class PlaceOverrides(list[PlaceOverride]):
    """The overrides for places in one file, indexed so that a violation is not compared with each of them."""

    def __init__(self, place_overrides: Iterable[PlaceOverride] = ()) -> None:
        """Take the overrides; the last one that matches a violation applies."""
        super().__init__(place_overrides)
        self._of_rules: dict[str, tuple[dict[str, int], list[int]]] = {}

    def last_for(self, rule: str, pointer: str) -> PlaceOverride | None:
        """Return the last override that names a rule and matches a pointer."""
        if rule not in self._of_rules:
            self._of_rules[rule] = self._of_rule(rule)
        literal, globs = self._of_rules[rule]
        steps = list(accumulate(pointer.split("/"), "{}/{}".format)) if literal else []
        nearest = max((literal.get(around, -1) for around in steps), default=-1)
        later = takewhile(lambda each: each > nearest, globs)
        last = next((each for each in later if matches_pointer(self[each].pointer, pointer)), nearest)
        return self[last] if last >= 0 else None

    def _of_rule(self, rule: str) -> tuple[dict[str, int], list[int]]:
        """Return the numbers of the overrides that name a rule: literal ones by pointer, and globs, last first."""
        literal: dict[str, int] = {}
        globs: list[int] = []
        for number, override in enumerate(self):
            if override.level_of(rule) is not None:
                if is_literal(override.pointer):
                    steps = [step for step in override.pointer.strip("/").split("/") if step]
                    literal["".join(f"/{step}" for step in steps)] = number
                else:
                    globs.append(number)
        return literal, globs[::-1]


class Override(NamedTuple):
    """An item of `overrides`: settings for some files, or for places in them."""

    globs: tuple[str, ...]
    """Globs of files, optionally followed by `#` and a glob of JSON Pointers."""
    folder: Path
    """The folder that the globs are relative to."""
    values: dict[str, Any]
    source: Source


class Scope(NamedTuple):
    """The settings shared by some files."""

    options: dict[str, Any]
    """The options of their linter, and `severity`, by configuration key."""
    place_overrides: PlaceOverrides


@dataclass(frozen=True, repr=False, eq=False)
class Config:
    """A configuration, or the defaults if there is none."""

    file: Path | None = None
    values: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    override_sources: tuple[Source, ...] = ()

    @property
    def fail_on(self) -> Severity:
        """The least severity at which a check fails."""
        return Severity(self.values.get("fail-on", Severity.ERROR.value))

    def includes(self, file: str | Path) -> bool:
        """Whether the configuration declares a file a request, whatever its content."""
        return bool(self._included.matching(file))

    def excludes(self, path: str | Path) -> bool:
        """Whether the configuration excludes a file or a folder."""
        return bool(self._excluded.matching(path))

    @property
    def tests(self) -> bool:
        """Whether source code of tests is checked."""
        return bool(self.values.get("tests", False))

    @property
    def recordings(self) -> bool:
        """Whether requests in recordings of HTTP calls are checked."""
        return bool(self.values.get("recordings", False))

    @property
    def column(self) -> str | None:
        """The column of tables that holds the requests."""
        return self.values.get("column")

    @property
    def id_column(self) -> str | None:
        """The column of tables that identifies the requests."""
        return self.values.get("id-column")

    @cached_property
    def _included(self) -> FileGlobs:
        return FileGlobs(self.values.get("include", ()))

    @cached_property
    def _excluded(self) -> FileGlobs:
        return FileGlobs(self.values.get("exclude", ()))

    @property
    def baseline(self) -> Path | None:
        """The baseline that the configuration names, if any."""
        name = self.values.get("baseline")
        return Path(name) if name is not None else None

    def unusable_plugins(self) -> Iterator[tuple[Source, str]]:
        """Yield the plugins that cannot be used: where they were set, and why not."""
        for plugin in loaded(self.values.get("plugins", ())):
            if plugin.error is not None:
                yield self.sources["plugins"], plugin.error

    def betas(self) -> Iterator[tuple[Source, list[str]]]:
        """Yield each list of beta headers, for all files or for some, and where it was set."""
        if "betas" in self.values:
            yield self.sources["betas"], self.values["betas"]
        for override in self._overrides:
            if "betas" in override.values:
                yield override.source._replace(path=(*override.source.path, "betas")), override.values["betas"]

    def scope_of(self, file: str | Path) -> Scope:
        """Return the settings of a file; files with the same settings share one object."""
        return self.scope_under(self._whole.matching(file), self._places.matching(file))

    def in_folder(self, folder: str) -> ConfigInFolder:
        """Return the configuration as it applies to the files of a folder, which are then asked about by name."""
        globs = (self._included, self._excluded, self._whole, self._places)
        return ConfigInFolder(self, *(each.in_folder(folder) for each in globs))

    def scope_under(self, overrides: frozenset[int], place_overrides: frozenset[int]) -> Scope:
        """Return the settings of the files that these globs match; numbers of `_whole` and of `_places`."""
        whole = tuple(sorted({self._owners[each] for each in overrides})) if overrides else ()
        places = tuple(sorted(place_overrides)) if place_overrides else ()
        scope = self._scopes.get((whole, places))
        if scope is None:
            scope = Scope(self._options(whole), PlaceOverrides(self._place_overrides[each] for each in places))
            self._scopes[whole, places] = scope
        return scope

    def options_for(self, file: str | Path) -> dict[str, Any]:
        """Return the linter options of a file, and `severity`, by configuration key."""
        return self.scope_of(file).options

    def place_overrides_for(self, file: str | Path) -> PlaceOverrides:
        """Return the overrides for places in a file."""
        return self.scope_of(file).place_overrides

    def overrides_for_places(self) -> Iterator[Override]:
        """Yield the overrides for places in files, with those globs only; one may also apply to whole files."""
        for override in self._overrides:
            globs = tuple(glob for glob in override.globs if parted(glob)[1] is not None)
            if globs:
                yield override._replace(globs=globs)

    def _options(self, overrides: tuple[int, ...]) -> dict[str, Any]:
        values = {key: value for key, value in self.values.items() if key in OF_LINTERS}
        for index in overrides:
            for key, value in self._overrides[index].values.items():
                if key == "severity":
                    values[key] = values.get(key, {}) | value
                elif key in ADDED:
                    values[key] = [*values.get(key, ()), *value]
                elif key in OF_LINTERS:
                    values[key] = value
        return values

    @cached_property
    def _overrides(self) -> list[Override]:
        values = self.values.get("overrides", ())
        return [
            Override(tuple(override["files"]), folder, override, source)
            for (folder, override), source in zip(values, self.override_sources, strict=True)
        ]

    @cached_property
    def _owners(self) -> list[int]:
        """The number of the override that each glob of `_whole` belongs to."""
        return [
            index
            for index, override in enumerate(self._overrides)
            for glob in override.globs
            if parted(glob)[1] is None
        ]

    @cached_property
    def _whole(self) -> FileGlobs:
        """The globs that apply to whole files."""
        return FileGlobs(
            (override.folder, glob)
            for override in self._overrides
            for glob in override.globs
            if parted(glob)[1] is None
        )

    @cached_property
    def _places(self) -> FileGlobs:
        """The file parts of the globs that apply to places."""
        return FileGlobs(
            (override.folder, parted(glob)[0]) for override in self.overrides_for_places() for glob in override.globs
        )

    @cached_property
    def _place_overrides(self) -> list[PlaceOverride]:
        """The override for each glob of `_places`."""
        return [
            PlaceOverride(
                redacted(parted(glob)[1] or ""),
                frozenset(override.values.get("ignore", ())),
                override.values.get("severity", {}),
                redacted(reason) if (reason := override.values.get("reason")) is not None else None,
                override.source,
            )
            for override in self.overrides_for_places()
            for glob in override.globs
        ]

    @cached_property
    def _scopes(self) -> dict[tuple[tuple[int, ...], tuple[int, ...]], Scope]:
        return {}


class ConfigInFolder(NamedTuple):
    """A configuration as it applies to the files of one folder."""

    config: Config
    included: GlobsInFolder
    excluded: GlobsInFolder
    overrides: GlobsInFolder
    """The globs of overrides for whole files."""
    place_overrides: GlobsInFolder
    """The globs of overrides for places in files."""

    def includes(self, name: str) -> bool:
        """Whether the configuration declares a file of the folder a request, whatever its content."""
        return bool(self.included.matching(name))

    def excludes(self, name: str) -> bool:
        """Whether the configuration excludes a file of the folder."""
        return bool(self.excluded.matching(name))

    def scope_of(self, name: str) -> Scope:
        """Return the settings of a file of the folder."""
        return self.config.scope_under(self.overrides.matching(name), self.place_overrides.matching(name))


def load(file: str | Path) -> Config:
    """Read a configuration.

    Raises:
        ConfigError: if it is invalid; lists every mistake with its place.
    """
    return _of(read(Path(file)))


def config_for(file: str | Path) -> Config:
    """Return the configuration closest to a file or folder, or the defaults if there is none.

    Raises:
        ConfigError: if it is invalid; lists every mistake with its place.
    """
    path = Path(file).absolute()
    return config_in(path if is_folder(path) else path.parent)


def config_in(folder: Path) -> Config:
    """Return the configuration closest to a folder, or the defaults if there is none.

    Raises:
        ConfigError: if it is invalid; lists every mistake with its place.
    """
    found = nearest_configuration(folder)
    if found is None:
        return _DEFAULTS
    outcome = _read_once(found)
    if isinstance(outcome, ConfigError):
        raise outcome.with_traceback(None)
    return outcome


@lru_cache(maxsize=256)
def _read_once(file: Path) -> Config | ConfigError:
    """Read a configuration; the result, or the error, is cached for all files that use it."""
    try:
        return _of(read(file))
    except ConfigError as error:
        return error


def _of(found: Read) -> Config:
    return Config(found.file, found.values, found.sources, found.override_sources)


_DEFAULTS: Final = Config()


def forget() -> None:
    """Clear the caches of configurations."""
    _read_once.cache_clear()
    reading.forget()


__all__ = ["Config", "ConfigError", "PlaceOverride", "PlaceOverrides", "config_for", "config_in", "forget", "load"]

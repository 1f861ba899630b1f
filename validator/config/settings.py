"""What a configuration comes to for one file: the options of its linter, and what is silenced in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from ..disk import is_folder
from ..linter import Linter, shared_linter
from ..redaction import redacted
from ..report import Severity
from . import reading
from .globs import matches_file, matches_pointer
from .reading import ConfigError, Read, Source, nearest_configuration, read

if TYPE_CHECKING:
    from ..linter import Options

_OPTIONS: Final = ("select", "ignore", "endpoint", "betas", "edition", "platform")
"""The keys that are options of a linter under the same name."""

OFF: Final = "off"
"""The severity of a rule that is left out."""


class Silence(NamedTuple):
    """What an override says of a place in a file: rules that are left out there, or matter less."""

    pointer: str
    """A glob of JSON Pointers; redacted, as those of violations are."""
    ignore: frozenset[str]
    """Rules and areas."""
    severity: dict[str, str]
    reason: str | None
    source: Source

    def severity_of(self, rule: str, pointer: str) -> str | None:
        """Return the severity of a finding there (`off` for none at all); None where nothing is said of it."""
        if not matches_pointer(self.pointer, pointer):
            return None
        area = rule.partition("/")[0]
        if rule in self.ignore or area in self.ignore:
            return OFF
        return self.severity.get(rule, self.severity.get(area))


class Override(NamedTuple):
    """An item of `overrides`: what is different for some files, or for places in them."""

    globs: tuple[str, ...]
    """Globs of files, each with a glob of JSON Pointers behind `#` where it is for places in them."""
    folder: Path
    """The folder that the globs of files count from."""
    values: dict[str, Any]
    source: Source


@dataclass(frozen=True, repr=False)
class Config:
    """A configuration, or the defaults where there is none."""

    file: Path | None = None
    values: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    override_sources: tuple[Source, ...] = ()

    @property
    def fail_on(self) -> Severity:
        """The least severity at which a check fails."""
        return Severity(self.values.get("fail-on", Severity.ERROR.value))

    def includes(self, file: Path) -> bool:
        """Whether the configuration says that a file is a request, whatever its content."""
        return any(matches_file(folder, glob, file) for folder, glob in self.values.get("include", ()))

    def excludes(self, path: Path) -> bool:
        """Whether the configuration leaves out a file, or a folder."""
        return any(matches_file(folder, glob, path) for folder, glob in self.values.get("exclude", ()))

    @property
    def baseline(self) -> Path | None:
        """The baseline that the configuration names; None where it names none."""
        name = self.values.get("baseline")
        return Path(name) if name is not None else None

    def betas(self) -> Iterator[tuple[Source, list[str]]]:
        """Yield the beta headers that are named for all files, or for some, and where."""
        if "betas" in self.values:
            yield self.sources["betas"], self.values["betas"]
        for override in self._overrides:
            if "betas" in override.values:
                yield override.source._replace(path=(*override.source.path, "betas")), override.values["betas"]

    def options_for(self, file: Path) -> dict[str, Any]:
        """Return the options of a linter for a file, and `severity`, by their names in the configuration."""
        values = {key: value for key, value in self.values.items() if key in _OF_LINTERS}
        for override in self._overrides:
            if not any("#" not in glob and matches_file(override.folder, glob, file) for glob in override.globs):
                continue
            for key, value in override.values.items():
                if key == "severity":
                    values[key] = values.get(key, {}) | value
                elif key == "extend-select":
                    values[key] = [*values.get(key, ()), *value]
                elif key in _OF_LINTERS:
                    values[key] = value
        return values

    def silences_for(self, file: Path) -> list[Silence]:
        """Return what the configuration says of places in a file."""
        return [
            Silence(
                redacted(glob.partition("#")[2]),
                frozenset(override.values.get("ignore", ())),
                override.values.get("severity", {}),
                redacted(reason) if (reason := override.values.get("reason")) is not None else None,
                override.source,
            )
            for override in self.overrides_for_places()
            for glob in override.globs
            if matches_file(override.folder, glob.partition("#")[0], file)
        ]

    def overrides_for_places(self) -> Iterator[Override]:
        """Yield the overrides that are for places in files; one may be for whole files as well."""
        for override in self._overrides:
            globs = tuple(glob for glob in override.globs if "#" in glob)
            if globs:
                yield override._replace(globs=globs)

    @property
    def _overrides(self) -> Iterator[Override]:
        values = self.values.get("overrides", ())
        for (folder, override), source in zip(values, self.override_sources, strict=True):
            yield Override(tuple(override["files"]), folder, override, source)


_OF_LINTERS: Final = frozenset({*_OPTIONS, "extend-select", "severity", "api-version"})


def linter_of(options: dict[str, Any], **given: Any) -> Linter:
    """Return the linter of a file's options, made once for each choice; those `given` by a caller go before them."""
    severity: dict[str, str] = options.get("severity", {})
    merged: dict[str, Any] = {key: options[key] for key in _OPTIONS if key in options}
    if "api-version" in options:
        merged["api_version"] = options["api-version"]
    if "extend-select" in options and "select" in merged:
        merged["select"] = [*merged["select"], *options["extend-select"]]
    merged |= given
    merged["ignore"] = [*merged.get("ignore", ()), *(name for name, level in severity.items() if level == OFF)]
    merged["severities"] = {name: level for name, level in severity.items() if level != OFF}
    return shared_linter(cast("Options", merged))


def load(file: str | Path) -> Config:
    """Read a configuration.

    Raises:
        ConfigError: for one that cannot be used, with the place of every mistake in it.
    """
    return _of(read(Path(file)))


def config_for(file: str | Path) -> Config:
    """Return the configuration closest to a file, or to a folder; the defaults where there is none.

    Raises:
        ConfigError: for one that cannot be used, with the place of every mistake in it.
    """
    path = Path(file).absolute()
    found = nearest_configuration(path if is_folder(path) else path.parent)
    if found is None:
        return _DEFAULTS
    outcome = _read_once(found)
    if isinstance(outcome, ConfigError):
        raise outcome.with_traceback(None)
    return _of(outcome)


@lru_cache(maxsize=256)
def _read_once(file: Path) -> Read | ConfigError:
    """Read a configuration, or say why it cannot be used, once for all files that go by it."""
    try:
        return read(file)
    except ConfigError as error:
        return error


def _of(found: Read) -> Config:
    return Config(found.file, found.values, found.sources, found.override_sources)


_DEFAULTS: Final = Config()


def forget() -> None:
    """Forget what was read, as it may have changed."""
    _read_once.cache_clear()
    reading.forget()


__all__ = ["Config", "ConfigError", "Silence", "config_for", "forget", "linter_of", "load"]

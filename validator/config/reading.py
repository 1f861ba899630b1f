"""Configurations on disk: which one applies to a file, and reading it with the places of its mistakes."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..disk import is_file
from ..redaction import redacted
from ..words import printable, shown

if TYPE_CHECKING:
    from .keys import Fault, KeyPath

_OWN_NAMES: Final = ("msglint.toml", ".msglint.toml")
_PYPROJECT: Final = "pyproject.toml"
NAMES: Final = (*_OWN_NAMES, _PYPROJECT)
"""The names that a configuration may have."""
_LONGEST_CHAIN: Final = 20
_UNLIKELY: Final = "\0"
_APPENDED: Final = frozenset({"extend-select", "overrides"})
"""Keys of which a configuration adds its values to those it extends; of others it replaces them."""
_MERGED: Final = frozenset({"severity"})


class SettingsError(ValueError):
    """Raised for a configuration or a baseline that cannot be used; its text begins with the place."""

    def __init__(self, file: Path, message: str) -> None:
        """Take the file, and what is wrong with it."""
        super().__init__(redacted(message))
        self.file = file


class ConfigError(SettingsError):
    """Raised for a configuration that cannot be used."""


class Source(NamedTuple):
    """Where a value was set: a file and, for the items of `overrides`, which of its own they are."""

    file: Path
    path: KeyPath


class Read(NamedTuple):
    """A configuration with all that it extends, as it was read."""

    file: Path
    values: dict[str, Any]
    sources: dict[str, Source]
    """Where each top-level key was set; for `extend-select` and `overrides` where it was last."""
    override_sources: tuple[Source, ...]
    """Where each item of `overrides` was set."""


def nearest_configuration(folder: Path) -> Path | None:
    """Return the configuration closest to a folder: in it, or in the closest folder around it that has one.

    In one folder `msglint.toml` goes before `.msglint.toml`, and that before `pyproject.toml`, which counts if it has
    a table `tool.msglint`.

    Raises:
        ConfigError: for a `pyproject.toml` on the way that is not TOML.
    """
    return _nearest(folder.absolute())


@lru_cache(maxsize=4096)
def _nearest(folder: Path) -> Path | None:
    for name in _OWN_NAMES:
        if is_file(folder / name):
            return folder / name
    project = folder / _PYPROJECT
    if is_file(project) and _speaks_of_msglint(project) and "msglint" in _parsed(project).get("tool", {}):
        return project
    return _nearest(folder.parent) if folder.parent != folder else None


def _speaks_of_msglint(project: Path) -> bool:
    """Whether a file may have a table of ours: a quick look, as nearly every project has a `pyproject.toml`.

    One that cannot be read, or not as plain text, is left to the reader of TOML.
    """
    try:
        text = project.read_bytes()
    except OSError:
        return True
    return b"msglint" in text or b"\\" in text


def forget() -> None:
    """Forget where configurations are, as that may have changed."""
    _nearest.cache_clear()


def read(file: Path) -> Read:
    """Read a configuration and all that it extends.

    Raises:
        ConfigError: for one that cannot be read, is not TOML, has a key or a value that does not exist, or extends
            itself; with the place of every such mistake in it.
    """
    return _read(file.absolute(), ())


def _read(file: Path, chain: tuple[Path, ...]) -> Read:
    if file in chain or len(chain) > _LONGEST_CHAIN:
        msg = f"{shown_path(chain[-1])}: it extends itself, by way of {shown_path(file)}"
        raise ConfigError(chain[-1], msg)
    own = _checked(file)
    base_name = own.pop("extend", None)
    sources = {key: Source(file, (key,)) for key in own}
    override_sources = tuple(Source(file, ("overrides", index)) for index in range(len(own.get("overrides", ()))))
    own = _from_folder(own, file.parent)
    if base_name is None:
        return Read(file, own, sources, override_sources)
    base_file = Path(os.path.abspath(file.parent / base_name))  # noqa: PTH100 - `..` is none of the steps of a glob
    if not is_file(base_file):
        raise ConfigError(file, _missing_base(file, base_name))
    base = _read(base_file, (*chain, file))
    return Read(file, _merged(base.values, own), base.sources | sources, base.override_sources + override_sources)


def _missing_base(file: Path, name: str) -> str:
    from .keys import Fault

    message = f"`extend` is {shown(name)}, but there is no such file"
    fault = Fault((*_root(file), "extend"), message, f"name one from {shown_path(file.parent)}, or take it out")
    return _worded(file, text_of(file), fault)


def _root(file: Path) -> KeyPath:
    """Return the path to the table in a file that is the configuration."""
    return ("tool", "msglint") if file.name == _PYPROJECT else ()


def _from_folder(values: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Remember the folder that globs and file names count from."""
    for key in ("include", "exclude"):
        if key in values:
            values[key] = [(folder, glob) for glob in values[key]]
    if "baseline" in values:
        values["baseline"] = str(folder / values["baseline"])
    if "overrides" in values:
        values["overrides"] = [(folder, override) for override in values["overrides"]]
    return values


def _merged(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    values = base | own
    for key in _APPENDED & base.keys() & own.keys():
        values[key] = [*base[key], *own[key]]
    for key in _MERGED & base.keys() & own.keys():
        values[key] = base[key] | own[key]
    return values


def _checked(file: Path) -> dict[str, Any]:
    from .keys import CONFIGURATION

    document = _parsed(file)
    start = _root(file)
    table: Any = document
    for step in start:
        table = table.get(step, {})
    faults = list(CONFIGURATION.faults(table, start))
    if faults:
        text = text_of(file)
        raise ConfigError(file, "\n".join(_worded(file, text, fault) for fault in faults))
    return dict(table)


def _parsed(file: Path) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    try:
        text = text_of(file)
    except OSError as error:
        msg = f"{shown_path(file)}: cannot be read: {error.strerror or error}"
        raise ConfigError(file, msg) from error
    except UnicodeDecodeError as error:
        msg = f"{shown_path(file)}: is not UTF-8"
        raise ConfigError(file, msg) from error
    try:
        document: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what, _, where = str(error).partition(" (at ")
        line, _, column = where.removeprefix("line ").rstrip(")").partition(", column ")
        if not column:
            line, column = str(text.count("\n") + 1), "1"
        msg = f"{shown_path(file)}:{line}:{column}: is not TOML: {what[:1].lower()}{what[1:]}"
        raise ConfigError(file, msg) from error
    return document


def _worded(file: Path, text: str, fault: Fault) -> str:
    line, column = place_of(text, fault.path)
    return f"{shown_path(file)}:{line}:{column}: {fault.message}; {fault.help}"


def text_of(file: Path) -> str:
    """Return the text of a configuration, without the mark that some editors put before it."""
    return file.read_text("utf-8-sig")


def place_of_source(source: Source) -> tuple[int, int, int]:
    """Return the line and the column where a value was set, and the column where that line ends, from 1."""
    text = text_of(source.file)
    line, column = place_of(text, (*_root(source.file), *source.path))
    return line, column, len(text.split("\n")[line - 1].rstrip()) + 1


def place_of(text: str, path: KeyPath) -> tuple[int, int]:
    """Return the line and column, from 1, of a key or an item of an array in a TOML text; 1 and 1 where it has none.

    The place is where the text changes when the value is replaced, so that the reader of TOML finds it. A table is
    found by its first key.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document: Any = tomlkit.parse(text)
        holder, last = _leaf(document, path)
        holder[last] = _UNLIKELY
        changed = tomlkit.dumps(document)
    except (TOMLKitError, LookupError, TypeError, AttributeError):
        return 1, 1
    offset = next((index for index, (old, new) in enumerate(zip(text, changed, strict=False)) if old != new), 0)
    offset -= text[offset - 1 : offset] in {'"', "'"}
    start = text.rfind("\n", 0, offset) + 1
    if isinstance(path[-1], str) or isinstance(last, str):
        offset = start + len(text[start:offset]) - len(text[start:offset].lstrip())
    return text.count("\n", 0, offset) + 1, offset - start + 1


def _leaf(document: Any, path: KeyPath) -> tuple[Any, str | int]:
    """Follow a path down to a value that is no table, and return what holds it and the last step."""
    holder, steps = document, list(path)
    while True:
        last = steps.pop(0)
        value = holder[last]
        if not steps:
            if not isinstance(value, (dict, list)) or not value:
                return holder, last
            steps.append(next(iter(value)) if isinstance(value, dict) else 0)
        holder = value


def header_of_override(file: Path) -> str:
    """Return the line that begins another item of `overrides` in a configuration."""
    table = "tool.msglint.overrides" if file.name == _PYPROJECT else "overrides"
    return f"[[{table}]]"


def shown_path(file: Path) -> str:
    """Spell a file's name from the current folder where it is below it, safe to print."""
    try:
        return printable(redacted(str(file.relative_to(Path.cwd()))))
    except ValueError:
        return printable(redacted(str(file)))

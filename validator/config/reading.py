"""Find the configuration closest to a file, and read it; mistakes are reported with their places."""

from __future__ import annotations

import os
import re
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..common.errors import SettingsError
from ..common.lazy_regex import regex
from ..common.wording import shown
from ..filesystem.lookups import exists, is_link, kind_of, native, read_regular, shown_path
from .toml_places import toml

if TYPE_CHECKING:
    from .keys import KeyPath, Mistake

_OWN_NAMES: Final = ("msglint.toml", ".msglint.toml")
_PYPROJECT: Final = "pyproject.toml"
NAMES: Final = (*_OWN_NAMES, _PYPROJECT)
"""The file names of configurations."""
_MOST_BYTES: Final = 2**22
"""The most bytes a configuration may have."""
_MOST_MISTAKES: Final = 50
"""The most mistakes listed for one configuration."""
_MAY_SET_TOOL: Final = regex(rb"""^[ \t]*(?:["']?tool["']?[ \t]*=|\[\[[ \t]*["']?tool\b)""", re.MULTILINE)
_APPENDED: Final = frozenset({"extend-select", "ignore", "overrides"})
"""Keys whose values are appended to those of an extended configuration; other keys replace them."""
_MERGED: Final = frozenset({"severity"})


class ConfigError(SettingsError):
    """Raised for an invalid configuration."""


class Source(NamedTuple):
    """Where a value was set: a file, and the path to the value in it."""

    file: Path
    path: KeyPath


class Read(NamedTuple):
    """A configuration merged with those it extends."""

    file: Path
    values: dict[str, Any]
    sources: dict[str, Source]
    """Where each top-level key was set; a key set by several files has the last one."""
    override_sources: tuple[Source, ...]
    """Where each item of `overrides` was set."""


def nearest_configuration(folder: Path) -> Path | None:
    """Return the configuration closest to a folder: in the folder itself or in one above it.

    In one folder `msglint.toml` takes precedence over `.msglint.toml`, and both over a `pyproject.toml` with a table
    `tool.msglint`.

    Raises:
        ConfigError: for an invalid `pyproject.toml` on the way, which may or may not have the table.
    """
    found = _nearest(str(folder.absolute()))
    if isinstance(found, ConfigError):
        raise found.with_traceback(None)
    return found


_found: dict[str, Path | ConfigError | None] = {}
"""A cache: the configuration closest to each folder looked up, or the error that prevented the lookup."""


def _nearest(folder: str) -> Path | ConfigError | None:
    asked: list[str] = []
    while folder not in _found:
        asked.append(folder)
        own = _in_folder(Path(folder))
        parent = os.path.dirname(folder)  # noqa: PTH120 - strings are faster dict keys than paths
        if own is not None or parent == folder:
            _found[folder] = own
        else:
            folder = parent
    found = _found[folder]
    _found.update(dict.fromkeys(asked, found))
    return found


def _in_folder(folder: Path) -> Path | ConfigError | None:
    """Return the configuration in a folder, None, or the error if its `pyproject.toml` cannot be read."""
    for name in _OWN_NAMES:
        if _is_there(folder / name):
            return folder / name
    project = folder / _PYPROJECT
    try:
        return project if _is_there(project) and _may_be_ours(project) and _has_table(project) else None
    except ConfigError as error:
        return error


def _is_there(file: Path) -> bool:
    return exists(file) or is_link(file)


def _may_be_ours(project: Path) -> bool:
    """Whether a `pyproject.toml` may have our table, by its bytes alone; nearly every project has such a file.

    True for an unreadable file, so that the TOML parser reports the error.
    """
    try:
        data = read_regular(project, _MOST_BYTES)
        data.decode()
    except (OSError, UnicodeDecodeError):
        return True
    # A backslash may escape a letter of the name, as in "\u006dsglint".
    return b"msglint" in data or b"\\" in data or _MAY_SET_TOOL.search(data) is not None


def _has_table(project: Path) -> bool:
    tool = _parsed(project).get("tool", {})
    if isinstance(tool, dict):
        return "msglint" in tool
    from .keys import Mistake

    mistake = Mistake(("tool",), f"`tool` is {shown(tool)}, but must be a table", "replace it by a table")
    raise _error(project, text_of(project), [mistake])


def forget() -> None:
    """Clear the cache of the closest configurations."""
    _found.clear()


def read(file: Path) -> Read:
    """Read a configuration and those it extends.

    Raises:
        ConfigError: if one of them cannot be read, is not TOML, has an unknown key or an invalid value, or extends
            itself; the error lists every such mistake with its place.
    """
    current = file.absolute()
    chain: list[Read] = []
    seen: set[str] = set()
    while True:
        seen.add(os.path.realpath(current))
        own = _checked(current)
        base = own.pop("extend", None)
        sources = {key: Source(current, (key,)) for key in own}
        override_sources = tuple(
            Source(current, ("overrides", index)) for index in range(len(own.get("overrides", ())))
        )
        chain.append(Read(current, _from_folder(own, current.parent), sources, override_sources))
        if base is None:
            break
        current = _base_of(current, base, seen)
    found = chain.pop()
    while chain:
        found = _extended(found, chain.pop())
    return found


def _base_of(file: Path, name: str, seen: set[str]) -> Path:
    """Return the file of the configuration that `file` extends under a name.

    Raises:
        ConfigError: if it does not exist, or extends `file` itself.
    """
    from .keys import Mistake

    base = Path(os.path.abspath(file.parent / native(name)))  # noqa: PTH100 - globs cannot match a path with `..`
    path = (*_root(file), "extend")
    if os.path.realpath(base) in seen:
        message = f"`extend` is {shown(name)}, but a configuration cannot extend itself"
        mistake = Mistake(path, message, "remove it, or name another one")
    elif not exists(base):
        advice = f"give a path relative to {shown_path(file.parent)}, or remove it"
        mistake = Mistake(path, f"`extend` is {shown(name)}, but there is no such file", advice)
    elif (kind := kind_of(os.stat(base))) is not None:  # noqa: PTH116 - for any name
        mistake = Mistake(path, f"`extend` is {shown(name)}, which is {kind}", "name a regular file, or remove it")
    else:
        return base
    raise _error(file, text_of(file), [mistake])


def _extended(base: Read, own: Read) -> Read:
    overrides = base.override_sources + own.override_sources
    return Read(own.file, _merged(base.values, own.values), base.sources | own.sources, overrides)


def _root(file: Path) -> KeyPath:
    """Return the path to the table of a file that holds the configuration."""
    return ("tool", "msglint") if file.name == _PYPROJECT else ()


def _from_folder(values: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Pair globs and file names with the folder they are relative to."""
    for key in ("include", "exclude"):
        if key in values:
            values[key] = [(folder, glob) for glob in values[key]]
    if "baseline" in values:
        values["baseline"] = str(folder / native(values["baseline"]))
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
    mistakes = list(islice(CONFIGURATION.mistakes(table, start), _MOST_MISTAKES + 1))
    if mistakes:
        raise _error(file, text_of(file), mistakes)
    return dict(table)


def _parsed(file: Path) -> dict[str, Any]:
    try:
        text = text_of(file)
    except OSError as error:
        msg = f"{shown_path(file)}: cannot be read: {error.strerror or error}"
        raise ConfigError(file, msg) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        msg = f"{shown_path(file)}:{line}:1: is not UTF-8"
        raise ConfigError(file, msg) from error
    try:
        document: dict[str, Any] = toml().loads(text)
    except RecursionError as error:
        from .toml_places import too_deep

        line, column = too_deep(text)
        msg = f"{shown_path(file)}:{line}:{column}: is nested too deeply"
        raise ConfigError(file, msg) from error
    except ValueError as error:  # not TOML, or an integer with too many digits for `int`
        is_of_toml = isinstance(error, toml().TOMLDecodeError)
        what, _, where = str(error if is_of_toml else "a number in it is too long").partition(" (at ")
        said, _, column_said = where.removeprefix("line ").rstrip(")").partition(", column ")
        place = f"{said}:{column_said}" if column_said else f"{text.count(chr(10)) + 1}:1"
        msg = f"{shown_path(file)}:{place}: is not TOML: {what[:1].lower()}{what[1:]}"
        raise ConfigError(file, msg) from error
    return document


def _error(file: Path, text: str, mistakes: list[Mistake]) -> ConfigError:
    """Return the error for a configuration, one line per mistake."""
    from .toml_places import place_of

    name = shown_path(file)
    lines = []
    for mistake in mistakes[:_MOST_MISTAKES]:
        line, column = place_of(text, mistake.path)
        lines.append(f"{name}:{line}:{column}: {mistake.message}; {mistake.help}")
    if len(mistakes) > _MOST_MISTAKES:
        lines.append(f"{name}: there are more mistakes than these {_MOST_MISTAKES}")
    return ConfigError(file, "\n".join(lines))


def text_of(file: Path) -> str:
    """Return the text of a configuration, without a byte order mark."""
    return read_regular(file, _MOST_BYTES).decode("utf-8-sig").replace("\r\n", "\n")


def place_of_source(source: Source) -> tuple[int, int, int]:
    """Return the line and column where a value was set, and the column where that line ends, counted from 1."""
    from .toml_places import place_of

    text = text_of(source.file)
    line, column = place_of(text, (*_root(source.file), *source.path))
    return line, column, len(text.split("\n")[line - 1].rstrip()) + 1


def header_of_override(file: Path) -> str:
    """Return the line that starts a new item of `overrides` in a configuration."""
    table = "tool.msglint.overrides" if file.name == _PYPROJECT else "overrides"
    return f"[[{table}]]"

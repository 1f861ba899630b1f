"""Find the configuration closest to a file, and read it; mistakes are reported with their places."""

from __future__ import annotations

import os
import re
from functools import reduce
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ..common.errors import SettingsError
from ..common.lazy_regex import regex
from ..common.records import NamedTuple
from ..common.wording import code, names, nearest, shown
from ..filesystem.lookups import exists, is_link, kind_of, native, read_regular, shown_path
from .toml_places import toml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..common.kinds import KeyPath, Mistake
    from ..own.rules import OwnRule

_OWN_NAMES: Final = ("msglint.toml", ".msglint.toml")
_PYPROJECT: Final = "pyproject.toml"
NAMES: Final = (*_OWN_NAMES, _PYPROJECT)
"""The file names of configurations."""
_MOST_BYTES: Final = 2**22
"""The most bytes a configuration may have."""
_MOST_MISTAKES: Final = 50
"""The most mistakes listed for one configuration."""
_MAY_SET_TOOL: Final = regex(rb"""^[ \t]*(?:["']?tool["']?[ \t]*=|\[\[[ \t]*["']?tool\b)""", re.MULTILINE)
_APPENDED: Final = frozenset({"extend-select", "ignore", "overrides", "plugins"})
"""Keys whose values are appended to those of an extended configuration; other keys replace them."""
_MERGED: Final = frozenset({"severity"})
_PRESET: Final = "preset"
_PACKAGE: Final = "package"
_MOST_FILES: Final = 64
"""The most configurations that are read for one, each as often as it is extended."""


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
    text = _text_of(project)
    tool = _parsed(project, text).get("tool", {})
    if isinstance(tool, dict):
        return "msglint" in tool
    from ..common.kinds import Mistake

    mistake = Mistake(("tool",), f"`tool` is {shown(tool)}, but must be a table", "replace it by a table")
    raise _error(project, text, [mistake])


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
    return _Reader().read(_Named(current, current.parent, shown_path(current)))


class _Named(NamedTuple):
    """A configuration as another one names it."""

    file: Path
    folder: Path
    """The folder that its globs and file names are relative to."""
    label: str
    """Its name, as it is shown."""


class _Reader:
    """Reads a configuration with all that it extends."""

    def __init__(self) -> None:
        self._open: list[str] = []
        """The real paths of the configurations that are being read, the outermost first."""
        self._number = 0

    def read(self, named: _Named) -> Read:
        """Read a configuration."""
        file = named.file
        self._number += 1
        self._open.append(os.path.realpath(file))
        text = _text_of(file)
        table = _table(file, text)
        bases = [self.read(base) for base in self._bases(named, table, text)]
        base = reduce(_extended, bases) if bases else None
        _check(file, text, table, {} if base is None else base.values)
        own = {key: value for key, value in table.items() if key != "extend"}
        if "rules" in own:
            own["rules"] = _made(own["rules"], named, text)
        sources = {key: Source(file, (key,)) for key in own}
        override_sources = tuple(Source(file, ("overrides", index)) for index in range(len(own.get("overrides", ()))))
        found = Read(file, _from_folder(own, named.folder), sources, override_sources)
        self._open.pop()
        return found if base is None else _extended(base, found)

    def _bases(self, named: _Named, table: dict[str, Any], text: str) -> Iterator[_Named]:
        """Yield the configurations that another one extends.

        Raises:
            ConfigError: for one that does not exist, or extends itself.
        """
        extend = table.get("extend")
        start = (*_root(named.file), "extend")
        if isinstance(extend, str):
            yield self._base(named, extend, start, text)
        for index, name in enumerate(extend if isinstance(extend, list) else ()):
            if isinstance(name, str):
                yield self._base(named, name, (*start, index), text)

    def _base(self, named: _Named, name: str, path: KeyPath, text: str) -> _Named:
        from ..common.kinds import Mistake

        said = f"`extend` is {shown(name)}"
        base, why = _found_base(named, name)
        why = None if base is not None else why
        if base is not None and os.path.realpath(base.file) in self._open:
            why = ("but a configuration cannot extend itself", "remove it, or name another one")
        elif base is not None and self._number >= _MOST_FILES:
            why = (f"but more than {_MOST_FILES} configurations are extended", "extend fewer")
        if why is not None or base is None:
            message, advice = why or ("but it cannot be read", "remove it")
            raise _error(named.file, text, [Mistake(path, f"{said}, {message}", advice)])
        return base


def _found_base(named: _Named, name: str) -> tuple[_Named | None, tuple[str, str] | None]:
    """Return the configuration that another one extends under a name, or why there is none, and what to do."""
    kind, _, rest = name.partition(":")
    if kind == _PRESET:
        known = presets()
        near = nearest(rest, list(known))
        hint = f"did you mean {code(f'{_PRESET}:{near}')}?" if near else f"known are {names(sorted(known))}"
        return _at(known.get(rest), named, name), ("but there is no such preset", hint)
    if kind == _PACKAGE:
        from ..own.installed import file_in_package

        hint = f"write `{_PACKAGE}:NAME/FILE`, with the name of a package that is installed beside msglint"
        return _at(file_in_package(rest), named, name), ("but no installed package has it", hint)
    if "\0" in name:
        return None, ("but a file name cannot contain a zero byte", "remove it, or name a file")
    base = Path(os.path.abspath(named.folder / native(name)))  # noqa: PTH100 - globs cannot match a path with `..`
    if not exists(base):
        return None, ("but there is no such file", f"give a path relative to {shown_path(named.folder)}, or remove it")
    what = kind_of(os.stat(base))  # noqa: PTH116 - for any name
    if what is not None:
        return None, (f"which is {what}", "name a regular file, or remove it")
    return _Named(base, base.parent, shown_path(base)), None


def _at(file: Path | None, named: _Named, label: str) -> _Named | None:
    """Return a file that stands in no project: its globs are relative to the folder of who extends it."""
    return None if file is None else _Named(file, named.folder, label)


def presets() -> dict[str, Path]:
    """Return the configurations that come with msglint, by their names."""
    return {file.stem: file for file in (Path(__file__).parent / "presets").glob("*.toml")}


def _made(rules: list[dict[str, Any]], named: _Named, text: str) -> list[OwnRule]:
    """Make the rules of a configuration that has no mistake in them."""
    from ..own.definition import made
    from ..own.rules import Origin

    start = _root(named.file)
    lines = [_place(named.file, text, (*start, "rules", index))[0] for index in range(len(rules))]
    return [made(rule, Origin(named.label, line)) for rule, line in zip(rules, lines, strict=True)]


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
    if "rules" in values:
        nearer = {rule.id: rule for rule in [*base.get("rules", ()), *own.get("rules", ())]}
        values["rules"] = list(nearer.values())
    return values


def _table(file: Path, text: str) -> dict[str, Any]:
    """Return the table of a file that holds the configuration; its values are not checked yet.

    Raises:
        ConfigError: if the file is not TOML, or has another value in place of the table.
    """
    table: Any = _parsed(file, text)
    for step in _root(file):
        table = table.get(step, {}) if isinstance(table, dict) else {}
    if not isinstance(table, dict):
        from .keys import CONFIGURATION

        raise _error(file, text, list(CONFIGURATION.mistakes(table, _root(file))))
    return table


def _check(file: Path, text: str, table: dict[str, Any], inherited: dict[str, Any]) -> None:
    """Check the table of a configuration.

    Raises:
        ConfigError: for its mistakes.
    """
    from .keys import CONFIGURATION, configuration

    kind = CONFIGURATION
    rules = [each for each in _list(table.get("rules")) if isinstance(each, dict) and isinstance(each.get("id"), str)]
    plugins = [each for each in (*inherited.get("plugins", ()), *_list(table.get("plugins"))) if isinstance(each, str)]
    if rules or plugins or inherited.get("rules"):
        others = dict.fromkeys([*(rule.id for rule in inherited.get("rules", ())), *(rule["id"] for rule in rules)])
        is_certain = True
        if plugins:
            from ..own.installed import loaded

            found = loaded(plugins)
            others |= dict.fromkeys(rule.id for plugin in found for rule in plugin.rules)
            is_certain = all(plugin.error is None for plugin in found)
        areas = dict.fromkeys(name.partition("/")[0] for name in others)
        kind = configuration([*areas, *others], is_certain=is_certain)
    mistakes = list(islice(kind.mistakes(table, _root(file)), _MOST_MISTAKES + 1))
    if mistakes:
        raise _error(file, text, mistakes)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text_of(file: Path) -> str:
    try:
        return text_of(file)
    except OSError as error:
        msg = f"{shown_path(file)}: cannot be read: {error.strerror or error}"
        raise ConfigError(file, msg) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        msg = f"{shown_path(file)}:{line}:1: is not UTF-8"
        raise ConfigError(file, msg) from error


def _parsed(file: Path, text: str) -> dict[str, Any]:
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
    name = shown_path(file)
    lines = []
    for mistake in mistakes[:_MOST_MISTAKES]:
        line, column = _place(file, text, mistake.path)
        lines.append(f"{name}:{line}:{column}: {mistake.message}; {mistake.help}")
    if len(mistakes) > _MOST_MISTAKES:
        lines.append(f"{name}: there are more mistakes than these {_MOST_MISTAKES}")
    return ConfigError(file, "\n".join(lines))


def _place(file: Path, text: str, path: KeyPath) -> tuple[int, int]:
    """Return the line and column of a value, or of the innermost value around it that the text has."""
    from .toml_places import place_of

    for length in range(len(path), len(_root(file)), -1):
        place = place_of(text, path[:length])
        if place != (1, 1):
            return place
    return place_of(text, path)


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

"""What installed packages bring: rules in Python, by their entry points, and files.

Nothing that lies in a repository is ever imported: while a plugin is looked for and imported, the current folder and
those above it are not on Python's path, nor is any folder that is given relative to it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from pathlib import Path
from threading import Lock, RLock
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from ..common.records import NamedTuple
from ..common.redaction import redacted
from ..common.standalone import IS_STANDALONE
from ..common.wording import code, cut_short, names, nearest, printable, shown
from ..engine.engine import Engine
from ..engine.rule import Rule
from ..facts.api import REQUEST_ENDPOINTS
from ..report import Severity
from ..rules import AREAS
from .ids import is_id

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP: Final = "msglint.rules"
"""The group of entry points that name the rules of a plugin."""
_NONE_INSTALLED: Final = (
    "the standalone program has no plugins; install msglint and the plugin with pip"
    if IS_STANDALONE
    else "no plugin is installed"
)
_LONGEST: Final = 300
_LOCK: Final = RLock()


class Plugin(NamedTuple):
    """A plugin by its name: its rules, or why it is set aside."""

    name: str
    rules: tuple[Rule, ...] = ()
    error: str | None = None
    is_missing: bool = False
    """Whether no installed package has an entry point of this name."""


@contextmanager
def only_installed() -> Iterator[None]:
    """Keep what lies in the current folder, or above it, from being imported."""
    with _LOCK:
        before = sys.path[:]
        here = _here()
        sys.path[:] = [entry for entry in before if Path(entry).is_absolute() and not _holds(entry, here)]
        try:
            yield
        finally:
            sys.path[:] = before


def _here() -> str | None:
    try:
        return os.path.realpath(os.getcwd())  # noqa: PTH109 - as the other paths here, a text
    except OSError:
        return None


def _holds(entry: str, folder: str | None) -> bool:
    """Whether a folder is in another one, or the same."""
    if folder is None:
        return False
    holder = os.path.realpath(entry)
    return folder == holder or folder.startswith(os.path.join(holder, ""))  # noqa: PTH118 - with a separator


class _Aside:
    """While it is entered, what is printed goes to standard error: a report may be on standard output."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._entered = 0
        self._output: Any = None

    def __enter__(self) -> None:
        with self._lock:
            if self._entered == 0:
                self._output, sys.stdout = sys.stdout, sys.stderr
            self._entered += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._entered -= 1
            if self._entered == 0:
                sys.stdout = self._output


_ASIDE: Final = _Aside()


class SystemExitError(Exception):
    """Raised in place of `SystemExit` in a rule of a plugin, which must not end the program."""


def _contained(check: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function of a rule that neither prints into a report nor ends the program."""

    @wraps(check)
    def checked(*given: Any) -> Any:
        try:
            with _ASIDE:
                return check(*given)
        except SystemExit as error:
            raise SystemExitError from error

    return checked


_plugins: dict[str, Plugin] = {}
"""A cache: the plugins that were asked for."""


def loaded(plugins: Iterable[str]) -> tuple[Plugin, ...]:
    """Return plugins by their names, each imported once in a process."""
    return tuple(map(_plugin, plugins))


def forget() -> None:
    """Clear the cache of plugins that could not be used, which may have been installed or fixed."""
    for name in [name for name, plugin in _plugins.items() if plugin.error is not None]:
        del _plugins[name]


def _plugin(name: str) -> Plugin:
    with _LOCK:
        found = _plugins.get(name)
        if found is None:
            with only_installed():
                found = _plugins[name] = _found(name)
        return found


def _found(name: str) -> Plugin:
    from importlib.metadata import entry_points

    try:
        known = {each.name: each for each in entry_points(group=GROUP)}
    except Exception as error:  # noqa: BLE001 - the records of installed packages may be broken
        return Plugin(name, error=f"the installed packages cannot be listed: {_said(error)}")
    if name not in known:
        meant = nearest(name, list(known))
        hint = f"did you mean {code(meant)}?" if meant else ""
        hint = hint or (f"installed are {names(sorted(known))}" if known else _NONE_INSTALLED)
        return Plugin(name, error=f"no installed package has a plugin {code(name)}; {hint}", is_missing=True)
    return _imported(known[name])


def _imported(entry: EntryPoint) -> Plugin:
    try:
        with _ASIDE:
            value = entry.load()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a plugin raises, the rest goes on
        return Plugin(entry.name, error=f"the plugin {code(entry.name)} cannot be imported: {_said(error)}")
    try:
        rules = tuple(_rules_of(value))
        mistake = _mistake(rules)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - as above
        return Plugin(entry.name, error=f"the rules of the plugin {code(entry.name)} cannot be read: {_said(error)}")
    if mistake is not None:
        return Plugin(entry.name, error=f"the plugin {code(entry.name)} cannot be used: {mistake}")
    return Plugin(entry.name, tuple(of_plugin(rule, entry.name) for rule in rules))


def _rules_of(value: Any) -> Iterator[Rule]:
    """Yield the rules that an entry point names: those of a module, of a list, or one rule."""
    found = [value] if isinstance(value, Rule) else vars(value).values() if isinstance(value, ModuleType) else value
    for each in found:
        if isinstance(each, Rule):
            yield each


def _mistake(rules: tuple[Rule, ...]) -> str | None:
    if not rules:
        return "it has no rule"
    seen: set[str] = set()
    for rule in rules:
        mistake = _mistake_in(rule)
        if mistake is not None:
            return mistake
        if rule.id in seen:
            return f"it has two rules {code(rule.id)}"
        seen.add(rule.id)
    Engine(rules, tool_types=(), block_types=())  # raises for a place that a walk does not visit
    return None


def _mistake_in(rule: Rule) -> str | None:
    if not is_id(rule.id):
        return f"{code(str(rule.id))} is not an id like `team/name`"
    if rule.area in AREAS:
        return f"{code(rule.id)} is in an area of msglint's own"
    if not isinstance(rule.severity, Severity):
        return f"the severity of {code(rule.id)} is {shown(rule.severity)}, but must be one of `Severity`"
    if not set(rule.endpoints) <= set(REQUEST_ENDPOINTS):
        known = names(sorted(REQUEST_ENDPOINTS))
        return f"the endpoints of {code(rule.id)} are {shown(rule.endpoints)}, but must be some of {known}"
    return None


def of_plugin(rule: Rule, plugin: str) -> Rule:
    """Return a rule that knows its plugin, and whose examples know the rule."""
    made = replace(rule, check=_contained(rule.check), origin=plugin)
    for kind in ("bad", "good"):
        examples = tuple(example._replace(rules=(made,)) for example in getattr(rule, kind))
        object.__setattr__(made, kind, examples)  # they refer to the rule, so neither can be made after the other
    return made


def of_caller(rule: Rule) -> Rule:
    """Return a rule in Python that a caller gives to a linter.

    Raises:
        ValueError: if it cannot be used.
    """
    mistake = _mistake((rule,))
    if mistake is not None:
        msg = f"the rule cannot be used: {mistake}"
        raise ValueError(msg)
    return of_plugin(rule, (rule.check.__module__ or "a program").partition(".")[0])


def _said(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return printable(cut_short(redacted(f"{type(error).__name__}: {text}" if text else type(error).__name__), _LONGEST))


def file_in_package(name: str) -> Path | None:
    """Return a file that an installed package carries, by `package/path`; None if there is none.

    The package is not imported.
    """
    package, _, rest = name.partition("/")
    if not package.isidentifier() or not rest or any(step in {"", ".", ".."} for step in rest.split("/")):
        return None
    from importlib.util import find_spec

    with only_installed():
        try:
            spec = find_spec(package)
        except (ImportError, ValueError, AttributeError):
            return None
    folders = spec.submodule_search_locations if spec is not None else None
    for folder in folders or ():
        file = Path(folder, *rest.split("/"))
        if file.is_file():
            return file
    return None

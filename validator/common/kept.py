"""The code of the modules that every check imports, in one file.

To find and read a file of Python's own for each module takes a tenth of the start. A check writes this one where Python
may write its own, and it is as sure as those: the code of a module is used while its source has the size and the time
that it had then. By the same signs, what a build prepared is current without being compared with its sources again.
"""

# ruff: noqa: PTH103, PTH108, PTH116, PTH118, PTH120, PTH123, PTH208 - `pathlib` is not imported yet

from __future__ import annotations

import marshal
import os
import stat
import sys
from contextlib import suppress
from importlib.machinery import ModuleSpec, SourceFileLoader
from typing import TYPE_CHECKING, Any, Final, cast

from .._version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import CodeType

MODULES: Final = os.path.join(os.path.dirname(os.path.dirname(__file__)), "_prepared", "start.py")
"""The names of the modules: a comment for each, which a build writes."""
_EARLIEST: Final = 1_600_000_000
"""A time in 2020: files of a reproducible build have an earlier one, the same in each version."""

_Signs = list[tuple[int, int]]
_Module = tuple[str, str, str, bool, _Signs, "CodeType"]
"""The folder of a module, its source, Python's own file, whether it is a package, the signs of the source, the code."""


class _Kept:
    """What was kept, as a finder of modules."""

    def __init__(self) -> None:
        self.is_current = False
        self.modules: dict[str, _Module] = {}
        self.prepared: dict[str, _Signs] = {}
        """The signs of all files that something was prepared of, by its name."""

    def find_spec(self, name: str, path: Sequence[str] | None, _: object = None) -> ModuleSpec | None:
        """Find a module whose source is as it was; called by Python."""
        if name not in self.modules:
            return None
        folder, source, cached, is_package, then, code = self.modules[name]
        if not path or path[0] != folder:  # another copy of the package
            return None
        with suppress(OSError, ValueError):
            if _signs([source]) == then:
                return self._spec(name, source, cached, code, is_package=is_package)
        self.is_current = False
        return None

    def _spec(self, name: str, source: str, cached: str, code: CodeType, *, is_package: bool) -> ModuleSpec:
        spec = ModuleSpec(name, _Loader(name, source, code), origin=source, is_package=is_package)
        spec.has_location, spec.cached = True, cached
        if spec.submodule_search_locations is not None:
            spec.submodule_search_locations.append(os.path.dirname(source))
        return spec


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self._code = code

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002 - Python's signature
        return self._code


_kept: Final = _Kept()


def use() -> None:
    """Let Python import the modules that were kept."""
    place = _place()
    if place is None or _kept in sys.meta_path:
        return
    with suppress(OSError, ValueError, EOFError, TypeError):
        key = _key()
        with open(place, "rb") as file:
            if file.read(len(key)) == key:  # nothing is made of the file of another version, or of Python's own
                _kept.modules, _kept.prepared = marshal.loads(file.read())  # noqa: S302 - Python's own files are as well
                _kept.is_current = True
    sys.meta_path.insert(0, cast("Any", _kept))


def keep() -> None:
    """Write what the next start can use, if this one missed something."""
    place = _place()
    if _kept not in sys.meta_path:
        return
    sys.meta_path.remove(cast("Any", _kept))
    if _kept.is_current or sys.dont_write_bytecode or place is None:
        return
    # Whatever goes wrong here, even a module that is being edited or replaced, the check has been done.
    with suppress(Exception, KeyboardInterrupt):
        key = _key()
        folder = os.path.dirname(place)
        os.makedirs(folder, exist_ok=True)
        if os.access(folder, os.W_OK):
            _write(place, key + marshal.dumps((dict(_made(_names())), _kept.prepared)))


def _write(place: str, content: bytes) -> None:
    """Write the file as Python writes its own: at once, with the permissions of the source."""
    folder, name = os.path.split(place)
    for other in os.listdir(folder):
        if other.startswith(f"{name}."):  # of a process that was killed; one that is writing now writes nothing
            with suppress(OSError):
                os.unlink(os.path.join(folder, other))
    SourceFileLoader("start", MODULES).set_data(place, content, _mode=os.stat(MODULES).st_mode | stat.S_IWUSR)


def is_current(name: str, paths: Sequence[str], compare: Callable[[], bool]) -> bool:
    """Whether something prepared of files is current: they are as they were when it was, or else by comparing them."""
    if _kept not in sys.meta_path:
        return compare()
    try:
        then = _signs(paths)
    except ValueError:
        return compare()
    if _kept.prepared.get(name) == then:
        return True
    if not compare():
        return False
    _kept.prepared[name], _kept.is_current = then, False
    return True


def _signs(paths: Iterable[str]) -> _Signs:
    """Return what shows that files are the same as before, to Python as well: their sizes and times in seconds.

    Raises:
        ValueError: if a file has a time that says nothing.
    """
    found = [(each.st_size, int(each.st_mtime)) for each in map(os.stat, paths)]
    if any(time < _EARLIEST for _, time in found):
        msg = "files of a reproducible build have the same time in each version"
        raise ValueError(msg)
    return found


def _place() -> str | None:
    """Return where the file is: in place of Python's own one of the list, so that an uninstallation removes it.

    None if Python keeps no files, as for modules in a zip file.
    """
    if type(__spec__.loader) is not SourceFileLoader:
        return None
    spec = ModuleSpec("start", None, origin=MODULES)
    spec.has_location = True
    return spec.cached


def _key() -> bytes:
    """Return the start of the file."""
    return repr([sys.version, __version__, MODULES, *_signs([MODULES])]).encode()


def _names() -> list[str]:
    with open(MODULES, encoding="utf-8") as file:
        return [line[2:-1] for line in file]


def _made(names: Iterable[str]) -> Iterator[tuple[str, _Module]]:
    from importlib.util import find_spec

    for name in names:
        with suppress(ImportError):  # a module that has gone since
            spec = find_spec(name)
            if spec is None or spec.origin is None or spec.cached is None:
                continue
            then = _signs([spec.origin])
            code = SourceFileLoader(name, spec.origin).get_code(name)
            if code is not None and then == _signs([spec.origin]):
                folder: str = sys.modules[name.rpartition(".")[0]].__path__[0]
                is_package = spec.submodule_search_locations is not None
                yield name, (folder, spec.origin, spec.cached, is_package, then, code)

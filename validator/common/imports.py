"""Keep what the command does not need of other packages from slowing its start."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

_Parts = dict[str, Any]


def import_engine() -> None:
    """Import `jsonschema_rs` without `email.utils`.

    The engine parses the date of its own build with `email.utils.parsedate_to_datetime`. That module imports sockets
    and much else, which takes three times as long as the engine itself.
    """
    _import_without("jsonschema_rs", "email.utils", {"parsedate_to_datetime": str})


def import_paths() -> None:
    """Import `pathlib` without `urllib.parse`, which it has only for `as_uri`; Python 3.13 does the same."""
    _import_without("pathlib", "urllib.parse", {"quote_from_bytes": _quote_from_bytes})


def _quote_from_bytes(*arguments: Any) -> str:
    from urllib.parse import quote_from_bytes

    return quote_from_bytes(*arguments)


def _import_without(name: str, other: str, parts: _Parts) -> None:
    """Import a module while another one is left out, of which it takes some parts."""
    if name in sys.modules or other in sys.modules:
        return
    # A stand-in for the length of the import: the module offers no way to do without the other one.
    sys.modules[other] = _StandIn(other, parts)
    try:
        import_module(name)
    finally:
        if isinstance(sys.modules[other], _StandIn):
            del sys.modules[other]


class _StandIn(ModuleType):
    """Stands in for a module: has some parts of it, and takes everything else from the real one."""

    def __init__(self, name: str, parts: _Parts) -> None:
        super().__init__(name)
        self.__dict__.update(parts)

    def __getattr__(self, name: str) -> Any:
        if name == "__path__":  # Python asks for it in each import from a module
            raise AttributeError(name)
        sys.modules.pop(self.__name__, None)
        return getattr(import_module(self.__name__), name)

"""Keep an unused dependency of the schema engine from slowing the start of the command."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any, Final

_MAIL: Final = "email.utils"


def import_engine() -> None:
    """Import `jsonschema_rs` without `email.utils`.

    The engine parses the date of its own build with `email.utils.parsedate_to_datetime`. That module imports sockets
    and much else, which takes three times as long as the engine itself.
    """
    if _MAIL in sys.modules:
        return
    # A stand-in for the length of the import: the engine offers no way to skip the parsing of its date.
    sys.modules[_MAIL] = _NoMail(_MAIL)
    try:
        import_module("jsonschema_rs")
    finally:
        sys.modules.pop(_MAIL, None)


class _NoMail(ModuleType):
    """Stands in for `email.utils`: returns dates unparsed, and takes everything else from the real module."""

    def __getattr__(self, name: str) -> Any:
        if name == "parsedate_to_datetime":
            return str
        sys.modules.pop(_MAIL, None)
        return getattr(import_module(_MAIL), name)

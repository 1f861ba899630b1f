"""What an import of ours would import without ever using it, which is kept from the start of the command."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any, Final

_MAIL: Final = "email.utils"


def import_engine() -> None:
    """Import `jsonschema_rs` without the reader of mail.

    The engine notes the date of its own build as a `datetime`, and has the reader of mail's dates take it apart. That
    one imports sockets and much else, three times of what the engine takes itself.
    """
    if _MAIL in sys.modules:
        return
    sys.modules[_MAIL] = _NoMail(_MAIL)
    try:
        import_module("jsonschema_rs")
    finally:
        sys.modules.pop(_MAIL, None)


class _NoMail(ModuleType):
    """Leaves dates as they are written, and everything else to the real module."""

    def __getattr__(self, name: str) -> Any:
        if name == "parsedate_to_datetime":
            return str
        sys.modules.pop(_MAIL, None)
        return getattr(import_module(_MAIL), name)

"""Keep what the command does not need of other packages from slowing its start."""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any, Final

import click

_MAIL: Final = "email.utils"


def speak_english() -> None:
    """Let click take its texts as they are, like ours: it would look for a translation of each in several folders."""
    for module in (click.core, click.decorators, click.types):
        vars(module)["_"] = str


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

"""Errors inside rules: the tests raise them, in use they are reported."""

from __future__ import annotations

import os
from typing import Final

RAISE: Final = "MSGLINT_RAISE"
"""The environment variable that makes a failing rule raise, as the tests want it."""


def raise_in_tests(error: Exception) -> None:
    """Raise an error if the environment asks for it.

    Raises:
        Exception: the error itself.
    """
    if os.environ.get(RAISE):
        raise error

"""What becomes of a rule that fails: in tests the error is raised."""

from __future__ import annotations

import os
from typing import Final

RAISE: Final = "MSGLINT_RAISE"
"""The environment variable that makes a rule which fails raise, as the tests want it."""


def raise_in_tests(error: Exception) -> None:
    """Raise an error where the environment asks for it.

    Raises:
        Exception: the error itself.
    """
    if os.environ.get(RAISE):
        raise error

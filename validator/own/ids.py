"""The ids of rules that are not msglint's."""

from __future__ import annotations

from typing import Any, Final

from ..common.lazy_regex import regex

PATTERN: Final = r"^[a-z0-9][a-z0-9_.-]*/[a-z0-9][a-z0-9_.-]*$"
"""The pattern of an id."""
LONGEST: Final = 100
_ID: Final = regex(PATTERN)


def is_id(value: Any) -> bool:
    """Whether a value is the id of a rule in its form."""
    return isinstance(value, str) and len(value) <= LONGEST and _ID.match(value) is not None and value[-1] != "\n"

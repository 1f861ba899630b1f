"""Suppressions: what is found and not reported, as somebody said so.

| module | where it is said |
|---|---|
| `comments` | in the text itself, where its format has comments |
| `places` | in a configuration, by globs of files and of JSON Pointers |
| `baseline` | in a file of findings that are known already |
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ..fingerprint import Fingerprint
    from ..report import Violation


class Means(str, Enum):
    """What suppresses a finding."""

    COMMENT = "comment"
    CONFIGURATION = "configuration"
    BASELINE = "baseline"


class Suppressed(NamedTuple):
    """A violation that is not reported."""

    violation: Violation
    fingerprint: Fingerprint
    means: Means
    reason: str | None = None
    """Why, where somebody said so."""


__all__ = ["Means", "Suppressed"]

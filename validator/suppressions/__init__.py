"""Suppressions: violations that are found but not reported, because a user said so.

| module | where the user says so |
|---|---|
| `comments` | in the text itself, where its format has comments |
| `places` | in a configuration, by globs of files and of JSON Pointers |
| `baseline` | in a baseline, a file of known violations |
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..report import Violation
    from ..report.fingerprint import Fingerprint

    Fingerprinted = tuple[Violation, Fingerprint]
    """A violation with its fingerprint."""

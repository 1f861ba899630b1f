"""What checking a file comes to."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..words import printable

if TYPE_CHECKING:
    from ..fingerprint import Fingerprint
    from ..report import Violation
    from ..suppressions import Suppressed


@dataclass(frozen=True, slots=True)
class FileResult:
    """What checking one file came to."""

    name: str
    """The file's name as it was given, safe to print."""
    requests: int = 0
    """The number of requests in it; each request of a batch counts."""
    violations: tuple[Violation, ...] = ()
    lines: dict[int, str] = field(default_factory=dict)
    """The text of the lines that violations speak of, by number."""
    error: str | None = None
    """Why the file could not be checked."""
    fingerprints: tuple[Fingerprint, ...] = ()
    """What tells each violation from others wherever its line is, in their order."""
    path: str | None = None
    """The file as the system knows it; None where it is not one."""
    suppressed: tuple[Suppressed, ...] = ()
    """What was found and is not to be reported."""
    is_configuration: bool = False
    """Whether the file is no request but a configuration that something is said about."""


def shown_name(path: str) -> str:
    """Make a file's name fit to be written anywhere: bytes that are not UTF-8 and controls are escaped."""
    return printable(os.fsencode(path).decode(errors="backslashreplace"))

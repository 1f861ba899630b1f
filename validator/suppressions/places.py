"""Apply the overrides of a configuration for places in files: suppress violations or change their severity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..config.names import OFF
from ..report import Severity
from ..report.file_result import Means, Suppressed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..config.reading import Source
    from ..config.settings import PlaceOverrides
    from . import Fingerprinted


def with_overrides(
    found: Iterable[Fingerprinted], place_overrides: PlaceOverrides
) -> tuple[list[Fingerprinted], list[Suppressed], set[Source]]:
    """Apply the overrides for places in a file; the last one that matches a violation applies.

    Returns the violations left, the suppressed ones, and the sources of the overrides that applied.
    """
    kept: list[Fingerprinted] = []
    suppressed: list[Suppressed] = []
    used: set[Source] = set()
    for violation, fingerprint in found:
        override = place_overrides.last_for(violation.rule, violation.pointer)
        level = override.level_of(violation.rule) if override is not None else None
        if override is None or level is None:
            kept.append((violation, fingerprint))
            continue
        used.add(override.source)
        if level == OFF:
            suppressed.append(Suppressed(violation, fingerprint, Means.CONFIGURATION, override.reason))
        else:
            kept.append((violation._replace(severity=Severity(level)), fingerprint))
    return kept, suppressed, used

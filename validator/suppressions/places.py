"""Apply the overrides of a configuration for places in files: suppress violations or change their severity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..config.keys import OFF
from ..report import Severity
from ..report.file_result import Means, Suppressed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..config.reading import Source
    from ..config.settings import Silences
    from ..report import Violation
    from ..report.fingerprint import Fingerprint

Found = tuple["Violation", "Fingerprint"]


def weighed(found: Iterable[Found], silences: Silences) -> tuple[list[Found], list[Suppressed], set[Source]]:
    """Apply the overrides for places in a file; the last one that matches a violation applies.

    Returns the violations left, the suppressed ones, and the sources of the overrides that applied.
    """
    kept: list[Found] = []
    silenced: list[Suppressed] = []
    used: set[Source] = set()
    for violation, fingerprint in found:
        silence = silences.last_for(violation.rule, violation.pointer)
        level = silence.level_of(violation.rule) if silence is not None else None
        if silence is None or level is None:
            kept.append((violation, fingerprint))
            continue
        used.add(silence.source)
        if level == OFF:
            silenced.append(Suppressed(violation, fingerprint, Means.CONFIGURATION, silence.reason))
        else:
            kept.append((violation._replace(severity=Severity(level)), fingerprint))
    return kept, silenced, used

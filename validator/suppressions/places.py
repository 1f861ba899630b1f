"""What a configuration says of places in files: findings there that it silences, or gives another severity."""

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
    """Apply what a configuration says of places in a file; of several that match, the last one counts.

    Return what is left, what is silenced, and where the configuration says what it had a say in.
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

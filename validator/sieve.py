"""Sifting: what a configuration and a baseline silence of a file's findings, and what of the rest is kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from .files.result import FileResult, Kind, shown_name

if TYPE_CHECKING:
    from .config.reading import Source
    from .config.settings import Silences
    from .linter import Linter
    from .report import Violation
    from .suppressions.baseline import Baseline, Page


class Sieve:
    """Sifts the findings of one file, part by part, so that no more than what is kept has to be remembered."""

    def __init__(
        self,
        path: str,
        linter: Linter,
        silences: Silences,
        *,
        baseline: Baseline | None = None,
        page: Page | None = None,
        most_kept: int | None = None,
    ) -> None:
        """Take what is said of a file.

        Args:
            path: The file.
            linter: What finds something in it.
            silences: What its configuration says of places in it.
            baseline: Its baseline, where it has one.
            page: What becomes of the findings that the baseline knows, where it can speak of the file.
            most_kept: Violations to keep, and as many that are suppressed; None for all.
        """
        self.path = path
        self.linter = linter
        self.baseline = baseline
        self.page = page
        self.used: set[Source] = set()
        """Where the configuration says what it had a say in."""
        self.parts = 0
        """How many were added."""
        self.result = FileResult(shown_name(path), path=path)
        """What the parts so far come to."""
        self._silences = silences
        self._most_kept = most_kept

    def add(self, part: FileResult) -> None:
        """Sift what was found in the next part of the file."""
        found = list(zip(part.violations, part.fingerprints, strict=True))
        suppressed = list(part.suppressed)
        if self._silences:
            from .suppressions.places import weighed

            found, silenced, used = weighed(found, self._silences)
            suppressed += silenced
            self.used |= used
        if self.page is not None:
            found, known = self.page.parted(found)
            suppressed += known
        before = self.result
        room = len(found) if self._most_kept is None else max(0, self._most_kept - len(before.violations))
        space = len(suppressed) if self._most_kept is None else max(0, self._most_kept - len(before.suppressed))
        kinds = (_kind_of(violation) for violation, _ in found[room:])
        after = replace(
            before,
            requests=before.requests + part.requests,
            violations=before.violations + tuple(violation for violation, _ in found[:room]),
            fingerprints=before.fingerprints + tuple(fingerprint for _, fingerprint in found[:room]),
            suppressed=before.suppressed + tuple(suppressed[:space]),
            omitted=before.omitted + Counter(kinds),
            omitted_suppressed=before.omitted_suppressed + Counter(each.means for each in suppressed[space:]),
        )
        self.parts += 1
        spoken_of = after.lines_spoken_of()
        lines = {number: text for number, text in part.lines.items() if number in spoken_of}
        self.result = replace(after, lines=before.lines | lines)


def _kind_of(violation: Violation) -> Kind:
    return Kind(violation.rule, violation.severity, None if violation.fix is None else violation.fix.applicability)

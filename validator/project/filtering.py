"""Apply the configuration and the baseline to the violations of one file, and keep at most N of the rest."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ..common.records import NamedTuple
from ..report import Severity
from ..report.file_result import FileResult, Kind

if TYPE_CHECKING:
    from ..checking.linter import Linter
    from ..config import Config
    from ..config.reading import Source
    from ..config.settings import Scope
    from ..files.reading import Columns
    from ..report import Violation
    from ..suppressions import Fingerprinted
    from ..suppressions.baseline import Baseline


class Way(NamedTuple):
    """How files with the same settings are checked."""

    scope: Scope
    linter: Linter
    config: Config
    columns: Columns
    """The columns to read, if it is a table."""
    recordings: bool
    """Whether requests in a recording of HTTP calls are checked."""


class ResultFilter:
    """Filters the violations of one file, part by part, so that only those that are kept stay in memory."""

    def __init__(self, path: str, way: Way, baseline: Baseline | None, most_kept: int | None) -> None:
        """Take what applies to a file.

        Args:
            path: The file.
            way: How it is checked.
            baseline: Its baseline, if any.
            most_kept: The most violations to keep, and the most suppressed ones; None to keep all.
        """
        self.path = path
        self.way = way
        self.baseline = baseline
        self.matches = None if baseline is None else baseline.matches_for(path, way.linter)
        """Matches its violations with the baseline; None if it is outside the baseline's folder."""
        self.used: set[Source] = set()
        """The sources of the overrides that applied."""
        self.result: FileResult | None = None
        """The result of the parts added so far, and their name."""
        self._most_kept = most_kept

    def add(self, part: FileResult) -> None:
        """Filter the result of the next part of the file, and add it."""
        before = self.result
        if not (part.violations or part.suppressed or part.omitted):
            self.result = (
                part._replace(path=self.path, rules=self.way.linter.rules.others)
                if before is None
                else before._replace(
                    name=part.name, requests=before.requests + part.requests, retired=before.retired + part.retired
                )
            )
            return
        if before is None:
            before = FileResult(part.name, path=self.path, rules=self.way.linter.rules.others)
        found = list(zip(part.violations, part.fingerprints, strict=True))
        suppressed = list(part.suppressed)
        if self.way.scope.place_overrides:
            from ..suppressions.places import with_overrides

            found, overridden, used = with_overrides(found, self.way.scope.place_overrides)
            suppressed += overridden
            self.used |= used
        if self.matches is not None:
            found, known = self.matches.split(found)
            suppressed += known
        kept, others = self._parted([*zip(before.violations, before.fingerprints, strict=True), *found])
        space = len(suppressed) if self._most_kept is None else max(0, self._most_kept - len(before.suppressed))
        omitted, omitted_suppressed = before.omitted + part.omitted, before.omitted_suppressed
        if others:
            omitted += Counter(_kind_of(violation) for violation, _ in others)
        if suppressed[space:]:
            omitted_suppressed = omitted_suppressed + Counter(each.means for each in suppressed[space:])
        after = before._replace(
            name=part.name,
            requests=before.requests + part.requests,
            retired=before.retired + part.retired,
            violations=tuple(violation for violation, _ in kept),
            fingerprints=tuple(fingerprint for _, fingerprint in kept),
            suppressed=before.suppressed + tuple(suppressed[:space]),
            omitted=omitted,
            omitted_suppressed=omitted_suppressed,
        )
        spoken_of = after.lines_spoken_of()
        lines = {number: text for number, text in part.lines.items() if number in spoken_of}
        kept_lines = {number: text for number, text in before.lines.items() if not others or number in spoken_of}
        every = kept_lines | lines
        rows = {number: row for number, row in (before.rows | part.rows).items() if number in every}
        self.result = after._replace(lines=every, rows=rows)

    @property
    def most_worded(self) -> int | None:
        """How many violations of each document need a message; None for all, if some may be suppressed."""
        return None if self.way.scope.place_overrides or self.matches is not None else self._most_kept

    def _parted(self, found: list[Fingerprinted]) -> tuple[list[Fingerprinted], list[Fingerprinted]]:
        """Split violations into those to keep, errors before others, and those to count."""
        if self._most_kept is None or len(found) <= self._most_kept:
            return found, []
        errors_first = sorted(range(len(found)), key=lambda index: found[index][0].severity is not Severity.ERROR)
        kept, others = errors_first[: self._most_kept], errors_first[self._most_kept :]
        return [found[index] for index in sorted(kept)], [found[index] for index in others]


def _kind_of(violation: Violation) -> Kind:
    return Kind(violation.rule, violation.severity, None if violation.fix is None else violation.fix.applicability)

"""Count the results of a run, for its summary and exit code."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import click

from ..common.redaction import redacted
from ..common.wording import count
from ..report import Severity
from ..report.file_result import Means

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..files import FileResult

CLEAN, VIOLATIONS, FAILED = 0, 1, 2
"""The exit codes."""

_RANKS: Final = {severity: rank for rank, severity in enumerate(Severity)}


class Tally:
    """Counts results as they pass, and reports on standard error what could not be checked."""

    def __init__(self) -> None:
        self.files = 0
        self.requests = 0
        self.retired = 0
        """The number of requests in code that name a retired model."""
        self.failures = 0
        self.unusable = 0
        """The number of invalid configurations and baselines."""
        self.found: Counter[Severity] = Counter()
        self.suppressed: Counter[Means] = Counter()

    def counted(self, results: Iterable[FileResult]) -> Iterator[FileResult]:
        """Count results, and pass them on."""
        for result in results:
            if result.error is not None and result.is_configuration:
                self.unusable += 1
                complain(result.error)
            elif result.error is not None:
                self.failures += 1
                complain(f"{result.name}: {result.error}")
            elif not result.is_configuration:
                self.files += 1
                self.requests += result.requests
                self.retired += result.retired
            if severities := result.severities():
                self.found.update(severities)
            if means := result.means():
                self.suppressed.update(means)
            yield result

    @property
    def has_failed(self) -> bool:
        """Whether something could not be checked."""
        return bool(self.failures or self.unusable)

    def summary(self, look_alikes: int = 0) -> str:
        """Return the summary line; `look_alikes` counts the files that resemble requests and were skipped."""
        found = [count(self.found[severity], severity.value) for severity in Severity if self.found[severity]]
        files = f"checked {count(self.requests, 'request')} in {count(self.files, 'file')}"
        known = self.suppressed[Means.BASELINE]
        suppressed = self.suppressed.total() - known
        unusable = count(self.unusable, "settings file")
        verb = "names" if self.retired == 1 else "name"
        rest = [
            *([f"{count(self.retired, 'request')} {verb} a retired model"] if self.retired else []),
            *([f"{known:,} in the baseline"] if known else []),
            *([f"{suppressed:,} suppressed"] if suppressed else []),
            *([f"{count(look_alikes, 'look-alike')} not checked"] if look_alikes else []),
            *([f"{count(self.failures, 'file')} could not be checked"] if self.failures else []),
            *([f"{unusable} could not be used, so some files were not checked"] if self.unusable else []),
        ]
        return "; ".join([f"{files}: {', '.join(found) or 'no violations'}", *rest])

    def exit_code(self, fail_on: Severity, most: int = 0) -> int:
        """Return the exit code of a run that fails with more than `most` violations of a severity or worse."""
        if self.has_failed:
            return FAILED
        failing = sum(number for severity, number in self.found.items() if _RANKS[severity] <= _RANKS[fail_on])
        return VIOLATIONS if failing > most else CLEAN


def complain(message: str) -> None:
    """Print a message to standard error, each line with the name of the program; secrets are redacted."""
    for line in redacted(message).splitlines():
        click.echo(f"msglint: {line}", err=True)

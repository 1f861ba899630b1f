"""`msglint check --baseline`, `--no-baseline`, `--write-baseline` and `--prune-baseline`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..common.records import NamedTuple
from ..common.wording import count, printable
from ..files.writing import replace_content
from ..filesystem.lookups import exists
from ..report.file_result import Means, Suppressed
from ..suppressions.baseline import FILE_NAME, Baseline, nearest_baseline, read, written
from .tally import complain

if TYPE_CHECKING:
    from ..config import Config
    from ..files import FileResult
    from ..project import Project
    from ..suppressions.baseline import Entries


def baseline_to_go_by(file: str | None, project: Project, *, writes: bool) -> Baseline | None:
    """Return the baseline of the whole run: the one named by an option, or the one to write; None if there is none.

    Raises:
        ConfigError: if the configuration of the current folder, which names the baseline to write, is invalid.
        BaselineError: if the baseline is invalid.
    """
    if file is None and not writes:
        return None
    place = Path(file) if file is not None else _place(project.config_of("."))
    return Baseline(place, {}) if writes and not exists(place) else read(place)


def _place(config: Config) -> Path:
    """Return the path of the current folder's baseline, whether or not it exists."""
    if config.baseline is not None:
        return config.baseline
    folder = Path.cwd()
    return nearest_baseline(folder) or (config.file.parent if config.file is not None else folder) / FILE_NAME


class BaselineUpdater(NamedTuple):
    """Updates the baselines of a run, or reports how they could be updated."""

    project: Project
    writes: bool
    prunes: bool

    def recorded(self, results: Iterable[FileResult]) -> Iterable[FileResult]:
        """Pass results on; when writing a baseline, turn their violations into suppressed ones."""
        return map(self._suppressed, results) if self.writes else results

    def _suppressed(self, result: FileResult) -> FileResult:
        if result.error is not None or result.is_configuration:
            return result
        if self.project.baseline is not None and self.project.baseline.key_of(result.path or "") is None:
            folder = printable(str(self.project.baseline.file.parent))
            return result._replace(error=f"is not below {folder}, the folder of the baseline", violations=())
        known = [
            Suppressed(violation, fingerprint, Means.BASELINE)
            for violation, fingerprint in zip(result.violations, result.fingerprints, strict=True)
        ]
        return result._replace(violations=(), fingerprints=(), suppressed=(*result.suppressed, *known))

    def finish(self) -> None:
        """Write or prune the baselines, or report how many of their entries no longer match.

        Raises:
            click.UsageError: if a baseline cannot be written.
        """
        for use in self.project.baseline_uses.values():
            file, fixed = use.baseline.file, use.fixed()
            if self.writes:
                entries = use.renewed()
                _write(file, entries)
                total = sum(counter.total() for counter in entries.values())
                files = sum(1 for counter in entries.values() if counter)
                complain(f"{_shown(file)} now lists {count(total, 'violation')} in {count(files, 'file')}")
            elif fixed and self.prunes:
                _write(file, use.pruned())
                complain(f"removed {count(fixed, 'violation')} from {_shown(file)} that no longer {_occur(fixed)}")
            elif fixed:
                complain(
                    f"{_shown(file)} lists {count(fixed, 'violation')} that no longer {_occur(fixed)}; "
                    f"--prune-baseline removes {'it' if fixed == 1 else 'them'}"
                )


def _occur(number: int) -> str:
    return "occurs" if number == 1 else "occur"


def _shown(file: Path) -> str:
    from ..filesystem.lookups import shown_path

    return shown_path(file.absolute())


def _write(file: Path, entries: Entries) -> None:
    try:
        replace_content(file, written(entries).encode())
    except OSError as error:
        msg = f"{printable(str(file))!r} cannot be written: {error.strerror or error}"
        raise click.UsageError(msg) from error

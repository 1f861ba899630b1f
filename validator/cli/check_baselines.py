"""`msglint check --baseline`, `--no-baseline`, `--write-baseline` and `--prune-baseline`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

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
    """Return the baseline of a whole run, where there is one: the one that was named, or the one to write.

    Raises:
        ConfigError: for a configuration of the current folder that cannot be used, and would say which one to write.
        BaselineError: for a baseline that cannot be used.
    """
    if file is None and not writes:
        return None
    place = Path(file) if file is not None else _place(project.config_of("."))
    return Baseline(place, {}) if writes and not exists(place) else read(place)


def _place(config: Config) -> Path:
    """Return where the baseline of the current folder is, or is to be."""
    if config.baseline is not None:
        return config.baseline
    folder = Path.cwd()
    return nearest_baseline(folder) or (config.file.parent if config.file is not None else folder) / FILE_NAME


class Keeper(NamedTuple):
    """Keeps baselines up to date in the course of a run."""

    project: Project
    writes: bool
    prunes: bool

    def kept(self, results: Iterable[FileResult]) -> Iterator[FileResult]:
        """Pass results on; where a baseline is written, all that is found is known from now on."""
        for result in results:
            if not self.writes or result.error is not None or result.is_configuration:
                yield result
            elif self.project.baseline is not None and self.project.baseline.key_of(result.path or "") is None:
                folder = printable(str(self.project.baseline.file.parent))
                yield replace(result, error=f"is not below {folder}, the folder of the baseline", violations=())
            else:
                known = [
                    Suppressed(violation, fingerprint, Means.BASELINE)
                    for violation, fingerprint in zip(result.violations, result.fingerprints, strict=True)
                ]
                yield replace(result, violations=(), fingerprints=(), suppressed=(*result.suppressed, *known))

    def settle(self) -> None:
        """Write what is to be written, and tell what is known and not found any more.

        Raises:
            click.UsageError: for a baseline that cannot be written.
        """
        for ledger in self.project.ledgers.values():
            file, fixed = ledger.baseline.file, ledger.fixed()
            if self.writes:
                entries = ledger.renewed()
                _write(file, entries)
                total = sum(counter.total() for counter in entries.values())
                files = sum(1 for counter in entries.values() if counter)
                complain(f"{_shown(file)} knows {count(total, 'violation')} in {count(files, 'file')} now")
            elif fixed and self.prunes:
                _write(file, ledger.pruned())
                complain(
                    f"took {count(fixed, 'violation')} out of {_shown(file)} that {_are(fixed)} not found any more"
                )
            elif fixed:
                complain(
                    f"{_shown(file)} has {count(fixed, 'violation')} that {_are(fixed)} not found any more; "
                    "--prune-baseline takes them out"
                )


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _shown(file: Path) -> str:
    from ..filesystem.lookups import shown_path

    return shown_path(file.absolute())


def _write(file: Path, entries: Entries) -> None:
    try:
        replace_content(file, written(entries).encode())
    except OSError as error:
        msg = f"{printable(str(file))!r} cannot be written: {error.strerror or error}"
        raise click.UsageError(msg) from error

"""The baseline: known violations, identified by file, rule, shape of the pointer and value, never by line."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from ..common.errors import SettingsError
from ..common.records import NamedTuple
from ..common.redaction import HIDDEN, redacted
from ..common.wording import printable, shown
from ..filesystem.lookups import exists, is_link, path_bytes, read_regular
from ..report.file_result import Means, Suppressed
from ..report.fingerprint import Fingerprint

if TYPE_CHECKING:
    from ..checking.linter import Linter
    from . import Fingerprinted

FILE_NAME: Final = "msglint-baseline.json"
VERSION: Final = 1
_MOST_BYTES: Final = 2**28
"""The most bytes a baseline may have."""

Entries = dict[str, Counter[Fingerprint]]
"""The known violations of each file, by its path relative to the folder of the baseline."""


class BaselineError(SettingsError):
    """Raised for an invalid baseline."""


class Baseline(NamedTuple):
    """A file of known violations."""

    file: Path
    entries: Entries

    def key_of(self, path: str | Path) -> str | None:
        """Return the path of a file relative to the baseline; None for a file outside its folder."""
        folder = os.path.realpath(self.file.parent)
        for resolved in (os.path.realpath, os.path.abspath):
            place = resolved(path)
            inside = os.path.join(folder, "")  # noqa: PTH118 - a `Path` has no separator at its end
            if place.startswith(inside):
                name = path_bytes(place[len(inside) :]).decode(errors="backslashreplace").replace(os.sep, "/")
                return redacted(name)
        return None

    def matches_for(self, path: str, linter: Linter) -> FileMatches | None:
        """Return the state for matching one file's violations; None for a file outside the baseline's folder."""
        key = self.key_of(path)
        if key is None:
            return None
        known = Counter(self.entries.get(key, Counter()))
        unasked = Counter({each: n for each, n in known.items() if not _is_checked(each.rule, linter)})
        return FileMatches(key, known, unasked, Counter())


class FileMatches(NamedTuple):
    """Matches the violations of one file, which may come in parts, with the entries of a baseline."""

    key: str
    """The path of the file relative to the baseline."""
    left: Counter[Fingerprint]
    """The entries that have not matched yet."""
    unasked: Counter[Fingerprint]
    """The entries of rules that are not checked."""
    found: Counter[Fingerprint]

    def split(self, found: Iterable[Fingerprinted]) -> tuple[list[Fingerprinted], list[Suppressed]]:
        """Split the violations of the file, or of its next part, into new and known ones."""
        new: list[Fingerprinted] = []
        old: list[Suppressed] = []
        for violation, fingerprint in found:
            self.found[fingerprint] += 1
            if self.left[fingerprint] > 0:
                self.left[fingerprint] -= 1
                old.append(Suppressed(violation, fingerprint, Means.BASELINE))
            else:
                new.append((violation, fingerprint))
        return new, old


@dataclass(eq=False, repr=False)
class BaselineUse:
    """Records in the course of a run which entries of a baseline matched."""

    baseline: Baseline
    _found: Entries = field(default_factory=dict)
    """The violations of each file that was checked."""
    _unasked: Entries = field(default_factory=dict)
    """The entries of these files whose rules were not checked."""

    def split(
        self, path: str, found: Iterable[Fingerprinted], linter: Linter
    ) -> tuple[list[Fingerprinted], list[Suppressed]]:
        """Split the violations of a file into new and known ones."""
        matches = self.baseline.matches_for(path, linter)
        if matches is None:
            return list(found), []
        split = matches.split(found)
        self.record(matches)
        return split

    def record(self, matches: FileMatches) -> None:
        """Record the matches of a file."""
        self._found[matches.key], self._unasked[matches.key] = matches.found, matches.unasked

    def fixed(self) -> int:
        """Count the entries that no longer match."""
        return sum(counter.total() for counter in self.baseline.entries.values()) - sum(
            counter.total() for counter in self.pruned().values()
        )

    def pruned(self) -> Entries:
        """Return the entries of the baseline without those that no longer match.

        Entries of files or rules that were not checked stay; entries of files that no longer exist go.
        """
        return {
            key: counter & (self._found[key] + self._unasked[key]) if key in self._found else counter
            for key, counter in self.baseline.entries.items()
            if key in self._found or not self._is_gone(key)
        }

    def renewed(self) -> Entries:
        """Return an entry for each violation found; files and rules that were not checked keep their entries."""
        found = {key: counter + self._unasked[key] for key, counter in self._found.items()}
        return {**self.pruned(), **found}

    def _is_gone(self, key: str) -> bool:
        try:
            (self.baseline.file.parent / key).stat()
        except OSError as error:
            is_missing = isinstance(error, (FileNotFoundError, NotADirectoryError))
            # A key with a redacted secret is not the real name, so that no such file exists means nothing.
            return is_missing and HIDDEN not in key
        except ValueError:  # a zero byte in the name
            return True
        return False


def _is_checked(rule: str, linter: Linter) -> bool:
    return rule not in linter.rules.rules or linter.judge.chooses(rule)


def nearest_baseline(folder: Path) -> Path | None:
    """Return the baseline closest to a folder: in the folder itself or in one above it."""
    return _nearest(str(folder))


_found: dict[str, Path | None] = {}
"""A cache: the baseline closest to each folder looked up."""


def _nearest(folder: str) -> Path | None:
    asked: list[str] = []
    while folder not in _found:
        asked.append(folder)
        own = os.path.join(folder, FILE_NAME)  # noqa: PTH118 - strings are faster than paths, as below
        parent = os.path.dirname(folder)  # noqa: PTH120
        if exists(own) or is_link(own):
            _found[folder] = Path(own)
        elif parent == folder:
            _found[folder] = None
        else:
            folder = parent
    found = _found[folder]
    _found.update(dict.fromkeys(asked, found))
    return found


def read_once(file: Path) -> Baseline:
    """Read a baseline; the result, or the error, is cached.

    Raises:
        BaselineError: if the file cannot be read or is not a valid baseline.
    """
    outcome = _read_once(file)
    if isinstance(outcome, BaselineError):
        raise outcome.with_traceback(None)
    return outcome


@lru_cache(maxsize=64)
def _read_once(file: Path) -> Baseline | BaselineError:
    try:
        return read(file)
    except BaselineError as error:
        return error


def forget() -> None:
    """Clear the caches of baselines."""
    _read_once.cache_clear()
    _found.clear()


def read(file: Path) -> Baseline:
    """Read a baseline.

    Raises:
        BaselineError: if the file cannot be read or is not a valid baseline.
    """
    name = printable(redacted(path_bytes(str(file)).decode(errors="backslashreplace")))
    try:
        value = orjson.loads(read_regular(file, _MOST_BYTES))
    except OSError as error:
        msg = f"{name}: cannot be read: {error.strerror or error}"
        raise BaselineError(file, msg) from error
    except orjson.JSONDecodeError as error:
        msg = f"{name}:{error.lineno}:{error.colno}: is not JSON: {error.msg.partition(': line ')[0]}"
        raise BaselineError(file, msg) from error
    if not isinstance(value, dict) or value.get("version") != VERSION:
        version = value.get("version") if isinstance(value, dict) else None
        has = "" if version is None else f": `version` is {shown(version)}"
        msg = f"{name}: not a baseline of version {VERSION}{has}"
        raise BaselineError(file, msg)
    findings = value.get("findings")
    if not isinstance(findings, dict) or not all(map(_are_entries, findings.values())):
        msg = (
            f"{name}: not a valid baseline: every entry needs `rule`, `at` and `value`; "
            "recreate it with `--write-baseline`"
        )
        raise BaselineError(file, msg)
    return Baseline(file, {redacted(path): _counted(entries) for path, entries in findings.items()})


def _are_entries(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(entry, dict)
        and all(isinstance(entry.get(key), str) for key in ("rule", "at", "value"))
        and isinstance(entry.get("count", 1), int)
        for entry in value
    )


def _counted(entries: list[dict[str, Any]]) -> Counter[Fingerprint]:
    counter: Counter[Fingerprint] = Counter()
    for entry in entries:
        counter[Fingerprint(entry["rule"], redacted(entry["at"]), entry["value"])] += entry.get("count", 1)
    return counter


def written(entries: Entries) -> str:
    """Format a baseline, sorted and with one entry per line, so that its diffs can be read and merged."""
    files = []
    for path in sorted(path for path, counter in entries.items() if counter.total() > 0):
        counter = entries[path]
        lines = ",\n".join(f"      {_spelled(each, counter[each])}" for each in sorted(counter) if counter[each] > 0)
        files.append(f"    {json.dumps(path, ensure_ascii=False)}: [\n{lines}\n    ]")
    findings = "{\n" + ",\n".join(files) + "\n  }" if files else "{}"
    return f'{{\n  "version": {VERSION},\n  "findings": {findings}\n}}\n'


def _spelled(fingerprint: Fingerprint, count: int) -> str:
    entry: dict[str, Any] = {"rule": fingerprint.rule, "at": redacted(fingerprint.at), "value": fingerprint.value}
    if count > 1:
        entry["count"] = count
    return json.dumps(entry, ensure_ascii=False)

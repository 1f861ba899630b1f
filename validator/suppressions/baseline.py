"""The baseline: findings that are known already, by file, rule, shape of the pointer and value, never by line."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from ..common.errors import SettingsError
from ..common.redaction import HIDDEN, redacted
from ..common.wording import printable, shown
from ..filesystem.lookups import exists, is_link, path_bytes, read_regular
from ..report.file_result import Means, Suppressed
from ..report.fingerprint import Fingerprint
from ..rules import RULES

if TYPE_CHECKING:
    from ..checking.linter import Linter
    from ..report import Violation

FILE_NAME: Final = "msglint-baseline.json"
VERSION: Final = 1
_MOST_BYTES: Final = 2**28
"""Bytes of a baseline."""

Found = tuple["Violation", Fingerprint]
Entries = dict[str, Counter[Fingerprint]]
"""The findings of each file, by its path from the folder of the baseline."""


class BaselineError(SettingsError):
    """Raised for a baseline that cannot be used."""


class Baseline(NamedTuple):
    """The findings that are known."""

    file: Path
    entries: Entries

    def key_of(self, path: str | Path) -> str | None:
        """Return the name that the baseline has for a file; None for one that is not below its folder."""
        folder = os.path.realpath(self.file.parent)
        for resolved in (os.path.realpath, os.path.abspath):
            place = resolved(path)
            inside = os.path.join(folder, "")  # noqa: PTH118 - a `Path` has no separator at its end
            if place.startswith(inside):
                name = path_bytes(place[len(inside) :]).decode(errors="backslashreplace").replace(os.sep, "/")
                return redacted(name)
        return None

    def page_for(self, path: str, linter: Linter) -> Page | None:
        """Return a page for what a linter finds in a file; None for one that the baseline cannot speak of."""
        key = self.key_of(path)
        if key is None:
            return None
        known = Counter(self.entries.get(key, Counter()))
        unasked = Counter({each: n for each, n in known.items() if not _is_checked(each.rule, linter)})
        return Page(key, known, unasked, Counter())


class Page(NamedTuple):
    """What becomes of the findings of one file, which may come in parts."""

    key: str
    """The name that the baseline has for the file."""
    left: Counter[Fingerprint]
    """What the baseline knows and was not found yet."""
    unasked: Counter[Fingerprint]
    """What it knows of rules that are not checked."""
    found: Counter[Fingerprint]

    def parted(self, found: Iterable[Found]) -> tuple[list[Found], list[Suppressed]]:
        """Part what is found in the file, or in the next part of it, into what is new and what is known."""
        new: list[Found] = []
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
class Ledger:
    """What became in a run of the findings that a baseline knows."""

    baseline: Baseline
    _found: Entries = field(default_factory=dict)
    """What was found in each file that was checked."""
    _unasked: Entries = field(default_factory=dict)
    """What is known of these files, of rules that were not checked."""

    def parted(self, path: str, found: Iterable[Found], linter: Linter) -> tuple[list[Found], list[Suppressed]]:
        """Part what a linter found in a file into what is new and what is known."""
        page = self.baseline.page_for(path, linter)
        if page is None:
            return list(found), []
        parted = page.parted(found)
        self.enter(page)
        return parted

    def enter(self, page: Page) -> None:
        """Take over what became of the findings of a file."""
        self._found[page.key], self._unasked[page.key] = page.found, page.unasked

    def fixed(self) -> int:
        """Count the findings that the baseline knows and that are not there any more."""
        return sum(counter.total() for counter in self.baseline.entries.values()) - sum(
            counter.total() for counter in self.pruned().values()
        )

    def pruned(self) -> Entries:
        """Return the entries of the baseline without those that are not found any more.

        Of files that were not checked, and of rules that were not, all stay; of files that are gone, none.
        """
        return {
            key: counter & (self._found[key] + self._unasked[key]) if key in self._found else counter
            for key, counter in self.baseline.entries.items()
            if key in self._found or not self._is_gone(key)
        }

    def renewed(self) -> Entries:
        """Return entries for all that was found; of what was not checked, those of the baseline."""
        found = {key: counter + self._unasked[key] for key, counter in self._found.items()}
        return {**self.pruned(), **found}

    def _is_gone(self, key: str) -> bool:
        try:
            (self.baseline.file.parent / key).stat()
        except OSError as error:
            is_missing = isinstance(error, (FileNotFoundError, NotADirectoryError))  # of others nobody knows
            return is_missing and HIDDEN not in key  # nor of one with a secret in its name
        except ValueError:  # a zero byte in the name
            return True
        return False


def _is_checked(rule: str, linter: Linter) -> bool:
    return rule not in RULES or linter.chooses(rule)


def nearest_baseline(folder: Path) -> Path | None:
    """Return the baseline in a folder, or in the closest folder around it that has one."""
    return _nearest(str(folder))


_found: dict[str, Path | None] = {}
"""The baseline closest to each folder that was asked about."""


def _nearest(folder: str) -> Path | None:
    asked: list[str] = []
    while folder not in _found:
        asked.append(folder)
        own = os.path.join(folder, FILE_NAME)  # noqa: PTH118 - a text is made sooner than a path, as below
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
    """Read a baseline, or return it as it was read before.

    Raises:
        BaselineError: for a file that cannot be read or is none.
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
    """Forget what was read, as it may have changed."""
    _read_once.cache_clear()
    _found.clear()


def read(file: Path) -> Baseline:
    """Read a baseline.

    Raises:
        BaselineError: for a file that cannot be read or is none.
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
        msg = f"{name}: is no baseline of version {VERSION}" + ("" if version is None else f", but {shown(version)}")
        raise BaselineError(file, msg)
    findings = value.get("findings")
    if not isinstance(findings, dict) or not all(map(_are_entries, findings.values())):
        msg = f"{name}: is no baseline: an entry needs `rule`, `at` and `value`; write it anew with --write-baseline"
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
    """Spell a baseline, one finding on a line and all in order, so that changes of it can be read and merged."""
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

"""Check files under their configurations and baselines.

The command, `validate_file` and the language server all use this module, so they report the same for a file.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from .. import config as configurations
from ..common.errors import MissingParserError
from ..common.records import NamedTuple
from ..common.redaction import masked, redacted
from ..config import Config, ConfigError, SettingsError
from ..config.reading import NAMES as CONFIGURATIONS
from ..config.reading import place_of_source, text_of
from ..config.settings import ConfigInFolder, config_in
from ..documents import Format, format_of, is_parquet
from ..files.checking import (
    check_documents,
    check_in_parts,
    check_lines,
    check_stream,
    check_text,
    judge,
    judge_lines,
)
from ..files.discovery import Candidate, as_if_found, find
from ..files.reading import USUAL_COLUMNS, Columns, UnreadableError, opened, read_lines, read_whole
from ..files.recognition import Verdict
from ..filesystem import gitignore
from ..filesystem.gitignore import FILE_NAME as GITIGNORE
from ..filesystem.gitignore import NOTHING_IGNORED, GitIgnore, IgnoredInFolder
from ..filesystem.globs import FileGlobs, GlobsInFolder, fixed_part, parted
from ..filesystem.lookups import is_folder, shown_path
from ..own import installed
from ..report import MOST_KEPT, Range, Report, Violation
from ..report.file_result import FileResult, shown_name
from ..report.redaction import without_secrets
from ..rules import RULES
from ..suppressions import baseline as baselines
from ..suppressions.baseline import FILE_NAME as BASELINE
from ..suppressions.baseline import Baseline, BaselineUse, nearest_baseline, read_once
from .filtering import ResultFilter, Way
from .linters import linter_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from typing_extensions import Unpack

    from ..checking.linter import Linter
    from ..checking.options import Options
    from ..config.reading import Source
    from ..documents import Document
    from ..files.checking import Reader
    from ..files.discovery import Filter
    from ..rules import Rule

    Complaint = tuple[Source, Rule, tuple[str, str]]
    """A mistake in a configuration: its source, the rule, and the message and help."""


SETTINGS: Final = frozenset({*CONFIGURATIONS, GITIGNORE, BASELINE})
"""The names of settings files; when one changes, every file has to be checked again."""


@dataclass(eq=False, repr=False)
class Project:
    """Checks files under their configuration and baseline, and records which entries were never used."""

    given: dict[str, Any] = field(default_factory=dict)
    """Linter options that take precedence over configurations."""
    config: Config | None = None
    """The configuration of all files; None for the one closest to each."""
    baseline: Baseline | None = None
    """The baseline of all files; None for the one that the file's configuration names, or else the closest to it."""
    uses_baselines: bool = True
    respects_gitignore: bool = True
    force_exclude: bool = False
    """Whether named files are filtered like those found in a folder."""
    tests: bool = False
    """Whether source code of tests is checked, whatever configurations say."""
    recordings: bool = False
    """Whether requests in recordings of HTTP calls are checked, whatever configurations say."""
    columns: Columns = USUAL_COLUMNS
    """The columns of tables to read, whatever configurations say."""
    exclude: tuple[str, ...] = ()
    """Globs of files and folders to skip, relative to the current folder, in addition to those of configurations."""
    most_kept: int | None = None
    """The most violations to keep per file, and the most suppressed ones; others are counted. None to keep all."""
    baseline_uses: dict[Path, BaselineUse] = field(default_factory=dict)
    """Which entries of each baseline matched, by its file."""
    unusable: dict[str, SettingsError] = field(default_factory=dict)
    """The errors of invalid configurations and baselines, by message; files under them are skipped."""
    look_alikes: int = 0
    """The number of skipped files that look like requests."""
    without_parser: int = 0
    """The number of files that were skipped because the parser of their language is not installed."""
    _walked: list[str] = field(default_factory=list)
    _checked: set[str] = field(default_factory=set)
    """The files that were checked."""
    _configs: dict[Path, Config] = field(default_factory=dict)
    """The configurations of the files that were checked."""
    _used: set[Source] = field(default_factory=set)
    _configs_in: dict[str, ConfigInFolder | ConfigError] = field(default_factory=dict)
    """A cache: the configuration of each folder, or its error."""
    _baselines_in: dict[str, Baseline | SettingsError | None] = field(default_factory=dict)
    """A cache: the baseline of each folder, or its error."""
    _ways: dict[int, Way] = field(default_factory=dict)
    """A cache: the way of each scope, by the scope's `id`; it holds the scope, so that the id stays its own."""

    def config_of(self, path: str) -> Config:
        """Return the configuration of a file or a folder.

        Raises:
            ConfigError: if the configuration is invalid.
        """
        return self.config_in(path if is_folder(path) else os.path.dirname(path))  # noqa: PTH120 - faster than a path

    def config_in(self, folder: str) -> Config:
        """Return the configuration of the files in a folder; cached.

        Raises:
            ConfigError: if the configuration is invalid.
        """
        return self.files_in(folder).config

    def files_in(self, folder: str) -> ConfigInFolder:
        """Return the configuration as it applies to the files in a folder; cached.

        Raises:
            ConfigError: if the configuration is invalid.
        """
        found = self._configs_in.get(folder)
        if found is None:
            try:
                config = config_in(Path(folder).absolute()) if self.config is None else self.config
                found = config.in_folder(folder)
            except ConfigError as error:
                found = error
            self._configs_in[folder] = found
        if isinstance(found, ConfigError):
            raise found.with_traceback(None)
        return found

    def linter_for(self, path: str) -> Linter:
        """Return the linter of a file.

        Raises:
            ConfigError: if the configuration is invalid.
        """
        return self.way_of(path).linter

    def way_of(self, path: str) -> Way:
        """Return how a file is checked.

        Raises:
            ConfigError: if the configuration is invalid.
        """
        folder, name = os.path.split(path)
        return self._way_in(self.files_in(folder), name)

    def _way_in(self, files: ConfigInFolder, name: str) -> Way:
        scope = files.scope_of(name)
        way = self._ways.get(id(scope))
        if way is None:
            config = files.config
            linter = linter_of({"endpoint": "auto", **scope.options}, **self.given)
            columns = Columns(self.columns.body or config.column, self.columns.id or config.id_column)
            way = Way(scope, linter, config, columns, self.recordings or config.recordings)
            self._ways[id(scope)] = way
        return way

    def count_skipped(self, part: FileResult) -> None:
        """Count a file that was skipped, but that the summary mentions."""
        self.look_alikes += part.is_look_alike
        self.without_parser += part.lacks_parser

    def baseline_in(self, folder: str) -> Baseline | None:
        """Return the baseline of the files in a folder, if they have one; cached.

        Raises:
            ConfigError: if the configuration is invalid.
            BaselineError: if the baseline is invalid.
        """
        if not self.uses_baselines or self.baseline is not None:
            return self.baseline
        if folder not in self._baselines_in:
            try:
                self._baselines_in[folder] = self._baseline_in(folder)
            except SettingsError as error:
                self._baselines_in[folder] = error
        found = self._baselines_in[folder]
        if isinstance(found, SettingsError):
            raise found.with_traceback(None)
        return found

    def _baseline_in(self, folder: str) -> Baseline | None:
        named = self.config_in(folder).baseline
        place = named if named is not None else nearest_baseline(Path(folder).absolute())
        return None if place is None else read_once(place)

    @cached_property
    def excluded(self) -> FileGlobs:
        """The globs of `exclude`."""
        return FileGlobs((Path.cwd(), glob) for glob in self.exclude)

    def note(self, error: SettingsError) -> str:
        """Record an invalid configuration or baseline, and return the reason for skipping the files under it."""
        self.unusable[str(error)] = error
        return f"{shown_path(error.file)} cannot be used"

    def find(self, paths: Iterable[str]) -> Iterator[Candidate]:
        """List the files that `paths` name, and those in the folders that `paths` name.

        Files under an invalid configuration are skipped.
        """
        paths = list(paths)
        self._walked += [os.path.realpath(path) for path in paths if path and is_folder(path)]
        return find(paths, self._filter_of, force_exclude=self.force_exclude)

    def verdict(self, candidate: Candidate) -> Verdict:
        """Decide whether a file is checked, with the reason."""
        if candidate.left_out is not None:
            return Verdict(is_request=False, reason=candidate.left_out)
        try:
            return self._verdict(candidate)
        except ConfigError as error:
            return Verdict(is_request=False, reason=self.note(error))
        except MissingParserError as error:
            return Verdict(is_request=False, reason=str(error))
        except UnreadableError as error:
            return Verdict(is_request=True, reason=f"it {error}")

    def _verdict(self, candidate: Candidate) -> Verdict:
        """Decide whether a file is checked that is not left out.

        Raises:
            ConfigError: if its configuration is invalid.
            MissingParserError: if the parser of its language is not installed.
            UnreadableError: if it cannot be read.
        """
        path = candidate.path
        way = self.way_of(path)
        platform = way.linter.told_platform
        if candidate.is_named:
            included = self.config_of(path).includes(path)
            return Verdict(is_request=True, reason="the configuration includes it" if included else "it was named")
        if is_parquet(path):
            from ..files.tables import judge_table  # only tables need it

            return judge_table(path, way.columns, platform)
        with opened(path) as file:
            if format_of(path) is Format.LINES:
                return judge_lines(read_lines(file), platform)
            return judge(path, read_whole(file), platform, recordings=way.recordings)[0]

    def check(self, candidate: Candidate) -> FileResult | None:
        """Check a file; None for one that is skipped.

        Raises:
            ConfigError: if the configuration is invalid.
            BaselineError: if the baseline is invalid.
        """
        if candidate.left_out is not None:
            return None
        path = candidate.path
        result_filter = self.filter_for(path)
        try:
            for part in checked_in_parts(candidate, result_filter.way, result_filter.most_worded):
                if part.is_only_counted:
                    self.count_skipped(part)
                    return None
                result_filter.add(part)
        except Exception as error:  # noqa: BLE001 - a bug in one file must not stop the check of others
            return failed(path, error)
        return self.settled(result_filter)

    def check_text(self, path: str, data: bytes, *, is_stream: bool = False) -> FileResult:
        """Check a text as the content of a file, which need not exist; its extension determines the format.

        For a stream without a known extension, the first lines determine it.

        Raises:
            UnreadableError: for a table, which is only read from files.
            ConfigError: if the configuration is invalid.
            BaselineError: if the baseline is invalid.
        """
        if is_parquet(path):
            msg = "cannot be read: Parquet is only read from files"
            raise UnreadableError(msg)
        check = check_stream if is_stream else check_text
        result_filter = self.filter_for(path)
        way, most = result_filter.way, result_filter.most_worded
        return self._settled(
            result_filter, check(shown_name(path), data, way.linter, most=most, recordings=way.recordings)
        )

    def as_found(self, path: str) -> Candidate:
        """Filter a file as a walk of the current folder would.

        Raises:
            ConfigError: if the configuration is invalid.
        """
        self.config_of(path)
        return as_if_found(path, self._filter_of(path))

    def check_documents(self, path: str, documents: list[Document], most: int | None = None) -> FileResult:
        """Check parsed documents as the content of a file, which need not exist.

        `most` is the number of violations to keep, in place of the project's `most_kept`.

        Raises:
            ConfigError: if the configuration is invalid.
            BaselineError: if the baseline is invalid.
        """
        result_filter = self.filter_for(path, most)
        linter, most = result_filter.way.linter, result_filter.most_worded
        return self._settled(result_filter, check_documents(shown_name(path), documents, linter, most=most))

    def check_lines(self, path: str, lines: Iterable[bytes], reader: Reader, most: int | None = None) -> FileResult:
        """Check lines, which `reader` parses, as the content of a file, which need not exist.

        `most` is as in `check_documents`.

        Raises:
            ConfigError: if the configuration is invalid.
            BaselineError: if the baseline is invalid.
        """
        result_filter = self.filter_for(path, most)
        return self._settled(result_filter, check_lines(shown_name(path), lines, result_filter.way.linter, reader))

    def complaints(self) -> Iterator[FileResult]:
        """Yield a result for each settings file with a mistake: invalid, unused overrides, wrong beta headers."""
        for said, error in self.unusable.items():
            yield FileResult(shown_path(error.file), error=said, path=str(error.file), is_configuration=True)
        for config in self._configs.values():
            for source, said in config.unusable_plugins():
                line, column, _ = place_of_source(source)
                reason = f"{shown_path(source.file)}:{line}:{column}: {said}; its rules are not checked"
                yield FileResult(shown_path(source.file), error=reason, path=str(source.file), is_configuration=True)
        found: dict[Path, dict[tuple[Range, str], Violation]] = {}
        for config in self._configs.values():
            linter = self.linter_for(str(config.file))
            for source, rule, (message, advice) in chain(self._unused(config, linter), self._betas(config, linter)):
                if linter.judge.chooses(rule.id):
                    line, column, end = place_of_source(source)
                    place = Range(line, column, line, end)
                    severity = linter.judge.severity_of(rule.id)
                    violation = without_secrets(Violation(rule.id, severity, "", message, advice, place))
                    found.setdefault(source.file, {})[place, message] = violation
        for file, violations in sorted(found.items()):
            in_order = tuple(violations[key] for key in sorted(violations))
            text = masked(text_of(file)).split("\n")
            lines = {place.line: text[place.line - 1] for place, _ in violations}
            yield FileResult(shown_path(file), 0, in_order, lines, path=str(file), is_configuration=True)

    def _filter_of(self, path: str) -> Filter:
        return _Filter(self, GitIgnore(Path(path), self.note) if self.respects_gitignore else None)

    def filter_for(self, path: str, most: int | None = None) -> ResultFilter:
        """Return the filter for the violations of a file.

        `most` is the number of violations to keep, in place of the project's `most_kept`.

        Raises:
            ConfigError: if the configuration is invalid.
            BaselineError: if the baseline is invalid.
        """
        folder, name = os.path.split(path)
        way = self._way_in(self.files_in(folder), name)
        return ResultFilter(path, way, self.baseline_in(folder), self.most_kept if most is None else most)

    def _settled(self, result_filter: ResultFilter, result: FileResult) -> FileResult:
        """Settle a file whose result has one part."""
        result_filter.add(result)
        return self.settled(result_filter) or result

    def settled(self, result_filter: ResultFilter) -> FileResult | None:
        """Record which overrides and baseline entries a file has used, and return its result; None if it has none."""
        result = result_filter.result
        if result is None:
            return None
        self._checked.add(result_filter.path)
        config = result_filter.way.config
        if config.file is not None:
            self._configs[config.file] = config
        self._used |= result_filter.used
        if result_filter.baseline is not None:
            use = self.baseline_uses.setdefault(result_filter.baseline.file, BaselineUse(result_filter.baseline))
            if result_filter.matches is not None:
                use.record(result_filter.matches)
        return result

    def _unused(self, config: Config, linter: Linter) -> Iterator[Complaint]:
        """Find the overrides for places that never applied, though all their files were checked."""
        checked: set[str] | None = None
        for override in config.overrides_for_places():
            names = [*override.values.get("ignore", ()), *override.values.get("severity", ())]
            if self.unusable or override.source in self._used or not all(map(linter.judge.chooses, names)):
                continue
            if checked is None:
                checked = set(map(os.path.realpath, self._checked))
            places = [fixed_part(override.folder, parted(glob)[0]) for glob in override.globs]
            if all(self._was_checked(place, checked) for place in places):
                rule = RULES["suppressions/unused"]
                yield override.source, rule, rule.check(names, f"at `{'`, `'.join(override.globs)}`")

    def _betas(self, config: Config, linter: Linter) -> Iterator[Complaint]:
        """Find the beta headers of a configuration that are unknown or deprecated."""
        if "betas" in self.given:
            return
        from ..rules.betas import complaint_about

        for source, names in config.betas():
            for index, name in enumerate(names):
                complaint = complaint_about(name, linter.edition)
                if complaint is not None:
                    yield source._replace(path=(*source.path, index)), *complaint

    def _was_checked(self, place: Path, checked: set[str]) -> bool:
        """Whether everything at a place was checked: it is in a folder that was walked, or a file that was checked."""
        resolved = os.path.realpath(place)
        return resolved in checked or any(
            resolved == folder or resolved.startswith(os.path.join(folder, ""))  # noqa: PTH118 - with a separator
            for folder in self._walked
        )


def checked_in_parts(candidate: Candidate, way: Way, most: int | None) -> Iterable[FileResult]:
    """Check a file as `check_in_parts` does, or a table by its columns.

    Raises:
        UnreadableError: if the file cannot be read.
    """
    path, is_named = candidate.path, candidate.is_named
    if not is_parquet(path):
        return check_in_parts(path, way.linter, is_named=is_named, most=most, recordings=way.recordings)
    from ..files.tables import check_table  # only tables need it

    return check_table(path, way.linter, way.columns, is_named=is_named)


def validate_file(path: str | os.PathLike[str], **options: Unpack[Options]) -> Report:
    """Check a file as the command does: under the configuration and baseline closest to it, and its own comments.

    Violations have their line and column in the file. In JSON Lines, and in YAML with several documents, pointers start
    at the root of the record or document. The options are those of `Linter`, and take precedence over the
    configuration.

    Raises:
        OSError: if the file cannot be read.
        ConfigError: a `ValueError`, if the configuration is invalid.
        BaselineError: a `ValueError`, if the baseline is invalid.
    """
    name = os.fspath(path)
    project = Project(dict(options), most_kept=options.get("max_violations", MOST_KEPT))
    data = None
    if not is_parquet(name):
        with opened(name) as file:
            data = read_whole(file)
    linter = project.linter_for(name)
    for key in ("select", "ignore"):
        for each in options.get(key) or ():  # type: ignore[attr-defined]
            linter.rules.named(each)
    result = project.check(Candidate(name, is_named=True)) if data is None else project.check_text(name, data)
    if result is None or result.error is not None:
        raise UnreadableError("cannot be read" if result is None else result.error)
    return Report(result.violations, result.omitted.total())


def forget() -> None:
    """Clear the caches of configurations, baselines and `.gitignore` files, which may have changed."""
    configurations.forget()
    installed.forget()
    baselines.forget()
    gitignore.forget()


class _Filter(NamedTuple):
    """Skips the files and folders that configurations, `exclude` or git exclude."""

    project: Project
    gitignore: GitIgnore | None

    def leaves_out(self, folder: str) -> str | None:
        try:
            config = self.project.config_in(folder)
        except ConfigError as error:
            return self.project.note(error)
        if self.project.excluded.matching(folder):
            return _EXCLUDED
        if config.file is not None and config.excludes(folder):
            return f"{shown_path(config.file)} excludes it"
        if self.gitignore is not None and self.gitignore.ignores(folder, is_folder=True):
            return _IGNORED
        return None

    def in_folder(self, folder: str) -> _FilterInFolder:
        return _FilterInFolder(self, folder)


class _FilterInFolder:
    """Skips the files of one folder; what decides is looked up once, and only if there is a file."""

    def __init__(self, whole: _Filter, folder: str) -> None:
        self._project = whole.project
        self._gitignore = whole.gitignore
        self._folder = folder

    def includes(self, name: str) -> bool:
        config = self._config
        return not isinstance(config, ConfigError) and config.includes(name)

    def checks_tests(self) -> bool:
        if self._project.tests:
            return True
        config = self._config
        return not isinstance(config, ConfigError) and config.config.tests

    def reads_tables(self) -> bool:
        if self._project.columns.body is not None:
            return True
        config = self._config
        return not isinstance(config, ConfigError) and config.config.column is not None

    def leaves_out(self, name: str) -> str | None:
        config = self._config
        if isinstance(config, ConfigError):
            return self._project.note(config)
        if self._excluded.matching(name):
            return _EXCLUDED
        if config.config.file is not None and config.excludes(name):
            return f"{shown_path(config.config.file)} excludes it"
        return _IGNORED if self._ignored.ignores(name) else None

    @cached_property
    def _config(self) -> ConfigInFolder | ConfigError:
        try:
            return self._project.files_in(self._folder)
        except ConfigError as error:
            return error

    @cached_property
    def _excluded(self) -> GlobsInFolder:
        return self._project.excluded.in_folder(self._folder)

    @cached_property
    def _ignored(self) -> IgnoredInFolder:
        return NOTHING_IGNORED if self._gitignore is None else self._gitignore.in_folder(self._folder)


_EXCLUDED: Final = "`--exclude` names it"
_IGNORED: Final = "git ignores it"


class InternalError(Exception):
    """Stands for an unexpected error of a worker process, with its type and message as text."""


def failed(path: str, error: Exception) -> FileResult:
    """Return the result of a file that could not be checked."""
    if isinstance(error, UnreadableError):
        return FileResult(shown_name(path), error=redacted(str(error)), path=path)
    text = redacted(str(error) if isinstance(error, InternalError) else f"{type(error).__name__}: {error}")
    return FileResult(shown_name(path), error=f"internal error, please report it: {text}", path=path)

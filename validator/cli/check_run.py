"""Run `msglint check`: from paths to results, outputs and an exit code."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import replace
from itertools import groupby
from typing import IO, TYPE_CHECKING, Final

import click

from ..common.redaction import redacted
from ..common.wording import count
from ..config import Config, ConfigError, SettingsError, load
from ..facts.api import LATEST_EDITION
from ..files import FileResult, WorkerDiedError, shown_name
from ..files.checking import NAMELESS
from ..files.parquet import Columns
from ..files.reading import UnreadableError, read_bounded
from ..project import Project
from ..project.linters import linter_of
from ..report import Severity
from ..rules import OURS, Registry, UnknownRuleError
from ..rules.betas import complaint_about
from .check_baselines import BaselineUpdater, baseline_to_go_by
from .check_fixes import Fixer
from .check_ignores import Ignorer
from .check_options import CheckOptions
from .known_rules import rules_of
from .outputs import OutputFiles, opened_outputs, write_all, write_statistics
from .streams import as_utf8
from .tally import CLEAN, FAILED, VIOLATIONS, Tally, complain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .progress import Bar

_STDIN: Final = "-"
_INSTALLATION: Final = "its parser is not installed, `pip install 'msglint[code]'` brings it"


def run(options: CheckOptions) -> int:
    """Check the paths, and return the exit code.

    Raises:
        click.UsageError: for options that contradict each other, an invalid configuration or baseline that was named,
            or an output that cannot be written.
    """
    _refuse_contradictions(options)
    try:
        if options.show_files:
            return _show_files(options, _project(options))
        if options.watch:
            from .watching import watch

            return watch(options, _check_once)
        return _check(options, _project(options))
    except (SettingsError, UnknownRuleError) as error:
        raise click.UsageError(str(error)) from error
    except WorkerDiedError as error:
        complain(str(error))
        return FAILED


def _check_once(options: CheckOptions) -> None:
    """Check once while watching; an invalid configuration is reported but does not end the run."""
    try:
        _check(options, _project(options))
    except SettingsError as error:
        complain(str(error))


def _refuse_contradictions(options: CheckOptions) -> None:
    """Refuse options that contradict each other.

    Raises:
        click.UsageError: for the first such pair.
    """
    given = {
        "--config": options.config_file is not None,
        "--isolated": options.isolated,
        "--baseline": options.baseline_file is not None,
        "--no-baseline": options.no_baseline,
        "--write-baseline": options.write_baseline,
        "--prune-baseline": options.prune_baseline,
        "--fix": options.fix,
        "--diff": options.diff,
        "--unsafe-fixes": options.unsafe_fixes,
        "--add-ignores": options.add_ignores,
        "--statistics": options.statistics,
        "--watch": options.watch,
        "--show-files": options.show_files,
        "--exit-zero": options.exit_zero,
        "--exit-non-zero-on-fix": options.exit_non_zero_on_fix,
        "--max-violations": options.max_violations is not None,
        "standard input": _STDIN in options.paths,
        f"--format {options.format_name}": options.format_name not in {"full", "concise", "json"},
    }
    for one, other in _CONTRADICTIONS:
        names = [name for name in given if given[name] and name.partition(" ")[0] == other.partition(" ")[0]]
        if given[one] and names:
            msg = f"{one} cannot be used with {names[0]}"
            raise click.UsageError(msg)
    if options.reason is not None and not options.add_ignores:
        msg = "--reason requires --add-ignores"
        raise click.UsageError(msg)
    if options.unsafe_fixes and not (options.fix or options.diff):
        msg = "--unsafe-fixes requires --fix or --diff"
        raise click.UsageError(msg)


_CONTRADICTIONS: Final = (
    ("--isolated", "--config"),
    ("--isolated", "--baseline"),
    ("--isolated", "--write-baseline"),
    ("--no-baseline", "--baseline"),
    ("--no-baseline", "--write-baseline"),
    ("--no-baseline", "--prune-baseline"),
    ("--write-baseline", "--prune-baseline"),
    ("--write-baseline", "--fix"),
    ("--write-baseline", "--diff"),
    ("--write-baseline", "standard input"),
    ("--add-ignores", "--fix"),
    ("--add-ignores", "--diff"),
    ("--add-ignores", "--write-baseline"),
    ("--add-ignores", "--watch"),
    ("--add-ignores", "standard input"),
    ("--statistics", "--diff"),
    ("--statistics", "--format"),
    ("--exit-zero", "--max-violations"),
    ("--exit-zero", "--exit-non-zero-on-fix"),
    ("--watch", "standard input"),
    ("--watch", "--show-files"),
    ("--watch", "--diff"),
    ("--watch", "--write-baseline"),
    ("--show-files", "standard input"),
)


def _project(options: CheckOptions) -> Project:
    """Return the project that the command line describes.

    Raises:
        ConfigError: if the configuration that was named is invalid.
        BaselineError: if the baseline that was named, or is to be written, is invalid.
        UnknownRuleError: for a rule that does not exist.
    """
    config = Config() if options.isolated else load(options.config_file) if options.config_file is not None else None
    _refuse_unknown_rules(options, config)
    linter_of({"endpoint": "auto"}, **options.given)  # raises for wrong options even if there are no files
    needs_all = options.fix or options.diff or options.write_baseline or options.add_ignores
    project = Project(
        options.given,
        config,
        uses_baselines=not (options.isolated or options.no_baseline),
        respects_gitignore=not options.no_gitignore,
        force_exclude=options.force_exclude,
        tests=options.tests,
        recordings=options.recordings,
        columns=Columns(options.column, options.id_column),
        exclude=options.exclude or (),
        most_kept=None if needs_all else options.max_per_file or None,
    )
    project.baseline = baseline_to_go_by(options.baseline_file, project, writes=options.write_baseline)
    return project


def _refuse_unknown_rules(options: CheckOptions, config: Config | None) -> None:
    """Refuse the name of a rule that is neither msglint's nor one of the configurations of the paths.

    Raises:
        UnknownRuleError: for the first such name.
    """
    given = [name for key in ("select", "extend_select", "ignore") for name in options.given.get(key) or ()]
    if all(name in OURS for name in given):
        return
    known = Registry(
        rule
        for each in ([config] if config is not None else _configs_of(options.paths or (".",)))
        for rule in rules_of(each).others.values()
    )
    for name in given:
        known.named(name)


def _configs_of(paths: Iterable[str]) -> Iterator[Config]:
    """Yield the configurations of paths; an invalid one is reported later."""
    project = Project()
    for path in paths:
        with suppress(SettingsError, OSError):
            yield project.config_of("." if path == _STDIN else path)


def _check(options: CheckOptions, project: Project) -> int:
    for name in options.given.get("betas") or ():
        _report_beta(name, options.given.get("edition", LATEST_EDITION))
    fail_on = _fail_on(options, project)
    updater = BaselineUpdater(project, writes=options.write_baseline, prunes=options.prune_baseline)
    fixer = Fixer(
        project,
        fixes=options.fix or options.diff,
        unsafe=options.unsafe_fixes,
        writes=options.fix and not options.diff,
        colour=options.colour,
    )
    ignorer = Ignorer(project, options.reason) if options.add_ignores else None
    tally = Tally()
    output_files = OutputFiles(options.output_file, options.others)
    for path in (options.config_file, options.baseline_file, *options.paths):
        output_files.refuse(path)
    screen = sys.stderr if options.fix and not options.diff and _STDIN in options.paths else sys.stdout
    if options.diff:
        as_utf8(screen)
    with opened_outputs(options.format_name, options.output_file, options.others, options.colour, screen) as outputs:
        results = tally.counted(
            fixer.counted(updater.recorded(_results(options, project, fixer, ignorer, output_files)))
        )
        if options.statistics:
            write_statistics(outputs, results)
        else:
            write_all([] if options.diff else outputs, results)
    updater.finish()
    if project.without_parser:
        skipped = count(project.without_parser, "file")
        complain(f"skipped {skipped} of TypeScript or JavaScript: {_INSTALLATION}")
    if not tally.requests and not tally.has_failed and not (tally.found or tally.suppressed):
        return _nothing_found(options, project.look_alikes)
    if not options.quiet and options.format_name != "json":
        screen.flush()  # the summary comes last, wherever both go
        summaries = (
            tally.summary(project.look_alikes),
            fixer.summary(),
            None if ignorer is None else ignorer.summary(),
        )
        for line in summaries:
            if line is not None:
                click.echo(line, err=True)
    unwritten = fixer.unwritten + (ignorer.unwritten if ignorer is not None else 0)
    return FAILED if unwritten else _exit_code(options, tally, fail_on, changed=fixer.fixed > 0)


def _exit_code(options: CheckOptions, tally: Tally, fail_on: Severity, *, changed: bool) -> int:
    """Return the exit code of a run whose files could all be written."""
    if options.diff:
        code = FAILED if tally.has_failed else VIOLATIONS if changed else CLEAN
    else:
        code = tally.exit_code(fail_on, options.max_violations or 0)
        if options.exit_non_zero_on_fix and changed and code == CLEAN:
            code = VIOLATIONS
    return CLEAN if options.exit_zero and code == VIOLATIONS else code


def _fail_on(options: CheckOptions, project: Project) -> Severity:
    """Return the least severity that fails: that of the option, or of the current folder's configuration."""
    if options.fail_on:
        return Severity(options.fail_on)
    try:
        return project.config_of(".").fail_on
    except ConfigError as error:
        project.note(error)
        return Severity.ERROR


def _nothing_found(options: CheckOptions, look_alikes: int) -> int:
    """Report that no request was found, and return the exit code."""
    if options.fail_on_empty or not (options.force_exclude or options.quiet):
        folders = ", ".join(shown_name(path) for path in options.paths or (".",))
        skipped = f" ({count(look_alikes, 'look-alike')} not checked)" if look_alikes else ""
        complain(f"no request was found in {folders}{skipped}; `--show-files` shows why files were skipped")
    return FAILED if options.fail_on_empty else CLEAN


def _descriptor_of(stream: IO[str]) -> int | None:
    """Return the descriptor of a stream; None for one in memory, as programs have that run the command themselves."""
    try:
        return stream.fileno()
    except OSError:
        return None


def _results(
    options: CheckOptions, project: Project, fixer: Fixer, ignorer: Ignorer | None, output_files: OutputFiles
) -> Iterator[FileResult]:
    """Check every file, fix it or add comments to it if that was asked for, and report unused suppressions.

    Raises:
        click.UsageError: for an input file that is also an output file.
    """
    from ..project.parallel import check_all, cores

    bar = _bar(options)
    paths = options.paths or (".",)
    for is_stdin, group in groupby(dict.fromkeys(paths), lambda path: path == _STDIN):
        if is_stdin:
            output_files.refuse(_descriptor_of(sys.stdin))
            yield from _stdin(options, project, fixer)
            continue
        candidates = (candidate for path in group for candidate in project.find([path]))
        jobs = options.jobs or cores()
        checked = (
            check_all(project, candidates, jobs)
            if bar is None
            else bar.beside(check_all(project, bar.counted(candidates), jobs, bar.advance))
        )
        for candidate, result in checked:
            output_files.refuse(candidate.path)
            fixes = fixer.fixes and result.error is None
            left = fixer.fix_file(candidate, result) if fixes else result
            yield left if ignorer is None else ignorer.commented(candidate, left)
    yield from project.complaints()


def _bar(options: CheckOptions) -> Bar | None:
    """Return a progress bar if a person is watching at a terminal."""
    if options.quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        return None
    from .progress import Bar

    return Bar(sys.stderr)


def _stdin(options: CheckOptions, project: Project, fixer: Fixer) -> Iterator[FileResult]:
    """Check standard input; with --fix the fixed text goes to standard output."""
    name = options.stdin_filename or NAMELESS
    result = None
    try:
        data = read_bounded(sys.stdin.buffer)
    except UnreadableError as error:
        yield FileResult(shown_name(name), error=str(error))
        return
    try:
        result = project.check_text(name, data, is_stream=True)
        if fixer.fixes:
            data, result = fixer.fix_stream(name, data, result)
    except SettingsError as error:
        project.note(error)
    except UnreadableError as error:
        result = FileResult(shown_name(name), error=str(error))
    except Exception as error:  # noqa: BLE001 - as for a file, a bug is reported in one line
        reason = f"internal error, please report it: {type(error).__name__}: {error}"
        result = FileResult(shown_name(name), error=reason)
    if options.fix and not options.diff:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    if result is not None:
        yield replace(result, name=shown_name(name), path=options.stdin_filename)


def _show_files(options: CheckOptions, project: Project) -> int:
    """Print which files would be checked or skipped, and why."""
    found = False
    for candidate in project.find(options.paths or (".",)):
        verdict = project.verdict(candidate)
        found = found or verdict.is_request
        sign = "+" if verdict.is_request else "-"
        click.echo(redacted(f"{sign} {shown_name(candidate.path)}: {verdict.reason}"))
    for said in project.unusable:
        complain(said)
    if project.unusable:
        return FAILED
    return CLEAN if found else _nothing_found(options, 0)


def _report_beta(name: str, edition: str) -> None:
    complaint = complaint_about(name, edition)
    if complaint is not None:
        complain(": ".join(complaint[1]))

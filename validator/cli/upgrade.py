"""`msglint upgrade`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import click

from ..common.redaction import redacted
from ..common.wording import count
from ..files.writing import ChangedError, LeftAloneError
from .discovery import FILES, finds_files, project_of
from .options import ModelName, add_variables, colour_option, comma_separated, format_option, wants_colour
from .sections import Sectioned
from .tally import CLEAN, FAILED, VIOLATIONS, complain

if TYPE_CHECKING:
    from datetime import datetime

    from ..project import Project
    from ..upgrades.files import OfFile
    from ..upgrades.texts import UpgradedText

_FORMATS: Final = ("full", "json", "markdown")


class _Chosen(ModelName):
    """A model, together with the name by which it was chosen."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the name of a known model; fails for an unknown one."""
        super().convert(value, param, ctx)
        return str(value)


@click.command(
    name="upgrade",
    cls=Sectioned,
    sections={
        "Models": ("to", "only", "platform", "today"),
        "Changes": ("write", "diff", "pin", "unsafe_fixes"),
        "Files": FILES,
        "Output": ("format_name", "colour"),
    },
    epilog="""\b
Exit codes:
  0  nothing is left to do by hand
  1  something is: it is listed last
  2  something could not be read or written, or bad usage

\b
Examples:
  msglint upgrade prompts/
  msglint upgrade prompts/ --to claude-opus-5-5 --diff
  msglint upgrade prompts/ --to claude-sonnet-5-5 --from 'claude-*sonnet*' --pin --write
  msglint upgrade request.json --to claude-haiku-5-5 --unsafe-fixes --diff
""",
)
@finds_files
@click.option(
    "--to",
    type=_Chosen(),
    metavar="MODEL",
    help="The model to move to, by any of its ids. Without it, each deprecated or retired model goes to its documented "
    "successor, and the others stay.",
)
@click.option(
    "--from",
    "only",
    multiple=True,
    metavar="GLOB",
    callback=comma_separated,
    help="Move only requests to these models, such as 'claude-3*'; repeatable, or separated by commas.",
)
@click.option("--write", is_flag=True, help="Change the files. Formatting and comments stay.")
@click.option("--diff", is_flag=True, help="Print what --write would change.")
@click.option(
    "--pin", is_flag=True, help="Also write out old defaults that would change silently: thinking, `display`, effort."
)
@click.option(
    "--unsafe-fixes", is_flag=True, help="Also make changes that come close to what the request meant, but not quite."
)
@format_option(_FORMATS)
@colour_option
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    paths: tuple[str, ...],
    to: str | None,
    only: tuple[str, ...] | None,
    write: bool,
    diff: bool,
    pin: bool,
    unsafe_fixes: bool,
    format_name: str,
    colour: str,
    today: datetime | None,
    **options: Any,
) -> None:
    """Move requests to a newer model, and report what it would refuse and what it does differently.

    msglint changes what it can without changing the meaning of a request, and lists what is left to do by hand. Nothing
    is written without --write. PATH is a file or a folder; the default is the current folder.
    """
    from ..upgrades.files import each_file
    from ..upgrades.moving import Choice
    from ..upgrades.texts import upgrade_text
    from .upgrade_output import render

    if write and diff:
        msg = "--write cannot be used with --diff"
        raise click.UsageError(msg)
    project = project_of(context, today=today, **options)
    choice = Choice.of(
        to, only=only or (), pins=pin, unsafe=unsafe_fixes, today=None if today is None else today.date()
    )
    files = list(
        each_file(project, paths or (".",), lambda name, data, linter: upgrade_text(name, data, linter, choice))
    )
    if write:
        files = [_written(file) for file in files]
    failures = sum(write and not file.is_written for file in files if file.found is not None)
    failures += _complained(project, files)
    if diff and format_name == "full":
        _show_differences(files, colour)
    else:
        for text in render(files, format_name, is_written=write, coloured=wants_colour(colour, sys.stdout)):
            click.echo(text, nl=False, color=True)
    left = sum(not file.found.is_done for file in files if file.found is not None)
    click.echo(_summary(files, is_written=write), err=True)
    sys.exit(FAILED if failures else VIOLATIONS if left else CLEAN)


def _written(file: OfFile[UpgradedText]) -> OfFile[UpgradedText]:
    """Write a file if it changes, or say why that is impossible."""
    from dataclasses import replace

    from .check_fixes import write_back

    if file.found is None:
        return file
    if file.found.changed != file.data:
        if not file.is_regular:
            complain(f"{file.name}: is compressed or no regular file, so it is not written")
            return file
        try:
            write_back(file.candidate, file.found.changed, file.data)
        except OSError as error:
            said = error.strerror or str(error)
            is_kept = isinstance(error, (ChangedError, LeftAloneError))
            complain(f"{file.name}: not written, as {said}" if is_kept else f"{file.name}: cannot be written: {said}")
            return file
    return replace(file, is_written=True)


def _complained(project: Project, files: list[OfFile[UpgradedText]]) -> int:
    """Say what could not be read, and return how much."""
    errors = [f"{file.name}: {file.error}" for file in files if file.error is not None]
    errors += list(project.unusable)
    for error in errors:
        complain(error)
    return len(errors)


def _show_differences(files: list[OfFile[UpgradedText]], colour: str) -> None:
    from .check_fixes import COLOURS, diff_name, difference
    from .upgrade_output import what_is_left

    coloured = wants_colour(colour, sys.stdout)
    for file in files:
        if file.found is not None and file.found.changed != file.data:
            for line in difference(redacted(diff_name(file.candidate.path)), file.data, file.found.changed):
                click.secho(line, nl=False, fg=COLOURS.get(line[:1]) if coloured else None, color=coloured)
    for text in what_is_left(files):
        click.echo(text, err=True, nl=False)


def _summary(files: list[OfFile[UpgradedText]], *, is_written: bool) -> str:
    texts = [file.found for file in files if file.found is not None]
    done = [file.found for file in files if file.found is not None and file.is_written >= is_written]
    upgrades = [request.upgrade for text in texts for request in text.requests]
    moved = sum(len(request.upgrade.moved) for text in done for request in text.requests if request.is_editable)
    changed = sum(text.changed != text.data for text in done)
    left = sum(len(each.left) for each in upgrades) + sum(text.unparsed for text in texts)
    left += sum(not request.is_editable for text in texts for request in text.requests)
    left += sum(len(request.by_hand) for text in texts for request in text.requests)
    verb = "moved" if is_written else "would move"
    by_hand = f"; {left:,} left to do by hand" if left else ""
    return f"{verb} {count(moved, 'request')} in {count(changed, 'file')}{by_hand}"


add_variables(command)

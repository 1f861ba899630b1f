"""Write results to the screen or a file in one format, and to further files in other formats, in one pass."""

from __future__ import annotations

import os
from collections import deque
from contextlib import ExitStack, contextmanager
from io import StringIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, TextIO

import click

from ..common.records import NamedTuple
from ..common.redaction import redacted
from ..filesystem.lookups import kind_of
from ..formats import FOR_PEOPLE, FORMATS
from ..formats.style import Style
from ..project import SETTINGS
from .options import opened, wants_colour
from .streams import as_utf8

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..files import FileResult

_STEP_SUMMARY: Final = "GITHUB_STEP_SUMMARY"
"""The environment variable that names the file whose Markdown GitHub shows as the summary of a job."""


class Output(NamedTuple):
    """A format and the stream that it is written to."""

    format_name: str
    stream: IO[str]
    style: Style


@contextmanager
def opened_outputs(
    format_name: str, output_file: str | None, others: tuple[tuple[str, str], ...], colour: str, screen: TextIO
) -> Iterator[list[Output]]:
    """Open all outputs before any work is done; the first is the `screen` if there is no `output_file`.

    With the format `github`, Markdown is appended to the job summary too if there is one.

    Raises:
        click.UsageError: for a file that cannot be written or is named twice.
    """
    files = [file for file in (output_file, *(file for _, file in others)) if file is not None]
    places = [os.path.realpath(file) for file in files]
    for file, place in zip(files, places, strict=True):
        if places.count(place) > 1:
            msg = f"{file!r} is named twice as an output"
            raise click.UsageError(msg)
    with ExitStack() as stack:
        if output_file is None:
            if format_name not in FOR_PEOPLE:
                as_utf8(screen)
            style = Style(wants_colour(colour, screen), screen.encoding)
        else:
            style = Style(colour == "always")
        stream = screen if output_file is None else stack.enter_context(opened(output_file))
        outputs = [Output(format_name, stream, style)]
        plain = Style(coloured=False)
        outputs += [Output(name, stack.enter_context(opened(file)), plain) for name, file in others]
        summary = os.environ.get(_STEP_SUMMARY)
        if summary and any(output.format_name == "github" for output in outputs):
            outputs.append(Output("markdown", stack.enter_context(_appended(summary)), plain))
        yield outputs


class OutputFiles:
    """The regular files that results are written to; none of them may be an input."""

    def __init__(self, output_file: str | None, others: tuple[tuple[str, str], ...]) -> None:
        self._files: dict[tuple[int, int], str] = {}
        for file in [*([] if output_file is None else [output_file]), *(file for _, file in others)]:
            if os.path.basename(file) in SETTINGS:  # noqa: PTH119 - for any name
                msg = f"{file!r} cannot be an output: it has the name of a settings file"
                raise click.UsageError(msg)
            found = _identity(file)
            if found is not None:
                self._files[found] = file

    def refuse(self, source: str | int | None) -> None:
        """Refuse an input file, given by its name or descriptor, that is also an output.

        Raises:
            click.UsageError: if it is.
        """
        if self._files and source is not None:
            file = self._files.get(_identity(source) or (0, 0))
            if file is not None:
                msg = f"{file!r} cannot be an output: it is one of the files to check"
                raise click.UsageError(msg)


def _identity(file: str | int) -> tuple[int, int] | None:
    """Return the device and inode of a regular file, which all its names share; None for anything else."""
    try:
        found = os.stat(file)  # noqa: PTH116 - for any name
    except (OSError, ValueError):
        return None
    return (found.st_dev, found.st_ino) if kind_of(found) is None else None


def write_all(outputs: list[Output], results: Iterable[FileResult]) -> None:
    """Write results to every output; they are streamed to a single one, and collected first for several."""
    if not outputs:
        deque(results, maxlen=0)
    kept = results if len(outputs) == 1 else list(results)
    for output in outputs:
        for text in FORMATS[output.format_name](kept, output.style):
            output.stream.write(text)


def write_statistics(outputs: list[Output], results: Iterable[FileResult]) -> None:
    """Write the number of violations of each rule to the first output, and the results to the others."""
    from . import statistics

    kept = list(results)
    first, *others = outputs
    if first.format_name == "json":
        first.stream.write(statistics.records(kept))
    else:
        first.stream.writelines(statistics.table(kept, first.style))
    write_all(others, kept)


@contextmanager
def _appended(file: str) -> Iterator[IO[str]]:
    """Collect text and append it to a file at the end; a file that cannot be written is reported, not raised."""
    text = StringIO()
    yield text
    try:
        with Path(file).open("a", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(text.getvalue())
    except OSError as error:
        click.echo(f"msglint: {_STEP_SUMMARY} cannot be written: {redacted(str(error.strerror or error))}", err=True)

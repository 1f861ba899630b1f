"""`msglint eval`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

import click
import orjson

from ..explain.scoring import BadRecordError, Labelled, Score, Scores, record_of, scored
from ..facts.api import EDITIONS, ENDPOINTS, LATEST_EDITION
from ..files import shown_name
from ..files.reading import UnreadableError, opened, read_lines
from .options import Day, Name, format_option
from .tally import CLEAN, FAILED, complain

if TYPE_CHECKING:
    from datetime import datetime

_MOST_COMPLAINTS: Final = 20
_STDIN: Final = "-"
_HEAD: Final = ("rule", "caught", "missed", "false alarms", "precision", "recall")


@click.command(
    name="eval",
    epilog="""\b
A line is an object with
  request   the body of the request, or `text`, its JSON text
  refused   whether the API answered 400
  pointer   the place that it complained about, or several that are as good; optional
  endpoint, betas, edition, api_version, platform   how it was sent; optional
  rule, area   what ought to report it, to tell which rule missed it; optional
  only      true if nothing else is wrong with it; optional
  name      what to call it; optional

\b
Examples:
  msglint eval log.jsonl
  msglint eval log-*.jsonl.gz --cases
  msglint eval log.jsonl --format json
""",
)
@click.argument("files", nargs=-1, required=True, metavar="FILE…", type=click.Path(allow_dash=True))
@format_option(("table", "json", "markdown"), "A table for people, JSON, or a table for a page.")
@click.option("--cases", is_flag=True, help="Also name the requests that were missed, and the false alarms.")
@click.option(
    "--endpoint",
    type=Name("endpoint", ENDPOINTS),
    default="messages",
    show_default=True,
    help="The endpoint of the requests that name none.",
)
@click.option(
    "--edition",
    type=Name("edition", EDITIONS),
    default=LATEST_EDITION,
    show_default=True,
    help="The edition for the requests that name none.",
)
@click.option("--today", type=Day(), help="Compare the retirement dates of models with this day.  [default: today]")
def command(
    *,
    files: tuple[str, ...],
    format_name: str,
    cases: bool,
    endpoint: str,
    edition: str,
    today: datetime | None,
) -> int:
    """Tell for each rule how many of the mistakes that the API refused it caught and missed, and its false alarms.

    FILE is JSON Lines with a labelled request on each line, plain or compressed (.gz), or - for standard input. Only
    errors count, and only msglint's own rules: what the API accepts may have warnings. In a refused request an error at
    another place than `pointer` is neither right nor wrong, unless the line says that it has one mistake only.
    """
    reader = _Reader()
    scores = scored(reader.records(files), endpoint=endpoint, edition=edition, today=today)
    if format_name == "json":
        click.echo(orjson.dumps(as_json(scores), option=orjson.OPT_INDENT_2))
    else:
        lines = markdown(scores) if format_name == "markdown" else table(scores)
        click.echo("\n".join([*lines, *(_cases(scores) if cases else ())]))
    if not scores.refused + scores.accepted and not reader.complaints:
        complain("there is no labelled request")
        return FAILED
    return FAILED if reader.complaints else CLEAN


class _Reader:
    """Reads labelled requests, and reports the lines that are none."""

    def __init__(self) -> None:
        self.complaints = 0

    def records(self, files: Iterable[str]) -> Iterator[Labelled]:
        """Yield the labelled requests of files."""
        for file in files:
            name = "standard input" if file == _STDIN else shown_name(file)
            try:
                if file == _STDIN:
                    yield from self._lines(sys.stdin.buffer, name)
                else:
                    with opened(file) as source:
                        yield from self._lines(read_lines(source), name)
            except UnreadableError as error:
                self._complain(f"{name}: {error}")

    def _lines(self, lines: Iterable[bytes], name: str) -> Iterator[Labelled]:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                labelled = self._record(line, f"{name}:{number}")
                if labelled is not None:
                    yield labelled

    def _record(self, line: bytes, name: str) -> Labelled | None:
        try:
            return record_of(line, name)
        except BadRecordError as error:
            self._complain(f"{name}: {error}")
            return None

    def _complain(self, said: str) -> None:
        self.complaints += 1
        if self.complaints <= _MOST_COMPLAINTS:
            complain(said)
        elif self.complaints == _MOST_COMPLAINTS + 1:
            complain("there are more lines that cannot be read")


def table(scores: Scores) -> Iterator[str]:
    """Yield the lines of a table, and a sum."""
    rows = [_HEAD, *(_row(name, score) for name, score in scores.in_order().items())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    for first, *rest in rows:
        cells = [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        yield "  ".join([first.ljust(widths[0]), *cells]).rstrip()
    yield ""
    yield from summary(scores)


def markdown(scores: Scores) -> Iterator[str]:
    """Yield the lines of a table in Markdown, and a sum."""
    yield f"| {' | '.join(_HEAD)} |"
    yield f"|---|{'--:|' * (len(_HEAD) - 1)}"
    for name, score in scores.in_order().items():
        first, *rest = _row(name, score)
        yield f"| {f'`{first}`' if '/' in first else first} | {' | '.join(rest)} |"
    yield ""
    for line in summary(scores):
        yield f"{line}  "


def summary(scores: Scores) -> Iterator[str]:
    """Yield what the table comes to."""
    found = f"{scores.found:,} of {scores.refused:,} ({_spelled(scores.recall)})"
    yield f"refused requests with an error at the place: {found}"
    clean = scores.clean / scores.accepted if scores.accepted else None
    yield f"accepted requests without an error: {scores.clean:,} of {scores.accepted:,} ({_spelled(clean)})"


def _row(name: str, score: Score) -> tuple[str, ...]:
    numbers = [f"{number:,}" if number else "" for number in (score.caught, score.missed, score.false_alarms)]
    return (name, *numbers, _spelled(score.precision), _spelled(score.recall))


def _spelled(share: float | None) -> str:
    """Write a share so that what is not all of it never reads as 100 %."""
    if share is None:
        return "-"
    return "100 %" if share == 1 else f"{min(share * 100, 99.9):.1f} %"


def _cases(scores: Scores) -> Iterator[str]:
    yield ""
    for name, score in scores.in_order().items():
        yield from (f"missed: {name}: {case}" for case in score.missed_cases)
        yield from (f"false alarm: {name}: {case}" for case in score.false_alarm_cases)


def as_json(scores: Scores) -> dict[str, Any]:
    """Return scores as plain values."""
    return {
        "version": 1,
        "refused": scores.refused,
        "found": scores.found,
        "accepted": scores.accepted,
        "clean": scores.clean,
        "precision": scores.precision,
        "recall": scores.recall,
        "rules": {
            name: {
                "caught": score.caught,
                "missed": score.missed,
                "false_alarms": score.false_alarms,
                "precision": score.precision,
                "recall": score.recall,
                "missed_cases": score.missed_cases,
                "false_alarm_cases": score.false_alarm_cases,
            }
            for name, score in scores.in_order().items()
        },
    }

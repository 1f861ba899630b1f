"""`msglint models`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import click
import orjson

from ..common.redaction import redacted
from ..common.wording import count, printable
from .discovery import FILES, day_of, finds_files, project_of
from .options import Name, add_variables, colour_option, format_option, wants_colour
from .sections import Sectioned
from .tally import CLEAN, FAILED, VIOLATIONS, complain

if TYPE_CHECKING:
    from collections import Counter
    from datetime import datetime

    from ..formats.style import Style
    from ..upgrades.models import State
    from ..upgrades.survey import Used

_FORMATS: Final = ("full", "json", "markdown")
_FAILING: Final = {"retired": ("retired",), "deprecated": ("retired", "deprecated")}
_PLACES_SHOWN: Final = 5
_UNPARSED: Final = "cannot be parsed as a whole; `msglint check` says where it is broken"
_COLOURS: Final = {"retired": "error", "deprecated": "warning", "unknown": "info"}


@click.command(
    name="models",
    cls=Sectioned,
    sections={
        "Models": ("platform", "today"),
        "Files": FILES,
        "Output": ("format_name", "colour"),
        "Exit code": ("fail_on",),
    },
    epilog="""\b
Exit codes:
  0  done
  1  a model has the state of --fail-on
  2  something could not be read or parsed, or bad usage

\b
Examples:
  msglint models
  msglint models prompts/ --fail-on retired
  msglint models --format json --today 2027-01-01
""",
)
@finds_files
@click.option(
    "--fail-on",
    type=Name("state", tuple(_FAILING)),
    help="Exit with 1 if a model is retired, or, with `deprecated`, if one is retired or deprecated.",
)
@format_option(_FORMATS)
@colour_option
@click.pass_context
def command(
    context: click.Context,
    /,
    *,
    paths: tuple[str, ...],
    fail_on: str | None,
    format_name: str,
    colour: str,
    today: datetime | None,
    **options: Any,
) -> None:
    """List the models that requests name: how often, where, and whether they are deprecated or retired.

    Fallbacks and advisors count as well. PATH is a file or a folder; the default is the current folder.
    """
    from ..formats.style import Style
    from ..upgrades.files import each_file
    from ..upgrades.survey import summed, surveyed

    project = project_of(context, today=today, **options)
    files = list(each_file(project, paths or (".",), surveyed))
    found = [(file.name, file.found) for file in files if file.found is not None]
    used = summed(((name, use) for name, each in found for use in each.uses), day_of(today))
    errors = [*(f"{file.name}: {file.error}" for file in files if file.error is not None), *project.unusable]
    errors += [f"{name}: {_UNPARSED}" for name, each in found if each.unparsed]
    for error in errors:
        complain(error)
    style = Style(wants_colour(colour, sys.stdout))
    for text in _RENDERERS[format_name](used, style):
        click.echo(text, nl=False, color=True)
    failing = _FAILING.get(fail_on or "", ())
    sys.exit(FAILED if errors else VIOLATIONS if any(each.state.value in failing for each in used) else CLEAN)


def _rows(used: list[Used]) -> Iterator[tuple[str, ...]]:
    platforms = {each.platform for each in used}
    yield (
        "model", *(("platform",) if len(platforms) > 1 else ()), "state", "retires", "instead", "used", "files"
    )  # fmt: skip
    for each in used:
        yield (
            printable(redacted(each.name)),
            *((each.platform,) if len(platforms) > 1 else ()),
            each.state.value,
            _end_of(each),
            each.successor or "",
            f"{len(each.places):,}",
            f"{each.files:,}",
        )


def _end_of(used: Used) -> str:
    """Return the day of retirement, or the one before which it is not retired."""
    day, earliest = used.day("retires"), used.day("retires_not_before")
    if day is not None:
        may_change = used.model is not None and used.model.fact("retires_tentatively")
        return f"{day}?" if may_change else day
    return f"not before {earliest}" if earliest is not None else ""


def _full(used: list[Used], style: Style) -> Iterator[str]:
    from ..report import Severity
    from ..upgrades.survey import by_folder

    if not used:
        yield "No request names a model.\n"
        return
    rows = list(_rows(used))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for number, row in enumerate(rows):
        text = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        colour = _COLOURS.get(used[number - 1].state.value) if number else None
        yield (style.severity(Severity(colour), text) if colour else style.strong(text) if not number else text) + "\n"
        if number:
            yield from _places(used[number - 1], style)
    yield f"\n{style.strong('By folder')}\n"
    for folder, states in by_folder(used).items():
        yield f"  {folder}: {_totals(states)}\n"


def _totals(states: Counter[State]) -> str:
    return ", ".join(f"{number:,} {state}" for state, number in sorted(states.items()))


def _places(used: Used, style: Style) -> Iterator[str]:
    for name, use in used.places[:_PLACES_SHOWN]:
        role = "" if use.role == "model" else f" ({use.role})"
        yield style.faint(f"    {name}:{use.place.line}:{use.place.column}{role}") + "\n"
    more = len(used.places) - _PLACES_SHOWN
    if more > 0:
        yield style.faint(f"    and {count(more, 'more place')}") + "\n"


def _json(used: list[Used], style: Style) -> Iterator[str]:  # noqa: ARG001 - every format is called alike
    from ..upgrades.survey import by_folder

    report = {
        "version": 1,
        "models": [
            {
                "model": redacted(each.name),
                "platform": each.platform,
                "state": each.state.value,
                "deprecated": each.day("deprecated"),
                "retires": each.day("retires"),
                "retires_not_before": each.day("retires_not_before"),
                "instead": each.successor,
                "names": {redacted(name): number for name, number in each.names.items()},
                "uses": len(each.places),
                "files": each.files,
                "places": [
                    {
                        "path": name,
                        "line": use.place.line,
                        "column": use.place.column,
                        "role": use.role,
                    }
                    for name, use in each.places
                ],
            }
            for each in used
        ],
        "folders": {
            folder: {state.value: number for state, number in states.items()}
            for folder, states in by_folder(used).items()
        },
    }
    yield orjson.dumps(report, option=orjson.OPT_INDENT_2).decode() + "\n"


def _markdown(used: list[Used], style: Style) -> Iterator[str]:  # noqa: ARG001 - as above
    from ..formats.markdown import escaped_code
    from ..upgrades.survey import by_folder

    if not used:
        yield "No request names a model.\n"
        return
    first, *rows = _rows(used)
    yield f"| {' | '.join(first)} |\n|{'---|' * len(first)}\n"
    for name, *cells in rows:
        yield f"| {escaped_code(name)} | {' | '.join(cells)} |\n"
    yield "\n| folder | models |\n|---|---|\n"
    for folder, states in by_folder(used).items():
        yield f"| {escaped_code(folder)} | {_totals(states)} |\n"


_RENDERERS: Final = {"full": _full, "json": _json, "markdown": _markdown}

add_variables(command)

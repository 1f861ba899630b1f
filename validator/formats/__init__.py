"""Formats: each module turns the results of a run into text, and does nothing else."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Final

from ..common.redaction import masked, redacted
from ..report.redaction import without_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..files import FileResult
    from .style import Style

    Render = Callable[[Iterable[FileResult], Style], Iterator[str]]


def _renderer(name: str) -> Render:
    def render(results: Iterable[FileResult], style: Style) -> Iterator[str]:
        safe = map(_without_secrets, results)
        pieces: Iterator[str] = import_module(f"{__name__}.{name}").render(safe, style)
        return pieces

    return render


def _without_secrets(result: FileResult) -> FileResult:
    """Hide secrets in all that a format prints; what was made of a request has none, other texts may."""
    return replace(
        result,
        name=redacted(result.name),
        violations=tuple(map(without_secrets, result.violations)),
        lines={number: masked(line) for number, line in result.lines.items()},
        error=None if result.error is None else redacted(result.error),
        suppressed=tuple(
            each._replace(
                violation=without_secrets(each.violation),
                reason=None if each.reason is None else redacted(each.reason),
            )
            for each in result.suppressed
        ),
    )


FORMATS: Final[dict[str, Render]] = {
    name: _renderer(name)
    for name in (
        "full",
        "concise",
        "json",
        "jsonl",
        "sarif",
        "github",
        "gitlab",
        "junit",
        "rdjson",
        "markdown",
        "html",
    )
}
"""How each format renders: from results to pieces of text, in the order of the results.

The module of a format is imported when it is used.
"""

FOR_PEOPLE: Final = frozenset({"full", "concise"})
"""The formats that are written as the locale has it; those for machines are always UTF-8."""

__all__ = ["FORMATS", "FOR_PEOPLE"]

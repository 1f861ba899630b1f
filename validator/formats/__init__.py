"""Output formats: each module renders the results of a run as text, and does nothing else."""

from __future__ import annotations

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
    """Redact everything that a format prints and that may contain secrets: names, lines, errors and reasons."""
    if not (result.violations or result.suppressed or result.lines) and result.error is None:
        name = redacted(result.name)
        return result if name == result.name else result._replace(name=name)
    return result._replace(
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
"""The render function of each format, from results to pieces of text in the same order.

The module of a format is imported on first use.
"""

FOR_PEOPLE: Final = frozenset({"full", "concise"})
"""The formats written in the encoding of the locale; those for machines are always UTF-8."""

__all__ = ["FORMATS", "FOR_PEOPLE"]

"""The format `concise`: one line per violation, like compilers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..common.wording import printable
from .places import shown_place
from .rest import said_of_rest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..files import FileResult
    from .style import Style


def render(results: Iterable[FileResult], style: Style) -> Iterator[str]:
    """Yield one line per violation: its place, severity, rule and message."""
    for result in results:
        for violation in result.violations:
            place = violation.range
            where = f"{result.name}:{shown_place(place, violation.cell)}" if place else result.name
            what = style.severity(violation.severity, f"{violation.severity}[{violation.rule}]")
            yield f"{style.strong(where)}: {what} {printable(violation.message)}\n"
        rest = said_of_rest(result)
        if rest is not None:
            yield f"{style.strong(result.name)}: {rest}\n"

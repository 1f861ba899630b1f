"""What is found in a line whose setup came before: the same as in the line before it, at other columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..common.records import NamedTuple
from ..report import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..checking.short.frames import Known
    from ..report import Violation
    from ..report.fingerprint import Fingerprint


class Pattern(NamedTuple):
    """The violations of a line, all of which are outside of its messages."""

    violations: tuple[Violation, ...]
    fingerprints: tuple[Fingerprint, ...]
    start: int
    """The column of its messages."""
    end: int
    """The column after them."""
    before: int
    """The characters before the body."""

    def on(self, number: int, line: bytes, known: Known) -> list[Violation]:
        """Return the violations of another line."""
        before, after = known.start - self.before, _columns(line, known)[1] - self.end

        def place(found: Range | None) -> Range | None:
            if found is None:
                return None
            first, last = (
                column + (before if column <= self.start else after) for column in (found.column, found.end_column)
            )
            return Range(number, first, number, last)

        return [
            violation._replace(
                range=place(violation.range),
                related=tuple(each._replace(range=place(each.range)) for each in violation.related),
            )
            for violation in self.violations
        ]


def pattern_of(
    line: bytes, known: Known, violations: Sequence[Violation], fingerprints: Sequence[Fingerprint]
) -> Pattern | None:
    """Return the pattern of a line; None if a place is in the messages, or the fingerprint may be that of its id."""
    start, end = _columns(line, known)
    for violation in violations:
        for place in (violation.range, *(each.range for each in violation.related)):
            if place is None or any(start < column < end for column in (place.column, place.end_column)):
                return None
        if known.custom_id is not None and not violation.pointer.startswith("/params"):
            return None
    return Pattern(tuple(violations), tuple(fingerprints), start, end, known.start)


def _columns(line: bytes, known: Known) -> tuple[int, int]:
    """Return the columns where the messages begin and end."""
    opening, closing = known.start + len(known.frame.opening), len(line) - len(known.frame.closing)
    if line.isascii():
        return opening + 1, closing + 1
    before = len(line[:opening].decode())
    return before + 1, before + len(line[opening:closing].decode()) + 1

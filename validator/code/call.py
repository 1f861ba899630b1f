"""What the readers of source code return."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ..documents.written import Property, Sent, Syntax, Written, moved


@dataclass(slots=True)
class Call:
    """A call of the Messages API in source code."""

    start: int
    end: int
    """The byte range of the call."""
    body: Written
    """The body that it sends; an unknown value if nothing of it can be read."""
    sent: Sent = field(default_factory=Sent)
    is_refused_on_purpose: bool = False
    """Whether the code expects the API to refuse it: it counts, but is not checked."""
    cell: int | None = None
    """The number of the notebook cell that it stands in, from 1."""
    syntax: Syntax | None = None
    """The language in which its body is written; None if it must not be edited."""
    betas: Property | None = None
    """The argument with the betas, which the SDK sends as a header."""

    @property
    def request(self) -> Written:
        """The body with the betas as a property, as requests may name them."""
        if self.betas is None or self.body.properties is None:
            return self.body
        return replace(self.body, properties={**self.body.properties, "betas": self.betas})


@dataclass(slots=True)
class Source:
    """What was read from one source text. All offsets are those of bytes in the text."""

    calls: list[Call] = field(default_factory=list)
    """The calls, in the order of the text."""
    comments: list[tuple[int, int]] = field(default_factory=list)
    """The ranges of comments that may be for msglint, with their delimiters."""
    unread: Unread | None = None
    """Why the text could not be read; None if it could."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Why a text could not be read, and where."""

    why: str
    """In a few words, to follow "this is skipped, because ": "it is no Python: invalid syntax"."""
    start: int = 0
    end: int = 0


def relocated(
    source: Source, start_of: Callable[[int], int], end_of: Callable[[int], int], is_plain: Callable[[int, int], bool]
) -> Source:
    """Return what was read from a text with its places in another text, which it was taken out of.

    The functions are those of `moved`.
    """
    return Source(
        [
            replace(
                call,
                start=start_of(call.start),
                end=end_of(call.end),
                body=moved(call.body, start_of, end_of, is_plain),
                betas=call.betas
                and Property(
                    (start_of(call.betas.key[0]), end_of(call.betas.key[1])),
                    moved(call.betas.value, start_of, end_of, is_plain),
                ),
            )
            for call in source.calls
        ],
        [(start_of(start), end_of(end)) for start, end in source.comments],
        source.unread
        and Unread(
            source.unread.why, start_of(source.unread.start), end_of(max(source.unread.start, source.unread.end))
        ),
    )

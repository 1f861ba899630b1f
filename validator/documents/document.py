"""A document: the JSON value of a text, with the places of its parts and everything found while parsing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import TYPE_CHECKING, Any

from ..common.records import NamedTuple
from ..places.locate import Span, locate, locate_in_compact

if TYPE_CHECKING:
    from ..common.pointer import Path
    from ..engine.finding import Finding
    from ..engine.rule import Rule
    from ..rules.syntax import Fault
    from .written import Sent, Syntax, Unknown, Written

Locate = Callable[[Iterable["Path"]], dict["Path", Span]]


class Unread(Enum):
    """The marker for a value on which all parsers agree."""

    SAME = "the same for all parsers"


class SyntaxFinding(NamedTuple):
    """A violation of a syntax rule, with its byte range."""

    rule: Rule
    fault: Fault


class Comment(NamedTuple):
    """A comment for msglint."""

    start: int
    end: int
    """Its byte range, with the delimiters."""
    text: str
    """Its text, without the delimiters."""
    following: tuple[int, int] | None
    """The byte range that it covers: for a comment on a line of its own that of the property or item after it, if any;
    None for the values that begin on its line."""


class Document(NamedTuple):
    """A parsed document."""

    data: bytes
    """The text of the whole file, which may hold several documents, without a byte order mark."""
    value: Any
    readable: bool
    """Whether the text could be parsed; `value` is meaningless otherwise."""
    findings: tuple[SyntaxFinding, ...] = ()
    """Syntax errors and warnings, by byte range."""
    refused: tuple[Finding, ...] = ()
    """Values of the text that JSON does not have, by path."""
    doubts: tuple[Finding, ...] = ()
    """Values that parsers disagree on or reject, by path."""
    otherwise: Any = Unread.SAME
    """The value that other parsers give the text, if it differs."""
    comments: tuple[Comment, ...] = ()
    """The comments for msglint."""
    blanked: bytes | None = None
    """For JSON with comments, the text with comments and trailing commas replaced by spaces."""
    holes: frozenset[Path] = frozenset()
    """For a recovered text, the containers whose content may be incomplete."""
    doubtful: tuple[tuple[int, int], ...] = ()
    """For a recovered text, the byte ranges that may not be what was meant."""
    finder: Locate | None = None
    """For YAML and code, the function that finds the spans of paths."""
    unknown: Unknown | None = None
    """For code, the parts of the value that are not spelled out."""
    written: Written | None = None
    """For code, the value as it is written."""
    sent: Sent | None = None
    """For code, how the request is sent."""
    call: tuple[int, int] | None = None
    """For code, the byte range of the call."""
    cell: int | None = None
    """For a notebook, the number of the cell with the call, from 1."""
    syntax: Syntax | None = None
    """For code, the language of the value; None if it must not be edited."""

    @property
    def text(self) -> bytes:
        """The text as plain JSON; not for YAML."""
        return self.data if self.blanked is None else self.blanked

    def locate(self, paths: Iterable[Path]) -> dict[Path, Span]:
        """Return the spans of the values at `paths`; paths that do not exist are omitted."""
        if self.finder is not None:
            return self.finder(paths)
        return locate_in_compact(self.text, self.value, paths) or locate(self.text, paths)

"""A document: the JSON value that a text holds, and where its parts stand in the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from ..places.locate import Span, locate

if TYPE_CHECKING:
    from ..common.pointer import Path
    from ..engine.finding import Finding
    from ..engine.rule import Rule
    from ..rules.syntax import Fault

Locate = Callable[[Iterable["Path"]], dict["Path", Span]]


class Unread(Enum):
    """The sign for a value that does not depend on who reads the text."""

    SAME = "the same for all readers"


class SyntaxFinding(NamedTuple):
    """One of the rules of syntax, and the stretch of bytes it speaks of."""

    rule: Rule
    fault: Fault


class Comment(NamedTuple):
    """A comment of a text that can have some."""

    start: int
    end: int
    """Its bytes, with the signs that make it a comment."""
    text: str
    """What it says, without these signs."""
    following: tuple[int, int] | None
    """For a comment on a line of its own, the bytes of the property or item that comes next, if there is one."""


class Document(NamedTuple):
    """What a text holds."""

    data: bytes
    """The text without its byte order mark; of a file with several documents the whole of it."""
    value: Any
    readable: bool
    """Whether the text can be read, so that `value` means something."""
    findings: tuple[SyntaxFinding, ...] = ()
    """What is wrong with the text, by bytes."""
    refused: tuple[Finding, ...] = ()
    """What stands in the text and has no place in JSON, by paths."""
    doubts: tuple[Finding, ...] = ()
    """What readers of the text do not take for the same, or do not take at all, by paths."""
    otherwise: Any = Unread.SAME
    """What the other readers take the text for, where that is another value."""
    comments: tuple[Comment, ...] = ()
    """The comments that speak to msglint."""
    blanked: bytes | None = None
    """The same text with comments and surplus commas blanked, where it may have some."""
    holes: frozenset[Path] = frozenset()
    """The containers of a text that is still being written which may hold more than the value has."""
    doubtful: tuple[tuple[int, int], ...] = ()
    """The bytes of such a text that may not be what was meant."""
    finder: Locate | None = None
    """Finds the spans of paths where the text is YAML."""

    @property
    def text(self) -> bytes:
        """The text as JSON, for one that is not YAML."""
        return self.data if self.blanked is None else self.blanked

    def locate(self, paths: Iterable[Path]) -> dict[Path, Span]:
        """Find the spans of the values that `paths` lead to; a path that leads nowhere is left out."""
        if self.finder is not None:
            return self.finder(paths)
        return locate(self.text, paths, None if self.holes or self.doubtful else self.value)

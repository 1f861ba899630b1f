"""Colours for terminals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from ..common.records import NamedTuple

if TYPE_CHECKING:
    from ..report import Severity

_COLOURS: Final = {"error": "red", "warning": "yellow", "info": "cyan"}


class Style(NamedTuple):
    """Colours text, or returns it unchanged if colour is off."""

    coloured: bool = False
    encoding: str = "utf-8"
    """The encoding of the output, for formats for people."""

    def severity(self, severity: Severity, text: str) -> str:
        """Colour text by severity."""
        return self._styled(text, fg=_COLOURS[severity.value], bold=True)

    def strong(self, text: str) -> str:
        """Make text bold."""
        return self._styled(text, bold=True)

    def frame(self, text: str) -> str:
        """Colour the frame of an excerpt: line numbers, arrows, bars."""
        return self._styled(text, fg="blue", bold=True)

    def helpful(self, text: str) -> str:
        """Colour the label of a help text."""
        return self._styled(text, fg="green", bold=True)

    def faint(self, text: str) -> str:
        """Make text faint."""
        return self._styled(text, dim=True)

    def key(self, text: str) -> str:
        """Colour the name of a property."""
        return self._styled(text, fg="blue")

    def text(self, text: str) -> str:
        """Colour a string."""
        return self._styled(text, fg="green")

    def literal(self, text: str) -> str:
        """Colour a number, `true`, `false` or `null`."""
        return self._styled(text, fg="magenta")

    def _styled(self, text: str, *, fg: str | None = None, bold: bool = False, dim: bool = False) -> str:
        return click.style(text, fg=fg, bold=bold or None, dim=dim or None) if self.coloured else text

"""Exceptions that several parts raise."""

from __future__ import annotations

from pathlib import Path

from .redaction import redacted


class SettingsError(ValueError):
    """Raised for a configuration or a baseline that cannot be used; the message begins with the place."""

    def __init__(self, file: Path, message: str) -> None:
        """Take the file and the message."""
        super().__init__(redacted(message))
        self.file = file


class MissingParserError(Exception):
    """The parser of TypeScript is not installed; its message says how to install it."""

    def __init__(self) -> None:
        super().__init__("TypeScript and JavaScript need a parser: pip install 'msglint[code]'")

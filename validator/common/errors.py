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

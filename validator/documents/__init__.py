"""Documents: parse the bytes of a file, in any supported format, into JSON values with places.

| module | what it parses |
|---|---|
| `strict` | JSON as the API accepts it, a whole text or a line of JSON Lines |
| `jsonc` | JSON with comments |
| `duplicates` | duplicate keys of JSON objects |
| `yaml` | YAML; `yaml_values` resolves its plain scalars |
| `comments` | comments for msglint, in the formats that have comments |
"""

from __future__ import annotations

import os
from enum import Enum
from typing import Final

from .document import Comment, Document, SyntaxFinding, Unread

COMPRESSED: Final = ".gz"


class Format(Enum):
    """The format of a text."""

    JSON = "JSON"
    JSONC = "JSON with comments"
    LINES = "JSON Lines"
    YAML = "YAML"


FORMATS: Final = {
    ".json": Format.JSON,
    ".jsonc": Format.JSONC,
    ".jsonl": Format.LINES,
    ".ndjson": Format.LINES,
    ".yaml": Format.YAML,
    ".yml": Format.YAML,
}
"""The format of a file by its extension."""


def format_of(name: str) -> Format | None:
    """Return the format that a file name implies, ignoring a final `.gz`; None for an unknown extension."""
    stem, ending = os.path.splitext(name.rstrip("/"))  # noqa: PTH122 - faster than with a path
    if ending.lower() == COMPRESSED:
        ending = os.path.splitext(stem)[1]  # noqa: PTH122 - as above
    return FORMATS.get(ending.lower())


def is_compressed(name: str) -> bool:
    """Whether a file name is that of a gzip-compressed file."""
    return name.lower().endswith(COMPRESSED)


def read(data: bytes, text_format: Format | None) -> list[Document]:
    """Parse a text that is not JSON Lines; YAML may hold several documents, every other format holds one."""
    if text_format is Format.YAML:
        from . import yaml  # imports PyYAML, which only YAML needs

        return yaml.read(data)
    if text_format is Format.JSONC:
        from . import jsonc

        return [jsonc.read(data)]
    from . import strict

    return [strict.read(data)]


__all__ = [
    "COMPRESSED",
    "FORMATS",
    "Comment",
    "Document",
    "Format",
    "SyntaxFinding",
    "Unread",
    "format_of",
    "is_compressed",
    "read",
]

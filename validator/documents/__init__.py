"""Documents: from the bytes of a file to JSON values with the places of their parts, for every format of text.

| module | what it reads |
|---|---|
| `strict` | JSON as the API takes it, whole or a line of JSON Lines |
| `jsonc` | JSON with comments |
| `duplicates` | keys that a JSON text has more than once |
| `yaml` | YAML; what plain words of it mean stands in `yaml_values` |
| `comments` | comments that speak to msglint, in the formats that have comments |
"""

from __future__ import annotations

import os
from enum import Enum
from typing import Final

from .document import Comment, Document, SyntaxFinding, Unread

COMPRESSED: Final = ".gz"


class Format(Enum):
    """How the text of a file is to be read."""

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
"""The format of a file by its ending."""


def format_of(name: str) -> Format | None:
    """Return the format that a file has by its name, in which `.gz` may come last; None where the name does not say."""
    stem, ending = os.path.splitext(name.rstrip("/"))  # noqa: PTH122 - sooner than with a path
    if ending.lower() == COMPRESSED:
        ending = os.path.splitext(stem)[1]  # noqa: PTH122 - as above
    return FORMATS.get(ending.lower())


def is_compressed(name: str) -> bool:
    """Whether a file is compressed with gzip, by its name."""
    return name.lower().endswith(COMPRESSED)


def read(data: bytes, text_format: Format | None) -> list[Document]:
    """Read a text that is not JSON Lines; YAML may hold several documents, in every other format there is one."""
    if text_format is Format.YAML:
        from . import yaml  # brings PyYAML, which only YAML needs

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

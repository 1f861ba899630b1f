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

GZIP: Final = ".gz"
ZSTD: Final = ".zst"
COMPRESSED: Final = (GZIP, ZSTD)
"""The endings of the names of compressed files."""


class Format(Enum):
    """The format of a text."""

    JSON = "JSON"
    JSONC = "JSON with comments"
    LINES = "JSON Lines"
    YAML = "YAML"
    PYTHON = "Python"
    NOTEBOOK = "Jupyter notebooks"
    TYPESCRIPT = "TypeScript and JavaScript"
    MARKDOWN = "Markdown"
    SHELL = "shell scripts"
    BAML = "BAML"


CODE: Final = frozenset({Format.PYTHON, Format.NOTEBOOK, Format.TYPESCRIPT, Format.MARKDOWN, Format.SHELL, Format.BAML})
"""The formats of source code: their documents are the calls in it."""
FORMATS: Final = {
    ".json": Format.JSON,
    ".jsonc": Format.JSONC,
    ".jsonl": Format.LINES,
    ".ndjson": Format.LINES,
    ".yaml": Format.YAML,
    ".yml": Format.YAML,
    ".har": Format.JSON,
    ".py": Format.PYTHON,
    ".ipynb": Format.NOTEBOOK,
    **dict.fromkeys((".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"), Format.TYPESCRIPT),
    **dict.fromkeys((".md", ".mdx"), Format.MARKDOWN),
    **dict.fromkeys((".sh", ".bash"), Format.SHELL),
    ".baml": Format.BAML,
}
"""The format of a file by its extension."""


def format_of(name: str) -> Format | None:
    """Return the format that a file name implies; None for an unknown extension.

    A final `.gz` or `.zst` is ignored, but source code is not read out of compressed files.
    """
    stem, ending = os.path.splitext(name.rstrip("/"))  # noqa: PTH122 - faster than with a path
    if ending.lower() in COMPRESSED:
        found = FORMATS.get(os.path.splitext(stem)[1].lower())  # noqa: PTH122 - as above
        return None if found in CODE else found
    return FORMATS.get(ending.lower())


def is_compressed(name: str) -> bool:
    """Whether a file name is that of a file compressed with gzip or Zstandard."""
    return name.lower().endswith(COMPRESSED)


def read(data: bytes, text_format: Format | None) -> list[Document]:
    """Parse a text that is neither JSON Lines nor code; YAML may hold several documents, the others hold one."""
    if text_format is Format.YAML:
        from . import yaml  # imports PyYAML, which only YAML needs

        return yaml.read(data)
    if text_format is Format.JSONC:
        from . import jsonc

        return [jsonc.read(data)]
    from . import strict

    return [strict.read(data)]


__all__ = [
    "CODE",
    "COMPRESSED",
    "FORMATS",
    "GZIP",
    "ZSTD",
    "Comment",
    "Document",
    "Format",
    "SyntaxFinding",
    "Unread",
    "format_of",
    "is_compressed",
    "read",
]

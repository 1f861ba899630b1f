"""Recognise comments for msglint: `msglint: ignore[rule] reason`."""

from __future__ import annotations

import re
from typing import Final

_OURS: Final = re.compile(rb"(?://|/\*|#|<!--)+[\s*]*msglint\s*:", re.IGNORECASE)
_SIGNS: Final = re.compile(r"(?://|/\*|#|<!--)+[\s*]*")


def is_ours(comment: bytes) -> bool:
    """Whether a comment, given with its delimiters, is for msglint."""
    return _OURS.match(comment) is not None


def words_of(comment: bytes) -> str:
    """Return the text of a comment without its delimiters."""
    words = _SIGNS.sub("", comment.decode(errors="replace"), count=1)
    return words.removesuffix("*/").removesuffix("-->").strip()

"""The present time in a system prompt, which makes each request a different one."""

from __future__ import annotations

import re
from typing import Final

from ...common.lazy_regex import regex

_TIME: Final = regex(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
_NOW: Final = regex(r"(?<![a-z])(?:current|now)(?![a-z])[^\n]*$", re.IGNORECASE)
_AN_EXAMPLE: Final = regex(r"\b(?:e\.g|example|format|such as|like|iso)\b", re.IGNORECASE)
_CUE_LENGTH: Final = 60
"""Characters before a time in which a word says that it is the present one."""


def may_have_time(text: str) -> bool:
    """Whether a text has digits around a colon: a fast test, because a prompt may be long."""
    colon = text.find(":")
    while colon >= 0:
        if text[colon - 1 : colon].isdigit() and text[colon + 1 : colon + 2].isdigit():
            return True
        colon = text.find(":", colon + 1)
    return False


def present_time(text: str) -> str | None:
    """Return the first time of day that a text states as the present one, if any."""
    for match in _TIME.finditer(text):
        before = text[max(0, match.start() - _CUE_LENGTH) : match.start()]
        cue = _NOW.search(before)
        if cue and not _AN_EXAMPLE.search(before):
            return match[0]
    return None

"""Read the calls of the Messages API in Python."""

from __future__ import annotations

import ast
from typing import Final

from ..common.lazy_regex import regex
from .call import Source, Unread
from .json_text import value_of
from .python_calls import Calls
from .python_scopes import names_of
from .python_source import PythonText, comments, fragment, parse
from .python_values import Values
from .sdk import HOST

_METHOD: Final = regex(rb"\b(?:create|stream|count_tokens|parse|tool_runner)\b")
_ELISION: Final = regex(
    rb"#[^\r\n]*?(?:\.{3}|\xe2\x80\xa6|\b(?:rest|other|others|more|remaining|existing|same|omitted|etc|here|previous)\b)",
    2,  # re.IGNORECASE
)
"""A comment of a documentation that stands for something left out."""


def may_hold_calls(data: bytes) -> bool:
    """Whether a text has the words that a call of the Messages API needs; a quick look before it is parsed."""
    return HOST.encode() in data or (b"messages" in data and _METHOD.search(data) is not None)


def read(data: bytes, *, is_fragment: bool = False) -> Source:
    """Read the calls in a Python text.

    Args:
        data: The text in UTF-8.
        is_fragment: Whether it stands in documentation, where it may be cut short; what cannot be parsed is skipped.
    """
    if not may_hold_calls(data):
        return Source()
    if is_fragment:
        found = fragment(data)
        if found is None:
            return Source()
        text, mapped = found
        source = source_of(text, is_fragment=True)
        return mapped.restored(source) if mapped is not None else source
    parsed = parse(data)
    return Source(unread=parsed) if isinstance(parsed, Unread) else source_of(parsed)


def source_of(text: PythonText, *, is_fragment: bool = False) -> Source:
    """Return the calls in a parsed text."""
    try:
        names = names_of(text.tree)
        values = Values(text, names, is_fragment)
        if is_fragment:
            values.elisions = [match.start() for match in _ELISION.finditer(text.data)]
            values.ellipses = sorted(
                text.start(node) for node in ast.walk(text.tree) if isinstance(node, ast.Constant) and node.value is ...
            )
        return Source(list(Calls(values, value_of).found()), comments(text.data))
    except RecursionError:
        return Source(unread=Unread("it is nested too deeply"))

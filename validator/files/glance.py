"""A glance at YAML: whether a text is certainly not a request, without reading it.

Recordings of a test suite are long, and mention `messages` in the bodies that they hold. Their root is a block mapping
or sequence that begins at the left margin, so every key of the root begins a line. If none of these keys is one that
requests have, the text need not be read.
"""

from __future__ import annotations

from typing import Final

from ..common.lazy_regex import regex

_KEYS: Final = rb"(?:messages|requests|custom_id)[ \t]*:"
_PLAIN: Final = rb"(?!%b)[A-Za-z_][\w.-]*:[ \t\n]|-[ \t\n]" % _KEYS
_ODD_LINE: Final = regex(rb"\n(?!%b|[ \t\n#]|---[ \t]*\n|\.\.\.[ \t]*\n|\Z)" % _PLAIN)
"""The beginning of a line that is neither indented nor a plain key, an item, a comment or a border of documents."""
_PLAIN_START: Final = regex(rb"\n(?:%b)" % _PLAIN)
_INDENTED_ROOT: Final = regex(rb"(?:^|\n(?:---|\.\.\.)[ \t]*)\n(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]+[^ \t\n#]")
_ITEM: Final = b"-"
_OTHER_LINE_ENDS: Final = (b"\r", b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xa9", b"\0")
_OF_BROKEN_REQUESTS: Final = (b"messages:", b"role:", b"content:")
"""What a text has that is taken for a request though it cannot be read."""


def why_no_request(data: bytes) -> str | None:
    """Say why a YAML text is not a request; None for one that has to be read to tell."""
    if any(end in data for end in _OTHER_LINE_ENDS) or all(mark in data for mark in _OF_BROKEN_REQUESTS):
        return None
    if not _is_utf_8(data):
        return None
    text = b"\n%b\n" % data
    start = _PLAIN_START.search(text)
    if start is None or _ODD_LINE.search(text) or _INDENTED_ROOT.search(text):
        return None
    return "it holds no object" if text.startswith(_ITEM, start.start() + 1) else "it has no `messages`"


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True

"""Reject YAML texts that are certainly not requests without parsing them.

HTTP recordings of test suites are long YAML files, and mention `messages` in the bodies they hold. Their root is a
block mapping or sequence that starts at the left margin, so every key of the root starts a line. If none of these keys
is one that requests have, the text is not parsed, which would take about 40 times as long.
"""

from __future__ import annotations

import re
from typing import Final

from ..common.lazy_regex import regex

_KEYS: Final = rb"(?:messages|requests|custom_id)[ \t]*:"
_PLAIN: Final = rb"(?!%b)[A-Za-z_][\w.-]*:[ \t\n]|-[ \t\n]" % _KEYS
_ODD_LINE: Final = regex(rb"\n(?!%b|[ \t\n#]|---[ \t]*\n|\.\.\.[ \t]*\n|\Z)" % _PLAIN)
"""The start of a line that is not indented, a plain key, an item, a comment or a document marker."""
_PLAIN_START: Final = regex(rb"\n(?:%b)" % _PLAIN)
# An indented root can have `messages:` on an indented line, where the other patterns do not look.
_INDENTED_ROOT: Final = regex(rb"(?:^|\n(?:---|\.\.\.)[ \t]*)\n(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]+[^ \t\n#]")
_ITEM: Final = b"-"
# YAML 1.1 ends lines at these too, so a key after one would not be seen; a zero byte may be UTF-16.
_OTHER_LINE_ENDS: Final = (b"\r", b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xa9", b"\0")
_RECORDING: Final = regex(
    rb"(?:\xef\xbb\xbf)?(?:---[ \t]*\r?\n|#[^\n]*\n|version:[^\n]*\n|\r?\n)*"
    rb"(?:http_)?interactions:[ \t]*(?:#[^\n]*)?\r?\n"
)
"""The beginning of a recording of HTTP calls: nothing but its version may stand before the list."""
RECORDING: Final = "it is a recording of HTTP calls; `--recordings` checks it"
_CONFIGURATION: Final = regex(rb"^(?:providers|targets):", re.MULTILINE)
_PROVIDER: Final = b"anthropic:"
"""What a configuration of promptfoo has if it may name a provider of Anthropic's."""
_OF_BROKEN_REQUESTS: Final = (b"messages:", b"role:", b"content:")
"""The marks by which a YAML text with a syntax error is taken for a request."""


def why_no_request(data: bytes, *, recordings: bool = False) -> str | None:
    """Return why a YAML text is certainly not a request and holds none; None if it has to be parsed to tell.

    `recordings` is whether requests in recordings of HTTP calls are wanted.
    """
    if is_recording_start(data):
        return None if recordings else RECORDING
    if _CONFIGURATION.search(data) and _PROVIDER in data:
        return None
    if any(end in data for end in _OTHER_LINE_ENDS) or all(mark in data for mark in _OF_BROKEN_REQUESTS):
        return None
    if not _is_utf_8(data):
        return None
    text = b"\n%b\n" % data
    start = _PLAIN_START.search(text)
    if start is None or _ODD_LINE.search(text) or _INDENTED_ROOT.search(text):
        return None
    return "it holds no object" if text.startswith(_ITEM, start.start() + 1) else "it has no `messages`"


def is_recording_start(data: bytes) -> bool:
    """Whether the first bytes of a YAML text show that it is a recording of HTTP calls."""
    return _RECORDING.match(data) is not None


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True

"""Search the texts of a request for secrets with an unmistakable form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from ...common.lazy_regex import regex
from ...common.redaction import ANY_SECRET, KINDS
from ...common.rust_regex import matches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...engine.index import Index
    from ...engine.request import Node

_KINDS: Final = [(kind.name, kind.alarm) for kind in KINDS if kind.alarm is not None]
_EACH: Final = regex("|".join(f"({pattern})" for _, pattern in _KINDS))
_ANY_OR_ESCAPED: Final = rf"{ANY_SECRET}|\\[u/]"
"""`ANY_SECRET`, or an escape, which may hide a character of a secret."""
_TAIL: Final = 16
_VARIETY: Final = 8
"""Fewest different characters in the last 16 of a secret; a made-up one (`sk-ant-api03-xxxx…`) has fewer."""

_SEARCHED: Final = ("system", "messages", "tools", "metadata")
"""Where the texts are. `mcp_servers` is left out: tokens belong there, and its URLs often contain keys."""
_OPAQUE: Final = frozenset({"data", "signature", "encrypted_content", "encrypted_index", "encrypted_stdout"})
"""Properties with base64, or with data that only the API can read."""
_LEGIBLE: Final = _OPAQUE - {"data"}
"""The same for a plain text source, whose `data` is text."""


def holds_no_secret(index: Index) -> bool:
    """Whether neither a request nor the text of its document contains something like a secret."""
    text = index.context.text
    return not (may_leak(index.body) if text is None else text.cached(_may_hold_secret))


def may_leak(request: Any) -> bool:
    """Whether a request contains something like a secret. Most do not, so this is a fast search of the whole."""
    try:
        text = orjson.dumps(request).decode()
    except TypeError:  # a number or a text that is not JSON, which another rule reports
        return True
    # One search of the encoded request: searching each text takes hundreds of times as long (9 ms for 47 kB).
    return matches(ANY_SECRET, text)


def _may_hold_secret(data: bytes) -> bool:
    """Whether JSON text contains something like a secret, even one written with escapes."""
    if not matches(_ANY_OR_ESCAPED, data.decode()):
        return False
    try:
        return may_leak(orjson.loads(data))
    except orjson.JSONDecodeError:  # incomplete text, as in an editor
        return True


def leaks(root: Node) -> Iterator[tuple[Node, str, int]]:
    """Yield each text with something like a secret, with the kind and the length of the first one in it."""
    for name in _SEARCHED:
        for node in _strings(root.at(name)):
            found = _first(str(node.value))
            if found is not None:
                yield (node, *found)


def _first(text: str) -> tuple[str, int] | None:
    for found in _EACH.finditer(text):
        secret = found[0]
        around = text[max(0, found.start() - 1) : found.start()] + text[found.end() : found.end() + 1]
        whole = not any(char.isalnum() for char in around)
        if whole and len(set(secret[-_TAIL:])) >= _VARIETY and "EXAMPLE" not in secret.upper():
            return _KINDS[(found.lastindex or 1) - 1][0], len(secret)
    return None


def _strings(node: Node) -> Iterator[Node]:
    """Yield the texts at any depth of a value, except opaque ones."""
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here.value, str):
            yield here
        opaque = _OPAQUE if here.type != "text" else _LEGIBLE
        waiting += [item for key, item in here.properties().items() if key not in opaque]
        waiting += here.items()

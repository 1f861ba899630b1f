"""Places in a text that is not JSON, by the JSON of its value: it is looked up there, and shown in the text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .brackets import Brackets
from .place import Place

if TYPE_CHECKING:
    from .shapes import Shapes
    from .text import Text


def as_json(value: Any) -> bytes:
    """Encode a value as JSON; empty if it is nested too deeply."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass")
    except RecursionError:
        return b""


def place_in_shadow(
    text: Text, shapes: Shapes, value: Any, data: bytes, at: int, *, written: tuple[int, int], **more: Any
) -> Place:
    """Return the place of a token of a text.

    Args:
        text: The text.
        shapes: The shapes of its value.
        value: The value.
        data: The JSON of the value.
        at: The offset of the token in the JSON.
        written: The byte range of the token in the text.
        more: What else is known of the place.
    """
    return Place(text, Brackets(data), shapes, value, written[0], written[0] - at - 1, written=written, **more)

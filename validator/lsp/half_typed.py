"""Calls in source code that is half typed: what can be read around the last change, or what could be read before it.

An argument that is being typed is unknown. If the text cannot be read with such a one in its place, the calls of the
last text that could be read are moved to where they are now, without those that the changes touch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..code.mapped import Mapped
from ..code.reading import moved_comment, moved_document
from ..documents import Document, Format
from .code_spots import Spot, spot_at
from .text import alike, alike_at_end

if TYPE_CHECKING:
    from ..documents import Comment
    from ..documents.written import Written

    Read = Callable[[bytes], list[Document]]

_UNKNOWN: Final = "typed__rest"
_FORMATS: Final = frozenset({Format.PYTHON, Format.TYPESCRIPT})


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is known of earlier versions of a text."""

    data: bytes
    """The last version."""
    good_data: bytes
    """The last version that could be read."""
    good: list[Document]
    """Its calls."""


def calls_of(data: bytes, text_format: Format, read: Read, earlier: Earlier | None) -> tuple[list[Document], bool]:
    """Return the calls of a text, and whether it could be read as it is."""
    found = read(data)
    is_read = all(document.readable for document in found)
    if text_format not in _FORMATS:
        return found if is_read else [], is_read
    if earlier is None:
        return found if is_read else [], is_read
    expected = _number_of_calls(earlier.good)
    is_whole = is_read and _number_of_calls(found) >= expected
    if is_whole and text_format is Format.PYTHON:
        return found, True
    spot = spot_at(data, text_format, _end_of_change(earlier.data, data), any_text=True)
    if spot is None or (is_whole and not _is_half(spot)):
        return (found, is_whole) if is_read else (_moved(earlier, data), False)
    mended = _mended(data, text_format, read, spot) or []
    others = found if is_read else _moved(earlier, data)
    is_better = _number_of_calls(mended) >= max(1, expected if is_read else _number_of_calls(others))
    return (mended, False) if is_better else (others, is_read)


def _number_of_calls(documents: list[Document]) -> int:
    return sum(document.call is not None for document in documents)


def _end_of_change(before: bytes, after: bytes) -> int:
    same = alike(before, after)
    return len(after) - alike_at_end(before, after, min(len(before), len(after)) - same)


def _is_half(spot: Spot) -> bool:
    """Whether half a member stands at a spot, even if the text is valid with it: `{ max_tok }`."""
    if spot.quote is not None:
        return False
    is_empty = spot.start == spot.end
    return is_empty if spot.kind == "value" else not is_empty and not spot.has_value


def _mended(data: bytes, text_format: Format, read: Read, spot: Spot) -> list[Document] | None:
    """Return the calls of a text with an unknown argument at a spot; None if that does not help."""
    if spot.has_value or (spot.kind == "value" and spot.quote is None and spot.start < spot.end):
        return None
    text = Mapped()
    position = 0
    patch = _UNKNOWN
    if spot.kind != "value" and text_format is Format.PYTHON:
        patch = f"**{_UNKNOWN}"
    elif spot.kind != "value":
        # A spread may replace what is before it.
        position = spot.brackets[-1] + 1
        text.add(data[:position], 0)
        text.add(f"...{_UNKNOWN}, ".encode(), position, position)
        patch = f"{_UNKNOWN}: undefined"
    text.add(data[position : spot.start], position)
    text.add(f"{patch}{',' if spot.follows else ''}".encode(), spot.start, spot.end)
    text.add(data[spot.end :], spot.end)
    found = read(text.data)
    if not found or not all(document.readable for document in found):
        return None
    return [moved_document(document, data, text.start_of, text.end_of, text.is_plain) for document in found]


def _moved(earlier: Earlier, data: bytes) -> list[Document]:
    """Return the calls of an earlier text that no change touches."""
    before = earlier.good_data
    start = alike(before, data)
    tail = alike_at_end(before, data, min(len(before), len(data)) - start)
    end, growth = len(before) - tail, len(data) - len(before)

    def moved(offset: int) -> int:
        return offset if offset <= start else offset + growth

    def is_apart(first: int, last: int) -> bool:
        return last <= start or first >= end

    comments: list[Comment] = []
    kept: list[Document] = []
    for document in earlier.good:
        comments += [comment for comment in document.comments if is_apart(comment.start, comment.end)]
        if document.call is not None and is_apart(*document.call) and _is_apart(document.written, is_apart):
            kept.append(moved_document(document._replace(comments=()), data, moved, moved, lambda _first, _last: True))
    if kept:
        kept[0] = kept[0]._replace(comments=tuple(moved_comment(comment, moved, moved) for comment in comments))
    return kept


def _is_apart(root: Written | None, is_apart: Callable[[int, int], bool]) -> bool:
    waiting = [root] if root is not None else []
    while waiting:
        written = waiting.pop()
        # What adjoins a change may be a part of something else now.
        if written is not root and not is_apart(written.start - 1, written.end + 1):
            return False
        waiting.extend(written.inner())
    return True

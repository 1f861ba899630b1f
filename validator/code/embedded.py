"""Calls in JSON and YAML documents that are not requests themselves: configurations and recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .holders import is_configuration, is_recording, may_hold_calls

if TYPE_CHECKING:
    from ..documents import Document


def calls_in(document: Document, *, recordings: bool = False) -> list[Document] | None:
    """Return the documents of the calls that a document holds; None if it holds none.

    Args:
        document: The document, of JSON or YAML.
        recordings: Whether the requests in recordings are checked, or only counted.
    """
    if not document.readable or not may_hold_calls(document.value):
        return None
    if is_configuration(document.value):
        from . import promptfoo

        source = promptfoo.read(document)
    elif is_recording(document.value):
        from . import recordings as reader

        source = reader.read(document, is_checked=recordings)
    else:
        return None
    from .reading import documents_of

    found = documents_of(source, document.data)
    return [found[0]._replace(comments=document.comments), *found[1:]] if found else None

"""Turn what a reader of source code has found into documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..documents import Document
from ..documents.written import Unknown, spelled

if TYPE_CHECKING:
    from .call import Call, Source


def documents_of(source: Source, data: bytes) -> list[Document]:
    """Return a document for each call in a source text, in the order of the text."""
    return [_document(call, data) for call in source.calls]


def _document(call: Call, data: bytes) -> Document:
    if call.is_refused_on_purpose:
        nothing = Unknown({(): "any"}, frozenset())
        return Document(
            data, None, readable=True, unknown=nothing, sent=call.sent, call=(call.start, call.end), cell=call.cell
        )
    body = spelled(call.body)
    return Document(
        data,
        body.value,
        readable=True,
        finder=body.find,
        unknown=body.unknown,
        written=call.body,
        sent=call.sent,
        call=(call.start, call.end),
        cell=call.cell,
    )

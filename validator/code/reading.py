"""Turn what a reader of source code has found into documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..documents import Document
from ..documents.written import Unknown, spelled
from .comments import comments_of

if TYPE_CHECKING:
    from .call import Call, Source

_NOTHING: Final = Unknown({(): "any"}, frozenset())


def documents_of(source: Source, data: bytes) -> list[Document]:
    """Return a document for each call in a source text, in the order of the text.

    The first one has the comments of all. A text without a call whose comments are for msglint has one document, which
    is not a call.
    """
    documents = [_document(call, data) for call in source.calls]
    comments = comments_of(source, data) if source.comments else ()
    if comments:
        first = documents[0] if documents else Document(data, None, readable=True, unknown=_NOTHING)
        documents[:1] = [first._replace(comments=comments)]
    return documents


def _document(call: Call, data: bytes) -> Document:
    if call.is_refused_on_purpose:
        return Document(
            data, None, readable=True, unknown=_NOTHING, sent=call.sent, call=(call.start, call.end), cell=call.cell
        )
    body = spelled(call.request)
    return Document(
        data,
        body.value,
        readable=True,
        finder=body.find,
        unknown=body.unknown,
        written=call.request,
        sent=call.sent,
        call=(call.start, call.end),
        cell=call.cell,
        syntax=call.syntax,
    )

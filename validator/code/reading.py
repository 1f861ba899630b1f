"""Turn what a reader of source code has found into documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..documents import Document
from ..documents.written import Unknown, moved, spelled
from .comments import comments_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..documents import Comment
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


def moved_document(
    document: Document,
    data: bytes,
    start_of: Callable[[int], int],
    end_of: Callable[[int], int],
    is_plain: Callable[[int, int], bool],
) -> Document:
    """Return the document of a call with its places in another text; the functions are those of `moved`."""
    call, written, finder = document.call, document.written, document.finder
    if call is not None:
        call = start_of(call[0]), end_of(call[1])
    if written is not None:
        written = moved(written, start_of, end_of, is_plain)
        finder = spelled(written).find
    comments = tuple(moved_comment(comment, start_of, end_of) for comment in document.comments)
    return document._replace(data=data, call=call, written=written, finder=finder, comments=comments)


def moved_comment(comment: Comment, start_of: Callable[[int], int], end_of: Callable[[int], int]) -> Comment:
    """Return a comment with its places in another text."""
    following = comment.following
    if following is not None:
        following = start_of(following[0]), end_of(following[1])
    return comment._replace(start=start_of(comment.start), end=end_of(comment.end), following=following)

"""Read the documents of a file in any format: requests as JSON or YAML, and the calls in source code."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from ..common.lazy_regex import regex
from ..documents import CODE, Document, Format, SyntaxFinding
from ..documents import read as read_data
from .decoding import utf_8
from .embedded import calls_in

if TYPE_CHECKING:
    from .call import Source

_MODULES: Final = {
    Format.PYTHON: "python",
    Format.NOTEBOOK: "notebook",
    Format.TYPESCRIPT: "typescript",
    Format.MARKDOWN: "markdown",
    Format.SHELL: "shell",
    Format.BAML: "baml",
}
"""The module of this package that reads each format of source code."""
_WORD: Final = b"messages"
"""What every call has in it, but for BAML."""
_BETWEEN: Final = rb"(?:[\s\\!?]|#[^\n]{0,200}\n|//[^\n]{0,200}\n){0,200}"
_CALL: Final = regex(
    rb"messages%b\.%b(?:create|stream|parse|count_?[tT]okens|tool_?[rR]unner|batches|with_)" % (_BETWEEN, _BETWEEN)
)
"""A method of the SDKs, whatever white space and comments are in it."""
_HOST: Final = b"anthropic.com"
"""What calls without an SDK have."""
_PATH: Final = b"/v1/messages"
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")
"""Byte order marks of encodings in which no word can be found."""


def may_hold_calls(data: bytes, text_format: Format) -> bool:
    """Whether a source text may hold calls, by the words in it; only such a text has to be parsed."""
    if data.startswith(_WIDE):
        return True
    if text_format is Format.BAML:
        return _PROVIDER in data
    if _WORD not in data:
        return False
    return text_format not in _OF_SDKS or _HOST in data or _CALL.search(data) is not None


_PROVIDER: Final = b"anthropic"
_OF_SDKS: Final = frozenset({Format.PYTHON, Format.TYPESCRIPT})
"""The formats of programs, in which a call is that of an SDK or names the host."""


def read(data: bytes, text_format: Format | None, name: str = "", *, recordings: bool = False) -> list[Document]:
    """Return the documents of a text that is not JSON Lines: of source code, one for each call; there may be none.

    Args:
        data: The text.
        text_format: Its format; None for JSON.
        name: The name of its file.
        recordings: Whether the requests in recordings of HTTP calls are read, or only counted.

    Raises:
        MissingParserError: if the parser for the format is not installed.
    """
    if text_format in CODE:
        return read_code(data, text_format, name)
    return with_calls(read_data(data, text_format), recordings=recordings)


def with_calls(documents: list[Document], *, recordings: bool = False) -> list[Document]:
    """Replace the documents of JSON or YAML that hold calls, as configurations and recordings do, by the calls."""
    found: list[Document] = []
    for document in documents:
        calls = calls_in(document, recordings=recordings)
        found += [document] if calls is None else calls
    return found


def read_code(data: bytes, text_format: Format, name: str = "") -> list[Document]:
    """Return a document for each call in a source file, or one that says why the file cannot be parsed.

    Raises:
        MissingParserError: if the parser for the format is not installed.
    """
    if not may_hold_calls(data, text_format):
        return []
    text = utf_8(data)
    if text is None or not may_hold_calls(text, text_format):
        return []
    source = _source(text, text_format, name)
    if source.unread is not None and not source.calls:
        if text_format is Format.MARKDOWN or not (_CALL.search(text) or _PATH in text):
            return []
        unread = source.unread
        from ..rules import syntax

        fault = syntax.unparsed_source.check(syntax.Unparsed(unread.start, unread.end, unread.why))
        return [Document(text, None, readable=False, findings=(SyntaxFinding(syntax.unparsed_source, fault),))]
    from .reading import documents_of

    documents = documents_of(source, text)
    if text is data or data.endswith(text):
        return documents
    # The places are those of the text in UTF-8: the file itself cannot be edited by them.
    return [document._replace(syntax=None) for document in documents]


def _source(data: bytes, text_format: Format, name: str) -> Source:
    """Read the calls in a source text; readers are imported on demand, as most runs need few of them."""
    reader = import_module(f".{_MODULES[text_format]}", __package__)
    source: Source = reader.read(data, name=name) if text_format is Format.TYPESCRIPT else reader.read(data)
    return source

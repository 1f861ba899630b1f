"""Where in source code a property or a value can be typed, by the tokens around a place; nothing is parsed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from ..code.fences import read_page
from ..code.lexing import Language, Token, tokens
from ..documents import Format

SpotKind = Literal["keyword", "key", "value"]

_WORD: Final = re.compile(rb"[\w.:@/+-]*")
_METHOD: Final = re.compile(
    rb"messages\s*\.\s*(?:batches\s*\.\s*)?(?:create|stream|parse|count_?[tT]okens|tool_?[rR]unner)\s*\Z"
)
_BEFORE: Final = 200
"""The bytes before a bracket that are searched for the method that is called."""
_HEREDOC: Final = re.compile(rb"<<-?[ \t]*(['\"]?)(\w+)\1[^\n]*\n")
_LONGEST: Final = 100_000
"""The bytes of a here-document that are searched for where it begins and ends."""
_MOST_TRIES: Final = 20
"""The most beginnings of statements or here-documents that are tried."""
_LANGUAGES: Final[dict[Format, Language]] = {
    Format.PYTHON: "python",
    Format.TYPESCRIPT: "javascript",
    Format.SHELL: "shell",
}
_OF_FENCES: Final[dict[str, Language]] = {
    **dict.fromkeys(("python", "py", "python3", "ipython"), "python"),
    **dict.fromkeys(("typescript", "ts", "tsx", "javascript", "js", "jsx", "mjs", "node"), "javascript"),
    **dict.fromkeys(("bash", "sh", "shell", "zsh", "console", "curl"), "shell"),
    **dict.fromkeys(("json", "jsonc"), "json"),
}
_STATEMENT: Final = re.compile(
    rb"(?:def|class|import|from|async|if|for|while|with|try|export|const|let|var|function|interface|type)\b|@"
)
_LONG_TEXTS: Final = (b'"""', b"'''", b"`")
_SILENT: Final = frozenset({"newline", "comment"})
_CLOSING: Final = {b"(": b")", b"[": b"]", b"{": b"}"}


@dataclass(frozen=True, slots=True)
class Spot:
    """A place where a property or a value is typed, or can be."""

    start: int
    end: int
    """The byte range of what is typed there so far, with its quotes."""
    kind: SpotKind
    language: Language
    quote: str | None
    """The quotation mark of the text there; None if there is none."""
    has_value: bool
    """Whether a colon or a sign of equality follows the key there."""
    follows: bool
    """Whether another member follows without a comma between."""
    is_alone: bool
    """Whether there is nothing else in the brackets."""
    brackets: tuple[int, ...]
    """The offsets of the open brackets around it, the outermost first."""

    def call_in(self, data: bytes) -> int | None:
        """Return the offset of the bracket that opens the arguments of a call of the SDK; None if it is in none."""
        calls = (bracket for bracket in reversed(self.brackets) if _is_of_call(data, bracket))
        return next(calls, None)

    def closing(self, data: bytes, first: int) -> bytes:
        """Return the brackets that close the ones around it from the offset `first` on."""
        opened = [data[bracket : bracket + 1] for bracket in self.brackets if bracket >= first]
        return b"".join(_CLOSING[bracket] for bracket in reversed(opened))


def _is_of_call(data: bytes, bracket: int) -> bool:
    is_round = data[bracket : bracket + 1] == b"("
    return is_round and _METHOD.search(data, max(0, bracket - _BEFORE), bracket) is not None


def spot_at(data: bytes, text_format: Format, offset: int, *, any_text: bool = False) -> Spot | None:
    """Return the spot at a byte; None if nothing of a request can be typed there.

    Args:
        data: The text.
        text_format: Its format.
        offset: The byte.
        any_text: Whether a text without its second quotation mark may be anything, not only a word.
    """
    region = _region(data, text_format, offset)
    return _spot(data, *region, offset, any_text=any_text) if region is not None else None


def _region(data: bytes, text_format: Format, offset: int) -> tuple[Language, int, int] | None:
    """Return the language at a byte, and the range in which it is spoken."""
    if text_format is not Format.MARKDOWN:
        language = _LANGUAGES.get(text_format)
        return _inner(data, language, 0, len(data), offset) if language is not None else None
    for fence in read_page(data).fences:
        if fence.lines and fence.lines[0][0] <= offset <= fence.lines[-1][1]:
            language = _OF_FENCES.get(fence.language)
            return _inner(data, language, fence.lines[0][0], fence.lines[-1][1], offset) if language else None
    return None


def _inner(data: bytes, language: Language, start: int, end: int, offset: int) -> tuple[Language, int, int] | None:
    """Return the language at a byte: in shell, that of a text."""
    if language != "shell":
        return language, start, end
    heads = list(_HEREDOC.finditer(data, max(start, offset - _LONGEST), offset))
    for head in heads[: -_MOST_TRIES - 1 : -1]:
        closing = re.compile(rb"^[ \t]*%b[ \t\r]*$" % head[2], re.MULTILINE)
        found = closing.search(data, head.end(), min(end, offset + _LONGEST))
        if found is not None and offset < found.start():
            return "json", head.end(), found.start()
    for token in tokens(data, language, start, end):
        if token.start >= offset:
            return None
        if token.kind == "text" and offset < token.end and data[token.start : token.start + 1] == b"'":
            return "json", token.start + 1, token.end - 1
    return None


def _start_of_statement(data: bytes, start: int, offset: int) -> int:
    """Return where a statement at the left margin begins before a byte: what is before it needs not be looked at."""
    line = data.rfind(b"\n", start, offset) + 1
    tries = 0
    while line > start and tries < _MOST_TRIES:
        if _STATEMENT.match(data, line):
            tries += 1
            if not any(data.count(mark, start, line) % 2 for mark in _LONG_TEXTS):
                return line
        line = data.rfind(b"\n", start, line - 1) + 1
    return start


def _spot(data: bytes, language: Language, start: int, end: int, offset: int, *, any_text: bool) -> Spot | None:
    around = _around(data, language, start, end, offset)
    if around is None or not around.opened:
        return None
    here, opened, last = around.here, around.opened, around.last
    quote = None
    if here.kind in {"text", "other"} and here.start < offset:
        typed = _typed_text(data, here, offset, any_text=any_text and here.kind == "other")
        if typed is None:
            return None
        here, quote = typed
    kind = _kind(data, language, opened[-1], last, is_text=quote is not None)
    if kind is None:
        return None
    following = _following(data, language, here.end, end)
    sign = data[following.start : following.start + 2] if following is not None else b""
    has_value = sign[:1] == (b"=" if kind == "keyword" else b":") and sign != b"==" and kind != "value"
    is_last = following is None or following.kind in {"comma", "close"}
    return Spot(
        here.start,
        here.end,
        kind,
        language,
        quote,
        has_value=has_value,
        follows=not has_value and not is_last,
        is_alone=last == opened[-1] and (following is None or following.kind == "close"),
        brackets=tuple(token.start for token in opened),
    )


@dataclass(frozen=True, slots=True)
class _Around:
    """The tokens around a byte."""

    here: Token
    """The text or word at it, or an empty token."""
    opened: list[Token]
    """The open brackets."""
    last: Token
    """The token before."""


def _around(data: bytes, language: Language, start: int, end: int, offset: int) -> _Around | None:
    """Return the tokens around a byte; None in a comment."""
    start = _start_of_statement(data, start, offset) if language in {"python", "javascript"} else start
    opened: list[Token] = []
    last = Token("newline", start, start)
    for token in tokens(data, language, start, end):
        if token.start >= offset:
            break
        if token.kind == "comment" and offset <= token.end:
            return None
        is_text = token.kind == "text" and offset < token.end
        if is_text or (token.kind == "word" and offset <= token.end) or _is_unclosed(data, token, offset):
            return _Around(token, opened, last)
        if token.kind == "open":
            opened.append(token)
        elif token.kind == "close" and opened:
            opened.pop()
        if token.kind not in _SILENT:
            last = token
    return _Around(Token("other", offset, offset), opened, last)


def _is_unclosed(data: bytes, token: Token, offset: int) -> bool:
    """Whether a token is a quotation mark without a second one, on the line of a byte behind it."""
    is_quote = token.kind == "other" and data[token.start : token.end] in (b'"', b"'")
    return is_quote and b"\n" not in data[token.start : offset]


def _typed_text(data: bytes, token: Token, offset: int, *, any_text: bool) -> tuple[Token, str] | None:
    """Return the part of a text that is a word which is being typed, and its quotation mark."""
    mark = data[token.start : token.start + 1]
    if mark not in (b'"', b"'") or data[token.start : token.start + 3] == mark * 3:
        return None
    if not any_text and not _WORD.fullmatch(data, token.start + 1, offset):
        return None
    rest = _WORD.match(data, offset, token.end)
    stop = rest.end() if rest is not None else offset
    is_closed = token.kind == "text" and stop == token.end - 1
    return token._replace(end=token.end if is_closed else offset), mark.decode()


def _kind(data: bytes, language: Language, opening: Token, last: Token, *, is_text: bool) -> SpotKind | None:
    bracket = data[opening.start : opening.start + 1]
    if last == opening or last.kind == "comma":
        if bracket == b"[":
            return "value"
        if bracket == b"{":
            return "key"
        return "keyword" if language == "python" and not is_text and _is_of_call(data, opening.start) else None
    sign = data[last.start : last.end]
    if bracket == b"{" and sign == b":":
        return "value"
    before = data[last.start - 1 : last.start]
    if bracket == b"(" and language == "python" and sign == b"=" and before not in (b"=", b"!", b"<", b">", b":"):
        return "value" if _is_of_call(data, opening.start) else None
    return None


def _following(data: bytes, language: Language, position: int, end: int) -> Token | None:
    return next((token for token in tokens(data, language, position, end) if token.kind not in _SILENT), None)

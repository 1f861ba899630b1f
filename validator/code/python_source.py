"""Python texts: parse them, and find the byte offsets of their nodes."""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from bisect import bisect_right
from typing import Final

from ..common.lazy_regex import regex
from ..documents.comments import is_ours
from .call import Unread
from .mapped import Mapped

_LINE_END: Final = regex(rb"\r\n|\n|\r")
_PLAIN: Final = regex(
    rb"""[rRuU]?(?:"{3}(?:[^"\\]|\\.|"(?!""))*"{3}|'{3}(?:[^'\\]|\\.|'(?!''))*'{3}"""
    rb"""|"(?:[^"\\\r\n]|\\(?:\r\n|.))*"|'(?:[^'\\\r\n]|\\(?:\r\n|.))*')""",
    16,  # re.DOTALL
)
_PROMPT: Final = regex(rb"^[ \t]*(?:>>>|\.\.\.)(?: |$)", 8)  # re.MULTILINE
_MAGIC: Final = regex(
    rb"[ \t]*(?P<target>[\w.,* \t]+=[ \t]*)?(?P<command>[%!][^\r\n]*)"
    rb"|[ \t]*(?P<help>\?{1,2}[\w.]+|[\w.]+\?{1,2})[ \t]*(?=[\r\n]|$)"
)
"""A command of IPython: `%pip install`, `!ls`, `files = !ls`, `?print`, `print??`."""
_TOKENS: Final = regex(
    rb"""\#[^\r\n]*|[A-Za-z]{0,2}(?:"{3}.*?"{3}|'{3}.*?'{3}|"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')"""
    rb"""|[(\[{]|[)\]}]|\.{3}|\xe2\x80\xa6|\.""",
    16 | 64,  # re.DOTALL | re.VERBOSE
)
_BEFORE: Final = b"(,{["
_ELLIPSES: Final = (b"...", "\u2026".encode())
ELISION: Final = "_"
"""The name that stands for what a snippet leaves out between keywords."""
_SPREAD: Final = b"**" + ELISION.encode()
"""In place of `...` between keywords, where Python has no ellipsis; as long as it, so that no place moves."""


class PythonText:
    """A Python text and its places, which `ast` counts in lines and in bytes of UTF-8."""

    def __init__(self, data: bytes, tree: ast.Module) -> None:
        self.data = data
        self.tree = tree
        self._lines = [0, *(match.end() for match in _LINE_END.finditer(data))]

    def offset(self, line: int, column: int) -> int:
        """Return the byte offset of a line, from 1, and a column in bytes, from 0."""
        return min(self._lines[min(max(line, 1), len(self._lines)) - 1] + column, len(self.data))

    def start(self, node: ast.expr | ast.stmt | ast.keyword) -> int:
        """Return the offset at which a node starts."""
        return self.offset(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt | ast.keyword) -> int:
        """Return the offset at which a node ends."""
        return self.offset(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)

    def is_plain_text(self, node: ast.expr) -> bool:
        """Whether a node is a single literal of a text: not bytes, not an f-string, not several literals in a row."""
        return _PLAIN.fullmatch(self.data, self.start(node), self.end(node)) is not None

    def line_of(self, offset: int) -> int:
        """Return the line of an offset, from 1."""
        return bisect_right(self._lines, offset)


def parse(data: bytes) -> PythonText | Unread:
    """Parse a text in UTF-8; never raises, whatever it is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return PythonText(data, ast.parse(data.decode()))
    except SyntaxError as error:
        return _unread(data, error)
    except (ValueError, RecursionError, MemoryError, OverflowError, SystemError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError | MemoryError) else f"of {error}"
        return Unread(why)


def _unread(data: bytes, error: SyntaxError) -> Unread:
    place = PythonText(data, ast.Module([], []))
    start = place.offset(error.lineno or 1, 0)
    end = _LINE_END.search(data, start)
    line = data[start : end.start() if end else len(data)].decode(errors="replace")
    start += len(line[: max((error.offset or 1) - 1, 0)].encode())
    return Unread(f"it is not Python: {error.msg}", min(start, len(data)), min(start, len(data)))


def fragment(data: bytes) -> tuple[PythonText, Mapped | None] | None:
    """Parse a piece of Python out of a documentation, with prompts, magics, elisions, and indented as it may be.

    Returns:
        Its parsed text, and how the places of that text are to be put back; None if it cannot be parsed.
    """
    tried = parse(data)
    if isinstance(tried, PythonText):
        return tried, None
    mapped = Mapped()
    if _PROMPT.search(data) and b">>>" in data:
        _add_without_prompts(mapped, data)
    else:
        _add_indented(mapped, data)
    for text in (mapped.data, _with_spreads(mapped.data)):
        tried = parse(text)
        if isinstance(tried, PythonText):
            return tried, mapped
    return None


def _add_without_prompts(mapped: Mapped, data: bytes) -> None:
    """Add the lines behind `>>>` and `...`; the others are what an interpreter answered."""
    position = 0
    for line in _lines(data):
        prompt = _PROMPT.match(line)
        if prompt:
            mapped.add(line[prompt.end() :], position + prompt.end())
            if not line.endswith((b"\n", b"\r")):
                mapped.add(b"\n", position + len(line), position + len(line))
        position += len(line)


def _add_indented(mapped: Mapped, data: bytes) -> None:
    """Add the lines under an `if` of their own if they are indented, without magics."""
    start = len(data) - len(data.lstrip())
    if start and data[start - 1 : start] in (b" ", b"\t"):
        mapped.add(b"if 1:\n", 0, 0)
    without_magics(mapped, data, 0)


def without_magics(mapped: Mapped, data: bytes, start: int) -> None:
    """Add the lines behind an offset, with `pass` or an unknown value in place of the commands of IPython."""
    inside = _inside(data)
    position = start
    command_goes_on = False
    for line in _lines(data[start:]):
        end = position + len(line)
        command = None if position in inside else _MAGIC.match(line)
        if command_goes_on:
            code, rest = position, position + len(line.rstrip(b"\r\n"))
        elif command is not None:
            code = position + command.start("command" if command["command"] else "help")
            rest = position + command.end()
            mapped.add(data[position:code], position)
            mapped.add(b"..." if command["target"] else b"pass", code, rest)
        else:
            code, rest = end, end
            mapped.add(line, position)
        is_command = command_goes_on or command is not None
        command_goes_on = is_command and line.rstrip(b"\r\n").endswith(b"\\")
        if is_command:
            mapped.add(data[rest:end], rest)
        position = end


def _inside(data: bytes) -> _Ranges:
    """Return the ranges within brackets and within texts, where a line is not a command."""
    ranges: list[tuple[int, int]] = []
    opened: list[int] = []
    for match in _TOKENS.finditer(data):
        token = match[0]
        if token in (b"(", b"[", b"{"):
            opened.append(match.start())
        elif token in (b")", b"]", b"}"):
            if opened:
                start = opened.pop()
                if not opened:
                    ranges.append((start, match.end()))
        elif not opened and token[:1] not in (b"#", b"."):
            ranges.append((match.start(), match.end()))
    return _Ranges(ranges)


class _Ranges:
    """Ranges that do not overlap, in order."""

    def __init__(self, ranges: list[tuple[int, int]]) -> None:
        self._starts = [start for start, _ in ranges]
        self._ends = [end for _, end in ranges]

    def __contains__(self, offset: int) -> bool:
        number = bisect_right(self._starts, offset) - 1
        return number >= 0 and self._starts[number] < offset < self._ends[number]


def _lines(data: bytes) -> list[bytes]:
    ends = [match.end() for match in _LINE_END.finditer(data)]
    return [data[start:end] for start, end in zip([0, *ends], [*ends, len(data)], strict=True)]


def _with_spreads(data: bytes) -> bytes:
    """Write `**_` for each `...` that stands between keywords or keys."""
    text = bytearray(data)
    brackets: list[int] = []
    for match in _TOKENS.finditer(data):
        token = match[0]
        if token in b"([{":
            brackets.append(token[0])
        elif token in b")]}":
            if brackets:
                brackets.pop()
        elif token in _ELLIPSES and brackets:
            before = data[: match.start()][-200:].rstrip()[-1:]
            if before and before in _BEFORE:
                text[match.start() : match.end()] = b"..." if brackets[-1] == ord("[") else _SPREAD
    return bytes(text)


def comments(data: bytes) -> list[tuple[int, int]]:
    """Return the byte ranges of the comments for msglint in a text that can be parsed."""
    if b"msglint" not in data:
        return []
    place = PythonText(data, ast.Module([], []))
    lines = _lines(data)
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(data.decode(), newline=None).readline):
            if token.type == tokenize.COMMENT and is_ours(token.string.encode()):
                line = lines[token.start[0] - 1].decode()
                start = place.offset(token.start[0], len(line[: token.start[1]].encode()))
                found.append((start, start + len(token.string.encode())))
    except (tokenize.TokenError, SyntaxError, RecursionError, ValueError, IndexError):
        # ast accepts a little more than tokenize; what was found up to there stays right.
        pass
    return found

"""Add comments to a text that suppress its violations, in the formats that have comments."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..code.decoding import utf_8
from ..code.readers import read
from ..documents import CODE, Format, format_of
from ..places.lines import LineIndex
from ..report import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..documents import Document
    from ..report import Violation
    from ..report.file_result import FileResult

SIGNS: Final = {
    Format.YAML: "#",
    Format.JSONC: "//",
    Format.PYTHON: "#",
    Format.TYPESCRIPT: "//",
    Format.SHELL: "#",
    Format.MARKDOWN: "<!--",
}
"""The start of a comment, by format."""

_LINE: Final = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|$)")
_READING: Final = frozenset({"syntax", "values", "yaml"})
_COMMENTS: Final = "suppressions"
_MARK: Final = b"\xef\xbb\xbf"
_HTML: Final = "<!--"
_FENCE: Final = re.compile(rb"[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?(`{3,}|~{3,})[ \t]*\{?\.?([\w+-]*)")
_LANGUAGES: Final = {
    **dict.fromkeys((b"python", b"py", b"python3", b"ipython"), Format.PYTHON),
    **dict.fromkeys((b"typescript", b"ts", b"tsx", b"javascript", b"js", b"jsx", b"mjs", b"node"), Format.TYPESCRIPT),
    **dict.fromkeys((b"bash", b"sh", b"shell", b"zsh", b"console", b"curl"), Format.SHELL),
}
"""The formats of fenced blocks whose own comments can be used, by the first word behind the fence."""


class Added(NamedTuple):
    """A text with comments added."""

    data: bytes
    result: FileResult
    """The result of checking the text with the comments."""
    number: int
    """The number of violations that the comments suppress."""


class _Way(NamedTuple):
    """A place for a comment, and its first sign."""

    line: int
    is_behind: bool
    """Whether it goes to the end of the line, not on a line above it."""
    sign: str

    def comment(self, words: str) -> bytes:
        """Return the comment with the given words."""
        closing = " -->" if self.sign == _HTML else ""
        return f"{self.sign} {words.replace('-->', '->') if closing else words}{closing}".encode()


class _Wanted(NamedTuple):
    """A comment that is wanted."""

    ways: list[_Way]
    """The ways to write it, the best one first."""
    rules: list[str]


_Chosen = dict[int, int]
"""The number of the way that is chosen for each comment, by the line of its first way."""


class _Commented(NamedTuple):
    """A text with comments."""

    data: bytes
    origins: list[int]
    """For each line its number before, and for the line of a comment the line of its first way."""


def with_ignores(
    path: str, data: bytes, result: FileResult, check: Callable[[bytes], FileResult], reason: str | None
) -> Added:
    """Add a comment for each line with a violation.

    A comment goes to the end of its line if it works there, otherwise above the line, otherwise nowhere. In a shell
    script it goes above the command, and in Markdown where the block's language has no comments above the block. The
    values of the text do not change.

    Args:
        path: The name of the file; its extension determines the format.
        data: Its text.
        result: The result of checking the text.
        check: Checks a text as the content of the file.
        reason: The reason to write after the rules.
    """
    text_format = format_of(path)
    found = [each for each in result.violations if each.range is not None and _can_be_suppressed(each)]
    if text_format not in SIGNS or not found or not _is_plain(data, text_format):
        return Added(data, result, 0)
    before = read(data, text_format, path)
    comments, keys = _wanted(data, text_format, before, found)
    words = " ".join((reason or "").split())
    said = {
        key: f"msglint: ignore[{', '.join(dict.fromkeys(wanted.rules))}]{f' {words}' if words else ''}"
        for key, wanted in comments.items()
    }

    def commented(chosen: _Chosen) -> _Commented:
        ways = {key: comments[key].ways[number] for key, number in chosen.items() if number < len(comments[key].ways)}
        return _with_comments(data, [(way, key, way.comment(said[key])) for key, way in ways.items()])

    values = _values(before)
    number_before = _number_of_comments(before)

    def is_sound(chosen: _Chosen) -> bool:
        documents = read(commented(chosen).data, text_format, path)
        if not all(document.readable for document in documents) or _values(documents) != values:
            return False
        placed = sum(number < len(comments[key].ways) for key, number in chosen.items())
        # Behind the end of a line of a text that is not spelled out, a comment would be a part of it.
        return text_format not in CODE or _number_of_comments(documents) == number_before + placed

    # Trial and error, not analysis: where YAML allows a comment (not in a block scalar), and which values a comment
    # covers, is decided by the code that reads them. Each round moves at least one comment on, so the loop ends.
    chosen = dict.fromkeys(comments, 0)
    while True:
        while unsound := _unsound(chosen, comments, is_sound):
            for key in unsound:
                chosen[key] += 1
        text = commented(chosen)
        after = check(text.data)
        placed = {key: wanted for key, wanted in comments.items() if chosen[key] < len(wanted.ways)}
        ineffective = _ineffective(result, after, placed, keys, text.origins)
        if not ineffective:
            return Added(text.data, after, len(result.violations) - len(after.violations))
        for key in ineffective:
            chosen[key] += 1


def with_ignore(
    data: bytes,
    text_format: Format,
    documents: list[Document],
    violation: Violation,
    read_again: Callable[[bytes], list[Document]],
) -> bytes | None:
    """Return a source text with a comment that suppresses one violation; None if it cannot have one there.

    Args:
        data: The text.
        text_format: Its format.
        documents: Its documents.
        violation: The violation.
        read_again: Reads the documents of the text with the comment.
    """
    if text_format not in SIGNS or violation.range is None or not _can_be_suppressed(violation):
        return None
    if not _is_plain(data, text_format):
        return None
    line = _line(violation)
    values, number = _values(documents), _number_of_comments(documents)
    for way in _WayFinder(data, text_format, documents).ways(line):
        text = _with_comments(data, [(way, line, way.comment(f"msglint: ignore[{violation.rule}]"))]).data
        after = read_again(text)
        if _values(after) == values and _number_of_comments(after) == number + 1:
            return text
    return None


def _is_plain(data: bytes, text_format: Format) -> bool:
    """Whether a source text is UTF-8, as the comments are."""
    text = utf_8(data) if text_format in CODE else data
    return text is not None and data.endswith(text)


def _values(documents: Iterable[Document]) -> list[Any]:
    return [
        (document.value, document.unknown, document.sent) for document in documents if not _has_only_comments(document)
    ]


def _has_only_comments(document: Document) -> bool:
    """Whether a document is there for the comments of a source text without calls."""
    return document.unknown is not None and document.call is None


def _number_of_comments(documents: Iterable[Document]) -> int:
    return sum(len(document.comments) for document in documents)


def _wanted(
    data: bytes, text_format: Format, documents: list[Document], found: Iterable[Violation]
) -> tuple[dict[int, _Wanted], dict[int, int]]:
    """Return the comments that are wanted, by the line of their first way, and that line for each line."""
    finder = _WayFinder(data, text_format, documents)
    wanted: dict[int, _Wanted] = {}
    keys: dict[int, int] = {}
    for violation in found:
        line = _line(violation)
        ways = finder.ways(line)
        key = ways[0].line
        keys[line] = keys[key] = key
        wanted.setdefault(key, _Wanted(ways, [])).rules.append(violation.rule)
    return wanted, keys


class _WayFinder:
    """Finds the places for comments."""

    def __init__(self, data: bytes, text_format: Format, documents: list[Document]) -> None:
        self._format = text_format
        self._lines = [b"", *(match[0].rstrip(b"\r\n") for match in _LINE.finditer(data.removeprefix(_MARK)))]
        self._blocks = _blocks(self._lines) if text_format is Format.MARKDOWN else {}
        index = LineIndex(documents[0].data) if documents else LineIndex(data)
        places = {document.call for document in documents if document.call is not None}
        if text_format in {Format.SHELL, Format.MARKDOWN}:
            # A variable with the body is a command of its own.
            places |= {(each.written.start, each.written.end) for each in documents if each.written is not None}
        offsets = sorted({offset for place in places for offset in place})
        line_of = {offset: index.position(offset)[0] for offset in offsets}
        self._calls = sorted((line_of[start], line_of[end]) for start, end in places)

    def ways(self, line: int) -> list[_Way]:
        """Return the ways to write a comment for a line, the best one first."""
        text_format, block = self._blocks.get(line, (self._format, 0))
        html = [_Way(block, is_behind=False, sign=_HTML)] if block else []
        sign = SIGNS[text_format]
        if text_format not in CODE:
            return [_Way(line, is_behind=True, sign=sign), _Way(line, is_behind=False, sign=sign)]
        if sign == _HTML:
            return html or [_Way(line, is_behind=False, sign=sign)]
        calls = [_Way(self._unbroken(call), is_behind=False, sign=sign) for call in self._starts(line)]
        if text_format is Format.SHELL:
            return [*(calls or [_Way(self._unbroken(line), is_behind=False, sign=sign)]), *html]
        return [
            _Way(line, is_behind=True, sign=sign),
            _Way(line, is_behind=False, sign=sign),
            *(way for way in calls if way.line != line),
            *html,
        ]

    def _starts(self, line: int) -> list[int]:
        """Return the first line of the widest call around a line; empty if there is none."""
        return [start for start, end in self._calls if start <= line <= end][:1]

    def _unbroken(self, line: int) -> int:
        """Return the first of the lines that a backslash joins with a line."""
        while line > 1 and self._lines[line - 1].endswith(b"\\"):
            line -= 1
        return line


def _blocks(lines: list[bytes]) -> dict[int, tuple[Format, int]]:
    """Return, for the lines in fenced blocks of Markdown, the format of the block and the line of its fence."""
    blocks: dict[int, tuple[Format, int]] = {}
    fence, start, text_format = b"", 0, Format.MARKDOWN
    for number, line in enumerate(lines):
        match = _FENCE.match(line)
        if not fence and match:
            fence, start = match[1], number
            text_format = _LANGUAGES.get(match[2].lower(), Format.MARKDOWN)
        elif fence and match and match[1].startswith(fence) and not line[match.end(1) :].strip():
            fence = b""
        elif fence:
            blocks[number] = text_format, start
    return blocks


def _unsound(chosen: _Chosen, comments: dict[int, _Wanted], is_sound: Callable[[_Chosen], bool]) -> set[int]:
    """Return the comments that would change a value or make the text unreadable, found by bisection."""
    keys = sorted(key for key, number in chosen.items() if number < len(comments[key].ways))
    unsound: set[int] = set()
    waiting = [keys] if keys else []
    while waiting:
        part = waiting.pop()
        if is_sound({key: chosen[key] for key in part}):
            continue
        if len(part) == 1:
            unsound.update(part)
        else:
            middle = len(part) // 2
            waiting += [part[:middle], part[middle:]]
    return unsound


def _can_be_suppressed(violation: Violation) -> bool:
    """Whether a comment can suppress a violation: not a syntax error, nor one about comments."""
    area = violation.rule.partition("/")[0]
    return area != _COMMENTS and not (area in _READING and violation.severity is Severity.ERROR)


def _ineffective(
    before: FileResult, after: FileResult, placed: dict[int, _Wanted], keys: dict[int, int], origins: list[int]
) -> set[int]:
    """Return the placed comments that do not suppress all that they are for, by the line of their first way."""

    def key_of(line: int) -> int:
        return keys.get(line, line)

    known = Counter((key_of(_line(violation)), violation.rule) for violation in before.violations)
    left = Counter((key_of(origins[_line(violation)]), violation.rule) for violation in after.violations)
    return {
        key
        for (key, rule), number in left.items()
        if key in placed and (rule in placed[key].rules or number > known[key, rule])
    }


def _line(violation: Violation) -> int:
    return violation.range.line if violation.range is not None else 0


def _with_comments(data: bytes, comments: list[tuple[_Way, int, bytes]]) -> _Commented:
    """Insert comments, with the line ends and indentation of their lines.

    Args:
        data: The text.
        comments: The place of each comment, the line of its first way, and its text.
    """
    behind = {way.line: comment for way, _, comment in comments if way.is_behind}
    above: dict[int, list[tuple[int, bytes]]] = defaultdict(list)
    for way, key, comment in comments:
        if not way.is_behind:
            above[way.line].append((key, comment))
    mark = _MARK if data.startswith(_MARK) else b""
    parts, origins = [mark], [0]
    for number, match in enumerate(_LINE.finditer(data, len(mark)), start=1):
        line = match[0]
        content = line.rstrip(b"\r\n")
        end = line[len(content) :]
        indentation = content[: len(content) - len(content.lstrip(b" \t"))]
        for key, comment in sorted(above.get(number, ())):
            parts += [indentation, comment, end or b"\n"]
            origins.append(key)
        parts.append(b"%b  %b%b" % (content, behind[number], end) if number in behind else line)
        origins.append(number)
    return _Commented(b"".join(parts), [*origins, origins[-1]])

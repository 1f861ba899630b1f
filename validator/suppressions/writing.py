"""Add comments to a text that suppress its violations, in the formats that have comments."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from ..documents import Format, format_of, read
from ..report import Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..report import Violation
    from ..report.file_result import FileResult

SIGNS: Final = {Format.YAML: "#", Format.JSONC: "//"}
"""The start of a comment, by format."""

_LINE: Final = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|$)")
_READING: Final = frozenset({"syntax", "values", "yaml"})
_COMMENTS: Final = "suppressions"
_BEHIND, _ABOVE, _NOWHERE = range(3)
"""Where the comment for a line goes; they are tried in this order."""


class Added(NamedTuple):
    """A text with comments added."""

    data: bytes
    result: FileResult
    """The result of checking the text with the comments."""
    number: int
    """The number of violations that the comments suppress."""


def with_ignores(
    path: str, data: bytes, result: FileResult, check: Callable[[bytes], FileResult], reason: str | None
) -> Added:
    """Add a comment for each line with a violation.

    A comment goes to the end of its line if it works there, otherwise above the line, otherwise nowhere. The values of
    the text do not change.

    Args:
        path: The name of the file; its extension determines the format.
        data: Its text.
        result: The result of checking the text.
        check: Checks a text as the content of the file.
        reason: The reason to write after the rules.
    """
    text_format = format_of(path)
    sign = SIGNS.get(text_format) if text_format is not None else None
    names: dict[int, list[str]] = defaultdict(list)
    for violation in result.violations:
        if violation.range is not None and _can_be_suppressed(violation):
            names[violation.range.line].append(violation.rule)
    if sign is None or not names:
        return Added(data, result, 0)
    why = " ".join((reason or "").split())
    comments = {
        line: f"{sign} msglint: ignore[{', '.join(dict.fromkeys(rules))}]{f' {why}' if why else ''}".encode()
        for line, rules in names.items()
    }
    before = [document.value for document in read(data, text_format)]
    places = dict.fromkeys(comments, _BEHIND)

    def is_sound(text: bytes) -> bool:
        documents = read(text, text_format)
        return all(document.readable for document in documents) and [each.value for each in documents] == before

    # Trial and error, not analysis: where YAML allows a comment (not in a block scalar), and which values a comment
    # covers, is decided by the code that reads them. Each round moves at least one comment on, so the loop ends.
    while True:
        for line in _unsound(data, comments, places, is_sound):
            places[line] += 1
        text = _commented(data, comments, places)
        after = check(text)
        ineffective = _ineffective(result, after, names, places)
        if not ineffective:
            return Added(text, after, len(result.violations) - len(after.violations))
        for line in ineffective:
            places[line] += 1


def _unsound(
    data: bytes, comments: dict[int, bytes], places: dict[int, int], is_sound: Callable[[bytes], bool]
) -> set[int]:
    """Return the lines whose comment would change a value or make the text unreadable, found by bisection."""
    lines = sorted(line for line, place in places.items() if place != _NOWHERE)
    unsound: set[int] = set()
    waiting = [lines] if lines else []
    while waiting:
        part = waiting.pop()
        chosen = {line: places[line] if line in part else _NOWHERE for line in places}
        if is_sound(_commented(data, comments, chosen)):
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
    before: FileResult, after: FileResult, names: dict[int, list[str]], places: dict[int, int]
) -> set[int]:
    """Return the lines, numbered as before the comments, whose comment does not suppress all their violations."""
    old = _old_lines(places)
    known = Counter((_line(violation), violation.rule) for violation in before.violations)
    left = Counter((old(_line(violation)), violation.rule) for violation in after.violations)
    return {
        line
        for (line, rule), number in left.items()
        if places.get(line, _NOWHERE) != _NOWHERE and (rule in names[line] or number > known[line, rule])
    }


def _old_lines(places: dict[int, int]) -> Callable[[int], int]:
    """Return a function from a line of the commented text to the line it had before the comments."""
    added = sorted(line for line, place in places.items() if place == _ABOVE)
    owners: dict[int, int] = {}
    for shift, line in enumerate(added):
        owners[line + shift] = line  # the comment itself
        owners[line + shift + 1] = line

    def old(line: int) -> int:
        shift = sum(1 for index, owner in enumerate(added) if owner + index < line)
        return owners.get(line, line - shift)

    return old


def _line(violation: Violation) -> int:
    return violation.range.line if violation.range is not None else 0


def _commented(data: bytes, comments: dict[int, bytes], places: dict[int, int]) -> bytes:
    """Insert the comments, with the line ends and indentation of their lines."""
    parts: list[bytes] = []
    for number, match in enumerate(_LINE.finditer(data), start=1):
        line = match[0]
        place = places.get(number, _NOWHERE)
        if place == _NOWHERE:
            parts.append(line)
            continue
        content = line.rstrip(b"\r\n")
        end = line[len(content) :]
        if place == _BEHIND:
            parts.append(b"%b  %b%b" % (content, comments[number], end))
        else:
            indentation = content[: len(content) - len(content.lstrip(b" \t"))]
            parts += [indentation, comments[number], end or b"\n", line]
    return b"".join(parts)

"""The format `markdown`: for a comment on a pull request, or the summary of a job."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from ..common.wording import count, printable
from ..report import Severity
from .places import shown_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..files import FileResult
    from ..report import Violation
    from .style import Style

MARK: Final = "<!-- msglint -->"
"""The first line, by which a job finds the comment it wrote earlier, to replace it."""
_LONGEST: Final = 60_000
"""The most characters of a comment; GitHub's limit is 65,536."""
_SPECIAL: Final = re.compile(r"[\\`*_\[\]<>&#|~$]")
_NEWLINES: Final = re.compile(r"\s+")


def render(results: Iterable[FileResult], style: Style) -> Iterator[str]:  # noqa: ARG001 - every format is called alike
    """Yield a heading with the counts, then the violations of each file, up to the limit of a comment.

    Text from requests is escaped so that it cannot become mark-up, HTML, a mention or a link.
    """
    parts: list[str] = []
    room = _LONGEST
    numbers = Counter[Severity]()
    requests = files = failures = left_out = 0
    for result in results:
        if result.error is not None:
            failures += 1
            items = [f"- **not checked**: {escaped(result.error)}\n"]
        else:
            files += not result.is_configuration
            requests += result.requests
            items = [_item(violation) for violation in result.violations]
            numbers.update(result.severities())
            left_out += result.omitted.total()
        heading = f"\n#### {escaped_code(result.name)}\n\n" if items else ""
        for item in items:
            if room < len(heading) + len(item):
                room = 0
                left_out += 1
                continue
            parts.append(heading + item)
            room -= len(heading) + len(item)
            heading = ""
    found = [count(numbers[severity], severity.value) for severity in Severity if numbers[severity]]
    unread = f"; {count(failures, 'file')} could not be checked" if failures else ""
    yield f"{MARK}\n### msglint: {', '.join(found) or 'no violations'}\n\n"
    yield f"Checked {count(requests, 'request')} in {count(files, 'file')}{unread}.\n"
    yield from parts
    if left_out:
        yield f"\n{count(left_out, 'more violation')} not listed.\n"


def _item(violation: Violation) -> str:
    place = violation.range
    where = f" at {shown_place(place, violation.cell)}" if place else ""
    advice = f"  \n  help: {escaped(violation.help)}" if violation.help else ""
    return f"- **{violation.severity}**{where} {escaped_code(violation.rule)}: {escaped(violation.message)}{advice}\n"


def escaped(text: str) -> str:
    """Escape text for Markdown; text in backticks stays code."""
    pieces = _NEWLINES.sub(" ", text).split("`")
    if len(pieces) % 2 == 0:  # an unclosed backtick
        pieces[-2:] = ["`".join(pieces[-2:])]
    return "".join(escaped_code(piece) if index % 2 else _plain(piece) for index, piece in enumerate(pieces))


def _plain(text: str) -> str:
    """Escape mark-up, and break up mentions, issue numbers and links with an HTML comment."""
    text = _SPECIAL.sub(lambda found: f"&#{ord(found[0])};", printable(text))
    return re.sub(r"@|&#35;|www(?=\.)|:(?=//)", lambda found: f"{found[0]}<!-- -->", text)


def escaped_code(text: str) -> str:
    """Write text as code."""
    text = printable(_NEWLINES.sub(" ", text))
    if not text.strip():
        return ""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if longest else ""
    return f"{fence}{padding}{text}{padding}{fence}"

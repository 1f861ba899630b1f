"""Open documents: the text of the current version, and the result of checking it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final, TypeVar

from lsprotocol import types

from ..code.readers import may_hold_calls, read
from ..common.errors import MissingParserError
from ..documents import CODE, Document, Format, format_of, jsonc, strict
from ..files.checking import judge_calls, judge_documents, judge_lines, linter_of, read_record
from ..files.recognition import Verdict, may_be_request
from ..fixing.applying import edits_of, fix_text, fixable
from ..fixing.json_edits import edited
from ..report import MOST_KEPT
from ..suppressions.writing import with_ignore
from .brackets import Brackets
from .half_typed import Earlier, calls_of
from .place import Place
from .recovery import recovered
from .shapes import Shapes, shapes_of
from .text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..files import FileResult
    from ..fixes.fix import Fix
    from ..fixing.json_edits import Edit
    from ..project import Project
    from ..report import Range, Violation
    from ..rules import Rule

Version = TypeVar("Version", bound="OpenDocument")
_MARK: Final = "\ufeff"
_LONG: Final = 200_000
"""A text of at least this many characters takes too long to check while a user waits for a hover."""
_LINE_FEED: Final = re.compile("\n")
_LANGUAGES: Final = {
    "json": Format.JSON,
    "jsonc": Format.JSONC,
    "jsonl": Format.LINES,
    "jsonlines": Format.LINES,
    "ndjson": Format.LINES,
    "yaml": Format.YAML,
    "python": Format.PYTHON,
    **dict.fromkeys(("typescript", "typescriptreact", "javascript", "javascriptreact"), Format.TYPESCRIPT),
    **dict.fromkeys(("markdown", "mdx"), Format.MARKDOWN),
    **dict.fromkeys(("shellscript", "sh", "bash"), Format.SHELL),
    "baml": Format.BAML,
}
"""The format of a document by the client's language id, for names without a known extension."""
_ENDINGS: Final = {
    Format.JSON: ".json",
    Format.JSONC: ".jsonc",
    Format.LINES: ".jsonl",
    Format.YAML: ".yaml",
    Format.PYTHON: ".py",
    Format.TYPESCRIPT: ".tsx",
    Format.MARKDOWN: ".md",
    Format.SHELL: ".sh",
    Format.BAML: ".baml",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One of the requests of a text: all of it, a line of JSON Lines, or a document of YAML."""

    document: Document
    """Its document; recovered if the text is broken."""
    start: int = 0
    """The offset in the text that the document's own offsets are relative to."""


@dataclass(eq=False)
class OpenDocument:
    """One version of a document that a client has open; its results are computed on demand and cached."""

    uri: str
    path: str
    """The path of its file, or a placeholder for an unsaved document."""
    language: str
    version: int | None
    text: Text
    project: Project
    is_file: bool = True
    """Whether `path` is the path of a file; the document may be unsaved."""
    was_request: bool = False
    """Whether an earlier version was a request; the document then stays one while it is broken."""
    lines_read: dict[bytes, Document] = field(default_factory=dict)
    """For JSON Lines, a cache of parsed lines from earlier versions."""
    earlier_brackets: Brackets | None = None
    """The brackets of an earlier version, most of which can be reused."""
    lacks: str | None = None
    """Why its language cannot be read, if its parser is not installed."""
    earlier: Earlier | None = None
    """For source code, the calls of earlier versions."""

    def now(  # noqa: PYI019 - Python 3.10 has no `Self`
        self: Version, text: Text, version: int | None, project: Project
    ) -> Version:
        """Return the next version, which reuses what has not changed."""
        return replace(
            self,
            text=text,
            version=version,
            project=project,
            was_request=self.is_known_request,
            lines_read=self.lines_in_use,
            earlier_brackets=self.last_brackets,
            earlier=self._for_later,
        )

    @cached_property
    def format(self) -> Format:
        """The format of its text: by the name of its file, or else by its language."""
        return format_of(self.path) or _LANGUAGES.get(self.language, Format.JSON)

    @cached_property
    def name(self) -> str:
        """Its path with an extension that implies the format."""
        return self.path if format_of(self.path) is not None else f"{self.path}{_ENDINGS[self.format]}"

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Its requests, recovered if they are broken."""
        data = self.text.data
        if self.format is Format.LINES:
            starts = accumulate((len(line) + 1 for line in self._lines), initial=0)
            lines = zip(starts, self._lines, strict=False)
            return tuple(Part(self._read_line(line), start) for start, line in lines if line.strip())
        mark = len(data) - len(strict.without_mark(data)[0])
        documents = self._documents
        if self.format is not Format.YAML and not self.holds_calls:
            documents = [self._repaired(document, mark) for document in documents]
        return tuple(Part(document, mark) for document in documents)

    @cached_property
    def _documents(self) -> list[Document]:
        """Its documents as they were read; none if the parser of its language is not installed."""
        return self._calls[0] if self.format in CODE else self._read(self.text.data)

    @cached_property
    def _calls(self) -> tuple[list[Document], bool]:
        """Its calls, and whether they were read from the text as it is."""
        data = self.text.data
        found, is_read = calls_of(data, self.format, self._read, self.earlier)
        return found, is_read and data.endswith(found[0].data if found else b"")

    @property
    def _for_later(self) -> Earlier | None:
        """What the next version may need; nothing of this one is read for it."""
        data = self.text.data
        if self.format not in CODE:
            return None
        if "_calls" in vars(self) and self._calls[1]:
            return Earlier(data, data, self._calls[0])
        return self.earlier and replace(self.earlier, data=data)

    def _read(self, data: bytes) -> list[Document]:
        try:
            return read(data, self.format, self.name, recordings=self.project.way_of(self.path).recordings)
        except MissingParserError as error:
            self.lacks = str(error)
            return []

    @property
    def holds_calls(self) -> bool:
        """Whether it is source code, or a configuration or recording that holds calls."""
        if self.format is Format.LINES:
            return False
        return self.format in CODE or not self._documents or self._documents[0].call is not None

    @cached_property
    def _lines(self) -> list[bytes]:
        return self.text.data.split(b"\n")

    @property
    def lines_in_use(self) -> dict[bytes, Document]:
        """The lines of JSON Lines that are parsed already."""
        if self.format is not Format.LINES:
            return {}
        return {line: self.lines_read[line] for line in self._lines if line in self.lines_read}

    def _read_line(self, line: bytes) -> Document:
        """Parse a line of JSON Lines; unchanged lines are cached."""
        found = self.lines_read.get(line)
        if found is None:
            found = read_record(line)
            if not found.readable:
                found = _recovered(found, Brackets(jsonc.blanked(line)))
            self.lines_read[line] = found
        return found

    @cached_property
    def verdict(self) -> Verdict:
        """Whether it is checked, and why: by the configuration, or else by its content.

        Raises:
            ConfigError: if the configuration is invalid.
        """
        if self.is_file:
            found = self.project.as_found(self.path)
            if found.left_out is not None:
                return Verdict(is_request=False, reason=found.left_out)
            if found.is_named:
                return Verdict(is_request=True, reason="the configuration includes it")
        verdict = self._verdict_of_content(self.project.linter_for(self.path).told_platform)
        if not verdict.is_request and self.was_request and self._is_broken:
            return Verdict(is_request=True, reason="it was a request before it was broken")
        return verdict

    @property
    def may_be_completed(self) -> bool:
        """Whether it is a request, or source code in which a call may be half typed.

        Raises:
            ConfigError: if the configuration is invalid.
        """
        if self.format not in CODE:
            return self.verdict.is_request
        if not may_hold_calls(self.text.data, self.format):
            return False
        return not self.is_file or self.project.as_found(self.path).left_out is None

    @property
    def is_known_request(self) -> bool:
        """Whether it is a request, by its verdict if that is computed already, or else by that of earlier versions."""
        return self.verdict.is_request if "verdict" in vars(self) else self.was_request

    def _verdict_of_content(self, platform: str | None) -> Verdict:
        """Decide by the content whether it is a request, like the command, or by the words in it if it is broken."""
        if self.holds_calls:
            verdict = judge_calls(self._documents)
            return verdict if self.lacks is None else Verdict(is_request=False, reason=self.lacks)
        if not may_be_request(self.text.data):
            return Verdict(is_request=False, reason="it has no `messages`")
        if self.format is Format.LINES:
            return judge_lines(self._lines, platform, self._read_line)
        documents = [part.document for part in self.parts]
        verdict = judge_documents(documents, platform)
        if not verdict.is_request and self._is_broken:
            return judge_documents([document._replace(readable=False) for document in documents], platform)
        return verdict

    @property
    def _is_broken(self) -> bool:
        return any(part.document.findings for part in self.parts)

    @cached_property
    def result(self) -> FileResult | None:
        """The result of checking it; None if it is not a request."""
        if not self.verdict.is_request:
            return None
        if self.format is Format.LINES:
            return self.project.check_lines(self.name, self._lines, self._read_line, MOST_KEPT)
        return self.project.check_documents(self.name, [part.document for part in self.parts], MOST_KEPT)

    @property
    def is_checked_at_once(self) -> bool:
        """Whether its result is computed already, or can be without a noticeable delay."""
        return "result" in vars(self) or len(self.text.text) < _LONG

    @property
    def is_one_request(self) -> bool:
        """Whether a pointer names one place; with several requests, pointers are relative to each of them."""
        return self.format is not Format.LINES and len(self.parts) == 1

    @property
    def rules(self) -> Mapping[str, Rule]:
        """The rules that it is checked with, by id."""
        return self.project.linter_for(self.name).rules.rules

    @property
    def uris(self) -> list[str]:
        """The addresses of the texts that it consists of: itself, or the cells of a notebook."""
        return [self.uri]

    def first_line(self, _uri: str) -> int:
        """Return the line of its text at which one of its `uris` begins."""
        return 0

    def location(self, place: types.Range) -> types.Location:
        """Return the place of a range of its text, as the client counts."""
        return types.Location(self.uri, place)

    @property
    def violations(self) -> tuple[Violation, ...]:
        """Its violations, as many as the command would list; none if it is not a request."""
        return self.result.violations if self.result is not None else ()

    def characters_of(self, place: Range) -> tuple[int, int]:
        """Return the character range of a place in a report."""
        return self._character_of(place.line, place.column), self._character_of(place.end_line, place.end_column)

    def _character_of(self, line: int, column: int) -> int:
        starts = self._starts_of_lines
        mark = self.text.text.startswith(_MARK) if line == 1 else False
        return min(starts[min(line, len(starts)) - 1] + mark + column - 1, len(self.text.text))

    @cached_property
    def _starts_of_lines(self) -> list[int]:
        """The starts of lines as reports count them: in JSON Lines, only a line feed ends a line."""
        if self.format is not Format.LINES:
            return self.text.starts
        return [0, *(end.end() for end in _LINE_FEED.finditer(self.text.text))]

    def violations_in(self, start: int, end: int) -> Iterator[tuple[Violation, tuple[int, int]]]:
        """Yield the violations that overlap or touch a character range, each with its own range."""
        for violation in self.violations:
            if violation.range is not None:
                first, last = self.characters_of(violation.range)
                if first <= end and start <= last:
                    yield violation, (first, last)

    def part_at(self, byte: int) -> Part | None:
        """Return the part that contains a byte of the text; in source code, the innermost call around it."""
        if self.format in CODE:
            parts = (part for part in self.parts if part.document.call is not None)
            around = [part for part in parts if _is_around(part, byte)]
            return max(around, key=lambda part: part.document.call or (0, 0), default=None)
        if self.holds_calls:
            return None
        if self.format is not Format.YAML:
            return next((part for part in reversed(self.parts) if part.start <= byte), None)
        starts = [(part, part.document.locate([()])[()].start) for part in self.parts if part.document.readable]
        return next((part for part, start in reversed(starts) if start <= byte), None)

    def place_at(self, character: int, *, is_typed: bool = False) -> Place | None:
        """Return the place at a character; `is_typed` for completion, where a value need not be there yet."""
        if self.format in CODE:
            return self._place_in_code(character, is_typed=is_typed)
        if self.holds_calls:
            return None
        byte = self.text.byte(character)
        if self.format is Format.YAML:
            from . import yaml_places

            if is_typed:
                return yaml_places.typed_place(self.text, self._shapes_of, character)
            part = self.part_at(byte)
            return yaml_places.written_place(part.document, self.text, self._shapes_of, byte) if part else None
        part = self.part_at(byte)
        if part is None:
            return None
        value, brackets = part.document.value, self._brackets_of(part.document, part.start)
        return Place(self.text, brackets, self._shapes_of(value), value, byte, part.start)

    def _place_in_code(self, character: int, *, is_typed: bool) -> Place | None:
        from . import code_places

        if not is_typed:
            byte = self.text.byte(character)
            return code_places.written_place(self._documents, self.text, self._shapes_of_call, byte)
        return code_places.typed_place(self.text, self.format, self._shapes_of_call, character, self._read)

    def _shapes_of_call(self, document: Document) -> Shapes:
        """Return the shapes of the schema that a call is checked against."""
        linter = self.project.linter_for(self.name)
        if document.sent is not None:
            linter = linter.for_call(document.sent)
        shape = linter.judge.shape_of(document.value)
        return shapes_of(shape, linter.judge.view_of(document.value, shape))

    def _shapes_of(self, value: Any) -> Shapes:
        """Return the shapes of the schema that a value is checked against."""
        linter = linter_of(value, self.project.linter_for(self.name))
        shape = linter.judge.shape_of(value)
        return shapes_of(shape, linter.judge.view_of(value, shape))

    def _brackets_of(self, document: Document, start: int) -> Brackets:
        """Return the brackets of one of its parts."""
        found = self._brackets.get(start)
        if found is None:
            plain = jsonc.blanked(document.data) if document.findings else document.text
            before = self.earlier_brackets if self.format is not Format.LINES else None
            found = self._brackets[start] = Brackets(plain, before)
        return found

    @cached_property
    def _brackets(self) -> dict[int, Brackets]:
        return {}

    @property
    def last_brackets(self) -> Brackets | None:
        """Its brackets, or else those of the last version that has some."""
        return next(iter(self._brackets.values()), self.earlier_brackets)

    def _repaired(self, document: Document, start: int) -> Document:
        """Recover an unreadable document: keep everything around the broken places."""
        return document if document.readable else _recovered(document, self._brackets_of(document, start))

    def with_fix(self, document: Document, fix: Fix) -> list[Edit]:
        """Return the edits of one of its documents that apply a fix; none if it cannot be read with them any more."""
        edits = edits_of(document, fix)
        if edits and self.format in CODE:
            mark = len(self.text.data) - len(document.data)
            after = self._read(edited(self.text.data, edits, mark))
            if len(after) != len(self._documents) or not all(each.readable for each in after):
                return []
        return edits

    def with_ignore(self, violation: Violation) -> bytes | None:
        """Return its text with a comment that suppresses a violation in source code; None if it cannot have one."""
        return with_ignore(self.text.data, self.format, self._documents, violation, self._read)

    @property
    def is_fixable(self) -> bool:
        """Whether one of its violations has a safe fix."""
        return self.result is not None and bool(fixable(self.result, unsafe=False))

    @cached_property
    def fixed(self) -> bytes:
        """Its text with all safe fixes applied."""
        return fix_text(self.name, self.text.data, lambda data: self.project.check_text(self.name, data)).data


def _is_around(part: Part, byte: int) -> bool:
    call = part.document.call
    return call is not None and call[0] <= byte - part.start <= call[1]


def _recovered(document: Document, brackets: Brackets) -> Document:
    made = recovered(brackets)
    if made is None or not isinstance(made.value, (dict, list)):
        return document
    return document._replace(
        value=made.value, readable=True, blanked=made.text, holes=made.holes, doubtful=made.doubtful
    )

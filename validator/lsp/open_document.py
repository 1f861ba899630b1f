"""Open documents: their text, and what is found in each version of it, as the command would find it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

from ..documents import Document, Format, format_of, jsonc, read, strict
from ..files.checking import judge_documents, judge_lines, linter_of, read_record
from ..files.recognition import Verdict, may_be_request
from ..fixing.applying import fix_text, fixable
from ..report import MOST_KEPT
from .brackets import Brackets
from .place import Place
from .recovery import recovered
from .shapes import Shapes, shapes_of
from .text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..files import FileResult
    from ..project import Project
    from ..report import Range, Violation

_MARK: Final = "\ufeff"
_LONG: Final = 200_000
"""Characters from which on a text takes longer to check than somebody who points at it is to wait."""
_LINE_FEED: Final = re.compile("\n")
_LANGUAGES: Final = {
    "json": Format.JSON,
    "jsonc": Format.JSONC,
    "jsonl": Format.LINES,
    "jsonlines": Format.LINES,
    "ndjson": Format.LINES,
    "yaml": Format.YAML,
}
"""The format of a document whose name does not tell, by the language that the client takes it for."""
_ENDINGS: Final = {Format.JSON: ".json", Format.JSONC: ".jsonc", Format.LINES: ".jsonl", Format.YAML: ".yaml"}


@dataclass(frozen=True, slots=True)
class Part:
    """One of the requests of a text: all of it, a line of many, or a document of YAML."""

    document: Document
    """What it holds; where the text is broken, what could be made of it."""
    start: int = 0
    """The byte of the text that the document's own bytes count from."""


@dataclass(eq=False)
class OpenDocument:
    """A version of a document that a client has open; what is asked of it is worked out once."""

    uri: str
    path: str
    """The path of its file, or a name that stands for one."""
    language: str
    version: int | None
    text: Text
    project: Project
    is_file: bool = True
    """Whether `path` is a file's; a document may be saved nowhere yet."""
    was_request: bool = False
    """Whether an earlier version of it was a request, so that it stays one while it is broken."""
    lines_read: dict[bytes, Document] = field(default_factory=dict)
    """Lines of JSON Lines that an earlier version had, with what they hold."""
    earlier_outline: Brackets | None = None
    """The brackets of an earlier version, of which much may still be true."""

    def now(self, text: Text, version: int | None, project: Project) -> OpenDocument:
        """Return a later version of it, which keeps what may still be true."""
        return replace(
            self,
            text=text,
            version=version,
            project=project,
            was_request=self.is_known_request,
            lines_read=self.lines_in_use,
            earlier_outline=self.last_outline,
        )

    @cached_property
    def format(self) -> Format:
        """How its text is to be read: by the name of its file, else by its language."""
        return format_of(self.path) or _LANGUAGES.get(self.language, Format.JSON)

    @cached_property
    def name(self) -> str:
        """A name whose ending tells how the text is to be read."""
        return self.path if format_of(self.path) is not None else f"{self.path}{_ENDINGS[self.format]}"

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Its requests, as far as they can be read."""
        data = self.text.data
        if self.format is Format.LINES:
            starts = accumulate((len(line) + 1 for line in self._lines), initial=0)
            lines = zip(starts, self._lines, strict=False)
            return tuple(Part(self._read_line(line), start) for start, line in lines if line.strip())
        mark = len(data) - len(strict.without_mark(data)[0])
        documents = read(data, self.format)
        if self.format is not Format.YAML:
            documents = [self._repaired(document, mark) for document in documents]
        return tuple(Part(document, mark) for document in documents)

    @cached_property
    def _lines(self) -> list[bytes]:
        return self.text.data.split(b"\n")

    @property
    def lines_in_use(self) -> dict[bytes, Document]:
        """The lines of JSON Lines that are read already."""
        if self.format is not Format.LINES:
            return {}
        return {line: self.lines_read[line] for line in self._lines if line in self.lines_read}

    def _read_line(self, line: bytes) -> Document:
        """Read a line of JSON Lines; the lines that a change leaves as they were are read already."""
        found = self.lines_read.get(line)
        if found is None:
            found = read_record(line)
            if not found.readable:
                found = _recovered(found, Brackets(jsonc.blanked(line)))
            self.lines_read[line] = found
        return found

    @cached_property
    def verdict(self) -> Verdict:
        """Whether it is checked, and what tells: by the configuration, else by its content.

        Raises:
            ConfigError: for a configuration that cannot be used.
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
    def is_known_request(self) -> bool:
        """Whether it is a request: by its verdict if somebody has asked for that, else by those of earlier versions."""
        return self.verdict.is_request if "verdict" in vars(self) else self.was_request

    def _verdict_of_content(self, told: str | None) -> Verdict:
        """Say whether it is a request by what it holds: as the command does, or by what could be made of it."""
        if not may_be_request(self.text.data):
            return Verdict(is_request=False, reason="it has no `messages`")
        if self.format is Format.LINES:
            return judge_lines(self._lines, told, self._read_line)
        documents = [part.document for part in self.parts]
        verdict = judge_documents(documents, told)
        if not verdict.is_request and self._is_broken:
            return judge_documents([document._replace(readable=False) for document in documents], told)
        return verdict

    @property
    def _is_broken(self) -> bool:
        return any(part.document.findings for part in self.parts)

    @cached_property
    def result(self) -> FileResult | None:
        """What is found in it; None where it is no request."""
        if not self.verdict.is_request:
            return None
        if self.format is Format.LINES:
            return self.project.check_lines(self.name, self._lines, self._read_line, MOST_KEPT)
        return self.project.check_documents(self.name, [part.document for part in self.parts], MOST_KEPT)

    @property
    def is_checked_at_once(self) -> bool:
        """Whether what is found in it is known already, or before anybody waits."""
        return "result" in vars(self) or len(self.text.text) < _LONG

    @property
    def is_one_request(self) -> bool:
        """Whether pointers into it tell one place: in JSON Lines and several documents they count from each request."""
        return self.format is not Format.LINES and len(self.parts) == 1

    @property
    def violations(self) -> tuple[Violation, ...]:
        """What is found in it, as far as the command would list it; nothing where it is no request."""
        return self.result.violations if self.result is not None else ()

    def characters_of(self, place: Range) -> tuple[int, int]:
        """Return the characters of the text that a place in a report is."""
        return self._character_of(place.line, place.column), self._character_of(place.end_line, place.end_column)

    def _character_of(self, line: int, column: int) -> int:
        starts = self._starts_of_lines
        mark = self.text.text.startswith(_MARK) if line == 1 else False
        return min(starts[min(line, len(starts)) - 1] + mark + column - 1, len(self.text.text))

    @cached_property
    def _starts_of_lines(self) -> list[int]:
        """Where lines begin as reports count them: only line feeds end those of JSON Lines."""
        if self.format is not Format.LINES:
            return self.text.starts
        return [0, *(end.end() for end in _LINE_FEED.finditer(self.text.text))]

    def violations_in(self, start: int, end: int) -> Iterator[tuple[Violation, tuple[int, int]]]:
        """Yield what is found in a stretch of characters, or touches it, each with its own."""
        for violation in self.violations:
            if violation.range is not None:
                first, last = self.characters_of(violation.range)
                if first <= end and start <= last:
                    yield violation, (first, last)

    def part_at(self, byte: int) -> Part | None:
        """Return the part that a byte of the text is in."""
        if self.format is not Format.YAML:
            return next((part for part in reversed(self.parts) if part.start <= byte), None)
        starts = [(part, part.document.locate([()])[()].start) for part in self.parts if part.document.readable]
        return next((part for part, start in reversed(starts) if start <= byte), None)

    def place_at(self, character: int, *, is_typed: bool = False) -> Place | None:
        """Return the place at a character; `is_typed` where it is asked what may be typed there."""
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
        value, brackets = part.document.value, self._outline(part.document, part.start)
        return Place(self.text, brackets, self._shapes_of(value), value, byte, part.start)

    def _shapes_of(self, value: Any) -> Shapes:
        """Return the schema that a value is checked against."""
        linter = linter_of(value, self.project.linter_for(self.name))
        shape = linter.shape_of(value)
        return shapes_of(shape, linter.view_of(value, shape))

    def _outline(self, document: Document, start: int) -> Brackets:
        """Return the brackets of one of its parts."""
        found = self._outlines.get(start)
        if found is None:
            plain = jsonc.blanked(document.data) if document.findings else document.text
            before = self.earlier_outline if self.format is not Format.LINES else None
            found = self._outlines[start] = Brackets(plain, before)
        return found

    @cached_property
    def _outlines(self) -> dict[int, Brackets]:
        return {}

    @property
    def last_outline(self) -> Brackets | None:
        """The brackets of it, or else of the last version that has one."""
        return next(iter(self._outlines.values()), self.earlier_outline)

    def _repaired(self, document: Document, start: int) -> Document:
        """Keep of a document that cannot be read what is around the places where it is broken."""
        return document if document.readable else _recovered(document, self._outline(document, start))

    @property
    def is_mendable(self) -> bool:
        """Whether something in it has a safe fix."""
        return self.result is not None and bool(fixable(self.result, unsafe=False))

    @cached_property
    def mended(self) -> bytes:
        """Its text with all safe fixes."""
        return fix_text(self.name, self.text.data, lambda data: self.project.check_text(self.name, data)).data


def _recovered(document: Document, brackets: Brackets) -> Document:
    made = recovered(brackets)
    if made is None or not isinstance(made.value, (dict, list)):
        return document
    return document._replace(
        value=made.value, readable=True, blanked=made.text, holes=made.holes, doubtful=made.doubtful
    )

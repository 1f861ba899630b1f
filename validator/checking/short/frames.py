"""The texts around messages, by which a request is known again."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from ...common.unknown import PartialObject
from ...documents import Document
from ...engine.context import Context, JsonText
from ...engine.setup import LONGEST, PLACEHOLDER
from ...places.lines import LineIndex
from ...report import Range
from ...rules.shared.secrets import may_leak
from . import patience
from .index import UNKNOWN_ARRAY
from .kinds import UnsureError
from .reading import TornError, messages_in, see_unsure
from .structs import CUSTOM_ID

if TYPE_CHECKING:
    from ...engine.finding import Finding
    from ...engine.setup import Setup
    from ...report import Violation
    from ..judge import Judge
    from .way import Short

_RECORD: Final = re.compile(rf'\{{"custom_id": ?"({CUSTOM_ID})", ?"params": ?'.encode())
"""The opening of a line of a batch file, in compact JSON and as Python writes it."""
_MESSAGES: Final = "messages"
_KEY: Final = b'"messages"'
_PLACE: Final = b"%d" % PLACEHOLDER
_NO_MESSAGES: Final = b"[]"
_LINE_ENDS: Final = (b"\n", b"\r")
_MOST: Final = 128
_MOST_ALIKE: Final = 16
"""Most frames with the same text before `messages`, which are tried one after the other."""


class Frame:
    """The text around the messages of requests with the same setup."""

    def __init__(self, opening: bytes, closing: bytes, setup: Setup, context: Context, rest: dict[str, Any]) -> None:
        """Take what is around the messages of a request; `rest` is the body without them."""
        self.opening, self.closing, self.setup, self.rest = opening, closing, setup, rest
        self.sent: Final = context[:6]
        """How such requests are sent: their context without text and size."""
        self.body: Final = PartialObject(rest, is_open=False)
        """The body, with messages that are unknown."""
        self.body[_MESSAGES] = UNKNOWN_ARRAY
        self.reports: Final[dict[int, Any]] = {}
        """The violations of all that is found in such requests, with their places in `sample`."""
        self.lines: Final[dict[int, Any]] = {}
        """What is found in lines with such a request, by the identity of what the rules find."""

    @property
    def sample(self) -> bytes:
        """Such a request without messages."""
        return b"%b%b%b" % (self.opening, _NO_MESSAGES, self.closing)

    @cached_property
    def value(self) -> dict[str, Any]:
        """Such a request with an empty list of messages."""
        return {**self.rest, _MESSAGES: []}

    @property
    def document(self) -> Document:
        """The sample as a document."""
        return Document(self.sample, self.value, readable=True)

    @cached_property
    def may_leak(self) -> bool:
        """Whether it may have a secret."""
        return self.setup.kept(may_leak, self.rest)

    @cached_property
    def end(self) -> tuple[int, int]:
        """The line and column after the messages in `sample`."""
        return LineIndex(self.sample).position(len(self.opening) + len(_NO_MESSAGES))

    def is_before(self, violation: Violation) -> bool:
        """Whether a violation of the sample is wholly before the messages."""
        return (violation.range is None or violation.range[2:] < self.end) and not violation.related

    def moved(self, violations: tuple[Violation, ...], text: bytes) -> tuple[Violation, ...] | None:
        """Move violations from their places in the sample to those in a text; None if its messages have lines."""
        start, end = len(self.opening), len(text) - len(self.closing)
        if any(text.find(sign, start, end) >= 0 for sign in _LINE_ENDS):
            return None
        size = end - start if text.isascii() else len(text[start:end].decode())
        line, column = self.end

        def place(found: Range | None) -> Range | None:
            if found is None or (found.end_line, found.end_column) < (line, column):
                return found
            columns = [
                each_column + (size - len(_NO_MESSAGES)) * (each_line == line and each_column >= column)
                for each_line, each_column in (found[:2], found[2:])
            ]
            return Range(found.line, columns[0], found.end_line, columns[1])

        return tuple(
            violation._replace(
                range=place(violation.range),
                related=tuple(each._replace(range=place(each.range)) for each in violation.related),
            )
            for violation in violations
        )


class Known(NamedTuple):
    """What is known of a request that was not parsed."""

    frame: Frame
    findings: tuple[Finding, ...]
    """What the rules find in it; all is outside of its messages."""
    start: int = 0
    """Where the body begins in the text."""
    custom_id: str | None = None
    """For a line of a batch file, its id."""


_Key = tuple[bool, int, int]
"""What frames with the same opening share, and hardly any others: whether they are records, and the number of bytes
before the first `messages`, and their hash."""


def _key_of(text: bytes, start: int, *, is_record: bool) -> _Key:
    """Return the key of a text whose body begins there."""
    at = max(start, text.find(_KEY, start))
    return is_record, at - start, hash(text[start:at])


class Frames:
    """The frames of requests, of one linter."""

    def __init__(self, short: Short, judge: Judge) -> None:
        self._short = short
        self._judge = judge
        self._frames: dict[_Key, tuple[Frame, ...]] = {}
        """The latest first."""
        self._number = 0
        self._latest: list[Frame | None] = [None, None]
        """The one that was found last, of requests and of lines of a batch file: one with the longest closing."""
        self.waits = self.waited = 0
        """For how many new frames the short way is not tried, and for how many it was not before."""

    def known(self, text: bytes, *, is_record: bool) -> Known | None:
        """Return what is known of a text whose messages add nothing; None if it has to be read the usual way."""
        record = _RECORD.match(text) if is_record else None
        if is_record and record is None:
            return None
        start = 0 if record is None else record.end()
        frame, key = self._latest[is_record], None
        if frame is None or not (text.startswith(frame.opening, start) and text.endswith(frame.closing)):
            frame = None
            if self._frames:
                key = _key_of(text, start, is_record=is_record)
                frame = self._frame_of(text, start, key)
        patient = self if frame is None else frame.setup
        if patient.waits > 0:
            patient.waits -= 1
            return None
        findings: tuple[Finding, ...] | None = None
        try:
            if frame is not None:
                try:
                    findings = self._found_around(frame, text, start)
                except TornError:  # the end of the text is that of another frame, which is longer
                    frame = None
            if frame is None:
                frame, findings = self._new(text, start, key, is_record=is_record)
        except Exception as error:  # noqa: BLE001 - a bug in a look must not take the report with it
            see_unsure(error)
        patience.note(patient, found=findings is not None)
        if frame is None or findings is None:
            return None
        return Known(frame, findings, start, None if record is None else record[1].decode())

    def _found_around(self, frame: Frame, text: bytes, start: int) -> tuple[Finding, ...] | None:
        """Return what the rules find in a text with a known frame."""
        frame.setup.times_seen += 1
        data = text[start + len(frame.opening) : len(text) - len(frame.closing)]
        # No secret can begin outside of the messages and end inside: none has a bracket.
        searched = text if frame.may_leak else data
        context = Context(*frame.sent, len(text), JsonText(searched))
        return self._short.found_in(data, frame.body, context, frame.setup, rest=frame.rest)

    def _frame_of(self, text: bytes, start: int, key: _Key) -> Frame | None:
        """Return the frame with the longest closing: a short one may be the end of what follows the messages."""
        found = None
        frames = self._frames.get(key, ())
        for frame in frames:
            if (
                text.endswith(frame.closing)
                and (found is None or len(frame.closing) > len(found.closing))
                and text.startswith(frame.opening, start)
            ):
                found = frame
        if found is not None and all(len(frame.closing) <= len(found.closing) for frame in frames):
            self._latest[key[0]] = found
        return found

    def _new(
        self, text: bytes, start: int, key: _Key | None, *, is_record: bool
    ) -> tuple[Frame, tuple[Finding, ...] | None]:
        """Return the frame of a text whose setup the schema accepts, and what `found_in` says of the text."""
        first = max(start, text.find(_KEY, start)) if key is None else start + key[1]
        begin, data, read = messages_in(text, first, is_record=is_record)
        opening, closing = text[start:begin], text[begin + len(data) :]
        around = b"%b%b%b" % (opening, _PLACE, closing)
        value: Any = orjson.loads(b'{"params":%b' % around if is_record else around)
        if is_record:
            if len(value) != 1:
                raise UnsureError
            value = value["params"]
        # Only if this is the place of the messages: nothing else is that number.
        if value.__class__ is not dict or value.pop(_MESSAGES, None) != PLACEHOLDER or around.count(_PLACE) != 1:
            raise UnsureError
        alone = around[: around.rfind(b"}")] if is_record else around
        judged = self._judge.around(value, alone, JsonText(text), is_record=is_record)
        if judged is None:
            raise UnsureError
        setup, context = judged
        frame = Frame(opening, closing, setup, context, value)
        findings = self._short.found_in(data, frame.body, context, setup, read=read, rest=frame.rest)
        if findings is not None and setup.is_seen_again and len(around) <= LONGEST:
            self._keep(frame, key or _key_of(text, start, is_record=is_record))
        return frame, findings

    def _keep(self, frame: Frame, key: _Key) -> None:
        if self._number >= _MOST:
            self._frames, self._number = {}, 0
        alike = self._frames.get(key, ())
        self._frames[key] = (frame, *alike[: _MOST_ALIKE - 1])
        self._number += 1
        self._latest = [None, None]

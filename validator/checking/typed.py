"""A short way for plain messages: a typed decoder reads them, and what is around them is read by itself, or known.

msgspec turns the bytes of plain messages into structs, which is all that the schemas say of them. The text around them
is parsed with a number in their place; if its setup comes again it is known by its bytes. From the structs
comes the same index as from parsed messages, and the engine's own plan for that setup says which rules have to look at
the messages. These run: on the few messages with other blocks than usual (images, say), or, if one reads more, on all,
parsed after all. Where they find something, or anything is not certain, the request goes the usual way. So what is
found is always the same, and everything works without this module.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property, lru_cache
from time import time
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import orjson
from msgspec import UNSET, DecodeError, Raw, Struct, ValidationError, convert, to_builtins
from msgspec.json import Decoder, Encoder

from ..common.unknown import NotKnownError, PartialArray, PartialObject, UnknownValue
from ..documents import Document
from ..documents.duplicates import repeated_keys
from ..engine.context import Context, JsonText
from ..engine.encoding import are_plain, is_plain, text_of_known, text_of_plain
from ..engine.failures import raise_in_tests
from ..engine.index import Index
from ..engine.setup import LONGEST, PLACEHOLDER, Answer, settings_alone, without
from ..places.lines import LineIndex
from ..report import Range
from ..rules.shared.secrets import may_leak
from .conversations import Checked, Conversations
from .kinds import CONTENTS, IS_ANSWERED, IS_EMPTY, NOTHING, TAGS, Noted, UnsureError, described, noted
from .plain_messages import (
    CUSTOM_ID,
    ID,
    MOST_MESSAGES,
    InputMessage,
    MessagesInText,
    PlainObject,
    TextBlock,
    ToolUseBlock,
)

if TYPE_CHECKING:
    from ..engine.engine import Around, Engine
    from ..engine.finding import Finding
    from ..engine.setup import Setup
    from ..report import Violation
    from .judge import Judge

_DECODER: Final = Decoder(MessagesInText)
_ENCODER: Final = Encoder()
_IN_IDS: Final = bytes(code for code in range(128) if re.fullmatch(ID, chr(code)))
"""The characters of an id, which has no other rule."""
_RECORD: Final = re.compile(rf'\{{"custom_id": ?"({CUSTOM_ID})", ?"params": ?'.encode())
"""The opening of a line of a batch file, in compact JSON and as Python writes it."""
_MESSAGES: Final = "messages"
_KEY: Final = b'"messages"'
_PLACE: Final = b"%d" % PLACEHOLDER
_NO_MESSAGES: Final = b"[]"
_CLOSINGS: Final = (b"]}", b"]}}")
"""How requests, and lines of a batch file, end in which the messages come last."""
_TOOL: Final = b'"input_schema"'
_LINE_ENDS: Final = (b"\n", b"\r")
_QUOTE: Final = b'"'
_ESCAPED_QUOTE: Final = b"\\u0022"
_OBJECTS: Final = frozenset({dict})
_SHALLOW: Final = 1_000
"""Bytes of inputs that cannot be nested deeper than orjson reads, whatever they are in."""
_AROUND: Final = 5
"""How many values an input in a batch is nested in, beyond the array that all inputs are read in here."""
_MOST: Final = 128
_MOST_ALIKE: Final = 16
"""Most frames with the same text before `messages`, which are tried one after the other."""
_LONGEST_WAIT: Final = 31
_MOST_KINDS: Final = 512
"""Most kinds of messages with one setup of which something is kept."""
_NONE: Final[list[Any]] = []
_NO_CONTEXT: Final = Context()
_OF_KIND: Final = ("body", "setup", "kind", "names", "said", "cache_marks", "cache_marks_inside", "_rest")
"""The attributes of an index that messages of the same kind share."""
_UNKNOWN_ARRAY: Final = UnknownValue("array")
_HIDDEN: Final[Any] = UnknownValue("any")


class Frame:
    """The text around the messages of requests with the same setup."""

    def __init__(self, opening: bytes, closing: bytes, setup: Setup, context: Context, rest: dict[str, Any]) -> None:
        """Take what is around the messages of a request; `rest` is the body without them."""
        self.opening, self.closing, self.setup, self.rest = opening, closing, setup, rest
        self.sent: Final = context[:6]
        """How such requests are sent: their context without text and size."""
        self.body: Final = PartialObject(rest, is_open=False)
        """The body, with messages that are unknown."""
        self.body[_MESSAGES] = _UNKNOWN_ARRAY
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


def _certain(text: bytes | None) -> bytes:
    """Return the text of a plain value."""
    if text is None:
        raise UnsureError
    return text


class Known(NamedTuple):
    """What is known of a request that was not parsed."""

    frame: Frame
    findings: tuple[Finding, ...]
    """What the rules find in it; all is outside of its messages."""
    start: int = 0
    """Where the body begins in the text."""
    custom_id: str | None = None
    """For a line of a batch file, its id."""


class _Body(Struct):
    messages: Raw


class _Record(Struct):
    params: _Body


_BODIES: Final = Decoder(_Body)
_RECORDS: Final = Decoder(_Record)


class _Alike(NamedTuple):
    """What is known of requests with the same setup and messages of one kind."""

    day: date
    """The day for which it is known."""
    around: Around


class _TornError(UnsureError):
    """Raised for a text that is not JSON: it may be that of the messages and of something after them."""


_UNSURE: Final = (
    UnsureError,
    DecodeError,
    UnicodeError,
    orjson.JSONDecodeError,
    orjson.JSONEncodeError,
    RecursionError,
    NotKnownError,
)


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
                except _TornError:  # the end of the text is that of another frame, which is longer
                    frame = None
            if frame is None:
                frame, findings = self._new(text, start, key, is_record=is_record)
        except Exception as error:  # noqa: BLE001 - a bug in a look must not take the report with it
            _see_unsure(error)
        _note(patient, found=findings is not None)
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
        begin, data, read = _messages_in(text, first, is_record=is_record)
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


class _Patient(Protocol):
    waits: int
    waited: int


def _see_unsure(error: Exception) -> None:
    """See that an error only tells that the short way is not certain."""
    if not isinstance(error, _UNSURE):
        raise_in_tests(error)


def _note(patient: _Patient, *, found: bool) -> None:
    """Note whether something was found the short way."""
    # A useless try costs a part of a check: after each one, the next comes after twice as many requests.
    patient.waited = patient.waits = 0 if found else min(2 * patient.waited + 1, _LONGEST_WAIT)


class Short:
    """The short way of one linter."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._conversations = Conversations(_ENCODER)

    def found(
        self, body: dict[str, Any], setup: Setup, context_of: Callable[[bytes], Context]
    ) -> tuple[Finding, ...] | None:
        """Return what the rules find in an object; None if it has to be checked the usual way.

        Args:
            body: The object.
            setup: Its setup, which the schema has accepted.
            context_of: Returns its context, by the text of its messages.
        """
        if setup.waits > 0:
            setup.waits -= 1
            return None
        findings = None
        messages = body[_MESSAGES]
        try:
            if messages.__class__ is list and len(messages) > MOST_MESSAGES:
                data = _certain(text_of_plain(messages))
                findings = self.found_in(data, body, context_of(data), setup, is_own=True)
            else:
                findings = self._found_in_object(body, setup, context_of)
        except Exception as error:  # noqa: BLE001 - as above
            _see_unsure(error)
        # One with the SDK's objects in it comes again without them.
        if findings is not None or is_plain(messages):
            _note(setup, found=findings is not None)
        return findings

    def _found_in_object(
        self, body: dict[str, Any], setup: Setup, context_of: Callable[[bytes], Context]
    ) -> tuple[Finding, ...] | None:
        """Return what the rules find in an object with few messages, or raise one of `_UNSURE`."""
        structs = convert(body, PlainObject).messages
        index = PlainIndex(body, _NO_CONTEXT, setup, structs, is_own=True)
        # Only now is it known that there is an end to them. What msgspec and orjson both take may be a tuple or an
        # enum with a string in it, which the SDK sends as plain values.
        data = text_of_known(body[_MESSAGES])
        index.context = context_of(data)
        around = self._alike(index)
        if around.must_run is not None and not is_plain(body[_MESSAGES]):
            return None
        return self._found(around, index, data, index.context)

    def found_in(
        self,
        data: bytes,
        body: dict[str, Any],
        context: Context,
        setup: Setup,
        *,
        is_own: bool = False,
        rest: dict[str, Any] | None = None,
        read: tuple[list[InputMessage[Any]], bool] | None = None,
    ) -> tuple[Finding, ...] | None:
        """Return the same for a text, or raise one of `_UNSURE`.

        The messages of `body` may be unknown. `rest` is the body without messages, and `read` is what `_read` has
        returned, if they are at hand.
        """
        conversations = self._conversations
        known, number, offset = conversations.find(data, setup) if read is None else (None, 0, 0)
        first, before = (0, NOTHING) if known is None else known.noted(number)
        goes_on = data.startswith(b",", offset)
        later = data if known is None else b"[" + data[offset + goes_on :]
        structs, is_compact = read or _read(later, is_trusted=is_own and not conversations.takes(data))
        if known is not None:
            if goes_on and not structs:  # a comma at the end
                raise UnsureError
            structs = known.checked.structs[:number] + structs
        index = PlainIndex(body, context, setup, structs, number, first=first, before=before, is_own=is_own, rest=rest)
        # With a new setup it is not worth it to find out first what other messages of this kind have in common.
        is_new = not setup.is_seen_again
        around = self._around_new(index) if is_new else self._alike(index)
        if known is not None and known.checked.plan is not around.plan:
            index, known = PlainIndex(body, context, setup, structs, is_own=is_own, rest=rest), None
        elif known is not None and context.text is not None and context.text.data is data:
            index.context = Context(*context[:7], JsonText(later))
        findings = self._found(around, index, data, context)
        is_kept = findings is not None and is_compact and not is_new and later != _NO_MESSAGES
        if is_kept and conversations.takes(data):
            conversations.keep(data, setup, Checked(structs, index.noted, around.plan), known, number=number)
        return findings

    def _found(self, around: Around, index: PlainIndex, data: bytes, context: Context) -> tuple[Finding, ...] | None:
        """Return what is found around messages; None if the rules may find something in them."""
        for look in around.looks:
            if not look(index):
                return None
        if around.must_run is not None:
            body = index.body_for(data, is_sparse=around.must_run.reads_unusual)
            if not self._engine.finds_nothing(around.must_run, body, context, index):
                return None
        return around.findings

    def _around_new(self, index: PlainIndex) -> Around:
        """Return what is known of a request with a new setup."""
        setup = index.setup
        if setup.marks is None:
            return self._engine.around(index)
        kind = index.kind, index.context.endpoint, index.context.betas, setup.names, setup.marks
        return self._engine.around_new(index, kind, index.with_settings_alone)

    def _alike(self, index: PlainIndex) -> Around:
        """Return what is known of all requests that the rules see as one with this."""
        context, known = index.context, index.setup.alike
        key = index.kind, context.endpoint, context.betas
        today = context.today or _day_in(time() // 60)
        alike: _Alike | None = known.get(key)
        if alike is None or alike.day != today:
            around = self._engine.around(index.unread())
            if len(known) >= _MOST_KINDS:
                known.clear()
            alike = known[key] = _Alike(today, around)
        return alike.around


@lru_cache(maxsize=1)
def _day_in(_minute: float) -> date:
    """Return the day, asked for once a minute: days begin with a minute everywhere."""
    return date.today()  # noqa: DTZ011 - as the rules do


class PlainIndex(Index):
    """The index of plain messages, from their structs.

    Its `calls` are those that are not known to fit their tools.
    """

    __slots__ = ("_rest", "_structs", "kind", "noted")

    def __init__(
        self,
        body: dict[str, Any],
        context: Context,
        setup: Setup,
        structs: list[InputMessage[Any]],
        known: int = 0,
        *,
        first: int = 0,
        before: Noted = NOTHING,
        is_own: bool = False,
        rest: dict[str, Any] | None = None,
    ) -> None:
        """Index messages, of which the first ones are known; raises one of `_UNSURE` if they are not plain.

        A text that was written here (`is_own`) has no duplicate keys. `rest` is the body without messages. `before` is
        what was noted of the messages before a `first` one.
        """
        self.body, self.context, self.setup = body, context, setup
        self._structs = structs
        self._rest = rest
        self.noted, uses = noted(structs, first, before, known)
        signs, lifetimes, shapes, unusual, waiting = self.noted
        if waiting:
            raise UnsureError
        if not structs:
            signs |= IS_EMPTY
        elif structs[-1].role == "assistant":
            signs |= IS_ANSWERED
        self.kind = signs, lifetimes, shapes
        """All that the other attributes are made of, but for the calls."""
        self.calls = _calls_of(uses, is_own=is_own) if uses else []
        self.unusual = [*unusual] if unusual else _NONE
        self.cache_marks_inside = _NONE
        self.names, self.said, marks = described(self.kind)
        self.cache_marks = [*setup.cache_marks, *marks] if marks else setup.cache_marks

    def unread(self) -> PlainIndex:
        """Return an index of messages of the same kind, of which nothing else is known."""
        index = PlainIndex.__new__(PlainIndex)  # `copy` takes longer than all this
        unknown: Any = UnknownValue("any")
        for name in _OF_KIND:
            setattr(index, name, getattr(self, name))
        if type(self.body) is dict:
            index.body = PartialObject({**self.body, _MESSAGES: _UNKNOWN_ARRAY}, is_open=False)
        index.context = self.context._replace(size=unknown, text=unknown)
        for name in ("calls", "unusual", "_structs"):
            setattr(index, name, unknown)
        return index

    def with_settings_alone(self) -> PlainIndex:
        """Return the same; around the messages nothing but the settings, the names and the marks is known either."""
        index = self.unread()
        index.setup = self.setup.unread()
        known = settings_alone(self.rest)
        index._rest = PartialObject(known, is_open=False)  # noqa: SLF001 - its own
        index.body = PartialObject({**known, _MESSAGES: _UNKNOWN_ARRAY}, is_open=False)
        return index

    def body_for(self, data: bytes, *, is_sparse: bool) -> dict[str, Any]:
        """Return the body with the messages that a text says; if `is_sparse`, with the unusual ones alone."""
        if type(self.body) is dict:
            return self.body
        around = dict(dict.items(self.body))
        if not is_sparse:
            return {**around, _MESSAGES: orjson.loads(data)}
        messages: list[Any] = [_HIDDEN] * len(self._structs)
        for number in self.unusual:
            messages[number] = _parsed(self._structs[number])
        return PartialObject({**around, _MESSAGES: PartialArray(messages, is_open=False)}, is_open=False)

    @property
    def has_only_text_in_errors(self) -> bool:
        """True: other errors are read the usual way."""
        return True

    @property
    def rest(self) -> dict[str, Any]:
        """The body without its messages."""
        return without(self.body, _MESSAGES) if self._rest is None else self._rest

    def cached(self, find: Callable[[dict[str, Any]], Answer]) -> Answer:
        """Return `find(body)`, which gets the body without its messages and is called once for each setup."""
        return self.setup.cached(find, self.body) if self._rest is None else self.setup.kept(find, self._rest)

    @property
    def number_of_messages(self) -> int:
        """The number of messages."""
        return len(self._structs)

    @property
    def may_be_marked(self) -> bool:
        """Whether a block of the messages may have a `cache_control`, or contain one that has."""
        return self.kind[0] & CONTENTS > 0 or len(self.cache_marks) > len(self.setup.cache_marks)

    def turns(self, first: int = 0) -> Iterable[tuple[str, list[str]]]:
        """Yield the role of each message from a `first` one on, and the types of its blocks."""
        for message in self._structs[first:]:
            content: Any = message.content
            yield message.role, [] if content.__class__ is str else [TAGS[block.__class__] for block in content]

    @property
    def texts(self) -> tuple[int, list[Any]]:
        """The number of characters in plain texts of the messages, and everything else in them, or something longer."""
        characters, others = 0, []
        for message in self._structs:
            content: Any = message.content
            if content.__class__ is str:
                characters += len(content)
                continue
            for block in content:
                if block.__class__ is TextBlock and block.cache_control is UNSET:
                    characters += len(block.text)
                elif block.__class__ is ToolUseBlock:
                    others.append(_call_of(block))
                else:
                    others.append(to_builtins(block))
        return characters, others


def _calls_of(uses: list[ToolUseBlock[Any]], *, is_own: bool) -> list[dict[str, Any]]:
    """Return calls with their inputs, which msgspec passes over: in a text neither their numbers nor their UTF-8.

    Raises one of `_UNSURE` if an input is not an object, or may have a duplicate key.
    """
    if "".join([use.id for use in uses]).encode().translate(None, _IN_IDS):
        raise UnsureError
    inputs: Any = [use.input for use in uses]
    if inputs[0].__class__ is Raw:
        inputs = _parsed_inputs(b"[%b]" % b",".join(inputs), is_own=is_own)
    elif not are_plain(inputs):
        raise UnsureError
    if not _OBJECTS.issuperset(map(type, inputs)):
        raise UnsureError
    return [{"name": use.name, "input": value} for use, value in zip(uses, inputs, strict=True)]


def _parsed_inputs(text: bytes, *, is_own: bool) -> Any:
    """Parse the inputs of calls, in an array."""
    if len(text) <= _SHALLOW:
        inputs: Any = orjson.loads(text)
    else:
        inputs = orjson.loads(b"%b%b%b" % (b"[" * _AROUND, text, b"]" * _AROUND))
        for _ in range(_AROUND):
            inputs = inputs[0]
    if not is_own and orjson.dumps(inputs) != text and repeated_keys(text, inputs):
        raise UnsureError
    return inputs


def _messages_in(
    text: bytes, start: int, *, is_record: bool
) -> tuple[int, bytes, tuple[list[InputMessage[Any]], bool]]:
    """Return where the messages of a request begin, from their key on, their text, and what `_read` makes of it.

    What it returns has to be confirmed.
    """
    begin = text.find(b"[", start)
    # Most of them come last, so that nothing has to be looked for; then there is no tool after them.
    closing = _CLOSINGS[is_record]
    if text.endswith(closing) and text.rfind(_TOOL, begin) < 0:
        data = text[begin : len(text) + 1 - len(closing)]
        try:
            return begin, data, _read(data)
        except _TornError:
            pass
    data = bytes((_RECORDS.decode(text).params if is_record else _BODIES.decode(text)).messages)
    if not text.startswith(data, begin):
        raise UnsureError
    return begin, data, _read(data)


def _read(data: bytes, *, is_trusted: bool = False) -> tuple[list[InputMessage[Any]], bool]:
    """Read plain messages; also tell whether the text is compact JSON. A trusted text has no duplicate keys.

    Raises one of `_UNSURE` if they are not plain, or an object may have a duplicate key.
    """
    try:
        structs = _DECODER.decode(data)
    except ValidationError:
        raise
    except DecodeError as error:
        raise _TornError from error
    if is_trusted:
        return structs, False
    # The encoder writes each value in as few bytes as it can be written in, so only the same messages have as many.
    # Otherwise a value that was dropped shows in the number of quotation marks; see `documents.duplicates`.
    written = _ENCODER.encode(structs)
    if len(written) == len(data):
        return structs, True
    if written.count(_QUOTE) != data.count(_QUOTE) or _ESCAPED_QUOTE in data:
        raise UnsureError
    return structs, False


def _parsed(message: InputMessage[Any]) -> dict[str, Any]:
    """Return a message as it would have been parsed."""
    content: Any = message.content
    blocks = [
        {**_call_of(block), "type": "tool_use", "input": orjson.loads(bytes(block.input))}
        if block.__class__ is ToolUseBlock
        else to_builtins(block)
        for block in content
    ]
    return {"role": message.role, "content": blocks}


def _call_of(block: ToolUseBlock[Any]) -> dict[str, Any]:
    """Return a call with its input, as text if it was read of one."""
    given = block.input
    return {
        "id": block.id,
        "name": block.name,
        "input": str(given, "utf-8") if given.__class__ is Raw else given,
        **_mark_of(block),
    }


def _mark_of(block: Any) -> dict[str, Any]:
    return {} if block.cache_control is UNSET else {"cache_control": to_builtins(block.cache_control)}

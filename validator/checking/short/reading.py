"""Read the texts of plain messages, and the inputs of the calls in them."""

from __future__ import annotations

import re
from typing import Any, Final

import orjson
from msgspec import DecodeError, Raw, Struct, ValidationError
from msgspec.json import Decoder, Encoder

from ...common.unknown import NotKnownError
from ...documents.duplicates import repeated_keys
from ...engine.encoding import are_plain
from ...engine.failures import raise_in_tests
from .kinds import UnsureError
from .structs import ID, InputMessage, MessagesInText, ToolUseBlock

ENCODER: Final = Encoder()
_DECODER: Final = Decoder(MessagesInText)
_IN_IDS: Final = bytes(code for code in range(128) if re.fullmatch(ID, chr(code)))
"""The characters of an id, which has no other rule."""
_CLOSINGS: Final = (b"]}", b"]}}")
"""How requests, and lines of a batch file, end in which the messages come last."""
_TOOL: Final = b'"input_schema"'
_QUOTE: Final = b'"'
_ESCAPED_QUOTE: Final = b"\\u0022"
_OBJECTS: Final = frozenset({dict})
_SHALLOW: Final = 1_000
"""Bytes of inputs that cannot be nested deeper than orjson reads, whatever they are in."""
_AROUND: Final = 5
"""How many values an input in a batch is nested in, beyond the array that all inputs are read in here."""


class _Body(Struct):
    messages: Raw


class _Record(Struct):
    params: _Body


_BODIES: Final = Decoder(_Body)
_RECORDS: Final = Decoder(_Record)


class TornError(UnsureError):
    """Raised for a text that is not JSON: it may be that of the messages and of something after them."""


UNSURE: Final = (
    UnsureError,
    DecodeError,
    UnicodeError,
    orjson.JSONDecodeError,
    orjson.JSONEncodeError,
    RecursionError,
    NotKnownError,
)


def see_unsure(error: Exception) -> None:
    """See that an error only tells that the short way is not certain."""
    if not isinstance(error, UNSURE):
        raise_in_tests(error)


def messages_in(text: bytes, start: int, *, is_record: bool) -> tuple[int, bytes, tuple[list[InputMessage[Any]], bool]]:
    """Return where the messages of a request begin, from their key on, their text, and `read_messages` of that.

    What it returns has to be confirmed.
    """
    begin = text.find(b"[", start)
    # Most of them come last, so that nothing has to be looked for; then there is no tool after them.
    closing = _CLOSINGS[is_record]
    if text.endswith(closing) and text.rfind(_TOOL, begin) < 0:
        data = text[begin : len(text) + 1 - len(closing)]
        try:
            return begin, data, read_messages(data)
        except TornError:
            pass
    data = bytes((_RECORDS.decode(text).params if is_record else _BODIES.decode(text)).messages)
    if not text.startswith(data, begin):
        raise UnsureError
    return begin, data, read_messages(data)


def read_messages(data: bytes, *, is_trusted: bool = False) -> tuple[list[InputMessage[Any]], bool]:
    """Read plain messages; also tell whether the text is compact JSON. A trusted text has no duplicate keys.

    Raises one of `UNSURE` if they are not plain, or an object may have a duplicate key.
    """
    try:
        structs = _DECODER.decode(data)
    except ValidationError:
        raise
    except DecodeError as error:
        raise TornError from error
    if is_trusted:
        return structs, False
    # The encoder writes each value in as few bytes as it can be written in, so only the same messages have as many.
    # Otherwise a value that was dropped shows in the number of quotation marks; see `documents.duplicates`.
    written = ENCODER.encode(structs)
    if len(written) == len(data):
        return structs, True
    if written.count(_QUOTE) != data.count(_QUOTE) or _ESCAPED_QUOTE in data:
        raise UnsureError
    return structs, False


def calls_of(uses: list[ToolUseBlock[Any]], *, is_own: bool) -> list[dict[str, Any]]:
    """Return calls with their inputs, which msgspec passes over: in a text neither their numbers nor their UTF-8.

    Raises one of `UNSURE` if an input is not an object, or may have a duplicate key.
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

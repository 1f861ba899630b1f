"""Syntax: text that is not JSON, or not JSON that the API can read.

Each rule recognises one mistake in a text that the JSON reader refused, and returns its place and the words. The rules
are tried in the order below; the last one takes what no other rule recognised.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from ..common.lazy_regex import regex
from ..common.wording import code, shown
from ..engine.rule import Example, body, schema_rule, syntax_rule, value_rule
from ..places.tokens import OPENING, brackets
from ..report import Severity
from ..schema.explain import INTEGER_RANGE

if TYPE_CHECKING:
    from ..schema.explain import Problem

MAX_DEPTH: Final = 1024
"""Levels of nesting that the API's JSON reader accepts."""
_LIMIT: Final = "limit"
"""Part of the reader's message if it stopped because of the depth."""

BOM: Final = b"\xef\xbb\xbf"


class Refused(NamedTuple):
    """A text that the JSON reader refused."""

    data: bytes
    offset: int
    """The byte at which the reader stopped."""
    reason: str
    """The reader's own message."""
    record: bool = False
    """Whether the text is one line of a file of many records."""


class Stranger(NamedTuple):
    """A document that is clearly not a request."""

    start: int
    """The byte at which it begins."""
    kind: str | None
    """What the document is, if that is known: a noun with its article."""
    reason: str | None
    """Why it is not a request, if its kind does not say so."""
    formats: str
    """The file formats that requests are read from."""


class Unparsed(NamedTuple):
    """A source text that cannot be parsed, and so is skipped."""

    start: int
    """The byte at which the parser stopped."""
    end: int
    why: str
    """The reason, to follow "because ": "it is not Python: invalid syntax"."""


class Fault(NamedTuple):
    """The place of a mistake, in bytes from the start of the text, and its words."""

    start: int
    end: int
    message: str
    help: str


_CLOSING: Final = {ord("}"): ord("{"), ord("]"): ord("[")}
_NUMBER: Final = regex(rb"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_SURROGATE: Final = regex(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\.", re.DOTALL)
_WORD: Final = regex(rb"[^\s,:\[\]{}\"']+")
_NOT_A_NUMBER: Final = (b"nan", b"infinity", b"inf")
_UNPACK: Final = "unpack the file"
_OTHER_FORMATS: Final = {
    b"\x1f\x8b": ("the text is compressed with gzip", _UNPACK),
    b"\x28\xb5\x2f\xfd": ("the text is compressed with Zstandard", _UNPACK),
    b"BZh": ("the text is compressed with bzip2", _UNPACK),
    b"\xfd7zXZ\x00": ("the text is compressed with xz", _UNPACK),
    b"PK\x03\x04": ("this is a ZIP archive", _UNPACK),
    b"PAR1": ("this is a Parquet file", "give the path of the file, which ends in `.parquet`: it is not read as text"),
    b"ARROW1": ("this is an Arrow file", "check its batches with `validator.arrow`, or write it as Parquet"),
}
"""What data is by the mark that it begins with, and what to do."""
_FOREIGN_WORDS: Final = {b"True": "true", b"False": "false", b"None": "null", b"undefined": "null", b"nil": "null"}


@syntax_rule(
    "syntax/empty",
    bad=(Example(b"", at=""), Example(b" \n", at="")),
    good=(Example(b'{"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "Hi"}]}'),),
    api_messages=(
        "The request body is not valid JSON: Input is a zero-length, empty document: line 1 column 1 (char 0)",
    ),
)
def empty(text: Refused) -> Fault | None:
    """The text is empty.

    Why: A request has a body, one JSON object.

    Source: The API's refusal, seen live in 2026-08.
    """
    if text.data.strip():
        return None
    return Fault(0, 0, "the text is empty, but must be a JSON object", "write a request body")


@syntax_rule(
    "syntax/encoding",
    bad=(
        Example('{"model": "m"}'.encode("utf-16"), at=""),
        Example(b'{"model": "caf\xe9"}', at=""),
    ),
    good=(Example('{"model": "café", "max_tokens": 1, "messages": [{"role": "user", "content": "Hi"}]}'.encode()),),
)
def encoding(text: Refused) -> Fault | None:
    """The text is not UTF-8.

    Why: JSON exchanged between systems is UTF-8 (RFC 8259, section 8.1), and the API reads no other encoding.

    Source: RFC 8259; orjson, whose messages the API's refusals repeat.
    """
    data = text.data
    for marks, name in ((_UTF_32_MARKS, "UTF-32"), (_UTF_16_MARKS, "UTF-16")):
        if data.startswith(marks):
            return Fault(0, 0, f"the text is {name}, but must be UTF-8", "save the file as UTF-8")
    if b"\x00" in data[:2]:
        return Fault(0, 0, "the text has zero bytes like UTF-16, but must be UTF-8", "save the file as UTF-8")
    try:
        data.decode()
    except UnicodeDecodeError as error:
        for mark, (what, advice) in _OTHER_FORMATS.items():
            if data.startswith(mark):
                return Fault(0, 0, f"{what}, but must be UTF-8", advice)
        wrong = data[error.start]
        return Fault(
            error.start,
            error.start + 1,
            f"the byte 0x{wrong:02X} is not UTF-8",
            "save the file as UTF-8; it may be Latin-1 or Windows-1252 now",
        )
    return None


_UTF_32_MARKS: Final = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")
_UTF_16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


@syntax_rule(
    "syntax/lone-surrogate",
    bad=(Example(rb'{"model": "cut in the middle of an emoji \ud83d"}', at=""),),
    good=(Example(rb'{"model": "\ud83d\ude00", "max_tokens": 1, "messages": [{"role": "user", "content": "Hi"}]}'),),
    api_messages=(
        "The request body is not valid JSON: no low surrogate in string: line 1 column 195621 (char 195620)",
        "The request body is not valid JSON: invalid high surrogate in string: line 1 column 2504196 (char 2504195)",
    ),
)
def lone_surrogate(text: Refused) -> Fault | None:
    r"""A string has half of a surrogate pair: `\uD800` to `\uDFFF` without its other half.

    Why: It is not a character. It results from cutting a string in the middle of an emoji. Python's own JSON reader
    accepts it, the API's does not.

    Source: The API's refusals, seen in at least four public issue threads from 2025-09 on.
    """
    if "surrogate" not in text.reason:
        return None
    escapes = _SURROGATE.finditer(text.data, text.data.rfind(b'"', 0, text.offset) + 1)
    for escape in escapes:
        if len(escape[0]) != _ESCAPE_LENGTH:
            continue
        if escape[0][3:4] in b"89abAB":
            following = _SURROGATE.match(text.data, escape.end())
            if following and len(following[0]) == _ESCAPE_LENGTH and following[0][3:4] in b"cdefCDEF":
                next(escapes)
                continue
        return Fault(
            escape.start(),
            escape.end(),
            f"`{escape[0].decode()}` is half of a surrogate pair, but a string must be whole characters",
            "cut strings between characters, or replace the half with U+FFFD",
        )
    return None


_ESCAPE_LENGTH: Final = len(rb"\uD800")


@syntax_rule(
    "syntax/nesting-too-deep",
    bad=(Example(lambda: b"[" * 2000 + b"]" * 2000, at=""),),
    good=(Example(lambda: b'{"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "Hi"}]}'),),
)
def nesting_too_deep(text: Refused) -> Fault | None:
    """Arrays and objects are nested more than 1,024 levels deep.

    Why: The API's JSON reader refuses it, and no real request comes close.

    Source: The limit of orjson, whose messages the API's refusals repeat.
    """
    if _LIMIT not in text.reason:
        return None
    depth = 0
    for bracket in brackets(text.data):
        depth += 1 if text.data[bracket] in OPENING else -1
        if bracket > text.offset:
            return None
        if depth > MAX_DEPTH:
            return Fault(
                bracket,
                bracket + 1,
                f"the nesting is deeper than {MAX_DEPTH:,} levels",
                "flatten the value, or send it as a string",
            )
    return None


@syntax_rule(
    "syntax/nan-or-infinity",
    bad=(Example(b'{"temperature": NaN}', at=""), Example(b'{"temperature": -Infinity}', at="")),
    good=(
        Example(b'{"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "Hi"}], "temperature": 0}'),
    ),
)
def nan_or_infinity(text: Refused) -> Fault | None:
    """A number is `NaN` or `Infinity`.

    Why: JSON has no such numbers; Python's own JSON writer produces them unless `allow_nan=False` is set.

    Source: RFC 8259, section 6.
    """
    word, start = _word_at(text)
    if word.lower().lstrip(b"+-") not in _NOT_A_NUMBER:
        return None
    return Fault(
        start,
        start + len(word),
        f"`{word.decode()}` is not JSON, but a number must be finite",
        "give a finite number, or leave the property out",
    )


@syntax_rule(
    "syntax/number-too-large",
    bad=(Example(b'{"temperature": 1e999}', at=""),),
    good=(
        Example(
            b'{"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "Hi"}], "temperature": 1e-9}'
        ),
    ),
)
def number_too_large(text: Refused) -> Fault | None:
    """A number is too large for a 64-bit float.

    Why: The API's JSON reader refuses it.

    Source: The limit of orjson, whose messages the API's refusals repeat.
    """
    word, start = _word_at(text)
    if not _NUMBER.fullmatch(word) or abs(float(word)) != float("inf"):
        return None
    return Fault(start, start + len(word), f"`{_cut(word)}` is too large for a 64-bit float", "give a smaller number")


@schema_rule(
    "syntax/integer-beyond-64-bits",
    keywords=(INTEGER_RANGE,),
    bad=(
        Example(
            b'{"model": "m", "max_tokens": 18446744073709551616, "messages": [{"role": "user", "content": "Hi"}]}',
            at="/max_tokens",
        ),
    ),
    good=(Example(body(model="my-gateways-own-name", max_tokens=2**31)),),
)
def integer_beyond_64_bits(problem: Problem) -> tuple[str, str | None]:
    """An integer does not fit into 64 bits.

    Why: The API's JSON reader turns it into a float, which is not an integer any more.

    Source: The limit of orjson, whose messages the API's refusals repeat.
    """
    name = problem.path[-1] if problem.path else "the value"
    return f"`{name}` is {shown(problem.value)}, but an integer must fit into 64 bits", "give a smaller number"


@syntax_rule(
    "syntax/truncated",
    bad=(Example(b'{"model": "m", "messages": [', at=""), Example(b'{"model": "claude-son', at="")),
    good=(Example(b'{"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "Hi"}]}'),),
    api_messages=("The request body is not valid JSON: unexpected end of data: line 1 column 41 (char 40)",),
)
def truncated(text: Refused) -> Fault | None:
    """The text ends in the middle of a value.

    Why: A truncated body is not JSON.

    Source: The API's refusal, seen live in 2026-08.
    """
    end = len(text.data.rstrip())
    still_open = _still_open(text.data) if text.offset >= end - 1 else []
    if not still_open:
        return None
    mark = still_open[-1]
    advice = "close what is still open"
    if text.data[mark] == _QUOTE:
        return Fault(end, end, "the text ends inside a string", f"close the string, then {advice}")
    holder = "array" if text.data[mark] == ord("[") else "object"
    where = "" if text.record else f" that begins on line {text.data.count(_NEWLINE, 0, mark) + 1}"
    return Fault(end, end, f"the text ends inside the {holder}{where}", advice)


def _still_open(data: bytes) -> list[int]:
    """Return the brackets and the string that are not closed; none if the brackets do not match."""
    still_open: list[int] = []
    for mark in brackets(data):
        if data[mark] in _CLOSING:
            if not still_open or data[still_open.pop()] != _CLOSING[data[mark]]:
                return []
        elif data[mark] == _QUOTE and _NEWLINE in data[mark:].rstrip():
            return []
        else:
            still_open.append(mark)
    return still_open


@syntax_rule(
    "syntax/invalid-json",
    bad=(
        Example(b'{"model": "m",}', at=""),
        Example(b"{'model': 'm'}", at=""),
        Example(b'{"stream": True}', at=""),
        Example(b'{"model": "m" "max_tokens": 1}', at=""),
        Example(b'{"model": "m"} {"model": "m"}', at=""),
        Example(b'// a comment\n{"model": "m"}', at=""),
    ),
    good=(
        Example(b'{"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "Hi"}], "stream": true}'),
    ),
    api_messages=(
        "The request body is not valid JSON: trailing comma is not allowed: line 3 column 20 (char 41)",
        "The request body is not valid JSON: unexpected control character in string: line 1 column 41 (char 40)",
    ),
)
def invalid_json(text: Refused) -> Fault:  # noqa: PLR0911 - one return for each way of being wrong
    """The text is not JSON.

    Why: The API reads strict JSON (RFC 8259): double quotes, no comments, no trailing commas, nothing after the value.

    Source: RFC 8259; the API's refusals, seen live in 2026-08.
    """
    data, start = text.data, text.offset
    word, word_start = _word_at(text)
    if word in _FOREIGN_WORDS and "string key" not in text.reason:
        literal = _FOREIGN_WORDS[word]
        message = f"`{word.decode()}` is not JSON, but another language's literal"
        return Fault(word_start, word_start + len(word), message, f"write `{literal}`")
    for beginning, message, advice in _TYPICAL:
        if data.startswith(beginning, start):
            return Fault(start, start + len(beginning), message, advice)
    if "string key" in text.reason:
        end = word_start + max(1, len(word))
        return Fault(word_start, end, "a key must be a string in double quotes", "put the key in double quotes")
    if "trailing comma" in text.reason:
        return Fault(start, start + 1, "trailing comma", "remove the comma")
    if "control character" in text.reason:
        return Fault(
            start,
            start + 1,
            f"a string has {_control(data[start])}",
            "escape it (`\\n`, `\\t`, `\\u001b`), or close the string",
        )
    if "after document" in text.reason:
        return _surplus(text)
    end = start + max(1, len(word) if word_start == start else 1)
    return Fault(start, min(end, len(data)), f"not JSON: {text.reason}", _advice(data, start))


_TYPICAL: Final = (
    (b"'", "`'` is not JSON: strings and keys must be in double quotes", 'write `"`'),
    (b"//", "a comment is not JSON", "remove the comment"),
    (b"/*", "a comment is not JSON", "remove the comment"),
    (b"#", "a comment is not JSON", "remove the comment"),
)


_LONGEST_WORD: Final = 1024
_QUOTE: Final = ord('"')
_NEWLINE: Final = b"\n"


def _word_at(text: Refused) -> tuple[bytes, int]:
    """Return the run of letters, digits and signs in which the reader stopped, and where it begins."""
    start, first = text.offset, max(0, text.offset - _LONGEST_WORD)
    while start > first and _WORD.fullmatch(text.data, start - 1, start):
        start -= 1
    word = _WORD.match(text.data, start)
    return (word[0], start) if word else (b"", text.offset)


def _cut(word: bytes) -> str:
    longest = 30
    return word.decode() if len(word) <= longest else f"{word[:longest].decode()}…"


def _control(byte: int) -> str:
    return {ord("\n"): "a raw line break", ord("\t"): "a raw tab", ord("\r"): "a raw carriage return"}.get(
        byte, f"the raw control character U+{byte:04X}"
    )


def _surplus(text: Refused) -> Fault:
    """Word the text after the value."""
    start = text.offset
    if text.data[start] in _CLOSING:
        return Fault(start, start + 1, "unmatched closing bracket", "remove it, or add the one it closes")
    advice = "keep one value on a line" if text.record else "keep one value in a file"
    return Fault(
        start,
        start + 1,
        "there is more text after the JSON value",
        advice if text.record else f"{advice}, or name the file `.jsonl` if each line is one",
    )


def _advice(data: bytes, start: int) -> str:
    if data[start : start + 1] in (b'"', b"{", b"["):
        return "a comma or a colon may be missing before it"
    if data[start : start + 1] == b"\\":
        return "write `\\\\` for a backslash"
    return "write strict JSON here"


@syntax_rule(
    "syntax/byte-order-mark",
    severity=Severity.WARNING,
    bad=(Example(BOM + b'{"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "Hi"}]}', at=""),),
    good=(Example(b'{"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "Hi"}]}'),),
)
def byte_order_mark(text: Refused) -> Fault | None:
    """The text begins with a byte order mark.

    Why: The API's JSON reader refuses it. It does no harm if a program reads the file and sends the parsed request.

    Source: RFC 8259, section 8.1; orjson, whose messages the API's refusals repeat.
    """
    if not text.data.startswith(BOM):
        return None
    return Fault(0, 0, "the text begins with a byte order mark", "save the file as UTF-8 without a byte order mark")


@syntax_rule(
    "syntax/not-a-request",
    bad=(
        Example(b'{"name": "my-app", "scripts": {"test": "vitest"}}', at="", endpoint="auto", file="package.json"),
        Example(b'{"cells": [], "metadata": {}, "nbformat": 4}', at="", endpoint="auto", file="notes.json"),
        Example(b'{"theme": "dark", "fontSize": 12}', at="", endpoint="auto", file="settings.json"),
        Example(b"Notes\n=====\n\nNothing to send.\n", at="", endpoint="auto", file="notes.rst"),
    ),
    good=(
        Example(
            b'{"model": "claude-haiku-4-5", "max_tokens": 1, "messages": [{"role": "user", "content": "Hi"}]}',
            endpoint="auto",
            file="request.txt",
        ),
    ),
)
def not_a_request(text: Stranger) -> Fault:
    """The named file does not contain a request.

    Why: Its content cannot be checked as a request, and nothing in it is fixed. An object counts as a request if it has
    `model`, `messages` or `max_tokens` and, unless it has `max_tokens`, no more unknown properties than known ones; a
    misspelt property counts as the one that is meant. `--endpoint`, or a `$schema` of msglint, makes any file a
    request.

    Source: The formats that msglint reads; the properties of the API's reference.
    """
    if text.kind is not None:
        message = f"this is {text.kind}, not a request"
    else:
        message = f"this is not a request: {text.reason}"
    return Fault(
        text.start,
        text.start,
        message,
        f"name files that hold requests: msglint reads {text.formats}; "
        "`--endpoint messages` checks any JSON as a request",
    )


@syntax_rule(
    "syntax/unparsed-source",
    severity=Severity.INFO,
    bad=(Example(b"reply = client.messages.create(\n    model=,\n)\n", at="", endpoint="auto", file="ask.py"),),
    good=(
        Example(
            b'reply = client.messages.create(model="claude-haiku-4-5", max_tokens=64, messages=messages)\n',
            endpoint="auto",
            file="ask.py",
        ),
    ),
)
def unparsed_source(text: Unparsed) -> Fault:
    """The source file cannot be parsed, and calls the Messages API.

    Why: Its calls are not checked. The error is one of the language, or the file is written in a version or dialect of
    it that msglint cannot read.

    Source: The parsers that msglint uses.
    """
    return Fault(
        text.start,
        max(text.start, text.end),
        f"the calls in this file are not checked, because {text.why}",
        "run the language's own tools on the file; if they accept it, exclude it from the check",
    )


@value_rule(
    "syntax/duplicate-key",
    severity=Severity.WARNING,
    bad=(
        Example(
            b'{"model": "claude-haiku-4-5", "max_tokens": 1024, "max_tokens": 2048, '
            b'"messages": [{"role": "user", "content": "Hi"}]}',
            at="/max_tokens",
        ),
    ),
    good=(
        Example(
            b'{"model": "claude-haiku-4-5", "max_tokens": 2048, "messages": [{"role": "user", "content": "Hi"}]}',
        ),
    ),
)
def duplicate_key(key: str) -> tuple[str, str]:
    """An object has the same key more than once.

    Why: The API, like most JSON readers, uses the last value; the ones before it are dropped silently.

    Source: RFC 8259, section 4; orjson, whose messages the API's refusals repeat, keeps the last value.
    """
    return f"the object has the key {code(key)} more than once, and only the last value counts", "remove the others"

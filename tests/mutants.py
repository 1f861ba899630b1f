"""Requests with one thing changed: a value of their messages, the order of something, or their text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    from random import Random

MARK: Final = {"type": "ephemeral"}
USER: Final = {"role": "user", "content": "Will it rain?"}
DOT: Final = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
"""A PNG of one pixel."""
VALUES: Final[tuple[Any, ...]] = (
    None,
    True,
    0,
    1.5,
    2**70,
    "",
    " ",
    "\n",
    "text",
    "user",
    "assistant",
    "system",
    "tool_result",
    "toolu_1",
    "a b",
    'a "quoted" word',
    "ü\u2028😀\x7f\x00",
    "sk-ant-api03-" + "a1B2" * 20,
    "x" * 300,
    [],
    {},
    [[]],
    ["text"],
    MARK,
    DOT,
    DOT[:-4] + "\n",
    DOT.replace("/", "_"),
    "image/gif",
    {"type": "base64", "media_type": "image/png", "data": DOT},
    {"type": "base64", "media_type": "image/webp", "data": DOT},
    {"type": "url", "url": "https://example.com/a.png"},
    {"type": "ephemeral", "ttl": "1h"},
    {"type": "ephemeral", "ttl": "5m"},
    {"type": "ephemeral", "ttl": None},
    {"type": "ephemeral", "scope": "global"},
    {"type": "persistent"},
    {"city": 1},
    {"city": "Oslo", "more": [1, 2, {"a": None}]},
)
BLOCKS: Final[tuple[Any, ...]] = (
    {"type": "text", "text": "And?"},
    {"text": "And?", "type": "text"},
    {"type": "text", "text": "And?", "citations": []},
    {"type": "text", "text": "And?", "cache_control": MARK},
    {"type": "text", "text": "And?", "cache_control": None},
    {"text": "And?"},
    {"type": "txt", "text": "And?"},
    {"type": "thinking", "thinking": "Hm.", "signature": "Eq"},
    {"type": "thinking", "thinking": "Hm.", "signature": ""},
    {"type": "redacted_thinking", "data": "Eq"},
    {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}},
    {"type": "image", "source": {"type": "url", "url": "http://example.com/a.png"}},
    {"type": "image", "source": {"url": "https://example.com/a.png"}},
    {"type": "image", "source": {"type": "file", "file_id": "file_1"}},
    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": DOT}},
    {"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": DOT}},
    {"type": "image", "source": {"type": "base64", "media_type": "image/tiff", "data": DOT}},
    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": DOT}, "cache_control": MARK},
    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "data:image/png;base64,AAAA"}},
    {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": ""}},
    {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}, "transformations": None},
    {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "Hm"}},
    {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "Hm"}, "title": ""},
    {
        "type": "document",
        "source": {"type": "text", "media_type": "text/plain", "data": "Hm"},
        "citations": {"enabled": True},
        "context": "x",
        "title": None,
    },
    {"type": "document", "source": {"type": "content", "content": "Hm"}},
    {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": DOT}},
    {"type": "document", "source": {"type": "url", "url": "https://example.com/a.pdf"}, "citations": None},
    {"type": "search_result", "source": "x", "title": "", "content": [{"type": "text", "text": "x"}]},
    {"type": "search_result", "source": "x", "title": "", "content": [{"text": "x"}]},
    {"type": "search_result", "source": "x", "title": "", "content": []},
    {"type": "search_result", "source": "x", "title": "", "content": [], "citations": {"enabled": False}},
    {"type": "tool_use", "id": "toolu_9", "name": "weather", "input": {"city": "Rome"}},
    {"type": "tool_use", "id": "toolu_9", "name": "weather", "input": {"city": 9}},
    {"type": "tool_use", "id": "toolu_9", "name": "other", "input": {}},
    {"type": "tool_use", "id": "toolu_9", "name": "weather", "input": [], "caller": {"type": "direct"}},
    {"type": "tool_use", "id": "toolu_9", "name": "weather", "input": {}, "toolset_name": "a"},
    {"type": "tool_result", "tool_use_id": "toolu_1"},
    {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": "x"}]},
    {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"text": "x"}]},
    {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": ""}]},
    {
        "type": "tool_result",
        "tool_use_id": "toolu_1",
        "content": [{"type": "text", "text": "x", "cache_control": MARK}],
    },
    {"type": "tool_result", "tool_use_id": "toolu_1", "content": [], "is_error": False},
    {
        "type": "tool_result",
        "tool_use_id": "toolu_1",
        "content": [{"type": "image", "source": {"type": "base64", "media_type": "image/gif", "data": DOT}}],
    },
    {
        "type": "tool_result",
        "tool_use_id": "toolu_1",
        "content": [{"type": "image", "source": {"type": "file", "file_id": "file_1"}, "cache_control": MARK}],
        "is_error": True,
    },
    {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}},
    "text",
    None,
)
MESSAGES: Final[tuple[Any, ...]] = (
    {"role": "user", "content": "And?"},
    {"content": "And?", "role": "assistant"},
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": []},
    {"role": "user", "content": ""},
    {"role": "user", "content": " \n"},
    {"role": "user"},
    {"role": "user", "content": "And?", "name": "Ada"},
    {
        "role": "assistant",
        "content": [{"type": "tool_use", "id": "toolu_8", "name": "weather", "input": {"city": "A"}}],
    },
    {"role": "assistant", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "Rain."}]},
    {"role": "user", "content": [{"type": "tool_use", "id": "toolu_8", "name": "weather", "input": {"city": "A"}}]},
    "Hello",
    None,
)
_INSERTED: Final[tuple[bytes, ...]] = (
    b"\xff",
    b"\xed\xa0\x80",
    b"\xc3",
    b"\xef\xbb\xbf",
    b"\\ud800",
    b"\\udc00",
    b"\\ud83d\\u0041",
    b"\\ud83d\\ude00",
    b"\\u0022",
    b'\\"',
    b"\\/",
    b"\\u0041",
    b"\\x",
    b"\x00",
    b"\t",
    b"\n",
    b" ",
    b"0",
    b",",
    b'"',
    b"]",
    b"}",
    b"NaN",
)
_NUMBERS: Final = (
    b"01",
    b"1e999",
    b"-",
    b"NaN",
    b"Infinity",
    b"1.",
    b".5",
    b"1e5",
    b"-0",
    b"1" * 400,
    b"18446744073709551616",
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each place inside a value: what holds it, and its key or index there."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield value, key
        yield from places(inner)


def changed_value(request: dict[str, Any], random: Random) -> Any:
    """Put another value into the messages."""
    holder, key = random.choice(list(places({"messages": request["messages"]})))
    holder[key] = deepcopy(random.choice(VALUES))
    return request


def without_something(request: dict[str, Any], random: Random) -> Any:
    holder, key = random.choice(list(places(request["messages"])) or [({"": 0}, "")])
    del holder[key]
    return request


def with_property(request: dict[str, Any], random: Random) -> Any:
    objects = [
        holder[key] for holder, key in places({"messages": request["messages"]}) if isinstance(holder[key], dict)
    ]
    if objects:
        name = random.choice(
            ("cache_control", "is_error", "citations", "name", "extra", "caller", "type", "id", "content")
        )
        random.choice(objects)[name] = deepcopy(random.choice(VALUES))
    return request


def in_another_order(request: dict[str, Any], random: Random) -> Any:
    holders = [holder[key] for holder, key in places({"messages": request["messages"]})]
    held = random.choice([each for each in holders if isinstance(each, (dict, list))])
    items = list(held.items() if isinstance(held, dict) else held)
    random.shuffle(items)
    held.clear()
    held.update(items) if isinstance(held, dict) else held.extend(items)
    return request


def with_block(request: dict[str, Any], random: Random) -> Any:
    contents = [message["content"] for message in request["messages"] if isinstance(message["content"], list)]
    if not contents:
        return with_message(request, random)
    content = random.choice(contents)
    content.insert(random.randint(0, len(content)), deepcopy(random.choice(BLOCKS)))
    return request


def with_message(request: dict[str, Any], random: Random) -> Any:
    messages = request["messages"]
    messages.insert(random.randint(0, len(messages)), deepcopy(random.choice(MESSAGES)))
    return request


def with_other_text(request: dict[str, Any], random: Random) -> Any:
    """Change a text to one that is as good."""
    for holder, key in places(request["messages"]):
        if key in {"text", "content", "thinking"} and isinstance(holder[key], str):
            holder[key] = random.choice(("Well.", "Grüße", "a\nb", 'He said "no".', "😀", "\\", "x" * 70_000))
    return request


def longer(request: dict[str, Any], random: Random) -> Any:
    """Go on with the conversation."""
    number = random.randint(20, 1_000)
    messages = request["messages"]
    if messages and messages[-1]["role"] == "user":
        messages.append({"role": "assistant", "content": "I see."})
    messages.append({"role": "user", "content": f"And number {number}?"})
    return request


def with_other_setting(request: dict[str, Any], random: Random) -> Any:
    request[random.choice(("model", "max_tokens", "stream", "tools", "system", "metadata", "thinking"))] = deepcopy(
        random.choice((*VALUES, "claude-3-opus-20240229", [{"type": "text", "text": "Be brief."}]))
    )
    return request


def with_other_input(request: dict[str, Any], random: Random) -> Any:
    """Give a call another input."""
    for holder, key in places(request["messages"]):
        if key == "input":
            holder[key] = random.choice(
                (
                    {"city": "Bergen"},
                    {"city": 1},
                    {},
                    {"city": "A", "input": {"x": [1, 1.5, True, None]}},
                    {"messages": [1]},
                )
            )
    return request


OF_VALUES: Final[tuple[Callable[[dict[str, Any], Random], Any], ...]] = (
    changed_value,
    without_something,
    with_property,
    in_another_order,
    with_block,
    with_message,
    with_other_text,
    longer,
    longer,
    with_other_text,
    with_other_setting,
    with_other_input,
)


def inserted(text: bytes, random: Random) -> bytes:
    """Insert bytes somewhere, most of the time into a text."""
    at = random.randint(0, len(text))
    if random.random() < 0.7:
        at = text.rfind(b'"', 0, at) + 1
    return text[:at] + random.choice(_INSERTED) + text[at:]


def cut(text: bytes, random: Random) -> bytes:
    at = random.randint(0, len(text))
    return text[:at] + text[at + random.randint(1, 3) :]


def with_duplicate_key(text: bytes, random: Random) -> bytes:
    """Repeat a key with another value before, or after, a property."""
    keys = (
        b'"text":',
        b'"type":',
        b'"role":',
        b'"content":',
        b'"input":',
        b'"source":',
        b'"data":',
        b'"id":',
        b'"city":',
        b'"messages":',
        b'"model":',
    )
    key = random.choice([key for key in keys if key in text] or [b"{"])
    value = random.choice((b'"text"', b'"user"', b'"toolu_1"', b'"x"', b"[]", b"{}", b"1e15"))
    starts = [at for at in range(len(text)) if text.startswith(key, at)]
    at = random.choice(starts)
    return text[:at] + key + value + b"," + text[at:]


def with_number(text: bytes, random: Random) -> bytes:
    """Put a number where the input of a call begins."""
    return text.replace(b'"input":{', b'"input":{"n":%b,' % random.choice(_NUMBERS), 1)


def deep(text: bytes, random: Random) -> bytes:
    depth = random.choice((10, 500, 1010, 1016, 1017, 1018, 1019, 1020, 1021, 1025, 3000))
    value = random.choice((b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth))
    return text.replace(b'"input":{', b'"input":{"deep":%b,' % value, 1).replace(b",}", b"}")


def otherwise_written(text: bytes, random: Random) -> bytes:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    way = random.randint(0, 5)
    if way == 0:
        return json.dumps(value).encode()
    if way == 1:
        return json.dumps(value, indent=2, ensure_ascii=False).encode(errors="replace")
    if way == 2:
        return text + b"\n"
    if way == 3:
        return text.replace(b'"messages":', b'"messages" : ').replace(b'"text":', b'"te\\u0078t":')
    if way == 4:
        return text.replace(b"/", b"\\/")
    return text.replace(b"},{", b"},\r\n{")


def eating(text: bytes, random: Random) -> bytes:
    """Let a text of the messages run on into what follows them."""
    at = text.find(b'"messages":') + len(b'"messages":')
    end = text.rfind(b"}]", at) + 2
    return text[:at] + random.choice((b'[{"role":"user","content":"', b"[[", b"{", b"[]]", b'"')) + text[end:]


NUMBER: Final = b"72943058116732"
"""What the short way puts in place of messages."""


def with_other_part(request: dict[str, Any], random: Random) -> Any:
    """Put another value somewhere around the messages."""
    holder, key = random.choice(list(places({name: value for name, value in request.items() if name != "messages"})))
    other = deepcopy(
        random.choice((*VALUES, "claude-3-opus-20240229", "claude-opus-4-6", int(NUMBER), {"messages": 1}))
    )
    if holder.keys() == request.keys() - {"messages"} if isinstance(holder, dict) else False:
        request[key] = other
    else:
        holder[key] = other
    return request


def with_other_name(request: dict[str, Any], random: Random) -> Any:
    """Add a property to an object around the messages."""
    around = {name: value for name, value in request.items() if name != "messages"}
    objects = [request, *(holder[key] for holder, key in places(around) if isinstance(holder[key], dict))]
    name = random.choice(("messages", "model", "tools", "description", "type", "cache_control", "top_k", "betas", "é"))
    holder = random.choice(objects)
    if holder is not request or name != "messages":
        holder[name] = deepcopy(random.choice((*VALUES, int(NUMBER), request["messages"], {"messages": [USER]})))
    return request


def in_another_place(request: dict[str, Any], random: Random) -> Any:
    """Put the messages between other properties."""
    names = list(request)
    random.shuffle(names)
    return {name: request[name] for name in names}


def around_twice(text: bytes, random: Random) -> bytes:
    """Repeat a key that is around the messages, or put one like that of the messages there."""
    inserted = random.choice(
        (
            b'"messages":[],',
            b'"messages":%b,' % NUMBER,
            b'"metadata":{"messages":[{"role":"user","content":"Hi"}]},',
            b'"metadata":{"messages":%b},' % NUMBER,
            b'"stop_sequences":["messages","x"],',
            b'"mess\\u0061ges":[{"role":"user","content":"Hi"}],',
            b'"model":"claude-opus-4-6",',
            b'"max_tokens":1e3,',
            b'"max_tokens":1e999,',
            b'"top_k":18446744073709551616,',
            b'"user":"\\u0022",',
            b'"user":"\\ud800",',
            b'"user":"\xff",',
            b'"tools":%b,' % (b"[" * 1023 + b"]" * 1023),
        )
    )
    starts = [at + 1 for at in range(len(text)) if text[at : at + 1] in b"{,"]
    return text[: (at := random.choice((1, 1, *starts)))] + inserted + text[at:]


def ends_otherwise(text: bytes, random: Random) -> bytes:
    """Let something follow the messages, or the request."""
    end = random.choice(
        (b"]", b"}", b"}}", b",", b" ", b"]}", b',"tools":[]}', b',"messages":[]}', b',"system":[]}', b"x")
    )
    return (text if random.random() < 0.5 else text[:-1]) + end


OF_AROUND: Final[tuple[Callable[[dict[str, Any], Random], Any], ...]] = (
    with_other_part,
    with_other_part,
    with_other_name,
    with_other_name,
    in_another_place,
    longer,
)
OF_TEXTS_AROUND: Final = (around_twice, around_twice, ends_otherwise)


def mutants_around(request: dict[str, Any], number: int, random: Random) -> Iterator[bytes]:
    """Yield the texts of a request with changes around its messages; hardly any two have the same setup."""
    for _ in range(number):
        value = deepcopy(request)
        value["metadata"] = {"user_id": f"user-{random.randint(0, 10**9)}"}
        kind = random.random()
        if kind < 0.8:
            for change in random.sample(OF_AROUND, random.randint(1, 2)):
                value = change(value, random)
        try:
            text = orjson.dumps(value)
        except TypeError:
            text = json.dumps(value).encode()
        if kind > 0.6:
            text = random.choice((*OF_TEXTS_AROUND, *OF_TEXTS_AROUND, *OF_TEXTS))(text, random)
        yield text


OF_TEXTS: Final = (inserted, inserted, cut, with_duplicate_key, with_number, deep, otherwise_written, eating)


def mutants(request: dict[str, Any], number: int, random: Random) -> Iterator[bytes]:
    """Yield the texts of a request with one or two changes."""
    for _ in range(number):
        value = deepcopy(request)
        kind = random.random()
        if kind < 0.7:
            value = random.choice(OF_VALUES)(value, random)
        try:
            text = orjson.dumps(value)
        except TypeError:
            text = json.dumps(value).encode()
        if kind >= 0.6:
            text = random.choice(OF_TEXTS)(text, random)
        yield text

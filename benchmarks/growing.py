"""What can be many in a request and in a configuration, each as a function of how many."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

Make = Callable[[int], Any]

_CUSTOM: Final = {"description": "d", "input_schema": {"type": "object"}}
_DOCUMENT: Final = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "abc"}}
_SEARCH: Final = {"type": "web_search_20250305", "name": "web_search"}
_CACHED: Final[dict[str, Any]] = {"cache_control": {"type": "ephemeral"}}
_CITED: Final = {"type": "char_location", "cited_text": "a", "document_title": None}
_CODE: Final = "code_execution_20260120"


def body(**changes: Any) -> dict[str, Any]:
    """Return the body of a small request with some properties set otherwise."""
    return {"model": "claude-haiku-4-5", "max_tokens": 10, "messages": [ask("Hi")], **changes}


def ask(content: Any) -> dict[str, Any]:
    """Return a message of the user."""
    return {"role": "user", "content": content}


def say(content: Any) -> dict[str, Any]:
    """Return a message of the assistant."""
    return {"role": "assistant", "content": content}


def text(words: str = "a", **more: Any) -> dict[str, Any]:
    """Return a block of text."""
    return {"type": "text", "text": words, **more}


def tool(number: int, **changes: Any) -> dict[str, Any]:
    """Return one of many tools."""
    return {"name": f"abc{number}", **_CUSTOM, **changes}


def strict(**schema: Any) -> dict[str, Any]:
    """Return a request with a strict tool."""
    return body(tools=[tool(0, strict=True, input_schema={"type": "object", "additionalProperties": False, **schema})])


def call(number: int, name: str = "abc0", **more: Any) -> dict[str, Any]:
    """Return a call of a tool."""
    return {"type": "tool_use", "id": f"t{number}", "name": name, "input": {}, **more}


def result(number: int, content: Any = "r") -> dict[str, Any]:
    """Return the result of a call."""
    return {"type": "tool_result", "tool_use_id": f"t{number}", "content": content}


def talk(*messages: Any, tools: Any = None, **changes: Any) -> dict[str, Any]:
    """Return a conversation that begins with a question."""
    return body(messages=[ask("Hi"), *messages], tools=tools or [tool(0)], **changes)


def _several(n: int, make: Make) -> list[Any]:
    return [make(number) for number in range(n)]


def _named(n: int, name: str, value: Any) -> dict[str, Any]:
    return {f"{name}{number}": value for number in range(n)}


def _definitions(n: int) -> dict[str, Any]:
    return {
        "properties": {"a": {"$ref": "#/$defs/d0"}},
        "$defs": {f"d{i}": {"anyOf": [{"$ref": f"#/$defs/d{(i * 7 + j) % n}"} for j in range(5)]} for i in range(n)},
    }


def _chain(n: int) -> dict[str, Any]:
    following = {f"d{i}": {"allOf": [{"$ref": f"#/$defs/d{i + 1}"}] * 2} for i in range(n)}
    schema = {"type": "object", "$ref": "#/$defs/d0", "$defs": {**following, f"d{n}": {"required": ["b"]}}}
    return talk(say([call(0)]), ask([result(0)]), tools=[tool(0, input_schema=schema)])


def _pairs(n: int, other: int = 0) -> dict[str, Any]:
    return talk(*[part for i in range(n) for part in (say([call(i)]), ask([result(i + other)]))])


def _references(n: int, name: str) -> dict[str, Any]:
    found = _several(n, lambda i: {"type": "tool_reference", "tool_name": f"{name}{i}"})
    return talk(say([call(0)]), ask([result(0, found)]), tools=_several(n, lambda i: tool(i, defer_loading=True)))


def _mcp(n: int, name: str) -> dict[str, Any]:
    return body(
        mcp_servers=_several(n, lambda i: {"type": "url", "name": f"s{i}", "url": "https://x.example.com"}),
        tools=_several(n, lambda i: {"type": "mcp_toolset", "mcp_server_name": f"{name}{i}"}),
    )


REQUESTS: Final[dict[str, Make]] = {
    "messages": lambda n: body(messages=_several(n, lambda i: say("b") if i % 2 else ask("a"))),
    "messages of one role": lambda n: body(messages=_several(n, lambda _: ask("a"))),
    "blocks": lambda n: body(messages=[ask(_several(n, lambda _: text()))]),
    "system blocks": lambda n: body(system=_several(n, lambda _: text())),
    "system messages": lambda n: body(messages=[ask("a"), *_several(n, lambda _: {"role": "system", "content": "x"})]),
    "cache breakpoints": lambda n: body(messages=[ask(_several(n, lambda _: text(**_CACHED)))]),
    "cached system blocks": lambda n: body(system=_several(n, lambda _: text(**_CACHED))),
    "documents": lambda n: body(messages=[ask([_DOCUMENT] * n)]),
    "citations": lambda n: body(
        messages=[
            ask([{**_DOCUMENT, "citations": {"enabled": True}}]),
            say([text(citations=[{**_CITED, "document_index": 0, "start_char_index": 0, "end_char_index": 1}] * n)]),
            ask("a"),
        ]
    ),
    "tools": lambda n: body(tools=_several(n, tool)),
    "tools of one name": lambda n: body(tools=[tool(0)] * n),
    "tools for code alone": lambda n: body(tools=_several(n, lambda i: tool(i, allowed_callers=[_CODE]))),
    "tool references": lambda n: _references(n, "abc"),
    "tool references, misspelt": lambda n: _references(n, "abd"),
    "tool_use/tool_result pairs": _pairs,
    "pairs, mismatched": lambda n: _pairs(n, n),
    "calls in a run": lambda n: talk(*_several(n, lambda i: say([call(i)]))),
    "calls in one turn": lambda n: talk(say(_several(n, call)), ask("a")),
    "calls answered late": lambda n: talk(say(_several(n, call)), ask("a"), say("b"), ask(_several(n, result))),
    "results in a run": lambda n: talk(*_several(n, lambda i: ask([result(i)]))),
    "calls by code": lambda n: talk(
        say(_several(n, lambda i: call(i, caller={"type": _CODE, "tool_id": f"srvtoolu_{i}"}))),
        ask(_several(n, result)),
    ),
    "server tool results": lambda n: talk(
        say(_several(n, lambda i: {"type": "web_search_tool_result", "tool_use_id": f"srvtoolu_{i}", "content": []})),
        tools=[_SEARCH],
    ),
    "inputs that do not fit": lambda n: talk(
        say(_several(n, lambda i: call(i, input={"a": 1}))),
        ask(_several(n, result)),
        tools=[tool(0, input_schema={"type": "object", "properties": {"a": {"type": "string"}}})],
    ),
    "stop sequences": lambda n: body(stop_sequences=_several(n, str)),
    "stop sequences, blank": lambda n: body(stop_sequences=[" "] * n),
    "betas": lambda n: body(betas=["context-management-2025-06-27"] * n),
    "betas, misspelt": lambda n: body(betas=_several(n, lambda i: f"context-managment-2025-06-{i}")),
    "MCP servers": lambda n: _mcp(n, "s"),
    "MCP servers, misspelt": lambda n: _mcp(n, "xs"),
    "allowed domains": lambda n: body(tools=[{**_SEARCH, "allowed_domains": _several(n, "https://a{}.com".format)}]),
    "context edits": lambda n: body(context_management={"edits": [{"type": "clear_tool_uses_20250919"}] * n}),
    "fallbacks": lambda n: body(fallbacks=_several(n, lambda i: {"model": f"claude-haiku-4-{i}"})),
    "keys, unknown": lambda n: body(**_named(n, "key_", 1)),
    "keys, unknown, in messages": lambda n: body(messages=_several(n, lambda i: {**ask("a"), f"contnt{i}": 1})),
    "definitions, recursive": lambda n: strict(**_definitions(n)),
    "definitions, missing": lambda n: strict(
        properties={f"a{i}": {"$ref": f"#/$defs/x{i}"} for i in range(n)}, **{"$defs": _named(n, "d", {})}
    ),
    "definitions, twice the next": _chain,
    "properties of a schema": lambda n: strict(properties=_named(n, "p", {"type": "string"})),
    "required of a schema": lambda n: strict(required=_several(n, str), properties=_named(n, "p", {"type": "string"})),
    "enum of a schema": lambda n: strict(properties={"a": {"enum": _several(n, str)}}),
    "types of a schema": lambda n: strict(properties={f"a{i}": {"type": f"strin{i}"} for i in range(n)}),
    "errors: roles": lambda n: body(messages=[{"role": "usr", "content": "x"}] * n),
    "errors: block types": lambda n: body(messages=[ask([{"type": "txt", "text": "x"}] * n)]),
    "errors: blocks without type": lambda n: body(messages=[ask([{"text": "x"}] * n)]),
    "errors: three a message": lambda n: body(
        messages=[{"role": "usr", "content": [{"type": "text", "txt": "x", "text": ""}]}] * n
    ),
    "errors: empty messages": lambda n: body(messages=_several(n, lambda i: ask("") if i % 2 else say([]))),
    "errors: nulls": lambda n: body(messages=[ask([{"type": "text", "text": None}] * n)]),
    "batch": lambda n: {"requests": _several(n, lambda i: {"custom_id": f"r{i}", "params": body()})},
    "batch of one id": lambda n: {"requests": [{"custom_id": "r", "params": body(temprature=1)}] * n},
}
"""Bodies by what they have many of."""

TEXTS: Final[dict[str, tuple[str, Callable[[int], str]]]] = {
    "comments in JSONC": ("a.jsonc", lambda n: "// msglint: ignore[schema] x\n" * n + json.dumps(body())),
    "comments in YAML": ("a.yaml", lambda n: "# msglint: ignore[schema] x\n" * n + json.dumps(body())),
    "comments over errors": (
        "a.jsonc",
        lambda n: json.dumps(body(messages=[{"role": "usr", "content": "x"}] * n), indent=0).replace(
            '"role"', '// msglint: ignore[schema/enum] x\n"role"'
        ),
    ),
    "errors in JSON Lines": ("a.jsonl", lambda n: (json.dumps(body(temprature=1)) + "\n") * n),
}
"""Texts of files with their names, by what they have many of."""

_ERRORS: Final = 1000
"""Errors in the file that configurations are tried on."""


def _configured(settings: str, **more: str) -> dict[str, str]:
    wrong = body(messages=[{"role": "usr", "content": "x"}] * _ERRORS)
    return {"msglint.toml": settings, "a.json": json.dumps(wrong), **more}


def _baseline(n: int) -> str:
    entries = [{"rule": "schema/enum", "at": f"/messages/*/x{i}", "value": f"{i:016x}"} for i in range(n)]
    return json.dumps({"version": 1, "findings": {"a.json": entries}})


CONFIGURATIONS: Final[dict[str, Callable[[int], dict[str, str]]]] = {
    "select": lambda n: _configured(f"select = {json.dumps(['schema', 'tools'] * n)}"),
    "ignore": lambda n: _configured(f"ignore = {json.dumps(['tools/duplicate-name'] * n)}"),
    "betas of a configuration": lambda n: _configured(
        f"betas = {json.dumps(_several(n, 'files-api-2025-04-{}'.format))}"
    ),
    "exclude": lambda n: _configured(f"exclude = {json.dumps(_several(n, 'folder-{}/*.json'.format))}"),
    "overrides of files": lambda n: _configured(
        "".join(f'[[overrides]]\nfiles = ["b{i}.json"]\nignore = ["tools"]\n' for i in range(n))
    ),
    "overrides of places": lambda n: _configured(
        "".join(f'[[overrides]]\nfiles = ["a.json#/tools/{i}"]\nignore = ["tools"]\n' for i in range(n))
    ),
    "baseline entries": lambda n: _configured("", **{"msglint-baseline.json": _baseline(n)}),
}
"""Files of a folder with a configuration, by what that has many of."""

"""Name the kind of a file that is not a request, by its content or its name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import Any, Final

_RECORDING: Final = "a recording of HTTP calls"
_RESPONSE: Final = "a response of the API"
_OTHERS_RESPONSE: Final = "a response of another vendor's API"
_PACKAGE: Final = frozenset({"dependencies", "devDependencies", "peerDependencies", "scripts", "main", "exports"})
_EVENTS: Final = frozenset(
    {
        "content_block_delta",
        "content_block_start",
        "content_block_stop",
        "message_delta",
        "message_start",
        "message_stop",
        "ping",
    }
)

Holds = Callable[[dict[Any, Any]], bool]


def kind_of(value: Any) -> str | None:
    """Return what a value is, as a noun with its article; None if it is of no known kind."""
    if isinstance(value, list):
        first = value[0] if value else None
        if not isinstance(first, dict):
            return None
        if {"scope", "method", "path"} <= first.keys():
            return _RECORDING
        kind = kind_of(first)
        return None if kind is None else f"a list whose first item is {kind}"
    if not isinstance(value, dict):
        return None
    return next((kind for kind, holds in _KINDS if holds(value)), None)


def kind_of_name(name: str) -> str | None:
    """Return what a file is by its extension, if its text is not JSON; None for other extensions."""
    return _ENDINGS.get(PurePath(name).suffix.lower())


def _has(*names: str) -> Holds:
    return lambda value: all(name in value for name in names)


def _says(name: str, *values: str) -> Holds:
    return lambda value: value.get(name) in values if isinstance(value.get(name), str) else False


def _lists(name: str) -> Holds:
    return lambda value: isinstance(value.get(name), list)


def _maps(name: str) -> Holds:
    return lambda value: isinstance(value.get(name), dict)


def _both(*tests: Holds) -> Holds:
    return lambda value: all(test(value) for test in tests)


def _any_of(*tests: Holds) -> Holds:
    return lambda value: any(test(value) for test in tests)


def _is_har(value: dict[Any, Any]) -> bool:
    log = value.get("log")
    return isinstance(log, dict) and isinstance(log.get("entries"), list)


def _is_json_schema(value: dict[Any, Any]) -> bool:
    address = value.get("$schema")
    if isinstance(address, str) and "json-schema.org" in address:
        return True
    return value.get("type") == "object" and isinstance(value.get("properties"), dict)


_KINDS: Final[tuple[tuple[str, Holds], ...]] = (
    ("a Jupyter notebook", _both(_lists("cells"), _has("nbformat"))),
    (_RECORDING, _any_of(_lists("interactions"), _lists("http_interactions"), _is_har)),
    (_RECORDING, _both(_maps("request"), _maps("response"))),
    ("a promptfoo configuration", _both(_has("prompts"), _any_of(*map(_has, ("providers", "tests", "targets"))))),
    ("a lock file", _any_of(_has("lockfileVersion"), _has("content-hash"), _both(_has("_meta", "default")))),
    ("a `package.json`", _both(_has("name"), lambda value: not _PACKAGE.isdisjoint(value))),
    ("a TypeScript configuration", _maps("compilerOptions")),
    ("an OpenAPI document", _any_of(_both(_has("openapi"), _any_of(_has("info"), _has("paths"))), _has("swagger"))),
    ("a JSON Schema", _is_json_schema),
    (_RESPONSE, _both(_says("type", "message"), _says("role", "assistant"), _has("content"))),
    (_RESPONSE, _both(_says("type", "error"), _maps("error"))),
    (_RESPONSE, _says("type", "message_batch")),
    (_RESPONSE, _both(_lists("data"), _has("has_more"))),
    (_RESPONSE, lambda value: set(value) <= {"input_tokens", "context_management"} and "input_tokens" in value),
    ("an event of a stream", lambda value: isinstance(value.get("type"), str) and value["type"] in _EVENTS),
    ("a line of a batch's results", _both(_has("custom_id"), _any_of(_has("result"), _has("response")))),
    (_OTHERS_RESPONSE, _both(_lists("choices"), _any_of(_has("object"), _has("usage"), _has("created")))),
    (_OTHERS_RESPONSE, _any_of(_lists("candidates"), _says("object", "response", "chat.completion", "list"))),
    ("a record of a batch of Amazon Bedrock", _both(_has("recordId"), _maps("modelInput"))),
    ("a JSON-RPC message", _has("jsonrpc")),
    ("a configuration of MCP servers", lambda value: set(value) <= {"mcpServers", "inputs"} and "mcpServers" in value),
    ("a Kubernetes manifest", _has("apiVersion", "kind")),
    ("a GitHub workflow", _both(_maps("jobs"), lambda value: "on" in value or True in value)),
    ("a Docker Compose file", _both(_maps("services"), lambda value: "model" not in value)),
    ("a pre-commit configuration", _both(_lists("repos"), lambda value: "model" not in value)),
)
"""Kinds of files, with the test that recognises each by the properties of its root; the first match counts."""

_ENDINGS: Final = {
    **dict.fromkeys((".py", ".pyi"), "Python code"),
    **dict.fromkeys((".ts", ".tsx", ".mts", ".cts"), "TypeScript code"),
    **dict.fromkeys((".js", ".jsx", ".mjs", ".cjs"), "JavaScript code"),
    **dict.fromkeys((".md", ".mdx", ".markdown"), "Markdown"),
    **dict.fromkeys((".sh", ".bash", ".zsh"), "a shell script"),
    **dict.fromkeys((".html", ".htm"), "HTML"),
    **dict.fromkeys((".toml", ".ini", ".cfg"), "a configuration"),
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".webp"), "an image"),
    **dict.fromkeys((".zip", ".tar", ".tgz", ".whl"), "an archive"),
    ".csv": "a table",
    ".lock": "a lock file",
    ".parquet": "a Parquet file",
    ".pdf": "a PDF",
    ".rst": "reStructuredText",
    ".xml": "XML",
}

"""Tell requests from other files by their content.

`recognised` decides whether a file found in a folder is checked: its root must be an object with `messages` and a
Claude model, the body of a batch, or a record with `custom_id` and `params`, or its `$schema` must be one of ours.
Bodies for other vendors and hosts are skipped like any other file.

`stranger` decides whether a document of a named file is certainly not a request; it then gets one violation that says
so instead of one for each rule of a request. The guide `docs/files.md` states both rules for users.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from ..common.lazy_regex import regex
from ..common.records import NamedTuple
from ..common.wording import code, joined, nearest, shown
from ..documents import CODE, FORMATS, format_of
from ..documents.strict import read
from ..facts import foreign_properties, model_ids, model_named
from ..report import Severity
from ..schema.store import BASE_URI, SHAPES, files
from .kinds import kind_of, kind_of_name

if TYPE_CHECKING:
    from ..documents import Document
    from ..facts.api import Platform
    from ..rules.syntax import Stranger

SCHEMA_KEY: Final = "$schema"

_CLAUDE: Final = regex(r"(?:[a-z-]+\.)?(?:anthropic\.)?claude(?:[-.@:\w]*)", re.IGNORECASE)
_PLACEHOLDER: Final = regex(r"[{}<>$%]")
_SCHEMA_FILE: Final = regex(r"(?:(?!\w+://).*[/\\])?([a-z_]+)\.schema\.json|.*[/\\]msglint[-.]([a-z_]+)\.schema\.json")
_FOREIGN_ROLES: Final = frozenset({"tool", "function", "developer", "model"})
_OWN_KEYS: Final = (
    "system",
    "stop_sequences",
    "thinking",
    "mcp_servers",
    "context_management",
    "output_config",
    "cache_control",
)
"""Properties that bodies for other APIs do not have; with `max_tokens`, one identifies a request without a model."""
_OWN_BLOCKS: Final = frozenset({"tool_use", "tool_result", "redacted_thinking", "server_tool_use"})
"""Types of content blocks that messages for other APIs do not have."""
_SOURCED_BLOCKS: Final = frozenset({"image", "document"})
"""Types of content blocks that have a `source` in this API only."""
_ESSENTIALS: Final = frozenset({"model", "messages", "max_tokens"})
_VERSION: Final = "anthropic_version"
_HOSTS: Final[dict[Platform, tuple[str, str]]] = {
    "bedrock": ("bedrock-", "Amazon Bedrock"),
    "google": ("vertex-", "Google Cloud"),
}
"""By platform: the start of the `anthropic_version` in a body for that host, and the name of the host."""
_MESSAGES_LOOKED_AT: Final = 50
_NAMES_LOOKED_AT: Final = 60
"""The most unknown properties compared with those of a request; more would not change the decision."""
_RECORDS_LOOKED_AT: Final = 3

_TWO_BYTES: Final = (b"\xff\xfe", b"\xfe\xff")
_MESSAGES: Final = b"messages"
_NEEDED: Final = (b"requests", b"custom_id", b"$schema")
"""The words of which a request without messages has one."""
_BROKEN_JSON: Final = (b'"messages"', b'"role"', b'"content"')
_BROKEN_YAML: Final = (b"messages:", b"role:", b"content:")
_MODEL: Final = regex(rb"""(?:^|[\s{,])(["']?)model\1\s*:\s*["']?([^"'\s,}]+)""", re.MULTILINE)
_FOREIGN_MARKS: Final = (
    b'"tool_calls"',
    b'"role": "tool"',
    b'"role":"tool"',
    b"role: tool",
    b'"modelId"',
    b"tool_calls:",
)


def _formats() -> str:
    """List the supported formats, those of requests with their extensions."""
    endings: dict[str, list[str]] = {}
    for ending, text_format in FORMATS.items():
        if text_format not in CODE:
            endings.setdefault(text_format.value, []).append(code(ending))
    formats = [f"{name} ({', '.join(names)})" for name, names in endings.items()]
    return joined([*formats, "source code"], "and")


_READ: Final = _formats()


class Verdict(NamedTuple):
    """Whether something is a request, and the reason."""

    is_request: bool
    reason: str
    is_alike: bool = False
    """Whether it is a look-alike: not a request, but so much like one that the summary counts it."""


def declared_shape(value: Any) -> str | None:
    """Return the shape that the `$schema` of a document names, if it is one of ours.

    It may be the `$id` of a schema that `msglint schema` prints, or the path of a file named like
    `messages.schema.json`.
    """
    name = value.get(SCHEMA_KEY) if isinstance(value, dict) else None
    if not isinstance(name, str):
        return None
    if name.startswith(BASE_URI):
        shape = name.rpartition("/")[2].removesuffix(".json")
        return shape if shape in SHAPES else None
    file = _SCHEMA_FILE.fullmatch(name)
    shape = (file[1] or file[2]) if file else ""
    return shape if shape in SHAPES else None


def may_be_request(data: bytes) -> bool:
    """Whether a text may be a request, by the words in it; only such a text has to be parsed."""
    text = _in_single_bytes(data)
    return _MESSAGES in text or any(word in text for word in _NEEDED)


def recognised(document: Document, platform: str | None = None) -> Verdict:  # noqa: PLR0911 - one for each kind of root
    """Decide whether a document is a request.

    Args:
        document: The document.
        platform: The platform chosen by the user; None to use the one that the document names.
    """
    if not document.readable:
        return _of_broken_text(document, platform)
    value = document.value
    if not isinstance(value, dict):
        return Verdict(is_request=False, reason="it holds no object")
    if declared_shape(value) is not None:
        return Verdict(is_request=True, reason=f"its `$schema` is {shown(value[SCHEMA_KEY])}")
    if "custom_id" in value:
        return _of_record(value, platform)
    if "messages" in value:
        return _of_body(value, platform)
    if isinstance(value.get("requests"), list):
        return _of_batch(value["requests"], platform)
    return Verdict(is_request=False, reason="it has no `messages`")


def host_of(value: Any) -> Platform | None:
    """Return the platform, other than Anthropic's own, that a body names by its `anthropic_version`, if any."""
    version = value.get(_VERSION) if isinstance(value, dict) else None
    if not isinstance(version, str):
        return None
    return next((host for host, (beginning, _) in _HOSTS.items() if version.startswith(beginning)), None)


def stranger(name: str, document: Document) -> Stranger | None:
    """Return why a document is certainly not a request; None if it may be meant as one.

    Args:
        name: The name of the file; its extension may say what it is.
        document: The document, or one of several in the file.
    """
    if not document.readable:
        return _stranger_by_name(name, document)
    value = document.value
    if is_plain_request(value):
        return None
    is_repaired = document.holes or any(finding.rule.severity is Severity.ERROR for finding in document.findings)
    if is_repaired or declared_shape(value) is not None:
        return None
    kind, reason = (None, None) if isinstance(value, dict) and "messages" in value else (kind_of(value), None)
    if kind is None:
        reason = _why_no_request(value) if isinstance(value, dict) else None
    if kind is None and reason is None:
        return None
    from ..rules.syntax import Stranger

    return Stranger(_start_of(document), kind, reason, _READ)


def _stranger_by_name(name: str, document: Document) -> Stranger | None:
    """Judge an unreadable text by its file's extension, unless that is one of a supported format."""
    if format_of(name) is not None or not document.data.strip() or _of_broken_text(document, None).is_request:
        return None
    from ..rules.syntax import Stranger

    return Stranger(0, kind_of_name(name), "its text is not JSON", _READ)


def _start_of(document: Document) -> int:
    span = document.locate([()]).get(())
    return 0 if span is None else span.start


def is_plain_request(value: Any) -> bool:
    """Whether an object has a combination of properties that only requests have; a shortcut for most documents."""
    if not isinstance(value, dict):
        return False
    return value.keys() >= _ESSENTIALS or value.keys() >= {"custom_id", "params"}


class _Names(NamedTuple):
    """The properties of an object compared with those of a request."""

    known: int
    """The number that a request has, including misspelt ones and the names that other APIs use for them."""
    unknown: int
    """The number that neither a request nor a request for another API has."""
    foreign: int
    """The number that only a request for another API has."""
    meant: frozenset[str]
    """The request's own names of the known ones, without `messages` under the name that another API uses."""


@lru_cache(maxsize=1)
def _properties() -> dict[str, Any]:
    """Return the properties that a request or a batch can have in any edition, on any platform, with any beta."""
    schemas = files()
    shapes = ("batches", "count_tokens", "messages")
    return {name: schema for shape in shapes for name, schema in schemas[SHAPES[shape]]["properties"].items()}


def _names_of(body: dict[Any, Any]) -> _Names:
    from ..rules.shared.schema_fixes import meant_properties

    properties = _properties()
    meant = {name for name in body if name in properties}
    others = [name for name in body if name not in properties and name != SCHEMA_KEY]
    known, unknown, foreign = len(meant), max(0, len(others) - _NAMES_LOOKED_AT), 0
    for name in others[:_NAMES_LOOKED_AT]:
        near = next(iter(meant_properties(name, {"properties": properties})), None) if isinstance(name, str) else None
        if near is not None:
            known += 1
            if near != "messages" or name not in properties[near].get("x-aliases", ()):
                meant.add(near)
        elif name in foreign_properties():
            foreign += 1
        else:
            unknown += 1
    return _Names(known, unknown, foreign, frozenset(meant))


def _why_no_request(value: dict[Any, Any]) -> str | None:
    """Return why an object is certainly not a request; None if it may be one."""
    if value.keys() <= _properties().keys():
        return None
    if "custom_id" in value or isinstance(value.get("requests"), list) or _holds_body(value.get("params")):
        return None
    found = _names_of(value)
    if not found.unknown and not found.foreign:
        return None
    if found.meant.isdisjoint(_ESSENTIALS):
        return "it has none of `model`, `messages` and `max_tokens`"
    if "max_tokens" not in found.meant and found.unknown > found.known:
        return f"it has no `max_tokens`, and requests do not have {found.unknown:,} of its {len(value):,} properties"
    return None


def _holds_body(params: Any) -> bool:
    return isinstance(params, dict) and not _ESSENTIALS.isdisjoint(params)


def _of_batch(requests: list[Any], platform: str | None) -> Verdict:
    for record in requests[:_RECORDS_LOOKED_AT]:
        if not isinstance(record, dict) or not {"custom_id", "params"} & record.keys():
            return Verdict(is_request=False, reason="its `requests` have no `params`")
        verdict = _of_record(record, platform)
        if not verdict.is_request:
            return verdict
    if not requests:
        return Verdict(is_request=False, reason="its `requests` are empty")
    return Verdict(is_request=True, reason="it is the body of a batch")


def _of_record(record: dict[str, Any], platform: str | None) -> Verdict:
    if "params" not in record:
        if {"method", "url", "body"} & record.keys():
            return Verdict(is_request=False, reason="it is a line of another vendor's batch", is_alike=True)
        return Verdict(is_request=False, reason="it has `custom_id`, but no `params`")
    params = record["params"]
    if isinstance(params, dict) and "messages" in params:
        verdict = _of_body(params, platform, in_batch=True)
        if not verdict.is_request:
            return verdict
    return Verdict(is_request=True, reason="it has `custom_id` and `params`, as a batch has")


def _of_body(body: dict[str, Any], platform: str | None, *, in_batch: bool = False) -> Verdict:
    model, messages = body.get("model"), body["messages"]
    is_conversation = isinstance(messages, list) and all(isinstance(message, dict) for message in messages[:1])
    if isinstance(model, str) and not _PLACEHOLDER.search(model):
        verdict = _of_model(model, body)
        if verdict.is_request and not in_batch and (reason := _why_no_request(body)) is not None:
            verdict = Verdict(is_request=False, reason=reason)
        return verdict if verdict.is_request else verdict._replace(is_alike=is_conversation)
    if not is_conversation:
        return Verdict(is_request=False, reason="its `messages` are not a conversation")
    verdict = _of_nameless_body(body, platform)
    if in_batch and not verdict.is_request and _foreign_mark(body) is None:
        return verdict._replace(is_request=True)
    return verdict._replace(is_alike=not verdict.is_request and any("role" in message for message in messages[:1]))


def _of_nameless_body(body: dict[str, Any], platform: str | None) -> Verdict:
    """Judge a body without a model by properties that only bodies for this API have."""
    if isinstance(body.get(_VERSION), str):
        return _of_version(body[_VERSION], platform)
    foreign = _foreign_mark(body)
    if foreign is not None:
        return Verdict(is_request=False, reason=foreign)
    own = _own_mark(body)
    if own is None or "max_tokens" not in body:
        return Verdict(is_request=False, reason="it has `messages`, but no model of Anthropic's")
    found = _names_of(body)
    if found.unknown >= found.known:
        reason = f"it has no model, and requests do not have {found.unknown:,} of its {len(body):,} properties"
        return Verdict(is_request=False, reason=reason)
    return Verdict(is_request=True, reason=f"it has `messages`, `max_tokens` and {code(own)}")


def _own_mark(body: dict[str, Any]) -> str | None:
    """Return a property or a type of content block that only bodies for this API have, if the body has one."""
    own = next((key for key in _OWN_KEYS if key in body), None)
    if own is not None:
        return own
    tools = body.get("tools")
    if isinstance(tools, list) and any(isinstance(tool, dict) and "input_schema" in tool for tool in tools):
        return "input_schema"
    messages = body["messages"]
    for message in messages[:_MESSAGES_LOOKED_AT] if isinstance(messages, list) else ():
        content = message.get("content") if isinstance(message, dict) else None
        for block in content if isinstance(content, list) else ():
            kind = block.get("type") if isinstance(block, dict) else None
            if isinstance(kind, str) and (kind in _OWN_BLOCKS or (kind in _SOURCED_BLOCKS and "source" in block)):
                return kind
    return None


def _of_model(model: str, body: dict[str, Any] | None = None) -> Verdict:
    """Judge by the model: one of Anthropic's, or a misspelt one in a body without anything foreign."""
    claude = _of_claude(model)
    if claude is not None:
        return claude
    named = _named(model)
    foreign = _foreign_mark(body) if body is not None else None
    if "claude" in model.lower():
        own = _own_mark(body) if foreign is None and body is not None and "max_tokens" in body else None
        if own is not None:
            return Verdict(is_request=True, reason=f"{named}, and {code(own)}, which only bodies for this API have")
        return Verdict(is_request=False, reason=f"its model is {code(model)}, as another host names it")
    if nearest(model, model_ids()) is None:
        return Verdict(is_request=False, reason=f"its model is {code(model)}, which is not one of Anthropic's")
    if foreign is not None:
        return Verdict(is_request=False, reason=foreign)
    return Verdict(is_request=True, reason=f"{named}, which is nearly one of Anthropic's")


@lru_cache(maxsize=64)
def _of_claude(model: str) -> Verdict | None:
    is_claude = model_named(model) is not None or _CLAUDE.fullmatch(model) is not None
    return Verdict(is_request=True, reason=_named(model)) if is_claude else None


def _named(model: str) -> str:
    return f"it has `messages` and the model {code(model)}"


def _of_version(version: str, platform: str | None) -> Verdict:
    """Judge by `anthropic_version`, which bodies have on other hosts."""
    for host, (beginning, name) in _HOSTS.items():
        if version.startswith(beginning):
            if platform not in {None, host}:
                return Verdict(is_request=False, reason=f"it is for {name}; `--platform {host}` checks it")
            return Verdict(is_request=True, reason=f"it has `messages` and says that it is for {name}")
    return Verdict(is_request=True, reason=f"it has `messages` and {code(_VERSION)}")


def _foreign_mark(body: dict[str, Any]) -> str | None:
    """Return what shows that a body is not for the Messages API, if anything does."""
    key = next((key for key in body if key in foreign_properties(of_bodies=True)), None)
    if key is not None:
        return f"it has {code(key)}, as bodies for other APIs have"
    messages = body["messages"]
    for message in messages[:_MESSAGES_LOOKED_AT] if isinstance(messages, list) else ():
        if isinstance(message, dict):
            role = message.get("role")
            if isinstance(role, str) and role in _FOREIGN_ROLES:
                return f"it has a message of the role {shown(role)}, as other vendors' bodies have"
            if "tool_calls" in message:
                return "one of its messages has `tool_calls`, as other vendors' bodies have"
    return None


def _of_broken_text(document: Document, platform: str | None) -> Verdict:
    """Judge an unreadable text by its first line if that is JSON, otherwise by the words in it."""
    data = _in_single_bytes(document.data)
    first_line = data.lstrip().partition(b"\n")[0]
    if len(first_line) < len(data) and (line := read(first_line)).readable and isinstance(line.value, dict):
        return recognised(line, platform)
    is_yaml = any(finding.rule.area == "yaml" for finding in document.findings)
    wanted = _BROKEN_YAML if is_yaml else _BROKEN_JSON
    if not all(mark in data for mark in wanted):
        return Verdict(is_request=False, reason="it cannot be read, and does not speak of a conversation")
    found = _MODEL.search(data)
    model = found[2].decode(errors="replace") if found else ""
    if model and not _PLACEHOLDER.search(model):
        verdict = _of_model(model)
        named = f"it cannot be read, but speaks of `messages` and the model {code(model)}"
        return verdict._replace(reason=named) if verdict.is_request else verdict._replace(is_alike=True)
    if any(mark in data for mark in _FOREIGN_MARKS):
        return Verdict(is_request=False, reason="it cannot be read, and speaks of what other vendors' bodies have")
    if is_yaml:
        return Verdict(is_request=False, reason="it cannot be read, and names no model")
    return Verdict(is_request=True, reason="it cannot be read, but speaks of a conversation")


def _in_single_bytes(data: bytes) -> bytes:
    """Reduce UTF-16 to single bytes, so that words can be found; it is not JSON, but may be meant as a request."""
    return data.replace(b"\0", b"") if data.startswith(_TWO_BYTES) else data

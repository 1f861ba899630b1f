"""What is a request: how a file that was found, and not named, is told from others by its content.

A file counts where its root is an object with `messages` and a Claude model, the body of a batch, or a record with
`custom_id` and `params`, or where its `$schema` is one of ours. Bodies for other vendors and other hosts are left
alone, and so is what is no request at all. The guide `docs/files.md` states the rule for users.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..documents.strict import read
from ..facts import model_ids, model_named
from ..patterns import regex
from ..schema.store import BASE_URI, SHAPES
from ..words import code, nearest, shown

if TYPE_CHECKING:
    from ..documents import Document

SCHEMA_KEY: Final = "$schema"
OWN_API: Final = "anthropic"
"""The platform that a body is for unless it says otherwise."""

_CLAUDE: Final = regex(r"(?:[a-z-]+\.)?(?:anthropic\.)?claude(?:[-.@:\w]*)", re.IGNORECASE)
_PLACEHOLDER: Final = regex(r"[{}<>$%]")
_SCHEMA_FILE: Final = regex(r"(?:(?!\w+://).*[/\\])?([a-z_]+)\.schema\.json|.*[/\\]msglint[-.]([a-z_]+)\.schema\.json")
_FOREIGN_ROLES: Final = frozenset({"tool", "function", "developer", "model"})
_FOREIGN_KEYS: Final = frozenset(
    {
        "frequency_penalty",
        "function_call",
        "functions",
        "inferenceConfig",
        "logit_bias",
        "logprobs",
        "max_completion_tokens",
        "modelId",
        "n",
        "presence_penalty",
        "response_format",
    }
)
"""Properties of other vendors' bodies, and of Amazon's for all its models."""
_OWN_KEYS: Final = (
    "system",
    "stop_sequences",
    "thinking",
    "mcp_servers",
    "context_management",
    "output_config",
    "cache_control",
)
"""Properties that bodies for other APIs do not have; with `max_tokens` they tell a request that names no model."""
_VERSION: Final = "anthropic_version"
_HOSTS: Final = {"bedrock": ("bedrock-", "Amazon Bedrock"), "google": ("vertex-", "Google Cloud")}
"""How the version begins that a body for another host has, and what the host is called, by platform."""
_MESSAGES_LOOKED_AT: Final = 50
_RECORDS_LOOKED_AT: Final = 3

_TWO_BYTES: Final = (b"\xff\xfe", b"\xfe\xff")
_NEEDED: Final = (b"messages", b"requests", b"custom_id", b"$schema")
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


class Verdict(NamedTuple):
    """Whether something is a request, and what tells."""

    is_request: bool
    reason: str


def declared_shape(value: Any) -> str | None:
    """Return the shape that the `$schema` of a document names, where it is one of ours.

    It may be the address of a schema as `msglint schema` prints it, or a file that is named `messages.schema.json` or
    the like.
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
    """Whether a text is worth reading to see whether it is a request: a quick look for the words that one has."""
    text = _in_single_bytes(data)
    return any(word in text for word in _NEEDED)


def recognised(document: Document, platform: str = OWN_API) -> Verdict:  # noqa: PLR0911 - one for each kind of root
    """Say whether a document is a request to a platform, and why."""
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


def _of_batch(requests: list[Any], platform: str) -> Verdict:
    for record in requests[:_RECORDS_LOOKED_AT]:
        if not isinstance(record, dict) or not {"custom_id", "params"} & record.keys():
            return Verdict(is_request=False, reason="its `requests` have no `params`")
        verdict = _of_record(record, platform)
        if not verdict.is_request:
            return verdict
    if not requests:
        return Verdict(is_request=False, reason="its `requests` are empty")
    return Verdict(is_request=True, reason="it is the body of a batch")


def _of_record(record: dict[str, Any], platform: str) -> Verdict:
    if "params" not in record:
        if {"method", "url", "body"} & record.keys():
            return Verdict(is_request=False, reason="it is a line of another vendor's batch")
        return Verdict(is_request=False, reason="it has `custom_id`, but no `params`")
    params = record["params"]
    if isinstance(params, dict) and "messages" in params:
        verdict = _of_body(params, platform, in_batch=True)
        if not verdict.is_request:
            return verdict
    return Verdict(is_request=True, reason="it has `custom_id` and `params`, as a batch has")


def _of_body(body: dict[str, Any], platform: str, *, in_batch: bool = False) -> Verdict:
    foreign = _foreign_mark(body)
    if foreign is not None:
        return Verdict(is_request=False, reason=foreign)
    model = body.get("model")
    if isinstance(model, str) and not _PLACEHOLDER.search(model):
        return _of_model(model)
    messages = body["messages"]
    if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages[:1]):
        return Verdict(is_request=False, reason="its `messages` are no conversation")
    if isinstance(body.get(_VERSION), str):
        return _of_version(body[_VERSION], platform)
    own = next((key for key in _OWN_KEYS if key in body), None)
    if own is not None and "max_tokens" in body:
        return Verdict(is_request=True, reason=f"it has `messages`, `max_tokens` and {code(own)}")
    return Verdict(is_request=in_batch, reason="it has `messages`, but no model of Anthropic's")


def _of_model(model: str) -> Verdict:
    """Judge by the model: Anthropic's, or a slip of the finger from one; not where another host calls it otherwise."""
    if model_named(model) is not None or _CLAUDE.fullmatch(model) is not None:
        return Verdict(is_request=True, reason=f"it has `messages` and the model {code(model)}")
    if "claude" in model.lower():
        return Verdict(is_request=False, reason=f"its model is {code(model)}, as another host names it")
    if nearest(model, model_ids()) is not None:
        return Verdict(is_request=True, reason=f"it has `messages` and the model {code(model)}, which is nearly one")
    return Verdict(is_request=False, reason=f"its model is {code(model)}, which is none of Anthropic's")


def _of_version(version: str, platform: str) -> Verdict:
    """Judge by the version that a body has on other hosts."""
    for host, (beginning, name) in _HOSTS.items():
        if version.startswith(beginning) and host != platform:
            return Verdict(is_request=False, reason=f"it is for {name}, as `--platform {host}` says")
    return Verdict(is_request=True, reason=f"it has `messages` and {code(_VERSION)}")


def _foreign_mark(body: dict[str, Any]) -> str | None:
    """Say what shows that a body is not for the Messages API, if something does."""
    key = next((key for key in body if key in _FOREIGN_KEYS), None)
    if key is not None:
        return f"it has {code(key)}, as bodies for other APIs have"
    messages = body["messages"]
    for message in messages[:_MESSAGES_LOOKED_AT] if isinstance(messages, list) else ():
        if isinstance(message, dict):
            role = message.get("role")
            if isinstance(role, str) and role in _FOREIGN_ROLES:
                return f"it has a message of the role {shown(role)}, as other vendors' bodies have"
            if "tool_calls" in message:
                return "a message of it has `tool_calls`, as other vendors' bodies have"
    return None


def _of_broken_text(document: Document, platform: str) -> Verdict:
    """Judge a text that cannot be read by its first line, where that can, and else by the words in it."""
    data = _in_single_bytes(document.data)
    first_line = data.lstrip().partition(b"\n")[0]
    if len(first_line) < len(data) and (line := read(first_line)).readable and isinstance(line.value, dict):
        return recognised(line, platform)
    is_yaml = any(finding.rule.area == "yaml" for finding in document.findings)
    wanted = _BROKEN_YAML if is_yaml else _BROKEN_JSON
    if not all(mark in data for mark in wanted) or any(mark in data for mark in _FOREIGN_MARKS):
        return Verdict(is_request=False, reason="it cannot be read, and does not speak of a conversation")
    found = _MODEL.search(data)
    model = found[2].decode(errors="replace") if found else ""
    if model and not _PLACEHOLDER.search(model):
        verdict = _of_model(model)
        named = f"it cannot be read, but speaks of `messages` and the model {code(model)}"
        return verdict._replace(reason=named) if verdict.is_request else verdict
    if is_yaml:
        return Verdict(is_request=False, reason="it cannot be read, and names no model")
    return Verdict(is_request=True, reason="it cannot be read, but speaks of a conversation")


def _in_single_bytes(data: bytes) -> bytes:
    """Make the words of a text in UTF-16 legible, which is no JSON, but may have been meant as a request."""
    return data.replace(b"\0", b"") if data.startswith(_TWO_BYTES) else data

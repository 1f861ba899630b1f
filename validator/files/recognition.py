"""What is a request: how a file that was found, and not named, is told from others by its content.

A file counts where its root is an object with `messages` and a Claude model, the body of a batch, or a record with
`custom_id` and `params`, or where its `$schema` is one of ours. Bodies for other vendors and other hosts are left
alone, and so is what is no request at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..facts import model_ids, model_named
from ..schema.store import BASE_URI, SHAPES
from ..words import code, nearest, shown

if TYPE_CHECKING:
    from ..documents import Document

SCHEMA_KEY: Final = "$schema"

_CLAUDE: Final = re.compile(r"(?:[a-z-]+\.)?(?:anthropic\.)?claude(?:[-.@:\w]*)", re.IGNORECASE)
_PLACEHOLDER: Final = re.compile(r"[{}<>$%]")
_SCHEMA_FILE: Final = re.compile(r"(?:^|[/\\])(?:msglint[-.])?([a-z_]+)\.schema\.json$")
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
_OWN_KEYS: Final = ("anthropic_version", "max_tokens", "thinking")
"""Properties that tell a request without a `model` from conversations that are kept for other ends."""
_MESSAGES_LOOKED_AT: Final = 50
_RECORDS_LOOKED_AT: Final = 3

_BROKEN_JSON: Final = (b'"role"', b'"content"')
_BROKEN_YAML: Final = (b"messages:", b"role:", b"content:", b"claude")
"""More than in JSON, as templates of YAML for other ends are no YAML either."""
_FOREIGN_MARKS: Final = (b'"gpt-', b'"tool_calls"', b'"role": "tool"', b'"role":"tool"', b'"modelId"')
_NEEDED: Final = (b"messages", b"requests", b"custom_id", b"$schema")


@dataclass(frozen=True, slots=True)
class Verdict:
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
    file = _SCHEMA_FILE.search(name)
    return file[1] if file and file[1] in SHAPES else None


def recognised(document: Document) -> Verdict:  # noqa: PLR0911 - one return for each kind of root
    """Say whether a document is a request, and why."""
    if not document.readable:
        return _of_broken_text(document)
    value = document.value
    if not isinstance(value, dict):
        return Verdict(is_request=False, reason="it holds no object")
    if declared_shape(value) is not None:
        return Verdict(is_request=True, reason=f"its `$schema` is {shown(value[SCHEMA_KEY])}")
    if "custom_id" in value:
        return _of_record(value)
    if "messages" in value:
        return _of_body(value)
    if isinstance(value.get("requests"), list):
        return _of_batch(value["requests"])
    return Verdict(is_request=False, reason="it has no `messages`")


def _of_batch(requests: list[Any]) -> Verdict:
    for record in requests[:_RECORDS_LOOKED_AT]:
        if not isinstance(record, dict) or not {"custom_id", "params"} & record.keys():
            return Verdict(is_request=False, reason="its `requests` have no `params`")
        verdict = _of_record(record)
        if not verdict.is_request:
            return verdict
    return Verdict(is_request=bool(requests), reason="it is the body of a batch" if requests else "it has no requests")


def _of_record(record: dict[str, Any]) -> Verdict:
    params = record.get("params")
    if "params" not in record:
        vendor = "it is a line of another vendor's batch" if {"method", "url", "body"} & record.keys() else ""
        return Verdict(is_request=False, reason=vendor or "it has no `params`")
    if isinstance(params, dict) and "messages" in params:
        verdict = _of_body(params, in_batch=True)
        if not verdict.is_request:
            return verdict
    return Verdict(is_request=True, reason="it has `custom_id` and `params`, as a batch has")


def _of_body(body: dict[str, Any], *, in_batch: bool = False) -> Verdict:
    messages = body["messages"]
    if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages[:1]):
        return Verdict(is_request=False, reason="its `messages` are no conversation")
    foreign = _foreign_mark(body, messages)
    if foreign is not None:
        return Verdict(is_request=False, reason=foreign)
    model = body.get("model")
    if isinstance(model, str) and not _PLACEHOLDER.search(model):
        if _is_claude(model):
            return Verdict(is_request=True, reason=f"it has `messages` and the model {code(model)}")
        return Verdict(is_request=False, reason=f"its model is {code(model)}, which is none of Anthropic's")
    own = next((key for key in _OWN_KEYS if key in body), None)
    if own is not None:
        return Verdict(is_request=True, reason=f"it has `messages` and {code(own)}")
    return Verdict(is_request=in_batch, reason="it has `messages`, but neither a model nor `max_tokens`")


def _foreign_mark(body: dict[str, Any], messages: list[Any]) -> str | None:
    """Say what shows that a body is not for the Messages API, if something does."""
    key = next((key for key in body if key in _FOREIGN_KEYS), None)
    if key is not None:
        return f"it has {code(key)}, as bodies for other APIs have"
    for message in messages[:_MESSAGES_LOOKED_AT]:
        if isinstance(message, dict):
            if message.get("role") in _FOREIGN_ROLES:
                return f"it has a message of the role {shown(message['role'])}, as other vendors' bodies have"
            if "tool_calls" in message:
                return "a message of it has `tool_calls`, as other vendors' bodies have"
    return None


def _is_claude(model: str) -> bool:
    """Whether a model is Anthropic's, or a slip of the finger from one; not where another host calls it otherwise."""
    if model_named(model) is not None or _CLAUDE.fullmatch(model) is not None:
        return True
    return "claude" not in model.lower() and nearest(model, model_ids()) is not None


def _of_broken_text(document: Document) -> Verdict:
    """Judge a text that cannot be read by the words in it."""
    is_yaml = any(finding.rule.area == "yaml" for finding in document.findings)
    wanted = _BROKEN_YAML if is_yaml else _BROKEN_JSON
    if not all(mark in document.data for mark in wanted) or any(mark in document.data for mark in _FOREIGN_MARKS):
        return Verdict(is_request=False, reason="it cannot be read, and does not speak of a conversation")
    return Verdict(is_request=True, reason="it cannot be read, but speaks of a conversation")


def may_be_request(data: bytes) -> bool:
    """Whether a text is worth reading to see whether it is a request: a quick look for the words that one has."""
    return any(word in data for word in _NEEDED)

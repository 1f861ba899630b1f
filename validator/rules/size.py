"""Limits on the size of a request."""

from __future__ import annotations

from typing import Any, Final

import orjson

from ..common.unknown import see_known
from ..common.wording import code, count
from ..engine.index import Index
from ..engine.request import Node, Request
from ..engine.rule import Example, body, rule
from ..facts.api import WHOLE_BATCH
from ..report import Severity

_MEGABYTE: Final = 1024 * 1024
_LARGEST: Final = {"anthropic": 32, "bedrock": 20, "google": 30}
"""Largest body in megabytes, by platform."""
_LARGEST_BATCH: Final = 256
_SMALLEST_LIMIT: Final = min(_LARGEST.values())
"""Megabytes of a body that every platform takes."""


def _saying(text: str, **more: Any) -> dict[str, Any]:
    return body(messages=[{"role": "user", "content": text}], **more)


def _counting(text: str) -> dict[str, Any]:
    return {name: value for name, value in _saying(text).items() if name != "max_tokens"}


def _is_small(index: Index) -> bool:
    """Whether a request is below the limit of every platform."""
    size = index.context.size
    return size is None or size <= _SMALLEST_LIMIT * _MEGABYTE


@rule(
    "size/request",
    on="",
    skip_if=_is_small,
    endpoints=("messages", "count_tokens", WHOLE_BATCH),
    bad=(Example(lambda: _counting("lorem ipsum\n" * 2_700_000), at="", endpoint="count_tokens"),),
    good=(
        Example(lambda: _counting("lorem ipsum\n" * 2_500_000), endpoint="count_tokens"),
        Example(lambda: b" " * 33 * _MEGABYTE + orjson.dumps(_saying("Hello"))),
    ),
    api_messages=("Request exceeds the maximum allowed number of bytes",),
)
def request_size(root: Node, request: Request) -> None:
    """The body is larger than the API allows: 32 MB, 256 MB for a batch, 20 MB on Amazon Bedrock, 30 on Google Cloud.

    Why: The API answers with a 413 without reading the body. Most of such a body is images and PDFs in base64. The
    indentation of a file is not counted.

    Source: The documentation's overview of the API and its page on errors.
    """
    known = request.context
    is_batch = known.endpoint == WHOLE_BATCH
    limit = _LARGEST_BATCH if is_batch else _LARGEST[request.platform]
    if known.size is None or known.size <= limit * _MEGABYTE:
        return
    size = written_size(root.value)
    if size is None or size <= limit * _MEGABYTE:
        return
    if is_batch:
        advice = "split it into several batches"
    elif request.platform == "anthropic":
        advice = "send images and documents by `file_id` or by URL instead of base64, or scale them down"
    else:
        advice = "scale images down, or send fewer of them"
    root.report(
        f"the {'batch' if is_batch else 'request'} has {count(size, 'byte')}, "
        f"but may have at most {count(limit * _MEGABYTE, 'byte')} ({limit} MB)",
        help=advice,
    )


def written_size(plain: Any) -> int | None:
    """Return the size of a plain value as JSON in bytes; None if it cannot be encoded."""
    see_known(plain)
    try:
        return len(orjson.dumps(plain))
    except (TypeError, ValueError, RecursionError):
        return None


_LONGEST_TOKEN: Final = 5
"""More characters than the average token of any text, so that only a text that is certainly too long is reported."""
_USUAL_TOKEN: Final = 4
_LONGEST_ROLE: Final = len("assistant")
_ROLE_AND_CONTENT: Final = 2
_LONGER_WINDOW: Final = "context-1m-2025-08-07"
_NOT_READ: Final = frozenset({"thinking", "redacted_thinking", "base64"})
_NOT_TEXT: Final = frozenset({"type", "signature", "encrypted_content", "encrypted_index", "encrypted_stdout"})


def _fits(index: Index) -> bool:
    """Whether all text and the roles of the messages fit into the context window of the model."""
    model, size = index.setup.model, index.context.size
    window = model.fact("context") if model is not None else None
    if window is None or size is None or size <= window * _LONGEST_TOKEN:
        return True
    characters, others = index.texts
    roles = _LONGEST_ROLE * index.number_of_messages
    rest = sum(map(_characters, (index.body.get("system"), index.body.get("tools"), others)))
    return bool(characters + roles + rest <= window * _LONGEST_TOKEN)


@rule(
    "size/context",
    on="",
    skip_if=_fits,
    severity=Severity.INFO,
    endpoints=("messages", "batches"),
    models=lambda model: model.fact("context") is not None,
    bad=(
        Example(lambda: _saying("lorem ipsum " * 90_000), at="/messages"),
        Example(lambda: _saying("Hello", system="lorem ipsum " * 90_000), at="/system"),
    ),
    good=(
        Example(lambda: _saying("lorem ipsum " * 80_000)),
        Example(lambda: _saying("lorem ipsum " * 90_000, model="claude-opus-5")),
    ),
    api_messages=(
        "prompt is too long: … tokens > … maximum",
        "input length and `max_tokens` exceed context limit: …",
    ),
)
def context(root: Node, request: Request) -> None:
    """The text of the request is probably longer than the context window of the model.

    Why: Only the API counts tokens exactly, so this is only reported if the text would not fit even at five characters
    per token. Images, PDFs and thinking are not counted, and requests that clear or compact their context are skipped.

    Source: The API's refusal, seen many times; the documentation's page on context windows.
    """
    window, size = request.fact("context"), request.context.size
    if size is None or size <= window * _LONGEST_TOKEN:
        return
    if request.root.at("context_management").value is not None or request.sends(_LONGER_WINDOW):
        return
    lengths = {name: _characters(root.value.get(name)) for name in ("system", "tools", "messages")}
    characters = sum(lengths.values())
    if characters <= window * _LONGEST_TOKEN:
        return
    longest = max(lengths, key=lambda name: lengths[name])
    root.at(longest).report(
        f"the request has {characters:,} characters of text, roughly {characters // _USUAL_TOKEN:,} tokens, "
        f"but the context window of {code(request.root.text('model') or 'the model')} has {window:,}",
        help="count its tokens with `/v1/messages/count_tokens`, and shorten it or choose a model with a larger window",
    )


def _characters(value: Any) -> int:
    """Return the length of all text inside a value that the model reads."""
    characters, pending = 0, [value]
    while pending:
        item = pending.pop()
        if item.__class__ is dict and len(item) == _ROLE_AND_CONTENT and item.get("content").__class__ is str:
            # Most messages; they have no `type`.
            role = item.get("role")
            if role.__class__ is str:
                characters += len(item["content"]) + len(role)
                continue
        if isinstance(item, str):
            characters += len(item)
        elif isinstance(item, (list, tuple)):
            pending += item
        elif isinstance(item, dict) and not _is_any(item.get("type"), _NOT_READ):
            # The model no longer reads what a summary replaces.
            if item.get("type") == "compaction":
                return 0
            pending += [inner for name, inner in item.items() if name not in _NOT_TEXT]
    return characters


def _is_any(tag: Any, tags: frozenset[str]) -> bool:
    return isinstance(tag, str) and tag in tags

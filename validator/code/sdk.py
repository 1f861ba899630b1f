"""Names of the official SDKs: which calls send a request, and which of their arguments are not part of its body.

Source: the signatures of the SDKs for Python 1.x and TypeScript 1.x.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..facts.api import Endpoint, Platform

HOST: Final = "api.anthropic.com"
"""The host of Anthropic's own API: requests to any other one are left alone."""
PATHS: Final[dict[str, Endpoint]] = {
    "/v1/messages": "messages",
    "/v1/messages/count_tokens": "count_tokens",
    "/v1/messages/batches": "batches",
}
"""The endpoints by their paths."""
BETAS_HEADER: Final = "anthropic-beta"
VERSION_HEADER: Final = "anthropic-version"
BETAS_PROPERTY: Final = "anthropic_beta"
"""Where the bodies of Amazon Bedrock name the betas."""
OWN_CLIENTS: Final = frozenset({"Anthropic", "AsyncAnthropic"})
"""The clients of Anthropic's own API, which takes no betas in the body."""

_METHODS: Final = {
    "create": "messages",
    "stream": "messages",
    "parse": "messages",
    "tool_runner": "messages",
    "toolRunner": "messages",
    "count_tokens": "count_tokens",
    "countTokens": "count_tokens",
}
_CLIENTS: Final[dict[str, Platform]] = {
    "Bedrock": "bedrock",
    "Vertex": "google",
}
"""Parts of the names of clients that tell the platform: `AnthropicBedrock`, `AsyncAnthropicVertex`."""
_NATIVE: Final = "Mantle"
"""Part of the name of a client of Amazon Bedrock that sends the same bodies as Anthropic's own API."""
_STRANGE_HOLDERS: Final = frozenset({"threads", "agents", "chat", "completions", "conversations", "beta_threads"})
"""Names before `messages` of other APIs: OpenAI's threads, Letta's agents."""
NOT_IN_BODY: Final = frozenset(
    {
        "timeout",
        "extra_headers",
        "extra_query",
        "extra_body",
        "max_iterations",
        "compaction_control",
        "betas",
        "user_profile_id",
        "workspace_id",
        "run_tools_eagerly",
    }
)
"""Keywords of calls that the SDK does not send in the body, or not under that name."""
IN_BODY: Final = frozenset(
    {
        *("model", "messages", "max_tokens", "system", "tools", "tool_choice", "thinking", "stream", "metadata"),
        *("stop_sequences", "temperature", "top_k", "top_p", "output_config", "output_format", "cache_control"),
        *("container", "context_management", "mcp_servers", "service_tier", "speed", "inference_geo", "requests"),
        *("fallbacks", "thread", "compaction", "diagnostics", "billing_policy"),
    }
)
"""Keywords of the body, of which a call has one at least."""
_FAMILIES: Final = (
    "claude",
    "anthropic",
    "opus",
    "sonnet",
    "haiku",
    "fable",
    "mythos",
    "cluade",
    "clade",
    "calude",
    "claud",
)


def is_foreign_model(model: str) -> bool:
    """Whether a literal model is certainly not Claude: `gpt-4o`. A wrong id of Claude is not foreign."""
    name = model.lower()
    return not name.startswith("arn:") and not any(family in name for family in _FAMILIES)


NOT_IN_PARSED_BODY: Final = frozenset({"output_format"})
"""The same for `parse` and other methods that take a class of the program in place of a schema."""
STRANGE_KEYWORDS: Final = frozenset(
    {
        "from_",
        "from",
        "to",
        "body",
        "thread_id",
        "threadId",
        "response_model",
        "assistant_id",
        "agent_id",
        "messaging_service_sid",
        "content_sid",
        "user_id",
        "channel",
    }
)
"""Keywords of calls of the same name in other libraries: Twilio, OpenAI's threads, instructor."""


def endpoint_of(names: Sequence[str]) -> str | None:
    """Return the endpoint of a call by its chain of names: `("client", "beta", "messages", "create")`.

    None for a call of anything else.
    """
    if len(names) >= 2 and names[-2] == "messages" and names[-1] in _METHODS:  # noqa: PLR2004 - holder and method
        return None if _STRANGE_HOLDERS.intersection(names[:-2]) else _METHODS[names[-1]]
    if tuple(names[-3:]) == ("messages", "batches", "create"):
        return None if _STRANGE_HOLDERS.intersection(names[:-3]) else "batches"
    return None


def platform_of(client: str) -> Platform | None:
    """Return the platform that the name of a client's class tells; None if it tells none."""
    if "Anthropic" not in client or _NATIVE in client:
        return None
    return next((platform for part, platform in _CLIENTS.items() if part in client), None)


def is_look_alike(keywords: Iterable[str]) -> bool:
    """Whether the keywords of a call show that it is of another library."""
    return not STRANGE_KEYWORDS.isdisjoint(keywords)

"""Properties of the request that no other area covers: limits, stop sequences, metadata, container."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from ..common.lazy_regex import regex
from ..common.numbers import whole
from ..common.wording import code, count, either, shown
from ..engine.request import Node, Request
from ..engine.rule import Example, body, rule
from ..engine.setup import SetupView
from ..facts.api import API_VERSIONS
from ..fixes import replace
from ..report import Severity, Target
from ..schema.gate import gate_for
from ..schema.projection import View
from .shared.fixes import unsafe
from .shared.offered_tools import lacks_code
from .shared.secrets import holds_no_secret, leaks, may_leak
from .shared.usual_settings import is_zero

_LONG_OUTPUT: Final = "output-300k-2026-03-24"
"""The only beta that raises `max_tokens` in batches alone."""

_EMAIL: Final = regex(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_PHONE: Final = regex(r"\+\d[\d ().-]{6,18}\d|\(\d{3}\) ?\d{3}-\d{4}|\d{3}-\d{3}-\d{4}")

_CODE_EXECUTION: Final = {"type": "code_execution_20260120", "name": "code_execution"}
_ADD_CODE_EXECUTION: Final = 'add `{"type": "code_execution_20260521", "name": "code_execution"}` to `tools`'
_SKILLS: Final = {"skills": [{"type": "anthropic", "skill_id": "xlsx"}]}

_VERSIONS: Final = {"bedrock": "bedrock-2023-05-31", "google": "vertex-2023-10-16"}
"""The `anthropic_version` of the platforms that have it in the body."""


@rule(
    "request/model-empty",
    on="/model",
    if_value=lambda value: value == "",
    bad=(Example(body(model=""), at="/model"),),
    good=(Example(body(model="my-gateways-own-name")),),
    api_messages=("{place}: String should have at least 1 character",),
)
def model_empty(model: Node, request: Request) -> None:
    """`model` is an empty string.

    Why: The API requires a model id; the usual reason is a variable that was never set.

    Source: The API's refusal, seen live in 2026-08.
    """
    model.report("`model` is empty, but must be the id of a model", help="name the model, such as `claude-haiku-4-5`")


def _is_within_model(view: SetupView) -> bool:
    max_tokens, model = whole(view.body.get("max_tokens")), view.setup.model
    return model is None or max_tokens is None or max_tokens <= model.fact("max_output")


@rule(
    "request/max-tokens-above-model",
    on="/max_tokens",
    skip_if_setup=_is_within_model,
    endpoints=("messages", "batches"),
    models=lambda model: model.fact("max_output") is not None,
    bad=(
        Example(body(max_tokens=64001), at="/max_tokens"),
        Example(body(model="claude-opus-5", max_tokens=200000), at="/max_tokens"),
        Example(
            {"requests": [{"custom_id": "first", "params": body(model="claude-opus-5", max_tokens=300001)}]},
            at="/requests/0/params/max_tokens",
            endpoint="batches",
        ),
    ),
    good=(
        Example(body(max_tokens=64000)),
        Example(body(model="claude-opus-5", max_tokens=128000)),
        Example(
            {"requests": [{"custom_id": "first", "params": body(model="claude-opus-5", max_tokens=300000)}]},
            endpoint="batches",
            betas=(_LONG_OUTPUT,),
        ),
    ),
    api_messages=("{place}: {value} > {limit}, which is the maximum allowed number of output tokens for {model}",),
)
def max_tokens_above_model(max_tokens: Node, request: Request) -> None:
    """`max_tokens` is more than the model can write.

    Why: Each model has its own limit. In batches the beta `output-300k-2026-03-24` raises it to 300,000 for some
    models; where the betas are not known, a value up to that is a warning.

    Source: The API's refusal, seen in more than eight places; the documentation's pages on models and on batches. The
    limits are in `validator/facts/models.json`.
    """
    value, model = max_tokens.integer(), request.model
    if value is None or model is None:
        return
    limit = model.fact("max_output")
    if value <= limit:
        return
    raised = model.fact("max_output_betas")
    in_batch = request.context.endpoint == "batches"
    if raised is None and in_batch and request.sends(_LONG_OUTPUT) is not False:
        return
    possible = [
        (beta, more) for beta, more in (raised or {}).items() if value <= more and (in_batch or beta != _LONG_OUTPUT)
    ]
    if any(request.sends(beta) for beta, _ in possible):
        return
    betas = [beta for beta, _ in possible]
    max_tokens.report(
        f"`max_tokens` is {value}, but {code(model.id)} writes at most {limit} tokens",
        help=f"lower it to {limit} or less" + (f", or send the beta header {either(betas)}" if betas else ""),
        related=request.model_set_here,
        severity=Severity.WARNING if betas and request.context.betas is None else None,
        api={"value": value, "limit": limit, "model": model.id},
    )


@rule(
    "request/max-tokens-zero",
    on="/max_tokens",
    endpoints=("messages",),
    if_value=is_zero,
    bad=(
        Example(body(max_tokens=0, stream=True), at="/max_tokens"),
        Example(body(max_tokens=0, thinking={"type": "enabled", "budget_tokens": 1024}), at="/max_tokens"),
        Example(
            body(
                max_tokens=0,
                tools=[{"name": "look", "description": "Looks.", "input_schema": {"type": "object"}}],
                tool_choice={"type": "any"},
            ),
            at="/max_tokens",
        ),
        Example(
            body(
                max_tokens=0,
                output_config={
                    "format": {"type": "json_schema", "schema": {"type": "object", "additionalProperties": False}}
                },
            ),
            at="/max_tokens",
        ),
    ),
    good=(
        Example(body(max_tokens=0)),
        Example(body(max_tokens=0, stream=False)),
        Example(body(model="claude-opus-5", max_tokens=0, thinking={"type": "adaptive"})),
        Example(body(max_tokens=1, stream=True)),
    ),
)
def max_tokens_zero(max_tokens: Node, request: Request) -> None:
    """`max_tokens` is 0 in a request that does more than fill the cache.

    Why: With 0 the API only reads the prompt into the cache. It then refuses streaming, thinking with a budget, an
    output format and a forced tool.

    Source: The documentation's page on prompt caching, on warming the cache; the text of the refusal was not seen.
    """
    if max_tokens.integer() != 0:
        return
    root = request.root
    against = [
        (node, name)
        for node, name, clashes in (
            (root.at("stream"), "`stream`", root.flag("stream") is True),
            (root.at("thinking"), "`thinking` with a budget", root.text("thinking", "type") == "enabled"),
            (
                root.at("output_config", "format"),
                "`output_config.format`",
                isinstance(root.at("output_config", "format").value, dict),
            ),
            (root.at("tool_choice"), "a forced tool", root.text("tool_choice", "type") in {"tool", "any"}),
        )
        if clashes
    ]
    if against:
        what = " and ".join(name for _, name in against)
        max_tokens.report(
            f"`max_tokens` is 0, which is not allowed with {what}",
            help=f"raise it to 1 or more; or, to fill the prompt cache only, send it without {what}",
            related=[(node, f"{name} is set here") for node, name in against],
        )


@rule(
    "request/stop-sequence-whitespace",
    on="/stop_sequences",
    endpoints=("messages", "batches"),
    bad=(
        Example(body(stop_sequences=["END", "\n\n"]), at="/stop_sequences/1"),
        Example(body(stop_sequences=[""]), at="/stop_sequences/0"),
    ),
    good=(
        Example(body(stop_sequences=["\nHuman:", " ."])),
        Example(body(stop_sequences=[])),
        Example(body(stop_sequences=None)),
    ),
    api_messages=("stop_sequences: each stop sequence must contain non-whitespace",),
)
def stop_sequence_whitespace(stop_sequences: Node, request: Request) -> None:
    """A stop sequence is empty or blank.

    Why: The API requires at least one visible character in each.

    Source: The API's refusal, seen in three places from 2024 to 2026-06.
    """
    for sequence in stop_sequences.items():
        text = sequence.text()
        if text is not None and not text.strip():
            sequence.report(
                f"the stop sequence is {shown(text)}, but must have a character that is not whitespace",
                help="remove it, or give a text that the model writes where it should stop",
            )


def _may_name_someone(metadata: Any) -> bool:
    """Whether a user id may be an address or a phone number, judging by its first and its special characters."""
    user_id = metadata.get("user_id") if isinstance(metadata, dict) else None
    return isinstance(user_id, str) and ("@" in user_id or _PHONE.fullmatch(user_id) is not None)


@rule(
    "request/metadata-user-id-pii",
    on="/metadata",
    if_value=_may_name_someone,
    endpoints=("messages", "batches"),
    platforms=("anthropic",),
    bad=(
        Example(body(metadata={"user_id": "ada.lovelace@example.com"}), at="/metadata/user_id"),
        Example(body(metadata={"user_id": "tenant-7:ada@example.com"}), at="/metadata/user_id"),
        Example(body(metadata={"user_id": "+44 20 7946 0958"}), at="/metadata/user_id"),
    ),
    good=(
        Example(body(metadata={"user_id": "13803d75-b4b5-4c3e-b2a2-6f21399b021b"})),
        Example(body(metadata={"user_id": "4155550123"})),
        Example(body(metadata={"user_id": "ada@laptop"})),
    ),
    api_messages=("metadata.user_id: user_id appears to contain {what}. Please send a uuid or hash value in…",),
)
def metadata_user_id_pii(metadata: Node, request: Request) -> None:
    """`metadata.user_id` looks like an e-mail address or a phone number.

    Why: It must be an opaque id. The API refuses a value that is an e-mail address or an international phone number; a
    value that contains an address, or may be a national number, is a warning.

    Source: The API's refusal of an e-mail address, seen in two places in 2025-04; the reference of `user_id`.
    """
    user_id = metadata.text("user_id")
    if user_id is None:
        return
    if _EMAIL.search(user_id):
        what, severity = "an e-mail address", None if _EMAIL.fullmatch(user_id) else Severity.WARNING
    elif _PHONE.fullmatch(user_id):
        what, severity = "a phone number", None if user_id.startswith("+") else Severity.WARNING
    else:
        return
    metadata.at("user_id").report(
        f"`user_id` looks like {what}, but must be an id that says nothing about the person",
        help="send a UUID, or a hash of the id that you have",
        severity=severity,
        api={"what": "an email address"} if _EMAIL.search(user_id) else None,
    )


@rule(
    "request/inference-geo-unsupported",
    on="/inference_geo",
    endpoints=("messages", "batches"),
    platforms=("anthropic",),
    models=lambda model: model.fact("inference_geo") is False,
    bad=(Example(body(inference_geo="us"), at="/inference_geo"),),
    good=(Example(body(model="claude-opus-4-6", inference_geo="us")), Example(body(inference_geo=None))),
)
def inference_geo_unsupported(inference_geo: Node, request: Request) -> None:
    """`inference_geo` is set for a model older than Claude Opus 4.6.

    Why: The region of older models cannot be chosen, and the API answers with a 400.

    Source: The documentation's page on data residency; the text of the refusal was not seen.
    """
    if inference_geo.text() is not None and request.model is not None:
        inference_geo.report(
            f"`inference_geo` is not allowed with {code(request.model.id)}",
            help="remove it, or use Claude Opus 4.6, Claude Sonnet 4.6 or a later model",
            related=request.model_set_here,
            target=Target.KEY,
        )


@rule(
    "request/inference-geo",
    on="/inference_geo",
    endpoints=("messages", "batches"),
    platforms=("anthropic",),
    if_value=lambda value: value not in ("global", "us"),
    bad=(Example(body(model="claude-opus-5", inference_geo="eu"), at="/inference_geo"),),
    good=(
        Example(body(model="claude-opus-5", inference_geo="global")),
        Example(body(model="claude-opus-5", inference_geo=None)),
    ),
    api_messages=("inference_geo: must be one of ['global', 'us']",),
)
def inference_geo(inference_geo: Node, request: Request) -> None:
    """`inference_geo` is neither `global` nor `us`.

    Why: There are no other regions to choose from.

    Source: The API's refusal, seen live in 2026-08; the documentation's page on data residency.
    """
    value = inference_geo.text()
    if value is not None and request.fact("inference_geo") is not False:
        advice = (
            'write "us" in lower case' if value.strip().lower() == "us" else 'use "global" or "us", or leave it out'
        )
        inference_geo.report(f'`inference_geo` is {shown(value)}, but must be "global" or "us"', help=advice)


@rule(
    "request/container-without-code-execution",
    on="/container",
    endpoints=("messages", "batches"),
    platforms=("anthropic",),
    rests_on=("/tools/*/type", "/tools/*/allowed_callers/*"),
    bad=(
        Example(body(container="container_011CPR5CNjB747bTd36fQLFk"), at="/container"),
        Example(
            body(
                container="container_011CPR5CNjB747bTd36fQLFk",
                tools=[{"type": "web_search_20250305", "name": "web_search"}],
            ),
            at="/container",
        ),
    ),
    good=(
        Example(body(container="container_011CPR5CNjB747bTd36fQLFk", tools=[_CODE_EXECUTION])),
        Example(
            body(
                model="claude-opus-5",
                container="container_011CPR5CNjB747bTd36fQLFk",
                tools=[{"type": "web_search_20260209", "name": "web_search"}],
            )
        ),
        Example(body(container=None)),
    ),
    api_messages=("container: Container identifier can only be provided when using the code execution tool",),
)
def container_without_code_execution(container: Node, request: Request) -> None:
    """`container` names a container, but no tool can run code in it.

    Why: Only the code execution tool uses a container, and tools that include it: the web tools since version 20260209,
    and tools that code may call. If tools may come from elsewhere, nothing is reported.

    Source: The API's refusal, seen live in 2026-08.
    """
    if container.text() is not None and lacks_code(request):
        container.report(
            "`container` is only allowed with the code execution tool, which is not among `tools`",
            help=f"{_ADD_CODE_EXECUTION}, or remove `container`",
            target=Target.KEY,
        )


@rule(
    "request/skills-without-code-execution",
    on="/container",
    endpoints=("messages", "batches"),
    platforms=("anthropic",),
    if_value=lambda container: isinstance(container, dict),
    rests_on=("/tools/*/type", "/tools/*/allowed_callers/*"),
    bad=(
        Example(body(container=_SKILLS), at="/container"),
        Example(
            body(container=_SKILLS, tools=[{"type": "web_search_20250305", "name": "web_search"}]), at="/container"
        ),
        Example(body(container={}, tools=[]), at="/container"),
        Example(body(container={"id": "container_011CPR5CNjB747bTd36fQLFk"}), at="/container"),
    ),
    good=(
        Example(body(container=_SKILLS, tools=[_CODE_EXECUTION])),
        Example(
            body(
                model="claude-opus-5",
                container=_SKILLS,
                tools=[{"type": "web_fetch_20260209", "name": "web_fetch"}],
            )
        ),
        Example(body(container=None)),
    ),
    api_messages=("container: skills can only be used when a code execution tool is enabled",),
)
def skills_without_code_execution(container: Node, request: Request) -> None:
    """`container` is an object, but no tool can run code in it.

    Why: Skills are loaded for the code execution tool, and for tools that include it: the web tools since version
    20260209, and tools that code may call. The API refuses an empty object alike. An object with only an `id` is a
    warning, because no refusal was seen. If tools may come from elsewhere, nothing is reported.

    Source: The API's refusal, seen in four places, in one of them for an empty object.
    """
    if not lacks_code(request):
        return
    what = "`skills` are" if container.items("skills") else "`container` is"
    is_seen = bool(container.items("skills")) or not container.value
    container.report(
        f"{what} only allowed with the code execution tool, which is not among `tools`",
        help=f"{_ADD_CODE_EXECUTION}, or remove `container`",
        target=Target.KEY,
        severity=None if is_seen else Severity.WARNING,
        api={} if is_seen else None,
    )


@rule(
    "request/kept-by-thread",
    on="/thread",
    endpoints=("messages",),
    severity=Severity.WARNING,
    bad=(
        Example(
            body(thread={"type": "continue", "previous_message_id": "msg_01"}, system="You are a tour guide."),
            at="/system",
        ),
    ),
    good=(
        Example(body(thread={"type": "continue", "previous_message_id": "msg_01"})),
        Example(body(thread={"type": "create"}, system="You are a tour guide.")),
    ),
)
def kept_by_thread(thread: Node, request: Request) -> None:
    """A request that continues a thread has `system` or `tools`.

    Why: The thread keeps both from its first request, and later requests leave them out. What the API does with them
    was not seen, so this is a warning.

    Source: The notes on threads in the SDK (2.2.0).
    """
    if thread.text("type") == "continue":
        for name in ("system", "tools"):
            parameter = request.root.at(name)
            if parameter.value:
                parameter.report(
                    f"`{name}` is kept by the thread that the request continues",
                    help=f"leave `{name}` out, or start a new thread",
                    target=Target.KEY,
                    related=[(thread, "the thread is named here")],
                )


def _has_nothing_deprecated(view: SetupView) -> bool:
    return view.body.keys().isdisjoint(_deprecated_parts(view.endpoint, view.edition, view.platform))


@rule(
    "request/deprecated-property",
    on="",
    skip_if_setup=_has_nothing_deprecated,
    severity=Severity.WARNING,
    tag="deprecated",
    bad=(
        Example(
            body(
                output_format={
                    "type": "json_schema",
                    "schema": {"type": "object", "properties": {}, "additionalProperties": False},
                }
            ),
            at="/output_format",
        ),
        Example(
            body(
                mcp_servers=[
                    {
                        "type": "url",
                        "name": "wiki",
                        "url": "https://wiki.example.com/mcp",
                        "tool_configuration": {"enabled": True},
                    }
                ]
            ),
            at="/mcp_servers/0/tool_configuration",
        ),
    ),
    good=(
        Example(
            body(
                output_config={
                    "format": {
                        "type": "json_schema",
                        "schema": {"type": "object", "properties": {}, "additionalProperties": False},
                    }
                }
            )
        ),
        Example(
            body(
                mcp_servers=[
                    {
                        "type": "url",
                        "name": "wiki",
                        "url": "https://wiki.example.com/mcp",
                        "tool_configuration": {"enabled": True},
                    }
                ]
            ),
            edition="2025-10",
        ),
    ),
    api_messages=("{field}: This field is deprecated. Use '{instead}' instead.",),
)
def deprecated_property(root: Node, request: Request) -> None:
    """A property is deprecated.

    Why: Something else has replaced it. The API still accepts it, in some cases only with its original beta header, and
    will stop at some time.

    Source: The notes of the SDK and the documentation; the schemas mark what is deprecated, and its replacement.
    """
    known = request.context
    for steps, instead in _deprecated(known.endpoint, known.edition, known.platform):
        for node in _found(root, steps) if steps[0] in request.body else ():
            node.report(
                f"{code(str(node.path[-1]))} is deprecated",
                help=f"use {instead}" if instead else "leave it out",
                target=Target.KEY,
            )


@lru_cache
def _deprecated_parts(endpoint: str, edition: str, platform: str) -> frozenset[str]:
    """Return the top-level properties that are deprecated or contain a deprecated one."""
    return frozenset(steps[0] for steps, _ in _deprecated(endpoint, edition, platform))


@lru_cache
def _deprecated(endpoint: str, edition: str, platform: str) -> tuple[tuple[tuple[str, ...], str | None], ...]:
    """Return the steps to each deprecated property, with `*` for the items of an array, and its replacement."""
    shape = "count_tokens" if endpoint == "count_tokens" else "messages"
    schema = gate_for(shape, View(edition, platform)).schema  # which the linter has made already
    return tuple(_marked(schema, schema["$defs"], (), frozenset()))


def _marked(
    schema: dict[str, Any], definitions: dict[str, Any], steps: tuple[str, ...], seen: frozenset[str]
) -> Iterator[tuple[tuple[str, ...], str | None]]:
    """Yield the deprecated properties in a schema, except inside tagged unions, where they depend on the tag."""
    reference = schema.get("$ref")
    if reference is not None:
        name = reference.rpartition("/")[2]
        if name not in seen:
            yield from _marked(definitions[name], definitions, steps, seen | {name})
        return
    if "discriminator" in schema:
        return
    for branch in schema.get("anyOf", ()):
        yield from _marked(branch, definitions, steps, seen)
    if isinstance(schema.get("items"), dict):
        yield from _marked(schema["items"], definitions, (*steps, "*"), seen)
    for key, value in schema.get("properties", {}).items():
        if value.get("deprecated"):
            yield (*steps, key), value.get("x-instead")
        else:
            yield from _marked(value, definitions, (*steps, key), seen)


def _found(node: Node, steps: tuple[str, ...]) -> Iterator[Node]:
    """Yield the values at the end of `steps`; null counts as absent."""
    if not steps:
        if node.value is not None:
            yield node
    elif steps[0] == "*":
        for item in node.items():
            yield from _found(item, steps[1:])
    else:
        yield from _found(node.at(steps[0]), steps[1:])


def _elsewhere(version: str) -> dict[str, Any]:
    """Make an example body for another platform than Anthropic's own."""
    return {"anthropic_version": version, "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]}


@rule(
    "request/foreign-anthropic-version",
    on="/anthropic_version",
    platforms=("bedrock", "google"),
    bad=(
        Example(_elsewhere("vertex-2023-10-16"), at="/anthropic_version", platform="bedrock"),
        Example(_elsewhere("2023-06-01"), at="/anthropic_version", platform="bedrock"),
        Example(_elsewhere("bedrock-2023-05-31"), at="/anthropic_version", platform="google"),
        Example(_elsewhere("2023-06-01"), at="/anthropic_version", platform="google"),
    ),
    good=(
        Example(_elsewhere("bedrock-2023-05-31"), platform="bedrock"),
        Example(_elsewhere("vertex-2023-10-16"), platform="google"),
        Example(_elsewhere("2026-10-21"), platform="bedrock"),
        Example(_elsewhere("2026-10-21"), platform="google"),
    ),
    api_messages=("Invalid API version",),
)
def foreign_anthropic_version(version: Node, request: Request) -> None:
    """`anthropic_version` is not the value that the platform requires.

    Why: Amazon Bedrock requires `bedrock-2023-05-31` and Google Cloud `vertex-2023-10-16`. On Google Cloud this is a
    warning, because no refusal was seen there. Versions of the API from 2026-10-21 on are the same on every platform.

    Fix: Writes the required value; unsafe, because the body may be meant for another platform.

    Source: The documentation of Claude on Amazon Bedrock and of Claude on Google Cloud; the refusal of `2023-06-01`,
    seen on Bedrock. The official SDK sends `2026-10-21` to both platforms since 2.0.0.
    """
    wanted = _VERSIONS.get(request.context.platform)
    value = version.text()
    if value is None or wanted is None or value == wanted or value in API_VERSIONS[1:]:
        return
    is_anothers = any(value == other for other in _VERSIONS.values())
    version.report(
        f"`anthropic_version` is {shown(value)}"
        + (", which is another platform's" if is_anothers else "")
        + f", but must be {shown(wanted)}",
        help=f'write "{wanted}"' + (", or check for the other platform" if is_anothers else ""),
        severity=None if request.context.platform == "bedrock" else Severity.WARNING,
        api={} if request.context.platform == "bedrock" else None,
        fix=unsafe(f'Write "{wanted}"', replace(version.path, wanted)),
    )


@rule(
    "request/secret",
    on="",
    skip_if=holds_no_secret,
    severity=Severity.WARNING,
    bad=(
        Example(
            body(
                messages=[{"role": "user", "content": "Why is gh" + "p_q8Zr2LxV7nTb4KcY1mWd9EsH3fJu6PgA5oRi refused?"}]
            ),
            at="/messages/0/content",
        ),
        Example(
            body(system=[{"type": "text", "text": "export AWS_KEY=AK" + "IAQ7ZLW3RTN5XKPH4E"}]),
            at="/system/0/text",
        ),
    ),
    good=(
        Example(body(messages=[{"role": "user", "content": "Put sk-ant-api03-" + "x" * 40 + " in place of your key"}])),
        Example(body(messages=[{"role": "user", "content": "Tokens of GitHub begin with ghp_, keys with AKIA"}])),
        Example(body(system="For example AKIAIOSFODNN7EXAMPLE")),
    ),
)
def secret(root: Node, request: Request) -> None:
    """A text contains something that looks like an API key, an access token or a private key.

    Why: The API accepts it, and the secret becomes part of the conversation: the model can repeat it, and it is stored
    wherever the conversation is. Only unmistakable forms are recognised. Tokens in their own property
    (`authorization_token`) are not reported, and files in base64 are not searched. The secret is never shown.

    Source: The forms that the providers document for their keys.
    """
    if may_leak(request.body):
        for node, kind, length in leaks(root):
            node.report(
                f"this text holds what looks like {kind} ({count(length, 'character')})",
                help="take it out, and have it replaced if it is real; give secrets to tools beside the conversation",
            )

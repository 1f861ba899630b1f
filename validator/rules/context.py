"""Context management, compaction, and tools that change during the conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..common.wording import code, shown
from ..engine.request import Node, Request
from ..engine.rule import Example, body, rule
from ..report import Severity, Target
from .shared.model_defaults import thinks_by_default

if TYPE_CHECKING:
    from ..common.pointer import Path

_CLEAR_THINKING: Final = "clear_thinking_20251015"
_CLEAR_TOOL_USES: Final = "clear_tool_uses_20250919"
_COMPACT: Final = "compact_20260112"
_COMPACT_BETA: Final = "compact-2026-01-12"
_ON_DEMAND_BETA: Final = "compact-2026-09-04"
_LEAST_TRIGGER: Final = 50_000

_OPUS: Final = "claude-opus-4-8"
_TOOL: Final = {"name": "search", "description": "Searches the catalogue.", "input_schema": {"type": "object"}}
_SUMMARY: Final = {"type": "compaction", "content": "They spoke of the weather."}
_SUMMARISE: Final = {"type": "summarize"}
_HELLO: Final = {"role": "user", "content": "Hello"}
_CALLS: Final = {
    "role": "assistant",
    "content": [{"type": "tool_use", "id": "toolu_1", "name": "search", "input": {}}],
}
_ANSWERS: Final = {
    "role": "user",
    "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "Nothing."}],
}


def _edits(*edits: dict[str, Any]) -> dict[str, Any]:
    return {"edits": list(edits)}


def _of_type(context_management: Node, tag: str) -> list[Node]:
    return [edit for edit in context_management.items("edits") if edit.type == tag]


def _is_signed(block: Any) -> bool:
    """Whether a compaction block was made on demand: only those have a signature."""
    return isinstance(block, dict) and isinstance(block.get("signature"), str)


def _summarised(**more: Any) -> list[dict[str, Any]]:
    """Make an example conversation that continues from a summary."""
    return [{"role": "assistant", "content": [{**_SUMMARY, **more}]}, {"role": "user", "content": "Go on."}]


@rule(
    "context/keep-unknown-word",
    on="/context_management",
    severity=Severity.WARNING,
    bad=(
        Example(
            body(model="claude-opus-5", context_management=_edits({"type": _CLEAR_THINKING, "keep": "everything"})),
            at="/context_management/edits/0/keep",
        ),
    ),
    good=(
        Example(body(model="claude-opus-5", context_management=_edits({"type": _CLEAR_THINKING, "keep": "all"}))),
        Example(
            body(
                model="claude-opus-5",
                context_management=_edits({"type": _CLEAR_THINKING, "keep": {"type": "thinking_turns", "value": 2}}),
            )
        ),
    ),
)
def keep_unknown_word(context_management: Node, request: Request) -> None:
    """`keep` of `clear_thinking_20251015` is a word other than "all".

    Why: The reference knows no other word. This is a warning, because requests with other words were seen to be
    accepted.

    Source: The reference of the edit (`"all"`); request shapes of 2026-07 and 2026-08 that the API accepted.
    """
    for edit in context_management.items("edits"):
        keep = edit.text("keep")
        if edit.text("type") == _CLEAR_THINKING and keep is not None and keep != "all":
            edit.at("keep").report(
                f'`keep` is {shown(keep)}, but must be "all" or an object',
                help='write "all", or `{"type": "thinking_turns", "value": 1}` with the number of turns to keep',
            )


@rule(
    "context/clear-thinking-needs-thinking",
    on="/context_management",
    rests_on=("/thinking/type",),
    bad=(
        Example(
            body(
                model=_OPUS,
                context_management=_edits({"type": _CLEAR_THINKING, "keep": "all"}),
                thinking={"type": "disabled"},
            ),
            at="/context_management/edits/0/type",
        ),
        Example(body(context_management=_edits({"type": _CLEAR_THINKING})), at="/context_management/edits/0/type"),
        Example(
            body(model=_OPUS, context_management=_edits({"type": _CLEAR_THINKING})),
            at="/context_management/edits/0/type",
        ),
    ),
    good=(
        Example(
            body(
                max_tokens=4096,
                context_management=_edits({"type": _CLEAR_THINKING}),
                thinking={"type": "enabled", "budget_tokens": 1024},
            )
        ),
        Example(body(model=_OPUS, context_management=_edits({"type": _CLEAR_THINKING}), thinking={"type": "adaptive"})),
        Example(body(model="claude-opus-5", context_management=_edits({"type": _CLEAR_THINKING}))),
        Example(body(context_management=_edits({"type": _CLEAR_TOOL_USES}))),
    ),
    api_messages=(
        "`clear_thinking_20251015` strategy requires `thinking` to be enabled or adaptive",
        "`clear_thinking_20251015` strategy requires `thinking` to be enabled",
    ),
)
def clear_thinking_needs_thinking(context_management: Node, request: Request) -> None:
    """`clear_thinking_20251015` is among the edits while thinking is off.

    Why: There is no thinking to clear. Thinking is off when it is disabled, or when `thinking` is left out for a model
    that does not think by default; models whose default is unknown are skipped. For Claude Opus 4.6 to 4.8 and Claude
    Sonnet 4.6 without `thinking` this is a warning: they do not think then, but no refusal was seen.

    Source: The API's refusal, seen in 2025-11 and 2026-06 (it names `adaptive` since that exists); the
    documentation's migration guides on what a model does without `thinking`.
    """
    edits = _of_type(context_management, _CLEAR_THINKING)
    thinking = request.root.at("thinking")
    if not edits:
        return
    if thinking.type == "disabled":
        edits[0].at("type").report(
            f"{code(_CLEAR_THINKING)} needs thinking, which is disabled",
            help="remove this edit, or switch `thinking` on",
            related=[(thinking.at("type"), "thinking is switched off here")],
            api={},
        )
    elif "thinking" not in request.body and request.body.get("thread") is None and _thinks_only_if_asked(request):
        edits[0].at("type").report(
            f"{code(_CLEAR_THINKING)} needs thinking, which is off as the request has no `thinking`",
            help="remove this edit, or switch thinking on with `thinking`",
            severity=None if "adaptive" not in (request.fact("thinking") or ()) else Severity.WARNING,
            api={},
        )


def _thinks_only_if_asked(request: Request) -> bool:
    """Whether leaving out `thinking` switches it off: on models that only take a budget, and a few more."""
    modes = request.fact("thinking")
    only_with_budget = isinstance(modes, list) and "enabled" in modes and "adaptive" not in modes
    return only_with_budget or thinks_by_default(request) is False


@rule(
    "context/clear-thinking-not-first",
    on="/context_management",
    bad=(
        Example(
            body(
                model=_OPUS,
                thinking={"type": "adaptive"},
                context_management=_edits({"type": _CLEAR_TOOL_USES}, {"type": _CLEAR_THINKING}),
            ),
            at="/context_management/edits/1/type",
        ),
    ),
    good=(
        Example(
            body(
                model=_OPUS,
                thinking={"type": "adaptive"},
                context_management=_edits({"type": _CLEAR_THINKING}, {"type": _CLEAR_TOOL_USES}, {"type": _COMPACT}),
            )
        ),
    ),
    api_messages=(
        (
            "context_management: `clear_thinking_20251015` must be the first strategy in `context_management.edits` "
            "when provided"
        ),
    ),
)
def clear_thinking_not_first(context_management: Node, request: Request) -> None:
    """`clear_thinking_20251015` is not the first of the edits.

    Why: Thinking is cleared before anything else, and the API requires the edits to be listed in that order.

    Source: The documentation of context editing; the API's refusal, captured live in 2026-09 with each of the other
    edits before it.
    """
    edits = context_management.items("edits")
    if not edits or edits[0].type in {None, _CLEAR_THINKING}:
        return
    for edit in edits[1:]:
        if edit.type == _CLEAR_THINKING:
            edit.at("type").report(
                f"{code(_CLEAR_THINKING)} must be the first of the `edits`",
                help=f"move it before {code(edits[0].type or '')}",
                related=[(edits[0].at("type"), "this one comes first now")],
            )
            return


@rule(
    "context/compact-unsupported-model",
    on="/context_management",
    models=lambda model: model.fact("compaction") is False,
    bad=(
        Example(
            body(context_management=_edits({"type": _CLEAR_TOOL_USES}, {"type": _COMPACT})),
            at="/context_management/edits/1/type",
        ),
    ),
    good=(
        Example(body(model="claude-sonnet-4-6", context_management=_edits({"type": _COMPACT}))),
        Example(body(context_management=_edits({"type": _CLEAR_TOOL_USES}))),
    ),
    api_messages=("'{model}' does not support the 'compact_20260112' context management strategy.",),
)
def compact_unsupported_model(context_management: Node, request: Request) -> None:
    """`compact_20260112` is used with a model that does not support it.

    Why: Only models since Claude Opus 4.6 and Claude Sonnet 4.6 compact their context.

    Source: The API's refusal, captured live in 2026-10; the documentation of compaction.
    """
    edits = _of_type(context_management, _COMPACT)
    if edits and request.model is not None:
        edits[0].at("type").report(
            f"{code(_COMPACT)} is not supported by {code(request.model.id)}",
            help=f"remove this edit, use {code(_CLEAR_TOOL_USES)}, or choose a newer model",
            related=request.model_set_here,
            api={"model": request.model.id},
        )


@rule(
    "context/compact-trigger-too-low",
    on="/context_management",
    bad=(
        Example(
            body(
                model=_OPUS,
                context_management=_edits({"type": _COMPACT, "trigger": {"type": "input_tokens", "value": 49999}}),
            ),
            at="/context_management/edits/0/trigger/value",
        ),
    ),
    good=(
        Example(
            body(
                model=_OPUS,
                context_management=_edits({"type": _COMPACT, "trigger": {"type": "input_tokens", "value": 50000}}),
            )
        ),
        Example(
            body(context_management=_edits({"type": _CLEAR_TOOL_USES, "trigger": {"type": "input_tokens", "value": 1}}))
        ),
    ),
    api_messages=(
        "{place}: Input should be greater than or equal to 50000",
        "context_management.edits.0.compact_20260112: trigger.value must be at least 50000",
    ),
)
def compact_trigger_too_low(context_management: Node, request: Request) -> None:
    """The `trigger` of `compact_20260112` is below 50000 input tokens.

    Why: A shorter conversation is not worth a summary; only this edit has the minimum.

    Source: The API's refusals, captured live in 2026-09 and 2026-10; the documentation of compaction.
    """
    for edit in _of_type(context_management, _COMPACT):
        tokens = edit.integer("trigger", "value")
        if tokens is not None and 0 < tokens < _LEAST_TRIGGER:
            edit.at("trigger", "value").report(
                f"`value` is {tokens}, but must be at least {_LEAST_TRIGGER} for {code(_COMPACT)}",
                help=f"raise it to {_LEAST_TRIGGER}, or leave `trigger` out for the default of 150000",
            )


@rule(
    "context/compaction-block-requires-strategy",
    on="/messages/*/content/*",
    types=("compaction",),
    endpoints=("messages", "batches"),
    rests_on=("/context_management/edits/*/type", "/messages/./content/./signature"),
    bad=(
        Example(
            body(model=_OPUS, messages=_summarised()),
            at="/messages/0/content/0",
            betas=(_COMPACT_BETA,),
        ),
        Example(
            body(model=_OPUS, messages=_summarised(), context_management=_edits({"type": _CLEAR_TOOL_USES})),
            at="/messages/0/content/0",
        ),
    ),
    good=(
        Example(
            body(model=_OPUS, messages=_summarised(), context_management=_edits({"type": _COMPACT})),
            betas=(_COMPACT_BETA,),
        ),
        Example(body(model=_OPUS, messages=_summarised(signature="RXFRQg==")), betas=(_ON_DEMAND_BETA,)),
        Example(body(model=_OPUS, messages=_summarised(signature="RXFRQg=="))),
    ),
    api_messages=("{place}: `compaction` blocks require a `compact_20260112` strategy in `context_management.edits`.",),
)
def compaction_block_requires_strategy(block: Node, request: Request) -> None:
    """The messages contain a `compaction` block, but `compact_20260112` is not among the edits.

    Why: A summary made by that edit is only read by requests that have the edit. A summary made on demand, which has a
    `signature` and needs the beta `compact-2026-09-04`, does not need the edit; where the betas are not known, a block
    without a signature is a warning.

    Source: The API's refusal, captured live in 2026-09 and 2026-10.
    """
    sent = request.sends(_COMPACT_BETA)
    if sent is False or request.sends(_ON_DEMAND_BETA) or block.at("signature").value is not None:
        return
    if request.body.get("thread") is not None or request.body.get("compaction") is not None:
        return
    edits = request.root.items("context_management", "edits")
    if any(edit.type in {None, _COMPACT} for edit in edits) or block.path != request.cached(_first_summary):
        return
    block.report(
        f"a `compaction` block needs {code(_COMPACT)} among the `edits` of `context_management`",
        help=f'add `{{"type": "{_COMPACT}"}}` to `context_management.edits`, as when the block was made',
        severity=None if sent else Severity.WARNING,
    )


def _first_summary(request: Request) -> Path | None:
    """Return the path of the first compaction block."""
    for message in request.root.items("messages"):
        for block in message.items("content"):
            if block.type == "compaction":
                return block.path
    return None


@rule(
    "context/compaction-without-signature",
    on="/messages/*/content/*",
    types=("compaction",),
    rests_on=("/messages/./content/./signature",),
    bad=(
        Example(body(model=_OPUS, messages=_summarised()), at="/messages/0/content/0", betas=(_ON_DEMAND_BETA,)),
        Example(
            body(model=_OPUS, messages=_summarised(signature=None)),
            at="/messages/0/content/0/signature",
            betas=(_ON_DEMAND_BETA,),
        ),
    ),
    good=(
        Example(body(model=_OPUS, messages=_summarised(signature="RXFRQg==")), betas=(_ON_DEMAND_BETA,)),
        Example(body(model=_OPUS, messages=_summarised(content=None)), betas=(_ON_DEMAND_BETA,)),
        Example(
            body(model=_OPUS, messages=_summarised(), context_management=_edits({"type": _COMPACT})),
            betas=(_COMPACT_BETA, _ON_DEMAND_BETA),
        ),
    ),
    api_messages=(
        (
            "{block}: a `compaction` block with `content` requires its `signature`: "
            "send the block exactly as it was returned"
        ),
    ),
)
def compaction_without_signature(block: Node, request: Request) -> None:
    """A `compaction` block is sent with the beta `compact-2026-09-04`, but without its `signature`.

    Why: Summaries made on demand are signed and must be sent back unchanged. Those of the edit `compact_20260112` have
    no signature, and belong to the beta `compact-2026-01-12`; with both betas nothing is reported.

    Source: The API's refusal, captured live twice in 2026-09 and 2026-10.
    """
    if not request.sends(_ON_DEMAND_BETA) or request.sends(_COMPACT_BETA):
        return
    if block.text("content") and block.at("signature").value is None:
        has_null = "signature" in block.value
        needs = f"a `compaction` block with `content` must have under {code(_ON_DEMAND_BETA)}"
        (block.at("signature") if has_null else block).report(
            f"`signature` is null, but must be the one that {needs}"
            if has_null
            else f"missing `signature`, which {needs}",
            help=f"send the block exactly as it was returned; for a block of {code(_COMPACT)}, "
            f"send the beta {code(_COMPACT_BETA)} instead",
            target=Target.VALUE if has_null else Target.HOLDER,
            api={"block": block.place},
        )


@rule(
    "context/compaction-not-first",
    on="/messages/*/content/*",
    types=("compaction",),
    if_value=_is_signed,
    rests_on=("/messages/./content/./signature",),
    bad=(
        Example(
            body(model=_OPUS, messages=[_HELLO, *_summarised(signature="RXFRQg==")]),
            at="/messages/1/content/0",
            betas=(_ON_DEMAND_BETA,),
        ),
        Example(
            body(model=_OPUS, messages=[*_summarised(signature="RXFRQg=="), *_summarised(signature="RXFRQg==")]),
            at="/messages/2/content/0",
            betas=(_ON_DEMAND_BETA,),
        ),
    ),
    good=(
        Example(body(model=_OPUS, messages=_summarised(signature="RXFRQg==")), betas=(_ON_DEMAND_BETA,)),
        Example(
            body(model=_OPUS, messages=[_HELLO, *_summarised()], context_management=_edits({"type": _COMPACT})),
            betas=(_COMPACT_BETA,),
        ),
    ),
    api_messages=(
        "`compaction` block must be sent first, in place of the messages it summarizes; remove those messages",
    ),
)
def compaction_not_first(block: Node, request: Request) -> None:
    """A `compaction` block with a `signature` is not the first block of the first message.

    Why: A summary made on demand replaces the messages it sums up, and a request has only one: the newest. A summary of
    the edit `compact_20260112` comes after the messages it sums up, and has no signature. If the request may not send
    the beta `compact-2026-09-04`, this is a warning.

    Source: The API's refusal (`compaction_block_misplaced`), captured live in 2026-10; the documentation of compaction
    on demand.
    """
    if block.steps != ("messages", 0, "content", 0):
        block.report(
            "a `compaction` block with a `signature` must be the first block of the first message",
            help="remove everything before it: the block replaces it",
            severity=None if request.sends(_ON_DEMAND_BETA) else Severity.WARNING,
        )


@rule(
    "context/compaction-signature-beta",
    on="/messages/*/content/*",
    types=("compaction",),
    if_value=_is_signed,
    rests_on=("/messages/./content/./signature",),
    bad=(
        Example(
            body(
                model=_OPUS,
                messages=_summarised(signature="RXFRQg=="),
                context_management=_edits({"type": _COMPACT}),
            ),
            at="/messages/0/content/0/signature",
            betas=(_COMPACT_BETA,),
        ),
    ),
    good=(
        Example(body(model=_OPUS, messages=_summarised(signature="RXFRQg==")), betas=(_COMPACT_BETA, _ON_DEMAND_BETA)),
        Example(body(model=_OPUS, messages=_summarised(signature="RXFRQg=="))),
        Example(
            body(
                model=_OPUS,
                messages=_summarised(signature=None),
                context_management=_edits({"type": _COMPACT}),
            ),
            betas=(_COMPACT_BETA,),
        ),
    ),
    api_messages=("`signature` requires anthropic-beta: compact-2026-09-04",),
)
def compaction_signature_beta(block: Node, request: Request) -> None:
    """A `compaction` block with a `signature` is sent with the beta for blocks without one.

    Why: A summary with a signature was made on demand, which needs the beta `compact-2026-09-04`.

    Source: The end of the API's refusal, captured live in 2026-09.
    """
    if request.sends(_COMPACT_BETA) and request.sends(_ON_DEMAND_BETA) is False:
        block.at("signature").report(
            f"`signature` needs the beta header {code(_ON_DEMAND_BETA)}, which does not go with the request",
            help=f"send {code(_ON_DEMAND_BETA)} in the `anthropic-beta` header (`betas` in the SDK)",
            target=Target.KEY,
        )


@rule(
    "context/compaction-pending-call",
    on="/compaction",
    mentions=("tool_use",),
    endpoints=("messages", "batches"),
    rests_on=("/messages",),
    bad=(
        Example(
            body(model=_OPUS, compaction=_SUMMARISE, tools=[_TOOL], messages=[_HELLO, _CALLS]),
            at="/messages/1/content/0",
        ),
    ),
    good=(
        Example(body(model=_OPUS, compaction=_SUMMARISE, tools=[_TOOL], messages=[_HELLO, _CALLS, _ANSWERS])),
        Example(body(model=_OPUS, compaction=None, tools=[_TOOL], messages=[_HELLO, _CALLS, _ANSWERS])),
    ),
)
def compaction_pending_call(compaction: Node, request: Request) -> None:
    """A summary is requested while a tool call of the last turn has no result.

    Why: The call would be summed up without its result.

    Source: The documentation of compaction on demand: the API rejects such a request. The text of the refusal was not
    seen.
    """
    last = request.conversation.last
    if compaction.type != "summarize" or last is None or last.role != "assistant":
        return
    call = next(iter(last.blocks("tool_use")), None)
    if call is not None:
        call.report(
            "a tool is called here and has no result yet, which is not allowed with `compaction`",
            help="send the results first, in a user message, or leave this message out",
            related=[(compaction, "a summary is asked for here")],
        )


@rule(
    "context/nothing-to-summarize",
    on="/compaction",
    mentions=("compaction",),
    endpoints=("messages", "batches"),
    rests_on=("/messages", "/messages/*/content"),
    bad=(
        Example(
            body(
                model=_OPUS,
                compaction=_SUMMARISE,
                messages=[{"role": "assistant", "content": [{**_SUMMARY, "signature": "RXFRQg=="}]}],
            ),
            at="/compaction",
            betas=(_ON_DEMAND_BETA,),
        ),
    ),
    good=(
        Example(
            body(model=_OPUS, compaction=_SUMMARISE, messages=_summarised(signature="RXFRQg==")),
            betas=(_ON_DEMAND_BETA,),
        ),
        Example(body(model=_OPUS, compaction=_SUMMARISE)),
    ),
)
def nothing_to_summarize(compaction: Node, request: Request) -> None:
    """A summary is requested, but the conversation contains only the last summary.

    Why: The next summary covers the messages after the last one.

    Source: The error code `compaction_nothing_to_summarize` of the SDK (2.12.0 and later); the text of the refusal was
    not seen.
    """
    conversation = request.conversation
    if compaction.type != "summarize" or conversation.continues:
        return
    turns = [turn for turn in conversation.turns if turn.role != "system"]
    blocks = [block for turn in turns for block in turn.blocks()]
    texts = [message for turn in turns for message in turn.messages if message.text("content")]
    if blocks and not texts and all(block.type == "compaction" for block in blocks):
        compaction.report(
            "`compaction` asks for a summary, but no message follows the last one",
            help="remove `compaction`, or add the messages that followed the summary",
            related=[(blocks[0], "the last summary is here")],
        )


@rule(
    "context/excluded-by-compaction",
    on="/compaction",
    endpoints=("messages", "batches"),
    bad=(
        Example(
            body(model=_OPUS, compaction=_SUMMARISE, context_management=_edits({"type": _CLEAR_TOOL_USES})),
            at="/context_management",
        ),
        Example(body(model=_OPUS, compaction=_SUMMARISE, stop_sequences=["END"]), at="/stop_sequences"),
        Example(
            body(model=_OPUS, compaction=_SUMMARISE, tools=[_TOOL], tool_choice={"type": "any"}),
            at="/tool_choice",
        ),
        Example(
            body(
                model=_OPUS,
                compaction=_SUMMARISE,
                output_config={
                    "effort": "low",
                    "format": {"type": "json_schema", "schema": {"type": "object", "additionalProperties": False}},
                },
            ),
            at="/output_config/format",
        ),
        Example(
            body(
                model=_OPUS,
                compaction=_SUMMARISE,
                output_config={"task_budget": {"type": "tokens", "total": 50000, "remaining": 20000}},
            ),
            at="/output_config/task_budget/remaining",
        ),
    ),
    good=(
        Example(body(model=_OPUS, compaction=_SUMMARISE, tools=[_TOOL], tool_choice={"type": "auto"})),
        Example(
            body(
                model=_OPUS,
                compaction=_SUMMARISE,
                context_management=None,
                stop_sequences=[],
                output_config={"effort": "low", "format": None},
            )
        ),
        Example(body(model=_OPUS, compaction=None, stop_sequences=["END"])),
    ),
)
def excluded_by_compaction(compaction: Node, request: Request) -> None:
    """A request for a summary has a property that only a request for an answer may have.

    Why: With `compaction` the API summarises the conversation and generates no answer. It refuses the properties that
    shape an answer or change its context: `context_management`, `stop_sequences`, a forced `tool_choice`, an output
    format, and the remaining task budget.

    Source: The reference of `compaction`, and the documentation of compaction on demand. Counting tokens ignores
    `compaction`.
    """
    if compaction.type != "summarize":
        return
    root = request.root
    refused = [
        value
        for steps in (
            ("context_management",),
            ("stop_sequences",),
            ("output_config", "format"),
            ("output_format",),
            ("output_config", "task_budget", "remaining"),
        )
        if (value := root.at(*steps)).value not in (None, [], {}, ())
    ]
    choice = root.at("tool_choice")
    if choice.type in {"any", "tool"}:
        refused.append(choice)
    for value in refused:
        name = code(str(value.path[-1]))
        what = f"{name} of type {shown(choice.type)}" if value is choice else name
        value.report(
            f"{what} is not allowed with `compaction`",
            help=f"leave {name} out of the request for a summary, or `compaction` out of this one",
            related=[(compaction, "a summary is asked for here")],
            target=Target.KEY,
        )

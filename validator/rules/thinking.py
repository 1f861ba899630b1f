"""Extended thinking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Final

from ..common.pointer import dotted
from ..common.wording import any_of, code, shown
from ..engine.index import Index
from ..engine.request import Node, Request, Turn
from ..engine.rule import Example, body, rule
from ..engine.vocabulary import ANSWERED, EMPTY, ends_with_answer
from ..facts import Model
from ..fixes import Fix, replace
from ..report import Severity, Target
from .shared.fixes import unsafe
from .shared.model_defaults import thinks
from .shared.usual_settings import LEAST_BUDGET, ROOM_TO_THINK, leaves_no_room_to_think

_INTERLEAVED: Final = "interleaved-thinking-2025-05-14"
_EFFORTS: Final = ("low", "medium", "high", "xhigh", "max")
"""The levels of effort, from low to high."""
_LITTLE: Final = 64
"""Fewer tokens than this are hardly more than a sentence."""
_SEEN_WITHOUT_TEXT: Final = 400
"""Calls of Claude Opus 5 with this `max_tokens` were seen to return no text."""
_MOST_EFFORT: Final = _EFFORTS[3:]
"""The levels at which some models cannot go without thinking."""
_FORCING: Final = frozenset({"any", "tool"})
_THOUGHTS: Final = ("thinking", "redacted_thinking")
_ON: Final = frozenset({"enabled", "adaptive", "between_tools"})

_WEATHER: Final = {
    "name": "get_weather",
    "description": "The weather in a city now.",
    "input_schema": {"type": "object"},
}
_ENABLED: Final = {"type": "enabled", "budget_tokens": 1024}
_THOUGHT: Final = {"type": "thinking", "thinking": "A short greeting will do.", "signature": "EqQBCkYIBxgCKkA="}
_CALL: Final = {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Oslo"}}
_RESULT: Final = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "4 °C, rain"}


def _answered(
    *blocks: dict[str, Any], then: list[dict[str, Any]] | str | None = None, **changes: Any
) -> dict[str, Any]:
    """Return an example request with an answer, and optionally a turn after it."""
    messages: list[dict[str, Any]] = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": [*blocks]}]
    if then is not None:
        messages.append({"role": "user", "content": then})
    return body(**{"max_tokens": 2048, "messages": messages, **changes})


def _thinks_first(index: Index) -> bool:
    """Whether no answer has thinking after text or a tool call at its start."""
    role, first = None, None
    for current, tags in index.turns():
        if current != role:
            role, first = current, None
        if current == "assistant":
            for tag in tags or ():
                if first in {"text", "tool_use"} and tag in _THOUGHTS:
                    return False
                first = first or tag
    return True


def _goes_on_with_thinking(index: Index) -> bool:
    """Whether the last answer has its thinking, or the user turn after it starts something new."""
    turns = list(index.turns(-2))
    if [role for role, _ in turns] != ["assistant", "user"]:
        return False
    (_, answer), (_, tags) = turns
    begins_anew = tags is not None and "tool_result" not in tags
    return begins_anew or any(tag in _THOUGHTS for tag in answer or ())


def _thinks_as_assistant(index: Index) -> bool:
    return index.said.get("user", set()).isdisjoint(_THOUGHTS)


def _is(kind: str) -> Callable[[Any], bool]:
    return lambda thinking: isinstance(thinking, dict) and thinking.get("type") == kind


def _rejects(kind: str) -> Callable[[Model], bool]:
    """Make a predicate: whether a model is known to refuse a `type` of thinking."""
    return lambda model: kind not in model.fact("thinking") if model.fact("thinking") is not None else False


@rule(
    "thinking/budget-not-below-max-tokens",
    on="/thinking",
    mentions=("enabled",),
    if_value=_is("enabled"),
    rests_on=("/tools",),
    bad=(
        Example(
            body(max_tokens=2048, thinking={"type": "enabled", "budget_tokens": 4096}),
            at="/thinking/budget_tokens",
        ),
        Example(
            body(max_tokens=2048, thinking={"type": "enabled", "budget_tokens": 2048}),
            at="/thinking/budget_tokens",
        ),
    ),
    good=(
        Example(body(max_tokens=4096, thinking={"type": "enabled", "budget_tokens": 2048})),
        Example(
            body(max_tokens=2048, thinking={"type": "enabled", "budget_tokens": 4096}, tools=[_WEATHER]),
            betas=(_INTERLEAVED,),
        ),
        Example(
            body(
                model="my-gateways-own",
                max_tokens=2048,
                thinking={"type": "enabled", "budget_tokens": 4096},
                thread={"type": "continue", "previous_message_id": "msg_1"},
            ),
            betas=(_INTERLEAVED, "message-threads-2026-08-12"),
        ),
    ),
    api_messages=("`max_tokens` must be greater than `thinking.budget_tokens`.",),
)
def budget_not_below_max_tokens(thinking: Node, request: Request) -> None:
    """`thinking.budget_tokens` is not below `max_tokens`.

    Why: Thinking counts towards `max_tokens`, so a budget of that size leaves no room for the answer. With tools and
    the beta `interleaved-thinking-2025-05-14` the budget spans a whole turn and may be larger; if there are tools and
    the betas are not known, this is a warning.

    Fix: Raises `max_tokens` by the budget, if the model can write that many tokens; unsafe, because that can cost more.

    Source: The reference of `budget_tokens` ("must be ≥1024 and less than max_tokens"); the API's refusal as seen from
    2025-02 on, equality included; the guide to extended thinking for the exception.
    """
    budget = thinking.integer("budget_tokens")
    limit = request.root.integer("max_tokens")
    if budget is None or not limit or budget < limit or not _takes(request, "enabled"):
        return
    severity = None
    if _may_call_tools(request):
        if request.context.betas is None:
            severity = Severity.WARNING
        elif _INTERLEAVED in request.context.betas:
            return
    thinking.at("budget_tokens").report(
        f"`budget_tokens` is {budget}, but must be less than `max_tokens` ({limit})",
        help=_to_make_room(budget, limit, request.fact("max_output")),
        related=[(request.root.at("max_tokens"), "`max_tokens` is set here")],
        severity=severity,
        fix=_with_room(request, budget + limit),
    )


def _to_make_room(budget: int, limit: int, most: object) -> str:
    """Say how to bring a budget below `max_tokens`: by the ways that the model and the least budget leave open."""
    above = max(budget, LEAST_BUDGET)
    ways = []
    if not isinstance(most, int) or above < most:
        ways.append(f"raise `max_tokens` above {above}")
    if limit > LEAST_BUDGET:
        ways.append(f"lower `budget_tokens` below {limit}")
    return ", or ".join(ways) or f"raise `max_tokens` above {LEAST_BUDGET}, and lower `budget_tokens` below it"


def _with_room(request: Request, tokens: int) -> Fix | None:
    """Make the fix that raises `max_tokens`, unless the model is known to write less."""
    most = request.fact("max_output")
    if isinstance(most, int) and most < tokens:
        return None
    return unsafe(f"Raise `max_tokens` to {tokens}", replace(request.root.at("max_tokens").path, tokens))


@rule(
    "thinking/little-room",
    on="/thinking",
    mentions=("enabled",),
    if_value=_is("enabled"),
    severity=Severity.WARNING,
    endpoints=("messages", "batches"),
    rests_on=("/tools",),
    bad=(
        Example(
            body(max_tokens=2049, thinking={"type": "enabled", "budget_tokens": 2048}), at="/thinking/budget_tokens"
        ),
    ),
    good=(
        Example(body(max_tokens=2112, thinking={"type": "enabled", "budget_tokens": 2048})),
        Example(
            body(max_tokens=2049, thinking={"type": "enabled", "budget_tokens": 2048}, tools=[_WEATHER]),
            betas=(_INTERLEAVED,),
        ),
    ),
)
def little_room(thinking: Node, request: Request) -> None:
    """`thinking.budget_tokens` leaves fewer than 64 tokens of `max_tokens` for the answer.

    Why: Thinking counts towards `max_tokens`. If the model uses up its budget, the answer ends after a sentence with
    the stop reason `max_tokens`, and the thinking is billed anyway.

    Source: The guide to extended thinking, on `max_tokens`; the bound of 64 is msglint's own, low enough for requests
    that want only a word or two.
    """
    budget, limit = thinking.integer("budget_tokens"), request.root.integer("max_tokens")
    if budget is None or limit is None or not _takes(request, "enabled"):
        return
    room = limit - budget
    spans_a_turn = _may_call_tools(request) and request.sends(_INTERLEAVED) is not False
    if 0 < room < _LITTLE and not spans_a_turn:
        lower = ", or lower `budget_tokens`" if budget > LEAST_BUDGET else ""
        thinking.at("budget_tokens").report(
            f"`budget_tokens` is {budget}, which leaves only {room} of {limit} `max_tokens` for the answer",
            help="raise `max_tokens` by what the answer may need" + lower,
            related=[(request.root.at("max_tokens"), "`max_tokens` is set here")],
        )


@rule(
    "thinking/enabled-unsupported",
    on="/thinking",
    mentions=("enabled",),
    if_value=_is("enabled"),
    models=_rejects("enabled"),
    settles=("budget_tokens",),
    bad=(Example(body(model="claude-opus-4-7", max_tokens=2048, thinking=_ENABLED), at="/thinking/type"),),
    good=(
        Example(body(model="claude-opus-4-7", thinking={"type": "adaptive"})),
        Example(body(max_tokens=2048, thinking=_ENABLED)),
    ),
    api_messages=(
        (
            '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and '
            '"output_config.effort" to control thinking behavior.'
        ),
    ),
)
def enabled_unsupported(thinking: Node, request: Request) -> None:
    """`thinking` has a budget, but the model only supports adaptive thinking.

    Why: Since Claude Opus 4.7 (2026-04-16) models decide how much they think, and take no budget.

    Source: The API's refusal, seen in six places; the documentation's page on troubleshooting thinking.
    """
    _report_type(thinking, request, "enabled")


@rule(
    "thinking/adaptive-unsupported",
    on="/thinking",
    mentions=("adaptive",),
    if_value=_is("adaptive"),
    models=_rejects("adaptive"),
    settles=("budget_tokens",),
    bad=(Example(body(thinking={"type": "adaptive"}), at="/thinking/type"),),
    good=(Example(body(model="claude-sonnet-4-6", thinking={"type": "adaptive"})),),
    api_messages=(
        "adaptive thinking is not supported on this model",
        "thinking: Input tag 'adaptive' found using 'type' does not match any of the expected tags: …",
    ),
)
def adaptive_unsupported(thinking: Node, request: Request) -> None:
    """`thinking` is adaptive, but the model only thinks within a budget.

    Why: Adaptive thinking began with Claude Opus 4.6 and Claude Sonnet 4.6; older models need `budget_tokens`.

    Source: The API's refusal, seen in ten places, live with Claude Haiku 4.5; the documentation's page on
    troubleshooting thinking.
    """
    _report_type(thinking, request, "adaptive")


@rule(
    "thinking/disabled-unsupported",
    on="/thinking",
    mentions=("disabled",),
    if_value=_is("disabled"),
    models=_rejects("disabled"),
    settles=("budget_tokens",),
    bad=(
        Example(body(model="claude-opus-5-5", thinking={"type": "disabled"}), at="/thinking/type"),
        Example(body(model="claude-sonnet-5-5", thinking={"type": "disabled"}), at="/thinking/type"),
    ),
    good=(
        Example(body(model="claude-opus-5", thinking={"type": "disabled"})),
        Example(body(model="claude-sonnet-5-5", thinking={"type": "between_tools"})),
        Example(body(model="claude-opus-5-5")),
    ),
    api_messages=(
        '"thinking.type.disabled" is not supported for this model. {advice}',
        (
            '"thinking.type.disabled" is not supported for this model. Use "thinking.type.adaptive" and '
            '"output_config.effort" to control thinking behavior.'
        ),
        (
            '"thinking.type.disabled" is not supported for this model. Thinking defaults to adaptive mode when not '
            'specified; use "thinking.type.enabled" with "budget_tokens" for extended thinking.'
        ),
        (
            '"thinking.type.disabled" is not supported for this model. To turn thinking off on this model, send '
            '"thinking": {"type": "between_tools"} instead of {"type": "disabled"}.'
        ),
    ),
)
def disabled_unsupported(thinking: Node, request: Request) -> None:
    """`thinking` is disabled for a model that always thinks.

    Why: The newest models cannot answer without thinking; Claude Sonnet 5.5 has `between_tools` instead.

    Source: The API's refusal, seen in eight places from 2026-08 on; the documentation's page on troubleshooting
    thinking.
    """
    _report_type(thinking, request, "disabled")


@rule(
    "thinking/between-tools-unsupported",
    on="/thinking",
    mentions=("between_tools",),
    if_value=_is("between_tools"),
    models=_rejects("between_tools"),
    settles=("budget_tokens",),
    bad=(Example(body(model="claude-opus-5-5", thinking={"type": "between_tools"}), at="/thinking/type"),),
    good=(Example(body(model="claude-sonnet-5-5", thinking={"type": "between_tools"})),),
)
def between_tools_unsupported(thinking: Node, request: Request) -> None:
    """`thinking` is `between_tools` for a model that does not support it.

    Why: Only Claude Sonnet 5.5 supports it.

    Source: The documentation's page on troubleshooting thinking, which lists what each model refuses with a 400; the
    text of the refusal was not seen.
    """
    _report_type(thinking, request, "between_tools")


_LOWERED: Final = [
    {"role": "user", "content": "Plan the trip"},
    {"role": "system", "content": [], "output_config": {"effort": "low"}},
]


@rule(
    "thinking/no-room-for-answer",
    on="/max_tokens",
    if_value=leaves_no_room_to_think,
    severity=Severity.WARNING,
    endpoints=("messages", "batches"),
    models=lambda model: model.fact("thinking_default") in {"on", "always"},
    rests_on=("/thinking/type",),
    bad=(
        Example(body(model="claude-opus-5", max_tokens=400), at="/max_tokens"),
        Example(body(model="claude-fable-5", max_tokens=64, thinking={"type": "adaptive"}), at="/max_tokens"),
    ),
    good=(
        Example(body(model="claude-opus-5", max_tokens=400, thinking={"type": "disabled"})),
        Example(body(model="claude-opus-5", max_tokens=1024)),
        Example(body(model="claude-opus-5", max_tokens=0)),
        Example(body(model="claude-haiku-5-5", max_tokens=300, tools=[_WEATHER], tool_choice={"type": "any"})),
        Example(body(max_tokens=64)),
    ),
)
def no_room_for_answer(max_tokens: Node, request: Request) -> None:
    """`max_tokens` is below 1,024 for a model that thinks by default.

    Why: Thinking counts towards `max_tokens`, so the answer may end before its first word. The API accepts such a
    request. Up to 400, where this was seen to happen, it is a warning; above that it is a note. Before a call that
    `tool_choice` forces, these models do not think.

    Source: The documentation's migration guides on what a model does without `thinking`; calls of Claude Opus 5 with 64
    and 400 tokens that gave no text.
    """
    limit = max_tokens.integer()
    if limit is None or not thinks(request) or request.root.text("tool_choice", "type") in _FORCING:
        return
    max_tokens.report(
        f"`max_tokens` is {limit}, which thinking may use up before the answer begins",
        help=f"raise it to {ROOM_TO_THINK} or more{_to_think_less(request)}",
        severity=None if limit <= _SEEN_WITHOUT_TEXT else Severity.INFO,
    )


def _to_think_less(request: Request) -> str:
    """Say what else lets a request think less, which its model takes with the effort that is set; nothing for none."""
    modes = request.fact("thinking") or ()
    off = next((mode for mode in ("disabled", "between_tools") if mode in modes), None)
    effort = request.root.text("output_config", "effort")
    if off is not None and effort not in _MOST_EFFORT:
        return f', or set `thinking` to `{{"type": "{off}"}}`'
    return ', or set `output_config.effort` to "low"' if effort != "low" else ""


@rule(
    "thinking/between-tools-turn-effort",
    on="/messages/*",
    types=("system",),
    mentions=("between_tools",),
    if_value=lambda message: isinstance(message, dict) and isinstance(message.get("output_config"), dict),
    rests_on=("/messages/./output_config", "/output_config/effort"),
    bad=(
        Example(
            body(model="claude-sonnet-5-5", thinking={"type": "between_tools"}, messages=_LOWERED),
            at="/messages/1/output_config/effort",
        ),
    ),
    good=(
        Example(
            body(
                model="claude-sonnet-5-5",
                thinking={"type": "between_tools"},
                output_config={"effort": "low"},
                messages=_LOWERED,
            )
        ),
        Example(body(model="claude-sonnet-5-5", messages=_LOWERED)),
    ),
)
def between_tools_turn_effort(message: Node, request: Request) -> None:
    """A message changes the `effort` while `thinking` is `between_tools`.

    Why: Without thinking before the answer the whole request has one level of effort; without `output_config.effort` it
    is `high`.

    Source: The documentation's migration guide to Claude Sonnet 5.5: a 400.
    """
    effort = message.at("output_config", "effort")
    in_force = request.root.text("output_config", "effort") or "high"
    if request.root.text("thinking", "type") != "between_tools" or not _takes(request, "between_tools"):
        return
    if effort.text() in _EFFORTS and effort.text() != in_force:
        effort.report(
            f'`effort` is {shown(effort.value)}, but must be "{in_force}" as for the request while `thinking` is '
            '"between_tools"',
            help=f'write "{in_force}", or set `output_config.effort` of the request to {shown(effort.value)}',
            related=[(request.root.at("thinking", "type"), "the form of thinking is set here")],
        )


_ON_BEDROCK: Final = {
    "anthropic_version": "bedrock-2023-05-31",
    "max_tokens": 1024,
    "messages": [{"role": "user", "content": "Hello"}],
}


@rule(
    "thinking/block-binding-on-bedrock",
    on="/thinking",
    mentions=("block_binding",),
    if_value=lambda thinking: isinstance(thinking, dict) and thinking.get("block_binding") is not None,
    bad=(
        Example(
            _ON_BEDROCK | {"thinking": {"type": "adaptive", "block_binding": {}}},
            at="/thinking/block_binding",
            platform="bedrock",
        ),
    ),
    good=(
        Example(body(model="claude-opus-5-5", thinking={"type": "adaptive", "block_binding": {}})),
        Example(_ON_BEDROCK | {"thinking": {"type": "adaptive"}}, platform="bedrock"),
    ),
)
def block_binding_on_bedrock(thinking: Node, request: Request) -> None:
    """`thinking.block_binding` is set in a request for Amazon Bedrock.

    Why: Amazon Bedrock does not support it, even with its beta header.

    Source: The refusal on Amazon Bedrock, seen once in 2026-10.
    """
    if request.platform == "bedrock":
        thinking.at("block_binding").report(
            "`block_binding` is not allowed on Amazon Bedrock",
            help="remove it",
            target=Target.KEY,
        )


@rule(
    "thinking/enabled-deprecated",
    on="/thinking",
    mentions=("enabled",),
    severity=Severity.WARNING,
    tag="deprecated",
    if_value=_is("enabled"),
    models=lambda model: "enabled" in (model.fact("thinking_deprecated") or ()),
    bad=(Example(body(model="claude-sonnet-4-6", max_tokens=2048, thinking=_ENABLED), at="/thinking/type"),),
    good=(
        Example(body(model="claude-sonnet-4-6", thinking={"type": "adaptive"})),
        Example(
            body(model="claude-mythos-preview", max_tokens=2048, thinking=_ENABLED),
            today=date(2026, 6, 8),
        ),
    ),
)
def enabled_deprecated(thinking: Node, request: Request) -> None:
    """`thinking` has a budget, which is deprecated for the model.

    Why: Claude Opus 4.6 and Claude Sonnet 4.6 still accept a budget; every later model refuses it.

    Source: The documentation's page on troubleshooting thinking.
    """
    if request.model is not None:
        thinking.at("type").report(
            f'`type` is "enabled", which is deprecated with {code(request.model.id)}',
            help='use `{"type": "adaptive"}`, and `output_config.effort` to say how much it may think',
            related=request.model_set_here,
        )


@rule(
    "thinking/disabled-high-effort",
    on="/output_config",
    mentions=("disabled", "between_tools"),
    models=lambda model: model.fact("disabled_thinking_max_effort") is not None,
    bad=(
        Example(
            body(model="claude-opus-5", thinking={"type": "disabled"}, output_config={"effort": "xhigh"}),
            at="/output_config/effort",
        ),
        Example(
            body(model="claude-sonnet-5-5", thinking={"type": "between_tools"}, output_config={"effort": "max"}),
            at="/output_config/effort",
        ),
    ),
    good=(
        Example(body(model="claude-opus-5", thinking={"type": "disabled"}, output_config={"effort": "high"})),
        Example(body(model="claude-opus-5", output_config={"effort": "xhigh"})),
        Example(body(model="claude-opus-4-8", thinking={"type": "disabled"}, output_config={"effort": "max"})),
    ),
    api_messages=(
        (
            "output_config.effort '{effort}' is not supported when thinking is disabled on this model. "
            "Use effort '{most}' or below, or enable thinking."
        ),
    ),
)
def disabled_high_effort(output_config: Node, request: Request) -> None:
    """`output_config.effort` is too high for the model while thinking is disabled.

    Why: The highest levels need thinking; without it these models accept `high` at most. A request without `thinking`
    is not affected.

    Source: The API's refusal, seen live in 2026-07 and in two more places; the documentation's page on effort.
    """
    effort, most = output_config.text("effort"), request.fact("disabled_thinking_max_effort")
    kind = request.root.text("thinking", "type")
    if kind not in {"disabled", "between_tools"} or not _takes(request, kind) or effort not in _EFFORTS:
        return
    if _EFFORTS.index(effort) > _EFFORTS.index(most):
        output_config.at("effort").report(
            f'`effort` is {shown(effort)}, but may be "{most}" at most while `thinking` is {shown(kind)}',
            help=f'lower it to "{most}", or set `thinking` to `{{"type": "adaptive"}}`',
            related=[(request.root.at("thinking", "type"), "thinking is switched off here")],
            api={"effort": effort, "most": most},
        )


@rule(
    "thinking/missing-in-last-turn",
    on="/messages",
    mentions=("enabled",),
    skip_if=_goes_on_with_thinking,
    severity=Severity.WARNING,
    bad=(
        Example(_answered(_CALL, then=[_RESULT], tools=[_WEATHER], thinking=_ENABLED), at="/messages/1/content/0"),
        Example(
            _answered({"type": "text", "text": "The capital is"}, thinking=_ENABLED),
            at="/messages/1/content/0",
        ),
    ),
    good=(
        Example(_answered(_THOUGHT, _CALL, then=[_RESULT], tools=[_WEATHER], thinking=_ENABLED)),
        Example(_answered(_CALL, then=[_RESULT], tools=[_WEATHER])),
        Example(_answered({"type": "text", "text": "Hi"}, then="And now?", thinking=_ENABLED)),
        Example(
            _answered(
                _CALL, then=[_RESULT], tools=[_WEATHER], model="claude-sonnet-4-6", thinking={"type": "adaptive"}
            ),
        ),
    ),
    api_messages=(
        (
            "{place}.type: Expected `thinking` or `redacted_thinking`, but found `{type}`. When `thinking` is enabled, "
            "a final `assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` "
            "and `tool_result` blocks)."
        ),
    ),
)
def missing_in_last_turn(messages: Node, request: Request) -> None:
    """The request has a thinking budget, but the answer that it continues has no thinking blocks.

    A request continues an answer if its last turn has tool results or is an assistant turn.

    Why: The model would have to continue without the thinking that led to its calls. The API was seen to refuse this
    until early 2026; in one place the documentation of 2026-08 says that it still does, in another that thinking is
    then disabled silently. Adaptive thinking does not require the blocks.

    Source: The API's refusal, seen in eight places in 2025.
    """
    if request.root.text("thinking", "type") != "enabled" or not _takes(request, "enabled"):
        return
    answer = _open_answer(request)
    if not answer or any(True for turn in answer for _ in turn.blocks(*_THOUGHTS)):
        return
    content = answer[0].messages[0].at("content")
    first = content.at(0) if content.items() else content
    found = first.type or ("text" if first.text() else None)
    if found in {"text", "tool_use"}:
        first.report(
            f"the answer that the request continues begins with {shown(found)}, but should begin with its thinking",
            help="send back the thinking blocks that came with it, or leave `thinking` out of this request",
            related=[(request.root.at("thinking"), "thinking is switched on here")],
            api={"type": found},
        )


@rule(
    "thinking/not-first",
    on="/messages",
    types=("thinking", "redacted_thinking"),
    mentions=("enabled",),
    skip_if=_thinks_first,
    severity=Severity.WARNING,
    bad=(
        Example(
            _answered(
                {"type": "text", "text": "Hi."}, _THOUGHT, _CALL, then=[_RESULT], tools=[_WEATHER], thinking=_ENABLED
            ),
            at="/messages/1/content/0",
        ),
    ),
    good=(
        Example(_answered(_THOUGHT, {"type": "text", "text": "Hi."}, then="Bye", thinking=_ENABLED)),
        Example(
            _answered(
                {"type": "text", "text": "Hi."},
                _THOUGHT,
                {"type": "text", "text": "Oh."},
                then="Bye",
                thinking=_ENABLED,
            ),
            betas=(_INTERLEAVED,),
        ),
    ),
    api_messages=(
        (
            "{place}: If an assistant message contains any thinking blocks, the first block must be `thinking` or "
            "`redacted_thinking`. Found `{type}`."
        ),
    ),
)
def not_first(messages: Node, request: Request) -> None:
    """The request has a thinking budget, but an answer with thinking blocks begins with another block.

    Why: Without interleaved thinking the model thinks first. So the blocks are not in their original order, or two
    answers were merged.

    Source: The API's refusal, seen in one place in 2025-11, which is why this is a warning.
    """
    if request.root.text("thinking", "type") != "enabled" or not _takes(request, "enabled"):
        return
    if request.sends(_INTERLEAVED):
        return
    for turn in request.conversation.turns:
        if turn.role == "assistant":
            blocks = turn.blocks()
            first = next(blocks, None)
            if first is not None and first.type in {"text", "tool_use"} and any(b.type in _THOUGHTS for b in blocks):
                first.report(
                    f"the answer begins with {shown(first.type)}, but has thinking after it",
                    help="restore the original order of the blocks, with the thinking first",
                    api={"type": first.type},
                )


@rule(
    "thinking/block-when-disabled",
    on="/messages",
    mentions=(ANSWERED,),
    if_value=ends_with_answer,
    endpoints=("messages", "batches"),
    rests_on=("/thinking/type",),
    bad=(
        Example(_answered(_THOUGHT, {"type": "text", "text": "Hi"}), at="/messages/1/content/0"),
        Example(
            _answered(_THOUGHT, {"type": "text", "text": "Hi"}, thinking={"type": "disabled"}),
            at="/messages/1/content/0",
        ),
    ),
    good=(
        Example(_answered(_THOUGHT, {"type": "text", "text": "Hi"}, thinking=_ENABLED)),
        Example(_answered(_THOUGHT, {"type": "text", "text": "Hi"}, then="Bye")),
        Example(
            _answered(
                _THOUGHT,
                {"type": "text", "text": "Hi"},
                model="my-gateways-own",
                thinking={"type": "disabled"},
                compaction={"type": "summarize"},
            )
        ),
    ),
    api_messages=(
        (
            "{place}: When thinking is disabled, an `assistant` message in the final position cannot contain "
            "`thinking`. To use thinking blocks, enable `thinking` in your request."
        ),
    ),
)
def block_when_disabled(messages: Node, request: Request) -> None:
    """The conversation ends with an answer that contains thinking, but `thinking` is off.

    Why: The model would have to continue an answer of a kind that it cannot write. Thinking blocks may stay in answers
    before the last turn. Models without prefill are covered by another rule.

    Source: The API's refusal, seen in three places from 2025-07 on.
    """
    thought = _thought_while_off(request)
    if thought is not None:
        thought.report(
            "a conversation that ends with this answer must not hold `thinking` while thinking is off",
            help=f"remove the block, or switch thinking on with {_switch(request)}",
        )


@rule(
    "thinking/final-block",
    on="/messages",
    mentions=(ANSWERED,),
    if_value=ends_with_answer,
    endpoints=("messages", "batches"),
    rests_on=("/messages",),
    bad=(Example(_answered(_THOUGHT, thinking=_ENABLED), at="/messages/1/content/0"),),
    good=(
        Example(_answered(_THOUGHT, {"type": "text", "text": "Hi"}, thinking=_ENABLED)),
        Example(_answered(_THOUGHT, then="Bye", thinking=_ENABLED)),
    ),
    api_messages=("{message}: The final block in an assistant message cannot be `{type}`.",),
)
def final_block(messages: Node, request: Request) -> None:
    """The conversation ends with an answer whose last block is thinking.

    Why: There is no text yet for the model to continue. Earlier answers may end in thinking.

    Source: The API's refusal, seen in four places from 2025-12 to 2026-08.
    """
    last = _final_answer(request)
    if last is None or _thought_while_off(request) is not None:
        return
    blocks = last.messages[-1].items("content")
    if blocks and blocks[-1].type in _THOUGHTS:
        block = blocks[-1]
        block.report(
            f"the conversation ends with {shown(block.type)}, but an answer to continue must end with another block",
            help="remove the answer from the end of `messages`, or add the turn of the user that comes after it",
            api={"message": dotted(block.steps[:-2]), "type": block.type},
        )


@rule(
    "thinking/in-user-message",
    on="/messages/*/content/*",
    types=_THOUGHTS,
    skip_if=_thinks_as_assistant,
    bad=(Example(body(messages=[{"role": "user", "content": [_THOUGHT]}]), at="/messages/0/content/0"),),
    good=(Example(_answered(_THOUGHT, {"type": "text", "text": "Hi"}, then="Bye")),),
    api_messages=("{content}: thinking blocks may only be in `assistant` messages",),
)
def in_user_message(block: Node, request: Request) -> None:
    """A user message contains a thinking block.

    Why: Only the model thinks. Usually the conversation was assembled with the wrong roles.

    Source: The API's refusal, seen in nine places from 2025 on.
    """
    if request.conversation.turn_of(block).role == "user":
        block.report(
            f"a {code(block.type or '')} block is in a user message, but must be in an assistant message",
            help="move the block to the answer that it came with, or remove it",
            api={"content": dotted(block.steps[:-1])},
        )


@rule(
    "thinking/empty-signature",
    on="/messages/*/content/*",
    types=("thinking",),
    mentions=(EMPTY,),
    if_value=lambda block: isinstance(block, dict) and block.get("signature") == "",
    bad=(
        Example(
            _answered(_THOUGHT | {"signature": ""}, {"type": "text", "text": "Hi"}, then="Bye", thinking=_ENABLED),
            at="/messages/1/content/0/signature",
        ),
    ),
    good=(
        Example(_answered(_THOUGHT, {"type": "text", "text": "Hi"}, then="Bye", thinking=_ENABLED)),
        Example(_answered(_THOUGHT | {"thinking": ""}, {"type": "text", "text": "Hi"}, then="Bye", thinking=_ENABLED)),
    ),
    api_messages=("{block}: Invalid `signature` in `thinking` block",),
)
def empty_signature(block: Node, request: Request) -> None:
    """A thinking block has an empty signature.

    Why: The signature proves that the thinking is the model's own. Blocks from other vendors have none, nor do streamed
    blocks whose `signature_delta` was dropped. The text of the thinking may be empty. If the request does not enable
    thinking, the API may ignore such blocks, so that is a warning.

    Source: The API's refusal, seen in six places from 2025-02 on.
    """
    if request.conversation.turn_of(block).role == "assistant":
        block.at("signature").report(
            "`signature` is empty, but must be the one that came with the thinking",
            help="keep the signature of the answer (`signature_delta` in a stream), or remove the thinking block",
            severity=_severity_of_thoughts(request),
            api={"block": block.place},
        )


@rule(
    "thinking/empty-redacted-data",
    on="/messages/*/content/*",
    types=("redacted_thinking",),
    if_value=lambda block: isinstance(block, dict) and block.get("data") == "",
    bad=(
        Example(
            _answered(
                {"type": "redacted_thinking", "data": ""},
                {"type": "text", "text": "Hi"},
                then="Bye",
                thinking=_ENABLED,
            ),
            at="/messages/1/content/0/data",
        ),
    ),
    good=(
        Example(
            _answered(
                {"type": "redacted_thinking", "data": "EmwKAhgBEgy3va3pzix="},
                {"type": "text", "text": "Hi"},
                then="Bye",
                thinking=_ENABLED,
            )
        ),
    ),
    api_messages=("{block}: Invalid `data` in `redacted_thinking` block",),
)
def empty_redacted_data(block: Node, request: Request) -> None:
    """A redacted thinking block has no data.

    Why: The data is the encrypted thinking, which cannot be empty. If the request does not enable thinking, the API may
    ignore such blocks, so that is a warning.

    Source: The documentation's list of errors.
    """
    if request.conversation.turn_of(block).role == "assistant":
        block.at("data").report(
            "`data` is empty, but must be what came with the block",
            help="send the block back unchanged, or remove it",
            severity=_severity_of_thoughts(request),
            api={"block": block.place},
        )


def _takes(request: Request, kind: str) -> bool:
    """Whether the model may support a `type` of thinking: it does, or that is not known."""
    taken = request.fact("thinking")
    return taken is None or kind in taken


def _may_call_tools(request: Request) -> bool:
    """Whether the request may have tools: its own, those of an MCP server, or of the thread it continues."""
    root = request.root
    return bool(root.items("tools") or root.items("mcp_servers")) or request.conversation.continues


def _switch(request: Request) -> str:
    """Show how to switch thinking on, and what it needs besides."""
    if not _takes(request, "enabled"):
        return '`{"type": "adaptive"}`'
    limit = request.root.integer("max_tokens")
    room = "" if limit is None or limit > LEAST_BUDGET else f", with `max_tokens` above {LEAST_BUDGET}"
    return f'`{{"type": "enabled", "budget_tokens": {LEAST_BUDGET}}}`{room}'


def _report_type(thinking: Node, request: Request, kind: str) -> None:
    """Report a `type` of thinking that the model does not support."""
    if request.model is None:
        return
    taken = request.fact("thinking")
    if kind == "disabled" and "between_tools" in taken:
        advice = 'use `{"type": "between_tools"}`, or leave `thinking` out'
        api_advice = (
            'To turn thinking off on this model, send "thinking": {"type": "between_tools"} instead of '
            '{"type": "disabled"}.'
        )
    elif kind == "disabled":
        advice = "leave `thinking` out; a low `output_config.effort` keeps it short"
        api_advice = 'Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.'
        if "enabled" in taken:
            api_advice = (
                "Thinking defaults to adaptive mode when not specified; "
                'use "thinking.type.enabled" with "budget_tokens" for extended thinking.'
            )
    elif "adaptive" in taken:
        advice = 'use `{"type": "adaptive"}`, and `output_config.effort` to say how much it may think'
        api_advice = ""
    else:
        advice = 'use `{"type": "enabled", "budget_tokens": 1024}` or more, with `max_tokens` above it'
        api_advice = ""
    thinking.at("type").report(
        f"`type` is {shown(kind)}, but must be {any_of(taken)} with {code(request.model.id)}",
        help=advice,
        related=request.model_set_here,
        api={"advice": api_advice},
    )


def _final_answer(request: Request) -> Turn | None:
    """Return the assistant turn at the end that the model has to continue, if any."""
    last = request.conversation.last
    if last is None or last.role != "assistant" or request.fact("prefill") is False:
        return None
    return None if request.conversation.may_end_with_answer else last


def _thought_while_off(request: Request) -> Node | None:
    """Return the first thinking block of the final answer, if thinking is certainly off."""
    kind = request.root.text("thinking", "type")
    left_out = "thinking" not in request.body and request.fact("prefill") is True
    if kind != "disabled" and not left_out:
        return None
    last = _final_answer(request)
    return next(last.blocks("thinking"), None) if last is not None else None


def _open_answer(request: Request) -> list[Turn]:
    """Return the assistant turns of the answer that the request continues, in order."""
    last = request.conversation.last
    if last is None or (last.role == "assistant" and _final_answer(request) is None):
        return []
    answer: list[Turn] = []
    for turn in _backwards(last):
        if turn.role == "assistant":
            if any(True for _ in turn.blocks("server_tool_use", "mcp_tool_use")):
                return []
            answer.append(turn)
        elif turn.role != "user":
            return []
        elif not any(True for _ in turn.blocks("tool_result")):
            break
    return answer[::-1]


def _backwards(last: Turn) -> Iterator[Turn]:
    turn: Turn | None = last
    while turn is not None:
        yield turn
        turn = turn.previous


def _severity_of_thoughts(request: Request) -> Severity | None:
    return None if request.root.text("thinking", "type") in _ON else Severity.WARNING

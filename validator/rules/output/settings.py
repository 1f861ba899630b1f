"""What the model is asked to answer with: structured outputs, effort, budgets, speed, fallbacks."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from ...common.wording import any_of, code, either, shown
from ...engine.request import Node, Request, repeated
from ...engine.rule import Example, body, rule
from ...engine.vocabulary import ANSWERED, ends_with_answer
from ...report import Severity, Target
from ..shared.model_defaults import thinks
from ..shared.platforms import is_missing
from ..shared.usual_settings import has_effort_of_some_models, has_no_max_effort, is_little_for_max_effort

if TYPE_CHECKING:
    from ...engine.index import Index

_LEAST_TASK_BUDGET: Final = 20000
_FALLBACKS: Final = "server-side-fallback-2026-06-01"
_FALLBACKS_WITH_SETTINGS: Final = "server-side-fallback-2026-07-01"
_FORMAT: Final = {
    "type": "json_schema",
    "schema": {"type": "object", "properties": {}, "required": [], "additionalProperties": False},
}
_TURN_EFFORT: Final = "mid-conversation-output-config-2026-07-01"
_LOWERED: Final = [
    {"role": "user", "content": "Plan the trip"},
    {"role": "system", "content": [], "output_config": {"effort": "low"}},
    {"role": "user", "content": "Thanks"},
]
_PREFILLED: Final = [{"role": "user", "content": "List the colours"}, {"role": "assistant", "content": "{"}]


@rule(
    "output/effort-unsupported-model",
    on="/output_config",
    mentions=("effort",),
    models=lambda model: model.fact("effort") == [],
    bad=(Example(body(output_config={"effort": "low"}), at="/output_config/effort"),),
    good=(
        Example(body(model="claude-opus-4-6", output_config={"effort": "low"})),
        Example(body(output_config={"effort": None})),
    ),
    api_messages=("This model does not support the effort parameter.",),
)
def effort_unsupported_model(output_config: Node, request: Request) -> None:
    """`output_config.effort` is set for a model that has no levels of effort.

    Why: Effort began with Claude Opus 4.5 and Claude Sonnet 4.6; Claude Haiku 4.5 and Claude Sonnet 4.5 do not have it.

    Source: The API's refusal, seen in three places, live in 2026-08.
    """
    if output_config.text("effort") is not None and request.model is not None:
        output_config.at("effort").report(
            f"`effort` is not allowed with {code(request.model.id)}, which has no levels of effort",
            help="remove it, or use a model that has them, such as `claude-haiku-5-5`",
            target=Target.KEY,
            related=request.model_set_here,
        )


@rule(
    "output/effort-level-unsupported",
    on="/output_config",
    mentions=("effort",),
    if_value=has_effort_of_some_models,
    models=lambda model: bool(model.fact("effort")),
    bad=(
        Example(body(model="claude-opus-4-6", output_config={"effort": "xhigh"}), at="/output_config/effort"),
        Example(
            body(model="claude-opus-4-5", output_config={"effort": "max"}),
            at="/output_config/effort",
            today=date(2026, 11, 1),
        ),
    ),
    good=(
        Example(body(model="claude-opus-4-6", output_config={"effort": "max"})),
        Example(body(model="claude-opus-4-7", output_config={"effort": "xhigh"})),
    ),
    api_messages=("This model does not support effort level '{level}'. Supported levels: {levels}.",),
)
def effort_level_unsupported(output_config: Node, request: Request) -> None:
    """`output_config.effort` is a level that the model does not have.

    Why: `xhigh` began with Claude Opus 4.7, `max` with the models of version 4.6.

    Source: The API's refusal, seen in three places; the documentation's page on effort.
    """
    effort, levels = output_config.text("effort"), request.fact("effort")
    if effort is not None and effort not in levels and request.model is not None:
        output_config.at("effort").report(
            f"`effort` is {shown(effort)}, but must be {any_of(levels)} with {code(request.model.id)}",
            help=f'lower it to "{levels[-1]}"',
            related=request.model_set_here,
            api={"level": effort, "levels": ", ".join(sorted(levels))},
        )


@rule(
    "output/turn-effort-unsupported",
    on="/messages/*",
    types=("system",),
    if_value=lambda message: isinstance(message, dict) and message.get("output_config") is not None,
    models=lambda model: model.fact("turn_effort") is False,
    rests_on=("/messages/./output_config",),
    bad=(
        Example(
            body(model="claude-opus-4-8", messages=_LOWERED),
            at="/messages/1/output_config/effort",
            betas=(_TURN_EFFORT,),
        ),
        Example(
            body(model="claude-fable-5", messages=_LOWERED),
            at="/messages/1/output_config/effort",
            betas=(_TURN_EFFORT,),
        ),
    ),
    good=(
        Example(body(model="claude-opus-5", messages=_LOWERED), betas=(_TURN_EFFORT,)),
        Example(body(model="claude-opus-4-8", output_config={"effort": "low"})),
    ),
    api_messages=("output_config.effort requires a model that supports per-turn effort; this model does not",),
)
def turn_effort_unsupported(message: Node, request: Request) -> None:
    """A system message sets `effort` for the turns that follow, with a model that has one level for a whole request.

    Why: Only newer models change their effort in the middle of a conversation.

    Source: The API's refusal, as the documentation's page on effort quotes it, with the models that have it. Models
    that page does not name are skipped.
    """
    effort = message.at("output_config", "effort")
    if effort.value is not None and request.model is not None:
        effort.report(
            f"`effort` in a message is not allowed with {code(request.model.id)}, which has one for a whole request",
            help="set it in `output_config` at the top level, or use a model such as `claude-opus-5-5`",
            target=Target.KEY,
            related=request.model_set_here,
        )


@rule(
    "output/task-budget-unsupported-model",
    on="/output_config",
    mentions=("task_budget",),
    platforms=("anthropic",),
    models=lambda model: model.fact("task_budget") is False,
    bad=(
        Example(
            body(model="claude-opus-4-6", output_config={"task_budget": {"type": "tokens", "total": 50000}}),
            at="/output_config/task_budget",
        ),
    ),
    good=(
        Example(body(model="claude-opus-4-7", output_config={"task_budget": {"type": "tokens", "total": 50000}})),
        Example(body(model="claude-opus-4-6", output_config={"task_budget": None})),
    ),
)
def task_budget_unsupported_model(output_config: Node, request: Request) -> None:
    """`output_config.task_budget` is set for a model that knows no task budgets.

    Why: Only some models from Claude Opus 4.7 on see a budget running down.

    Source: The documentation's page on task budgets, which lists the models; the text of a refusal was not seen.
    """
    if isinstance(output_config.at("task_budget").value, dict) and request.model is not None:
        output_config.at("task_budget").report(
            f"`task_budget` is not allowed with {code(request.model.id)}",
            help="remove it, or use a model that has task budgets, such as `claude-opus-5-5`",
            target=Target.KEY,
            related=request.model_set_here,
        )


@rule(
    "output/task-budget-too-small",
    on="/output_config",
    mentions=("task_budget",),
    endpoints=("messages", "batches"),
    platforms=("anthropic",),
    bad=(
        Example(
            body(model="claude-opus-5", output_config={"task_budget": {"type": "tokens", "total": 19999}}),
            at="/output_config/task_budget/total",
        ),
    ),
    good=(
        Example(
            body(
                model="claude-opus-4-7",
                output_config={"task_budget": {"type": "tokens", "total": 20000, "remaining": 500}},
            )
        ),
    ),
    api_messages=("output_config.task_budget.total: Input should be greater than or equal to 20000",),
)
def task_budget_too_small(output_config: Node, request: Request) -> None:
    """`output_config.task_budget.total` is below 20,000.

    Why: That is the least the API takes, although its OpenAPI document of 2026-07 says 1,024. What is `remaining` of
    a budget may be less.

    Source: The documentation's page on task budgets; the release notes of a client library of 2026-10.
    """
    total = output_config.integer("task_budget", "total")
    if total is not None and total < _LEAST_TASK_BUDGET and request.fact("task_budget") is not False:
        output_config.at("task_budget", "total").report(
            f"`total` is {total}, but must be at least {_LEAST_TASK_BUDGET}",
            help=f"raise it to {_LEAST_TASK_BUDGET} or more; a short answer is what `max_tokens` is for",
        )


@rule(
    "output/speed-unsupported",
    on="/speed",
    endpoints=("messages",),
    platforms=("anthropic",),
    models=lambda model: model.fact("speed_fast") is False,
    bad=(Example(body(model="claude-opus-4-7", speed="fast"), at="/speed"),),
    good=(
        Example(body(model="claude-opus-5", speed="fast")),
        Example(body(model="claude-opus-4-6", speed="fast")),
        Example(body(model="claude-opus-4-7", speed="standard")),
    ),
    api_messages=("'{model}' does not support the `speed` parameter.",),
)
def speed_unsupported(speed: Node, request: Request) -> None:
    """`speed` is `fast` for a model that has no fast mode.

    Why: Few models have it; Claude Opus 4.7 lost it on 2026-07-24. Claude Opus 4.6 takes the word and answers at
    standard speed.

    Source: The API's refusal, seen in five places; the documentation's page on fast mode.
    """
    if speed.text() == "fast" and request.model is not None:
        speed.report(
            f'`speed` is "fast", but {code(request.model.id)} has no fast mode',
            help="remove it, or use a model that has it, such as `claude-opus-5-5`",
            related=request.model_set_here,
            api={"model": request.model.id},
        )


@rule(
    "output/speed-removed",
    on="/speed",
    if_value=lambda speed: speed == "fast",
    endpoints=("messages",),
    platforms=("anthropic",),
    models=lambda model: model.fact("speed_removed") is not None,
    bad=(
        Example(body(model="claude-opus-4-8", speed="fast"), at="/speed", today=date(2026, 12, 1)),
        Example(body(model="claude-opus-4-8", speed="fast"), at="/speed", today=date(2026, 11, 30)),
        Example(body(model="claude-opus-4-8", speed="fast"), at="/speed", today=date(2026, 11, 1)),
    ),
    good=(
        Example(body(model="claude-opus-4-8", speed="fast"), today=date(2026, 10, 1)),
        Example(body(model="claude-opus-4-8", speed="standard"), today=date(2026, 12, 1)),
        Example(body(model="claude-opus-5-5", speed="fast"), today=date(2026, 12, 1)),
    ),
)
def speed_removed(speed: Node, request: Request) -> None:
    """`speed` is `fast` for a model whose fast mode ends.

    Why: Claude Opus 4.8 loses its fast mode on 2026-11-30; from the next day on the API refuses it. From the day on
    which that was announced until then it is a warning.

    Source: The documentation's page on fast mode; the dates are in `validator/facts/models.json`.
    """
    today = request.context.today or date.today()  # noqa: DTZ011 - a removal is a matter of days, not of zones
    removed, announced = (date.fromisoformat(request.fact(name)) for name in ("speed_removed", "speed_deprecated"))
    if today < announced or request.model is None:
        return
    when = "was" if removed < today else "is" if removed == today else "will be"
    speed.report(
        f'`speed` is "fast", but the fast mode of {code(request.model.id)} {when} removed '
        + ("today" if when == "is" else f"on {removed.isoformat()}"),
        help="remove it, or use a model that has a fast mode, such as `claude-opus-5-5`",
        related=request.model_set_here,
        severity=None if removed < today else Severity.WARNING,
    )


@rule(
    "output/speed-without-beta",
    on="/speed",
    if_value=lambda speed: isinstance(speed, str),
    endpoints=("messages",),
    platforms=("anthropic",),
    models=lambda model: bool(model.fact("speed_betas")),
    bad=(
        Example(body(model="claude-opus-5", speed="fast"), at="/speed", betas=()),
        Example(body(model="claude-opus-5", speed="standard"), at="/speed", betas=()),
    ),
    good=(
        Example(body(model="claude-opus-5", speed="fast"), betas=("fast-mode-2026-02-01",)),
        Example(body(model="claude-opus-5", speed="fast")),
        Example(body(model="claude-opus-5-5", speed="fast"), betas=()),
    ),
    api_messages=("speed: Extra inputs are not permitted",),
)
def speed_without_beta(speed: Node, request: Request) -> None:
    """`speed` is set without the beta header that fast mode needs with this model.

    Why: Claude Opus 5 and Claude Opus 4.8 know `speed` only with `fast-mode-2026-02-01`. For another value than `fast`
    it is a warning, as the documentation does not name the models there. Where the headers are not known, nothing is
    said.

    Source: The documentation's page on fast mode; the notes of the SDK on `speed`.
    """
    headers = request.fact("speed_betas")
    if request.sends(*headers) is False:
        speed.report(
            f"`speed` needs the beta header {either(headers)} with {code(str(request.root.at('model').value))}",
            help=f"send {code(headers[0])} in the `anthropic-beta` header (`betas` in the SDK), or remove `speed`",
            target=Target.KEY,
            severity=None if speed.text() == "fast" else Severity.WARNING,
            api={},
        )


@rule(
    "output/format-not-on-platform",
    on=("/output_config", "/output_format"),
    mentions=("format", "output_format"),
    models=lambda model: model.fact("missing_on") is not None,
    bad=(
        Example(
            body(model="us.anthropic.claude-haiku-5-5", output_config={"format": _FORMAT}), at="/output_config/format"
        ),
        Example(
            body(model="anthropic.claude-sonnet-5-5", output_config={"format": _FORMAT}), at="/output_config/format"
        ),
    ),
    good=(
        Example(body(model="claude-haiku-5-5", output_config={"format": _FORMAT})),
        Example(body(model="us.anthropic.claude-haiku-5-5", output_config={"format": None})),
    ),
)
def format_not_on_platform(output_config: Node, request: Request) -> None:
    """A form of the answer is set for a model that has no structured outputs on the platform.

    Why: On Amazon Bedrock Claude Sonnet 5.5 and Claude Haiku 5.5 have none; a tool gives the same there.

    Source: The documentation's migration guides to both models; the text of a refusal was not seen.
    """
    place = output_config if output_config.path[-1] == "output_format" else output_config.at("format")
    if isinstance(place.value, dict) and is_missing("format", request):
        place.report(
            f"{code(str(place.path[-1]))} is not allowed with {code(str(request.root.at('model').value))} on "
            "Amazon Bedrock",
            help="remove it, and let the model call a tool whose `input_schema` is the schema",
            target=Target.KEY,
            related=request.model_set_here,
        )


@rule(
    "output/max-effort-few-tokens",
    on="/max_tokens",
    skip_if_setup=has_no_max_effort,
    if_value=is_little_for_max_effort,
    mentions=("effort",),
    severity=Severity.WARNING,
    endpoints=("messages", "batches"),
    models=lambda model: "max" in (model.fact("effort") or ()),
    bad=(
        Example(body(model="claude-fable-5", max_tokens=8192, output_config={"effort": "max"}), at="/max_tokens"),
        Example(
            body(
                model="claude-opus-4-8",
                max_tokens=4096,
                output_config={"effort": "max"},
                thinking={"type": "adaptive"},
            ),
            at="/max_tokens",
        ),
    ),
    good=(
        Example(body(model="claude-fable-5", max_tokens=32000, output_config={"effort": "max"})),
        Example(body(model="claude-fable-5", max_tokens=8192, output_config={"effort": "high"})),
        Example(body(model="claude-opus-4-8", max_tokens=8192, output_config={"effort": "max"})),
    ),
)
def max_effort_few_tokens(max_tokens: Node, request: Request) -> None:
    """`output_config.effort` is `max`, and `max_tokens` leaves little room for it.

    Why: At this level the model thinks as long as it likes, and thinking counts towards `max_tokens`: the answer may
    end before its first word. The API accepts it.

    Source: Six of six calls of Claude Fable 5 with 8,192 tokens gave no text; the documentation advises 64,000 as a
    start.
    """
    if request.root.text("output_config", "effort") == "max" and thinks(request):
        max_tokens.report(
            f'`max_tokens` is {max_tokens.integer()}, which is little for `effort` "max"',
            help="raise it, to 64000 for a start, or lower `effort`",
            related=[(request.root.at("output_config", "effort"), "the effort is set here")],
        )


def _ends_with_a_question(index: Index) -> bool:
    return ANSWERED not in index.names


@rule(
    "output/prefill-with-format",
    on="/messages",
    mentions=("format",),
    skip_if=_ends_with_a_question,
    if_value=ends_with_answer,
    endpoints=("messages", "batches"),
    bad=(Example(body(output_config={"format": _FORMAT}, messages=_PREFILLED), at="/messages/1"),),
    good=(
        Example(body(output_config={"format": _FORMAT})),
        Example(body(output_config={"format": None}, messages=_PREFILLED)),
        Example(
            body(
                output_config={"format": _FORMAT},
                tools=[{"type": "web_search_20250305", "name": "web_search"}],
                messages=[
                    {"role": "user", "content": "Look it up"},
                    {
                        "role": "assistant",
                        "content": [
                            {
                                "type": "server_tool_use",
                                "id": "srvtoolu_1",
                                "name": "web_search",
                                "input": {"query": "a"},
                            },
                            {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []},
                        ],
                    },
                ],
            )
        ),
    ),
)
def prefill_with_format(messages: Node, request: Request) -> None:
    """The conversation ends with a part of the answer, and `output_config.format` asks for JSON.

    Why: The schema applies from the first character of the answer, so no text can come before it. An answer that was
    paused while a server tool ran is not reported, nor is a model that does not support prefill at all.

    Source: The documentation's page on structured outputs; the text of the refusal was not seen.
    """
    last = request.conversation.last
    if last is None or last.role != "assistant" or request.fact("prefill") is False:
        return
    if not isinstance(request.root.at("output_config", "format").value, dict):
        return
    content = last.messages[-1].at("content")
    *_, block = [content, *content.items()]
    ends_in_text = bool(block.text() if block is content else block.type == "text" and block.text("text"))
    if ends_in_text and not any(True for _ in last.blocks("server_tool_use", "mcp_tool_use")):
        last.messages[-1].report(
            "a beginning of the answer is not allowed with `output_config.format`",
            help="end `messages` with a turn of the user; the format alone makes the answer JSON",
            related=[(request.root.at("output_config", "format"), "the form of the answer is set here")],
        )


@rule(
    "output/duplicate-fallback",
    on="/fallbacks",
    endpoints=("messages",),
    bad=(
        Example(
            body(model="claude-fable-5", fallbacks=[{"model": "claude-opus-5"}, {"model": "claude-opus-5"}]),
            at="/fallbacks/1/model",
        ),
    ),
    good=(Example(body(model="claude-fable-5", fallbacks=[{"model": "claude-opus-5"}, {"model": "claude-mythos-5"}])),),
)
def duplicate_fallback(fallbacks: Node, request: Request) -> None:
    """`fallbacks` names a model twice.

    Why: A model that declined once is not asked again, and the API refuses the list.

    Source: The documentation's page on refusals and fallback; the text of the refusal was not seen.
    """
    for model, first in repeated(fallback.at("model") for fallback in fallbacks.items()):
        model.report(
            f"{code(model.value)} is already among `fallbacks`",
            help="remove this entry, or name another model",
            related=[(first, "it stands here first")],
        )


@rule(
    "output/fallback-to-itself",
    on="/fallbacks",
    endpoints=("messages",),
    bad=(Example(body(model="claude-fable-5", fallbacks=[{"model": "claude-fable-5"}]), at="/fallbacks/0/model"),),
    good=(
        Example(body(model="claude-fable-5", fallbacks=[{"model": "claude-opus-5"}])),
        Example(body(model="claude-fable-5", fallbacks="default")),
    ),
)
def fallback_to_itself(fallbacks: Node, request: Request) -> None:
    """`fallbacks` names the model of the request.

    Why: It is the one that declined, and the API refuses the list.

    Source: The documentation's page on refusals and fallback; the text of the refusal was not seen.
    """
    model = request.root.at("model")
    for fallback in fallbacks.items():
        if model.text() and fallback.text("model") == model.text():
            fallback.at("model").report(
                f"{code(str(model.value))} is the model of the request, which a fallback must not be",
                help="name another model, or remove this entry",
                related=request.model_set_here,
            )
            return


@rule(
    "output/fallbacks-with-credit-token",
    on="/fallbacks",
    endpoints=("messages",),
    bad=(
        Example(
            body(model="claude-opus-5", fallbacks=[{"model": "claude-opus-4-8"}], fallback_credit_token="fct_01"),  # noqa: S106
            at="/fallbacks",
        ),
    ),
    good=(
        Example(body(model="claude-opus-5", fallbacks=[{"model": "claude-opus-4-8"}], fallback_credit_token=None)),
        Example(body(model="claude-opus-5", fallback_credit_token="fct_01")),  # noqa: S106
    ),
)
def fallbacks_with_credit_token(fallbacks: Node, request: Request) -> None:
    """A request has both `fallbacks` and `fallback_credit_token`.

    Why: The token is for a second try that you make yourself; with `fallbacks` the API makes it.

    Source: The notes of the SDK on `fallbacks`, which exclude the two; the text of the refusal was not seen.
    """
    token = request.root.at("fallback_credit_token")
    if fallbacks.value and token.value:
        fallbacks.report(
            "`fallbacks` is not allowed with `fallback_credit_token`",
            help="remove one of the two",
            target=Target.KEY,
            related=[(token, "the token is set here")],
        )


@rule(
    "output/fallback-setting-without-beta",
    on="/fallbacks",
    endpoints=("messages",),
    severity=Severity.WARNING,
    bad=(
        Example(
            body(model="claude-fable-5", fallbacks=[{"model": "claude-opus-5", "thinking": {"type": "adaptive"}}]),
            at="/fallbacks/0/thinking",
            betas=(_FALLBACKS,),
        ),
    ),
    good=(
        Example(
            body(model="claude-fable-5", fallbacks=[{"model": "claude-opus-5", "max_tokens": 2048}]),
            betas=(_FALLBACKS,),
        ),
        Example(
            body(model="claude-fable-5", fallbacks=[{"model": "claude-opus-5", "thinking": {"type": "adaptive"}}]),
            betas=(_FALLBACKS_WITH_SETTINGS,),
        ),
    ),
)
def fallback_setting_without_beta(fallbacks: Node, request: Request) -> None:
    """An entry of `fallbacks` has settings that came with a later beta header than the one that is sent.

    Why: `output_config`, `speed` and `thinking` of an entry follow `server-side-fallback-2026-07-01`. What the API
    makes of them under the first header was not seen, so this is a warning.

    Source: The notes of the SDK on the entries of `fallbacks`.
    """
    if not request.sends(_FALLBACKS) or request.sends(_FALLBACKS_WITH_SETTINGS):
        return
    for fallback in fallbacks.items():
        for name in ("output_config", "speed", "thinking"):
            setting = fallback.at(name)
            if setting.value is not None:
                setting.report(
                    f"`{name}` of a fallback needs the beta header `{_FALLBACKS_WITH_SETTINGS}`, which is not sent",
                    help=f"send `{_FALLBACKS_WITH_SETTINGS}` in place of `{_FALLBACKS}`",
                    target=Target.KEY,
                )

"""The choice of a tool by `tool_choice`."""

from __future__ import annotations

from typing import Final

from ..common.wording import code, names, shown
from ..engine.request import Node, Request
from ..engine.rule import Example, body, rule
from ..report import Target
from .shared.fixes import meant_instead
from .shared.offered_tools import OFFERED, callers, is_for_code, offered

_SEARCH = {"name": "search", "description": "Searches the catalogue.", "input_schema": {"type": "object"}}
_CODE_EXECUTION = {"type": "code_execution_20260120", "name": "code_execution"}
_BY_CODE = {"allowed_callers": ["code_execution_20260120"]}
_BROWSER = {"type": "browser_toolset_20260801"}
_ANY = {"type": "any"}
_SERVER = {"type": "url", "name": "shop", "url": "https://example.com/mcp"}
_THINKING = {"type": "enabled", "budget_tokens": 2048}

_FORCING: Final = frozenset({"any", "tool"})


@rule(
    "tool-choice/unknown-tool",
    on="/tool_choice",
    mentions=("tool",),
    rests_on=OFFERED,
    bad=(
        Example(body(tools=[_SEARCH], tool_choice={"type": "tool", "name": "serach"}), at="/tool_choice/name"),
        Example(body(tool_choice={"type": "tool", "name": "search"}), at="/tool_choice/name"),
    ),
    good=(
        Example(body(tools=[_SEARCH], tool_choice={"type": "tool", "name": "search"})),
        Example(body(tools=[_SEARCH], tool_choice=_ANY)),
        Example(body(mcp_servers=[_SERVER], tool_choice={"type": "tool", "name": "buy"})),
        Example(
            body(tools=[{"type": "mcp_toolset", "mcp_server_name": "shop"}], mcp_servers=[_SERVER], tool_choice=_ANY)
        ),
    ),
    api_messages=("Tool '{name}' not found in provided tools",),
)
def unknown_tool(tool_choice: Node, request: Request) -> None:
    """`tool_choice` names a tool that `tools` does not define.

    Why: A choice of type `tool` forces the model to call that tool, so it must be defined. If tools can come from
    elsewhere (an MCP server, a thread, a system message), nothing is reported.

    Fix: Replaces the name with the likely one; unsafe, because that is a guess.

    Source: The API's refusal, seen live in 2026-08 and 2026-09 and in four more places, also without any `tools`.
    """
    name = tool_choice.text("name")
    offer = request.cached(offered)
    if name is None or tool_choice.text("type") != "tool" or _is_refused_anyway(request):
        return
    if not offer.complete or name in offer.names or name in offer.members or name in offer.toolsets:
        return
    defined = offer.names
    meant = offer.nearest(name)
    if meant is not None:
        advice = f"did you mean {code(meant)}?"
    elif defined:
        advice = f"the tools defined are {names(defined)}"
    else:
        advice = "define the tool in `tools`, or leave `tool_choice` out"
    place = tool_choice.at("name")
    place.report(
        f"`name` is {shown(name)}, but must be the name of a tool in `tools`",
        help=advice,
        api={"name": name},
        fix=meant_instead(place, meant),
    )


@rule(
    "tool-choice/without-tools",
    on="/tool_choice",
    mentions=("any",),
    rests_on=OFFERED,
    bad=(
        Example(body(tool_choice=_ANY), at="/tool_choice"),
        Example(body(tools=[], tool_choice=_ANY), at="/tool_choice"),
    ),
    good=(
        Example(body(tool_choice={"type": "auto"})),
        Example(body(tools=[], tool_choice={"type": "none"})),
        Example(body(tools=[_SEARCH], tool_choice=_ANY)),
        Example(body(mcp_servers=[_SERVER], tool_choice=_ANY)),
    ),
    api_messages=(
        "tool_choice.any may only be specified while providing tools",
        "tool_choice may only be specified while providing tools",
    ),
)
def without_tools(tool_choice: Node, request: Request) -> None:
    """`tool_choice` forces a tool call, but the request has no tools.

    Why: Without tools there is nothing to call. The types `auto` and `none` are accepted without tools today; until
    about the end of 2025, and longer on Amazon Bedrock, they were refused as well.

    Source: The API's refusal, seen live in 2026-08 and 2026-09; the older wording in eight public files.
    """
    offer = request.cached(offered)
    if tool_choice.text("type") != "any" or request.root.items("tools") or _is_refused_anyway(request):
        return
    if offer.complete:
        tool_choice.report(
            '`tool_choice` of type "any" forces a tool call, but `tools` has no tool',
            help="define the tools in `tools`, or leave `tool_choice` out",
        )


@rule(
    "tool-choice/forced-with-thinking",
    on="/tool_choice",
    mentions=("any", "tool"),
    bad=(
        Example(
            body(max_tokens=4096, tools=[_SEARCH], tool_choice=_ANY, thinking=_THINKING),
            at="/tool_choice/type",
        ),
        Example(
            body(
                max_tokens=4096,
                tools=[_SEARCH],
                tool_choice={"type": "tool", "name": "search"},
                thinking=_THINKING,
            ),
            at="/tool_choice/type",
        ),
    ),
    good=(
        Example(body(max_tokens=4096, tools=[_SEARCH], tool_choice={"type": "auto"}, thinking=_THINKING)),
        Example(body(tools=[_SEARCH], tool_choice=_ANY, thinking={"type": "disabled"})),
        Example(body(model="claude-opus-4-6", tools=[_SEARCH], tool_choice=_ANY, thinking={"type": "adaptive"})),
    ),
    api_messages=("Thinking may not be enabled when tool_choice forces tool use.",),
)
def forced_with_thinking(tool_choice: Node, request: Request) -> None:
    """`tool_choice` forces a tool call while thinking is enabled with a budget.

    Why: A forced call starts the answer with the call itself, which leaves no room to think before it. Adaptive
    thinking is accepted, on models that support forced calls at all.

    Source: The documentation's page on extended thinking, and the API's refusal, seen since 2025-02 in four public
    threads.
    """
    kind = tool_choice.text("type")
    if kind in _FORCING and _thinks_on_a_budget(request) and not _is_refused_by_the_model(request):
        tool_choice.at("type").report(
            f'`type` is {shown(kind)}, but must be "auto" or "none" while thinking is enabled with a budget',
            help='use `"type": "auto"` and ask for the call in the prompt, or set `thinking` to `{"type": "disabled"}`',
            related=[(request.root.at("thinking", "type"), "thinking is enabled here")],
        )


@rule(
    "tool-choice/forced-unsupported-model",
    on="/tool_choice",
    mentions=("any", "tool"),
    models=lambda model: model.fact("forced_tool_choice") is False,
    bad=(
        Example(body(model="claude-opus-5-5", tools=[_SEARCH], tool_choice=_ANY), at="/tool_choice/type"),
        Example(
            body(model="claude-sonnet-5-5", tools=[_SEARCH], tool_choice={"type": "tool", "name": "search"}),
            at="/tool_choice/type",
        ),
    ),
    good=(
        Example(body(model="claude-opus-5-5", tools=[_SEARCH], tool_choice={"type": "auto"})),
        Example(body(model="claude-opus-5", tools=[_SEARCH], tool_choice=_ANY)),
        Example(body(model="claude-haiku-5-5", tools=[_SEARCH], tool_choice=_ANY)),
    ),
    api_messages=('tool_choice: type "tool" and "any" are not supported for this model.',),
)
def forced_unsupported_model(tool_choice: Node, request: Request) -> None:
    """`tool_choice` forces a tool call, which the model does not support.

    Why: Models that always think, from Fable 5.1 on, decide for themselves whether to call a tool.

    Source: The documentation's pages on what is new in these models, and the API's refusal, seen in 2026-08 and
    2026-09; counting tokens is refused as well.
    """
    kind = tool_choice.text("type")
    if kind in _FORCING:
        tool_choice.at("type").report(
            f'`type` is {shown(kind)}, but must be "auto" or "none" for {code(request.model_name)}',
            help='use `"type": "auto"` and ask for the call in the prompt, or `output_config.format` for an answer '
            "of a fixed shape",
            related=request.model_set_here,
        )


@rule(
    "tool-choice/toolset-member",
    on="/tool_choice",
    mentions=("tool",),
    rests_on=OFFERED,
    bad=(
        Example(
            body(model="claude-opus-5", tools=[_BROWSER], tool_choice={"type": "tool", "name": "navigate"}),
            at="/tool_choice/name",
        ),
        Example(
            body(model="claude-opus-5", tools=[_BROWSER], tool_choice={"type": "tool", "name": "browser"}),
            at="/tool_choice/name",
        ),
    ),
    good=(
        Example(body(model="claude-opus-5", tools=[_BROWSER], tool_choice=_ANY)),
        Example(
            body(
                model="claude-opus-5",
                tools=[_BROWSER, _SEARCH | {"name": "navigate"}],
                tool_choice={"type": "tool", "name": "navigate"},
            )
        ),
    ),
)
def toolset_member(tool_choice: Node, request: Request) -> None:
    """`tool_choice` names a toolset, or one of its members.

    Why: The members of a computer or browser toolset cannot be forced individually; the types `auto`, `any` and `none`
    are accepted.

    Source: The documentation's tool reference, on what the API refuses for client toolsets.
    """
    name = tool_choice.text("name")
    offer = request.cached(offered)
    if name is None or tool_choice.text("type") != "tool" or name in offer.names or _is_refused_anyway(request):
        return
    toolset = name if name in offer.toolsets else offer.members.get(name)
    if toolset is not None:
        what = "the name of a toolset" if name == toolset else f"a member of the {toolset} toolset"
        tool_choice.at("name").report(
            f"`name` is {shown(name)}, {what}, which cannot be forced",
            help='use `"type": "any"` for a call of some tool, or `"auto"` and ask for it in the prompt',
            related=[(offer.toolsets[toolset].at("type"), "the toolset is here")],
        )


@rule(
    "tool-choice/not-directly-callable",
    on="/tool_choice",
    mentions=("tool",),
    rests_on=OFFERED,
    bad=(
        Example(
            body(
                model="claude-opus-5",
                tools=[_CODE_EXECUTION, _SEARCH | _BY_CODE],
                tool_choice={"type": "tool", "name": "search"},
            ),
            at="/tool_choice/name",
        ),
    ),
    good=(
        Example(
            body(
                model="claude-opus-5",
                tools=[_CODE_EXECUTION, _SEARCH | {"allowed_callers": ["direct", "code_execution_20260120"]}],
                tool_choice={"type": "tool", "name": "search"},
            )
        ),
    ),
)
def not_directly_callable(tool_choice: Node, request: Request) -> None:
    """`tool_choice` names a tool that only code may call.

    Why: In a forced call the model itself calls the tool, which `allowed_callers` without `direct` does not allow.

    Source: The documentation's page on programmatic tool calling, which lists it as a 400.
    """
    name = tool_choice.text("name")
    if name is None or tool_choice.text("type") != "tool" or _is_refused_anyway(request):
        return
    tool = request.cached(offered).names.get(name)
    allowed = callers(tool) if tool is not None else []
    if tool is not None and allowed and all(is_for_code(caller) for caller in allowed):
        tool_choice.at("name").report(
            f"`name` is {shown(name)}, a tool that only code may call",
            help='add "direct" to its `allowed_callers`, or choose another tool',
            related=[(tool.at("allowed_callers"), "its callers are set here")],
        )


@rule(
    "tool-choice/programmatic-parallel",
    on="/tool_choice",
    mentions=("disable_parallel_tool_use",),
    bad=(
        Example(
            body(
                model="claude-opus-5",
                tools=[_CODE_EXECUTION, _SEARCH | _BY_CODE],
                tool_choice={"type": "auto", "disable_parallel_tool_use": True},
            ),
            at="/tool_choice/disable_parallel_tool_use",
        ),
    ),
    good=(
        Example(
            body(
                model="claude-opus-5",
                tools=[_CODE_EXECUTION, _SEARCH | _BY_CODE],
                tool_choice={"type": "auto", "disable_parallel_tool_use": False},
            )
        ),
        Example(body(tools=[_SEARCH], tool_choice={"type": "auto", "disable_parallel_tool_use": True})),
    ),
)
def programmatic_parallel(tool_choice: Node, request: Request) -> None:
    """`disable_parallel_tool_use` is set while code may call a tool.

    Why: Code may call many tools at once, so the API refuses the combination.

    Source: The documentation's page on programmatic tool calling; the text of the refusal was not seen.
    """
    if not tool_choice.flag("disable_parallel_tool_use"):
        return
    for name, tool in request.cached(offered).names.items():
        if any(is_for_code(caller) for caller in callers(tool)):
            tool_choice.at("disable_parallel_tool_use").report(
                "`disable_parallel_tool_use` is not supported with tools that code may call",
                help=f"remove it, or leave {code(name)} to the model by removing its `allowed_callers`",
                target=Target.KEY,
                related=[(tool.at("allowed_callers"), "the callers are set here")],
            )
            return


def _thinks_on_a_budget(request: Request) -> bool:
    """Whether thinking is enabled with a budget, on a model that supports it."""
    taken = request.fact("thinking")
    return request.root.text("thinking", "type") == "enabled" and (taken is None or "enabled" in taken)


def _is_refused_by_the_model(request: Request) -> bool:
    return request.fact("forced_tool_choice") is False


def _is_refused_anyway(request: Request) -> bool:
    """Whether a forced call is refused for any tool, so that a report on the tool would be noise."""
    return _is_refused_by_the_model(request) or _thinks_on_a_budget(request)

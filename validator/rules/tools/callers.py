"""Who may call a tool: the model, or code that it runs; and what the API adds for code by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ...common.wording import code, shown
from ...engine.rule import Example, body, rule
from ...report import Severity
from ..shared.offered_tools import FILTERING_SINCE, callers, family, is_for_code
from ..shared.toolbox import toolbox

if TYPE_CHECKING:
    from ...engine.request import Node, Request
    from ...engine.setup import SetupView

_SEARCH: Final = {"name": "search", "description": "Searches the catalogue.", "input_schema": {"type": "object"}}
_BY_CODE: Final = _SEARCH | {"allowed_callers": ["code_execution_20260120"]}
_BY_BOTH: Final = _SEARCH | {"allowed_callers": ["direct", "code_execution_20260120"]}
_BY_OLD_CODE: Final = _SEARCH | {"allowed_callers": ["code_execution_20250825"]}
_OWN_CODE: Final = _SEARCH | {"name": "code_execution"}
_OLD_CODE_TOOL: Final = {"type": "code_execution_20250825", "name": "code_execution"}
_CODE_TOOL: Final = {"type": "code_execution_20260120", "name": "code_execution"}
_NEWEST_CODE_TOOL: Final = {"type": "code_execution_20260521", "name": "code_execution"}
_FILTERING_SEARCH: Final = {"type": "web_search_20260209", "name": "web_search"}
_WEB_SEARCH: Final = {"type": "web_search_20250305", "name": "web_search"}

_CODE_EXECUTION: Final = "code_execution"
_WEB_TOOLS: Final = frozenset({"web_search", "web_fetch"})
_ADDED_SINCE: Final = "20260120"
"""The version of the code execution tool that the API adds by itself, as far as it is known."""
_CONFLICT: Final = "Auto-injecting tools would conflict with existing tool names: ['code_execution']"


@rule(
    "tools/programmatic-unsupported-model",
    on="/tools/*",
    types=("*",),
    mentions=("allowed_callers",),
    if_value=lambda tool: isinstance(tool, dict) and bool(tool.get("allowed_callers")),
    models=lambda model: model.fact("programmatic_calls") is False,
    platforms=("anthropic",),
    rests_on=("/tools/./allowed_callers/*",),
    bad=(
        Example(body(tools=[_CODE_TOOL, _BY_CODE]), at="/tools/1/allowed_callers"),
        Example(body(tools=[_OLD_CODE_TOOL, _BY_OLD_CODE]), at="/tools/1/allowed_callers"),
    ),
    good=(
        Example(body(tools=[_CODE_TOOL, _SEARCH | {"allowed_callers": ["direct"]}])),
        Example(body(model="claude-opus-5", tools=[_CODE_TOOL, _BY_CODE])),
    ),
    api_messages=(
        "'{model}' does not support programmatic tool calling. The following tools have `allowed_callers` that …",
    ),
)
def programmatic_unsupported_model(tool: Node, request: Request) -> None:
    """A tool is left to code, on a model whose code cannot call tools.

    Why: Claude Haiku 4.5 runs code, but the code calls no tools.

    Source: The API's refusal, seen in several public places for web tools; the documentation's page on programmatic
    tool calling for all tools.
    """
    allowed = callers(tool)
    if not allowed or not all(map(is_for_code, allowed)) or family(tool.type or "custom") in _WEB_TOOLS:
        return
    model = code(request.model_name)
    tool.at("allowed_callers").report(
        f"`allowed_callers` leaves {code(tool.text('name') or 'the tool')} to code, which {model} cannot do",
        help='write `["direct"]`, or leave `allowed_callers` out',
        related=request.model_set_here,
    )


@rule(
    "tools/caller-version",
    on="/tools",
    mentions=("allowed_callers",),
    platforms=("anthropic",),
    rests_on=("/tools/*/type", "/tools/*/allowed_callers/*"),
    bad=(
        Example(
            body(model="claude-opus-5", tools=[_OLD_CODE_TOOL, _BY_CODE]),
            at="/tools/1/allowed_callers/0",
        ),
        Example(
            body(model="claude-opus-5", tools=[_CODE_TOOL, _BY_OLD_CODE]),
            at="/tools/1/allowed_callers/0",
        ),
    ),
    good=(
        Example(body(model="claude-opus-5", tools=[_CODE_TOOL, _BY_CODE])),
        Example(body(model="claude-opus-5", tools=[_NEWEST_CODE_TOOL, _BY_CODE])),
        Example(body(model="claude-opus-5", tools=[_OLD_CODE_TOOL, _BY_OLD_CODE])),
        Example(body(model="claude-opus-5", tools=[_OLD_CODE_TOOL, _SEARCH | {"allowed_callers": ["direct"]}])),
    ),
    api_messages=(_CONFLICT,),
)
def caller_version(tools: Node, request: Request) -> None:
    """`allowed_callers` names another version of code execution than the tool that is declared.

    Why: For `code_execution_20260120` the API adds a tool of that version, whose name the older one has already. The
    other way round, a newer tool beside callers of an older version, is a warning, as its refusal was not seen. It is
    reported once, at the first such caller.

    Source: The API's refusal, seen in many public places for the web tools, which have the tool added in the same way.
    """
    if request.fact("programmatic_calls") is False:
        return
    declared = [tool for tool in tools.items() if _is_code_tool(tool)]
    if not declared or any(_filters(tool) for tool in tools.items()):
        return
    is_new = any(_version(tool.type) >= _ADDED_SINCE for tool in declared)
    kind = declared[0].type or ""
    for tool in tools.items():
        for caller in tool.items("allowed_callers"):
            name = caller.text() or ""
            if is_for_code(name) and (_version(name) >= _ADDED_SINCE) is not is_new:
                wanted = "code_execution_20260120" if is_new else kind
                caller.report(
                    f"{code(name)} may call the tool, but the code execution tool here is {code(kind)}",
                    help=f"write {code(wanted)}"
                    if is_new
                    else f"use {code('code_execution_20260521')} as the code execution tool, or write {code(wanted)}",
                    related=[(declared[0].at("type"), "the code execution tool is here")],
                    severity=Severity.WARNING if is_new else None,
                    api=None if is_new else {},
                )
                return


def _is_of_that_name(tool: Any) -> bool:
    return isinstance(tool, dict) and tool.get("name") == _CODE_EXECUTION


def _has_none_of_that_name(view: SetupView) -> bool:
    known = view.cached(toolbox)
    return known is not None and _CODE_EXECUTION not in known.names


@rule(
    "tools/name-of-added-tool",
    on="/tools/*",
    types=("custom",),
    if_value=_is_of_that_name,
    skip_if_setup=_has_none_of_that_name,
    platforms=("anthropic",),
    rests_on=("/tools/*/type", "/tools/*/allowed_callers/*"),
    bad=(
        Example(body(model="claude-opus-5", tools=[_FILTERING_SEARCH, _OWN_CODE]), at="/tools/1/name"),
        Example(body(model="claude-opus-5", tools=[_OWN_CODE, _BY_BOTH]), at="/tools/0/name"),
    ),
    good=(
        Example(body(model="claude-opus-5", tools=[_WEB_SEARCH, _OWN_CODE])),
        Example(body(model="claude-opus-5", tools=[_FILTERING_SEARCH | {"allowed_callers": ["direct"]}, _OWN_CODE])),
        Example(body(model="claude-opus-5", tools=[_FILTERING_SEARCH, _CODE_TOOL])),
    ),
    api_messages=(_CONFLICT,),
)
def name_of_added_tool(tool: Node, request: Request) -> None:
    """A tool of your own has the name of the tool that the API adds by itself.

    Why: The web tools from version 20260209 on, and tools that code may call, bring a tool `code_execution` along.

    Source: The API's refusal, seen in many public places.
    """
    if request.fact("programmatic_calls") is False:
        return
    others = request.root.items("tools")
    adds = next((other for other in others if _filters(other) or _brings_code(other)), None)
    if adds is not None and not any(map(_is_code_tool, others)):
        tool.at("name").report(
            f"`name` is {shown(_CODE_EXECUTION)}, but the API itself adds a tool of that name here",
            help="rename the tool",
            related=[(adds, "the API adds it for this tool")],
            api={},
        )


def _is_code_tool(tool: Node) -> bool:
    return family(tool.type or "") == _CODE_EXECUTION


def _filters(tool: Node) -> bool:
    """Whether it is a web tool that brings code execution along."""
    kind = tool.type or ""
    return family(kind) in _WEB_TOOLS and _version(kind) >= FILTERING_SINCE and callers(tool) != ["direct"]


def _brings_code(tool: Node) -> bool:
    return any(is_for_code(caller) and _version(caller) >= _ADDED_SINCE for caller in callers(tool))


def _version(kind: Any) -> str:
    return str(kind or "").rpartition("_")[2]

"""Tool definitions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from ...common.wording import Names, code, count, either, joined, names, shown
from ...engine.request import Node, Request, repeated
from ...engine.rule import Example, body, rule
from ...facts import Model
from ...report import Severity, Target
from ...schema.store import headers_by_tag
from ..shared.offered_tools import (
    OFFERED,
    TOOLSETS,
    brings_code,
    callers,
    definitions,
    family,
    is_for_code,
    members,
    offered,
    runs_code,
)
from ..shared.toolbox import is_undescribed, offers_plain_tools

if TYPE_CHECKING:
    from ...common.pointer import Path

_SEARCH = {"name": "search", "description": "Searches the catalogue.", "input_schema": {"type": "object"}}
_LOOKUP = {"name": "lookup", "description": "Looks up one article.", "input_schema": {"type": "object"}}
_CUSTOM_WEB_SEARCH = {"name": "web_search", "description": "Our own search.", "input_schema": {"type": "object"}}
_WEB_SEARCH = {"type": "web_search_20250305", "name": "web_search"}
_TOOL_SEARCH = {"type": "tool_search_tool_bm25_20251119", "name": "tool_search_tool_bm25"}
_CODE_EXECUTION = {"type": "code_execution_20260120", "name": "code_execution"}
_COMPUTER = {"type": "computer_toolset_20260801"}
_BROWSER = {"type": "browser_toolset_20260801"}
_EDITOR = {"type": "text_editor_20250728", "name": "str_replace_based_edit_tool"}
_DEFERRED = {"defer_loading": True}
_BY_CODE = {"allowed_callers": ["code_execution_20260120"]}
_CACHED = {"cache_control": {"type": "ephemeral"}}

_FINE_STREAMING: Final = "fine-grained-tool-streaming-2025-05-14"
_INLINE_TOOLS: Final = "inline-tools-2026-09-15"

_FAMILY_FACTS: Final[Mapping[str, str]] = {
    "computer": "computer_tool",
    "computer_toolset": "computer_tool",
    "browser_toolset": "browser_tool",
    "text_editor": "text_editor",
    "code_execution": "code_execution",
}
"""The fact that lists the versions a model takes, by the kind of tool."""

_OFF_BY_DEFAULT: Final = frozenset({"file_upload", "read_console", "read_network", "javascript_exec"})
"""Members of the browser toolset that are there only where `configs` enables them."""


def _asked(*content: dict[str, Any], tools: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """Make a request in which the model has called a tool of ours, and gets `content` as its result."""
    return body(
        tools=tools,
        messages=[
            {"role": "user", "content": "Which tool is for articles?"},
            {
                "role": "assistant",
                "content": [{"type": "tool_use", "id": "toolu_1", "name": "search", "input": {"q": "articles"}}],
            },
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": list(content)}]},
        ],
        **changes,
    )


def _found(*tool_names: str) -> dict[str, Any]:
    """Make a request in whose history a search has found tools."""
    return body(
        tools=[_TOOL_SEARCH, _LOOKUP | _DEFERRED],
        messages=[
            {"role": "user", "content": "Look up article 5"},
            {
                "role": "assistant",
                "content": [
                    {
                        "type": "server_tool_use",
                        "id": "srvtoolu_1",
                        "name": "tool_search_tool_bm25",
                        "input": {"query": "article"},
                    },
                    {
                        "type": "tool_search_tool_result",
                        "tool_use_id": "srvtoolu_1",
                        "content": {
                            "type": "tool_search_tool_search_result",
                            "tool_references": [{"type": "tool_reference", "tool_name": name} for name in tool_names],
                        },
                    },
                    {"type": "text", "text": "There is a tool for it."},
                ],
            },
            {"role": "user", "content": "Then use it"},
        ],
    )


def _changed(kind: str, tool: dict[str, Any]) -> dict[str, Any]:
    """Make a request that adds or removes a tool midway."""
    return body(
        model="claude-opus-5",
        tools=[_SEARCH, _LOOKUP | _DEFERRED],
        messages=[
            {"role": "user", "content": "Look up article 5"},
            {"role": "system", "content": [{"type": kind, "tool": tool}]},
        ],
    )


def _browsed(call: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    """Make a request in which a member of the browser toolset was called."""
    return body(
        model="claude-opus-5",
        tools=[_BROWSER],
        messages=[
            {"role": "user", "content": "Open example.com"},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_1", "input": {}, **call}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", **result}]},
        ],
    )


def _state(*tabs: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "browser_state", "tabs": [{"title": "", "url": "about:blank", **tab} for tab in tabs], **more}


_NAVIGATE = {"name": "navigate", "toolset_name": "browser"}
_ECHO = {"toolset_name": "browser"}
_TAB = {"tab_id": "1", "active": True}


@rule(
    "tools/duplicate-name",
    on="/tools",
    skip_if_setup=offers_plain_tools,
    bad=(
        Example(body(tools=[_SEARCH, _LOOKUP, _SEARCH]), at="/tools/2/name"),
        Example(body(tools=[_WEB_SEARCH, _CUSTOM_WEB_SEARCH]), at="/tools/1/name"),
    ),
    good=(Example(body(tools=[_SEARCH, _LOOKUP, _WEB_SEARCH])),),
    api_messages=("tools: Tool names must be unique.",),
)
def duplicate_name(tools: Node, request: Request) -> None:
    """Two tools have the same name.

    Why: The model calls a tool by its name, so the API refuses two of one name, a tool of your own and one of the
    API's alike.

    Source: The API's refusal, seen since tools exist in at least seven public issue threads.
    """
    for name, first in repeated(tool.at("name") for tool in tools.items()):
        spelt = code(name.value)
        name.report(
            f"{spelt} is the name of another tool already, but tool names must be unique",
            help="rename one of the two tools, or remove it",
            related=[(first, f"{spelt} is defined here first")],
        )


@rule(
    "tools/no-description",
    on="/tools/*",
    types=("custom",),
    skip_if_setup=offers_plain_tools,
    if_value=is_undescribed,
    severity=Severity.WARNING,
    rests_on=("/tools/./description", "/tool_choice/type", "/tool_choice/name"),
    bad=(
        Example(body(tools=[{"name": "search", "input_schema": {"type": "object"}}]), at="/tools/0"),
        Example(body(tools=[_SEARCH | {"description": ""}]), at="/tools/0/description"),
    ),
    good=(
        Example(body(tools=[_SEARCH, _WEB_SEARCH, _CODE_EXECUTION])),
        Example(
            body(
                tools=[{"name": "answer", "input_schema": {"type": "object"}}],
                tool_choice={"type": "tool", "name": "answer"},
            )
        ),
    ),
)
def no_description(tool: Node, request: Request) -> None:
    """A tool of your own has no description.

    Why: The description is what the model decides by whether to call a tool, and what it fills in the arguments by;
    the documentation calls a detailed one by far the most important factor in how well a tool is used. A tool that
    `tool_choice` forces is called anyway, and needs none for that.

    Source: The documentation's page on defining tools.
    """
    name = tool.text("name")
    description = tool.at("description")
    if name is None or tool.at("input_schema").value is None or description.value not in (None, ""):
        return
    if request.root.text("tool_choice", "name") == name:
        return
    if "description" in tool.value:
        description.report(
            f"`description` of the tool {code(name)} is empty", help="say what the tool does and when to use it"
        )
    else:
        tool.report(
            f"the tool {code(name)} has no `description`",
            help="add one that says what the tool does and when to use it",
            target=Target.HOLDER,
        )


@rule(
    "tools/all-deferred",
    on="/tools",
    mentions=("defer_loading",),
    bad=(
        Example(body(tools=[_SEARCH | _DEFERRED, _LOOKUP | _DEFERRED]), at="/tools"),
        Example(body(tools=[_TOOL_SEARCH | _DEFERRED, _LOOKUP | _DEFERRED]), at="/tools"),
    ),
    good=(
        Example(body(tools=[_TOOL_SEARCH, _LOOKUP | _DEFERRED])),
        Example(body(tools=[_SEARCH, _LOOKUP | _DEFERRED])),
        Example(body(tools=[_LOOKUP | _DEFERRED]), betas=(_INLINE_TOOLS,)),
    ),
    api_messages=("At least one tool must have defer_loading=false. All tools cannot be deferred.",),
)
def all_deferred(tools: Node, request: Request) -> None:
    """Every tool has `defer_loading`.

    Why: A deferred tool is not in the prompt until a search finds it, so with all of them deferred the model has
    nothing to begin with. With the beta `inline-tools-2026-09-15`, which can add tools midway, it is accepted.

    Source: The documentation's page on the tool search tool, and the API's refusal, seen live; the page on tool changes
    for the beta.
    """
    if not _all_deferred(request):
        return
    search = [name for tool in tools.items() if _is_tool_search(tool) and (name := tool.text("name"))]
    tools.report(
        "`tools` has only tools with `defer_loading`, but at least one must be loaded from the start",
        help=f"remove `defer_loading` from {code(search[0])}"
        if search
        else "remove `defer_loading` from the tools that are used most, or add a tool search tool without it",
    )


@rule(
    "tools/deferred-tool-search",
    on="/tools/*",
    types=("tool_search_tool_*",),
    severity=Severity.WARNING,
    bad=(Example(body(tools=[_SEARCH, _TOOL_SEARCH | _DEFERRED]), at="/tools/1/defer_loading"),),
    good=(Example(body(tools=[_TOOL_SEARCH | {"defer_loading": False}, _LOOKUP | _DEFERRED])),),
)
def deferred_tool_search(tool: Node, request: Request) -> None:
    """The tool search tool itself has `defer_loading`.

    Why: A deferred tool is there only after a search has found it, and without its tool the model cannot search.

    Source: The documentation's page on the tool search tool: never defer the search tool itself.
    """
    if tool.flag("defer_loading") and not _all_deferred(request):
        tool.at("defer_loading").report(
            "`defer_loading` is true for the tool search tool, but the model must have that tool to search",
            help="remove `defer_loading` here; it is for the tools to be found",
            target=Target.KEY,
        )


@rule(
    "tools/deferred-cache-control",
    on=("/tools/*", "/messages/*/content/*"),
    types=("*",),
    mentions=("defer_loading", "tool_addition"),
    if_value=lambda value: (
        isinstance(value, dict) and (value.get("defer_loading") is True or value.get("type") == "tool_addition")
    ),
    bad=(
        Example(body(tools=[_TOOL_SEARCH, _LOOKUP | _DEFERRED | _CACHED]), at="/tools/1/cache_control"),
        Example(
            _changed(
                "tool_addition", {"type": "tool_definition", "definition": _CUSTOM_WEB_SEARCH | _DEFERRED | _CACHED}
            ),
            at="/messages/1/content/0/tool/definition/cache_control",
        ),
    ),
    good=(
        Example(body(tools=[_TOOL_SEARCH | _CACHED, _LOOKUP | _DEFERRED])),
        Example(body(model="my-gateways-own", tools=[_SEARCH | {"defer_loading": False} | _CACHED])),
        Example(body(tools=[_SEARCH, _LOOKUP | _DEFERRED | {"cache_control": None}])),
    ),
    api_messages=("Tool '{name}' cannot have both defer_loading=true and cache_control set",),
)
def deferred_cache_control(value: Node, request: Request) -> None:
    """A tool has both `defer_loading` and `cache_control`.

    Why: A deferred tool is not part of the prompt's beginning, which is what is cached; the API refuses it.

    Source: The API's refusal, seen in 2026; the documentation's page on the tool search tool ("the API returns a 400"),
    and that on tool changes for tools defined midway.
    """
    tool = value.at("tool", "definition") if value.type == "tool_addition" else value
    marker = tool.at("cache_control")
    if tool.flag("defer_loading") and isinstance(marker.value, dict):
        name = tool.text("name")
        marker.report(
            "`cache_control` is not allowed for a tool with `defer_loading`",
            help=f"move `cache_control` to a tool that is not deferred, or load {code(name) if name else 'this one'} "
            "from the start",
            target=Target.KEY,
            related=[(tool.at("defer_loading"), "the tool is deferred here")],
            api={"name": name} if name else None,
        )


@rule(
    "tools/tool-reference-unknown",
    on="/messages/*/content/**",
    types=("tool_reference",),
    rests_on=OFFERED,
    bad=(
        Example(
            _found("lookup", "look_up"),
            at="/messages/1/content/1/content/tool_references/1/tool_name",
        ),
        Example(
            _asked({"type": "tool_reference", "tool_name": "lookpu"}, tools=[_SEARCH, _LOOKUP | _DEFERRED]),
            at="/messages/2/content/0/content/0/tool_name",
        ),
    ),
    good=(
        Example(_found("lookup", "tool_search_tool_bm25")),
        Example(_asked({"type": "tool_reference", "tool_name": "lookup"}, tools=[_SEARCH, _LOOKUP | _DEFERRED])),
        Example(
            _asked(
                {"type": "tool_reference", "tool_name": "lookpu"},
                tools=[_SEARCH, {"type": "mcp_toolset", "mcp_server_name": "shop"}],
                mcp_servers=[{"type": "url", "name": "shop", "url": "https://example.com/mcp"}],
            )
        ),
    ),
    api_messages=("Tool reference '{name}' not found in available tools",),
)
def tool_reference_unknown(reference: Node, request: Request) -> None:
    """The result of a tool search refers to a tool that `tools` does not define.

    Why: The API puts the definition in the place of each reference, throughout the history, so the definition has to be
    sent with every request. Where tools can come from elsewhere (an MCP server, a thread, a system message), nothing is
    said. A name that is missed more than once is reported once.

    Source: The documentation's page on the tool search tool, which quotes the refusal.
    """
    name = reference.text("tool_name")
    offer = request.cached(offered)
    if name is None or not offer.complete or name in offer.names or name in offer.members or name in offer.toolsets:
        return
    missed = request.cached(_missed_references)
    if name in missed:
        return
    missed.add(name)
    reference.at("tool_name").report(
        f"`tool_name` is {shown(name)}, but must be the name of a tool in `tools`",
        help=_meant(offer.nearest(name), "define the tool in `tools`, usually with `defer_loading`"),
        api={"name": name},
    )


@rule(
    "tools/change-unknown-tool",
    on="/messages/*/content/*",
    types=("tool_addition", "tool_removal"),
    rests_on=OFFERED,
    bad=(
        Example(
            _changed("tool_addition", {"type": "tool_reference", "name": "look_up"}),
            at="/messages/1/content/0/tool/name",
        ),
        Example(
            _changed("tool_removal", {"type": "tool_reference", "name": "browse"}),
            at="/messages/1/content/0/tool/name",
        ),
    ),
    good=(
        Example(_changed("tool_addition", {"type": "tool_reference", "name": "lookup"})),
        Example(_changed("tool_addition", {"type": "tool_definition", "definition": _CUSTOM_WEB_SEARCH})),
    ),
)
def change_unknown_tool(block: Node, request: Request) -> None:
    """A tool is added or removed midway that is defined nowhere.

    Why: The block only names a tool; its definition has to be in `tools`, deferred if the model shall not have it
    from the start, or in an earlier `tool_addition`.

    Source: The documentation's page on tool changes: a name that is not declared is a 400
    (`tool_reference_unresolved`).
    """
    name = block.text("tool", "name")
    if name is None or block.text("tool", "type") != "tool_reference" or request.root.at("thread").value is not None:
        return
    offer = request.cached(offered)
    known = request.cached(_known_names)
    if name not in known and offer.readable:
        block.at("tool", "name").report(
            f"`name` is {shown(name)}, but must be the name of a tool in `tools`",
            help=_meant(
                request.cached(_index_of_known_names).nearest(name),
                "define the tool in `tools`, with `defer_loading` if it is for later",
            ),
        )


@rule(
    "tools/definition-name-conflict",
    on="/messages/*/content/*",
    types=("tool_addition",),
    bad=(
        Example(
            _changed("tool_addition", {"type": "tool_definition", "definition": _EDITOR | {"name": "lookup"}})
            | {"tools": [_SEARCH, {"type": "bash_20250124", "name": "bash"}]}
            | {
                "messages": [
                    {"role": "user", "content": "Look up article 5"},
                    {
                        "role": "system",
                        "content": [
                            {
                                "type": "tool_addition",
                                "tool": {"type": "tool_definition", "definition": _SEARCH | {"name": "bash"}},
                            }
                        ],
                    },
                ]
            },
            at="/messages/1/content/0/tool/definition/name",
        ),
    ),
    good=(Example(_changed("tool_addition", {"type": "tool_definition", "definition": _LOOKUP})),),
)
def definition_name_conflict(block: Node, request: Request) -> None:
    """A tool that is defined midway has the name of a tool of another kind.

    Why: A later definition replaces the earlier one of its name, which it can only do for the same kind of tool, in the
    same or another version.

    Source: The documentation's page on tool changes: a 400 (`tool_name_conflict`).
    """
    definition = block.at("tool", "definition")
    name = definition.text("name")
    other = request.cached(offered).names.get(name) if name is not None else None
    if name is None or other is None:
        return
    kind, other_kind = family(definition.type or "custom"), family(other.type or "custom")
    if kind != other_kind:
        definition.at("name").report(
            f"{code(name)} is the name of a tool of another kind in `tools`, so it cannot be defined as {code(kind)}",
            help="give the tool another name",
            related=[(other.at("name"), f"{code(name)} is defined here as {code(other_kind)}")],
        )


@rule(
    "tools/no-code-execution",
    on="/tools/*",
    types=("custom",),
    mentions=("allowed_callers",),
    if_value=lambda tool: isinstance(tool, dict) and bool(tool.get("allowed_callers")),
    severity=Severity.WARNING,
    rests_on=OFFERED,
    bad=(
        Example(
            body(model="claude-opus-5", tools=[_SEARCH | {"allowed_callers": ["code_execution_20250825"]}]),
            at="/tools/0/allowed_callers",
        ),
    ),
    good=(
        Example(body(model="claude-opus-5", tools=[_SEARCH | _BY_CODE])),
        Example(
            body(
                model="claude-opus-5",
                tools=[
                    {"type": "code_execution_20260521", "name": "code_execution"},
                    _SEARCH | _BY_CODE,
                ],
            )
        ),
        Example(body(model="claude-opus-5", tools=[_SEARCH | {"allowed_callers": ["direct"]}])),
        Example(
            body(
                model="claude-opus-5",
                tools=[_WEB_SEARCH | {"type": "web_search_20260209"}, _SEARCH | _BY_CODE],
            )
        ),
    ),
)
def no_code_execution(tool: Node, request: Request) -> None:
    """A tool can only be called by `code_execution_20250825`, and the request has no tool that runs code.

    Why: Such a tool is called from inside the code execution tool, which has to be in `tools` as well. For callers of
    later versions the API adds the code execution tool by itself.

    Source: The documentation's page on programmatic tool calling, which names the code execution tool as a requirement;
    what the API answers without it was not seen. Two recorded calls of Claude Opus 4.8 with the caller
    `code_execution_20260120` and without the tool were answered with a 200.
    """
    allowed = callers(tool)
    if not allowed or not all(is_for_code(caller) and not brings_code(caller) for caller in allowed):
        return
    offer = request.cached(offered)
    if offer.complete and not request.cached(_any_runs_code):
        tool.at("allowed_callers").report(
            f"`allowed_callers` leaves {code(tool.text('name') or 'this tool')} to code, but no tool runs code",
            help=f'add a code execution tool such as {code("code_execution_20250825")}, or allow "direct" as well',
        )


@rule(
    "tools/type-unsupported-model",
    on="/tools/*",
    types=("computer_*", "browser_toolset_*", "text_editor_*", "code_execution_*"),
    platforms=("anthropic", "google"),
    bad=(
        Example(
            body(
                model="claude-opus-4-6",
                tools=[{"type": "text_editor_20250429", "name": "str_replace_based_edit_tool"}],
            ),
            at="/tools/0/type",
        ),
        Example(
            body(
                model="claude-opus-5-5",
                tools=[
                    _SEARCH,
                    {
                        "type": "computer_20251124",
                        "name": "computer",
                        "display_width_px": 1024,
                        "display_height_px": 768,
                    },
                ],
            ),
            at="/tools/1/type",
        ),
        Example(body(tools=[_BROWSER]), at="/tools/0/type"),
        Example(
            body(
                model="claude-haiku-5-5",
                tools=[{"type": "code_execution_20250522", "name": "code_execution"}],
            ),
            at="/tools/0/type",
        ),
        Example(
            body(model="claude-opus-5-5", tools=[{"type": "text_editor_20250124", "name": "str_replace_editor"}]),
            at="/tools/0/type",
        ),
    ),
    good=(
        Example(
            body(
                model="claude-haiku-5-5",
                tools=[{"type": "code_execution_20250825", "name": "code_execution"}],
            )
        ),
        Example(
            body(
                tools=[
                    {
                        "type": "computer_20250124",
                        "name": "computer",
                        "display_width_px": 1024,
                        "display_height_px": 768,
                    }
                ]
            )
        ),
        Example(body(model="claude-opus-4-6", tools=[_EDITOR])),
        Example(body(model="claude-opus-5", tools=[_BROWSER, _COMPUTER])),
        Example(body(model="a-model-of-a-gateway", tools=[_BROWSER])),
    ),
    api_messages=(
        "'{model}' does not support tool types: {type}. Did you mean one of …?",
        "'claude-opus-4-7' does not support tool types: computer_20241022",
    ),
)
def type_unsupported_model(tool: Node, request: Request) -> None:
    """The model does not take this version of a tool of the API's.

    Why: The versions of the computer tool, the browser toolset and the text editor go with generations of models. Since
    the models of the 5.5 generation, the computer tool is a toolset on Anthropic's own API and Google Cloud. Where a
    model's versions are only inferred, it is a warning: older text editors with the 5.5 models and Claude Fable.

    Source: The API's refusals, seen from 2025-08 on; the documentation's pages on the computer use and browser use
    tools for the versions that each model takes, and its migration guide to Claude Haiku 5.5 for code execution.
    """
    kind, model = tool.type, request.model
    fact = _FAMILY_FACTS.get(family(kind)) if kind is not None else None
    if fact is None or kind is None or model is None:
        return
    taken = model.fact(fact)
    if not isinstance(taken, list) or kind in taken:
        return
    name = code(request.model_name)
    limit = f", but {name} takes {either(taken)}" if taken else f", which {name} does not support"
    tool.at("type").report(
        f"`type` is {shown(kind)}{limit}",
        help=f"use {_in_place(tool, kind, taken)}" if taken else _remove(tool, kind, model, fact),
        related=request.model_set_here,
        severity=Severity.WARNING if fact in (model.fact("inferred") or ()) else None,
        api={"model": model.id, "type": kind},
    )


@rule(
    "tools/toolset-streaming-header",
    on="/tools/*",
    types=("*_toolset_*",),
    bad=(
        Example(
            body(model="claude-opus-5-5", tools=[_COMPUTER]),
            at="/tools/0/type",
            betas=(_FINE_STREAMING,),
            ignore=["betas/deprecated"],
        ),
        Example(
            body(model="claude-opus-5", tools=[_BROWSER]),
            at="/tools/0/type",
            betas=(_FINE_STREAMING,),
            ignore=["betas/deprecated"],
        ),
    ),
    good=(
        Example(body(model="claude-opus-5-5", tools=[_COMPUTER])),
        Example(body(model="claude-opus-5-5", tools=[_COMPUTER]), betas=()),
    ),
)
def toolset_streaming_header(tool: Node, request: Request) -> None:
    """A client toolset goes with the beta header `fine-grained-tool-streaming-2025-05-14`.

    Why: The header turns streaming on for all tools, which the members of a toolset do not have. Other tools can have
    it each by themselves.

    Source: The documentation's migration guide to Claude Opus 5.5 and its page on the computer use tool: a 400.
    """
    if members(tool.type or "") and request.sends(_FINE_STREAMING):
        tool.at("type").report(
            f"{code(tool.type or '')} is not allowed with the beta header {code(_FINE_STREAMING)}",
            help='leave the header out, and set `"eager_input_streaming": true` on your own tools',
        )


@rule(
    "tools/toolset-duplicate",
    on="/tools/*",
    types=("*_toolset_*",),
    bad=(Example(body(model="claude-opus-5", tools=[_BROWSER, _SEARCH, _BROWSER]), at="/tools/2/type"),),
    good=(Example(body(model="claude-opus-5", tools=[_BROWSER, _COMPUTER])),),
)
def toolset_duplicate(tool: Node, request: Request) -> None:
    """The same toolset is listed twice.

    Why: Its members have fixed names, so a second entry would define the same tools again.

    Source: The documentation's tool reference, on what the API rejects for client toolsets.
    """
    name = (tool.type or "").partition("_")[0]
    first = request.cached(offered).toolsets.get(name)
    if first is not None and first.path != tool.path:
        tool.at("type").report(
            f"the {name} toolset is in `tools` already, but may be there only once",
            help="keep one of the two entries, with the `configs` of both",
            related=[(first.at("type"), "it is here first")],
        )


@rule(
    "tools/toolset-name-taken",
    on="/tools/*",
    mentions=TOOLSETS,
    if_value=lambda tool: isinstance(tool, dict) and tool.get("name") in ("browser", "computer"),
    bad=(Example(body(model="claude-opus-5", tools=[_COMPUTER, _SEARCH | {"name": "computer"}]), at="/tools/1/name"),),
    good=(
        Example(body(model="claude-opus-5", tools=[_COMPUTER, _SEARCH | {"name": "screenshot"}])),
        Example(body(model="claude-opus-5", tools=[_COMPUTER, _SEARCH | {"name": "browser"}])),
    ),
)
def toolset_name_taken(tool: Node, request: Request) -> None:
    """A tool has the name of a toolset of the same request.

    Why: Calls of a toolset's members carry the toolset's name, `computer` or `browser`. The name of a member may be
    used for another tool, the name of the toolset not.

    Source: The documentation's tool reference, on what the API rejects for client toolsets.
    """
    name = tool.text("name")
    toolset = request.cached(offered).toolsets.get(name) if name is not None else None
    if name is not None and toolset is not None:
        tool.at("name").report(
            f"`name` is {shown(name)}, which is the name of the toolset {code(toolset.type or name)} here",
            help="rename the tool, or remove the toolset",
            related=[(toolset.at("type"), "the toolset is here")],
        )


@rule(
    "tools/toolset-all-disabled",
    on="/tools/*",
    types=("*_toolset_*",),
    rests_on=("/tools/./configs/*/enabled", "/tools/./default_config/enabled"),
    bad=(
        Example(
            lambda: body(
                model="claude-opus-5",
                tools=[_COMPUTER | {"configs": {name: {"enabled": False} for name in members(_COMPUTER["type"])}}],
            ),
            at="/tools/0/configs",
        ),
        Example(
            lambda: body(
                model="claude-opus-5",
                tools=[
                    _BROWSER
                    | {
                        "configs": {
                            name: {"enabled": False}
                            for name in members(_BROWSER["type"])
                            if name not in _OFF_BY_DEFAULT
                        }
                    }
                ],
            ),
            at="/tools/0/configs",
        ),
    ),
    good=(
        Example(body(model="claude-opus-5", tools=[_COMPUTER | {"configs": {"zoom": {"enabled": False}}}])),
        Example(body(model="claude-opus-5", tools=[_BROWSER | {"configs": {}}])),
    ),
)
def toolset_all_disabled(tool: Node, request: Request) -> None:
    """Every member of a toolset is disabled.

    Why: A toolset without a member offers nothing; the API wants the entry left out instead.

    Source: The documentation's tool reference, on what the API rejects for client toolsets.
    """
    if members(tool.type or "") and not _enabled(tool):
        tool.at("configs").report(
            f"`configs` disables every member of the {(tool.type or '').partition('_')[0]} toolset, but at least one "
            "must be enabled",
            help="enable the members that shall be used, or remove the toolset from `tools`",
        )


@rule(
    "tools/toolset-mixed-deferral",
    on="/tools/*",
    types=("*_toolset_*",),
    rests_on=("/tools/./configs/*/defer_loading", "/tools/./default_config/defer_loading"),
    bad=(
        Example(
            body(
                model="claude-opus-5",
                tools=[_TOOL_SEARCH, _COMPUTER | {"configs": {"zoom": {"defer_loading": True}}}],
            ),
            at="/tools/1/configs/zoom/defer_loading",
        ),
    ),
    good=(
        Example(
            lambda: body(
                model="claude-opus-5",
                tools=[
                    _TOOL_SEARCH,
                    _COMPUTER | {"configs": {name: {"defer_loading": True} for name in members(_COMPUTER["type"])}},
                ],
            )
        ),
        Example(
            body(
                model="claude-opus-5",
                tools=[_COMPUTER | {"configs": {"zoom": {"enabled": False, "defer_loading": True}}}],
            )
        ),
    ),
)
def toolset_mixed_deferral(tool: Node, request: Request) -> None:
    """Only some of the enabled members of a toolset have `defer_loading`.

    Why: A toolset is found and loaded as one, so `defer_loading` has to come out the same for all of its members that
    are enabled; without it a member is loaded from the start.

    Source: The documentation's tool reference, on what the API rejects for client toolsets.
    """
    enabled = _enabled(tool)
    for name in enabled:
        config = tool.at("configs", name)
        if not isinstance(config.value, (dict, type(None))) or not isinstance(
            config.at("defer_loading").value, (bool, type(None))
        ):
            return
    deferred = [name for name in enabled if tool.flag("configs", name, "defer_loading")]
    if deferred and len(deferred) < len(enabled):
        loaded = [name for name in enabled if name not in set(deferred)]
        tool.at("configs", deferred[0], "defer_loading").report(
            f"`defer_loading` is true for {count(len(deferred), 'member')} of the toolset, but must be the same for "
            f"all {len(enabled)} that are enabled",
            help=f"set it for {names(loaded)} as well, or for none",
        )


@rule(
    "tools/toolset-name-not-echoed",
    on="/messages/*/content/*",
    types=("tool_use",),
    mentions=("toolset_name",),
    if_value=lambda block: isinstance(block, dict) and isinstance(block.get("toolset_name"), str),
    rests_on=("/messages/~/content/*/toolset_name",),
    bad=(
        Example(_browsed(_NAVIGATE, {"content": "Opened"}), at="/messages/2/content/0"),
        Example(
            _browsed(_NAVIGATE, {"content": "Opened", "toolset_name": "computer"}),
            at="/messages/2/content/0/toolset_name",
        ),
    ),
    good=(
        Example(_browsed(_NAVIGATE, {"content": "Opened", **_ECHO})),
        Example(_browsed({"name": "search"}, {"content": "Found"})),
    ),
)
def toolset_name_not_echoed(call: Node, request: Request) -> None:
    """The result of a toolset's member does not carry the name of the toolset.

    Why: `tool_result` has to repeat the `toolset_name` of the call it answers.

    Source: The documentation's page on the computer use tool: a result that omits it, or names another toolset, is
    rejected.
    """
    result = request.cached(_results).get(call.path)
    name = call.text("toolset_name")
    if result is None or name is None:
        return
    echoed = result.at("toolset_name")
    where = [(call.at("toolset_name"), "the call names the toolset here")]
    if echoed.value is None:
        result.report(
            f"the result of {code(call.text('name') or name)} has no `toolset_name`, but its call has {shown(name)}",
            help=f'add `"toolset_name": {shown(name)}` to the `tool_result`',
            target=Target.HOLDER,
            related=where,
        )
    elif isinstance(echoed.value, str) and echoed.value != name:
        echoed.report(
            f"`toolset_name` is {shown(echoed.value)}, but must be {shown(name)} as in the call",
            help=f"write {shown(name)}",
            related=where,
        )


@rule(
    "tools/browser-state-misplaced",
    on="/messages/*/content/*",
    types=("tool_result",),
    mentions=("browser_state",),
    if_value=lambda block: isinstance(block, dict) and isinstance(block.get("content"), (list, tuple)),
    rests_on=("/messages/~/content/*/toolset_name",),
    bad=(
        Example(
            _browsed(_NAVIGATE, {"content": [_state(_TAB), _state(_TAB)], **_ECHO}),
            at="/messages/2/content/0/content/1",
        ),
        Example(
            _browsed({"name": "search"}, {"content": [_state(_TAB)]}),
            at="/messages/2/content/0/content/0",
        ),
    ),
    good=(Example(_browsed(_NAVIGATE, {"content": [{"type": "text", "text": "Opened"}, _state(_TAB)], **_ECHO})),),
)
def browser_state_misplaced(result: Node, request: Request) -> None:
    """A `browser_state` is not in the result of a browser toolset's member, or is not the only one there.

    Why: The block tells which tabs are open after a call of the browser toolset, in full, so there is one at most, and
    only in the answer to such a call.

    Source: The documentation's page on the browser use tool, and the notes of the official SDK.
    """
    states = [block for block in result.items("content") if block.type == "browser_state"]
    if not states:
        return
    call = request.cached(_calls).get(result.path)
    if call is not None and "browser" not in (call.text("toolset_name"), result.text("toolset_name")):
        states[0].report(
            "`browser_state` is only allowed in the result of a call of the browser toolset",
            help=f"remove it: the call is of {code(call.text('name') or 'another tool')}",
            related=[(call.at("name"), "the call is here")],
        )
        return
    for state in states[1:]:
        state.report(
            "a result may have only one `browser_state`",
            help="keep the last one, with all tabs that are open after the call",
            related=[(states[0], "the first one is here")],
        )


@rule(
    "tools/browser-state-tabs",
    on="/messages/*/content/**",
    types=("browser_state",),
    rests_on=("/messages/./content/./content/./tabs/*/active", "/messages/./content/./content/./tabs/*/tab_id"),
    bad=(
        Example(
            _browsed(_NAVIGATE, {"content": [_state({"tab_id": "1"}, {"tab_id": "2"})], **_ECHO}),
            at="/messages/2/content/0/content/0/tabs",
        ),
        Example(
            _browsed(_NAVIGATE, {"content": [_state(_TAB, {"tab_id": "2", "active": True})], **_ECHO}),
            at="/messages/2/content/0/content/0/tabs/1/active",
        ),
        Example(
            _browsed(_NAVIGATE, {"content": [_state(_TAB, {"tab_id": "1"})], **_ECHO}),
            at="/messages/2/content/0/content/0/tabs/1/tab_id",
        ),
        Example(
            _browsed(
                _NAVIGATE,
                {"content": [_state(_TAB, state_changes=[{"type": "tab_opened", "tab_id": "2"}])], **_ECHO},
            ),
            at="/messages/2/content/0/content/0/state_changes/0/tab_id",
        ),
    ),
    good=(
        Example(_browsed(_NAVIGATE, {"content": [_state()], **_ECHO})),
        Example(
            _browsed(
                _NAVIGATE,
                {
                    "content": [
                        _state(
                            _TAB,
                            {"tab_id": "2", "active": False},
                            state_changes=[{"type": "tab_opened", "tab_id": "2"}],
                        )
                    ],
                    **_ECHO,
                },
            )
        ),
    ),
)
def browser_state_tabs(state: Node, request: Request) -> None:
    """The tabs of a `browser_state` do not fit together.

    Why: It is the full list of open tabs: each has an id of its own, exactly one is active unless the list is empty,
    and a tab that was opened is among them.

    Source: The documentation's page on the browser use tool, and the notes of the official SDK.
    """
    tabs = state.items("tabs")
    first: dict[str, Node] = {}
    for tab in tabs:
        tab_id = tab.text("tab_id")
        if tab_id is None:
            return
        if tab_id in first:
            tab.at("tab_id").report(
                f"`tab_id` is {shown(tab_id)}, which is the id of another tab already",
                help="give each tab an id of its own",
                related=[(first[tab_id], "the other tab is here")],
            )
        first.setdefault(tab_id, tab.at("tab_id"))
    active = [tab.at("active") for tab in tabs if tab.flag("active")]
    if tabs and not active:
        state.at("tabs").report(
            "no tab is active, but exactly one must be",
            help='set `"active": true` on the tab that is in front',
        )
    for tab in active[1:]:
        tab.report(
            "a second tab is active, but exactly one must be",
            help="keep `active` on the tab that is in front only",
            related=[(active[0], "the first active tab is here")],
        )
    for change in state.items("state_changes"):
        opened = change.text("tab_id")
        if change.type == "tab_opened" and opened is not None and opened not in first:
            change.at("tab_id").report(
                f"`tab_id` is {shown(opened)}, but must be the id of a tab in `tabs`",
                help="list the opened tab in `tabs` too, or leave this change out if it was closed again",
            )


def _all_deferred(request: Request) -> bool:
    """Whether nothing but deferred tools is offered, where that is refused."""
    tools = request.root.items("tools")
    return (
        bool(tools)
        and all(tool.flag("defer_loading") for tool in tools)
        and request.sends(_INLINE_TOOLS) is not True
        and not request.has_system_messages
    )


def _is_tool_search(tool: Node) -> bool:
    return (tool.type or "").startswith("tool_search_tool_")


def _enabled(toolset: Node) -> list[str]:
    """Return the members of a client toolset that are enabled."""
    return [
        name
        for name in members(toolset.type or "")
        if (toolset.flag("configs", name, "enabled") if _has_flag(toolset, name) else name not in _OFF_BY_DEFAULT)
    ]


def _has_flag(toolset: Node, member: str) -> bool:
    return toolset.flag("configs", member, "enabled") is not None


def _missed_references(_request: Request) -> set[str]:
    """The names of tools that were missed already."""
    return set()


def _defined_midway(request: Request) -> set[str]:
    """The names of the tools that system messages define."""
    return {
        name
        for turn in request.conversation.turns
        if turn.role == "system"
        for block in turn.blocks("tool_addition")
        if (name := block.text("tool", "definition", "name")) is not None
    }


def _results(request: Request) -> dict[Path, Node]:
    """Return the result of each call of a client tool, by the path of the call."""
    return {call.path: result for call, result in reversed(request.cached(_answered))}


def _calls(request: Request) -> dict[Path, Node]:
    """Return the call that each result of a client tool answers, by the path of the result."""
    return {result.path: call for call, result in request.cached(_answered)}


def _answered(request: Request) -> list[tuple[Node, Node]]:
    """Pair each result with the last call before it that has its id; an id may come again in a later turn."""
    calls: dict[str, Node] = {}
    pairs: list[tuple[Node, Node]] = []
    for turn in request.conversation.turns:
        if turn.role == "assistant":
            calls.update(
                {call_id: call for call in turn.blocks("tool_use") if (call_id := call.text("id")) is not None}
            )
        elif turn.role == "user":
            for result in turn.blocks("tool_result"):
                call = calls.get(result.text("tool_use_id") or "")
                if call is not None:
                    pairs.append((call, result))
    return pairs


def _any_runs_code(request: Request) -> bool:
    return any(map(runs_code, request.cached(offered).names.values()))


def _known_names(request: Request) -> dict[str, None]:
    """Every name that a tool has, declared or added midway."""
    offer = request.cached(offered)
    return dict.fromkeys([*offer.names, *offer.toolsets, *offer.members, *request.cached(_defined_midway)])


def _index_of_known_names(request: Request) -> Names:
    return Names(request.cached(_known_names))


def _meant(meant: str | None, otherwise: str) -> str:
    return f"did you mean {code(meant)}?" if meant is not None else otherwise


def _remove(tool: Node, kind: str, model: Model, fact: str) -> str:
    computer = model.fact("computer_tool") if fact == "browser_tool" else None
    return f"remove the tool, or use {_in_place(tool, kind, computer) if computer else 'another model'}"


def _in_place(tool: Node, kind: str, taken: list[str]) -> str:
    """Name the version to use in place of a tool, and what else of the tool has to change for it."""
    new = ([version for version in taken if family(version) == family(kind)] or taken)[-1]
    schema, written = definitions()[new], dict(dict.items(tool.value))  # in code, some of it may be unknown
    texts = {name: value for name, value in written.items() if type(value) is str}
    required = {name: schema["properties"][name].get("const") for name in schema["required"] if name != "type"}
    wrong = [code(name) for name, fixed in required.items() if fixed is None and name not in written]
    wrong += [f"{code(name)} {shown(fixed)}" for name, fixed in required.items() if fixed and texts.get(name) != fixed]
    changes = [f"with {joined(wrong, 'and')}"] if wrong else []
    extra = [name for name in written if name not in schema["properties"]]
    changes += [f"without {names(extra)}"] if extra else []
    headers = headers_by_tag().get(new, frozenset())
    if headers and tool.request.sends(*headers) is False:
        changes.append(f"and send the beta header {either(sorted(headers))}")
    return ", ".join([code(new), *changes])

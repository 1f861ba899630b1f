"""Tools that the API runs itself: web search, web fetch, code execution."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from ..common.wording import code, names, shown
from ..engine.request import Node, Request
from ..engine.rule import Example, body, rule
from ..engine.vocabulary import NEIGHBOURS
from ..report import Severity
from .shared.fixes import meant_instead
from .shared.offered_tools import FILTERING_SINCE, OFFERED, callers, lacks_code, offered
from .shared.server_calls import result_type, server_calls

_WEB_SEARCH = {"type": "web_search_20250305", "name": "web_search"}
_FILTERING_SEARCH = {"type": "web_search_20260209", "name": "web_search"}
_WEB_FETCH = {"type": "web_fetch_20250910", "name": "web_fetch"}
_CODE_EXECUTION = {"type": "code_execution_20260120", "name": "code_execution"}
_WEATHER = {"name": "get_weather", "description": "The weather in a city now.", "input_schema": {"type": "object"}}
_SEARCHED: list[dict[str, Any]] = [
    {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "weather"}},
    {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []},
    {"type": "text", "text": "I found nothing."},
]
_ASKS_US = {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {}}
_ASKS_SERVER = {"type": "mcp_tool_use", "id": "mcptoolu_1", "name": "echo", "server_name": "example", "input": {}}
_SERVER_ANSWERS = {"type": "mcp_tool_result", "tool_use_id": "mcptoolu_1", "content": "Nothing."}
_FALLBACK = {"type": "fallback", "from": {"model": "claude-opus-5-5"}, "to": {"model": "claude-opus-5"}}
_WE_ANSWER = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "Rain"}

_CONFLICT = "Auto-injecting tools would conflict with existing tool names: ['code_execution']"

_WEB_TOOLS: Final = frozenset({"web_search", "web_fetch"})


def _searched(tool_use_id: str) -> dict[str, Any]:
    result = _SEARCHED[1] | {"tool_use_id": tool_use_id}
    return _said([_SEARCHED[0], result, _SEARCHED[2]])


def _said(*turns: Any, tools: Iterable[dict[str, Any]] = (_WEB_SEARCH,), **changes: Any) -> dict[str, Any]:
    """Make a request in which the model and the user have said something in turns, and the user more than enough."""
    said = [
        {"role": ("assistant", "user")[number % 2], "content": content}
        for number, content in enumerate((*turns, "Look again")[: len(turns) + len(turns) % 2])
    ]
    return body(tools=[*tools], messages=[{"role": "user", "content": "Look it up"}, *said], **changes)


@rule(
    "server-tools/both-domain-lists",
    on="/tools/*",
    types=("web_search_*", "web_fetch_*"),
    bad=(
        Example(
            body(tools=[_WEB_SEARCH | {"allowed_domains": ["example.com"], "blocked_domains": ["example.org"]}]),
            at="/tools/0/blocked_domains",
        ),
        Example(
            body(tools=[_WEB_FETCH | {"blocked_domains": ["example.org"], "allowed_domains": ["example.com"]}]),
            at="/tools/0/blocked_domains",
        ),
    ),
    good=(
        Example(body(tools=[_WEB_SEARCH | {"allowed_domains": ["example.com"]}])),
        Example(body(tools=[_WEB_FETCH | {"allowed_domains": ["example.com"], "blocked_domains": None}])),
    ),
)
def both_domain_lists(tool: Node, request: Request) -> None:
    """A web search or web fetch tool has both `allowed_domains` and `blocked_domains`.

    Why: The two exclude each other: a list of what is allowed blocks everything else already. A list that is null or
    empty counts as absent here, as the API was not seen to refuse it.

    Source: The references of both tools ("Cannot be used alongside `allowed_domains`"); documented as a 400, its text
    was not seen.
    """
    allowed, blocked = tool.at("allowed_domains"), tool.at("blocked_domains")
    if allowed.items() and blocked.items():
        blocked.report(
            "`blocked_domains` is not allowed with `allowed_domains`",
            help="remove one of the two lists",
            related=[(allowed, "`allowed_domains` is set here")],
        )


@rule(
    "server-tools/domain-format",
    on="/tools/*",
    types=("web_search_*", "web_fetch_*"),
    bad=(
        Example(
            body(tools=[_WEB_SEARCH | {"allowed_domains": ["example.org", "https://example.com"]}]),
            at="/tools/0/allowed_domains/1",
        ),
        Example(body(tools=[_WEB_FETCH | {"blocked_domains": ["*.example.com"]}]), at="/tools/0/blocked_domains/0"),
        Example(
            body(tools=[_WEB_SEARCH | {"allowed_domains": ["example.com/*/articles/*"]}]),
            at="/tools/0/allowed_domains/0",
        ),
    ),
    good=(
        Example(
            body(
                tools=[
                    _WEB_SEARCH
                    | {
                        "allowed_domains": [
                            "example.com",
                            "docs.example.com",
                            "example.com/*/articles",
                            "example.org/*",
                        ]
                    }
                ]
            )
        ),
        Example(body(tools=[_WEB_FETCH | {"blocked_domains": []}])),
    ),
)
def domain_format(tool: Node, request: Request) -> None:
    """A domain of a web tool has a scheme, or a wildcard in the wrong place.

    Why: A domain is written bare, with a path if need be, and `*` may stand in the path only; its subdomains are
    included anyway. More than one `*` is a warning, as the documentation forbade it once and does not say so any more.

    Source: The documentation's page on server tools: domains in other forms are rejected with a 400.
    """
    for key in ("allowed_domains", "blocked_domains"):
        for item in tool.items(key):
            domain = item.text()
            if domain is None:
                continue
            scheme, _, rest = domain.rpartition("://")
            host, _, path = rest.partition("/")
            if scheme:
                bare = rest[host.rfind("@") + 1 :]
                item.report(
                    f"{shown(domain)} has a scheme, but must be a domain without one", help=f"write {shown(bare)}"
                )
            elif "*" in host:
                bare = host.rpartition("*")[2].lstrip(".")
                item.report(
                    f"{shown(domain)} has a wildcard in the domain, but `*` is allowed in the path only",
                    help=f"write {shown(bare)}, which includes its subdomains" if "." in bare else "name the domains",
                )
            elif path.count("*") > 1:
                item.report(
                    f"{shown(domain)} has {path.count('*')} wildcards, but only one is sure to be allowed",
                    help="keep one `*`, or list the paths one by one",
                    severity=Severity.WARNING,
                )


@rule(
    "server-tools/fetch-domain-path",
    on="/tools/*",
    types=("web_fetch_*",),
    severity=Severity.WARNING,
    bad=(
        Example(body(tools=[_WEB_FETCH | {"allowed_domains": ["example.com/docs"]}]), at="/tools/0/allowed_domains/0"),
    ),
    good=(
        Example(body(tools=[_WEB_FETCH | {"allowed_domains": ["example.com"]}])),
        Example(body(tools=[_WEB_SEARCH | {"allowed_domains": ["example.com/docs"]}])),
    ),
)
def fetch_domain_path(tool: Node, request: Request) -> None:
    """A domain of the web fetch tool has a path.

    Why: Web fetch compares the domain alone, so an entry with a path never fits: nothing is allowed, or blocked, by it.

    Source: The documentation's page on server tools.
    """
    for key in ("allowed_domains", "blocked_domains"):
        for item in tool.items(key):
            host, _, path = (item.text() or "").partition("/")
            if path and host and "*" not in host and not host.endswith(":"):
                item.report(
                    f"{shown(item.value)} has a path, with which it never fits in web fetch",
                    help=f"write {shown(host)}; web search knows paths, web fetch does not",
                )


@rule(
    "server-tools/empty-user-location",
    on="/tools/*",
    types=("web_search_*",),
    if_value=lambda tool: isinstance(tool, dict) and isinstance(tool.get("user_location"), dict),
    severity=Severity.WARNING,
    bad=(Example(body(tools=[_WEB_SEARCH | {"user_location": {"type": "approximate"}}]), at="/tools/0/user_location"),),
    good=(
        Example(body(tools=[_WEB_SEARCH | {"user_location": {"type": "approximate", "country": "PT"}}])),
        Example(body(tools=[_WEB_SEARCH | {"user_location": None}])),
    ),
)
def empty_user_location(tool: Node, request: Request) -> None:
    """`user_location` names no place.

    Why: It is there to fit the results to a place, and the documentation asks for at least one of its fields.

    Source: The documentation's page on the web search tool; a refusal was not seen.
    """
    location = tool.at("user_location")
    if location.type == "approximate" and all(
        location.at(key).value is None for key in ("city", "region", "country", "timezone")
    ):
        location.report(
            "`user_location` names no place, but should have a city, region, country or time zone",
            help="add one of `city`, `region`, `country` and `timezone`, or remove `user_location`",
        )


@rule(
    "server-tools/legacy-code-execution",
    on="/tools/*",
    types=("code_execution_20250522", "code_execution_20250825"),
    rests_on=("/tools/*/type", "/tools/*/allowed_callers/*"),
    bad=(
        Example(
            body(
                model="claude-opus-5",
                tools=[_FILTERING_SEARCH, {"type": "code_execution_20250522", "name": "code_execution"}],
            ),
            at="/tools/1/type",
        ),
        Example(
            body(
                model="claude-opus-5",
                tools=[
                    {"type": "code_execution_20250825", "name": "code_execution"},
                    {"type": "web_fetch_20260309", "name": "web_fetch"},
                ],
            ),
            at="/tools/0/type",
        ),
    ),
    good=(
        Example(body(model="claude-opus-5", tools=[_FILTERING_SEARCH, _CODE_EXECUTION])),
        Example(
            body(
                model="claude-opus-5",
                tools=[_WEB_SEARCH, {"type": "code_execution_20250825", "name": "code_execution"}],
            )
        ),
        Example(
            body(
                model="claude-opus-5",
                tools=[
                    _FILTERING_SEARCH | {"allowed_callers": ["direct"]},
                    {"type": "code_execution_20250825", "name": "code_execution"},
                ],
            )
        ),
    ),
    api_messages=(_CONFLICT,),
)
def legacy_code_execution(tool: Node, request: Request) -> None:
    """An old code execution tool is used with a web tool that filters by code.

    Why: The web tools from 2026-02-09 on run code of their own to filter what they find, in the same container, and for
    that the code execution tool has to be of 2026-01-20 or later. A web tool that may only be called directly
    is not reported.

    Source: The API's refusal, seen in many public places; the documentation's page on server tools: older versions are
    rejected beside these web tools.
    """
    for other in request.root.items("tools"):
        if _filters(other) and callers(other) != ["direct"]:
            tool.at("type").report(
                f"`type` is {shown(tool.type)}, but must be {code('code_execution_20260120')} or later beside "
                f"{code(other.type or '')}",
                help=f"use {code('code_execution_20260521')}, or leave the tool out: the web tool brings its own",
                related=[(other.at("type"), "the web tool is here")],
            )
            return


@rule(
    "server-tools/needs-direct-caller",
    on="/tools/*",
    types=("web_search_*", "web_fetch_*"),
    models=lambda model: model.fact("programmatic_calls") is False,
    platforms=("anthropic",),
    rests_on=("/tools/./allowed_callers/*",),
    bad=(
        Example(body(tools=[_FILTERING_SEARCH]), at="/tools/0"),
        Example(
            body(tools=[_FILTERING_SEARCH | {"allowed_callers": ["code_execution_20260120"]}]),
            at="/tools/0/allowed_callers",
        ),
    ),
    good=(
        Example(body(tools=[_FILTERING_SEARCH | {"allowed_callers": ["direct"]}])),
        Example(body(tools=[_WEB_SEARCH, _WEB_FETCH])),
        Example(body(model="claude-opus-4-6", tools=[_FILTERING_SEARCH])),
    ),
    api_messages=(
        "'{model}' does not support programmatic tool calling. The following tools have `allowed_callers` that …",
        'This model does not support programmatic tool calling; set allowed_callers to ["direct"]',
    ),
)
def needs_direct_caller(tool: Node, request: Request) -> None:
    """A web tool is left to code, on a model whose code cannot call tools.

    Why: The web tools from 2026-02-09 on are called by code unless `allowed_callers` says otherwise, and Haiku 4.5 runs
    code but lets it call no tools.

    Source: The API's refusal, seen in several public places; the documentation's pages on the web search tool and on
    programmatic tool calling.
    """
    if not _filters(tool) or "direct" in callers(tool):
        return
    model = code(request.model_name)
    advice = f'set `"allowed_callers": ["direct"]`, or use {code(_basic(tool))}'
    if tool.at("allowed_callers").value is None:
        tool.report(
            f"{code(tool.type or '')} is called by code unless told otherwise, which {model} cannot do", help=advice
        )
    else:
        tool.at("allowed_callers").report(
            f"`allowed_callers` leaves the tool to code, which {model} cannot do", help=advice
        )


@rule(
    "server-tools/url-source-unknown-tool",
    on="/tools/*",
    types=("web_fetch_*",),
    if_value=lambda tool: isinstance(tool, dict) and isinstance(tool.get("url_sources"), dict),
    rests_on=OFFERED,
    bad=(
        Example(
            body(
                tools=[
                    _WEATHER,
                    _WEB_FETCH
                    | {
                        "url_sources": {
                            "client_tool_results": {
                                "type": "only",
                                "tools": [{"type": "tool_reference", "name": "get_wether"}],
                            }
                        }
                    },
                ]
            ),
            at="/tools/1/url_sources/client_tool_results/tools/0/name",
        ),
    ),
    good=(
        Example(
            body(
                tools=[
                    _WEATHER,
                    _WEB_FETCH
                    | {
                        "url_sources": {
                            "user_input": {"type": "all"},
                            "client_tool_results": {
                                "type": "except",
                                "tools": [{"type": "tool_reference", "name": "get_weather"}],
                            },
                        }
                    },
                ]
            )
        ),
    ),
)
def url_source_unknown_tool(tool: Node, request: Request) -> None:
    """`url_sources` names a tool that `tools` does not define.

    Why: It lists the tools whose results may contain addresses to load, and each of them has to be declared.

    Fix: Replaces the name with the one that is probably meant; unsafe, because that is a guess.

    Source: The notes of the official SDK on `url_sources`.
    """
    offer = request.cached(offered)
    if not offer.complete:
        return
    for source in tool.properties("url_sources").values():
        for reference in source.items("tools"):
            name = reference.text("name")
            if name is None or name in offer.names or name in offer.toolsets or name in offer.members:
                continue
            meant = offer.nearest(name)
            place = reference.at("name")
            place.report(
                f"`name` is {shown(name)}, but must be the name of a tool in `tools`",
                help=f"did you mean {code(meant)}?" if meant else f"the tools defined are {names(offer.names)}",
                fix=meant_instead(place, meant),
            )


@rule(
    "server-tools/result-orphan",
    on="/messages",
    types=("server_tool_use", "*_tool_result"),
    rests_on=NEIGHBOURS,
    bad=(
        Example(_said([_SEARCHED[1], _SEARCHED[2]]), at="/messages/1/content/0/tool_use_id"),
        Example(_searched("srvtoolu_l"), at="/messages/1/content/1/tool_use_id"),
        Example(
            _said([_SEARCHED[1], _SEARCHED[0], _SEARCHED[2]], "And?", [_SEARCHED[2]]),
            at="/messages/1/content/0/tool_use_id",
        ),
    ),
    good=(
        Example(_said(_SEARCHED)),
        Example(
            _said(
                [_SEARCHED[0], _ASKS_US],
                [_WE_ANSWER],
                [_SEARCHED[1], _SEARCHED[2]],
                tools=[_WEB_SEARCH, _WEATHER],
            )
        ),
    ),
    api_messages=(
        (
            "{message}: unexpected `tool_use_id` found in `{type}` blocks: {id}. Each `{type}` block must have a "
            "corresponding `server_tool_use` block before it."
        ),
    ),
)
def result_orphan(messages: Node, request: Request) -> None:
    """The result of a server tool has no call before it.

    Why: A call of a server tool and its result belong together, so both are kept or both are left out when a history is
    cut. Calls and results are usually in one message; when the model called a tool of yours at the same time, the
    result is in its next message.

    Fix: Replaces the id with the one that is probably meant; unsafe, because that is a guess.

    Source: The API's refusal, seen in four public issue threads of 2026; the documentation's page on server tools.
    """
    for result, meant in request.cached(server_calls).orphans:
        tool_use_id = result.text("tool_use_id") or ""
        if meant is None:
            advice = "put back the `server_tool_use` block that it answers, or remove this result"
        else:
            advice = f"did you mean {shown(meant.text('id'))}?"
        place = result.at("tool_use_id")
        place.report(
            f"`tool_use_id` is {shown(tool_use_id)}, but no `server_tool_use` before it has that `id`",
            help=advice,
            related=[(meant.at("id"), "this call has no result")] if meant is not None else (),
            api={"message": result.place, "type": result.type, "id": tool_use_id},
            fix=meant_instead(place, meant.text("id")) if meant is not None else None,
        )


@rule(
    "server-tools/use-without-result",
    on="/messages",
    types=("server_tool_use", "mcp_tool_use", "*_tool_result"),
    endpoints=("messages", "batches"),
    rests_on=NEIGHBOURS,
    bad=(
        Example(_said([_SEARCHED[0], _SEARCHED[2]]), at="/messages/1/content/0"),
        Example(_said([_SEARCHED[0], _FALLBACK, _SEARCHED[2]]), at="/messages/1/content/0"),
        Example(_said([_ASKS_SERVER, _FALLBACK, _SEARCHED[2]]), at="/messages/1/content/0"),
        Example(
            _said(
                [_SEARCHED[0], _ASKS_US],
                [_WE_ANSWER, {"type": "text", "text": "Hurry"}],
                tools=[_WEB_SEARCH, _WEATHER],
            ),
            at="/messages/1/content/0",
        ),
        Example(
            _said(
                [_SEARCHED[0] | {"name": "code_execution", "input": {"code": "1 + 1"}}, _SEARCHED[2]],
                tools=[_CODE_EXECUTION],
            ),
            at="/messages/1/content/0",
        ),
    ),
    good=(
        Example(_said(_SEARCHED)),
        Example(
            body(
                tools=[_WEB_SEARCH],
                messages=[
                    {"role": "user", "content": "Look it up"},
                    {"role": "assistant", "content": [{"type": "text", "text": "I will."}, _SEARCHED[0]]},
                ],
            )
        ),
        Example(_said([_SEARCHED[0], _ASKS_US], [_WE_ANSWER], tools=[_WEB_SEARCH, _WEATHER])),
        Example(_said([*_SEARCHED[:2], _FALLBACK, _SEARCHED[2]])),
        Example(_said([_ASKS_SERVER, _SERVER_ANSWERS, _FALLBACK, _SEARCHED[2]])),
    ),
    api_messages=("`{name}` tool use with id `{id}` was found without a corresponding `{name}_tool_result` block",),
)
def use_without_result(messages: Node, request: Request) -> None:
    """A call of a server tool has no result, although the turn has ended.

    Why: A call may be open at the end: when the API paused the turn, or when the model called a tool of yours at the
    same time and your results are all that follows. Anything else after it ends the turn, and the call stays without a
    result. Calls of other server tools than web search and web fetch are a warning: no refusal of them was seen. Where
    another model took over (a `fallback` block), what the first one had called before must have its result too, and
    so must a call of an MCP server there.

    Source: The documentation's pages on server tools and on stop reasons, which quote the refusal; seen in a public
    file too. Calls before a `fallback`: refusals captured live in 2026-09, without their words.
    """
    for call in request.cached(server_calls).unanswered:
        name = call.text("name") or ""
        call.report(
            f"the call {code(call.text('id') or '')} of {code(name)} has no result, but the turn goes on after it",
            help=f"put the {code(result_type(call))} that the API sent after it, or remove the call",
            severity=None if name in _WEB_TOOLS or call.type == "mcp_tool_use" else Severity.WARNING,
            api={"name": name, "id": call.text("id")} if call.type == "server_tool_use" else None,
        )


@rule(
    "server-tools/paused-tool-missing",
    on="/messages",
    types=("server_tool_use", "*_tool_result"),
    endpoints=("messages", "batches"),
    rests_on=OFFERED,
    bad=(
        Example(
            body(
                messages=[
                    {"role": "user", "content": "Look it up"},
                    {"role": "assistant", "content": [{"type": "text", "text": "I will."}, _SEARCHED[0]]},
                ]
            ),
            at="/messages/1/content/1",
        ),
        Example(_said([_SEARCHED[0], _ASKS_US], [_WE_ANSWER], tools=[_WEATHER]), at="/messages/1/content/0"),
    ),
    good=(
        Example(
            body(
                tools=[_WEB_SEARCH],
                messages=[{"role": "user", "content": "Look it up"}, {"role": "assistant", "content": [_SEARCHED[0]]}],
            )
        ),
        Example(_said(_SEARCHED, tools=[_WEATHER])),
    ),
    api_messages=(
        (
            "`{name}` tool use with id `{id}` was found without a corresponding `{name}_tool_result` block "
            "but no `{name}` tool was provided"
        ),
    ),
)
def paused_tool_missing(messages: Node, request: Request) -> None:
    """A paused turn waits for a server tool that `tools` does not define.

    Why: The API runs the open call first when it takes the turn up again, so the tool has to be sent with that request
    as it was with the one before.

    Source: The documentation's page on server tools, which quotes the end of the refusal.
    """
    offer = request.cached(offered)
    for call in request.cached(server_calls).waiting:
        name = call.text("name")
        if name in _WEB_TOOLS and offer.complete and name not in offer.names:
            call.report(
                f"this call of {code(name)} has no result yet, but `tools` does not define the tool",
                help=f"add the {code(name)} tool to `tools` again, as in the request before",
                api={"name": name, "id": call.text("id") or ""},
            )


@rule(
    "server-tools/foreign-result-id",
    on="/messages/*/content/*",
    types=("*_tool_result",),
    severity=Severity.WARNING,
    bad=(Example(_searched("toolu_1"), at="/messages/1/content/1/tool_use_id"),),
    good=(Example(_searched("srvtoolu_1")),),
)
def foreign_result_id(block: Node, request: Request) -> None:
    """The result of a server tool is for a call whose id the API did not give.

    Why: The API's own tools are called with ids that begin with `srvtoolu_`. It is a warning because a result with
    another id was seen to be accepted.

    Source: The pattern of `tool_use_id` in the API's OpenAPI document; a request shape of 2026 that the API accepted.
    """
    tool_use_id = block.text("tool_use_id")
    if tool_use_id is None or tool_use_id.startswith("srvtoolu_") or block.text("type") == "mcp_tool_result":
        return
    block.at("tool_use_id").report(
        f"`tool_use_id` is {shown(tool_use_id)}, but must begin with `srvtoolu_` for a server tool",
        help="give the id of the `server_tool_use` block that the result answers",
    )


_CITED: Final = {
    "type": "web_search_result_location",
    "cited_text": "Rain until noon.",
    "encrypted_index": "",
    "title": "Rain",
    "url": "https://example.com",
}


def _encrypted(result: dict[str, Any]) -> dict[str, Any]:
    """Make a conversation for examples in which a search found a page."""
    page = {"type": "web_search_result", "title": "Rain", "url": "https://example.com", **result}
    return body(
        tools=[_WEB_SEARCH],
        messages=[
            {"role": "user", "content": "Look it up"},
            {"role": "assistant", "content": [_SEARCHED[0], _SEARCHED[1] | {"content": [page]}, _SEARCHED[2]]},
            {"role": "user", "content": "Thanks"},
        ],
    )


_BLOBS: Final = {
    "web_search_tool_result": ("content", "encrypted_content", "search_result"),
    "text": ("citations", "encrypted_index", "text"),
}
"""Where a block holds what the API encrypted: an array, the property of its items, and how the API names the block."""


def _has_empty_blob(block: Any) -> bool:
    array, name, _ = _BLOBS[block["type"]]
    items = block.get(array)
    return isinstance(items, (list, tuple)) and any(isinstance(item, dict) and item.get(name) == "" for item in items)


@rule(
    "server-tools/empty-encrypted-content",
    on="/messages/*/content/*",
    types=tuple(_BLOBS),
    mentions=("web_search_tool_result", "citations"),
    if_value=_has_empty_blob,
    bad=(
        Example(_encrypted({"encrypted_content": ""}), at="/messages/1/content/1/content/0/encrypted_content"),
        Example(
            body(
                messages=[
                    {"role": "user", "content": "Will it rain?"},
                    {"role": "assistant", "content": [{"type": "text", "text": "Yes.", "citations": [_CITED]}]},
                    {"role": "user", "content": "Thanks"},
                ]
            ),
            at="/messages/1/content/0/citations/0/encrypted_index",
        ),
    ),
    good=(Example(_encrypted({"encrypted_content": "EqgfCioIARgBIiQ3"})),),
    api_messages=(
        "Invalid {name} in {block} block",
        "Invalid encrypted_stdout in encrypted_code_execution_result block",
    ),
)
def empty_encrypted_content(block: Node, request: Request) -> None:
    """The encrypted part of a search result, or of a citation, is empty.

    Why: The API reads its own results back from there, so they have to come as they were received.

    Source: The refusals that the documentation of error messages lists; any other change cannot be seen offline.
    """
    array, name, api_name = _BLOBS[block.type or ""]
    for item in block.items(array):
        if item.text(name) == "":
            item.at(name).report(
                f"{code(name)} is empty, but must be as it was received",
                help="send the block back as the API gave it, or drop it",
                api={"name": name, "block": api_name},
            )


_UPLOAD = [
    {
        "role": "user",
        "content": [{"type": "text", "text": "Sum it up"}, {"type": "container_upload", "file_id": "file_1"}],
    }
]


@rule(
    "server-tools/upload-without-code-execution",
    on="/messages/*/content/*",
    types=("container_upload",),
    severity=Severity.WARNING,
    rests_on=("/tools/*/type", "/tools/*/allowed_callers/*"),
    bad=(
        Example(body(messages=_UPLOAD), at="/messages/0/content/1"),
        Example(body(messages=_UPLOAD, tools=[_WEB_SEARCH]), at="/messages/0/content/1"),
    ),
    good=(
        Example(body(messages=_UPLOAD, tools=[_CODE_EXECUTION])),
        Example(body(model="claude-opus-5", messages=_UPLOAD, tools=[_FILTERING_SEARCH])),
    ),
)
def upload_without_code_execution(block: Node, request: Request) -> None:
    """A `container_upload` puts a file into a container, but no tool could run code in one.

    Why: The API refuses it, or takes it and does not load the file: accounts differ, so it is a warning.

    Source: Three public accounts of a refusal, without its words, and one of a file that was not there.
    """
    if lacks_code(request):
        block.report(
            "`container_upload` is for the code execution tool, which is not among `tools`",
            help='add `{"type": "code_execution_20260521", "name": "code_execution"}` to `tools`, or send the file '
            "as a `document` or an `image`",
        )


def _filters(tool: Node) -> bool:
    """Whether the version of a web tool filters its results by code."""
    stem, _, version = (tool.type or "").rpartition("_")
    return stem in _WEB_TOOLS and version >= FILTERING_SINCE


def _basic(tool: Node) -> str:
    """Return the type of the version that does not use code."""
    return "web_search_20250305" if (tool.type or "").startswith("web_search") else "web_fetch_20250910"

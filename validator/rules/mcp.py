"""The MCP connector: servers and their toolsets."""

from __future__ import annotations

from typing import Final

from ..common.wording import Names, code, either, shown
from ..engine.request import Node, Request, repeated
from ..engine.rule import Example, body, rule
from ..report import Severity
from .shared.fixes import meant_instead

_CONNECTORS: Final = ("mcp-client-2025-11-20", "mcp-client-2026-09-15")
"""The beta headers of the connector with toolsets; the header before them had none."""

_BETAS: Final = ("mcp-client-2025-11-20",)
_LOCAL: Final = ("http://localhost", "http://127.", "http://[::1]", "http://0.0.0.0")

_SHOP = {"type": "url", "name": "shop", "url": "https://shop.example.com/mcp"}
_MAIL = {"type": "url", "name": "mail", "url": "https://mail.example.com/mcp"}
_SHOP_TOOLS = {"type": "mcp_toolset", "mcp_server_name": "shop"}
_MAIL_TOOLS = {"type": "mcp_toolset", "mcp_server_name": "mail"}


@rule(
    "mcp/toolset-unknown-server",
    on="/tools/*",
    types=("mcp_toolset",),
    platforms=("anthropic",),
    rests_on=("/mcp_servers/*/name",),
    bad=(
        Example(
            body(mcp_servers=[_SHOP], tools=[_SHOP_TOOLS | {"mcp_server_name": "shp"}]),
            at="/tools/0/mcp_server_name",
            betas=_BETAS,
        ),
        Example(body(mcp_servers=[_SHOP], tools=[_SHOP_TOOLS, _MAIL_TOOLS]), at="/tools/1/mcp_server_name"),
        Example(body(tools=[_SHOP_TOOLS]), at="/tools/0/mcp_server_name", betas=_BETAS),
    ),
    good=(Example(body(mcp_servers=[_SHOP], tools=[_SHOP_TOOLS]), betas=_BETAS),),
)
def toolset_unknown_server(toolset: Node, request: Request) -> None:
    """A toolset names an MCP server that `mcp_servers` does not define.

    Why: The toolset says which tools of a server are offered, and `mcp_servers` says where that server is. Where the
    beta headers are not known this is a warning: a request was seen to be accepted whose names had been redacted, and
    no longer matched.

    Fix: Replaces the name with the likely one; unsafe, because that is a guess.

    Source: The documentation's page on the MCP connector ("Server must exist").
    """
    name = toolset.text("mcp_server_name")
    servers = request.root.at("mcp_servers").value
    defined = request.cached(_defined)
    if name is None or name in defined or not request.cached(_is_readable):
        return
    meant = request.cached(_index_of_defined).nearest(name)
    if meant is not None:
        advice = f"did you mean {code(meant)}?"
    elif defined:
        advice = f"the servers defined are {either(defined)}"
    else:
        advice = "define the server in `mcp_servers`, with its `url`"
    place = toolset.at("mcp_server_name")
    place.report(
        f"`mcp_server_name` is {shown(name)}, but must be the name of a server in `mcp_servers`",
        help=advice,
        severity=None if servers is None or request.sends(*_CONNECTORS) else Severity.WARNING,
        fix=meant_instead(place, meant),
    )


@rule(
    "mcp/toolset-duplicate",
    on="/tools",
    mentions=("mcp_toolset",),
    platforms=("anthropic",),
    bad=(
        Example(
            body(mcp_servers=[_SHOP], tools=[_SHOP_TOOLS, _SHOP_TOOLS | {"configs": {"buy": {"enabled": False}}}]),
            at="/tools/1/mcp_server_name",
        ),
    ),
    good=(Example(body(mcp_servers=[_SHOP, _MAIL], tools=[_SHOP_TOOLS, _MAIL_TOOLS]), betas=_BETAS),),
)
def toolset_duplicate(tools: Node, request: Request) -> None:
    """Two toolsets name the same MCP server.

    Why: A server has one toolset, which holds the settings of all its tools.

    Source: The documentation's page on the MCP connector ("Unique toolset per server").
    """
    toolsets = (tool.at("mcp_server_name") for tool in tools.items() if tool.type == "mcp_toolset")
    for name, first in repeated(toolsets):
        name.report(
            f"the server {code(name.value)} has a toolset already, but may have only one",
            help="put the `configs` of both into one toolset",
            related=[(first, "the first one is here")],
        )


@rule(
    "mcp/server-unreferenced",
    on="/mcp_servers",
    platforms=("anthropic",),
    rests_on=("/tools/*/type", "/tools/*/mcp_server_name"),
    bad=(
        Example(body(mcp_servers=[_SHOP]), at="/mcp_servers/0", betas=_BETAS),
        Example(body(mcp_servers=[_SHOP, _MAIL], tools=[_SHOP_TOOLS]), at="/mcp_servers/1"),
    ),
    good=(
        Example(body(mcp_servers=[_SHOP, _MAIL], tools=[_SHOP_TOOLS, _MAIL_TOOLS]), betas=_BETAS),
        Example(body(mcp_servers=[_SHOP])),
    ),
    api_messages=("MCP server '{name}' is defined but not referenced by any `mcp_toolset` in `tools`.",),
)
def server_unreferenced(servers: Node, request: Request) -> None:
    """An MCP server has no toolset.

    Why: Since the beta `mcp-client-2025-11-20` every server needs a toolset in `tools` that says which of its tools are
    offered. The header before it had no toolsets, so nothing is reported if the headers are not known and there are no
    toolsets. Nor is anything reported if a toolset names an undefined server, which may be a misspelling of this one,
    or if a system message may add a toolset.

    Source: The API's refusal, seen in 2026-09; the documentation's page on the MCP connector.
    """
    toolsets = [tool for tool in request.root.items("tools") if tool.type == "mcp_toolset"]
    named = {toolset.text("mcp_server_name") for toolset in toolsets}
    defined = {name for server in servers.items() if (name := server.text("name")) is not None}
    if not toolsets and not request.sends(*_CONNECTORS):
        return
    if not named <= defined or not request.cached(_is_readable) or _may_be_added(request):
        return
    for server in servers.items():
        name = server.text("name")
        if name is not None and name not in named:
            server.report(
                f"the server {code(name)} has no toolset in `tools`, but must have one",
                help=f'add `{{"type": "mcp_toolset", "mcp_server_name": {shown(name)}}}` to `tools`',
                api={"name": name},
            )


@rule(
    "mcp/duplicate-server-name",
    on="/mcp_servers",
    platforms=("anthropic",),
    bad=(
        Example(
            body(mcp_servers=[_SHOP, _MAIL | {"name": "shop"}], tools=[_SHOP_TOOLS]),
            at="/mcp_servers/1/name",
        ),
    ),
    good=(Example(body(mcp_servers=[_SHOP, _MAIL])),),
)
def duplicate_server_name(servers: Node, request: Request) -> None:
    """Two MCP servers have the same name.

    Why: Toolsets and calls name a server, so the name has to be unique.

    Source: The documentation's page on the MCP connector.
    """
    for name, first in repeated(server.at("name") for server in servers.items()):
        name.report(
            f"{code(name.value)} is the name of another MCP server already, but must be unique",
            help="rename one of the two servers, and its toolset with it",
            related=[(first, "the other server is here")],
        )


@rule(
    "mcp/url-not-https",
    on="/mcp_servers",
    platforms=("anthropic",),
    bad=(
        Example(body(mcp_servers=[_SHOP | {"url": "http://shop.example.com/mcp"}]), at="/mcp_servers/0/url"),
        Example(body(mcp_servers=[_SHOP | {"url": "localhost:8080"}]), at="/mcp_servers/0/url"),
    ),
    good=(Example(body(mcp_servers=[_SHOP])),),
)
def url_not_https(servers: Node, request: Request) -> None:
    """The address of an MCP server does not begin with `https://`.

    Why: The API connects to the server itself, over the internet and only with encryption; it cannot reach a server on
    your own machine.

    Source: The documentation's page on the MCP connector ("Must start with https://").
    """
    for server in servers.items():
        url = server.text("url")
        if url is not None and not url.lower().startswith("https://"):
            public = url.lower().startswith("http://") and not url.lower().startswith(_LOCAL)
            server.at("url").report(
                f"`url` is {shown(url)}, but must begin with `https://`",
                help=f"use {shown(f'https://{url[7:]}')} if the server can be reached there"
                if public
                else "give an address of the server that the API can reach over the internet",
            )


def _defined(request: Request) -> dict[str, None]:
    """Return the names of all servers."""
    servers = request.root.items("mcp_servers")
    return {text: None for server in servers if (text := server.text("name")) is not None}


def _index_of_defined(request: Request) -> Names:
    return Names(request.cached(_defined))


def _is_readable(request: Request) -> bool:
    """Whether the request defines all of its servers itself, and each of them has a name."""
    servers = request.root.at("mcp_servers")
    return request.root.at("thread").value is None and (
        "mcp_servers" not in request.root.value
        or (
            isinstance(servers.value, (list, tuple))
            and all(server.text("name") is not None for server in servers.items())
        )
    )


def _may_be_added(request: Request) -> bool:
    """Whether a system message defines a tool midway, which may be a toolset."""
    return any(
        block.text("tool", "type") == "tool_definition"
        for turn in request.conversation.turns
        if turn.role == "system"
        for block in turn.blocks("tool_addition")
    )

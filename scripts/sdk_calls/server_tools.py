"""Tools that run on the side of the API, files, containers and MCP servers."""

from __future__ import annotations

import base64
from typing import Any

from scripts.loopback import TIME

from .core import (
    CACHED,
    PDF,
    WEATHER,
    Sdk,
    assistant,
    cached,
    call,
    results,
    server_result,
    server_tool_use,
    text,
    tool_use,
    user,
)


def web_search_answer() -> list[dict[str, Any]]:
    """Make an answer that searched the web and cites what it found."""
    page = {
        "type": "web_search_result",
        "url": "https://example.com/a",
        "title": "A page",
        "encrypted_content": "RXFRQg==",
        "page_age": None,
    }
    citation = {
        "type": "web_search_result_location",
        "cited_text": "Lorem ipsum",
        "encrypted_index": "RXFRQg==",
        "title": "A page",
        "url": "https://example.com/a",
    }
    return [
        text("I search for it."),
        server_tool_use("web_search", {"query": "lorem"}),
        server_result("web_search_tool_result", [page, {**page, "page_age": "2 days ago"}]),
        text("It is "),
        text("lorem ipsum.", citations=[citation]),
    ]


@call
def web_search(sdk: Sdk) -> None:
    """Let the API search the web, and put back what it found."""
    near = {
        "type": "approximate",
        "city": "Paris",
        "region": "Ile-de-France",
        "country": "FR",
        "timezone": "Europe/Paris",
    }
    tools: list[dict[str, Any]] = [
        {
            "type": "web_search_20250305",
            "name": "web_search",
            "max_uses": 3,
            "allowed_domains": ["example.com", "example.org/docs"],
            "user_location": near,
            **CACHED,
        }
    ]
    failed = {"type": "web_search_tool_result_error", "error_code": "max_uses_exceeded"}
    for create in (sdk.create, sdk.beta):
        sdk.answer(*web_search_answer())
        message = create(tools=tools)
        history = [user("Hello"), assistant(message.content), user("And then?")]
        sdk.answer(
            server_tool_use("web_search", {"query": "ipsum"}, 2),
            server_result("web_search_tool_result", failed, 2),
            text("I could not search."),
        )
        message = create(tools=tools, messages=history)
        answered = assistant(cached(message.content, "server_tool_use", "web_search_tool_result"))
        create(tools=tools, messages=[*history, answered, user("Never mind.")])
    sdk.create(tools=[{"type": "web_search_20250305", "name": "web_search", "blocked_domains": ["example.net"]}])


@call
def newer_web_tools(sdk: Sdk) -> None:
    """Use the web tools of 2026 with all they can be told."""
    sdk.needs("WebSearchTool20260318Param", "WebFetchTool20260318Param")
    direct = {"allowed_callers": ["direct"]}
    sources = {
        "user_input": {"type": "all"},
        "client_tool_results": {"type": "only", "tools": [{"type": "tool_reference", "name": "get_weather"}]},
        "server_tool_results": {"type": "none"},
    }
    sdk.create(
        tools=[
            {"type": "web_search_20260209", "name": "web_search", "max_uses": 2, **direct},
            {"type": "web_fetch_20260209", "name": "web_fetch", "citations": {"enabled": True}, **direct},
        ]
    )
    sdk.beta(
        tools=[
            WEATHER,
            {"type": "web_search_20260318", "name": "web_search", "response_inclusion": "excluded"},
            {
                "type": "web_fetch_20260318",
                "name": "web_fetch",
                "response_inclusion": "full",
                "use_cache": False,
                "url_sources": sources,
                "max_content_tokens": 5000,
            },
        ]
    )
    others = {"type": "except", "tools": [{"type": "tool_reference", "name": "get_weather"}]}
    sources = {"user_input": {"type": "none"}, "client_tool_results": others}
    fetch = {"type": "web_fetch_20260309", "name": "web_fetch", "use_cache": True, "max_uses": 1}
    sdk.create(tools=[WEATHER, {**fetch, "url_sources": sources}])
    caller = {"caller": {"type": "direct"}}
    answered = [
        {**block, **caller} if block["type"] in {"server_tool_use", "web_search_tool_result"} else block
        for block in web_search_answer()
    ]
    search = {"type": "web_search_20260209", "name": "web_search"}
    sdk.answer(*answered)
    message = sdk.create(tools=[search])
    sdk.create(tools=[search], messages=[user("Hello"), assistant(message.content), user("And then?")])


@call
def paused_turn(sdk: Sdk) -> None:
    """Continue a turn that the API has paused, without a message of the user after it."""
    tools = [{"type": "web_search_20250305", "name": "web_search"}]
    sdk.answer(*web_search_answer(), server_tool_use("web_search", {"query": "dolor"}, 9), stop_reason="pause_turn")
    message = sdk.create(tools=tools)
    sdk.create(tools=tools, messages=[user("Hello"), assistant(message.content)])


@call
def web_fetch(sdk: Sdk) -> None:
    """Let the API fetch pages, and put back what it fetched."""
    page = {
        "type": "web_fetch_result",
        "url": "https://example.com/a",
        "retrieved_at": TIME,
        "content": {
            "type": "document",
            "source": {"type": "text", "media_type": "text/plain", "data": "Lorem ipsum."},
            "title": "A page",
            "citations": {"enabled": True},
        },
    }
    printed = {
        **page,
        "content": {
            "type": "document",
            "source": {"type": "base64", "media_type": "application/pdf", "data": base64.b64encode(PDF).decode()},
            "title": None,
        },
    }
    failed = {"type": "web_fetch_tool_result_error", "error_code": "url_not_accessible"}
    tool = {
        "type": "web_fetch_20250910",
        "name": "web_fetch",
        "max_uses": 5,
        "blocked_domains": ["example.net"],
        "citations": {"enabled": True},
        "max_content_tokens": 10000,
        **CACHED,
    }
    blocks: list[dict[str, Any]] = []
    for number, content in enumerate((page, printed, failed)):
        blocks.append(server_tool_use("web_fetch", {"url": "https://example.com/a"}, number))
        blocks.append(server_result("web_fetch_tool_result", content, number))
    sdk.answer(*blocks, text("Lorem ipsum."))
    message = sdk.beta("web-fetch-2025-09-10", tools=[tool])
    answered = assistant(cached(message.content, "web_fetch_tool_result"))
    sdk.beta("web-fetch-2025-09-10", tools=[tool], messages=[user("Hello"), answered, user("Why?")])
    if sdk.has("WebFetchTool20250910Param"):
        sdk.create(tools=[tool], messages=[user("Hello"), assistant(message.content), user("Why?")])


@call
def code_execution(sdk: Sdk) -> None:
    """Let the API run code, and put back what came out."""
    output = {"stdout": "1\n", "stderr": "", "return_code": 0, "content": []}
    file = {"type": "code_execution_output", "file_id": "file_000000000000000000000001"}
    sdk.answer(
        server_tool_use("code_execution", {"code": "print(1)"}),
        server_result("code_execution_tool_result", {**output, "type": "code_execution_result", "content": [file]}),
        server_tool_use("code_execution", {"code": "while 1: pass"}, 2),
        server_result(
            "code_execution_tool_result",
            {"type": "code_execution_tool_result_error", "error_code": "execution_time_exceeded"},
            2,
        ),
    )
    old = [{"type": "code_execution_20250522", "name": "code_execution"}]
    message = sdk.beta("code-execution-2025-05-22", tools=old)
    answered = assistant(cached(message.content, "code_execution_tool_result"))
    sdk.beta("code-execution-2025-05-22", tools=old, messages=[user("Hello"), answered, user("Why?")])

    file = {"type": "bash_code_execution_output", "file_id": "file_000000000000000000000002"}
    bash = {**output, "type": "bash_code_execution_result", "content": [file]}
    editor = "text_editor_code_execution"
    contents: list[tuple[str, dict[str, Any]]] = [
        ("bash_code_execution", bash),
        (
            "bash_code_execution",
            {"type": "bash_code_execution_tool_result_error", "error_code": "output_file_too_large"},
        ),
        (
            editor,
            {
                "type": f"{editor}_view_result",
                "file_type": "text",
                "content": "a = 1",
                "num_lines": 1,
                "start_line": 1,
                "total_lines": None,
            },
        ),
        (editor, {"type": f"{editor}_create_result", "is_file_update": False}),
        (
            editor,
            {
                "type": f"{editor}_str_replace_result",
                "lines": ["-a", "+b"],
                "old_start": 1,
                "old_lines": 1,
                "new_start": 1,
                "new_lines": 1,
            },
        ),
        (
            editor,
            {"type": f"{editor}_tool_result_error", "error_code": "file_not_found", "error_message": "no such file"},
        ),
    ]
    blocks: list[dict[str, Any]] = []
    for number, (name, content) in enumerate(contents):
        blocks.append(server_tool_use(name, {"command": "ls"}, number))
        blocks.append(server_result(f"{name}_tool_result", content, number))
    container = {"id": "container_000000000000000000000001", "expires_at": TIME, "skills": None}
    sdk.answer(*blocks, text("Done."), container=container)
    new = [{"type": "code_execution_20250825", "name": "code_execution", **CACHED}]
    message = sdk.beta("code-execution-2025-08-25", tools=new)
    kinds = ("bash_code_execution_tool_result", "text_editor_code_execution_tool_result")
    history = [user("Hello"), assistant(cached(message.content, *kinds)), user("Go on.")]
    sdk.beta("code-execution-2025-08-25", tools=new, messages=history, container=message.container.id)
    if sdk.modern:
        sdk.create(tools=new, messages=history, container=message.container.id)


@call
def code_that_calls_tools(sdk: Sdk) -> None:
    """Let code call a tool, and answer it."""
    sdk.needs("ServerToolCaller20260120Param")
    tools = [
        {"type": "code_execution_20260120", "name": "code_execution"},
        {**WEATHER, "allowed_callers": ["code_execution_20260120"]},
    ]
    run = server_tool_use("code_execution", {"code": "await get_weather(location='Paris')"})
    caller = {"type": "code_execution_20260120", "tool_id": run["id"]}
    container = {"id": "container_000000000000000000000001", "expires_at": TIME}
    for create in (sdk.create, sdk.beta):
        sdk.answer(
            {**run, "caller": {"type": "direct"}},
            tool_use("get_weather", {"location": "Paris"}, caller=caller),
            stop_reason="tool_use",
            container=container,
        )
        message = create(tools=tools)
        history = [user("Hello"), assistant(message.content), results(message.content, "Rain")]
        hidden = {
            "type": "encrypted_code_execution_result",
            "encrypted_stdout": "RXFRQg==",
            "stderr": "",
            "return_code": 0,
            "content": [],
        }
        sdk.answer(server_result("code_execution_tool_result", hidden), text("It rains."))
        message = create(tools=tools, messages=history, container=message.container.id)
        history += [assistant(message.content), user("Thanks.")]
        create(tools=tools, messages=history, container="container_000000000000000000000001")


@call
def files(sdk: Sdk) -> None:
    """Upload a file, and refer to it."""
    beta = ["files-api-2025-04-14"]
    uploaded = sdk.client.beta.files.upload(file=sdk.file("report.pdf", PDF), **({} if sdk.modern else {"betas": beta}))
    document = {"type": "document", "source": {"type": "file", "file_id": uploaded.id}, "title": uploaded.filename}
    image = {"type": "image", "source": {"type": "file", "file_id": uploaded.id}}
    sdk.beta(*beta, messages=[user(document, image, text("Compare them."))])
    sdk.beta(
        *beta,
        "code-execution-2025-08-25",
        tools=[{"type": "code_execution_20250825", "name": "code_execution"}],
        messages=[user(text("Plot it."), {"type": "container_upload", "file_id": uploaded.id, **CACHED})],
    )
    if sdk.has("FileDocumentSourceParam"):
        sdk.create(messages=[user(document, image, text("Compare them."))])


@call
def skills(sdk: Sdk) -> None:
    """Set up a container with skills, and come back to it."""
    betas = ("code-execution-2025-08-25", "skills-2025-10-02")
    tools = [{"type": "code_execution_20250825", "name": "code_execution"}]
    chosen = [
        {"type": "anthropic", "skill_id": "xlsx", "version": "latest"},
        {"type": "custom", "skill_id": "skill_01AbCdEfGhIjKlMnOpQrStUv"},
    ]
    sdk.answer(text("Done."), container={"id": "container_1", "expires_at": TIME, "skills": chosen})
    message = sdk.beta(*betas, tools=tools, container={"skills": chosen})
    sdk.beta(
        *betas,
        tools=tools,
        container={"id": message.container.id, "skills": chosen},
        messages=[user("Hello"), assistant(message.content), user("Go on.")],
    )
    if sdk.modern:
        sdk.create(tools=tools, container={"skills": chosen})


def mcp_answer() -> list[dict[str, Any]]:
    """Make an answer that called the tools of an MCP server."""
    uses = [
        {"type": "mcp_tool_use", "id": f"mcptoolu_{number:024}", "name": "read", "server_name": "files", "input": {}}
        for number in (1, 2)
    ]
    return [
        uses[0],
        {"type": "mcp_tool_result", "tool_use_id": uses[0]["id"], "is_error": False, "content": [text("Lorem.")]},
        uses[1],
        {"type": "mcp_tool_result", "tool_use_id": uses[1]["id"], "is_error": True, "content": [text("No such file.")]},
        text("It says lorem."),
    ]


@call
def mcp_servers(sdk: Sdk) -> None:
    """Let the API use MCP servers in the first way, and put back what they answered."""
    servers: list[dict[str, Any]] = [
        {
            "type": "url",
            "name": "files",
            "url": "https://mcp.example.com/sse",
            "authorization_token": "unused",
            "tool_configuration": {"enabled": True, "allowed_tools": ["read", "list"]},
        },
        {"type": "url", "name": "mail", "url": "https://mail.example.com/mcp", "authorization_token": None},
    ]
    sdk.answer(*mcp_answer())
    message = sdk.beta("mcp-client-2025-04-04", mcp_servers=servers)
    sdk.beta(
        "mcp-client-2025-04-04",
        mcp_servers=servers,
        messages=[
            user("Hello"),
            assistant(cached(message.content, "mcp_tool_use", "mcp_tool_result")),
            user("And then?"),
        ],
    )


@call
def mcp_toolsets(sdk: Sdk) -> None:
    """Let the API use an MCP server in the newer way, with the listing of its tools that came back."""
    sdk.needs("BetaMCPToolsetParam")
    betas = ["mcp-client-2025-11-20"]
    servers = [{"type": "url", "name": "files", "url": "https://mcp.example.com/sse"}]
    toolset: dict[str, Any] = {
        "type": "mcp_toolset",
        "mcp_server_name": "files",
        "default_config": {"enabled": True, "defer_loading": False},
        "configs": {"delete": {"enabled": False}, "read": {"defer_loading": False}},
        **CACHED,
    }
    sdk.answer(*mcp_answer())
    message = sdk.beta(*betas, mcp_servers=servers, tools=[toolset])
    history = [user("Hello"), assistant(message.content), user("And then?")]
    sdk.beta(*betas, mcp_servers=servers, tools=[toolset, WEATHER], messages=history)
    sdk.beta(*betas, mcp_servers=servers, tools=[{"type": "mcp_toolset", "mcp_server_name": "files"}])
    if sdk.has("BetaMCPToolListingBlockParam"):
        betas.append("mcp-client-2026-09-15")
        tool = {"name": "read", "description": "Read a file.", "input_schema": {"type": "object"}}
        listing = {"type": "mcp_tool_listing", "mcp_server_name": "files", "tools": [tool]}
        sdk.answer(listing, *mcp_answer())
        message = sdk.beta(*betas, mcp_servers=servers, tools=[toolset])
        history = [user("Hello"), assistant(message.content), user("And then?")]
        sdk.beta(*betas, mcp_servers=servers, tools=[toolset], messages=history)
        pinned = [each.to_dict() for each in message.content[0].tools]
        sdk.beta(*betas, mcp_servers=servers, tools=[{**toolset, "tools": pinned}])


@call
def advisor(sdk: Sdk) -> None:
    """Let a model ask a stronger one, and put back what that said."""
    sdk.needs("BetaAdvisorTool20260301Param")
    tools = [
        {
            "type": "advisor_20260301",
            "name": "advisor",
            "model": "claude-opus-4-8",
            "max_uses": 2,
            "max_tokens": 2048,
            "caching": {"type": "ephemeral", "ttl": "5m"},
        }
    ]
    contents: list[dict[str, Any]] = [
        {"type": "advisor_result", "text": "Look again.", "stop_reason": "end_turn"},
        {"type": "advisor_redacted_result", "encrypted_content": "RXFRQg==", "stop_reason": None},
        {"type": "advisor_tool_result_error", "error_code": "max_uses_exceeded"},
    ]
    blocks: list[dict[str, Any]] = []
    for number, content in enumerate(contents):
        blocks.append(server_tool_use("advisor", {}, number))
        blocks.append(server_result("advisor_tool_result", content, number))
    params: dict[str, Any] = {"model": "claude-sonnet-4-6", "tools": tools}
    beta = "advisor-tool-2026-03-01"
    sdk.answer(*blocks, text("Now I see."))
    message = sdk.beta(beta, **params)
    sdk.beta(beta, **params, messages=[user("Hello"), assistant(message.content), user("Go on.")])

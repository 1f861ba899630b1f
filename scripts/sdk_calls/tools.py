"""Tools that run on the side of the client, by hand and with the helpers of the SDK."""

from __future__ import annotations

import asyncio
import base64
import importlib
import inspect
from typing import Any

from .core import (
    CACHED,
    PNG,
    STRICT,
    WEATHER,
    Missing,
    Sdk,
    assistant,
    base64_png,
    cached,
    call,
    results,
    server_result,
    server_tool_use,
    text,
    tool_use,
    user,
)


@call
def tool_choices(sdk: Sdk) -> None:
    """Choose tools in every way there is."""
    choices: list[dict[str, Any]] = [
        {"type": "auto"},
        {"type": "auto", "disable_parallel_tool_use": True},
        {"type": "any"},
        {"type": "any", "disable_parallel_tool_use": False},
        {"type": "tool", "name": "get_weather", "disable_parallel_tool_use": True},
        {"type": "none"},
    ]
    for choice in choices:
        sdk.create(tools=[WEATHER], tool_choice=choice)
    sdk.beta(tools=[{**WEATHER, "type": "custom"}], tool_choice={"type": "tool", "name": "get_weather"})


@call
def tool_loop(sdk: Sdk) -> None:
    """Answer the calls of tools, putting back what the API answered."""
    for create in (sdk.create, sdk.beta):
        uses = [tool_use("get_weather", {"location": place}, number) for number, place in enumerate(("Paris", "Rome"))]
        sdk.answer(text("I look it up."), *uses, stop_reason="tool_use")
        history = [user("What is the weather in Paris and Rome?")]
        message = create(tools=[WEATHER], messages=history)
        history += [assistant(message.content), results(message.content, "21 degrees", [text("23 degrees")])]
        sdk.answer(tool_use("get_weather", {"location": "Oslo"}, 7), stop_reason="tool_use")
        message = create(tools=[WEATHER], messages=history)
        answered = assistant(cached(message.content, "tool_use"))
        create(tools=[WEATHER], messages=[*history, answered, results(message.content, "", **CACHED)])


@call
def tool_results_of_all_kinds(sdk: Sdk) -> None:
    """Answer the call of a tool with pictures and documents, with an error, and with nothing."""
    document = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "Rain."}}
    answers: list[dict[str, Any]] = [
        {"content": [text("The map:"), base64_png()]},
        {"content": [document]},
        {"content": "No such place", "is_error": True},
        {"content": [text("No such place")], "is_error": True},
        {"content": []},
        {},
    ]
    for answer in answers:
        sdk.answer(tool_use("get_weather", {"location": "Paris"}), stop_reason="tool_use")
        message = sdk.create(tools=[WEATHER])
        result = {"type": "tool_result", "tool_use_id": message.content[0].id, **answer}
        sdk.create(
            tools=[WEATHER], messages=[user("Hello"), assistant(message.content), user(result, text("And now?"))]
        )


@call
def tools_with_options(sdk: Sdk) -> None:
    """Define tools with everything that can be said about them."""
    sdk.needs("ToolSearchToolRegex20251119Param")
    sdk.create(
        tools=[
            STRICT,
            {
                **WEATHER,
                "type": "custom",
                "input_examples": [{"location": "Paris", "unit": "celsius"}],
                "eager_input_streaming": True,
                "allowed_callers": ["direct"],
                **CACHED,
            },
            {"type": "bash_20250124", "name": "bash", "input_examples": [{"command": "ls"}], "strict": False},
        ]
    )
    sdk.create(tools=[{**STRICT, "eager_input_streaming": None, "defer_loading": False}])


@call
def every_tool_of_anthropic(sdk: Sdk) -> None:
    """Define each tool of Anthropic in each version, with what all of them can be told."""
    options = {"strict": False, "defer_loading": False, "allowed_callers": ["direct"]} if sdk.modern else {}
    screen: dict[str, Any] = {"display_width_px": 1280, "display_height_px": 800, "display_number": None}
    oldest = "claude-3-5-sonnet-20241022"
    tools: list[tuple[str, str, str, list[str], dict[str, Any]]] = [
        ("bash_20241022", "bash", oldest, ["computer-use-2024-10-22"], {}),
        ("text_editor_20241022", "str_replace_editor", oldest, ["computer-use-2024-10-22"], {}),
        ("computer_20241022", "computer", oldest, ["computer-use-2024-10-22"], {**screen, "display_number": 0}),
        ("computer_20250124", "computer", sdk.older_model, ["computer-use-2025-01-24"], screen),
        ("bash_20250124", "bash", sdk.model, [], {}),
        ("text_editor_20250124", "str_replace_editor", sdk.older_model, [], {}),
        ("text_editor_20250429", "str_replace_based_edit_tool", sdk.older_model, [], {}),
        ("text_editor_20250728", "str_replace_based_edit_tool", sdk.model, [], {"max_characters": None}),
        ("code_execution_20250522", "code_execution", sdk.older_model, ["code-execution-2025-05-22"], {}),
        ("code_execution_20250825", "code_execution", sdk.model, ["code-execution-2025-08-25"], {}),
        ("memory_20250818", "memory", sdk.model, ["context-management-2025-06-27"], {}),
        ("web_search_20250305", "web_search", sdk.model, [], {"max_uses": None, "user_location": None}),
        ("web_fetch_20250910", "web_fetch", sdk.model, ["web-fetch-2025-09-10"], {"allowed_domains": ["example.com"]}),
    ]
    if sdk.modern:
        domains = {"allowed_domains": ["example.com"], "blocked_domains": None, "max_uses": 3}
        limits = {"citations": None, "max_content_tokens": None, "url_sources": None}
        computer = ["computer-use-2025-11-24"]
        tools += [
            ("computer_20251124", "computer", sdk.model, computer, {**screen, "enable_zoom": False}),
            ("code_execution_20260120", "code_execution", sdk.model, [], {}),
            ("code_execution_20260521", "code_execution", sdk.model, [], {}),
            ("web_search_20260209", "web_search", sdk.model, [], {**domains, "user_location": None}),
            ("web_search_20260318", "web_search", sdk.model, [], {**domains, "response_inclusion": "full"}),
            ("web_fetch_20260209", "web_fetch", sdk.model, [], {**domains, **limits}),
            ("web_fetch_20260309", "web_fetch", sdk.model, [], {**domains, **limits, "use_cache": True}),
            ("web_fetch_20260318", "web_fetch", sdk.model, [], {**domains, **limits, "response_inclusion": "excluded"}),
            ("tool_search_tool_bm25_20251119", "tool_search_tool_bm25", sdk.model, [], {}),
            ("tool_search_tool_regex", "tool_search_tool_regex", sdk.model, [], {}),
        ]
    for kind, name, model, betas, more in tools:
        sdk.beta(*betas, model=model, tools=[{"type": kind, "name": name, **more, **options, **CACHED}])


@call
def computer_use(sdk: Sdk) -> None:
    """Let a model use a computer, and send it what is on the screen."""
    kinds: list[tuple[str, str, dict[str, Any]]] = [("20250124", sdk.older_model, {})]
    if sdk.has("BetaToolComputerUse20251124Param"):
        kinds.append(("20251124", sdk.model, {"enable_zoom": True}))
    for version, model, more in kinds:
        tools: list[dict[str, Any]] = [
            {
                "type": f"computer_{version}",
                "name": "computer",
                "display_width_px": 1280,
                "display_height_px": 800,
                "display_number": 1,
                **more,
            },
            {"type": "bash_20250124", "name": "bash"},
            {"type": "text_editor_20250728", "name": "str_replace_based_edit_tool", "max_characters": 10000},
        ]
        params: dict[str, Any] = {"model": model, "tools": tools}
        beta = f"computer-use-{version[:4]}-{version[4:6]}-{version[6:]}"
        sdk.answer(tool_use("computer", {"action": "screenshot"}), stop_reason="tool_use")
        message = sdk.beta(beta, **params)
        history = [user("Hello"), assistant(message.content), results(message.content, [base64_png()])]
        sdk.beta(beta, **params, messages=history)


@call
def older_client_tools(sdk: Sdk) -> None:
    """Define the tools of Anthropic that run on the side of the client, in older versions."""
    model = sdk.older_model
    for create in (sdk.create, sdk.beta):
        create(model=model, tools=[{"type": "text_editor_20250124", "name": "str_replace_editor", **CACHED}])
        create(model=model, tools=[{"type": "text_editor_20250429", "name": "str_replace_based_edit_tool"}])
    sdk.beta(
        "computer-use-2024-10-22",
        model="claude-3-5-sonnet-20241022",
        tools=[
            {"type": "computer_20241022", "name": "computer", "display_width_px": 800, "display_height_px": 600},
            {"type": "bash_20241022", "name": "bash"},
            {"type": "text_editor_20241022", "name": "str_replace_editor"},
        ],
    )


@call
def memory(sdk: Sdk) -> None:
    """Give a model a memory, by hand and with the helper for it."""
    tool = {"type": "memory_20250818", "name": "memory"}
    arguments = {"command": "view", "path": "/memories"}
    beta = "context-management-2025-06-27"
    sdk.answer(tool_use("memory", arguments), stop_reason="tool_use")
    message = sdk.beta(beta, tools=[tool])
    sdk.beta(
        beta, tools=[tool], messages=[user("Hello"), assistant(message.content), results(message.content, "Empty")]
    )
    helper = getattr(importlib.import_module("anthropic.lib.tools"), "BetaAbstractMemoryTool", None)
    if helper is None or not hasattr(sdk.client.beta.messages, "tool_runner"):
        raise Missing
    names = ("view", "create", "str_replace", "insert", "delete", "rename", "clear_all_memory")
    own = type("OwnMemory", (helper,), {name: lambda *_: "Done" for name in names})
    sdk.answer(tool_use("memory", arguments), stop_reason="tool_use")
    sdk.call("beta.messages.tool_runner", betas=[beta], tools=[own()]).until_done()


def runnable_tools(sdk: Sdk) -> list[Any]:
    """Make tools of functions, as the decorator of the SDK does."""

    def get_weather(location: str, unit: str | None = None) -> str:
        """Get the weather of a place.

        Args:
            location: A city.
            unit: Celsius or Fahrenheit.
        """
        return f"Rain in {location}, {unit}"

    def fail(reason: str) -> str:
        """Fail for a reason."""
        raise ValueError(reason)

    decorator = getattr(sdk.package, "beta_tool", None)
    if decorator is None:
        raise Missing
    return [decorator(get_weather), decorator(fail, name="fail_always", description="Never works.")]


@call
def tool_runner(sdk: Sdk) -> None:
    """Let the SDK run the tools that a model calls, with the answers whole and in a stream."""
    tools = runnable_tools(sdk)
    for more in ({}, {"stream": True}, {"thread": False, "betas": []}, {"output_config": {"effort": "low"}}):
        if not more.keys() <= inspect.signature(sdk.client.beta.messages.tool_runner).parameters.keys():
            continue
        sdk.answer(text("I look it up."), tool_use("get_weather", {"location": "Paris"}), stop_reason="tool_use")
        sdk.answer(
            tool_use("get_weather", {"location": "Rome", "unit": "celsius"}, 2),
            tool_use("fail_always", {"reason": "none"}, 3),
            stop_reason="tool_use",
        )
        sdk.call("beta.messages.tool_runner", tools=tools, system="Be brief.", **more).until_done()
    sdk.create(tools=[tool.to_dict() for tool in tools])


@call
def async_tool_runner(sdk: Sdk) -> None:
    """Let the SDK run asynchronous tools."""

    async def get_time(zone: str) -> str:
        """Get the time of a zone."""
        return f"Noon in {zone}"

    plain = sdk.client

    async def calls() -> None:
        async with sdk.make_client("AsyncAnthropic") as client:
            sdk.client = client
            tool = sdk.package.beta_async_tool(get_time)
            sdk.answer(tool_use("get_time", {"zone": "UTC"}), stop_reason="tool_use")
            await sdk.call("beta.messages.tool_runner", tools=[tool], max_iterations=3).until_done()

    try:
        asyncio.run(calls())
    finally:
        sdk.client = plain


@call
def tool_search(sdk: Sdk) -> None:
    """Let a model search for the tools it needs, on both sides."""
    sdk.needs("ToolSearchToolRegex20251119Param")
    deferred = {**WEATHER, "defer_loading": True}
    for kind, query in (("regex", {"pattern": "weather"}), ("bm25", {"query": "weather"})):
        name = f"tool_search_tool_{kind}"
        tools = [{"type": f"{name}_20251119", "name": name}, deferred]
        found = {
            "type": "tool_search_tool_search_result",
            "tool_references": [{"type": "tool_reference", "tool_name": "get_weather"}],
        }
        failed = {"type": "tool_search_tool_result_error", "error_code": "unavailable", "error_message": None}
        sdk.answer(
            server_tool_use(name, query, 1),
            server_result("tool_search_tool_result", failed, 1),
            server_tool_use(name, query, 2),
            server_result("tool_search_tool_result", found, 2),
            tool_use("get_weather", {"location": "Paris"}, caller={"type": "direct"}),
            stop_reason="tool_use",
        )
        message = sdk.create(tools=tools)
        sdk.create(tools=tools, messages=[user("Hello"), assistant(message.content), results(message.content, "Rain")])
    finder = {"name": "find_tools", "input_schema": {"type": "object", "properties": {"q": {"type": "string"}}}}
    sdk.answer(tool_use("find_tools", {"q": "weather"}), stop_reason="tool_use")
    message = sdk.beta(tools=[finder, deferred])
    reference = [{"type": "tool_reference", "tool_name": "get_weather"}]
    sdk.beta(
        tools=[finder, deferred],
        messages=[user("Hello"), assistant(message.content), results(message.content, reference)],
    )


@call
def toolsets(sdk: Sdk) -> None:
    """Let a model use a browser and a computer by the toolsets for them."""
    sdk.needs("BetaBrowserToolset20260801Param", "BetaComputerToolset20260801Param")
    browser = {
        "type": "browser_toolset_20260801",
        "configs": {"javascript_exec": {"enabled": False}, "read_console": {"enabled": True}, "zoom": None},
        **CACHED,
    }
    computer = {"type": "computer_toolset_20260801", "configs": {"zoom": {"enabled": False, "defer_loading": None}}}
    state = {
        "type": "browser_state",
        "tabs": [
            {"tab_id": "1", "title": "A page", "url": "https://example.com/a", "active": True},
            {"tab_id": "2", "title": "", "url": "about:blank"},
        ],
        "state_changes": [
            {"type": "tab_opened", "tab_id": "2"},
            {"type": "download_started", "download_id": "d1", "url": "https://example.com/f"},
            {
                "type": "download_completed",
                "download_id": "d1",
                "url": "https://example.com/f",
                "path": "f.pdf",
                "size_bytes": 10,
            },
            {"type": "download_failed", "download_id": "d2", "url": "https://example.com/g", "error": None},
        ],
    }
    params: dict[str, Any] = {"model": "claude-opus-5-5", "tools": [browser, computer]}
    for create in (sdk.create, sdk.beta):
        sdk.answer(
            tool_use("navigate", {"url": "https://example.com/a"}, 1, toolset_name="browser"),
            tool_use("screenshot", {}, 2, toolset_name="computer"),
            stop_reason="tool_use",
        )
        message = create(**params)
        answers = [[text("Opened."), state], [base64_png()]]
        answered = user(
            *(
                {"type": "tool_result", "tool_use_id": block.id, "toolset_name": block.toolset_name, "content": answer}
                for block, answer in zip(message.content, answers, strict=True)
            )
        )
        create(**params, messages=[user("Hello"), assistant(message.content), answered])
    configs = importlib.import_module("anthropic.types").ComputerToolsetConfigsParam.__annotations__
    computer = {"type": "computer_toolset_20260801", "configs": {name: {"enabled": True} for name in configs}, **CACHED}
    create(**{**params, "tools": [computer]})
    create(**{**params, "tools": [{"type": "computer_toolset_20260801", "configs": {}}]})


@call
def browser_with_the_helper(sdk: Sdk) -> None:
    """Let the SDK run the calls of a browser toolset."""
    try:
        tools: Any = importlib.import_module("anthropic.tools")
    except ImportError:
        raise Missing from None
    tab = {"tab_id": "1", "title": "A page", "url": "https://example.com/a", "active": True}
    members = {
        "_browser_state": lambda *_: tools.BetaBrowserState(tabs=[tab]),
        "get_page_text": lambda *_: "Lorem ipsum.",
        "left_click": lambda *_: None,
    }
    own = type("OwnBrowser", (tools.BetaAbstractBrowserToolset20260801,), members)()
    sdk.answer(tool_use("get_page_text", {}, 1, toolset_name="browser"), stop_reason="tool_use")
    sdk.call("beta.messages.tool_runner", model="claude-opus-5-5", tools=[own], thread=False).until_done()


@call
def mcp_helpers(sdk: Sdk) -> None:
    """Turn what an MCP server of one's own says into tools and content, where the package for it is there."""
    try:
        helpers = importlib.import_module("anthropic.lib.tools.mcp")
        mcp = importlib.import_module("mcp.types")
    except ImportError:
        raise Missing from None
    schema = WEATHER["input_schema"]
    tool = mcp.Tool.model_validate({"name": "get_weather", "description": "The weather.", "inputSchema": schema})
    picture = {"type": "image", "data": base64.b64encode(PNG).decode(), "mimeType": "image/png"}
    resource = {"uri": "file:///a.txt", "mimeType": "text/plain", "text": "Lorem ipsum."}
    prompt = mcp.PromptMessage.model_validate({"role": "user", "content": {"type": "text", "text": "Hello"}})
    read = mcp.ReadResourceResult.model_validate({"contents": [resource]})
    shown = helpers.mcp_content(mcp.ImageContent.model_validate(picture), cache_control={"type": "ephemeral"})
    sdk.beta(
        tools=[helpers.mcp_tool(tool, None).to_dict()],
        messages=[helpers.mcp_message(prompt), user(shown, helpers.mcp_resource_to_content(read))],
    )

"""Long conversations: context management, threads, other models, changes on the way."""

from __future__ import annotations

from typing import Any

from .core import CACHED, STRICT, WEATHER, Missing, Sdk, assistant, cached, call, text, tool_use, user
from .tools import runnable_tools


@call
def context_management(sdk: Sdk) -> None:
    """Let the API shorten a long conversation."""
    beta = "context-management-2025-06-27"
    sdk.beta(beta, context_management={"edits": [{"type": "clear_tool_uses_20250919"}]}, tools=[WEATHER])
    sdk.beta(
        beta,
        context_management={
            "edits": [
                {
                    "type": "clear_tool_uses_20250919",
                    "trigger": {"type": "input_tokens", "value": 30000},
                    "keep": {"type": "tool_uses", "value": 3},
                    "clear_at_least": {"type": "input_tokens", "value": 5000},
                    "exclude_tools": ["get_weather"],
                    "clear_tool_inputs": True,
                }
            ]
        },
        tools=[WEATHER],
    )
    thinking: dict[str, Any] = {
        "model": sdk.older_model,
        "max_tokens": 4096,
        "thinking": {"type": "enabled", "budget_tokens": 2048},
    }
    keeps: list[Any] = [{"type": "thinking_turns", "value": 2}, {"type": "all"}, "all"]
    for keep in keeps:
        cleared = {"type": "clear_tool_uses_20250919", "trigger": {"type": "tool_uses", "value": 10}}
        edits = [{"type": "clear_thinking_20251015", "keep": keep}, {**cleared, "clear_tool_inputs": ["get_weather"]}]
        sdk.beta(beta, context_management={"edits": edits}, **thinking)
    sdk.beta(beta, context_management=None)


@call
def compaction_by_a_strategy(sdk: Sdk) -> None:
    """Let the API sum up a conversation when it grows long, and go on from the summary."""
    sdk.needs("BetaCompact20260112EditParam")
    edit = {
        "type": "compact_20260112",
        "trigger": {"type": "input_tokens", "value": 100000},
        "pause_after_compaction": True,
        "instructions": "Keep the numbers.",
    }
    beta = "compact-2026-01-12"
    sdk.answer({"type": "compaction", "content": "They greeted each other."}, stop_reason="compaction")
    message = sdk.beta(beta, context_management={"edits": [edit]})
    sdk.beta(
        beta,
        context_management={"edits": [{"type": "compact_20260112"}]},
        messages=[user("Hello"), assistant(cached(message.content, "compaction")), user("Go on.")],
    )


@call
def compaction_on_demand(sdk: Sdk) -> None:
    """Ask for a summary of a conversation, and begin the next request with it."""
    sdk.needs("BetaCompactionConfigParam")
    beta = "compact-2026-09-04"
    summary: dict[str, Any] = {
        "type": "compaction",
        "content": "They greeted each other.",
        "signature": "RXFRQg==",
        "tool_changes": [],
    }
    history = [user("Hello"), assistant("Hi."), user("Go on.")]
    sdk.answer(summary, stop_reason="compaction")
    message = sdk.beta(
        beta, compaction={"type": "summarize", "instructions": "Keep the numbers."}, messages=history, tools=[WEATHER]
    )
    sdk.beta(beta, tools=[WEATHER], messages=[assistant(message.content), user("Go on.")])
    sdk.answer({**summary, "encrypted_content": "RXFRQg=="}, stop_reason="compaction")
    budget = {"type": "tokens", "total": 50000}
    betas = (beta, "task-budgets-2026-03-13")
    message = sdk.beta(*betas, compaction={"type": "summarize"}, output_config={"task_budget": budget})
    sdk.beta(*betas, messages=[assistant(message.content), user("Go on.")], output_config={"task_budget": budget})
    sdk.call("beta.messages.count_tokens", betas=[beta], compaction={"type": "summarize"}, messages=history)


@call
def compaction_by_the_tool_runner(sdk: Sdk) -> None:
    """Let the SDK ask for a summary between the turns, and after the last one."""
    sdk.needs("BetaCompactionConfigParam")
    summary = {"type": "compaction", "content": "It rains.", "signature": "RXFRQg==", "tool_changes": None}
    for thread in (None, False):
        sdk.answer(tool_use("get_weather", {"location": "Paris"}), stop_reason="tool_use")
        sdk.answer(summary, stop_reason="compaction")
        sdk.answer(text("It rains."))
        sdk.answer(summary, stop_reason="compaction")
        runner = sdk.call(
            "beta.messages.tool_runner", betas=["compact-2026-09-04"], tools=runnable_tools(sdk), thread=thread
        )
        for message in runner:
            if message.stop_reason != "compaction":
                runner.compact_before_next_turn()


@call
def tool_changes_by_the_tool_runner(sdk: Sdk) -> None:
    """Let the SDK tell the model of tools that come and go."""
    sdk.needs("BetaToolChangeToolDefinitionParam")
    sdk.answer(tool_use("get_weather", {"location": "Paris"}), stop_reason="tool_use")
    betas = ["mid-conversation-tool-changes-2026-07-01", "inline-tools-2026-09-15"]
    first, second = runnable_tools(sdk)
    runner = sdk.call("beta.messages.tool_runner", betas=betas, tools=[first])
    for message in runner:
        if message.stop_reason == "tool_use":
            runner.add_tools(second)
            runner.remove_tools(first)


@call
def fallbacks(sdk: Sdk) -> None:
    """Name other models for the case that the first declines, and put back an answer that changed hands."""
    sdk.needs("BetaFallbackParam")
    chain: list[dict[str, Any]] = [
        {"model": "claude-opus-4-7", "max_tokens": 512},
        {"model": "claude-sonnet-5", "thinking": {"type": "disabled"}, "output_config": {"effort": "low"}},
    ]
    beta = "server-side-fallback-2026-07-01"
    sdk.beta(beta, "fast-mode-2026-02-01", fallbacks=[{"model": "claude-opus-5", "speed": "fast", "max_tokens": None}])
    seam = {
        "type": "fallback",
        "from": {"model": "claude-opus-4-8"},
        "to": {"model": "claude-opus-4-7"},
        "trigger": {"type": "refusal", "category": None, "explanation": None},
    }
    sdk.answer(text("Well, "), seam, text("yes."))
    message = sdk.beta(beta, fallbacks=chain)
    sdk.beta(beta, fallbacks="default", messages=[user("Hello"), assistant(message.content), user("Go on.")])
    sdk.beta("server-side-fallback-2026-06-01", fallbacks=[{"model": "claude-opus-4-7"}])
    sdk.beta("fallback-credit-2026-06-01", fallback_credit_token="unused")  # noqa: S106 - not a secret
    sdk.beta("fallback-credit-2026-07-01", fallback_credit_token={"token": "unused", "mode": "best_effort"})


@call
def fallbacks_of_the_client(sdk: Sdk) -> None:
    """Let the SDK ask another model when the first declines."""
    middleware = getattr(sdk.package, "BetaRefusalFallbackMiddleware", None)
    if middleware is None:
        raise Missing
    plain = sdk.client
    sdk.client = sdk.make_client(middleware=[middleware([{"model": "claude-opus-4-7", "max_tokens": 512}])])
    details = {
        "type": "refusal",
        "category": None,
        "explanation": None,
        "fallback_credit_token": "unused",
        "fallback_has_prefill_claim": False,
        "recommended_model": None,
    }
    sdk.answer(stop_reason="refusal", stop_details=details)
    sdk.answer(text("Yes."))
    message = sdk.beta()
    sdk.beta(messages=[user("Hello"), assistant(message.content), user("Go on.")])
    sdk.client = plain


@call
def threads(sdk: Sdk) -> None:
    """Let the server keep a conversation, and send only what is new."""
    sdk.needs("BetaThreadContinueParams")
    beta = "message-threads-2026-08-12"
    message = sdk.beta(beta, thread={"type": "create"}, system="Be brief.", tools=[WEATHER])
    sdk.beta(beta, thread={"type": "continue", "previous_message_id": message.id}, messages=[user("Go on.")])
    thread = sdk.call("beta.messages.thread", messages=[], system="Be brief.", tools=runnable_tools(sdk))
    thread.send(user("Hello"))
    sdk.answer(text("Wait."), stop_reason="pause_turn")
    thread.send(user("Go on."))
    thread.send()
    with thread.stream(user("And then?")) as stream:
        stream.until_done()
    thread.fork().send(user("Or else?"))


@call
def system_messages(sdk: Sdk) -> None:
    """Give instructions in the middle of a conversation."""
    sdk.needs("SystemMessageParam")
    told = {"role": "system", "content": "From now on, answer in French."}
    sdk.create(messages=[user("Hello"), told])
    sdk.create(
        messages=[user("Hello"), {**told, "content": [text("Be brief.", **CACHED)]}, assistant("Hi."), user("So?")]
    )
    sdk.beta(
        "mid-conversation-system-clear-at-2026-08-21",
        messages=[user("Hello"), {**told, "clear_at": "next_user_message"}, assistant("Salut."), user("So?")],
    )
    sdk.beta(
        "mid-conversation-output-config-2026-07-01",
        model="claude-opus-5",
        messages=[user("Hello"), {"role": "system", "content": [], "output_config": {"effort": "low"}}],
    )


@call
def tool_changes(sdk: Sdk) -> None:
    """Add and remove tools in the middle of a conversation."""
    sdk.needs("BetaRequestToolAdditionBlockParam")
    reference = {"type": "tool_reference", "name": "get_weather"}
    beta = "mid-conversation-tool-changes-2026-07-01"
    removed = {"role": "system", "content": [{"type": "tool_removal", "tool": reference}]}
    added = {"role": "system", "content": [{"type": "tool_addition", "tool": reference, **CACHED}]}
    sdk.beta(beta, tools=[WEATHER, STRICT], messages=[user("Hello"), removed, assistant("Hi."), user("So?"), added])
    if sdk.has("BetaToolChangeToolDefinitionParam"):
        definition = {"type": "tool_definition", "definition": WEATHER}
        inline = {"role": "system", "content": [{"type": "tool_addition", "tool": definition}]}
        sdk.beta(beta, "inline-tools-2026-09-15", tools=[STRICT], messages=[user("Hello"), inline])
    servers = [{"type": "url", "name": "files", "url": "https://mcp.example.com/sse"}]
    toolset = {"type": "mcp_toolset_reference", "server_name": "files"}
    single = {"type": "mcp_tool_reference", "server_name": "files", "name": "read"}
    changes = [{"type": "tool_removal", "tool": toolset}, {"type": "tool_addition", "tool": single}]
    sdk.beta(
        beta,
        "mcp-client-2025-11-20",
        mcp_servers=servers,
        tools=[{"type": "mcp_toolset", "mcp_server_name": "files"}],
        messages=[user("Hello"), {"role": "system", "content": changes}],
    )

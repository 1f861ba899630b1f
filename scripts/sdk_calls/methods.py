"""The other ways to call: streams, asynchronous code, counting, batches, responses as they are."""

from __future__ import annotations

import asyncio
import io
from typing import Any

from .core import CACHED, GIF, PDF, STRICT, WEATHER, Sdk, assistant, base64_png, call, results, text, tool_use, user
from .server_tools import web_search_answer


@call
def streams(sdk: Sdk) -> None:
    """Read answers as they arrive, with the helper and without, and put them back."""
    for family in ("messages", "beta.messages"):
        sdk.answer(
            text("Hello", citations=None), tool_use("get_weather", {"location": "Paris"}), stop_reason="tool_use"
        )
        with sdk.call(f"{family}.stream", tools=[WEATHER]) as stream:
            list(stream)
            content = stream.get_final_message().content
        sdk.answer(*web_search_answer())
        history = [user("Hello"), assistant(content), results([content[1]], "Rain")]
        search = {"type": "web_search_20250305", "name": "web_search"}
        with sdk.call(f"{family}.stream", tools=[WEATHER, search], messages=history) as stream:
            stream.until_done()
            content = stream.get_final_message().content
        events = sdk.call(
            f"{family}.create",
            stream=True,
            tools=[WEATHER, search],
            messages=[*history, assistant(content), user("Go on.")],
        )
        list(events)
    sdk.answer({"type": "thinking", "thinking": "Well.", "signature": "RXFRQg=="}, text("Yes."))
    thinking = {"type": "adaptive"} if sdk.modern else {"type": "enabled", "budget_tokens": 2000}
    with sdk.call("messages.stream", thinking=thinking, max_tokens=4000) as stream:
        "".join(stream.text_stream)
        content = stream.get_final_message().content
    sdk.create(thinking=thinking, max_tokens=4000, messages=[user("Hello"), assistant(content), user("Why?")])


@call
def raw_responses(sdk: Sdk) -> None:
    """Call with the response as it is, and with headers and parameters of one's own."""
    sdk.call("messages.with_raw_response.create").parse()
    with sdk.call("beta.messages.with_streaming_response.create") as response:
        response.read()
    sdk.create(extra_headers={"x-own": "1"}, timeout=10, extra_query={"own": "1"})


@call
def async_calls(sdk: Sdk) -> None:
    """Make calls with the client for asynchronous code."""
    plain = sdk.client

    async def calls() -> None:
        async with sdk.make_client("AsyncAnthropic") as client:
            sdk.client = client
            await sdk.create()
            await sdk.count()
            async with sdk.call("messages.stream", messages=(message for message in [user("Hello")])) as stream:
                await stream.get_final_message()
            source = {"type": "base64", "media_type": "image/gif", "data": io.BytesIO(GIF)}
            await sdk.beta(messages=[user({"type": "image", "source": source})])
            await sdk.call("messages.batches.create", requests=[{"custom_id": "one", "params": request(sdk)}])

    try:
        asyncio.run(calls())
    finally:
        sdk.client = plain


@call
def counts(sdk: Sdk) -> None:
    """Count the tokens of all that can be counted."""
    sdk.count()
    sdk.count(
        system=[text("You are terse.", **CACHED)],
        tools=[WEATHER, {"type": "bash_20250124", "name": "bash"}],
        tool_choice={"type": "any"},
        messages=[user(base64_png(), text("What is it?"))],
    )
    sdk.count(model=sdk.older_model, thinking={"type": "enabled", "budget_tokens": 16000})
    pdf = {"type": "base64", "media_type": "application/pdf", "data": sdk.file("report.pdf", PDF)}
    sdk.call("beta.messages.count_tokens", messages=[user({"type": "document", "source": pdf}, text("Sum it up."))])
    sdk.call(
        "beta.messages.count_tokens",
        betas=["mcp-client-2025-04-04", "context-management-2025-06-27"],
        mcp_servers=[{"type": "url", "name": "files", "url": "https://mcp.example.com/sse"}],
        context_management={"edits": [{"type": "clear_tool_uses_20250919"}]},
        tools=[{"type": "web_fetch_20250910", "name": "web_fetch"}] if sdk.modern else [WEATHER],
    )


@call
def counts_of_newer_parameters(sdk: Sdk) -> None:
    """Count with the parameters that counting has learnt."""
    sdk.count(
        output_config={"effort": "low"},
        cache_control={"type": "ephemeral"},
        thinking={"type": "adaptive"},
        tools=[STRICT, {"type": "web_search_20260209", "name": "web_search"}],
    )
    sdk.count(speed="standard")


def request(sdk: Sdk, **more: Any) -> dict[str, Any]:
    """Make the parameters of one request of a batch."""
    return {"model": sdk.model, "max_tokens": 1024, "messages": [user("Hello")], **more}


@call
def batches(sdk: Sdk) -> None:
    """Create batches, and look after one."""
    pdf = {"type": "base64", "media_type": "application/pdf", "data": sdk.file("report.pdf", PDF)}
    requests = [
        {"custom_id": "plain", "params": request(sdk, system="Be brief.")},
        {"custom_id": "with-tools_2", "params": request(sdk, tools=[WEATHER], tool_choice={"type": "auto"})},
        {
            "custom_id": "document",
            "params": request(sdk, messages=[user({"type": "document", "source": pdf}, text("Sum it up."))]),
        },
    ]
    made = sdk.call("messages.batches.create", requests=requests)
    sdk.client.messages.batches.retrieve(made.id)
    sdk.client.messages.batches.cancel(made.id)
    sdk.call("beta.messages.batches.create", requests=(each for each in requests))
    sdk.call(
        "beta.messages.batches.create",
        betas=["output-300k-2026-03-24" if sdk.modern else "context-1m-2025-08-07"],
        requests=[{"custom_id": "long", "params": request(sdk, max_tokens=64000)}],
    )

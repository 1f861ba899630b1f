from anthropic import AsyncAnthropic

client = AsyncAnthropic(default_headers={"anthropic-beta": "context-management-2025-06-27"})


async def ask(text: str):
    return await client.beta.messages.create(
        model="claude-opus-4-8",
        max_tokens=100,
        messages=[{"role": "user", "content": text}],
        context_management={"edits": [{"type": "clear_tool_uses_20250919"}]},
    )

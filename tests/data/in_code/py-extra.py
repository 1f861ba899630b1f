import anthropic

client = anthropic.Anthropic()
client.messages.create(
    model="claude-opus-4-8",
    max_tokens=100,
    messages=[{"role": "user", "content": "Hi"}],
    extra_headers={"anthropic-beta": "context-management-2025-06-27"},
    extra_body={"context_management": {"edits": [{"type": "clear_tool_uses_20250919"}]}},
    timeout=20,
)
client.messages.create(
    model="claude-haiku-4-5",
    max_tokens=100,
    messages=[{"role": "user", "content": "Hi"}],
    extra_body={"top_k": "5", "n": 2},
)

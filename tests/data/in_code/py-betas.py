import anthropic

client = anthropic.Anthropic()
client.beta.messages.create(
    model="claude-opus-4-8",
    max_tokens=100,
    betas=["interleaved-thinking-2025-05-14"],
    mcp_servers=[{"type": "url", "url": "https://mcp.example.com/sse", "name": "example"}],
    tools=[{"type": "mcp_toolset", "mcp_server_name": "example"}],
    messages=[{"role": "user", "content": "Hi"}],
)


def ask(betas):
    return client.beta.messages.create(
        model="claude-opus-4-8",
        max_tokens=100,
        betas=betas,
        mcp_servers=[{"type": "url", "url": "https://mcp.example.com/sse", "name": "example"}],
        tools=[{"type": "mcp_toolset", "mcp_server_name": "example"}],
        messages=[{"role": "user", "content": "Hi"}],
    )

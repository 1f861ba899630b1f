const post = (headers, body) => fetch("https://api.anthropic.com/v1/messages", { method: "POST", headers, body });

await fetch("https://api.anthropic.com/v1/messages", {
  method: "POST",
  headers: { "content-type": "application/json", "x-api-key": KEY, "anthropic-version": "2023-06-01" },
  body: JSON.stringify({
    model: "claude-opus-4-8",
    max_tokens: 10,
    context_management: { edits: [{ type: "clear_tool_uses_20250919" }] },
    messages: [{ role: "user", content: "x" }],
  }),
});
await fetch("https://gateway.example.com/v1/messages", { method: "POST", body: JSON.stringify({ model: 5 }) });

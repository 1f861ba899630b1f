export async function ask(text, more) {
  await fetch("https://api.anthropic.com/v1/messages", {
    method: "POST",
    headers: { "anthropic-version": "2023-06-01" },
    body: `{"model": "claude-haiku-4-5", "messages": [
      {"role": "user", "content": "é 🐎 ${text ? `"` : "}"}"}, ${more}
    ], "max_tokens": "5"}`,
  });
  const raw = '{"model": "claude-haiku-4-5", "max_tokens": 5, "messages": "x"}';
  await fetch("https://api.anthropic.com/v1/messages", { method: "POST", body: raw });
  return fetch("https://api.anthropic.com/v1/messages", { method: "POST", body: '{\"model\": 5}' });
}

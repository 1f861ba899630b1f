curl https://api.anthropic.com/v1/messages \
  -H "anthropic-beta: interleaved-thinking-2025-05-14" \
  -d '{"model": "claude-opus-4-8", "max_tokens": 5, "messages": [{"role": "user", "content": "x"}], "context_management": {"edits": [{"type": "clear_tool_uses_20250919"}]}}'
curl https://api.anthropic.com/v1/messages -H "$BETAS" \
  -d '{"model": "claude-opus-4-8", "max_tokens": 5, "messages": [{"role": "user", "content": "x"}], "context_management": {"edits": [{"type": "clear_tool_uses_20250919"}]}}'

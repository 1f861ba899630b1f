BODY='{
  "model": "claude-haiku-4-5",
  "max_tokens": "5",
  "messages": [{"role": "user", "content": "x"}]
}'
curl -X POST https://api.anthropic.com/v1/messages -d "$BODY"

echo '{"model": "claude-haiku-4-5", "max_tokens": "5", "messages": [{"role": "user", "content": "x"}]}' |
  curl https://api.anthropic.com/v1/messages -d @-
curl https://api.anthropic.com/v1/messages -d @- <<< '{"model": "claude-haiku-4-5", "max_tokens": -5, "messages": [{"role": "user", "content": "x"}]}'
BASE=https://api.anthropic.com
curl "$BASE/v1/messages" -d '{"model": "claude-haiku-4-5", "max_tokens": 5, "messages": "x"}'

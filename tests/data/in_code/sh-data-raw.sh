curl --request POST \
     --url https://api.anthropic.com/v1/messages \
     --header "anthropic-version: 2023-06-01" \
     --data-raw '{
  "model": "claude-haiku-4-5",
  "max_tokens": 5,
  "messages": [{"role": "user", "content": "@home"}],
  "temprature": 0
}' | jq .
curl https://api.anthropic.com/v1/messages --json '{"model":"claude-haiku-4-5","max_tokens":5,"messages":{}}' > answer.json

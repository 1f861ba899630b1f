#!/bin/sh
text=$(cat question.txt)
jq -n --arg text "$text" '{model: "claude-haiku-4-5", max_tokens: "5", messages: [{role: "user", content: $text}]}' |
  curl https://api.anthropic.com/v1/messages -H "anthropic-version: 2023-06-01" -d @-
curl https://api.anthropic.com/v1/messages -d "$(jq -n '{model: "claude-haiku-4-5"}')"

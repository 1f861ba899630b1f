#!/usr/bin/env bash
curl -sS https://api.anthropic.com/v1/messages \
  -H "x-api-key: $ANTHROPIC_API_KEY" -H 'anthropic-version: 2023-06-01' \
  --data $'{"model": "claude-haiku-4-5",\n "max_tokens": 5, "messages": [{"content": "it\'s \x41 \u00e9 🐎", "role": "me"}]}'

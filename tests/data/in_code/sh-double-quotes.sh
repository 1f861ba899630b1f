curl https://api.anthropic.com/v1/messages \
  -d "{\"model\": \"$MODEL\", \"messages\": [{\"role\": \"user\", \"content\": \"${1:-hi} \$5\"}], \"max_tokens\": \"5\"}"

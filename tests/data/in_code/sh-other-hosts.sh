# curl https://api.anthropic.com/v1/messages -d '{"model": 5}'
curl https://api.example.com/v1/messages -d '{"model": 5}'
curl http://localhost:8080/v1/messages -d '{"model": "claude-haiku-4-5"}'
curl https://api.anthropic.com/v1/models -H "x-api-key: $KEY"
curl https://api.anthropic.com/v1/messages/batches/msgbatch_1/results
echo "curl https://api.anthropic.com/v1/messages -d '{}'"

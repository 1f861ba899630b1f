import anthropic

PARAMETERS = {
    "model": "claude-haiku-4-5",
    "messages": [{"role": "user", "content": "x"}],
    "max_token": 5,
}
client = anthropic.Anthropic()
client.messages.create(**PARAMETERS)
client.messages.create(**{"model": "claude-haiku-4-5", "max_tokens": 5, "messages": "x"}, timeout=3)

import anthropic

def ask(client: anthropic.Anthropic):
	return client.messages.create(
		model="claude-haiku-4-5",
		max_tokens="100",
		messages=[{"role": "user", "content": "Hi"}],
	)

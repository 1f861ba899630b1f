import anthropic
client = anthropic.Anthropic(
client.messages.create(model="claude-haiku-4-5", max_tokens=-1, messages=[])

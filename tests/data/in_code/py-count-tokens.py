import anthropic

count = anthropic.Anthropic().messages.count_tokens(
    model="claude-haiku-4-5",
    messages=[{"role": "user", "content": "How long is this?"}],
    max_tokens=5,
)
print(count.input_tokens)

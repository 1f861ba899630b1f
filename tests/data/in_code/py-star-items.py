import anthropic


def go_on(client: anthropic.Anthropic, history: list, text: str):
    return client.messages.create(
        model="claude-opus-4-8",
        max_tokens=1000,
        messages=[*history, {"role": "human", "content": text}],
    )

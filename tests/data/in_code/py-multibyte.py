import anthropic

klient = anthropic.Anthropic()
klient.messages.create(
    model="claude-haiku-4-5",
    max_tokens=64,
    messages=[{"content": "žluťoučký 🐎 \N{HORSE} \"kůň\"", "role": "uživatel"}],
)

import os

import anthropic

LIMIT = os.environ.get("LIMIT", "many")
client = anthropic.Anthropic()


def ask(text, budget=0, role="nobody"):
    client.messages.create(
        model="claude-opus-4-8",
        max_tokens=-1 if budget else 100,
        temperature=budget or 7,
        messages=[{"role": role, "content": text}],
    )
    thinking = {"type": "enabled", "budget_tokens": 5}
    if budget:
        thinking = {"type": "disabled"}
    return client.messages.create(
        model=os.environ["MODEL"], max_tokens=LIMIT, thinking=thinking, messages=[{"role": "user", "content": text}]
    )

import anthropic

limit = -1
limit = int(input())
body = {"model": "claude-haiku-4-5", "max_tokens": -1}
body["max_tokens"] = 100
ROLE = "nobody"
client = anthropic.Anthropic()


def ask(ROLE):
    client.messages.create(model="claude-haiku-4-5", max_tokens=limit, messages=[{"role": ROLE, "content": "x"}])
    client.messages.create(**body, messages=[{"role": "user", "content": "x"}])

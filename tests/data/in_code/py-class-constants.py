from anthropic import Anthropic


class Settings:
    MODEL = "claude-haiku-4-5"
    TEMPERATURE = 1.4


def ask(question: str) -> str:
    message = Anthropic().messages.create(
        model=Settings.MODEL,
        max_tokens=300,
        temperature=Settings.TEMPERATURE,
        messages=[{"role": "user", "content": question}],
    )
    return message.content[0].text

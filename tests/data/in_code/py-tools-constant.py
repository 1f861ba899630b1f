import anthropic

WEATHER = {
    "name": "weather",
    "description": "Tells the weather.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}},
}
TOOLS = [WEATHER, {"name": "look up", "description": "Looks it up.", "input_schema": {"type": "object"}}]


def run(text: str):
    return anthropic.Anthropic().messages.create(
        model="claude-haiku-4-5",
        max_tokens=10,
        tools=TOOLS,
        messages=[{"role": "user", "content": text}],
    )

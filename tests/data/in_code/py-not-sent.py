import anthropic
from anthropic import NOT_GIVEN, omit

anthropic.Anthropic().messages.create(
    model="claude-haiku-4-5",
    max_tokens=10,
    system=NOT_GIVEN,
    temperature=omit,
    tools=anthropic.NOT_GIVEN,
    messages=[{"role": "user", "content": "x"}],
    stop_sequences="END",
)

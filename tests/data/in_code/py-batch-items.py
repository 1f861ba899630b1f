import anthropic
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming
from anthropic.types.messages.batch_create_params import Request

anthropic.Anthropic().messages.batches.create(
    requests=[
        Request(
            custom_id="first",
            params=MessageCreateParamsNonStreaming(
                model="claude-haiku-4-5", max_tokens=10, messages=[{"role": "user", "content": "One"}]
            ),
        ),
        {
            "custom_id": "second",
            "params": {
                "model": "claude-haiku-4-5",
                "max_tokens": 10,
                "messages": [{"role": "user", "content": "Two"}],
                "temperature": "0",
            },
        },
    ]
)

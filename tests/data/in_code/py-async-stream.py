from anthropic import AsyncAnthropic


class Bot:
    def __init__(self):
        self.client = AsyncAnthropic()

    async def reply(self, text):
        async with self.client.messages.stream(
            model="claude-haiku-4-5",
            messages=[{"role": "user", "content": text}],
        ) as stream:
            async for piece in stream.text_stream:
                yield piece

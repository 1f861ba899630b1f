from anthropic import Anthropic

client = Anthropic()
raw = client.messages.with_raw_response.create(
    model="claude-haiku-4-5", max_tokens="10", messages=[{"role": "user", "content": "a"}]
)
with client.with_options(max_retries=0).messages.with_streaming_response.create(
    model="claude-haiku-4-5",
    max_tokens=10,
    max_retries=2,
    messages=[{"role": "user", "content": "a"}],
) as response:
    print(response.headers)

import httpx

with httpx.Client(base_url="https://api.anthropic.com", headers={"anthropic-version": "2023-06-01"}) as client:
    client.post(
        "/v1/messages",
        json={"model": "claude-haiku-4-5", "messages": [{"role": "user", "content": "x"}]},
    )
    client.post("/v1/messages/count_tokens", json={"model": "claude-haiku-4-5", "messages": [{"role": "user", "content": "x"}]})
    client.get("/v1/models")
httpx.post("https://api.example.com/v1/messages", json={"model": "claude-haiku-4-5"})

from anthropic import AnthropicBedrock, AnthropicVertex

AnthropicBedrock().messages.create(
    model="anthropic.claude-haiku-4-5-20251001-v1:0",
    max_tokens=10,
    messages=[{"role": "user", "content": "x"}],
    extra_body={"anthropic_beta": ["context-management-2025-06-27"]},
)
AnthropicVertex(region="global", project_id="p").messages.create(
    model="claude-haiku-4-5@20251001", max_tokens="10", messages=[{"role": "user", "content": "x"}]
)

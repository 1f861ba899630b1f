import anthropic


def submit(rows: list[dict]) -> str:
    client = anthropic.Anthropic()
    batch = client.messages.batches.create(
        requests=[
            {
                "custom_id": row["id"],
                "params": {
                    "model": "claude-haiku-4-5",
                    "max_tokens": 200,
                    "messages": [{"role": "user", "content": row["text"]}],
                },
            }
            for row in rows
        ]
    )
    return batch.id

import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic();
await client.messages.batches.create({
  requests: [
    { custom_id: "a", params: { model: "claude-haiku-4-5", max_tokens: 5, messages: [{ role: "user", content: "x" }] } },
    {
      custom_id: "b",
      params: {
        model: "claude-haiku-4-5",
        max_tokens: 5,
        messages: [{ role: "user", content: "x" }],
        top_k: "1",
      },
    },
  ],
});
export const submit = (rows: { id: string; text: string }[]) =>
  client.messages.batches.create({
    requests: rows.map((row) => ({
      custom_id: row.id,
      params: { model: "claude-haiku-4-5", max_tokens: 5, messages: [{ role: "user" as const, content: row.text }] },
    })),
  });

import Anthropic from "@anthropic-ai/sdk";
import { expect, it } from "vitest";

const client = new Anthropic();

it("refuses a role", async () => {
  await expect(
    client.messages.create({
      model: "claude-haiku-4-5",
      max_tokens: 5,
      messages: [{ role: "nobody" as "user", content: "x" }],
    }),
  ).rejects.toThrow(/role/);
});

it("refuses a text for a number", async () => {
  // @ts-expect-error: the types know it
  await client.messages.create({ model: "claude-haiku-4-5", max_tokens: "5", messages: [] });
  await client.messages.create({
    model: "claude-haiku-4-5",
    // @ts-expect-error: here, too
    max_tokens: "5",
    messages: [{ role: "user", content: "x" }],
  });
});

import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic();
const params = {
  model: "claude-haiku-4-5",
  max_tokens: 50,
  tool_choice: { type: "required" },
  tools: [{ name: "f", description: "Does f.", input_schema: { type: "object" as const } }],
  messages: [{ role: "user", content: "x" }],
} as const satisfies Anthropic.MessageCreateParams;

export const answer = await client!.messages.create(params);

import { Anthropic } from "@anthropic-ai/sdk";

const { input_tokens } = await new Anthropic().messages.countTokens({
  model: "claude-haiku-4-5",
  messages: [{ role: "user", content: "x" }],
  max_tokens: 10,
});
console.log(input_tokens);

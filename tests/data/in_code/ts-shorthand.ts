import Anthropic from "@anthropic-ai/sdk";

const model = "claude-haiku-4-5";
const max_tokens = "512";

export function ask(messages: Anthropic.MessageParam[]) {
  return new Anthropic().messages.create({ model, max_tokens, messages });
}

import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic();
export async function ask(rest: Partial<Anthropic.MessageCreateParamsNonStreaming>, messages: Anthropic.MessageParam[]) {
  await client.messages.create({ model: "claude-haiku-4-5", max_tokens: -1, messages, ...rest });
  await client.messages.create({ ...rest, model: "claude-haiku-4-5", max_tokens: -1, messages });
}

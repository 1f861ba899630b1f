import Anthropic from "@anthropic-ai/sdk";

const K = 1024;
export const ask = (name: string) =>
  new Anthropic().messages.create({
    model: `claude-haiku-4-5`,
    max_tokens: 4 * K,
    temperature: undefined,
    system: name ? `You are ${name}.` : undefined,
    messages: [{ role: `user`, content: "x" }, ...(name ? [{ role: "assistant" as const, content: "y" }] : [])],
    stop_sequences: [5],
  });

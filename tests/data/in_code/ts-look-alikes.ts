import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import twilio from "twilio";

const mock = { messages: { create: async (body: unknown) => ({ content: [body] }) } };
await mock.messages.create({ model: "claude-haiku-4-5", max_tokens: "x", messages: [] });
await new OpenAI().beta.threads.messages.create("thread_1", { role: "user", content: "x" });
await twilio("a", "b").messages.create({ body: "Claude says hi", from: "+1", to: "+2" });
await new Anthropic().messages.create({
  model: "claude-haiku-4-5",
  max_tokens: 1,
  messages: [{ role: "bot", content: "x" }],
});

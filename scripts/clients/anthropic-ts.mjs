// A call of the official SDK for TypeScript, plain and as a stream; exits with 1 and prints the error it gets.
import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic();
const request = {
  model: "claude-sonnet-4-6",
  max_tokens: 64,
  messages: [{ role: process.argv[2] === "wrong" ? "usr" : "user", content: "Grüße" }],
};
try {
  await client.messages.create(request);
  const text = await client.messages.stream(request).finalText();
  if (text !== "Hello.") throw new Error(`the stream is another one: ${text}`);
} catch (error) {
  console.log(error.constructor.name, error.message);
  process.exit(1);
}

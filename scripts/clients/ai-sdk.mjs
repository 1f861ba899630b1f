// A call of the AI SDK; exits with 1 and prints the error it gets.
import { createAnthropic } from "@ai-sdk/anthropic";
import { generateText } from "ai";

try {
  await generateText({
    model: createAnthropic()("claude-sonnet-4-6"),
    prompt: "Hello",
    maxRetries: 0,
    ...(process.argv[2] === "wrong" ? { stopSequences: [" "] } : {}),
  });
} catch (error) {
  console.log(error.constructor.name, error.message);
  process.exit(1);
}

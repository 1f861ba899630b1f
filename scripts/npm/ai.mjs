// The AI SDK with msglint before it: prints what each call gave, as JSON.
import { createAnthropic } from "@ai-sdk/anthropic";
import { generateText, streamText } from "ai";
import { createLinter, guard } from "msglint";

const linter = await createLinter({ config: false, timeout: 60_000 });
const anthropic = createAnthropic({ baseURL: `${process.env.ANTHROPIC_BASE_URL}/v1`, fetch: guard(linter).fetch });
const call = (stopSequences) => ({ model: anthropic("claude-sonnet-4-6"), prompt: "Hello", stopSequences, maxRetries: 2 });
const outcomes = { right: (await generateText(call(["END"]))).text, stream: await streamText(call(["END"])).text };
try {
  await generateText(call([" "]));
} catch (error) {
  outcomes.wrong = { name: error.constructor.name, status: error.statusCode, message: error.message };
}
console.log(JSON.stringify(outcomes));

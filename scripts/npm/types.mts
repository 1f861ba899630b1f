// The types of the module: with those of the official SDK and of the AI SDK, without any that Node's lack.
import Anthropic from "@anthropic-ai/sdk";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createLinter, guard, MsglintError, RequestError, type Report, type Violation } from "msglint";

await using linter = await createLinter({ betas: ["a"], apiVersion: "2023-06-01", endpoint: "messages", ignore: ["models"] });
const report: Report = await linter.validate({ model: "x" }, { platform: "bedrock" });
const places: (number | null)[] = report.violations.map((each: Violation) => each.end_column);
const guarded = guard(linter, { mode: "warn", failOn: "warning", onFault: (error) => console.log(error.code, places) });
new Anthropic({ fetch: guarded.fetch, middleware: [guarded.middleware] });
createAnthropic({ fetch: guarded.fetch });
try {
  await linter.check({});
} catch (error) {
  if (error instanceof RequestError) console.log(error.report.violations[0]?.help);
  if (error instanceof MsglintError) console.log(error.message);
}
// @ts-expect-error an option that does not exist
await createLinter({ beta: [] });
// @ts-expect-error a mode that does not exist
guard(linter, { mode: "error" });

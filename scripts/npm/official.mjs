// The official SDK with msglint before it: prints what each call gave, as JSON.
import Anthropic from "@anthropic-ai/sdk";
import { createLinter, guard } from "msglint";

const linter = await createLinter({ config: false, timeout: 60_000 });
const guarded = guard(linter);
const raising = guard(linter, { mode: "raise" });
const clients = {
  fetch: new Anthropic({ fetch: guarded.fetch }),
  middleware: new Anthropic({ middleware: [guarded.middleware] }),
  raising: new Anthropic({ middleware: [raising.middleware] }),
};
const request = (role) => ({ model: "claude-sonnet-4-6", max_tokens: 64, messages: [{ role, content: "Grüße" }] });
const outcomes = {};

async function outcome(work) {
  try {
    return await work();
  } catch (error) {
    return {
      name: error.constructor.name,
      status: error.status,
      type: error.error?.error?.type,
      message: error.message,
      rules: error.report?.violations.map((each) => each.rule),
    };
  }
}

for (const [name, client] of Object.entries(clients)) {
  outcomes[name] = {
    wrong: await outcome(() => client.messages.create(request("usr"))),
    right: await outcome(async () => (await client.messages.create(request("user"))).content[0].text),
    stream: await outcome(() => client.messages.stream(request("user")).finalText()),
    count: await outcome(async () => (await client.messages.countTokens({ ...request("user"), max_tokens: undefined })).input_tokens),
  };
}

// The process is killed in between: the next call is checked by another one.
const before = linter._child.pid;
process.kill(before, "SIGKILL");
outcomes.killed = await outcome(() => clients.fetch.messages.create(request("usr")));
outcomes.restarted = linter._child.pid !== before;

// There is no program: calls go on, and one line says so.
const faults = [];
const without = guard(await createLinter({ command: "/no/such/program" }), { onFault: (error) => faults.push(error.code) });
const unchecked = new Anthropic({ fetch: without.fetch });
outcomes.unchecked = await outcome(async () => (await unchecked.messages.create(request("user"))).content[0].text);
await outcome(() => unchecked.messages.create(request("user")));
outcomes.faults = faults;

console.log(JSON.stringify(outcomes));

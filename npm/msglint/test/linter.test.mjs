import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { MsglintError, RequestError, createLinter } from "../index.mjs";

const FAKE = fileURLToPath(new URL("../fake/fake.cjs", import.meta.url));
const command = [process.execPath, FAKE];

async function using(options, work) {
  const linter = await createLinter({ command, ...options });
  try {
    await work(linter);
  } finally {
    await linter.close();
  }
}

async function pid(linter) {
  const { violations } = await linter.validate({ do: "say pid" });
  return Number(violations[0].message);
}

test("a report has what the command reports, and nothing else", () =>
  using({}, async (linter) => {
    const report = await linter.validate({ wrong: 1 });
    assert.deepEqual(Object.keys(report), ["ok", "violations"]);
    assert.equal(report.ok, false);
    assert.equal(report.violations[0].pointer, "/x");
    assert.equal((await linter.validateText("{}")).ok, true);
  }));

test("check throws an error that lists at most five mistakes", () =>
  using({}, async (linter) => {
    await linter.check({});
    const error = await linter.check({ wrong: 7 }).catch((each) => each);
    assert.ok(error instanceof RequestError);
    assert.equal(error.report.violations.length, 7);
    assert.deepEqual(error.message.split("\n"), [...Array(5).fill("/x: `x` is wrong [a/b]"), "and 2 more"]);
  }));

test("many questions at once are answered by one process, each with its own answer", () =>
  using({}, async (linter) => {
    const reports = await Promise.all(Array.from({ length: 1000 }, (_, i) => linter.validate({ wrong: i % 3 })));
    assert.deepEqual(reports.map((each) => each.violations.length), Array.from({ length: 1000 }, (_, i) => i % 3));
  }));

test("a request is checked as it was when it was given", () =>
  using({}, async (linter) => {
    const request = { wrong: 2 };
    const asked = linter.validate(request);
    request.wrong = 0;
    assert.equal((await asked).violations.length, 2);
  }));

test("a large request is written in parts, without loss", () =>
  using({}, async (linter) => {
    const text = JSON.stringify({ wrong: 1, filling: "ä".repeat(3_000_000) });
    const reports = await Promise.all([1, 2, 3].map(() => linter.validateText(text)));
    assert.deepEqual(reports.map((each) => each.ok), [false, false, false]);
  }));

test("a process that is killed is started again, and open questions are asked again", () =>
  using({}, async (linter) => {
    const first = await pid(linter);
    process.kill(first, "SIGKILL");
    const second = await pid(linter);
    assert.notEqual(second, first);
    const open = Promise.all(Array.from({ length: 300 }, () => linter.validate({ wrong: 1 })));
    process.kill(second, "SIGKILL");
    assert.equal((await open).length, 300);
  }));

test("a question that ends the process twice is given up, and the others are answered", () =>
  using({}, async (linter) => {
    await linter.validate({});
    const asked = [{ wrong: 1 }, { do: "die" }, { wrong: 2 }, { wrong: 3 }].map((each) => linter.validate(each));
    const [first, deadly, ...others] = await Promise.allSettled(asked);
    assert.equal(deadly.reason.code, "MSGLINT_FAILED");
    assert.match(deadly.reason.message, /ended with 3/);
    assert.deepEqual([first, ...others].map((each) => each.value.violations.length), [1, 2, 3]);
  }));

test("processes that keep ending are not started for ever", () =>
  using({}, async (linter) => {
    await linter.validate({});
    const deadly = Array.from({ length: 20 }, () => linter.validate({ do: "die" }).catch((each) => each.code));
    assert.deepEqual(new Set(await Promise.all(deadly)), new Set(["MSGLINT_FAILED"]));
    const error = await linter.validate({}).catch((each) => each);
    assert.equal(error.code, "MSGLINT_FAILED");
  }));

test("a process that hangs is given up after the time, and replaced", () =>
  using({ timeout: 1500 }, async (linter) => {
    await linter.validate({});
    const error = await linter.validate({ do: "hang" }).catch((each) => each);
    assert.equal(error.code, "MSGLINT_TIMEOUT");
    assert.equal((await linter.validate({})).ok, true);
  }));

test("a process that cannot be started is not tried at each question", async () => {
  const linter = await createLinter({ command: "/no/such/program" });
  const errors = await Promise.all([1, 2].map(() => linter.validate({}).catch((each) => each)));
  assert.deepEqual(errors.map((each) => each.code), ["MSGLINT_FAILED", "MSGLINT_FAILED"]);
  assert.match(errors[0].message, /no\/such\/program cannot be started: ENOENT/);
  assert.equal(await linter.validate({}).catch((each) => each), errors[0]);
  await linter.close();
});

test("what the command complains about is told", () =>
  using({ select: ["nothing"] }, async (linter) => {
    const error = await linter.validate({}).catch((each) => each);
    assert.ok(error instanceof MsglintError);
    assert.match(error.message, /ended with 2: Error: there is no rule 'nothing'/);
  }));

test("a command that is not msglint is told from it", () =>
  using({ select: ["prose"] }, async (linter) => {
    const error = await linter.validate({}).catch((each) => each);
    assert.match(error.message, /something other than JSON/);
  }));

test("lines of JSON that answer no question are passed over", async () => {
  const other = [process.execPath, "-e", "console.log('null\\n5'); setInterval(() => {}, 1000)"];
  await using({ command: other, timeout: 1500 }, async (linter) => {
    assert.equal((await linter.validate({}).catch((each) => each)).code, "MSGLINT_TIMEOUT");
  });
});

test("options go with each question, and those of a question before those of the linter", async () => {
  const { Linter } = createRequire(import.meta.url)("../lib/linter.cjs");
  const linter = new Linter({ command, betas: ["a"], apiVersion: "2026-10-21", endpoint: "batches" });
  const { asked } = await linter.judge({ url: "/v1/messages" }, "{}");
  assert.deepEqual(asked, { id: 1, text: "{}", call: { url: "/v1/messages" }, betas: ["a"], api_version: "2026-10-21" });
  await linter.close();
});

test("an option that does not exist is refused", async () => {
  await assert.rejects(createLinter({ beta: [] }), /there is no option beta; there are betas, apiVersion/);
  await using({}, (linter) => assert.rejects(linter.validate({}, { select: [] }), TypeError));
});

test("a closed linter checks nothing, and says so", async () => {
  const linter = await createLinter({ command });
  await linter.validate({});
  const open = linter.validate({ do: "hang" }).catch((each) => each);
  await linter.close();
  assert.equal((await open).code, "MSGLINT_CLOSED");
  assert.equal((await linter.validate({}).catch((each) => each)).code, "MSGLINT_CLOSED");
  assert.equal(linter._child, null);
});

const PROGRAM = `
  import { createLinter } from ${JSON.stringify(new URL("../index.mjs", import.meta.url).href)};
  const linter = await createLinter({ command: ${JSON.stringify(command)} });
  console.log((await linter.validate({ do: "say pid" })).violations[0].message);
`;

async function run(program) {
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  const pid = await new Promise((resolve) => child.stdout.once("data", (data) => resolve(Number(String(data)))));
  return { child, pid };
}

async function gone(pid) {
  for (let tries = 0; tries < 200; tries += 1) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return false;
}

test("a linter does not keep a program alive, and its process ends with it", async () => {
  const { child, pid } = await run(PROGRAM);
  const code = child.exitCode ?? (await new Promise((resolve) => child.once("exit", resolve)));
  assert.equal(code, 0);
  assert.ok(await gone(pid));
});

test("the process ends when the program is killed", async () => {
  const { child, pid } = await run(`${PROGRAM} setInterval(() => {}, 1000);`);
  child.kill("SIGKILL");
  assert.ok(await gone(pid));
});

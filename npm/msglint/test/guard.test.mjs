import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { RequestError, createLinter, guard } from "../index.mjs";

const command = [process.execPath, fileURLToPath(new URL("../fake/fake.cjs", import.meta.url))];
const URL_ = "https://api.anthropic.com/v1/messages";
const WRONG = JSON.stringify({ wrong: 1 });
const RIGHT = JSON.stringify({ model: "x" });

/** Run `work` with a guard, the calls that were sent, and the lines that were logged. */
async function guarded(options, work, linterOptions = {}) {
  const linter = await createLinter({ command, ...linterOptions });
  const sent = [];
  const lines = [];
  const fetch = async (...call) => {
    sent.push(call);
    return new Response("sent");
  };
  const made = guard(linter, { fetch, logger: { warn: (line) => lines.push(line) }, ...options });
  try {
    await work(made, sent, lines);
  } finally {
    await linter.close();
  }
}

const post = (body, headers = {}) => ({ method: "POST", headers, body });

test("a wrong call is answered with the 400, and not sent", () =>
  guarded({}, async ({ fetch }, sent) => {
    const response = await fetch(URL_, post(WRONG));
    assert.equal(response.status, 400);
    assert.equal((await response.json()).error.type, "invalid_request_error");
    assert.equal(sent.length, 0);
  }));

test("a right call is sent as it is", () =>
  guarded({}, async ({ fetch }, sent) => {
    const init = post(RIGHT);
    assert.equal(await (await fetch(URL_, init)).text(), "sent");
    assert.equal(sent[0][0], URL_);
    assert.equal(sent[0][1], init);
  }));

test("keys do not leave the program: only the headers that matter are passed on to the check", () =>
  guarded({}, async ({ fetch }) => {
    const headers = { "x-api-key": "sk-ant-1", Authorization: "Bearer x", "anthropic-version": "2023-06-01", "anthropic-beta": "a" };
    const { asked } = await (await fetch(URL_, post(WRONG, headers))).json();
    assert.deepEqual(asked.call, { url: URL_, headers: { "anthropic-version": "2023-06-01", "anthropic-beta": "a" } });
    assert.equal(asked.text, WRONG);
  }));

test("bytes, a Request and a URL are read, too", () =>
  guarded({}, async ({ fetch }, sent) => {
    assert.equal((await fetch(new URL(URL_), post(new TextEncoder().encode(WRONG)))).status, 400);
    assert.equal((await fetch(new Request(URL_, post(WRONG)))).status, 400);
    const request = new Request(URL_, post(RIGHT));
    await fetch(request);
    assert.equal(await sent[0][0].text(), RIGHT);
  }));

test("forms, streams, compressed bodies and other methods are sent without a check", () =>
  guarded({}, async ({ fetch }, sent, lines) => {
    await fetch(URL_, { method: "POST", body: new FormData() });
    await fetch(URL_, post(WRONG, { "content-encoding": "gzip" }));
    await fetch(URL_);
    await fetch(URL_, { method: "POST" });
    assert.equal(sent.length, 4);
    assert.deepEqual(lines, []);
  }));

test("the mode raise throws, warn and log send", async () => {
  await guarded({ mode: "raise" }, async ({ middleware }) => {
    const error = await middleware({ url: URL_, ...post(WRONG) }, assert.fail).catch((each) => each);
    assert.ok(error instanceof RequestError);
    assert.equal(error.message, "a/b at /x");
    assert.equal(error.report.ok, false);
  });
  await guarded({ mode: "log" }, async ({ fetch }, sent, lines) => {
    await fetch(URL_, post(WRONG));
    assert.deepEqual(lines, ["msglint: a/b at /x"]);
    assert.equal(sent.length, 1);
  });
  await guarded({ mode: "warn" }, async ({ fetch }, sent) => {
    const warned = new Promise((resolve) => process.once("warning", resolve));
    await fetch(URL_, post(WRONG));
    assert.deepEqual([(await warned).name, (await warned).message], ["MsglintWarning", "a/b at /x"]);
    assert.equal(sent.length, 1);
  });
  await guarded({ mode: "off", onFault: assert.fail }, async ({ fetch }) => {
    assert.equal((await fetch(URL_, post(WRONG))).status, 200);
  }, { command: "/no/such/program" });
});

test("middleware answers, or passes its request on", () =>
  guarded({}, async ({ middleware }) => {
    const headers = new Headers({ "anthropic-version": "2023-06-01" });
    assert.equal((await middleware({ url: URL_, ...post(WRONG, headers) }, assert.fail)).status, 400);
    const request = { url: URL_, ...post(RIGHT, headers) };
    assert.equal(await middleware(request, async (each) => each), request);
  }));

for (const [what, body, linterOptions] of [
  ["no program", WRONG, { command: "/no/such/program" }],
  ["a broken answer", WRONG, { select: ["prose"] }],
  ["a crash", '{"do": "die"}', {}],
  ["no answer", '{"do": "hang"}', { timeout: 300 }],
  ["a failure inside", '{"do": "fail"}', {}],
  ["half of a pair", new Uint8Array([0xff, 0xfe]), {}],
]) {
  test(`${what}: the call is sent, and it is said once, without the request`, () =>
    guarded(
      {},
      async ({ fetch }, sent, lines) => {
        await fetch(URL_, post(body));
        await fetch(URL_, post(body));
        assert.equal(sent.length, 2);
        assert.equal(lines.length, 1);
        assert.match(lines[0], /^msglint could not check a request \(.+\); requests are sent unchecked/);
        assert.doesNotMatch(lines[0], /secret|do"/);
      },
      linterOptions,
    ));
}

test("a fault is told to a callback, whose own fault breaks nothing", () => {
  const faults = [];
  const onFault = (error) => {
    faults.push(error.code);
    throw new Error("mine");
  };
  return guarded(
    { onFault },
    async ({ fetch }, sent) => {
      await fetch(URL_, post(WRONG));
      assert.equal(sent.length, 1);
      assert.deepEqual(faults, ["MSGLINT_FAILED"]);
    },
    { command: "/no/such/program" },
  );
});

test("every report is told to a callback", () => {
  const reports = [];
  return guarded({ onReport: (each) => reports.push(each.ok) }, async ({ fetch }) => {
    await fetch(URL_, post(WRONG));
    await fetch(URL_, post(RIGHT));
    assert.deepEqual(reports, [false, true]);
  });
});

test("what is no linter is refused, and not left to be a fault of every call", () => {
  for (const other of [undefined, {}, createLinter({ command })]) {
    assert.throws(() => guard(other), /guard takes a linter, which `await createLinter\(\)` returns/);
  }
});

test("an option, a mode or a severity that does not exist is refused", async () => {
  const linter = await createLinter({ command });
  assert.throws(() => guard(linter, { mod: "warn" }), /there is no option mod; there are mode/);
  assert.throws(() => guard(linter, { mode: "error" }), /there is no mode "error"; there are refuse, raise, warn, log, off/);
  assert.throws(() => guard(linter, { failOn: "fatal" }), /there is no severity "fatal"; there are error, warning, info/);
});

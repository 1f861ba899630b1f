import assert from "node:assert/strict";
import { test } from "node:test";
import { isKnown, OLDEST, type Server, startFirst } from "../src/choose";
import type { Candidate } from "../src/find";

const environment: Candidate = { command: "/env/msglint", origin: "environment" };
const extension: Candidate = { command: "/extension/msglint", origin: "extension" };
const setting: Candidate = { command: "/opt/msglint", origin: "setting" };

class Fake implements Server {
  isDisposed = false;
  constructor(readonly version: string | undefined) {}
  async dispose(): Promise<void> {
    this.isDisposed = true;
  }
}

/** Start servers that have a version, or fail with an error. */
async function outcome(candidates: Candidate[], servers: Record<string, Fake | Error>) {
  const log: string[] = [];
  const start = async ({ command }: Candidate): Promise<Fake> => {
    const server = servers[command];
    if (server instanceof Fake) {
      return server;
    }
    throw server ?? new Error("nothing is there");
  };
  const found = await startFirst(candidates, start, (line) => log.push(line));
  return { found, log };
}

test("the first of a known version is kept, and no other is started", async () => {
  const [first, second] = [new Fake(OLDEST), new Fake(OLDEST)];
  const { found, log } = await outcome([environment, extension], { "/env/msglint": first, "/extension/msglint": second });
  assert.deepEqual(found, { server: first });
  assert.deepEqual(log, ["/env/msglint (from the environment)"]);
  assert.equal(first.isDisposed, false);
});

test("one of an older version is ended, and the next is taken", async () => {
  const [old, own] = [new Fake("0.0.9"), new Fake(OLDEST)];
  const { found, log } = await outcome([environment, extension], { "/env/msglint": old, "/extension/msglint": own });
  assert.deepEqual(found, { server: own });
  assert.equal(old.isDisposed, true);
  assert.ok(log.includes(`/env/msglint has the version 0.0.9; the extension needs ${OLDEST} or newer.`));
});

test("one that does not come up is passed over, as one without the language server", async () => {
  const own = new Fake(OLDEST);
  const servers = { "/env/msglint": new Error("install `msglint[lsp]`"), "/extension/msglint": own };
  const { found, log } = await outcome([environment, extension], servers);
  assert.deepEqual(found, { server: own });
  assert.ok(log.some((line) => line.endsWith("install `msglint[lsp]`")));
});

test("what the setting names is taken, however old", async () => {
  const old = new Fake(undefined);
  assert.deepEqual((await outcome([setting], { "/opt/msglint": old })).found, { server: old });
});

test("if none will do, it is said why the preferred one did not", async () => {
  const { found } = await outcome([environment, extension], { "/env/msglint": new Error("no pygls") });
  assert.deepEqual(found, { reason: "/env/msglint could not be started as a language server: no pygls" });
});

test("versions are compared by their numbers", () => {
  const [major = 0, minor = 0] = OLDEST.split(".").map(Number);
  for (const version of [OLDEST, `${OLDEST}.1`, `${OLDEST}rc1`, `${major}.${minor + 10}`, `${major + 1}.0`]) {
    assert.equal(isKnown(version), true, version);
  }
  for (const version of [undefined, "", "unknown", "0", "0.0.9", "0.0.10.dev1"]) {
    assert.equal(isKnown(version), false, version);
  }
});

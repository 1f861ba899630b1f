import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

const { TARGETS, findProgram, whyUnstartable } = createRequire(import.meta.url)("../lib/program.cjs");

test("a variable names the program", () => {
  assert.equal(findProgram({ MSGLINT_BINARY: process.execPath }), process.execPath);
  assert.throws(() => findProgram({ MSGLINT_BINARY: "/no/such" }), /MSGLINT_BINARY names \/no\/such, which does not exist/);
});

test("a system without a package is told what to do", () => {
  assert.throws(() => findProgram({}, "freebsd-x64"), /there is no msglint for freebsd-x64 on npm; install it with `pip/);
});

test("a package that npm has left out is named", () => {
  for (const target of TARGETS) {
    assert.throws(() => findProgram({}, target), (error) => {
      assert.equal(error.code, "MSGLINT_MISSING");
      return error.message.includes(`npm install @msglint/${target}`) || error.message.includes("musl");
    });
  }
});

test("what cannot be started is named with the reason", () => {
  assert.equal(whyUnstartable("/no/such", { code: "ENOENT" }), "/no/such cannot be started: ENOENT");
  assert.equal(whyUnstartable(process.execPath, { code: "ENOENT" }, "/no/folder"), "there is no folder /no/folder");
});

import assert from "node:assert";
import { test } from "node:test";
import { CELLS, CODE, DATA, isWanted } from "../src/wanted";

test("data is always looked at, whatever it holds", () => {
  for (const language of DATA) {
    assert.ok(isWanted(language, () => "", false));
  }
});

test("source code is looked at if it has the word of all calls", () => {
  for (const language of CODE) {
    assert.ok(isWanted(language, () => "client.messages.create()", true));
    assert.ok(!isWanted(language, () => "print(1)", true));
  }
});

test("source code can be switched off, and is not even read then", () => {
  const text = (): string => assert.fail("it was read");
  assert.ok(!isWanted("python", text, false));
  assert.ok(!isWanted("rust", text, true));
});

test("cells are of languages that are source code", () => {
  assert.ok(CELLS.every((language) => CODE.includes(language)));
});
